-- Goods lot by lot: what came by which entry, what has left of it by which, and what is there. A chapter's lots of a fund are worth
-- what its account GOODS_IN_STOCK says, at every moment. Quantities are thousandths of their unit.

-- Where a chapter keeps goods.
CREATE TABLE stock_store (
    id         uuid NOT NULL,
    chapter_id uuid NOT NULL,
    name       text NOT NULL,
    address    text,
    made_by    uuid NOT NULL,
    made_at    timestamptz NOT NULL,
    CONSTRAINT stock_store_pk PRIMARY KEY (id),
    CONSTRAINT stock_store_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT stock_store_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT stock_store_name_fits CHECK (length(name) BETWEEN 1 AND 120),
    CONSTRAINT stock_store_address_fits CHECK (length(address) BETWEEN 1 AND 200)
);
CREATE INDEX stock_store_chapter_idx ON stock_store (chapter_id, id);
CREATE INDEX stock_store_made_by_idx ON stock_store (made_by);

-- Goods of one item that came together. `entry_id` brought them; what is left stands in the lot and in its movements, and an audit
-- compares both.
CREATE TABLE stock_lot (
    id             uuid NOT NULL,
    chapter_id     uuid NOT NULL,
    fund_id        integer NOT NULL,
    item           text NOT NULL,
    unit           text NOT NULL,
    valuation      text NOT NULL,
    entry_id       uuid NOT NULL,
    came_on        date NOT NULL,
    expires_on     date,
    store_id       uuid,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    CONSTRAINT stock_lot_pk PRIMARY KEY (id),
    CONSTRAINT stock_lot_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT stock_lot_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT stock_lot_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT stock_lot_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT stock_lot_store_fk FOREIGN KEY (store_id) REFERENCES stock_store (id),
    CONSTRAINT stock_lot_valuation_known CHECK (valuation IN ('DONOR_STATED', 'INVOICE', 'MARKET_PRICE', 'PRICE_LIST', 'OLD_BOOKS')),
    CONSTRAINT stock_lot_not_below_zero CHECK (quantity_milli >= 0 AND value_vnd >= 0),
    CONSTRAINT stock_lot_nothing_is_worth_nothing CHECK (quantity_milli > 0 OR value_vnd = 0)
);
CREATE INDEX stock_lot_on_hand_idx ON stock_lot (chapter_id, fund_id, item, unit) WHERE quantity_milli > 0;
CREATE INDEX stock_lot_chapter_idx ON stock_lot (chapter_id, id);
CREATE INDEX stock_lot_fund_idx ON stock_lot (fund_id);
CREATE INDEX stock_lot_item_idx ON stock_lot (item);
CREATE INDEX stock_lot_entry_idx ON stock_lot (entry_id);
CREATE INDEX stock_lot_store_idx ON stock_lot (store_id);
-- What a lot is stays what it is; it is placed, and less or more of it is there.
CREATE FUNCTION stock_lot_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.chapter_id, NEW.fund_id, NEW.item, NEW.unit, NEW.valuation, NEW.entry_id, NEW.came_on)
       IS DISTINCT FROM (OLD.id, OLD.chapter_id, OLD.fund_id, OLD.item, OLD.unit, OLD.valuation, OLD.entry_id, OLD.came_on) THEN
        RAISE EXCEPTION 'a lot stays what it is' USING ERRCODE = '23514', CONSTRAINT = 'stock_lot_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stock_lot_keeps BEFORE UPDATE ON stock_lot FOR EACH ROW EXECUTE FUNCTION stock_lot_keeps();
