-- Call-outs (huy động): volunteers asked to come, in waves, by a link or by telephone; what they answered, that they came, what follows.

-- When nobody is asked, how often a person is, and how many for one that is needed. Numbers that the society may set anew: mark S from a
-- source, GK to be verified, REC recommended.
CREATE TABLE call_out_rule (
    valid_from         date NOT NULL,
    -- Minutes of the Vietnamese day.
    quiet_from_minute  integer,
    quiet_until_minute integer,
    -- Most call-outs that somebody is asked for within 30 days, wherever.
    most_a_month       integer NOT NULL,
    -- Most people asked for one that is needed.
    most_for_one       integer NOT NULL,
    mark               text NOT NULL,
    source             text NOT NULL,
    CONSTRAINT call_out_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT call_out_rule_quiet_both CHECK ((quiet_from_minute IS NULL) = (quiet_until_minute IS NULL) AND quiet_from_minute <> quiet_until_minute),
    CONSTRAINT call_out_rule_quiet_in_day CHECK (quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439),
    CONSTRAINT call_out_rule_positive CHECK (most_a_month > 0 AND most_for_one > 0),
    CONSTRAINT call_out_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC'))
);
INSERT INTO call_out_rule (valid_from, quiet_from_minute, quiet_until_minute, most_a_month, most_for_one, mark, source) VALUES
    ('2010-01-01', 1260, 360, 4, 10, 'REC', 'delivered with the program; the Society may set others');

CREATE TABLE call_out (
    id            uuid NOT NULL,
    -- The chapter that calls; it reaches volunteers of its own and of every chapter below it.
    chapter_id    uuid NOT NULL,
    kind          text NOT NULL,
    event         text NOT NULL,
    place         text NOT NULL,
    -- Why people are asked: kept with the history, and written to them.
    why           text NOT NULL,
    from_at       timestamptz NOT NULL,
    until_at      timestamptz NOT NULL,
    needed        integer NOT NULL,
    skills        text[] NOT NULL,
    -- Only who said that they have time then.
    available     boolean NOT NULL,
    team_id       uuid,
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
    ended_by      uuid,
    ended_at      timestamptz,
    closed_by     uuid,
    closed_at     timestamptz,
    -- What there is to say afterwards; sealed, for it may name people.
    note          bytea,
    CONSTRAINT call_out_pk PRIMARY KEY (id),
    CONSTRAINT call_out_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT call_out_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT call_out_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT call_out_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT call_out_closed_by_fk FOREIGN KEY (closed_by) REFERENCES account (id),
    CONSTRAINT call_out_kind_known CHECK (kind IN ('EMERGENCY', 'DRIVE', 'CAMPAIGN', 'EVENT', 'EXERCISE')),
    CONSTRAINT call_out_state_known CHECK (state IN ('OPEN', 'ENDED', 'CLOSED')),
    CONSTRAINT call_out_forward CHECK (until_at > from_at),
    CONSTRAINT call_out_numbers CHECK (needed BETWEEN 1 AND 10000 AND wave_size BETWEEN 1 AND 10000 AND wave_minutes BETWEEN 5 AND 1440),
    CONSTRAINT call_out_ended_whole CHECK ((state = 'OPEN') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT call_out_closed_whole CHECK ((state = 'CLOSED') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL) AND (note IS NULL OR closed_at IS NOT NULL)),
    CONSTRAINT call_out_version_positive CHECK (version > 0)
);
CREATE INDEX call_out_chapter_idx ON call_out (chapter_id, made_at, id);
CREATE INDEX call_out_team_idx ON call_out (team_id);
CREATE INDEX call_out_made_by_idx ON call_out (made_by);
CREATE INDEX call_out_ended_by_idx ON call_out (ended_by);
CREATE INDEX call_out_closed_by_idx ON call_out (closed_by);

