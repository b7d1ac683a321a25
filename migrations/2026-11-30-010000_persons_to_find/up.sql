-- What parties are found by: keyed hashes (eight bytes each) of the folded words of their names and of the last digits of
-- their numbers, made anew for each chapter that holds something of them, so that two chapters' hashes of one word have nothing
-- in common. They stand in the party's own row, because that costs a gift no row and no statement. A data step fills them.
ALTER TABLE party
    ADD COLUMN words bigint[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT party_erased_not_found CHECK (name IS NOT NULL OR words = '{}');
-- Small, for the reason the other one is (public_entry_words_idx): whoever fills the list empties it.
CREATE INDEX party_words_idx ON party USING gin (words) WITH (gin_pending_list_limit = 256);

-- How often an account looked for persons within the hour.
CREATE INDEX audit_event_searches_idx ON audit_event (account_id, at) WHERE action = 'PERSONS_SEARCHED';
