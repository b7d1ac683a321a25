DROP TABLE public_volunteer_count;
REVOKE SELECT (name, value, valid_from, valid_to, source) ON volunteer_rule FROM so_nhan_ai_public;
DELETE FROM link WHERE made_by IS NULL;
ALTER TABLE link ALTER COLUMN made_by SET NOT NULL;
DROP TABLE volunteer_application;
DROP TABLE volunteer_consent_text;
