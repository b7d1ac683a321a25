DROP TRIGGER member_span_once_changed ON member_span;
DROP TRIGGER member_span_once_begun ON member_span;
DROP FUNCTION member_span_once();
DROP INDEX member_span_person_idx;
DROP INDEX member_span_person_open_key;
ALTER TABLE member_span
    ADD CONSTRAINT member_span_once_a_day EXCLUDE USING gist (uuid_range(member_id, member_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&),
    ADD CONSTRAINT member_span_person_once_a_day EXCLUDE USING gist (uuid_range(party_id, party_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
        WHERE (party_id IS NOT NULL);
