DROP TABLE reversal_by_officer, reversal_overall, reversal_by_month, officer_code;
DROP FUNCTION officer_code_random;
