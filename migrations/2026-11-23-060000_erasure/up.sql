-- Rights of the persons whose data this is: erasure, correction, withdrawal, restriction, access (Law 91/2025/QH15).

-- A party on its way out is a stub without name until the last of its gifts has let go of it.
ALTER TABLE party
    ALTER COLUMN name DROP NOT NULL,
    ALTER COLUMN name_hash DROP NOT NULL,
    ADD COLUMN restricted_at timestamptz,
    ADD CONSTRAINT party_erased_whole CHECK ((name IS NULL) = (name_hash IS NULL) AND (name IS NOT NULL OR phone IS NULL));
CREATE INDEX gift_party_idx ON gift (party_id, id) WHERE party_id IS NOT NULL;

-- A gift says for ever what its entry says; who gave, in which words, and what of it is shown may change. The phone's
-- clock and the hash of the request change only when the giver's data go for good.
CREATE OR REPLACE FUNCTION gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,particulars,display,captured_at,request_hash}'::text[]
           <> to_jsonb(OLD) - '{party_id,particulars,display,captured_at,request_hash}'::text[]
       OR (NEW.captured_at IS DISTINCT FROM OLD.captured_at OR NEW.request_hash <> OLD.request_hash)
           AND NOT (NEW.party_id IS NULL AND NEW.particulars IS NULL AND NEW.captured_at IS NULL AND NEW.display = 'ANONYMOUS') THEN
        RAISE EXCEPTION 'a gift keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'gift_append_only';
    END IF;
    RETURN NEW;
END $$;

