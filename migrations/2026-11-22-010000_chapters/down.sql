DROP TABLE chapter_ancestor;
DROP TABLE chapter;
DROP FUNCTION chapter_close();
DROP FUNCTION chapter_stays();
DROP TABLE administrative_unit;
