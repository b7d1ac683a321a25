DROP TABLE public_volunteer_count;
DELETE FROM link WHERE made_by IS NULL;
ALTER TABLE link ALTER COLUMN made_by SET NOT NULL;
DROP TABLE volunteer_application;
DROP TABLE volunteer_consent_text;
