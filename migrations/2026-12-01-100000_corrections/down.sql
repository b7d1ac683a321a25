DROP TABLE correction;
DROP FUNCTION correction_keeps();
