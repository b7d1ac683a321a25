-- Papers of members: the signed consent of one (MEMBER), the list that many signed on (MEMBER_LIST).
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''MEMBER''::text, ''MEMBER_LIST''::text])'));
    END LOOP;
END $$;
-- Whose consent rests on a paper, and which paper it is, whether it was cleaned or stored as it came.
CREATE INDEX member_consent_paper_idx ON member_consent (paper);
CREATE INDEX document_uploaded_sha256_idx ON document (uploaded_sha256);

-- A paper that proves the consent of others too is closed and stays until the last of them goes.
ALTER TABLE personal_data_request_kept
    DROP CONSTRAINT personal_data_request_kept_what_known,
    ADD CONSTRAINT personal_data_request_kept_what_known CHECK (what IN ('PAPER', 'UNLINKED_PAPER', 'SHARED_PAPER'));
