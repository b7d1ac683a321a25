#!/usr/bin/env python3
"""Payments beside the same rows by pgbench: bench/outflows.py PROGRAM [--rounds 5] [--payments 1000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL. Round by round payments in cash are asked for by one officer and approved by
another, over eight connections each, and pgbench writes the same rows, eight clients and one transaction a payment, into a copy of
the database on the same server. Printed are payments a second (a payment is done when it is asked for and approved) and the ratio.
"""
import argparse, base64, concurrent.futures, datetime, hashlib, hmac, json, os, re, socket, statistics, struct, subprocess, sys, tempfile, time, urllib.request, uuid

from beside import HERE, Server

CONNECTIONS, CHAPTER, PROVINCE = 8, "23095", "68"
# As long as that of a payment; the database looks whether its hash is that of a leaf.
LEAF = b"Z" * 420
DAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()


class Line:
    """One connection that stays open. Requests are made before they are timed."""

    def __init__(self, base):
        host, port = base.removeprefix("http://").split(":")
        self.host, self.socket = host, socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path, token, body):
        content = b"" if body is None else json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    def send(self, request):
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.socket.recv(65536)
        head, _, rest = got.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(rest) < length:
            rest += self.socket.recv(65536)
        status = int(head.split(b" ", 2)[1])
        if status not in (200, 201):
            raise SystemExit(f"refused: {status} {rest.decode()}")
        return json.loads(rest)


def code_of(secret):
    """What an authenticator app would show now."""
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 10**6)


class Product:
    def __init__(self, server):
        self.server, self.base = server, server.demo["base_url"]
        self.asker, self.decider = server.token("hanh.hamliem"), server.token("tam.hamliem")
        password = next(one["password"] for one in server.demo["logins"] if one["user"] == "tam.hamliem")
        line = Line(self.base)
        factor = line.send(line.post("/api/v1/second-factor", self.decider, {"id": str(uuid.uuid4()), "password": password}))
        line.send(line.post("/api/v1/second-factor/confirmation", self.decider, {"code": code_of(factor["secret"])}))
        gift = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "channel": "CASH", "amount_vnd": 90_000_000, "received_on": DAY.isoformat()}
        line.send(line.post("/api/v1/gifts", self.asker, gift))

    def payments(self, count):
        ids = [str(uuid.uuid4()) for _ in range(count)]
        order = lambda id: {"id": id, "chapter": CHAPTER, "fund": "GENERAL", "amount_vnd": 1000, "category": "FOOD_WATER_MEDICINE", "from": "CASH",
                            "payee": {"name": "Cửa hàng gạo Bảy Lúa"}, "day": DAY.isoformat(), "content": "Mua gạo theo hóa đơn"}
        asked = self.all(ids, lambda line, id: line.post("/api/v1/payments", self.asker, order(id)))
        approved = self.all(ids, lambda line, id: line.post(f"/api/v1/payments/{id}/approval", self.decider, None))
        return count / (asked + approved)

    def all(self, ids, request):
        """Seconds that it takes to send one request for each id, over all connections at once."""
        lines = [Line(self.base) for _ in range(CONNECTIONS)]
        work = [[request(line, id) for id in ids[n::CONNECTIONS]] for n, line in enumerate(lines)]
        send = lambda line, requests: [line.send(one) for one in requests]
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(send, lines, work))
        return time.monotonic() - began


class Baseline:
    def __init__(self, folder):
        self.socket = folder + "/data/s"
        if not os.path.isdir(self.socket):
            sys.exit("the program's PostgreSQL is not where it was expected: " + self.socket)
        self.run("createdb", "bench_base")
        dump = subprocess.Popen(["pg_dump", *self.at(), "so_nhan_ai"], stdout=subprocess.PIPE)
        subprocess.run(["psql", *self.at(), "-qXo", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", "bench_base"], stdin=dump.stdout, check=True)
        one = lambda query: self.run("psql", "-qXAt", "-d", "bench_base", "-c", query).strip()
        one("ANALYZE")
        account = lambda user: one(f"SELECT id || ' ' || officer_id FROM account WHERE user_name = '{user}'").split()
        (asker, person), (decider, _) = account("hanh.hamliem"), account("tam.hamliem")
        self.given = {"chapter": one(f"SELECT id FROM chapter WHERE code = '{CHAPTER}'"), "chapter_code": CHAPTER, "province_code": PROVINCE,
                      "fund_id": one("SELECT id FROM fund WHERE code = 'GENERAL'"), "fund": "GENERAL", "asker": asker, "asker_person": person, "decider": decider,
                      "year": DAY.year, "day": DAY.isoformat(), "leaf": "\\x" + LEAF.hex(), "hash": "\\x" + hashlib.sha256(b"\0" + LEAF).hexdigest(), "sealed": "\\x" + "5a" * 180,
                      "words": "dong ham ham_liem lam lam_dong liem"}

    def at(self):
        return ["-h", self.socket, "-U", "so_nhan_ai"]

    def run(self, program, *arguments):
        done = subprocess.run([program, *self.at(), *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{program}: {done.stderr[-2000:]}")
        return done.stdout

    def payments(self, seconds):
        values = [part for name, value in self.given.items() for part in ("-D", f"{name}={value}")]
        said = self.run("pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds), "-f", HERE + "/payment.pgbench.sql", *values, "bench_base")
        return float(re.search(r"tps = ([\d.]+) \(without", said)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--payments", type=int, default=1000)
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    os.environ["PATH"] = ":".join([*sorted(f"/usr/lib/postgresql/{v}/bin" for v in os.listdir("/usr/lib/postgresql")), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="sna-outflows.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        server = Server(os.path.abspath(args.program), folder + "/of")
        try:
            product, baseline = Product(server), Baseline(server.folder)
            product.payments(100), baseline.payments(1)
            seen = []
            for n in range(args.rounds):
                seen.append((product.payments(args.payments), baseline.payments(3)))
                print(f"round {n + 1}: {seen[-1][0]:.0f} payments a second, {seen[-1][1]:.0f} by pgbench", flush=True)
                server.settle()
            ours, theirs = (statistics.median(side) for side in zip(*seen))
            print(f"medians {ours:.0f} and {theirs:.0f}: {ours / theirs:.2f} ×")
        finally:
            server.process.terminate()
            server.process.wait(60)


if __name__ == "__main__":
    main()
