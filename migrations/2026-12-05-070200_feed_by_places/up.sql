-- The order of the feed of changes is that of places which are drawn one by one in this database. Before, it was that of transaction
-- numbers, which all databases of a cluster share, and whatever was open in any of them held the feed up.
--
-- Whoever writes says first, by a shared lock that lives as long as their transaction, which place had been drawn last; what they draw
-- comes after that. A reader takes the last place that was drawn and then looks who is writing: all places up to the least that is
-- said are of transactions that have ended, and a statement that begins afterwards sees what they wrote.
CREATE SEQUENCE change_place_seq AS bigint CACHE 1;

-- 'CF' in the upper sixteen bits, the place below.
CREATE FUNCTION change_feed_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Once a transaction: the first place that it says is the least.
    IF current_setting('so_nhan_ai.writes_feed', true) IS DISTINCT FROM 'on' THEN
        PERFORM pg_advisory_xact_lock_shared((17222::bigint << 48) | CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END)
        FROM change_place_seq s;
        PERFORM set_config('so_nhan_ai.writes_feed', 'on', true);
    END IF;
    NEW.seq := nextval('change_place_seq');
    RETURN NEW;
END $$;

-- The last place that nothing can be written before any more. To be asked in a statement of its own: what is read by it is read by a
-- later one, which sees a later moment.
CREATE FUNCTION change_feed_settled() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    drawn bigint;
    open  bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the feed is read in a transaction in which each statement sees its own moment' USING ERRCODE = '25001';
    END IF;
    SELECT CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END INTO drawn FROM change_place_seq s;
    SELECT min(((l.classid::bigint & 65535) << 32) | l.objid::bigint) INTO open FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 16 = 17222
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    RETURN least(drawn, open);
END $$;

-- Rows keep their order, in places of the new kind; readers begin anew.
ALTER TABLE change_feed DROP CONSTRAINT change_feed_pk;
UPDATE change_feed f SET seq = o.place
FROM (SELECT chapter_id, xid, seq, row_number() OVER (ORDER BY xid, seq) AS place FROM change_feed) o
WHERE (f.chapter_id, f.xid, f.seq) = (o.chapter_id, o.xid, o.seq);
SELECT setval('change_place_seq', greatest(1, (SELECT coalesce(max(seq), 0) FROM change_feed)), EXISTS (SELECT FROM change_feed));
ALTER TABLE change_feed DROP COLUMN xid, ADD CONSTRAINT change_feed_pk PRIMARY KEY (chapter_id, seq);
DROP SEQUENCE change_feed_seq;
DELETE FROM change_epoch;
CREATE TRIGGER change_feed_places BEFORE INSERT ON change_feed FOR EACH ROW EXECUTE FUNCTION change_feed_places();
