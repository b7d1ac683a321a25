DROP INDEX donor_callable_anywhere_idx;
DROP INDEX donor_callable_idx;
CREATE INDEX donor_callable_idx ON donor (chapter_id, abo, rh, last_on) WHERE state = 'ACTIVE' AND willing AND group_times = 2;
