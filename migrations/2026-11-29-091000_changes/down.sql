DROP TABLE change_epoch;
DROP TABLE change_feed;
DROP SEQUENCE change_feed_seq;
