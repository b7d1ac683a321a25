DROP TABLE team_request, team_exercise_member, team_exercise, team_item, team_lead, team_member, team;
DROP FUNCTION team_outlived_by_nobody();
DROP FUNCTION team_lead_is_in_the_team();
DROP FUNCTION team_time_only_ends();
