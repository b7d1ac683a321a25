-- Prints src/db/schema.rs from the migrated database.
WITH columns AS (
    SELECT c.table_name, c.ordinal_position AS n, c.column_name,
           CASE c.udt_name WHEN 'text' THEN 'Text' WHEN 'uuid' THEN 'Uuid' WHEN 'date' THEN 'Date' WHEN 'timestamptz' THEN 'Timestamptz'
                WHEN 'int8' THEN 'BigInt' WHEN 'int4' THEN 'Integer' WHEN 'int2' THEN 'SmallInt' WHEN 'bool' THEN 'Bool'
                WHEN 'bytea' THEN 'Bytea' WHEN 'jsonb' THEN 'Jsonb' WHEN '_text' THEN 'Array<Text>' WHEN '_uuid' THEN 'Array<Uuid>'
                WHEN '_int8' THEN 'Array<BigInt>' END AS kind,
           c.is_nullable = 'YES' AS nullable
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> '__diesel_schema_migrations' AND c.udt_name <> 'tsvector'
), keys AS (
    SELECT k.table_name, string_agg(k.column_name, ', ' ORDER BY k.ordinal_position) AS names
    FROM information_schema.key_column_usage k
    JOIN information_schema.table_constraints c USING (constraint_schema, constraint_name)
    WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_schema = 'public'
    GROUP BY k.table_name
), tables AS (
    SELECT table_name, string_agg(
        '        ' || column_name || ' -> '
        || CASE WHEN nullable THEN 'Nullable<' || kind || '>' ELSE kind END || ',', E'\n' ORDER BY n) AS body
    FROM columns GROUP BY table_name
), pairs AS (
    SELECT DISTINCT least(c.conrelid::regclass::text, c.confrelid::regclass::text) AS a,
                    greatest(c.conrelid::regclass::text, c.confrelid::regclass::text) AS b
    FROM pg_constraint c
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conrelid <> c.confrelid
)
SELECT E'//! Generated from the migrations by `UPDATE_SCHEMA=1 make test-schema`; never edited by hand.\n'
    || string_agg(format(E'\ndiesel::table! {\n    %s (%s) {\n%s\n    }\n}\n', table_name, names, body), '' ORDER BY table_name)
    || E'\n// Tables that one query may name together: those of a foreign key. Pairs without one stand in `db::joins`. (All with all would be\n'
    || E'// thousands of trait implementations, and most of the compiler''s time.)\n'
    || (SELECT string_agg(format(E'diesel::allow_tables_to_appear_in_same_query!(%s, %s);\n', a, b), '' ORDER BY a, b) FROM pairs) AS text
FROM tables JOIN keys USING (table_name)
