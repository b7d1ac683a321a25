-- Which of an item's units are counted in whole numbers (heads, pieces, sets); the others are measured. Filled from the
-- catalogue at the next start.
ALTER TABLE item
    ADD COLUMN counted_units text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT item_counted_units_are_units CHECK (counted_units <@ units);

-- One paper slip, however its book and number were typed: case, marks, blanks, hyphens and leading zeros aside.
CREATE FUNCTION slip_form(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
               regexp_replace(upper(translate(normalize(typed, NFKD), 'đĐðÐɖƉƀɃ', 'dDdDdDbB') COLLATE "C"), '[^A-Z0-9]+', '', 'g'),
               '(^|[A-Z])0+(?=[0-9])', '\1', 'g')
$$;

-- Slips that were taken twice while ways of typing still made them two. They stay listed until one of the gifts is reversed.
CREATE TABLE paper_slip_collision (
    gift_id    uuid NOT NULL,
    chapter_id uuid NOT NULL,
    book       text NOT NULL,
    no         text NOT NULL,
    CONSTRAINT paper_slip_collision_pk PRIMARY KEY (gift_id),
    CONSTRAINT paper_slip_collision_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id)
);
WITH twice AS (
    SELECT s.gift_id, row_number() OVER (PARTITION BY s.chapter_id, slip_form(s.book), slip_form(s.no) ORDER BY g.recorded_at, g.id) AS n
    FROM paper_slip s JOIN gift g ON g.id = s.gift_id
), moved AS (
    DELETE FROM paper_slip s USING twice t WHERE t.gift_id = s.gift_id AND t.n > 1 RETURNING s.*
)
INSERT INTO paper_slip_collision (gift_id, chapter_id, book, no) SELECT gift_id, chapter_id, book, no FROM moved;
CREATE INDEX paper_slip_collision_slip_idx ON paper_slip_collision (chapter_id, slip_form(book), slip_form(no));

ALTER TABLE paper_slip DROP CONSTRAINT paper_slip_pk, DROP CONSTRAINT paper_slip_gift_key;
ALTER TABLE paper_slip ADD CONSTRAINT paper_slip_pk PRIMARY KEY (gift_id);
CREATE UNIQUE INDEX paper_slip_form_key ON paper_slip (chapter_id, slip_form(book), slip_form(no));
