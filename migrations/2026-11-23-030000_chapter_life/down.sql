DROP TABLE opening_balance_reversal;
DROP TABLE opening_balance_held;
DROP TABLE opening_balance_entry;
DROP TABLE opening_balance_line;
DROP TABLE opening_balance;
DROP FUNCTION opening_balance_decides();
ALTER TABLE entry DROP COLUMN document;
DROP TABLE reference_load;
DROP TABLE unit_merger;
DROP TABLE former_unit;
DROP INDEX administrative_unit_words_idx;
DROP TABLE chapter_serial;
DROP TABLE chapter_request;
DROP TABLE chapter_former_name;
DROP TABLE chapter_version;
DROP TRIGGER chapter_lives ON chapter;
DROP FUNCTION chapter_lives();
DROP INDEX chapter_sibling_name_key;
ALTER TABLE chapter DROP COLUMN words, DROP COLUMN version;
DROP FUNCTION folded_words(text);
ALTER TABLE chapter DROP CONSTRAINT chapter_level_known, ADD CONSTRAINT chapter_level_known
    CHECK (level IN ('CENTRAL', 'PROVINCE', 'DISTRICT', 'COMMUNE', 'BRANCH'));
ALTER TABLE chapter DROP CONSTRAINT chapter_kind_known, ADD CONSTRAINT chapter_kind_known
    CHECK (kind IN ('TERRITORIAL', 'AGENCY', 'SCHOOL', 'ENTERPRISE', 'HOSPITAL'));
