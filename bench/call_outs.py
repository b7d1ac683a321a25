#!/usr/bin/env python3
"""Call-outs at 100,000 volunteers: bench/call_outs.py PROGRAM [--rounds 3] [--answers 10000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL, into which 100,000 volunteers are written. First a wave of 200 is asked: of the 1,200
with the skill that is wanted. Then, round by round, so many people answer by their links over 200 connections, each once, and pgbench
writes the same answers, one transaction each, into a copy of the database on the same server: with 50 clients, a crowd as people are, and
with the eight at which it is fastest. Printed are milliseconds, answers a second and both ratios; every answer has to be counted once.
"""
import argparse, base64, datetime, hashlib, hmac, json, os, re, selectors, socket, statistics, subprocess, sys, tempfile, time, urllib.request, uuid

from beside import Server

CONNECTIONS, CHAPTER, ABLE, ALL = 200, "23095", 1_200, 100_000
# Of pgbench: a crowd as people are, and the few with which it is fastest.
MANY, FEW = 50, 8
NOW = datetime.datetime.now(datetime.timezone.utc)
PGBENCH = """\\set n random(1, {count})
\\set minutes random(1, 100000)
SELECT asked FROM bench_asked WHERE n = :n \\gset
BEGIN;
SELECT id FROM call_out WHERE id IN (SELECT call_out_id FROM call_out_asked WHERE id = :asked::uuid) FOR SHARE;
UPDATE call_out_asked SET answer = 'YES', arrives_at = now() + make_interval(secs => :minutes), answered_at = now()
    WHERE id = :asked::uuid AND revoked_at IS NULL AND EXISTS (SELECT FROM call_out c WHERE c.id = call_out_id AND c.state = 'OPEN');
INSERT INTO call_out_answer (asked_id, answer, arrives_at, answered_at) VALUES (:asked::uuid, 'YES', now() + make_interval(secs => :minutes), now());
COMMIT;
"""


def moment(hours):
    return (NOW + datetime.timedelta(hours=hours)).isoformat()


