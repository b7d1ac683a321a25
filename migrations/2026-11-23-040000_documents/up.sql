-- Papers and photographs. The bytes are files named by their SHA-256; the database knows what they are, whose they
-- are and who may see them. A file without a row is garbage; a row without its file is a loss that `verify` reports.
CREATE TABLE document (
    id              uuid NOT NULL,
    chapter_id      uuid NOT NULL,
    purpose         text NOT NULL,
    sha256          text NOT NULL,
    size_bytes      bigint NOT NULL,
    media_type      text NOT NULL,
    uploaded_sha256 text NOT NULL,
    uploaded_bytes  bigint NOT NULL,
    name            bytea NOT NULL,
    request_hash    bytea NOT NULL,
    uploaded_by     uuid NOT NULL,
    uploaded_at     timestamptz NOT NULL,
    CONSTRAINT document_pk PRIMARY KEY (id),
    -- What may be linked and published hangs on the purpose: the keys below carry it along.
    CONSTRAINT document_purpose_key UNIQUE (id, purpose),
    CONSTRAINT document_content_key UNIQUE (id, purpose, sha256),
    CONSTRAINT document_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT document_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES account (id),
    CONSTRAINT document_purpose_known CHECK (purpose IN ('GIFT', 'APPEAL', 'REVERSAL', 'OPENING_BALANCE')),
    CONSTRAINT document_sha256_form CHECK (sha256 ~ '^[0-9a-f]{64}$' AND uploaded_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT document_size_positive CHECK (size_bytes > 0 AND uploaded_bytes > 0),
    CONSTRAINT document_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf'))
);
CREATE INDEX document_chapter_idx ON document (chapter_id, uploaded_at, id);
CREATE INDEX document_sha256_idx ON document (sha256);
CREATE INDEX document_uploaded_by_idx ON document (uploaded_by);

-- A document is what was uploaded, for ever; only its name, which may name a person, may be emptied.
CREATE FUNCTION document_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'name' <> to_jsonb(OLD) - 'name' THEN
        RAISE EXCEPTION 'a document keeps all but its name' USING ERRCODE = '23514', CONSTRAINT = 'document_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_keeps BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_keeps();

-- What a document belongs to. The purpose stated at the upload decides what it may be linked to.
CREATE TABLE document_link (
    document_id  uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id   uuid NOT NULL,
    linked_by    uuid NOT NULL,
    linked_at    timestamptz NOT NULL,
    CONSTRAINT document_link_pk PRIMARY KEY (document_id, subject_kind, subject_id),
    CONSTRAINT document_link_purpose_fk FOREIGN KEY (document_id, subject_kind) REFERENCES document (id, purpose),
    CONSTRAINT document_link_linked_by_fk FOREIGN KEY (linked_by) REFERENCES account (id),
    CONSTRAINT document_link_subject_known CHECK (subject_kind IN ('GIFT', 'APPEAL', 'REVERSAL', 'OPENING_BALANCE'))
);
CREATE INDEX document_link_subject_idx ON document_link (subject_kind, subject_id, linked_at);
CREATE INDEX document_link_linked_by_idx ON document_link (linked_by);

-- Exactly what may be shown of a published document (DESIGN 9). Only a document of an appeal, linked to it, gets here:
-- a giver's paper can not be published, whatever the program does.
CREATE TABLE document_publication (
    document_id  uuid NOT NULL,
    purpose      text NOT NULL,
    subject_id   uuid NOT NULL,
    sha256       text NOT NULL,
    size_bytes   bigint NOT NULL,
    media_type   text NOT NULL,
    title        text NOT NULL,
    published_on date NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid NOT NULL,
    CONSTRAINT document_publication_pk PRIMARY KEY (document_id, subject_id),
    CONSTRAINT document_publication_content_fk FOREIGN KEY (document_id, purpose, sha256) REFERENCES document (id, purpose, sha256),
    CONSTRAINT document_publication_link_fk FOREIGN KEY (document_id, purpose, subject_id) REFERENCES document_link (document_id, subject_kind, subject_id),
    CONSTRAINT document_publication_published_by_fk FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT document_publication_of_an_appeal CHECK (purpose = 'APPEAL'),
    CONSTRAINT document_publication_title_bounded CHECK (char_length(title) BETWEEN 1 AND 200)
);
CREATE INDEX document_publication_sha256_idx ON document_publication (sha256);
CREATE INDEX document_publication_subject_idx ON document_publication (subject_id);
CREATE INDEX document_publication_published_by_idx ON document_publication (published_by);
GRANT SELECT (subject_id, sha256, size_bytes, media_type, title, published_on) ON document_publication TO so_nhan_ai_public;

-- An upload under way. `offset_bytes` counts what is safely on disk: the length of all its chunks.
CREATE TABLE upload (
    id           uuid NOT NULL,
    account_id   uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    purpose      text NOT NULL,
    name         bytea NOT NULL,
    media_type   text NOT NULL,
    size_bytes   bigint NOT NULL,
    sha256       text NOT NULL,
    request_hash bytea NOT NULL,
    offset_bytes bigint NOT NULL,
    state        text NOT NULL,
    refusal      text,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT upload_pk PRIMARY KEY (id),
    CONSTRAINT upload_account_fk FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT upload_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT upload_state_known CHECK (state IN ('OPEN', 'DONE', 'REFUSED')),
    CONSTRAINT upload_refusal_whole CHECK ((state = 'REFUSED') = (refusal IS NOT NULL)),
    CONSTRAINT upload_offset_bounded CHECK (offset_bytes BETWEEN 0 AND size_bytes),
    CONSTRAINT upload_size_positive CHECK (size_bytes > 0)
);
CREATE INDEX upload_account_idx ON upload (account_id, created_at);
CREATE INDEX upload_chapter_idx ON upload (chapter_id);
CREATE INDEX upload_expires_idx ON upload (expires_at);

-- Chunks of an upload, each a file of its own: nothing on disk is ever written twice.
CREATE TABLE upload_chunk (
    upload_id    uuid NOT NULL,
    at_bytes     bigint NOT NULL,
    length_bytes bigint NOT NULL,
    sha256       text NOT NULL,
    file         text NOT NULL,
    CONSTRAINT upload_chunk_pk PRIMARY KEY (upload_id, at_bytes),
    CONSTRAINT upload_chunk_upload_fk FOREIGN KEY (upload_id) REFERENCES upload (id) ON DELETE CASCADE,
    CONSTRAINT upload_chunk_length_positive CHECK (length_bytes > 0),
    CONSTRAINT upload_chunk_file_form CHECK (file ~ '^[0-9]+-[0-9a-f]+$')
);
