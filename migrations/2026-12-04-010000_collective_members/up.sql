-- Organisations as collective members (hội viên tập thể), and grades of members (bạch kim, vàng, bạc).

-- A chapter writes an organisation down as it does a person: by name and number, with who speaks for it.
ALTER TABLE person
    ADD COLUMN kind text NOT NULL DEFAULT 'PERSON',
    ADD CONSTRAINT person_kind_known CHECK (kind IN ('PERSON', 'ORGANISATION'));

ALTER TABLE member_kind_rule
    DROP CONSTRAINT member_kind_rule_kind_known,
    ADD CONSTRAINT member_kind_rule_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY', 'COLLECTIVE'));
INSERT INTO member_kind_rule (kind, least_age, most_age, valid_from, mark, source) VALUES
    ('COLLECTIVE', NULL, NULL, '2018-03-08', 'S', 'Statutes (Decision 282/QĐ-TTg of 8/3/2018), art. 19: persons and collective members');
ALTER TABLE member
    DROP CONSTRAINT member_kind_known,
    ADD CONSTRAINT member_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY', 'COLLECTIVE'));
ALTER TABLE member_span
    DROP CONSTRAINT member_span_kind_known,
    ADD CONSTRAINT member_span_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY', 'COLLECTIVE')),
    -- It is counted as one, and as nobody of a sex or an age.
    ADD CONSTRAINT member_span_collective_is_no_person CHECK (kind <> 'COLLECTIVE' OR (sex IS NULL AND birth_year IS NULL));
-- Whether they owe dues is for the rule to say; the one in force asks none of them.
ALTER TABLE dues_rule
    DROP CONSTRAINT dues_rule_payers_known,
    ADD CONSTRAINT dues_rule_payers_known CHECK (payers <> '{}' AND payers <@ '{MEMBER,YOUTH,JUNIOR,HONORARY,COLLECTIVE}');

-- What grades there are, as of which day, and how sure that is (S from a source, GK to be verified, REC recommended).
CREATE TABLE member_grade_title (
    code       text NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    -- The highest first.
    rank       smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT member_grade_title_pk PRIMARY KEY (code),
    CONSTRAINT member_grade_title_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT member_grade_title_forward CHECK (valid_to > valid_from)
);
INSERT INTO member_grade_title (code, vi, en, rank, valid_from, mark, source) VALUES
    ('PLATINUM', 'Hội viên hạng Bạch kim', 'Platinum member', 10, '2018-03-08', 'S', 'Statutes (Decision 282/QĐ-TTg of 8/3/2018), art. 19.4'),
    ('GOLD', 'Hội viên hạng Vàng', 'Gold member', 20, '2018-03-08', 'S', 'Statutes (Decision 282/QĐ-TTg of 8/3/2018), art. 19.4'),
    ('SILVER', 'Hội viên hạng Bạc', 'Silver member', 30, '2018-03-08', 'S', 'Statutes (Decision 282/QĐ-TTg of 8/3/2018), art. 19.4');

-- Which grade a member had from day to day, by which decisions. `to_day` is the first day on which it is held no more. It goes with the
-- person.
CREATE TABLE member_grade (
    member_id       uuid NOT NULL,
    n               integer NOT NULL,
    grade           text NOT NULL,
    from_day        date NOT NULL,
    to_day          date,
    decision_no     text NOT NULL,
    end_decision_no text,
    CONSTRAINT member_grade_pk PRIMARY KEY (member_id, n),
    CONSTRAINT member_grade_member_fk FOREIGN KEY (member_id) REFERENCES member (id),
    CONSTRAINT member_grade_title_fk FOREIGN KEY (grade) REFERENCES member_grade_title (code),
    CONSTRAINT member_grade_forward CHECK (to_day >= from_day),
    CONSTRAINT member_grade_ended CHECK (end_decision_no IS NULL OR to_day IS NOT NULL),
    CONSTRAINT member_grade_one_a_day EXCLUDE USING gist (uuid_range(member_id, member_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE UNIQUE INDEX member_grade_open_key ON member_grade (member_id) WHERE to_day IS NULL;
CREATE INDEX member_grade_title_idx ON member_grade (grade);

-- A grade is given and ended as everything is that is decided about a member.
ALTER TABLE member_step
    ADD COLUMN grade text,
    ADD CONSTRAINT member_step_grade_fk FOREIGN KEY (grade) REFERENCES member_grade_title (code),
    ADD CONSTRAINT member_step_graded CHECK ((kind = 'GRADE') = (grade IS NOT NULL)),
    DROP CONSTRAINT member_step_kind_known,
    ADD CONSTRAINT member_step_kind_known CHECK (kind IN ('ADMISSION', 'LEAVE', 'DEATH', 'STRIKE_OFF', 'EXPULSION', 'REINSTATEMENT', 'TRANSFER', 'LIKENESS', 'GRADE', 'GRADE_END'));
CREATE INDEX member_step_grade_idx ON member_step (grade);
