DROP TABLE reversal_request;
DROP TABLE paper_slip;
DROP TABLE gift_line;
DROP TABLE gift;
DROP TABLE appeal_share;
DROP TABLE appeal_version;
DROP TABLE appeal;
DROP FUNCTION gift_keeps();
