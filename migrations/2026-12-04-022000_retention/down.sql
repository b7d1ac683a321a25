DROP TABLE retention_proposal;
DELETE FROM retention_rule WHERE record <> 'VOUCHER';
ALTER TABLE retention_rule
    DROP CONSTRAINT retention_rule_record_known,
    ADD CONSTRAINT retention_rule_record_known CHECK (record IN ('VOUCHER'));
