-- One cash gift, as a team would write it: the same rows as one gift of the product, one transaction, plain statements,
-- every constraint, index and trigger of the real schema. Client-made values (ids, code, leaf, hashes, sealed bytes) come as
-- parameters, so PostgreSQL does here what it has to do in the product and nothing else. What many gifts share (totals of the
-- province and the centre) comes last, so that locks on it are held as short as a transaction of its own allows.
--
-- :places   how many of the places in the arrays below take part (1: one hot appeal)
-- :chapters, :codes, :grassroots, :provinces, :appeal_ids, :appeals, :fund_ids, :funds, :accounts   one element a place
\set k random(1, :places)
\set code random(10000000000000000, 99999999999999999)
\set b random(1000000000000000, 9999999999999999)
\set c random(1000000000000000, 9999999999999999)
\set amount random(100, 999) * 1000
BEGIN;
INSERT INTO log_pending (entry, leaf, leaf_hash) VALUES (:code::text, :leaf::bytea, :hash::bytea) RETURNING seq \gset
INSERT INTO entry (id, code, kind, chapter_id, channel, day, recorded_by, posting_count, booked, recorded_at)
    VALUES ((lpad(:seq::text, 16, '0') || :c::text)::uuid, :code::text, 'GIFT_CASH', (:chapters::uuid[])[:k::int], 'CASH', :day::date, :recorder::uuid, 2, :day::date, now());
INSERT INTO posting (entry_id, n, account, fund_id, amount)
    VALUES ((lpad(:seq::text, 16, '0') || :c::text)::uuid, 1, 'CASH_ON_HAND', (:fund_ids::int4[])[:k::int], :amount::int8),
           ((lpad(:seq::text, 16, '0') || :c::text)::uuid, 2, (:accounts::text[])[:k::int], (:fund_ids::int4[])[:k::int], -(:amount::int8));
INSERT INTO gift (id, entry_id, chapter_id, appeal_id, channel, amount_vnd, received_on, display, request_hash, recorded_by, recorded_at)
    VALUES ((:b::text || :c::text)::uuid, (lpad(:seq::text, 16, '0') || :c::text)::uuid, (:chapters::uuid[])[:k::int], (:appeal_ids::uuid[])[:k::int], 'CASH', :amount::int8,
            :day::date, 'ANONYMOUS', :hash::bytea, :recorder::uuid, now());
INSERT INTO pd_opening (entry, sealed) VALUES (:code::text, :sealed::bytea);
INSERT INTO public_entry (seq, code, kind, channel, chapter, grassroots, province, appeal, fund, day, booked, amount_vnd, leaf_hash, words)
    VALUES (:seq::int8, :code::text, 'GIFT_CASH', 'CASH', (:codes::text[])[:k::int], (:grassroots::text[])[:k::int], (:provinces::text[])[:k::int], (:appeals::text[])[:k::int],
            (:funds::text[])[:k::int], :day::date, :day::date, :amount::int8, :hash::bytea, array_to_tsvector(string_to_array(:words::text, ' ')));
INSERT INTO audit_event (at, account_id, action, subject, chapter_id)
    VALUES (now(), :recorder::uuid, 'GIFT_RECORDED', (:b::text || :c::text)::uuid, (:chapters::uuid[])[:k::int]);
INSERT INTO number_series AS s (chapter_id, document, year, last_no)
    VALUES ((:chapters::uuid[])[:k::int], 'CASH_RECEIPT', extract(year FROM :day::date)::int2, 1)
    ON CONFLICT (chapter_id, document, year) DO UPDATE SET last_no = s.last_no + 1 RETURNING last_no AS no \gset
INSERT INTO cash_receipt (chapter_id, year, no, entry_id, issued_on, issued_at, issued_by)
    VALUES ((:chapters::uuid[])[:k::int], extract(year FROM :day::date)::int2, :no::int8, (lpad(:seq::text, 16, '0') || :c::text)::uuid, :day::date, now(), :recorder::uuid);
INSERT INTO balance AS t (chapter_id, fund_id, account, amount_vnd)
    VALUES ((:chapters::uuid[])[:k::int], (:fund_ids::int4[])[:k::int], 'CASH_ON_HAND', :amount::int8),
           ((:chapters::uuid[])[:k::int], (:fund_ids::int4[])[:k::int], (:accounts::text[])[:k::int], -(:amount::int8))
    ON CONFLICT (chapter_id, fund_id, account) DO UPDATE SET amount_vnd = t.amount_vnd + excluded.amount_vnd;
INSERT INTO total_by_day AS t (scope_id, fund_id, measure, part, day, own_vnd, own_count, subtree_vnd, subtree_count)
    SELECT ancestor_id, (:fund_ids::int4[])[:k::int], 'RECEIVED', 'CASH', :day::date, CASE depth WHEN 0 THEN :amount::int8 ELSE 0 END, CASE depth WHEN 0 THEN 1 ELSE 0 END, :amount::int8, 1
    FROM chapter_ancestor WHERE chapter_id = (:chapters::uuid[])[:k::int] ORDER BY depth
    ON CONFLICT (scope_id, fund_id, measure, part, day) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
        subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count;
INSERT INTO total_overall AS t (scope_id, fund_id, measure, part, own_vnd, own_count, subtree_vnd, subtree_count)
    SELECT ancestor_id, (:fund_ids::int4[])[:k::int], 'RECEIVED', 'CASH', CASE depth WHEN 0 THEN :amount::int8 ELSE 0 END, CASE depth WHEN 0 THEN 1 ELSE 0 END, :amount::int8, 1
    FROM chapter_ancestor WHERE chapter_id = (:chapters::uuid[])[:k::int] ORDER BY depth
    ON CONFLICT (scope_id, fund_id, measure, part) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
        subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count;
COMMIT;
