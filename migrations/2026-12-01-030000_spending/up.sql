-- Money orders: what somebody asks to be paid, taken in or moved, and a second person approves. What was asked stays; what becomes
-- of it is its state, and of an approved one the entry in the books. Who is paid, and for what in words, stands sealed.
CREATE TABLE money_order (
    id               uuid NOT NULL,
    kind             text NOT NULL,
    chapter_id       uuid NOT NULL,
    fund_id          integer NOT NULL,
    to_fund_id       integer,
    amount_vnd       bigint NOT NULL,
    day              date NOT NULL,
    debit            text,
    credit           text,
    category         text,
    of_entry_id      uuid,
    reason           text,
    consent          bytea,
    document         bytea,
    particulars      bytea,
    particulars_hash bytea,
    state            text NOT NULL,
    requested_by     uuid NOT NULL,
    requested_at     timestamptz NOT NULL,
    decided_by       uuid,
    decided_at       timestamptz,
    entry_id         uuid,
    other_entry_id   uuid,
    CONSTRAINT money_order_pk PRIMARY KEY (id),
    CONSTRAINT money_order_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT money_order_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT money_order_to_fund_fk FOREIGN KEY (to_fund_id) REFERENCES fund (id),
    CONSTRAINT money_order_of_entry_fk FOREIGN KEY (of_entry_id) REFERENCES entry (id),
    CONSTRAINT money_order_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT money_order_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    -- The order is approved before its entries are written, so that what stands against it is found first.
    CONSTRAINT money_order_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT money_order_other_entry_fk FOREIGN KEY (other_entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT money_order_entry_key UNIQUE (entry_id),
    CONSTRAINT money_order_other_entry_key UNIQUE (other_entry_id),
    CONSTRAINT money_order_kind_known CHECK (kind IN ('PAYMENT', 'INCOME', 'REFUND', 'ADVANCE', 'ADVANCE_CLEARING', 'PURCHASE', 'CASH_DEPOSIT',
        'CASH_WITHDRAWAL', 'CASH_COUNT', 'FUND_RELEASE')),
    CONSTRAINT money_order_state_known CHECK (state IN ('REQUESTED', 'APPROVED', 'REFUSED', 'WITHDRAWN', 'REVERSED')),
    -- A count that finds what the books say moves nothing.
    CONSTRAINT money_order_amount_bounded CHECK (amount_vnd BETWEEN CASE kind WHEN 'CASH_COUNT' THEN 0 ELSE 1 END AND 1000000000000000),
    CONSTRAINT money_order_hashes_whole CHECK (length(document) = 32 AND length(consent) = 32),
    CONSTRAINT money_order_particulars_together CHECK ((particulars IS NULL) = (particulars_hash IS NULL)),
    CONSTRAINT money_order_decided_whole CHECK ((state = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT money_order_booked_when_approved CHECK (
        (state IN ('APPROVED', 'REVERSED')) = (entry_id IS NOT NULL) OR kind = 'CASH_COUNT' AND amount_vnd = 0 AND entry_id IS NULL),
    CONSTRAINT money_order_one_entry_first CHECK (other_entry_id IS NULL OR entry_id IS NOT NULL),
    CONSTRAINT money_order_refund_of_a_gift CHECK (kind <> 'REFUND' OR of_entry_id IS NOT NULL)
);
CREATE INDEX money_order_chapter_idx ON money_order (chapter_id, kind, requested_at, id);
CREATE INDEX money_order_fund_idx ON money_order (fund_id);
CREATE INDEX money_order_to_fund_idx ON money_order (to_fund_id);
CREATE INDEX money_order_of_entry_idx ON money_order (of_entry_id);
CREATE INDEX money_order_requested_by_idx ON money_order (requested_by);
CREATE INDEX money_order_decided_by_idx ON money_order (decided_by);

-- What was asked stays as it was; it is decided once, and only what was approved is reversed. Who is named goes with the person, for good.
CREATE FUNCTION money_order_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{state,decided_by,decided_at,entry_id,other_entry_id,particulars,particulars_hash}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves
       OR (NEW.particulars, NEW.particulars_hash) IS DISTINCT FROM (OLD.particulars, OLD.particulars_hash) AND NEW.particulars IS NOT NULL THEN
        RAISE EXCEPTION 'a money order keeps what was asked' USING ERRCODE = '23514', CONSTRAINT = 'money_order_content_stays';
    END IF;
    IF (NEW.state, NEW.decided_by, NEW.decided_at, NEW.entry_id, NEW.other_entry_id)
           IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_at, OLD.entry_id, OLD.other_entry_id)
       AND NOT (OLD.state = 'REQUESTED' AND NEW.state IN ('APPROVED', 'REFUSED', 'WITHDRAWN')
                OR OLD.state = 'APPROVED' AND NEW.state = 'REVERSED'
                   AND (NEW.decided_by, NEW.decided_at, NEW.entry_id, NEW.other_entry_id) IS NOT DISTINCT FROM (OLD.decided_by, OLD.decided_at, OLD.entry_id, OLD.other_entry_id)) THEN
        RAISE EXCEPTION 'a money order is decided once' USING ERRCODE = '23514', CONSTRAINT = 'money_order_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER money_order_keeps BEFORE UPDATE ON money_order FOR EACH ROW EXECUTE FUNCTION money_order_keeps();
CREATE TRIGGER money_order_append_only BEFORE DELETE OR TRUNCATE ON money_order FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whatever a transaction did to either, it ends with the order and its decision saying the same.
CREATE FUNCTION money_order_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    matter_of text := CASE TG_TABLE_NAME WHEN 'decision' THEN to_jsonb(NEW) ->> 'matter' ELSE to_jsonb(NEW) ->> 'kind' END;
    here  text;
    there text;
BEGIN
    SELECT concat_ws(' ', d.state, d.decided_by, d.asked_by, d.chapter_id) INTO there FROM decision d WHERE (d.matter, d.id) = (matter_of, NEW.id);
    SELECT concat_ws(' ', CASE o.state WHEN 'REQUESTED' THEN 'ASKED' WHEN 'REVERSED' THEN 'APPROVED' ELSE o.state END, o.decided_by, o.requested_by, o.chapter_id)
    INTO here FROM money_order o WHERE (o.kind, o.id) = (matter_of, NEW.id);
    IF here IS DISTINCT FROM there THEN
        RAISE EXCEPTION '% % is decided otherwise in money_order', matter_of, NEW.id USING ERRCODE = '23514', CONSTRAINT = 'money_order_agrees';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER money_order_agrees AFTER INSERT OR UPDATE ON money_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION money_order_agrees();
CREATE CONSTRAINT TRIGGER decision_agrees_with_order AFTER INSERT OR UPDATE ON decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.matter IN ('PAYMENT', 'INCOME', 'REFUND', 'ADVANCE', 'ADVANCE_CLEARING', 'PURCHASE', 'CASH_DEPOSIT', 'CASH_WITHDRAWAL',
        'CASH_COUNT', 'FUND_RELEASE')) EXECUTE FUNCTION money_order_agrees();

-- A refund stands on a gift that stands, and all refunds of it together are no more than it. The gift's entry is held, so that two
-- refunds, or a refund and the gift's reversal, come one after the other.
CREATE FUNCTION money_order_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given bigint;
    back  bigint;
BEGIN
    PERFORM FROM entry WHERE id = NEW.of_entry_id FOR UPDATE;
    IF EXISTS (SELECT FROM entry WHERE reverses = NEW.of_entry_id) THEN
        RAISE EXCEPTION 'the gift of refund % is reversed', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'money_order_gift_stands';
    END IF;
    SELECT amount_vnd INTO given FROM gift WHERE entry_id = NEW.of_entry_id AND channel <> 'IN_KIND';
    SELECT coalesce(sum(amount_vnd), 0) INTO back FROM money_order
    WHERE of_entry_id = NEW.of_entry_id AND kind = 'REFUND' AND state = 'APPROVED' AND id <> NEW.id;
    IF given IS NULL OR back + NEW.amount_vnd > given THEN
        RAISE EXCEPTION 'refund % is more than is left of its gift', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'money_order_refund_within_gift';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER money_order_refunds BEFORE INSERT OR UPDATE ON money_order FOR EACH ROW
    WHEN (NEW.kind = 'REFUND' AND NEW.state = 'APPROVED') EXECUTE FUNCTION money_order_refunds();

-- An entry is not reversed while an order stands on it: a refund on its gift. A deposit that names an earlier one takes its place.
CREATE FUNCTION entry_without_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM entry WHERE id = NEW.reverses FOR UPDATE;
    IF EXISTS (SELECT FROM money_order WHERE of_entry_id = NEW.reverses AND state = 'APPROVED' AND kind <> 'CASH_DEPOSIT') THEN
        RAISE EXCEPTION 'an order stands on entry %', NEW.reverses USING ERRCODE = '23514', CONSTRAINT = 'entry_order_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_without_orders BEFORE INSERT ON entry FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION entry_without_orders();

-- What money is spent on and where income comes from, by the law of a day. `needs_consent`: not from gifts, except with the givers'
-- consent (Decree 93/2021, art. 12(3)). `needs_document`: only with its paper, whatever the amount.
CREATE TABLE money_category (
    code           text NOT NULL,
    side           text NOT NULL,
    vi             text NOT NULL,
    en             text NOT NULL,
    needs_consent  boolean NOT NULL,
    needs_document boolean NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date,
    mark           text NOT NULL,
    source         text NOT NULL,
    CONSTRAINT money_category_pk PRIMARY KEY (code, valid_from),
    CONSTRAINT money_category_code_form CHECK (code ~ '^[A-Z][A-Z_]{2,39}$'),
    CONSTRAINT money_category_side_known CHECK (side IN ('AID', 'OPERATING', 'INCOME')),
    CONSTRAINT money_category_named CHECK (length(vi) BETWEEN 1 AND 120 AND length(en) BETWEEN 1 AND 120),
    CONSTRAINT money_category_consent_of_costs CHECK (NOT needs_consent OR side = 'OPERATING'),
    CONSTRAINT money_category_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT money_category_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT money_category_source_said CHECK (length(source) > 0)
);
INSERT INTO money_category (code, side, vi, en, needs_consent, needs_document, valid_from, mark, source)
SELECT code, 'AID', vi, en, false, code = 'OTHER', date '2021-12-11', 'S', CASE code WHEN 'LIVING_COSTS' THEN 'Decree 93/2021/NĐ-CP, art. 11(1)(k)'
       WHEN 'OTHER' THEN 'Decree 93/2021/NĐ-CP, art. 11(1)(k): by decision of the provincial People''s Committee' ELSE 'Decree 93/2021/NĐ-CP, art. 11(1)' END
FROM (VALUES
    ('DEATH_MISSING_INJURY', 'Hỗ trợ người bị thương nặng, gia đình có người chết, mất tích', 'The injured, families of the dead and missing'),
    ('FOOD_WATER_MEDICINE', 'Lương thực, nước uống, thuốc, nhu yếu phẩm', 'Food, drinking water, medicine, essentials'),
    ('HOUSING', 'Dựng lại, sửa chữa nhà ở; di dời khẩn cấp', 'Rebuilding and repair of homes, urgent relocation'),
    ('EVACUATION', 'Sơ tán người dân', 'Moving people out'),
    ('TEMPORARY_SHELTER', 'Nơi ở tạm, lều bạt', 'Camps and tents'),
    ('SANITATION_DISEASE', 'Vệ sinh môi trường, phòng chống dịch bệnh', 'Sanitation, disease prevention'),
    ('MEDICAL_EQUIPMENT', 'Trang thiết bị, vật tư y tế', 'Medical equipment and supplies'),
    ('LIVELIHOOD', 'Giống cây trồng, vật nuôi, khôi phục sản xuất', 'Seeds, animals, tools, work on farmland'),
    ('INFRASTRUCTURE', 'Khắc phục công trình phòng chống thiên tai, trường học, trạm y tế, đường', 'Disaster works, roads, schools, clinics'),
    ('LIVING_COSTS', 'Tiền ăn, sinh hoạt phí của người khó khăn, cách ly', 'Meals and living costs of people in hardship or isolation'),
    ('OTHER', 'Nội dung khác theo quyết định của Ủy ban nhân dân cấp tỉnh', 'Other support that the provincial People''s Committee decided')
) AS c(code, vi, en)
UNION ALL
SELECT 'RED_CROSS_ACTIVITY', 'AID', 'Hoạt động chữ thập đỏ khác', 'Other Red Cross activity', false, false, date '2009-01-01', 'REC', 'Law 11/2008/QH12 on Red Cross activities'
UNION ALL
SELECT code, 'OPERATING', vi, en, true, false, date '2000-01-01', 'REC', 'Decree 93/2021/NĐ-CP, art. 12: own costs are not paid from gifts, except with the givers'' consent'
FROM (VALUES
    ('TRANSPORT', 'Vận chuyển, bốc xếp', 'Transport and loading'),
    ('STATIONERY', 'Văn phòng phẩm, in ấn', 'Stationery and printing'),
    ('BANK_FEE', 'Phí ngân hàng', 'Bank fees'),
    ('SALARIES', 'Tiền lương, phụ cấp', 'Salaries and allowances'),
    ('TRAVEL', 'Công tác phí', 'Official travel'),
    ('MEETING_TRAINING', 'Hội nghị, tập huấn', 'Meetings and training'),
    ('UTILITIES_RENT', 'Điện, nước, điện thoại, thuê trụ sở', 'Utilities, telephone, rent'),
    ('OTHER_OPERATING', 'Chi hoạt động khác', 'Other operating cost')
) AS c(code, vi, en)
UNION ALL
SELECT code, 'INCOME', vi, en, false, false, date '2000-01-01', 'REC', 'Law 11/2008/QH12 on Red Cross activities: resources'
FROM (VALUES
    ('STATE_BUDGET', 'Ngân sách nhà nước cấp, hỗ trợ', 'Grant from the state budget'),
    ('SERVICES', 'Thu dịch vụ', 'Services'),
    ('OTHER_INCOME', 'Thu khác', 'Other income')
) AS c(code, vi, en);
CREATE TRIGGER money_category_append_only BEFORE DELETE OR TRUNCATE ON money_category FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- From which amount on an order needs its paper. Nothing is delivered with the program: the amount is the Society's to say.
CREATE TABLE money_paper_rule (
    kind       text NOT NULL,
    from_vnd   bigint NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    source     text NOT NULL,
    CONSTRAINT money_paper_rule_pk PRIMARY KEY (kind, valid_from),
    CONSTRAINT money_paper_rule_kind_form CHECK (kind ~ '^[A-Z][A-Z_]{2,39}$'),
    CONSTRAINT money_paper_rule_from_positive CHECK (from_vnd > 0),
    CONSTRAINT money_paper_rule_period_forward CHECK (valid_to >= valid_from),
    CONSTRAINT money_paper_rule_source_said CHECK (length(source) > 0)
);

-- Own costs that were paid from gifts with the givers' consent, for everybody to see: the entry and the hash of the paper in which
-- they agreed (Decree 93/2021, art. 12(3)).
CREATE TABLE own_cost (
    code    text NOT NULL,
    consent bytea NOT NULL,
    CONSTRAINT own_cost_pk PRIMARY KEY (code),
    CONSTRAINT own_cost_code_fk FOREIGN KEY (code) REFERENCES entry (code),
    CONSTRAINT own_cost_consent_is_hash CHECK (length(consent) = 32)
);
CREATE TRIGGER own_cost_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON own_cost FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON own_cost TO so_nhan_ai_public;

-- Papers of money orders. Others add purposes as well: each adds its own to what is there.
DO $$
DECLARE
    one record;
    def text;
BEGIN
    FOR one IN SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
               WHERE c.conname IN ('document_purpose_known', 'document_link_subject_known') LOOP
        SELECT pg_get_constraintdef(oid) INTO def FROM pg_constraint WHERE conname = one.conname;
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one.relname, one.conname, one.conname,
                       regexp_replace(def, '\]\)', ', ''MONEY_ORDER''::text])'));
    END LOOP;
END $$;
