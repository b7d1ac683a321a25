-- References of what is written with every gift are looked at once a statement, not once a row: a foreign key asks for each row and
-- locks what it finds, and nobody takes away what these refer to. The refusals keep the names they had.

-- What is referred to stays, under the key it has.
CREATE TRIGGER chapter_is_kept BEFORE DELETE OR TRUNCATE ON chapter FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_is_kept BEFORE DELETE OR TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_keeps_its_id BEFORE UPDATE ON account FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER appeal_is_kept BEFORE DELETE OR TRUNCATE ON appeal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER appeal_keeps_its_id BEFORE UPDATE ON appeal FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change();

-- Whoever books holds the row of the chapter until the end, as a foreign key would, so that a chapter does not go up in another
-- one meanwhile: whoever waited here learns of it.
CREATE FUNCTION entry_refers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place uuid;
    stands text;
    bad uuid;
BEGIN
    FOR place IN SELECT DISTINCT a.chapter_id FROM added a ORDER BY 1 LOOP
        SELECT c.status INTO stands FROM chapter c WHERE c.id = place FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no chapter %', place USING ERRCODE = '23503', CONSTRAINT = 'entry_chapter_fk', TABLE = 'entry';
        END IF;
        IF stands IN ('MERGED', 'DISSOLVED') AND current_setting('so_nhan_ai.passes_on', true) IS DISTINCT FROM 'on'
           AND EXISTS (SELECT FROM chapter_successor s WHERE s.old_id = place) THEN
            RAISE EXCEPTION 'chapter % has been succeeded by another one', place
                USING ERRCODE = '23514', CONSTRAINT = 'posting_books_open', TABLE = 'posting';
        END IF;
    END LOOP;
    SELECT a.recorded_by INTO bad FROM (SELECT DISTINCT recorded_by FROM added) a
    WHERE (SELECT true FROM account c WHERE c.id = a.recorded_by) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no account %', bad USING ERRCODE = '23503', CONSTRAINT = 'entry_recorded_by_fk', TABLE = 'entry';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_refers AFTER INSERT ON entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_refers();
ALTER TABLE entry DROP CONSTRAINT entry_chapter_fk, DROP CONSTRAINT entry_recorded_by_fk;

CREATE FUNCTION gift_refers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad uuid;
BEGIN
    SELECT a.chapter_id INTO bad FROM (SELECT DISTINCT chapter_id FROM added) a
    WHERE (SELECT true FROM chapter c WHERE c.id = a.chapter_id) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no chapter %', bad USING ERRCODE = '23503', CONSTRAINT = 'gift_chapter_fk', TABLE = 'gift';
    END IF;
    SELECT a.appeal_id INTO bad FROM (SELECT DISTINCT appeal_id FROM added WHERE appeal_id IS NOT NULL) a
    WHERE (SELECT true FROM appeal p WHERE p.id = a.appeal_id) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no appeal %', bad USING ERRCODE = '23503', CONSTRAINT = 'gift_appeal_fk', TABLE = 'gift';
    END IF;
    SELECT a.recorded_by INTO bad FROM (SELECT DISTINCT recorded_by FROM added) a
    WHERE (SELECT true FROM account c WHERE c.id = a.recorded_by) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no account %', bad USING ERRCODE = '23503', CONSTRAINT = 'gift_recorded_by_fk', TABLE = 'gift';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gift_refers AFTER INSERT ON gift REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION gift_refers();
ALTER TABLE gift DROP CONSTRAINT gift_chapter_fk, DROP CONSTRAINT gift_appeal_fk, DROP CONSTRAINT gift_recorded_by_fk;

-- An entry's header is asked once: the loop is for those that need a closer look, which are few.
CREATE OR REPLACE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad uuid;
    one record;
BEGIN
    SELECT a.entry_id INTO bad FROM (SELECT DISTINCT ON (fund_id) fund_id, entry_id FROM added) a
    WHERE (SELECT true FROM fund f WHERE f.id = a.fund_id) IS NULL LIMIT 1;
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
        WHERE e.posting_count IS NULL OR e.reverses IS NOT NULL
           OR w.first <> 1 OR w.last <> w.written OR w.written <> e.posting_count
    LOOP
        bad := one.entry_id;
        IF one.posting_count IS NULL THEN
            RAISE EXCEPTION 'there is no entry %', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_entry_fk';
        END IF;
        IF one.first <> 1 OR one.last <> one.written OR one.written <> one.posting_count THEN
            RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
        END IF;
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

-- The guard of the series asks for the entry anyway.
CREATE OR REPLACE FUNCTION cash_receipt_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    bad  uuid;
    what text;
BEGIN
    FOR part IN SELECT a.chapter_id, a.year, min(a.no) AS first, max(a.no) AS last, count(*) AS written FROM added a GROUP BY a.chapter_id, a.year LOOP
        IF part.last - part.first + 1 <> part.written
           OR part.last IS DISTINCT FROM (SELECT s.last_no FROM number_series s
                  WHERE s.chapter_id = part.chapter_id AND s.document = 'CASH_RECEIPT' AND s.year = part.year)
           OR part.first <> 1 AND NOT EXISTS (SELECT FROM cash_receipt r
                  WHERE r.chapter_id = part.chapter_id AND r.year = part.year AND r.no = part.first - 1)
              AND NOT EXISTS (SELECT FROM voucher v
                  WHERE v.chapter_id = part.chapter_id AND v.document = 'CASH_RECEIPT' AND v.year = part.year AND v.no = part.first - 1) THEN
            RAISE EXCEPTION 'receipt % does not follow the last one of its series', part.first
                USING ERRCODE = '23514', CONSTRAINT = 'cash_receipt_follows';
        END IF;
    END LOOP;
    SELECT a.entry_id INTO bad FROM added a
    WHERE a.chapter_id IS DISTINCT FROM (SELECT e.chapter_id FROM entry e
              WHERE e.id = a.entry_id AND e.kind = 'GIFT_CASH' AND e.booked <= a.issued_on) LIMIT 1;
    IF FOUND THEN
        what := CASE WHEN EXISTS (SELECT FROM entry e WHERE e.id = bad) THEN 'cash_receipt_of_cash_gift' ELSE 'cash_receipt_entry_fk' END;
        RAISE EXCEPTION 'entry % is no cash gift of this chapter up to this day', bad
            USING ERRCODE = CASE what WHEN 'cash_receipt_entry_fk' THEN '23503' ELSE '23514' END, CONSTRAINT = what;
    END IF;
    SELECT a.issued_by INTO bad FROM (SELECT DISTINCT issued_by FROM added) a
    WHERE (SELECT true FROM account c WHERE c.id = a.issued_by) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no account %', bad USING ERRCODE = '23503', CONSTRAINT = 'cash_receipt_issued_by_fk', TABLE = 'cash_receipt';
    END IF;
    RETURN NULL;
END $$;
ALTER TABLE cash_receipt DROP CONSTRAINT cash_receipt_entry_fk, DROP CONSTRAINT cash_receipt_issued_by_fk;