-- What a leaf without money says of an entry: its giver's data were corrected or erased. Public, like the leaf.
CREATE TABLE annotation (
    code      text NOT NULL,
    seq       bigint NOT NULL,
    kind      text NOT NULL,
    of_code   text NOT NULL,
    booked    date NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT annotation_pk PRIMARY KEY (code),
    CONSTRAINT annotation_seq_key UNIQUE (seq),
    CONSTRAINT annotation_of_fk FOREIGN KEY (of_code) REFERENCES entry (code),
    CONSTRAINT annotation_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$'),
    CONSTRAINT annotation_kind_known CHECK (kind IN ('AMENDMENT', 'ERASURE'))
);
CREATE INDEX annotation_of_idx ON annotation (of_code, seq);
CREATE TRIGGER annotation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What givers are told before they choose how their name is shown. A text that was used is never rewritten: a new
-- version begins on the day the old one ends.
CREATE TABLE consent_text (
    purpose    text NOT NULL,
    version    smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    CONSTRAINT consent_text_pk PRIMARY KEY (purpose, version),
    CONSTRAINT consent_text_purpose_known CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME')),
    CONSTRAINT consent_text_version_counts CHECK (version >= 1),
    CONSTRAINT consent_text_period_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX consent_text_current_key ON consent_text (purpose) WHERE valid_to IS NULL;
CREATE FUNCTION consent_text_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR NEW.valid_to IS NULL OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a version of a text can only be ended' USING ERRCODE = '23514', CONSTRAINT = 'consent_text_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_text_only_ends BEFORE UPDATE ON consent_text FOR EACH ROW EXECUTE FUNCTION consent_text_only_ends();
CREATE TRIGGER consent_text_append_only BEFORE DELETE OR TRUNCATE ON consent_text FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO consent_text (purpose, version, valid_from, vi, en) VALUES
    ('SHOW_MASKED_NAME', 1, '2026-01-01',
     'Tôi đồng ý để Hội Chữ thập đỏ Việt Nam công khai họ và chữ cái đầu tên của tôi (ví dụ "Nguyễn V. A.") bên khoản đóng góp này trên sổ công khai. Tôi có thể rút lại đồng ý bất cứ lúc nào; khi đó tên không hiện nữa, số tiền vẫn được giữ theo luật kế toán. Không đồng ý cũng không ảnh hưởng gì đến việc đóng góp.',
     'I agree that the Vietnam Red Cross shows my family name and initials (e.g. "Nguyễn V. A.") beside this gift in the public ledger. I may withdraw this at any time; the name then disappears, the amount stays as accounting law requires. Not agreeing has no consequence for my gift.'),
    ('SHOW_FULL_NAME', 1, '2026-01-01',
     'Tôi đồng ý để Hội Chữ thập đỏ Việt Nam công khai họ tên đầy đủ của tôi bên khoản đóng góp này trên sổ công khai. Tôi có thể rút lại đồng ý bất cứ lúc nào; khi đó tên không hiện nữa, số tiền vẫn được giữ theo luật kế toán. Không đồng ý cũng không ảnh hưởng gì đến việc đóng góp.',
     'I agree that the Vietnam Red Cross shows my full name beside this gift in the public ledger. I may withdraw this at any time; the name then disappears, the amount stays as accounting law requires. Not agreeing has no consequence for my gift.');

-- Proof of each choice: who, for what, which text, by which way, until when. Gone with the party's data.
CREATE TABLE consent (
    id              uuid NOT NULL,
    party_id        uuid NOT NULL,
    gift_id         uuid NOT NULL,
    purpose         text NOT NULL,
    basis           text NOT NULL,
    text_version    smallint,
    channel         text NOT NULL,
    given_at        timestamptz NOT NULL,
    recorded_by     uuid NOT NULL,
    evidence_sha256 bytea,
    withdrawn_at    timestamptz,
    CONSTRAINT consent_pk PRIMARY KEY (id),
    CONSTRAINT consent_party_fk FOREIGN KEY (party_id) REFERENCES party (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT consent_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id),
    CONSTRAINT consent_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT consent_text_fk FOREIGN KEY (purpose, text_version) REFERENCES consent_text (purpose, version),
    CONSTRAINT consent_purpose_known CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME')),
    CONSTRAINT consent_basis_known CHECK (basis IN ('CONSENT_TEXT', 'DISPLAY_CHOICE_AT_GIVING')),
    CONSTRAINT consent_channel_known CHECK (channel IN ('AT_GIVING', 'IN_PERSON', 'PHONE', 'POST', 'EMAIL', 'APP', 'OTHER')),
    CONSTRAINT consent_text_named CHECK ((basis = 'CONSENT_TEXT') = (text_version IS NOT NULL)),
    CONSTRAINT consent_evidence_fits CHECK (octet_length(evidence_sha256) = 32)
);
CREATE INDEX consent_party_idx ON consent (party_id);
CREATE UNIQUE INDEX consent_standing_key ON consent (gift_id) WHERE withdrawn_at IS NULL;
CREATE INDEX consent_gift_idx ON consent (gift_id);
CREATE INDEX consent_text_idx ON consent (purpose, text_version);
CREATE FUNCTION consent_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,withdrawn_at}'::text[] <> to_jsonb(OLD) - '{party_id,withdrawn_at}'::text[]
       OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
        RAISE EXCEPTION 'a consent can only be withdrawn' USING ERRCODE = '23514', CONSTRAINT = 'consent_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_keeps BEFORE UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION consent_keeps();
CREATE TRIGGER consent_append_only BEFORE TRUNCATE ON consent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Choices recorded before there were texts.
INSERT INTO consent (id, party_id, gift_id, purpose, basis, channel, given_at, recorded_by)
SELECT gen_random_uuid(), p.id, g.id, CASE g.display WHEN 'MASKED' THEN 'SHOW_MASKED_NAME' ELSE 'SHOW_FULL_NAME' END,
       'DISPLAY_CHOICE_AT_GIVING', 'AT_GIVING', g.recorded_at, g.recorded_by
FROM gift g JOIN party p ON p.id = g.party_id
WHERE g.display IN ('MASKED', 'FULL_NAME') AND p.kind IN ('PERSON', 'HOUSEHOLD_BUSINESS');

