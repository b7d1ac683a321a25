DROP TABLE pd_opening;
DROP TABLE log_head;
DROP TABLE log_leaf;
DROP TABLE log_pending;
DROP FUNCTION log_pending_leaves_into_log();
DROP FUNCTION log_head_grows();
DROP FUNCTION log_leaf_is_dense();
