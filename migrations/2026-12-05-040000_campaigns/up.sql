-- Movements (phong trào) and their editions, campaigns that group appeals and work, programmes agreed with partners. None of them holds money.

-- What is called a movement, from when to when, and who says so.
CREATE TABLE movement (
    code       text NOT NULL,
    rank       smallint NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT movement_pk PRIMARY KEY (code),
    CONSTRAINT movement_code_shaped CHECK (code ~ '^[A-Z][A-Z_]{2,39}$'),
    CONSTRAINT movement_mark_known CHECK (mark IN ('S', 'REC', 'GK')),
    CONSTRAINT movement_days_forward CHECK (valid_to > valid_from)
);
CREATE TRIGGER movement_stays BEFORE DELETE OR TRUNCATE ON movement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A movement in one year, with what it set out to reach.
CREATE TABLE movement_edition (
    id             uuid NOT NULL,
    movement       text NOT NULL,
    year           smallint NOT NULL,
    starts_on      date NOT NULL,
    ends_on        date NOT NULL,
    target         text,
    target_persons bigint,
    target_vnd     bigint,
    source         text NOT NULL,
    -- NULL for what came with the program.
    made_account   uuid,
    made_at        timestamptz,
    CONSTRAINT movement_edition_pk PRIMARY KEY (id),
    CONSTRAINT movement_edition_once UNIQUE (movement, year),
    CONSTRAINT movement_edition_movement_fk FOREIGN KEY (movement) REFERENCES movement (code),
    CONSTRAINT movement_edition_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT movement_edition_year_bounded CHECK (year BETWEEN 1946 AND 2200),
    CONSTRAINT movement_edition_days_forward CHECK (ends_on >= starts_on),
    CONSTRAINT movement_edition_targets_bounded CHECK (target_persons BETWEEN 1 AND 1000000000 AND target_vnd BETWEEN 1 AND 1000000000000000)
);
CREATE INDEX movement_edition_made_account_idx ON movement_edition (made_account);
CREATE TRIGGER movement_edition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON movement_edition
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO movement (code, rank, vi, en, valid_from, mark, source) VALUES
    ('TET_NHAN_AI', 1, 'Tết Nhân ái', 'Tết Nhân ái (Compassionate New Year)', '2022-01-01', 'S', 'Thời Đại, VOV, SGGP, 2026: before it "Tết vì người nghèo và nạn nhân chất độc da cam", since 1999'),
    ('HUMANITARIAN_MONTH', 2, 'Tháng Nhân đạo', 'Humanitarian Month', '2018-01-01', 'S', 'VietnamPlus, Viet Nam News: each May since 2018'),
    ('ONE_SPONSOR_ONE_ADDRESS', 3, 'Mỗi tổ chức, mỗi cá nhân gắn với một địa chỉ nhân đạo', 'Each organisation, each person tied to one humanitarian address', '2008-01-01', 'S', 'Nhân đạo & Đời sống: since 2008'),
    ('GOOD_PEOPLE_GOOD_DEEDS', 4, 'Người tốt, việc thiện – Chung sức xây dựng cộng đồng nhân ái', 'Good people, good deeds', '2008-01-01', 'S', 'Nhân Dân: emulation movement with yearly honours; its first year is not known here'),
    ('SKILFUL_MASS_MOBILISATION', 5, 'Dân vận khéo', 'Skilful mass mobilisation', '2009-01-01', 'GK', 'Emulation movement of the Party in which chapters report models; its first year is remembered, not read'),
    ('CHARITY_MARKET', 6, 'Chợ Tết nhân ái, gian hàng 0 đồng', 'Charity market, stalls at no price', '2020-01-01', 'S', 'SGGP, Công an Đà Nẵng, 1/2026; its first year is not known here'),
    ('COW_BANK', 7, 'Ngân hàng bò', 'Cow bank', '2010-01-01', 'GK', 'Remembered, not read'),
    ('POWER_OF_HUMANITY', 8, 'Sức mạnh Nhân đạo', 'Power of Humanity', '2015-01-01', 'S', 'Thời Đại: yearly gala around 23/11; its first year is not known here');
INSERT INTO movement_edition (id, movement, year, starts_on, ends_on, target, target_persons, target_vnd, source) VALUES
    ('0199e0a1-0000-7000-8000-000000000001', 'TET_NHAN_AI', 2026, '2026-01-26', '2026-02-10', '1,5 triệu suất quà, mỗi suất từ 500.000 đồng', 1500000, 750000000000, 'Thời Đại, VOV, SGGP, Báo Quốc tế, 2026'),
    ('0199e0a1-0000-7000-8000-000000000002', 'HUMANITARIAN_MONTH', 2025, '2025-05-01', '2025-05-31', '400 tỷ đồng, 100.000 người và tập thể, 500 căn nhà, 500 sinh kế', 100000, 400000000000, 'VietnamPlus, 2025');

