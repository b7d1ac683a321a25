UPDATE session SET ended_reason = 'SECOND_FACTOR_RESET' WHERE ended_reason = 'SECOND_FACTOR_CHANGED';
ALTER TABLE session
    DROP COLUMN password_change_hash,
    DROP CONSTRAINT session_ended_reason_known,
    ADD CONSTRAINT session_ended_reason_known CHECK (ended_reason IN ('LOG_OUT', 'REVOKED', 'STALE_TOKEN', 'SECOND_FACTOR_RESET', 'PASSWORD_CHANGED'));
DROP TRIGGER account_epoch_rises ON account;
DROP FUNCTION account_epoch_rises();
ALTER TABLE account DROP COLUMN epoch;
