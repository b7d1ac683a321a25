-- Money out: every kind and account of the plan, totals by measure, and one guard for what comes and goes by bank.
ALTER TABLE entry
    DROP CONSTRAINT entry_kind_known,
    ADD CONSTRAINT entry_kind_known CHECK (kind IN ('GIFT_CASH', 'GIFT_BANK', 'GIFT_IN_KIND', 'GIFT_AGGREGATE', 'REVERSAL', 'OPENING_BALANCE',
        'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE', 'ADVANCE_CLEARING', 'PAYMENT', 'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS',
        'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'REFUND', 'DUES', 'INCOME', 'CASH_DEPOSIT', 'CASH_WITHDRAWAL', 'BANK_CONFIRMATION', 'CASH_COUNT_DIFFERENCE',
        'INTEREST', 'BANK_FEE'));
ALTER TABLE posting
    DROP CONSTRAINT posting_account_known,
    ADD CONSTRAINT posting_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'RECEIVABLE_OTHER', 'ADVANCE',
        'GOODS_IN_STOCK', 'PAYABLE', 'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'OPERATING_EXPENSE', 'INTERCHAPTER',
        'INTERFUND', 'DUES_INCOME', 'OTHER_INCOME', 'REFUNDED', 'LOSS'));

-- That a posting belongs to an entry and to a fund is asked once for a statement and not row by row by foreign keys, which
-- cost a twentieth of a gift. Entries and funds are never deleted, so it stays true.
ALTER TABLE posting DROP CONSTRAINT posting_entry_fk, DROP CONSTRAINT posting_fund_fk;
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
        SELECT w.*, e.posting_count, e.reverses
        FROM (SELECT entry_id, count(*) AS written, min(n) AS first, max(n) AS last FROM added GROUP BY entry_id) w
        -- One index look-up an entry: a plain join may be planned as a walk over the whole ledger.
        LEFT JOIN LATERAL (SELECT h.posting_count, h.reverses FROM entry h WHERE h.id = w.entry_id LIMIT 1) e ON true
    LOOP
        bad := one.entry_id;
        IF one.posting_count IS NULL THEN
            RAISE EXCEPTION 'there is no entry %', bad USING ERRCODE = '23503', CONSTRAINT = 'posting_entry_fk';
        END IF;
        IF one.first <> 1 OR one.last <> one.written OR one.written <> one.posting_count THEN
            RAISE EXCEPTION 'entry % is not written whole', bad USING ERRCODE = '23514', CONSTRAINT = 'posting_written_whole';
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

-- What only some kinds say of an entry, and what it adds to the measures: of every entry that is no gift. All of it public.
CREATE TABLE entry_detail (
    code       text NOT NULL,
    of_code    text,
    to_chapter text,
    category   text,
    reason     text,
    list_code  text,
    counted    integer,
    root       bytea,
    measures   jsonb NOT NULL,
    CONSTRAINT entry_detail_pk PRIMARY KEY (code),
    CONSTRAINT entry_detail_code_fk FOREIGN KEY (code) REFERENCES entry (code),
    CONSTRAINT entry_detail_of_code_fk FOREIGN KEY (of_code) REFERENCES entry (code),
    CONSTRAINT entry_detail_to_chapter_fk FOREIGN KEY (to_chapter) REFERENCES chapter (code),
    CONSTRAINT entry_detail_counted_positive CHECK (counted > 0),
    CONSTRAINT entry_detail_root_is_hash CHECK (length(root) = 32),
    CONSTRAINT entry_detail_measures_object CHECK (jsonb_typeof(measures) = 'object')
);
CREATE INDEX entry_detail_of_code_idx ON entry_detail (of_code);
CREATE INDEX entry_detail_to_chapter_idx ON entry_detail (to_chapter);
CREATE TRIGGER entry_detail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_detail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO entry_detail (code, measures)
SELECT e.code, CASE WHEN p.opened IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('OPENED', p.opened) END
FROM entry e
LEFT JOIN entry o ON o.id = e.reverses
LEFT JOIN (SELECT entry_id, -sum(amount)::bigint AS opened FROM posting WHERE account = 'FUND_BALANCE' GROUP BY 1 HAVING sum(amount) <> 0) p ON p.entry_id = e.id
WHERE coalesce(o.kind, e.kind) = 'OPENING_BALANCE';

