DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''PROGRAMME''::text', ''));
    END LOOP;
END $$;
DROP TABLE campaign_request, programme_task, programme_party, programme, campaign_appeal, campaign, movement_edition, movement;
DROP FUNCTION programme_task_done_once();
DROP FUNCTION campaign_goes_on();
