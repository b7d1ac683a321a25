-- The questions that somebody answers for themself before a blood drive, in versions. Answers are computed, shown and forgotten: there is no
-- table for them.
CREATE TABLE pre_check (
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    -- What is said before the questions.
    note_vi    text NOT NULL,
    note_en    text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT pre_check_pk PRIMARY KEY (version),
    CONSTRAINT pre_check_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT pre_check_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX pre_check_current_key ON pre_check ((true)) WHERE valid_to IS NULL;
INSERT INTO pre_check (version, valid_from, note_vi, note_en, mark, source) VALUES
    (1, '2026-01-01',
     'Trang này không giữ lại điều gì: câu trả lời được tính ngay rồi bỏ. Không câu nào cần bạn cho biết đó là bệnh gì; những điều riêng tư hãy nói với bác sĩ của cơ sở tiếp nhận máu.',
     'Nothing is kept: your answers are computed and dropped. No question needs to know which illness it was; what is private, tell the doctor of the blood centre.',
     'REC', 'Our own words for the rules of Circular 26/2013/TT-BYT; the blood centre has its own questionnaire, which is signed there');

-- ask: SINCE was there one of these, and when was the last; CONDITION is one of these so. What is listed below the question are the rules named
-- in `deferrals`, which last equally long.
CREATE TABLE pre_check_question (
    version   smallint NOT NULL,
    place     smallint NOT NULL,
    code      text NOT NULL,
    ask       text NOT NULL,
    deferrals text[] NOT NULL,
    vi        text NOT NULL,
    en        text NOT NULL,
    -- What it is about in a few words, for the answer.
    about_vi  text NOT NULL,
    about_en  text NOT NULL,
    CONSTRAINT pre_check_question_pk PRIMARY KEY (version, code),
    CONSTRAINT pre_check_question_version_fk FOREIGN KEY (version) REFERENCES pre_check (version),
    CONSTRAINT pre_check_question_place_key UNIQUE (version, place),
    CONSTRAINT pre_check_question_code_fits CHECK (code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT pre_check_question_ask_known CHECK (ask IN ('BIRTH', 'SEX', 'WEIGHT', 'LAST_DONATION', 'SINCE', 'CONDITION')),
    CONSTRAINT pre_check_question_rules_named CHECK ((ask IN ('SINCE', 'CONDITION')) = (deferrals <> '{}'))
);
INSERT INTO pre_check_question (version, place, code, ask, deferrals, vi, en, about_vi, about_en) VALUES
    (1, 1, 'BIRTH', 'BIRTH', '{}', 'Bạn sinh ngày nào? Chỉ ghi năm sinh cũng được.', 'When were you born? The year alone will do.', 'Tuổi', 'Age'),
    (1, 2, 'SEX', 'SEX', '{}', 'Bạn là nữ hay nam? Mức cân nặng của nữ và nam khác nhau; có thể không trả lời.', 'Are you a woman or a man? Their least weights differ; you need not say.', 'Giới tính', 'Sex'),
    (1, 3, 'WEIGHT', 'WEIGHT', '{}', 'Bạn nặng bao nhiêu ki-lô-gam?', 'How many kilograms do you weigh?', 'Cân nặng', 'Weight'),
    (1, 4, 'LAST_DONATION', 'LAST_DONATION', '{}', 'Lần gần nhất bạn hiến máu hoặc thành phần máu, ở bất cứ đâu, là ngày nào?', 'When did you last give blood or one of its components, wherever it was?', 'Lần hiến gần nhất', 'Last donation'),
    (1, 5, 'TATTOO', 'SINCE', '{TATTOO,PIERCING}', 'Bạn có xăm da hoặc bấm lỗ tai, mũi, rốn hay nơi khác không?', 'Have you had a tattoo or a piercing?', 'xăm da, bấm lỗ', 'tattoo or piercing'),
    (1, 6, 'MINOR_ILLNESS', 'SINCE', '{FLU,COLD,ALLERGY,SORE_THROAT,MIGRAINE}', 'Bạn có vừa bị một trong các bệnh nhẹ sau không? Nếu có, khỏi từ ngày nào?', 'Have you just had one of these? If so, since when are you well?', 'bệnh nhẹ vừa khỏi', 'a minor illness just over'),
    (1, 7, 'ILLNESS', 'SINCE', '{GASTROENTERITIS,URINARY_INFECTION,SKIN_INFECTION,BRONCHITIS,PNEUMONIA,MEASLES,WHOOPING_COUGH,MUMPS,DENGUE,DYSENTERY,RUBELLA,CHOLERA}',
     'Bạn có bị một trong các bệnh sau không? Nếu có, khỏi từ ngày nào?', 'Have you had one of these? If so, since when are you well?', 'một bệnh trong danh mục 4 tuần', 'an illness of the list of 4 weeks'),
    (1, 8, 'LIVE_VACCINE', 'SINCE', '{LIVE_VACCINE}', 'Bạn có tiêm hoặc uống một trong các vắc xin sau không?', 'Have you had one of these vaccines?', 'vắc xin sống giảm độc lực', 'a live attenuated vaccine'),
    (1, 9, 'OTHER_VACCINE', 'SINCE', '{OTHER_VACCINE}', 'Bạn có tiêm vắc xin nào khác không?', 'Have you had any other vaccine?', 'vắc xin khác', 'another vaccine'),
    (1, 10, 'MEDICINE_7_DAYS', 'SINCE', '{ASPIRIN,CLOPIDOGREL,TICLOPIDINE,PIROXICAM}', 'Bạn có dùng một trong các thuốc sau không? Nếu có, lần cuối là ngày nào?', 'Have you taken one of these medicines? If so, when was the last time?', 'thuốc trong danh mục', 'a medicine of the list'),
    (1, 11, 'MEDICINE_3_MONTHS', 'SINCE', '{FINASTERIDE,ISOTRETINOIN,TRETINOIN}', 'Bạn có dùng một trong các thuốc sau không? Nếu có, lần cuối là ngày nào?', 'Have you taken one of these medicines? If so, when was the last time?', 'thuốc trong danh mục', 'a medicine of the list'),
    (1, 12, 'MEDICINE_12_MONTHS', 'SINCE', '{DUTASTERIDE}', 'Bạn có dùng thuốc sau không? Nếu có, lần cuối là ngày nào?', 'Have you taken this medicine? If so, when was the last time?', 'thuốc trong danh mục', 'a medicine of the list'),
    (1, 13, 'SIX_MONTHS', 'SINCE', '{EXPOSURE,TYPHOID,SEPSIS,SNAKE_BITE,ARTERITIS,PHLEBITIS,OSTEOMYELITIS,PANCREATITIS}', 'Có điều nào sau đây đúng với bạn không? Không cần cho biết là điều nào; nếu có, lần gần nhất là ngày nào?',
     'Is one of these true of you? You need not say which; if so, when was the last?', 'một điều trong danh mục 6 tháng', 'something of the list of 6 months'),
    (1, 14, 'TWELVE_MONTHS', 'SINCE', '{SURGERY,MALARIA,SYPHILIS,TUBERCULOSIS,TETANUS,ENCEPHALITIS,MENINGITIS,RABIES_VACCINE,BLOOD_RECEIVED,CHILDBIRTH}', 'Có điều nào sau đây đúng với bạn không? Không cần cho biết là điều nào; nếu có, lần gần nhất là ngày nào?',
     'Is one of these true of you? You need not say which; if so, when was the last?', 'một điều trong danh mục 12 tháng', 'something of the list of 12 months'),
    (1, 15, 'WORK', 'CONDITION', '{PILOT,CRANE_OPERATOR,DIVER,MINER,WORK_AT_HEIGHT,MOUNTAINEER,SEAMAN,DRIVER,HEAVY_SPORT}', 'Bạn có làm một trong các việc sau không?', 'Do you do one of these?', 'công việc trong danh mục', 'work of the list');

CREATE FUNCTION pre_check_ends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a questionnaire is ended and followed by another version, never rewritten';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pre_check_ends_only BEFORE UPDATE ON pre_check FOR EACH ROW EXECUTE FUNCTION pre_check_ends_only();
CREATE TRIGGER pre_check_append_only BEFORE DELETE OR TRUNCATE ON pre_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pre_check_question_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pre_check_question FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON pre_check, pre_check_question TO so_nhan_ai_public;
