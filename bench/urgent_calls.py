#!/usr/bin/env python3
"""Urgent calls at 2,000,000 donors: bench/urgent_calls.py PROGRAM [--donors 2000000] [--finds 300] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL, into which 2,000,000 donors are written, spread over all chapters; groups are as frequent
as in Việt Nam. First who may be called is asked for so many times with the program's own statements, read out of its source: at one commune,
in one province, in the country without a province, and in the whole country, for groups as they come and for every rare one. Then whole waves
of ten are asked through the server, of those donors of one commune whom it knows as persons. Printed are milliseconds.
"""
import argparse, os, random, re, statistics, sys, tempfile, time, uuid

from beside import Server
from call_outs import CHAPTER, Installation, moment

ABLE, WAVES = 120, 4
GROUPS = [("O", "POSITIVE"), ("B", "POSITIVE"), ("A", "POSITIVE"), ("AB", "POSITIVE"), ("O", "NEGATIVE"), ("B", "NEGATIVE"), ("A", "NEGATIVE"), ("AB", "NEGATIVE")]
# Half as they come, half each as often as the others.
WEIGHTS = [45 + 12, 29 + 12, 21 + 12, 5 + 12, 12, 12, 12, 12]
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "donors", "callable.rs")
# Statements of the program, and the types of their places.
ASKED = {
    "FindNear": "uuid[], text, text, date, date[], text[], uuid[], bigint, bigint",
    "FindAnywhere": "text[], date[], text, text, date, uuid[], uuid[], bigint, bigint",
    "FindWhoNeverGave": "text, text, date, uuid[], uuid[], bigint",
}
COMPONENTS, DAYS = "'{WHOLE_BLOOD,RED_CELLS,PLATELETS,PLASMA}'", "ARRAY[current_date - 84, current_date - 84, current_date - 14, current_date - 14]"
MOST = 65


def statement(name):
    """The program's own, with places as PostgreSQL numbers them."""
    text = re.search(rf'struct {name} .*?"(SELECT .*?)"\n\}}', open(SOURCE, encoding="utf-8").read(), re.S)[1]
    parts = text.split("?")
    return "".join(part + (f"${n + 1}" if n + 1 < len(parts) else "") for n, part in enumerate(parts))


def ids(chapters):
    return f"'{{{','.join(chapters)}}}'"


