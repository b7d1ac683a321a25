DROP TABLE sending_rule;
DROP TABLE message;
