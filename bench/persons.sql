-- The members of one chapter, sealed and hashed by the program, as patterns for those of all others: copies with ids and hashes of their own
-- and a history of ten years. Foreign keys and triggers rest meanwhile; sealed values are bound to their rows, so nobody opens a copy.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';
CREATE TEMP TABLE pattern AS
    SELECT row_number() OVER (ORDER BY p.id) - 1 AS n, p.id AS person_id, p.party_id, m.id AS member_id
    FROM person p JOIN member m ON m.person_id = p.id JOIN chapter c ON c.id = p.chapter_id WHERE c.code = :'big';
CREATE TEMP TABLE place AS
    SELECT row_number() OVER (ORDER BY code) - 1 AS n, id FROM chapter WHERE level <> 'BRANCH' AND code <> :'big'
        -- What chapters with lists have is looked through, and a copy cannot be opened.
        AND code NOT IN (SELECT code FROM chapter WHERE level = 'COMMUNE' AND code <> :'big' ORDER BY code LIMIT 10);
CREATE TEMP TABLE copy AS
    SELECT t.*, gen_random_uuid() AS new_person, gen_random_uuid() AS new_party, gen_random_uuid() AS new_member, pl.id AS chapter_id,
        current_date - (random() * 3650)::int AS since, CASE WHEN random() < 0.2 THEN (random() * 900)::int + 1 END AS long
    FROM (SELECT p.*, k, p.n + k * (SELECT count(*) FROM pattern) AS at FROM pattern p, generate_series(0, :copies - 1) k) t
    JOIN place pl ON pl.n = t.at % (SELECT count(*) FROM place)
    WHERE t.at < :rest;
ANALYZE copy;
INSERT INTO party (id, kind, name, name_hash, phone, phone_hash, created_at, words)
SELECT c.new_party, p.kind, p.name, p.name_hash, p.phone, sha256(p.phone_hash || c.k::text::bytea), p.created_at,
    ARRAY(SELECT hashint8extended(w, c.at % (SELECT count(*) FROM place)) FROM unnest(p.words) w)
FROM copy c JOIN party p ON p.id = c.party_id;
INSERT INTO person (id, chapter_id, party_id, name, phone, particulars, words, request_hash, version, recorded_by, recorded_at)
SELECT c.new_person, c.chapter_id, c.new_party, p.name, p.phone, p.particulars,
    ARRAY(SELECT hashint8extended(w, c.at % (SELECT count(*) FROM place)) FROM unnest(p.words) w), p.request_hash, 1, p.recorded_by, p.recorded_at
FROM copy c JOIN person p ON p.id = c.person_id;
INSERT INTO member (id, chapter_id, person_id, kind, state, since, recorded_by, recorded_at)
SELECT c.new_member, c.chapter_id, c.new_person, m.kind, CASE WHEN c.since + c.long < current_date THEN 'LEFT' ELSE 'ADMITTED' END, c.since, m.recorded_by, m.recorded_at
FROM copy c JOIN member m ON m.id = c.member_id;
INSERT INTO member_step (id, member_id, kind, chapter_id, decision_no, state, asked_by, asked_at, decided_by, decided_at)
SELECT c.new_member, c.new_member, s.kind, c.chapter_id, s.decision_no, s.state, s.asked_by, s.asked_at, s.decided_by, s.decided_at
FROM copy c JOIN member_step s ON s.id = c.member_id;
INSERT INTO member_span (member_id, n, chapter_id, party_id, kind, sex, birth_year, sector, from_day, to_day)
SELECT c.new_member, 1, c.chapter_id, c.new_party, (ARRAY['MEMBER','MEMBER','MEMBER','YOUTH','JUNIOR'])[1 + c.at / (SELECT count(*) FROM place) % 5], s.sex, s.birth_year, s.sector, c.since,
    CASE WHEN c.since + c.long < current_date THEN c.since + c.long END
FROM copy c JOIN member_span s ON s.member_id = c.member_id;
INSERT INTO member_card (code, member_id, issued_on)
SELECT upper(substr(md5(c.new_member::text), 1, 17)), c.new_member, c.since FROM copy c WHERE c.long IS NULL;
INSERT INTO public_card (code, state, chapter_id)
SELECT k.code, 'VALID', c.chapter_id FROM copy c JOIN member_card k ON k.member_id = c.new_member;
RESET session_replication_role;
VACUUM ANALYZE;
