-- Committees of chapters (ban chấp hành, ban thường vụ, ban kiểm tra), their posts (chức danh) and who holds them, from day to day.
-- An `until` is the first day on which something no longer holds: what begins on that day follows without a gap, and nothing is counted
-- on two sides. Where it is the day of the beginning itself, it never held.

-- Two ids are the same where their ranges meet: ranges are what PostgreSQL compares beside days without an extension, which not every
-- installation has.
CREATE TYPE uuid_range AS RANGE (subtype = uuid);

-- What posts are called, as of which day; a title that fewer sources know says so.
CREATE TABLE post_title (
    code           text NOT NULL,
    committee_kind text NOT NULL,
    vi             text NOT NULL,
    en             text NOT NULL,
    -- There is one of them in a committee.
    single         boolean NOT NULL,
    rank           smallint NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date,
    source         text NOT NULL,
    CONSTRAINT post_title_pk PRIMARY KEY (code),
    CONSTRAINT post_title_committee_kind_known CHECK (committee_kind IN ('EXECUTIVE_COMMITTEE', 'STANDING_COMMITTEE', 'INSPECTION_COMMITTEE')),
    CONSTRAINT post_title_forward CHECK (valid_to > valid_from)
);
INSERT INTO post_title (code, committee_kind, vi, en, single, rank, valid_from, source) VALUES
    ('CHAIR', 'EXECUTIVE_COMMITTEE', 'Chủ tịch', 'Chair', true, 10, '1946-11-23', 'Điều lệ Hội (Quyết định 282/QĐ-TTg ngày 8/3/2018)'),
    ('STANDING_VICE_CHAIR', 'EXECUTIVE_COMMITTEE', 'Phó Chủ tịch thường trực', 'Standing vice-chair', true, 20, '1946-11-23', '[GK] cách gọi thường dùng ở các cấp Hội'),
    ('VICE_CHAIR', 'EXECUTIVE_COMMITTEE', 'Phó Chủ tịch', 'Vice-chair', false, 30, '1946-11-23', 'Điều lệ Hội (Quyết định 282/QĐ-TTg ngày 8/3/2018)'),
    ('SECRETARY_GENERAL', 'EXECUTIVE_COMMITTEE', 'Tổng Thư ký', 'Secretary general', true, 40, '1946-11-23', 'Điều lệ Hội (Quyết định 282/QĐ-TTg ngày 8/3/2018)'),
    ('EXECUTIVE_MEMBER', 'EXECUTIVE_COMMITTEE', 'Ủy viên Ban Chấp hành', 'Member of the executive committee', false, 50, '1946-11-23', 'Điều lệ Hội (Quyết định 282/QĐ-TTg ngày 8/3/2018)'),
    ('BRANCH_HEAD', 'EXECUTIVE_COMMITTEE', 'Chi hội trưởng', 'Head of the branch', true, 60, '1946-11-23', '[GK] cách gọi thường dùng ở chi hội'),
    ('BRANCH_DEPUTY', 'EXECUTIVE_COMMITTEE', 'Chi hội phó', 'Deputy head of the branch', false, 70, '1946-11-23', '[GK] cách gọi thường dùng ở chi hội'),
    ('STANDING_MEMBER', 'STANDING_COMMITTEE', 'Ủy viên Ban Thường vụ', 'Member of the standing committee', false, 80, '1946-11-23', 'Điều lệ Hội (Quyết định 282/QĐ-TTg ngày 8/3/2018)'),
    ('INSPECTION_HEAD', 'INSPECTION_COMMITTEE', 'Trưởng ban Kiểm tra', 'Head of the inspection committee', true, 90, '1946-11-23', '[GK] cách gọi thường dùng ở các cấp Hội'),
    ('INSPECTION_DEPUTY', 'INSPECTION_COMMITTEE', 'Phó Trưởng ban Kiểm tra', 'Deputy head of the inspection committee', false, 100, '1946-11-23', '[GK] cách gọi thường dùng ở các cấp Hội'),
    ('INSPECTION_MEMBER', 'INSPECTION_COMMITTEE', 'Ủy viên Ban Kiểm tra', 'Member of the inspection committee', false, 110, '1946-11-23', '[GK] cách gọi thường dùng ở các cấp Hội');

