DROP TABLE gift_import_part;
DROP TABLE gift_import;
