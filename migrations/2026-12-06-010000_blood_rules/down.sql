DROP TABLE blood_compatibility, blood_deferral, blood_interval, blood_bag, blood_volume, blood_limit;
DROP FUNCTION blood_rule_ends_only();
