DROP TABLE volunteer_import_part;
DROP TABLE volunteer_import;
