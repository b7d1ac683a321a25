-- What was booked by a kind that is gone with this cannot stand in the books of before: the checks refuse it.
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

INSERT INTO received_by_day SELECT scope_id, fund_id, part, day, own_vnd, own_count, subtree_vnd, subtree_count FROM total_by_day WHERE measure = 'RECEIVED';
INSERT INTO received_overall SELECT scope_id, fund_id, part, own_vnd, own_count, subtree_vnd, subtree_count FROM total_overall WHERE measure = 'RECEIVED';
CREATE TRIGGER received_by_day_stays BEFORE DELETE OR TRUNCATE ON received_by_day FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER received_overall_stays BEFORE DELETE OR TRUNCATE ON received_overall FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON received_by_day, received_overall TO so_nhan_ai_public;
DROP TABLE total_by_day, total_overall;

DROP TRIGGER balance_stays ON balance;
DELETE FROM balance WHERE account = 'BANK_GROUP';
CREATE TRIGGER balance_stays BEFORE DELETE OR TRUNCATE ON balance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE balance
    DROP CONSTRAINT balance_account_known,
    ADD CONSTRAINT balance_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'RECEIVABLE_OTHER', 'ADVANCE', 'GOODS_IN_STOCK', 'PAYABLE',
        'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'INTERCHAPTER', 'INTERFUND', 'DUES_INCOME', 'OPERATING_EXPENSE')),
    DROP CONSTRAINT balance_outflow_covered,
    ADD CONSTRAINT balance_outflow_covered CHECK (amount_vnd >= 0 OR account NOT IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'GOODS_IN_STOCK'));

DROP TABLE entry_detail;

CREATE OR REPLACE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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
ALTER TABLE posting
    DROP CONSTRAINT posting_account_known,
    ADD CONSTRAINT posting_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'RECEIVABLE_OTHER', 'ADVANCE', 'GOODS_IN_STOCK', 'PAYABLE',
        'DONATION_RESTRICTED', 'DONATION_UNRESTRICTED', 'FUND_BALANCE', 'AID_EXPENSE', 'INTERCHAPTER', 'INTERFUND', 'DUES_INCOME', 'OPERATING_EXPENSE')),
    ADD CONSTRAINT posting_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    ADD CONSTRAINT posting_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id);
ALTER TABLE entry
    DROP CONSTRAINT entry_kind_known,
    ADD CONSTRAINT entry_kind_known CHECK (kind IN ('GIFT_CASH', 'GIFT_BANK', 'GIFT_IN_KIND', 'GIFT_AGGREGATE', 'BANK_CONFIRMATION', 'CASH_DEPOSIT',
        'CASH_COUNT_DIFFERENCE', 'INTEREST', 'BANK_FEE', 'REFUND', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_RETURN', 'PURCHASE', 'ADVANCE',
        'ADVANCE_CLEARING', 'PAYMENT', 'DISTRIBUTION_CASH', 'DISTRIBUTION_GOODS', 'STOCK_ADJUSTMENT', 'FUND_RELEASE', 'DUES', 'OPENING_BALANCE',
        'PERIOD_CLOSE', 'REVERSAL'));
ALTER TABLE reversal_by_month DROP CONSTRAINT reversal_by_month_original_known,
    ADD CONSTRAINT reversal_by_month_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE'));
ALTER TABLE reversal_overall DROP CONSTRAINT reversal_overall_original_known,
    ADD CONSTRAINT reversal_overall_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE'));
ALTER TABLE reversal_by_officer DROP CONSTRAINT reversal_by_officer_original_known,
    ADD CONSTRAINT reversal_by_officer_original_known CHECK (original IN ('GIFT', 'OPENING_BALANCE'));
