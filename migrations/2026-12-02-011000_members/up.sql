-- Members of chapters (hội viên): application, admission, transfer, ending; what is counted of them on any day; consent for children;
-- cards.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Ages by kind of member. The law knows none, and the statutes of 2018 were not found: mark S from a source, GK to be verified, REC
-- recommended.
CREATE TABLE member_kind_rule (
    kind       text NOT NULL,
    least_age  smallint,
    most_age   smallint,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT member_kind_rule_pk PRIMARY KEY (kind, valid_from),
    CONSTRAINT member_kind_rule_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY')),
    CONSTRAINT member_kind_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT member_kind_rule_ages CHECK (least_age <= most_age),
    CONSTRAINT member_kind_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO member_kind_rule (kind, least_age, most_age, valid_from, mark, source) VALUES
    ('MEMBER', 16, NULL, '2018-03-08', 'GK', '16 or 18: statutes of 8/3/2018 not found, to be verified'),
    ('YOUTH', 16, 30, '2018-03-08', 'GK', 'Statutes of 2012, art. 24: 16 to 30; text of 2018 not found'),
    ('JUNIOR', NULL, 15, '2018-03-08', 'GK', 'School age, below 16: to be verified'),
    ('HONORARY', NULL, NULL, '2018-03-08', 'REC', 'No age is known');

-- What a child's representative, and from 7 years on the child, agree to (Law 91/2025/QH15, art. 9, 24).
CREATE TABLE member_consent_text (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT member_consent_text_pk PRIMARY KEY (version),
    CONSTRAINT member_consent_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT member_consent_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO member_consent_text (version, valid_from, vi, en, mark, source) VALUES
    (1, '2026-01-01',
     'Tôi là người đại diện theo pháp luật của em có tên trên đây và đồng ý để em tham gia Hội Chữ thập đỏ. Đơn vị Hội ghi họ tên, ngày hoặc năm sinh, giới tính, xã nơi ở và số điện thoại của em chỉ để quản lý hội viên; không công bố tên hay thông tin nào về em. Tôi và em có quyền xem, sửa, yêu cầu xóa hoặc hạn chế, phản đối, khiếu nại và rút lại sự đồng ý tại đơn vị Hội bất cứ lúc nào. Em từ đủ 7 tuổi trở lên tự mình cũng đồng ý.',
     'I am the legal representative of the child named above and agree that the child joins the Red Cross. The chapter keeps the name, date or year of birth, sex, commune and telephone number of the child to keep its list of members and for nothing else; neither a name nor anything about the child is published. The child and I may view, correct, have erased or restricted, object, complain and withdraw this consent at the chapter at any time. A child of 7 years or more agrees as well.',
     'REC', 'Law 91/2025/QH15, art. 9(2), 24: kind of data, purpose, controller, rights; representative, and child from 7');

CREATE TABLE member (
    id          uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    person_id   uuid NOT NULL,
    kind        text NOT NULL,
    state       text NOT NULL,
    -- A branch (chi hội) of the chapter, and a group (tổ) in it.
    branch_id   uuid,
    team        text,
    -- The day of the first admission, wherever that was.
    since       date,
    -- The same membership at the chapter it was transferred from.
    came_from   uuid,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT member_pk PRIMARY KEY (id),
    CONSTRAINT member_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT member_branch_fk FOREIGN KEY (branch_id) REFERENCES chapter (id),
    CONSTRAINT member_came_from_fk FOREIGN KEY (came_from) REFERENCES member (id),
    CONSTRAINT member_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT member_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY')),
    CONSTRAINT member_state_known CHECK (state IN ('APPLIED', 'CHECKED', 'REFUSED', 'WITHDRAWN', 'ADMITTED', 'LEFT', 'STRUCK_OFF', 'EXPELLED', 'DIED', 'TRANSFERRED', 'ERASED')),
    CONSTRAINT member_since_admission CHECK ((since IS NULL) = (state IN ('APPLIED', 'CHECKED', 'REFUSED', 'WITHDRAWN')) OR state = 'ERASED')
);
CREATE UNIQUE INDEX member_standing_key ON member (person_id) WHERE state IN ('APPLIED', 'CHECKED', 'ADMITTED');
CREATE INDEX member_person_idx ON member (person_id);
CREATE INDEX member_chapter_idx ON member (chapter_id, recorded_at, id);
CREATE INDEX member_branch_idx ON member (branch_id);
CREATE INDEX member_came_from_idx ON member (came_from);
CREATE INDEX member_recorded_by_idx ON member (recorded_by);

-- From when to when somebody is counted where, as what: the facts for counting, which stay when the person goes. A day that is over is
-- counted for good as it was known when it ended: a span begins on the day on which it is written, and ends once, on that day.
CREATE TABLE member_span (
    member_id  uuid NOT NULL,
    n          integer NOT NULL,
    chapter_id uuid NOT NULL,
    branch_id  uuid,
    -- Until the person is erased: one person is a member once a day, wherever.
    party_id   uuid,
    kind       text NOT NULL,
    sex        text,
    birth_year smallint,
    sector     text NOT NULL,
    from_day   date NOT NULL,
    -- The first day on which it does not count any more.
    to_day     date,
    CONSTRAINT member_span_pk PRIMARY KEY (member_id, n),
    CONSTRAINT member_span_member_fk FOREIGN KEY (member_id) REFERENCES member (id),
    CONSTRAINT member_span_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_span_branch_fk FOREIGN KEY (branch_id) REFERENCES chapter (id),
    CONSTRAINT member_span_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY')),
    CONSTRAINT member_span_sex_known CHECK (sex IN ('FEMALE', 'MALE')),
    CONSTRAINT member_span_forward CHECK (to_day >= from_day),
    CONSTRAINT member_span_once_a_day EXCLUDE USING gist (member_id WITH =, daterange(from_day, to_day) WITH &&),
    CONSTRAINT member_span_person_once_a_day EXCLUDE USING gist (party_id WITH =, daterange(from_day, to_day) WITH &&)
);
CREATE UNIQUE INDEX member_span_open_key ON member_span (member_id) WHERE to_day IS NULL;
CREATE INDEX member_span_chapter_idx ON member_span (chapter_id, from_day);
CREATE INDEX member_span_branch_idx ON member_span (branch_id);
CREATE FUNCTION member_span_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{to_day,party_id}'::text[] <> to_jsonb(OLD) - '{to_day,party_id}'::text[]
       OR (OLD.to_day IS NOT NULL AND NEW.to_day IS DISTINCT FROM OLD.to_day) THEN
        RAISE EXCEPTION 'what was counted stays counted' USING ERRCODE = '23514', CONSTRAINT = 'member_span_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER member_span_keeps BEFORE UPDATE ON member_span FOR EACH ROW EXECUTE FUNCTION member_span_keeps();
CREATE TRIGGER member_span_stays BEFORE DELETE OR TRUNCATE ON member_span FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was decided about somebody: admission, leaving, striking off, expulsion, reinstatement, transfer; and what was left to the
-- chapter above, because somebody may be a member elsewhere.
CREATE TABLE member_step (
    id            uuid NOT NULL,
    member_id     uuid NOT NULL,
    kind          text NOT NULL,
    chapter_id    uuid NOT NULL,
    to_chapter_id uuid,
    decision_no   text,
    state         text NOT NULL,
    asked_by      uuid NOT NULL,
    asked_at      timestamptz NOT NULL,
    decided_by    uuid,
    decided_at    timestamptz,
    -- The membership at the chapter it went to.
    became        uuid,
    CONSTRAINT member_step_pk PRIMARY KEY (id),
    CONSTRAINT member_step_member_fk FOREIGN KEY (member_id) REFERENCES member (id),
    CONSTRAINT member_step_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_step_to_chapter_fk FOREIGN KEY (to_chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_step_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT member_step_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT member_step_became_fk FOREIGN KEY (became) REFERENCES member (id),
    CONSTRAINT member_step_kind_known CHECK (kind IN ('ADMISSION', 'LEAVE', 'DEATH', 'STRIKE_OFF', 'EXPULSION', 'REINSTATEMENT', 'TRANSFER', 'LIKENESS')),
    CONSTRAINT member_step_state_known CHECK (state IN ('ASKED', 'DONE', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT member_step_decided CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT member_step_goes CHECK ((kind = 'TRANSFER') = (to_chapter_id IS NOT NULL) AND (became IS NULL OR kind = 'TRANSFER')),
    CONSTRAINT member_step_decision CHECK (decision_no IS NOT NULL OR kind IN ('LEAVE', 'DEATH', 'LIKENESS'))
);
CREATE UNIQUE INDEX member_step_waiting_key ON member_step (member_id, kind) WHERE state = 'ASKED';
CREATE INDEX member_step_member_idx ON member_step (member_id, asked_at, id);
CREATE INDEX member_step_chapter_idx ON member_step (chapter_id);
CREATE INDEX member_step_to_chapter_idx ON member_step (to_chapter_id);
CREATE INDEX member_step_asked_by_idx ON member_step (asked_by, asked_at);
CREATE INDEX member_step_decided_by_idx ON member_step (decided_by);
CREATE INDEX member_step_became_idx ON member_step (became);

-- Who agreed that a child joins: to which text, when, by which paper.
CREATE TABLE member_consent (
    member_id    uuid NOT NULL,
    text_version smallint NOT NULL,
    guardian     bytea NOT NULL,
    child_agreed boolean NOT NULL,
    given_on     date NOT NULL,
    -- SHA-256 of the signed paper.
    paper        bytea NOT NULL,
    CONSTRAINT member_consent_pk PRIMARY KEY (member_id),
    CONSTRAINT member_consent_member_fk FOREIGN KEY (member_id) REFERENCES member (id),
    CONSTRAINT member_consent_text_fk FOREIGN KEY (text_version) REFERENCES member_consent_text (version),
    CONSTRAINT member_consent_paper_is_hash CHECK (octet_length(paper) = 32)
);

CREATE INDEX member_consent_text_idx ON member_consent (text_version);

-- Cards, each under a code by chance alone. What the public may learn of one stands in a row of its own: a junior's says no chapter.
CREATE TABLE member_card (
    code      text NOT NULL,
    member_id uuid NOT NULL,
    issued_on date NOT NULL,
    ended_on  date,
    CONSTRAINT member_card_pk PRIMARY KEY (code),
    CONSTRAINT member_card_member_fk FOREIGN KEY (member_id) REFERENCES member (id)
);
CREATE UNIQUE INDEX member_card_standing_key ON member_card (member_id) WHERE ended_on IS NULL;
CREATE INDEX member_card_member_idx ON member_card (member_id);
CREATE TABLE public_card (
    code       text NOT NULL,
    state      text NOT NULL,
    chapter_id uuid,
    CONSTRAINT public_card_pk PRIMARY KEY (code),
    CONSTRAINT public_card_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT public_card_state_known CHECK (state IN ('VALID', 'NOT_VALID', 'NO_LONGER_ON_RECORD')),
    CONSTRAINT public_card_says_where CHECK (chapter_id IS NULL OR state = 'VALID')
);
CREATE INDEX public_card_chapter_idx ON public_card (chapter_id);
GRANT SELECT (code, state, chapter_id) ON public_card TO so_nhan_ai_public;
