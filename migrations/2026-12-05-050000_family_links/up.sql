-- Family links (tìm kiếm tin tức thân nhân): private cases of people who look for relatives lost in war, disaster or flight. What is
-- said of the enquirer, of who is sought and of who was found is sealed; found by keyed hashes alone.

-- The role that holds the two rights of this room, and nothing else does.
ALTER TABLE role_assignment
    DROP CONSTRAINT role_assignment_role_known,
    ADD CONSTRAINT role_assignment_role_known
        CHECK (role IN ('CENTRAL_ADMINISTRATOR', 'PROVINCIAL_ADMINISTRATOR', 'CHAPTER_CHAIR', 'OFFICER', 'ACCOUNTANT', 'INSPECTOR', 'TRACING_OFFICER'));

-- After how many days without a step a case is listed as quiet, and how many days after its end what it says is forgotten. No law names
-- them: mark S from a source, GK to be verified, REC recommended.
CREATE TABLE family_rule (
    quiet_days smallint NOT NULL,
    kept_days  smallint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT family_rule_pk PRIMARY KEY (valid_from),
    CONSTRAINT family_rule_days_positive CHECK (quiet_days > 0 AND kept_days > 0),
    CONSTRAINT family_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT family_rule_forward CHECK (valid_to > valid_from)
);
INSERT INTO family_rule (quiet_days, kept_days, valid_from, mark, source) VALUES
    (60, 1825, '2026-01-01', 'REC', 'No rule was found: a step every two months, five years after the end; to be confirmed by the Hội');

-- What the enquirer agrees to, and what who was found agrees to before anything of them is passed on (Law 91/2025/QH15, art. 9, 24).
CREATE TABLE family_consent_text (
    version    smallint NOT NULL,
    purpose    text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT family_consent_text_pk PRIMARY KEY (version),
    CONSTRAINT family_consent_text_purpose_known CHECK (purpose IN ('SEARCH', 'PASS_ON')),
    CONSTRAINT family_consent_text_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT family_consent_text_forward CHECK (valid_to > valid_from)
);
INSERT INTO family_consent_text (version, purpose, valid_from, vi, en, mark, source) VALUES
    (1, 'SEARCH', '2026-01-01',
     'Tôi nhờ Hội Chữ thập đỏ tìm tin tức người thân của tôi và đồng ý để các đơn vị Hội được giao ghi, chuyển cho nhau những điều tôi kể về tôi và người thân, chỉ để tìm kiếm. Không điều gì được công bố. Tôi hiểu rằng người được tìm thấy có quyền quyết định có cho tôi biết tin hay không. Tôi có quyền xem, sửa, yêu cầu xóa hoặc hạn chế, phản đối, khiếu nại và rút lại sự đồng ý tại đơn vị Hội bất cứ lúc nào. Trẻ em: người đại diện đồng ý, từ đủ 7 tuổi trở lên em cũng đồng ý.',
     'I ask the Red Cross to look for news of my relative and agree that the chapters charged with it keep, and hand to one another, what I tell of myself and of my relative, for the search and nothing else. Nothing is published. I understand that whoever is found decides whether I am told. I may view, correct, have erased or restricted, object, complain and withdraw this consent at the chapter at any time. Of a child the representative agrees, from 7 years on the child as well.',
     'REC', 'Law 91/2025/QH15, art. 9(2), 24: kind of data, purpose, controller, rights; representative, and child from 7'),
    (2, 'PASS_ON', '2026-01-01',
     'Hội Chữ thập đỏ cho tôi biết có người thân đang tìm tôi. Tôi đồng ý để Hội báo cho người ấy những điều ghi trên đây, và chỉ những điều ấy. Tôi biết rằng nếu tôi không đồng ý thì Hội không cho biết đã tìm thấy tôi. Tôi có quyền rút lại sự đồng ý khi tin chưa được báo. Trẻ em: người đại diện đồng ý, từ đủ 7 tuổi trở lên em cũng đồng ý.',
     'The Red Cross told me that a relative looks for me. I agree that they are told what is written above, and nothing else. I know that without my consent the Red Cross does not say that I was found. I may withdraw this consent as long as the news has not been passed on. Of a child the representative agrees, from 7 years on the child as well.',
     'REC', 'Law 91/2025/QH15, art. 9(2), 24; practice of Restoring Family Links: who is found decides');

