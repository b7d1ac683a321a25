-- What the blood centre corrects of a day that is reconciled, asked by one and decided by another; and the shifts of those who help at a
-- drive.

-- What was given is never rewritten: what is right stands in the place of what was wrong, under the same number.
ALTER TABLE donation
    DROP CONSTRAINT donation_din_key,
    ADD COLUMN replaces_id uuid,
    ADD CONSTRAINT donation_replaces_fk FOREIGN KEY (replaces_id) REFERENCES donation (id),
    ADD CONSTRAINT donation_replaces_another CHECK (replaces_id <> id);
-- A number stands once in the country.
CREATE UNIQUE INDEX donation_din_key ON donation (din) WHERE stands;
CREATE UNIQUE INDEX donation_replaces_key ON donation (replaces_id);
-- What was given at a drive is read page by page.
DROP INDEX donation_drive_idx;
CREATE INDEX donation_drive_idx ON donation (drive_id, id);

-- How often two persons agreed on it: 1, and one more with each correction.
ALTER TABLE drive_total
    ADD COLUMN version smallint NOT NULL DEFAULT 1,
    ADD CONSTRAINT drive_total_version_positive CHECK (version > 0);

-- A check-in that came late may be kept as: came, gave nothing. Why is one of a few words, none of them about health.
ALTER TABLE drive_difference
    ADD COLUMN why text,
    DROP CONSTRAINT drive_difference_how_known,
    ADD CONSTRAINT drive_difference_how_known CHECK (how IN ('COUNT', 'LEAVE_OUT', 'FILE_RIGHT', 'OURS_RIGHT', 'GAVE_NOTHING')),
    ADD CONSTRAINT drive_difference_why_known CHECK (why IN ('LEFT_EARLY', 'NO_TIME_LEFT', 'CHANGED_MIND', 'ACCOMPANIED', 'HELPED')),
    ADD CONSTRAINT drive_difference_why_said CHECK ((how IS NOT DISTINCT FROM 'GAVE_NOTHING') = (why IS NOT NULL));

-- A correction of a day. ASKED → APPROVED, REFUSED or WITHDRAWN.
CREATE TABLE drive_correction (
    id            uuid NOT NULL,
    drive_id      bigint NOT NULL,
    chapter_id    uuid NOT NULL,
    -- The letter or list that the centre sent.
    source        text NOT NULL,
    -- Of which version of the result it speaks.
    version       smallint NOT NULL,
    state         text NOT NULL,
    requested_by  uuid NOT NULL,
    requested_at  timestamptz NOT NULL,
    decided_by    uuid,
    decided_at    timestamptz,
    -- By how much the totals went up or down, once it was approved.
    registered_by integer,
    came_by       integer,
    gave_by       integer,
    deferred_by   integer,
    ml_by         bigint,
    -- What took the place of the statement, where the result was published and what is told of it is another.
    statement     text,
    CONSTRAINT drive_correction_pk PRIMARY KEY (id),
    CONSTRAINT drive_correction_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_correction_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT drive_correction_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT drive_correction_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT drive_correction_statement_fk FOREIGN KEY (statement) REFERENCES statement (code),
    CONSTRAINT drive_correction_statement_key UNIQUE (statement),
    CONSTRAINT drive_correction_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT drive_correction_version_positive CHECK (version > 0),
    CONSTRAINT drive_correction_decided_whole CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT drive_correction_by_whole CHECK (num_nonnulls(registered_by, came_by, gave_by, deferred_by, ml_by) = CASE state WHEN 'APPROVED' THEN 5 ELSE 0 END),
    CONSTRAINT drive_correction_stated_approved CHECK (statement IS NULL OR state = 'APPROVED')
);
-- One waits at a time, and each version of a result is corrected once.
CREATE UNIQUE INDEX drive_correction_waiting_key ON drive_correction (drive_id) WHERE state = 'ASKED';
CREATE UNIQUE INDEX drive_correction_version_key ON drive_correction (drive_id, version) WHERE state = 'APPROVED';
CREATE INDEX drive_correction_drive_idx ON drive_correction (drive_id, requested_at, id);
CREATE INDEX drive_correction_chapter_idx ON drive_correction (chapter_id);
CREATE INDEX drive_correction_requested_by_idx ON drive_correction (requested_by);
CREATE INDEX drive_correction_decided_by_idx ON drive_correction (decided_by);
CREATE FUNCTION drive_correction_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_by,decided_at,registered_by,came_by,gave_by,deferred_by,ml_by,statement}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR OLD.state <> 'ASKED' THEN
        RAISE EXCEPTION 'a correction keeps what was asked, and is decided once' USING ERRCODE = '23514', CONSTRAINT = 'drive_correction_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drive_correction_keeps BEFORE UPDATE ON drive_correction FOR EACH ROW EXECUTE FUNCTION drive_correction_keeps();
