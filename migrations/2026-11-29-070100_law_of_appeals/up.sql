-- What is to be published of appeals, by both laws: Decree 93/2021/NĐ-CP, art. 8 and 14, and Law 11/2008/QH12, art. 21. Wrong
-- rows are corrected in place, because the law did not change, our knowledge did.

-- Relief for another country's disaster: Decree 93/2021/NĐ-CP, art. 20 and 21.
ALTER TABLE appeal
    DROP CONSTRAINT appeal_regime_known,
    ADD CONSTRAINT appeal_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID', 'OVERSEAS_DISASTER'));

-- How long something of an appeal may last. RECEIVING: from the launch. DISTRIBUTION, HAND_OVER: from the end of receiving.
CREATE TABLE appeal_limit (
    regime     text NOT NULL,
    clock      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    days       smallint NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT appeal_limit_pk PRIMARY KEY (regime, clock, valid_from),
    CONSTRAINT appeal_limit_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID', 'OVERSEAS_DISASTER')),
    CONSTRAINT appeal_limit_clock_known CHECK (clock IN ('RECEIVING', 'DISTRIBUTION', 'HAND_OVER')),
    CONSTRAINT appeal_limit_days_bounded CHECK (days BETWEEN 1 AND 3650),
    CONSTRAINT appeal_limit_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT appeal_limit_period_forward CHECK (valid_to > valid_from)
);
INSERT INTO appeal_limit (regime, clock, valid_from, days, mark, source) VALUES
    ('DECREE_93_2021', 'RECEIVING', '2021-12-11', 90, 'S',
     'Decree 93/2021/NĐ-CP, art. 8(2): at most 90 days from the launch; longer by decision of a Ban Vận động of province level or above, or by commitments to givers'),
    ('DECREE_93_2021', 'DISTRIBUTION', '2021-12-11', 20, 'S',
     'Decree 93/2021/NĐ-CP, art. 8(3): at most 20 days after receiving ends, except commitments to givers'),
    ('OVERSEAS_DISASTER', 'HAND_OVER', '2021-12-11', 30, 'S', 'Decree 93/2021/NĐ-CP, art. 20, 21: handed over at most 30 days after the end');

-- Why an appeal receives for longer than its law allows: who decided it, or what was committed to givers.
ALTER TABLE appeal_version
    ADD COLUMN extension_ground text,
    ADD COLUMN extension_no     text,
    ADD COLUMN extension_on     date,
    ADD COLUMN extension_by     text,
    ADD COLUMN extension_level  text,
    ADD COLUMN extension_text   text,
    ADD CONSTRAINT appeal_version_extension_whole CHECK (CASE extension_ground
        WHEN 'DECISION' THEN num_nonnulls(extension_no, extension_on, extension_by, extension_level) = 4 AND extension_text IS NULL
        WHEN 'COMMITMENT_TO_GIVERS' THEN num_nonnulls(extension_no, extension_on, extension_by, extension_level) = 0 AND extension_text IS NOT NULL
        ELSE extension_ground IS NULL AND num_nonnulls(extension_no, extension_on, extension_by, extension_level, extension_text) = 0 END),
    ADD CONSTRAINT appeal_version_extension_level_known CHECK (extension_level IN ('PROVINCE', 'CENTRAL'));
GRANT SELECT (extension_ground, extension_no, extension_on, extension_by, extension_level, extension_text) ON appeal_version TO so_nhan_ai_public;

-- `last_days`: while the day a period counts from is not known, it ends this many days after receiving ends at the latest.
-- `advisory`: shown, and nobody is late by it. `notices_from`: published from this day on, it takes the notices at the place of
-- receiving and at the place of aid as well; they could not be written down here before. `fixed_*`: a day of the year after.
ALTER TABLE publication_rule
    ADD COLUMN last_days    smallint,
    ADD COLUMN advisory     boolean NOT NULL DEFAULT false,
    ADD COLUMN notices_from date,
    ADD COLUMN fixed_month  smallint,
    ADD COLUMN fixed_day    smallint,
    DROP CONSTRAINT publication_rule_regime_known,
    DROP CONSTRAINT publication_rule_event_known,
    DROP CONSTRAINT publication_rule_counts_from_known,
    ADD CONSTRAINT publication_rule_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID', 'OVERSEAS_DISASTER')),
    ADD CONSTRAINT publication_rule_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS', 'SETTLEMENT_REPORT')),
    ADD CONSTRAINT publication_rule_counts_from_known CHECK (counts_from IN ('OPENED', 'RECEIVING_STARTS', 'RECEIVING_ENDED', 'DISTRIBUTION_STARTED',
        'DISTRIBUTION_ENDED', 'SETTLEMENT_APPROVED', 'EVERY', 'YEAR_ENDED', 'FIXED_DAY')),
    ADD CONSTRAINT publication_rule_last_days_fit CHECK (last_days IS NULL
        OR counts_from IN ('DISTRIBUTION_STARTED', 'DISTRIBUTION_ENDED', 'SETTLEMENT_APPROVED') AND last_days BETWEEN 0 AND 3650),
    ADD CONSTRAINT publication_rule_fixed_day_whole CHECK ((counts_from = 'FIXED_DAY') = (num_nonnulls(fixed_month, fixed_day) = 2)
        AND num_nonnulls(fixed_month, fixed_day) <> 1),
    ADD CONSTRAINT publication_rule_fixed_day_exists CHECK (fixed_month BETWEEN 1 AND 12
        AND fixed_day BETWEEN 1 AND CASE WHEN fixed_month = 2 THEN 28 WHEN fixed_month IN (4, 6, 9, 11) THEN 30 ELSE 31 END);

