-- What only its receiver may read stands in no officer's list, and is forgotten when it could not be sent.
ALTER TABLE message ADD COLUMN confidential boolean NOT NULL DEFAULT false;
CREATE INDEX message_confidential_idx ON message (made_at) WHERE confidential AND content IS NOT NULL;

-- Links by which somebody chooses the password of their account, one at a time. The epoch is that of the account when the link was
-- made: whatever has changed since makes the link void.
CREATE TABLE password_link (
    id         uuid NOT NULL,
    account_id uuid NOT NULL,
    epoch      bigint NOT NULL,
    ends_at    timestamptz NOT NULL,
    mailed     boolean NOT NULL,
    CONSTRAINT password_link_pk PRIMARY KEY (id),
    CONSTRAINT password_link_link_fk FOREIGN KEY (id) REFERENCES link (id),
    CONSTRAINT password_link_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT password_link_account_key UNIQUE (account_id)
);
