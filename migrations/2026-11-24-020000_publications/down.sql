DROP TABLE publication, document_withdrawal, publication_rule;
DROP FUNCTION publication_follows;
REVOKE SELECT (day) ON public_holiday FROM so_nhan_ai_public;
ALTER TABLE appeal_version DROP COLUMN recorded_on;
