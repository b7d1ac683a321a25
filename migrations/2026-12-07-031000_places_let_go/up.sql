-- A place that nobody confirms is let go of when its time is over, long before what is known of it is erased. Two names with one telephone are
-- compared with their marks. Who asked that their data be kept and not used is not written to.

ALTER TABLE drive_rule
    DROP CONSTRAINT drive_rule_name_known,
    ADD CONSTRAINT drive_rule_name_known CHECK (name IN ('UNCONFIRMED_DAYS', 'CONFIRM_HOURS', 'ANSWER_HOURS', 'BOOKINGS_OF_A_NUMBER', 'REMIND_AT_MINUTE', 'FEW_PLACES', 'KEPT_DAYS'));
INSERT INTO drive_rule (name, value, valid_from, mark, source) VALUES
    ('CONFIRM_HOURS', 24, '2026-01-01', 'REC', 'Whoever books on the public page says within so many hours that they come, and before their slot begins; else the place passes on');

ALTER TABLE booking
    -- The name with its marks; NULL of one that was typed without any, which is taken for every name of the same letters.
    ADD COLUMN name_hash bytea,
    -- When they moved up from the waiting list; NULL of who had a place at once, and of who waits.
    ADD COLUMN moved_up_at timestamptz,
    -- Since when what is known of them is kept and not used: they asked for it.
    ADD COLUMN restricted_at timestamptz,
    ADD CONSTRAINT booking_name_of_somebody CHECK (name_hash IS NULL OR person_hash IS NOT NULL);
-- Until now only who had moved up had a deadline. Who booked before today keeps the place unconfirmed, as they were told.
UPDATE booking SET moved_up_at = made_at WHERE state = 'HELD' AND answer_by IS NOT NULL;
DROP INDEX booking_once_key;
-- That a name without marks is another's is asked under the drive's row.
CREATE UNIQUE INDEX booking_once_key ON booking (drive_id, person_hash, coalesce(name_hash, ''::bytea)) WHERE state <> 'CANCELLED';
