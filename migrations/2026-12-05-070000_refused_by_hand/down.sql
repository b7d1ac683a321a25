-- What the older program knows of them stands in `personal_data_request`, whole.
ALTER TABLE decision DISABLE TRIGGER decision_append_only;
DELETE FROM decision WHERE matter IN ('PERSONAL_DATA_ACCESS', 'PERSONAL_DATA_PROTECTION');
ALTER TABLE decision ENABLE TRIGGER decision_append_only;
CREATE OR REPLACE FUNCTION personal_data_request_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION personal_data_matter(kind text, lifts boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'PERSONAL_DATA_' || CASE kind WHEN 'ERASE' THEN 'ERASURE' WHEN 'CORRECT' THEN 'CORRECTION' WHEN 'WITHDRAW_CONSENT' THEN 'CONSENT_WITHDRAWAL'
                                         WHEN 'RESTRICT' THEN CASE WHEN lifts THEN 'RESTRICTION_LIFTING' ELSE 'RESTRICTION' END WHEN 'OBJECT' THEN 'OBJECTION' END
$$;
