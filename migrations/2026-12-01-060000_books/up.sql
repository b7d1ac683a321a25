-- What each account was debited and credited, by day and by month: of a chapter alone, and with everything below it. Folded
-- behind the requests from the entries in the order of the log (`account_folded`): who reads adds what came after, so it is
-- right at every moment, and whoever books waits for nobody.
CREATE TABLE account_by_day (
    scope_id       uuid NOT NULL,
    day            date NOT NULL,
    fund_id        integer NOT NULL,
    account        text NOT NULL,
    own_debit      bigint NOT NULL,
    own_credit     bigint NOT NULL,
    subtree_debit  bigint NOT NULL,
    subtree_credit bigint NOT NULL
);
CREATE TABLE account_by_month (
    scope_id       uuid NOT NULL,
    month          date NOT NULL,
    fund_id        integer NOT NULL,
    account        text NOT NULL,
    own_debit      bigint NOT NULL,
    own_credit     bigint NOT NULL,
    subtree_debit  bigint NOT NULL,
    subtree_credit bigint NOT NULL,
    CONSTRAINT account_by_month_first_day CHECK (extract(day FROM month) = 1)
);
-- So many leaves of the log are in the two.
CREATE TABLE account_folded (
    one  boolean NOT NULL DEFAULT true,
    size bigint NOT NULL,
    CONSTRAINT account_folded_pk PRIMARY KEY (one),
    CONSTRAINT account_folded_one CHECK (one),
    CONSTRAINT account_folded_size_counts CHECK (size >= 0)
);
INSERT INTO account_by_day
SELECT a.ancestor_id, o.day, o.fund_id, o.account, coalesce(sum(o.debit) FILTER (WHERE a.depth = 0), 0), coalesce(sum(o.credit) FILTER (WHERE a.depth = 0), 0),
       sum(o.debit), sum(o.credit)
FROM (SELECT e.chapter_id, e.day, p.fund_id, p.account, sum(greatest(p.amount, 0)) AS debit, sum(greatest(-p.amount, 0)) AS credit
      FROM log_leaf l JOIN entry e ON e.code = l.entry JOIN posting p ON p.entry_id = e.id GROUP BY 1, 2, 3, 4) o
JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4;
INSERT INTO account_by_month
SELECT scope_id, date_trunc('month', day::timestamp)::date, fund_id, account, sum(own_debit), sum(own_credit), sum(subtree_debit), sum(subtree_credit)
FROM account_by_day GROUP BY 1, 2, 3, 4;
INSERT INTO account_folded (size) SELECT size FROM log_head;
ALTER TABLE account_by_day ADD CONSTRAINT account_by_day_pk PRIMARY KEY (scope_id, day, fund_id, account);
ALTER TABLE account_by_month ADD CONSTRAINT account_by_month_pk PRIMARY KEY (scope_id, month, fund_id, account);
-- The days on which one account moved.
CREATE INDEX account_by_day_account_idx ON account_by_day (scope_id, account, day);
CREATE TRIGGER account_by_day_stays BEFORE DELETE OR TRUNCATE ON account_by_day FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_by_month_stays BEFORE DELETE OR TRUNCATE ON account_by_month FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_folded_stays BEFORE DELETE OR TRUNCATE ON account_folded FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The numbers that the ministry's charts give our accounts, from a day on. Only what was read in the circular itself stands here; an
-- account without a row is printed with its name alone.
CREATE TABLE statutory_account (
    regime     text NOT NULL,
    account    text NOT NULL,
    valid_from date NOT NULL,
    number     text NOT NULL,
    name       text NOT NULL,
    CONSTRAINT statutory_account_pk PRIMARY KEY (account, valid_from),
    CONSTRAINT statutory_account_number_form CHECK (number ~ '^[0-9]{3,5}$')
);
CREATE TRIGGER statutory_account_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statutory_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO statutory_account (regime, account, valid_from, number, name) VALUES
    ('CIRCULAR_107_2017', 'CASH_ON_HAND', '2018-01-01', '111', 'Tiền mặt'),
    ('CIRCULAR_107_2017', 'BANK', '2018-01-01', '112', 'Tiền gửi ngân hàng, kho bạc'),
    ('CIRCULAR_107_2017', 'IN_TRANSIT', '2018-01-01', '113', 'Tiền đang chuyển');
