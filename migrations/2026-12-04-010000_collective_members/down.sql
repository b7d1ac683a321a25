DROP INDEX member_step_grade_idx;
ALTER TABLE member_step
    DROP CONSTRAINT member_step_kind_known,
    ADD CONSTRAINT member_step_kind_known CHECK (kind IN ('ADMISSION', 'LEAVE', 'DEATH', 'STRIKE_OFF', 'EXPULSION', 'REINSTATEMENT', 'TRANSFER', 'LIKENESS')),
    DROP CONSTRAINT member_step_graded,
    DROP CONSTRAINT member_step_grade_fk,
    DROP COLUMN grade;
DROP TABLE member_grade;
DROP TABLE member_grade_title;
ALTER TABLE dues_rule
    DROP CONSTRAINT dues_rule_payers_known,
    ADD CONSTRAINT dues_rule_payers_known CHECK (payers <> '{}' AND payers <@ '{MEMBER,YOUTH,JUNIOR,HONORARY}');
ALTER TABLE member_span
    DROP CONSTRAINT member_span_collective_is_no_person,
    DROP CONSTRAINT member_span_kind_known,
    ADD CONSTRAINT member_span_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY'));
ALTER TABLE member
    DROP CONSTRAINT member_kind_known,
    ADD CONSTRAINT member_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY'));
DELETE FROM member_kind_rule WHERE kind = 'COLLECTIVE';
ALTER TABLE member_kind_rule
    DROP CONSTRAINT member_kind_rule_kind_known,
    ADD CONSTRAINT member_kind_rule_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY'));
ALTER TABLE person DROP CONSTRAINT person_kind_known, DROP COLUMN kind;
