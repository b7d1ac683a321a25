DROP TABLE person_join;
DROP FUNCTION person_join_is_star();
DROP TABLE person;
