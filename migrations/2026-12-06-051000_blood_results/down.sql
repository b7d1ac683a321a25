DROP TABLE blood_value;
DROP TABLE blood_result_year_count;
DROP TABLE blood_result_month;
DROP TABLE blood_result_year;
DROP TABLE blood_result_count;
DROP TABLE blood_result;
DROP FUNCTION blood_result_keeps();
