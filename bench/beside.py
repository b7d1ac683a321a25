#!/usr/bin/env python3
"""The gift path of two programs, side by side: bench/beside.py BEFORE AFTER [--rounds 7] [--seconds 5]

Each program runs its demo on a private PostgreSQL of its own. Round by round both record gifts under the same load, first
one and then the other, and in the next round the other way round; whoever waits does nothing meanwhile. Printed are the
rates, the ratio of the medians, and how far the ratios of single rounds lie apart. Give the same program twice to learn how
much of that is noise.
"""
import argparse, datetime, json, os, statistics, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
OFFICERS = [("hanh.hamliem", "23095"), ("minh.hamthuan", "23059"), ("nga.lamdong", "68"), ("ha.trunguong", "TW")]
SHAPES = {"hot": 1, "spread": 8}


class Server:
    def __init__(self, program, folder):
        self.folder = folder
        os.mkdir(folder, 0o755)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SNA_", "DATABASE_", "PG"))}
        environment |= {"SNA_DATA_DIR": folder + "/data", "SNA_LISTEN": "127.0.0.1:0", "SNA_LOG": "warn"}
        self.process = subprocess.Popen([program, "demo"], env=environment, stdout=subprocess.DEVNULL, stderr=open(folder + "/log", "w"))
        self.demo = self.wait(lambda: json.load(open(folder + "/data/demo.json")))
        self.wait(lambda: urllib.request.urlopen(self.demo["base_url"] + "/readyz").read())

    def wait(self, question):
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit("the server ended: " + open(self.folder + "/log").read()[-2000:])
            try:
                return question()
            except (OSError, ValueError):
                time.sleep(0.1)
        sys.exit("the server was not ready, or its index behind, for two minutes")

    def token(self, user):
        password = next(one["password"] for one in self.demo["logins"] if one["user"] == user)
        body = json.dumps({"user": user, "password": password}).encode()
        request = urllib.request.Request(self.demo["base_url"] + "/api/v1/session", body, {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))["access_token"]

    def settle(self):
        """Leaves get their places and are indexed after the gifts; what is left of that must not burden whoever is next."""
        def still():
            text = urllib.request.urlopen(self.demo["base_url"] + "/metrics").read().decode()
            if not any(line.split() == ["sna_search_lag_leaves", "0.0"] for line in text.splitlines()):
                raise ValueError
            return True
        time.sleep(1.2)
        self.wait(still)

    def measure(self, shape, seconds):
        places = self.folder + "/places"
        lines = [f"{self.token(user)} {chapter} {appeal}" for user, chapter in OFFICERS for appeal in ("LULUT-2026", "-")]
        with open(places, "w") as file:
            file.write("\n".join(lines[:SHAPES[shape]]) + "\n")
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()
        result = self.folder + "/result.json"
        environment = os.environ | {"BENCH_DIR": HERE, "BENCH_DAY": day, "BENCH_RESULT": result, "BENCH_PLACES": places}
        command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--timeout", "15s", "-s", HERE + "/post_gifts.lua", self.demo["base_url"]]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        answer = json.load(open(result))
        if answer["not_2xx"] or answer["socket_errors"]:
            sys.exit(f"gifts were refused: {answer}")
        self.settle()
        return answer["requests"] / answer["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    args = parser.parse_args()
    servers = []
    with tempfile.TemporaryDirectory(prefix="sna-beside.") as folder:
        os.chmod(folder, 0o755)
        try:
            for name in ("before", "after"):
                servers.append(Server(os.path.abspath(getattr(args, name)), f"{folder}/{name}"))
            for shape in SHAPES:
                for server in servers:
                    server.measure(shape, 2)
                rates = ([], [])
                for round_ in range(args.rounds):
                    for n in (0, 1) if round_ % 2 == 0 else (1, 0):
                        rates[n].append(servers[n].measure(shape, args.seconds))
                    print(f"{shape:7} round {round_ + 1}: {rates[0][-1]:7.0f} {rates[1][-1]:7.0f}", flush=True)
                ratios = [after / before for before, after in zip(*rates)]
                medians = [statistics.median(one) for one in rates]
                print(f"{shape:7} medians {medians[0]:.0f} and {medians[1]:.0f} gifts a second: after ÷ before = {medians[1] / medians[0]:.3f}"
                      f" (single rounds {min(ratios):.3f} to {max(ratios):.3f})", flush=True)
        finally:
            for server in servers:
                server.process.terminate()
            for server in servers:
                server.process.wait(60)


if __name__ == "__main__":
    main()
