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

CREATE OR REPLACE FUNCTION dues_line_written() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION dues_missing(units uuid[], on_day date, kinds text[], first_month date, last_month date)
RETURNS TABLE (member_id uuid, due_from date, missing bigint) LANGUAGE sql STABLE AS $$
    SELECT p.member_id, f.month, d.months - count(m.month) FROM dues_payers(units, on_day, kinds) p
    CROSS JOIN LATERAL (SELECT greatest(first_month, (date_trunc('month', p.since) + interval '1 month')::date) AS month) f
    CROSS JOIN LATERAL (SELECT greatest(0, (extract(year FROM last_month) - extract(year FROM f.month)) * 12
                                           + extract(month FROM last_month) - extract(month FROM f.month) + 1)::int8 AS months) d
    LEFT JOIN dues_month m ON m.first_id = p.first_id AND m.month BETWEEN f.month AND last_month
    GROUP BY p.member_id, f.month, d.months
$$;
DROP FUNCTION member_counted(uuid[], date, text[]);
DROP FUNCTION member_firsts(uuid[]);
