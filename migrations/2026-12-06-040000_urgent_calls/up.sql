-- Urgent calls for blood: donors asked to come to a hospital, in waves, by a link or by telephone; what they answer. And clubs of donors
-- (ngân hàng máu sống), standing lists of those who are asked first.

-- When nobody is asked, how often a donor is, and how many for one that is needed. Numbers that the society may set anew: mark S from a
-- source, GK to be verified, REC recommended.
CREATE TABLE urgent_call_rule (
    valid_from         date NOT NULL,
    -- Minutes of the Vietnamese day.
    quiet_from_minute  integer,
    quiet_until_minute integer,
    -- Most urgent calls that a donor is asked in within 30 days, wherever.
    most_a_month       integer NOT NULL,
    -- Most donors asked for one that is needed.
    most_for_one       integer NOT NULL,
    mark               text NOT NULL,
    source             text NOT NULL,
    CONSTRAINT urgent_call_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT urgent_call_rule_quiet_both CHECK ((quiet_from_minute IS NULL) = (quiet_until_minute IS NULL) AND quiet_from_minute <> quiet_until_minute),
    CONSTRAINT urgent_call_rule_quiet_in_day CHECK (quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439),
    CONSTRAINT urgent_call_rule_positive CHECK (most_a_month > 0 AND most_for_one > 0),
    CONSTRAINT urgent_call_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC'))
);
INSERT INTO urgent_call_rule (valid_from, quiet_from_minute, quiet_until_minute, most_a_month, most_for_one, mark, source) VALUES
    ('2010-01-01', 1260, 360, 3, 20, 'REC', 'delivered with the program; the Society may set others');

