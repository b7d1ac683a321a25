REVOKE SELECT (seq, entry) ON log_pending FROM so_nhan_ai_public;
