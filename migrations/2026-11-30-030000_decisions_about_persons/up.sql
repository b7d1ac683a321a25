-- Requests about personal data that take a second person have a row in `decision`, as every matter; their own table keeps the columns it
-- had. What shows less is done at once and what an officer does by hand ends without an approval: those have none (no approver).
CREATE FUNCTION personal_data_matter(kind text, lifts boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'PERSONAL_DATA_' || CASE kind WHEN 'ERASE' THEN 'ERASURE' WHEN 'CORRECT' THEN 'CORRECTION' WHEN 'WITHDRAW_CONSENT' THEN 'CONSENT_WITHDRAWAL'
                                         WHEN 'RESTRICT' THEN CASE WHEN lifts THEN 'RESTRICTION_LIFTING' ELSE 'RESTRICTION' END WHEN 'OBJECT' THEN 'OBJECTION' END
$$;

-- Whatever a transaction did to either, it ends with both saying the same.
CREATE FUNCTION personal_data_request_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request   personal_data_request%ROWTYPE;
    matter_of text;
    here      text;
    there     text;
BEGIN
    SELECT r.* INTO request FROM personal_data_request r WHERE r.id = NEW.id;
    matter_of := personal_data_matter(request.kind, request.lifts);
    SELECT concat_ws(' ', d.state, d.approver_chapter_id, d.decided_by) INTO here FROM decision d WHERE (d.matter, d.id) = (matter_of, NEW.id);
    IF request.approver_chapter_id IS NOT NULL THEN
        there := concat_ws(' ', CASE request.state WHEN 'REFUSED' THEN 'REFUSED' WHEN 'EXECUTING' THEN 'APPROVED' WHEN 'DONE' THEN 'APPROVED' ELSE 'ASKED' END,
                           request.approver_chapter_id, request.decided_by);
    END IF;
    IF here IS DISTINCT FROM there OR TG_TABLE_NAME = 'decision' AND to_jsonb(NEW) ->> 'matter' IS DISTINCT FROM matter_of THEN
        RAISE EXCEPTION 'the request % is decided otherwise in personal_data_request', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'personal_data_request_agrees';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER personal_data_request_agrees AFTER INSERT OR UPDATE ON personal_data_request DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION personal_data_request_agrees();
CREATE CONSTRAINT TRIGGER decision_agrees_about_persons AFTER INSERT OR UPDATE ON decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.matter LIKE 'PERSONAL\_DATA\_%') EXECUTE FUNCTION personal_data_request_agrees();

-- Those take one step, too: they are decided with a right at every chapter they cover.
ALTER TABLE decision_rule
    DROP CONSTRAINT decision_rule_matter_has_steps,
    ADD CONSTRAINT decision_rule_matter_has_steps CHECK (matter NOT IN ('GIFT_REVERSAL', 'UNUSUAL_GIFT', 'OPENING_BALANCE', 'OPENING_BALANCE_REVERSAL')
                                                         AND matter NOT LIKE 'PERSONAL\_DATA\_%');

-- What was asked before. A request is of the nearest chapter at or above all that it covers; a rest of the one that keeps it.
INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, about, not_by, asked_by, asked_at, decided_by, decided_at)
SELECT personal_data_matter(r.kind, r.lifts), r.id, r.id,
       coalesce(r.kept_at_chapter_id,
                (SELECT a.ancestor_id FROM personal_data_request_chapter c JOIN chapter_ancestor a ON a.chapter_id = c.chapter_id WHERE c.request_id = r.id
                 GROUP BY a.ancestor_id HAVING count(*) = (SELECT count(*) FROM personal_data_request_chapter n WHERE n.request_id = r.id)
                 ORDER BY min(a.depth) LIMIT 1)),
       r.approver_chapter_id, CASE r.state WHEN 'REFUSED' THEN 'REFUSED' WHEN 'EXECUTING' THEN 'APPROVED' WHEN 'DONE' THEN 'APPROVED' ELSE 'ASKED' END,
       e.code, ARRAY[(SELECT a.officer_id FROM account a WHERE a.id = r.requested_by)], r.requested_by, r.requested_at, r.decided_by, r.decided_at
FROM personal_data_request r LEFT JOIN gift g ON g.id = r.gift_id LEFT JOIN entry e ON e.id = g.entry_id
WHERE r.approver_chapter_id IS NOT NULL;
