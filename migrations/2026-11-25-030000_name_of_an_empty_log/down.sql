DROP TRIGGER log_checkpoint_stays ON log_checkpoint;
DROP FUNCTION log_checkpoint_stays();
DROP TRIGGER log_checkpoint_append_only ON log_checkpoint;
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
