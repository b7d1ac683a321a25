-- The papers of a person answer to the person's requests as everything else does.

-- How long a record is kept whatever its person asks, and by which law. Mark S: from a source, GK: to be verified.
CREATE TABLE retention_rule (
    record     text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    years      smallint NOT NULL,
    law_vi     text NOT NULL,
    law_en     text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT retention_rule_pk PRIMARY KEY (record, valid_from),
    CONSTRAINT retention_rule_record_known CHECK (record IN ('VOUCHER')),
    CONSTRAINT retention_rule_years_bounded CHECK (years BETWEEN 1 AND 100),
    CONSTRAINT retention_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT retention_rule_period_forward CHECK (valid_to > valid_from)
);
INSERT INTO retention_rule (record, valid_from, years, law_vi, law_en, mark, source) VALUES
    ('VOUCHER', '2017-01-01', 10, 'Luật Kế toán 88/2015/QH13; Nghị định 174/2016/NĐ-CP, Điều 13: ít nhất 10 năm',
     'Law on Accounting 88/2015/QH13; Decree 174/2016/NĐ-CP, article 13: at least 10 years', 'GK',
     'Decree 174/2016/NĐ-CP, headings of articles 12 to 14: 5 years, 10 years, for ever; that a gift''s paper is a voucher of article 13 is to be verified');

-- A closed paper has no name any more and only those who inspect read it: its giver is erased and the books need it until
-- `kept_until`, or its giver's data are restricted until that is lifted. One row a gift: a paper may be of several.
CREATE TABLE document_closure (
    document_id uuid NOT NULL,
    reason      text NOT NULL,
    subject_id  uuid NOT NULL,
    closed_at   timestamptz NOT NULL,
    kept_until  date NOT NULL,
    CONSTRAINT document_closure_pk PRIMARY KEY (document_id, reason, subject_id),
    CONSTRAINT document_closure_document_fk FOREIGN KEY (document_id) REFERENCES document (id),
    CONSTRAINT document_closure_reason_known CHECK (reason IN ('ERASED', 'RESTRICTED'))
);
CREATE INDEX document_closure_subject_idx ON document_closure (subject_id);
CREATE INDEX document_closure_ended_idx ON document_closure (kept_until) WHERE reason = 'ERASED';

-- A document is what was uploaded, for ever; its name, which may name a person, may be written again or emptied, and with
-- an emptied name goes the hash that the name is in.
CREATE OR REPLACE FUNCTION document_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{name,request_hash}'::text[] <> to_jsonb(OLD) - '{name,request_hash}'::text[]
       OR NEW.request_hash <> OLD.request_hash AND NEW.name <> '' THEN
        RAISE EXCEPTION 'a document keeps all but its name' USING ERRCODE = '23514', CONSTRAINT = 'document_append_only';
    END IF;
    RETURN NEW;
END $$;

-- What is left of what a request erased, for the answer: how many, until when.
CREATE TABLE personal_data_request_kept (
    request_id uuid NOT NULL,
    what       text NOT NULL,
    n          integer NOT NULL,
    until      date,
    CONSTRAINT personal_data_request_kept_pk PRIMARY KEY (request_id, what),
    CONSTRAINT personal_data_request_kept_request_fk FOREIGN KEY (request_id) REFERENCES personal_data_request (id),
    CONSTRAINT personal_data_request_kept_what_known CHECK (what IN ('PAPER', 'UNLINKED_PAPER')),
    CONSTRAINT personal_data_request_kept_n_positive CHECK (n > 0)
);

-- Notes beside opening balances are free text and may name somebody: such a note goes with the person, and with it the hash
-- that it is in.
CREATE OR REPLACE FUNCTION opening_balance_decides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{state,decided_by,decided_at,note,request_hash}'::text[] <> to_jsonb(OLD) - '{state,decided_by,decided_at,note,request_hash}'::text[]
       OR (NEW.note IS DISTINCT FROM OLD.note OR NEW.request_hash <> OLD.request_hash) AND NOT (OLD.note IS NOT NULL AND NEW.note IS NULL)
       OR NOT (OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'REFUSED')
               OR OLD.state = 'APPROVED' AND NEW.state = 'REVERSED' AND (NEW.decided_by, NEW.decided_at) = (OLD.decided_by, OLD.decided_at)
               OR (NEW.state, NEW.decided_by, NEW.decided_at) IS NOT DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_at)
                  AND OLD.note IS NOT NULL AND NEW.note IS NULL) THEN
        RAISE EXCEPTION 'a request is decided once' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_decided_once';
    END IF;
    RETURN NEW;
END $$;

-- Givers who were erased before their papers were looked at.
WITH erased AS (
    SELECT l.document_id, g.id AS gift_id, make_date(extract(year FROM e.booked)::int + 10, 12, 31) AS kept_until
    FROM gift g JOIN entry e ON e.id = g.entry_id
    JOIN document_link l ON l.subject_kind = 'GIFT' AND l.subject_id = g.id
    WHERE EXISTS (SELECT FROM annotation a WHERE a.of_code = e.code AND a.kind = 'ERASURE')
)
INSERT INTO document_closure (document_id, reason, subject_id, closed_at, kept_until)
SELECT document_id, 'ERASED', gift_id, now(), kept_until FROM erased;
UPDATE document SET name = '' WHERE id IN (SELECT document_id FROM document_closure);
