-- Targets of units of blood, handed down the tree by year: what a chapter decides that those directly below it are to reach. A later
-- decision of the chapter for the same year takes the place of the whole of the one before.
CREATE TABLE blood_target_decision (
    id             uuid NOT NULL,
    chapter_id     uuid NOT NULL,
    year           smallint NOT NULL,
    decision_no    text NOT NULL,
    state          text NOT NULL,
    -- What the chapter itself was given when this was asked, and by which decision: whoever decided saw it beside what is handed on.
    own_units      integer,
    under_id       uuid,
    requested_by   uuid NOT NULL,
    requested_at   timestamptz NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    statement      text,
    replaced_by_id uuid,
    CONSTRAINT blood_target_decision_pk PRIMARY KEY (id),
    CONSTRAINT blood_target_decision_statement_key UNIQUE (statement),
    CONSTRAINT blood_target_decision_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_target_decision_under_fk FOREIGN KEY (under_id) REFERENCES blood_target_decision (id),
    CONSTRAINT blood_target_decision_replaced_by_fk FOREIGN KEY (replaced_by_id) REFERENCES blood_target_decision (id),
    CONSTRAINT blood_target_decision_statement_fk FOREIGN KEY (statement) REFERENCES statement (code),
    CONSTRAINT blood_target_decision_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT blood_target_decision_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT blood_target_decision_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT blood_target_decision_decided_whole CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT blood_target_decision_stated CHECK ((state = 'APPROVED') = (statement IS NOT NULL)),
    CONSTRAINT blood_target_decision_replaced_stood CHECK (replaced_by_id IS NULL OR (state = 'APPROVED' AND replaced_by_id <> id)),
    CONSTRAINT blood_target_decision_under_whole CHECK ((own_units IS NULL) = (under_id IS NULL)),
    CONSTRAINT blood_target_decision_year_fits CHECK (year BETWEEN 2000 AND 2200)
);
-- One waits at a time, and one holds.
CREATE UNIQUE INDEX blood_target_decision_waiting_key ON blood_target_decision (chapter_id, year) WHERE state = 'ASKED';
CREATE UNIQUE INDEX blood_target_decision_standing_key ON blood_target_decision (chapter_id, year) WHERE state = 'APPROVED' AND replaced_by_id IS NULL;
CREATE INDEX blood_target_decision_year_idx ON blood_target_decision (year) WHERE state = 'APPROVED' AND replaced_by_id IS NULL;
CREATE INDEX blood_target_decision_chapter_idx ON blood_target_decision (chapter_id, requested_at, id);
CREATE INDEX blood_target_decision_under_idx ON blood_target_decision (under_id);
CREATE INDEX blood_target_decision_replaced_by_idx ON blood_target_decision (replaced_by_id);
CREATE INDEX blood_target_decision_requested_by_idx ON blood_target_decision (requested_by);
CREATE INDEX blood_target_decision_decided_by_idx ON blood_target_decision (decided_by);
CREATE FUNCTION blood_target_decision_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_by,decided_at,statement,replaced_by_id}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves
       OR (OLD.state <> 'ASKED' AND (NEW.state, NEW.decided_by, NEW.decided_at, NEW.statement)
               IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_at, OLD.statement))
       OR (OLD.replaced_by_id IS NOT NULL AND NEW.replaced_by_id IS DISTINCT FROM OLD.replaced_by_id) THEN
        RAISE EXCEPTION 'a decision of targets keeps what was asked, is decided once and replaced once'
            USING ERRCODE = '23514', CONSTRAINT = 'blood_target_decision_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blood_target_decision_keeps BEFORE UPDATE ON blood_target_decision
    FOR EACH ROW EXECUTE FUNCTION blood_target_decision_keeps();
CREATE TRIGGER blood_target_decision_stays BEFORE DELETE OR TRUNCATE ON blood_target_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (id, chapter_id, year, decision_no, state, decided_at, statement, replaced_by_id) ON blood_target_decision TO so_nhan_ai_public;

-- What a decision gives to one chapter: units, as they were decided or as a rate and a population gave them.
CREATE TABLE blood_target (
    decision_id       uuid NOT NULL,
    n                 smallint NOT NULL,
    chapter_id        uuid NOT NULL,
    units             integer NOT NULL,
    -- Hundredths of a unit per thousand inhabitants.
    per_mille         integer,
    population        integer,
    population_source text,
    CONSTRAINT blood_target_pk PRIMARY KEY (decision_id, n),
    CONSTRAINT blood_target_chapter_once UNIQUE (decision_id, chapter_id),
    CONSTRAINT blood_target_decision_fk FOREIGN KEY (decision_id) REFERENCES blood_target_decision (id),
    CONSTRAINT blood_target_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_target_units_fit CHECK (units BETWEEN 1 AND 100000000),
    CONSTRAINT blood_target_rate_whole CHECK (num_nonnulls(per_mille, population, population_source) IN (0, 3)),
    CONSTRAINT blood_target_rate_fits CHECK (per_mille BETWEEN 1 AND 100000 AND population BETWEEN 1 AND 200000000),
    CONSTRAINT blood_target_rate_gives CHECK (per_mille IS NULL OR units = (per_mille::bigint * population + 50000) / 100000)
);
CREATE INDEX blood_target_chapter_idx ON blood_target (chapter_id);
CREATE TRIGGER blood_target_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON blood_target
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (decision_id, n, chapter_id, units, per_mille, population, population_source) ON blood_target TO so_nhan_ai_public;