CREATE TABLE call_out_shift (
    id          uuid NOT NULL,
    call_out_id uuid NOT NULL,
    n           smallint NOT NULL,
    from_at     timestamptz NOT NULL,
    until_at    timestamptz NOT NULL,
    needed      integer NOT NULL,
    CONSTRAINT call_out_shift_pk PRIMARY KEY (id),
    CONSTRAINT call_out_shift_call_out_fk FOREIGN KEY (call_out_id) REFERENCES call_out (id),
    CONSTRAINT call_out_shift_n_key UNIQUE (call_out_id, n),
    CONSTRAINT call_out_shift_forward CHECK (until_at > from_at),
    CONSTRAINT call_out_shift_needed_counts CHECK (needed BETWEEN 1 AND 10000)
);
CREATE TRIGGER call_out_shift_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_out_shift
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A wave: who asked it, when, for how many, and why at night.
CREATE TABLE call_out_wave (
    id           uuid NOT NULL,
    call_out_id  uuid NOT NULL,
    n            integer NOT NULL,
    -- NULL: it was due.
    asked_by     uuid,
    asked_at     timestamptz NOT NULL,
    wanted       integer NOT NULL,
    asked        integer NOT NULL,
    quiet_reason text,
    CONSTRAINT call_out_wave_pk PRIMARY KEY (id),
    CONSTRAINT call_out_wave_call_out_fk FOREIGN KEY (call_out_id) REFERENCES call_out (id),
    CONSTRAINT call_out_wave_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT call_out_wave_n_key UNIQUE (call_out_id, n),
    CONSTRAINT call_out_wave_counts CHECK (wanted > 0 AND asked BETWEEN 0 AND wanted)
);
CREATE INDEX call_out_wave_asked_by_idx ON call_out_wave (asked_by);
CREATE TRIGGER call_out_wave_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_out_wave
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Somebody who was asked, and what they answer as it stands. `party_hash` is a keyed hash of the party: the same person at two chapters
-- is asked once, and so often a month; it goes with the person. An answer changes nothing that an index has, so it is written in place.
CREATE TABLE call_out_asked (
    id          uuid NOT NULL,
    call_out_id uuid NOT NULL,
    wave_id     uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    person_id   uuid NOT NULL,
    party_hash  bytea,
    asked_at    timestamptz NOT NULL,
    -- By which way: a message, or an officer's own hand.
    by_message  boolean NOT NULL,
    -- What their code for coming says.
    code        text NOT NULL,
    answer      text,
    arrives_at  timestamptz,
    answered_at timestamptz,
    shift_id    uuid,
    revoked_at  timestamptz,
    revoked_by  uuid,
    told_at     timestamptz,
    CONSTRAINT call_out_asked_pk PRIMARY KEY (id),
    CONSTRAINT call_out_asked_call_out_fk FOREIGN KEY (call_out_id) REFERENCES call_out (id),
    CONSTRAINT call_out_asked_wave_fk FOREIGN KEY (wave_id) REFERENCES call_out_wave (id),
    CONSTRAINT call_out_asked_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT call_out_asked_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT call_out_asked_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT call_out_asked_shift_fk FOREIGN KEY (shift_id) REFERENCES call_out_shift (id),
    CONSTRAINT call_out_asked_revoked_by_fk FOREIGN KEY (revoked_by) REFERENCES account (id),
    CONSTRAINT call_out_asked_answer_known CHECK (answer IN ('YES', 'NO', 'STOP')),
    CONSTRAINT call_out_asked_answered_whole CHECK ((answer IS NULL) = (answered_at IS NULL) AND (arrives_at IS NULL OR answer = 'YES')),
    CONSTRAINT call_out_asked_revoked_whole CHECK (revoked_by IS NULL OR revoked_at IS NOT NULL),
    CONSTRAINT call_out_asked_person_key UNIQUE (call_out_id, person_id),
    CONSTRAINT call_out_asked_code_key UNIQUE (call_out_id, code)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX call_out_asked_party_key ON call_out_asked (call_out_id, party_hash);
CREATE INDEX call_out_asked_wave_idx ON call_out_asked (wave_id);
CREATE INDEX call_out_asked_chapter_idx ON call_out_asked (chapter_id);
CREATE INDEX call_out_asked_volunteer_idx ON call_out_asked (volunteer_id);
CREATE INDEX call_out_asked_person_idx ON call_out_asked (person_id);
CREATE INDEX call_out_asked_often_idx ON call_out_asked (party_hash, asked_at);
CREATE INDEX call_out_asked_shift_idx ON call_out_asked (shift_id);
CREATE INDEX call_out_asked_revoked_by_idx ON call_out_asked (revoked_by);
CREATE TRIGGER call_out_asked_stays BEFORE DELETE OR TRUNCATE ON call_out_asked FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every answer, in the order in which they came: by the link, or as an officer heard it.
CREATE TABLE call_out_answer (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    asked_id    uuid NOT NULL,
    answer      text NOT NULL,
    arrives_at  timestamptz,
    answered_at timestamptz NOT NULL,
    account_id  uuid,
    CONSTRAINT call_out_answer_pk PRIMARY KEY (id),
    CONSTRAINT call_out_answer_asked_fk FOREIGN KEY (asked_id) REFERENCES call_out_asked (id),
    CONSTRAINT call_out_answer_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT call_out_answer_known CHECK (answer IN ('YES', 'NO', 'STOP'))
);
CREATE INDEX call_out_answer_asked_idx ON call_out_answer (asked_id, id);
CREATE INDEX call_out_answer_account_idx ON call_out_answer (account_id);
CREATE TRIGGER call_out_answer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_out_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever asked not to be asked any more: for good, wherever they are known.
CREATE TABLE call_out_stop (
    person_id  uuid NOT NULL,
    party_hash bytea,
    stopped_at timestamptz NOT NULL,
    CONSTRAINT call_out_stop_pk PRIMARY KEY (person_id),
    CONSTRAINT call_out_stop_person_fk FOREIGN KEY (person_id) REFERENCES person (id)
);
CREATE INDEX call_out_stop_party_idx ON call_out_stop (party_hash);
CREATE TRIGGER call_out_stop_stays BEFORE DELETE OR TRUNCATE ON call_out_stop FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Somebody came or left, as a telephone scanned it or an officer wrote it down: in whatever order it is sent.
CREATE TABLE call_out_scan (
    id          uuid NOT NULL,
    asked_id    uuid NOT NULL,
    what        text NOT NULL,
    at          timestamptz NOT NULL,
    how         text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT call_out_scan_pk PRIMARY KEY (id),
    CONSTRAINT call_out_scan_asked_fk FOREIGN KEY (asked_id) REFERENCES call_out_asked (id),
    CONSTRAINT call_out_scan_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT call_out_scan_what_known CHECK (what IN ('CAME', 'LEFT')),
    CONSTRAINT call_out_scan_how_known CHECK (how IN ('QR', 'LIST'))
);
CREATE INDEX call_out_scan_asked_idx ON call_out_scan (asked_id, at);
CREATE INDEX call_out_scan_recorded_by_idx ON call_out_scan (recorded_by);
CREATE TRIGGER call_out_scan_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_out_scan
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE call_out_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT call_out_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER call_out_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_out_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was called is kept as it was; a call-out ends and is closed, and does not open again.
CREATE FUNCTION call_out_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{place,until_at,needed,wave_size,wave_minutes,state,enough_at,next_wave_at,version,ended_by,ended_at,closed_by,closed_at,note}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves
       OR array_position('{OPEN,ENDED,CLOSED}'::text[], NEW.state) < array_position('{OPEN,ENDED,CLOSED}'::text[], OLD.state) THEN
        RAISE EXCEPTION 'a call-out only goes on' USING ERRCODE = '23514', CONSTRAINT = 'call_out_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_out_goes_on BEFORE UPDATE ON call_out FOR EACH ROW EXECUTE FUNCTION call_out_goes_on();
CREATE TRIGGER call_out_stays BEFORE DELETE OR TRUNCATE ON call_out FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was said after the end, or under a link that was taken back, is no answer, whoever writes it.
CREATE FUNCTION call_out_asked_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR NOT EXISTS (SELECT FROM call_out c WHERE c.id = NEW.call_out_id AND c.state = 'OPEN') THEN
        RAISE EXCEPTION 'nobody is asked any more' USING ERRCODE = '23514', CONSTRAINT = 'call_out_asked_answers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_out_asked_answers BEFORE UPDATE OF answer, arrives_at ON call_out_asked FOR EACH ROW
    WHEN ((OLD.answer, OLD.arrives_at) IS DISTINCT FROM (NEW.answer, NEW.arrives_at)) EXECUTE FUNCTION call_out_asked_answers();

-- A message that is meant for the night goes at night.
ALTER TABLE message ADD COLUMN urgent boolean NOT NULL DEFAULT false;
