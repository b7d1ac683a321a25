-- Keys that sign the log no more. What they signed they still verify, so they stay in log_key; each has a leaf of kind KEY
-- that says so, as a key that joined later has one.
CREATE TABLE log_key_retired (
    vkey       text NOT NULL,
    entry      text NOT NULL,
    retired_at timestamptz NOT NULL,
    CONSTRAINT log_key_retired_pk PRIMARY KEY (vkey),
    CONSTRAINT log_key_retired_vkey_fk FOREIGN KEY (vkey) REFERENCES log_key,
    CONSTRAINT log_key_retired_entry_key UNIQUE (entry)
);
CREATE TRIGGER log_key_retired_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_key_retired
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON log_key_retired TO so_nhan_ai_public;
