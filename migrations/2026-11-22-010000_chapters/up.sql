-- One guard for everything that is only ever added to.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_append_only', TABLE = TG_TABLE_NAME;
END $$;

-- Administrative units are effective-dated facts: a code keeps its meaning, the kind and the name change
-- (30/2026/QH16, 36/2026/QH16, 39/2026/QH16). A unit is never updated: a new version begins where the old one ends.
CREATE TABLE administrative_unit (
    code        text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    kind        text NOT NULL,
    name        text NOT NULL,
    full_name   text NOT NULL,
    parent_code text,
    resolution  text NOT NULL,
    folded      text NOT NULL,
    CONSTRAINT administrative_unit_pk PRIMARY KEY (code, valid_from),
    CONSTRAINT administrative_unit_code_form CHECK (code ~ '^([0-9]{2}|[0-9]{5})$'),
    CONSTRAINT administrative_unit_kind_known CHECK (kind IN ('MUNICIPALITY', 'PROVINCE', 'WARD', 'COMMUNE', 'SPECIAL_ZONE')),
    CONSTRAINT administrative_unit_period_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX administrative_unit_current_key ON administrative_unit (code) WHERE valid_to IS NULL;

CREATE FUNCTION administrative_unit_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a version of a unit can only be ended' USING ERRCODE = '23514', CONSTRAINT = 'administrative_unit_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER administrative_unit_only_ends BEFORE UPDATE ON administrative_unit
    FOR EACH ROW EXECUTE FUNCTION administrative_unit_only_ends();
CREATE TRIGGER administrative_unit_append_only BEFORE DELETE OR TRUNCATE ON administrative_unit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE chapter (
    id         uuid NOT NULL,
    code       text NOT NULL,
    kind       text NOT NULL,
    level      text NOT NULL,
    status     text NOT NULL DEFAULT 'ACTIVE',
    parent_id  uuid,
    unit_code  text,
    name       text NOT NULL,
    short_name text NOT NULL,
    folded     text NOT NULL,
    founded_on date NOT NULL,
    CONSTRAINT chapter_pk PRIMARY KEY (id),
    CONSTRAINT chapter_code_key UNIQUE (code),
    CONSTRAINT chapter_unit_key UNIQUE (unit_code),
    CONSTRAINT chapter_parent_fk FOREIGN KEY (parent_id) REFERENCES chapter (id),
    CONSTRAINT chapter_kind_known CHECK (kind IN ('TERRITORIAL', 'AGENCY', 'SCHOOL', 'ENTERPRISE', 'HOSPITAL')),
    CONSTRAINT chapter_level_known CHECK (level IN ('CENTRAL', 'PROVINCE', 'DISTRICT', 'COMMUNE', 'BRANCH')),
    CONSTRAINT chapter_status_known CHECK (status IN ('ACTIVE', 'PROVISIONAL', 'MERGING', 'MERGED', 'DISSOLVED')),
    CONSTRAINT chapter_root_is_central CHECK ((parent_id IS NULL) = (level = 'CENTRAL')),
    CONSTRAINT chapter_unit_is_territorial CHECK (unit_code IS NULL OR kind = 'TERRITORIAL')
);
CREATE INDEX chapter_parent_idx ON chapter (parent_id);
CREATE UNIQUE INDEX chapter_one_root_key ON chapter (level) WHERE level = 'CENTRAL';

-- The closure of the tree: every chapter with itself (depth 0) and each chapter above it.
CREATE TABLE chapter_ancestor (
    chapter_id  uuid NOT NULL,
    ancestor_id uuid NOT NULL,
    depth       smallint NOT NULL,
    CONSTRAINT chapter_ancestor_pk PRIMARY KEY (chapter_id, ancestor_id),
    CONSTRAINT chapter_ancestor_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT chapter_ancestor_ancestor_fk FOREIGN KEY (ancestor_id) REFERENCES chapter (id),
    CONSTRAINT chapter_ancestor_depth_known CHECK (depth BETWEEN 0 AND 8)
);
CREATE INDEX chapter_ancestor_ancestor_idx ON chapter_ancestor (ancestor_id, chapter_id);

-- The closure follows the table by itself, whoever inserts: one set-based step an insert statement, repeated
-- until every new chapter that hangs on another new one is covered.
CREATE FUNCTION chapter_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH RECURSIVE up(chapter_id, ancestor_id, depth) AS (
        SELECT id, id, 0 FROM added
        UNION ALL
        SELECT up.chapter_id, c.parent_id, up.depth + 1
        FROM up JOIN chapter c ON c.id = up.ancestor_id
        WHERE c.parent_id IS NOT NULL
    )
    INSERT INTO chapter_ancestor SELECT chapter_id, ancestor_id, depth FROM up;
    RETURN NULL;
END $$;
CREATE TRIGGER chapter_close AFTER INSERT ON chapter
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chapter_close();

-- A chapter never moves in the tree: reorganisation founds a successor, old books stay where they were.
CREATE FUNCTION chapter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.id <> OLD.id OR NEW.code <> OLD.code THEN
        RAISE EXCEPTION 'a chapter keeps its id, code and parent' USING ERRCODE = '23514', CONSTRAINT = 'chapter_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chapter_stays BEFORE UPDATE ON chapter FOR EACH ROW EXECUTE FUNCTION chapter_stays();

-- Rights travel along the closure, so nobody writes it by hand: rows come from the trigger above and stay.
CREATE FUNCTION chapter_ancestor_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the closure follows the chapters' USING ERRCODE = '23514', CONSTRAINT = 'chapter_ancestor_follows';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chapter_ancestor_follows BEFORE INSERT ON chapter_ancestor
    FOR EACH STATEMENT EXECUTE FUNCTION chapter_ancestor_follows();
CREATE TRIGGER chapter_ancestor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chapter_ancestor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
