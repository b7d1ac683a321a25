-- A list of people to be admitted as members, out of a spreadsheet: looked through, found right, asked of a second person. The people
-- are sealed in parts; a part that was admitted keeps none of them, and one of a list that was refused or withdrawn goes. Nobody of a
-- list is a person or a member anywhere before they are admitted.
CREATE TABLE member_import (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    -- Keyed hash of the chapter and of everything in the list.
    content_hash bytea NOT NULL,
    state        text NOT NULL,
    -- One decision for all of it.
    decision_no  text NOT NULL,
    -- The text that the representatives of its children signed, and SHA-256 of the list they signed on.
    text_version smallint,
    paper        bytea,
    row_count    integer NOT NULL,
    uploaded_by  uuid NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz,
    CONSTRAINT member_import_pk PRIMARY KEY (id),
    CONSTRAINT member_import_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT member_import_text_fk FOREIGN KEY (text_version) REFERENCES member_consent_text (version),
    CONSTRAINT member_import_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES account (id),
    CONSTRAINT member_import_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT member_import_state_known CHECK (state IN ('READY', 'ACCEPTED', 'DONE', 'REFUSED', 'WITHDRAWN')),
    CONSTRAINT member_import_decided CHECK ((state = 'READY') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT member_import_two_persons CHECK (decided_by IS NULL OR decided_by <> uploaded_by OR state = 'WITHDRAWN'),
    CONSTRAINT member_import_signed CHECK ((text_version IS NULL) = (paper IS NULL)),
    CONSTRAINT member_import_paper_is_hash CHECK (octet_length(paper) = 32),
    CONSTRAINT member_import_count CHECK (row_count BETWEEN 1 AND 10000)
);
-- The same list is one list, until nothing came of it.
CREATE UNIQUE INDEX member_import_content_key ON member_import (chapter_id, content_hash) WHERE state IN ('READY', 'ACCEPTED', 'DONE');
CREATE INDEX member_import_chapter_idx ON member_import (chapter_id, uploaded_at, id);
CREATE INDEX member_import_text_idx ON member_import (text_version);
CREATE INDEX member_import_uploaded_by_idx ON member_import (uploaded_by);
CREATE INDEX member_import_decided_by_idx ON member_import (decided_by);

CREATE TABLE member_import_part (
    id        uuid NOT NULL,
    import_id uuid NOT NULL,
    n         smallint NOT NULL,
    row_count smallint NOT NULL,
    people    bytea,
    -- What became of its rows: members now, being checked above, refused with the reason.
    admitted  smallint,
    checked   smallint,
    refused   jsonb,
    done_at   timestamptz,
    CONSTRAINT member_import_part_pk PRIMARY KEY (id),
    CONSTRAINT member_import_part_place_key UNIQUE (import_id, n),
    CONSTRAINT member_import_part_import_fk FOREIGN KEY (import_id) REFERENCES member_import (id),
    CONSTRAINT member_import_part_rows CHECK (row_count BETWEEN 1 AND 500 AND n BETWEEN 0 AND 19),
    CONSTRAINT member_import_part_done_whole CHECK ((done_at IS NULL) = (people IS NOT NULL) AND (done_at IS NULL) = (admitted IS NULL)
        AND (done_at IS NULL) = (checked IS NULL) AND (done_at IS NULL) = (refused IS NULL)),
    CONSTRAINT member_import_part_adds_up CHECK (admitted + checked + jsonb_array_length(refused) = row_count)
);
