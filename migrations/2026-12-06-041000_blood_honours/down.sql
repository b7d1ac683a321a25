-- What somebody agreed to by a text is a proof: it does not go.
DO $$ BEGIN
    IF EXISTS (SELECT FROM blood_honour_shown) THEN
        RAISE EXCEPTION 'somebody agreed to a text that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'consent_text_purpose_known';
    END IF;
END $$;
ALTER TABLE consent_text DISABLE TRIGGER USER;
DELETE FROM consent_text WHERE purpose = 'SHOW_NAME_OF_DONOR';
ALTER TABLE consent_text ENABLE TRIGGER USER;
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   replace(said, ', ''SHOW_NAME_OF_DONOR''::text', ''));
END $$;
DROP TABLE blood_honour_request, blood_honour_shown, blood_honour, blood_honour_list, blood_family_member, blood_family, blood_honour_threshold;
DROP FUNCTION blood_honour_goes_on();
DROP FUNCTION blood_honour_list_decided_once();
DROP FUNCTION blood_honour_threshold_ends();
