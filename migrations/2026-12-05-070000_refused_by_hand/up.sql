-- What an officer does by hand (a copy, measures) still ends without an approval and waits in nobody's inbox. Where a second person
-- refused it, that was a decision like any other and has its row.
CREATE OR REPLACE FUNCTION personal_data_matter(kind text, lifts boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'PERSONAL_DATA_' || CASE kind WHEN 'ERASE' THEN 'ERASURE' WHEN 'CORRECT' THEN 'CORRECTION' WHEN 'WITHDRAW_CONSENT' THEN 'CONSENT_WITHDRAWAL'
                                         WHEN 'RESTRICT' THEN CASE WHEN lifts THEN 'RESTRICTION_LIFTING' ELSE 'RESTRICTION' END WHEN 'OBJECT' THEN 'OBJECTION'
                                         WHEN 'ACCESS' THEN 'ACCESS' WHEN 'PROTECT' THEN 'PROTECTION' END
$$;

CREATE OR REPLACE FUNCTION personal_data_request_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request   personal_data_request%ROWTYPE;
    matter_of text;
    here      text;
    there     text;
BEGIN
    SELECT r.* INTO request FROM personal_data_request r WHERE r.id = NEW.id;
    matter_of := personal_data_matter(request.kind, request.lifts);
    IF request.approver_chapter_id IS NOT NULL THEN
        SELECT concat_ws(' ', d.state, d.approver_chapter_id, d.decided_by) INTO here FROM decision d WHERE (d.matter, d.id) = (matter_of, NEW.id);
        there := concat_ws(' ', CASE request.state WHEN 'REFUSED' THEN 'REFUSED' WHEN 'EXECUTING' THEN 'APPROVED' WHEN 'DONE' THEN 'APPROVED' ELSE 'ASKED' END,
                           request.approver_chapter_id, request.decided_by);
    ELSE
        -- It waited for nobody: only where it was refused there is somebody who decided.
        SELECT concat_ws(' ', d.state, d.decided_by) INTO here FROM decision d WHERE (d.matter, d.id) = (matter_of, NEW.id);
        there := CASE WHEN request.kind IN ('ACCESS', 'PROTECT') AND request.state = 'REFUSED' THEN concat_ws(' ', 'REFUSED', request.decided_by) END;
    END IF;
    IF here IS DISTINCT FROM there OR TG_TABLE_NAME = 'decision' AND to_jsonb(NEW) ->> 'matter' IS DISTINCT FROM matter_of THEN
        RAISE EXCEPTION 'the request % is decided otherwise in personal_data_request', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'personal_data_request_agrees';
    END IF;
    RETURN NULL;
END $$;

-- What was refused before, at the nearest chapter at or above all that it covers.
INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, not_by, asked_by, asked_at, decided_by, decided_at)
SELECT personal_data_matter(r.kind, r.lifts), r.id, r.id, w.chapter_id, w.chapter_id, 'REFUSED',
       ARRAY[(SELECT a.officer_id FROM account a WHERE a.id = r.requested_by)], r.requested_by, r.requested_at, r.decided_by, r.decided_at
FROM personal_data_request r
CROSS JOIN LATERAL (
    SELECT coalesce(r.kept_at_chapter_id,
                    (SELECT a.ancestor_id FROM personal_data_request_chapter c JOIN chapter_ancestor a ON a.chapter_id = c.chapter_id WHERE c.request_id = r.id
                     GROUP BY a.ancestor_id HAVING count(*) = (SELECT count(*) FROM personal_data_request_chapter n WHERE n.request_id = r.id)
                     ORDER BY min(a.depth) LIMIT 1)) AS chapter_id) w
WHERE r.kind IN ('ACCESS', 'PROTECT') AND r.state = 'REFUSED' AND r.approver_chapter_id IS NULL;
