-- The Merkle tree over log_leaf and what was signed of it. Tiles as in C2SP tlog-tiles: one row per (level, n), which only
-- grows, so that every partial tile ever published is a prefix of its row.
CREATE TABLE log_tile (
    level smallint NOT NULL,
    n     bigint NOT NULL,
    data  bytea NOT NULL,
    CONSTRAINT log_tile_pk PRIMARY KEY (level, n),
    CONSTRAINT log_tile_place CHECK (level BETWEEN 0 AND 5 AND n >= 0),
    CONSTRAINT log_tile_hashes CHECK (octet_length(data) BETWEEN 32 AND 8192 AND octet_length(data) % 32 = 0)
);
-- Hashes do not compress.
ALTER TABLE log_tile ALTER data SET STORAGE EXTERNAL;

CREATE FUNCTION log_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.level, NEW.n) <> (OLD.level, OLD.n) OR octet_length(NEW.data) <= octet_length(OLD.data)
       OR substr(NEW.data, 1, octet_length(OLD.data)) <> OLD.data THEN
        RAISE EXCEPTION 'a tile only grows' USING ERRCODE = '23514', CONSTRAINT = 'log_tile_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_tile_grows BEFORE UPDATE ON log_tile FOR EACH ROW EXECUTE FUNCTION log_tile_grows();
CREATE TRIGGER log_tile_append_only BEFORE DELETE OR TRUNCATE ON log_tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many leaves the tiles hold, and the root over them: follows log_head, by compare-and-swap on the size.
CREATE TABLE log_tree (
    one  boolean NOT NULL DEFAULT true,
    size bigint NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT log_tree_pk PRIMARY KEY (one),
    CONSTRAINT log_tree_one CHECK (one),
    CONSTRAINT log_tree_size_counts CHECK (size >= 0),
    CONSTRAINT log_tree_root_is_a_hash CHECK (octet_length(root) = 32)
);
INSERT INTO log_tree (size, root) VALUES (0, sha256(''::bytea));

CREATE FUNCTION log_tree_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= OLD.size OR NEW.size > (SELECT size FROM log_head) THEN
        RAISE EXCEPTION 'the tree only grows, and not beyond the log' USING ERRCODE = '23514', CONSTRAINT = 'log_tree_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_tree_grows BEFORE UPDATE ON log_tree FOR EACH ROW EXECUTE FUNCTION log_tree_grows();
CREATE TRIGGER log_tree_append_only BEFORE DELETE OR TRUNCATE ON log_tree
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The log's name, which stands in everything that is signed. It can change while there is nothing to sign, never after.
CREATE TABLE log_origin (
    one    boolean NOT NULL DEFAULT true,
    origin text NOT NULL,
    CONSTRAINT log_origin_pk PRIMARY KEY (one),
    CONSTRAINT log_origin_one CHECK (one),
    CONSTRAINT log_origin_is_a_name CHECK (origin ~ '^[!-*,-~]{1,200}$')
);
CREATE FUNCTION log_origin_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin <> OLD.origin AND ((SELECT size FROM log_head) > 0 OR EXISTS (SELECT FROM log_checkpoint WHERE size > 0)) THEN
        RAISE EXCEPTION 'the log has leaves: its origin stays' USING ERRCODE = '23514', CONSTRAINT = 'log_origin_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_origin_stays BEFORE UPDATE ON log_origin FOR EACH ROW EXECUTE FUNCTION log_origin_stays();
CREATE TRIGGER log_origin_append_only BEFORE DELETE OR TRUNCATE ON log_origin
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Everything that was ever signed: the note as the world has it.
CREATE TABLE log_checkpoint (
    size      bigint NOT NULL,
    root      bytea NOT NULL,
    note      text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT log_checkpoint_pk PRIMARY KEY (size),
    CONSTRAINT log_checkpoint_size_counts CHECK (size >= 0),
    CONSTRAINT log_checkpoint_root_is_a_hash CHECK (octet_length(root) = 32),
    CONSTRAINT log_checkpoint_note_fits CHECK (octet_length(note) BETWEEN 1 AND 65536)
);
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Only what is in the tree is signed. (The root was computed from the tiles; the audit computes it again.)
CREATE FUNCTION log_checkpoint_is_of_the_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size > (SELECT size FROM log_tree) THEN
        RAISE EXCEPTION 'a checkpoint of more than the tree holds'
            USING ERRCODE = '23514', CONSTRAINT = 'log_checkpoint_is_of_the_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_checkpoint_is_of_the_tree BEFORE INSERT ON log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION log_checkpoint_is_of_the_tree();

-- While there is a row here nothing gets a place in the log and nothing is signed: this database lacks leaves, or has
-- others, than what was signed. Recording goes on.
CREATE TABLE log_hold (
    one   boolean NOT NULL DEFAULT true,
    why   text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT log_hold_pk PRIMARY KEY (one),
    CONSTRAINT log_hold_one CHECK (one),
    CONSTRAINT log_hold_why_fits CHECK (octet_length(why) BETWEEN 1 AND 1000)
);

-- Leaves that came back from a mirror after a restore: the log has them, the books of this database do not.
CREATE TABLE log_recovered (
    entry        text NOT NULL,
    idx          bigint NOT NULL,
    recovered_at timestamptz NOT NULL,
    CONSTRAINT log_recovered_pk PRIMARY KEY (entry)
);
CREATE TRIGGER log_recovered_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_recovered
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Keys that were announced; the first needs no leaf, every later one has a leaf of kind KEY signed by those before it.
CREATE TABLE log_key (
    vkey     text NOT NULL,
    entry    text,
    added_at timestamptz NOT NULL,
    CONSTRAINT log_key_pk PRIMARY KEY (vkey),
    CONSTRAINT log_key_entry_key UNIQUE (entry),
    CONSTRAINT log_key_vkey_fits CHECK (octet_length(vkey) BETWEEN 50 AND 400)
);
CREATE TRIGGER log_key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON log_tile, log_tree, log_origin, log_checkpoint, log_key TO so_nhan_ai_public;
