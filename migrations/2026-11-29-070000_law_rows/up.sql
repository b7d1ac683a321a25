-- Rows read again against the texts: wrong ones are corrected in place, because the law did not change, our knowledge did.

-- Two more things a person may ask: OBJECT (to processing) and PROTECT (measures of protection).
ALTER TABLE deadline_rule
    DROP CONSTRAINT deadline_rule_kind_known,
    ADD CONSTRAINT deadline_rule_kind_known
        CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS', 'OBJECT', 'PROTECT'));
ALTER TABLE personal_data_request
    DROP CONSTRAINT personal_data_request_kind_known,
    ADD CONSTRAINT personal_data_request_kind_known
        CHECK (kind IN ('ERASE', 'CORRECT', 'WITHDRAW_CONSENT', 'RESTRICT', 'ACCESS', 'OBJECT', 'PROTECT'));

UPDATE deadline_rule SET mark = 'S', source = 'Decree 356/2025/NĐ-CP, art. 5(2)-(4): answer within 2 working days' WHERE clock = 'ANSWER' AND valid_from = '2026-01-01';
UPDATE deadline_rule SET mark = 'S', source = 'Decree 356/2025/NĐ-CP, art. 5(2): 15 days, 20 with processors or third parties'
    WHERE clock = 'EXECUTE' AND kind IN ('WITHDRAW_CONSENT', 'RESTRICT') AND valid_from = '2026-01-01';
UPDATE deadline_rule SET mark = 'S', amount = CASE WHEN third_parties THEN 15 ELSE 10 END,
    source = 'Decree 356/2025/NĐ-CP, art. 5(3): 10 days, 15 with processors or third parties' WHERE clock = 'EXECUTE' AND kind IN ('CORRECT', 'ACCESS') AND valid_from = '2026-01-01';
UPDATE deadline_rule SET mark = 'S', amount = CASE WHEN third_parties THEN 30 ELSE 20 END,
    source = 'Decree 356/2025/NĐ-CP, art. 5(4): 20 days, 30 with processors or third parties' WHERE clock = 'EXECUTE' AND kind = 'ERASE' AND valid_from = '2026-01-01';
UPDATE deadline_rule SET mark = 'S', amount = CASE kind WHEN 'ERASE' THEN 20 WHEN 'CORRECT' THEN 10 WHEN 'ACCESS' THEN 10 ELSE 15 END,
    source = 'Decree 356/2025/NĐ-CP, art. 5(2)-(4): once, at most 15 (withdraw, restrict), 10 (view, correct) or 20 days (erase)' WHERE clock = 'EXTENSION' AND valid_from = '2026-01-01';
INSERT INTO deadline_rule (clock, kind, third_parties, valid_from, amount, unit, mark, source)
SELECT 'ANSWER', k, t, date '2026-01-01', 2, 'WORKING_DAY', 'S', 'Decree 356/2025/NĐ-CP, art. 5(2), (5): answer within 2 working days'
FROM unnest(ARRAY['OBJECT', 'PROTECT']) k, unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXECUTE', 'OBJECT', t, date '2026-01-01', CASE WHEN t THEN 20 ELSE 15 END, 'DAY', 'S',
       'Decree 356/2025/NĐ-CP, art. 5(2): 15 days, 20 with processors or third parties'
FROM unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXECUTE', 'PROTECT', t, date '2026-01-01', 15, 'DAY', 'S', 'Decree 356/2025/NĐ-CP, art. 5(5): 15 days'
FROM unnest(ARRAY[false, true]) t
UNION ALL
SELECT 'EXTENSION', k, t, date '2026-01-01', 15, 'DAY', 'S', 'Decree 356/2025/NĐ-CP, art. 5(2), (5): once, at most 15 days'
FROM unnest(ARRAY['OBJECT', 'PROTECT']) k, unnest(ARRAY[false, true]) t;

DELETE FROM public_holiday WHERE day = '2027-02-11';
INSERT INTO public_holiday (day, name, mark, source) VALUES
    ('2026-11-24', 'Ngày Văn hóa Việt Nam', 'S', 'Resolution 28/2026/QH16, in force 1/7/2026'),
    ('2027-11-24', 'Ngày Văn hóa Việt Nam', 'S', 'Resolution 28/2026/QH16, in force 1/7/2026'),
    ('2027-02-04', 'Tết Nguyên đán Đinh Mùi', 'S', 'Office of the Government, 2/10/2026: officials off 4/2 to 10/2/2027')
