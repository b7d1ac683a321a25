ALTER TABLE member_import_part
    DROP CONSTRAINT member_import_part_adds_up,
    DROP CONSTRAINT member_import_part_done_whole,
    DROP COLUMN done_rows,
    ADD CONSTRAINT member_import_part_done_whole CHECK ((done_at IS NULL) = (people IS NOT NULL) AND (done_at IS NULL) = (admitted IS NULL)
        AND (done_at IS NULL) = (checked IS NULL) AND (done_at IS NULL) = (refused IS NULL)),
    ADD CONSTRAINT member_import_part_adds_up CHECK (admitted + checked + jsonb_array_length(refused) = row_count);
