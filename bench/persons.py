#!/usr/bin/env python3
"""Persons and members beside the plain way of doing the same: bench/persons.py PROGRAM [--persons 1000000] [--rows 100000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL. 20,000 people of real frequencies of names are admitted at one chapter from lists, so
that they are sealed and hashed by the program's own keys; the rest of the country are copies of their rows, with ids and hashes of their
own, written set-wise: nobody ever opens them. Then, each beside its baseline:

* finding by two words of a name, and by a number, in that chapter, beside opening the names of all its persons (page by page);
* members of the whole country on a day of the last ten years by chapter and kind, beside the plain query over the history;
* lists checked and accepted at ten chapters, beside the same people entered row by row, with the memory of the server meanwhile.

What is measured is what the program answers over HTTP from one client; the queries are timed by PostgreSQL. A program without tallies of
members (there was one once) has no second figure.
"""
import argparse, base64, datetime, hashlib, hmac, json, os, random, statistics, struct, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request, uuid

from beside import HERE, Server
from outflows import code_of

BIG, PASSWORD, DECISION = "23095", "một mật khẩu rất dài", "QĐ 1/BENCH"
NAMES = json.load(open(HERE + "/../data/names.json"))
DAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
LIST = 10_000


def pick(chance, pairs):
    return chance.choices([pair[0] for pair in pairs], [pair[1] for pair in pairs])[0]


def person(chance, n):
    sex = chance.choice(sorted(NAMES["given"]))
    name = f"{pick(chance, NAMES['surnames'])} {pick(chance, NAMES['middle'][sex])} {pick(chance, NAMES['given'][sex])}"
    return name, chance.randrange(1950, 2008), "Nam" if sex == "male" else "Nữ", f"09{n:08}"


def people(seed, first, count):
    chance = random.Random(seed)
    return [person(chance, first + n) for n in range(count)]


class Client:
    def __init__(self, base, token=None):
        self.base, self.token = base, token

    def ask(self, path, body=None, kind="application/json"):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + "/api/v1/" + path, data, {"Content-Type": kind})
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            return json.load(urllib.request.urlopen(request, timeout=600))
        except urllib.error.HTTPError as error:
            said = error.read()
            if b"TOO_MANY_FOUND" in said:  # an answer as good as any: more than 500 fit
                return {"items": None}
            sys.exit(f"{path} answered {error.code}: {said[:300]!r}")

    def log_in(self, user, password):
        self.token = self.ask("session", {"user": user, "password": password})["access_token"]
        return self

    def may_decide(self, password):
        secret = self.ask("second-factor", {"id": str(uuid.uuid4()), "password": password})["secret"]
        self.ask("second-factor/confirmation", {"code": code_of(secret)})
        return self


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


