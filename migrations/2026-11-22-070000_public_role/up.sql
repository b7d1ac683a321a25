-- Everything the public is served from is read under this role, which can SELECT nothing else (DESIGN 9).
-- Roles belong to the whole cluster: another database of it may be creating the same one right now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'so_nhan_ai_public') THEN
        CREATE ROLE so_nhan_ai_public NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- From PostgreSQL 16 on, who creates a role may administer it but not yet act as it.
DO $$
DECLARE
    may_act boolean;
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE $sql$SELECT pg_has_role(current_user, 'so_nhan_ai_public', 'SET')$sql$ INTO may_act;
    ELSE
        may_act := pg_has_role(current_user, 'so_nhan_ai_public', 'MEMBER');
    END IF;
    IF NOT may_act THEN
        EXECUTE format('GRANT so_nhan_ai_public TO %I', current_user);
    END IF;
END $$;
GRANT SELECT ON public_entry, received_by_day, received_overall, fund, chapter, chapter_ancestor,
    administrative_unit, log_leaf, log_head, item TO so_nhan_ai_public;
GRANT SELECT (id, code, chapter_id, regime, state, version, fund_id, quarantine_fund_id) ON appeal TO so_nhan_ai_public;
GRANT SELECT (appeal_id, version, title, purpose, target_vnd, receive_from, receive_until, state) ON appeal_version TO so_nhan_ai_public;
