REVOKE SELECT ON money_category FROM so_nhan_ai_public;
DROP TABLE left_overall;
