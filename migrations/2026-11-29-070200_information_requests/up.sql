-- Whoever asks about fundraising or its use is answered within ten days (Law 11/2008/QH12, art. 21(5)(d)). No name and no text
-- of who asks is kept here: the letter has its number, and the answer another one.
CREATE TABLE information_rule (
    valid_from date NOT NULL,
    valid_to   date,
    amount     smallint NOT NULL,
    unit       text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT information_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT information_rule_amount_bounded CHECK (amount BETWEEN 1 AND 365),
    CONSTRAINT information_rule_unit_known CHECK (unit IN ('WORKING_DAY', 'DAY')),
    CONSTRAINT information_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT information_rule_period_forward CHECK (valid_to > valid_from)
);
INSERT INTO information_rule (valid_from, amount, unit, mark, source) VALUES
    ('2009-01-01', 10, 'DAY', 'S', 'Law 11/2008/QH12, art. 21(5)(d): 10 days; not what is published already; a refusal in writing with reasons');

CREATE TABLE information_request (
    id          uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    appeal_id   uuid,
    topic       text NOT NULL,
    channel     text NOT NULL,
    received_on date NOT NULL,
    letter_no   text,
    due_on      date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    outcome     text,
    publication text,
    refusal     text,
    reply_no    text,
    closed_on   date,
    closed_at   timestamptz,
    closed_by   uuid,
    CONSTRAINT information_request_pk PRIMARY KEY (id),
    CONSTRAINT information_request_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT information_request_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT information_request_publication_fk FOREIGN KEY (publication) REFERENCES publication (code),
    CONSTRAINT information_request_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT information_request_closed_by_fk FOREIGN KEY (closed_by) REFERENCES account (id),
    CONSTRAINT information_request_topic_known CHECK (topic IN ('PURPOSE', 'RECEIVED', 'USE', 'RESULTS', 'SETTLEMENT', 'OTHER')),
    CONSTRAINT information_request_channel_known CHECK (channel IN ('IN_PERSON', 'PHONE', 'POST', 'EMAIL', 'APP', 'OTHER')),
    CONSTRAINT information_request_letter_no_bounded CHECK (char_length(letter_no) BETWEEN 1 AND 60),
    CONSTRAINT information_request_reply_no_bounded CHECK (char_length(reply_no) BETWEEN 1 AND 60),
    CONSTRAINT information_request_refusal_known CHECK (refusal IN ('PERSONAL_DATA', 'STATE_SECRET', 'NOT_HELD', 'NOT_ABOUT_FUNDRAISING', 'REPEATED', 'OTHER')),
    CONSTRAINT information_request_outcome_whole CHECK (CASE outcome
        WHEN 'ANSWERED' THEN num_nonnulls(publication, refusal) = 0
        WHEN 'ALREADY_PUBLISHED' THEN publication IS NOT NULL AND num_nonnulls(refusal, reply_no) = 0
        WHEN 'REFUSED' THEN num_nonnulls(refusal, reply_no) = 2 AND publication IS NULL
        ELSE outcome IS NULL AND num_nonnulls(publication, refusal, reply_no) = 0 END),
    CONSTRAINT information_request_closed_whole CHECK (num_nonnulls(outcome, closed_on, closed_at, closed_by) IN (0, 4)),
    CONSTRAINT information_request_in_order CHECK (closed_on >= received_on AND due_on >= received_on)
);
CREATE INDEX information_request_chapter_idx ON information_request (chapter_id, due_on, id);
CREATE INDEX information_request_appeal_idx ON information_request (appeal_id);
CREATE INDEX information_request_publication_idx ON information_request (publication);
CREATE INDEX information_request_recorded_by_idx ON information_request (recorded_by);
CREATE INDEX information_request_closed_by_idx ON information_request (closed_by);

-- What was asked stays as it was asked, and is closed once.
CREATE FUNCTION information_request_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome IS NOT NULL
       OR to_jsonb(NEW) - '{outcome,publication,refusal,reply_no,closed_on,closed_at,closed_by}'::text[]
           <> to_jsonb(OLD) - '{outcome,publication,refusal,reply_no,closed_on,closed_at,closed_by}'::text[] THEN
        RAISE EXCEPTION 'a request is only closed, and once' USING ERRCODE = '23514', CONSTRAINT = 'information_request_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER information_request_keeps BEFORE UPDATE ON information_request FOR EACH ROW EXECUTE FUNCTION information_request_keeps();
CREATE TRIGGER information_request_append_only BEFORE DELETE OR TRUNCATE ON information_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
