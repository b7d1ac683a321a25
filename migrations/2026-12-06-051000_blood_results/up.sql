-- Results of drives as they were stated, and their sums. What stands here is folded already: no count of persons by anything under five,
-- and nothing from which one can be had. Sums are made of what was stated, and of nothing else, so they give nothing back either.
CREATE TABLE blood_result (
    statement   text NOT NULL,
    drive_id    bigint NOT NULL,
    drive_code  text NOT NULL,
    -- Code of the blood centre.
    centre      text NOT NULL,
    -- The chapter that planned the drive, and its day: sums follow the tree as it was then.
    chapter_id  uuid NOT NULL,
    day         date NOT NULL,
    version     smallint NOT NULL,
    registered  integer NOT NULL,
    gave        integer NOT NULL,
    -- NULL, both, where so few were deferred that it is not told.
    came        integer,
    deferred    integer,
    units       integer NOT NULL,
    -- NULL where volumes are folded: together with the units it would tell them.
    ml          bigint,
    replaced_by text,
    stated_at   timestamptz NOT NULL,
    CONSTRAINT blood_result_pk PRIMARY KEY (statement),
    CONSTRAINT blood_result_version_key UNIQUE (drive_id, version),
    CONSTRAINT blood_result_statement_fk FOREIGN KEY (statement) REFERENCES statement (code),
    CONSTRAINT blood_result_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT blood_result_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_result_replaced_by_fk FOREIGN KEY (replaced_by) REFERENCES blood_result (statement) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT blood_result_version_positive CHECK (version > 0),
    CONSTRAINT blood_result_counts_fit CHECK (registered >= 0 AND gave >= 0 AND units >= 0 AND ml >= 0),
    CONSTRAINT blood_result_came_with_deferred CHECK ((came IS NULL) = (deferred IS NULL) AND came >= gave + deferred),
    CONSTRAINT blood_result_deferred_not_few CHECK (deferred = 0 OR deferred >= 5)
);
CREATE UNIQUE INDEX blood_result_standing_key ON blood_result (drive_id) WHERE replaced_by IS NULL;
CREATE INDEX blood_result_day_idx ON blood_result (day) INCLUDE (chapter_id, units) WHERE replaced_by IS NULL;
CREATE INDEX blood_result_chapter_idx ON blood_result (chapter_id, day, drive_id);
CREATE INDEX blood_result_code_idx ON blood_result (drive_code, version);
CREATE INDEX blood_result_replaced_by_idx ON blood_result (replaced_by);
CREATE FUNCTION blood_result_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{replaced_by}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.replaced_by IS NOT NULL THEN
        RAISE EXCEPTION 'a result is stated once and replaced once' USING ERRCODE = '23514', CONSTRAINT = 'blood_result_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blood_result_keeps BEFORE UPDATE ON blood_result FOR EACH ROW EXECUTE FUNCTION blood_result_keeps();
CREATE TRIGGER blood_result_stays BEFORE DELETE OR TRUNCATE ON blood_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (statement, drive_id, drive_code, centre, chapter_id, day, version, registered, came, gave, deferred, units, ml, replaced_by) ON blood_result TO so_nhan_ai_public;

-- Persons of a result, by kinds that are counted together. Of a kind without a row there is nobody. (A group of several kinds has its row
-- also where there is nobody: a correction folds at least as much.)
CREATE TABLE blood_result_count (
    statement text NOT NULL,
    dimension text NOT NULL,
    kinds     text[] NOT NULL,
    persons   integer NOT NULL,
    CONSTRAINT blood_result_count_pk PRIMARY KEY (statement, dimension, kinds),
    CONSTRAINT blood_result_count_statement_fk FOREIGN KEY (statement) REFERENCES blood_result (statement),
    CONSTRAINT blood_result_count_dimension_known CHECK (dimension IN ('SEX', 'AGE', 'GROUP', 'VOLUME', 'REASON')),
    CONSTRAINT blood_result_count_some_kind CHECK (cardinality(kinds) > 0),
    -- Fewer are nobody's to know, but where all kinds are counted together: then they are as many as the units.
    CONSTRAINT blood_result_count_no_few CHECK (persons = 0 OR persons >= 5 OR (persons > 0 AND cardinality(kinds) > 1 AND dimension <> 'REASON'))
);
CREATE TRIGGER blood_result_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON blood_result_count
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (statement, dimension, kinds, persons) ON blood_result_count TO so_nhan_ai_public;

