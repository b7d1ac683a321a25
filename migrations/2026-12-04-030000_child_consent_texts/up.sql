-- Whoever represents a child reads the text before they sign it, and what was signed, later.
GRANT SELECT (version, valid_from, valid_to, vi, en) ON member_consent_text TO so_nhan_ai_public;
