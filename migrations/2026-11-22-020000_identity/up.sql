-- An officer is the human being; accounts are ways to log in. Whoever approves is compared with whoever recorded
-- by officer, so a second account of the same person is not a second person.
CREATE TABLE officer (
    id        uuid NOT NULL,
    full_name bytea NOT NULL,
    CONSTRAINT officer_pk PRIMARY KEY (id)
);

CREATE TABLE account (
    id            uuid NOT NULL,
    officer_id    uuid NOT NULL,
    user_name     text NOT NULL,
    phone         bytea,
    phone_hash    bytea,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz,
    CONSTRAINT account_pk PRIMARY KEY (id),
    CONSTRAINT account_officer_fk FOREIGN KEY (officer_id) REFERENCES officer (id),
    CONSTRAINT account_user_name_key UNIQUE (user_name),
    CONSTRAINT account_phone_key UNIQUE (phone_hash),
    CONSTRAINT account_user_name_form CHECK (user_name ~ '^[a-z][a-z0-9._-]{2,63}$'),
    CONSTRAINT account_phone_sealed CHECK ((phone IS NULL) = (phone_hash IS NULL))
);
CREATE INDEX account_officer_idx ON account (officer_id);

CREATE TABLE session (
    id           uuid NOT NULL,
    account_id   uuid NOT NULL,
    refresh_hash bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    CONSTRAINT session_pk PRIMARY KEY (id),
    CONSTRAINT session_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT session_refresh_key UNIQUE (refresh_hash)
);
CREATE INDEX session_account_idx ON session (account_id);

-- Failed log-ins by keyed hash of (name as typed, network): names that do not exist are slowed just the same.
CREATE TABLE login_delay (
    subject       bytea NOT NULL,
    failures      integer NOT NULL,
    last_at       timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    CONSTRAINT login_delay_pk PRIMARY KEY (subject)
);

CREATE TABLE role_assignment (
    id          uuid NOT NULL,
    account_id  uuid NOT NULL,
    role        text NOT NULL,
    chapter_id  uuid NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    decision_no text NOT NULL,
    ended_at    timestamptz,
    CONSTRAINT role_assignment_pk PRIMARY KEY (id),
    CONSTRAINT role_assignment_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT role_assignment_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT role_assignment_role_known CHECK (role IN ('CENTRAL_ADMINISTRATOR', 'PROVINCIAL_ADMINISTRATOR', 'CHAPTER_CHAIR', 'OFFICER', 'ACCOUNTANT', 'INSPECTOR')),
    CONSTRAINT role_assignment_period_forward CHECK (valid_to >= valid_from)
);
CREATE INDEX role_assignment_account_idx ON role_assignment (account_id);
CREATE INDEX role_assignment_chapter_idx ON role_assignment (chapter_id);

-- Chapters without staff: an assignment at one chapter may act for others, by decision and for a time (DESIGN 4).
CREATE TABLE role_assignment_acts_for (
    assignment_id uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    decision_no   text NOT NULL,
    CONSTRAINT role_assignment_acts_for_pk PRIMARY KEY (assignment_id, chapter_id, valid_from),
    CONSTRAINT role_assignment_acts_for_assignment_fk FOREIGN KEY (assignment_id) REFERENCES role_assignment (id),
    CONSTRAINT role_assignment_acts_for_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT role_assignment_acts_for_period_forward CHECK (valid_to >= valid_from)
);
CREATE INDEX role_assignment_acts_for_chapter_idx ON role_assignment_acts_for (chapter_id);

-- Which sealing and signing keys this database relies on: start refuses when one of them is missing.
CREATE TABLE key_in_use (
    kid        text NOT NULL,
    purpose    text NOT NULL,
    first_used timestamptz NOT NULL,
    CONSTRAINT key_in_use_pk PRIMARY KEY (purpose, kid),
    CONSTRAINT key_in_use_purpose_known CHECK (purpose IN ('SEAL', 'HASH'))
);

CREATE TABLE audit_event (
    id         bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    at         timestamptz NOT NULL,
    account_id uuid,
    action     text NOT NULL,
    subject    uuid,
    chapter_id uuid,
    CONSTRAINT audit_event_pk PRIMARY KEY (id)
);

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
