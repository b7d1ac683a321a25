-- Messages to people. What is said and to whom is sealed, and goes as soon as it was said; the keyed hash of the address stays for
-- counting how much somebody has been sent. Where there is no way to send, an officer does it by hand.
CREATE TABLE message (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    channel      text NOT NULL,
    purpose      text NOT NULL,
    about        uuid,
    state        text NOT NULL,
    content      bytea,
    address_hash bytea NOT NULL,
    made_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_by     uuid,
    CONSTRAINT message_pk PRIMARY KEY (id),
    CONSTRAINT message_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT message_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT message_channel_known CHECK (channel IN ('MAIL', 'SMS')),
    CONSTRAINT message_purpose_fits CHECK (purpose ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT message_state_known CHECK (state IN ('WAITING', 'BY_HAND', 'SENT', 'DONE_BY_HAND', 'CANCELLED')),
    CONSTRAINT message_content_while_open CHECK ((state IN ('WAITING', 'BY_HAND')) = (content IS NOT NULL) AND (content IS NULL) = (ended_at IS NOT NULL))
);
CREATE INDEX message_chapter_idx ON message (chapter_id, id);
CREATE INDEX message_ended_by_idx ON message (ended_by);
CREATE INDEX message_about_idx ON message (about);
CREATE INDEX message_address_idx ON message (address_hash, ended_at);

-- When nobody is disturbed (minutes of the Vietnamese day; from after until: over midnight), and how much one address is sent
-- within 24 hours. Of rules for one channel the newest that has begun counts.
CREATE TABLE sending_rule (
    id                 integer GENERATED ALWAYS AS IDENTITY,
    channel            text NOT NULL,
    valid_from         date NOT NULL,
    quiet_from_minute  integer,
    quiet_until_minute integer,
    most_a_day         integer NOT NULL,
    source             text NOT NULL,
    CONSTRAINT sending_rule_pk PRIMARY KEY (id),
    CONSTRAINT sending_rule_channel_key UNIQUE (channel, valid_from),
    CONSTRAINT sending_rule_channel_known CHECK (channel IN ('MAIL', 'SMS')),
    CONSTRAINT sending_rule_quiet_both CHECK ((quiet_from_minute IS NULL) = (quiet_until_minute IS NULL) AND quiet_from_minute <> quiet_until_minute),
    CONSTRAINT sending_rule_quiet_in_day CHECK (quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439),
    CONSTRAINT sending_rule_most_positive CHECK (most_a_day > 0)
);
INSERT INTO sending_rule (channel, valid_from, quiet_from_minute, quiet_until_minute, most_a_day, source)
VALUES ('MAIL', '2010-01-01', NULL, NULL, 10, 'delivered with the program; the Society may set others'),
       ('SMS', '2010-01-01', 1260, 420, 3, 'delivered with the program; the Society may set others');
