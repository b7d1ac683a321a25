-- Days of giving as they were: who came, what the blood centre's file says, the differences between the two and how each was settled, and
-- the totals that two persons agreed on.

-- What the rooms below left open until there were drives.
ALTER TABLE donation ADD CONSTRAINT donation_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id);

-- How a blood centre's file looks: the headings of each of our columns, and the words that stand for our codes. A file is read by the layout
-- of the drive's day. mark: S from a source, GK to be verified, REC recommended.
CREATE TABLE blood_file_layout (
    code       text NOT NULL,
    -- NULL: any centre's.
    centre_id  bigint,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    -- {"din": ["Mã túi máu", …], …}
    headings   jsonb NOT NULL,
    -- {"outcome": {"đạt": "GAVE", …}, …}: folded words.
    words      jsonb NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_file_layout_pk PRIMARY KEY (code, valid_from),
    CONSTRAINT blood_file_layout_centre_fk FOREIGN KEY (centre_id) REFERENCES blood_centre (id),
    CONSTRAINT blood_file_layout_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_file_layout_forward CHECK (valid_to > valid_from)
);
CREATE INDEX blood_file_layout_centre_idx ON blood_file_layout (centre_id);
INSERT INTO blood_file_layout (code, centre_id, valid_from, vi, en, headings, words, mark, source) VALUES
    ('GENERAL', NULL, '2026-01-01', 'Mẫu chung', 'General form',
     '{"booking": ["Mã đặt chỗ", "Mã đăng ký", "Mã phiếu"],
       "name": ["Họ và tên", "Họ tên", "Tên người hiến", "Họ tên người hiến máu"],
       "birth": ["Ngày sinh", "Năm sinh", "Ngày tháng năm sinh"],
       "sex": ["Giới tính", "Giới", "Nam/Nữ"],
       "phone": ["Điện thoại", "Số điện thoại", "SĐT", "ĐT"],
       "outcome": ["Kết quả", "Kết quả khám tuyển", "Tình trạng"],
       "reason": ["Lý do hoãn", "Lý do trì hoãn", "Lý do", "Ghi chú"],
       "until": ["Hoãn đến", "Hoãn đến ngày"],
       "component": ["Thành phần", "Loại hiến", "Chế phẩm"],
       "volume": ["Thể tích", "Thể tích (ml)", "Số ml", "Lượng máu"],
       "din": ["Mã túi máu", "Mã đơn vị máu", "Số túi máu", "DIN"],
       "abo": ["Nhóm máu", "Nhóm máu ABO", "ABO"],
       "rh": ["Rh", "Rh(D)", "RhD"],
       "serial": ["Số giấy chứng nhận", "Số GCN", "Số chứng nhận"],
       "centre": ["Cơ sở tiếp nhận máu", "Mã cơ sở", "Đơn vị tiếp nhận"],
       "day": ["Ngày hiến", "Ngày hiến máu", "Ngày"]}',
     '{"outcome": {"dat": "GAVE", "da hien": "GAVE", "hien": "GAVE", "hien duoc": "GAVE", "co": "GAVE", "gave": "GAVE",
                   "hoan": "DEFERRED", "tri hoan": "DEFERRED", "khong dat": "DEFERRED", "khong hien": "DEFERRED", "loai": "DEFERRED", "deferred": "DEFERRED"},
       "component": {"mau toan phan": "WHOLE_BLOOD", "toan phan": "WHOLE_BLOOD", "mau": "WHOLE_BLOOD", "hong cau": "RED_CELLS", "khoi hong cau": "RED_CELLS",
                     "tieu cau": "PLATELETS", "khoi tieu cau": "PLATELETS", "huyet tuong": "PLASMA", "bach cau": "GRANULOCYTES", "bach cau hat": "GRANULOCYTES",
                     "te bao goc": "STEM_CELLS"},
       "sex": {"nu": "FEMALE", "nam": "MALE", "f": "FEMALE", "m": "MALE", "female": "FEMALE", "male": "MALE"},
       "rh": {"+": "POSITIVE", "duong": "POSITIVE", "duong tinh": "POSITIVE", "positive": "POSITIVE", "-": "NEGATIVE", "am": "NEGATIVE", "am tinh": "NEGATIVE", "negative": "NEGATIVE"},
       "reason": {"tuoi": "AGE", "khong du tuoi": "AGE", "qua tuoi": "AGE", "can nang": "WEIGHT", "thieu can": "WEIGHT", "nhe can": "WEIGHT",
                  "chua du ngay": "INTERVAL", "chua du thoi gian": "INTERVAL", "khoang cach": "INTERVAL", "xam hinh": "TATTOO_OR_PIERCING", "xam": "TATTOO_OR_PIERCING",
                  "xo khuyen": "TATTOO_OR_PIERCING", "tiem vac xin": "VACCINATION", "tiem chung": "VACCINATION", "vac xin": "VACCINATION", "dung thuoc": "MEDICINE", "thuoc": "MEDICINE",
                  "cam cum": "MINOR_ILLNESS", "cam": "MINOR_ILLNESS", "sot": "MINOR_ILLNESS", "viem hong": "MINOR_ILLNESS", "nghe nghiep": "WORK", "mat ngu": "NOT_RESTED", "thieu ngu": "NOT_RESTED",
                  "ruou bia": "NOT_RESTED", "chua an": "NOT_RESTED", "huyet ap": "BLOOD_PRESSURE", "huyet ap cao": "BLOOD_PRESSURE", "huyet ap thap": "BLOOD_PRESSURE", "tang huyet ap": "BLOOD_PRESSURE",
                  "huyet sac to": "HAEMOGLOBIN", "hb thap": "HAEMOGLOBIN", "thieu mau": "HAEMOGLOBIN", "ven": "VEINS", "ven nho": "VEINS", "kho lay ven": "VEINS"}}',
     'REC', 'No form of a centre was found: headings and words as lists in use have them; to be replaced centre by centre');

