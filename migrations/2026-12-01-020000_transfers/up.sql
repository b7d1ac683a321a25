-- Money and goods from one chapter to another (nộp lên cấp trên, phân bổ xuống cấp dưới). A request that a second person
-- decided is sent; what was sent is confirmed by the receiver, comes back, or is lost on the way, in parts and never more than
-- there is.
CREATE TABLE transfer (
    id                 uuid NOT NULL,
    chapter_id         uuid NOT NULL,
    to_chapter_id      uuid NOT NULL,
    fund_id            integer NOT NULL,
    amount_vnd         bigint NOT NULL,
    source             text NOT NULL,
    by_book            boolean NOT NULL,
    day                date,
    document           bytea,
    state              text NOT NULL,
    confirmed_vnd      bigint NOT NULL,
    returned_vnd       bigint NOT NULL,
    requested_by       uuid NOT NULL,
    requested_at       timestamptz NOT NULL,
    entry_id           uuid,
    sent_on            date,
    receipt_refusal    text,
    receipt_refused_by uuid,
    receipt_refused_at timestamptz,
    CONSTRAINT transfer_pk PRIMARY KEY (id),
    CONSTRAINT transfer_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT transfer_to_chapter_fk FOREIGN KEY (to_chapter_id) REFERENCES chapter (id),
    CONSTRAINT transfer_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT transfer_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT transfer_receipt_refused_by_fk FOREIGN KEY (receipt_refused_by) REFERENCES account (id),
    CONSTRAINT transfer_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT transfer_entry_once UNIQUE (entry_id),
    CONSTRAINT transfer_between_two CHECK (chapter_id <> to_chapter_id),
    CONSTRAINT transfer_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT transfer_source_known CHECK (source IN ('CASH', 'BANK', 'GOODS')),
    CONSTRAINT transfer_by_book_at_the_bank CHECK (NOT by_book OR source = 'BANK'),
    CONSTRAINT transfer_document_is_hash CHECK (length(document) = 32),
    CONSTRAINT transfer_state_known CHECK (state IN ('REQUESTED', 'REFUSED', 'WITHDRAWN', 'SENT', 'PARTLY_CONFIRMED', 'CONFIRMED', 'RETURNED', 'REVERSED')),
    CONSTRAINT transfer_never_more_than_sent CHECK (confirmed_vnd >= 0 AND returned_vnd >= 0 AND confirmed_vnd + returned_vnd <= amount_vnd),
    CONSTRAINT transfer_state_as_counted CHECK (CASE state
        WHEN 'SENT' THEN confirmed_vnd = 0 AND returned_vnd < amount_vnd
        WHEN 'PARTLY_CONFIRMED' THEN confirmed_vnd > 0 AND confirmed_vnd + returned_vnd < amount_vnd
        WHEN 'CONFIRMED' THEN confirmed_vnd > 0 AND confirmed_vnd + returned_vnd = amount_vnd
        WHEN 'RETURNED' THEN confirmed_vnd = 0 AND returned_vnd = amount_vnd
        ELSE confirmed_vnd = 0 AND returned_vnd = 0 END),
    CONSTRAINT transfer_sent_whole CHECK (num_nonnulls(entry_id, sent_on) = CASE WHEN state IN ('REQUESTED', 'REFUSED', 'WITHDRAWN') THEN 0 ELSE 2 END),
    CONSTRAINT transfer_receipt_refusal_known CHECK (receipt_refusal IN ('NOT_ARRIVED', 'NOT_AS_SENT', 'NOT_FOR_US', 'OTHER')),
    CONSTRAINT transfer_receipt_refused_whole CHECK (num_nonnulls(receipt_refusal, receipt_refused_by, receipt_refused_at) IN (0, 3))
);
CREATE INDEX transfer_chapter_idx ON transfer (chapter_id, requested_at, id);
CREATE INDEX transfer_to_chapter_idx ON transfer (to_chapter_id, requested_at, id);
CREATE INDEX transfer_fund_idx ON transfer (fund_id);
CREATE INDEX transfer_requested_by_idx ON transfer (requested_by);
CREATE INDEX transfer_receipt_refused_by_idx ON transfer (receipt_refused_by);

