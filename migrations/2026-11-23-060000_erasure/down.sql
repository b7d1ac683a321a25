DROP TABLE personal_data_request_chapter, personal_data_request, public_holiday, deadline_rule, consent, consent_text, annotation;
DROP FUNCTION consent_keeps, consent_text_only_ends;
CREATE OR REPLACE FUNCTION gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,particulars}'::text[] <> to_jsonb(OLD) - '{party_id,particulars}'::text[] THEN
        RAISE EXCEPTION 'a gift keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'gift_append_only';
    END IF;
    RETURN NEW;
END $$;
DROP INDEX gift_party_idx;
ALTER TABLE party
    DROP CONSTRAINT party_erased_whole,
    DROP COLUMN restricted_at,
    ALTER COLUMN name SET NOT NULL,
    ALTER COLUMN name_hash SET NOT NULL;
