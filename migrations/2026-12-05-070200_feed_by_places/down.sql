DROP TRIGGER change_feed_places ON change_feed;
CREATE SEQUENCE change_feed_seq AS bigint CACHE 64;
SELECT setval('change_feed_seq', greatest(1, (SELECT coalesce(max(seq), 0) FROM change_feed)), EXISTS (SELECT FROM change_feed));
-- Anew, for its columns to be where they were.
CREATE TABLE change_feed_before (
    chapter_id uuid NOT NULL,
    xid        bigint NOT NULL,
    seq        bigint NOT NULL,
    kind       text NOT NULL,
    subjects   text[] NOT NULL,
    gone       boolean NOT NULL
);
INSERT INTO change_feed_before SELECT chapter_id, pg_current_xact_id()::text::bigint, seq, kind, subjects, gone FROM change_feed;
DROP TABLE change_feed;
ALTER TABLE change_feed_before RENAME TO change_feed;
ALTER TABLE change_feed
    ADD CONSTRAINT change_feed_pk PRIMARY KEY (chapter_id, xid, seq),
    ADD CONSTRAINT change_feed_names_some CHECK (cardinality(subjects) > 0);
DROP FUNCTION change_feed_settled();
DROP FUNCTION change_feed_places();
DROP SEQUENCE change_place_seq;
DELETE FROM change_epoch;
