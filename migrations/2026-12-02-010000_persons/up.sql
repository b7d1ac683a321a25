-- Persons as a chapter knows them: what it wrote down of a party that is a member, a volunteer or a post holder there. Name, number
-- and particulars (birth, sex, commune) are sealed; `words` are keyed hashes (eight bytes each) of what they are found by at this
-- chapter, as of parties. The id is the chapter's own and carries no time. Who was erased leaves a row that says nothing, for the sake
-- of what is counted.
CREATE TABLE person (
    id                 uuid NOT NULL,
    chapter_id         uuid NOT NULL,
    party_id           uuid,
    name               bytea,
    phone              bytea,
    -- When somebody answered at the number; numbers out of old lists are unconfirmed until then.
    phone_confirmed_on date,
    particulars        bytea,
    words              bigint[] NOT NULL DEFAULT '{}',
    request_hash       bytea NOT NULL,
    version            integer NOT NULL,
    recorded_by        uuid NOT NULL,
    recorded_at        timestamptz NOT NULL,
    erased_on          date,
    CONSTRAINT person_pk PRIMARY KEY (id),
    CONSTRAINT person_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT person_party_fk FOREIGN KEY (party_id) REFERENCES party (id),
    CONSTRAINT person_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT person_is_somebody CHECK ((erased_on IS NULL) = (party_id IS NOT NULL) AND (erased_on IS NULL) = (name IS NOT NULL)),
    CONSTRAINT person_erased_is_empty CHECK (erased_on IS NULL OR (phone IS NULL AND phone_confirmed_on IS NULL AND particulars IS NULL AND words = '{}')),
    CONSTRAINT person_confirmed_number CHECK (phone_confirmed_on IS NULL OR phone IS NOT NULL),
    CONSTRAINT person_version_positive CHECK (version > 0)
);
-- A chapter writes a party down once: the same name with its marks, and the same number.
CREATE UNIQUE INDEX person_party_key ON person (party_id, chapter_id);
CREATE INDEX person_chapter_idx ON person (chapter_id, recorded_at, id);
CREATE INDEX person_recorded_by_idx ON person (recorded_by);
CREATE INDEX person_words_idx ON person USING gin (words) WITH (gin_pending_list_limit = 256);

-- Two persons of a chapter that turned out to be one: asked for by one officer, decided by another, and parted again when it was a
-- mistake. Neither row changes by it.
CREATE TABLE person_join (
    id         uuid NOT NULL,
    chapter_id uuid NOT NULL,
    -- The one that goes on.
    kept_id    uuid NOT NULL,
    joined_id  uuid NOT NULL,
    state      text NOT NULL,
    asked_by   uuid NOT NULL,
    asked_at   timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    parted_by  uuid,
    parted_at  timestamptz,
    CONSTRAINT person_join_pk PRIMARY KEY (id),
    CONSTRAINT person_join_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT person_join_kept_fk FOREIGN KEY (kept_id) REFERENCES person (id),
    CONSTRAINT person_join_joined_fk FOREIGN KEY (joined_id) REFERENCES person (id),
    CONSTRAINT person_join_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT person_join_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT person_join_parted_by_fk FOREIGN KEY (parted_by) REFERENCES account (id),
    CONSTRAINT person_join_two CHECK (kept_id <> joined_id),
    CONSTRAINT person_join_state_known CHECK (state IN ('ASKED', 'JOINED', 'REFUSED', 'WITHDRAWN', 'PARTED')),
    CONSTRAINT person_join_decided CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT person_join_parted CHECK ((state = 'PARTED') = (parted_at IS NOT NULL) AND (parted_at IS NULL) = (parted_by IS NULL))
);
CREATE UNIQUE INDEX person_join_standing_key ON person_join (joined_id) WHERE state IN ('ASKED', 'JOINED');
CREATE INDEX person_join_joined_idx ON person_join (joined_id);
CREATE INDEX person_join_kept_idx ON person_join (kept_id);
CREATE INDEX person_join_chapter_idx ON person_join (chapter_id, asked_at, id);
CREATE INDEX person_join_asked_by_idx ON person_join (asked_by);
CREATE INDEX person_join_decided_by_idx ON person_join (decided_by);
CREATE INDEX person_join_parted_by_idx ON person_join (parted_by);

-- Joins make stars, no chains: who goes on is nobody's other self, and whoever does not go on has none.
CREATE FUNCTION person_join_is_star() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'JOINED' AND EXISTS (SELECT FROM person_join j WHERE j.state = 'JOINED' AND j.id <> NEW.id
                                        AND (j.joined_id = NEW.kept_id OR j.kept_id = NEW.joined_id)) THEN
        RAISE EXCEPTION 'a join makes a chain' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'person_join_star';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER person_join_star AFTER INSERT OR UPDATE ON person_join FOR EACH ROW EXECUTE FUNCTION person_join_is_star();
