-- Whoever asked not to be called out any more may agree again: by their own link while that is good, or told to an officer. That they had
-- stopped stays on record, and so does how they came back.
ALTER TABLE call_out_stop
    ADD COLUMN lifted_at timestamptz,
    -- The officer who was told; NULL where they did it by their link.
    ADD COLUMN lifted_by uuid,
    ADD COLUMN lifted_how text,
    DROP CONSTRAINT call_out_stop_pk,
    ADD CONSTRAINT call_out_stop_pk PRIMARY KEY (person_id, stopped_at),
    ADD CONSTRAINT call_out_stop_lifted_by_fk FOREIGN KEY (lifted_by) REFERENCES account (id),
    ADD CONSTRAINT call_out_stop_lifted_how_known CHECK (lifted_how IN ('LINK', 'IN_PERSON', 'PHONE', 'WRITING')),
    ADD CONSTRAINT call_out_stop_lifted_whole CHECK ((lifted_at IS NULL) = (lifted_how IS NULL) AND lifted_at >= stopped_at
        AND (lifted_by IS NULL) = (coalesce(lifted_how, 'LINK') = 'LINK'));
CREATE UNIQUE INDEX call_out_stop_standing_key ON call_out_stop (person_id) WHERE lifted_at IS NULL;
CREATE INDEX call_out_stop_lifted_by_idx ON call_out_stop (lifted_by);
CREATE FUNCTION call_out_stop_is_lifted_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.person_id, NEW.stopped_at) <> (OLD.person_id, OLD.stopped_at)
       OR (OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_by, NEW.lifted_how) IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_by, OLD.lifted_how)) THEN
        RAISE EXCEPTION 'that somebody had stopped stays on record' USING ERRCODE = '23514', CONSTRAINT = 'call_out_stop_is_lifted_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_out_stop_is_lifted_once BEFORE UPDATE ON call_out_stop FOR EACH ROW EXECUTE FUNCTION call_out_stop_is_lifted_once();
