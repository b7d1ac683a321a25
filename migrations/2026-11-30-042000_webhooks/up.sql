-- Programs outside that are told what has changed at a chapter. The secrets are sealed; the former one is good until its end.
CREATE TABLE subscriber (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    url           text NOT NULL,
    kinds         text[] NOT NULL,
    secret        bytea NOT NULL,
    former_secret bytea,
    former_until  timestamptz,
    since         text,
    made_at       timestamptz NOT NULL,
    made_by       uuid NOT NULL,
    ended_at      timestamptz,
    ended_by      uuid,
    CONSTRAINT subscriber_pk PRIMARY KEY (id),
    CONSTRAINT subscriber_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT subscriber_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT subscriber_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT subscriber_url_fits CHECK (url ~ '^https?://[!-~]+$' AND length(url) <= 500),
    CONSTRAINT subscriber_kinds_few CHECK (cardinality(kinds) <= 20),
    CONSTRAINT subscriber_former_whole CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    CONSTRAINT subscriber_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT subscriber_ended_has_no_secret CHECK (ended_at IS NULL OR (length(secret) = 0 AND former_secret IS NULL))
);
CREATE INDEX subscriber_chapter_idx ON subscriber (chapter_id, id);
CREATE INDEX subscriber_made_by_idx ON subscriber (made_by);
CREATE INDEX subscriber_ended_by_idx ON subscriber (ended_by);
CREATE INDEX subscriber_former_idx ON subscriber (former_until) WHERE former_until IS NOT NULL;

-- What they are sent, one at a time; trials besides. The body has kinds and ids and goes when it was sent.
CREATE TABLE delivery (
    id            uuid NOT NULL,
    subscriber_id uuid NOT NULL,
    is_test       boolean NOT NULL,
    body          text,
    next          text,
    made_at       timestamptz NOT NULL,
    state         text NOT NULL,
    attempts      integer NOT NULL,
    status        smallint,
    trouble       text,
    ended_at      timestamptz,
    CONSTRAINT delivery_pk PRIMARY KEY (id),
    CONSTRAINT delivery_subscriber_fk FOREIGN KEY (subscriber_id) REFERENCES subscriber (id),
    CONSTRAINT delivery_state_known CHECK (state IN ('WAITING', 'DELIVERED', 'FAILED')),
    CONSTRAINT delivery_body_while_waiting CHECK ((state = 'WAITING') = (body IS NOT NULL) AND (state = 'WAITING') = (ended_at IS NULL)),
    CONSTRAINT delivery_counts CHECK (attempts >= 0),
    CONSTRAINT delivery_trouble_fits CHECK (length(trouble) BETWEEN 1 AND 60)
);
CREATE INDEX delivery_subscriber_idx ON delivery (subscriber_id, id);
CREATE UNIQUE INDEX delivery_one_waiting_key ON delivery (subscriber_id) WHERE state = 'WAITING' AND NOT is_test;
CREATE INDEX delivery_ended_idx ON delivery (ended_at) WHERE ended_at IS NOT NULL;
