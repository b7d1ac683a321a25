DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''COMMITTEE''::text', ''));
    END LOOP;
END $$;
-- What somebody agreed to by a text is a proof: it does not go.
DO $$ BEGIN
    IF EXISTS (SELECT FROM post_holder_shown) THEN
        RAISE EXCEPTION 'somebody agreed to a text that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'consent_text_purpose_known';
    END IF;
END $$;
ALTER TABLE consent_text DISABLE TRIGGER USER;
DELETE FROM consent_text WHERE purpose = 'SHOW_NAME_OF_OFFICER';
ALTER TABLE consent_text ENABLE TRIGGER USER;
ALTER TABLE consent_text
    DROP CONSTRAINT consent_text_purpose_known,
    ADD CONSTRAINT consent_text_purpose_known
        CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME', 'SHOW_MASKED_NAME_OF_CHILD', 'SHOW_FULL_NAME_OF_CHILD'));
DROP TABLE committee_request, post_holder_shown, post_holder_role, post_holder, committee_post, committee, post_title;
DROP FUNCTION post_holder_role_ends_with_the_post();
DROP FUNCTION committee_outlived_by_nobody();
DROP FUNCTION post_holder_within();
DROP FUNCTION committee_post_fits();
DROP FUNCTION post_holder_only_ends();
DROP FUNCTION committee_only_ends();
DROP TYPE uuid_range;
