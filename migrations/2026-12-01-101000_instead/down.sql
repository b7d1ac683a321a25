DROP TABLE reversal_instead;
