-- Verifying a password takes longer than a transaction may last. What was verified holds for the account as it was then:
-- a new password, disabling, enabling, another second factor raise the epoch, and a proof of an older one opens nothing.
ALTER TABLE account ADD COLUMN epoch bigint NOT NULL DEFAULT 0;

CREATE FUNCTION account_epoch_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.disabled_at IS DISTINCT FROM OLD.disabled_at THEN
        NEW.epoch := OLD.epoch + 1;
    ELSE
        NEW.epoch := greatest(NEW.epoch, OLD.epoch);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_epoch_rises BEFORE UPDATE ON account
    FOR EACH ROW EXECUTE FUNCTION account_epoch_rises();

-- The change of password a session made last, as a slow hash of the old and the new one together: when its answer was lost
-- and it is sent again, it is told apart from a wrong password.
ALTER TABLE session
    ADD COLUMN password_change_hash text,
    DROP CONSTRAINT session_ended_reason_known,
    ADD CONSTRAINT session_ended_reason_known CHECK (ended_reason IN
        ('LOG_OUT', 'REVOKED', 'STALE_TOKEN', 'SECOND_FACTOR_RESET', 'SECOND_FACTOR_CHANGED', 'PASSWORD_CHANGED'));
