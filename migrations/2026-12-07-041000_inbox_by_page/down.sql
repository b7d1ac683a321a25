DROP FUNCTION role_holders_between(uuid[], smallint[], text[], date);
DROP FUNCTION role_holders(uuid, text[], date);
DROP FUNCTION chapter_those_below(uuid);
DROP INDEX decision_barred_idx;
