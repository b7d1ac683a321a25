-- What takes a second person: asked, then approved, refused or withdrawn. A matter keeps what is asked in a table of its own, under
-- the same id; here stands who asked, whose turn it is, and how it was decided. `not_by` are the persons who may not decide: who asked,
-- who recorded what is asked about, who has approved an earlier step.
CREATE TABLE decision (
    matter              text NOT NULL,
    id                  uuid NOT NULL,
    subject_id          uuid NOT NULL,
    chapter_id          uuid NOT NULL,
    approver_chapter_id uuid NOT NULL,
    state               text NOT NULL,
    amount_vnd          bigint,
    about               text,
    not_by              uuid[] NOT NULL,
    asked_by            uuid NOT NULL,
    asked_at            timestamptz NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    note                bytea,
    request_hash        bytea,
    bare_hash           bytea,
    CONSTRAINT decision_pk PRIMARY KEY (matter, id),
    CONSTRAINT decision_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT decision_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT decision_matter_form CHECK (matter ~ '^[A-Z][A-Z_]{2,59}$'),
    CONSTRAINT decision_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT decision_decided_whole CHECK ((state = 'ASKED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT decision_amount_bounded CHECK (amount_vnd BETWEEN 0 AND 1000000000000000000),
    CONSTRAINT decision_about_short CHECK (length(about) BETWEEN 1 AND 200),
    CONSTRAINT decision_somebody_may_not CHECK (cardinality(not_by) > 0),
    CONSTRAINT decision_hashes_together CHECK ((request_hash IS NULL) = (bare_hash IS NULL) AND (note IS NULL OR request_hash IS NOT NULL))
);
CREATE INDEX decision_chapter_idx ON decision (chapter_id);
CREATE INDEX decision_approver_chapter_idx ON decision (approver_chapter_id);
CREATE INDEX decision_asked_by_idx ON decision (asked_by);
CREATE INDEX decision_decided_by_idx ON decision (decided_by);
CREATE INDEX decision_waiting_idx ON decision (approver_chapter_id, asked_at, matter, id) WHERE state = 'ASKED';

-- The steps of what takes more than one approval, in order. `of_chapter_id` is the side that a step speaks for (a transfer has two),
-- `chapter_id` where it is to be decided, `approver_chapter_id` where it is decided: above, where nobody else may approve.
CREATE TABLE decision_step (
    matter              text NOT NULL,
    decision_id         uuid NOT NULL,
    n                   smallint NOT NULL,
    of_chapter_id       uuid NOT NULL,
    chapter_id          uuid NOT NULL,
    approver_chapter_id uuid NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    CONSTRAINT decision_step_pk PRIMARY KEY (matter, decision_id, n),
    CONSTRAINT decision_step_decision_fk FOREIGN KEY (matter, decision_id) REFERENCES decision (matter, id),
    CONSTRAINT decision_step_of_chapter_fk FOREIGN KEY (of_chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_step_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_step_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_step_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT decision_step_n_positive CHECK (n BETWEEN 1 AND 20),
    CONSTRAINT decision_step_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX decision_step_of_chapter_idx ON decision_step (of_chapter_id);
CREATE INDEX decision_step_chapter_idx ON decision_step (chapter_id);
CREATE INDEX decision_step_approver_chapter_idx ON decision_step (approver_chapter_id);
CREATE INDEX decision_step_decided_by_idx ON decision_step (decided_by);

-- Chains: which steps a matter takes from which amount on, by the rule of the nearest chapter that has one; `level` is the level of
-- the chapter that decides, of those above (the chapter itself where it is NULL). Empty: one step, at the chapter itself. A matter
-- without an amount follows the rules from 0 đồng. Nothing is delivered with the program: who approves what is the Society's to say.
CREATE TABLE decision_rule (
    matter     text NOT NULL,
    chapter_id uuid NOT NULL,
    from_vnd   bigint NOT NULL,
    n          smallint NOT NULL,
    level      text,
    valid_from date NOT NULL,
    valid_to   date,
    source     text NOT NULL,
    CONSTRAINT decision_rule_pk PRIMARY KEY (matter, chapter_id, from_vnd, n, valid_from),
    CONSTRAINT decision_rule_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT decision_rule_matter_form CHECK (matter ~ '^[A-Z][A-Z_]{2,59}$'),
    -- Those keep one approver in tables of their own.
    CONSTRAINT decision_rule_matter_has_steps CHECK (matter NOT IN ('GIFT_REVERSAL', 'UNUSUAL_GIFT', 'OPENING_BALANCE', 'OPENING_BALANCE_REVERSAL')),
    CONSTRAINT decision_rule_from_not_negative CHECK (from_vnd >= 0),
    CONSTRAINT decision_rule_n_positive CHECK (n BETWEEN 1 AND 10),
    CONSTRAINT decision_rule_level_known CHECK (level IN ('CENTRAL', 'PROVINCE', 'DISTRICT', 'COMMUNE', 'GRASSROOTS', 'BRANCH')),
    CONSTRAINT decision_rule_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT decision_rule_source_said CHECK (length(source) > 0)
);
CREATE INDEX decision_rule_chapter_idx ON decision_rule (chapter_id);

-- What was asked before.
INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, amount_vnd, about, not_by, asked_by, asked_at, decided_by, decided_at)
SELECT 'GIFT_REVERSAL', r.id, r.id, g.chapter_id, r.approver_chapter_id, CASE r.state WHEN 'REQUESTED' THEN 'ASKED' ELSE r.state END, g.amount_vnd, e.code,
       (SELECT array_agg(DISTINCT a.officer_id) FROM account a WHERE a.id IN (r.requested_by, g.recorded_by)), r.requested_by, r.requested_at, r.decided_by, r.decided_at
FROM reversal_request r JOIN gift g ON g.id = r.gift_id JOIN entry e ON e.id = g.entry_id
UNION ALL
SELECT 'UNUSUAL_GIFT', g.id, g.id, g.chapter_id, g.approver_chapter_id, g.state, g.amount_vnd, g.code,
       ARRAY[(SELECT a.officer_id FROM account a WHERE a.id = g.asked_by)], g.asked_by, g.asked_at, g.decided_by, g.decided_at
FROM asked_gift g
UNION ALL
SELECT 'OPENING_BALANCE', o.id, o.id, o.chapter_id, o.approver_chapter_id,
       CASE o.state WHEN 'REQUESTED' THEN 'ASKED' WHEN 'REVERSED' THEN 'APPROVED' ELSE o.state END,
       (SELECT sum(l.amount_vnd)::int8 FROM opening_balance_line l WHERE l.opening_id = o.id), o.document_no,
       ARRAY[(SELECT a.officer_id FROM account a WHERE a.id = o.requested_by)], o.requested_by, o.requested_at, o.decided_by, o.decided_at
FROM opening_balance o
UNION ALL
SELECT 'OPENING_BALANCE_REVERSAL', r.id, o.id, o.chapter_id, r.approver_chapter_id, CASE r.state WHEN 'REQUESTED' THEN 'ASKED' ELSE r.state END,
       (SELECT sum(l.amount_vnd)::int8 FROM opening_balance_line l WHERE l.opening_id = o.id), o.document_no,
       (SELECT array_agg(DISTINCT a.officer_id) FROM account a WHERE a.id IN (r.requested_by, o.requested_by)), r.requested_by, r.requested_at, r.decided_by, r.decided_at
FROM opening_balance_reversal r JOIN opening_balance o ON o.id = r.opening_id;

-- Decided once, and what was asked stays. A note goes with the person it names, and with it the hash that it is in.
CREATE FUNCTION decision_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,approver_chapter_id,not_by,decided_by,decided_at,note,request_hash}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves
       OR (NEW.note, NEW.request_hash) IS DISTINCT FROM (OLD.note, OLD.request_hash) AND (NEW.note IS NOT NULL OR NEW.request_hash IS DISTINCT FROM OLD.bare_hash)
       OR (NEW.state, NEW.approver_chapter_id, NEW.not_by, NEW.decided_by, NEW.decided_at)
              IS DISTINCT FROM (OLD.state, OLD.approver_chapter_id, OLD.not_by, OLD.decided_by, OLD.decided_at)
          AND (OLD.state <> 'ASKED' OR NOT NEW.not_by @> OLD.not_by) THEN
        RAISE EXCEPTION 'a request is decided once and keeps what was asked' USING ERRCODE = '23514', CONSTRAINT = 'decision_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_keeps BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION decision_keeps();
CREATE TRIGGER decision_append_only BEFORE DELETE OR TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A step is decided once, in its turn, while the whole waits.
CREATE FUNCTION decision_step_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{approver_chapter_id,decided_by,decided_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.decided_at IS NOT NULL
       OR NEW.decided_at IS NOT NULL AND EXISTS (SELECT FROM decision_step s WHERE (s.matter, s.decision_id) = (NEW.matter, NEW.decision_id) AND s.n < NEW.n AND s.decided_at IS NULL)
       OR NOT EXISTS (SELECT FROM decision d WHERE (d.matter, d.id) = (NEW.matter, NEW.decision_id) AND d.state = 'ASKED') THEN
        RAISE EXCEPTION 'a step is decided once and in its turn' USING ERRCODE = '23514', CONSTRAINT = 'decision_step_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_step_keeps BEFORE UPDATE ON decision_step FOR EACH ROW EXECUTE FUNCTION decision_step_keeps();
CREATE TRIGGER decision_step_append_only BEFORE DELETE OR TRUNCATE ON decision_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Four matters are older than this table: queries, guards and audits read their state where it stood. Whatever a transaction did to
-- either, it ends with both saying the same.
CREATE FUNCTION decision_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    matter_of text := CASE TG_TABLE_NAME WHEN 'decision' THEN NULL ELSE TG_ARGV[0] END;
    content   text;
    here      text;
    there     text;
BEGIN
    IF matter_of IS NULL THEN
        matter_of := to_jsonb(NEW) ->> 'matter';
    END IF;
    content := CASE matter_of WHEN 'GIFT_REVERSAL' THEN 'reversal_request' WHEN 'UNUSUAL_GIFT' THEN 'asked_gift' WHEN 'OPENING_BALANCE' THEN 'opening_balance'
                              WHEN 'OPENING_BALANCE_REVERSAL' THEN 'opening_balance_reversal' END;
    IF content IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT concat_ws(' ', d.state, d.approver_chapter_id, d.decided_by) INTO here FROM decision d WHERE (d.matter, d.id) = (matter_of, NEW.id);
    EXECUTE format('SELECT concat_ws('' '', CASE state WHEN ''REQUESTED'' THEN ''ASKED'' WHEN ''REVERSED'' THEN ''APPROVED'' ELSE state END, approver_chapter_id, decided_by)
                    FROM %I WHERE id = $1', content) INTO there USING NEW.id;
    IF here IS DISTINCT FROM there THEN
        RAISE EXCEPTION '% % is decided otherwise in %', matter_of, NEW.id, content USING ERRCODE = '23514', CONSTRAINT = 'decision_agrees';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decision_agrees AFTER INSERT OR UPDATE ON decision DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION decision_agrees();
CREATE CONSTRAINT TRIGGER reversal_request_agrees AFTER INSERT OR UPDATE ON reversal_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION decision_agrees('GIFT_REVERSAL');
CREATE CONSTRAINT TRIGGER asked_gift_agrees AFTER INSERT OR UPDATE ON asked_gift DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION decision_agrees('UNUSUAL_GIFT');
CREATE CONSTRAINT TRIGGER opening_balance_agrees AFTER INSERT OR UPDATE ON opening_balance DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION decision_agrees('OPENING_BALANCE');
CREATE CONSTRAINT TRIGGER opening_balance_reversal_agrees AFTER INSERT OR UPDATE ON opening_balance_reversal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION decision_agrees('OPENING_BALANCE_REVERSAL');
