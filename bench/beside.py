#!/usr/bin/env python3
"""The gift path of two programs, side by side: bench/beside.py BEFORE AFTER [--rounds 7] [--seconds 5] [--folder /dev/shm]

Each program runs its demo on a private PostgreSQL of its own. Round by round both record gifts under the same load, first
one and then the other, and in the next round the other way round; whoever waits does nothing meanwhile. Which of the two
installations was made first makes a difference that has nothing to do with the programs, so everything is done twice: with
BEFORE made first, and on fresh installations with AFTER made first. What counts is the geometric mean of the two ratios.

Printed are gifts a second, and the processor time of server and PostgreSQL per gift (microseconds), which is steadier: it
does not know how long the disk took, nor who else had the machine. Give the same program twice to learn what is noise.
"""
import argparse, datetime, json, math, os, statistics, subprocess, sys, tempfile, time, urllib.request

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

    def processor(self):
        """Seconds of processor time so far of the server and of all below it; what ended is counted with its parent."""
        children, used = {}, {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                fields = open(f"/proc/{name}/stat").read().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(name))
            used[int(name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        below = [self.process.pid]
        for one in below:
            below += children.get(one, [])
        # PostgreSQL leaves the server's family: it is known by the folder it works in.
        for one in used:
            try:
                if one not in below and os.readlink(f"/proc/{one}/cwd").startswith(self.folder):
                    below.append(one)
            except OSError:
                pass
        return sum(used.get(one, 0) for one in below)

    def measure(self, shape, seconds):
        places = self.folder + "/places"
        lines = [f"{self.token(user)} {chapter} {appeal}" for user, chapter in OFFICERS for appeal in ("LULUT-2026", "-")]
        with open(places, "w") as file:
            file.write("\n".join(lines[:SHAPES[shape]]) + "\n")
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()
        result = self.folder + "/result.json"
        used = self.processor()
        environment = os.environ | {"BENCH_DIR": HERE, "BENCH_DAY": day, "BENCH_RESULT": result, "BENCH_PLACES": places}
        command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--timeout", "15s", "-s", HERE + "/post_gifts.lua", self.demo["base_url"]]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        answer = json.load(open(result))
        if answer["not_2xx"] or answer["socket_errors"]:
            sys.exit(f"gifts were refused: {answer}")
        used = self.processor() - used
        self.settle()
        return answer["requests"] / answer["seconds"], used / answer["requests"] * 1e6


def one_order(programs, first, args, parent):
    """Both programs on fresh installations, `first` made before the other: for each shape the ratios of rate and of processor time."""
    found, servers = {}, {}
    with tempfile.TemporaryDirectory(prefix="sna-beside.", dir=parent) as folder:
        os.chmod(folder, 0o755)
        try:
            for n in (first, 1 - first):
                servers[n] = Server(programs[n], f"{folder}/{n}")
            for shape in SHAPES:
                for n in (first, 1 - first):
                    servers[n].measure(shape, 2)
                seen = ([], [])
                for round_ in range(args.rounds):
                    for n in (0, 1) if round_ % 2 == 0 else (1, 0):
                        seen[n].append(servers[n].measure(shape, args.seconds))
                    (rate0, used0), (rate1, used1) = seen[0][-1], seen[1][-1]
                    print(f"{shape:7} round {round_ + 1}: {rate0:7.0f} {rate1:7.0f} gifts a second, {used0:6.0f} {used1:6.0f} µs each", flush=True)
                ratios = [[after[of] / before[of] for before, after in zip(*seen)] for of in (0, 1)]
                medians = [[statistics.median(one[of] for one in side) for side in seen] for of in (0, 1)]
                found[shape] = [after / before for before, after in medians]
                for what, of in (("gifts a second", 0), ("µs each", 1)):
                    print(f"{shape:7} medians {medians[of][0]:.0f} and {medians[of][1]:.0f} {what}: after ÷ before = {found[shape][of]:.3f}"
                          f" (single rounds {min(ratios[of]):.3f} to {max(ratios[of]):.3f})", flush=True)
        finally:
            for server in servers.values():
                server.process.terminate()
            for server in servers.values():
                server.process.wait(60)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--folder", help="where the installations are made: a folder in memory leaves the disk out")
    args = parser.parse_args()
    programs = [os.path.abspath(args.before), os.path.abspath(args.after)]
    orders = []
    for first in (0, 1):
        print(f"== {('before', 'after')[first]} is made first", flush=True)
        orders.append(one_order(programs, first, args, args.folder))
    for shape in SHAPES:
        rate, used = (math.sqrt(orders[0][shape][of] * orders[1][shape][of]) for of in (0, 1))
        apart = [f"{orders[0][shape][of]:.3f} and {orders[1][shape][of]:.3f}" for of in (0, 1)]
        print(f"{shape:7} after ÷ before: gifts a second {rate:.3f} (by order {apart[0]}), processor time of a gift {used:.3f} ({apart[1]})", flush=True)


if __name__ == "__main__":
    main()
