DROP INDEX member_span_ended_idx;
DROP INDEX member_span_begun_idx;
DROP TABLE member_tally;
DROP TABLE member_tally_day;
