DROP TABLE information_request, information_rule;
DROP FUNCTION information_request_keeps;
