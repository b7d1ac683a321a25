-- A log without leaves may still get another name. The checkpoint of nothing that was signed under the old one goes with
-- it; every other one stays for ever.
DROP TRIGGER log_checkpoint_append_only ON log_checkpoint;
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION log_checkpoint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.size > 0 OR (SELECT size FROM log_head) > 0 THEN
        RAISE EXCEPTION 'what was signed stays' USING ERRCODE = '23514', CONSTRAINT = 'log_checkpoint_append_only';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER log_checkpoint_stays BEFORE DELETE ON log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION log_checkpoint_stays();
