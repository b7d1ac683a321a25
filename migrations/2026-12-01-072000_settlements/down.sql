DROP TABLE settlement_report;
DROP FUNCTION settlement_report_keeps();
ALTER TABLE publication DROP COLUMN statement, ALTER COLUMN document_id SET NOT NULL, ALTER COLUMN purpose SET NOT NULL;
ALTER TABLE appeal_milestone DROP COLUMN statement, ALTER COLUMN document_id SET NOT NULL, ALTER COLUMN purpose SET NOT NULL;
