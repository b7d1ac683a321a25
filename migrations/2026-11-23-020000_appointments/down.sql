ALTER TABLE audit_event DROP COLUMN detail;

-- Ended ones would come alive again without the column that says so.
DELETE FROM role_assignment_acts_for WHERE ended_at IS NOT NULL;
DROP INDEX role_assignment_acts_for_ended_by_idx;
DROP INDEX role_assignment_acts_for_given_by_idx;
DROP INDEX role_assignment_acts_for_assignment_idx;
ALTER TABLE role_assignment_acts_for
    DROP CONSTRAINT role_assignment_acts_for_ended_by_fk,
    DROP CONSTRAINT role_assignment_acts_for_given_by_fk,
    DROP CONSTRAINT role_assignment_acts_for_pk,
    DROP COLUMN request_hash,
    DROP COLUMN end_decision_no,
    DROP COLUMN ended_by,
    DROP COLUMN ended_at,
    DROP COLUMN given_at,
    DROP COLUMN given_by,
    DROP COLUMN id,
    ADD CONSTRAINT role_assignment_acts_for_pk PRIMARY KEY (assignment_id, chapter_id, valid_from);

DROP TRIGGER role_assignment_only_ends ON role_assignment;
DROP FUNCTION role_assignment_only_ends;
DROP INDEX role_assignment_ended_by_idx;
DROP INDEX role_assignment_given_by_idx;
ALTER TABLE role_assignment
    DROP CONSTRAINT role_assignment_ended_by_fk,
    DROP CONSTRAINT role_assignment_given_by_fk,
    DROP COLUMN request_hash,
    DROP COLUMN end_decision_no,
    DROP COLUMN ended_by,
    DROP COLUMN given_at,
    DROP COLUMN given_by;

-- The schema below knows no one-time passwords: there they would be good for everything, for ever.
UPDATE account SET disabled_at = now() WHERE one_time_until IS NOT NULL AND disabled_at IS NULL;
DROP INDEX account_chapter_idx;
ALTER TABLE account
    DROP CONSTRAINT account_chapter_fk,
    DROP COLUMN request_hash,
    DROP COLUMN one_time_until,
    DROP COLUMN chapter_id;
DROP FUNCTION account_home_default;