-- What was asked for stays as it was asked. Only what goods are worth is known when their lots are taken.
CREATE FUNCTION transfer_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{amount_vnd,state,confirmed_vnd,returned_vnd,entry_id,sent_on,receipt_refusal,receipt_refused_by,receipt_refused_at}'::text[]
       <> to_jsonb(OLD) - '{amount_vnd,state,confirmed_vnd,returned_vnd,entry_id,sent_on,receipt_refusal,receipt_refused_by,receipt_refused_at}'::text[]
       OR NEW.amount_vnd <> OLD.amount_vnd AND (OLD.state <> 'REQUESTED' OR OLD.source <> 'GOODS')
       OR OLD.state IN ('REFUSED', 'WITHDRAWN', 'REVERSED')
       OR OLD.entry_id IS NOT NULL AND (NEW.entry_id, NEW.sent_on) IS DISTINCT FROM (OLD.entry_id, OLD.sent_on) THEN
        RAISE EXCEPTION 'a transfer keeps what was asked for' USING ERRCODE = '23514', CONSTRAINT = 'transfer_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_keeps BEFORE UPDATE ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_keeps();
CREATE TRIGGER transfer_append_only BEFORE DELETE OR TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The goods that are asked for. What they are worth is known when their lots are taken.
CREATE TABLE transfer_asked_goods (
    transfer_id    uuid NOT NULL,
    n              smallint NOT NULL,
    item           text NOT NULL,
    unit           text NOT NULL,
    quantity_milli bigint NOT NULL,
    CONSTRAINT transfer_asked_goods_pk PRIMARY KEY (transfer_id, n),
    CONSTRAINT transfer_asked_goods_transfer_fk FOREIGN KEY (transfer_id) REFERENCES transfer (id),
    CONSTRAINT transfer_asked_goods_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT transfer_asked_goods_n_positive CHECK (n >= 1),
    CONSTRAINT transfer_asked_goods_quantity_positive CHECK (quantity_milli >= 1)
);
CREATE INDEX transfer_asked_goods_item_idx ON transfer_asked_goods (item);
CREATE TRIGGER transfer_asked_goods_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_asked_goods
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The goods that were sent, lot by lot, and what of each is neither confirmed nor back.
CREATE TABLE transfer_goods (
    transfer_id    uuid NOT NULL,
    n              smallint NOT NULL,
    item           text NOT NULL,
    quantity_milli bigint NOT NULL,
    unit           text NOT NULL,
    value_vnd      bigint NOT NULL,
    valuation      text NOT NULL,
    expires_on     date,
    left_milli     bigint NOT NULL,
    left_vnd       bigint NOT NULL,
    CONSTRAINT transfer_goods_pk PRIMARY KEY (transfer_id, n),
    CONSTRAINT transfer_goods_transfer_fk FOREIGN KEY (transfer_id) REFERENCES transfer (id),
    CONSTRAINT transfer_goods_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT transfer_goods_n_positive CHECK (n >= 1),
    CONSTRAINT transfer_goods_quantity_positive CHECK (quantity_milli >= 1),
    CONSTRAINT transfer_goods_value_bounded CHECK (value_vnd BETWEEN 0 AND 1000000000000000),
    CONSTRAINT transfer_goods_valuation_known CHECK (valuation IN ('DONOR_STATED', 'INVOICE', 'MARKET_PRICE', 'PRICE_LIST', 'OLD_BOOKS')),
    CONSTRAINT transfer_goods_never_more_than_sent CHECK (left_milli BETWEEN 0 AND quantity_milli AND left_vnd BETWEEN 0 AND value_vnd
        AND (left_milli > 0 OR left_vnd = 0))
);
CREATE INDEX transfer_goods_item_idx ON transfer_goods (item);
CREATE FUNCTION transfer_goods_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{left_milli,left_vnd}'::text[] <> to_jsonb(OLD) - '{left_milli,left_vnd}'::text[] THEN
        RAISE EXCEPTION 'the goods of a transfer stay as they were sent' USING ERRCODE = '23514', CONSTRAINT = 'transfer_goods_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_goods_keep BEFORE UPDATE ON transfer_goods FOR EACH ROW EXECUTE FUNCTION transfer_goods_keep();
