-- Members' dues (hội phí). What is due, who is free of it and who keeps which part of it are rows with dates: the rule of a chapter, or of
-- the nearest one above that has one, or of everybody. What `branch_bp` and `grassroots_bp` (ten-thousandths) leave goes to the chapter above
-- the grassroots chapter, and nothing to the central one.
CREATE TABLE dues_rule (
    id            integer GENERATED ALWAYS AS IDENTITY,
    chapter_id    uuid,
    -- Kinds of members that pay.
    payers        text[] NOT NULL,
    vnd_a_month   bigint NOT NULL,
    -- How many of a grassroots chapter's members that pay may be free of dues in a month.
    exempt_bp     integer NOT NULL,
    branch_bp     integer NOT NULL,
    grassroots_bp integer NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    mark          text NOT NULL,
    source        text NOT NULL,
    CONSTRAINT dues_rule_pk PRIMARY KEY (id),
    CONSTRAINT dues_rule_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT dues_rule_once UNIQUE NULLS NOT DISTINCT (chapter_id, valid_from),
    CONSTRAINT dues_rule_payers_known CHECK (payers <> '{}' AND payers <@ '{MEMBER,YOUTH,JUNIOR,HONORARY}'),
    CONSTRAINT dues_rule_rate_bounded CHECK (vnd_a_month BETWEEN 1 AND 100000000),
    CONSTRAINT dues_rule_exempt_is_share CHECK (exempt_bp BETWEEN 0 AND 10000),
    CONSTRAINT dues_rule_split_is_whole CHECK (branch_bp >= 0 AND grassroots_bp >= 0 AND branch_bp + grassroots_bp <= 10000),
    -- A month has one rate.
    CONSTRAINT dues_rule_by_months CHECK (valid_from = date_trunc('month', valid_from)),
    CONSTRAINT dues_rule_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT dues_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT dues_rule_source_said CHECK (length(source) > 0)
);
INSERT INTO dues_rule (payers, vnd_a_month, exempt_bp, branch_bp, grassroots_bp, valid_from, mark, source) VALUES
    ('{MEMBER,YOUTH}', 1000, 1000, 5000, 3000, '2009-01-01', 'GK', 'Notice 06/TB-TƯHCTĐ of 7/1/2009, under the statutes of 2007; Guidance 143/HD-TƯHCTĐ of 2018 may say otherwise');
CREATE TRIGGER dues_rule_append_only BEFORE DELETE OR TRUNCATE ON dues_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What one unit collected of its members on a day, booked in one entry of kind DUES. A sheet that was wrong is reversed and written anew.
CREATE TABLE dues_sheet (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    -- Whose members may be free of dues up to the share that the rule allows: the chapter, or of a branch the one above.
    grassroots_id uuid NOT NULL,
    rule_id       integer NOT NULL,
    day           date NOT NULL,
    account       text NOT NULL,
    paid          integer NOT NULL,
    exempt        integer NOT NULL,
    amount_vnd    bigint NOT NULL,
    state         text NOT NULL,
    request_hash  bytea NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    entry_id      uuid NOT NULL,
    CONSTRAINT dues_sheet_pk PRIMARY KEY (id),
    CONSTRAINT dues_sheet_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT dues_sheet_grassroots_fk FOREIGN KEY (grassroots_id) REFERENCES chapter (id),
    CONSTRAINT dues_sheet_rule_fk FOREIGN KEY (rule_id) REFERENCES dues_rule (id),
    CONSTRAINT dues_sheet_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    -- The sheet is written first, so that what stands against it is found before anything is booked.
    CONSTRAINT dues_sheet_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT dues_sheet_entry_key UNIQUE (entry_id),
    CONSTRAINT dues_sheet_account_known CHECK (account IN ('CASH', 'BANK')),
    CONSTRAINT dues_sheet_somebody_paid CHECK (paid >= 1 AND exempt >= 0),
    CONSTRAINT dues_sheet_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT dues_sheet_state_known CHECK (state IN ('BOOKED', 'REVERSED'))
);
CREATE INDEX dues_sheet_chapter_idx ON dues_sheet (chapter_id, recorded_at, id);
CREATE INDEX dues_sheet_grassroots_idx ON dues_sheet (grassroots_id);
CREATE INDEX dues_sheet_rule_idx ON dues_sheet (rule_id);
CREATE INDEX dues_sheet_recorded_by_idx ON dues_sheet (recorded_by);

