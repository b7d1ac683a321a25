-- What everybody looks through, the newest first.
CREATE INDEX commendation_awarded_idx ON commendation (decided_at, id) WHERE state = 'AWARDED';