class Bench:
    def __init__(self, program, folder):
        self.program, self.server = program, Server(program, folder)
        self.socket = folder + "/data/s"
        if not os.path.isdir(self.socket):
            sys.exit("the program's PostgreSQL is not where it was expected: " + self.socket)
        login = lambda user: (user, next(one["password"] for one in self.server.demo["logins"] if one["user"] == user))
        self.officer = Client(self.base).log_in(*login("hanh.hamliem"))
        self.chair = Client(self.base).log_in(*login("tam.hamliem")).may_decide(login("tam.hamliem")[1])
        self.central = login("quan.trunguong")

    @property
    def base(self):
        return self.server.demo["base_url"]

    def sql(self, text, *more):
        command = ["psql", "-h", self.socket, "-U", "so_nhan_ai", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", "so_nhan_ai", *more]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode:
            sys.exit("psql: " + done.stderr[-2000:])
        return done.stdout.strip()

    def query_ms(self, text):
        """As PostgreSQL times it, its answer thrown away."""
        said = self.sql(f"\\timing on\n\\o /dev/null\n{text};")
        return float(next(line for line in said.splitlines() if line.startswith("Time:")).split()[1])

    def restart(self):
        """As an operator would: whatever a server does when it starts, it does now."""
        self.server.process.terminate()
        self.server.process.wait(60)
        os.remove(self.server.folder + "/data/demo.json")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SNA_", "DATABASE_", "PG"))}
        environment |= {"SNA_DATA_DIR": self.server.folder + "/data", "SNA_LISTEN": "127.0.0.1:0", "SNA_LOG": "warn"}
        self.server.process = subprocess.Popen([self.program, "demo"], env=environment, stdout=subprocess.DEVNULL, stderr=open(self.server.folder + "/log", "a"))
        self.server.demo = self.server.wait(lambda: json.load(open(self.server.folder + "/data/demo.json")))
        self.server.wait(lambda: urllib.request.urlopen(self.base + "/readyz").read())
        for client in (self.officer, self.chair):
            client.base = self.base

    def send(self, officer, chapter, no, all):
        """A list that waits for a second person."""
        lines = ["Họ và tên,Năm sinh,Giới tính,Điện thoại"] + [",".join(map(str, one)) for one in all]
        check = officer.ask(f"member-imports?chapter={chapter}&decision_no={no}", "\n".join(lines).encode(), "text/csv")
        if "import" not in check:
            sys.exit(f"the list was not kept: {check['faults'][:3]}")
        return check["import"]["id"]

    def accept(self, chair, id):
        taken = chair.ask(f"member-imports/{id}/acceptance", b"null")
        return taken["job"]

    def wait(self, chair, job):
        while (state := chair.ask(f"jobs/{job}")["state"]) not in ("DONE", "DEAD"):
            time.sleep(0.05)
        if state != "DONE":
            sys.exit("a list was not admitted: " + json.dumps(chair.ask(f"jobs/{job}")))

    def memory_mb(self):
        line = next(line for line in open(f"/proc/{self.server.process.pid}/status") if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def fill(self, big, total):
        self.big = people(1, 10_000_000, big)
        for n, first in enumerate(range(0, big, LIST)):
            self.wait(self.chair, self.accept(self.chair, self.send(self.officer, BIG, f"{n}-BENCH", self.big[first:first + LIST])))
        copies = -(-(total - big) // big)
        self.sql(open(HERE + "/persons.sql").read(), "-v", f"copies={copies}", "-v", f"big={BIG}", "-v", f"rest={total - big}")
        return int(self.sql("SELECT count(*) FROM person"))

    def forget_looks(self):
        """An account has 120 looks an hour, and this one takes more."""
        self.sql("SET session_replication_role = replica; DELETE FROM audit_event WHERE action = 'PERSONS_SEARCHED'")

    def find(self, question):
        self.forget_looks()
        times = []
        for n, asked in enumerate(question):
            if n % 100 == 99:
                self.forget_looks()
            path = f"persons?chapter={BIG}&limit=50&q={urllib.parse.quote(asked)}"
            began = time.monotonic()
            found = self.officer.ask(path)
            times.append((time.monotonic() - began) * 1000)
            if found["items"] == []:
                sys.exit(f"nobody was found by {asked}")
        return times

    def open_all(self):
        began, next_, count = time.monotonic(), "", 0
        while next_ is not None:
            page = self.officer.ask(f"persons?chapter={BIG}&limit=200" + (f"&cursor={next_}" if next_ else ""))
            count, next_ = count + len(page["items"]), page.get("next")
        return (time.monotonic() - began) * 1000, count

    def count(self, days):
        client, times = Client(self.base).log_in(*self.central), []
        for day in days:
            began = time.monotonic()
            said = client.ask(f"member-counts/chapters?chapter=TW&on={day}")
            times.append((time.monotonic() - began) * 1000)
            counted = int(self.sql(f"SELECT count(*) FROM member_span WHERE from_day <= '{day}' AND (to_day IS NULL OR to_day > '{day}')"))
            if said["members"] != counted:
                sys.exit(f"{said['members']} members on {day}, and the history has {counted}")
        return times

    def keepers(self, count):
        """Officers and chairs of their own at so many communes."""
        chapters = self.sql(f"SELECT code FROM chapter WHERE level = 'COMMUNE' AND code <> '{BIG}' ORDER BY code LIMIT {count}").split()
        both = []
        for chapter in chapters:
            for role, user in (("OFFICER", f"officer.b{chapter}"), ("CHAPTER_CHAIR", f"chair.b{chapter}")):
                made = subprocess.run([self.program, "officer", "create", "--user", user, "--name", "Trần Thị Bench", "--role", role, "--chapter", chapter,
                                       "--decision", DECISION, "--password-stdin"], input=PASSWORD, text=True, capture_output=True,
                                      env=os.environ | {"SNA_DATA_DIR": self.server.folder + "/data"})
                if made.returncode:
                    sys.exit("officer create: " + made.stderr[-500:])
            officer = Client(self.base).log_in(f"officer.b{chapter}", PASSWORD)
            both.append((chapter, officer, Client(self.base).log_in(f"chair.b{chapter}", PASSWORD).may_decide(PASSWORD)))
        return both

    def lists(self, keepers, rows):
        """Seconds to check and to accept so many people, a list at each chapter."""
        each = min(LIST, -(-rows // len(keepers)))
        work = [(chapter, officer, chair, people(100 + n, 30_000_000 + n * each, each)) for n, (chapter, officer, chair) in enumerate(keepers)]
        began = time.monotonic()
        sent = [(chair, self.send(officer, chapter, f"{n}-BENCH-LIST", all)) for n, (chapter, officer, chair, all) in enumerate(work)]
        checked = time.monotonic() - began
        jobs = [(chair, self.accept(chair, id)) for chair, id in sent]
        for chair, job in jobs:
            self.wait(chair, job)
        return checked, time.monotonic() - began, each * len(work)

    def row_by_row(self, keeper, count):
        chapter, officer, chair = keeper
        all = people(7, 60_000_000, count)
        began = time.monotonic()
        for name, born, sex, phone in all:
            who = {"id": str(uuid.uuid4()), "chapter": chapter, "name": name, "birth": str(born), "sex": "MALE" if sex == "Nam" else "FEMALE", "phone": phone}
            officer.ask("persons", who)
            member = {"id": str(uuid.uuid4()), "person": who["id"], "kind": "MEMBER", "decision_no": DECISION}
            officer.ask("members", member)
            chair.ask(f"member-steps/{member['id']}/approval", b"null")
        return (time.monotonic() - began) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--big", type=int, default=20_000, help="persons of the chapter in which is searched")
    parser.add_argument("--rows", type=int, default=100_000, help="people of the lists")
    parser.add_argument("--searches", type=int, default=600)
    parser.add_argument("--singles", type=int, default=200, help="people entered row by row")
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    parser.add_argument("--results", help="a file of JSON in which the figures are written as well")
    args = parser.parse_args()
    os.environ["PATH"] = ":".join([*sorted(f"/usr/lib/postgresql/{v}/bin" for v in os.listdir("/usr/lib/postgresql")), os.environ["PATH"]])
    figures = {}
    say = lambda text: print(text, flush=True)
    with tempfile.TemporaryDirectory(prefix="sna-persons.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        bench = Bench(os.path.abspath(args.program), folder + "/of")
        try:
            began = time.monotonic()
            figures["persons"] = bench.fill(args.big, args.persons)
            figures["chapters"] = int(bench.sql("SELECT count(*) FROM chapter WHERE level <> 'BRANCH'"))
            say(f"{figures['persons']} persons in {figures['chapters']} chapters after {time.monotonic() - began:.0f} s")
            bench.restart()
            time.sleep(3)
            chance = random.Random(2)
            words = lambda name: " ".join(chance.sample(name.split(), 2)) if len(name.split()) > 2 else name
            found = bench.find([words(chance.choice(bench.big)[0] if n % 2 else chance.choice(bench.big)[0]) for n in range(args.searches)])
            number = bench.find([chance.choice(bench.big)[3][-6:] for _ in range(args.searches)])
            every = [bench.open_all() for _ in range(3)]
            opened = statistics.median(one[0] for one in every)
            figures |= {"find_p50_ms": statistics.median(found), "find_p99_ms": percentile(found, 0.99), "number_p50_ms": statistics.median(number),
                        "number_p99_ms": percentile(number, 0.99), "open_all_ms": opened, "opened": every[0][1], "find_ratio": opened / statistics.median(found)}
            say(f"by two words: median {figures['find_p50_ms']:.1f} ms, p99 {figures['find_p99_ms']:.1f} ms; by number: {figures['number_p50_ms']:.1f} and "
                f"{figures['number_p99_ms']:.1f} ms; all {figures['opened']} opened: {opened:.0f} ms, {figures['find_ratio']:.0f} ×")
            days = [DAY - datetime.timedelta(days=chance.randrange(3650)) for _ in range(15)] + [DAY]
            plain = [bench.query_ms(f"SELECT chapter_id, kind, count(*) FROM member_span WHERE from_day <= '{day}' AND (to_day IS NULL OR to_day > '{day}') GROUP BY 1, 2") for day in days]
            counted = bench.count(days) if bench.sql("SELECT to_regclass('member_tally_day') IS NOT NULL") == "t" else None
            figures |= {"plain_p50_ms": statistics.median(plain)} if counted is None else {"counts_p50_ms": statistics.median(counted), "counts_max_ms": max(counted), "plain_p50_ms": statistics.median(plain),
                        "counts_ratio": statistics.median(p / c for p, c in zip(plain, counted)), "tallies": int(bench.sql("SELECT count(*) FROM member_tally_day"))}
            say(f"the plain query by chapter and kind: {figures['plain_p50_ms']:.0f} ms; this program has no tallies" if counted is None else f"by chapter and kind: median {figures['counts_p50_ms']:.0f} ms, at most {figures['counts_max_ms']:.0f} ms ({figures['tallies']} tallies); plain query "
                f"{figures['plain_p50_ms']:.0f} ms, {figures['counts_ratio']:.1f} ×")
            bench.restart()
            keepers = bench.keepers(min(10, -(-args.rows // 50)))
            single = bench.row_by_row(keepers[-1], args.singles)
            before = bench.memory_mb()
            checked, seconds, rows = bench.lists(keepers, args.rows)
            figures |= {"list_rows": rows, "list_checked_s": checked, "list_s": seconds, "single_ms": single * 1000, "list_ratio": single * rows / seconds,
                        "memory_before_mb": before, "memory_mb": bench.memory_mb()}
            say(f"{rows} rows of lists: checked after {checked:.1f} s, accepted after {seconds:.1f} s; row by row {single * 1000:.1f} ms each, {figures['list_ratio']:.1f} ×; "
                f"memory {before:.0f} MB before, {figures['memory_mb']:.0f} MB at most")
        finally:
            bench.server.process.terminate()
            bench.server.process.wait(60)
    if args.results:
        json.dump(figures, open(args.results, "w"), indent=1)


if __name__ == "__main__":
    main()
