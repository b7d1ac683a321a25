-- What a step changed was written with keys that SQL does not have: it can not be changed back here.
DO $$
BEGIN
    IF EXISTS (SELECT FROM data_step WHERE changed > 0) THEN
        RAISE EXCEPTION 'data steps have changed rows: % (restore a backup from before them)',
            (SELECT string_agg(name, ', ' ORDER BY name) FROM data_step WHERE changed > 0);
    END IF;
END $$;
DROP TABLE data_step_note;
DROP TABLE data_step;
