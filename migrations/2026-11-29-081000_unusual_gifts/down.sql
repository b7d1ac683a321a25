-- An asked gift that waits would be lost: it is decided first.
DO $$
BEGIN
    IF EXISTS (SELECT FROM asked_gift WHERE state = 'ASKED') THEN
        RAISE EXCEPTION 'gifts wait for a second person: approve, refuse or withdraw them first';
    END IF;
    EXECUTE replace(pg_get_functiondef('gift_keeps()'::regprocedure), '''{likeness,reference_likeness,party_id,', '''{party_id,');
END $$;
DROP INDEX gift_reference_likeness_idx;
DROP INDEX gift_likeness_idx;
ALTER TABLE gift DROP COLUMN unusual, DROP COLUMN reference_likeness, DROP COLUMN likeness;
DROP TABLE asked_gift;
DROP FUNCTION asked_gift_keeps();
DROP TABLE gift_limit;
