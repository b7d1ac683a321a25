-- Whoever was joined while a member as both persons was counted as two. From today on they are one: of the memberships of a person the
-- one of who goes on is counted, else the first. Days that are over stay as they were counted.
UPDATE member_span s SET to_day = greatest(s.from_day, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
FROM (SELECT o.member_id, row_number() OVER (PARTITION BY g.kept_id ORDER BY (m.person_id = g.kept_id) DESC, m.since, m.id) AS place
      FROM (SELECT kept_id, joined_id AS person_id FROM person_join WHERE state = 'JOINED'
            UNION SELECT kept_id, kept_id FROM person_join WHERE state = 'JOINED') g
      JOIN member m ON m.person_id = g.person_id
      JOIN member_span o ON o.member_id = m.id AND o.to_day IS NULL) counted
WHERE s.member_id = counted.member_id AND s.to_day IS NULL AND counted.place > 1;
