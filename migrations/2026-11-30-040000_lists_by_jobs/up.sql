-- Where what a job is about is shown, as a path of the API, for whoever waits for it.
ALTER TABLE job ADD COLUMN url text,
    ADD CONSTRAINT job_url_fits CHECK (url ~ '^/api/v1/[!-~]{1,200}$');

-- How long a list of gifts that was looked through and never accepted is kept. It has names and numbers of people who have not been
-- booked as givers of anything, so no law of vouchers keeps it, and the law on personal data wants it gone when its purpose is over.
-- Of the rules the newest that has begun counts.
CREATE TABLE gift_import_keeping (
    valid_from date NOT NULL,
    kept_days  integer NOT NULL,
    source     text NOT NULL,
    CONSTRAINT gift_import_keeping_pk PRIMARY KEY (valid_from),
    CONSTRAINT gift_import_keeping_days CHECK (kept_days BETWEEN 1 AND 3650)
);
INSERT INTO gift_import_keeping (valid_from, kept_days, source)
VALUES ('2010-01-01', 30, 'delivered with the program: time to ask about doubtful rows, no longer than the purpose needs (Law 91/2025/QH15); the Society may set others');

-- Lists are booked by jobs now: those that were left in the middle get theirs.
INSERT INTO job (id, kind, chapter_id, account_id, content, state, enqueued_at, due_at, attempts, done, total, errors, url)
SELECT id, 'BOOK_GIFT_LIST', chapter_id, accepted_by, '{}', 'WAITING', accepted_at, accepted_at, 0, 0, row_count, 0, '/api/v1/gift-imports/' || id
FROM gift_import WHERE state = 'ACCEPTED' ON CONFLICT DO NOTHING;
