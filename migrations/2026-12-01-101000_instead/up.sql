-- A gift that was booked for the wrong appeal: with the request to reverse it stands what it is booked as instead, by the same approval.
CREATE TABLE reversal_instead (
    request_id uuid NOT NULL,
    gift_id    uuid NOT NULL,
    appeal     text,
    CONSTRAINT reversal_instead_pk PRIMARY KEY (request_id),
    CONSTRAINT reversal_instead_gift_key UNIQUE (gift_id),
    CONSTRAINT reversal_instead_request_fk FOREIGN KEY (request_id) REFERENCES reversal_request (id)
);
CREATE TRIGGER reversal_instead_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reversal_instead
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
