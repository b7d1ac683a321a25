DROP TABLE member_import_rule;
CREATE OR REPLACE FUNCTION post_holder_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM post_holder h JOIN committee_post p ON p.id = h.post_id JOIN committee c ON c.id = p.committee_id
    WHERE h.id = NEW.id AND h.seat <= p.seats AND h.held_from >= c.valid_from
      AND (c.valid_until IS NULL OR h.held_until <= greatest(c.valid_until, h.held_from));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'holder % is not within the committee', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'post_holder_within';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION committee_post_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM committee c JOIN post_title t ON t.code = NEW.title
    WHERE c.id = NEW.committee_id AND t.committee_kind = c.kind AND t.valid_from <= c.valid_from AND (t.valid_to IS NULL OR t.valid_to > c.valid_from)
      AND (NOT t.single OR NEW.seats = 1);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'post % is none of this committee', NEW.title USING ERRCODE = '23514', CONSTRAINT = 'committee_post_fits';
    END IF;
    RETURN NEW;
END $$;
REVOKE SELECT ON committee_post FROM so_nhan_ai_public;
REVOKE SELECT (id, committee_id, title, n, seats, added_on) ON committee_post FROM so_nhan_ai_public;
ALTER TABLE committee_post
    DROP CONSTRAINT committee_post_place_key,
    ADD CONSTRAINT committee_post_once UNIQUE (committee_id, title),
    DROP CONSTRAINT committee_post_document_is_a_hash,
    DROP CONSTRAINT committee_post_added_whole,
    DROP COLUMN document,
    DROP COLUMN decision_on,
    DROP COLUMN decision_no,
    DROP COLUMN added_on;
GRANT SELECT ON committee_post TO so_nhan_ai_public;
