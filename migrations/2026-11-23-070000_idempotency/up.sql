-- Keys that clients put on requests which create nothing with an id of their own (approve, open, close, …). Kept seven
-- days; the content is a keyed hash, the answer is made anew.
CREATE TABLE idempotency_key (
    account_id   uuid NOT NULL,
    key_hash     bytea NOT NULL,
    request_hash bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT idempotency_key_pk PRIMARY KEY (account_id, key_hash),
    CONSTRAINT idempotency_key_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT idempotency_key_hashes_fit CHECK (octet_length(key_hash) = 32 AND octet_length(request_hash) = 32)
);
