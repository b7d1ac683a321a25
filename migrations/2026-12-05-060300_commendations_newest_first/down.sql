DROP INDEX commendation_awarded_idx;
