-- A part of a list may be admitted in pieces: where more of its people are like members elsewhere than may be left to the chapters above
-- within a day, its rows from there on wait.
ALTER TABLE member_import_part
    ADD COLUMN done_rows smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT member_import_part_done_whole,
    DROP CONSTRAINT member_import_part_adds_up;
UPDATE member_import_part SET done_rows = row_count WHERE done_at IS NOT NULL;
ALTER TABLE member_import_part
    ADD CONSTRAINT member_import_part_done_whole CHECK ((done_at IS NULL) = (people IS NOT NULL) AND (done_at IS NULL) = (done_rows < row_count)
        AND num_nonnulls(admitted, checked, refused) = CASE done_rows WHEN 0 THEN 0 ELSE 3 END),
    ADD CONSTRAINT member_import_part_adds_up CHECK (admitted + checked + jsonb_array_length(refused) = done_rows);
