-- The name under which a chapter knows a party. It says nothing of when the party was written, nor who else knows it.
CREATE TABLE party_alias (
    id         uuid NOT NULL,
    party_id   uuid NOT NULL,
    chapter_id uuid NOT NULL,
    CONSTRAINT party_alias_pk PRIMARY KEY (party_id, chapter_id),
    CONSTRAINT party_alias_id_key UNIQUE (id, chapter_id),
    CONSTRAINT party_alias_party_fk FOREIGN KEY (party_id) REFERENCES party (id) ON DELETE CASCADE,
    CONSTRAINT party_alias_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX party_alias_chapter_idx ON party_alias (chapter_id);

-- Ids that were handed out so far stay good where they were known, and nowhere else. To take one away from chapters
-- that share it would tell each of them that there is another.
INSERT INTO party_alias (id, party_id, chapter_id)
SELECT DISTINCT party_id, party_id, chapter_id FROM gift WHERE party_id IS NOT NULL;

-- A request names its party as it was asked: by a chapter's name for it.
ALTER TABLE personal_data_request ADD COLUMN party_alias uuid;
UPDATE personal_data_request SET party_alias = party_id WHERE party_id IS NOT NULL;
ALTER TABLE personal_data_request
    ADD CONSTRAINT personal_data_request_party_named CHECK ((party_alias IS NULL) = (party_id IS NULL));
