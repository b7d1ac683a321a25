DROP TRIGGER call_out_stop_is_lifted_once ON call_out_stop;
DROP FUNCTION call_out_stop_is_lifted_once();
-- Of somebody who stopped twice the last stop stays; who agreed again since is not to be asked under the old rule, which knows no way back.
ALTER TABLE call_out_stop DISABLE TRIGGER call_out_stop_stays;
DELETE FROM call_out_stop s USING call_out_stop later WHERE later.person_id = s.person_id AND later.stopped_at > s.stopped_at;
ALTER TABLE call_out_stop ENABLE TRIGGER call_out_stop_stays;
DROP INDEX call_out_stop_standing_key;
ALTER TABLE call_out_stop
    DROP CONSTRAINT call_out_stop_lifted_whole,
    DROP CONSTRAINT call_out_stop_lifted_how_known,
    DROP COLUMN lifted_how,
    DROP COLUMN lifted_by,
    DROP COLUMN lifted_at,
    DROP CONSTRAINT call_out_stop_pk,
    ADD CONSTRAINT call_out_stop_pk PRIMARY KEY (person_id);
