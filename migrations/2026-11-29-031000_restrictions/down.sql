DROP TABLE party_restriction;
ALTER TABLE personal_data_request
    DROP COLUMN lifts,
    DROP COLUMN rest_of,
    DROP COLUMN kept_at_chapter_id;
