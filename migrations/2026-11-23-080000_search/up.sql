-- A search by the index adds the entries the index does not have yet. Some of them are not in the log yet either: the
-- public role may see which (their codes are public already), and not what their leaves hold.
GRANT SELECT (seq, entry) ON log_pending TO so_nhan_ai_public;