CREATE TABLE family_link (
    id            uuid NOT NULL,
    -- The chapter that holds it today: it moves with a hand-over.
    chapter_id    uuid NOT NULL,
    state         text NOT NULL,
    cause         text NOT NULL,
    -- Of a child, or where more care is asked for: seen whole by the one officer in charge alone.
    guarded       boolean NOT NULL,
    enquirer      bytea,
    sought        bytea,
    -- By name and number of the enquirer: for their own requests about their data.
    enquirer_hash bytea,
    -- What the case is found by at its chapter.
    words         bigint[] NOT NULL DEFAULT '{}',
    -- What it is compared by with cases of other chapters.
    sought_keys   bigint[] NOT NULL DEFAULT '{}',
    enquirer_keys bigint[] NOT NULL DEFAULT '{}',
    text_version  smallint NOT NULL,
    consent_on    date NOT NULL,
    consent_paper bytea,
    child_agreed  boolean NOT NULL,
    in_charge     uuid,
    request_hash  bytea NOT NULL,
    version       integer NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    last_step_at  timestamptz NOT NULL,
    ended_at      timestamptz,
    erased_on     date,
    CONSTRAINT family_link_pk PRIMARY KEY (id),
    CONSTRAINT family_link_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT family_link_text_fk FOREIGN KEY (text_version) REFERENCES family_consent_text (version),
    CONSTRAINT family_link_in_charge_fk FOREIGN KEY (in_charge) REFERENCES account (id),
    CONSTRAINT family_link_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT family_link_state_known CHECK (state IN ('OPEN', 'SEARCHING', 'FOUND', 'NOT_FOUND', 'CLOSED', 'WITHDRAWN', 'ERASED')),
    CONSTRAINT family_link_cause_known CHECK (cause IN ('WAR', 'DISASTER', 'CALAMITY', 'MIGRATION', 'OTHER')),
    CONSTRAINT family_link_says_something CHECK ((erased_on IS NULL) = (enquirer IS NOT NULL) AND (erased_on IS NULL) = (sought IS NOT NULL)),
    CONSTRAINT family_link_erased_is_empty CHECK ((erased_on IS NOT NULL) = (state = 'ERASED') AND (erased_on IS NULL OR
        (enquirer_hash IS NULL AND consent_paper IS NULL AND words = '{}' AND sought_keys = '{}' AND enquirer_keys = '{}'))),
    CONSTRAINT family_link_ended CHECK ((ended_at IS NOT NULL) = (state IN ('NOT_FOUND', 'CLOSED', 'WITHDRAWN', 'ERASED'))),
    CONSTRAINT family_link_version_positive CHECK (version > 0)
);
CREATE INDEX family_link_chapter_idx ON family_link (chapter_id, recorded_at, id);
CREATE INDEX family_link_text_idx ON family_link (text_version);
CREATE INDEX family_link_in_charge_idx ON family_link (in_charge);
CREATE INDEX family_link_recorded_by_idx ON family_link (recorded_by);
CREATE INDEX family_link_enquirer_hash_idx ON family_link (enquirer_hash);
CREATE INDEX family_link_words_idx ON family_link USING gin (words);
CREATE INDEX family_link_sought_keys_idx ON family_link USING gin (sought_keys);
CREATE INDEX family_link_enquirer_keys_idx ON family_link USING gin (enquirer_keys);
CREATE TRIGGER family_link_stays BEFORE DELETE OR TRUNCATE ON family_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION family_link_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ERASED' AND NEW.state <> 'ERASED' THEN
        RAISE EXCEPTION 'what was forgotten does not come back' USING ERRCODE = '23514', CONSTRAINT = 'family_link_erased_for_good';
    END IF;
    IF OLD.guarded AND NOT NEW.guarded THEN
        RAISE EXCEPTION 'a guarded case stays guarded' USING ERRCODE = '23514', CONSTRAINT = 'family_link_stays_guarded';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER family_link_keeps BEFORE UPDATE ON family_link FOR EACH ROW EXECUTE FUNCTION family_link_keeps();

