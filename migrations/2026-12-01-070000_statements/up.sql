-- What was stated in public, word for word. The leaf has the hash of the body, and the body is served unchanged for ever.
CREATE TABLE statement (
    code       text NOT NULL,
    seq        bigint NOT NULL,
    chapter_id uuid NOT NULL,
    event      text NOT NULL,
    appeal     text,
    day        date NOT NULL,
    body       bytea NOT NULL,
    sha256     text NOT NULL,
    replaces   text,
    leaf_hash  bytea NOT NULL,
    stated_on  date NOT NULL,
    stated_at  timestamptz NOT NULL,
    stated_by  uuid NOT NULL,
    CONSTRAINT statement_pk PRIMARY KEY (code),
    CONSTRAINT statement_content_key UNIQUE (code, sha256),
    CONSTRAINT statement_seq_key UNIQUE (seq),
    CONSTRAINT statement_replaces_key UNIQUE (replaces),
    CONSTRAINT statement_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT statement_replaces_fk FOREIGN KEY (replaces) REFERENCES statement (code),
    CONSTRAINT statement_stated_by_fk FOREIGN KEY (stated_by) REFERENCES account (id),
    CONSTRAINT statement_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$'),
    CONSTRAINT statement_event_known CHECK (event IN ('ALLOCATION', 'LIST_FREEZE', 'BLOOD_TARGET', 'BLOOD_RESULT', 'REPORT', 'SETTLEMENT_REPORT', 'PERIOD_CLOSE')),
    CONSTRAINT statement_body_bounded CHECK (length(body) BETWEEN 2 AND 33554432),
    CONSTRAINT statement_sha256_fits CHECK (sha256 = encode(sha256(body), 'hex')),
    CONSTRAINT statement_leaf_hash_is_hash CHECK (length(leaf_hash) = 32),
    CONSTRAINT statement_day_not_future CHECK (day <= stated_on),
    CONSTRAINT statement_stated_on_fits CHECK (stated_on = ((stated_at AT TIME ZONE 'UTC') + interval '7 hours')::date)
);
CREATE INDEX statement_chapter_idx ON statement (chapter_id, seq);
CREATE INDEX statement_appeal_idx ON statement (appeal, seq) WHERE appeal IS NOT NULL;
CREATE INDEX statement_event_idx ON statement (event, seq);
CREATE INDEX statement_stated_by_idx ON statement (stated_by);
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A statement takes the place of one that says the same kind of thing about the same appeal.
CREATE FUNCTION statement_replaces_its_like() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replaces IS NOT NULL AND NOT EXISTS (SELECT FROM statement s
        WHERE s.code = NEW.replaces AND s.event = NEW.event AND s.appeal IS NOT DISTINCT FROM NEW.appeal) THEN
        RAISE EXCEPTION 'a statement replaces one of its own kind' USING ERRCODE = '23514', CONSTRAINT = 'statement_replaces_its_like';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statement_replaces_its_like BEFORE INSERT ON statement FOR EACH ROW EXECUTE FUNCTION statement_replaces_its_like();
GRANT SELECT (code, seq, chapter_id, event, appeal, day, body, sha256, replaces, leaf_hash, stated_on) ON statement TO so_nhan_ai_public;
