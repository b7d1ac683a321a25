DROP INDEX booking_once_key;
CREATE UNIQUE INDEX booking_once_key ON booking (drive_id, person_hash) WHERE state <> 'CANCELLED';
ALTER TABLE booking
    DROP CONSTRAINT booking_name_of_somebody,
    DROP COLUMN restricted_at,
    DROP COLUMN moved_up_at,
    DROP COLUMN name_hash;
DELETE FROM drive_rule WHERE name = 'CONFIRM_HOURS';
ALTER TABLE drive_rule
    DROP CONSTRAINT drive_rule_name_known,
    ADD CONSTRAINT drive_rule_name_known CHECK (name IN ('UNCONFIRMED_DAYS', 'ANSWER_HOURS', 'BOOKINGS_OF_A_NUMBER', 'REMIND_AT_MINUTE', 'FEW_PLACES', 'KEPT_DAYS'));
