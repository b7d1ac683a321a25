ALTER TABLE call_out DROP COLUMN campaign_id, DROP COLUMN drive;
