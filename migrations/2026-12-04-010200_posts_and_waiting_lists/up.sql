-- Posts that come to a committee in the middle of its term (bổ sung), by a decision; and lists of members that nobody decides on.

ALTER TABLE committee_post
    -- Of one that came later: from when on there is it, by which decision.
    ADD COLUMN added_on date,
    ADD COLUMN decision_no text,
    ADD COLUMN decision_on date,
    ADD COLUMN document text,
    ADD CONSTRAINT committee_post_added_whole CHECK (num_nonnulls(added_on, decision_no, decision_on) IN (0, 3) AND (document IS NULL OR added_on IS NOT NULL)),
    ADD CONSTRAINT committee_post_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$'),
    -- More seats of a title are a post of their own.
    DROP CONSTRAINT committee_post_once,
    ADD CONSTRAINT committee_post_place_key UNIQUE (committee_id, n);
REVOKE SELECT ON committee_post FROM so_nhan_ai_public;
GRANT SELECT (id, committee_id, title, n, seats, added_on) ON committee_post TO so_nhan_ai_public;

-- A post is one of its committee's kind, in use on its first day; of some there is one.
CREATE OR REPLACE FUNCTION committee_post_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM committee c JOIN post_title t ON t.code = NEW.title
    WHERE c.id = NEW.committee_id AND t.committee_kind = c.kind AND coalesce(NEW.added_on, c.valid_from) >= c.valid_from
      AND t.valid_from <= coalesce(NEW.added_on, c.valid_from) AND (t.valid_to IS NULL OR t.valid_to > coalesce(NEW.added_on, c.valid_from))
      AND (NOT t.single OR NEW.seats = 1 AND NOT EXISTS (
          SELECT FROM committee_post p WHERE p.committee_id = NEW.committee_id AND p.title = NEW.title AND p.id <> NEW.id));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'post % is none of this committee', NEW.title USING ERRCODE = '23514', CONSTRAINT = 'committee_post_fits';
    END IF;
    RETURN NEW;
END $$;

-- Nobody holds a post before there is it, or that there is not, or longer than there is a committee.
CREATE OR REPLACE FUNCTION post_holder_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM post_holder h JOIN committee_post p ON p.id = h.post_id JOIN committee c ON c.id = p.committee_id
    WHERE h.id = NEW.id AND h.seat <= p.seats AND h.held_from >= coalesce(p.added_on, c.valid_from)
      AND (c.valid_until IS NULL OR h.held_until <= greatest(c.valid_until, h.held_from));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'holder % is not within the committee', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'post_holder_within';
    END IF;
    RETURN NULL;
END $$;

-- How long a list of members waits for a second person before it stands in nobody's way any more (a chapter that goes up in another one).
CREATE TABLE member_import_rule (
    waits_days smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT member_import_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT member_import_rule_days_bounded CHECK (waits_days BETWEEN 1 AND 3660),
    CONSTRAINT member_import_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT member_import_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO member_import_rule (waits_days, valid_from, mark, source) VALUES
    (90, '2026-01-01', 'REC', 'No law names a time; a decision that nobody took within a quarter is asked for anew');
