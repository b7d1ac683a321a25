-- What was bought into stock: the invoice and the goods of a money order of this kind.
CREATE TABLE purchase (
    order_id   uuid NOT NULL,
    invoice_no text,
    invoice_on date,
    CONSTRAINT purchase_pk PRIMARY KEY (order_id),
    CONSTRAINT purchase_order_fk FOREIGN KEY (order_id) REFERENCES money_order (id),
    CONSTRAINT purchase_invoice_no_fits CHECK (length(invoice_no) BETWEEN 1 AND 60)
);
CREATE TRIGGER purchase_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON purchase FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE purchase_line (
    order_id       uuid NOT NULL,
    n              smallint NOT NULL,
    item           text NOT NULL,
    unit           text NOT NULL,
    quantity_milli bigint NOT NULL,
    value_vnd      bigint NOT NULL,
    expires_on     date,
    store_id       uuid,
    CONSTRAINT purchase_line_pk PRIMARY KEY (order_id, n),
    CONSTRAINT purchase_line_purchase_fk FOREIGN KEY (order_id) REFERENCES purchase (order_id),
    CONSTRAINT purchase_line_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT purchase_line_store_fk FOREIGN KEY (store_id) REFERENCES stock_store (id),
    CONSTRAINT purchase_line_positive CHECK (quantity_milli > 0 AND value_vnd > 0)
);
CREATE INDEX purchase_line_item_idx ON purchase_line (item);
CREATE INDEX purchase_line_store_idx ON purchase_line (store_id);
CREATE TRIGGER purchase_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON purchase_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
