DROP INDEX audit_event_searches_idx;
ALTER TABLE party
    DROP CONSTRAINT party_erased_not_found,
    DROP COLUMN words;
DELETE FROM data_step WHERE name = 'party-words';
