DROP TABLE log_key_retired;
