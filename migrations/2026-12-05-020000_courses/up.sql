-- Courses (lớp tập huấn): kinds as dated data, sessions, trainers, enrolment with a limit and a waiting list, attendance, results;
-- certificates with a code that anybody checks; what the public may know of how many passed.

-- What is taught. `area` is one of the seven areas of the law, or none for what serves the society itself.
CREATE TABLE course_kind (
    code       text NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    area       text,
    -- The kind whose certificate a shorter course makes good again.
    renews     text,
    rank       smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    -- What a volunteer with its certificate can do, and how well.
    skill       text,
    skill_level text,
    CONSTRAINT course_kind_pk PRIMARY KEY (code),
    CONSTRAINT course_kind_renews_fk FOREIGN KEY (renews) REFERENCES course_kind (code),
    CONSTRAINT course_kind_skill_fk FOREIGN KEY (skill) REFERENCES skill (code),
    CONSTRAINT course_kind_skill_known CHECK ((skill IS NULL) = (skill_level IS NULL) AND skill_level IN ('BASIC', 'GOOD', 'INSTRUCTOR')),
    CONSTRAINT course_kind_area_known CHECK (area IN ('RELIEF_AND_ASSISTANCE', 'HEALTH_CARE', 'FIRST_AID', 'BLOOD_TISSUE_DONATION', 'RESTORING_FAMILY_LINKS', 'HUMANITARIAN_VALUES', 'DISASTER_PREPAREDNESS')),
    CONSTRAINT course_kind_forward CHECK (valid_to > valid_from)
);
CREATE INDEX course_kind_renews_idx ON course_kind (renews);
CREATE INDEX course_kind_skill_idx ON course_kind (skill);
INSERT INTO course_kind (code, vi, en, area, renews, rank, valid_from) VALUES
    ('FIRST_AID_BASIC', 'Sơ cấp cứu cơ bản', 'Basic first aid', 'FIRST_AID', NULL, 1, '2009-01-01'),
    ('FIRST_AID_REFRESHER', 'Sơ cấp cứu nhắc lại', 'First aid refresher', 'FIRST_AID', 'FIRST_AID_BASIC', 2, '2009-01-01'),
    ('FIRST_AID_TRAINER', 'Huấn luyện viên sơ cấp cứu', 'First aid trainer', 'FIRST_AID', NULL, 3, '2009-01-01'),
    ('DISASTER_RESPONSE', 'Ứng phó thảm họa', 'Disaster response', 'DISASTER_PREPAREDNESS', NULL, 4, '2009-01-01'),
    ('WATER_RESCUE', 'Cứu hộ, cứu nạn trên sông nước', 'Water rescue', 'DISASTER_PREPAREDNESS', NULL, 5, '2009-01-01'),
    ('HOME_CARE', 'Chăm sóc sức khỏe tại nhà', 'Care at home', 'HEALTH_CARE', NULL, 6, '2009-01-01'),
    ('PSYCHOSOCIAL_SUPPORT', 'Hỗ trợ tâm lý xã hội', 'Psychosocial support', 'RELIEF_AND_ASSISTANCE', NULL, 7, '2009-01-01'),
    ('BLOOD_MOBILISATION', 'Vận động hiến máu', 'Mobilising blood donors', 'BLOOD_TISSUE_DONATION', NULL, 8, '2009-01-01'),
    ('FAMILY_LINKS', 'Tìm kiếm tin tức thân nhân', 'Restoring family links', 'RESTORING_FAMILY_LINKS', NULL, 9, '2009-01-01'),
    ('HUMANITARIAN_VALUES', 'Truyền thông giá trị nhân đạo', 'Humanitarian values', 'HUMANITARIAN_VALUES', NULL, 10, '2009-01-01'),
    ('OFFICER_TRAINING', 'Tập huấn nghiệp vụ cán bộ Hội', 'Training of officers', NULL, NULL, 11, '2009-01-01');
UPDATE course_kind k SET skill = s.skill, skill_level = s.level
FROM (VALUES ('FIRST_AID_BASIC', 'FIRST_AID', 'GOOD'), ('FIRST_AID_TRAINER', 'FIRST_AID', 'INSTRUCTOR'), ('WATER_RESCUE', 'RESCUE', 'GOOD'),
    ('PSYCHOSOCIAL_SUPPORT', 'PSYCHOSOCIAL', 'GOOD')) s (code, skill, level)