-- A campaign groups appeals and work for a time, under the chapter that leads it.
CREATE TABLE campaign (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    movement     text,
    title        text NOT NULL,
    title_en     text,
    about        text NOT NULL,
    about_en     text,
    starts_on    date NOT NULL,
    ends_on      date,
    state        text NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    made_account uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    CONSTRAINT campaign_pk PRIMARY KEY (id),
    CONSTRAINT campaign_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT campaign_movement_fk FOREIGN KEY (movement) REFERENCES movement (code),
    CONSTRAINT campaign_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT campaign_days_forward CHECK (ends_on >= starts_on),
    CONSTRAINT campaign_state_known CHECK (state IN ('DRAFT', 'OPEN', 'CLOSED')),
    CONSTRAINT campaign_closed_has_an_end CHECK (state <> 'CLOSED' OR ends_on IS NOT NULL)
);
CREATE INDEX campaign_chapter_idx ON campaign (chapter_id, made_at, id);
CREATE INDEX campaign_movement_idx ON campaign (movement);
CREATE INDEX campaign_made_account_idx ON campaign (made_account);

-- A draft is opened, what is open is closed, and nothing goes back.
CREATE FUNCTION campaign_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stays text[] := '{id,chapter_id,made_account,made_at}';
BEGIN
    IF (SELECT jsonb_object_agg(k, to_jsonb(NEW)->k) <> jsonb_object_agg(k, to_jsonb(OLD)->k) FROM unnest(stays) k)
       OR NEW.version <> OLD.version + 1 OR OLD.state = 'CLOSED' OR (OLD.state, NEW.state) IN (('OPEN', 'DRAFT'), ('DRAFT', 'CLOSED')) THEN
        RAISE EXCEPTION 'campaign % goes on, version by version', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'campaign_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_goes_on BEFORE UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_goes_on();
CREATE TRIGGER campaign_stays BEFORE DELETE OR TRUNCATE ON campaign FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which appeals it groups. What they received stands in the books and nowhere here.
CREATE TABLE campaign_appeal (
    campaign_id uuid NOT NULL,
    appeal_id   uuid NOT NULL,
    CONSTRAINT campaign_appeal_pk PRIMARY KEY (campaign_id, appeal_id),
    CONSTRAINT campaign_appeal_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaign (id),
    CONSTRAINT campaign_appeal_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id)
);
CREATE INDEX campaign_appeal_appeal_idx ON campaign_appeal (appeal_id);

-- A programme agreed with partners (chương trình phối hợp).
CREATE TABLE programme (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    title        text NOT NULL,
    purpose      text NOT NULL,
    number       text,
    signed_on    date NOT NULL,
    valid_from   date NOT NULL,
    valid_until  date NOT NULL,
    document     text,
    result       text,
    version      integer NOT NULL DEFAULT 1,
    made_account uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    CONSTRAINT programme_pk PRIMARY KEY (id),
    CONSTRAINT programme_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT programme_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT programme_days_forward CHECK (valid_until >= valid_from),
    CONSTRAINT programme_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$')
);
CREATE INDEX programme_chapter_idx ON programme (chapter_id, made_at, id);
CREATE INDEX programme_made_account_idx ON programme (made_account);
CREATE TRIGGER programme_stays BEFORE DELETE OR TRUNCATE ON programme FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE programme_party (
    programme_id uuid NOT NULL,
    n            smallint NOT NULL,
    name         text NOT NULL,
    CONSTRAINT programme_party_pk PRIMARY KEY (programme_id, n),
    CONSTRAINT programme_party_programme_fk FOREIGN KEY (programme_id) REFERENCES programme (id),
    CONSTRAINT programme_party_once UNIQUE (programme_id, name)
);
CREATE TRIGGER programme_party_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_party
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was agreed to be done, by when, and what came of it.
CREATE TABLE programme_task (
    id           uuid NOT NULL,
    programme_id uuid NOT NULL,
    task         text NOT NULL,
    due_on       date NOT NULL,
    done_on      date,
    result       text,
    CONSTRAINT programme_task_pk PRIMARY KEY (id),
    CONSTRAINT programme_task_programme_fk FOREIGN KEY (programme_id) REFERENCES programme (id),
    CONSTRAINT programme_task_done_whole CHECK (num_nonnulls(done_on, result) IN (0, 2))
);
CREATE INDEX programme_task_programme_idx ON programme_task (programme_id, due_on, id);
CREATE FUNCTION programme_task_done_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{done_on,result}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.done_on IS NOT NULL THEN
        RAISE EXCEPTION 'task % is done once', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'programme_task_done_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programme_task_done_once BEFORE UPDATE ON programme_task FOR EACH ROW EXECUTE FUNCTION programme_task_done_once();
CREATE TRIGGER programme_task_stays BEFORE DELETE OR TRUNCATE ON programme_task FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE campaign_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT campaign_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER campaign_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON campaign_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The signed paper of a programme.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''PROGRAMME''::text])'));
    END LOOP;
END $$;

GRANT SELECT ON movement, campaign_appeal TO so_nhan_ai_public;
GRANT SELECT (id, movement, year, starts_on, ends_on, target, target_persons, target_vnd, source) ON movement_edition TO so_nhan_ai_public;
GRANT SELECT (id, chapter_id, movement, title, title_en, about, about_en, starts_on, ends_on, state, version) ON campaign TO so_nhan_ai_public;
