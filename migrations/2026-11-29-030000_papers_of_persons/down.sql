DROP TABLE personal_data_request_kept, document_closure, retention_rule;
CREATE OR REPLACE FUNCTION document_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'name' <> to_jsonb(OLD) - 'name' THEN
        RAISE EXCEPTION 'a document keeps all but its name' USING ERRCODE = '23514', CONSTRAINT = 'document_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION opening_balance_decides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{state,decided_by,decided_at}'::text[] <> to_jsonb(OLD) - '{state,decided_by,decided_at}'::text[]
       OR NOT (OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'REFUSED')
               OR OLD.state = 'APPROVED' AND NEW.state = 'REVERSED' AND (NEW.decided_by, NEW.decided_at) = (OLD.decided_by, OLD.decided_at)) THEN
        RAISE EXCEPTION 'a request is decided once' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_decided_once';
    END IF;
    RETURN NEW;
END $$;
