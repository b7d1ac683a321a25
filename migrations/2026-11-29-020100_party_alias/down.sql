ALTER TABLE personal_data_request DROP COLUMN party_alias;
DROP TABLE party_alias;
