-- Donors of blood: what a person of a chapter is to it who gave, or is to give. Who they are stands sealed with the person; here stand the
-- group (said only when two blood tests agree), whether they may be called, and until when the centre put them off. Results of tests for
-- infections are kept nowhere, under no name.

-- A chapter keeps donors, and whoever left for good is forgotten after this.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{retention_rule_record_known,retention_proposal_record_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''DONOR''::text])'));
    END LOOP;
END $$;
INSERT INTO retention_rule (record, valid_from, years, law_vi, law_en, mark, source) VALUES
    ('DONOR', '2026-01-01', 10, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 10 năm kể từ lần hiến cuối, do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 10 years from the last donation are set by us', 'REC',
     'No number in the law for chapters: honours count donations of many years; to be confirmed by the Hội');

CREATE TABLE donor (
    id             uuid NOT NULL,
    chapter_id     uuid NOT NULL,
    person_id      uuid NOT NULL,
    state          text NOT NULL,
    -- As the last test had it, on how many days tests agreed (2: confirmed), and the last of these days.
    abo            text,
    rh             text,
    group_times    smallint NOT NULL,
    group_on       date,
    -- Whether they come when blood is wanted at once, and when they said so. NULL: nobody has asked.
    willing        boolean,
    willing_on     date,
    -- The last day on which they are put off.
    deferred_until date,
    -- Of what stands in their history: how many, what was given last and when.
    donations      integer NOT NULL,
    last_component text,
    last_on        date,
    request_hash   bytea NOT NULL,
    version        integer NOT NULL,
    recorded_by    uuid NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT donor_pk PRIMARY KEY (id),
    CONSTRAINT donor_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT donor_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT donor_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT donor_state_known CHECK (state IN ('ACTIVE', 'ENDED', 'ERASED')),
    CONSTRAINT donor_group_whole CHECK (num_nonnulls(abo, rh, group_on) IN (0, 3) AND (abo IS NULL) = (group_times = 0)),
    CONSTRAINT donor_group_times CHECK (group_times BETWEEN 0 AND 2),
    CONSTRAINT donor_abo_known CHECK (abo IN ('O', 'A', 'B', 'AB')),
    CONSTRAINT donor_rh_known CHECK (rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT donor_willing_asked CHECK ((willing IS NULL) = (willing_on IS NULL)),
    CONSTRAINT donor_last_whole CHECK (num_nonnulls(last_component, last_on) IN (0, 2) AND (donations = 0) = (last_on IS NULL)),
    CONSTRAINT donor_donations_counted CHECK (donations >= 0),
    CONSTRAINT donor_erased_is_empty CHECK (state <> 'ERASED' OR (abo IS NULL AND willing IS NULL AND deferred_until IS NULL AND donations = 0)),
    CONSTRAINT donor_version_positive CHECK (version > 0)
);
-- A person is a donor of a chapter once.
CREATE UNIQUE INDEX donor_person_key ON donor (person_id);
CREATE INDEX donor_chapter_idx ON donor (chapter_id, recorded_at, id);
CREATE INDEX donor_recorded_by_idx ON donor (recorded_by);
-- Who may be called when blood is wanted at once.
CREATE INDEX donor_callable_idx ON donor (chapter_id, abo, rh, last_on) WHERE state = 'ACTIVE' AND willing AND group_times = 2;

-- What was given. A row outlives who gave it: it was counted. The number (DIN, ISBT 128) is given once in the country.
CREATE TABLE donation (
    id          uuid NOT NULL,
    -- The chapter that wrote it down.
    chapter_id  uuid NOT NULL,
    -- Empty where nobody knows who it was, and once they were erased.
    donor_id    uuid,
    -- The day of giving it came from; empty of what was given elsewhere.
    drive_id    bigint,
    day         date NOT NULL,
    component   text NOT NULL,
    volume_ml   smallint,
    din         text,
    -- Code of the blood centre.
    centre      text,
    -- As it was on the day: what is counted by.
    sex         text,
    age         smallint,
    abo         text,
    rh          text,
    -- What shows it: the centre's own list, a certificate somebody has seen, or their word.
    proof       text NOT NULL,
    stands      boolean NOT NULL,
    request_hash bytea NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT donation_pk PRIMARY KEY (id),
    CONSTRAINT donation_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT donation_donor_fk FOREIGN KEY (donor_id) REFERENCES donor (id),
    CONSTRAINT donation_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT donation_din_key UNIQUE (din),
    CONSTRAINT donation_din_fits CHECK (din ~ '^[A-Z0-9]{5}[0-9]{8}$'),
    CONSTRAINT donation_component_known CHECK (component IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES', 'STEM_CELLS')),
    CONSTRAINT donation_volume_fits CHECK (volume_ml BETWEEN 1 AND 2000),
    CONSTRAINT donation_sex_known CHECK (sex IN ('FEMALE', 'MALE')),
    CONSTRAINT donation_age_fits CHECK (age BETWEEN 0 AND 130),
    CONSTRAINT donation_group_known CHECK (abo IN ('O', 'A', 'B', 'AB') AND rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT donation_proof_known CHECK (proof IN ('CENTRE', 'PAPER', 'SAID')),
    CONSTRAINT donation_drive_by_the_centre CHECK (drive_id IS NULL OR proof = 'CENTRE')
);
-- The same thing of one donor on one day is one donation.
CREATE UNIQUE INDEX donation_once_key ON donation (donor_id, day, component) WHERE stands;
CREATE INDEX donation_donor_idx ON donation (donor_id, day);
CREATE INDEX donation_drive_idx ON donation (drive_id);
CREATE INDEX donation_chapter_idx ON donation (chapter_id, day);
CREATE INDEX donation_recorded_by_idx ON donation (recorded_by);
CREATE FUNCTION donation_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{stands,donor_id,request_hash}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (NEW.stands AND NOT OLD.stands)
       OR (NEW.donor_id IS NOT NULL AND OLD.donor_id IS NOT NULL AND NEW.donor_id <> OLD.donor_id) THEN
        RAISE EXCEPTION 'what was given was given' USING ERRCODE = '23514', CONSTRAINT = 'donation_only_goes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER donation_keeps BEFORE UPDATE ON donation FOR EACH ROW EXECUTE FUNCTION donation_keeps();
CREATE TRIGGER donation_stays BEFORE DELETE OR TRUNCATE ON donation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The certificate (giấy chứng nhận hiến máu tình nguyện) of a donation: the centre's serial as it stands there, and a code of ours that
-- leads to where it is checked. What was given back in blood is written off, up to what was given.
CREATE TABLE blood_certificate (
    id          uuid NOT NULL,
    donation_id uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    code        text NOT NULL,
    serial      text NOT NULL,
    -- The serial as it is compared: capitals and digits alone.
    serial_key  text NOT NULL,
    centre      text NOT NULL,
    given_on    date NOT NULL,
    component   text NOT NULL,
    volume_ml   smallint NOT NULL,
    redeemed_ml smallint NOT NULL,
    state       text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT blood_certificate_pk PRIMARY KEY (id),
    CONSTRAINT blood_certificate_donation_fk FOREIGN KEY (donation_id) REFERENCES donation (id),
    CONSTRAINT blood_certificate_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT blood_certificate_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT blood_certificate_code_key UNIQUE (code),
    CONSTRAINT blood_certificate_serial_fits CHECK (length(serial) <= 60 AND serial_key ~ '^[0-9A-Z]{1,60}$'),
    CONSTRAINT blood_certificate_redeemed CHECK (redeemed_ml BETWEEN 0 AND volume_ml),
    CONSTRAINT blood_certificate_state_known CHECK (state IN ('STANDS', 'REVOKED'))
);
-- A centre gives a serial once, and a donation has one certificate that stands.
CREATE UNIQUE INDEX blood_certificate_serial_key ON blood_certificate (serial_key, centre) WHERE state = 'STANDS';
CREATE UNIQUE INDEX blood_certificate_donation_key ON blood_certificate (donation_id) WHERE state = 'STANDS';
CREATE INDEX blood_certificate_donation_idx ON blood_certificate (donation_id);
CREATE INDEX blood_certificate_chapter_idx ON blood_certificate (chapter_id);
CREATE INDEX blood_certificate_recorded_by_idx ON blood_certificate (recorded_by);
CREATE INDEX blood_certificate_checked_idx ON blood_certificate (serial_key, given_on);
GRANT SELECT (code, serial_key, centre, given_on, component, volume_ml, redeemed_ml, state) ON blood_certificate TO so_nhan_ai_public;

-- Blood that somebody was given for what they gave; only added to.
CREATE TABLE blood_redemption (
    id             uuid NOT NULL,
    certificate_id uuid NOT NULL,
    volume_ml      smallint NOT NULL,
    day            date NOT NULL,
    -- Sealed: where somebody lay ill.
    facility       bytea,
    request_hash   bytea NOT NULL,
    entered_by     uuid NOT NULL,
    entered_at     timestamptz NOT NULL,
    CONSTRAINT blood_redemption_pk PRIMARY KEY (id),
    CONSTRAINT blood_redemption_certificate_fk FOREIGN KEY (certificate_id) REFERENCES blood_certificate (id),
    CONSTRAINT blood_redemption_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT blood_redemption_volume_positive CHECK (volume_ml > 0)
);
CREATE INDEX blood_redemption_certificate_idx ON blood_redemption (certificate_id, day, id);
CREATE INDEX blood_redemption_entered_by_idx ON blood_redemption (entered_by);
