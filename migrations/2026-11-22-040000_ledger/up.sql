-- The append-only double-entry ledger (DESIGN 5). The rule core in src/ledger decides; this file enforces it again.
CREATE TABLE fund (
    id          integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    code        text NOT NULL,
    restriction text NOT NULL,
    appeal      text,
    CONSTRAINT fund_pk PRIMARY KEY (id),
    CONSTRAINT fund_code_key UNIQUE (code),
    CONSTRAINT fund_restriction_known CHECK (restriction IN ('GENERAL', 'APPEAL', 'EARMARKED', 'OPERATING', 'QUARANTINE', 'STATUTORY')),
    CONSTRAINT fund_appeal_has_code CHECK (appeal IS NOT NULL OR restriction <> 'APPEAL')
);
CREATE INDEX fund_appeal_idx ON fund (appeal);
INSERT INTO fund (code, restriction) VALUES ('GENERAL', 'GENERAL'), ('OPERATING', 'OPERATING');

CREATE TABLE entry (
    id            uuid NOT NULL,
    code          text NOT NULL,
    kind          text NOT NULL,
    chapter_id    uuid NOT NULL,
    channel       text,
    day           date NOT NULL,
    booked        date NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   uuid NOT NULL,
    posting_count smallint NOT NULL,
    reverses      uuid,
    reason        text,
    CONSTRAINT entry_pk PRIMARY KEY (id),
    CONSTRAINT entry_code_key UNIQUE (code),
    CONSTRAINT entry_reverses_key UNIQUE (reverses),
    CONSTRAINT entry_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT entry_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT entry_reverses_fk FOREIGN KEY (reverses) REFERENCES entry (id),
    CONSTRAINT entry_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$'),
    CONSTRAINT entry_kind_known CHECK (kind IN ('GIFT_CASH', 'GIFT_BANK', 'GIFT_IN_KIND', 'GIFT_AGGREGATE', 'BANK_CONFIRMATION', 'CASH_DEPOSIT',
        'CASH_COUNT_DIFFERENCE', 'INTEREST', 'BANK_FEE', 'REFUND', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE',
        'ADVANCE_CLEARING', 'PAYMENT', 'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS', 'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'DUES', 'OPENING_BALANCE',
        'PERIOD_CLOSE', 'REVERSAL')),
    CONSTRAINT entry_channel_known CHECK (channel IN ('CASH', 'BANK_TRANSFER', 'IN_KIND', 'SMS', 'E_WALLET')),
    CONSTRAINT entry_day_not_future CHECK (day <= booked),
    -- Vietnam is seven hours ahead of UTC all year.
    CONSTRAINT entry_booked_when_recorded CHECK (booked = ((recorded_at AT TIME ZONE 'UTC') + interval '7 hours')::date),
    CONSTRAINT entry_posting_count_bounded CHECK (posting_count BETWEEN 2 AND 200),
    CONSTRAINT entry_reversal_names_original CHECK ((kind = 'REVERSAL') = (reverses IS NOT NULL)),
    CONSTRAINT entry_reversal_has_reason CHECK (kind <> 'REVERSAL' OR reason IS NOT NULL)
);
CREATE INDEX entry_chapter_day_idx ON entry (chapter_id, day);

CREATE TABLE posting (
    entry_id uuid NOT NULL,
    n        smallint NOT NULL,
    account  text NOT NULL,
    fund_id  integer NOT NULL,
    amount   bigint NOT NULL,
    CONSTRAINT posting_pk PRIMARY KEY (entry_id, n),
    CONSTRAINT posting_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT posting_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT posting_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'RECEIVABLE_OTHER', 'ADVANCE', 'GOODS_IN_STOCK', 'PAYABLE',
        'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'INTERCHAPTER', 'INTERFUND', 'DUES_INCOME', 'OPERATING_EXPENSE')),
    CONSTRAINT posting_amount_bounded CHECK (amount <> 0 AND amount BETWEEN -1000000000000000 AND 1000000000000000)
);
-- A header without postings can not commit: it refers to its own last posting.
ALTER TABLE entry ADD CONSTRAINT entry_has_last_posting FOREIGN KEY (id, posting_count)
    REFERENCES posting (entry_id, n) DEFERRABLE INITIALLY DEFERRED;