class Installation:
    def __init__(self, server):
        self.server, self.base, self.token = server, server.demo["base_url"], server.token("hanh.hamliem")
        self.socket = server.folder + "/data/s"
        key = next(line.split()[2] for line in open(server.folder + "/data/keys/vault.keys") if line.startswith("hash "))
        self.key = base64.b64decode(key + "=" * (-len(key) % 4))

    def call(self, path, body):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
        return json.load(urllib.request.urlopen(request))

    def run(self, program, *arguments, **more):
        done = subprocess.run([program, "-h", self.socket, "-U", "so_nhan_ai", *arguments], capture_output=True, text=True, **more)
        if done.returncode:
            sys.exit(f"{program}: {done.stderr[-2000:]}")
        return done.stdout

    def sql(self, query, database="so_nhan_ai"):
        return self.run("psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query).strip()

    def fill(self):
        """Volunteers of Hàm Liêm. Those who can be asked are persons as the program writes them; the others are nobody, and counted."""
        for n in range(ABLE):
            self.call("/api/v1/persons", {"id": str(uuid.uuid4()), "chapter": CHAPTER, "name": f"Nguyễn Văn Người{n}", "phone": f"09{n:08}"})
        self.sql(f"""
            INSERT INTO person (id, chapter_id, request_hash, version, recorded_by, recorded_at, erased_on)
                SELECT gen_random_uuid(), p.chapter_id, p.request_hash, 1, p.recorded_by, p.recorded_at, p.recorded_at::date
                FROM (SELECT * FROM person WHERE phone IS NOT NULL LIMIT 1) p, generate_series(1, {ALL - ABLE});
            INSERT INTO volunteer (id, chapter_id, person_id, kind, state, willing, willing_on, weekdays, day_parts, since, request_hash, version, recorded_by, recorded_at)
                SELECT gen_random_uuid(), chapter_id, id, 'VOLUNTEER', 'VERIFIED', true, '2026-01-01', 127, 15, '2026-01-01', '\\x00', 1, recorded_by, recorded_at FROM person
                WHERE NOT EXISTS (SELECT FROM volunteer v WHERE v.person_id = person.id);
            INSERT INTO volunteer_skill (volunteer_id, skill, level, proof, recorded_by, recorded_at)
                SELECT v.id, 'BOAT', 'GOOD', 'SEEN', v.recorded_by, v.recorded_at FROM volunteer v JOIN person p ON p.id = v.person_id WHERE p.phone IS NOT NULL
                ON CONFLICT DO NOTHING;
            ANALYZE""")

    def called(self, needed, wave):
        call = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "kind": "EMERGENCY", "event": "Lũ", "place": "Xã", "why": "Cần người.", "from": moment(2),
                "until": moment(20), "needed": needed, "wave_size": wave, "skills": ["BOAT"]}
        self.call("/api/v1/call-outs", call)
        return call["id"]

    def chosen(self):
        """Milliseconds in which a wave of 200 is chosen, asked and answered for."""
        call = self.called(20, 200)
        began = time.monotonic()
        asked = self.call(f"/api/v1/call-outs/{call}/waves", {"id": str(uuid.uuid4()), "quiet_reason": "đo"})["asked"]
        spent = (time.monotonic() - began) * 1000
        if asked != 200:
            sys.exit(f"{asked} were asked")
        return spent

    def asked(self, count):
        """So many people who were asked, and their links."""
        call, wave = self.called(10_000, 1), uuid.uuid4()
        self.sql(f"INSERT INTO call_out_wave (id, call_out_id, n, asked_at, wanted, asked) VALUES ('{wave}', '{call}', 1, now(), {count}, {count});"
                 f"INSERT INTO call_out_asked (id, call_out_id, wave_id, chapter_id, volunteer_id, person_id, asked_at, by_message, code)"
                 f" SELECT gen_random_uuid(), '{call}', '{wave}', v.chapter_id, v.id, v.person_id, now(), false, row_number() OVER ()::text FROM volunteer v LIMIT {count}")
        ids = self.sql(f"SELECT id FROM call_out_asked WHERE call_out_id = '{call}'").split()
        return call, [self.link(uuid.UUID(one)) for one in ids]

    def link(self, asked):
        signature = hmac.new(self.key, b"call_out.link\0" + asked.bytes, hashlib.sha256).digest()[:16]
        return "/huy-dong/" + base64.urlsafe_b64encode(asked.bytes + signature).rstrip(b"=").decode()

    def answers(self, count):
        call, links = self.asked(count)
        spent, waits = press(self.base, links)
        counted = int(self.sql(f"SELECT count(*) FROM call_out_asked WHERE call_out_id = '{call}' AND answer = 'YES'"))
        kept = int(self.sql(f"SELECT count(*) FROM call_out_answer w JOIN call_out_asked a ON a.id = w.asked_id WHERE a.call_out_id = '{call}'"))
        if (counted, kept) != (count, count):
            sys.exit(f"{counted} answers counted, {kept} kept, of {count}")
        waits.sort()
        return count / spent, waits[int(len(waits) * 0.99)] * 1000

    def baseline(self, count):
        self.asked(count)
        self.run("createdb", "bench_base")
        dump = subprocess.Popen(["pg_dump", "-h", self.socket, "-U", "so_nhan_ai", "so_nhan_ai"], stdout=subprocess.PIPE)
        self.run("psql", "-qXo", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", "bench_base", stdin=dump.stdout)
        newest = "(SELECT call_out_id FROM call_out_asked ORDER BY asked_at DESC LIMIT 1)"
        self.sql(f"CREATE TABLE bench_asked AS SELECT row_number() OVER () AS n, id AS asked FROM call_out_asked WHERE call_out_id = {newest};"
                 "CREATE UNIQUE INDEX bench_asked_idx ON bench_asked (n); ANALYZE", "bench_base")
        self.script = self.server.folder + "/answer.sql"
        open(self.script, "w").write(PGBENCH.format(count=count))

    def by_pgbench(self, seconds, clients):
        said = self.run("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", self.script, "bench_base")
        return float(re.search(r"tps = ([\d.]+) \(without", said)[1])


def press(base, links):
    """Presses the button of every link once, over all connections; seconds in all, and of each."""
    host, port = base.removeprefix("http://").split(":")
    body = b"answer=YES&minutes=30"
    requests = [f"POST {link} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body for link in links]
    todo, waits, chosen = iter(requests), [], selectors.DefaultSelector()
    lines = [socket.create_connection((host, int(port))) for _ in range(CONNECTIONS)]
    began, open_lines = time.monotonic(), {}
    for one in lines:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = next(todo, None)
        if request is not None:
            open_lines[one] = [time.monotonic(), b""]
            one.sendall(request)
            chosen.register(one, selectors.EVENT_READ)
    while open_lines:
        for key, _ in chosen.select():
            line, state = key.fileobj, open_lines[key.fileobj]
            state[1] += line.recv(65536)
            if b"\r\n\r\n" not in state[1]:
                continue
            if not state[1].startswith(b"HTTP/1.1 303"):
                sys.exit("refused: " + state[1][:500].decode())
            waits.append(time.monotonic() - state[0])
            request = next(todo, None)
            if request is None:
                chosen.unregister(line)
                del open_lines[line]
                continue
            open_lines[line] = [time.monotonic(), b""]
            line.sendall(request)
    spent = time.monotonic() - began
    for one in lines:
        one.close()
    return spent, waits


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    os.environ["PATH"] = ":".join([*sorted(f"/usr/lib/postgresql/{v}/bin" for v in os.listdir("/usr/lib/postgresql")), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="sna-call-outs.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        server = Server(os.path.abspath(args.program), folder + "/of")
        try:
            of = Installation(server)
            of.fill()
            waves = [of.chosen() for _ in range(4)]
            print(f"a wave of 200 of {ALL}: {', '.join(f'{one:.0f}' for one in waves)} ms", flush=True)
            of.baseline(args.answers)
            of.answers(1_000), of.by_pgbench(1, FEW)
            seen = []
            for n in range(args.rounds):
                (rate, p99), same, few = of.answers(args.answers), of.by_pgbench(5, MANY), of.by_pgbench(3, FEW)
                seen.append((rate, same, few, p99))
                print(f"round {n + 1}: {rate:.0f} answers a second, p99 {p99:.0f} ms; by pgbench {same:.0f} with {MANY} clients, {few:.0f} with {FEW}", flush=True)
            ours, same, few, p99 = (statistics.median(side) for side in zip(*seen))
            print(f"medians {ours:.0f}, {same:.0f} and {few:.0f}: {ours / same:.2f} × {MANY} clients, {ours / few:.2f} × {FEW}; p99 {p99:.0f} ms")
        finally:
            server.process.terminate()
            server.process.wait(60)


if __name__ == "__main__":
    main()
