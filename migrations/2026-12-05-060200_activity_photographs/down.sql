-- What somebody agreed to by a text is a proof: it does not go. Pictures that are shown are taken down before.
DO $$ BEGIN
    IF EXISTS (SELECT FROM activity_photo_consent) OR EXISTS (SELECT FROM document_publication WHERE purpose = 'ACTIVITY')
       OR EXISTS (SELECT FROM document_withdrawal WHERE withdrawn_by IS NULL) THEN
        RAISE EXCEPTION 'somebody agreed to a text that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'consent_text_purpose_known';
    END IF;
END $$;
ALTER TABLE consent_text DISABLE TRIGGER USER;
DELETE FROM consent_text WHERE purpose = 'SHOW_PICTURE';
ALTER TABLE consent_text ENABLE TRIGGER USER;
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   replace(said, ', ''SHOW_PICTURE''::text', ''));
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'document_publication_of_an_appeal';
    said := regexp_replace(replace(said, ', ''ACTIVITY''::text', ''), '= ANY \(ARRAY\[(''[A-Z_]+''::text)\]\)', '= \1');
    EXECUTE 'ALTER TABLE document_publication DROP CONSTRAINT document_publication_of_an_appeal, ADD CONSTRAINT document_publication_of_an_appeal ' || said;
END $$;
REVOKE SELECT (purpose) ON document_publication FROM so_nhan_ai_public;
ALTER TABLE document_withdrawal ALTER COLUMN withdrawn_by SET NOT NULL;
DROP TABLE activity_photo_consent;
DROP FUNCTION activity_photo_consent_only_ends();