-- One committee of one term.
CREATE TABLE committee (
    id              uuid NOT NULL,
    chapter_id      uuid NOT NULL,
    kind            text NOT NULL,
    made_by         text NOT NULL,
    -- Lâm thời: by decision, before a first congress.
    provisional     boolean NOT NULL,
    -- What the congress is called: Đại hội lần thứ I, nhiệm kỳ 2026–2031.
    congress        text,
    decision_no     text NOT NULL,
    decision_on     date NOT NULL,
    document        text,
    valid_from      date NOT NULL,
    -- When its term is to end. That is a plan and ends nothing: a committee stays until the next one, or until a decision.
    term_until      date,
    valid_until     date,
    made_account    uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    ended_how       text,
    end_decision_no text,
    ended_account   uuid,
    ended_at        timestamptz,
    CONSTRAINT committee_pk PRIMARY KEY (id),
    CONSTRAINT committee_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT committee_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT committee_ended_account_fk FOREIGN KEY (ended_account) REFERENCES account (id),
    CONSTRAINT committee_kind_known CHECK (kind IN ('EXECUTIVE_COMMITTEE', 'STANDING_COMMITTEE', 'INSPECTION_COMMITTEE')),
    CONSTRAINT committee_made_by_known CHECK (made_by IN ('CONGRESS', 'DECISION')),
    CONSTRAINT committee_provisional_by_decision CHECK (NOT provisional OR made_by = 'DECISION'),
    CONSTRAINT committee_congress_of_congress CHECK (congress IS NULL OR made_by = 'CONGRESS'),
    CONSTRAINT committee_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT committee_term_forward CHECK (term_until > valid_from),
    CONSTRAINT committee_days_forward CHECK (valid_until >= valid_from),
    CONSTRAINT committee_ended_how_known CHECK (ended_how IN ('REPLACED', 'BY_DECISION', 'CHAPTER_WENT_UP')),
    CONSTRAINT committee_ended_whole CHECK (num_nonnulls(valid_until, ended_how, end_decision_no, ended_account, ended_at) IN (0, 5)),
    -- On any day a chapter has one committee of a kind, whoever enters what at the same moment.
    CONSTRAINT committee_one_executive EXCLUDE USING gist (uuid_range(chapter_id, chapter_id, '[]') WITH &&, daterange(valid_from, valid_until) WITH &&)
        WHERE (kind = 'EXECUTIVE_COMMITTEE'),
    CONSTRAINT committee_one_standing EXCLUDE USING gist (uuid_range(chapter_id, chapter_id, '[]') WITH &&, daterange(valid_from, valid_until) WITH &&)
        WHERE (kind = 'STANDING_COMMITTEE'),
    CONSTRAINT committee_one_inspection EXCLUDE USING gist (uuid_range(chapter_id, chapter_id, '[]') WITH &&, daterange(valid_from, valid_until) WITH &&)
        WHERE (kind = 'INSPECTION_COMMITTEE')
);
CREATE INDEX committee_chapter_idx ON committee (chapter_id, valid_from, id);
CREATE INDEX committee_made_account_idx ON committee (made_account);
CREATE INDEX committee_ended_account_idx ON committee (ended_account);

CREATE TABLE committee_post (
    id           uuid NOT NULL,
    committee_id uuid NOT NULL,
    title        text NOT NULL,
    n            smallint NOT NULL,
    seats        smallint NOT NULL,
    CONSTRAINT committee_post_pk PRIMARY KEY (id),
    CONSTRAINT committee_post_committee_fk FOREIGN KEY (committee_id) REFERENCES committee (id),
    CONSTRAINT committee_post_title_fk FOREIGN KEY (title) REFERENCES post_title (code),
    CONSTRAINT committee_post_once UNIQUE (committee_id, title),
    CONSTRAINT committee_post_seats_bounded CHECK (seats BETWEEN 1 AND 200)
);
CREATE INDEX committee_post_title_idx ON committee_post (title);

