-- Phiếu thu, phiếu chi, phiếu nhập kho, phiếu xuất kho of what is no gift. Phiếu thu share one series with those of gifts
-- (`cash_receipt`): a chapter counts them all in one.
ALTER TABLE number_series
    DROP CONSTRAINT number_series_document_known,
    ADD CONSTRAINT number_series_document_known CHECK (document IN ('CASH_RECEIPT', 'CASH_PAYMENT', 'STOCK_IN', 'STOCK_OUT'));

-- The chapter is the entry's (see the guard), so it needs no foreign key of its own.
CREATE TABLE voucher (
    chapter_id uuid NOT NULL,
    document   text NOT NULL,
    year       smallint NOT NULL,
    no         bigint NOT NULL,
    entry_id   uuid NOT NULL,
    issued_on  date NOT NULL,
    issued_at  timestamptz NOT NULL,
    issued_by  uuid NOT NULL,
    CONSTRAINT voucher_pk PRIMARY KEY (chapter_id, document, year, no),
    CONSTRAINT voucher_entry_document_key UNIQUE (entry_id, document),
    CONSTRAINT voucher_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT voucher_issued_by_fk FOREIGN KEY (issued_by) REFERENCES account (id),
    CONSTRAINT voucher_document_known CHECK (document IN ('CASH_RECEIPT', 'CASH_PAYMENT', 'STOCK_IN', 'STOCK_OUT')),
    CONSTRAINT voucher_year_of_issue CHECK (year = extract(year FROM issued_on)),
    -- Vietnam is seven hours ahead of UTC all year.
    CONSTRAINT voucher_issued_when_recorded CHECK (issued_on = ((issued_at AT TIME ZONE 'UTC') + interval '7 hours')::date)
);
CREATE INDEX voucher_issued_by_idx ON voucher (issued_by);

-- Numbers follow one another, and each is of an entry of its own chapter that moved cash or goods the way the document says.
CREATE FUNCTION voucher_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    bad  uuid;
BEGIN
    FOR part IN SELECT a.chapter_id, a.document, a.year, min(a.no) AS first, max(a.no) AS last, count(*) AS written FROM added a GROUP BY 1, 2, 3 LOOP
        IF part.last - part.first + 1 <> part.written
           OR part.last IS DISTINCT FROM (SELECT s.last_no FROM number_series s
                  WHERE s.chapter_id = part.chapter_id AND s.document = part.document AND s.year = part.year)
           OR part.first <> 1 AND NOT EXISTS (SELECT FROM voucher v
                  WHERE v.chapter_id = part.chapter_id AND v.document = part.document AND v.year = part.year AND v.no = part.first - 1)
              AND NOT (part.document = 'CASH_RECEIPT' AND EXISTS (SELECT FROM cash_receipt r
                  WHERE r.chapter_id = part.chapter_id AND r.year = part.year AND r.no = part.first - 1)) THEN
            RAISE EXCEPTION '% % does not follow the last one of its series', part.document, part.first
                USING ERRCODE = '23514', CONSTRAINT = 'voucher_follows';
        END IF;
    END LOOP;
    SELECT a.entry_id INTO bad FROM added a WHERE NOT EXISTS (
        SELECT FROM entry e WHERE e.id = a.entry_id AND e.chapter_id = a.chapter_id AND e.booked <= a.issued_on
           AND e.kind NOT IN ('REVERSAL', 'OPENING_BALANCE', 'GIFT_CASH', 'GIFT_BANK', 'GIFT_AGGREGATE')
           AND EXISTS (SELECT FROM posting p WHERE p.entry_id = e.id AND CASE a.document
                WHEN 'CASH_PAYMENT' THEN p.account = 'CASH_ON_HAND' AND p.amount < 0
                WHEN 'CASH_RECEIPT' THEN p.account = 'CASH_ON_HAND' AND p.amount > 0
                WHEN 'STOCK_OUT' THEN p.account = 'GOODS_IN_STOCK' AND p.amount < 0
                ELSE p.account = 'GOODS_IN_STOCK' AND p.amount > 0 END)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % of this chapter moves nothing that such a document is for', bad
            USING ERRCODE = '23514', CONSTRAINT = 'voucher_of_its_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER voucher_follows AFTER INSERT ON voucher
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION voucher_follows();
CREATE TRIGGER voucher_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON voucher
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The receipts of gifts follow those of other money, and the other way round.
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

CREATE OR REPLACE FUNCTION number_series_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.document = 'CASH_RECEIPT' AND EXISTS (SELECT FROM cash_receipt r
           WHERE r.chapter_id = NEW.chapter_id AND r.year = NEW.year AND r.no = NEW.last_no))
       AND NOT EXISTS (SELECT FROM voucher v
           WHERE v.chapter_id = NEW.chapter_id AND v.document = NEW.document AND v.year = NEW.year AND v.no = NEW.last_no) THEN
        RAISE EXCEPTION 'number % was taken and not used', NEW.last_no
            USING ERRCODE = '23514', CONSTRAINT = 'number_series_used';
    END IF;
    RETURN NULL;
END $$;
