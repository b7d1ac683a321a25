-- Devices somebody has logged in from. Whoever shows the token of one has a delay counter of its own, so that strangers
-- who guess at a name never make its owner wait.
CREATE TABLE known_device (
    id           uuid NOT NULL,
    account_id   uuid NOT NULL,
    token_hash   bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT known_device_pk PRIMARY KEY (id),
    CONSTRAINT known_device_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT known_device_token_key UNIQUE (token_hash)
);
CREATE INDEX known_device_account_idx ON known_device (account_id);

-- A session hands out one refresh token after the other. refresh_hash is the newest; sibling_hashes are others that were
-- issued for the same predecessor and never used (an answer was lost, or two requests crossed), 32 bytes each;
-- previous_hash is the predecessor, good until one of them is used.
ALTER TABLE session
    ADD COLUMN previous_hash    bytea,
    ADD COLUMN sibling_hashes   bytea NOT NULL DEFAULT '',
    ADD COLUMN label            bytea,
    ADD COLUMN device_id        uuid,
    ADD COLUMN last_used_at     timestamptz,
    ADD COLUMN second_factor_at timestamptz,
    ADD COLUMN ended_reason     text,
    ADD CONSTRAINT session_previous_key UNIQUE (previous_hash),
    ADD CONSTRAINT session_siblings_whole CHECK (octet_length(sibling_hashes) % 32 = 0 AND octet_length(sibling_hashes) <= 256),
    ADD CONSTRAINT session_device_fk FOREIGN KEY (device_id) REFERENCES known_device (id) ON DELETE SET NULL,
    ADD CONSTRAINT session_ended_reason_known CHECK (ended_reason IN ('LOG_OUT', 'REVOKED', 'STALE_TOKEN', 'SECOND_FACTOR_RESET', 'PASSWORD_CHANGED')),
    ADD CONSTRAINT session_ended_reason_has_end CHECK (ended_reason IS NULL OR ended_at IS NOT NULL);
CREATE INDEX session_device_idx ON session (device_id);

-- The authenticator of an account. Unconfirmed, it is only an offer that the next one replaces. last_step is the time
-- step of the last code that was accepted: each step is good once.
CREATE TABLE second_factor (
    account_id   uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    secret       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint,
    CONSTRAINT second_factor_pk PRIMARY KEY (account_id),
    CONSTRAINT second_factor_account_fk FOREIGN KEY (account_id) REFERENCES account (id)
);

CREATE TABLE recovery_code (
    account_id uuid NOT NULL,
    code_hash  bytea NOT NULL,
    used_at    timestamptz,
    CONSTRAINT recovery_code_pk PRIMARY KEY (account_id, code_hash),
    CONSTRAINT recovery_code_account_fk FOREIGN KEY (account_id) REFERENCES account (id)
);

-- The audit trail is read by account and by chapter, newest first. Gifts are most of it and are never looked for as a
-- subject here, so that index leaves them out.
CREATE INDEX audit_event_account_idx ON audit_event (account_id, id);
CREATE INDEX audit_event_chapter_idx ON audit_event (chapter_id, id);
CREATE INDEX audit_event_subject_idx ON audit_event (subject, id) WHERE action NOT LIKE 'GIFT%';

-- Old delays are thrown away by age.
CREATE INDEX login_delay_last_idx ON login_delay (last_at);
