-- A call-out for a blood drive names the drive, one for a campaign the campaign. Those that were made before name none.
ALTER TABLE call_out
    ADD COLUMN drive text,
    ADD COLUMN campaign_id uuid,
    ADD CONSTRAINT call_out_drive_fk FOREIGN KEY (drive) REFERENCES drive (code),
    ADD CONSTRAINT call_out_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaign (id),
    ADD CONSTRAINT call_out_names_its_kind CHECK ((drive IS NULL OR kind = 'DRIVE') AND (campaign_id IS NULL OR kind = 'CAMPAIGN'));
CREATE INDEX call_out_drive_idx ON call_out (drive);
CREATE INDEX call_out_campaign_idx ON call_out (campaign_id);
