#!/usr/bin/env python3
"""Ten thousand people book one blood drive of 120 places: bench/drives.py PROGRAM [--rounds 3] [--people 10000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL. Round by round a drive of 120 places, and 40 in the waiting list, is opened, and so many
people book it over 200 connections, each once, each somebody else; exactly the places there are have to be given, and exactly the list
filled. Then pgbench does the same to a fresh drive in a copy of the database on the same server, one row-locking transaction each: with 50
clients, a crowd as people are, and with the eight at which it is fastest. Printed are bookings a second, the 99th percentile of their waits,
and both ratios.
"""
import argparse, datetime, json, multiprocessing, os, re, selectors, socket, statistics, subprocess, sys, tempfile, time, urllib.request, uuid

from beside import Server

CONNECTIONS, CLIENTS, CHAPTER, PLACES, WAITING = 200, 2, "23095", 120, 40
PGBENCH = """\\set who random(1, 1000000000)
BEGIN;
SELECT id AS drive, waiting_most AS most FROM drive WHERE code = '{code}' AND state = 'OPEN' FOR UPDATE \\gset
WITH me AS (SELECT decode(md5(:who::text), 'hex') AS person),
 known AS (SELECT FROM booking b, me WHERE b.drive_id = :drive AND b.person_hash = me.person AND b.state <> 'CANCELLED'),
 free AS (SELECT n FROM drive_slot WHERE drive_id = :drive AND taken < places ORDER BY n LIMIT 1),
 waits AS (SELECT count(*) AS n FROM booking WHERE drive_id = :drive AND state = 'WAITING'),
 given AS (UPDATE drive_slot s SET taken = taken + 1 FROM free WHERE s.drive_id = :drive AND s.n = free.n AND NOT EXISTS (SELECT FROM known) RETURNING s.n)
INSERT INTO booking (id, drive_id, slot, state, code, content, person_hash, contact_hash, agreed_day, made_at)
 SELECT gen_random_uuid(), :drive, g.n, CASE WHEN g.n IS NULL THEN 'WAITING' ELSE 'HELD' END, gen_random_uuid()::text, '\\x00', me.person, me.person, current_date, now()
 FROM (SELECT (SELECT n FROM given) AS n) g, waits, me WHERE NOT EXISTS (SELECT FROM known) AND (g.n IS NOT NULL OR waits.n < :most);
COMMIT;
"""


