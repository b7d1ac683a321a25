-- Adds one more copy of the pattern (remember.sql), or its first :most entries: with codes, ids and leaves of their own, which
-- wait for their place in the log, and totals to match. Foreign keys and guards rest meanwhile, or ten million gifts would take hours; the
-- checks after the measurement look at the result. Sealed openings are not copied: they belong to one code each.
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '256MB';
-- Random ids in the order of time, as version 7 has them.
CREATE TEMP TABLE copy ON COMMIT DROP AS
    SELECT b.n, b.entry AS old_entry, b.code AS old_code, b.gift AS old_gift, b.seq AS old_seq,
        (lpad(to_hex(((extract(epoch FROM clock_timestamp()) * 1000)::bigint)), 12, '0') || '7' || substr(md5(b.entry::text || :copy), 14))::uuid AS entry,
        bench_code((random() * 1099511627775)::bigint, 4 + (random() * 1099511627000)::bigint) AS code,
        gen_random_uuid() AS gift
    FROM bench_pattern b WHERE b.n <= :most;
CREATE UNIQUE INDEX ON copy (old_entry);
ANALYZE copy;
INSERT INTO entry (id, code, kind, chapter_id, channel, day, booked, recorded_at, recorded_by, posting_count)
    SELECT c.entry, c.code, e.kind, e.chapter_id, e.channel, e.day, e.booked, e.recorded_at, e.recorded_by, e.posting_count
    FROM copy c JOIN entry e ON e.id = c.old_entry ORDER BY c.n;
INSERT INTO posting (entry_id, n, account, fund_id, amount)
    SELECT c.entry, p.n, p.account, p.fund_id, p.amount FROM copy c JOIN posting p ON p.entry_id = c.old_entry ORDER BY c.n, p.n;
INSERT INTO gift (id, entry_id, chapter_id, appeal_id, party_id, channel, amount_vnd, received_on, display, message_count, request_hash, recorded_at, recorded_by)
    SELECT c.gift, c.entry, g.chapter_id, g.appeal_id, g.party_id, g.channel, g.amount_vnd, g.received_on, g.display, g.message_count, g.request_hash, g.recorded_at, g.recorded_by
    FROM copy c JOIN gift g ON g.id = c.old_gift ORDER BY c.n;
INSERT INTO gift_line (gift_id, n, item, quantity_milli, unit, value_vnd, valuation)
    SELECT c.gift, l.n, l.item, l.quantity_milli, l.unit, l.value_vnd, l.valuation FROM copy c JOIN gift_line l ON l.gift_id = c.old_gift;
INSERT INTO audit_event (at, account_id, action, subject, chapter_id)
    SELECT g.recorded_at, g.recorded_by, 'GIFT_RECORDED', c.gift, g.chapter_id FROM copy c JOIN gift g ON g.id = c.old_gift ORDER BY c.n;
CREATE TEMP TABLE leaves ON COMMIT DROP AS
    SELECT nextval('log_pending_seq_seq') AS seq, m.* FROM (
        SELECT c.n, c.code, x.leaf, sha256('\x00'::bytea || x.leaf) AS leaf_hash
        FROM copy c JOIN log_leaf l ON l.entry = c.old_code,
        LATERAL (SELECT convert_to(replace(convert_from(l.leaf, 'UTF8'), c.old_code, c.code), 'UTF8') AS leaf) x ORDER BY c.n) m;
INSERT INTO log_pending (seq, entry, leaf, leaf_hash) OVERRIDING SYSTEM VALUE SELECT seq, code, leaf, leaf_hash FROM leaves ORDER BY n;
INSERT INTO public_entry (seq, code, kind, channel, chapter, grassroots, province, appeal, fund, day, booked, amount_vnd, giver, goods, message_count, leaf_hash, words)
    SELECT l.seq, c.code, p.kind, p.channel, p.chapter, p.grassroots, p.province, p.appeal,
        p.fund, p.day, p.booked, p.amount_vnd, p.giver, p.goods, p.message_count, l.leaf_hash, p.words
    FROM copy c JOIN public_entry p ON p.seq = c.old_seq JOIN leaves l USING (n) ORDER BY c.n;
UPDATE balance b SET amount_vnd = b.amount_vnd + s.amount
    FROM (SELECT e.chapter_id, p.fund_id, p.account, sum(p.amount)::bigint AS amount
          FROM copy c JOIN entry e ON e.id = c.entry JOIN posting p ON p.entry_id = c.entry GROUP BY 1, 2, 3) s
    WHERE (b.chapter_id, b.fund_id, b.account) = (s.chapter_id, s.fund_id, s.account);
CREATE TEMP TABLE received ON COMMIT DROP AS
    SELECT a.ancestor_id AS scope_id, p.fund_id, e.channel, e.day,
        coalesce(sum(-p.amount) FILTER (WHERE a.depth = 0), 0)::bigint AS own_vnd, count(*) FILTER (WHERE a.depth = 0) AS own_count,
        sum(-p.amount)::bigint AS subtree_vnd, count(*) AS subtree_count
    FROM copy c JOIN entry e ON e.id = c.entry JOIN posting p ON p.entry_id = c.entry AND p.account LIKE 'DONATION%'
    JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4;
UPDATE total_by_day t SET own_vnd = t.own_vnd + r.own_vnd, own_count = t.own_count + r.own_count,
        subtree_vnd = t.subtree_vnd + r.subtree_vnd, subtree_count = t.subtree_count + r.subtree_count
    FROM received r WHERE t.measure = 'RECEIVED' AND (t.scope_id, t.fund_id, t.part, t.day) = (r.scope_id, r.fund_id, r.channel, r.day);
UPDATE total_overall t SET own_vnd = t.own_vnd + r.own_vnd, own_count = t.own_count + r.own_count,
        subtree_vnd = t.subtree_vnd + r.subtree_vnd, subtree_count = t.subtree_count + r.subtree_count
    FROM (SELECT scope_id, fund_id, channel, sum(own_vnd)::bigint AS own_vnd, sum(own_count)::bigint AS own_count,
              sum(subtree_vnd)::bigint AS subtree_vnd, sum(subtree_count)::bigint AS subtree_count FROM received GROUP BY 1, 2, 3) r
    WHERE t.measure = 'RECEIVED' AND (t.scope_id, t.fund_id, t.part) = (r.scope_id, r.fund_id, r.channel);
COMMIT;
