-- What somebody agrees to who signs up on the public page (Law 91/2025/QH15, art. 9).
CREATE TABLE volunteer_consent_text (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT volunteer_consent_text_pk PRIMARY KEY (version),
    CONSTRAINT volunteer_consent_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT volunteer_consent_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO volunteer_consent_text (version, valid_from, vi, en, mark, source) VALUES
    (1, '2026-01-01',
     'Tôi từ đủ 18 tuổi trở lên và muốn làm tình nguyện viên. Dữ liệu: họ tên và số điện thoại hoặc địa chỉ thư của tôi. Mục đích: đơn vị Hội tôi chọn liên hệ với tôi về việc tình nguyện, không dùng vào việc khác, không công bố. Bên kiểm soát dữ liệu: Hội Chữ thập đỏ Việt Nam. Nếu tôi không xác nhận, dữ liệu bị xóa sau 30 ngày. Tôi đồng ý với việc này. Tôi có quyền được biết, xem, chỉnh sửa, xóa, hạn chế, phản đối xử lý dữ liệu của mình, yêu cầu biện pháp bảo vệ, khiếu nại và rút lại đồng ý bất cứ lúc nào, tại đơn vị hoặc Trung ương Hội.',
     'I am 18 or older and wish to be a volunteer. Data: my name and my telephone number or mail address. Purpose: the chapter that I choose speaks with me about volunteering, and nothing else; nothing is published. Controller: the Vietnam Red Cross. If I do not confirm, the data are erased after 30 days. I agree to this. I have the right to know, view, correct, erase, restrict and object to the processing of my data, to ask for measures of protection, to complain, and to withdraw this at any time, at the chapter or at the central office.',
     'REC', 'Law 91/2025/QH15, art. 9: kind of data, purpose, controller, rights');
GRANT SELECT (version, valid_from, valid_to, vi, en) ON volunteer_consent_text TO so_nhan_ai_public;
GRANT SELECT (name, value, valid_from, valid_to, source) ON volunteer_rule TO so_nhan_ai_public;

-- Applications from the public page. Name and address are sealed together, and go when the application is decided or nobody confirms it; the
-- keyed hash of the address, by which so many and no more wait, goes with them.
CREATE TABLE volunteer_application (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    content      bytea,
    address_hash bytea,
    text_version smallint NOT NULL,
    state        text NOT NULL,
    made_at      timestamptz NOT NULL,
    confirmed_at timestamptz,
    -- The officer who asked them; NULL where they used the link.
    confirmed_by uuid,
    decided_at   timestamptz,
    decided_by   uuid,
    reason       text,
    volunteer_id uuid,
    CONSTRAINT volunteer_application_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_application_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT volunteer_application_text_version_fk FOREIGN KEY (text_version) REFERENCES volunteer_consent_text (version),
    CONSTRAINT volunteer_application_confirmed_by_fk FOREIGN KEY (confirmed_by) REFERENCES account (id),
    CONSTRAINT volunteer_application_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT volunteer_application_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_application_state_known CHECK (state IN ('UNCONFIRMED', 'CONFIRMED', 'ACCEPTED', 'REFUSED')),
    CONSTRAINT volunteer_application_reason_known CHECK (reason IN ('NOT_REACHED', 'NOT_OF_AGE', 'WITHDRAWN', 'KNOWN_ALREADY', 'OTHER')),
    CONSTRAINT volunteer_application_content_while_open CHECK ((state IN ('UNCONFIRMED', 'CONFIRMED')) = (content IS NOT NULL) AND (content IS NULL) = (address_hash IS NULL)),
    CONSTRAINT volunteer_application_confirmed CHECK ((confirmed_at IS NULL OR state <> 'UNCONFIRMED') AND (state NOT IN ('CONFIRMED', 'ACCEPTED') OR confirmed_at IS NOT NULL) AND (confirmed_by IS NULL OR confirmed_at IS NOT NULL)),
    CONSTRAINT volunteer_application_decided CHECK ((state IN ('ACCEPTED', 'REFUSED')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT volunteer_application_outcome CHECK ((state = 'REFUSED') = (reason IS NOT NULL) AND (state = 'ACCEPTED') = (volunteer_id IS NOT NULL))
);
CREATE INDEX volunteer_application_chapter_idx ON volunteer_application (chapter_id, made_at, id);
CREATE INDEX volunteer_application_address_idx ON volunteer_application (address_hash) WHERE address_hash IS NOT NULL;
CREATE INDEX volunteer_application_unconfirmed_idx ON volunteer_application (made_at) WHERE state = 'UNCONFIRMED';
CREATE INDEX volunteer_application_text_version_idx ON volunteer_application (text_version);
CREATE INDEX volunteer_application_confirmed_by_idx ON volunteer_application (confirmed_by);
CREATE INDEX volunteer_application_decided_by_idx ON volunteer_application (decided_by);
CREATE INDEX volunteer_application_volunteer_idx ON volunteer_application (volunteer_id);

-- A link that the house gives to whoever writes on a public page has no account behind it.
ALTER TABLE link ALTER COLUMN made_by DROP NOT NULL;

-- Volunteers as everybody may know them: at the end of each year that is over, by kind, folded so that nobody is seen.
CREATE TABLE public_volunteer_count (
    chapter_id uuid NOT NULL,
    year       integer NOT NULL,
    kinds      text[] NOT NULL,
    volunteers integer NOT NULL,
    CONSTRAINT public_volunteer_count_pk PRIMARY KEY (chapter_id, year, kinds),
    CONSTRAINT public_volunteer_count_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT public_volunteer_count_nobody_is_seen CHECK (volunteers >= 5)
);
CREATE TRIGGER public_volunteer_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public_volunteer_count
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (chapter_id, year, kinds, volunteers) ON public_volunteer_count TO so_nhan_ai_public;
