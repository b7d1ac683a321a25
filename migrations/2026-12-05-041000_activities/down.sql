DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''ACTIVITY''::text', ''));
    END LOOP;
END $$;
DROP TABLE activity_request, activity_correction, activity_delivered, activity_sum, activity_delivery, activity, activity_area;
DROP FUNCTION activity_add_up();
DROP FUNCTION activity_delivery_while_planned();
DROP FUNCTION activity_corrected();
DROP FUNCTION activity_goes_on();
