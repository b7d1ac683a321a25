DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''COMMENDATION''::text', ''));
    END LOOP;
END $$;
-- What somebody agreed to by a text is a proof: it does not go.
DO $$ BEGIN
    IF EXISTS (SELECT FROM commendation_shown) THEN
        RAISE EXCEPTION 'somebody agreed to a text that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'consent_text_purpose_known';
    END IF;
END $$;
ALTER TABLE consent_text DISABLE TRIGGER USER;
DELETE FROM consent_text WHERE purpose = 'SHOW_NAME_OF_COMMENDED';
ALTER TABLE consent_text ENABLE TRIGGER USER;
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   replace(said, ', ''SHOW_NAME_OF_COMMENDED''::text', ''));
END $$;
DROP TABLE commendation_request, practice_model, commendation_shown, commendation_citation, commendation, commendation_quota, commendation_form;
DROP FUNCTION commendation_decided_once();
