DROP TABLE reversal_request;
DROP TABLE gift_line;
DROP TABLE gift;
DROP TABLE appeal_share;
DROP TABLE appeal_version;
DROP TABLE appeal;
