-- Units that ended before the reform of 1/7/2025, and since when each former one is on record: on an earlier day it is not named.
-- The reference loader writes both for all units, as the files have changed.
ALTER TABLE former_unit ADD COLUMN known_from date NOT NULL DEFAULT DATE '2025-01-01', ADD COLUMN resolution text;
ALTER TABLE former_unit ALTER COLUMN known_from DROP DEFAULT;
ALTER TABLE former_unit ADD CONSTRAINT former_unit_forward CHECK (valid_to > known_from);
CREATE INDEX former_unit_code_idx ON former_unit (code);