-- What was done about a case, in its order. Only what it says of people goes, with the case.
CREATE TABLE family_step (
    id             uuid NOT NULL,
    family_link_id uuid NOT NULL,
    -- The chapter that did it.
    chapter_id     uuid NOT NULL,
    kind           text NOT NULL,
    note           bytea,
    request_hash   bytea NOT NULL,
    done_by        uuid NOT NULL,
    done_at        timestamptz NOT NULL,
    CONSTRAINT family_step_pk PRIMARY KEY (id),
    CONSTRAINT family_step_family_link_fk FOREIGN KEY (family_link_id) REFERENCES family_link (id),
    CONSTRAINT family_step_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT family_step_done_by_fk FOREIGN KEY (done_by) REFERENCES account (id),
    CONSTRAINT family_step_kind_known CHECK (kind IN ('INQUIRY', 'REPLY', 'CONTACT', 'NOTE', 'NOT_FOUND', 'CLOSED', 'WITHDRAWN', 'REOPENED',
        'FOUND', 'AGREED', 'DECLINED', 'CHARGE_TAKEN', 'CHARGE_LEFT', 'HANDED_OVER'))
);
CREATE INDEX family_step_family_link_idx ON family_step (family_link_id, done_at, id);
CREATE INDEX family_step_chapter_idx ON family_step (chapter_id);
CREATE INDEX family_step_done_by_idx ON family_step (done_by);
CREATE TRIGGER family_step_stays BEFORE DELETE OR TRUNCATE ON family_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION family_step_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{note,request_hash}'::text[] <> to_jsonb(OLD) - '{note,request_hash}'::text[] THEN
        RAISE EXCEPTION 'what was done stays done' USING ERRCODE = '23514', CONSTRAINT = 'family_step_only_forgets';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER family_step_keeps BEFORE UPDATE ON family_step FOR EACH ROW EXECUTE FUNCTION family_step_keeps();