-- All postings of an entry are written by one statement, balanced per fund, numbered 1..posting_count; a reversal
-- mirrors its original to the đồng. With the primary key this also means: nothing can be added to an entry later.
-- Other tables are asked by scalar subqueries, one index look-up a row: a join with a transition table may be planned as
-- a walk over the whole ledger.
CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad uuid;
BEGIN
    SELECT entry_id INTO bad FROM added GROUP BY entry_id, fund_id HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance per fund', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_balances_per_fund';
    END IF;
    SELECT w.entry_id INTO bad
    FROM (SELECT entry_id, count(*) AS written, min(n) AS first, max(n) AS last FROM added GROUP BY entry_id) w
    WHERE w.first <> 1 OR w.last <> w.written OR w.written <> (SELECT e.posting_count FROM entry e WHERE e.id = w.entry_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
    END IF;
    FOR bad IN SELECT a.entry_id FROM added a WHERE a.n = 1 AND (SELECT e.reverses FROM entry e WHERE e.id = a.entry_id) IS NOT NULL LOOP
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
CREATE TRIGGER posting_balances AFTER INSERT ON posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_balances();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fund_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Caches of the postings, kept in the same transaction. Money and goods can not be paid out below zero.
CREATE TABLE balance (
    chapter_id uuid NOT NULL,
    fund_id    integer NOT NULL,
    account    text NOT NULL,
    amount_vnd bigint NOT NULL,
    CONSTRAINT balance_pk PRIMARY KEY (chapter_id, fund_id, account),
    CONSTRAINT balance_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT balance_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT balance_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'RECEIVABLE_OTHER', 'ADVANCE', 'GOODS_IN_STOCK', 'PAYABLE',
        'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'INTERCHAPTER', 'INTERFUND', 'DUES_INCOME', 'OPERATING_EXPENSE')),
    CONSTRAINT balance_outflow_covered CHECK (amount_vnd >= 0 OR account NOT IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'GOODS_IN_STOCK'))
);

CREATE TRIGGER balance_stays BEFORE DELETE OR TRUNCATE ON balance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a place received, by fund and channel: its own and with everything below it. One row a day, one row overall,
-- so that neither a province nor the nation is ever summed up on a request.
CREATE TABLE received_by_day (
    scope_id      uuid NOT NULL,
    fund_id       integer NOT NULL,
    channel       text NOT NULL,
    day           date NOT NULL,
    own_vnd       bigint NOT NULL,
    own_count     bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    subtree_count bigint NOT NULL,
    CONSTRAINT received_by_day_pk PRIMARY KEY (scope_id, fund_id, channel, day)
);
CREATE INDEX received_by_day_day_idx ON received_by_day (scope_id, day);
CREATE TABLE received_overall (
    scope_id      uuid NOT NULL,
    fund_id       integer NOT NULL,
    channel       text NOT NULL,
    own_vnd       bigint NOT NULL,
    own_count     bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    subtree_count bigint NOT NULL,
    CONSTRAINT received_overall_pk PRIMARY KEY (scope_id, fund_id, channel)
);

CREATE TRIGGER received_by_day_stays BEFORE DELETE OR TRUNCATE ON received_by_day FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER received_overall_stays BEFORE DELETE OR TRUNCATE ON received_overall FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Exactly what may be shown of an entry (DESIGN 9), and the words it is found by, built from this row alone.
-- province/grassroots are the chapters at depth 1 and 2 above the entry's chapter: one indexed column for each
-- width of a subtree search.
CREATE TABLE public_entry (
    seq           bigint NOT NULL,
    code          text NOT NULL,
    kind          text NOT NULL,
    channel       text,
    chapter       text NOT NULL,
    grassroots    text,
    province      text,
    appeal        text,
    fund          text NOT NULL,
    day           date NOT NULL,
    booked        date NOT NULL,
    amount_vnd    bigint NOT NULL,
    giver         text,
    goods         jsonb,
    message_count integer,
    reverses      text,
    reason        text,
    leaf_hash     bytea NOT NULL,
    words         tsvector NOT NULL,
    CONSTRAINT public_entry_pk PRIMARY KEY (seq),
    CONSTRAINT public_entry_code_key UNIQUE (code)
);
CREATE UNIQUE INDEX public_entry_reverses_key ON public_entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX public_entry_appeal_idx ON public_entry (appeal, seq) WHERE appeal IS NOT NULL;
CREATE INDEX public_entry_province_idx ON public_entry (province, seq);
CREATE INDEX public_entry_grassroots_idx ON public_entry (grassroots, seq);
CREATE INDEX public_entry_day_idx ON public_entry (day, seq);
CREATE INDEX public_entry_amount_idx ON public_entry (amount_vnd, seq);
-- A long list of words not yet merged into the index would make every search read it: keep it short.
CREATE INDEX public_entry_words_idx ON public_entry USING gin (words) WITH (gin_pending_list_limit = 256);

-- Only the giver's name may change or go (and with it the words): that is a right the giver has.
CREATE FUNCTION public_entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{giver,words}'::text[] <> to_jsonb(OLD) - '{giver,words}'::text[] THEN
        RAISE EXCEPTION 'a public entry keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'public_entry_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER public_entry_keeps BEFORE UPDATE ON public_entry FOR EACH ROW EXECUTE FUNCTION public_entry_keeps();
CREATE TRIGGER public_entry_append_only BEFORE DELETE OR TRUNCATE ON public_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
