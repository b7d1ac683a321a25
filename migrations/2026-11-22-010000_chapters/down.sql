DROP TABLE chapter_ancestor;
DROP TABLE chapter;
DROP FUNCTION chapter_close();
DROP FUNCTION chapter_stays();
DROP FUNCTION chapter_ancestor_follows();
DROP TABLE administrative_unit;
DROP FUNCTION administrative_unit_only_ends();
DROP FUNCTION refuse_change();
