-- Links that let somebody without an account do one thing. Of the secret in the address only a keyed hash is here.
CREATE TABLE link (
    id         uuid NOT NULL,
    purpose    text NOT NULL,
    subject    uuid NOT NULL,
    chapter_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    once       boolean NOT NULL,
    made_at    timestamptz NOT NULL,
    made_by    uuid NOT NULL,
    ends_at    timestamptz NOT NULL,
    uses       integer NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz,
    revoked_by uuid,
    CONSTRAINT link_pk PRIMARY KEY (id),
    CONSTRAINT link_token_key UNIQUE (token_hash),
    CONSTRAINT link_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT link_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT link_revoked_by_fk FOREIGN KEY (revoked_by) REFERENCES account (id),
    CONSTRAINT link_purpose_fits CHECK (purpose ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT link_token_hashed CHECK (length(token_hash) = 32),
    CONSTRAINT link_ends CHECK (ends_at > made_at),
    CONSTRAINT link_once_is_once CHECK (NOT once OR uses <= 1),
    CONSTRAINT link_uses_noted CHECK (uses >= 0 AND (uses > 0) = (used_at IS NOT NULL)),
    CONSTRAINT link_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX link_chapter_idx ON link (chapter_id);
CREATE INDEX link_subject_idx ON link (subject);
CREATE INDEX link_made_by_idx ON link (made_by);
CREATE INDEX link_revoked_by_idx ON link (revoked_by);
