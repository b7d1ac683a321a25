DROP TABLE account_by_day, account_by_month, account_folded, statutory_account;