CREATE TRIGGER drive_correction_stays BEFORE DELETE OR TRUNCATE ON drive_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What it says, piece by piece. Who somebody is stands sealed until it is decided; then nobody says it any more.
CREATE TABLE drive_correction_item (
    correction_id uuid NOT NULL,
    n             smallint NOT NULL,
    kind          text NOT NULL,
    -- What was wrong.
    donation_id   uuid,
    -- What stands in its place, or was found, once it was approved.
    made_id       uuid,
    -- Whoever came it is said to be.
    booking_id    uuid,
    -- A row of the centre's list, in which they are said to have been put off.
    row_id        uuid,
    -- Of what was not given: why it was written down.
    why           text,
    -- Of who came and was put off: a word of the public list (blood_rules).
    reason        text,
    component     text,
    volume_ml     smallint,
    din           text,
    abo           text,
    rh            text,
    serial        text,
    content       bytea,
    CONSTRAINT drive_correction_item_pk PRIMARY KEY (correction_id, n),
    CONSTRAINT drive_correction_item_correction_fk FOREIGN KEY (correction_id) REFERENCES drive_correction (id),
    CONSTRAINT drive_correction_item_donation_fk FOREIGN KEY (donation_id) REFERENCES donation (id),
    CONSTRAINT drive_correction_item_made_fk FOREIGN KEY (made_id) REFERENCES donation (id),
    CONSTRAINT drive_correction_item_booking_fk FOREIGN KEY (booking_id) REFERENCES booking (id),
    CONSTRAINT drive_correction_item_row_fk FOREIGN KEY (row_id) REFERENCES drive_row (id),
    CONSTRAINT drive_correction_item_kind_known CHECK (kind IN ('OTHER_VOLUME', 'NOT_GIVEN', 'OTHER_DONOR', 'ALSO_GAVE', 'ALSO_CAME')),
    CONSTRAINT drive_correction_item_about CHECK ((kind IN ('OTHER_VOLUME', 'NOT_GIVEN', 'OTHER_DONOR')) = (donation_id IS NOT NULL)),
    CONSTRAINT drive_correction_item_why_known CHECK (why IN ('NEVER_GIVEN', 'COUNTED_TWICE', 'OF_SOMEBODY_ELSE', 'OF_ANOTHER_DAY')),
    CONSTRAINT drive_correction_item_why_said CHECK ((kind = 'NOT_GIVEN') = (why IS NOT NULL)),
    CONSTRAINT drive_correction_item_reason_known CHECK (reason IN ('AGE', 'WEIGHT', 'INTERVAL', 'TATTOO_OR_PIERCING', 'VACCINATION', 'MEDICINE', 'MINOR_ILLNESS', 'WORK', 'NOT_RESTED', 'BLOOD_PRESSURE', 'HAEMOGLOBIN', 'VEINS', 'CENTRE_DECISION')),
    CONSTRAINT drive_correction_item_reason_of_who_came CHECK (reason IS NULL OR kind = 'ALSO_CAME'),
    CONSTRAINT drive_correction_item_came_by CHECK (kind <> 'ALSO_CAME' OR booking_id IS NOT NULL),
    CONSTRAINT drive_correction_item_volume_said CHECK ((kind IN ('OTHER_VOLUME', 'ALSO_GAVE')) = (volume_ml IS NOT NULL)),
    CONSTRAINT drive_correction_item_volume_fits CHECK (volume_ml BETWEEN 1 AND 2000),
    CONSTRAINT drive_correction_item_component_known CHECK (component IN ('WHOLE_BLOOD', 'RED_CELLS', 'PLATELETS', 'PLASMA', 'GRANULOCYTES', 'STEM_CELLS')),
    CONSTRAINT drive_correction_item_component_said CHECK ((kind = 'ALSO_GAVE') = (component IS NOT NULL)),
    CONSTRAINT drive_correction_item_row_of_who_gave CHECK (row_id IS NULL OR kind = 'ALSO_GAVE'),
    CONSTRAINT drive_correction_item_group_known CHECK (abo IN ('O', 'A', 'B', 'AB') AND rh IN ('POSITIVE', 'NEGATIVE')),
    CONSTRAINT drive_correction_item_group_whole CHECK ((abo IS NULL) = (rh IS NULL))
);
CREATE INDEX drive_correction_item_donation_idx ON drive_correction_item (donation_id);
CREATE INDEX drive_correction_item_made_idx ON drive_correction_item (made_id);
CREATE INDEX drive_correction_item_booking_idx ON drive_correction_item (booking_id);
CREATE INDEX drive_correction_item_row_idx ON drive_correction_item (row_id);

