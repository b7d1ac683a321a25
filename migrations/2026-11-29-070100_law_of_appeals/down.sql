-- What was published or opened under names that were not known before can not be renamed: both are for ever.
DO $$ BEGIN
    IF EXISTS (SELECT FROM appeal WHERE regime = 'OVERSEAS_DISASTER') OR EXISTS (SELECT FROM publication WHERE event = 'SETTLEMENT_REPORT'
           OR channels && '{PLACE_OF_RECEIVING,PLACE_OF_AID}') THEN
        RAISE EXCEPTION 'there are appeals or publications that the release before does not know: restore a backup from before it instead'
            USING ERRCODE = '23514', CONSTRAINT = 'publication_event_known';
    END IF;
END $$;
DROP TABLE appeal_milestone;
ALTER TABLE publication
    DROP CONSTRAINT publication_event_known,
    DROP CONSTRAINT publication_channels_known,
    ADD CONSTRAINT publication_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS')),
    ADD CONSTRAINT publication_channels_known CHECK (channels @> '{WEBSITE}' AND channels <@ '{WEBSITE,NOTICE_BOARD,COMMUNITY_PLACES,WRITTEN_NOTICE}');

DELETE FROM publication_rule WHERE event = 'SETTLEMENT_REPORT' OR regime = 'OVERSEAS_DISASTER';
UPDATE publication_rule SET counts_from = 'OPENED', amount = 0 WHERE counts_from = 'RECEIVING_STARTS';
UPDATE publication_rule SET counts_from = 'RECEIVING_ENDED', amount = 15, mark = 'REC' WHERE counts_from = 'DISTRIBUTION_STARTED';
UPDATE publication_rule SET counts_from = 'RECEIVING_ENDED', amount = 50, last_days = NULL, mark = 'GK'
    WHERE counts_from IN ('DISTRIBUTION_ENDED', 'SETTLEMENT_APPROVED');
UPDATE publication_rule SET counts_from = 'YEAR_ENDED', amount = 89, fixed_month = NULL, fixed_day = NULL WHERE counts_from = 'FIXED_DAY';
UPDATE publication_rule SET amount = 15, mark = 'REC' WHERE regime = 'RED_CROSS_LAW' AND event = 'RESULTS_RECEIVED';
UPDATE publication_rule SET mark = 'REC' WHERE regime = 'RED_CROSS_LAW';
UPDATE publication_rule SET mark = 'GK' WHERE regime = 'DECREE_93_2021' AND event = 'RESULTS_RECEIVED';
ALTER TABLE publication_rule
    DROP CONSTRAINT publication_rule_fixed_day_exists,
    DROP CONSTRAINT publication_rule_fixed_day_whole,
    DROP CONSTRAINT publication_rule_last_days_fit,
    DROP CONSTRAINT publication_rule_counts_from_known,
    DROP CONSTRAINT publication_rule_event_known,
    DROP CONSTRAINT publication_rule_regime_known,
    DROP COLUMN fixed_day,
    DROP COLUMN fixed_month,
    DROP COLUMN notices_from,
    DROP COLUMN advisory,
    DROP COLUMN last_days,
    ADD CONSTRAINT publication_rule_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID')),
    ADD CONSTRAINT publication_rule_event_known CHECK (event IN ('OPENING_DOCUMENT', 'RECEIVING_TERMS', 'SUPPORT_LEVELS', 'RESULTS_RECEIVED', 'RESULTS_USED',
        'INTERIM_RESULTS', 'ANNUAL_ACCOUNTS')),
    ADD CONSTRAINT publication_rule_counts_from_known CHECK (counts_from IN ('OPENED', 'RECEIVING_ENDED', 'EVERY', 'YEAR_ENDED'));

ALTER TABLE appeal_version
    DROP CONSTRAINT appeal_version_extension_level_known,
    DROP CONSTRAINT appeal_version_extension_whole,
    DROP COLUMN extension_text,
    DROP COLUMN extension_level,
    DROP COLUMN extension_by,
    DROP COLUMN extension_on,
    DROP COLUMN extension_no,
    DROP COLUMN extension_ground;
DROP TABLE appeal_limit;
ALTER TABLE appeal
    DROP CONSTRAINT appeal_regime_known,
    ADD CONSTRAINT appeal_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID'));
