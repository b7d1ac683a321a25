-- What the database holds now becomes the pattern that multiply.sql copies. Reversals and what they reverse stay out.
CREATE TABLE bench_pattern AS
    SELECT row_number() OVER (ORDER BY l.idx) AS n, e.id AS entry, e.code, g.id AS gift, p.seq
    FROM log_leaf l JOIN entry e ON e.code = l.entry JOIN gift g ON g.entry_id = e.id JOIN public_entry p ON p.code = e.code
    WHERE NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id);
ALTER TABLE bench_pattern ADD PRIMARY KEY (entry);

-- A public code out of two halves of 40 bits: Crockford's base32 and the check character modulo 37 (src/basics/code.rs).
CREATE FUNCTION bench_code(hi bigint, lo bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ____U';
    rest int := ((hi % 37) * (1099511627776 % 37) + lo) % 37;
BEGIN
    -- Codes whose check character would be punctuation are not issued.
    IF rest BETWEEN 32 AND 35 THEN
        lo := lo - 4;
        rest := rest - 4;
    END IF;
    RETURN substr(digits, ((hi >> 35) & 31)::int + 1, 1) || substr(digits, ((hi >> 30) & 31)::int + 1, 1) || substr(digits, ((hi >> 25) & 31)::int + 1, 1) || substr(digits, ((hi >> 20) & 31)::int + 1, 1) || substr(digits, ((hi >> 15) & 31)::int + 1, 1) || substr(digits, ((hi >> 10) & 31)::int + 1, 1) || substr(digits, ((hi >> 5) & 31)::int + 1, 1) || substr(digits, ((hi >> 0) & 31)::int + 1, 1)
        || substr(digits, ((lo >> 35) & 31)::int + 1, 1) || substr(digits, ((lo >> 30) & 31)::int + 1, 1) || substr(digits, ((lo >> 25) & 31)::int + 1, 1) || substr(digits, ((lo >> 20) & 31)::int + 1, 1) || substr(digits, ((lo >> 15) & 31)::int + 1, 1) || substr(digits, ((lo >> 10) & 31)::int + 1, 1) || substr(digits, ((lo >> 5) & 31)::int + 1, 1) || substr(digits, ((lo >> 0) & 31)::int + 1, 1)
        || substr(digits, rest + 1, 1);
END $$;
