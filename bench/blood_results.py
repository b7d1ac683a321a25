#!/usr/bin/env python3
"""Blood donation of the whole country by commune: bench/blood_results.py PROGRAM [--drives 22000] [--years 5] [--asked 60] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL, into which the results of so many drives a year are written, held by communes all over
the country, with a target for each commune. Then the progress of the country by commune (units of this year up to today, of the last one
up to the same day, targets) is asked over HTTP from one client, and for comparison added up by PostgreSQL from every donation that it would
have been made of. Printed are milliseconds; both have to say the same.
"""
import argparse, datetime, json, os, statistics, subprocess, sys, tempfile, time, urllib.request

from beside import Server

FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE place AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM chapter WHERE level = 'COMMUNE' AND status = 'ACTIVE';
INSERT INTO drive (code, chapter_id, centre_id, title, site, day, listed, state, waiting_most, version, recorded_by, recorded_at, changed_at)
SELECT 'B-HM-' || g, p.id, 1, 'Ngày hiến máu ' || g, 'Nơi ' || g, {today}::date - (g::bigint * 7919 % (365 * {years}))::int, true, 'CLOSED', 0, 1,
       (SELECT id FROM account LIMIT 1), now(), now()
FROM generate_series(1, {count}) g JOIN place p ON p.n = g::bigint * 31 % (SELECT count(*) FROM place);
INSERT INTO blood_result (statement, drive_id, drive_code, centre, chapter_id, day, version, registered, came, gave, deferred, units, stated_at)
SELECT 'B' || d.id, d.id, d.code, 'NIHBT', d.chapter_id, d.day, 1, 120, 75 + d.id % 40, 60 + d.id % 40, 10, 60 + d.id % 40, now() FROM drive d WHERE d.code LIKE 'B-HM-%';
INSERT INTO blood_result_month AS m (scope_id, year, month, units)
SELECT a.ancestor_id, extract(year FROM r.day), extract(month FROM r.day), sum(r.units)
FROM blood_result r JOIN chapter_ancestor a USING (chapter_id) WHERE r.drive_code LIKE 'B-HM-%' GROUP BY 1, 2, 3
ON CONFLICT ON CONSTRAINT blood_result_month_pk DO UPDATE SET units = m.units + excluded.units;
INSERT INTO blood_result_year AS y (scope_id, year, drives, registered, gave, units, came, deferred, untold, ml, ml_units)
SELECT a.ancestor_id, extract(year FROM r.day), count(*), sum(r.registered), sum(r.gave), sum(r.units), sum(r.came), sum(r.deferred), 0, 0, 0
FROM blood_result r JOIN chapter_ancestor a USING (chapter_id) WHERE r.drive_code LIKE 'B-HM-%' GROUP BY 1, 2
ON CONFLICT ON CONSTRAINT blood_result_year_pk DO UPDATE SET drives = y.drives + excluded.drives, units = y.units + excluded.units;
INSERT INTO blood_target_decision (id, chapter_id, year, decision_no, state, requested_by, requested_at, decided_by, decided_at, statement)
SELECT gen_random_uuid(), c.id, extract(year FROM {today}::date), 'B', 'APPROVED', a.id, now(), a.id, now(), 'T' || c.code
FROM chapter c, (SELECT id FROM account LIMIT 1) a WHERE c.level = 'PROVINCE' AND c.status = 'ACTIVE'
AND NOT EXISTS (SELECT FROM blood_target_decision d WHERE d.chapter_id = c.id AND d.state = 'APPROVED' AND d.year = extract(year FROM {today}::date));
INSERT INTO blood_target (decision_id, n, chapter_id, units) SELECT d.id, row_number() OVER (PARTITION BY d.id ORDER BY c.code), c.id, 500
FROM blood_target_decision d JOIN chapter c ON c.parent_id = d.chapter_id WHERE d.decision_no = 'B' AND c.status = 'ACTIVE';
RESET session_replication_role;
VACUUM ANALYZE;
"""
# What it costs without sums: a row a donation.
PLAIN = """
CREATE UNLOGGED TABLE IF NOT EXISTS given AS SELECT r.chapter_id, r.day FROM blood_result r, generate_series(1, r.units) WHERE r.replaced_by IS NULL;
\\timing on
SELECT count(*), sum(units) FROM (SELECT c.id, count(*) AS units FROM given g JOIN chapter_ancestor a ON a.chapter_id = g.chapter_id
JOIN chapter c ON c.id = a.ancestor_id AND c.level = 'COMMUNE' WHERE g.day BETWEEN date_trunc('year', {today}::date) AND {today} GROUP BY 1) t;
"""


def main():
    told = argparse.ArgumentParser()
    told.add_argument("program")
    told.add_argument("--drives", type=int, default=22_000, help="a year")
    told.add_argument("--years", type=int, default=5)
    told.add_argument("--asked", type=int, default=60)
    told.add_argument("--folder", default="/dev/shm")
    told = told.parse_args()
    with tempfile.TemporaryDirectory(dir=told.folder, prefix="so-nhan-ai-bench-") as folder:
        os.chmod(folder, 0o755)
        server = Server(told.program, folder + "/server")
        try:
            measure(server, told)
        finally:
            server.process.terminate()
            server.process.wait()


def measure(server, told):
    def sql(query):
        command = ["psql", "-h", server.folder + "/data/s", "-U", "so_nhan_ai", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", "so_nhan_ai", "-f", "-"]
        done = subprocess.run(command, input=query, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"psql: {done.stderr[-2000:]}")
        return done.stdout.strip()

    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
    day = f"'{today}'"
    sql(FILL.format(count=told.drives * told.years, years=told.years, today=day))
    url = f"{server.demo['base_url']}/api/v1/public/blood-results?rows=COMMUNE"
    spent = []
    for _ in range(told.asked):
        began = time.monotonic()
        with urllib.request.urlopen(url) as answer:
            body = answer.read()
        spent.append((time.monotonic() - began) * 1000)
    spent.sort()
    median, slowest = statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.99))]
    said = json.loads(body)
    rows = said["rows"]
    *_, figures, plain = sql(PLAIN.format(today=day)).splitlines()
    units = int(figures.split("|")[1])
    if (sum(row["units"] for row in rows), said["own"]["units"]) != (units, units):
        sys.exit(f"the rows say {sum(row['units'] for row in rows)}, the country {said['own']['units']}, the donations {units}")
    print(f"{told.drives * told.years} drives, {len(rows)} communes: the country by commune in {median:.0f} ms (99 % below {slowest:.0f} ms; at most 200 ms are wanted), "
          f"{len(body) // 1000} kB; {units} donations of the year added up one by one: {plain.split(':')[1].strip()}")
    if slowest > 200:
        sys.exit("slower than wanted")


main()