-- Clocks are data. `kind` and `third_parties` narrow a rule where they are given; mark S: from a source, GK: to be verified.
CREATE TABLE deadline_rule (
    clock         text NOT NULL,
    kind          text NOT NULL,
    third_parties boolean NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    amount        smallint NOT NULL,
    unit          text NOT NULL,
    mark          text NOT NULL,
    source        text NOT NULL,
    CONSTRAINT deadline_rule_pk PRIMARY KEY (clock, kind, third_parties, valid_from),
    CONSTRAINT deadline_rule_clock_known CHECK (clock IN ('ANSWER', 'EXECUTE', 'EXTENSION')),
    CONSTRAINT deadline_rule_kind_known CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS')),
    CONSTRAINT deadline_rule_amount_bounded CHECK (amount BETWEEN 1 AND 365),
    CONSTRAINT deadline_rule_unit_known CHECK (unit IN ('WORKING_DAY', 'DAY')),
    CONSTRAINT deadline_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT deadline_rule_period_forward CHECK (valid_to > valid_from)
);
INSERT INTO deadline_rule (clock, kind, third_parties, valid_from, amount, unit, mark, source)
SELECT 'ANSWER', k, t, date '2026-01-01', 2, 'WORKING_DAY', 'S', 'Law 91/2025/QH15, Decree 356/2025/NĐ-CP'
FROM unnest(ARRAY['ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS']) k, unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXTENSION', k, t, date '2026-01-01', 15, 'DAY', 'S', 'Law 91/2025/QH15, Decree 356/2025/NĐ-CP'
FROM unnest(ARRAY['ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS']) k, unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXECUTE', k, t, date '2026-01-01', CASE WHEN t THEN 20 ELSE 15 END, 'DAY', 'S', 'Law 91/2025/QH15, Decree 356/2025/NĐ-CP: stop processing'
FROM unnest(ARRAY['WITHDRAW_CONSENT', 'RESTRICT']) k, unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXECUTE', k, t, date '2026-01-01', CASE WHEN t OR k = 'ERASE' THEN 20 ELSE 10 END, 'DAY', 'GK',
       'Law 91/2025/QH15, Decree 356/2025/NĐ-CP: 10 to 20 days overall; which kind has how many is to be verified'
FROM unnest(ARRAY['ERASE', 'CORRECT', 'ACCESS']) k, unnest(ARRAY[false, true]) t;

-- Days off beside Saturdays and Sundays. Working Saturdays in exchange for a bridge day are not counted as working days.
CREATE TABLE public_holiday (
    day    date NOT NULL,
    name   text NOT NULL,
    mark   text NOT NULL,
    source text NOT NULL,
    CONSTRAINT public_holiday_pk PRIMARY KEY (day),
    CONSTRAINT public_holiday_mark_known CHECK (mark IN ('S', 'GK', 'REC'))
);
INSERT INTO public_holiday (day, name, mark, source)
SELECT day::date, 'Tết Dương lịch', 'S', 'Labour Code 2019, art. 112' FROM unnest(ARRAY['2026-01-01', '2027-01-01']) day
UNION ALL
SELECT day::date, 'Tết Nguyên đán Bính Ngọ', 'GK', 'lunar 29/12 to 4/1; the government''s plan for 2026 is to be verified'
FROM generate_series('2026-02-16'::timestamp, '2026-02-20', '1 day') day
UNION ALL
SELECT day::date, 'Tết Nguyên đán Đinh Mùi', 'GK', 'new year is 6/2/2027; the days off of 2027 are not announced: expected days'
FROM generate_series('2027-02-05'::timestamp, '2027-02-11', '1 day') day
UNION ALL
SELECT date '2026-04-27', 'Giỗ Tổ Hùng Vương (nghỉ bù)', 'GK', 'lunar 10/3 falls on Sunday 26/4/2026'
UNION ALL
SELECT date '2027-04-16', 'Giỗ Tổ Hùng Vương', 'GK', 'lunar 10/3'
UNION ALL
SELECT day::date, 'Ngày Chiến thắng 30/4', 'S', 'Labour Code 2019, art. 112' FROM unnest(ARRAY['2026-04-30', '2027-04-30']) day
UNION ALL
SELECT day::date, 'Quốc tế Lao động 1/5', 'S', 'Labour Code 2019, art. 112' FROM unnest(ARRAY['2026-05-01', '2027-05-03']) day
UNION ALL
SELECT day::date, 'Quốc khánh', 'GK', 'Labour Code 2019, art. 112: 2/9 and one neighbouring day, which one is to be verified'
FROM unnest(ARRAY['2026-09-01', '2026-09-02', '2027-09-02', '2027-09-03']) day;

