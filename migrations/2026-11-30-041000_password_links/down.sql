DROP TABLE password_link;
ALTER TABLE message DROP COLUMN confidential;
