#!/usr/bin/env python3
"""A year of activities of the whole country: bench/activities.py PROGRAM [--activities 200000] [--asked 200] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL, into which so many activities of one year are written, led by communes all over the
country, a third of them delivered by another one; their sums are added up set-wise, as the trigger would have. Then the counts by area,
month and level of the whole country are asked over HTTP from one client, and for comparison added up from the activities themselves by
PostgreSQL. Printed are milliseconds; both have to say the same.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time, urllib.request

from beside import Server

YEAR = 2025
FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE place AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM chapter WHERE level = 'COMMUNE';
CREATE TEMP TABLE area AS SELECT code, row_number() OVER (ORDER BY rank) - 1 AS n FROM activity_area;
INSERT INTO activity (id, code, chapter_id, area, movement, title, place, starts_on, ends_on, is_public, state, result, persons, person_times, money_vnd,
                      version, made_account, made_at, done_at, changed_at)
SELECT gen_random_uuid(), 'B-NV-' || g, p.id, a.code, CASE WHEN g % 5 = 0 THEN 'TET_NHAN_AI' END, 'Hoạt động ' || g, 'Nơi ' || g, d, d, true, 'DONE', 'Xong',
       g % 200, g % 200 + 5, g * 10, 2, (SELECT id FROM account LIMIT 1), now(), now(), now()
FROM generate_series(1, {count}) g CROSS JOIN LATERAL (SELECT '{year}-01-01'::date + (g::bigint * 7919 % 365)::int AS d) x
JOIN place p ON p.n = g::bigint * 31 % (SELECT count(*) FROM place) JOIN area a ON a.n = g % 7;
INSERT INTO activity_delivery SELECT a.id, p.id FROM (SELECT id, row_number() OVER () AS n FROM activity WHERE code LIKE 'B-NV-%') a
JOIN place p ON p.n = a.n * 17 % (SELECT count(*) FROM place) WHERE a.n % 3 = 0;
INSERT INTO activity_sum SELECT x.ancestor_id, extract(year FROM a.starts_on), extract(month FROM a.starts_on), a.area, coalesce(a.movement, ''), c.level,
    count(*), sum(a.persons), sum(a.person_times), sum(a.money_vnd), 0, 0, coalesce(sum(a.told_persons), 0), coalesce(sum(a.told_person_times), 0)
FROM activity a JOIN chapter c ON c.id = a.chapter_id JOIN chapter_ancestor x ON x.chapter_id = c.id WHERE a.code LIKE 'B-NV-%' GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO activity_delivered SELECT x.ancestor_id, {year}, coalesce(a.movement, ''), count(DISTINCT a.id)
FROM activity a JOIN activity_delivery d ON d.activity_id = a.id JOIN chapter_ancestor x ON x.chapter_id = d.chapter_id WHERE a.code LIKE 'B-NV-%' GROUP BY 1, 2, 3;
RESET session_replication_role;
ANALYZE;
"""
PLAIN = """
SELECT count(*), sum(n), sum(persons) FROM (
    SELECT extract(month FROM a.starts_on), a.area, c.level, count(*) AS n, sum(a.persons) AS persons FROM activity a JOIN chapter c ON c.id = a.chapter_id
    WHERE a.state = 'DONE' AND a.starts_on BETWEEN '{year}-01-01' AND '{year}-12-31' GROUP BY 1, 2, 3) t
"""


def main():
    told = argparse.ArgumentParser()
    told.add_argument("program")
    told.add_argument("--activities", type=int, default=200_000)
    told.add_argument("--asked", type=int, default=200)
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

    def timed(asks, times):
        spent = []
        for _ in range(times):
            began = time.monotonic()
            said = asks()
            spent.append((time.monotonic() - began) * 1000)
        spent.sort()
        return statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.99))], said

    sql(FILL.format(count=told.activities, year=YEAR))
    path = f"{server.demo['base_url']}/api/v1/activity-counts?chapter=TW&year={YEAR}"
    request = urllib.request.Request(path, headers={"Authorization": "Bearer " + server.token("phuong.trunguong")})
    median, slowest, counts = timed(lambda: json.load(urllib.request.urlopen(request)), told.asked)
    plain, _, summed = timed(lambda: sql(PLAIN.format(year=YEAR)), 5)
    _, activities, persons = map(int, summed.split("|"))
    if (counts["led"]["activities"], counts["led"]["persons"]) != (activities, persons) or activities != told.activities:
        sys.exit(f"the counts say {counts['led']}, the activities {activities} and {persons}")
    print(f"{told.activities} activities: the country by area, month and level in {median:.1f} ms (99 % below {slowest:.1f} ms; at most 200 ms are wanted); "
          f"added up from the activities {plain:.0f} ms")
    if slowest > 200:
        sys.exit("slower than wanted")


main()
