DROP TABLE log_key, log_recovered, log_hold, log_checkpoint, log_origin, log_tree, log_tile;
DROP FUNCTION log_checkpoint_is_of_the_tree(), log_origin_stays(), log_tree_grows(), log_tile_grows();
