-- How often chapters and officers reverse what was booked: public counts, kept in the transaction that books a reversal.

-- What the public calls an officer: a person, whatever accounts they use. Eight random signs that say nothing of who it is;
-- given with the first reversal a person asks for or approves. Who is behind it stands here only, out of the public's reach.
-- (Bytes 8 to 15 of a random UUID are random in their lower five bits.)
CREATE FUNCTION officer_code_random() RETURNS text LANGUAGE sql VOLATILE AS $$
    WITH random AS MATERIALIZED (SELECT uuid_send(gen_random_uuid()) AS bytes)
    SELECT 'CB-' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(bytes, n) & 31) + 1, 1), '') FROM random, generate_series(8, 15) AS n
$$;
CREATE TABLE officer_code (
    officer_id uuid NOT NULL,
    code       text NOT NULL DEFAULT officer_code_random(),
    CONSTRAINT officer_code_pk PRIMARY KEY (officer_id),
    CONSTRAINT officer_code_code_key UNIQUE (code),
    CONSTRAINT officer_code_officer_fk FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT officer_code_code_form CHECK (code ~ '^CB-[0-9A-HJKMNP-TV-Z]{8}$')
);
CREATE TRIGGER officer_code_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON officer_code
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Reversed entries of a place, its own and with everything below it, by what was reversed and why. `month` is the first day
-- of the month in which the reversal was booked; the value is what the reversed entry showed.
CREATE TABLE reversal_by_month (
    scope_id      uuid NOT NULL,
    month         date NOT NULL,
    original      text NOT NULL,
    reason        text NOT NULL,
    own_count     bigint NOT NULL,
    own_vnd       bigint NOT NULL,
    subtree_count bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    CONSTRAINT reversal_by_month_pk PRIMARY KEY (scope_id, month, original, reason),
    CONSTRAINT reversal_by_month_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id),
    CONSTRAINT reversal_by_month_month_first CHECK (extract(day FROM month) = 1),
    CONSTRAINT reversal_by_month_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE')),
    CONSTRAINT reversal_by_month_counts CHECK (own_count >= 0 AND subtree_count >= own_count AND subtree_count > 0)
);
CREATE TABLE reversal_overall (
    scope_id      uuid NOT NULL,
    original      text NOT NULL,
    reason        text NOT NULL,
    own_count     bigint NOT NULL,
    own_vnd       bigint NOT NULL,
    subtree_count bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    CONSTRAINT reversal_overall_pk PRIMARY KEY (scope_id, original, reason),
    CONSTRAINT reversal_overall_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id),
    CONSTRAINT reversal_overall_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE')),
    CONSTRAINT reversal_overall_counts CHECK (own_count >= 0 AND subtree_count >= own_count AND subtree_count > 0)
);

-- What a person asked to be reversed and what they approved, by the chapter of the entry and by year: a month would say when
-- somebody was at work.
CREATE TABLE reversal_by_officer (
    chapter_id     uuid NOT NULL,
    year           integer NOT NULL,
    officer_code   text NOT NULL,
    original       text NOT NULL,
    reason         text NOT NULL,
    asked_count    bigint NOT NULL,
    asked_vnd      bigint NOT NULL,
    approved_count bigint NOT NULL,
    approved_vnd   bigint NOT NULL,
    CONSTRAINT reversal_by_officer_pk PRIMARY KEY (chapter_id, year, officer_code, original, reason),
    CONSTRAINT reversal_by_officer_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT reversal_by_officer_code_fk FOREIGN KEY (officer_code) REFERENCES officer_code (code),
    CONSTRAINT reversal_by_officer_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE')),
    CONSTRAINT reversal_by_officer_counts CHECK (asked_count >= 0 AND approved_count >= 0 AND asked_count + approved_count > 0)
);
CREATE INDEX reversal_by_officer_code_idx ON reversal_by_officer (officer_code, year);

-- Reversals that were booked before they were counted.
CREATE TEMPORARY TABLE booked_reversal ON COMMIT DROP AS
SELECT e.chapter_id, date_trunc('month', e.booked)::date AS month, CASE o.kind WHEN 'OPENING_BALANCE' THEN 'OPENING_BALANCE' ELSE 'GIFT' END AS original,
       e.reason, -p.amount_vnd AS vnd, asker.officer_id AS asked_by, approver.officer_id AS approved_by
FROM entry e
JOIN entry o ON o.id = e.reverses
JOIN public_entry p ON p.code = e.code
JOIN (SELECT r.entry_id, r.requested_by FROM reversal_request r WHERE r.state = 'APPROVED'
      UNION ALL
      SELECT m.id, r.requested_by FROM opening_balance_reversal r JOIN opening_balance_entry b ON b.opening_id = r.opening_id
      JOIN entry m ON m.reverses = b.entry_id WHERE r.state = 'APPROVED') asked ON asked.entry_id = e.id
JOIN account asker ON asker.id = asked.requested_by
JOIN account approver ON approver.id = e.recorded_by;

INSERT INTO officer_code (officer_id) SELECT asked_by FROM booked_reversal UNION SELECT approved_by FROM booked_reversal;
INSERT INTO reversal_by_month
SELECT a.ancestor_id, r.month, r.original, r.reason, count(*) FILTER (WHERE a.depth = 0), coalesce(sum(r.vnd) FILTER (WHERE a.depth = 0), 0), count(*), sum(r.vnd)
FROM booked_reversal r JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4;
INSERT INTO reversal_overall
SELECT scope_id, original, reason, sum(own_count), sum(own_vnd), sum(subtree_count), sum(subtree_vnd) FROM reversal_by_month GROUP BY 1, 2, 3;
INSERT INTO reversal_by_officer
SELECT chapter_id, year, c.code, original, reason, sum(asked), coalesce(sum(vnd) FILTER (WHERE asked = 1), 0), sum(1 - asked), coalesce(sum(vnd) FILTER (WHERE asked = 0), 0)
FROM (SELECT chapter_id, extract(year FROM month)::integer AS year, asked_by AS officer_id, original, reason, vnd, 1 AS asked FROM booked_reversal
      UNION ALL
      SELECT chapter_id, extract(year FROM month)::integer, approved_by, original, reason, vnd, 0 FROM booked_reversal) t
JOIN officer_code c USING (officer_id) GROUP BY 1, 2, 3, 4, 5;
DROP TABLE booked_reversal;

CREATE TRIGGER reversal_by_month_stays BEFORE DELETE OR TRUNCATE ON reversal_by_month FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reversal_overall_stays BEFORE DELETE OR TRUNCATE ON reversal_overall FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reversal_by_officer_stays BEFORE DELETE OR TRUNCATE ON reversal_by_officer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON reversal_by_month, reversal_overall, reversal_by_officer TO so_nhan_ai_public;
