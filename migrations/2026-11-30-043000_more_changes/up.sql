-- The feed tells of opening balances, reversals of gifts and publications as well: those that are there are told of now. (Chapters are
-- told of from now on: whoever follows one knows it, and those below it stand in the public list.)
INSERT INTO change_feed (chapter_id, xid, seq, kind, subjects, gone)
SELECT chapter_id, pg_current_xact_id()::text::bigint, nextval('change_feed_seq'), kind, subjects, false
FROM (SELECT chapter_id, 'OPENING_BALANCE' AS kind, array_agg(id::text ORDER BY id) AS subjects FROM opening_balance GROUP BY chapter_id
      UNION ALL SELECT g.chapter_id, 'REVERSAL', array_agg(r.id::text ORDER BY r.id) FROM reversal_request r JOIN gift g ON g.id = r.gift_id
                GROUP BY g.chapter_id
      UNION ALL SELECT a.chapter_id, 'PUBLICATION', array_agg(DISTINCT a.code) FROM publication p JOIN appeal a ON a.id = p.appeal_id
                GROUP BY a.chapter_id) known;
