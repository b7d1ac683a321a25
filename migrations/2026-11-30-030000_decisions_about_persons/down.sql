DROP TRIGGER decision_agrees_about_persons ON decision;
DROP TRIGGER personal_data_request_agrees ON personal_data_request;
DROP FUNCTION personal_data_request_agrees();
DROP FUNCTION personal_data_matter(text, boolean);
-- What the older program knows of them stands in `personal_data_request`, whole.
ALTER TABLE decision DISABLE TRIGGER decision_append_only;
DELETE FROM decision WHERE matter LIKE 'PERSONAL\_DATA\_%';
ALTER TABLE decision ENABLE TRIGGER decision_append_only;
ALTER TABLE decision_rule
    DROP CONSTRAINT decision_rule_matter_has_steps,
    ADD CONSTRAINT decision_rule_matter_has_steps CHECK (matter NOT IN ('GIFT_REVERSAL', 'UNUSUAL_GIFT', 'OPENING_BALANCE', 'OPENING_BALANCE_REVERSAL'));