WHERE k.code = s.code;
GRANT SELECT (code, vi, en, area, rank) ON course_kind TO so_nhan_ai_public;

-- How long a certificate of a kind is good for; no months: for good. mark: S from a source, GK to be verified, REC recommended.
CREATE TABLE course_kind_rule (
    kind            text NOT NULL,
    validity_months smallint,
    valid_from      date NOT NULL,
    valid_to        date,
    mark            text NOT NULL,
    source          text NOT NULL,
    CONSTRAINT course_kind_rule_pk PRIMARY KEY (kind, valid_from),
    CONSTRAINT course_kind_rule_kind_fk FOREIGN KEY (kind) REFERENCES course_kind (code),
    CONSTRAINT course_kind_rule_months CHECK (validity_months BETWEEN 1 AND 600),
    CONSTRAINT course_kind_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT course_kind_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO course_kind_rule (kind, validity_months, valid_from, mark, source) VALUES
    ('FIRST_AID_BASIC', 24, '2009-01-01', 'GK', 'Two years is common for first aid; the society''s own rule was not found'),
    ('FIRST_AID_REFRESHER', 24, '2009-01-01', 'GK', 'As the certificate it makes good again'),
    ('FIRST_AID_TRAINER', 36, '2009-01-01', 'GK', 'Not found, to be verified'),
    ('DISASTER_RESPONSE', 36, '2009-01-01', 'REC', 'No rule is known'),
    ('WATER_RESCUE', 24, '2009-01-01', 'REC', 'No rule is known'),
    ('HOME_CARE', NULL, '2009-01-01', 'REC', 'No rule is known'),
    ('PSYCHOSOCIAL_SUPPORT', NULL, '2009-01-01', 'REC', 'No rule is known'),
    ('BLOOD_MOBILISATION', NULL, '2009-01-01', 'REC', 'No rule is known'),
    ('FAMILY_LINKS', NULL, '2009-01-01', 'REC', 'No rule is known'),
    ('HUMANITARIAN_VALUES', NULL, '2009-01-01', 'REC', 'No rule is known'),
    ('OFFICER_TRAINING', NULL, '2009-01-01', 'REC', 'No rule is known');

-- A course of a chapter. Places that are taken are counted here, under the row's lock: never more than there are.
CREATE TABLE course (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    code          text NOT NULL,
    kind          text NOT NULL,
    title         text NOT NULL,
    place         text NOT NULL,
    places        smallint NOT NULL,
    taken         smallint NOT NULL,
    -- Shown to everybody while it is open.
    listed        boolean NOT NULL,
    state         text NOT NULL,
    -- The first and the last day of its sessions.
    first_day     date NOT NULL,
    last_day      date NOT NULL,
    cancelled_why text,
    version       integer NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    closed_by     uuid,
    closed_on     date,
    CONSTRAINT course_pk PRIMARY KEY (id),
    CONSTRAINT course_code_key UNIQUE (code),
    CONSTRAINT course_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT course_kind_fk FOREIGN KEY (kind) REFERENCES course_kind (code),
    CONSTRAINT course_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT course_closed_by_fk FOREIGN KEY (closed_by) REFERENCES account (id),
    CONSTRAINT course_places_some CHECK (places BETWEEN 1 AND 1000),
    CONSTRAINT course_never_over_its_places CHECK (taken BETWEEN 0 AND places),
    CONSTRAINT course_state_known CHECK (state IN ('PLANNED', 'OPEN', 'CLOSED', 'CANCELLED')),
    CONSTRAINT course_days_forward CHECK (last_day >= first_day),
    CONSTRAINT course_closed CHECK ((state = 'CLOSED') = (closed_on IS NOT NULL) AND (closed_on IS NULL) = (closed_by IS NULL)),
    CONSTRAINT course_cancelled CHECK ((state = 'CANCELLED') = (cancelled_why IS NOT NULL))
);
CREATE INDEX course_chapter_idx ON course (chapter_id, recorded_at, id);
CREATE INDEX course_kind_idx ON course (kind);
CREATE INDEX course_listed_idx ON course (first_day, id) WHERE listed AND state IN ('OPEN', 'CANCELLED', 'CLOSED');
CREATE INDEX course_closed_idx ON course (chapter_id, last_day) WHERE state = 'CLOSED';
CREATE INDEX course_recorded_by_idx ON course (recorded_by);
CREATE INDEX course_closed_by_idx ON course (closed_by);
-- What was sent: the same again is the same course. Beside it, because everybody may read of courses.
CREATE TABLE course_request (
    course_id    uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT course_request_pk PRIMARY KEY (course_id),
    CONSTRAINT course_request_course_fk FOREIGN KEY (course_id) REFERENCES course (id)
);
CREATE FUNCTION course_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.kind, NEW.recorded_by, NEW.recorded_at) IS DISTINCT FROM (OLD.id, OLD.code, OLD.kind, OLD.recorded_by, OLD.recorded_at)
       OR (OLD.state IN ('CLOSED', 'CANCELLED') AND NEW.state <> OLD.state) OR (OLD.state = 'OPEN' AND NEW.state = 'PLANNED') THEN
        RAISE EXCEPTION 'a course keeps its code and kind, and does not go back' USING ERRCODE = '23514', CONSTRAINT = 'course_goes_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER course_goes_forward BEFORE UPDATE ON course FOR EACH ROW EXECUTE FUNCTION course_goes_forward();
