-- Chapters that were succeeded stay so; only who succeeded them is forgotten.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''SUCCESSION''::text', ''));
    END LOOP;
END $$;
DROP TABLE succession_entry, succession_chapter, succession;
DROP FUNCTION succession_keeps();
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
        SELECT w.*, e.posting_count, e.reverses
        FROM (SELECT entry_id, count(*) AS written, min(n) AS first, max(n) AS last FROM added GROUP BY entry_id) w
        -- One index look-up an entry: a plain join may be planned as a walk over the whole ledger.
        LEFT JOIN LATERAL (SELECT h.posting_count, h.reverses FROM entry h WHERE h.id = w.entry_id LIMIT 1) e ON true
    LOOP
        bad := one.entry_id;
        IF one.posting_count IS NULL THEN
            RAISE EXCEPTION 'there is no entry %', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_entry_fk';
        END IF;
        IF one.first <> 1 OR one.last <> one.written OR one.written <> one.posting_count THEN
            RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
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
DROP TABLE passed_on;
ALTER TABLE chapter_version
    DROP CONSTRAINT chapter_version_change_known,
    ADD CONSTRAINT chapter_version_change_known CHECK (change IN ('FOUNDED', 'RENAMED', 'MADE_PROVISIONAL', 'MADE_REGULAR', 'DETAILS_CHANGED'));
DROP TRIGGER chapter_stands_below ON chapter;
DROP TABLE chapter_stand_in, chapter_successor;
DROP FUNCTION chapter_successors(uuid[]);
DROP FUNCTION chapter_stand_in_by_itself();
DROP FUNCTION chapter_stand_in_follows();
DROP FUNCTION chapter_line_of_today(uuid[]);
