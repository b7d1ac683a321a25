ALTER TABLE cash_receipt
    ADD CONSTRAINT cash_receipt_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    ADD CONSTRAINT cash_receipt_issued_by_fk FOREIGN KEY (issued_by) REFERENCES account (id);
ALTER TABLE gift
    ADD CONSTRAINT gift_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    ADD CONSTRAINT gift_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    ADD CONSTRAINT gift_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id);
ALTER TABLE entry
    ADD CONSTRAINT entry_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    ADD CONSTRAINT entry_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id);
DROP TRIGGER gift_refers ON gift;
DROP FUNCTION gift_refers();
DROP TRIGGER entry_refers ON entry;
DROP FUNCTION entry_refers();
DROP TRIGGER appeal_keeps_its_id ON appeal;
DROP TRIGGER appeal_is_kept ON appeal;
DROP TRIGGER account_keeps_its_id ON account;
DROP TRIGGER account_is_kept ON account;
DROP TRIGGER chapter_is_kept ON chapter;

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
        SELECT w.*, e.posting_count, e.reverses, e.closed
        FROM (SELECT entry_id, count(*) AS written, min(n) AS first, max(n) AS last FROM added GROUP BY entry_id) w
        -- One index look-up an entry: a plain join may be planned as a walk over the whole ledger.
        LEFT JOIN LATERAL (SELECT h.posting_count, h.reverses, c.status IN ('MERGED', 'DISSOLVED') AS closed
                           FROM entry h JOIN chapter c ON c.id = h.chapter_id WHERE h.id = w.entry_id LIMIT 1) e ON true
    LOOP
        bad := one.entry_id;
        IF one.posting_count IS NULL THEN
            RAISE EXCEPTION 'there is no entry %', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_entry_fk';
        END IF;
        IF one.first <> 1 OR one.last <> one.written OR one.written <> one.posting_count THEN
            RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
        END IF;
        -- Whoever looked before the chapter went up in another one waited for its row, and learns of it here.
        IF one.closed AND current_setting('so_nhan_ai.passes_on', true) IS DISTINCT FROM 'on'
           AND EXISTS (SELECT FROM entry h JOIN chapter_successor s ON s.old_id = h.chapter_id WHERE h.id = bad) THEN
            RAISE EXCEPTION 'entry % is of a chapter that another one has succeeded', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_books_open';
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

CREATE OR REPLACE FUNCTION cash_receipt_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    bad  uuid;
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
        RAISE EXCEPTION 'entry % is no cash gift of this chapter up to this day', bad
            USING ERRCODE = '23514', CONSTRAINT = 'cash_receipt_of_cash_gift';
    END IF;
    RETURN NULL;
END $$;
