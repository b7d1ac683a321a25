-- Leaves are written with their entry; the sequencer gives them their index (DESIGN 8). `entry` is the public code.
CREATE TABLE log_pending (
    seq       bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    entry     text NOT NULL,
    leaf      bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT log_pending_pk PRIMARY KEY (entry),
    CONSTRAINT log_pending_seq_key UNIQUE (seq),
    CONSTRAINT log_pending_hash_fits CHECK (leaf_hash = sha256('\x00'::bytea || leaf)),
    CONSTRAINT log_pending_leaf_fits CHECK (octet_length(leaf) BETWEEN 2 AND 65535)
);

CREATE TABLE log_leaf (
    idx       bigint NOT NULL,
    entry     text NOT NULL,
    leaf      bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT log_leaf_pk PRIMARY KEY (idx),
    CONSTRAINT log_leaf_entry_key UNIQUE (entry),
    CONSTRAINT log_leaf_idx_counts CHECK (idx >= 0),
    CONSTRAINT log_leaf_hash_fits CHECK (leaf_hash = sha256('\x00'::bytea || leaf))
);

CREATE TABLE log_head (
    one  boolean NOT NULL DEFAULT true,
    size bigint NOT NULL,
    CONSTRAINT log_head_pk PRIMARY KEY (one),
    CONSTRAINT log_head_one CHECK (one),
    CONSTRAINT log_head_size_counts CHECK (size >= 0)
);
INSERT INTO log_head (size) VALUES (0);

-- What opens the commitment `pd` of a leaf: its secret and the committed values, sealed. Erasure deletes the row;
-- the leaf and every proof stay valid.
CREATE TABLE pd_opening (
    entry  text NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT pd_opening_pk PRIMARY KEY (entry)
);

CREATE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_pending_append_only BEFORE UPDATE OR TRUNCATE ON log_pending
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_append_only BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A pending leaf leaves only into the log, byte for byte. (In these guards each row asks the other table by itself, one
-- index look-up: a join with a transition table may be planned as a walk over the whole log.)
CREATE FUNCTION log_pending_leaves_into_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g
               WHERE (SELECT l.leaf = g.leaf AND l.leaf_hash = g.leaf_hash FROM log_leaf l WHERE l.entry = g.entry) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a pending leaf may only move into log_leaf'
            USING ERRCODE = '23514', CONSTRAINT = 'log_pending_leaves_into_log';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_pending_leaves_into_log AFTER DELETE ON log_pending
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION log_pending_leaves_into_log();

-- An entry waits once: one that is in the log already would stop the sequencer for good.
CREATE FUNCTION log_pending_is_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE (SELECT true FROM log_leaf l WHERE l.entry = a.entry)) THEN
        RAISE EXCEPTION 'an entry has one leaf' USING ERRCODE = '23514', CONSTRAINT = 'log_pending_is_new';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_pending_is_new AFTER INSERT ON log_pending
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION log_pending_is_new();

CREATE FUNCTION log_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= OLD.size THEN
        RAISE EXCEPTION 'the log only grows' USING ERRCODE = '23514', CONSTRAINT = 'log_head_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION log_head_grows();

-- At commit the head counts the leaves: one that ran ahead would leave no room for the next leaf, ever.
CREATE FUNCTION log_head_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT size FROM log_head) <> (SELECT coalesce(max(idx) + 1, 0) FROM log_leaf) THEN
        RAISE EXCEPTION 'the head does not count the leaves' USING ERRCODE = '23514', CONSTRAINT = 'log_head_agrees';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER log_head_agrees AFTER INSERT OR UPDATE ON log_head
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log_head_agrees();

-- Indices are dense: what is added continues where the log ended, as the head says; and every leaf has waited.
CREATE FUNCTION log_leaf_is_dense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE first bigint; last bigint; n bigint;
BEGIN
    SELECT min(idx), max(idx), count(*) INTO first, last, n FROM added;
    IF n > 0 AND (last - first + 1 <> n
                  OR (first > 0 AND NOT EXISTS (SELECT FROM log_leaf WHERE idx = first - 1))
                  OR (SELECT size FROM log_head) <> last + 1) THEN
        RAISE EXCEPTION 'log_leaf must stay dense and agree with log_head'
            USING ERRCODE = '23514', CONSTRAINT = 'log_leaf_is_dense';
    END IF;
    IF EXISTS (SELECT FROM added a WHERE (SELECT p.leaf_hash = a.leaf_hash FROM log_pending p WHERE p.entry = a.entry) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a leaf must have waited in log_pending'
            USING ERRCODE = '23514', CONSTRAINT = 'log_leaf_was_pending';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_leaf_is_dense AFTER INSERT ON log_leaf
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION log_leaf_is_dense();