-- One member in a sheet: the months from the first to the last, paid or free. The ground goes with the person.
CREATE TABLE dues_line (
    sheet_id    uuid NOT NULL,
    n           smallint NOT NULL,
    member_id   uuid NOT NULL,
    first_month date NOT NULL,
    last_month  date NOT NULL,
    -- Nothing of who is free.
    amount_vnd  bigint NOT NULL,
    ground      text,
    -- Number of the decision by which they are free.
    decision_no text,
    CONSTRAINT dues_line_pk PRIMARY KEY (sheet_id, n),
    CONSTRAINT dues_line_sheet_fk FOREIGN KEY (sheet_id) REFERENCES dues_sheet (id),
    CONSTRAINT dues_line_member_fk FOREIGN KEY (member_id) REFERENCES member (id),
    CONSTRAINT dues_line_member_once UNIQUE (sheet_id, member_id),
    CONSTRAINT dues_line_n_positive CHECK (n >= 1),
    CONSTRAINT dues_line_whole_months CHECK (first_month = date_trunc('month', first_month) AND last_month = date_trunc('month', last_month)
        AND last_month >= first_month AND last_month < first_month + interval '5 years'),
    CONSTRAINT dues_line_amount_bounded CHECK (amount_vnd BETWEEN 0 AND 1000000000000000),
    CONSTRAINT dues_line_ground_known CHECK (ground IN ('HARDSHIP')),
    CONSTRAINT dues_line_exempt_by_decision CHECK ((ground IS NULL) = (decision_no IS NULL) AND (ground IS NULL OR amount_vnd = 0)),
    CONSTRAINT dues_line_decision_length CHECK (length(decision_no) BETWEEN 1 AND 60)
);
CREATE INDEX dues_line_member_idx ON dues_line (member_id);

-- The months that are settled, one row each: nobody pays a month twice, at whatever chapter. Who was transferred is a member by another
-- id there, so a month is of the first membership of all that came one from the other. A reversed sheet has none.
CREATE TABLE dues_month (
    first_id uuid NOT NULL,
    month    date NOT NULL,
    sheet_id uuid NOT NULL,
    n        smallint NOT NULL,
    CONSTRAINT dues_month_pk PRIMARY KEY (first_id, month),
    CONSTRAINT dues_month_first_fk FOREIGN KEY (first_id) REFERENCES member (id),
    CONSTRAINT dues_month_line_fk FOREIGN KEY (sheet_id, n) REFERENCES dues_line (sheet_id, n)
);
CREATE INDEX dues_month_line_idx ON dues_month (sheet_id, n);

