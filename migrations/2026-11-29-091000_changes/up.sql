-- What has changed, for those who keep a copy: readers go on after (xid, seq) and see only rows whose transaction began before
-- every one that is still open, so a slow transaction never commits a row behind a reader's back. `subject` is the name under
-- which the API shows the record. Written with every gift, so it has one index and no foreign key: chapters are never deleted.
CREATE SEQUENCE change_feed_seq AS bigint CACHE 64;
CREATE TABLE change_feed (
    chapter_id uuid NOT NULL,
    xid        bigint NOT NULL,
    seq        bigint NOT NULL,
    kind       text NOT NULL,
    subject    text NOT NULL,
    gone       boolean NOT NULL,
    CONSTRAINT change_feed_pk PRIMARY KEY (chapter_id, xid, seq)
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

INSERT INTO change_feed (chapter_id, xid, seq, kind, subject, gone)
SELECT chapter_id, pg_current_xact_id()::text::bigint, nextval('change_feed_seq'), kind, subject, false
FROM (SELECT chapter_id, 'APPEAL' AS kind, code AS subject FROM appeal
      UNION ALL SELECT chapter_id, 'GIFT', id::text FROM gift) known;
