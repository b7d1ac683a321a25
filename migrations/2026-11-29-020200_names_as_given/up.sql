-- The name as it was given belongs to the gift: the paper, the officer's view and what is shown are made from it. Only
-- gifts of somebody with a telephone number need one of their own; without a number the party is the gift's alone.
ALTER TABLE gift
    ADD COLUMN giver_name bytea,
    ADD CONSTRAINT gift_giver_name_of_party CHECK (giver_name IS NULL OR party_id IS NOT NULL);

CREATE OR REPLACE FUNCTION gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,particulars,display,captured_at,request_hash,giver_name}'::text[]
           <> to_jsonb(OLD) - '{party_id,particulars,display,captured_at,request_hash,giver_name}'::text[]
       OR (NEW.captured_at IS DISTINCT FROM OLD.captured_at OR NEW.request_hash <> OLD.request_hash)
           AND NOT (NEW.party_id IS NULL AND NEW.particulars IS NULL AND NEW.captured_at IS NULL AND NEW.display = 'ANONYMOUS') THEN
        RAISE EXCEPTION 'a gift keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'gift_append_only';
    END IF;
    RETURN NEW;
END $$;
