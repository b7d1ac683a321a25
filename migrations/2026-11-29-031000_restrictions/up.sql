-- A request changes what the chapters of its writer hold; what other chapters hold is decided above them.

-- Since when a chapter may keep a party's data and not use them. `party.restricted_at` stays as a sign that there is such
-- a row, so that recording a gift asks for rows of few parties only.
CREATE TABLE party_restriction (
    party_id   uuid NOT NULL,
    chapter_id uuid NOT NULL,
    since      timestamptz NOT NULL,
    CONSTRAINT party_restriction_pk PRIMARY KEY (party_id, chapter_id),
    CONSTRAINT party_restriction_party_fk FOREIGN KEY (party_id) REFERENCES party (id),
    CONSTRAINT party_restriction_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX party_restriction_chapter_idx ON party_restriction (chapter_id);
INSERT INTO party_restriction (party_id, chapter_id, since)
SELECT DISTINCT p.id, g.chapter_id, p.restricted_at FROM party p JOIN gift g ON g.party_id = p.id WHERE p.restricted_at IS NOT NULL;

-- A restriction may be lifted by two persons: a request of the same kind the other way round. What a request leaves to
-- the chapters above is a request of its own (`rest_of`), seen and decided at `kept_at_chapter_id` alone, so that nobody
-- learns from an answer where else a person gave.
ALTER TABLE personal_data_request
    ADD COLUMN lifts boolean NOT NULL DEFAULT false,
    ADD COLUMN rest_of uuid,
    ADD COLUMN kept_at_chapter_id uuid,
    ADD CONSTRAINT personal_data_request_lifts_a_restriction CHECK (NOT lifts OR kind = 'RESTRICT'),
    ADD CONSTRAINT personal_data_request_rest_whole CHECK ((rest_of IS NULL) = (kept_at_chapter_id IS NULL)),
    ADD CONSTRAINT personal_data_request_rest_of_fk FOREIGN KEY (rest_of) REFERENCES personal_data_request (id),
    ADD CONSTRAINT personal_data_request_kept_at_chapter_fk FOREIGN KEY (kept_at_chapter_id) REFERENCES chapter (id);
CREATE INDEX personal_data_request_rest_of_idx ON personal_data_request (rest_of);
CREATE INDEX personal_data_request_kept_at_chapter_idx ON personal_data_request (kept_at_chapter_id);
