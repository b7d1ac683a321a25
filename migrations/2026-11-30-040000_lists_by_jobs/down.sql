DELETE FROM job WHERE kind = 'BOOK_GIFT_LIST';
DROP TABLE gift_import_keeping;
ALTER TABLE job DROP COLUMN url;
