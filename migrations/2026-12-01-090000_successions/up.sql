-- Chapters go up in others: merged, split, moved, dissolved. A chapter never moves in the tree and keeps id, code and books; what goes on
-- is found by way of its successors, and no id of a chapter is ever written anew.

-- What became of a chapter. Of several successors one leads: it goes on with whatever is not given to another.
CREATE TABLE chapter_successor (
    old_id uuid NOT NULL,
    new_id uuid NOT NULL,
    since  date NOT NULL,
    leads  boolean NOT NULL,
    CONSTRAINT chapter_successor_pk PRIMARY KEY (old_id, new_id),
    CONSTRAINT chapter_successor_old_fk FOREIGN KEY (old_id) REFERENCES chapter (id),
    CONSTRAINT chapter_successor_new_fk FOREIGN KEY (new_id) REFERENCES chapter (id),
    CONSTRAINT chapter_successor_another CHECK (old_id <> new_id)
);
CREATE INDEX chapter_successor_new_idx ON chapter_successor (new_id);
CREATE UNIQUE INDEX chapter_successor_leads_key ON chapter_successor (old_id) WHERE leads;
CREATE TRIGGER chapter_successor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chapter_successor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The line of command of today, of chapters that are or stand below one that has a successor: walking up, a successor takes the place
-- of what it succeeded. Below `from_depth` the tree itself is the line; from there on these rows are. Those that do not lead may look.
CREATE TABLE chapter_stand_in (
    chapter_id  uuid NOT NULL,
    stand_in_id uuid NOT NULL,
    depth       smallint NOT NULL,
    from_depth  smallint NOT NULL,
    leads       boolean NOT NULL,
    CONSTRAINT chapter_stand_in_pk PRIMARY KEY (chapter_id, stand_in_id),
    CONSTRAINT chapter_stand_in_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT chapter_stand_in_stand_in_fk FOREIGN KEY (stand_in_id) REFERENCES chapter (id)
);
CREATE INDEX chapter_stand_in_stand_in_idx ON chapter_stand_in (stand_in_id);

CREATE FUNCTION chapter_line_of_today(ids uuid[]) RETURNS TABLE (chapter_id uuid, stand_in_id uuid, depth smallint, from_depth smallint, leads boolean)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE walk(chapter_id, node, depth, leads, from_depth) AS (
        SELECT c.id, c.id, 0, true, NULL::int FROM chapter c WHERE c.id = ANY (ids)
        UNION
        SELECT w.chapter_id, n.node, n.depth, n.leads, n.from_depth
        FROM walk w CROSS JOIN LATERAL (
            SELECT s.new_id AS node, w.depth AS depth, w.leads AND s.leads AS leads, coalesce(w.from_depth, w.depth) AS from_depth
            FROM chapter_successor s WHERE s.old_id = w.node
            UNION ALL
            SELECT c.parent_id, w.depth + 1, w.leads, w.from_depth FROM chapter c
            WHERE c.id = w.node AND c.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM chapter_successor s WHERE s.old_id = w.node)
        ) n
        WHERE n.depth < 12
    )
    SELECT w.chapter_id, w.node, min(w.depth)::smallint, min(w.from_depth)::smallint, bool_or(w.leads) FROM walk w
    WHERE w.from_depth IS NOT NULL AND NOT EXISTS (SELECT FROM chapter_successor s WHERE s.old_id = w.node)
    GROUP BY 1, 2
$$;

