DROP TABLE drive_deferral, drive_total, drive_difference, drive_row, drive_file, drive_check_in, blood_file_layout;
ALTER TABLE donation DROP CONSTRAINT donation_drive_fk;
