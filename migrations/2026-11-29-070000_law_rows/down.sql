-- A request of a kind that was not known before can not be made one of another kind.
DO $$ BEGIN
    IF EXISTS (SELECT FROM personal_data_request WHERE kind IN ('OBJECT', 'PROTECT')) THEN
        RAISE EXCEPTION 'there are requests of kind OBJECT or PROTECT, which the release before does not know: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'personal_data_request_kind_known';
    END IF;
END $$;

-- Open requests get back the days they had; those of today count on.
UPDATE personal_data_request r SET answer_due = c.before_on FROM deadline_change c
    WHERE c.request_id = r.id AND c.what = 'ANSWER_DUE' AND r.answer_due = c.after_on;
UPDATE personal_data_request r SET due_on = c.before_on FROM deadline_change c
    WHERE c.request_id = r.id AND c.what = 'DUE_ON' AND r.due_on = c.after_on;
UPDATE personal_data_request r SET next_due = CASE WHEN r.answered_at IS NULL THEN r.answer_due ELSE r.due_on END
    WHERE r.state IN ('REQUESTED', 'ANSWERED', 'EXECUTING') AND EXISTS (SELECT FROM deadline_change c WHERE c.request_id = r.id);
DROP TABLE deadline_change;

DELETE FROM public_holiday WHERE day IN ('2026-11-24', '2027-11-24', '2027-02-04');
INSERT INTO public_holiday (day, name, mark, source) VALUES
    ('2027-02-11', 'Tết Nguyên đán Đinh Mùi', 'GK', 'new year is 6/2/2027; the days off of 2027 are not announced: expected days')
    ON CONFLICT (day) DO NOTHING;

DELETE FROM deadline_rule WHERE kind IN ('OBJECT', 'PROTECT');
UPDATE deadline_rule SET amount = 15, source = 'Law 91/2025/QH15, Decree 356/2025/NĐ-CP' WHERE clock = 'EXTENSION';
UPDATE deadline_rule SET amount = CASE WHEN third_parties OR kind = 'ERASE' THEN 20 ELSE 10 END, mark = 'GK',
    source = 'Law 91/2025/QH15, Decree 356/2025/NĐ-CP: 10 to 20 days overall; which kind has how many is to be verified'
    WHERE clock = 'EXECUTE' AND kind IN ('ERASE', 'CORRECT', 'ACCESS');
ALTER TABLE personal_data_request
    DROP CONSTRAINT personal_data_request_kind_known,
    ADD CONSTRAINT personal_data_request_kind_known CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS'));
ALTER TABLE deadline_rule
    DROP CONSTRAINT deadline_rule_kind_known,
    ADD CONSTRAINT deadline_rule_kind_known CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS'));
