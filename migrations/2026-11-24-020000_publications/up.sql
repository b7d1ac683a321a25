-- Publication events: what the law wants published of an appeal, until when, and what was published.

-- The day a version was recorded, in Vietnam: duties count from it, and the public may see it. (The hour is nobody's.)
ALTER TABLE appeal_version
    ADD COLUMN recorded_on date NOT NULL GENERATED ALWAYS AS (((recorded_at AT TIME ZONE 'UTC') + interval '7 hours')::date) STORED;
GRANT SELECT (recorded_on) ON appeal_version TO so_nhan_ai_public;

-- What is to be published of appeals of a regime, and how long after what: data with dates. Mark S: from a source, GK:
-- remembered and to be verified, REC: our own recommendation. A rule is for appeals whose period began to run while it was
-- in force.
CREATE TABLE publication_rule (
    regime      text NOT NULL,
    event       text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    counts_from text NOT NULL,
    every_days  smallint,
    amount      smallint NOT NULL,
    unit        text NOT NULL,
    early       boolean NOT NULL,
    keep_days   smallint NOT NULL,
    mark        text NOT NULL,
    source      text NOT NULL,
    CONSTRAINT publication_rule_pk PRIMARY KEY (regime, event, valid_from),
    CONSTRAINT publication_rule_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID')),
    CONSTRAINT publication_rule_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS')),
    CONSTRAINT publication_rule_counts_from_known CHECK (counts_from IN ('OPENED', 'RECEIVING_ENDED', 'EVERY', 'YEAR_ENDED')),
    CONSTRAINT publication_rule_every_whole CHECK ((counts_from = 'EVERY') = (every_days IS NOT NULL) AND (every_days IS NULL OR every_days BETWEEN 7 AND 366)),
    CONSTRAINT publication_rule_amount_bounded CHECK (amount BETWEEN 0 AND 365),
    CONSTRAINT publication_rule_unit_known CHECK (unit IN ('WORKING_DAY', 'DAY')),
    CONSTRAINT publication_rule_keep_bounded CHECK (keep_days BETWEEN 0 AND 3650),
    CONSTRAINT publication_rule_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT publication_rule_period_forward CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX publication_rule_current_key ON publication_rule (regime, event) WHERE valid_to IS NULL;
INSERT INTO publication_rule (regime, event, valid_from, counts_from, amount, unit, early, keep_days, mark, source) VALUES
    ('DECREE_93_2021', 'OPENING_DOCUMENT', '2021-12-11', 'OPENED', 0, 'DAY', true, 30, 'S',
     'Decree 93/2021/NĐ-CP, art. 14: at the start; how long it stays up (30 days) is to be verified'),
    ('DECREE_93_2021', 'RECEIVING_TERMS', '2021-12-11', 'OPENED', 0, 'DAY', true, 30, 'S',
     'Decree 93/2021/NĐ-CP, art. 14: time, place and way of receiving, at the start; how long it stays up (30 days) is to be verified'),
    ('DECREE_93_2021', 'SUPPORT_LEVELS', '2021-12-11', 'RECEIVING_ENDED', 15, 'DAY', true, 30, 'REC',
     'Decree 93/2021/NĐ-CP, art. 14: once decided; we ask for it with the results received at the latest'),
    ('DECREE_93_2021', 'RESULTS_RECEIVED', '2021-12-11', 'RECEIVING_ENDED', 15, 'DAY', false, 30, 'GK',
     'Decree 93/2021/NĐ-CP, art. 14: 15 days after receiving ends, to be verified'),
    ('DECREE_93_2021', 'RESULTS_USED', '2021-12-11', 'RECEIVING_ENDED', 50, 'DAY', false, 30, 'GK',
     'Decree 93/2021/NĐ-CP, art. 14: 30 days after distribution ends, which is at most 20 days after receiving ends; both to be verified'),
    ('RED_CROSS_LAW', 'OPENING_DOCUMENT', '2009-01-01', 'OPENED', 0, 'DAY', true, 30, 'REC',
     'Law 11/2008/QH12, art. 19 to 21: open and transparent; period as for Decree 93/2021/NĐ-CP'),
    ('RED_CROSS_LAW', 'RESULTS_RECEIVED', '2009-01-01', 'RECEIVING_ENDED', 15, 'DAY', false, 30, 'REC',
     'Law 11/2008/QH12, art. 19 to 21; period as for Decree 93/2021/NĐ-CP'),
    ('RED_CROSS_LAW', 'RESULTS_USED', '2009-01-01', 'RECEIVING_ENDED', 50, 'DAY', false, 30, 'REC',
     'Law 11/2008/QH12, art. 19 to 21; period as for Decree 93/2021/NĐ-CP'),
    ('DECREE_03_2026', 'OPENING_DOCUMENT', '2026-03-01', 'OPENED', 0, 'DAY', true, 30, 'REC',
     'Decree 03/2026/NĐ-CP; period as for Decree 93/2021/NĐ-CP'),
    ('DECREE_03_2026', 'ANNUAL_ACCOUNTS', '2026-03-01', 'YEAR_ENDED', 89, 'DAY', false, 365, 'S',
     'Decree 03/2026/NĐ-CP: assets received and results of use, each year before 31 March'),
    ('FOREIGN_AID', 'OPENING_DOCUMENT', '2020-01-01', 'OPENED', 0, 'DAY', true, 30, 'REC',
     'Law 11/2008/QH12, art. 19 to 21; the decrees on foreign aid are to be read for their own periods'),
    ('FOREIGN_AID', 'RESULTS_USED', '2020-01-01', 'RECEIVING_ENDED', 50, 'DAY', false, 30, 'REC',
     'Law 11/2008/QH12, art. 19 to 21; the decrees on foreign aid are to be read for their own periods');
GRANT SELECT ON publication_rule TO so_nhan_ai_public;
GRANT SELECT (day) ON public_holiday TO so_nhan_ai_public;

-- When a document was taken out of the public: a duty is not met by a paper that was shown for an hour.
CREATE TABLE document_withdrawal (
    id           bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    document_id  uuid NOT NULL,
    subject_id   uuid NOT NULL,
    sha256       text NOT NULL,
    withdrawn_on date NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    withdrawn_by uuid NOT NULL,
    CONSTRAINT document_withdrawal_pk PRIMARY KEY (id),
    CONSTRAINT document_withdrawal_document_fk FOREIGN KEY (document_id) REFERENCES document (id),
    CONSTRAINT document_withdrawal_withdrawn_by_fk FOREIGN KEY (withdrawn_by) REFERENCES account (id)
);
CREATE INDEX document_withdrawal_document_idx ON document_withdrawal (document_id);
CREATE INDEX document_withdrawal_subject_idx ON document_withdrawal (subject_id, sha256);
CREATE INDEX document_withdrawal_withdrawn_by_idx ON document_withdrawal (withdrawn_by);
CREATE TRIGGER document_withdrawal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (subject_id, sha256, withdrawn_on) ON document_withdrawal TO so_nhan_ai_public;

-- A publication that was made. `code` is its leaf's; `period` is given for duties that come again and again. The document
-- is the appeal's own, by its hash: hidden or not, what was published stays known.
CREATE TABLE publication (
    id           uuid NOT NULL,
    code         text NOT NULL,
    seq          bigint NOT NULL,
    appeal_id    uuid NOT NULL,
    event        text NOT NULL,
    period       date,
    version      integer NOT NULL,
    replaces     text,
    document_id  uuid NOT NULL,
    purpose      text NOT NULL,
    sha256       text NOT NULL,
    title        text NOT NULL,
    channels     text[] NOT NULL,
    published_on date NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid NOT NULL,
    leaf_hash    bytea NOT NULL,
    CONSTRAINT publication_pk PRIMARY KEY (id),
    CONSTRAINT publication_code_key UNIQUE (code),
    CONSTRAINT publication_seq_key UNIQUE (seq),
    CONSTRAINT publication_replaces_key UNIQUE (replaces),
    CONSTRAINT publication_version_key UNIQUE NULLS NOT DISTINCT (appeal_id, event, period, version),
    CONSTRAINT publication_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT publication_replaces_fk FOREIGN KEY (replaces) REFERENCES publication (code),
    CONSTRAINT publication_content_fk FOREIGN KEY (document_id, purpose, sha256) REFERENCES document (id, purpose, sha256),
    CONSTRAINT publication_link_fk FOREIGN KEY (document_id, purpose, appeal_id) REFERENCES document_link (document_id, subject_kind, subject_id),
    CONSTRAINT publication_published_by_fk FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT publication_code_form CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$'),
    CONSTRAINT publication_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS')),
    CONSTRAINT publication_of_an_appeal CHECK (purpose = 'APPEAL'),
    CONSTRAINT publication_first_or_later CHECK (version >= 1 AND (version = 1) = (replaces IS NULL)),
    CONSTRAINT publication_title_bounded CHECK (char_length(title) BETWEEN 1 AND 200),
    -- The website is this one; the others beside it.
    CONSTRAINT publication_channels_known CHECK (channels @> '{WEBSITE}' AND channels <@ '{WEBSITE,NOTICE_BOARD,COMMUNITY_PLACES,WRITTEN_NOTICE}'),
    CONSTRAINT publication_published_on_fits CHECK (published_on = ((published_at AT TIME ZONE 'UTC') + interval '7 hours')::date)
);
CREATE INDEX publication_document_idx ON publication (document_id);
CREATE INDEX publication_published_by_idx ON publication (published_by);
CREATE TRIGGER publication_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publication
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A version follows the one before it and says so; nothing is left out and nothing replaced twice.
CREATE FUNCTION publication_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest record;
BEGIN
    SELECT code, version INTO newest FROM publication p
    WHERE p.appeal_id = NEW.appeal_id AND p.event = NEW.event AND p.period IS NOT DISTINCT FROM NEW.period
    ORDER BY version DESC LIMIT 1;
    IF NEW.version <> coalesce(newest.version, 0) + 1 OR NEW.replaces IS DISTINCT FROM newest.code THEN
        RAISE EXCEPTION 'a version replaces the one before it' USING ERRCODE = '23514', CONSTRAINT = 'publication_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publication_follows BEFORE INSERT ON publication FOR EACH ROW EXECUTE FUNCTION publication_follows();
GRANT SELECT (code, appeal_id, event, period, version, replaces, sha256, title, channels, published_on, leaf_hash) ON publication TO so_nhan_ai_public;
