DO $$
DECLARE d text;
BEGIN
    SELECT replace(pg_get_constraintdef(oid), ', ''STOCK_ADJUSTMENT''::text', '') INTO STRICT d FROM pg_constraint WHERE conname = 'document_purpose_known';
    EXECUTE 'ALTER TABLE document DROP CONSTRAINT document_purpose_known, ADD CONSTRAINT document_purpose_known ' || d;
    SELECT replace(pg_get_constraintdef(oid), ', ''STOCK_ADJUSTMENT''::text', '') INTO STRICT d FROM pg_constraint WHERE conname = 'document_link_subject_known';
    EXECUTE 'ALTER TABLE document_link DROP CONSTRAINT document_link_subject_known, ADD CONSTRAINT document_link_subject_known ' || d;
END $$;
DROP TABLE stock_adjustment_entry, stock_adjustment_line, stock_adjustment, stock_count_line, stock_count, stock_on_hand, stock_movement, stock_lot,
    stock_store;
DROP FUNCTION stock_lot_keeps();
DROP FUNCTION stock_adjustment_keeps();
