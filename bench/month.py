#!/usr/bin/env python3
"""A month of 100,000 entries: bench/month.py PROGRAM [--entries 100000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL. So many cash gifts of last month are recorded at one commune by batches; then the
months of its books are closed one after the other up to that one, by two persons, and the cash of the commune is read as a file. Printed
are how long the last closing took, and what bench/books.py says of the file.
"""
import argparse, datetime, json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request, uuid

from beside import HERE, Server
from outflows import CHAPTER, DAY, Line, code_of

BATCH = 500


class Books:
    def __init__(self, server):
        self.server, self.line = server, Line(server.demo["base_url"])
        self.officer, self.chair = server.token("hanh.hamliem"), server.token("tam.hamliem")
        password = next(one["password"] for one in server.demo["logins"] if one["user"] == "tam.hamliem")
        factor = self.post("/api/v1/second-factor", self.chair, {"id": str(uuid.uuid4()), "password": password})
        self.post("/api/v1/second-factor/confirmation", self.chair, {"code": code_of(factor["secret"])})

    def post(self, path, token, body):
        return self.line.send(self.line.post(path, token, body))

    def fill(self, count, month):
        for n in range(0, count, BATCH):
            day = lambda i: (month + datetime.timedelta(days=(n + i) % 28)).isoformat()
            gifts = [{"id": str(uuid.uuid4()), "chapter": CHAPTER, "channel": "CASH", "amount_vnd": 10_000, "received_on": day(i)} for i in range(BATCH)]
            self.post("/api/v1/gifts/batch", self.officer, {"gifts": gifts})

    def close(self, month):
        """Seconds of the request and of the approval that closes; nothing where the month is closed or comes before the books."""
        ask = {"id": str(uuid.uuid4())}
        path = f"/api/v1/periods/{CHAPTER}/{month:%Y-%m}/closing"
        began = time.monotonic()
        try:
            body = json.dumps(ask).encode()
            headers = {"Authorization": "Bearer " + self.accountant(), "Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(self.server.demo["base_url"] + path, body, headers)).read()
        except urllib.error.HTTPError:
            return None
        self.post(f"/api/v1/period-closings/{ask['id']}/approval", self.chair, None)
        return time.monotonic() - began

    def accountant(self):
        return self.server.token("lan.hamliem")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--folder", help="where the installation is made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    last = (DAY.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    # Months before the first that is open are refused, and nothing is measured of them.
    months = [last]
    for _ in range(6):
        months.insert(0, (months[0] - datetime.timedelta(days=1)).replace(day=1))
    with tempfile.TemporaryDirectory(prefix="sna-month.", dir=args.folder) as folder:
        os.chmod(folder, 0o755)
        server = Server(os.path.abspath(args.program), folder + "/of")
        try:
            books = Books(server)
            books.fill(args.entries, last)
            server.settle()
            took = [books.close(month) for month in months][-1]
            print(f"closing a month of {args.entries} entries: {took:.2f} s" if took else "the month was not closed", flush=True)
            file = [HERE + "/books.py", server.demo["base_url"], books.accountant(), CHAPTER, "CASH_ON_HAND", str(server.process.pid)]
            print(subprocess.run([sys.executable, *file], check=True, capture_output=True, text=True).stdout.strip())
        finally:
            server.process.terminate()
            server.process.wait(60)


if __name__ == "__main__":
    main()
