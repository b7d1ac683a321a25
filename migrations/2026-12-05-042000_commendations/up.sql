-- Commendations: what may be awarded, how many of it, who was proposed and what was decided; models of good practice.

CREATE TABLE commendation_form (
    code       text NOT NULL,
    rank       smallint NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    -- At which levels it is awarded.
    levels     text[] NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT commendation_form_pk PRIMARY KEY (code),
    CONSTRAINT commendation_form_code_shaped CHECK (code ~ '^[A-Z][A-Z_]{2,39}$'),
    CONSTRAINT commendation_form_levels_known CHECK (cardinality(levels) > 0 AND levels <@ '{CENTRAL,PROVINCE,DISTRICT,COMMUNE,GRASSROOTS,BRANCH}'),
    CONSTRAINT commendation_form_mark_known CHECK (mark IN ('S', 'REC', 'GK')),
    CONSTRAINT commendation_form_days_forward CHECK (valid_to > valid_from)
);
CREATE TRIGGER commendation_form_stays BEFORE DELETE OR TRUNCATE ON commendation_form FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO commendation_form (code, rank, vi, en, levels, valid_from, mark, source) VALUES
    ('GOOD_PEOPLE_GOOD_DEEDS', 1, 'Người tốt, việc thiện', 'Good people, good deeds', '{CENTRAL,PROVINCE,DISTRICT,COMMUNE,GRASSROOTS}', '2008-01-01', 'GK', 'Movement named by chapters; who awards it is remembered, not read'),
    ('SKILFUL_MASS_MOBILISATION', 2, 'Dân vận khéo', 'Skilful mass mobilisation', '{CENTRAL,PROVINCE,DISTRICT,COMMUNE}', '2009-01-01', 'GK', 'Movement named by chapters; who awards it is remembered, not read'),
    ('LETTER_OF_PRAISE', 3, 'Giấy khen', 'Letter of praise', '{PROVINCE,DISTRICT,COMMUNE,GRASSROOTS}', '2008-01-01', 'GK', 'Practice of chapters, remembered, not read'),
    ('CERTIFICATE_OF_MERIT', 4, 'Bằng khen của Trung ương Hội', 'Certificate of merit of the central society', '{CENTRAL}', '2008-01-01', 'GK', 'Practice of the society, remembered, not read'),
    ('COMMEMORATIVE_MEDAL', 5, 'Kỷ niệm chương “Vì sự nghiệp nhân đạo Việt Nam”', 'Medal "For the humanitarian cause of Vietnam"', '{CENTRAL}', '2008-01-01', 'GK', 'Practice of the society, remembered, not read');

