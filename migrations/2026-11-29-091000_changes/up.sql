-- What has changed, for those who keep a copy: readers go on after (xid, seq) and see only rows whose transaction began before
-- every one that is still open, so a slow transaction never commits a row behind a reader's back. `subjects` are the names under
-- which the API shows the records. Written with every gift, so a row has all that a statement changed at a chapter, and there is
-- one index and no foreign key: chapters are never deleted.
CREATE SEQUENCE change_feed_seq AS bigint CACHE 64;
CREATE TABLE change_feed (
    chapter_id uuid NOT NULL,
    xid        bigint NOT NULL,
    seq        bigint NOT NULL,
    kind       text NOT NULL,
    subjects   text[] NOT NULL,
    gone       boolean NOT NULL,
    CONSTRAINT change_feed_pk PRIMARY KEY (chapter_id, xid, seq),
    CONSTRAINT change_feed_names_some CHECK (cardinality(subjects) > 0)
);

-- The database that the rows were written in. In another one (restored, failed over) transactions may be numbered anew and
-- rows that readers have seen may be missing: then a new epoch begins, and readers begin anew.
CREATE TABLE change_epoch (
    id         boolean NOT NULL,
    epoch      uuid NOT NULL,
    identity   text NOT NULL,
    began_at   timestamptz NOT NULL,
    CONSTRAINT change_epoch_pk PRIMARY KEY (id),
    CONSTRAINT change_epoch_one CHECK (id)
);

INSERT INTO change_feed (chapter_id, xid, seq, kind, subjects, gone)
SELECT chapter_id, pg_current_xact_id()::text::bigint, nextval('change_feed_seq'), kind, subjects, false
FROM (SELECT chapter_id, 'APPEAL' AS kind, array_agg(code ORDER BY code) AS subjects FROM appeal GROUP BY chapter_id
      UNION ALL SELECT chapter_id, 'GIFT', array_agg(id::text ORDER BY id) FROM (SELECT chapter_id, id, ntile(1 + (SELECT count(*) / 1000 FROM gift)::int) OVER (ORDER BY chapter_id, id) AS part FROM gift) g
                GROUP BY chapter_id, part) known;
