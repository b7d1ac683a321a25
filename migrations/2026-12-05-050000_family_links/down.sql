DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, replace(said, ', ''FAMILY_LINK''::text', ''));
    END LOOP;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM role_assignment WHERE role = 'TRACING_OFFICER') THEN
        RAISE EXCEPTION 'somebody holds a role that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'role_assignment_role_known';
    END IF;
END $$;
DROP TABLE family_likeness, family_hand_over, family_finding, family_step, family_link, family_consent_text, family_rule;
DROP FUNCTION family_step_keeps();
DROP FUNCTION family_link_keeps();
ALTER TABLE role_assignment
    DROP CONSTRAINT role_assignment_role_known,
    ADD CONSTRAINT role_assignment_role_known
        CHECK (role IN ('CENTRAL_ADMINISTRATOR', 'PROVINCIAL_ADMINISTRATOR', 'CHAPTER_CHAIR', 'OFFICER', 'ACCOUNTANT', 'INSPECTOR'));