CREATE TRIGGER stock_lot_stays BEFORE DELETE OR TRUNCATE ON stock_lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What an entry did to a lot. `back`: its reversal did the opposite, and is named by the entry that it reverses.
CREATE TABLE stock_movement (
    lot_id         uuid NOT NULL,
    entry_id       uuid NOT NULL,
    back           boolean NOT NULL,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    moved_at       timestamptz NOT NULL,
    CONSTRAINT stock_movement_pk PRIMARY KEY (lot_id, entry_id, back),
    CONSTRAINT stock_movement_lot_fk FOREIGN KEY (lot_id) REFERENCES stock_lot (id),
    CONSTRAINT stock_movement_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT stock_movement_one_way CHECK (quantity_milli > 0 AND value_vnd >= 0 OR quantity_milli < 0 AND value_vnd <= 0)
);
CREATE INDEX stock_movement_entry_idx ON stock_movement (entry_id);
CREATE INDEX stock_movement_lot_idx ON stock_movement (lot_id, moved_at);
CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the public sees of it: the sums of lots, by chapter, fund, item and unit.
CREATE TABLE stock_on_hand (
    chapter_id     uuid NOT NULL,
    fund_id        integer NOT NULL,
    item           text NOT NULL,
    unit           text NOT NULL,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    CONSTRAINT stock_on_hand_pk PRIMARY KEY (chapter_id, fund_id, item, unit),
    CONSTRAINT stock_on_hand_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT stock_on_hand_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT stock_on_hand_item_fk FOREIGN KEY (item) REFERENCES item (code)
);
CREATE INDEX stock_on_hand_fund_idx ON stock_on_hand (fund_id);
CREATE INDEX stock_on_hand_item_idx ON stock_on_hand (item);
CREATE TRIGGER stock_on_hand_stays BEFORE DELETE OR TRUNCATE ON stock_on_hand FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON stock_on_hand TO so_nhan_ai_public;

