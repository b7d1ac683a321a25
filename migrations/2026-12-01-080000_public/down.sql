DROP TABLE left_overall;
