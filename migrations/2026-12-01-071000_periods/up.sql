-- Months that are closed. Asked for by one person and approved by another; from then on its figures are stated and stand.
CREATE TABLE period_closing (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    month        date NOT NULL,
    state        text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT period_closing_pk PRIMARY KEY (id),
    CONSTRAINT period_closing_place_key UNIQUE (id, chapter_id, month),
    CONSTRAINT period_closing_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT period_closing_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT period_closing_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT period_closing_month_is_one CHECK (extract(day FROM month) = 1),
    CONSTRAINT period_closing_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT period_closing_decided_whole CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
-- A month is asked for once at a time, and closed once.
CREATE UNIQUE INDEX period_closing_standing_key ON period_closing (chapter_id, month) WHERE state IN ('ASKED', 'APPROVED');
CREATE INDEX period_closing_chapter_idx ON period_closing (chapter_id, month);
CREATE INDEX period_closing_requested_by_idx ON period_closing (requested_by);
CREATE INDEX period_closing_decided_by_idx ON period_closing (decided_by);
CREATE FUNCTION period_closing_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.chapter_id, OLD.month, OLD.requested_by, OLD.requested_at)
            IS DISTINCT FROM (NEW.id, NEW.chapter_id, NEW.month, NEW.requested_by, NEW.requested_at) OR OLD.state <> 'ASKED' THEN
        RAISE EXCEPTION 'a request keeps what was asked and is decided once' USING ERRCODE = '23514', CONSTRAINT = 'period_closing_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER period_closing_keeps BEFORE UPDATE ON period_closing FOR EACH ROW EXECUTE FUNCTION period_closing_keeps();
CREATE TRIGGER period_closing_stays BEFORE DELETE OR TRUNCATE ON period_closing FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A closed month: the size of the log below which its entries count, the root of the tree at that size, and the statement.
CREATE TABLE closed_period (
    chapter_id uuid NOT NULL,
    month      date NOT NULL,
    closing_id uuid NOT NULL,
    size       bigint NOT NULL,
    root       bytea NOT NULL,
    entries    bigint NOT NULL,
    late       bigint NOT NULL,
    statement  text NOT NULL,
    closed_at  timestamptz NOT NULL,
    CONSTRAINT closed_period_pk PRIMARY KEY (chapter_id, month),
    CONSTRAINT closed_period_closing_key UNIQUE (closing_id),
    CONSTRAINT closed_period_statement_key UNIQUE (statement),
    CONSTRAINT closed_period_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT closed_period_closing_fk FOREIGN KEY (closing_id, chapter_id, month) REFERENCES period_closing (id, chapter_id, month),
    CONSTRAINT closed_period_statement_fk FOREIGN KEY (statement) REFERENCES statement (code),
    CONSTRAINT closed_period_month_is_one CHECK (extract(day FROM month) = 1),
    CONSTRAINT closed_period_root_is_hash CHECK (length(root) = 32),
    CONSTRAINT closed_period_counts_fit CHECK (size >= 0 AND entries >= late AND late >= 0),
    CONSTRAINT closed_period_is_over CHECK (((closed_at AT TIME ZONE 'UTC') + interval '7 hours')::date >= (month + interval '1 month')::date)
);
CREATE INDEX closed_period_closing_idx ON closed_period (closing_id, chapter_id, month);
CREATE TRIGGER closed_period_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closed_period
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Months close one after the other, and the log has grown meanwhile.
CREATE FUNCTION closed_period_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest record;
BEGIN
    -- One after the other also where two first months are closed at one moment.
    PERFORM pg_advisory_xact_lock(hashtextextended('closed_period ' || NEW.chapter_id, 0));
    SELECT month, size INTO newest FROM closed_period c WHERE c.chapter_id = NEW.chapter_id ORDER BY month DESC LIMIT 1;
    IF FOUND AND (NEW.month <> (newest.month + interval '1 month')::date OR NEW.size < newest.size) THEN
        RAISE EXCEPTION 'months close one after the other' USING ERRCODE = '23514', CONSTRAINT = 'closed_period_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_period_follows BEFORE INSERT ON closed_period FOR EACH ROW EXECUTE FUNCTION closed_period_follows();
GRANT SELECT (chapter_id, month, size, entries, late, statement) ON closed_period TO so_nhan_ai_public;

-- Entries that came late for a closing are looked for among those recorded since. Rows lie in the order of time, so this index
-- costs a gift next to nothing.
CREATE INDEX entry_recorded_at_idx ON entry USING brin (recorded_at);
