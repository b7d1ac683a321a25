DROP TABLE persons_held;
DROP TABLE persons_limit;
