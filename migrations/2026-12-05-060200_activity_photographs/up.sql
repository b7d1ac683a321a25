-- Photographs of activities, as everybody may see them: while everybody who can be recognised agrees (Civil Code 91/2015/QH13, art. 32; Law
-- 91/2025/QH15, art. 16).

-- What makes it right to show a picture: a person of the chapter agreed, others agreed on a signed paper (which is how a child does, by who
-- represents it), or nobody can be recognised. It is withdrawn, never rewritten.
CREATE TABLE activity_photo_consent (
    id                uuid NOT NULL,
    activity_id       uuid NOT NULL,
    -- The picture.
    document_id       uuid NOT NULL,
    ground            text NOT NULL,
    -- NULL where nobody is written down, and of who was erased.
    person_id         uuid,
    text_version      smallint,
    given_on          date NOT NULL,
    -- SHA-256 of the signed paper.
    paper             text,
    recorded_account  uuid NOT NULL,
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    -- NULL where a request about personal data did it.
    withdrawn_account uuid,
    CONSTRAINT activity_photo_consent_pk PRIMARY KEY (id),
    CONSTRAINT activity_photo_consent_activity_fk FOREIGN KEY (activity_id) REFERENCES activity (id),
    CONSTRAINT activity_photo_consent_document_fk FOREIGN KEY (document_id) REFERENCES document (id),
    CONSTRAINT activity_photo_consent_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT activity_photo_consent_recorded_account_fk FOREIGN KEY (recorded_account) REFERENCES account (id),
    CONSTRAINT activity_photo_consent_withdrawn_account_fk FOREIGN KEY (withdrawn_account) REFERENCES account (id),
    CONSTRAINT activity_photo_consent_ground_known CHECK (ground IN ('PERSON', 'PAPER', 'NOBODY')),
    CONSTRAINT activity_photo_consent_paper_is_a_hash CHECK (paper ~ '^[0-9a-f]{64}$'),
    CONSTRAINT activity_photo_consent_whole CHECK (
        (ground = 'NOBODY') = (text_version IS NULL) AND (ground = 'PAPER') <= (paper IS NOT NULL) AND (ground = 'NOBODY') <= (paper IS NULL)
        AND (ground <> 'PERSON') <= (person_id IS NULL) AND (ground = 'PERSON') <= (person_id IS NOT NULL OR withdrawn_at IS NOT NULL)),
    CONSTRAINT activity_photo_consent_withdrawn CHECK (withdrawn_account IS NULL OR withdrawn_at IS NOT NULL)
);
CREATE UNIQUE INDEX activity_photo_consent_person_key ON activity_photo_consent (activity_id, document_id, person_id) WHERE withdrawn_at IS NULL;
CREATE INDEX activity_photo_consent_activity_idx ON activity_photo_consent (activity_id, recorded_at, id);
CREATE INDEX activity_photo_consent_document_idx ON activity_photo_consent (document_id);
CREATE INDEX activity_photo_consent_person_idx ON activity_photo_consent (person_id);
CREATE INDEX activity_photo_consent_recorded_account_idx ON activity_photo_consent (recorded_account);
CREATE INDEX activity_photo_consent_withdrawn_account_idx ON activity_photo_consent (withdrawn_account);
CREATE FUNCTION activity_photo_consent_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{person_id,withdrawn_at,withdrawn_account}';
BEGIN
    IF to_jsonb(NEW) - moves <> to_jsonb(OLD) - moves OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
       OR (NEW.person_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id) THEN
        RAISE EXCEPTION 'a consent is withdrawn, never rewritten' USING ERRCODE = '23514', CONSTRAINT = 'activity_photo_consent_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activity_photo_consent_only_ends BEFORE UPDATE ON activity_photo_consent
    FOR EACH ROW EXECUTE FUNCTION activity_photo_consent_only_ends();
CREATE TRIGGER activity_photo_consent_stays BEFORE DELETE OR TRUNCATE ON activity_photo_consent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Pictures of activities may be shown; a request about personal data takes one away without anybody's account.
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'document_publication_of_an_appeal';
    said := CASE WHEN said LIKE '%ANY%' THEN regexp_replace(said, '\]\)', ', ''ACTIVITY''::text])')
                 ELSE regexp_replace(said, '= (''[A-Z_]+''::text)', '= ANY (ARRAY[\1, ''ACTIVITY''::text])') END;
    EXECUTE 'ALTER TABLE document_publication DROP CONSTRAINT document_publication_of_an_appeal, ADD CONSTRAINT document_publication_of_an_appeal ' || said;
END $$;
ALTER TABLE document_withdrawal ALTER COLUMN withdrawn_by DROP NOT NULL;
-- What may be taken back is not kept by caches as long as what is published for good.
GRANT SELECT (purpose) ON document_publication TO so_nhan_ai_public;

-- Who agrees that a picture with them is shown.
DO $$
DECLARE
    said text;
BEGIN
    SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint WHERE conname = 'consent_text_purpose_known';
    EXECUTE format('ALTER TABLE consent_text DROP CONSTRAINT consent_text_purpose_known, ADD CONSTRAINT consent_text_purpose_known %s',
                   regexp_replace(said, '\]\)', ', ''SHOW_PICTURE''::text])'));
END $$;
INSERT INTO consent_text (purpose, version, valid_from, vi, en) VALUES
    ('SHOW_PICTURE', 1, '2026-11-01',
     'Dữ liệu: ảnh chụp một hoạt động của Hội, trong đó nhận ra được tôi (hoặc trẻ em mà tôi đại diện). Mục đích: đăng ảnh trên trang của hoạt động ấy; ảnh không kèm họ tên. Bên kiểm soát dữ liệu: Hội Chữ thập đỏ Việt Nam. Tôi đồng ý với việc này; trẻ em từ đủ 7 tuổi cũng đồng ý. Tôi có quyền được biết, xem, chỉnh sửa, xóa, hạn chế xử lý, phản đối xử lý dữ liệu của mình, yêu cầu biện pháp bảo vệ, khiếu nại và rút lại đồng ý bất cứ lúc nào, tại đơn vị hoặc Trung ương Hội; khi rút lại, ảnh được gỡ ngay, bản người khác đã tải về thì không thu lại được.',
     'Data: a photograph of an activity of the society in which I (or the child that I represent) can be recognised. Purpose: publication on the page of that activity, without a name. Controller: the Vietnam Red Cross. I agree to this; a child of seven years or more agrees as well. I have the right to know, view, correct, erase, restrict and object to the processing of my data, to ask for measures of protection, to complain, and to withdraw this at any time, at the chapter or at the central office; the picture is then taken down at once, copies that others have made cannot be called back.');
