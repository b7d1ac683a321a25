DROP TABLE member_import_part;
DROP TABLE member_import;
