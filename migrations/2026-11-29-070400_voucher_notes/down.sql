DROP TABLE voucher_note;
