-- Who may give blood, how much, how soon again, and who can be given whose: rows with dates and legal source. Mark S: from a source, GK: remembered
-- and to be verified, REC: our own recommendation. Values that no source gives (blood pressure, pulse, haemoglobin, platelets, protein) have no row:
-- the blood centre measures and decides. A rule is never rewritten: it ends, and another one follows, so that an old decision can be explained.
CREATE FUNCTION blood_rule_ends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a rule about blood is ended and followed by another one, never rewritten';
    END IF;
    RETURN NEW;
END $$;

-- Ages in full years, weights in kilograms.
CREATE TABLE blood_limit (
    name       text NOT NULL,
    value      smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    law_vi     text NOT NULL,
    law_en     text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_limit_pk PRIMARY KEY (name, valid_from),
    CONSTRAINT blood_limit_name_known CHECK (name IN ('LEAST_AGE', 'MOST_AGE', 'LEAST_KG_WOMAN', 'LEAST_KG_MAN')),
    CONSTRAINT blood_limit_value_bounded CHECK (value BETWEEN 1 AND 150),
    CONSTRAINT blood_limit_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_limit_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_limit_current_key ON blood_limit (name) WHERE valid_to IS NULL;
INSERT INTO blood_limit (name, value, valid_from, law_vi, law_en, mark, source) VALUES
    ('LEAST_AGE', 18, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 1', 'Circular 26/2013/TT-BYT, article 4(1)', 'S', 'LawNet, Thư viện pháp luật: full 18'),
    ('MOST_AGE', 60, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 1', 'Circular 26/2013/TT-BYT, article 4(1)', 'S',
     'LawNet, Thư viện pháp luật: 18 to 60; read as full years, so that somebody of 60 may come until the day before the 61st birthday'),
    ('LEAST_KG_WOMAN', 42, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm a', 'Circular 26/2013/TT-BYT, article 4(2)(a)', 'S', 'LawNet, Thư viện pháp luật'),
    ('LEAST_KG_MAN', 45, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm a', 'Circular 26/2013/TT-BYT, article 4(2)(a)', 'S', 'LawNet, Thư viện pháp luật');

-- How much may be taken from whom, by weight: from `least_kg` on, until the next row of the procedure.
CREATE TABLE blood_volume (
    procedure  text NOT NULL,
    least_kg   smallint NOT NULL,
    most_ml    smallint NOT NULL,
    ml_per_kg  smallint,
    valid_from date NOT NULL,
    valid_to   date,
    law_vi     text NOT NULL,
    law_en     text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_volume_pk PRIMARY KEY (procedure, least_kg, valid_from),
    CONSTRAINT blood_volume_procedure_known CHECK (procedure IN ('WHOLE_BLOOD', 'APHERESIS')),
    CONSTRAINT blood_volume_bounded CHECK (least_kg BETWEEN 1 AND 300 AND most_ml BETWEEN 1 AND 2000 AND ml_per_kg BETWEEN 1 AND 100),
    CONSTRAINT blood_volume_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_volume_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_volume_current_key ON blood_volume (procedure, least_kg) WHERE valid_to IS NULL;
INSERT INTO blood_volume (procedure, least_kg, most_ml, ml_per_kg, valid_from, law_vi, law_en, mark, source) VALUES
    ('WHOLE_BLOOD', 42, 250, NULL, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm a', 'Circular 26/2013/TT-BYT, article 4(2)(a)', 'S', 'LawNet, Thư viện pháp luật: 42 kg to less than 45 kg'),
    ('WHOLE_BLOOD', 45, 500, 9, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm a', 'Circular 26/2013/TT-BYT, article 4(2)(a)', 'S', 'LawNet, Thư viện pháp luật: 9 ml a kilogram and 500 ml at most'),
    ('APHERESIS', 50, 500, NULL, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm b', 'Circular 26/2013/TT-BYT, article 4(2)(b)', 'S', 'LawNet, Thư viện pháp luật'),
    ('APHERESIS', 60, 650, NULL, '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm b', 'Circular 26/2013/TT-BYT, article 4(2)(b)', 'S', 'LawNet, Thư viện pháp luật');

-- Sizes of bags of whole blood.
CREATE TABLE blood_bag (
    ml         smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    law_vi     text NOT NULL,
    law_en     text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_bag_pk PRIMARY KEY (ml, valid_from),
    CONSTRAINT blood_bag_bounded CHECK (ml BETWEEN 1 AND 2000),
    CONSTRAINT blood_bag_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_bag_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_bag_current_key ON blood_bag (ml) WHERE valid_to IS NULL;
INSERT INTO blood_bag (ml, valid_from, law_vi, law_en, mark, source)
    SELECT ml, DATE '2013-11-15', 'Thông tư 20/2018/TT-BYT, 17/2020/TT-BYT, 15/2023/TT-BYT: các mức 250, 350 và 450 ml', 'Circulars 20/2018/TT-BYT, 17/2020/TT-BYT, 15/2023/TT-BYT: by 250, 350 and 450 ml', 'S',
        'Thư viện pháp luật; the circulars set prices and gifts by these volumes'
    FROM unnest(ARRAY[250, 350, 450]::smallint[]) AS of (ml);

-- How long somebody waits after giving, by what they gave last: so many days, or so many times within so many days.
CREATE TABLE blood_interval (
    after       text NOT NULL,
    days        smallint,
    times       smallint,
    within_days smallint,
    valid_from  date NOT NULL,
    valid_to    date,
    law_vi      text NOT NULL,
    law_en      text NOT NULL,
    mark        text NOT NULL,
    source      text NOT NULL,
    CONSTRAINT blood_interval_pk PRIMARY KEY (after, valid_from),
    CONSTRAINT blood_interval_after_known CHECK (after IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES', 'STEM_CELLS')),
    CONSTRAINT blood_interval_one_way CHECK ((days IS NULL) <> (times IS NULL) AND (times IS NULL) = (within_days IS NULL)),
    CONSTRAINT blood_interval_bounded CHECK (days BETWEEN 1 AND 1000 AND times BETWEEN 1 AND 100 AND within_days BETWEEN 1 AND 1000),
    CONSTRAINT blood_interval_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_interval_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_interval_current_key ON blood_interval (after) WHERE valid_to IS NULL;
INSERT INTO blood_interval (after, days, times, within_days, valid_from, law_vi, law_en, mark, source)
    SELECT after, days, times, within_days, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 6', 'Circular 26/2013/TT-BYT, article 6', 'S', source
    FROM (VALUES
        ('WHOLE_BLOOD', 84, NULL, NULL, 'Thư viện pháp luật: 12 weeks; of mixed kinds the last one counts'),
        ('RED_CELLS', 84, NULL, NULL, 'Thư viện pháp luật: 12 weeks; of mixed kinds the last one counts'),
        ('PLATELETS', 14, NULL, NULL, 'Thư viện pháp luật: 2 weeks; of mixed kinds the last one counts'),
        ('PLASMA', 14, NULL, NULL, 'Thư viện pháp luật: 2 weeks; of mixed kinds the last one counts'),
        ('GRANULOCYTES', NULL, 3, 7, 'Thư viện pháp luật: at most 3 times in 7 days; of mixed kinds the last one counts'),
        ('STEM_CELLS', NULL, 3, 7, 'Thư viện pháp luật: at most 3 times in 7 days; of mixed kinds the last one counts')
    ) AS rule (after, days, times, within_days, source);

-- What puts a donation off, and for how long, counted from the day of it or of recovery. HOUR: no day is lost, but so much time has to lie
-- between giving and work. `reason` is the one word of it that may be kept of a person.
CREATE TABLE blood_deferral (
    code       text NOT NULL,
    place      smallint NOT NULL,
    amount     smallint NOT NULL,
    unit       text NOT NULL,
    reason     text NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    law_vi     text NOT NULL,
    law_en     text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT blood_deferral_pk PRIMARY KEY (code, valid_from),
    CONSTRAINT blood_deferral_code_fits CHECK (code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    CONSTRAINT blood_deferral_unit_known CHECK (unit IN ('MONTH', 'DAY', 'HOUR')),
    CONSTRAINT blood_deferral_amount_bounded CHECK (amount BETWEEN 1 AND 1200),
    CONSTRAINT blood_deferral_reason_known CHECK (reason IN ('TATTOO_OR_PIERCING', 'VACCINATION', 'MEDICINE', 'MINOR_ILLNESS', 'WORK', 'CENTRE_DECISION')),
    CONSTRAINT blood_deferral_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_deferral_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_deferral_current_key ON blood_deferral (code) WHERE valid_to IS NULL;
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, 12, 'MONTH', reason, vi, en, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 5 khoản 1', 'Circular 26/2013/TT-BYT, article 5(1)', 'S', 'Thư viện pháp luật, LawNet: 12 months'
    FROM (VALUES
        (101, 'SURGERY', 'CENTRE_DECISION', 'phục hồi hoàn toàn sau phẫu thuật', 'recovery from surgery'),
        (102, 'MALARIA', 'CENTRE_DECISION', 'khỏi bệnh sốt rét', 'recovery from malaria'),
        (103, 'SYPHILIS', 'CENTRE_DECISION', 'khỏi bệnh giang mai', 'recovery from syphilis'),
        (104, 'TUBERCULOSIS', 'CENTRE_DECISION', 'khỏi bệnh lao', 'recovery from tuberculosis'),
        (105, 'TETANUS', 'CENTRE_DECISION', 'khỏi bệnh uốn ván', 'recovery from tetanus'),
        (106, 'ENCEPHALITIS', 'CENTRE_DECISION', 'khỏi viêm não', 'recovery from encephalitis'),
        (107, 'MENINGITIS', 'CENTRE_DECISION', 'khỏi viêm màng não', 'recovery from meningitis'),
        (108, 'RABIES_VACCINE', 'VACCINATION', 'tiêm vắc xin phòng dại sau khi bị động vật cắn', 'rabies vaccine after a bite'),
        (109, 'BLOOD_RECEIVED', 'CENTRE_DECISION', 'được truyền máu hoặc chế phẩm máu', 'blood or blood products received'),
        (110, 'CHILDBIRTH', 'CENTRE_DECISION', 'sinh con hoặc chấm dứt thai nghén', 'childbirth or end of a pregnancy')
    ) AS rule (place, code, reason, vi, en);
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, 6, 'MONTH', reason, vi, en, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 5 khoản 2', 'Circular 26/2013/TT-BYT, article 5(2)', 'S', 'Thư viện pháp luật, LawNet: 6 months'
    FROM (VALUES
        (201, 'TATTOO', 'TATTOO_OR_PIERCING', 'xăm da', 'tattoo'),
        (202, 'PIERCING', 'TATTOO_OR_PIERCING', 'bấm dái tai, bấm mũi, bấm rốn hoặc vị trí khác', 'piercing of ear, nose, navel or elsewhere'),
        (203, 'EXPOSURE', 'CENTRE_DECISION', 'phơi nhiễm với máu, dịch cơ thể của người có nguy cơ', 'exposure to blood or body fluids of a person at risk'),
        (204, 'TYPHOID', 'CENTRE_DECISION', 'khỏi bệnh thương hàn', 'recovery from typhoid'),
        (205, 'SEPSIS', 'CENTRE_DECISION', 'khỏi nhiễm trùng huyết', 'recovery from sepsis'),
        (206, 'SNAKE_BITE', 'CENTRE_DECISION', 'khỏi sau khi bị rắn cắn', 'recovery from a snake bite'),
        (207, 'ARTERITIS', 'CENTRE_DECISION', 'khỏi viêm tắc động mạch', 'recovery from arteritis'),
        (208, 'PHLEBITIS', 'CENTRE_DECISION', 'khỏi viêm tắc tĩnh mạch', 'recovery from phlebitis'),
        (209, 'OSTEOMYELITIS', 'CENTRE_DECISION', 'khỏi viêm tủy xương', 'recovery from osteomyelitis'),
        (210, 'PANCREATITIS', 'CENTRE_DECISION', 'khỏi viêm tụy', 'recovery from pancreatitis')
    ) AS rule (place, code, reason, vi, en);
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, 28, 'DAY', reason, vi, en, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 5 khoản 3', 'Circular 26/2013/TT-BYT, article 5(3)', 'S',
        '4 weeks: the blood donation centre of Hồ Chí Minh City and the National Institute of Haematology, which quote the circular'
    FROM (VALUES
        (301, 'GASTROENTERITIS', 'CENTRE_DECISION', 'khỏi viêm dạ dày ruột', 'recovery from gastro-enteritis'),
        (302, 'URINARY_INFECTION', 'CENTRE_DECISION', 'khỏi viêm đường tiết niệu', 'recovery from a urinary infection'),
        (303, 'SKIN_INFECTION', 'CENTRE_DECISION', 'khỏi viêm da nhiễm trùng', 'recovery from infected skin'),
        (304, 'BRONCHITIS', 'CENTRE_DECISION', 'khỏi viêm phế quản', 'recovery from bronchitis'),
        (305, 'PNEUMONIA', 'CENTRE_DECISION', 'khỏi viêm phổi', 'recovery from pneumonia'),
        (306, 'MEASLES', 'CENTRE_DECISION', 'khỏi bệnh sởi', 'recovery from measles'),
        (307, 'WHOOPING_COUGH', 'CENTRE_DECISION', 'khỏi bệnh ho gà', 'recovery from whooping cough'),
        (308, 'MUMPS', 'CENTRE_DECISION', 'khỏi bệnh quai bị', 'recovery from mumps'),
        (309, 'DENGUE', 'CENTRE_DECISION', 'khỏi sốt xuất huyết', 'recovery from dengue'),
        (310, 'DYSENTERY', 'CENTRE_DECISION', 'khỏi bệnh kiết lỵ', 'recovery from dysentery'),
        (311, 'RUBELLA', 'CENTRE_DECISION', 'khỏi bệnh rubella', 'recovery from rubella'),
        (312, 'CHOLERA', 'CENTRE_DECISION', 'khỏi bệnh tả', 'recovery from cholera'),
        (313, 'LIVE_VACCINE', 'VACCINATION', 'tiêm hoặc uống vắc xin sống giảm độc lực: sởi, quai bị, rubella, thủy đậu, thương hàn, tả, lao (BCG)',
         'live attenuated vaccine: measles, mumps, rubella, varicella, typhoid, cholera, BCG')
    ) AS rule (place, code, reason, vi, en);
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, 7, 'DAY', reason, vi, en, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 5 khoản 4', 'Circular 26/2013/TT-BYT, article 5(4)', 'S',
        '7 days: the blood donation centre of Hồ Chí Minh City and the National Institute of Haematology, which quote the circular'
    FROM (VALUES
        (401, 'FLU', 'MINOR_ILLNESS', 'khỏi cúm', 'recovery from flu'),
        (402, 'COLD', 'MINOR_ILLNESS', 'khỏi cảm lạnh', 'recovery from a cold'),
        (403, 'ALLERGY', 'MINOR_ILLNESS', 'khỏi dị ứng', 'recovery from an allergy'),
        (404, 'SORE_THROAT', 'MINOR_ILLNESS', 'khỏi viêm họng', 'recovery from a sore throat'),
        (405, 'MIGRAINE', 'MINOR_ILLNESS', 'khỏi đau nửa đầu', 'recovery from migraine'),
        (406, 'OTHER_VACCINE', 'VACCINATION', 'tiêm vắc xin loại khác', 'any other vaccine')
    ) AS rule (place, code, reason, vi, en);
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, 12, 'HOUR', 'WORK', vi, en, DATE '2013-11-15', 'Thông tư 26/2013/TT-BYT, Điều 5 khoản 5', 'Circular 26/2013/TT-BYT, article 5(5)', 'S',
        'On a day of rest, or 12 hours or more between giving and work: the blood donation centre of Hồ Chí Minh City and the National Institute of Haematology, which quote the circular'
    FROM (VALUES
        (501, 'PILOT', 'lái máy bay', 'pilots'),
        (502, 'CRANE_OPERATOR', 'vận hành cần cẩu', 'crane operators'),
        (503, 'DIVER', 'thợ lặn', 'divers'),
        (504, 'MINER', 'thợ mỏ', 'miners'),
        (505, 'WORK_AT_HEIGHT', 'làm việc trên cao', 'work at height'),
        (506, 'MOUNTAINEER', 'leo núi', 'mountaineers'),
        (507, 'SEAMAN', 'thủy thủ', 'seamen'),
        (508, 'DRIVER', 'lái xe khách, tàu hỏa, tàu thủy', 'drivers of buses, trains and ships'),
        (509, 'HEAVY_SPORT', 'vận động viên tập luyện nặng', 'heavy sport')
    ) AS rule (place, code, vi, en);
INSERT INTO blood_deferral (code, place, amount, unit, reason, vi, en, valid_from, law_vi, law_en, mark, source)
    SELECT code, place, amount, unit, 'MEDICINE', vi, en, DATE '2026-01-01', 'Danh mục thuốc của Viện Huyết học – Truyền máu Trung ương', 'List of medicines of the National Institute of Haematology and Blood Transfusion', 'S',
        'Page of the Institute, as quoted; not in Circular 26/2013/TT-BYT'
    FROM (VALUES
        (601, 'DUTASTERIDE', 12, 'MONTH', 'dùng dutasteride', 'dutasteride taken'),
        (602, 'FINASTERIDE', 3, 'MONTH', 'dùng finasteride', 'finasteride taken'),
        (603, 'ISOTRETINOIN', 3, 'MONTH', 'dùng isotretinoin', 'isotretinoin taken'),
        (604, 'TRETINOIN', 3, 'MONTH', 'dùng tretinoin', 'tretinoin taken'),
        (605, 'ASPIRIN', 7, 'DAY', 'dùng aspirin', 'aspirin taken'),
        (606, 'CLOPIDOGREL', 7, 'DAY', 'dùng clopidogrel', 'clopidogrel taken'),
        (607, 'TICLOPIDINE', 7, 'DAY', 'dùng ticlopidine', 'ticlopidine taken'),
        (608, 'PIROXICAM', 7, 'DAY', 'dùng piroxicam', 'piroxicam taken')
    ) AS rule (place, code, amount, unit, vi, en);

-- Whose blood can be given to whom. Rank 1: the same group; 2: another one that does no harm.
CREATE TABLE blood_compatibility (
    component    text NOT NULL,
    receiver_abo text NOT NULL,
    receiver_rh  text NOT NULL,
    giver_abo    text NOT NULL,
    giver_rh     text NOT NULL,
    rank         smallint NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date,
    law_vi       text NOT NULL,
    law_en       text NOT NULL,
    mark         text NOT NULL,
    source       text NOT NULL,
    CONSTRAINT blood_compatibility_pk PRIMARY KEY (component, receiver_abo, receiver_rh, giver_abo, giver_rh, valid_from),
    CONSTRAINT blood_compatibility_component_known CHECK (component IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES')),
    CONSTRAINT blood_compatibility_abo_known CHECK (receiver_abo IN ('O', 'A', 'B', 'AB') AND giver_abo IN ('O', 'A', 'B', 'AB')),
    CONSTRAINT blood_compatibility_rh_known CHECK (receiver_rh IN ('POSITIVE', 'NEGATIVE') AND giver_rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT blood_compatibility_rank_known CHECK (rank IN (1, 2)),
    CONSTRAINT blood_compatibility_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT blood_compatibility_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX blood_compatibility_current_key ON blood_compatibility (component, receiver_abo, receiver_rh, giver_abo, giver_rh) WHERE valid_to IS NULL;
INSERT INTO blood_compatibility (component, receiver_abo, receiver_rh, giver_abo, giver_rh, rank, valid_from, law_vi, law_en, mark, source)
    SELECT component, r.abo, rr.rh, g.abo, gr.rh, CASE WHEN (r.abo, rr.rh) = (g.abo, gr.rh) THEN 1 ELSE 2 END, DATE '2013-11-15',
        'Nguyên tắc hòa hợp nhóm máu hệ ABO và Rh(D); bệnh viện làm phản ứng hòa hợp và quyết định',
        'Compatibility by ABO and Rh(D); the hospital cross-matches and decides', 'GK', 'Common knowledge of transfusion medicine; to be confirmed by a blood centre'
    FROM unnest(ARRAY['WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES']) AS of (component),
        unnest(ARRAY['O', 'A', 'B', 'AB']) AS r (abo), unnest(ARRAY['O', 'A', 'B', 'AB']) AS g (abo),
        unnest(ARRAY['POSITIVE', 'NEGATIVE']) AS rr (rh), unnest(ARRAY['POSITIVE', 'NEGATIVE']) AS gr (rh)
    WHERE CASE component
            -- Cells carry the antigens: O has none, AB takes all.
            WHEN 'RED_CELLS' THEN g.abo IN ('O', r.abo) OR r.abo = 'AB'
            WHEN 'GRANULOCYTES' THEN g.abo IN ('O', r.abo) OR r.abo = 'AB'
            -- Plasma carries the antibodies: AB has none, O takes all. So does the plasma in which platelets float.
            WHEN 'PLASMA' THEN g.abo IN ('AB', r.abo) OR r.abo = 'O'
            WHEN 'PLATELETS' THEN g.abo IN ('AB', r.abo) OR r.abo = 'O'
            ELSE g.abo = r.abo
        END
        -- Who is negative is given nothing positive that has red cells in it, and platelets have some.
        AND (component = 'PLASMA' OR gr.rh = 'NEGATIVE' OR rr.rh = 'POSITIVE');

CREATE TRIGGER blood_limit_append_only BEFORE DELETE OR TRUNCATE ON blood_limit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_limit_ends_only BEFORE UPDATE ON blood_limit FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
CREATE TRIGGER blood_volume_append_only BEFORE DELETE OR TRUNCATE ON blood_volume FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_volume_ends_only BEFORE UPDATE ON blood_volume FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
CREATE TRIGGER blood_bag_append_only BEFORE DELETE OR TRUNCATE ON blood_bag FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_bag_ends_only BEFORE UPDATE ON blood_bag FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
CREATE TRIGGER blood_interval_append_only BEFORE DELETE OR TRUNCATE ON blood_interval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_interval_ends_only BEFORE UPDATE ON blood_interval FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
CREATE TRIGGER blood_deferral_append_only BEFORE DELETE OR TRUNCATE ON blood_deferral FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_deferral_ends_only BEFORE UPDATE ON blood_deferral FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
CREATE TRIGGER blood_compatibility_append_only BEFORE DELETE OR TRUNCATE ON blood_compatibility FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blood_compatibility_ends_only BEFORE UPDATE ON blood_compatibility FOR EACH ROW EXECUTE FUNCTION blood_rule_ends_only();
GRANT SELECT ON blood_limit, blood_volume, blood_bag, blood_interval, blood_deferral, blood_compatibility TO so_nhan_ai_public;
