DROP INDEX paper_slip_form_key;
ALTER TABLE paper_slip DROP CONSTRAINT paper_slip_pk;
INSERT INTO paper_slip (chapter_id, book, no, gift_id) SELECT chapter_id, book, no, gift_id FROM paper_slip_collision;
ALTER TABLE paper_slip
    ADD CONSTRAINT paper_slip_pk PRIMARY KEY (chapter_id, book, no),
    ADD CONSTRAINT paper_slip_gift_key UNIQUE (gift_id);
DROP TABLE paper_slip_collision;
DROP FUNCTION slip_form(text);
ALTER TABLE item DROP CONSTRAINT item_counted_units_are_units, DROP COLUMN counted_units;
