DROP TABLE public_entry;
DROP TABLE received_overall;
DROP TABLE received_by_day;
DROP TABLE balance;
ALTER TABLE entry DROP CONSTRAINT entry_has_last_posting;
DROP TABLE posting;
DROP TABLE entry;
DROP TABLE fund;
DROP FUNCTION posting_balances();
