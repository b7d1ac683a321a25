-- Who may be called for blood is read from an index alone: chapter by chapter where somebody is near, and by group where the whole country is
-- asked, who gave longest ago first.
DROP INDEX donor_callable_idx;
CREATE INDEX donor_callable_idx ON donor (chapter_id, abo, rh, last_on, id) INCLUDE (person_id, last_component, deferred_until)
    WHERE state = 'ACTIVE' AND willing AND group_times = 2;
CREATE INDEX donor_callable_anywhere_idx ON donor (abo, rh, last_component, last_on, id) INCLUDE (person_id, chapter_id, deferred_until)
    WHERE state = 'ACTIVE' AND willing AND group_times = 2;
