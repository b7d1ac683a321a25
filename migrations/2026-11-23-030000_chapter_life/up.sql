-- The life of chapters: founding, names over time, provisional committees, contact and legal data; administrative units
-- as they were before 1/7/2025 and what became of them; opening balances from old books.

-- Words a folded text is found by: runs of a-z and 0-9, the same as `basics::text::words`.
CREATE FUNCTION folded_words(folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(regexp_split_to_array(folded, '[^a-z0-9]+'), ''))
$$;

-- Chapters of schools, agencies, hospitals and enterprises are grassroots chapters; branches also follow hamlets and
-- what people have in common.
ALTER TABLE chapter DROP CONSTRAINT chapter_kind_known, ADD CONSTRAINT chapter_kind_known
    CHECK (kind IN ('TERRITORIAL', 'AGENCY', 'SCHOOL', 'ENTERPRISE', 'HOSPITAL', 'RESIDENTIAL', 'INTEREST'));
ALTER TABLE chapter DROP CONSTRAINT chapter_level_known, ADD CONSTRAINT chapter_level_known
    CHECK (level IN ('CENTRAL', 'PROVINCE', 'DISTRICT', 'COMMUNE', 'GRASSROOTS', 'BRANCH'));
ALTER TABLE chapter ADD COLUMN version integer NOT NULL DEFAULT 1 CONSTRAINT chapter_version_counts CHECK (version >= 1);
ALTER TABLE chapter ADD COLUMN words tsvector GENERATED ALWAYS AS (folded_words(folded)) STORED;
CREATE INDEX chapter_words_idx ON chapter USING gin (words);
-- Territorial chapters are named after units, whose names are the law's business (Hà and Hạ may be neighbours).
CREATE UNIQUE INDEX chapter_sibling_name_key ON chapter (parent_id, folded)
    WHERE kind <> 'TERRITORIAL' AND status NOT IN ('MERGED', 'DISSOLVED');

-- What a chapter is stays; its status goes only where a status can go: nothing comes back from MERGED or DISSOLVED.
CREATE FUNCTION chapter_lives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.level, NEW.founded_on) IS DISTINCT FROM (OLD.kind, OLD.level, OLD.founded_on)
       OR NEW.unit_code IS DISTINCT FROM OLD.unit_code OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
        RAISE EXCEPTION 'a chapter keeps its kind, level, unit and founding day, and counts its versions'
            USING ERRCODE = '23514', CONSTRAINT = 'chapter_lives';
    END IF;
    IF NEW.status <> OLD.status AND NOT (CASE OLD.status
        WHEN 'ACTIVE' THEN NEW.status IN ('PROVISIONAL', 'MERGING', 'MERGED', 'DISSOLVED')
        WHEN 'PROVISIONAL' THEN NEW.status IN ('ACTIVE', 'MERGING', 'MERGED', 'DISSOLVED')
        WHEN 'MERGING' THEN NEW.status IN ('ACTIVE', 'PROVISIONAL', 'MERGED', 'DISSOLVED')
        ELSE false END) THEN
        RAISE EXCEPTION 'a chapter that is % does not become %', OLD.status, NEW.status
            USING ERRCODE = '23514', CONSTRAINT = 'chapter_status_moves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chapter_lives BEFORE UPDATE ON chapter FOR EACH ROW EXECUTE FUNCTION chapter_lives();

