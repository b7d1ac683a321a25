-- Honours for giving blood: how often somebody has to have given, who was proposed and what was decided; families counted together.

-- From how many donations on. Mark S: from a source, GK: remembered and to be verified, REC: our own. Where a province has a rule of its own
-- it enters it; national rules have no province. A rule is never rewritten: it ends, and another follows.
CREATE TABLE blood_honour_threshold (
    id         uuid NOT NULL,
    of         text NOT NULL,
    times      smallint NOT NULL,
    -- The province whose rule it is.
    chapter_id uuid,
    -- The level that decides on it or hands it on; NULL where no source says who does since districts are no more.
    level      text,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    decision_no text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    entered_by uuid,
    entered_at timestamptz,
    CONSTRAINT blood_honour_threshold_pk PRIMARY KEY (id),
    CONSTRAINT blood_honour_threshold_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_honour_threshold_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT blood_honour_threshold_of_known CHECK (of IN ('PERSON', 'FAMILY')),
    CONSTRAINT blood_honour_threshold_level_known CHECK (level IN ('PROVINCE', 'CENTRAL')),
    CONSTRAINT blood_honour_threshold_times_bounded CHECK (times BETWEEN 1 AND 500),
    CONSTRAINT blood_honour_threshold_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_honour_threshold_forward CHECK (valid_to > valid_from),
    CONSTRAINT blood_honour_threshold_entered_whole CHECK (num_nonnulls(chapter_id, entered_by, entered_at) IN (0, 3))
);
CREATE UNIQUE INDEX blood_honour_threshold_once_key ON blood_honour_threshold (of, times, coalesce(chapter_id, '00000000-0000-0000-0000-000000000000')) WHERE valid_to IS NULL;
CREATE INDEX blood_honour_threshold_chapter_idx ON blood_honour_threshold (chapter_id);
CREATE INDEX blood_honour_threshold_entered_by_idx ON blood_honour_threshold (entered_by);
CREATE FUNCTION blood_honour_threshold_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a threshold only ends' USING ERRCODE = '23514', CONSTRAINT = 'blood_honour_threshold_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blood_honour_threshold_ends BEFORE UPDATE ON blood_honour_threshold FOR EACH ROW EXECUTE FUNCTION blood_honour_threshold_ends();
CREATE TRIGGER blood_honour_threshold_stays BEFORE DELETE OR TRUNCATE ON blood_honour_threshold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO blood_honour_threshold (id, of, times, level, vi, en, valid_from, decision_no, mark, source) VALUES
    ('b100d000-0000-4000-8000-000000000001', 'PERSON', 1, NULL, 'Giấy chứng nhận và huy hiệu người hiến máu', 'Certificate and badge of a blood donor', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Thư viện pháp luật, PLO; issued by the district committee or the blood centre: who does now is not found'),
    ('b100d000-0000-4000-8000-000000000020', 'PERSON', 20, 'PROVINCE', 'Đề nghị Bằng khen của Ủy ban nhân dân tỉnh', 'Proposal for a certificate of merit of the provincial People''s Committee', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'PLO'),
    ('b100d000-0000-4000-8000-000000000030', 'PERSON', 30, 'CENTRAL', 'Đề nghị Bằng khen của Trung ương Hội Chữ thập đỏ Việt Nam', 'Proposal for a certificate of merit of the central society', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'PLO'),
    ('b100d000-0000-4000-8000-000000000040', 'PERSON', 40, 'CENTRAL', 'Đề nghị Kỷ niệm chương của Trung ương Hội Chữ thập đỏ Việt Nam', 'Proposal for a commemorative medal of the central society', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'PLO'),
    ('b100d000-0000-4000-8000-000000000070', 'PERSON', 70, 'CENTRAL', 'Đề nghị Bằng khen của Thủ tướng Chính phủ', 'Proposal for a certificate of merit of the Prime Minister', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'PLO'),
    ('b100d000-0000-4000-8000-000000000103', 'FAMILY', 3, NULL, 'Giấy khen gia đình hiến máu', 'Letter of praise for a family', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Two law portals, article 8; issued by the district People''s Committee: who does now is not found'),
    ('b100d000-0000-4000-8000-000000000105', 'FAMILY', 5, 'PROVINCE', 'Cúp đồng gia đình hiến máu', 'Bronze cup for a family', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Two law portals, article 8'),
    ('b100d000-0000-4000-8000-000000000110', 'FAMILY', 10, 'PROVINCE', 'Cúp bạc gia đình hiến máu', 'Silver cup for a family', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Two law portals, article 8'),
    ('b100d000-0000-4000-8000-000000000115', 'FAMILY', 15, 'PROVINCE', 'Cúp vàng gia đình hiến máu', 'Gold cup for a family', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Two law portals, article 8'),
    ('b100d000-0000-4000-8000-000000000120', 'FAMILY', 20, 'PROVINCE', 'Bằng khen gia đình hiến máu', 'Certificate of merit for a family', '2017-09-15', '122/QĐ-BCĐQG', 'S', 'Two law portals, article 8');

-- A family: donors of a chapter who are counted together. What it is called by names somebody; sealed.
CREATE TABLE blood_family (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    name         bytea,
    made_by      uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    CONSTRAINT blood_family_pk PRIMARY KEY (id),
    CONSTRAINT blood_family_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_family_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id)
);
CREATE INDEX blood_family_chapter_idx ON blood_family (chapter_id, made_at, id);
CREATE INDEX blood_family_made_by_idx ON blood_family (made_by);
CREATE TRIGGER blood_family_stays BEFORE DELETE OR TRUNCATE ON blood_family FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE blood_family_member (
    id         uuid NOT NULL,
    family_id  uuid NOT NULL,
    donor_id   uuid NOT NULL,
    left_on    date,
    entered_by uuid NOT NULL,
    entered_at timestamptz NOT NULL,
    CONSTRAINT blood_family_member_pk PRIMARY KEY (id),
    CONSTRAINT blood_family_member_family_fk FOREIGN KEY (family_id) REFERENCES blood_family (id),
    CONSTRAINT blood_family_member_donor_fk FOREIGN KEY (donor_id) REFERENCES donor (id),
    CONSTRAINT blood_family_member_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id)
);
-- What somebody gave is counted in one family.
CREATE UNIQUE INDEX blood_family_member_once_key ON blood_family_member (donor_id) WHERE left_on IS NULL;
CREATE INDEX blood_family_member_family_idx ON blood_family_member (family_id, entered_at, id);
CREATE INDEX blood_family_member_donor_idx ON blood_family_member (donor_id);
CREATE INDEX blood_family_member_entered_by_idx ON blood_family_member (entered_by);
CREATE TRIGGER blood_family_member_stays BEFORE DELETE OR TRUNCATE ON blood_family_member FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A list that was proposed: everybody of a chapter who had reached a threshold by a day.
CREATE TABLE blood_honour_list (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    awarded_at_id uuid NOT NULL,
    threshold_id  uuid NOT NULL,
    until_day     date NOT NULL,
    state         text NOT NULL,
    decision_no   text NOT NULL,
    proposed_by   uuid NOT NULL,
    proposed_at   timestamptz NOT NULL,
    decided_by    uuid,
    decided_at    timestamptz,
    CONSTRAINT blood_honour_list_pk PRIMARY KEY (id),
    CONSTRAINT blood_honour_list_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_honour_list_awarded_at_fk FOREIGN KEY (awarded_at_id) REFERENCES chapter (id),
    CONSTRAINT blood_honour_list_threshold_fk FOREIGN KEY (threshold_id) REFERENCES blood_honour_threshold (id),
    CONSTRAINT blood_honour_list_proposed_by_fk FOREIGN KEY (proposed_by) REFERENCES account (id),
    CONSTRAINT blood_honour_list_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT blood_honour_list_state_known CHECK (state IN ('PROPOSED', 'AWARDED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT blood_honour_list_decided_whole CHECK ((state = 'PROPOSED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE INDEX blood_honour_list_chapter_idx ON blood_honour_list (chapter_id, proposed_at, id);
CREATE INDEX blood_honour_list_awarded_at_idx ON blood_honour_list (awarded_at_id);
CREATE INDEX blood_honour_list_threshold_idx ON blood_honour_list (threshold_id);
CREATE INDEX blood_honour_list_proposed_by_idx ON blood_honour_list (proposed_by);
CREATE INDEX blood_honour_list_decided_by_idx ON blood_honour_list (decided_by);
CREATE FUNCTION blood_honour_list_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_by,decided_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (OLD.state <> 'PROPOSED' AND NEW.state <> OLD.state) THEN
        RAISE EXCEPTION 'a list of honours is decided once' USING ERRCODE = '23514', CONSTRAINT = 'blood_honour_list_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blood_honour_list_decided_once BEFORE UPDATE ON blood_honour_list FOR EACH ROW EXECUTE FUNCTION blood_honour_list_decided_once();
CREATE TRIGGER blood_honour_list_stays BEFORE DELETE OR TRUNCATE ON blood_honour_list FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One donor or one family on a list. Who is erased stays counted: the donor's row says nothing of anybody then.
CREATE TABLE blood_honour (
    id           uuid NOT NULL,
    list_id      uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    threshold_id uuid NOT NULL,
    donor_id     uuid,
    family_id    uuid,
    -- As it was counted when it was proposed.
    times        integer NOT NULL,
    state        text NOT NULL,
    decided_at   timestamptz,
    -- When fewer donations stand than it takes, after some were corrected.
    withdrawn_at timestamptz,
    CONSTRAINT blood_honour_pk PRIMARY KEY (id),
    CONSTRAINT blood_honour_list_fk FOREIGN KEY (list_id) REFERENCES blood_honour_list (id),
    CONSTRAINT blood_honour_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_honour_threshold_fk FOREIGN KEY (threshold_id) REFERENCES blood_honour_threshold (id),
    CONSTRAINT blood_honour_donor_fk FOREIGN KEY (donor_id) REFERENCES donor (id),
    CONSTRAINT blood_honour_family_fk FOREIGN KEY (family_id) REFERENCES blood_family (id),
    CONSTRAINT blood_honour_of_one CHECK (num_nonnulls(donor_id, family_id) = 1),
    CONSTRAINT blood_honour_times_positive CHECK (times > 0),
    CONSTRAINT blood_honour_state_known CHECK (state IN ('PROPOSED', 'AWARDED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT blood_honour_decided_whole CHECK ((state = 'PROPOSED') = (decided_at IS NULL) AND (withdrawn_at IS NULL OR state = 'WITHDRAWN'))
);
-- A threshold that is reached is proposed once, and awarded once.
CREATE UNIQUE INDEX blood_honour_donor_key ON blood_honour (donor_id, threshold_id) WHERE donor_id IS NOT NULL AND state IN ('PROPOSED', 'AWARDED');
CREATE UNIQUE INDEX blood_honour_family_key ON blood_honour (family_id, threshold_id) WHERE family_id IS NOT NULL AND state IN ('PROPOSED', 'AWARDED');
CREATE INDEX blood_honour_list_idx ON blood_honour (list_id, id);
CREATE INDEX blood_honour_chapter_idx ON blood_honour (chapter_id, id);
CREATE INDEX blood_honour_threshold_idx ON blood_honour (threshold_id);
CREATE INDEX blood_honour_donor_idx ON blood_honour (donor_id);
CREATE INDEX blood_honour_family_idx ON blood_honour (family_id);
CREATE INDEX blood_honour_awarded_idx ON blood_honour (decided_at, id) WHERE state = 'AWARDED';
CREATE FUNCTION blood_honour_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_at,withdrawn_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.state IN ('REFUSED', 'WITHDRAWN') OR (OLD.state = 'AWARDED' AND NEW.state <> 'WITHDRAWN') THEN
        RAISE EXCEPTION 'an honour is decided once' USING ERRCODE = '23514', CONSTRAINT = 'blood_honour_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blood_honour_goes_on BEFORE UPDATE ON blood_honour FOR EACH ROW EXECUTE FUNCTION blood_honour_goes_on();
CREATE TRIGGER blood_honour_stays BEFORE DELETE OR TRUNCATE ON blood_honour FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The name of a donor who was honoured, as the public may read it, for as long as they agree (Law 91/2025/QH15, art. 16); afterwards only
-- that they did.
CREATE TABLE blood_honour_shown (
    id                uuid NOT NULL,
    honour_id         uuid NOT NULL,
    name              text,
    text_version      smallint NOT NULL,
    given_on          date NOT NULL,
    recorded_account  uuid NOT NULL,
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    -- NULL where a request about personal data, or a correction, took it away.
    withdrawn_account uuid,
    CONSTRAINT blood_honour_shown_pk PRIMARY KEY (id),
    CONSTRAINT blood_honour_shown_honour_fk FOREIGN KEY (honour_id) REFERENCES blood_honour (id),
    CONSTRAINT blood_honour_shown_recorded_account_fk FOREIGN KEY (recorded_account) REFERENCES account (id),
    CONSTRAINT blood_honour_shown_withdrawn_account_fk FOREIGN KEY (withdrawn_account) REFERENCES account (id),
    CONSTRAINT blood_honour_shown_while_agreed CHECK ((name IS NULL) = (withdrawn_at IS NOT NULL) AND (withdrawn_account IS NULL OR withdrawn_at IS NOT NULL))
);
CREATE INDEX blood_honour_shown_honour_idx ON blood_honour_shown (honour_id);
CREATE UNIQUE INDEX blood_honour_shown_standing_key ON blood_honour_shown (honour_id) WHERE withdrawn_at IS NULL;
CREATE INDEX blood_honour_shown_recorded_account_idx ON blood_honour_shown (recorded_account);
CREATE INDEX blood_honour_shown_withdrawn_account_idx ON blood_honour_shown (withdrawn_account);

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE blood_honour_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT blood_honour_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER blood_honour_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON blood_honour_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who agrees that their name stands beside how often they gave.
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   regexp_replace(said, '\]\)', ', ''SHOW_NAME_OF_DONOR''::text])'));
END $$;
INSERT INTO consent_text (purpose, version, valid_from, vi, en) VALUES
    ('SHOW_NAME_OF_DONOR', 1, '2026-11-01',
     'Dữ liệu: họ tên của tôi và danh hiệu tôi được tôn vinh vì hiến máu tình nguyện. Mục đích: công khai trên trang của đơn vị Hội và các cấp Hội. Bên kiểm soát dữ liệu: Hội Chữ thập đỏ Việt Nam. Tôi đồng ý với việc này. Tôi có quyền được biết, xem, chỉnh sửa, xóa, hạn chế xử lý, phản đối xử lý dữ liệu của mình, yêu cầu biện pháp bảo vệ, khiếu nại và rút lại đồng ý bất cứ lúc nào, tại đơn vị hoặc Trung ương Hội; khi rút lại, họ tên không hiện nữa. Không đồng ý cũng không ảnh hưởng gì đến việc tôn vinh.',
     'Data: my full name and the honour that I am given for donating blood. Purpose: publication on the pages of the chapter and of the levels above it. Controller: the Vietnam Red Cross. I agree to this. I have the right to know, view, correct, erase, restrict and object to the processing of my data, to ask for measures of protection, to complain, and to withdraw this at any time, at the chapter or at the central office; the name then disappears. Not agreeing has no consequence for the honour.');

GRANT SELECT (id, of, times, chapter_id, level, vi, en, valid_from, valid_to, decision_no, mark, source) ON blood_honour_threshold TO so_nhan_ai_public;
GRANT SELECT (id, awarded_at_id, decision_no) ON blood_honour_list TO so_nhan_ai_public;
GRANT SELECT (id, list_id, chapter_id, threshold_id, state, decided_at) ON blood_honour TO so_nhan_ai_public;
GRANT SELECT (honour_id, name) ON blood_honour_shown TO so_nhan_ai_public;