-- Who holds a seat of a post, from day to day. A holder is a person of the chapter; the row says nothing else about them and stays when
-- they are erased: what was decided stays true of somebody.
CREATE TABLE post_holder (
    id              uuid NOT NULL,
    post_id         uuid NOT NULL,
    seat            smallint NOT NULL,
    person_id       uuid NOT NULL,
    held_from       date NOT NULL,
    held_until      date,
    manner          text NOT NULL,
    -- Quyền, phụ trách: for the time being.
    acting          text,
    decision_no     text NOT NULL,
    decision_on     date NOT NULL,
    document        text,
    entered_account uuid NOT NULL,
    entered_at      timestamptz NOT NULL,
    ended_how       text,
    end_decision_no text,
    ended_account   uuid,
    ended_at        timestamptz,
    CONSTRAINT post_holder_pk PRIMARY KEY (id),
    CONSTRAINT post_holder_post_fk FOREIGN KEY (post_id) REFERENCES committee_post (id),
    CONSTRAINT post_holder_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT post_holder_entered_account_fk FOREIGN KEY (entered_account) REFERENCES account (id),
    CONSTRAINT post_holder_ended_account_fk FOREIGN KEY (ended_account) REFERENCES account (id),
    CONSTRAINT post_holder_seat_counts CHECK (seat >= 1),
    CONSTRAINT post_holder_manner_known CHECK (manner IN ('ELECTED', 'CO_OPTED', 'APPOINTED')),
    CONSTRAINT post_holder_acting_known CHECK (acting IN ('ACTING', 'IN_CHARGE')),
    CONSTRAINT post_holder_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT post_holder_days_forward CHECK (held_until >= held_from),
    CONSTRAINT post_holder_ended_how_known CHECK (ended_how IN ('REPLACED', 'BY_DECISION', 'CHAPTER_WENT_UP')),
    -- A last day known beforehand is no ending.
    CONSTRAINT post_holder_ended_whole CHECK (num_nonnulls(ended_how, end_decision_no, ended_account, ended_at) IN (0, 4)
                                              AND (ended_at IS NULL OR held_until IS NOT NULL)),
    CONSTRAINT post_holder_one_a_seat EXCLUDE USING gist (uuid_range(post_id, post_id, '[]') WITH &&, int4range(seat, seat, '[]') WITH &&, daterange(held_from, held_until) WITH &&),
    CONSTRAINT post_holder_one_seat_each EXCLUDE USING gist (uuid_range(post_id, post_id, '[]') WITH &&, uuid_range(person_id, person_id, '[]') WITH &&, daterange(held_from, held_until) WITH &&)
);
CREATE INDEX post_holder_post_idx ON post_holder (post_id, held_from);
CREATE INDEX post_holder_person_idx ON post_holder (person_id);
CREATE INDEX post_holder_entered_account_idx ON post_holder (entered_account);
CREATE INDEX post_holder_ended_account_idx ON post_holder (ended_account);

