DROP TABLE statement;
DROP FUNCTION statement_replaces_its_like();
