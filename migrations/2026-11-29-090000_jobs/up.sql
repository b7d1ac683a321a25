-- Work that is done behind the requests. A row is written in the transaction of whatever makes the work necessary: if that is
-- rolled back there is no job, and no committed thing waits for a job that was lost. Whoever takes a job moves `due_at` to the
-- end of its lease, so that a job whose worker died is due again by itself. The content names ids, never persons.
CREATE TABLE job (
    id          uuid NOT NULL,
    kind        text NOT NULL,
    chapter_id  uuid,
    account_id  uuid,
    content     jsonb NOT NULL,
    state       text NOT NULL,
    enqueued_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    lease       uuid,
    attempts    integer NOT NULL,
    done        bigint NOT NULL,
    total       bigint,
    errors      bigint NOT NULL,
    step        jsonb,
    trouble     text,
    ended_at    timestamptz,
    CONSTRAINT job_pk PRIMARY KEY (id),
    CONSTRAINT job_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT job_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT job_kind_fits CHECK (kind ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT job_state_known CHECK (state IN ('WAITING', 'DONE', 'DEAD')),
    CONSTRAINT job_ended_is_over CHECK ((state = 'WAITING') = (ended_at IS NULL) AND (state = 'WAITING' OR lease IS NULL)),
    CONSTRAINT job_counts_forward CHECK (attempts >= 0 AND done >= 0 AND errors >= 0 AND total >= 0),
    CONSTRAINT job_trouble_fits CHECK (length(trouble) BETWEEN 1 AND 60),
    CONSTRAINT job_dead_has_trouble CHECK (state <> 'DEAD' OR trouble IS NOT NULL)
);
CREATE INDEX job_due_idx ON job (due_at, id) WHERE state = 'WAITING';
CREATE INDEX job_dead_idx ON job (id) WHERE state = 'DEAD';
CREATE INDEX job_chapter_idx ON job (chapter_id, id);
CREATE INDEX job_account_idx ON job (account_id);
