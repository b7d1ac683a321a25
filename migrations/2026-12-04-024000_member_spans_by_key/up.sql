-- One member, and one person, is counted once a day: kept by keys over what is open and by a trigger over the rest. Exclusion over ranges of
-- random ids kept it too, at a price that grew with the table (at 700,000 spans most of a millisecond for each), and found no party by its id.
ALTER TABLE member_span
    DROP CONSTRAINT member_span_once_a_day,
    DROP CONSTRAINT member_span_person_once_a_day;
CREATE UNIQUE INDEX member_span_person_open_key ON member_span (party_id) WHERE to_day IS NULL AND party_id IS NOT NULL;
CREATE INDEX member_span_person_idx ON member_span (party_id) WHERE party_id IS NOT NULL;

-- Two that are open meet at the keys, whoever commits first; what is closed stays as it is, so whoever comes later sees it. Looked up one by
-- one: a join of a statement's rows with a table that grows may be planned as a walk over the table.
CREATE FUNCTION member_span_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written w WHERE (SELECT count(*) FROM member_span s WHERE s.member_id = w.member_id AND s.n <> w.n
                                            AND daterange(s.from_day, s.to_day) && daterange(w.from_day, w.to_day)) > 0) THEN
        RAISE EXCEPTION 'a member is counted twice on a day' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'member_span_once_a_day', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (SELECT FROM written w WHERE (SELECT count(*) FROM member_span s WHERE s.party_id = w.party_id AND s.member_id <> w.member_id
                                            AND daterange(s.from_day, s.to_day) && daterange(w.from_day, w.to_day)) > 0) THEN
        RAISE EXCEPTION 'a person is counted twice on a day' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'member_span_person_once_a_day', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER member_span_once_begun AFTER INSERT ON member_span REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION member_span_once();
CREATE TRIGGER member_span_once_changed AFTER UPDATE ON member_span REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION member_span_once();
