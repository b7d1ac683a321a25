-- A list of more volunteers than are entered at once: looked through and found right, kept sealed in parts, entered by a job. A part that
-- was entered keeps nobody.
CREATE TABLE volunteer_import (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    -- Keyed hash of the chapter, of what was said of the list and of everybody in it.
    content_hash bytea NOT NULL,
    state        text NOT NULL,
    -- The chapter has verified each of them.
    verified     boolean NOT NULL,
    row_count    integer NOT NULL,
    uploaded_by  uuid NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    CONSTRAINT volunteer_import_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_import_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT volunteer_import_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES account (id),
    -- The same list is one list.
    CONSTRAINT volunteer_import_content_key UNIQUE (chapter_id, content_hash),
    CONSTRAINT volunteer_import_state_known CHECK (state IN ('ACCEPTED', 'DONE')),
    CONSTRAINT volunteer_import_count CHECK (row_count BETWEEN 1 AND 5000)
);
CREATE INDEX volunteer_import_uploaded_by_idx ON volunteer_import (uploaded_by);

CREATE TABLE volunteer_import_part (
    id        uuid NOT NULL,
    import_id uuid NOT NULL,
    n         smallint NOT NULL,
    row_count smallint NOT NULL,
    people    bytea,
    -- What became of its rows: volunteers now, refused with the reason.
    entered   smallint,
    refused   jsonb,
    done_at   timestamptz,
    CONSTRAINT volunteer_import_part_pk PRIMARY KEY (id),
    CONSTRAINT volunteer_import_part_place_key UNIQUE (import_id, n),
    CONSTRAINT volunteer_import_part_import_fk FOREIGN KEY (import_id) REFERENCES volunteer_import (id),
    CONSTRAINT volunteer_import_part_rows CHECK (row_count BETWEEN 1 AND 500 AND n BETWEEN 0 AND 9),
    CONSTRAINT volunteer_import_part_done_whole CHECK ((done_at IS NULL) = (people IS NOT NULL)
        AND num_nonnulls(entered, refused) = CASE WHEN done_at IS NULL THEN 0 ELSE 2 END),
    CONSTRAINT volunteer_import_part_adds_up CHECK (entered + jsonb_array_length(refused) = row_count)
);
