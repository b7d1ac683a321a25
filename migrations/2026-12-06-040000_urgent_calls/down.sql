DROP TABLE urgent_call_request, urgent_call_stop, urgent_call_answer, urgent_call_asked, urgent_call_wave, urgent_call, blood_club_member, blood_club, urgent_call_rule;
DROP FUNCTION urgent_call_asked_answers();
DROP FUNCTION urgent_call_goes_on();
DROP FUNCTION urgent_call_stop_is_lifted_once();
