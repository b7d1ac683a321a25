DROP TABLE voucher;
DROP FUNCTION voucher_follows();
-- What the series counted besides the receipts of gifts was in the table that is gone.
ALTER TABLE number_series DISABLE TRIGGER USER;
DELETE FROM number_series s WHERE s.document <> 'CASH_RECEIPT'
    OR NOT EXISTS (SELECT FROM cash_receipt r WHERE r.chapter_id = s.chapter_id AND r.year = s.year);
UPDATE number_series s SET last_no = r.last FROM (SELECT chapter_id, year, max(no) AS last FROM cash_receipt GROUP BY 1, 2) r
WHERE r.chapter_id = s.chapter_id AND r.year = s.year AND s.last_no <> r.last;
ALTER TABLE number_series ENABLE TRIGGER USER;
ALTER TABLE number_series
    DROP CONSTRAINT number_series_document_known,
    ADD CONSTRAINT number_series_document_known CHECK (document IN ('CASH_RECEIPT'));
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
                  WHERE r.chapter_id = part.chapter_id AND r.year = part.year AND r.no = part.first - 1) THEN
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
CREATE OR REPLACE FUNCTION number_series_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.document = 'CASH_RECEIPT' AND NOT EXISTS (SELECT FROM cash_receipt r
           WHERE r.chapter_id = NEW.chapter_id AND r.year = NEW.year AND r.no = NEW.last_no) THEN
        RAISE EXCEPTION 'number % was taken and not used', NEW.last_no
            USING ERRCODE = '23514', CONSTRAINT = 'number_series_used';
    END IF;
    RETURN NULL;
END $$;
