ALTER TABLE campaign DROP COLUMN programme_id;
DROP TABLE campaign_drive;
