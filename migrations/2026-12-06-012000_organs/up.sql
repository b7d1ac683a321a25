-- Interest in giving organs, tissue or one's body (hiến mô, bộ phận cơ thể người, hiến xác): written down at the province, handed to the
-- coordinating centre, its card, withdrawn at any time. What is said of somebody is sealed, and forgotten when they withdraw.

-- The role that holds the two rights of this room, and nothing else does.
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'role_assignment_role_known';
    EXECUTE format('ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_role_known, ADD CONSTRAINT role_assignment_role_known %s',
                   regexp_replace(said, '\]\)', ', ''ORGAN_OFFICER''::text])'));
END $$;

-- mark: S from a source, GK to be verified, REC recommended.
CREATE TABLE organ_rule (
    name       text NOT NULL,
    value      smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT organ_rule_pk PRIMARY KEY (name, valid_from),
    CONSTRAINT organ_rule_name_known CHECK (name IN ('LEAST_AGE')),
    CONSTRAINT organ_rule_value_positive CHECK (value > 0),
    CONSTRAINT organ_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT organ_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO organ_rule (name, value, valid_from, mark, source) VALUES
    ('LEAST_AGE', 18, '2007-07-01', 'GK', 'Law 75/2006/QH11, art. 5: full 18 and of full capacity; to be verified');

-- What somebody agrees to (Law 91/2025/QH15, art. 9).
CREATE TABLE organ_consent_text (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT organ_consent_text_pk PRIMARY KEY (version),
    CONSTRAINT organ_consent_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT organ_consent_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO organ_consent_text (version, valid_from, vi, en, mark, source) VALUES
    (1, '2026-01-01',
     'Tôi muốn được hướng dẫn đăng ký hiến mô, bộ phận cơ thể hoặc hiến xác sau khi qua đời, và đồng ý để Hội Chữ thập đỏ tỉnh, thành phố ghi họ tên, năm sinh, số điện thoại của tôi và chuyển cho Trung tâm Điều phối quốc gia về ghép bộ phận cơ thể người. Đây chưa phải là đơn đăng ký: việc đăng ký và thẻ do Trung tâm cấp. Không điều gì được công bố. Tôi có thể rút lại bất cứ lúc nào mà không phải nói lý do; khi đó Hội báo cho Trung tâm rồi xóa thông tin của tôi. Tôi có quyền xem, sửa, yêu cầu xóa hoặc hạn chế, phản đối và khiếu nại.',
     'I would like to be guided in registering to give tissue, organs or my body after my death, and agree that the Red Cross of the province writes down my name, year of birth and telephone number and hands them to the national coordinating centre for organ transplantation. This is no registration yet: the centre registers and gives the card. Nothing is published. I may withdraw at any time without saying why; the Red Cross then tells the centre and erases what it has of me. I may view, correct, have erased or restricted, object and complain.',
     'REC', 'Law 91/2025/QH15, art. 9(2): kinds of data, purpose, who receives them, rights; Law 75/2006/QH11: the registration itself is made at the centre');

CREATE TABLE organ_registration (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    state        text NOT NULL,
    -- What they would give after their death.
    gives        text[] NOT NULL,
    -- Name, number, birth.
    person       bytea,
    -- By name and number: for their own requests about their data.
    person_hash  bytea,
    -- What it is found by at its chapter.
    words        bigint[] NOT NULL DEFAULT '{}',
    text_version smallint NOT NULL,
    consent_on   date NOT NULL,
    handed_on    date,
    -- Number of the card of the coordinating centre, as text.
    card         bytea,
    card_on      date,
    withdrawn_on date,
    -- When the centre was told of it.
    told_on      date,
    request_hash bytea NOT NULL,
    version      integer NOT NULL,
    recorded_by  uuid NOT NULL,
    recorded_at  timestamptz NOT NULL,
    erased_on    date,
    CONSTRAINT organ_registration_pk PRIMARY KEY (id),
    CONSTRAINT organ_registration_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT organ_registration_text_fk FOREIGN KEY (text_version) REFERENCES organ_consent_text (version),
    CONSTRAINT organ_registration_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT organ_registration_state_known CHECK (state IN ('INTERESTED', 'HANDED_OVER', 'CARD_ISSUED', 'WITHDRAWN', 'ENDED')),
    CONSTRAINT organ_registration_gives_known CHECK (gives <@ ARRAY['ORGANS', 'TISSUE', 'BODY']),
    CONSTRAINT organ_registration_handed_over CHECK (state NOT IN ('HANDED_OVER', 'CARD_ISSUED', 'WITHDRAWN') OR handed_on IS NOT NULL),
    CONSTRAINT organ_registration_card CHECK (state <> 'CARD_ISSUED' OR (card IS NOT NULL AND card_on IS NOT NULL)),
    CONSTRAINT organ_registration_withdrawn CHECK (state <> 'WITHDRAWN' OR withdrawn_on IS NOT NULL),
    -- Of who withdrew nothing is left but that there was somebody.
    CONSTRAINT organ_registration_ended_is_empty CHECK (CASE WHEN state = 'ENDED'
        THEN person IS NULL AND person_hash IS NULL AND card IS NULL AND words = '{}' AND gives = '{}' AND erased_on IS NOT NULL
        ELSE person IS NOT NULL AND gives <> '{}' AND erased_on IS NULL END),
    CONSTRAINT organ_registration_version_positive CHECK (version > 0)
);
CREATE INDEX organ_registration_chapter_idx ON organ_registration (chapter_id, recorded_at, id);
CREATE INDEX organ_registration_person_idx ON organ_registration (person_hash);
CREATE INDEX organ_registration_words_idx ON organ_registration USING gin (words);
CREATE INDEX organ_registration_text_idx ON organ_registration (text_version);
CREATE INDEX organ_registration_recorded_by_idx ON organ_registration (recorded_by);
CREATE TRIGGER organ_registration_append_only BEFORE DELETE OR TRUNCATE ON organ_registration FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was done, in its order: no word about anybody.
CREATE TABLE organ_step (
    id              uuid NOT NULL,
    registration_id uuid NOT NULL,
    kind            text NOT NULL,
    day             date NOT NULL,
    done_by         uuid NOT NULL,
    done_at         timestamptz NOT NULL,
    CONSTRAINT organ_step_pk PRIMARY KEY (id),
    CONSTRAINT organ_step_registration_fk FOREIGN KEY (registration_id) REFERENCES organ_registration (id),
    CONSTRAINT organ_step_done_by_fk FOREIGN KEY (done_by) REFERENCES account (id),
    CONSTRAINT organ_step_kind_known CHECK (kind IN ('HANDED_OVER', 'CARD_ISSUED', 'WITHDRAWN', 'CENTRE_TOLD'))
);
CREATE INDEX organ_step_registration_idx ON organ_step (registration_id, done_at);
CREATE INDEX organ_step_done_by_idx ON organ_step (done_by);
CREATE TRIGGER organ_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON organ_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