UPDATE publication_rule SET mark = 'S', notices_from = '2026-12-01',
    source = 'Decree 93/2021/NĐ-CP, art. 14(4)(a), (5)(a): at once after issue, 30 days up; Law 11/2008/QH12, art. 21(5)(a): purpose before it begins'
    WHERE regime = 'DECREE_93_2021' AND event = 'OPENING_DOCUMENT' AND valid_from = '2021-12-11';
UPDATE publication_rule SET mark = 'S', counts_from = 'RECEIVING_STARTS', amount = 1, advisory = true,
    source = 'Decree 93/2021/NĐ-CP, art. 14(4)(b), (5)(a): one to three days before receiving starts, 30 days up'
    WHERE regime = 'DECREE_93_2021' AND event = 'RECEIVING_TERMS' AND valid_from = '2021-12-11';
UPDATE publication_rule SET mark = 'S', counts_from = 'DISTRIBUTION_STARTED', amount = 0,
    source = 'Decree 93/2021/NĐ-CP, art. 14(4)(d), (5)(a): from the start of support, 30 days up'
    WHERE regime = 'DECREE_93_2021' AND event = 'SUPPORT_LEVELS' AND valid_from = '2021-12-11';
UPDATE publication_rule SET mark = 'S', notices_from = '2026-12-01',
    source = 'Decree 93/2021/NĐ-CP, art. 14(4)(c), (5)(a): 15 days after receiving ends, 30 days up; Law 11/2008/QH12, art. 21(5)(b) has 30 days'
    WHERE regime = 'DECREE_93_2021' AND event = 'RESULTS_RECEIVED' AND valid_from = '2021-12-11';
UPDATE publication_rule SET mark = 'S', counts_from = 'DISTRIBUTION_ENDED', amount = 30, last_days = 50, notices_from = '2026-12-01',
    source = 'Decree 93/2021/NĐ-CP, art. 8(3), 14(4)(c), (5)(a): 30 days after distribution ends, which is at most 20 days after receiving ends; 30 days up'
    WHERE regime = 'DECREE_93_2021' AND event = 'RESULTS_USED' AND valid_from = '2021-12-11';
UPDATE publication_rule SET mark = 'S', notices_from = '2026-12-01',
    source = 'Law 11/2008/QH12, art. 21(5)(a): purpose before it begins; how long it stays up is our recommendation'
    WHERE regime = 'RED_CROSS_LAW' AND event = 'OPENING_DOCUMENT' AND valid_from = '2009-01-01';
UPDATE publication_rule SET amount = 30, mark = 'S', notices_from = '2026-12-01',
    source = 'Law 11/2008/QH12, art. 21(5)(b): 30 days after the end; how long it stays up is our recommendation'
    WHERE regime = 'RED_CROSS_LAW' AND event = 'RESULTS_RECEIVED' AND valid_from = '2009-01-01';
UPDATE publication_rule SET counts_from = 'SETTLEMENT_APPROVED', amount = 30, mark = 'S', notices_from = '2026-12-01',
    source = 'Law 11/2008/QH12, art. 21(5)(c): 30 days after the settlement report is approved; how long it stays up is our recommendation'
    WHERE regime = 'RED_CROSS_LAW' AND event = 'RESULTS_USED' AND valid_from = '2009-01-01';
UPDATE publication_rule SET counts_from = 'FIXED_DAY', amount = 0, fixed_month = 3, fixed_day = 30,
    source = 'Decree 03/2026/NĐ-CP, art. 9(2): assets received and results of use, each year before 31 March'
    WHERE regime = 'DECREE_03_2026' AND event = 'ANNUAL_ACCOUNTS' AND valid_from = '2026-03-01';
UPDATE publication_rule SET source = 'Decree 50/2020/NĐ-CP, art. 27(1)(a): approved aid on the website, no number of days; Law 11/2008/QH12, art. 21'
    WHERE regime = 'FOREIGN_AID' AND valid_from = '2020-01-01';