-- The guards: cash, goods and advances each alone, what comes and goes by bank together.
ALTER TABLE balance
    DROP CONSTRAINT balance_account_known,
    ADD CONSTRAINT balance_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'RECEIVABLE_OTHER', 'ADVANCE',
        'GOODS_IN_STOCK', 'PAYABLE', 'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'OPERATING_EXPENSE', 'INTERCHAPTER',
        'INTERFUND', 'DUES_INCOME', 'OTHER_INCOME', 'REFUNDED', 'LOSS', 'BANK_GROUP')),
    DROP CONSTRAINT balance_outflow_covered,
    ADD CONSTRAINT balance_outflow_covered CHECK (amount_vnd >= 0 OR account NOT IN ('CASH_ON_HAND', 'GOODS_IN_STOCK', 'ADVANCE', 'BANK_GROUP'));
INSERT INTO balance (chapter_id, fund_id, account, amount_vnd)
SELECT chapter_id, fund_id, 'BANK_GROUP', sum(amount_vnd) FROM balance WHERE account IN ('BANK', 'IN_TRANSIT') GROUP BY 1, 2;

-- Totals by measure. They are added up anew from the postings and compared with what stood there.
CREATE TABLE total_by_day (
    scope_id      uuid NOT NULL,
    fund_id       integer NOT NULL,
    measure       text NOT NULL,
    part          text NOT NULL,
    day           date NOT NULL,
    own_vnd       bigint NOT NULL,
    own_count     bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    subtree_count bigint NOT NULL,
    CONSTRAINT total_by_day_measure_known CHECK (measure IN ('RECEIVED', 'OPENED', 'OTHER_INCOME', 'RELEASED', 'TAKEN_OVER', 'SENT', 'HANDED_OUT', 'PAID',
        'REFUNDED', 'LOST'))
);
CREATE TABLE total_overall (
    scope_id      uuid NOT NULL,
    fund_id       integer NOT NULL,
    measure       text NOT NULL,
    part          text NOT NULL,
    own_vnd       bigint NOT NULL,
    own_count     bigint NOT NULL,
    subtree_vnd   bigint NOT NULL,
    subtree_count bigint NOT NULL,
    CONSTRAINT total_overall_measure_known CHECK (measure IN ('RECEIVED', 'OPENED', 'OTHER_INCOME', 'RELEASED', 'TAKEN_OVER', 'SENT', 'HANDED_OUT', 'PAID',
        'REFUNDED', 'LOST'))
);
INSERT INTO total_by_day
SELECT a.ancestor_id, fund_id, measure, part, day, coalesce(sum(vnd) FILTER (WHERE a.depth = 0), 0), coalesce(sum(n) FILTER (WHERE a.depth = 0), 0), sum(vnd), sum(n)
FROM (SELECT e.chapter_id, p.fund_id, p.measure, e.day, CASE p.measure WHEN 'RECEIVED' THEN coalesce(e.channel, '') ELSE '' END AS part,
             sum(p.amount) AS vnd, sum(CASE WHEN e.kind = 'REVERSAL' THEN -1 ELSE 1 END) AS n
      FROM (SELECT entry_id, fund_id, CASE account WHEN 'FUND_BALANCE' THEN 'OPENED' ELSE 'RECEIVED' END AS measure, -sum(amount) AS amount
            FROM posting WHERE account IN ('DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE') GROUP BY 1, 2, 3 HAVING sum(amount) <> 0) p
      JOIN entry e ON e.id = p.entry_id GROUP BY 1, 2, 3, 4, 5) own
JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4, 5;
INSERT INTO total_overall
SELECT scope_id, fund_id, measure, part, sum(own_vnd), sum(own_count), sum(subtree_vnd), sum(subtree_count) FROM total_by_day GROUP BY 1, 2, 3, 4;
DO $$
DECLARE wrong bigint;
BEGIN
    IF current_setting('so_nhan_ai.rebuild_totals', true) IS DISTINCT FROM 'on' THEN
        SELECT (SELECT count(*) FROM (SELECT * FROM total_by_day WHERE measure = 'RECEIVED') w
                FULL JOIN received_by_day t ON (t.scope_id, t.fund_id, t.channel, t.day) = (w.scope_id, w.fund_id, w.part, w.day)
                WHERE (t.own_vnd, t.own_count, t.subtree_vnd, t.subtree_count) IS DISTINCT FROM (w.own_vnd, w.own_count, w.subtree_vnd, w.subtree_count))
             + (SELECT count(*) FROM (SELECT * FROM total_overall WHERE measure = 'RECEIVED') w
                FULL JOIN received_overall t ON (t.scope_id, t.fund_id, t.channel) = (w.scope_id, w.fund_id, w.part)
                WHERE (t.own_vnd, t.own_count, t.subtree_vnd, t.subtree_count) IS DISTINCT FROM (w.own_vnd, w.own_count, w.subtree_vnd, w.subtree_count))
        INTO wrong;
        IF wrong > 0 THEN
            RAISE EXCEPTION '% stored totals are not the sums of the postings; nothing was changed. `so-nhan-ai audit --database` of the version before names them; `so-nhan-ai migrate --rebuild-totals` goes on with the sums of the postings', wrong
                USING ERRCODE = '23514', CONSTRAINT = 'total_moved_right';
        END IF;
    END IF;
END $$;
ALTER TABLE total_by_day ADD CONSTRAINT total_by_day_pk PRIMARY KEY (scope_id, fund_id, measure, part, day);
ALTER TABLE total_overall ADD CONSTRAINT total_overall_pk PRIMARY KEY (scope_id, fund_id, measure, part);
CREATE INDEX total_by_day_day_idx ON total_by_day (scope_id, day);
CREATE TRIGGER total_by_day_stays BEFORE DELETE OR TRUNCATE ON total_by_day FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER total_overall_stays BEFORE DELETE OR TRUNCATE ON total_overall FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DROP TABLE received_by_day, received_overall;
GRANT SELECT ON entry_detail, total_by_day, total_overall TO so_nhan_ai_public;

-- Whatever is reversed is counted by its kind.
ALTER TABLE reversal_by_month DROP CONSTRAINT reversal_by_month_original_known,
    ADD CONSTRAINT reversal_by_month_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE', 'ADVANCE_CLEARING', 'PAYMENT',
        'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS', 'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'REFUND', 'DUES', 'INCOME', 'CASH_DEPOSIT', 'CASH_WITHDRAWAL', 'BANK_CONFIRMATION',
        'CASH_COUNT_DIFFERENCE', 'INTEREST', 'BANK_FEE'));
ALTER TABLE reversal_overall DROP CONSTRAINT reversal_overall_original_known,
    ADD CONSTRAINT reversal_overall_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE', 'ADVANCE_CLEARING', 'PAYMENT',
        'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS', 'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'REFUND', 'DUES', 'INCOME', 'CASH_DEPOSIT', 'CASH_WITHDRAWAL', 'BANK_CONFIRMATION',
        'CASH_COUNT_DIFFERENCE', 'INTEREST', 'BANK_FEE'));
ALTER TABLE reversal_by_officer DROP CONSTRAINT reversal_by_officer_original_known,
    ADD CONSTRAINT reversal_by_officer_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE', 'ADVANCE_CLEARING', 'PAYMENT',
        'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS', 'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'REFUND', 'DUES', 'INCOME', 'CASH_DEPOSIT', 'CASH_WITHDRAWAL', 'BANK_CONFIRMATION',
        'CASH_COUNT_DIFFERENCE', 'INTEREST', 'BANK_FEE'));
