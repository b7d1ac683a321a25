-- Advances: what was handed to a named person, until when it is to be cleared, and how much of it is open. Whom it was handed to
-- stands with its order, sealed; everything here is public. Advances of old books came with an opening balance, without a day.
CREATE TABLE advance (
    code       text NOT NULL,
    entry_id   uuid NOT NULL,
    chapter_id uuid NOT NULL,
    fund_id    integer NOT NULL,
    order_id   uuid,
    amount_vnd bigint NOT NULL,
    open_vnd   bigint NOT NULL,
    due_on     date,
    CONSTRAINT advance_pk PRIMARY KEY (code),
    CONSTRAINT advance_code_fk FOREIGN KEY (code) REFERENCES entry (code),
    CONSTRAINT advance_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT advance_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT advance_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT advance_order_fk FOREIGN KEY (order_id) REFERENCES money_order (id),
    CONSTRAINT advance_entry_key UNIQUE (entry_id),
    CONSTRAINT advance_order_key UNIQUE (order_id),
    CONSTRAINT advance_amount_positive CHECK (amount_vnd > 0),
    -- Never more is cleared than is open.
    CONSTRAINT advance_open_within CHECK (open_vnd BETWEEN 0 AND amount_vnd),
    CONSTRAINT advance_due_of_orders CHECK ((order_id IS NULL) = (due_on IS NULL))
);
CREATE INDEX advance_chapter_idx ON advance (chapter_id);
CREATE INDEX advance_fund_idx ON advance (fund_id);
CREATE INDEX advance_open_idx ON advance (chapter_id, due_on, code) WHERE open_vnd > 0;
CREATE FUNCTION advance_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'open_vnd' <> to_jsonb(OLD) - 'open_vnd' THEN
        RAISE EXCEPTION 'an advance stays what it was; only what is open of it moves' USING ERRCODE = '23514', CONSTRAINT = 'advance_content_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER advance_keeps BEFORE UPDATE ON advance FOR EACH ROW EXECUTE FUNCTION advance_keeps();
CREATE TRIGGER advance_append_only BEFORE DELETE OR TRUNCATE ON advance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON advance TO so_nhan_ai_public;

-- Of an advance that is reversed nothing is open, whoever reverses it: its own entry, or an opening balance. What was cleared of it
-- has to be reversed first.
CREATE FUNCTION advance_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Held first: whoever clears it at this moment is seen.
    PERFORM FROM advance WHERE entry_id = NEW.reverses FOR UPDATE;
    IF EXISTS (SELECT FROM advance WHERE entry_id = NEW.reverses AND open_vnd < amount_vnd) THEN
        RAISE EXCEPTION 'advance % is cleared in part', NEW.reverses USING ERRCODE = '23514', CONSTRAINT = 'entry_order_stands';
    END IF;
    UPDATE advance SET open_vnd = 0 WHERE entry_id = NEW.reverses;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_advance_reversed AFTER INSERT ON entry FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION advance_reversed();

-- Within how many days an advance is to be cleared, by the rule of the day on which it was handed out.
CREATE TABLE advance_rule (
    days       smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT advance_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT advance_rule_days_bounded CHECK (days BETWEEN 1 AND 366),
    CONSTRAINT advance_rule_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT advance_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT advance_rule_source_said CHECK (length(source) > 0)
);
INSERT INTO advance_rule (days, valid_from, mark, source)
VALUES (30, '2000-01-01', 'REC', 'No law names a number of days; thirty is what spending rules of public units usually say');

-- What became of an advance, line by line: an entry takes one category. `RETURNED` came back, and stands in the first entry.
CREATE TABLE advance_clearing_line (
    order_id   uuid NOT NULL,
    n          smallint NOT NULL,
    account    text NOT NULL,
    category   text,
    amount_vnd bigint NOT NULL,
    CONSTRAINT advance_clearing_line_pk PRIMARY KEY (order_id, n),
    CONSTRAINT advance_clearing_line_order_fk FOREIGN KEY (order_id) REFERENCES money_order (id),
    CONSTRAINT advance_clearing_line_n_positive CHECK (n BETWEEN 1 AND 21),
    CONSTRAINT advance_clearing_line_account_known CHECK (account IN ('AID_EXPENSE', 'OPERATING_EXPENSE', 'CASH_ON_HAND', 'IN_TRANSIT')),
    CONSTRAINT advance_clearing_line_category_of_costs CHECK ((category IS NOT NULL) = (account IN ('AID_EXPENSE', 'OPERATING_EXPENSE'))),
    CONSTRAINT advance_clearing_line_amount_positive CHECK (amount_vnd > 0)
);
CREATE TRIGGER advance_clearing_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON advance_clearing_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Between which funds money may be released by a decision, by the rule of a day; `needs_conditions`: only with the paper that says
-- under which conditions those who gave agree.
CREATE TABLE fund_release_rule (
    from_restriction text NOT NULL,
    to_restriction   text NOT NULL,
    needs_conditions boolean NOT NULL,
    valid_from       date NOT NULL,
    valid_to         date,
    mark             text NOT NULL,
    source           text NOT NULL,
    CONSTRAINT fund_release_rule_pk PRIMARY KEY (from_restriction, to_restriction, valid_from),
    CONSTRAINT fund_release_rule_from_known CHECK (from_restriction IN ('GENERAL', 'APPEAL', 'EARMARKED', 'OPERATING', 'QUARANTINE', 'STATUTORY')),
    CONSTRAINT fund_release_rule_to_known CHECK (to_restriction IN ('GENERAL', 'APPEAL', 'EARMARKED', 'OPERATING', 'QUARANTINE', 'STATUTORY')),
    CONSTRAINT fund_release_rule_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT fund_release_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT fund_release_rule_source_said CHECK (length(source) > 0)
);
INSERT INTO fund_release_rule (from_restriction, to_restriction, needs_conditions, valid_from, mark, source) VALUES
    ('QUARANTINE', 'GENERAL', false, '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 9(1)(a): what came after the end waits for a decision'),
    ('GENERAL', 'QUARANTINE', false, '2000-01-01', 'REC', 'The way back of a release'),
    ('QUARANTINE', 'APPEAL', false, '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 9(1)(a): what came after the end waits for a decision'),
    ('GENERAL', 'APPEAL', false, '2000-01-01', 'REC', 'The general fund is the Society''s to use for any of its aid'),
    ('APPEAL', 'GENERAL', true, '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 10: what was given for a purpose is used for it; otherwise as those who gave agree'),
    ('APPEAL', 'APPEAL', true, '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 10: what was given for a purpose is used for it; otherwise as those who gave agree'),
    ('APPEAL', 'QUARANTINE', true, '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 10: what was given for a purpose is used for it; otherwise as those who gave agree');

-- A clearing has an entry for each line: those after the second.
ALTER TABLE money_order ADD COLUMN more_entry_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE money_order ADD CONSTRAINT money_order_more_after_other CHECK (more_entry_ids = '{}' OR other_entry_id IS NOT NULL);
CREATE INDEX money_order_more_entries_idx ON money_order USING gin (more_entry_ids);
DO $$
DECLARE def text := pg_get_functiondef('money_order_keeps'::regproc);
BEGIN
    EXECUTE replace(def, ',other_entry_id,', ',other_entry_id,more_entry_ids,');
END $$;
