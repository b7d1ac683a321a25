DROP TABLE purchase_line, purchase;
