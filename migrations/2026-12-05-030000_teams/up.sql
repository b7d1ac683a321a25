-- Teams of chapters: shock teams (đội xung kích), response teams (đội ứng phó), clubs (câu lạc bộ); who is in one and who leads it, from
-- day to day; what a team has, and what it exercised. An `until` is the first day on which something no longer holds.

CREATE TABLE team (
    id              uuid NOT NULL,
    chapter_id      uuid NOT NULL,
    kind            text NOT NULL,
    name            text NOT NULL,
    -- Where it meets.
    place           text,
    founded_on      date NOT NULL,
    decision_no     text,
    version         integer NOT NULL,
    made_by         uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    ended_on        date,
    end_decision_no text,
    ended_by        uuid,
    ended_at        timestamptz,
    CONSTRAINT team_pk PRIMARY KEY (id),
    CONSTRAINT team_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT team_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT team_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT team_kind_known CHECK (kind IN ('SHOCK_TEAM', 'RESPONSE_TEAM', 'FIRST_AID_TEAM', 'CLUB', 'OTHER')),
    CONSTRAINT team_days_forward CHECK (ended_on >= founded_on),
    CONSTRAINT team_ended_whole CHECK (num_nonnulls(ended_on, ended_by, ended_at) IN (0, 3) AND (end_decision_no IS NULL OR ended_on IS NOT NULL)),
    CONSTRAINT team_version_positive CHECK (version > 0)
);
CREATE INDEX team_chapter_idx ON team (chapter_id, made_at, id);
CREATE INDEX team_made_by_idx ON team (made_by);
CREATE INDEX team_ended_by_idx ON team (ended_by);

-- Who is in a team, from day to day: a person of its chapter. The row says nothing else about them and stays when they are erased.
CREATE TABLE team_member (
    id         uuid NOT NULL,
    team_id    uuid NOT NULL,
    person_id  uuid NOT NULL,
    from_day   date NOT NULL,
    until_day  date,
    entered_by uuid NOT NULL,
    entered_at timestamptz NOT NULL,
    ended_by   uuid,
    ended_at   timestamptz,
    CONSTRAINT team_member_pk PRIMARY KEY (id),
    CONSTRAINT team_member_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT team_member_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT team_member_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT team_member_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT team_member_days_forward CHECK (until_day >= from_day),
    -- Who was erased is ended by nobody's account.
    CONSTRAINT team_member_ended_whole CHECK ((until_day IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL OR ended_at IS NOT NULL)),
    CONSTRAINT team_member_once_a_day EXCLUDE USING gist (uuid_range(team_id, team_id, '[]') WITH &&, uuid_range(person_id, person_id, '[]') WITH &&, daterange(from_day, until_day) WITH &&)
);
CREATE INDEX team_member_team_idx ON team_member (team_id, from_day);
CREATE INDEX team_member_person_idx ON team_member (person_id);
CREATE INDEX team_member_entered_by_idx ON team_member (entered_by);
CREATE INDEX team_member_ended_by_idx ON team_member (ended_by);

-- Who leads a team: one of those in it, no longer than they are.
CREATE TABLE team_lead (
    id         uuid NOT NULL,
    team_id    uuid NOT NULL,
    member_id  uuid NOT NULL,
    role       text NOT NULL,
    from_day   date NOT NULL,
    until_day  date,
    entered_by uuid NOT NULL,
    entered_at timestamptz NOT NULL,
    ended_by   uuid,
    ended_at   timestamptz,
    CONSTRAINT team_lead_pk PRIMARY KEY (id),
    CONSTRAINT team_lead_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT team_lead_member_fk FOREIGN KEY (member_id) REFERENCES team_member (id),
    CONSTRAINT team_lead_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT team_lead_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT team_lead_role_known CHECK (role IN ('LEADER', 'DEPUTY')),
    CONSTRAINT team_lead_days_forward CHECK (until_day >= from_day),
    CONSTRAINT team_lead_ended_whole CHECK ((until_day IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL OR ended_at IS NOT NULL)),
    CONSTRAINT team_lead_one_leader EXCLUDE USING gist (uuid_range(team_id, team_id, '[]') WITH &&, daterange(from_day, until_day) WITH &&) WHERE (role = 'LEADER'),
    CONSTRAINT team_lead_one_role_each EXCLUDE USING gist (uuid_range(member_id, member_id, '[]') WITH &&, daterange(from_day, until_day) WITH &&)
);
CREATE INDEX team_lead_team_idx ON team_lead (team_id, from_day);
CREATE INDEX team_lead_member_idx ON team_lead (member_id);
CREATE INDEX team_lead_entered_by_idx ON team_lead (entered_by);
CREATE INDEX team_lead_ended_by_idx ON team_lead (ended_by);