-- A club of donors: a standing list of a chapter.
CREATE TABLE blood_club (
    id         uuid NOT NULL,
    chapter_id uuid NOT NULL,
    name       text NOT NULL,
    state      text NOT NULL,
    made_by    uuid NOT NULL,
    made_at    timestamptz NOT NULL,
    ended_by   uuid,
    ended_at   timestamptz,
    CONSTRAINT blood_club_pk PRIMARY KEY (id),
    CONSTRAINT blood_club_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_club_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT blood_club_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT blood_club_state_known CHECK (state IN ('ACTIVE', 'ENDED')),
    CONSTRAINT blood_club_ended_whole CHECK ((state = 'ENDED') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX blood_club_chapter_idx ON blood_club (chapter_id, made_at, id);
CREATE INDEX blood_club_made_by_idx ON blood_club (made_by);
CREATE INDEX blood_club_ended_by_idx ON blood_club (ended_by);
CREATE TRIGGER blood_club_stays BEFORE DELETE OR TRUNCATE ON blood_club FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE blood_club_member (
    id         uuid NOT NULL,
    club_id    uuid NOT NULL,
    donor_id   uuid NOT NULL,
    joined_on  date NOT NULL,
    left_on    date,
    entered_by uuid NOT NULL,
    entered_at timestamptz NOT NULL,
    CONSTRAINT blood_club_member_pk PRIMARY KEY (id),
    CONSTRAINT blood_club_member_club_fk FOREIGN KEY (club_id) REFERENCES blood_club (id),
    CONSTRAINT blood_club_member_donor_fk FOREIGN KEY (donor_id) REFERENCES donor (id),
    CONSTRAINT blood_club_member_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT blood_club_member_forward CHECK (left_on >= joined_on)
);
-- A donor is in a club once at a time.
CREATE UNIQUE INDEX blood_club_member_once_key ON blood_club_member (club_id, donor_id) WHERE left_on IS NULL;
CREATE INDEX blood_club_member_club_idx ON blood_club_member (club_id, entered_at, id);
CREATE INDEX blood_club_member_donor_idx ON blood_club_member (donor_id);
CREATE INDEX blood_club_member_entered_by_idx ON blood_club_member (entered_by);
CREATE TRIGGER blood_club_member_stays BEFORE DELETE OR TRUNCATE ON blood_club_member FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE urgent_call (
    id            uuid NOT NULL,
    -- The chapter that calls; it reaches donors of its own and of every chapter below it, then of those beside it.
    chapter_id    uuid NOT NULL,
    -- What is wanted, and the group of who is to receive it.
    component     text NOT NULL,
    abo           text NOT NULL,
    rh            text NOT NULL,
    hospital      text NOT NULL,
    -- Why donors are asked: kept with the history, and written to them. It names nobody.
    reason        text NOT NULL,
    until_at      timestamptz NOT NULL,
    -- How many are to come: units.
    needed        integer NOT NULL,
    reach         text NOT NULL,
    -- Only of this club.
    club_id       uuid,
    wave_size     integer NOT NULL,
    -- Minutes after which the next wave is asked by itself; NULL: an officer asks it.
    wave_minutes  integer,
    state         text NOT NULL,
    -- Since when as many said yes as are needed.
    enough_at     timestamptz,
    next_wave_at  timestamptz,
    version       integer NOT NULL,
    made_by       uuid NOT NULL,
    made_at       timestamptz NOT NULL,
    -- NULL of one that ended by itself, when its time was over.
    ended_by      uuid,
    ended_at      timestamptz,
    CONSTRAINT urgent_call_pk PRIMARY KEY (id),
    CONSTRAINT urgent_call_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT urgent_call_club_fk FOREIGN KEY (club_id) REFERENCES blood_club (id),
    CONSTRAINT urgent_call_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT urgent_call_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT urgent_call_component_known CHECK (component IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA')),
    CONSTRAINT urgent_call_group_known CHECK (abo IN ('O', 'A', 'B', 'AB') AND rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT urgent_call_reach_known CHECK (reach IN ('OWN', 'NEIGHBOURS')),
    CONSTRAINT urgent_call_state_known CHECK (state IN ('OPEN', 'ENDED')),
    CONSTRAINT urgent_call_forward CHECK (until_at > made_at),
    CONSTRAINT urgent_call_numbers CHECK (needed BETWEEN 1 AND 100 AND wave_size BETWEEN 1 AND 1000 AND wave_minutes BETWEEN 5 AND 240),
    CONSTRAINT urgent_call_ended_whole CHECK ((state = 'OPEN') = (ended_at IS NULL) AND (ended_by IS NULL OR ended_at IS NOT NULL)),
    CONSTRAINT urgent_call_version_positive CHECK (version > 0)
);
CREATE INDEX urgent_call_chapter_idx ON urgent_call (chapter_id, made_at, id);
CREATE INDEX urgent_call_club_idx ON urgent_call (club_id);
CREATE INDEX urgent_call_made_by_idx ON urgent_call (made_by);
CREATE INDEX urgent_call_ended_by_idx ON urgent_call (ended_by);

-- A wave: who asked it, when, for how many, and why at night.
CREATE TABLE urgent_call_wave (
    id             uuid NOT NULL,
    urgent_call_id uuid NOT NULL,
    n              integer NOT NULL,
    -- NULL: it was due.
    asked_by       uuid,
    asked_at       timestamptz NOT NULL,
    wanted         integer NOT NULL,
    asked          integer NOT NULL,
    quiet_reason   text,
    CONSTRAINT urgent_call_wave_pk PRIMARY KEY (id),
    CONSTRAINT urgent_call_wave_urgent_call_fk FOREIGN KEY (urgent_call_id) REFERENCES urgent_call (id),
    CONSTRAINT urgent_call_wave_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT urgent_call_wave_n_key UNIQUE (urgent_call_id, n),
    CONSTRAINT urgent_call_wave_counts CHECK (wanted > 0 AND asked BETWEEN 0 AND wanted)
);
CREATE INDEX urgent_call_wave_asked_by_idx ON urgent_call_wave (asked_by);
CREATE TRIGGER urgent_call_wave_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON urgent_call_wave
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A donor who was asked, and what they answer as it stands. `party_hash` is a keyed hash of the party: the same person at two chapters is
-- asked once, and so often a month; it goes with the person. An answer changes nothing that an index has, so it is written in place.
CREATE TABLE urgent_call_asked (
    id             uuid NOT NULL,
    urgent_call_id uuid NOT NULL,
    wave_id        uuid NOT NULL,
    chapter_id     uuid NOT NULL,
    donor_id       uuid NOT NULL,
    person_id      uuid NOT NULL,
    party_hash     bytea,
    asked_at       timestamptz NOT NULL,
    -- By which way: a message, or an officer's own hand.
    by_message     boolean NOT NULL,
    -- What they are known by at the hospital's desk.
    code           text NOT NULL,
    answer         text,
    arrives_at     timestamptz,
    answered_at    timestamptz,
    revoked_at     timestamptz,
    revoked_by     uuid,
    told_at        timestamptz,
    CONSTRAINT urgent_call_asked_pk PRIMARY KEY (id),
    CONSTRAINT urgent_call_asked_urgent_call_fk FOREIGN KEY (urgent_call_id) REFERENCES urgent_call (id),
    CONSTRAINT urgent_call_asked_wave_fk FOREIGN KEY (wave_id) REFERENCES urgent_call_wave (id),
    CONSTRAINT urgent_call_asked_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT urgent_call_asked_donor_fk FOREIGN KEY (donor_id) REFERENCES donor (id),
    CONSTRAINT urgent_call_asked_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT urgent_call_asked_revoked_by_fk FOREIGN KEY (revoked_by) REFERENCES account (id),
    CONSTRAINT urgent_call_asked_answer_known CHECK (answer IN ('YES', 'NO', 'STOP')),
    CONSTRAINT urgent_call_asked_answered_whole CHECK ((answer IS NULL) = (answered_at IS NULL) AND (arrives_at IS NULL OR answer = 'YES')),
    CONSTRAINT urgent_call_asked_revoked_whole CHECK (revoked_by IS NULL OR revoked_at IS NOT NULL),
    CONSTRAINT urgent_call_asked_person_key UNIQUE (urgent_call_id, person_id),
    CONSTRAINT urgent_call_asked_code_key UNIQUE (urgent_call_id, code)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX urgent_call_asked_party_key ON urgent_call_asked (urgent_call_id, party_hash);
CREATE INDEX urgent_call_asked_wave_idx ON urgent_call_asked (wave_id);
CREATE INDEX urgent_call_asked_chapter_idx ON urgent_call_asked (chapter_id);
CREATE INDEX urgent_call_asked_donor_idx ON urgent_call_asked (donor_id);
CREATE INDEX urgent_call_asked_person_idx ON urgent_call_asked (person_id);
CREATE INDEX urgent_call_asked_often_idx ON urgent_call_asked (party_hash, asked_at);
CREATE INDEX urgent_call_asked_revoked_by_idx ON urgent_call_asked (revoked_by);
CREATE TRIGGER urgent_call_asked_stays BEFORE DELETE OR TRUNCATE ON urgent_call_asked FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every answer, in the order in which they came: by the link, or as an officer heard it.
CREATE TABLE urgent_call_answer (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    asked_id    uuid NOT NULL,
    answer      text NOT NULL,
    arrives_at  timestamptz,
    answered_at timestamptz NOT NULL,
    account_id  uuid,
    CONSTRAINT urgent_call_answer_pk PRIMARY KEY (id),
    CONSTRAINT urgent_call_answer_asked_fk FOREIGN KEY (asked_id) REFERENCES urgent_call_asked (id),
    CONSTRAINT urgent_call_answer_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT urgent_call_answer_known CHECK (answer IN ('YES', 'NO', 'STOP'))
);
CREATE INDEX urgent_call_answer_asked_idx ON urgent_call_answer (asked_id, id);
CREATE INDEX urgent_call_answer_account_idx ON urgent_call_answer (account_id);
CREATE TRIGGER urgent_call_answer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON urgent_call_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever asked not to be called for blood any more: for good, wherever they are known, until they say another thing themselves. That they
-- had stopped stays on record, and so does how they came back.
CREATE TABLE urgent_call_stop (
    person_id  uuid NOT NULL,
    party_hash bytea,
    stopped_at timestamptz NOT NULL,
    lifted_at  timestamptz,
    -- The officer who was told; NULL where they did it by their link.
    lifted_by  uuid,
    lifted_how text,
    CONSTRAINT urgent_call_stop_pk PRIMARY KEY (person_id, stopped_at),
    CONSTRAINT urgent_call_stop_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT urgent_call_stop_lifted_by_fk FOREIGN KEY (lifted_by) REFERENCES account (id),
    CONSTRAINT urgent_call_stop_lifted_how_known CHECK (lifted_how IN ('LINK', 'PHONE')),
    CONSTRAINT urgent_call_stop_lifted_whole CHECK ((lifted_at IS NULL) = (lifted_how IS NULL) AND lifted_at >= stopped_at
        AND (lifted_by IS NULL) = (coalesce(lifted_how, 'LINK') = 'LINK'))
);
CREATE UNIQUE INDEX urgent_call_stop_standing_key ON urgent_call_stop (person_id) WHERE lifted_at IS NULL;
CREATE INDEX urgent_call_stop_party_idx ON urgent_call_stop (party_hash);
CREATE INDEX urgent_call_stop_lifted_by_idx ON urgent_call_stop (lifted_by);
CREATE FUNCTION urgent_call_stop_is_lifted_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.person_id, NEW.stopped_at) <> (OLD.person_id, OLD.stopped_at)
       OR (OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_by, NEW.lifted_how) IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_by, OLD.lifted_how)) THEN
        RAISE EXCEPTION 'that somebody had stopped stays on record' USING ERRCODE = '23514', CONSTRAINT = 'urgent_call_stop_is_lifted_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER urgent_call_stop_is_lifted_once BEFORE UPDATE ON urgent_call_stop FOR EACH ROW EXECUTE FUNCTION urgent_call_stop_is_lifted_once();
CREATE TRIGGER urgent_call_stop_stays BEFORE DELETE OR TRUNCATE ON urgent_call_stop FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE urgent_call_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT urgent_call_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER urgent_call_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON urgent_call_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was called is kept as it was; a call ends, and does not open again.
CREATE FUNCTION urgent_call_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{until_at,needed,reach,wave_size,wave_minutes,state,enough_at,next_wave_at,version,ended_by,ended_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (OLD.state = 'ENDED' AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'an urgent call only goes on' USING ERRCODE = '23514', CONSTRAINT = 'urgent_call_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER urgent_call_goes_on BEFORE UPDATE ON urgent_call FOR EACH ROW EXECUTE FUNCTION urgent_call_goes_on();
CREATE TRIGGER urgent_call_stays BEFORE DELETE OR TRUNCATE ON urgent_call FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was said after the end, or under a link that was taken back, is no answer, whoever writes it.
CREATE FUNCTION urgent_call_asked_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR NOT EXISTS (SELECT FROM urgent_call c WHERE c.id = NEW.urgent_call_id AND c.state = 'OPEN') THEN
        RAISE EXCEPTION 'nobody is asked any more' USING ERRCODE = '23514', CONSTRAINT = 'urgent_call_asked_answers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER urgent_call_asked_answers BEFORE UPDATE OF answer, arrives_at ON urgent_call_asked FOR EACH ROW
    WHEN ((OLD.answer, OLD.arrives_at) IS DISTINCT FROM (NEW.answer, NEW.arrives_at)) EXECUTE FUNCTION urgent_call_asked_answers();
