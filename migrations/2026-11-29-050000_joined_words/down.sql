CREATE OR REPLACE FUNCTION folded_words(folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(regexp_split_to_array(folded, '[^a-z0-9]+'), ''))
$$;
UPDATE chapter SET folded = folded WHERE folded LIKE '%''%';
UPDATE former_unit SET folded = folded WHERE folded LIKE '%''%';
REINDEX INDEX administrative_unit_words_idx;
DROP INDEX chapter_sibling_name_key;
CREATE UNIQUE INDEX chapter_sibling_name_key ON chapter (parent_id, folded)
    WHERE kind <> 'TERRITORIAL' AND status NOT IN ('MERGED', 'DISSOLVED');
