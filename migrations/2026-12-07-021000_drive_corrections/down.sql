DROP TABLE drive_shift_helper, drive_shift;
ALTER TABLE drive_row DROP COLUMN correction_id;
DROP TABLE drive_correction_item, drive_correction;
DROP FUNCTION drive_correction_keeps();
UPDATE drive_difference SET how = 'LEAVE_OUT', why = NULL WHERE how = 'GAVE_NOTHING';
ALTER TABLE drive_difference
    DROP CONSTRAINT drive_difference_why_said,
    DROP COLUMN why,
    DROP CONSTRAINT drive_difference_how_known,
    ADD CONSTRAINT drive_difference_how_known CHECK (how IN ('COUNT', 'LEAVE_OUT', 'FILE_RIGHT', 'OURS_RIGHT'));
ALTER TABLE drive_total DROP COLUMN version;
DROP INDEX donation_din_key, donation_replaces_key, donation_drive_idx;
CREATE INDEX donation_drive_idx ON donation (drive_id);
-- A number that was passed on stays with what stands.
ALTER TABLE donation DISABLE TRIGGER donation_keeps;
UPDATE donation SET din = NULL WHERE NOT stands AND din IN (SELECT din FROM donation WHERE din IS NOT NULL GROUP BY din HAVING count(*) > 1);
ALTER TABLE donation ENABLE TRIGGER donation_keeps;
ALTER TABLE donation DROP COLUMN replaces_id, ADD CONSTRAINT donation_din_key UNIQUE (din);