ON CONFLICT (day) DO UPDATE SET name = excluded.name, mark = excluded.mark, source = excluded.source;
UPDATE public_holiday SET mark = 'S', source = 'Office of the Government, 2/10/2026: officials off 4/2 to 10/2/2027' WHERE day BETWEEN '2027-02-05' AND '2027-02-10';
UPDATE public_holiday SET mark = 'S', source = 'Ministry of Home Affairs, 9441/TB-BNV; 9859/VPCP-KGVX: 16/2 to 20/2/2026' WHERE day BETWEEN '2026-02-16' AND '2026-02-20';
UPDATE public_holiday SET mark = 'S', source = 'Labour Code 2019, art. 111(3), 112: 10/3 lunar is Sunday 26/4/2026' WHERE day = '2026-04-27';
UPDATE public_holiday SET mark = 'S', source = 'Labour Code 2019, art. 112: 10/3 lunar' WHERE day = '2027-04-16';
UPDATE public_holiday SET mark = 'S', source = 'Labour Code 2019, art. 112; 9441/TB-BNV: 1/9 and 2/9' WHERE day IN ('2026-09-01', '2026-09-02');
UPDATE public_holiday SET mark = 'S', source = 'Labour Code 2019, art. 112; Office of the Government, 2/10/2026: 2/9 and 3/9' WHERE day IN ('2027-09-02', '2027-09-03');

-- Days that requests were given under a rule or a calendar that was corrected: what was written down before, what the law
-- says. EXTENSION: an extension longer than the law allows; the person was told of it, so the day stays and is listed.
CREATE TABLE deadline_change (
    id         bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    request_id uuid NOT NULL,
    what       text NOT NULL,
    before_on  date NOT NULL,
    after_on   date NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT deadline_change_pk PRIMARY KEY (id),
    CONSTRAINT deadline_change_request_fk FOREIGN KEY (request_id) REFERENCES personal_data_request (id),
    CONSTRAINT deadline_change_what_known CHECK (what IN ('ANSWER_DUE', 'DUE_ON', 'EXTENSION')),
    CONSTRAINT deadline_change_changes CHECK (before_on <> after_on)
);
CREATE INDEX deadline_change_request_idx ON deadline_change (request_id);
CREATE TRIGGER deadline_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deadline_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As the calendar counts: the day of the event is not counted, a period does not end on a day off.
CREATE FUNCTION pg_temp.is_working(day date) RETURNS boolean LANGUAGE sql AS $$
    SELECT extract(isodow FROM $1) < 6 AND NOT EXISTS (SELECT FROM public_holiday h WHERE h.day = $1)
$$;
CREATE FUNCTION pg_temp.due(from_day date, amount integer, unit text) RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    day  date := from_day;
    left_over integer := greatest(amount, 1);
BEGIN
    IF unit = 'WORKING_DAY' THEN
        WHILE left_over > 0 LOOP
            day := day + 1;
            IF pg_temp.is_working(day) THEN left_over := left_over - 1; END IF;
        END LOOP;
        RETURN day;
    END IF;
    day := day + amount;
    WHILE NOT pg_temp.is_working(day) LOOP day := day + 1; END LOOP;
    RETURN day;
END $$;

CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT r.id, r.answer_due AS answer_was, r.due_on AS due_was,
       pg_temp.due(r.received_on, a.amount, a.unit) AS answer_is,
       CASE WHEN r.extended_days IS NULL THEN pg_temp.due(r.received_on, e.amount, e.unit)
            ELSE pg_temp.due(pg_temp.due(r.received_on, e.amount, e.unit), r.extended_days, 'DAY') END AS due_is,
       pg_temp.due(pg_temp.due(r.received_on, e.amount, e.unit), x.amount, 'DAY') AS due_at_most,
       r.extended_days > x.amount AS too_long
FROM personal_data_request r
JOIN deadline_rule a ON a.clock = 'ANSWER' AND a.kind = r.kind AND a.third_parties = r.third_parties
     AND a.valid_from <= r.received_on AND (a.valid_to IS NULL OR a.valid_to > r.received_on)
JOIN deadline_rule e ON e.clock = 'EXECUTE' AND e.kind = r.kind AND e.third_parties = r.third_parties
     AND e.valid_from <= r.received_on AND (e.valid_to IS NULL OR e.valid_to > r.received_on)
JOIN deadline_rule x ON x.clock = 'EXTENSION' AND x.kind = r.kind AND x.third_parties = r.third_parties
     AND x.valid_from <= r.received_on AND (x.valid_to IS NULL OR x.valid_to > r.received_on)
WHERE r.state IN ('REQUESTED', 'ANSWERED', 'EXECUTING');

INSERT INTO deadline_change (request_id, what, before_on, after_on, changed_at)
SELECT c.id, w.what, w.before_on, w.after_on, now()
FROM counted c, LATERAL (VALUES ('ANSWER_DUE', c.answer_was, c.answer_is, true), ('DUE_ON', c.due_was, c.due_is, true),
                                ('EXTENSION', c.due_is, c.due_at_most, coalesce(c.too_long, false))) AS w(what, before_on, after_on, counts)
WHERE w.counts AND w.before_on <> w.after_on
ORDER BY c.id, w.what;
UPDATE personal_data_request r
SET answer_due = c.answer_is, due_on = c.due_is, next_due = CASE WHEN r.answered_at IS NULL THEN c.answer_is ELSE c.due_is END
FROM counted c WHERE c.id = r.id AND (r.answer_due, r.due_on) IS DISTINCT FROM (c.answer_is, c.due_is);
DROP FUNCTION pg_temp.due, pg_temp.is_working;
