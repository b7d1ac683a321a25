DROP TABLE cash_receipt;
DROP TABLE number_series;
DROP FUNCTION cash_receipt_follows();
DROP FUNCTION number_series_grows();
DROP FUNCTION number_series_used();
