-- One payment in cash, asked for and approved, as a team would write it: the same rows as one payment of the product, in one transaction,
-- plain statements, every constraint, index and trigger of the real schema. (The product takes two, because two people do.) Client-made
-- values come as parameters, so PostgreSQL does here what it has to do in the product and nothing else.
--
-- :chapter, :chapter_code, :province_code, :fund_id, :fund, :asker, :decider, :asker_person, :year
\set code random(10000000000000000, 99999999999999999)
\set b random(1000000000000000, 9999999999999999)
\set c random(1000000000000000, 9999999999999999)
\set amount 1000
BEGIN;
INSERT INTO money_order (id, kind, chapter_id, fund_id, amount_vnd, day, debit, credit, category, particulars, particulars_hash, state, requested_by, requested_at)
    VALUES ((:b::text || :c::text)::uuid, 'PAYMENT', :chapter::uuid, :fund_id::int4, :amount::int8, :day::date, 'AID_EXPENSE', 'CASH_ON_HAND', 'FOOD_WATER_MEDICINE',
            :sealed::bytea, :hash::bytea, 'REQUESTED', :asker::uuid, now());
INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, amount_vnd, not_by, asked_by, asked_at, request_hash, bare_hash)
    VALUES ('PAYMENT', (:b::text || :c::text)::uuid, (:b::text || :c::text)::uuid, :chapter::uuid, :chapter::uuid, 'ASKED', :amount::int8, ARRAY[:asker_person::uuid], :asker::uuid, now(),
            :hash::bytea, :hash::bytea);
INSERT INTO audit_event (at, account_id, action, subject, chapter_id) VALUES (now(), :asker::uuid, 'PAYMENT_REQUESTED', (:b::text || :c::text)::uuid, :chapter::uuid);
INSERT INTO change_feed (chapter_id, kind, subjects, gone)
    VALUES (:chapter::uuid, 'PAYMENT', ARRAY[(:b::text || :c::text)::uuid::text], false);
UPDATE money_order SET state = 'APPROVED', decided_by = :decider::uuid, decided_at = now(), entry_id = (:c::text || :b::text)::uuid WHERE id = (:b::text || :c::text)::uuid;
INSERT INTO log_pending (entry, leaf, leaf_hash) VALUES (:code::text, :leaf::bytea, :hash::bytea) RETURNING seq \gset
INSERT INTO entry (id, code, kind, chapter_id, day, recorded_by, posting_count, booked, recorded_at)
    VALUES ((:c::text || :b::text)::uuid, :code::text, 'PAYMENT', :chapter::uuid, :day::date, :decider::uuid, 2, :day::date, now());
INSERT INTO posting (entry_id, n, account, fund_id, amount)
    VALUES ((:c::text || :b::text)::uuid, 1, 'AID_EXPENSE', :fund_id::int4, :amount::int8), ((:c::text || :b::text)::uuid, 2, 'CASH_ON_HAND', :fund_id::int4, -(:amount::int8));
INSERT INTO pd_opening (entry, sealed) VALUES (:code::text, :sealed::bytea);
INSERT INTO public_entry (seq, code, kind, chapter, grassroots, province, fund, day, booked, amount_vnd, leaf_hash, words)
    VALUES (:seq::int8, :code::text, 'PAYMENT', :chapter_code::text, :chapter_code::text, :province_code::text, :fund::text, :day::date, :day::date, :amount::int8, :hash::bytea,
            array_to_tsvector(string_to_array(:words::text, ' ')));
INSERT INTO entry_detail (code, category, measures) VALUES (:code::text, 'FOOD_WATER_MEDICINE', jsonb_build_object('PAID', :amount::int8));
INSERT INTO audit_event (at, account_id, action, subject, chapter_id) VALUES (now(), :decider::uuid, 'PAYMENT_APPROVED', (:b::text || :c::text)::uuid, :chapter::uuid);
UPDATE decision SET state = 'APPROVED', decided_by = :decider::uuid, decided_at = now() WHERE (matter, id) = ('PAYMENT', (:b::text || :c::text)::uuid);
INSERT INTO change_feed (chapter_id, kind, subjects, gone)
    VALUES (:chapter::uuid, 'PAYMENT', ARRAY[(:b::text || :c::text)::uuid::text], false);
UPDATE balance SET amount_vnd = amount_vnd - :amount::int8 WHERE (chapter_id, fund_id, account) = (:chapter::uuid, :fund_id::int4, 'CASH_ON_HAND');
INSERT INTO balance AS t (chapter_id, fund_id, account, amount_vnd) VALUES (:chapter::uuid, :fund_id::int4, 'AID_EXPENSE', :amount::int8)
    ON CONFLICT (chapter_id, fund_id, account) DO UPDATE SET amount_vnd = t.amount_vnd + excluded.amount_vnd;
INSERT INTO number_series AS s (chapter_id, document, year, last_no) VALUES (:chapter::uuid, 'CASH_PAYMENT', :year::int2, 1)
    ON CONFLICT (chapter_id, document, year) DO UPDATE SET last_no = s.last_no + 1 RETURNING last_no AS no \gset
INSERT INTO voucher (chapter_id, document, year, no, entry_id, issued_on, issued_at, issued_by)
    VALUES (:chapter::uuid, 'CASH_PAYMENT', :year::int2, :no::int8, (:c::text || :b::text)::uuid, :day::date, now(), :decider::uuid);
INSERT INTO left_overall AS t (scope_id, fund_id, account, own_vnd, subtree_vnd)
    SELECT ancestor_id, :fund_id::int4, 'CASH_ON_HAND', CASE depth WHEN 0 THEN -(:amount::int8) ELSE 0 END, -(:amount::int8)
    FROM chapter_ancestor WHERE chapter_id = :chapter::uuid ORDER BY depth
    ON CONFLICT (scope_id, fund_id, account) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, subtree_vnd = t.subtree_vnd + excluded.subtree_vnd;
INSERT INTO total_by_day AS t (scope_id, fund_id, measure, part, day, own_vnd, own_count, subtree_vnd, subtree_count)
    SELECT ancestor_id, :fund_id::int4, 'PAID', 'FOOD_WATER_MEDICINE', :day::date, CASE depth WHEN 0 THEN :amount::int8 ELSE 0 END, CASE depth WHEN 0 THEN 1 ELSE 0 END, :amount::int8, 1
    FROM chapter_ancestor WHERE chapter_id = :chapter::uuid ORDER BY depth
    ON CONFLICT (scope_id, fund_id, measure, part, day) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
        subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count;
INSERT INTO total_overall AS t (scope_id, fund_id, measure, part, own_vnd, own_count, subtree_vnd, subtree_count)
    SELECT ancestor_id, :fund_id::int4, 'PAID', 'FOOD_WATER_MEDICINE', CASE depth WHEN 0 THEN :amount::int8 ELSE 0 END, CASE depth WHEN 0 THEN 1 ELSE 0 END, :amount::int8, 1
    FROM chapter_ancestor WHERE chapter_id = :chapter::uuid ORDER BY depth
    ON CONFLICT (scope_id, fund_id, measure, part) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
        subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count;
COMMIT;
