-- Settlement reports of appeals (báo cáo quyết toán), made from the books. What was asked for is what is approved, to the letter.
CREATE TABLE settlement_report (
    id           uuid NOT NULL,
    appeal_id    uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    as_of        date NOT NULL,
    body         bytea NOT NULL,
    sha256       text NOT NULL,
    state        text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    statement    text,
    publication  text,
    CONSTRAINT settlement_report_pk PRIMARY KEY (id),
    CONSTRAINT settlement_report_statement_key UNIQUE (statement),
    CONSTRAINT settlement_report_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT settlement_report_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT settlement_report_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT settlement_report_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT settlement_report_statement_fk FOREIGN KEY (statement, sha256) REFERENCES statement (code, sha256),
    CONSTRAINT settlement_report_publication_fk FOREIGN KEY (publication) REFERENCES publication (code),
    CONSTRAINT settlement_report_sha256_fits CHECK (sha256 = encode(sha256(body), 'hex')),
    CONSTRAINT settlement_report_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT settlement_report_decided_whole CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT settlement_report_stated_when_approved CHECK ((state = 'APPROVED') = (statement IS NOT NULL) AND (publication IS NULL OR statement IS NOT NULL))
);
CREATE UNIQUE INDEX settlement_report_waiting_key ON settlement_report (appeal_id) WHERE state = 'ASKED';
CREATE INDEX settlement_report_appeal_idx ON settlement_report (appeal_id);
CREATE INDEX settlement_report_chapter_idx ON settlement_report (chapter_id, requested_at, id);
CREATE INDEX settlement_report_requested_by_idx ON settlement_report (requested_by);
CREATE INDEX settlement_report_decided_by_idx ON settlement_report (decided_by);
CREATE INDEX settlement_report_content_idx ON settlement_report (statement, sha256);
CREATE INDEX settlement_report_publication_idx ON settlement_report (publication);
CREATE FUNCTION settlement_report_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.appeal_id, OLD.chapter_id, OLD.as_of, OLD.body, OLD.requested_by, OLD.requested_at)
            IS DISTINCT FROM (NEW.id, NEW.appeal_id, NEW.chapter_id, NEW.as_of, NEW.body, NEW.requested_by, NEW.requested_at) OR OLD.state <> 'ASKED' THEN
        RAISE EXCEPTION 'a report keeps what was asked and is decided once' USING ERRCODE = '23514', CONSTRAINT = 'settlement_report_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_report_keeps BEFORE UPDATE ON settlement_report FOR EACH ROW EXECUTE FUNCTION settlement_report_keeps();
CREATE TRIGGER settlement_report_stays BEFORE DELETE OR TRUNCATE ON settlement_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is published of an appeal, and what says a day that clocks count from, may be a statement in place of a document: the very
-- text whose hash both leaves have.
ALTER TABLE publication
    ALTER COLUMN document_id DROP NOT NULL,
    ALTER COLUMN purpose DROP NOT NULL,
    ADD COLUMN statement text,
    ADD CONSTRAINT publication_statement_fk FOREIGN KEY (statement, sha256) REFERENCES statement (code, sha256),
    ADD CONSTRAINT publication_document_or_statement CHECK (num_nonnulls(document_id, purpose) = CASE WHEN statement IS NULL THEN 2 ELSE 0 END);
CREATE INDEX publication_statement_idx ON publication (statement, sha256);
GRANT SELECT (statement) ON publication TO so_nhan_ai_public;
ALTER TABLE appeal_milestone
    ALTER COLUMN document_id DROP NOT NULL,
    ALTER COLUMN purpose DROP NOT NULL,
    ADD COLUMN statement text,
    ADD CONSTRAINT appeal_milestone_statement_fk FOREIGN KEY (statement) REFERENCES statement (code),
    ADD CONSTRAINT appeal_milestone_document_or_statement CHECK (num_nonnulls(document_id, purpose) = CASE WHEN statement IS NULL THEN 2 ELSE 0 END);
CREATE INDEX appeal_milestone_statement_idx ON appeal_milestone (statement);