-- Somebody came. Made by a phone at the door, perhaps without a network: the same person on two phones came once.
CREATE TABLE drive_check_in (
    id           uuid NOT NULL,
    drive_id     bigint NOT NULL,
    booking_id   uuid NOT NULL,
    -- What the phone's clock said; never trusted.
    captured_at  timestamptz,
    -- What they gave, as those at the door noted it.
    volume_ml    smallint,
    -- It came when the centre's file was there already: somebody says whether it counts.
    late         boolean NOT NULL,
    counts       boolean NOT NULL,
    request_hash bytea NOT NULL,
    entered_by   uuid NOT NULL,
    entered_at   timestamptz NOT NULL,
    CONSTRAINT drive_check_in_pk PRIMARY KEY (id),
    CONSTRAINT drive_check_in_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_check_in_booking_fk FOREIGN KEY (booking_id) REFERENCES booking (id),
    CONSTRAINT drive_check_in_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT drive_check_in_once_key UNIQUE (booking_id),
    CONSTRAINT drive_check_in_volume_fits CHECK (volume_ml BETWEEN 1 AND 2000)
);
CREATE INDEX drive_check_in_drive_idx ON drive_check_in (drive_id, entered_at, id);
CREATE INDEX drive_check_in_entered_by_idx ON drive_check_in (entered_by);
CREATE TRIGGER drive_check_in_stays BEFORE DELETE OR TRUNCATE ON drive_check_in FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The blood centre's file of a drive. COMPARED → ASKED → ACCEPTED → DONE; COMPARED, ASKED → REFUSED (and another may come).
CREATE TABLE drive_file (
    id           uuid NOT NULL,
    drive_id     bigint NOT NULL,
    chapter_id   uuid NOT NULL,
    layout       text NOT NULL,
    -- Keyed, of the rows as they were read: the same list in another file is the same list.
    content_hash bytea NOT NULL,
    state        text NOT NULL,
    row_count    integer NOT NULL,
    uploaded_by  uuid NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    done_rows    integer NOT NULL DEFAULT 0,
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT drive_file_pk PRIMARY KEY (id),
    CONSTRAINT drive_file_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_file_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT drive_file_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES account (id),
    CONSTRAINT drive_file_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT drive_file_state_known CHECK (state IN ('COMPARED', 'ASKED', 'ACCEPTED', 'DONE', 'REFUSED')),
    CONSTRAINT drive_file_rows_counted CHECK (row_count > 0 AND done_rows BETWEEN 0 AND row_count),
    CONSTRAINT drive_file_decided CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
-- A drive has one file that stands, and a file stands once in the country.
CREATE UNIQUE INDEX drive_file_standing_key ON drive_file (drive_id) WHERE state <> 'REFUSED';
CREATE UNIQUE INDEX drive_file_content_key ON drive_file (content_hash) WHERE state <> 'REFUSED';
CREATE INDEX drive_file_chapter_idx ON drive_file (chapter_id);
CREATE INDEX drive_file_drive_idx ON drive_file (drive_id);
CREATE INDEX drive_file_uploaded_by_idx ON drive_file (uploaded_by);
CREATE INDEX drive_file_decided_by_idx ON drive_file (decided_by);

-- A row of it. Who it is stands sealed, until the row is carried over to a donor or left out; then nobody says it any more. Why somebody was
-- put off is a word of the public list (blood_rules), or CENTRE_DECISION: what the file said is kept nowhere.
CREATE TABLE drive_row (
    id         uuid NOT NULL,
    file_id    uuid NOT NULL,
    n          integer NOT NULL,
    -- As people count in their program.
    row_no     integer NOT NULL,
    content    bytea,
    outcome    text NOT NULL,
    reason     text,
    until      date,
    component  text NOT NULL,
    volume_ml  smallint,
    din        text,
    sex        text,
    age        smallint,
    abo        text,
    rh         text,
    serial     text,
    -- Whoever came it was found to be.
    booking_id uuid,
    -- Whether it is counted; by the settlements.
    counts     boolean NOT NULL,
    CONSTRAINT drive_row_pk PRIMARY KEY (id),
    CONSTRAINT drive_row_file_fk FOREIGN KEY (file_id) REFERENCES drive_file (id),
    CONSTRAINT drive_row_booking_fk FOREIGN KEY (booking_id) REFERENCES booking (id),
    CONSTRAINT drive_row_n_key UNIQUE (file_id, n),
    CONSTRAINT drive_row_outcome_known CHECK (outcome IN ('GAVE', 'DEFERRED')),
    CONSTRAINT drive_row_gave_whole CHECK (CASE outcome WHEN 'GAVE' THEN volume_ml IS NOT NULL AND reason IS NULL AND until IS NULL ELSE reason IS NOT NULL AND volume_ml IS NULL AND din IS NULL AND serial IS NULL END),
    CONSTRAINT drive_row_reason_known CHECK (reason IN ('AGE', 'WEIGHT', 'INTERVAL', 'TATTOO_OR_PIERCING', 'VACCINATION', 'MEDICINE', 'MINOR_ILLNESS', 'WORK', 'NOT_RESTED', 'BLOOD_PRESSURE', 'HAEMOGLOBIN', 'VEINS', 'CENTRE_DECISION')),
    CONSTRAINT drive_row_component_known CHECK (component IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES', 'STEM_CELLS')),
    CONSTRAINT drive_row_group_known CHECK (abo IN ('O', 'A', 'B', 'AB') AND rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT drive_row_sex_known CHECK (sex IN ('FEMALE', 'MALE'))
);
CREATE INDEX drive_row_booking_idx ON drive_row (booking_id);

-- Something in which file and check-ins differ, settled by a person with a note.
CREATE TABLE drive_difference (
    id         uuid NOT NULL,
    drive_id   bigint NOT NULL,
    file_id    uuid,
    kind       text NOT NULL,
    row_id     uuid,
    -- The row that it is a double of.
    other_id   uuid,
    booking_id uuid,
    state      text NOT NULL,
    how        text,
    -- Sealed.
    note       bytea,
    settled_by uuid,
    settled_at timestamptz,
    found_at   timestamptz NOT NULL,
    CONSTRAINT drive_difference_pk PRIMARY KEY (id),
    CONSTRAINT drive_difference_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_difference_file_fk FOREIGN KEY (file_id) REFERENCES drive_file (id),
    CONSTRAINT drive_difference_row_fk FOREIGN KEY (row_id) REFERENCES drive_row (id),
    CONSTRAINT drive_difference_other_fk FOREIGN KEY (other_id) REFERENCES drive_row (id),
    CONSTRAINT drive_difference_booking_fk FOREIGN KEY (booking_id) REFERENCES booking (id),
    CONSTRAINT drive_difference_settled_by_fk FOREIGN KEY (settled_by) REFERENCES account (id),
    CONSTRAINT drive_difference_kind_known CHECK (kind IN ('NOT_CHECKED_IN', 'OTHER_PERSON', 'OTHER_VOLUME', 'DOUBLE', 'NUMBER_GIVEN', 'UNKNOWN_CODE', 'NOT_IN_FILE', 'LATE_CHECK_IN')),
    CONSTRAINT drive_difference_state_known CHECK (state IN ('OPEN', 'SETTLED')),
    CONSTRAINT drive_difference_how_known CHECK (how IN ('COUNT', 'LEAVE_OUT', 'FILE_RIGHT', 'OURS_RIGHT')),
    CONSTRAINT drive_difference_settled CHECK ((state = 'SETTLED') = (how IS NOT NULL) AND (how IS NULL) = (settled_by IS NULL) AND (how IS NULL) = (settled_at IS NULL))
);
CREATE INDEX drive_difference_drive_idx ON drive_difference (drive_id, found_at, id);
CREATE INDEX drive_difference_file_idx ON drive_difference (file_id);
CREATE INDEX drive_difference_row_idx ON drive_difference (row_id);
CREATE INDEX drive_difference_other_idx ON drive_difference (other_id);
CREATE INDEX drive_difference_booking_idx ON drive_difference (booking_id);
CREATE INDEX drive_difference_settled_by_idx ON drive_difference (settled_by);

-- What two persons agreed on of a drive. Counts, and no person: not folded, that is for who publishes them.
CREATE TABLE drive_total (
    drive_id   bigint NOT NULL,
    registered integer NOT NULL,
    came       integer NOT NULL,
    gave       integer NOT NULL,
    deferred   integer NOT NULL,
    ml         bigint NOT NULL,
    made_at    timestamptz NOT NULL,
    CONSTRAINT drive_total_pk PRIMARY KEY (drive_id),
    CONSTRAINT drive_total_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_total_counts CHECK (registered >= 0 AND came >= 0 AND gave >= 0 AND deferred >= 0 AND ml >= 0)
);
CREATE TABLE drive_deferral (
    drive_id bigint NOT NULL,
    reason   text NOT NULL,
    persons  integer NOT NULL,
    CONSTRAINT drive_deferral_pk PRIMARY KEY (drive_id, reason),
    CONSTRAINT drive_deferral_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_deferral_some CHECK (persons > 0)
);
