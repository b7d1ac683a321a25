-- The program of before knows the units of 30/6/2025 alone.
DELETE FROM unit_merger m USING former_unit f WHERE f.id = m.former_id AND f.valid_to < DATE '2025-07-01';
DELETE FROM former_unit WHERE valid_to < DATE '2025-07-01';
DROP INDEX former_unit_code_idx;
ALTER TABLE former_unit DROP CONSTRAINT former_unit_forward, DROP COLUMN known_from, DROP COLUMN resolution;
-- Whoever goes up again reads the files anew.
DELETE FROM reference_load WHERE name = 'mergers';
