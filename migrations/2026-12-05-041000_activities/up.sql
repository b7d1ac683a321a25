-- What chapters do, each thing once: planned, done or called off, led by one chapter and delivered by others.

-- The activities that the law names, and who says so.
CREATE TABLE activity_area (
    code       text NOT NULL,
    rank       smallint NOT NULL,
    vi         text NOT NULL,
    en         text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT activity_area_pk PRIMARY KEY (code),
    CONSTRAINT activity_area_code_shaped CHECK (code ~ '^[A-Z][A-Z_]{2,39}$'),
    CONSTRAINT activity_area_mark_known CHECK (mark IN ('S', 'REC', 'GK')),
    CONSTRAINT activity_area_days_forward CHECK (valid_to > valid_from)
);
CREATE TRIGGER activity_area_stays BEFORE DELETE OR TRUNCATE ON activity_area FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO activity_area (code, rank, vi, en, valid_from, mark, source) VALUES
    ('RELIEF_AND_ASSISTANCE', 1, 'Cứu trợ khẩn cấp và trợ giúp nhân đạo', 'Emergency relief and humanitarian assistance', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('HEALTH_CARE', 2, 'Chăm sóc sức khỏe', 'Health care', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('FIRST_AID', 3, 'Sơ cấp cứu ban đầu', 'First aid', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('BLOOD_TISSUE_DONATION', 4, 'Hiến máu nhân đạo, hiến mô, bộ phận cơ thể người và hiến xác', 'Donation of blood, tissue, organs and body', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('RESTORING_FAMILY_LINKS', 5, 'Tìm kiếm tin tức thân nhân thất lạc do chiến tranh, thiên tai, thảm họa', 'Restoring family links', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('HUMANITARIAN_VALUES', 6, 'Tuyên truyền các giá trị nhân đạo', 'Promotion of humanitarian values', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2'),
    ('DISASTER_PREPAREDNESS', 7, 'Tham gia phòng ngừa, ứng phó thảm họa', 'Disaster preparedness and response', '2009-01-01', 'S', 'Law 11/2008/QH12, art. 2');

-- Values are what was reported, by kind; the books know money and goods by their own entries.
CREATE TABLE activity (
    id               uuid NOT NULL,
    code             text NOT NULL,
    -- The chapter that leads: it counts the activity.
    chapter_id       uuid NOT NULL,
    area             text NOT NULL,
    movement         text,
    campaign_id      uuid,
    programme_id     uuid,
    title            text NOT NULL,
    plan             text,
    place            text NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    partners         text[] NOT NULL DEFAULT '{}',
    -- Whether everybody may see it.
    is_public        boolean NOT NULL,
    state            text NOT NULL,
    result           text,
    persons          bigint NOT NULL DEFAULT 0,
    person_times     bigint NOT NULL DEFAULT 0,
    money_vnd        bigint NOT NULL DEFAULT 0,
    goods_vnd        bigint NOT NULL DEFAULT 0,
    labour_vnd       bigint NOT NULL DEFAULT 0,
    cancelled_reason text,
    version          integer NOT NULL DEFAULT 1,
    made_account     uuid NOT NULL,
    made_at          timestamptz NOT NULL,
    -- When its result was recorded first.
    done_at          timestamptz,
    changed_at       timestamptz NOT NULL,
    -- What the public reads of them: a few people of one village are not told, nor how often.
    told_persons      bigint GENERATED ALWAYS AS (CASE WHEN persons = 0 OR persons >= 5 THEN persons END) STORED,
    told_person_times bigint GENERATED ALWAYS AS (CASE WHEN persons = 0 OR persons >= 5 THEN person_times END) STORED,
    CONSTRAINT activity_pk PRIMARY KEY (id),
    CONSTRAINT activity_code_key UNIQUE (code),
    CONSTRAINT activity_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT activity_area_fk FOREIGN KEY (area) REFERENCES activity_area (code),
    CONSTRAINT activity_movement_fk FOREIGN KEY (movement) REFERENCES movement (code),
    CONSTRAINT activity_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaign (id),
    CONSTRAINT activity_programme_fk FOREIGN KEY (programme_id) REFERENCES programme (id),
    CONSTRAINT activity_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT activity_days_forward CHECK (ends_on BETWEEN starts_on AND starts_on + 366),
    CONSTRAINT activity_state_known CHECK (state IN ('PLANNED', 'DONE', 'CANCELLED')),
    CONSTRAINT activity_done_whole CHECK ((state = 'PLANNED') <= (done_at IS NULL) AND (state = 'DONE') <= (done_at IS NOT NULL)
                                          AND (done_at IS NULL) = (result IS NULL)),
    CONSTRAINT activity_numbers_when_done CHECK (done_at IS NOT NULL OR (persons, person_times, money_vnd, goods_vnd, labour_vnd) = (0, 0, 0, 0, 0)),
    CONSTRAINT activity_cancelled_whole CHECK ((state = 'CANCELLED') = (cancelled_reason IS NOT NULL)),
    CONSTRAINT activity_numbers_bounded CHECK (persons BETWEEN 0 AND person_times AND person_times <= 1000000000
        AND least(money_vnd, goods_vnd, labour_vnd) >= 0 AND greatest(money_vnd, goods_vnd, labour_vnd) <= 1000000000000000),
    CONSTRAINT activity_partners_few CHECK (cardinality(partners) <= 20)
);
CREATE INDEX activity_chapter_idx ON activity (chapter_id, starts_on, id);
CREATE INDEX activity_movement_idx ON activity (movement);
CREATE INDEX activity_campaign_idx ON activity (campaign_id);
CREATE INDEX activity_programme_idx ON activity (programme_id);
CREATE INDEX activity_made_account_idx ON activity (made_account);
CREATE INDEX activity_area_idx ON activity (area);
-- What everybody looks through, the newest first.
CREATE INDEX activity_public_idx ON activity (starts_on, id) WHERE is_public;

-- A plan is done or called off; what is done stays where and when it was, and its numbers change with a correction beside them.
CREATE FUNCTION activity_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stays text[] := CASE OLD.state WHEN 'PLANNED' THEN '{id,code,chapter_id,made_account,made_at}'
        ELSE '{id,code,chapter_id,area,movement,campaign_id,programme_id,title,plan,place,starts_on,ends_on,partners,made_account,made_at,done_at}' END::text[];
BEGIN
    IF (SELECT jsonb_object_agg(k, to_jsonb(NEW)->k) <> jsonb_object_agg(k, to_jsonb(OLD)->k) FROM unnest(stays) k)
       OR NEW.version <> OLD.version + 1 OR OLD.state = 'CANCELLED' OR (OLD.state, NEW.state) = ('DONE', 'PLANNED') THEN
        RAISE EXCEPTION 'activity % goes on, version by version', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'activity_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activity_goes_on BEFORE UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION activity_goes_on();
CREATE TRIGGER activity_stays BEFORE DELETE OR TRUNCATE ON activity FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Chapters that deliver what another one leads.
CREATE TABLE activity_delivery (
    activity_id uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    CONSTRAINT activity_delivery_pk PRIMARY KEY (activity_id, chapter_id),
    CONSTRAINT activity_delivery_activity_fk FOREIGN KEY (activity_id) REFERENCES activity (id),
    CONSTRAINT activity_delivery_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX activity_delivery_chapter_idx ON activity_delivery (chapter_id);

-- What was done, added up for each chapter with everything below it: a year of the whole country is a few hundred rows. Kept by the
-- trigger below, and compared with the activities by the audit. (No CHECK says that nothing is negative: what is taken off comes as a
-- negative row, and a CHECK would meet that before it meets the row it is added to.)
CREATE TABLE activity_sum (
    scope_id          uuid NOT NULL,
    year              smallint NOT NULL,
    month             smallint NOT NULL,
    area              text NOT NULL,
    -- Empty for none.
    movement          text NOT NULL,
    -- Of the chapter that led.
    level             text NOT NULL,
    activities        bigint NOT NULL,
    persons           bigint NOT NULL,
    person_times      bigint NOT NULL,
    money_vnd         bigint NOT NULL,
    goods_vnd         bigint NOT NULL,
    labour_vnd        bigint NOT NULL,
    told_persons      bigint NOT NULL,
    told_person_times bigint NOT NULL,
    CONSTRAINT activity_sum_pk PRIMARY KEY (scope_id, year, month, area, movement, level),
    CONSTRAINT activity_sum_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id)
);

-- How many were delivered at or below each chapter, each once.
CREATE TABLE activity_delivered (
    scope_id   uuid NOT NULL,
    year       smallint NOT NULL,
    movement   text NOT NULL,
    activities bigint NOT NULL,
    CONSTRAINT activity_delivered_pk PRIMARY KEY (scope_id, year, movement),
    CONSTRAINT activity_delivered_scope_fk FOREIGN KEY (scope_id) REFERENCES chapter (id)
);

-- Who delivers is settled while it is a plan.
CREATE FUNCTION activity_delivery_while_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM activity a WHERE a.id = CASE TG_OP WHEN 'DELETE' THEN OLD.activity_id ELSE NEW.activity_id END AND a.state = 'PLANNED';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'who delivers is settled while it is a plan' USING ERRCODE = '23514', CONSTRAINT = 'activity_delivery_while_planned';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER activity_delivery_while_planned BEFORE INSERT OR UPDATE OR DELETE ON activity_delivery
    FOR EACH ROW EXECUTE FUNCTION activity_delivery_while_planned();
CREATE TRIGGER activity_delivery_stays BEFORE TRUNCATE ON activity_delivery FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Sums are written from the leaves upwards, in one order everywhere, so that nobody waits in a circle.
CREATE FUNCTION activity_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_done bigint := (NEW.state = 'DONE')::int;
    was_done bigint := CASE TG_OP WHEN 'INSERT' THEN 0 ELSE (OLD.state = 'DONE')::int END;
BEGIN
    IF is_done + was_done = 0 THEN
        RETURN NULL;
    END IF;
    INSERT INTO activity_sum AS s (scope_id, year, month, area, movement, level, activities, persons, person_times, money_vnd, goods_vnd, labour_vnd,
                                   told_persons, told_person_times)
    SELECT a.ancestor_id, extract(year FROM NEW.starts_on), extract(month FROM NEW.starts_on), NEW.area, coalesce(NEW.movement, ''), c.level,
           is_done - was_done,
           is_done * NEW.persons - was_done * coalesce(OLD.persons, 0), is_done * NEW.person_times - was_done * coalesce(OLD.person_times, 0),
           is_done * NEW.money_vnd - was_done * coalesce(OLD.money_vnd, 0), is_done * NEW.goods_vnd - was_done * coalesce(OLD.goods_vnd, 0),
           is_done * NEW.labour_vnd - was_done * coalesce(OLD.labour_vnd, 0),
           is_done * coalesce(NEW.told_persons, 0) - was_done * coalesce(OLD.told_persons, 0),
           is_done * coalesce(NEW.told_person_times, 0) - was_done * coalesce(OLD.told_person_times, 0)
    FROM chapter_ancestor a, chapter c WHERE a.chapter_id = NEW.chapter_id AND c.id = NEW.chapter_id
    ORDER BY a.depth
    ON CONFLICT ON CONSTRAINT activity_sum_pk DO UPDATE SET
        activities = s.activities + excluded.activities, persons = s.persons + excluded.persons, person_times = s.person_times + excluded.person_times,
        money_vnd = s.money_vnd + excluded.money_vnd, goods_vnd = s.goods_vnd + excluded.goods_vnd, labour_vnd = s.labour_vnd + excluded.labour_vnd,
        told_persons = s.told_persons + excluded.told_persons, told_person_times = s.told_person_times + excluded.told_person_times;
    IF is_done <> was_done THEN
        INSERT INTO activity_delivered AS s (scope_id, year, movement, activities)
        SELECT x.ancestor_id, extract(year FROM NEW.starts_on), coalesce(NEW.movement, ''), is_done - was_done
        FROM activity_delivery d JOIN chapter_ancestor x ON x.chapter_id = d.chapter_id
        WHERE d.activity_id = NEW.id GROUP BY x.ancestor_id
        ORDER BY (SELECT count(*) FROM chapter_ancestor y WHERE y.chapter_id = x.ancestor_id) DESC, x.ancestor_id
        ON CONFLICT ON CONSTRAINT activity_delivered_pk DO UPDATE SET activities = s.activities + excluded.activities;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_add_up AFTER INSERT OR UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION activity_add_up();

-- What was written anew of something done: by how much each number changed, who said so and why. So what was reported at the end of
-- a year can be told as it was reported.
CREATE TABLE activity_correction (
    id           uuid NOT NULL,
    activity_id  uuid NOT NULL,
    version      integer NOT NULL,
    reason       text NOT NULL,
    activities   smallint NOT NULL,
    persons      bigint NOT NULL,
    person_times bigint NOT NULL,
    money_vnd    bigint NOT NULL,
    goods_vnd    bigint NOT NULL,
    labour_vnd   bigint NOT NULL,
    -- What stood there before, where it is another now.
    old_result   text,
    made_account uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    CONSTRAINT activity_correction_pk PRIMARY KEY (id),
    CONSTRAINT activity_correction_version_key UNIQUE (activity_id, version),
    CONSTRAINT activity_correction_activity_fk FOREIGN KEY (activity_id) REFERENCES activity (id),
    CONSTRAINT activity_correction_made_account_fk FOREIGN KEY (made_account) REFERENCES account (id),
    CONSTRAINT activity_correction_activities_known CHECK (activities IN (0, -1))
);
CREATE INDEX activity_correction_made_account_idx ON activity_correction (made_account);
CREATE TRIGGER activity_correction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Numbers of something done change only with a correction of that version which says by how much. Looked at when all is written.
CREATE FUNCTION activity_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM activity_correction c WHERE c.activity_id = NEW.id AND c.version = NEW.version
      AND (c.persons, c.person_times, c.money_vnd, c.goods_vnd, c.labour_vnd) =
          (NEW.persons - OLD.persons, NEW.person_times - OLD.person_times, NEW.money_vnd - OLD.money_vnd, NEW.goods_vnd - OLD.goods_vnd, NEW.labour_vnd - OLD.labour_vnd)
      AND (c.activities = -1) = (NEW.state = 'CANCELLED');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'activity % changes without a correction', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'activity_corrected';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER activity_corrected AFTER UPDATE ON activity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION activity_corrected();

-- What was sent, by the id its client made, so that sending it again changes nothing.
CREATE TABLE activity_request (
    id           uuid NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT activity_request_pk PRIMARY KEY (id)
);
CREATE TRIGGER activity_request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Photographs and papers of activities.
DO $$
DECLARE
    name text;
    said text;
BEGIN
    FOREACH name IN ARRAY '{document_purpose_known,document_link_subject_known}'::text[] LOOP
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = name;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', (SELECT conrelid::regclass FROM pg_constraint WHERE conname = name),
                       name, name, regexp_replace(said, '\]\)', ', ''ACTIVITY''::text])'));
    END LOOP;
END $$;

GRANT SELECT ON activity_area, activity_delivery TO so_nhan_ai_public;
GRANT SELECT (id, code, chapter_id, area, movement, campaign_id, title, plan, place, starts_on, ends_on, partners, is_public, state, result, told_persons,
              told_person_times, money_vnd, goods_vnd, labour_vnd, cancelled_reason, version, changed_at) ON activity TO so_nhan_ai_public;
GRANT SELECT (scope_id, year, month, area, movement, level, activities, money_vnd, goods_vnd, labour_vnd, told_persons, told_person_times) ON activity_sum TO so_nhan_ai_public;
GRANT SELECT (activity_id, version, activities, made_at) ON activity_correction TO so_nhan_ai_public;
