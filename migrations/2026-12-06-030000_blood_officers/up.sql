-- Who keeps donors of blood, and the days they give on, and holds nothing else (KEEP_BLOOD, SEE_BLOOD).
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'role_assignment_role_known';
    EXECUTE format('ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_role_known, ADD CONSTRAINT role_assignment_role_known %s',
                   regexp_replace(said, '\]\)', ', ''BLOOD_OFFICER''::text])'));
END $$;
