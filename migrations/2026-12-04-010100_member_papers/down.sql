ALTER TABLE personal_data_request_kept
    DROP CONSTRAINT personal_data_request_kept_what_known,
    ADD CONSTRAINT personal_data_request_kept_what_known CHECK (what IN ('PAPER', 'UNLINKED_PAPER'));
DROP INDEX document_uploaded_sha256_idx;
DROP INDEX member_consent_paper_idx;
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''MEMBER''::text, ''MEMBER_LIST''::text', ''));
    END LOOP;
END $$;
