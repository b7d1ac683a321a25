DROP TABLE blood_target;
DROP TABLE blood_target_decision;
DROP FUNCTION blood_target_decision_keeps();
