ALTER TABLE message DROP COLUMN urgent;
DROP TABLE call_out_request, call_out_scan, call_out_stop, call_out_answer, call_out_asked, call_out_wave, call_out_shift, call_out, call_out_rule;
DROP FUNCTION call_out_asked_answers();
DROP FUNCTION call_out_goes_on();