GRANT SELECT (id, chapter_id, code, kind, title, place, places, taken, listed, state, first_day, last_day, version, changed_at) ON course TO so_nhan_ai_public;

-- When it meets: minutes of the Vietnamese day.
CREATE TABLE course_session (
    course_id    uuid NOT NULL,
    n            smallint NOT NULL,
    day          date NOT NULL,
    from_minute  smallint NOT NULL,
    until_minute smallint NOT NULL,
    CONSTRAINT course_session_pk PRIMARY KEY (course_id, n),
    CONSTRAINT course_session_course_fk FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT course_session_minutes CHECK (from_minute >= 0 AND until_minute > from_minute AND until_minute <= 1440)
);
GRANT SELECT (course_id, n, day, from_minute, until_minute) ON course_session TO so_nhan_ai_public;

CREATE TABLE course_trainer (
    course_id uuid NOT NULL,
    person_id uuid NOT NULL,
    CONSTRAINT course_trainer_pk PRIMARY KEY (course_id, person_id),
    CONSTRAINT course_trainer_course_fk FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT course_trainer_person_fk FOREIGN KEY (person_id) REFERENCES person (id)
);
CREATE INDEX course_trainer_person_idx ON course_trainer (person_id);

-- Somebody's place in a course, or in its waiting list. What was counted stays when the person is erased: their row is empty then.
CREATE TABLE course_enrolment (
    id            uuid NOT NULL,
    course_id     uuid NOT NULL,
    person_id     uuid NOT NULL,
    state         text NOT NULL,
    -- The order in which they came.
    turn          integer NOT NULL,
    enrolled_by   uuid NOT NULL,
    enrolled_at   timestamptz NOT NULL,
    moved_up_at   timestamptz,
    cancelled_at  timestamptz,
    cancelled_how text,
    result        text,
    -- They held a post of the society on the last day.
    officer       boolean NOT NULL DEFAULT false,
    CONSTRAINT course_enrolment_pk PRIMARY KEY (id),
    CONSTRAINT course_enrolment_course_fk FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT course_enrolment_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT course_enrolment_enrolled_by_fk FOREIGN KEY (enrolled_by) REFERENCES account (id),
    CONSTRAINT course_enrolment_turn_key UNIQUE (course_id, turn),
    CONSTRAINT course_enrolment_state_known CHECK (state IN ('ENROLLED', 'WAITING', 'CANCELLED')),
    CONSTRAINT course_enrolment_cancelled_known CHECK (cancelled_how IN ('BY_OFFICER', 'BY_LINK', 'COURSE_CANCELLED', 'COURSE_CLOSED', 'ERASED')),
    CONSTRAINT course_enrolment_cancelled CHECK ((state = 'CANCELLED') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (cancelled_how IS NULL)),
    CONSTRAINT course_enrolment_result_known CHECK (result IN ('PASSED', 'FAILED', 'ABSENT')),
    CONSTRAINT course_enrolment_result_of_enrolled CHECK (result IS NULL OR state = 'ENROLLED')
);
CREATE UNIQUE INDEX course_enrolment_once_key ON course_enrolment (course_id, person_id) WHERE state <> 'CANCELLED';
CREATE INDEX course_enrolment_waiting_idx ON course_enrolment (course_id, turn) WHERE state = 'WAITING';
CREATE INDEX course_enrolment_person_idx ON course_enrolment (person_id);
CREATE INDEX course_enrolment_enrolled_by_idx ON course_enrolment (enrolled_by);

