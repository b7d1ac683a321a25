-- How many persons are held, and of how many sensitive data, counted once a day; and from which numbers on the law asks for a security
-- dossier of level 3 that was approved before.
CREATE TABLE persons_limit (
    what         text NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date,
    persons      bigint NOT NULL,
    -- From which part of the limit on whoever runs the server is warned.
    warn_percent smallint NOT NULL,
    mark         text NOT NULL,
    source       text NOT NULL,
    CONSTRAINT persons_limit_pk PRIMARY KEY (what, valid_from),
    CONSTRAINT persons_limit_what_known CHECK (what IN ('PERSONS', 'SENSITIVE')),
    CONSTRAINT persons_limit_positive CHECK (persons > 0 AND warn_percent BETWEEN 1 AND 100),
    CONSTRAINT persons_limit_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT persons_limit_forward CHECK (valid_to > valid_from)
);
INSERT INTO persons_limit (what, valid_from, persons, warn_percent, mark, source) VALUES
    ('PERSONS', '2026-07-01', 100000, 80, 'S',
     'Law 116/2025/QH15, Decrees 331/2026/NĐ-CP and 333/2026/NĐ-CP: data of 100,000 persons or more, level 3, approved before operation; to warn from 80 % on is our own'),
    ('SENSITIVE', '2026-07-01', 10000, 80, 'S',
     'Law 116/2025/QH15, Decrees 331/2026/NĐ-CP and 333/2026/NĐ-CP: sensitive data of 10,000 persons or more, level 3, approved before operation; to warn from 80 % on is our own');

CREATE TABLE persons_held (
    day        date NOT NULL,
    room       text NOT NULL,
    persons    bigint NOT NULL,
    sensitive  bigint NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT persons_held_pk PRIMARY KEY (day, room),
    CONSTRAINT persons_held_not_negative CHECK (persons >= 0 AND sensitive >= 0)
);