-- A request outlives the data it was about: it names its party by a bare id that means nothing once the party is gone.
CREATE TABLE personal_data_request (
    id                  uuid NOT NULL,
    kind                text NOT NULL,
    party_id            uuid,
    gift_id             uuid,
    received_on         date NOT NULL,
    channel             text NOT NULL,
    third_parties       boolean NOT NULL,
    note                bytea,
    changes             bytea,
    request_hash        bytea NOT NULL,
    state               text NOT NULL,
    answer_due          date NOT NULL,
    due_on              date NOT NULL,
    next_due            date NOT NULL,
    extended_days       smallint,
    extension_reason    text,
    approver_chapter_id uuid,
    requested_by        uuid NOT NULL,
    requested_at        timestamptz NOT NULL,
    answered_by         uuid,
    answered_at         timestamptz,
    decided_by          uuid,
    decided_at          timestamptz,
    refusal             text,
    progress            uuid,
    touched             integer NOT NULL DEFAULT 0,
    done_at             timestamptz,
    CONSTRAINT personal_data_request_pk PRIMARY KEY (id),
    CONSTRAINT personal_data_request_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id),
    CONSTRAINT personal_data_request_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT personal_data_request_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT personal_data_request_answered_by_fk FOREIGN KEY (answered_by) REFERENCES account (id),
    CONSTRAINT personal_data_request_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT personal_data_request_kind_known CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS')),
    CONSTRAINT personal_data_request_channel_known CHECK (channel IN ('IN_PERSON', 'PHONE', 'POST', 'EMAIL', 'APP', 'OTHER')),
    CONSTRAINT personal_data_request_state_known CHECK (state IN ('REQUESTED', 'ANSWERED', 'EXECUTING', 'DONE', 'REFUSED')),
    CONSTRAINT personal_data_request_is_about CHECK (party_id IS NOT NULL OR gift_id IS NOT NULL),
    CONSTRAINT personal_data_request_refusal_known CHECK (refusal IN ('IDENTITY_NOT_PROVEN', 'LEGAL_DUTY_TO_KEEP', 'NOT_THE_SUBJECT', 'UNFOUNDED', 'REPEATED', 'OTHER')),
    CONSTRAINT personal_data_request_refused_whole CHECK ((state = 'REFUSED') = (refusal IS NOT NULL)),
    CONSTRAINT personal_data_request_done_whole CHECK ((state IN ('DONE', 'REFUSED')) = (done_at IS NOT NULL)),
    CONSTRAINT personal_data_request_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (state NOT IN ('EXECUTING', 'REFUSED') OR decided_by IS NOT NULL)),
    CONSTRAINT personal_data_request_answered_whole CHECK ((answered_by IS NULL) = (answered_at IS NULL)),
    CONSTRAINT personal_data_request_extended_whole CHECK ((extended_days IS NULL) = (extension_reason IS NULL)),
    CONSTRAINT personal_data_request_extension_reason_known CHECK (extension_reason IN ('MANY_GIFTS', 'THIRD_PARTIES', 'IDENTITY_UNCLEAR', 'OTHER'))
);
CREATE INDEX personal_data_request_open_idx ON personal_data_request (next_due, id) WHERE state IN ('REQUESTED', 'ANSWERED', 'EXECUTING');
CREATE INDEX personal_data_request_executing_idx ON personal_data_request (id) WHERE state = 'EXECUTING';
CREATE INDEX personal_data_request_gift_idx ON personal_data_request (gift_id);
CREATE INDEX personal_data_request_party_idx ON personal_data_request (party_id);
CREATE TRIGGER personal_data_request_stays BEFORE DELETE OR TRUNCATE ON personal_data_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The chapters whose gifts a request is about.
CREATE TABLE personal_data_request_chapter (
    request_id uuid NOT NULL,
    chapter_id uuid NOT NULL,
    CONSTRAINT personal_data_request_chapter_pk PRIMARY KEY (request_id, chapter_id),
    CONSTRAINT personal_data_request_chapter_request_fk FOREIGN KEY (request_id) REFERENCES personal_data_request (id),
    CONSTRAINT personal_data_request_chapter_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX personal_data_request_chapter_chapter_idx ON personal_data_request_chapter (chapter_id);
CREATE TRIGGER personal_data_request_chapter_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON personal_data_request_chapter
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON annotation, consent_text TO so_nhan_ai_public;
