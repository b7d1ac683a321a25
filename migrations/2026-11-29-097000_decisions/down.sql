DROP TRIGGER opening_balance_reversal_agrees ON opening_balance_reversal;
DROP TRIGGER opening_balance_agrees ON opening_balance;
DROP TRIGGER asked_gift_agrees ON asked_gift;
DROP TRIGGER reversal_request_agrees ON reversal_request;
-- What the older program knows stands in tables of its own; what it does not know would be lost.
DO $$
BEGIN
    IF EXISTS (SELECT FROM decision WHERE matter NOT IN ('GIFT_REVERSAL', 'UNUSUAL_GIFT', 'OPENING_BALANCE', 'OPENING_BALANCE_REVERSAL')) THEN
        RAISE EXCEPTION 'there are decisions that the older program does not know';
    END IF;
END $$;
DROP TABLE decision_rule;
DROP TABLE decision_step;
DROP TABLE decision;
DROP FUNCTION decision_agrees();
DROP FUNCTION decision_step_keeps();
DROP FUNCTION decision_keeps();
