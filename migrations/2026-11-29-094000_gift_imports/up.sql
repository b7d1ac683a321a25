-- A list of gifts out of a spreadsheet, looked through and found right, until it is accepted or forgotten. The gifts are sealed in
-- parts; a part that is booked keeps none of them. Nothing of a list counts anywhere before: its gifts are gifts when they are booked.
CREATE TABLE gift_import (
    id           uuid NOT NULL,
    chapter_id   uuid NOT NULL,
    content_hash bytea NOT NULL,
    state        text NOT NULL,
    row_count    integer NOT NULL,
    amount_vnd   bigint NOT NULL,
    unusual      integer NOT NULL,
    confirmed    boolean NOT NULL DEFAULT false,
    uploaded_by  uuid NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    accepted_by  uuid,
    accepted_at  timestamptz,
    CONSTRAINT gift_import_pk PRIMARY KEY (id),
    CONSTRAINT gift_import_content_key UNIQUE (chapter_id, content_hash),
    CONSTRAINT gift_import_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT gift_import_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES account (id),
    CONSTRAINT gift_import_accepted_by_fk FOREIGN KEY (accepted_by) REFERENCES account (id),
    CONSTRAINT gift_import_state_known CHECK (state IN ('READY', 'ACCEPTED', 'DONE')),
    CONSTRAINT gift_import_accepted_whole CHECK ((state = 'READY') = (accepted_by IS NULL) AND (accepted_by IS NULL) = (accepted_at IS NULL)),
    CONSTRAINT gift_import_counts CHECK (row_count BETWEEN 1 AND 10000 AND amount_vnd > 0 AND unusual BETWEEN 0 AND row_count)
);
CREATE INDEX gift_import_chapter_idx ON gift_import (chapter_id, uploaded_at, id);
CREATE INDEX gift_import_uploaded_by_idx ON gift_import (uploaded_by);
CREATE INDEX gift_import_accepted_by_idx ON gift_import (accepted_by);
CREATE INDEX gift_import_waiting_idx ON gift_import (uploaded_at) WHERE state = 'READY';

CREATE TABLE gift_import_part (
    id         uuid NOT NULL,
    import_id  uuid NOT NULL,
    n          smallint NOT NULL,
    row_count  smallint NOT NULL,
    gifts      bytea,
    stands     smallint,
    asked      smallint,
    refused    jsonb,
    done_at    timestamptz,
    CONSTRAINT gift_import_part_pk PRIMARY KEY (id),
    CONSTRAINT gift_import_part_place_key UNIQUE (import_id, n),
    CONSTRAINT gift_import_part_import_fk FOREIGN KEY (import_id) REFERENCES gift_import (id) ON DELETE CASCADE,
    CONSTRAINT gift_import_part_rows CHECK (row_count BETWEEN 1 AND 500 AND n BETWEEN 0 AND 19),
    CONSTRAINT gift_import_part_done_whole CHECK ((done_at IS NULL) = (gifts IS NOT NULL) AND (done_at IS NULL) = (stands IS NULL)
        AND (done_at IS NULL) = (asked IS NULL) AND (done_at IS NULL) = (refused IS NULL)),
    CONSTRAINT gift_import_part_adds_up CHECK (stands + asked + jsonb_array_length(refused) = row_count)
);
