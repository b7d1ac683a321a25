DO $$ BEGIN
    IF EXISTS (SELECT FROM role_assignment WHERE role = 'BLOOD_OFFICER') THEN
        RAISE EXCEPTION 'somebody holds a role that the release before does not have: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'role_assignment_role_known';
    END IF;
END $$;
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'role_assignment_role_known';
    EXECUTE format('ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_role_known, ADD CONSTRAINT role_assignment_role_known %s',
                   replace(said, ', ''BLOOD_OFFICER''::text', ''));
END $$;