-- Who was found, and whether they want the enquirer to know. Who declines leaves nothing but that.
CREATE TABLE family_finding (
    id             uuid NOT NULL,
    family_link_id uuid NOT NULL,
    fate           text NOT NULL,
    -- Whether who was found is, or may be, a child.
    of_child       boolean NOT NULL,
    particulars    bytea,
    request_hash   bytea NOT NULL,
    found_by       uuid NOT NULL,
    found_at       timestamptz NOT NULL,
    answer         text,
    answer_id      uuid,
    answer_hash    bytea,
    -- Which text was agreed to, when, by whom for a child, on which paper.
    text_version   smallint,
    agreed_on      date,
    guardian       bytea,
    child_agreed   boolean,
    paper          bytea,
    answered_by    uuid,
    answered_at    timestamptz,
    -- It was somebody else, or the search was begun anew.
    set_aside      boolean NOT NULL DEFAULT false,
    CONSTRAINT family_finding_pk PRIMARY KEY (id),
    CONSTRAINT family_finding_family_link_fk FOREIGN KEY (family_link_id) REFERENCES family_link (id),
    CONSTRAINT family_finding_found_by_fk FOREIGN KEY (found_by) REFERENCES account (id),
    CONSTRAINT family_finding_answered_by_fk FOREIGN KEY (answered_by) REFERENCES account (id),
    CONSTRAINT family_finding_text_fk FOREIGN KEY (text_version) REFERENCES family_consent_text (version),
    CONSTRAINT family_finding_fate_known CHECK (fate IN ('ALIVE', 'DIED')),
    CONSTRAINT family_finding_answer_known CHECK (answer IN ('AGREED', 'DECLINED')),
    CONSTRAINT family_finding_answered CHECK ((answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL)
        AND (answer IS NULL) = (answer_id IS NULL) AND (answer IS NULL) = (answer_hash IS NULL)),
    CONSTRAINT family_finding_of_the_living CHECK (answer IS NULL OR fate = 'ALIVE'),
    CONSTRAINT family_finding_agreed_to_a_text CHECK (answer IS DISTINCT FROM 'AGREED' OR (text_version IS NOT NULL AND agreed_on IS NOT NULL)),
    CONSTRAINT family_finding_declined_is_empty CHECK (answer IS DISTINCT FROM 'DECLINED' OR (particulars IS NULL AND guardian IS NULL AND paper IS NULL)),
    CONSTRAINT family_finding_set_aside_is_empty CHECK (NOT set_aside OR (particulars IS NULL AND guardian IS NULL AND paper IS NULL))
);
CREATE UNIQUE INDEX family_finding_standing_key ON family_finding (family_link_id) WHERE NOT set_aside;
CREATE INDEX family_finding_family_link_idx ON family_finding (family_link_id);
CREATE UNIQUE INDEX family_finding_answer_key ON family_finding (answer_id);
CREATE INDEX family_finding_found_by_idx ON family_finding (found_by);
CREATE INDEX family_finding_answered_by_idx ON family_finding (answered_by);
CREATE INDEX family_finding_text_idx ON family_finding (text_version);
CREATE TRIGGER family_finding_stays BEFORE DELETE OR TRUNCATE ON family_finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A case offered to another chapter, or to the centre: taken or refused there.
CREATE TABLE family_hand_over (
    id              uuid NOT NULL,
    family_link_id  uuid NOT NULL,
    from_chapter_id uuid NOT NULL,
    to_chapter_id   uuid NOT NULL,
    state           text NOT NULL,
    note            bytea,
    request_hash    bytea NOT NULL,
    offered_by      uuid NOT NULL,
    offered_at      timestamptz NOT NULL,
    decided_by      uuid,
    decided_at      timestamptz,
    CONSTRAINT family_hand_over_pk PRIMARY KEY (id),
    CONSTRAINT family_hand_over_family_link_fk FOREIGN KEY (family_link_id) REFERENCES family_link (id),
    CONSTRAINT family_hand_over_from_chapter_fk FOREIGN KEY (from_chapter_id) REFERENCES chapter (id),
    CONSTRAINT family_hand_over_to_chapter_fk FOREIGN KEY (to_chapter_id) REFERENCES chapter (id),
    CONSTRAINT family_hand_over_offered_by_fk FOREIGN KEY (offered_by) REFERENCES account (id),
    CONSTRAINT family_hand_over_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT family_hand_over_state_known CHECK (state IN ('OFFERED', 'TAKEN', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT family_hand_over_between_two CHECK (from_chapter_id <> to_chapter_id),
    CONSTRAINT family_hand_over_decided CHECK ((state = 'OFFERED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX family_hand_over_waiting_key ON family_hand_over (family_link_id) WHERE state = 'OFFERED';
CREATE INDEX family_hand_over_family_link_idx ON family_hand_over (family_link_id);
CREATE INDEX family_hand_over_from_chapter_idx ON family_hand_over (from_chapter_id, offered_at, id);
CREATE INDEX family_hand_over_to_chapter_idx ON family_hand_over (to_chapter_id, offered_at, id);
CREATE INDEX family_hand_over_offered_by_idx ON family_hand_over (offered_by);
CREATE INDEX family_hand_over_decided_by_idx ON family_hand_over (decided_by);
CREATE TRIGGER family_hand_over_stays BEFORE DELETE OR TRUNCATE ON family_hand_over FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Two cases of different chapters that may be about one person, or of two who look for each other: for the centre to say.
CREATE TABLE family_likeness (
    id         uuid NOT NULL,
    one_id     uuid NOT NULL,
    other_id   uuid NOT NULL,
    -- The centre.
    chapter_id uuid NOT NULL,
    kind       text NOT NULL,
    state      text NOT NULL,
    asked_by   uuid NOT NULL,
    asked_at   timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    CONSTRAINT family_likeness_pk PRIMARY KEY (id),
    CONSTRAINT family_likeness_one_fk FOREIGN KEY (one_id) REFERENCES family_link (id),
    CONSTRAINT family_likeness_other_fk FOREIGN KEY (other_id) REFERENCES family_link (id),
    CONSTRAINT family_likeness_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT family_likeness_asked_by_fk FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT family_likeness_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT family_likeness_in_order CHECK (one_id < other_id),
    CONSTRAINT family_likeness_kind_known CHECK (kind IN ('SAME_SOUGHT', 'LOOK_FOR_EACH_OTHER')),
    CONSTRAINT family_likeness_state_known CHECK (state IN ('ASKED', 'SAME', 'OTHER')),
    CONSTRAINT family_likeness_decided CHECK ((state = 'ASKED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX family_likeness_two_key ON family_likeness (one_id, other_id);
CREATE INDEX family_likeness_other_idx ON family_likeness (other_id);
CREATE INDEX family_likeness_chapter_idx ON family_likeness (chapter_id, asked_at, id);
CREATE INDEX family_likeness_asked_by_idx ON family_likeness (asked_by, asked_at);
CREATE INDEX family_likeness_decided_by_idx ON family_likeness (decided_by);

-- Papers of cases: the signed consent, a letter, a photograph.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''FAMILY_LINK''::text])'));
    END LOOP;
END $$;
