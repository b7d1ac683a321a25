-- A page of what waits for a decision costs its own rows and a look at the chapters below, however much waits: what nobody below is left
-- to decide is found by who stands between, chapter by chapter, and by the persons who may not decide, no longer request by request.
-- Written at once: a list of pending entries would be read by every page.
CREATE INDEX decision_barred_idx ON decision USING gin (not_by) WITH (fastupdate = off) WHERE state = 'ASKED';

-- What other rooms ask of the tree: the chapters on whose line of today one stands, and how far above them.
CREATE FUNCTION chapter_those_below(above uuid) RETURNS TABLE (chapter_id uuid, depth smallint) LANGUAGE sql STABLE AS $$
    SELECT a.chapter_id, a.depth FROM chapter_ancestor a
    WHERE a.ancestor_id = above AND a.depth > 0
          AND NOT EXISTS (SELECT FROM chapter_stand_in i WHERE i.chapter_id = a.chapter_id AND i.from_depth <= a.depth)
    UNION ALL
    SELECT i.chapter_id, i.depth FROM chapter_stand_in i WHERE i.stand_in_id = above AND i.leads AND i.depth > 0
$$;

-- What they ask of the rights: the persons who hold one of these roles at a chapter on a day.
CREATE FUNCTION role_holders(here uuid, roles text[], on_day date) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT k.officer_id), '{}') FROM role_assignment r JOIN account k ON k.id = r.account_id
    WHERE r.chapter_id = here AND r.role = ANY (roles) AND k.disabled_at IS NULL AND r.ended_at IS NULL
          AND r.valid_from <= on_day AND (r.valid_to IS NULL OR r.valid_to >= on_day)
$$;
-- And of each of these chapters those who do so at itself or above it on its line of today, but fewer steps above than is said; and of these
-- the ones who stand highest. Chapters without such persons are left out. Each step is taken for all chapters at once.
CREATE FUNCTION role_holders_between(chapters uuid[], steps smallint[], roles text[], on_day date)
RETURNS TABLE (chapter_id uuid, persons uuid[], highest uuid[]) LANGUAGE sql STABLE AS $$
    WITH wanted AS MATERIALIZED (
        SELECT w.chapter_id, w.steps FROM unnest(chapters, steps) w(chapter_id, steps)
    ), moved AS MATERIALIZED (
        SELECT i.chapter_id, min(i.from_depth) AS from_depth FROM chapter_stand_in i WHERE i.chapter_id IN (SELECT w.chapter_id FROM wanted w) GROUP BY 1
    ), line AS MATERIALIZED (
        SELECT w.chapter_id, a.ancestor_id AS id, a.depth
        FROM wanted w JOIN chapter_ancestor a ON a.chapter_id = w.chapter_id AND a.depth < w.steps LEFT JOIN moved m ON m.chapter_id = w.chapter_id
        WHERE m.from_depth IS NULL OR a.depth < m.from_depth
        UNION ALL
        SELECT w.chapter_id, i.stand_in_id, i.depth FROM wanted w JOIN chapter_stand_in i ON i.chapter_id = w.chapter_id AND i.leads AND i.depth < w.steps
    ), held AS MATERIALIZED (
        SELECT r.chapter_id AS id, k.officer_id FROM role_assignment r JOIN account k ON k.id = r.account_id
        WHERE r.chapter_id = ANY (ARRAY(SELECT DISTINCT l.id FROM line l)) AND r.role = ANY (roles) AND k.disabled_at IS NULL AND r.ended_at IS NULL
              AND r.valid_from <= on_day AND (r.valid_to IS NULL OR r.valid_to >= on_day)
    ), ranked AS (
        SELECT l.chapter_id, h.officer_id, l.depth = max(l.depth) OVER (PARTITION BY l.chapter_id) AS is_highest FROM line l JOIN held h ON h.id = l.id
    )
    SELECT r.chapter_id, array_agg(r.officer_id), array_agg(DISTINCT r.officer_id) FILTER (WHERE r.is_highest) FROM ranked r GROUP BY r.chapter_id
$$;
