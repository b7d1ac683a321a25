DROP TRIGGER volunteer_span_once_changed ON volunteer_span;
DROP TRIGGER volunteer_span_once_begun ON volunteer_span;
DROP FUNCTION volunteer_span_once();
ALTER TABLE volunteer_span
    ADD CONSTRAINT volunteer_span_once_a_day EXCLUDE USING gist (uuid_range(volunteer_id, volunteer_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&);
