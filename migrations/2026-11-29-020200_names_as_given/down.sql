CREATE OR REPLACE FUNCTION gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,particulars,display,captured_at,request_hash}'::text[]
           <> to_jsonb(OLD) - '{party_id,particulars,display,captured_at,request_hash}'::text[]
       OR (NEW.captured_at IS DISTINCT FROM OLD.captured_at OR NEW.request_hash <> OLD.request_hash)
           AND NOT (NEW.party_id IS NULL AND NEW.particulars IS NULL AND NEW.captured_at IS NULL AND NEW.display = 'ANONYMOUS') THEN
        RAISE EXCEPTION 'a gift keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'gift_append_only';
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE gift DROP COLUMN giver_name;
