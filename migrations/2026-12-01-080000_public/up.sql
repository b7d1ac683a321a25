-- What is left, by account, of a place and everything below it: the public asks for it of the whole country, and adding up the
-- balances of three thousand chapters takes too long. A gift writes nothing here: where it lies follows from its channel, and
-- what was received is kept by channel already.
CREATE TABLE left_overall (
    scope_id    uuid NOT NULL,
    fund_id     integer NOT NULL,
    account     text NOT NULL,
    own_vnd     bigint NOT NULL,
    subtree_vnd bigint NOT NULL,
    CONSTRAINT left_overall_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'GOODS_IN_STOCK', 'RECEIVABLE_OTHER',
        'ADVANCE', 'PAYABLE'))
);
INSERT INTO left_overall (scope_id, fund_id, account, own_vnd, subtree_vnd)
SELECT a.ancestor_id, p.fund_id, p.account, coalesce(sum(p.amount) FILTER (WHERE a.depth = 0), 0), sum(p.amount)
FROM entry e LEFT JOIN entry o ON o.id = e.reverses
JOIN posting p ON p.entry_id = e.id
JOIN chapter_ancestor a ON a.chapter_id = e.chapter_id
WHERE coalesce(o.kind, e.kind) NOT IN ('GIFT_CASH', 'GIFT_BANK', 'GIFT_IN_KIND', 'GIFT_AGGREGATE')
  AND p.account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'GOODS_IN_STOCK', 'RECEIVABLE_OTHER', 'ADVANCE', 'PAYABLE')
GROUP BY 1, 2, 3;
ALTER TABLE left_overall ADD CONSTRAINT left_overall_pk PRIMARY KEY (scope_id, fund_id, account);
CREATE TRIGGER left_overall_stays BEFORE DELETE OR TRUNCATE ON left_overall FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON left_overall TO so_nhan_ai_public;
-- What categories are called, for the pages that say what money was spent on.
GRANT SELECT ON money_category TO so_nhan_ai_public;
