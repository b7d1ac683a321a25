-- The role itself stays: other databases of the cluster may use it.
REVOKE ALL ON public_entry, received_by_day, received_overall, fund, chapter, chapter_ancestor,
    administrative_unit, log_leaf, log_head, item, appeal_version, appeal FROM so_nhan_ai_public;
REVOKE ALL (id, code, chapter_id, regime, state, version, fund_id, quarantine_fund_id) ON appeal FROM so_nhan_ai_public;
REVOKE ALL (appeal_id, version, title, purpose, target_vnd, receive_from, receive_until, state) ON appeal_version FROM so_nhan_ai_public;
