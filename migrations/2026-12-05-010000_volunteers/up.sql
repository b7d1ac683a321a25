-- Volunteers (tình nguyện viên) and collaborators (cộng tác viên) of chapters: who they are there, what they can do and when, hours, titles,
-- and the applications that come from the public page.

-- Numbers that the society may set anew from a day on: mark S from a source, GK to be verified, REC recommended.
CREATE TABLE volunteer_rule (
    name       text NOT NULL,
    value      integer NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT volunteer_rule_pk PRIMARY KEY (name, valid_from),
    CONSTRAINT volunteer_rule_name_known CHECK (name IN ('LEAST_AGE_VOLUNTEER', 'LEAST_AGE_COLLABORATOR', 'UNCONFIRMED_DAYS', 'APPLICATIONS_A_DAY', 'APPLICATIONS_OF_AN_ADDRESS', 'HOURS_BACK_DAYS')),
    CONSTRAINT volunteer_rule_value_positive CHECK (value > 0),
    CONSTRAINT volunteer_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT volunteer_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO volunteer_rule (name, value, valid_from, mark, source) VALUES
    ('LEAST_AGE_VOLUNTEER', 18, '2018-03-08', 'S', 'Vietnamese citizen, full 18: Đà Nẵng chapter 4/9/2018; Ninh Bình chapter'),
    ('LEAST_AGE_COLLABORATOR', 18, '2018-03-08', 'REC', 'No age is known; that of volunteers'),
    ('UNCONFIRMED_DAYS', 30, '2026-01-01', 'REC', 'An application that nobody confirms is erased after so many days'),
    ('APPLICATIONS_A_DAY', 200, '2026-01-01', 'REC', 'Most applications from the public page that a chapter is sent within 24 hours'),
    ('APPLICATIONS_OF_AN_ADDRESS', 3, '2026-01-01', 'REC', 'Most applications of one number or mail address that wait at the same time'),
    ('HOURS_BACK_DAYS', 60, '2026-01-01', 'REC', 'Hours are entered at most so many days late');

-- What volunteers can do; words that are in use on a day.
CREATE TABLE skill (
    code       text NOT NULL,
    place      smallint NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT skill_pk PRIMARY KEY (code),
    CONSTRAINT skill_code_fits CHECK (code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT skill_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT skill_forward CHECK (valid_to > valid_from)
);
INSERT INTO skill (code, place, vi, en, valid_from, mark, source) VALUES
    ('FIRST_AID', 1, 'Sơ cấp cứu', 'First aid', '2010-01-01', 'REC', 'activity area 3 of the Law on Red Cross activities'),
    ('MEDICAL', 2, 'Y tế, điều dưỡng', 'Medicine, nursing', '2010-01-01', 'REC', 'the society may set others'),
    ('PSYCHOSOCIAL', 3, 'Hỗ trợ tâm lý', 'Psychosocial support', '2010-01-01', 'REC', 'the society may set others'),
    ('RESCUE', 4, 'Cứu hộ, cứu nạn', 'Search and rescue', '2010-01-01', 'REC', 'the society may set others'),
    ('SWIMMING', 5, 'Bơi, cứu đuối', 'Swimming, life saving', '2010-01-01', 'REC', 'the society may set others'),
    ('BOAT', 6, 'Lái xuồng, ca nô', 'Boat handling', '2010-01-01', 'REC', 'the society may set others'),
    ('DRIVING', 7, 'Lái xe ô tô, xe tải', 'Driving cars and lorries', '2010-01-01', 'REC', 'the society may set others'),
    ('LOGISTICS', 8, 'Kho, vận chuyển hàng', 'Stores and transport', '2010-01-01', 'REC', 'the society may set others'),
    ('WATER_SANITATION', 9, 'Nước sạch, vệ sinh', 'Water and sanitation', '2010-01-01', 'REC', 'the society may set others'),
    ('COOKING', 10, 'Nấu ăn tập thể', 'Cooking for many', '2010-01-01', 'REC', 'the society may set others'),
    ('ASSESSMENT', 11, 'Đánh giá thiệt hại, nhu cầu', 'Damage and needs assessment', '2010-01-01', 'REC', 'the society may set others'),
    ('COMMUNICATION', 12, 'Truyền thông, vận động', 'Communication, outreach', '2010-01-01', 'REC', 'the society may set others'),
    ('BLOOD_DRIVE', 13, 'Phục vụ ngày hiến máu', 'Helping at blood drives', '2010-01-01', 'REC', 'the society may set others'),
    ('TEACHING', 14, 'Tập huấn, giảng dạy', 'Teaching', '2010-01-01', 'REC', 'the society may set others'),
    ('IT', 15, 'Công nghệ thông tin', 'Information technology', '2010-01-01', 'REC', 'the society may set others'),
    ('LANGUAGE', 16, 'Phiên dịch', 'Interpreting', '2010-01-01', 'REC', 'the society may set others'),
    ('SIGN_LANGUAGE', 17, 'Ngôn ngữ ký hiệu', 'Sign language', '2010-01-01', 'REC', 'the society may set others');

-- Titles (danh hiệu) of volunteers, given by decision.
CREATE TABLE volunteer_title (
    code       text NOT NULL,
    rank       smallint NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT volunteer_title_pk PRIMARY KEY (code),
    CONSTRAINT volunteer_title_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT volunteer_title_forward CHECK (valid_to > valid_from)
);
INSERT INTO volunteer_title (code, rank, vi, en, valid_from, mark, source) VALUES
    ('PLATINUM', 1, 'Tình nguyện viên hạng Bạch kim', 'Platinum volunteer', '2018-03-08', 'S', 'Ninh Bình chapter: level 1'),
    ('GOLD', 2, 'Tình nguyện viên hạng Vàng', 'Gold volunteer', '2018-03-08', 'S', 'Ninh Bình chapter: level 2'),
    ('SILVER', 3, 'Tình nguyện viên hạng Bạc', 'Silver volunteer', '2018-03-08', 'S', 'Ninh Bình chapter: level 3'),
    ('ACTIVE', 4, 'Tình nguyện viên tích cực', 'Active volunteer', '2018-03-08', 'S', 'Ninh Bình chapter: after level 3');

CREATE TABLE volunteer (
    id            uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    person_id     uuid NOT NULL,
    kind          text NOT NULL,
    state         text NOT NULL,
    -- Whether they come when they are called out, and when they were asked. NULL: nobody has asked.
    willing       boolean,
    willing_on    date,
    -- When they have time, as bits: Monday is 1, Sunday 64; MORNING 1, AFTERNOON 2, EVENING 4, NIGHT 8.
    weekdays      smallint NOT NULL,
    day_parts     smallint NOT NULL,
    -- ISO 639 codes.
    languages     text[] NOT NULL DEFAULT '{}',
    -- What they bring: MOTORBIKE, CAR …
    means         text[] NOT NULL DEFAULT '{}',
    insured_until date,
    -- The day of the first verification.
    since         date,
    request_hash  bytea NOT NULL,
    version       integer NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT volunteer_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT volunteer_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT volunteer_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT volunteer_kind_known CHECK (kind IN ('VOLUNTEER', 'COLLABORATOR')),
    CONSTRAINT volunteer_state_known CHECK (state IN ('APPLIED', 'VERIFIED', 'PAUSED', 'REFUSED', 'ENDED', 'ERASED')),
    CONSTRAINT volunteer_willing_asked CHECK ((willing IS NULL) = (willing_on IS NULL)),
    CONSTRAINT volunteer_bits CHECK (weekdays BETWEEN 0 AND 127 AND day_parts BETWEEN 0 AND 15),
    CONSTRAINT volunteer_languages_few CHECK (cardinality(languages) <= 20),
    CONSTRAINT volunteer_means_known CHECK (means <@ ARRAY['BICYCLE', 'MOTORBIKE', 'CAR', 'TRUCK', 'BOAT', 'MOTORBOAT', 'GENERATOR', 'DRONE']),
    CONSTRAINT volunteer_since_verified CHECK (state NOT IN ('VERIFIED', 'PAUSED') OR since IS NOT NULL),
    -- Of who was erased nothing is left but that somebody was counted.
    CONSTRAINT volunteer_erased_is_empty CHECK (state <> 'ERASED' OR (willing IS NULL AND weekdays = 0 AND day_parts = 0 AND languages = '{}' AND means = '{}' AND insured_until IS NULL)),
    CONSTRAINT volunteer_version_positive CHECK (version > 0)
);
-- A person is a volunteer of a chapter once.
CREATE UNIQUE INDEX volunteer_standing_key ON volunteer (person_id) WHERE state IN ('APPLIED', 'VERIFIED', 'PAUSED');
CREATE INDEX volunteer_person_idx ON volunteer (person_id);
CREATE INDEX volunteer_chapter_idx ON volunteer (chapter_id, recorded_at, id);
CREATE INDEX volunteer_ready_idx ON volunteer (chapter_id, id) WHERE state = 'VERIFIED' AND willing;
CREATE INDEX volunteer_recorded_by_idx ON volunteer (recorded_by);

CREATE TABLE volunteer_skill (
    volunteer_id uuid NOT NULL,
    skill        text NOT NULL,
    level        text NOT NULL,
    -- What shows it: nothing but their word, somebody saw it, a paper of somebody else, a certificate of a course of ours.
    proof        text NOT NULL,
    -- The certificate's public code.
    certificate  text,
    -- The first day on which it does not count any more.
    expires_on   date,
    recorded_by  uuid NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT volunteer_skill_pk PRIMARY KEY (volunteer_id, skill),
    CONSTRAINT volunteer_skill_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_skill_skill_fk FOREIGN KEY (skill) REFERENCES skill (code),
    CONSTRAINT volunteer_skill_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT volunteer_skill_level_known CHECK (level IN ('BASIC', 'GOOD', 'INSTRUCTOR')),
    CONSTRAINT volunteer_skill_proof_known CHECK (proof IN ('SAID', 'SEEN', 'PAPER', 'CERTIFICATE')),
    CONSTRAINT volunteer_skill_certificate_fits CHECK ((proof = 'CERTIFICATE') = (certificate IS NOT NULL) AND length(certificate) <= 40)
);
CREATE INDEX volunteer_skill_skill_idx ON volunteer_skill (skill, volunteer_id);
CREATE INDEX volunteer_skill_recorded_by_idx ON volunteer_skill (recorded_by);

-- What became of somebody, step by step; what is entered stays. The reason is sealed, and goes when the person is erased.
CREATE TABLE volunteer_step (
    id           uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    kind         text NOT NULL,
    reason       bytea,
    request_hash bytea NOT NULL,
    entered_by   uuid NOT NULL,
    entered_at   timestamptz NOT NULL,
    CONSTRAINT volunteer_step_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_step_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_step_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT volunteer_step_kind_known CHECK (kind IN ('VERIFY', 'REFUSE', 'PAUSE', 'RESUME', 'END'))
);
CREATE INDEX volunteer_step_volunteer_idx ON volunteer_step (volunteer_id, entered_at, id);
CREATE INDEX volunteer_step_entered_by_idx ON volunteer_step (entered_by);

-- Titles that were given, and taken back, by decision.
CREATE TABLE volunteer_title_given (
    id              uuid NOT NULL,
    volunteer_id    uuid NOT NULL,
    title           text NOT NULL,
    decision_no     text NOT NULL,
    decision_on     date NOT NULL,
    request_hash    bytea NOT NULL,
    entered_by      uuid NOT NULL,
    entered_at      timestamptz NOT NULL,
    ended_on        date,
    end_decision_no text,
    ended_by        uuid,
    CONSTRAINT volunteer_title_given_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_title_given_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_title_given_title_fk FOREIGN KEY (title) REFERENCES volunteer_title (code),
    CONSTRAINT volunteer_title_given_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT volunteer_title_given_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id),
    CONSTRAINT volunteer_title_given_ended_whole CHECK (num_nonnulls(ended_on, end_decision_no, ended_by) IN (0, 3) AND ended_on >= decision_on)
);
CREATE UNIQUE INDEX volunteer_title_given_standing_key ON volunteer_title_given (volunteer_id, title) WHERE ended_on IS NULL;
CREATE INDEX volunteer_title_given_volunteer_idx ON volunteer_title_given (volunteer_id, decision_on, id);
CREATE INDEX volunteer_title_given_title_idx ON volunteer_title_given (title);
CREATE INDEX volunteer_title_given_entered_by_idx ON volunteer_title_given (entered_by);
CREATE INDEX volunteer_title_given_ended_by_idx ON volunteer_title_given (ended_by);

-- From when to when somebody is counted where, as what; as with members a day that is over stays as it was counted. Who is a
-- volunteer of two chapters has a span at each; above them they are one.
CREATE TABLE volunteer_span (
    volunteer_id uuid NOT NULL,
    n            integer NOT NULL,
    chapter_id   uuid NOT NULL,
    party_id     uuid,
    kind         text NOT NULL,
    from_day     date NOT NULL,
    to_day       date,
    CONSTRAINT volunteer_span_pk PRIMARY KEY (volunteer_id, n),
    CONSTRAINT volunteer_span_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_span_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT volunteer_span_kind_known CHECK (kind IN ('VOLUNTEER', 'COLLABORATOR')),
    CONSTRAINT volunteer_span_forward CHECK (to_day >= from_day),
    CONSTRAINT volunteer_span_once_a_day EXCLUDE USING gist (uuid_range(volunteer_id, volunteer_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE UNIQUE INDEX volunteer_span_open_key ON volunteer_span (volunteer_id) WHERE to_day IS NULL;
CREATE INDEX volunteer_span_chapter_idx ON volunteer_span (chapter_id, from_day);
CREATE FUNCTION volunteer_span_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{to_day,party_id}'::text[] <> to_jsonb(OLD) - '{to_day,party_id}'::text[]
       OR (OLD.to_day IS NOT NULL AND NEW.to_day IS DISTINCT FROM OLD.to_day) OR (NEW.party_id IS NOT NULL AND NEW.party_id IS DISTINCT FROM OLD.party_id) THEN
        RAISE EXCEPTION 'what was counted stays counted' USING ERRCODE = '23514', CONSTRAINT = 'volunteer_span_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER volunteer_span_keeps BEFORE UPDATE ON volunteer_span FOR EACH ROW EXECUTE FUNCTION volunteer_span_keeps();
CREATE TRIGGER volunteer_span_stays BEFORE DELETE OR TRUNCATE ON volunteer_span FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Hours that somebody worked. What and where is sealed and goes with the person; from when to when stays, as what was counted. A
-- correction takes the place of a row and says why; neither is changed.
CREATE TABLE volunteer_hours (
    id           uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    -- The chapter that entered it.
    chapter_id   uuid NOT NULL,
    -- Until the person is erased: the same evening at two chapters is one evening.
    party_id     uuid,
    -- What it was part of, as a code with an id: CALL_OUT:…; the same hours are entered once.
    occasion     text,
    content      bytea,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    request_hash bytea NOT NULL,
    -- Whoever confirms that it was so.
    entered_by   uuid NOT NULL,
    entered_at   timestamptz NOT NULL,
    -- The row in whose place this one stands.
    corrects     uuid,
    stands       boolean NOT NULL,
    CONSTRAINT volunteer_hours_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_hours_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT volunteer_hours_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT volunteer_hours_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT volunteer_hours_corrects_fk FOREIGN KEY (corrects) REFERENCES volunteer_hours (id),
    CONSTRAINT volunteer_hours_corrects_key UNIQUE (corrects),
    CONSTRAINT volunteer_hours_occasion_fits CHECK (occasion ~ '^[A-Z][A-Z0-9_]{0,29}(:[0-9A-Za-z-]{1,60})?$'),
    -- A day and a night at most: more is a typing error.
    CONSTRAINT volunteer_hours_forward CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'),
    CONSTRAINT volunteer_hours_once EXCLUDE USING gist (uuid_range(volunteer_id, volunteer_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE (stands)
);
CREATE INDEX volunteer_hours_volunteer_idx ON volunteer_hours (volunteer_id, starts_at);
CREATE INDEX volunteer_hours_chapter_idx ON volunteer_hours (chapter_id, starts_at, id);
CREATE INDEX volunteer_hours_party_idx ON volunteer_hours (party_id, starts_at) WHERE stands;
CREATE INDEX volunteer_hours_occasion_idx ON volunteer_hours (occasion) WHERE occasion IS NOT NULL;
CREATE INDEX volunteer_hours_entered_by_idx ON volunteer_hours (entered_by);
CREATE FUNCTION volunteer_hours_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{stands,content,party_id,request_hash}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (NEW.stands AND NOT OLD.stands)
       OR (NEW.content IS NOT NULL AND NEW.content IS DISTINCT FROM OLD.content)
       OR (NEW.party_id IS NOT NULL AND NEW.party_id IS DISTINCT FROM OLD.party_id) THEN
        RAISE EXCEPTION 'hours are corrected by others in their place' USING ERRCODE = '23514', CONSTRAINT = 'volunteer_hours_only_go';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER volunteer_hours_keep BEFORE UPDATE ON volunteer_hours FOR EACH ROW EXECUTE FUNCTION volunteer_hours_keep();
CREATE TRIGGER volunteer_hours_stay BEFORE DELETE OR TRUNCATE ON volunteer_hours FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Why hours that were entered do not stand any more.
CREATE TABLE volunteer_hours_void (
    hours_id     uuid NOT NULL,
    -- Sealed; goes with the person.
    reason       bytea,
    request_hash bytea NOT NULL,
    entered_by   uuid NOT NULL,
    entered_at   timestamptz NOT NULL,
    CONSTRAINT volunteer_hours_void_pk PRIMARY KEY (hours_id),
    CONSTRAINT volunteer_hours_void_hours_fk FOREIGN KEY (hours_id) REFERENCES volunteer_hours (id),
    CONSTRAINT volunteer_hours_void_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id)
);
CREATE INDEX volunteer_hours_void_entered_by_idx ON volunteer_hours_void (entered_by);
CREATE TRIGGER volunteer_hours_void_stays BEFORE DELETE OR TRUNCATE ON volunteer_hours_void FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
