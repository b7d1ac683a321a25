DROP INDEX entry_recorded_at_idx;
DROP TABLE closed_period;
DROP TABLE period_closing;
DROP FUNCTION closed_period_follows();
DROP FUNCTION period_closing_keeps();