class Installation:
    def __init__(self, server):
        self.server, self.base, self.token = server, server.demo["base_url"], server.token("hanh.hamliem")
        self.socket = server.folder + "/data/s"

    def call(self, path, body=None):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
        return json.load(urllib.request.urlopen(request))

    def run(self, program, *arguments, **more):
        done = subprocess.run([program, "-h", self.socket, "-U", "so_nhan_ai", *arguments], capture_output=True, text=True, **more)
        if done.returncode:
            sys.exit(f"{program}: {done.stderr[-2000:]}")
        return done.stdout

    def sql(self, query, database="so_nhan_ai"):
        return self.run("psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query).strip()

    def opened(self):
        at = lambda minute: f"{minute // 60:02}:{minute % 60:02}"
        slots = [{"from": at(450 + 30 * n), "until": at(480 + 30 * n), "places": PLACES // 8} for n in range(8)]
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20)).date().isoformat()
        code = self.call("/api/v1/drives", {"id": str(uuid.uuid4()), "chapter": CHAPTER, "centre": "BINH_THUAN", "title": "Đo", "site": "Xã", "day": day,
                                            "slots": slots, "waiting_most": WAITING})["code"]
        self.call(f"/api/v1/drives/{code}/opening")
        return code

    def given(self, code, database="so_nhan_ai"):
        """How many have a place, as the slots and as the bookings say, and how many wait."""
        of = f"(SELECT id FROM drive WHERE code = '{code}')"
        said = self.sql(f"SELECT (SELECT sum(taken) FROM drive_slot WHERE drive_id = {of}), count(*) FILTER (WHERE state = 'HELD'),"
                        f" count(*) FILTER (WHERE state = 'WAITING') FROM booking WHERE drive_id = {of}", database)
        return tuple(int(one) for one in said.split("|"))

    def booked(self, people):
        """Bookings a second, the 99th percentile of their waits in milliseconds."""
        code = self.opened()
        spent, waits, told = press(self.base, code, people)
        if self.given(code) != (PLACES, PLACES, WAITING) or (told["HELD"], told["WAITING"]) != (PLACES, WAITING) or sum(told.values()) != people:
            sys.exit(f"given {self.given(code)}, told {told}")
        waits.sort()
        return people / spent, waits[int(len(waits) * 0.99)] * 1000

    def baseline(self):
        self.run("createdb", "bench_base")
        dump = subprocess.Popen(["pg_dump", "-h", self.socket, "-U", "so_nhan_ai", "so_nhan_ai"], stdout=subprocess.PIPE)
        self.run("psql", "-qXo", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", "bench_base", stdin=dump.stdout)

    def by_pgbench(self, people, clients):
        # A drive of its own, whose slots and rules are those of one that the program opened.
        code = f"BENCH-{uuid.uuid4().hex[:8]}"
        self.sql(f"""WITH d AS (INSERT INTO drive (code, chapter_id, centre_id, title, site, day, listed, state, waiting_most, version, recorded_by, recorded_at, changed_at)
                SELECT '{code}', chapter_id, centre_id, title, site, current_date + 20, listed, 'OPEN', {WAITING}, 1, recorded_by, recorded_at, changed_at FROM drive LIMIT 1 RETURNING id)
            INSERT INTO drive_slot (drive_id, n, from_minute, until_minute, places) SELECT d.id, n, 450 + 30 * n, 480 + 30 * n, {PLACES // 8} FROM d, generate_series(1, 8) n""", "bench_base")
        script = self.server.folder + "/book.sql"
        open(script, "w").write(PGBENCH.format(code=code))
        said = self.run("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-t", str(people // clients), "-f", script, "bench_base")
        if self.given(code, "bench_base") != (PLACES, PLACES, WAITING):
            sys.exit(f"pgbench gave {self.given(code, 'bench_base')}")
        return float(re.search(r"tps = ([\d.]+) \(without", said)[1])


def client(base, code, first, people, connections, begin, results):
    """A part of the people, over a part of the connections."""
    host, port = base.removeprefix("http://").split(":")
    requests = []
    for n in range(first, first + people):
        body = json.dumps({"name": f"Nguyễn Văn Người{n}", "contact": f"09{n:08}", "consent": 1}).encode()
        requests.append(f"POST /api/v1/public/drives/{code}/bookings HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    todo, waits, told, chosen = iter(requests), [], {"HELD": 0, "WAITING": 0, "FULL": 0}, selectors.DefaultSelector()
    begin.wait()
    # A server drops who connects and says nothing for long.
    lines = [socket.create_connection((host, int(port))) for _ in range(connections)]
    began, since = time.monotonic(), {}
    for one in lines:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = next(todo, None)
        if request is not None:
            since[one] = time.monotonic()
            one.sendall(request)
            chosen.register(one, selectors.EVENT_READ)
    while since:
        for key, _ in chosen.select():
            line = key.fileobj
            answer = line.recv(65536)
            while b"}" not in answer:
                more = line.recv(65536)
                if not more:
                    break
                answer += more
            if not answer.startswith(b"HTTP/1.1 202"):
                sys.exit("refused: " + answer[:600].decode())
            waits.append(time.monotonic() - since[line])
            told["HELD" if b'"HELD"' in answer else "WAITING" if b'"WAITING"' in answer else "FULL"] += 1
            request = next(todo, None)
            if request is None:
                chosen.unregister(line)
                del since[line]
                continue
            since[line] = time.monotonic()
            line.sendall(request)
    results.put((began, time.monotonic(), waits, told))


def press(base, code, people):
    """Everybody books once, over all connections; seconds in all, and of each, and what they were told."""
    begin, results = multiprocessing.Barrier(CLIENTS), multiprocessing.Queue()
    part = people // CLIENTS
    clients = [multiprocessing.Process(target=client, args=(base, code, n * part, part, CONNECTIONS // CLIENTS, begin, results)) for n in range(CLIENTS)]
    for one in clients:
        one.start()
    parts = [results.get(timeout=300) for _ in clients]
    for one in clients:
        one.join()
    told = {state: sum(part[3][state] for part in parts) for state in ("HELD", "WAITING", "FULL")}
    return max(part[1] for part in parts) - min(part[0] for part in parts), [wait for part in parts for wait in part[2]], told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    os.environ["PATH"] = ":".join([*sorted(f"/usr/lib/postgresql/{v}/bin" for v in os.listdir("/usr/lib/postgresql")), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="sna-drives.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        server = Server(os.path.abspath(args.program), folder + "/of")
        try:
            of = Installation(server)
            of.opened()
            of.baseline()
            of.booked(1_000), of.by_pgbench(1_000, 8)
            seen = []
            for n in range(args.rounds):
                (rate, p99), crowd, few = of.booked(args.people), of.by_pgbench(args.people, 50), of.by_pgbench(args.people, 8)
                seen.append((rate, crowd, few, p99))
                print(f"round {n + 1}: {rate:.0f} bookings a second, p99 {p99:.0f} ms; by pgbench {crowd:.0f} with 50 clients, {few:.0f} with 8", flush=True)
            ours, crowd, few, p99 = (statistics.median(side) for side in zip(*seen))
            print(f"medians {ours:.0f}, {crowd:.0f} and {few:.0f}: {ours / crowd:.2f} × a crowd of transactions, {ours / few:.2f} × eight at a time,"
                  f" p99 {p99:.0f} ms; {PLACES} places and {WAITING} in the waiting list given each time")
        finally:
            server.process.terminate()
            server.process.wait(60)


if __name__ == "__main__":
    main()
