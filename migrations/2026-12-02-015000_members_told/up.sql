-- Members at the end of each year that is over, by kinds that are counted together, with everything below the chapter: as everybody may
-- know them. A chapter without a row has nobody, or so few that it is not told.
CREATE TABLE public_member_count (
    chapter_id uuid NOT NULL,
    year       integer NOT NULL,
    kinds      text[] NOT NULL,
    members    integer NOT NULL,
    CONSTRAINT public_member_count_pk PRIMARY KEY (chapter_id, year, kinds),
    CONSTRAINT public_member_count_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    -- Fewer are nobody's to know.
    CONSTRAINT public_member_count_no_few CHECK (members >= 5),
    CONSTRAINT public_member_count_some_kind CHECK (cardinality(kinds) > 0)
);
CREATE TRIGGER public_member_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public_member_count
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (chapter_id, year, kinds, members) ON public_member_count TO so_nhan_ai_public;