-- Roles that a post carries: they end with it, on the same day.
CREATE TABLE post_holder_role (
    assignment_id uuid NOT NULL,
    holder_id     uuid NOT NULL,
    CONSTRAINT post_holder_role_pk PRIMARY KEY (assignment_id),
    CONSTRAINT post_holder_role_assignment_fk FOREIGN KEY (assignment_id) REFERENCES role_assignment (id),
    CONSTRAINT post_holder_role_holder_fk FOREIGN KEY (holder_id) REFERENCES post_holder (id)
);
CREATE INDEX post_holder_role_holder_idx ON post_holder_role (holder_id);
CREATE TRIGGER post_holder_role_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON post_holder_role
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The name of a holder as the public may read it, for as long as they agree (Law 91/2025/QH15, art. 16); afterwards only that they did.
CREATE TABLE post_holder_shown (
    id                uuid NOT NULL,
    holder_id         uuid NOT NULL,
    name              text,
    text_version      smallint NOT NULL,
    given_on          date NOT NULL,
    document          text,
    recorded_account  uuid NOT NULL,
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    -- NULL where a request about personal data took it away.
    withdrawn_account uuid,
    CONSTRAINT post_holder_shown_pk PRIMARY KEY (id),
    CONSTRAINT post_holder_shown_holder_fk FOREIGN KEY (holder_id) REFERENCES post_holder (id),
    CONSTRAINT post_holder_shown_recorded_account_fk FOREIGN KEY (recorded_account) REFERENCES account (id),
    CONSTRAINT post_holder_shown_withdrawn_account_fk FOREIGN KEY (withdrawn_account) REFERENCES account (id),
    CONSTRAINT post_holder_shown_document_is_a_hash CHECK (document ~ '^[0-9a-f]{64}$'),
    CONSTRAINT post_holder_shown_while_agreed CHECK ((name IS NULL) = (withdrawn_at IS NOT NULL) AND (withdrawn_account IS NULL OR withdrawn_at IS NOT NULL))
);
CREATE INDEX post_holder_shown_holder_idx ON post_holder_shown (holder_id);
CREATE UNIQUE INDEX post_holder_shown_standing_key ON post_holder_shown (holder_id) WHERE withdrawn_at IS NULL;
CREATE INDEX post_holder_shown_recorded_account_idx ON post_holder_shown (recorded_account);
CREATE INDEX post_holder_shown_withdrawn_account_idx ON post_holder_shown (withdrawn_account);

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE committee_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT committee_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER committee_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON committee_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A committee and a holder keep what was decided; they end, and the day of it only comes nearer.
CREATE FUNCTION committee_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{valid_until,ended_how,end_decision_no,ended_account,ended_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR NEW.ended_at IS NULL OR NEW.valid_until > coalesce(OLD.valid_until, 'infinity') THEN
        RAISE EXCEPTION 'a committee only ends' USING ERRCODE = '23514', CONSTRAINT = 'committee_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER committee_only_ends BEFORE UPDATE ON committee FOR EACH ROW EXECUTE FUNCTION committee_only_ends();
CREATE TRIGGER committee_stays BEFORE DELETE OR TRUNCATE ON committee FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION post_holder_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{held_until,ended_how,end_decision_no,ended_account,ended_at}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR NEW.ended_at IS NULL OR NEW.held_until > coalesce(OLD.held_until, 'infinity') THEN
        RAISE EXCEPTION 'a holder only ends' USING ERRCODE = '23514', CONSTRAINT = 'post_holder_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER post_holder_only_ends BEFORE UPDATE ON post_holder FOR EACH ROW EXECUTE FUNCTION post_holder_only_ends();
CREATE TRIGGER post_holder_stays BEFORE DELETE OR TRUNCATE ON post_holder FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A post is one of its committee's kind, in use on its first day; of some there is one.
CREATE FUNCTION committee_post_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM committee c JOIN post_title t ON t.code = NEW.title
    WHERE c.id = NEW.committee_id AND t.committee_kind = c.kind AND t.valid_from <= c.valid_from AND (t.valid_to IS NULL OR t.valid_to > c.valid_from)
      AND (NOT t.single OR NEW.seats = 1);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'post % is none of this committee', NEW.title USING ERRCODE = '23514', CONSTRAINT = 'committee_post_fits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER committee_post_fits BEFORE INSERT ON committee_post FOR EACH ROW EXECUTE FUNCTION committee_post_fits();
CREATE TRIGGER committee_post_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON committee_post
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Nobody holds a post that there is not, or longer than there is a committee. Looked at when all of a transaction is written.
CREATE FUNCTION post_holder_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM post_holder h JOIN committee_post p ON p.id = h.post_id JOIN committee c ON c.id = p.committee_id
    WHERE h.id = NEW.id AND h.seat <= p.seats AND h.held_from >= c.valid_from
      AND (c.valid_until IS NULL OR h.held_until <= greatest(c.valid_until, h.held_from));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'holder % is not within the committee', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'post_holder_within';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER post_holder_within AFTER INSERT OR UPDATE ON post_holder
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION post_holder_within();

CREATE FUNCTION committee_outlived_by_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM committee_post p JOIN post_holder h ON h.post_id = p.id
    WHERE p.committee_id = NEW.id AND coalesce(h.held_until, 'infinity') > greatest(NEW.valid_until, h.held_from);
    IF FOUND THEN
        RAISE EXCEPTION 'somebody holds a post longer than there is committee %', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'committee_outlived_by_nobody';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER committee_outlived_by_nobody AFTER UPDATE ON committee
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.valid_until IS NOT NULL) EXECUTE FUNCTION committee_outlived_by_nobody();