class Urgent(Installation):
    def fill_donors(self, count):
        """Donors that are persons at one commune, as the program writes them; and so many others that are nobody, and found."""
        for n in range(ABLE):
            person = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "name": f"Nguyễn Văn Người{n}", "phone": f"09{n:08}", "birth": "1990-03-02"}
            self.call("/api/v1/persons", person)
            self.call("/api/v1/donors", {"id": str(uuid.uuid4()), "chapter": CHAPTER, "person": person["id"], "willing": True})
        self.sql(f"""
            UPDATE donor SET abo = 'B', rh = 'NEGATIVE', group_times = 2, group_on = '2026-01-01', willing = true, willing_on = '2026-01-01'
                WHERE chapter_id = (SELECT id FROM chapter WHERE code = '{CHAPTER}');
            SET session_replication_role = replica;
            WITH c AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS all FROM chapter WHERE code <> '{CHAPTER}'),
                 g AS (SELECT n, random() AS r, random() AS rh FROM generate_series(1, {count}) n)
            INSERT INTO donor (id, chapter_id, person_id, state, abo, rh, group_times, group_on, willing, willing_on, donations, last_component,
                               last_on, request_hash, version, recorded_by, recorded_at)
            SELECT gen_random_uuid(), c.id, gen_random_uuid(), 'ACTIVE',
                   CASE WHEN r < 0.45 THEN 'O' WHEN r < 0.66 THEN 'A' WHEN r < 0.95 THEN 'B' ELSE 'AB' END,
                   CASE WHEN rh < 0.0007 THEN 'NEGATIVE' ELSE 'POSITIVE' END, 2, '2026-01-01', random() < 0.6, '2026-01-01', 1, 'WHOLE_BLOOD',
                   current_date - (random() * 900)::int, '\\x00', 1, gen_random_uuid(), now()
            FROM g JOIN c ON c.n = g.n % c.all;
            SET session_replication_role = origin""")
        self.sql("VACUUM ANALYZE donor")

    def finds(self, count):
        """Milliseconds of each of so many questions, by where they ask."""
        communes = self.sql("SELECT id FROM chapter WHERE level = 'COMMUNE' ORDER BY code").split()
        below = {}
        for line in self.sql("SELECT ancestor_id || ' ' || chapter_id FROM chapter_ancestor a JOIN chapter c ON c.id = a.ancestor_id WHERE c.level = 'PROVINCE'").split("\n"):
            above, chapter = line.split()
            below.setdefault(above, []).append(chapter)
        draw = random.Random(7)
        lines = [f"PREPARE {name} ({types}) AS {statement(name)};" for name, types in ASKED.items()] + ["\\o /dev/null"]
        where = {"a commune": lambda: [draw.choice(communes)], "a province": lambda: draw.choice(list(below.values())),
                 "the country without a province": lambda: draw.choice(list(below.values())), "the country": lambda: []}
        asked = []
        for n in range(count):
            place = list(where)[n % len(where)]
            (abo, rh), chapters = draw.choices(GROUPS, weights=WEIGHTS)[0], ids(where[place]())
            if "country" in place:
                lines.append(f"EXECUTE FindAnywhere ({COMPONENTS}, {DAYS}, '{abo}', '{rh}', current_date, {chapters}, '{{}}', {MOST}, {MOST});")
                lines.append(f"EXECUTE FindWhoNeverGave ('{abo}', '{rh}', current_date, {chapters}, '{{}}', {MOST});")
            else:
                # A province may have more chapters than the program walks at once; the bench walks all of them.
                lines.append(f"EXECUTE FindNear ({chapters}, '{abo}', '{rh}', current_date, {DAYS}, {COMPONENTS}, '{{}}', {MOST}, {MOST});")
            asked.append((place, 2 if "country" in place else 1))
        script = self.server.folder + "/finds.sql"
        open(script, "w").write("\\timing on\n" + "\n".join(lines) + "\n")
        said = self.run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", "so_nhan_ai", "-f", script)
        spent = [float(ms) for ms in re.findall(r"Time: ([\d.]+) ms", said)][len(ASKED):]
        times, at = {}, 0
        for place, statements in asked:
            times.setdefault(place, []).append(sum(spent[at:at + statements]))
            at += statements
        return times

    def wave(self):
        """Milliseconds in which ten donors are chosen, asked and answered for."""
        call = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "component": "RED_CELLS", "abo": "B", "rh": "NEGATIVE", "units": 5,
                "hospital": "Bệnh viện", "reason": "Đo.", "until": moment(4), "wave_size": 10, "reach": "NEIGHBOURS"}
        self.call("/api/v1/urgent-calls", call)
        began = time.monotonic()
        asked = self.call(f"/api/v1/urgent-calls/{call['id']}/waves", {"id": str(uuid.uuid4()), "quiet_reason": "đo"})["asked"]
        spent = (time.monotonic() - began) * 1000
        if asked != 10:
            sys.exit(f"{asked} were asked")
        return spent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--donors", type=int, default=2_000_000)
    parser.add_argument("--finds", type=int, default=300)
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    os.environ["PATH"] = ":".join([*sorted(f"/usr/lib/postgresql/{v}/bin" for v in os.listdir("/usr/lib/postgresql")), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="sna-urgent.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        server = Server(os.path.abspath(args.program), folder + "/of")
        try:
            of = Urgent(server)
            of.fill_donors(args.donors)
            of.finds(30)
            times = of.finds(args.finds)
            for place, spent in {**times, "all of these": sum(times.values(), [])}.items():
                spent.sort()
                p99 = spent[min(int(len(spent) * 0.99), len(spent) - 1)]
                print(f"who may be called of {args.donors} in {place}: median {statistics.median(spent):.1f} ms, p99 {p99:.1f} ms, most {spent[-1]:.1f} ms", flush=True)
            waves = [of.wave() for _ in range(WAVES)]
            print(f"a wave of ten: {', '.join(f'{one:.0f}' for one in waves)} ms")
        finally:
            server.process.terminate()
            server.process.wait(60)


if __name__ == "__main__":
    main()
