-- Members of each chapter by kind at the end of a day that is over: what a question about a later day begins with. Nothing of such a day
-- changes any more (member_span), so neither does this; the audit counts it again.
CREATE TABLE member_tally_day (
    day        date NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT member_tally_day_pk PRIMARY KEY (day)
);
CREATE TABLE member_tally (
    day        date NOT NULL,
    chapter_id uuid NOT NULL,
    kind       text NOT NULL,
    members    integer NOT NULL,
    CONSTRAINT member_tally_pk PRIMARY KEY (day, chapter_id, kind),
    CONSTRAINT member_tally_day_fk FOREIGN KEY (day) REFERENCES member_tally_day (day),
    CONSTRAINT member_tally_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_tally_kind_known CHECK (kind IN ('MEMBER', 'YOUTH', 'JUNIOR', 'HONORARY', 'COLLECTIVE')),
    CONSTRAINT member_tally_positive CHECK (members > 0)
);
CREATE INDEX member_tally_chapter_idx ON member_tally (chapter_id);
CREATE TRIGGER member_tally_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON member_tally FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER member_tally_day_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON member_tally_day FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- What changed between two days.
CREATE INDEX member_span_begun_idx ON member_span (from_day, chapter_id, kind);
CREATE INDEX member_span_ended_idx ON member_span (to_day, chapter_id, kind) WHERE to_day IS NOT NULL;