-- What a team has, as it was last written down.
CREATE TABLE team_item (
    team_id    uuid NOT NULL,
    n          smallint NOT NULL,
    item       text NOT NULL,
    quantity   integer NOT NULL,
    place      text,
    checked_on date,
    CONSTRAINT team_item_pk PRIMARY KEY (team_id, n),
    CONSTRAINT team_item_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT team_item_quantity_counts CHECK (quantity BETWEEN 0 AND 1000000)
);

-- What a team exercised; the note may name people and is sealed.
CREATE TABLE team_exercise (
    id          uuid NOT NULL,
    team_id     uuid NOT NULL,
    held_on     date NOT NULL,
    what        text NOT NULL,
    note        bytea,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT team_exercise_pk PRIMARY KEY (id),
    CONSTRAINT team_exercise_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT team_exercise_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id)
);
CREATE INDEX team_exercise_team_idx ON team_exercise (team_id, held_on, id);
CREATE INDEX team_exercise_recorded_by_idx ON team_exercise (recorded_by);

CREATE TABLE team_exercise_member (
    exercise_id uuid NOT NULL,
    member_id   uuid NOT NULL,
    CONSTRAINT team_exercise_member_pk PRIMARY KEY (exercise_id, member_id),
    CONSTRAINT team_exercise_member_exercise_fk FOREIGN KEY (exercise_id) REFERENCES team_exercise (id),
    CONSTRAINT team_exercise_member_member_fk FOREIGN KEY (member_id) REFERENCES team_member (id)
);
CREATE INDEX team_exercise_member_member_idx ON team_exercise_member (member_id);
CREATE TRIGGER team_exercise_member_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON team_exercise_member
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE team_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT team_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER team_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON team_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Somebody's time in a team, and at its head, ends once; nothing else of it changes.
CREATE FUNCTION team_time_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{until_day,ended_by,ended_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.until_day IS NOT NULL OR NEW.until_day IS NULL THEN
        RAISE EXCEPTION 'somebody''s time in a team only ends' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER team_member_only_ends BEFORE UPDATE ON team_member FOR EACH ROW EXECUTE FUNCTION team_time_only_ends();
CREATE TRIGGER team_member_stays BEFORE DELETE OR TRUNCATE ON team_member FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_lead_only_ends BEFORE UPDATE ON team_lead FOR EACH ROW EXECUTE FUNCTION team_time_only_ends();
CREATE TRIGGER team_lead_stays BEFORE DELETE OR TRUNCATE ON team_lead FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A leader whose time in the team is over is no leader, and nobody is in a team longer than there is one. Looked at when all of a
-- transaction is written.
CREATE FUNCTION team_lead_is_in_the_team() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid := CASE TG_TABLE_NAME WHEN 'team_lead' THEN (to_jsonb(NEW)->>'member_id')::uuid ELSE (to_jsonb(NEW)->>'id')::uuid END;
BEGIN
    PERFORM FROM team_lead l JOIN team_member m ON m.id = l.member_id
    WHERE m.id = of AND (l.team_id <> m.team_id OR l.from_day < m.from_day
        OR coalesce(l.until_day, 'infinity') > greatest(l.from_day, coalesce(m.until_day, 'infinity')));
    IF FOUND THEN
        RAISE EXCEPTION 'somebody leads a team they are not in' USING ERRCODE = '23514', CONSTRAINT = 'team_lead_is_in_the_team';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER team_lead_is_in_the_team AFTER INSERT OR UPDATE ON team_lead
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION team_lead_is_in_the_team();
CREATE CONSTRAINT TRIGGER team_member_leads_no_longer AFTER UPDATE ON team_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION team_lead_is_in_the_team();

CREATE FUNCTION team_outlived_by_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid := CASE TG_TABLE_NAME WHEN 'team' THEN (to_jsonb(NEW)->>'id')::uuid ELSE (to_jsonb(NEW)->>'team_id')::uuid END;
BEGIN
    PERFORM FROM team_member m JOIN team t ON t.id = m.team_id
    WHERE t.id = of AND (m.from_day < t.founded_on OR coalesce(m.until_day, 'infinity') > greatest(m.from_day, coalesce(t.ended_on, 'infinity')));
    IF FOUND THEN
        RAISE EXCEPTION 'somebody is in a team that there is not' USING ERRCODE = '23514', CONSTRAINT = 'team_outlived_by_nobody';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER team_outlived_by_nobody AFTER UPDATE ON team
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION team_outlived_by_nobody();
CREATE CONSTRAINT TRIGGER team_member_within AFTER INSERT ON team_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION team_outlived_by_nobody();
