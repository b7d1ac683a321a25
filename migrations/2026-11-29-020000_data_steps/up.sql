-- Changes of stored rows that SQL alone can not make, because they need the keys or rules of the program. Each goes on
-- where it was and is done once.
CREATE TABLE data_step (
    name      text NOT NULL,
    -- Where it has come to, in its own words; nothing before its first batch and after its last.
    progress  text,
    looked_at bigint NOT NULL DEFAULT 0,
    changed   bigint NOT NULL DEFAULT 0,
    begun_at  timestamptz NOT NULL,
    done_at   timestamptz,
    CONSTRAINT data_step_pk PRIMARY KEY (name),
    CONSTRAINT data_step_counts CHECK (looked_at >= 0 AND changed >= 0),
    CONSTRAINT data_step_done_whole CHECK (done_at IS NULL OR progress IS NULL)
);

-- What a step did that a person should know of. Names rows by public code or id, never by what is sealed.
CREATE TABLE data_step_note (
    id      bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    step    text NOT NULL,
    subject text NOT NULL,
    did     text NOT NULL,
    CONSTRAINT data_step_note_pk PRIMARY KEY (id),
    CONSTRAINT data_step_note_step_fk FOREIGN KEY (step) REFERENCES data_step (name)
);
CREATE INDEX data_step_note_step_idx ON data_step_note (step, id);