-- How many of a form a chapter awards in a year, and how many it has. No number, no limit.
CREATE TABLE commendation_quota (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    form         text NOT NULL,
    year         smallint NOT NULL,
    quota        integer,
    taken        integer NOT NULL DEFAULT 0,
    decision_no  text,
    set_account  uuid,
    set_at       timestamptz,
    CONSTRAINT commendation_quota_pk PRIMARY KEY (id),
    CONSTRAINT commendation_quota_once UNIQUE (chapter_id, form, year),
    CONSTRAINT commendation_quota_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT commendation_quota_form_fk FOREIGN KEY (form) REFERENCES commendation_form (code),
    CONSTRAINT commendation_quota_set_account_fk FOREIGN KEY (set_account) REFERENCES account (id),
    CONSTRAINT commendation_quota_set_whole CHECK (num_nonnulls(quota, decision_no, set_account, set_at) IN (0, 4)),
    -- Whoever awards at the same moment waits for this row.
    CONSTRAINT commendation_quota_kept CHECK (taken BETWEEN 0 AND quota AND taken >= 0)
);
CREATE INDEX commendation_quota_form_idx ON commendation_quota (form);
CREATE INDEX commendation_quota_set_account_idx ON commendation_quota (set_account);
CREATE TRIGGER commendation_quota_stays BEFORE DELETE OR TRUNCATE ON commendation_quota FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Somebody proposed: a person as the proposing chapter knows them, or a collective by its name.
CREATE TABLE commendation (
    id             uuid NOT NULL,
    chapter_id     uuid NOT NULL,
    awarded_at_id  uuid NOT NULL,
    form           text NOT NULL,
    year           smallint NOT NULL,
    person_id      uuid,
    collective     text,
    document       text,
    state          text NOT NULL,
    decision_no    text NOT NULL,
    proposed_by    uuid NOT NULL,
    proposed_at    timestamptz NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    CONSTRAINT commendation_pk PRIMARY KEY (id),
    CONSTRAINT commendation_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT commendation_awarded_at_fk FOREIGN KEY (awarded_at_id) REFERENCES chapter (id),
    CONSTRAINT commendation_form_fk FOREIGN KEY (form) REFERENCES commendation_form (code),
    CONSTRAINT commendation_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT commendation_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES account (id),
    CONSTRAINT commendation_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT commendation_of_one CHECK (num_nonnulls(person_id, collective) = 1),
    CONSTRAINT commendation_state_known CHECK (state IN ('PROPOSED', 'AWARDED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT commendation_decided_whole CHECK ((state = 'PROPOSED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT commendation_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$')
);
CREATE INDEX commendation_chapter_idx ON commendation (chapter_id, proposed_at, id);
CREATE INDEX commendation_awarded_at_idx ON commendation (awarded_at_id, decided_at, id);
CREATE INDEX commendation_form_idx ON commendation (form);
CREATE INDEX commendation_proposed_by_idx ON commendation (proposed_by);
CREATE INDEX commendation_decided_by_idx ON commendation (decided_by);
-- Nobody gets one form twice for one year, nor is proposed twice at once.
CREATE INDEX commendation_person_idx ON commendation (person_id);
CREATE UNIQUE INDEX commendation_person_key ON commendation (person_id, form, year) WHERE state IN ('PROPOSED', 'AWARDED');
CREATE FUNCTION commendation_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_by,decided_at,document}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (OLD.state <> 'PROPOSED' AND NEW.state <> OLD.state)
       OR (NEW.document IS NOT NULL AND NEW.document IS DISTINCT FROM OLD.document) THEN
        RAISE EXCEPTION 'commendation % is decided once', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'commendation_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commendation_decided_once BEFORE UPDATE ON commendation FOR EACH ROW EXECUTE FUNCTION commendation_decided_once();
CREATE TRIGGER commendation_stays BEFORE DELETE OR TRUNCATE ON commendation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Why, sealed: it speaks of somebody. Goes with them.
CREATE TABLE commendation_citation (
    commendation_id uuid NOT NULL,
    citation        bytea NOT NULL,
    CONSTRAINT commendation_citation_pk PRIMARY KEY (commendation_id),
    CONSTRAINT commendation_citation_commendation_fk FOREIGN KEY (commendation_id) REFERENCES commendation (id)
);

-- The name of somebody commended as the public may read it, for as long as they agree (Law 91/2025/QH15, art. 16); afterwards only that
-- they did.
CREATE TABLE commendation_shown (
    id                uuid NOT NULL,
    commendation_id   uuid NOT NULL,
    name              text,
    text_version      smallint NOT NULL,
    given_on          date NOT NULL,
    document          text,
    recorded_account  uuid NOT NULL,
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    -- NULL where a request about personal data took it away.
    withdrawn_account uuid,
    CONSTRAINT commendation_shown_pk PRIMARY KEY (id),
    CONSTRAINT commendation_shown_commendation_fk FOREIGN KEY (commendation_id) REFERENCES commendation (id),
    CONSTRAINT commendation_shown_recorded_account_fk FOREIGN KEY (recorded_account) REFERENCES account (id),
    CONSTRAINT commendation_shown_withdrawn_account_fk FOREIGN KEY (withdrawn_account) REFERENCES account (id),
    CONSTRAINT commendation_shown_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT commendation_shown_while_agreed CHECK ((name IS NULL) = (withdrawn_at IS NOT NULL) AND (withdrawn_account IS NULL OR withdrawn_at IS NOT NULL))
);
CREATE INDEX commendation_shown_commendation_idx ON commendation_shown (commendation_id);
CREATE UNIQUE INDEX commendation_shown_standing_key ON commendation_shown (commendation_id) WHERE withdrawn_at IS NULL;
CREATE INDEX commendation_shown_recorded_account_idx ON commendation_shown (recorded_account);
CREATE INDEX commendation_shown_withdrawn_account_idx ON commendation_shown (withdrawn_account);

-- Models of good practice (mô hình hay). They name nobody.
CREATE TABLE practice_model (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    area         text NOT NULL,
    movement     text,
    title        text NOT NULL,
    about        text NOT NULL,
    -- Words by which it is found, folded.
    words        text[] NOT NULL,
    state        text NOT NULL,
    made_account uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    published_on date,
    CONSTRAINT practice_model_pk PRIMARY KEY (id),
    CONSTRAINT practice_model_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT practice_model_area_fk FOREIGN KEY (area) REFERENCES activity_area (code),
    CONSTRAINT practice_model_movement_fk FOREIGN KEY (movement) REFERENCES movement (code),
    CONSTRAINT practice_model_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT practice_model_state_known CHECK (state IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')),
    CONSTRAINT practice_model_published_whole CHECK ((state = 'PUBLISHED') <= (published_on IS NOT NULL) AND (state = 'DRAFT') <= (published_on IS NULL))
);
CREATE INDEX practice_model_chapter_idx ON practice_model (chapter_id, made_at, id);
CREATE INDEX practice_model_area_idx ON practice_model (area);
CREATE INDEX practice_model_movement_idx ON practice_model (movement);
CREATE INDEX practice_model_made_account_idx ON practice_model (made_account);
CREATE INDEX practice_model_words_idx ON practice_model USING gin (words);
CREATE TRIGGER practice_model_stays BEFORE DELETE OR TRUNCATE ON practice_model FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE commendation_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT commendation_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER commendation_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commendation_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who agrees that their name stands beside what they are commended for.
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   regexp_replace(said, '\]\)', ', ''SHOW_NAME_OF_COMMENDED''::text])'));
END $$;
INSERT INTO consent_text (purpose, version, valid_from, vi, en) VALUES
    ('SHOW_NAME_OF_COMMENDED', 1, '2026-11-01',
     'Dữ liệu: họ tên của tôi và hình thức tôi được biểu dương, khen thưởng. Mục đích: công khai trên trang của đơn vị Hội và các cấp Hội. Bên kiểm soát dữ liệu: Hội Chữ thập đỏ Việt Nam. Tôi đồng ý với việc này. Tôi có quyền được biết, xem, chỉnh sửa, xóa, hạn chế xử lý, phản đối xử lý dữ liệu của mình, yêu cầu biện pháp bảo vệ, khiếu nại và rút lại đồng ý bất cứ lúc nào, tại đơn vị hoặc Trung ương Hội; khi rút lại, họ tên không hiện nữa. Không đồng ý cũng không ảnh hưởng gì đến việc khen thưởng.',
     'Data: my full name and what I am commended with. Purpose: publication on the pages of the chapter and of the levels above it. Controller: the Vietnam Red Cross. I agree to this. I have the right to know, view, correct, erase, restrict and object to the processing of my data, to ask for measures of protection, to complain, and to withdraw this at any time, at the chapter or at the central office; the name then disappears. Not agreeing has no consequence for the commendation.');

-- The file of a proposal: why, minutes, the signed consent.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''COMMENDATION''::text])'));
    END LOOP;
END $$;

GRANT SELECT ON commendation_form TO so_nhan_ai_public;
GRANT SELECT (id, chapter_id, awarded_at_id, form, year, collective, state, decision_no, decided_at) ON commendation TO so_nhan_ai_public;
GRANT SELECT (commendation_id, name) ON commendation_shown TO so_nhan_ai_public;
GRANT SELECT (id, chapter_id, area, movement, title, about, words, state, published_on) ON practice_model TO so_nhan_ai_public;