CREATE TRIGGER transfer_goods_append_only BEFORE DELETE OR TRUNCATE ON transfer_goods FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What became of it, part by part: confirmed, come back, lost. A loss waits for a second person before it is booked; its
-- note and what makes it the same when it is sent again are kept with the decision.
CREATE TABLE transfer_part (
    id            uuid NOT NULL,
    transfer_id   uuid NOT NULL,
    kind          text NOT NULL,
    amount_vnd    bigint NOT NULL,
    account       text NOT NULL,
    day           date,
    document      bytea,
    reason        text,
    note          bytea,
    request_hash  bytea,
    bare_hash     bytea,
    state         text NOT NULL,
    entry_id      uuid,
    loss_entry_id uuid,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT transfer_part_pk PRIMARY KEY (id),
    CONSTRAINT transfer_part_transfer_fk FOREIGN KEY (transfer_id) REFERENCES transfer (id),
    CONSTRAINT transfer_part_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT transfer_part_loss_entry_fk FOREIGN KEY (loss_entry_id) REFERENCES entry (id),
    CONSTRAINT transfer_part_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT transfer_part_entry_once UNIQUE (entry_id),
    CONSTRAINT transfer_part_loss_entry_once UNIQUE (loss_entry_id),
    CONSTRAINT transfer_part_kind_known CHECK (kind IN ('RECEIPT', 'RETURN', 'LOSS')),
    CONSTRAINT transfer_part_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT transfer_part_account_known CHECK (account IN ('CASH', 'BANK', 'GOODS')),
    CONSTRAINT transfer_part_document_is_hash CHECK (length(document) = 32),
    CONSTRAINT transfer_part_reason_known CHECK (CASE kind
        WHEN 'RECEIPT' THEN reason IS NULL
        WHEN 'RETURN' THEN reason IN ('REFUSED', 'NOT_DELIVERED', 'NOT_AS_SENT', 'NOT_NEEDED', 'OTHER')
        ELSE reason IN ('LOST_ON_THE_WAY', 'STOLEN', 'SPOILED', 'DESTROYED', 'OTHER') END),
    CONSTRAINT transfer_part_hashed CHECK (num_nonnulls(request_hash, bare_hash) = CASE WHEN kind = 'LOSS' THEN 0 ELSE 2 END AND (kind <> 'LOSS' OR note IS NULL)),
    CONSTRAINT transfer_part_state_known CHECK (CASE WHEN kind = 'LOSS' THEN state IN ('WAITING', 'REFUSED', 'WITHDRAWN', 'BOOKED', 'REVERSED')
        ELSE state IN ('BOOKED', 'REVERSED') END),
    CONSTRAINT transfer_part_booked_whole CHECK (num_nonnulls(entry_id, day) = CASE WHEN state IN ('BOOKED', 'REVERSED') THEN 2 ELSE 0 END
        AND (loss_entry_id IS NOT NULL) = (kind = 'LOSS' AND entry_id IS NOT NULL))
);
CREATE INDEX transfer_part_transfer_idx ON transfer_part (transfer_id, recorded_at, id);
CREATE INDEX transfer_part_recorded_by_idx ON transfer_part (recorded_by);
-- One loss of a transfer waits at a time.
CREATE UNIQUE INDEX transfer_part_waiting_once ON transfer_part (transfer_id) WHERE state = 'WAITING';

