-- Blood drives (ngày hiến máu): planned, opened, held, called off or moved to another day; their slots, and who has booked a place.

-- Who collects (cơ sở tiếp nhận máu). mark: S from a source, GK to be verified, REC recommended.
CREATE TABLE blood_centre (
    id         bigint NOT NULL,
    code       text NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    -- Code of the province it stands in.
    province   text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_centre_pk PRIMARY KEY (id),
    CONSTRAINT blood_centre_code_key UNIQUE (code),
    CONSTRAINT blood_centre_code_fits CHECK (code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT blood_centre_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_centre_forward CHECK (valid_to > valid_from)
);
INSERT INTO blood_centre (id, code, vi, en, province, valid_from, mark, source) VALUES
    (1, 'NIHBT', 'Viện Huyết học – Truyền máu Trung ương', 'National Institute of Haematology and Blood Transfusion', '01', '2004-03-08', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (2, 'HCM_BTH', 'Bệnh viện Truyền máu Huyết học Thành phố Hồ Chí Minh', 'Blood Transfusion and Haematology Hospital, Hồ Chí Minh City', '79', '2002-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (3, 'CHO_RAY', 'Trung tâm Truyền máu Chợ Rẫy', 'Chợ Rẫy Blood Transfusion Centre', '79', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (4, 'HUE', 'Trung tâm Truyền máu khu vực Huế, Bệnh viện Trung ương Huế', 'Huế Regional Blood Transfusion Centre', '46', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (5, 'CAN_THO', 'Bệnh viện Huyết học – Truyền máu Thành phố Cần Thơ', 'Cần Thơ Haematology and Blood Transfusion Hospital', '92', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (6, 'DA_NANG', 'Bệnh viện Đà Nẵng, khoa Huyết học – Truyền máu', 'Đà Nẵng Hospital, department of haematology and blood transfusion', '48', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (7, 'DAK_LAK', 'Bệnh viện Đa khoa vùng Tây Nguyên, khoa Huyết học – Truyền máu', 'Tây Nguyên Regional General Hospital, department of haematology and blood transfusion', '66', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (8, 'KHANH_HOA', 'Bệnh viện Đa khoa tỉnh Khánh Hòa, Trung tâm Huyết học – Truyền máu', 'Khánh Hòa General Hospital, centre of haematology and blood transfusion', '56', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (9, 'LAM_DONG', 'Bệnh viện Đa khoa tỉnh Lâm Đồng', 'Lâm Đồng General Hospital', '68', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found'),
    (10, 'BINH_THUAN', 'Bệnh viện Đa khoa tỉnh Bình Thuận', 'Bình Thuận General Hospital', '68', '2006-01-01', 'GK', 'Known by name; the list of the Ministry of Health was not found');
GRANT SELECT (id, code, vi, en, province) ON blood_centre TO so_nhan_ai_public;

-- Numbers that the society may set anew from a day on.
CREATE TABLE drive_rule (
    name       text NOT NULL,
    value      integer NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT drive_rule_pk PRIMARY KEY (name, valid_from),
    CONSTRAINT drive_rule_name_known CHECK (name IN ('UNCONFIRMED_DAYS', 'ANSWER_HOURS', 'BOOKINGS_OF_A_NUMBER', 'REMIND_AT_MINUTE', 'FEW_PLACES', 'KEPT_DAYS')),
    CONSTRAINT drive_rule_value_positive CHECK (value > 0),
    CONSTRAINT drive_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT drive_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO drive_rule (name, value, valid_from, mark, source) VALUES
    ('UNCONFIRMED_DAYS', 30, '2026-01-01', 'REC', 'A booking that nobody confirms is erased after so many days'),
    ('ANSWER_HOURS', 24, '2026-01-01', 'REC', 'Who moves up from a waiting list says within so many hours that they come'),
    ('BOOKINGS_OF_A_NUMBER', 6, '2026-01-01', 'REC', 'Most persons that book one drive with the same number: a family'),
    ('REMIND_AT_MINUTE', 450, '2026-01-01', 'REC', 'Minute of the Vietnamese day before at which reminders go out: 07:30'),
    ('FEW_PLACES', 5, '2026-01-01', 'REC', 'So many places left are shown as few'),
    ('KEPT_DAYS', 90, '2026-01-01', 'REC', 'So many days after a drive its bookings say no more whose they were');
GRANT SELECT (name, value, valid_from, valid_to) ON drive_rule TO so_nhan_ai_public;

-- What whoever books agrees to (Law 91/2025/QH15, art. 9).
CREATE TABLE booking_consent_text (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT booking_consent_text_pk PRIMARY KEY (version),
    CONSTRAINT booking_consent_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT booking_consent_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO booking_consent_text (version, valid_from, vi, en, mark, source) VALUES
    (1, '2026-01-01',
     'Khi bấm nút, tôi đồng ý để đơn vị Hội Chữ thập đỏ tổ chức ngày hiến máu giữ họ tên và số điện thoại hoặc địa chỉ thư của tôi để giữ chỗ, nhắc lịch, đón tiếp và báo khi có thay đổi. Chỉ cán bộ được giao của đơn vị đó và cơ sở tiếp nhận máu xem được. Đặt chỗ không được xác nhận thì xóa sau 30 ngày. Tôi có quyền xem, sửa, yêu cầu xóa hoặc hạn chế, phản đối, khiếu nại và rút lại sự đồng ý tại đơn vị Hội bất cứ lúc nào.',
     'By pressing the button I agree that the Red Cross chapter that holds the drive keeps my name and my telephone number or mail address to keep a place for me, to remind me, to receive me and to tell me of changes. Only its officers who are charged with it and the blood centre see them. A booking that is not confirmed is erased after 30 days. I may at any time see, correct, have erased or restricted what is kept, object, complain, and withdraw this consent at the chapter.',
     'REC', 'Law 91/2025/QH15, art. 9: purpose, kinds of data, who processes, rights');
GRANT SELECT (version, valid_from, valid_to, vi, en) ON booking_consent_text TO so_nhan_ai_public;

CREATE TABLE drive (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    code          text NOT NULL,
    chapter_id    uuid NOT NULL,
    centre_id     bigint NOT NULL,
    title         text NOT NULL,
    -- Where: a site and its address.
    site          text NOT NULL,
    day           date NOT NULL,
    -- Shown to everybody once it is open.
    listed        boolean NOT NULL,
    state         text NOT NULL,
    -- Most who wait for a place.
    waiting_most  smallint NOT NULL,
    -- The volunteers who help.
    team_id       uuid,
    -- How often it was moved to another day.
    moves         smallint NOT NULL DEFAULT 0,
    cancelled_why text,
    version       integer NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    CONSTRAINT drive_pk PRIMARY KEY (id),
    CONSTRAINT drive_code_key UNIQUE (code),
    CONSTRAINT drive_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT drive_centre_fk FOREIGN KEY (centre_id) REFERENCES blood_centre (id),
    CONSTRAINT drive_team_fk FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT drive_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT drive_state_known CHECK (state IN ('PLANNED', 'OPEN', 'RUNNING', 'RECONCILED', 'CLOSED', 'CANCELLED')),
    CONSTRAINT drive_waiting_most_counts CHECK (waiting_most BETWEEN 0 AND 1000),
    CONSTRAINT drive_moves_counts CHECK (moves >= 0),
    CONSTRAINT drive_cancelled CHECK ((state = 'CANCELLED') = (cancelled_why IS NOT NULL)),
    CONSTRAINT drive_cancelled_known CHECK (cancelled_why IN ('WEATHER', 'TOO_FEW', 'CENTRE_CANNOT', 'NO_SITE', 'OTHER')),
    CONSTRAINT drive_version_positive CHECK (version > 0)
);
CREATE INDEX drive_chapter_idx ON drive (chapter_id, id);
CREATE INDEX drive_centre_idx ON drive (centre_id);
CREATE INDEX drive_team_idx ON drive (team_id);
CREATE INDEX drive_listed_idx ON drive (day, id) WHERE listed AND state <> 'PLANNED';
CREATE INDEX drive_recorded_by_idx ON drive (recorded_by);
GRANT SELECT (id, code, chapter_id, centre_id, title, site, day, listed, state, waiting_most, cancelled_why, version, changed_at) ON drive TO so_nhan_ai_public;

CREATE FUNCTION drive_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.recorded_by, NEW.recorded_at) IS DISTINCT FROM (OLD.id, OLD.code, OLD.recorded_by, OLD.recorded_at)
       OR (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
           (('PLANNED', 'OPEN'), ('PLANNED', 'CANCELLED'), ('OPEN', 'RUNNING'), ('OPEN', 'CANCELLED'), ('RUNNING', 'RECONCILED'), ('RECONCILED', 'CLOSED')))
       OR (NEW.day <> OLD.day AND OLD.state NOT IN ('PLANNED', 'OPEN')) THEN
        RAISE EXCEPTION 'a drive keeps its code, and goes forward step by step' USING ERRCODE = '23514', CONSTRAINT = 'drive_goes_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drive_goes_forward BEFORE UPDATE ON drive FOR EACH ROW EXECUTE FUNCTION drive_goes_forward();
CREATE TRIGGER drive_stays BEFORE DELETE OR TRUNCATE ON drive FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was sent, by the id its client made: the same again is the same drive.
CREATE TABLE drive_request (
    id           uuid NOT NULL,
    drive_id     bigint NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT drive_request_pk PRIMARY KEY (id),
    CONSTRAINT drive_request_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id)
);
CREATE INDEX drive_request_drive_idx ON drive_request (drive_id);
CREATE TRIGGER drive_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drive_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Parts of the day: minutes of the Vietnamese day. Places that are taken are counted here, under the drive's row: never more than there are.
CREATE TABLE drive_slot (
    drive_id     bigint NOT NULL,
    n            smallint NOT NULL,
    from_minute  smallint NOT NULL,
    until_minute smallint NOT NULL,
    places       smallint NOT NULL,
    taken        smallint NOT NULL DEFAULT 0,
    CONSTRAINT drive_slot_pk PRIMARY KEY (drive_id, n),
    CONSTRAINT drive_slot_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_slot_minutes CHECK (from_minute >= 0 AND until_minute > from_minute AND until_minute <= 1440),
    CONSTRAINT drive_slot_places_some CHECK (places BETWEEN 1 AND 1000),
    CONSTRAINT drive_slot_never_over_its_places CHECK (taken BETWEEN 0 AND places)
);
GRANT SELECT (drive_id, n, from_minute, until_minute, places, taken) ON drive_slot TO so_nhan_ai_public;

CREATE TABLE drive_equipment (
    drive_id bigint NOT NULL,
    n        smallint NOT NULL,
    what     text NOT NULL,
    quantity integer NOT NULL,
    ready    boolean NOT NULL,
    CONSTRAINT drive_equipment_pk PRIMARY KEY (drive_id, n),
    CONSTRAINT drive_equipment_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_equipment_quantity_counts CHECK (quantity BETWEEN 1 AND 100000)
);

-- Somebody's place, or their turn in the waiting list. Name, number and birth are sealed; one person has one of a drive, known by a keyed
-- hash of number and folded name. What was counted stays when the person is erased: the row is empty then.
CREATE TABLE booking (
    id            uuid NOT NULL,
    drive_id      bigint NOT NULL,
    -- NULL: who waits, and who came without a booking.
    slot          smallint,
    state         text NOT NULL,
    -- What stands on paper and in the QR code.
    code          text NOT NULL,
    content       bytea,
    person_hash   bytea,
    contact_hash  bytea,
    -- Which text they agreed to; NULL: an officer was told.
    text_version  smallint,
    -- The order in which they came.
    turn          bigint GENERATED ALWAYS AS IDENTITY,
    walk_in       boolean NOT NULL DEFAULT false,
    -- The day on which they said they come.
    agreed_day    date NOT NULL,
    confirmed_at  timestamptz,
    -- Who moved up says until then that they come, or the place passes on.
    answer_by     timestamptz,
    -- The day of which they were reminded.
    reminded_of   date,
    made_at       timestamptz NOT NULL,
    -- NULL: themselves, on the public page.
    made_by       uuid,
    cancelled_at  timestamptz,
    cancelled_how text,
    CONSTRAINT booking_pk PRIMARY KEY (id),
    CONSTRAINT booking_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT booking_slot_fk FOREIGN KEY (drive_id, slot) REFERENCES drive_slot (drive_id, n),
    CONSTRAINT booking_text_version_fk FOREIGN KEY (text_version) REFERENCES booking_consent_text (version),
    CONSTRAINT booking_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT booking_code_key UNIQUE (code),
    -- HELD has a place and has not said yet that they come; BOOKED has.
    CONSTRAINT booking_state_known CHECK (state IN ('HELD', 'BOOKED', 'WAITING', 'CANCELLED')),
    CONSTRAINT booking_has_a_place CHECK (state NOT IN ('HELD', 'BOOKED') OR slot IS NOT NULL OR walk_in),
    CONSTRAINT booking_waits_for_one CHECK (state <> 'WAITING' OR slot IS NULL),
    CONSTRAINT booking_answer_by_of_held CHECK (answer_by IS NULL OR state = 'HELD'),
    CONSTRAINT booking_cancelled_known CHECK (cancelled_how IN ('BY_LINK', 'BY_OFFICER', 'DRIVE_CANCELLED', 'NOT_CONFIRMED', 'NOT_ANSWERED', 'MOVED_AND_NOT_AGREED', 'DRIVE_BEGAN', 'ERASED')),
    CONSTRAINT booking_cancelled CHECK ((state = 'CANCELLED') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (cancelled_how IS NULL)),
    CONSTRAINT booking_known_while_it_stands CHECK ((content IS NULL) = (person_hash IS NULL) AND (content IS NULL) = (contact_hash IS NULL))
);
CREATE UNIQUE INDEX booking_once_key ON booking (drive_id, person_hash) WHERE state <> 'CANCELLED';
CREATE INDEX booking_drive_idx ON booking (drive_id, turn);
CREATE INDEX booking_slot_idx ON booking (drive_id, slot);
CREATE INDEX booking_waiting_idx ON booking (drive_id, turn) WHERE state = 'WAITING';
CREATE INDEX booking_answer_by_idx ON booking (answer_by) WHERE answer_by IS NOT NULL;
CREATE INDEX booking_unconfirmed_idx ON booking (made_at) WHERE confirmed_at IS NULL AND content IS NOT NULL;
CREATE INDEX booking_contact_idx ON booking (contact_hash);
CREATE INDEX booking_text_version_idx ON booking (text_version);
CREATE INDEX booking_made_by_idx ON booking (made_by);
-- Where a code on paper leads: to the drive.
GRANT SELECT (code, drive_id) ON booking TO so_nhan_ai_public;
CREATE TRIGGER booking_stays BEFORE DELETE OR TRUNCATE ON booking FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