-- What was counted, lot by lot, and what the books said then.
CREATE TABLE stock_count (
    id         uuid NOT NULL,
    chapter_id uuid NOT NULL,
    counted_on date NOT NULL,
    document   bytea NOT NULL,
    request_hash bytea NOT NULL,
    counted_by uuid NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT stock_count_pk PRIMARY KEY (id),
    CONSTRAINT stock_count_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT stock_count_counted_by_fk FOREIGN KEY (counted_by) REFERENCES account (id),
    CONSTRAINT stock_count_document_is_hash CHECK (length(document) = 32)
);
CREATE INDEX stock_count_chapter_idx ON stock_count (chapter_id, counted_at, id);
CREATE INDEX stock_count_counted_by_idx ON stock_count (counted_by);
CREATE TRIGGER stock_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_count FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE stock_count_line (
    count_id      uuid NOT NULL,
    lot_id        uuid NOT NULL,
    booked_milli  bigint NOT NULL,
    counted_milli bigint NOT NULL,
    CONSTRAINT stock_count_line_pk PRIMARY KEY (count_id, lot_id),
    CONSTRAINT stock_count_line_count_fk FOREIGN KEY (count_id) REFERENCES stock_count (id),
    CONSTRAINT stock_count_line_lot_fk FOREIGN KEY (lot_id) REFERENCES stock_lot (id),
    CONSTRAINT stock_count_line_not_below_zero CHECK (booked_milli >= 0 AND counted_milli >= 0)
);
CREATE INDEX stock_count_line_lot_idx ON stock_count_line (lot_id);
CREATE TRIGGER stock_count_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_count_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Goods lost, spoiled or found: asked, and decided by a second person.
CREATE TABLE stock_adjustment (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    fund_id      integer NOT NULL,
    reason       text NOT NULL,
    count_id     uuid,
    document     bytea NOT NULL,
    state        text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT stock_adjustment_pk PRIMARY KEY (id),
    CONSTRAINT stock_adjustment_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT stock_adjustment_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT stock_adjustment_count_fk FOREIGN KEY (count_id) REFERENCES stock_count (id),
    CONSTRAINT stock_adjustment_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT stock_adjustment_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT stock_adjustment_reason_known CHECK (reason IN ('LOST', 'SPOILED', 'EXPIRED', 'FOUND', 'COUNTED', 'ITEMISED')),
    CONSTRAINT stock_adjustment_document_is_hash CHECK (length(document) = 32),
    CONSTRAINT stock_adjustment_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT stock_adjustment_decided_whole CHECK ((state = 'ASKED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX stock_adjustment_chapter_idx ON stock_adjustment (chapter_id, requested_at, id);
CREATE INDEX stock_adjustment_fund_idx ON stock_adjustment (fund_id);
CREATE INDEX stock_adjustment_count_idx ON stock_adjustment (count_id);
CREATE INDEX stock_adjustment_requested_by_idx ON stock_adjustment (requested_by);
CREATE INDEX stock_adjustment_decided_by_idx ON stock_adjustment (decided_by);
CREATE FUNCTION stock_adjustment_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{state,decided_by,decided_at}'::text[] <> to_jsonb(OLD) - '{state,decided_by,decided_at}'::text[] OR OLD.state <> 'ASKED' THEN
        RAISE EXCEPTION 'an adjustment is decided once and keeps what was asked' USING ERRCODE = '23514', CONSTRAINT = 'stock_adjustment_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stock_adjustment_keeps BEFORE UPDATE ON stock_adjustment FOR EACH ROW EXECUTE FUNCTION stock_adjustment_keeps();
CREATE TRIGGER stock_adjustment_append_only BEFORE DELETE OR TRUNCATE ON stock_adjustment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- OUT: so much of a lot, for what it is worth when it is booked. IN: more of a lot, or a lot that is new.
CREATE TABLE stock_adjustment_line (
    adjustment_id  uuid NOT NULL,
    n              smallint NOT NULL,
    side           text NOT NULL,
    lot_id         uuid,
    item           text NOT NULL,
    unit           text NOT NULL,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint,
    valuation      text NOT NULL,
    expires_on     date,
    store_id       uuid,
    CONSTRAINT stock_adjustment_line_pk PRIMARY KEY (adjustment_id, n),
    CONSTRAINT stock_adjustment_line_adjustment_fk FOREIGN KEY (adjustment_id) REFERENCES stock_adjustment (id),
    CONSTRAINT stock_adjustment_line_lot_fk FOREIGN KEY (lot_id) REFERENCES stock_lot (id),
    CONSTRAINT stock_adjustment_line_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT stock_adjustment_line_store_fk FOREIGN KEY (store_id) REFERENCES stock_store (id),
    CONSTRAINT stock_adjustment_line_side_known CHECK (side IN ('OUT', 'IN')),
    CONSTRAINT stock_adjustment_line_whole CHECK (CASE side WHEN 'OUT' THEN lot_id IS NOT NULL AND value_vnd IS NULL ELSE value_vnd IS NOT NULL END),
    CONSTRAINT stock_adjustment_line_positive CHECK (quantity_milli > 0 AND value_vnd > 0)
);
CREATE INDEX stock_adjustment_line_lot_idx ON stock_adjustment_line (lot_id);
CREATE INDEX stock_adjustment_line_item_idx ON stock_adjustment_line (item);
CREATE INDEX stock_adjustment_line_store_idx ON stock_adjustment_line (store_id);
CREATE TRIGGER stock_adjustment_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_adjustment_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One entry for what went, one for what came.
CREATE TABLE stock_adjustment_entry (
    entry_id      uuid NOT NULL,
    adjustment_id uuid NOT NULL,
    CONSTRAINT stock_adjustment_entry_pk PRIMARY KEY (entry_id),
    CONSTRAINT stock_adjustment_entry_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT stock_adjustment_entry_adjustment_fk FOREIGN KEY (adjustment_id) REFERENCES stock_adjustment (id)
);
CREATE INDEX stock_adjustment_entry_adjustment_idx ON stock_adjustment_entry (adjustment_id);
CREATE TRIGGER stock_adjustment_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_adjustment_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was given in kind before, line by line, and what reversals took back of it.
WITH lots AS (
    SELECT gen_random_uuid() AS id, g.chapter_id, p.fund_id, l.item, l.unit, l.valuation, g.entry_id, g.received_on, l.quantity_milli, l.value_vnd,
           e.recorded_at, r.recorded_at AS reversed_at
    FROM gift_line l
    JOIN gift g ON g.id = l.gift_id
    JOIN entry e ON e.id = g.entry_id
    JOIN posting p ON p.entry_id = e.id AND p.account = 'GOODS_IN_STOCK'
    LEFT JOIN entry r ON r.reverses = e.id
), made AS (
    INSERT INTO stock_lot (id, chapter_id, fund_id, item, unit, valuation, entry_id, came_on, quantity_milli, value_vnd)
    SELECT id, chapter_id, fund_id, item, unit, valuation, entry_id, received_on,
           CASE WHEN reversed_at IS NULL THEN quantity_milli ELSE 0 END, CASE WHEN reversed_at IS NULL THEN value_vnd ELSE 0 END
    FROM lots
)
INSERT INTO stock_movement (lot_id, entry_id, back, quantity_milli, value_vnd, moved_at)
SELECT id, entry_id, false, quantity_milli, value_vnd, recorded_at FROM lots
UNION ALL
SELECT id, entry_id, true, -quantity_milli, -value_vnd, reversed_at FROM lots WHERE reversed_at IS NOT NULL;

-- Of goods out of old books the value alone is known: one set of other goods, until somebody looks what it is.
WITH lots AS (
    SELECT gen_random_uuid() AS id, o.chapter_id, p.fund_id, p.entry_id, o.as_of, p.amount, e.recorded_at, r.recorded_at AS reversed_at
    FROM opening_balance o
    JOIN opening_balance_entry oe ON oe.opening_id = o.id
    JOIN entry e ON e.id = oe.entry_id
    JOIN posting p ON p.entry_id = e.id AND p.account = 'GOODS_IN_STOCK'
    LEFT JOIN entry r ON r.reverses = e.id
), made AS (
    INSERT INTO stock_lot (id, chapter_id, fund_id, item, unit, valuation, entry_id, came_on, quantity_milli, value_vnd)
    SELECT id, chapter_id, fund_id, 'OTHER_GOODS', 'SET', 'OLD_BOOKS', entry_id, as_of,
           CASE WHEN reversed_at IS NULL THEN 1000 ELSE 0 END, CASE WHEN reversed_at IS NULL THEN amount ELSE 0 END
    FROM lots
)
INSERT INTO stock_movement (lot_id, entry_id, back, quantity_milli, value_vnd, moved_at)
SELECT id, entry_id, false, 1000, amount, recorded_at FROM lots
UNION ALL
SELECT id, entry_id, true, -1000, -amount, reversed_at FROM lots WHERE reversed_at IS NOT NULL;

INSERT INTO stock_on_hand (chapter_id, fund_id, item, unit, quantity_milli, value_vnd)
SELECT chapter_id, fund_id, item, unit, sum(quantity_milli), sum(value_vnd) FROM stock_lot GROUP BY 1, 2, 3, 4;

-- Papers of adjustments and counts. The check is written anew from what it says.
DO $$
DECLARE d text;
BEGIN
    SELECT regexp_replace(pg_get_constraintdef(oid), '\]\)', ', ''STOCK_ADJUSTMENT''::text])') INTO STRICT d FROM pg_constraint WHERE conname = 'document_purpose_known';
    EXECUTE 'ALTER TABLE document DROP CONSTRAINT document_purpose_known, ADD CONSTRAINT document_purpose_known ' || d;
    SELECT regexp_replace(pg_get_constraintdef(oid), '\]\)', ', ''STOCK_ADJUSTMENT''::text])') INTO STRICT d FROM pg_constraint WHERE conname = 'document_link_subject_known';
    EXECUTE 'ALTER TABLE document_link DROP CONSTRAINT document_link_subject_known, ADD CONSTRAINT document_link_subject_known ' || d;
END $$;
