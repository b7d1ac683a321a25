-- Words with an apostrophe are found whole and in their parts (`m'gar`: m, gar, mgar), the same as `basics::text::words_and_pairs`.
CREATE OR REPLACE FUNCTION folded_words(folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(
        regexp_split_to_array(folded, '[^a-z0-9]+') || regexp_split_to_array(replace(folded, '''', ''), '[^a-z0-9]+'), ''))
$$;

-- Generated columns and indexes hold what the function said before.
UPDATE chapter SET folded = folded WHERE folded LIKE '%''%';
UPDATE former_unit SET folded = folded WHERE folded LIKE '%''%';
REINDEX INDEX administrative_unit_words_idx;

-- Names that differ by an apostrophe alone are one name among siblings. Where an installation has such siblings already
-- they stay as they are: the index leaves out, by their ids, all but the first of them, so that nobody is renamed by a migration.
DROP INDEX chapter_sibling_name_key;
DO $$
DECLARE
    twins text;
BEGIN
    SELECT string_agg(quote_literal(id), ', ' ORDER BY id) INTO twins
    FROM (SELECT id, row_number() OVER (PARTITION BY parent_id, replace(folded, '''', '') ORDER BY id) AS n
          FROM chapter WHERE kind <> 'TERRITORIAL' AND status NOT IN ('MERGED', 'DISSOLVED')) AS named
    WHERE n > 1;
    EXECUTE $make$
        CREATE UNIQUE INDEX chapter_sibling_name_key ON chapter (parent_id, replace(folded, '''', ''))
            WHERE kind <> 'TERRITORIAL' AND status NOT IN ('MERGED', 'DISSOLVED')$make$
        || coalesce(' AND id NOT IN (' || twins || ')', '');
END
$$;
