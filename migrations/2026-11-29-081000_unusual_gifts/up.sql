-- What is asked about before it is booked. Above the first limit whoever sends a gift confirms it; above the second it stands
-- as asked until a second person approves, and counts nowhere before. A row without role or chapter is for all of them; a
-- chapter's row is for those below it too, the nearest one counts, and of rows for one place the newest that has begun.
CREATE TABLE gift_limit (
    id                integer GENERATED ALWAYS AS IDENTITY,
    channel           text NOT NULL,
    role              text,
    chapter_id        uuid,
    valid_from        date NOT NULL,
    valid_to          date,
    confirm_above_vnd bigint NOT NULL,
    approve_above_vnd bigint NOT NULL,
    mark              text NOT NULL,
    source            text NOT NULL,
    CONSTRAINT gift_limit_pk PRIMARY KEY (id),
    CONSTRAINT gift_limit_place_key UNIQUE NULLS NOT DISTINCT (channel, role, chapter_id, valid_from),
    CONSTRAINT gift_limit_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT gift_limit_channel_known CHECK (channel IN ('CASH', 'BANK_TRANSFER', 'IN_KIND', 'SMS', 'E_WALLET')),
    CONSTRAINT gift_limit_role_known CHECK (role IN ('OFFICER', 'ACCOUNTANT')),
    CONSTRAINT gift_limit_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT gift_limit_second_above_first CHECK (confirm_above_vnd > 0 AND approve_above_vnd >= confirm_above_vnd),
    CONSTRAINT gift_limit_mark_known CHECK (mark IN ('S', 'GK', 'REC'))
);
CREATE INDEX gift_limit_chapter_idx ON gift_limit (chapter_id);
INSERT INTO gift_limit (channel, role, valid_from, confirm_above_vnd, approve_above_vnd, mark, source)
SELECT channel, role, date '2010-01-01', first, second, 'REC', 'delivered with the program; the Society may set others'
FROM (VALUES ('CASH',          'OFFICER',       100000000,    500000000),
             ('CASH',          'ACCOUNTANT',    200000000,   1000000000),
             ('BANK_TRANSFER', 'OFFICER',       500000000,   5000000000),
             ('BANK_TRANSFER', 'ACCOUNTANT',   1000000000,  10000000000),
             ('IN_KIND',       'OFFICER',       500000000,   5000000000),
             ('IN_KIND',       'ACCOUNTANT',   1000000000,  10000000000),
             ('SMS',           NULL,           1000000000,  20000000000),
             ('E_WALLET',      NULL,           1000000000,  20000000000)) AS d(channel, role, first, second);

-- A gift above the second limit, until a second person decides. It is in no entry, no total and no leaf. What was sent is
-- sealed whole and goes when it is decided: then it stands as a gift of its own, or nothing of it stands.
CREATE TABLE asked_gift (
    id                  uuid NOT NULL,
    code                text NOT NULL,
    chapter_id          uuid NOT NULL,
    appeal_id           uuid,
    channel             text NOT NULL,
    amount_vnd          bigint NOT NULL,
    limit_vnd           bigint NOT NULL,
    received_on         date NOT NULL,
    content             bytea,
    request_hash        bytea NOT NULL,
    bare_hash           bytea NOT NULL,
    likeness            bigint,
    reference_likeness  bigint,
    state               text NOT NULL,
    approver_chapter_id uuid NOT NULL,
    asked_by            uuid NOT NULL,
    asked_at            timestamptz NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    CONSTRAINT asked_gift_pk PRIMARY KEY (id),
    CONSTRAINT asked_gift_code_key UNIQUE (code),
    CONSTRAINT asked_gift_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT asked_gift_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT asked_gift_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT asked_gift_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT asked_gift_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT asked_gift_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$'),
    CONSTRAINT asked_gift_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT asked_gift_channel_known CHECK (channel IN ('CASH', 'BANK_TRANSFER', 'IN_KIND', 'SMS', 'E_WALLET')),
    CONSTRAINT asked_gift_state_known CHECK (state IN ('ASKED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT asked_gift_decided_whole CHECK ((state = 'ASKED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT asked_gift_sealed_while_asked CHECK ((state = 'ASKED') = (content IS NOT NULL)),
    CONSTRAINT asked_gift_bare_when_decided CHECK (state = 'ASKED' OR request_hash = bare_hash AND likeness IS NULL AND reference_likeness IS NULL)
);
CREATE INDEX asked_gift_chapter_idx ON asked_gift (chapter_id, asked_at, id);
CREATE INDEX asked_gift_approver_chapter_idx ON asked_gift (approver_chapter_id, asked_at, id);
CREATE INDEX asked_gift_appeal_idx ON asked_gift (appeal_id);
CREATE INDEX asked_gift_asked_by_idx ON asked_gift (asked_by);
CREATE INDEX asked_gift_decided_by_idx ON asked_gift (decided_by);
CREATE INDEX asked_gift_waiting_idx ON asked_gift (id) WHERE state = 'ASKED';
CREATE FUNCTION asked_gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{content,request_hash,likeness,reference_likeness,state,decided_by,decided_at}'::text[]
           <> to_jsonb(OLD) - '{content,request_hash,likeness,reference_likeness,state,decided_by,decided_at}'::text[]
       OR OLD.state <> 'ASKED' THEN
        RAISE EXCEPTION 'an asked gift is decided once and keeps what was asked' USING ERRCODE = '23514', CONSTRAINT = 'asked_gift_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER asked_gift_keeps BEFORE UPDATE ON asked_gift FOR EACH ROW EXECUTE FUNCTION asked_gift_keeps();
CREATE TRIGGER asked_gift_append_only BEFORE DELETE OR TRUNCATE ON asked_gift FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What makes two gifts of a chapter look like one: keyed hashes of (chapter, day, amount, giver's name) and of (chapter, bank
-- reference), cut to eight bytes. They go with the giver's data. `unusual`: confirmed above a limit, or approved.
ALTER TABLE gift
    ADD COLUMN likeness bigint,
    ADD COLUMN reference_likeness bigint,
    ADD COLUMN unusual boolean NOT NULL DEFAULT false;
CREATE INDEX gift_likeness_idx ON gift (likeness) WHERE likeness IS NOT NULL;
CREATE INDEX gift_reference_likeness_idx ON gift (reference_likeness) WHERE reference_likeness IS NOT NULL;
-- The guard of gifts, as it is, lets the two hashes change as well.
DO $$
DECLARE
    old text := pg_get_functiondef('gift_keeps()'::regprocedure);
    new text := replace(old, '''{party_id,', '''{likeness,reference_likeness,party_id,');
BEGIN
    IF new = old THEN
        RAISE EXCEPTION 'the guard of gifts has another form than expected';
    END IF;
    EXECUTE new;
END $$;