CREATE TABLE course_attendance (
    enrolment_id uuid NOT NULL,
    course_id    uuid NOT NULL,
    n            smallint NOT NULL,
    CONSTRAINT course_attendance_pk PRIMARY KEY (enrolment_id, n),
    CONSTRAINT course_attendance_enrolment_fk FOREIGN KEY (enrolment_id) REFERENCES course_enrolment (id),
    CONSTRAINT course_attendance_session_fk FOREIGN KEY (course_id, n) REFERENCES course_session (course_id, n)
);
CREATE INDEX course_attendance_session_idx ON course_attendance (course_id, n);

-- A result that was given is corrected with a reason; where that takes a certificate away, a second person approves.
CREATE TABLE course_correction (
    id           uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    from_result  text NOT NULL,
    to_result    text NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL,
    asked_by     uuid NOT NULL,
    asked_at     timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT course_correction_pk PRIMARY KEY (id),
    CONSTRAINT course_correction_enrolment_fk FOREIGN KEY (enrolment_id) REFERENCES course_enrolment (id),
    CONSTRAINT course_correction_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT course_correction_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT course_correction_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT course_correction_results_known CHECK (from_result IN ('PASSED', 'FAILED', 'ABSENT') AND to_result IN ('PASSED', 'FAILED', 'ABSENT')),
    CONSTRAINT course_correction_changes CHECK (from_result <> to_result),
    CONSTRAINT course_correction_reason_known CHECK (reason IN ('MISTYPED', 'EXAMINED_AGAIN', 'WRONG_PERSON', 'MISCONDUCT')),
    CONSTRAINT course_correction_state_known CHECK (state IN ('ASKED', 'DONE', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT course_correction_decided CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX course_correction_waiting_key ON course_correction (enrolment_id) WHERE state = 'ASKED';
CREATE INDEX course_correction_enrolment_idx ON course_correction (enrolment_id, asked_at, id);
CREATE INDEX course_correction_chapter_idx ON course_correction (chapter_id);
CREATE INDEX course_correction_asked_by_idx ON course_correction (asked_by);
CREATE INDEX course_correction_decided_by_idx ON course_correction (decided_by);

-- What the holder of a certificate agrees to so that their name is shown (Law 91/2025/QH15, art. 9, 16).
CREATE TABLE certificate_name_text (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT certificate_name_text_pk PRIMARY KEY (version),
    CONSTRAINT certificate_name_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT certificate_name_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO certificate_name_text (version, valid_from, vi, en, mark, source) VALUES
    (1, '2026-01-01',
     'Tôi đồng ý để Hội Chữ thập đỏ cho hiện họ tên của tôi tại trang kiểm tra mã giấy chứng nhận của tôi, cùng tên khóa học, đơn vị cấp, ngày cấp và thời hạn, để người khác biết giấy chứng nhận là của tôi. Tôi có quyền xem, sửa, yêu cầu xóa hoặc hạn chế, phản đối, khiếu nại và rút lại sự đồng ý tại đơn vị Hội bất cứ lúc nào; khi đó trang chỉ còn cho biết giấy chứng nhận có giá trị hay không.',
     'I agree that the Red Cross shows my name where the code of my certificate is checked, with the course, the chapter that gave it, its day and how long it is good, so that others know it is mine. I may view, correct, have erased or restricted, object, complain and withdraw this consent at the chapter at any time; from then on the page says only whether the certificate is valid.',
     'REC', 'Law 91/2025/QH15, art. 9(2), 16: kind of data, purpose, controller, rights');

-- A certificate of ours, under a code by chance alone, or of another body: its serial is text, and has no code.
CREATE TABLE certificate (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    person_id     uuid NOT NULL,
    kind          text NOT NULL,
    enrolment_id  uuid,
    code          text,
    -- Who gave it and its serial there, sealed.
    elsewhere     bytea,
    given_on      date NOT NULL,
    valid_until   date,
    state         text NOT NULL,
    -- To which text its holder agreed that the name is shown, and when.
    name_text     smallint,
    name_given_on date,
    request_hash  bytea NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT certificate_pk PRIMARY KEY (id),
    CONSTRAINT certificate_code_key UNIQUE (code),
    CONSTRAINT certificate_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT certificate_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT certificate_kind_fk FOREIGN KEY (kind) REFERENCES course_kind (code),
    CONSTRAINT certificate_enrolment_fk FOREIGN KEY (enrolment_id) REFERENCES course_enrolment (id),
    CONSTRAINT certificate_name_text_fk FOREIGN KEY (name_text) REFERENCES certificate_name_text (version),
    CONSTRAINT certificate_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT certificate_ours_or_elsewhere CHECK ((code IS NULL) = (enrolment_id IS NULL) AND (elsewhere IS NULL OR code IS NULL)
        AND (code IS NOT NULL OR elsewhere IS NOT NULL OR state = 'ERASED')),
    CONSTRAINT certificate_state_known CHECK (state IN ('STANDS', 'REVOKED', 'ERASED')),
    CONSTRAINT certificate_forward CHECK (valid_until >= given_on),
    CONSTRAINT certificate_name_agreed CHECK ((name_text IS NULL) = (name_given_on IS NULL) AND (name_text IS NULL OR state = 'STANDS'))
);
CREATE UNIQUE INDEX certificate_standing_key ON certificate (enrolment_id) WHERE state = 'STANDS';
CREATE INDEX certificate_enrolment_idx ON certificate (enrolment_id);
CREATE INDEX certificate_person_idx ON certificate (person_id);
CREATE INDEX certificate_chapter_idx ON certificate (chapter_id, recorded_at, id);
CREATE INDEX certificate_due_idx ON certificate (chapter_id, valid_until, id) WHERE state = 'STANDS';
CREATE INDEX certificate_name_text_idx ON certificate (name_text);
CREATE INDEX certificate_kind_idx ON certificate (kind);
CREATE INDEX certificate_recorded_by_idx ON certificate (recorded_by);

-- What everybody may learn of a certificate by its code. Of one that is revoked or no longer on record nothing else.
CREATE TABLE public_certificate (
    code        text NOT NULL,
    state       text NOT NULL,
    kind        text,
    course      text,
    chapter_id  uuid,
    given_on    date,
    valid_until date,
    -- While its holder agrees.
    name        text,
    CONSTRAINT public_certificate_pk PRIMARY KEY (code),
    CONSTRAINT public_certificate_kind_fk FOREIGN KEY (kind) REFERENCES course_kind (code),
    CONSTRAINT public_certificate_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT public_certificate_state_known CHECK (state IN ('VALID', 'REVOKED', 'NO_LONGER_ON_RECORD')),
    CONSTRAINT public_certificate_says_what CHECK (CASE WHEN state = 'VALID'
        THEN kind IS NOT NULL AND course IS NOT NULL AND chapter_id IS NOT NULL AND given_on IS NOT NULL
        ELSE kind IS NULL AND course IS NULL AND chapter_id IS NULL AND given_on IS NULL AND valid_until IS NULL AND name IS NULL END)
);
CREATE INDEX public_certificate_chapter_idx ON public_certificate (chapter_id);
CREATE INDEX public_certificate_kind_idx ON public_certificate (kind);
GRANT SELECT (code, state, kind, course, chapter_id, given_on, valid_until, name) ON public_certificate TO so_nhan_ai_public;

-- Who passed in each year that is over, by areas of the law (SOCIETY: what serves the society itself) that are counted together, with
-- everything below the chapter: as everybody may know it. A chapter without a row has nobody, or so few that it is not told.
CREATE TABLE public_course_count (
    chapter_id uuid NOT NULL,
    year       integer NOT NULL,
    areas      text[] NOT NULL,
    passed     integer NOT NULL,
    CONSTRAINT public_course_count_pk PRIMARY KEY (chapter_id, year, areas),
    CONSTRAINT public_course_count_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT public_course_count_no_few CHECK (passed >= 5),
    CONSTRAINT public_course_count_some_area CHECK (cardinality(areas) > 0)
);
CREATE TRIGGER public_course_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public_course_count
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (chapter_id, year, areas, passed) ON public_course_count TO so_nhan_ai_public;
