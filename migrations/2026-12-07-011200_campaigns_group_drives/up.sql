-- A campaign groups blood drives as it groups appeals, and may be part of a programme agreed with partners.
CREATE TABLE campaign_drive (
    campaign_id uuid NOT NULL,
    drive       text NOT NULL,
    CONSTRAINT campaign_drive_pk PRIMARY KEY (campaign_id, drive),
    CONSTRAINT campaign_drive_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaign (id),
    CONSTRAINT campaign_drive_drive_fk FOREIGN KEY (drive) REFERENCES drive (code)
);
CREATE INDEX campaign_drive_drive_idx ON campaign_drive (drive);
GRANT SELECT ON campaign_drive TO so_nhan_ai_public;

ALTER TABLE campaign
    ADD COLUMN programme_id uuid,
    ADD CONSTRAINT campaign_programme_fk FOREIGN KEY (programme_id) REFERENCES programme (id);
CREATE INDEX campaign_programme_idx ON campaign (programme_id);
