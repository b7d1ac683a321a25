-- Accounts belong to a chapter: who holds APPOINT there, and wherever the account holds roles, manages it. An account
-- that nobody placed belongs to the centre, where the fewest people manage it.
CREATE FUNCTION account_home_default() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT id FROM chapter WHERE level = 'CENTRAL'
$$;
ALTER TABLE account
    ADD COLUMN chapter_id uuid NOT NULL DEFAULT account_home_default(),
    -- Set while the password is a one-time one: until then it opens a session that can only change it.
    ADD COLUMN one_time_until timestamptz,
    -- Keyed hash of what was sent to register it; NULL for accounts made on the command line.
    ADD COLUMN request_hash bytea,
    ADD CONSTRAINT account_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id);
CREATE INDEX account_chapter_idx ON account (chapter_id);

-- Accounts that exist already belong to the highest chapter where they hold a role.
UPDATE account SET chapter_id = (
    SELECT ra.chapter_id FROM role_assignment ra WHERE ra.account_id = account.id AND ra.ended_at IS NULL
    ORDER BY (SELECT count(*) FROM chapter_ancestor ca WHERE ca.chapter_id = ra.chapter_id), ra.valid_from, ra.id LIMIT 1
) WHERE EXISTS (SELECT FROM role_assignment ra WHERE ra.account_id = account.id AND ra.ended_at IS NULL);

-- By whom and by which decision a role was given and ended; NULL where the command line did it.
ALTER TABLE role_assignment
    ADD COLUMN given_by uuid,
    ADD COLUMN given_at timestamptz,
    ADD COLUMN ended_by uuid,
    ADD COLUMN end_decision_no text,
    ADD COLUMN request_hash bytea,
    ADD CONSTRAINT role_assignment_given_by_fk FOREIGN KEY (given_by) REFERENCES account (id),
    ADD CONSTRAINT role_assignment_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id);
CREATE INDEX role_assignment_given_by_idx ON role_assignment (given_by);
CREATE INDEX role_assignment_ended_by_idx ON role_assignment (ended_by);

-- What a decision gave is history: an assignment can be ended, never turned into another one or taken up again.
CREATE FUNCTION role_assignment_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.role, NEW.chapter_id, NEW.decision_no) <> (OLD.id, OLD.account_id, OLD.role, OLD.chapter_id, OLD.decision_no)
       OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'a role assignment can only be ended' USING ERRCODE = '23514', CONSTRAINT = 'role_assignment_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER role_assignment_only_ends BEFORE UPDATE ON role_assignment
    FOR EACH ROW EXECUTE FUNCTION role_assignment_only_ends();

-- Acting for a chapter can be ended before its assignment is, and taken up again on the same day.
ALTER TABLE role_assignment_acts_for
    DROP CONSTRAINT role_assignment_acts_for_pk,
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN given_by uuid,
    ADD COLUMN given_at timestamptz,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN ended_by uuid,
    ADD COLUMN end_decision_no text,
    ADD COLUMN request_hash bytea,
    ADD CONSTRAINT role_assignment_acts_for_pk PRIMARY KEY (id),
    ADD CONSTRAINT role_assignment_acts_for_given_by_fk FOREIGN KEY (given_by) REFERENCES account (id),
    ADD CONSTRAINT role_assignment_acts_for_ended_by_fk FOREIGN KEY (ended_by) REFERENCES account (id);
CREATE INDEX role_assignment_acts_for_assignment_idx ON role_assignment_acts_for (assignment_id, chapter_id);
CREATE INDEX role_assignment_acts_for_given_by_idx ON role_assignment_acts_for (given_by);
CREATE INDEX role_assignment_acts_for_ended_by_idx ON role_assignment_acts_for (ended_by);

-- What was done, in words a program can read: role, place, decision, to whom. Ids and codes, never personal values.
ALTER TABLE audit_event ADD COLUMN detail jsonb;
