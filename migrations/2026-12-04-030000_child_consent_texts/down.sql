REVOKE SELECT (version, valid_from, valid_to, vi, en) ON member_consent_text FROM so_nhan_ai_public;