-- Sums of what was stated, of a chapter with everything below it, by the year of the drives.
CREATE TABLE blood_result_year (
    scope_id   uuid NOT NULL,
    year       smallint NOT NULL,
    drives     integer NOT NULL,
    registered bigint NOT NULL,
    gave       bigint NOT NULL,
    units      bigint NOT NULL,
    -- Of the drives that tell them: how many came and were deferred, and how many drives do not tell; millilitres, and of how many units.
    came       bigint NOT NULL,
    deferred   bigint NOT NULL,
    untold     integer NOT NULL,
    ml         bigint NOT NULL,
    ml_units   bigint NOT NULL,
    CONSTRAINT blood_result_year_pk PRIMARY KEY (scope_id, year),
    CONSTRAINT blood_result_year_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id)
);
CREATE INDEX blood_result_year_year_idx ON blood_result_year (year);
GRANT SELECT ON blood_result_year TO so_nhan_ai_public;
-- Units of these, by month: what was given up to a day is whole months and the days of one.
CREATE TABLE blood_result_month (
    scope_id uuid NOT NULL,
    year     smallint NOT NULL,
    month    smallint NOT NULL,
    units    bigint NOT NULL,
    CONSTRAINT blood_result_month_pk PRIMARY KEY (scope_id, year, month),
    CONSTRAINT blood_result_month_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id),
    CONSTRAINT blood_result_month_month_fits CHECK (month BETWEEN 1 AND 12)
);
CREATE INDEX blood_result_month_year_idx ON blood_result_month (year, month) INCLUDE (scope_id, units);
GRANT SELECT ON blood_result_month TO so_nhan_ai_public;
-- The same of persons: told alone by kind, or under no kind ('') where a drive counted it together with others.
CREATE TABLE blood_result_year_count (
    scope_id  uuid NOT NULL,
    year      smallint NOT NULL,
    dimension text NOT NULL,
    kind      text NOT NULL,
    persons   bigint NOT NULL,
    CONSTRAINT blood_result_year_count_pk PRIMARY KEY (scope_id, year, dimension, kind),
    CONSTRAINT blood_result_year_count_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id),
    CONSTRAINT blood_result_year_count_dimension_known CHECK (dimension IN ('SEX', 'AGE', 'GROUP', 'VOLUME', 'REASON'))
);
GRANT SELECT ON blood_result_year_count TO so_nhan_ai_public;

-- What a unit of blood counts for where a total is wanted in đồng. Reference data, shown apart: nobody pays it. mark: S from a source, GK to
-- be verified, REC recommended.
CREATE TABLE blood_value (
    valid_from   date NOT NULL,
    valid_to     date,
    vnd_per_unit bigint NOT NULL,
    mark         text NOT NULL,
    source       text NOT NULL,
    CONSTRAINT blood_value_pk PRIMARY KEY (valid_from),
    -- Whole months.
    CONSTRAINT blood_value_from_a_first CHECK (extract(day FROM valid_from) = 1 AND (valid_to IS NULL OR extract(day FROM valid_to) = 1)),
    CONSTRAINT blood_value_positive CHECK (vnd_per_unit > 0),
    CONSTRAINT blood_value_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_value_forward CHECK (valid_to > valid_from)
);
INSERT INTO blood_value (valid_from, vnd_per_unit, mark, source) VALUES
    ('2022-01-01', 167000, 'GK', 'Derived: Hà Nội converted about 300,000 units into about 50 billion đồng in 2022 (Dân Sinh); no rule of the Hội was found');
GRANT SELECT (valid_from, valid_to, vnd_per_unit, mark, source) ON blood_value TO so_nhan_ai_public;
