DROP TABLE pre_check_question, pre_check;
DROP FUNCTION pre_check_ends_only();