-- The parts of a transfer are never more than was sent, whoever writes them.
CREATE FUNCTION transfer_part_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent bigint;
    parts bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - '{state,day,note,request_hash,entry_id,loss_entry_id}'::text[]
            <> to_jsonb(OLD) - '{state,day,note,request_hash,entry_id,loss_entry_id}'::text[]
        OR OLD.entry_id IS NOT NULL AND (NEW.entry_id, NEW.loss_entry_id, NEW.day) IS DISTINCT FROM (OLD.entry_id, OLD.loss_entry_id, OLD.day)
        OR OLD.state IN ('REFUSED', 'WITHDRAWN', 'REVERSED') AND NEW.state <> OLD.state
        OR OLD.state = 'BOOKED' AND NEW.state NOT IN ('BOOKED', 'REVERSED')
        OR NEW.note IS NOT NULL AND NEW.note IS DISTINCT FROM OLD.note) THEN
        RAISE EXCEPTION 'a part of a transfer stays as it was' USING ERRCODE = '23514', CONSTRAINT = 'transfer_part_append_only';
    END IF;
    IF NEW.state = 'BOOKED' THEN
        SELECT amount_vnd INTO sent FROM transfer WHERE id = NEW.transfer_id FOR NO KEY UPDATE;
        SELECT sum(amount_vnd) INTO parts FROM transfer_part WHERE transfer_id = NEW.transfer_id AND state = 'BOOKED';
        IF parts > sent THEN
            RAISE EXCEPTION 'more than was sent' USING ERRCODE = '23514', CONSTRAINT = 'transfer_part_never_more_than_sent';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_part_keeps AFTER INSERT OR UPDATE ON transfer_part FOR EACH ROW EXECUTE FUNCTION transfer_part_keeps();
CREATE TRIGGER transfer_part_append_only BEFORE DELETE OR TRUNCATE ON transfer_part FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How much of each line of goods a part is.
CREATE TABLE transfer_part_goods (
    part_id        uuid NOT NULL,
    transfer_id    uuid NOT NULL,
    n              smallint NOT NULL,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    CONSTRAINT transfer_part_goods_pk PRIMARY KEY (part_id, n),
    CONSTRAINT transfer_part_goods_part_fk FOREIGN KEY (part_id) REFERENCES transfer_part (id),
    CONSTRAINT transfer_part_goods_line_fk FOREIGN KEY (transfer_id, n) REFERENCES transfer_goods (transfer_id, n),
    CONSTRAINT transfer_part_goods_quantity_positive CHECK (quantity_milli >= 1),
    CONSTRAINT transfer_part_goods_value_positive CHECK (value_vnd >= 0)
);
CREATE INDEX transfer_part_goods_line_idx ON transfer_part_goods (transfer_id, n);
CREATE TRIGGER transfer_part_goods_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_part_goods
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent and is neither confirmed nor back, for everybody to see. A row stays when nothing is left of it.
CREATE TABLE transfer_open (
    out_code        text NOT NULL,
    from_chapter    text NOT NULL,
    to_chapter      text NOT NULL,
    fund            text NOT NULL,
    outstanding_vnd bigint NOT NULL,
    sent_on         date NOT NULL,
    CONSTRAINT transfer_open_pk PRIMARY KEY (out_code),
    CONSTRAINT transfer_open_out_code_fk FOREIGN KEY (out_code) REFERENCES entry (code),
    CONSTRAINT transfer_open_from_chapter_fk FOREIGN KEY (from_chapter) REFERENCES chapter (code),
    CONSTRAINT transfer_open_to_chapter_fk FOREIGN KEY (to_chapter) REFERENCES chapter (code),
    CONSTRAINT transfer_open_fund_fk FOREIGN KEY (fund) REFERENCES fund (code),
    CONSTRAINT transfer_open_outstanding_positive CHECK (outstanding_vnd >= 0)
);
CREATE INDEX transfer_open_waiting_idx ON transfer_open (sent_on, out_code) WHERE outstanding_vnd > 0;
CREATE INDEX transfer_open_from_chapter_idx ON transfer_open (from_chapter);
CREATE INDEX transfer_open_to_chapter_idx ON transfer_open (to_chapter);
CREATE INDEX transfer_open_fund_idx ON transfer_open (fund);
CREATE TRIGGER transfer_open_stays BEFORE DELETE OR TRUNCATE ON transfer_open FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON transfer_open TO so_nhan_ai_public;

-- Two purposes of papers more, whatever others there are by now.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT conname, conrelid::regclass AS of_table, pg_get_constraintdef(oid) AS says FROM pg_constraint
               WHERE conname IN ('document_purpose_known', 'document_link_subject_known') LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one.of_table, one.conname, one.conname,
                       regexp_replace(one.says, '\]\)', ', ''TRANSFER''::text, ''TRANSFER_RECEIPT''::text])'));
    END LOOP;
END $$;