-- What we recommend where the law names no number of days makes nobody late.
UPDATE publication_rule SET advisory = true
    WHERE mark <> 'S' AND (regime, valid_from) IN (('DECREE_03_2026', '2026-03-01'), ('FOREIGN_AID', '2020-01-01'));
INSERT INTO publication_rule (regime, event, valid_from, counts_from, amount, unit, early, keep_days, notices_from, mark, source) VALUES
    ('DECREE_93_2021', 'SETTLEMENT_REPORT', '2021-12-11', 'SETTLEMENT_APPROVED', 30, 'DAY', false, 30, '2026-12-01', 'S',
     'Decree 93/2021/NĐ-CP, art. 16; Law 11/2008/QH12, art. 21(2), (5)(c): 30 days after the settlement report is approved'),
    ('RED_CROSS_LAW', 'SETTLEMENT_REPORT', '2009-01-01', 'SETTLEMENT_APPROVED', 30, 'DAY', false, 30, '2026-12-01', 'S',
     'Law 11/2008/QH12, art. 21(2), (5)(c): 30 days after the settlement report is approved'),
    ('OVERSEAS_DISASTER', 'OPENING_DOCUMENT', '2021-12-11', 'OPENED', 0, 'DAY', true, 30, '2026-12-01', 'S',
     'Decree 93/2021/NĐ-CP, art. 16, 20, 21; Law 11/2008/QH12, art. 21(5)(a): purpose before it begins'),
    ('OVERSEAS_DISASTER', 'RESULTS_RECEIVED', '2021-12-11', 'RECEIVING_ENDED', 30, 'DAY', false, 30, '2026-12-01', 'S',
     'Decree 93/2021/NĐ-CP, art. 16, 20, 21; Law 11/2008/QH12, art. 21(5)(b): 30 days after the end'),
    ('OVERSEAS_DISASTER', 'RESULTS_USED', '2021-12-11', 'SETTLEMENT_APPROVED', 30, 'DAY', false, 30, '2026-12-01', 'S',
     'Decree 93/2021/NĐ-CP, art. 16, 20, 21; Law 11/2008/QH12, art. 21(5)(c): 30 days after the settlement report is approved'),
    ('OVERSEAS_DISASTER', 'SETTLEMENT_REPORT', '2021-12-11', 'SETTLEMENT_APPROVED', 30, 'DAY', false, 30, '2026-12-01', 'S',
     'Decree 93/2021/NĐ-CP, art. 16, 20, 21; Law 11/2008/QH12, art. 21(2), (5)(c): 30 days after the settlement report is approved');

-- Law 11/2008/QH12, art. 21(3): notices at the place of receiving and at the place of aid, each by its own name.
ALTER TABLE publication
    DROP CONSTRAINT publication_event_known,
    DROP CONSTRAINT publication_channels_known,
    ADD CONSTRAINT publication_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS', 'SETTLEMENT_REPORT')),
    ADD CONSTRAINT publication_channels_known CHECK (channels @> '{WEBSITE}'
        AND channels <@ '{WEBSITE,NOTICE_BOARD,PLACE_OF_RECEIVING,PLACE_OF_AID,COMMUNITY_PLACES,WRITTEN_NOTICE}');

-- Days that clocks count from and that the books do not tell: typed by who runs the appeal, with the paper that says so. A later
-- version corrects the one before; none goes.
CREATE TABLE appeal_milestone (
    id          uuid NOT NULL,
    appeal_id   uuid NOT NULL,
    milestone   text NOT NULL,
    version     integer NOT NULL,
    day         date NOT NULL,
    document_id uuid NOT NULL,
    purpose     text NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT appeal_milestone_pk PRIMARY KEY (id),
    CONSTRAINT appeal_milestone_version_key UNIQUE (appeal_id, milestone, version),
    CONSTRAINT appeal_milestone_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT appeal_milestone_link_fk FOREIGN KEY (document_id, purpose, appeal_id) REFERENCES document_link (document_id, subject_kind, subject_id),
    CONSTRAINT appeal_milestone_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT appeal_milestone_of_an_appeal CHECK (purpose = 'APPEAL'),
    CONSTRAINT appeal_milestone_known CHECK (milestone IN ('DISTRIBUTION_STARTED', 'DISTRIBUTION_ENDED', 'COMMITTED_UNTIL', 'SETTLEMENT_APPROVED',
        'HANDED_OVER', 'BANK_TOLD_TO_STOP')),
    CONSTRAINT appeal_milestone_version_counts CHECK (version BETWEEN 1 AND 20)
);
CREATE INDEX appeal_milestone_document_idx ON appeal_milestone (document_id);
CREATE INDEX appeal_milestone_recorded_by_idx ON appeal_milestone (recorded_by);
CREATE TRIGGER appeal_milestone_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON appeal_milestone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (appeal_id, milestone, version, day) ON appeal_milestone TO so_nhan_ai_public;