-- A role that a post carries is of the post's chapter and has ended, or will end, no later than the post.
CREATE FUNCTION post_holder_role_ends_with_the_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid := CASE TG_TABLE_NAME WHEN 'post_holder' THEN (to_jsonb(NEW)->>'id')::uuid ELSE (to_jsonb(NEW)->>'holder_id')::uuid END;
BEGIN
    PERFORM FROM post_holder_role l JOIN post_holder h ON h.id = l.holder_id JOIN committee_post p ON p.id = h.post_id
    JOIN committee c ON c.id = p.committee_id JOIN role_assignment ra ON ra.id = l.assignment_id
    WHERE l.holder_id = of AND (ra.chapter_id <> c.chapter_id
        OR h.held_until IS NOT NULL AND ra.ended_at IS NULL AND (ra.valid_to IS NULL OR ra.valid_to >= h.held_until));
    IF FOUND THEN
        RAISE EXCEPTION 'a role outlives post %', of USING ERRCODE = '23514', CONSTRAINT = 'post_holder_role_ends_with_the_post';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER post_holder_role_ends_with_the_post AFTER INSERT ON post_holder_role
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION post_holder_role_ends_with_the_post();
CREATE CONSTRAINT TRIGGER post_holder_roles_end_with_it AFTER UPDATE ON post_holder
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION post_holder_role_ends_with_the_post();

-- Who agrees that their name stands beside their post.
ALTER TABLE consent_text
    DROP CONSTRAINT consent_text_purpose_known,
    ADD CONSTRAINT consent_text_purpose_known
        CHECK (purpose IN ('SHOW_MASKED_NAME', 'SHOW_FULL_NAME', 'SHOW_MASKED_NAME_OF_CHILD', 'SHOW_FULL_NAME_OF_CHILD', 'SHOW_NAME_OF_OFFICER'));
INSERT INTO consent_text (purpose, version, valid_from, vi, en) VALUES
    ('SHOW_NAME_OF_OFFICER', 1, '2026-11-01',
     'Dữ liệu: họ tên của tôi, hiện bên chức danh tôi giữ ở một đơn vị Hội, trong thời gian tôi giữ chức danh đó. Mục đích: công khai trên trang của đơn vị. Bên kiểm soát dữ liệu: Hội Chữ thập đỏ Việt Nam. Tôi đồng ý với việc này. Tôi có quyền được biết, xem, chỉnh sửa, xóa, hạn chế xử lý, phản đối xử lý dữ liệu của mình, yêu cầu biện pháp bảo vệ, khiếu nại và rút lại đồng ý bất cứ lúc nào, tại đơn vị hoặc Trung ương Hội; khi rút lại, họ tên không hiện nữa, chức danh vẫn được công khai. Không đồng ý cũng không ảnh hưởng gì đến chức danh của tôi.',
     'Data: my full name, shown beside the post that I hold at a chapter, for as long as I hold it. Purpose: publication on the chapter''s page. Controller: the Vietnam Red Cross. I agree to this. I have the right to know, view, correct, erase, restrict and object to the processing of my data, to ask for measures of protection, to complain, and to withdraw this at any time, at the chapter or at the central office; the name then disappears, the post goes on being shown. Not agreeing has no consequence for my post.');

-- What papers are for: the resolution of a congress, the decision behind a committee or a holder, the signed consent.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''COMMITTEE''::text])'));
    END LOOP;
END $$;

-- Posts are public, names by consent.
GRANT SELECT ON post_title, committee_post TO so_nhan_ai_public;
GRANT SELECT (id, chapter_id, kind, made_by, provisional, congress, decision_no, decision_on, valid_from, term_until, valid_until) ON committee TO so_nhan_ai_public;
GRANT SELECT (id, post_id, seat, held_from, held_until, manner, acting) ON post_holder TO so_nhan_ai_public;
GRANT SELECT (holder_id, name) ON post_holder_shown TO so_nhan_ai_public;
