DROP TABLE blood_redemption, blood_certificate, donation, donor;
DROP FUNCTION donation_keeps();
DELETE FROM retention_proposal WHERE record = 'DONOR';
DELETE FROM retention_rule WHERE record = 'DONOR';
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{retention_rule_record_known,retention_proposal_record_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''DONOR''::text', ''));
    END LOOP;
END $$;