-- A row that a correction brought, or took the place of: the list of the day as it is known today.
ALTER TABLE drive_row
    ADD COLUMN correction_id uuid,
    ADD CONSTRAINT drive_row_correction_fk FOREIGN KEY (correction_id) REFERENCES drive_correction (id);
CREATE INDEX drive_row_correction_idx ON drive_row (correction_id);

-- When who is wanted to help at a drive: minutes of the Vietnamese day. The hours of those who came are entered once.
CREATE TABLE drive_shift (
    id           uuid NOT NULL,
    drive_id     bigint NOT NULL,
    what         text NOT NULL,
    from_minute  smallint NOT NULL,
    until_minute smallint NOT NULL,
    needed       smallint NOT NULL,
    -- It is not wanted any more.
    ended_at     timestamptz,
    hours_by     uuid,
    hours_at     timestamptz,
    version      integer NOT NULL,
    request_hash bytea NOT NULL,
    made_by      uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    CONSTRAINT drive_shift_pk PRIMARY KEY (id),
    CONSTRAINT drive_shift_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id),
    CONSTRAINT drive_shift_hours_by_fk FOREIGN KEY (hours_by) REFERENCES account (id),
    CONSTRAINT drive_shift_made_by_fk FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT drive_shift_minutes CHECK (from_minute >= 0 AND until_minute > from_minute AND until_minute <= 1440),
    CONSTRAINT drive_shift_needed_some CHECK (needed BETWEEN 1 AND 1000),
    CONSTRAINT drive_shift_hours_whole CHECK ((hours_by IS NULL) = (hours_at IS NULL)),
    CONSTRAINT drive_shift_version_positive CHECK (version > 0)
);
CREATE INDEX drive_shift_drive_idx ON drive_shift (drive_id, from_minute, id);
CREATE INDEX drive_shift_hours_by_idx ON drive_shift (hours_by);
CREATE INDEX drive_shift_made_by_idx ON drive_shift (made_by);
CREATE TRIGGER drive_shift_stays BEFORE DELETE OR TRUNCATE ON drive_shift FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who helps in it. `came`: whether they did, once the hours are entered.
CREATE TABLE drive_shift_helper (
    shift_id     uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    entered_by   uuid NOT NULL,
    entered_at   timestamptz NOT NULL,
    came         boolean,
    CONSTRAINT drive_shift_helper_pk PRIMARY KEY (shift_id, volunteer_id),
    CONSTRAINT drive_shift_helper_shift_fk FOREIGN KEY (shift_id) REFERENCES drive_shift (id),
    CONSTRAINT drive_shift_helper_volunteer_fk FOREIGN KEY (volunteer_id) REFERENCES volunteer (id),
    CONSTRAINT drive_shift_helper_entered_by_fk FOREIGN KEY (entered_by) REFERENCES account (id)
);
CREATE INDEX drive_shift_helper_volunteer_idx ON drive_shift_helper (volunteer_id);
CREATE INDEX drive_shift_helper_entered_by_idx ON drive_shift_helper (entered_by);