CREATE FUNCTION chapter_stand_in_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
    IF TG_TABLE_NAME = 'chapter_successor' THEN
        ids := ARRAY(SELECT a.chapter_id FROM chapter_ancestor a WHERE a.ancestor_id IN (SELECT s.old_id FROM added s)
                     UNION SELECT i.chapter_id FROM chapter_stand_in i WHERE i.stand_in_id IN (SELECT s.old_id FROM added s));
    ELSE
        ids := ARRAY(SELECT n.id FROM added n WHERE EXISTS (
            SELECT FROM chapter_stand_in i WHERE i.chapter_id IN (SELECT a.ancestor_id FROM chapter_ancestor a WHERE a.chapter_id = n.id)));
    END IF;
    IF cardinality(ids) > 0 THEN
        DELETE FROM chapter_stand_in WHERE chapter_id = ANY (ids);
        INSERT INTO chapter_stand_in SELECT * FROM chapter_line_of_today(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chapter_successor_stands_in AFTER INSERT ON chapter_successor
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chapter_stand_in_follows();
-- After `chapter_close`, by its name.
CREATE TRIGGER chapter_stands_below AFTER INSERT ON chapter
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chapter_stand_in_follows();
-- Rights travel along it, so nobody writes it by hand.
CREATE FUNCTION chapter_stand_in_by_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'who stands in follows from who succeeded' USING ERRCODE = '23514', CONSTRAINT = 'chapter_stand_in_by_itself';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chapter_stand_in_by_itself BEFORE INSERT OR UPDATE OR DELETE ON chapter_stand_in
    FOR EACH STATEMENT EXECUTE FUNCTION chapter_stand_in_by_itself();
CREATE TRIGGER chapter_stand_in_stays BEFORE TRUNCATE ON chapter_stand_in FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who goes on with what these chapters had, leading or not.
CREATE FUNCTION chapter_successors(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT stand_in_id FROM chapter_stand_in WHERE depth = 0 AND chapter_id = ANY (ids)
$$;

ALTER TABLE chapter_version
    DROP CONSTRAINT chapter_version_change_known,
    ADD CONSTRAINT chapter_version_change_known CHECK (change IN ('FOUNDED', 'RENAMED', 'MADE_PROVISIONAL', 'MADE_REGULAR', 'DETAILS_CHANGED', 'MERGED', 'SPLIT',
                                                                  'MOVED', 'DISSOLVED'));

GRANT SELECT ON chapter_successor TO so_nhan_ai_public;

-- What is booked at a chapter after it was succeeded (a reversal of what it received, what was asked there before) passes on to its
-- successor at the same moment, or comes from it: both entries of such a pair, with the one they are there for.
CREATE TABLE passed_on (
    entry_id uuid NOT NULL,
    for_id   uuid NOT NULL,
    CONSTRAINT passed_on_pk PRIMARY KEY (entry_id),
    CONSTRAINT passed_on_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT passed_on_for_fk FOREIGN KEY (for_id) REFERENCES entry (id)
);
CREATE INDEX passed_on_for_idx ON passed_on (for_id);
CREATE TRIGGER passed_on_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON passed_on FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad uuid;
    one record;
BEGIN
    SELECT a.entry_id INTO bad FROM (SELECT DISTINCT ON (fund_id) fund_id, entry_id FROM added) a
    WHERE NOT EXISTS (SELECT FROM fund f WHERE f.id = a.fund_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is of a fund that does not exist', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_fund_fk';
    END IF;
    SELECT entry_id INTO bad FROM added GROUP BY entry_id, fund_id HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance per fund', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_balances_per_fund';
    END IF;
    FOR one IN
        SELECT w.*, e.posting_count, e.reverses, e.closed
        FROM (SELECT entry_id, count(*) AS written, min(n) AS first, max(n) AS last FROM added GROUP BY entry_id) w
        -- One index look-up an entry: a plain join may be planned as a walk over the whole ledger.
        LEFT JOIN LATERAL (SELECT h.posting_count, h.reverses, c.status IN ('MERGED', 'DISSOLVED') AS closed
                           FROM entry h JOIN chapter c ON c.id = h.chapter_id WHERE h.id = w.entry_id LIMIT 1) e ON true
    LOOP
        bad := one.entry_id;
        IF one.posting_count IS NULL THEN
            RAISE EXCEPTION 'there is no entry %', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_entry_fk';
        END IF;
        IF one.first <> 1 OR one.last <> one.written OR one.written <> one.posting_count THEN
            RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
        END IF;
        -- Whoever looked before the chapter went up in another one waited for its row, and learns of it here.
        IF one.closed AND current_setting('so_nhan_ai.passes_on', true) IS DISTINCT FROM 'on'
           AND EXISTS (SELECT FROM entry h JOIN chapter_successor s ON s.old_id = h.chapter_id WHERE h.id = bad) THEN
            RAISE EXCEPTION 'entry % is of a chapter that another one has succeeded', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_books_open';
        END IF;
        CONTINUE WHEN one.reverses IS NULL;
        PERFORM FROM entry e JOIN entry o ON o.id = e.reverses
        WHERE e.id = bad AND o.chapter_id = e.chapter_id AND o.posting_count = e.posting_count AND o.kind <> 'REVERSAL'
          AND NOT EXISTS (SELECT FROM posting p WHERE p.entry_id = o.id AND NOT EXISTS (
                SELECT FROM added r WHERE r.entry_id = bad AND r.n = p.n AND r.account = p.account
                  AND r.fund_id = p.fund_id AND r.amount = -p.amount));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % does not mirror what it reverses', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_reversal_mirrors';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- One plan: which chapters go up in which, by which decision, from which day.
CREATE TABLE succession (
    id               uuid NOT NULL,
    kind             text NOT NULL,
    state            text NOT NULL,
    above_chapter_id uuid NOT NULL,
    effective_on     date NOT NULL,
    decision_no      text NOT NULL,
    document         bytea NOT NULL,
    plan             jsonb NOT NULL,
    asked_by         uuid NOT NULL,
    asked_at         timestamptz NOT NULL,
    approved_by      uuid,
    decided_at       timestamptz,
    done_at          timestamptz,
    CONSTRAINT succession_pk PRIMARY KEY (id),
    CONSTRAINT succession_above_chapter_fk FOREIGN KEY (above_chapter_id) REFERENCES chapter (id),
    CONSTRAINT succession_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT succession_approved_by_fk FOREIGN KEY (approved_by) REFERENCES account (id),
    CONSTRAINT succession_kind_known CHECK (kind IN ('MERGE', 'SPLIT', 'MOVE', 'DISSOLVE')),
    CONSTRAINT succession_state_known CHECK (state IN ('ASKED', 'APPROVED', 'DONE', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT succession_document_is_a_hash CHECK (octet_length(document) = 32),
    CONSTRAINT succession_approved_whole CHECK ((state IN ('APPROVED', 'DONE')) = (approved_by IS NOT NULL)),
    CONSTRAINT succession_decided_whole CHECK ((state = 'ASKED') = (decided_at IS NULL)),
    CONSTRAINT succession_done_whole CHECK ((state = 'DONE') = (done_at IS NOT NULL))
);
CREATE INDEX succession_above_chapter_idx ON succession (above_chapter_id, asked_at, id);
CREATE INDEX succession_asked_by_idx ON succession (asked_by);
CREATE INDEX succession_approved_by_idx ON succession (approved_by);
CREATE FUNCTION succession_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,approved_by,decided_at,done_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves
       OR NOT (OLD.state = 'ASKED' AND NEW.state IN ('APPROVED', 'REFUSED', 'WITHDRAWN')
               OR OLD.state = 'APPROVED' AND NEW.state = 'WITHDRAWN'
               OR OLD.state = 'APPROVED' AND NEW.state = 'DONE' AND (NEW.approved_by, NEW.decided_at) = (OLD.approved_by, OLD.decided_at)) THEN
        RAISE EXCEPTION 'a plan is decided once and carried out once' USING ERRCODE = '23514', CONSTRAINT = 'succession_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER succession_keeps BEFORE UPDATE ON succession FOR EACH ROW EXECUTE FUNCTION succession_keeps();
CREATE TRIGGER succession_stays BEFORE DELETE OR TRUNCATE ON succession FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE succession_chapter (
    succession_id uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    goes          boolean NOT NULL,
    CONSTRAINT succession_chapter_pk PRIMARY KEY (succession_id, chapter_id),
    CONSTRAINT succession_chapter_succession_fk FOREIGN KEY (succession_id) REFERENCES succession (id),
    CONSTRAINT succession_chapter_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX succession_chapter_chapter_idx ON succession_chapter (chapter_id);
CREATE TRIGGER succession_chapter_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON succession_chapter
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The pairs of entries by which the books went over.
CREATE TABLE succession_entry (
    entry_id      uuid NOT NULL,
    succession_id uuid NOT NULL,
    CONSTRAINT succession_entry_pk PRIMARY KEY (entry_id),
    CONSTRAINT succession_entry_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT succession_entry_succession_fk FOREIGN KEY (succession_id) REFERENCES succession (id)
);
CREATE INDEX succession_entry_succession_idx ON succession_entry (succession_id);
CREATE TRIGGER succession_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON succession_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The decision's paper.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''SUCCESSION''::text])'));
    END LOOP;
END $$;