-- What a chapter was after each change, by whom and by which decision. A chapter that came with the units and was never
-- changed has no rows; its first change writes version 1 (nobody's, as it came) and version 2.
CREATE TABLE chapter_version (
    chapter_id         uuid NOT NULL,
    version            integer NOT NULL,
    change             text NOT NULL,
    name               text NOT NULL,
    short_name         text NOT NULL,
    status             text NOT NULL,
    effective_on       date NOT NULL,
    decision_no        text,
    decision_on        date,
    address            text,
    phone              text,
    email              text,
    legal_personality  boolean,
    seal_no            text,
    seal_registered_on date,
    tax_code           text,
    own_bank_account   boolean,
    recorded_at        timestamptz,
    recorded_by        uuid,
    CONSTRAINT chapter_version_pk PRIMARY KEY (chapter_id, version),
    CONSTRAINT chapter_version_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT chapter_version_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT chapter_version_change_known CHECK (change IN ('FOUNDED', 'RENAMED', 'MADE_PROVISIONAL', 'MADE_REGULAR', 'DETAILS_CHANGED')),
    CONSTRAINT chapter_version_by_decision CHECK (change IN ('FOUNDED', 'DETAILS_CHANGED') OR decision_no IS NOT NULL),
    CONSTRAINT chapter_version_recorded_whole CHECK ((recorded_at IS NULL) = (recorded_by IS NULL))
);
CREATE INDEX chapter_version_recorded_by_idx ON chapter_version (recorded_by);
CREATE TRIGGER chapter_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chapter_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Names that were left behind, still searched for. `version` is the one that ended the name.
CREATE TABLE chapter_former_name (
    chapter_id uuid NOT NULL,
    version    integer NOT NULL,
    name       text NOT NULL,
    folded     text NOT NULL,
    words      tsvector GENERATED ALWAYS AS (folded_words(folded)) STORED,
    valid_from date NOT NULL,
    valid_to   date NOT NULL,
    CONSTRAINT chapter_former_name_pk PRIMARY KEY (chapter_id, version),
    CONSTRAINT chapter_former_name_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT chapter_former_name_forward CHECK (valid_to >= valid_from)
);
CREATE INDEX chapter_former_name_words_idx ON chapter_former_name USING gin (words);
CREATE TRIGGER chapter_former_name_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chapter_former_name
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Foundings and decisions by the id their client made, so that sending one again changes nothing.
CREATE TABLE chapter_request (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT chapter_request_pk PRIMARY KEY (id),
    CONSTRAINT chapter_request_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX chapter_request_chapter_idx ON chapter_request (chapter_id);
CREATE TRIGGER chapter_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chapter_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The last number given out for codes like 68-TH-0001 (prefix `68-TH`). A number is never given twice.
CREATE TABLE chapter_serial (
    prefix text NOT NULL,
    last   integer NOT NULL,
    CONSTRAINT chapter_serial_pk PRIMARY KEY (prefix),
    CONSTRAINT chapter_serial_counts CHECK (last >= 1)
);

CREATE INDEX administrative_unit_words_idx ON administrative_unit USING gin (folded_words(folded));

-- Units as they were until 30/6/2025, read from the mergers files by the reference loader, which replaces them whole
-- when the files change. `id` is the level's letter and the old code.
CREATE TABLE former_unit (
    id          text NOT NULL,
    level       text NOT NULL,
    code        text,
    parent_code text,
    kind        text NOT NULL,
    full_name   text NOT NULL,
    district    text,
    province    text NOT NULL,
    valid_to    date NOT NULL,
    folded      text NOT NULL,
    words       tsvector GENERATED ALWAYS AS (folded_words(folded)) STORED,
    place       text NOT NULL,
    CONSTRAINT former_unit_pk PRIMARY KEY (id),
    CONSTRAINT former_unit_level_known CHECK (level IN ('PROVINCE', 'DISTRICT', 'COMMUNE'))
);
CREATE INDEX former_unit_words_idx ON former_unit USING gin (words);
CREATE INDEX former_unit_parent_idx ON former_unit (parent_code, id);

CREATE TABLE unit_merger (
    former_id text NOT NULL,
    new_code  text NOT NULL,
    relation  text NOT NULL,
    note      text NOT NULL,
    CONSTRAINT unit_merger_pk PRIMARY KEY (former_id, new_code),
    CONSTRAINT unit_merger_former_fk FOREIGN KEY (former_id) REFERENCES former_unit (id),
    CONSTRAINT unit_merger_relation_known CHECK (relation IN ('WHOLE', 'PARTIAL'))
);
CREATE INDEX unit_merger_new_idx ON unit_merger (new_code);

-- Which edition of a reference file is loaded.
CREATE TABLE reference_load (
    name   text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT reference_load_pk PRIMARY KEY (name)
);

GRANT SELECT ON former_unit, unit_merger, chapter_former_name TO so_nhan_ai_public;
GRANT SELECT (chapter_id, version, change, name, short_name, status, effective_on, decision_no, decision_on, address, phone, email)
    ON chapter_version TO so_nhan_ai_public;

-- SHA-256 of the document behind an entry; it stands in the leaf.
ALTER TABLE entry ADD COLUMN document bytea CONSTRAINT entry_document_is_a_hash CHECK (octet_length(document) = 32);

-- Opening balances from old books: somebody who records asks, a second person approves (as for a reversal). One entry a
-- fund is booked, and each (chapter, fund, account) is opened once at a time.
CREATE TABLE opening_balance (
    id                  uuid NOT NULL,
    chapter_id          uuid NOT NULL,
    as_of               date NOT NULL,
    document_no         text NOT NULL,
    document            bytea,
    note                bytea,
    request_hash        bytea NOT NULL,
    state               text NOT NULL,
    approver_chapter_id uuid NOT NULL,
    requested_by        uuid NOT NULL,
    requested_at        timestamptz NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    CONSTRAINT opening_balance_pk PRIMARY KEY (id),
    CONSTRAINT opening_balance_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT opening_balance_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT opening_balance_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT opening_balance_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT opening_balance_document_is_a_hash CHECK (octet_length(document) = 32),
    CONSTRAINT opening_balance_state_known CHECK (state IN ('REQUESTED', 'APPROVED', 'REFUSED', 'REVERSED')),
    CONSTRAINT opening_balance_decided_whole CHECK ((state = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX opening_balance_chapter_idx ON opening_balance (chapter_id, requested_at, id);
CREATE INDEX opening_balance_approver_chapter_idx ON opening_balance (approver_chapter_id);
CREATE INDEX opening_balance_requested_by_idx ON opening_balance (requested_by);
CREATE INDEX opening_balance_decided_by_idx ON opening_balance (decided_by);

CREATE TABLE opening_balance_line (
    opening_id uuid NOT NULL,
    n          smallint NOT NULL,
    fund_id    integer NOT NULL,
    account    text NOT NULL,
    amount_vnd bigint NOT NULL,
    CONSTRAINT opening_balance_line_pk PRIMARY KEY (opening_id, n),
    CONSTRAINT opening_balance_line_opening_fk FOREIGN KEY (opening_id) REFERENCES opening_balance (id),
    CONSTRAINT opening_balance_line_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT opening_balance_line_once UNIQUE (opening_id, fund_id, account),
    CONSTRAINT opening_balance_line_account_known CHECK (account IN ('CASH_ON_HAND', 'BANK', 'GOODS_IN_STOCK', 'RECEIVABLE_OTHER', 'ADVANCE', 'PAYABLE')),
    CONSTRAINT opening_balance_line_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000)
);
CREATE INDEX opening_balance_line_fund_idx ON opening_balance_line (fund_id);
CREATE TRIGGER opening_balance_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opening_balance_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE opening_balance_entry (
    opening_id uuid NOT NULL,
    fund_id    integer NOT NULL,
    entry_id   uuid NOT NULL,
    CONSTRAINT opening_balance_entry_pk PRIMARY KEY (opening_id, fund_id),
    CONSTRAINT opening_balance_entry_entry_once UNIQUE (entry_id),
    CONSTRAINT opening_balance_entry_opening_fk FOREIGN KEY (opening_id) REFERENCES opening_balance (id),
    CONSTRAINT opening_balance_entry_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT opening_balance_entry_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id)
);
CREATE INDEX opening_balance_entry_fund_idx ON opening_balance_entry (fund_id);
CREATE TRIGGER opening_balance_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opening_balance_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is opened now. A reversal gives the place back, so that the right balance can be opened instead.
CREATE TABLE opening_balance_held (
    chapter_id uuid NOT NULL,
    fund_id    integer NOT NULL,
    account    text NOT NULL,
    opening_id uuid NOT NULL,
    CONSTRAINT opening_balance_held_pk PRIMARY KEY (chapter_id, fund_id, account),
    CONSTRAINT opening_balance_held_opening_fk FOREIGN KEY (opening_id) REFERENCES opening_balance (id)
);
CREATE INDEX opening_balance_held_opening_idx ON opening_balance_held (opening_id);

CREATE TABLE opening_balance_reversal (
    id                  uuid NOT NULL,
    opening_id          uuid NOT NULL,
    reason              text NOT NULL,
    note                bytea,
    request_hash        bytea NOT NULL,
    state               text NOT NULL,
    approver_chapter_id uuid NOT NULL,
    requested_by        uuid NOT NULL,
    requested_at        timestamptz NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    CONSTRAINT opening_balance_reversal_pk PRIMARY KEY (id),
    CONSTRAINT opening_balance_reversal_opening_fk FOREIGN KEY (opening_id) REFERENCES opening_balance (id),
    CONSTRAINT opening_balance_reversal_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT opening_balance_reversal_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT opening_balance_reversal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT opening_balance_reversal_reason_known CHECK (reason IN ('DUPLICATE', 'WRONG_AMOUNT', 'WRONG_FUND', 'WRONG_CHAPTER', 'OTHER')),
    CONSTRAINT opening_balance_reversal_state_known CHECK (state IN ('REQUESTED', 'APPROVED', 'REFUSED')),
    CONSTRAINT opening_balance_reversal_decided_whole CHECK ((state = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX opening_balance_reversal_opening_idx ON opening_balance_reversal (opening_id);
CREATE UNIQUE INDEX opening_balance_reversal_standing_key ON opening_balance_reversal (opening_id) WHERE state IN ('REQUESTED', 'APPROVED');
CREATE INDEX opening_balance_reversal_approver_chapter_idx ON opening_balance_reversal (approver_chapter_id);
CREATE INDEX opening_balance_reversal_requested_by_idx ON opening_balance_reversal (requested_by);
CREATE INDEX opening_balance_reversal_decided_by_idx ON opening_balance_reversal (decided_by);

-- Requests keep what was asked; only the decision is added, once, and an approved opening may be reversed.
CREATE FUNCTION opening_balance_decides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{state,decided_by,decided_at}'::text[] <> to_jsonb(OLD) - '{state,decided_by,decided_at}'::text[]
       OR NOT (OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'REFUSED')
               OR OLD.state = 'APPROVED' AND NEW.state = 'REVERSED' AND (NEW.decided_by, NEW.decided_at) = (OLD.decided_by, OLD.decided_at)) THEN
        RAISE EXCEPTION 'a request is decided once' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opening_balance_decides BEFORE UPDATE ON opening_balance FOR EACH ROW EXECUTE FUNCTION opening_balance_decides();
CREATE TRIGGER opening_balance_stays BEFORE DELETE OR TRUNCATE ON opening_balance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER opening_balance_reversal_decides BEFORE UPDATE ON opening_balance_reversal
    FOR EACH ROW EXECUTE FUNCTION opening_balance_decides();
CREATE TRIGGER opening_balance_reversal_stays BEFORE DELETE OR TRUNCATE ON opening_balance_reversal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