-- What dues ask of the members: the first membership of those that came from one another by transfer; who pays at some chapters or in some
-- branches on a day; the memberships of some persons.
CREATE FUNCTION dues_first(membership uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE back AS (
        SELECT m.id, m.came_from FROM member m WHERE m.id = membership
        UNION ALL SELECT m.id, m.came_from FROM back b JOIN member m ON m.id = b.came_from
    ) SELECT id FROM back WHERE came_from IS NULL
$$;
CREATE FUNCTION dues_payers(units uuid[], on_day date, kinds text[]) RETURNS TABLE (member_id uuid, first_id uuid, since date) LANGUAGE sql STABLE AS $$
    SELECT m.id, CASE WHEN m.came_from IS NULL THEN m.id ELSE dues_first(m.id) END, coalesce(m.since, s.from_day)
    FROM member_span s JOIN member m ON m.id = s.member_id
    WHERE (s.chapter_id = ANY (units) OR s.branch_id = ANY (units)) AND s.kind = ANY (kinds)
          AND s.from_day <= on_day AND (s.to_day IS NULL OR s.to_day > on_day)
$$;
CREATE FUNCTION dues_members_of(persons uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT m.id FROM member m WHERE m.person_id = ANY (persons)
$$;

-- The lines of a sheet come in one statement and are the whole of it. Their months are taken in the order of members and months.
CREATE FUNCTION dues_line_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid;
    whole boolean;
BEGIN
    IF EXISTS (SELECT FROM written WHERE amount_vnd = 0 AND ground IS NULL) THEN
        RAISE EXCEPTION 'nobody is free of dues without a ground' USING ERRCODE = '23514', CONSTRAINT = 'dues_line_exempt_has_ground';
    END IF;
    -- Sheet by sheet, each by its index: joined, the rows of the statement could be planned as a walk over all lines.
    FOR of IN SELECT DISTINCT sheet_id FROM written LOOP
        SELECT (s.paid, s.exempt, s.amount_vnd) = (l.paid, l.exempt, l.vnd) INTO whole FROM dues_sheet s,
            (SELECT count(*) FILTER (WHERE amount_vnd > 0) AS paid, count(*) FILTER (WHERE amount_vnd = 0) AS exempt, sum(amount_vnd) AS vnd
             FROM dues_line WHERE sheet_id = of) l WHERE s.id = of;
        IF whole IS NOT TRUE THEN
            RAISE EXCEPTION 'sheet % is not the sum of its lines', of USING ERRCODE = '23514', CONSTRAINT = 'dues_sheet_sums';
        END IF;
    END LOOP;
    INSERT INTO dues_month (first_id, month, sheet_id, n)
    SELECT f.id, m::date, w.sheet_id, w.n
    FROM written w, dues_first(w.member_id) f(id), generate_series(w.first_month::timestamp, w.last_month::timestamp, interval '1 month') m ORDER BY f.id, m;
    RETURN NULL;
END $$;
CREATE TRIGGER dues_line_written AFTER INSERT ON dues_line REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION dues_line_written();

-- A line stays as it was; only why somebody was free is forgotten, for good.
CREATE FUNCTION dues_line_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{ground,decision_no}'::text[] <> to_jsonb(OLD) - '{ground,decision_no}'::text[]
       OR (NEW.ground, NEW.decision_no) IS DISTINCT FROM (OLD.ground, OLD.decision_no) AND NEW.ground IS NOT NULL THEN
        RAISE EXCEPTION 'a line of dues stays' USING ERRCODE = '23514', CONSTRAINT = 'dues_line_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dues_line_keeps BEFORE UPDATE ON dues_line FOR EACH ROW EXECUTE FUNCTION dues_line_keeps();
CREATE TRIGGER dues_line_append_only BEFORE DELETE OR TRUNCATE ON dues_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A sheet is reversed once and never changes else; its months are free again.
CREATE FUNCTION dues_sheet_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' OR (OLD.state, NEW.state) <> ('BOOKED', 'REVERSED') THEN
        RAISE EXCEPTION 'a sheet of dues stays' USING ERRCODE = '23514', CONSTRAINT = 'dues_sheet_stays';
    END IF;
    DELETE FROM dues_month WHERE sheet_id = NEW.id;
    RETURN NEW;
END $$;
CREATE TRIGGER dues_sheet_keeps BEFORE UPDATE ON dues_sheet FOR EACH ROW EXECUTE FUNCTION dues_sheet_keeps();
CREATE TRIGGER dues_sheet_append_only BEFORE DELETE OR TRUNCATE ON dues_sheet FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whatever a transaction did, it ends with a sheet that has its lines, and that is reversed where its entry is.
CREATE FUNCTION dues_sheet_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM dues_line WHERE sheet_id = NEW.id) THEN
        RAISE EXCEPTION 'sheet % has no lines', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'dues_sheet_sums';
    END IF;
    IF EXISTS (SELECT FROM dues_sheet s
               WHERE s.id = NEW.id AND (s.state = 'REVERSED') <> EXISTS (SELECT FROM entry e WHERE e.reverses = s.entry_id)) THEN
        RAISE EXCEPTION 'sheet % is not as its entry', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'dues_sheet_as_booked';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dues_sheet_whole AFTER INSERT OR UPDATE ON dues_sheet DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dues_sheet_is_whole();

-- How many of a grassroots chapter's members are free in a month, and how many may be as of the last sheet that said so. Two sheets that
-- free somebody in the same month wait for each other here.
CREATE TABLE dues_exemption (
    grassroots_id uuid NOT NULL,
    month         date NOT NULL,
    exempt        integer NOT NULL,
    allowed       integer NOT NULL,
    CONSTRAINT dues_exemption_pk PRIMARY KEY (grassroots_id, month),
    CONSTRAINT dues_exemption_grassroots_fk FOREIGN KEY (grassroots_id) REFERENCES chapter (id),
    CONSTRAINT dues_exemption_within_allowed CHECK (exempt BETWEEN 0 AND allowed)
);

-- Everybody who pays at some units on a day, with the first month that was due of them from `first_month` on (the one after the admission at
-- the earliest) and how many up to `last_month` are neither paid nor free.
CREATE FUNCTION dues_missing(units uuid[], on_day date, kinds text[], first_month date, last_month date)
RETURNS TABLE (member_id uuid, due_from date, missing bigint) LANGUAGE sql STABLE AS $$
    SELECT p.member_id, f.month, d.months - count(m.month) FROM dues_payers(units, on_day, kinds) p
    CROSS JOIN LATERAL (SELECT greatest(first_month, (date_trunc('month', p.since) + interval '1 month')::date) AS month) f
    CROSS JOIN LATERAL (SELECT greatest(0, (extract(year FROM last_month) - extract(year FROM f.month)) * 12
                                           + extract(month FROM last_month) - extract(month FROM f.month) + 1)::int8 AS months) d
    LEFT JOIN dues_month m ON m.first_id = p.first_id AND m.month BETWEEN f.month AND last_month
    GROUP BY p.member_id, f.month, d.months
$$;

-- What of a sheet is owed to the chapter above, from step to step: by the unit that collected, and where that is a branch, of it by the
-- grassroots chapter. What a reversed sheet said is owed no more.
CREATE TABLE dues_owed (
    sheet_id   uuid NOT NULL,
    step       smallint NOT NULL,
    from_id    uuid NOT NULL,
    to_id      uuid NOT NULL,
    amount_vnd bigint NOT NULL,
    CONSTRAINT dues_owed_pk PRIMARY KEY (sheet_id, step),
    CONSTRAINT dues_owed_sheet_fk FOREIGN KEY (sheet_id) REFERENCES dues_sheet (id),
    CONSTRAINT dues_owed_from_fk FOREIGN KEY (from_id) REFERENCES chapter (id),
    CONSTRAINT dues_owed_to_fk FOREIGN KEY (to_id) REFERENCES chapter (id),
    CONSTRAINT dues_owed_step_known CHECK (step IN (1, 2)),
    CONSTRAINT dues_owed_between_two CHECK (from_id <> to_id),
    CONSTRAINT dues_owed_amount_positive CHECK (amount_vnd >= 1)
);
CREATE INDEX dues_owed_from_idx ON dues_owed (from_id);
CREATE INDEX dues_owed_to_idx ON dues_owed (to_id);
CREATE TRIGGER dues_owed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dues_owed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Transfers that carry dues up, or what was too much of them down again. How much one carries is what stands of it.
CREATE TABLE dues_remittance (
    transfer_id uuid NOT NULL,
    from_id     uuid NOT NULL,
    to_id       uuid NOT NULL,
    noted_by    uuid NOT NULL,
    noted_at    timestamptz NOT NULL,
    CONSTRAINT dues_remittance_pk PRIMARY KEY (transfer_id),
    CONSTRAINT dues_remittance_transfer_fk FOREIGN KEY (transfer_id) REFERENCES transfer (id),
    CONSTRAINT dues_remittance_from_fk FOREIGN KEY (from_id) REFERENCES chapter (id),
    CONSTRAINT dues_remittance_to_fk FOREIGN KEY (to_id) REFERENCES chapter (id),
    CONSTRAINT dues_remittance_noted_by_fk FOREIGN KEY (noted_by) REFERENCES account (id)
);
CREATE INDEX dues_remittance_from_idx ON dues_remittance (from_id);
CREATE INDEX dues_remittance_to_idx ON dues_remittance (to_id);
CREATE INDEX dues_remittance_noted_by_idx ON dues_remittance (noted_by);
CREATE TRIGGER dues_remittance_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dues_remittance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
