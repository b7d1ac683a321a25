-- Documents the law wants numbered without gaps (DESIGN 13). A series belongs to a chapter, a kind of document and the
-- year of `booked`; whoever takes numbers holds its row until COMMIT, so a rolled-back transaction gives them back.
CREATE TABLE number_series (
    chapter_id uuid NOT NULL,
    document   text NOT NULL,
    year       smallint NOT NULL,
    last_no    bigint NOT NULL,
    CONSTRAINT number_series_pk PRIMARY KEY (chapter_id, document, year),
    CONSTRAINT number_series_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT number_series_document_known CHECK (document IN ('CASH_RECEIPT')),
    CONSTRAINT number_series_year_bounded CHECK (year BETWEEN 2000 AND 9998),
    CONSTRAINT number_series_last_no_counts CHECK (last_no >= 1)
);

-- Phiếu thu: the numbered document of a cash gift. It keeps its number when the gift is reversed.
-- The chapter is the entry's (see the guard), so it needs no foreign key of its own.
CREATE TABLE cash_receipt (
    chapter_id uuid NOT NULL,
    year       smallint NOT NULL,
    no         bigint NOT NULL,
    entry_id   uuid NOT NULL,
    issued_on  date NOT NULL,
    issued_at  timestamptz NOT NULL,
    issued_by  uuid NOT NULL,
    CONSTRAINT cash_receipt_pk PRIMARY KEY (chapter_id, year, no),
    CONSTRAINT cash_receipt_entry_key UNIQUE (entry_id),
    CONSTRAINT cash_receipt_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT cash_receipt_issued_by_fk FOREIGN KEY (issued_by) REFERENCES account (id),
    CONSTRAINT cash_receipt_year_of_issue CHECK (year = extract(year FROM issued_on)),
    -- Vietnam is seven hours ahead of UTC all year.
    CONSTRAINT cash_receipt_issued_when_recorded CHECK (issued_on = ((issued_at AT TIME ZONE 'UTC') + interval '7 hours')::date)
);

-- Numbers follow one another: what a statement adds to a series begins after its last receipt and ends at its last_no.
-- Only cash gifts have one, of their own chapter, on the day they were booked or later.
CREATE FUNCTION cash_receipt_follows() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER cash_receipt_follows AFTER INSERT ON cash_receipt
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION cash_receipt_follows();
CREATE TRIGGER cash_receipt_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cash_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A series only grows, and what it counted is there at COMMIT: a number taken for nothing would be a gap.
CREATE FUNCTION number_series_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.chapter_id, NEW.document, NEW.year) <> (OLD.chapter_id, OLD.document, OLD.year) OR NEW.last_no <= OLD.last_no THEN
        RAISE EXCEPTION 'a series only grows' USING ERRCODE = '23514', CONSTRAINT = 'number_series_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_series_grows BEFORE UPDATE ON number_series FOR EACH ROW EXECUTE FUNCTION number_series_grows();
CREATE TRIGGER number_series_stays BEFORE DELETE OR TRUNCATE ON number_series
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION number_series_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.document = 'CASH_RECEIPT' AND NOT EXISTS (SELECT FROM cash_receipt r
           WHERE r.chapter_id = NEW.chapter_id AND r.year = NEW.year AND r.no = NEW.last_no) THEN
        RAISE EXCEPTION 'number % was taken and not used', NEW.last_no
            USING ERRCODE = '23514', CONSTRAINT = 'number_series_used';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER number_series_used AFTER INSERT OR UPDATE ON number_series
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_series_used();
