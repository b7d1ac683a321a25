-- What somebody agreed to by a text is a proof: it does not go.
DO $$ BEGIN
    IF EXISTS (SELECT FROM consent c JOIN consent_text t ON t.purpose = c.purpose AND t.version = c.text_version WHERE t.valid_from = '2026-12-01')
       OR EXISTS (SELECT FROM consent WHERE purpose IN ('SHOW_MASKED_NAME_OF_CHILD', 'SHOW_FULL_NAME_OF_CHILD')) THEN
        RAISE EXCEPTION 'somebody agreed to a text that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'consent_purpose_known';
    END IF;
END $$;
ALTER TABLE consent_text DISABLE TRIGGER USER;
DELETE FROM consent_text WHERE valid_from = '2026-12-01';
UPDATE consent_text SET valid_to = NULL WHERE valid_to = '2026-12-01';
ALTER TABLE consent_text ENABLE TRIGGER USER;
ALTER TABLE consent
    DROP CONSTRAINT consent_purpose_known,
    ADD CONSTRAINT consent_purpose_known CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME'));
ALTER TABLE consent_text
    DROP CONSTRAINT consent_text_purpose_known,
    ADD CONSTRAINT consent_text_purpose_known CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME'));
