-- Requests to reverse entries that are no gifts, whatever room booked them. Who asked, whose turn it is and the note stand with
-- the decision of the same id; here stands what is asked, and what was booked. An entry is reversed once.
CREATE TABLE correction (
    id           uuid NOT NULL,
    entry_id     uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    -- What was reversed with it, because neither stands without the other.
    together     uuid[] NOT NULL DEFAULT '{}',
    CONSTRAINT correction_pk PRIMARY KEY (id),
    CONSTRAINT correction_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT correction_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT correction_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT correction_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT correction_state_known CHECK (state IN ('REQUESTED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT correction_decided_whole CHECK ((state = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX correction_standing_key ON correction (entry_id) WHERE state IN ('REQUESTED', 'APPROVED');
CREATE INDEX correction_entry_idx ON correction (entry_id);
CREATE INDEX correction_chapter_idx ON correction (chapter_id, requested_at, id);
CREATE INDEX correction_requested_by_idx ON correction (requested_by);
CREATE INDEX correction_decided_by_idx ON correction (decided_by);
CREATE FUNCTION correction_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'REQUESTED' OR to_jsonb(NEW) - '{state,decided_by,decided_at,together}'::text[] <> to_jsonb(OLD) - '{state,decided_by,decided_at,together}'::text[] THEN
        RAISE EXCEPTION 'a request keeps what was asked and is decided once' USING ERRCODE = '23514', CONSTRAINT = 'correction_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_keeps BEFORE UPDATE ON correction FOR EACH ROW EXECUTE FUNCTION correction_keeps();
CREATE TRIGGER correction_stays BEFORE DELETE OR TRUNCATE ON correction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
