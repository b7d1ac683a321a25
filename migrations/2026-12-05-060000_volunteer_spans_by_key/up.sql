-- A volunteer is counted once a day: kept by the key over what is open and by a trigger over the rest, as of members. Exclusion over ranges
-- of random ids kept it too, at a price that grew with the table.
ALTER TABLE volunteer_span DROP CONSTRAINT volunteer_span_once_a_day;

-- Two that are open meet at volunteer_span_open_key, whoever commits first; what is closed stays as it is, so whoever comes later sees it.
CREATE FUNCTION volunteer_span_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written w WHERE (SELECT count(*) FROM volunteer_span s WHERE s.volunteer_id = w.volunteer_id AND s.n <> w.n
                                            AND daterange(s.from_day, s.to_day) && daterange(w.from_day, w.to_day)) > 0) THEN
        RAISE EXCEPTION 'a volunteer is counted twice on a day' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'volunteer_span_once_a_day', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER volunteer_span_once_begun AFTER INSERT ON volunteer_span REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION volunteer_span_once();
CREATE TRIGGER volunteer_span_once_changed AFTER UPDATE ON volunteer_span REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION volunteer_span_once();
