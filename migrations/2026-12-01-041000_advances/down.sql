DO $$
DECLARE def text := pg_get_functiondef('money_order_keeps'::regproc);
BEGIN
    EXECUTE replace(def, ',other_entry_id,more_entry_ids,', ',other_entry_id,');
END $$;
ALTER TABLE money_order DROP CONSTRAINT money_order_more_after_other, DROP COLUMN more_entry_ids;
DROP TABLE fund_release_rule, advance_clearing_line, advance_rule;
DROP TRIGGER entry_advance_reversed ON entry;
DROP FUNCTION advance_reversed;
DROP TABLE advance;
DROP FUNCTION advance_keeps;
