DO $$
DECLARE
    one record;
    def text;
BEGIN
    FOR one IN SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
               WHERE c.conname IN ('document_purpose_known', 'document_link_subject_known') LOOP
        SELECT pg_get_constraintdef(oid) INTO def FROM pg_constraint WHERE conname = one.conname;
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one.relname, one.conname, one.conname,
                       replace(def, ', ''MONEY_ORDER''::text', ''));
    END LOOP;
END $$;
DROP TABLE own_cost, money_paper_rule, money_category;
DROP TRIGGER entry_without_orders ON entry;
DROP FUNCTION entry_without_orders;
DROP TRIGGER decision_agrees_with_order ON decision;
DROP TABLE money_order;
DROP FUNCTION money_order_refunds, money_order_agrees, money_order_keeps;
