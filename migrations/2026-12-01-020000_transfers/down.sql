DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT conname, conrelid::regclass AS of_table, pg_get_constraintdef(oid) AS says FROM pg_constraint
               WHERE conname IN ('document_purpose_known', 'document_link_subject_known') LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one.of_table, one.conname, one.conname,
                       replace(replace(one.says, ', ''TRANSFER''::text', ''), ', ''TRANSFER_RECEIPT''::text', ''));
    END LOOP;
END $$;
DROP TABLE transfer_open, transfer_part_goods, transfer_part, transfer_goods, transfer_asked_goods, transfer;
DROP FUNCTION transfer_keeps, transfer_goods_keep, transfer_part_keeps;
