#!/usr/bin/env python3
"""Runs the tests and says how long each part of them took.

    tools/tests.py                      everything that must hold (make test)
    tools/tests.py units api            these parts only
    tools/tests.py --room giving        the tests of one room: its rules and what goes through HTTP (make test-room NAME=giving)

Everything is built once; then the built programs are run, two parts at a time, because they wait for much. The first says what it does as
it goes; what another one says is printed when it has ended. A part that fails does not keep the others from running. What comes after two
dashes goes to the test programs: --room giving -- --nocapture
"""
import concurrent.futures, glob, json, os, re, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The parts that are programs: which targets of cargo. They begin in this order, the longest first.
PROGRAMS = {
    "api": lambda target: target["name"] == "api",
    "process": lambda target: target["name"] == "process",
    "units": lambda target: target["crate"] != "so-nhan-ai" or target["kind"] in ("lib", "bin"),
    "browser": lambda target: target["name"] == "browser",
    "outside": lambda target: target["name"] == "outside",
    "private-postgresql": lambda target: target["name"] == "private_postgres",
}
PARTS = ["format", "lints", *PROGRAMS]
AT_A_TIME = 2
# So many tests of a program, at most, are given a second try; more of them are no accident.
FEW = 5
UNSTEADY = []
FAILED = re.compile(rb"test (\S+) \.\.\. FAILED")
FORMAT = ["cargo", "fmt", "--all", "--check"]
# Our own crates are compiled by clippy's compiler, which says what it thinks of them on the way: a pass of lints of its own would read every
# crate once more.
COMPILER = {"RUSTC_WORKSPACE_WRAPPER": "clippy-driver"}


def say(text):
    print(text, flush=True)


def built(selection):
    """Builds test programs: each with its name, kind, crate and folder, or nothing if one could not be built; and what lints complain of."""
    command = ["cargo", "test", "--locked", "--no-run", "--message-format=json", *selection]
    cargo = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, **COMPILER), stdout=subprocess.PIPE, text=True)
    targets, complaints = [], set()
    for line in cargo.stdout:
        if not line.startswith("{"):
            continue
        message = json.loads(line)
        if message["reason"] == "compiler-message":
            text = message["message"]["rendered"]
            # A crate is compiled as it is and with its tests: it says most things twice.
            if text not in complaints:
                say(text)
            if message["message"]["level"] in ("warning", "error"):
                complaints.add(text)
        elif message["reason"] == "compiler-artifact" and message["profile"]["test"] and message["executable"]:
            folder = os.path.dirname(message["manifest_path"])
            crate = "so-nhan-ai" if folder == ROOT else os.path.basename(folder)
            target = message["target"]
            targets.append({"name": target["name"], "kind": target["kind"][0], "crate": crate, "folder": folder, "program": message["executable"]})
    return targets if cargo.wait() == 0 else None, complaints


def run(target, arguments, output=None):
    """Runs a test program as cargo would; what it says goes to a file, if there is one. A few tests that failed in the company of all others,
    on a machine that was busy with them, are run once more alone: what fails there too is wrong, the others are named at the end."""
    good, failed = attempt(target, arguments, output)
    if good or not 0 < len(failed) <= FEW:
        return good
    again, _ = attempt(target, ["--exact", *sorted(failed), *[word for word in arguments if word.startswith("--")], "--test-threads=1"], output)
    if again:
        UNSTEADY.extend(sorted(failed))
    return again


def attempt(target, arguments, output):
    """Runs a test program once: whether all went well, and the names of what did not."""
    environment = dict(os.environ, CARGO_MANIFEST_DIR=target["folder"])
    if target["name"] == "api":
        # Its tests wait for each other's servers, for the log and for mail; two a core keep the cores busy.
        environment.setdefault("RUST_TEST_THREADS", str(2 * (os.cpu_count() or 1)))
    failed, output = set(), output or sys.stdout.buffer
    with subprocess.Popen([target["program"], *arguments], cwd=target["folder"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as tests:
        for line in tests.stdout:
            output.write(line)
            output.flush()
            if found := FAILED.match(line):
                failed.add(found[1].decode())
    return tests.returncode == 0, failed


def timed(work):
    began = time.monotonic()
    result = work()
    return result, time.monotonic() - began


class Parts:
    """What was run, how long it took, how it ended."""

    def __init__(self):
        self.rows, self.began = [], time.monotonic()

    def take(self, name, work):
        say(f"\n== {name}")
        return self.note(name, *timed(work))

    def note(self, name, result, took):
        self.rows.append((name, took, bool(result)))
        say(f"== {name}: {'ok' if result else 'FAILED'} after {took:.1f} s")
        return result

    def build(self, selection):
        """The test programs, if they could be built. They are run as well if a lint complains: one fault more is known then."""
        say("\n== build, with lints")
        (targets, complaints), took = timed(lambda: built(selection))
        self.note("build", targets is not None, took)
        self.note("lints", targets is not None and not complaints, 0)
        return targets

    def beside(self, work):
        """Runs pairs of (name, work) as many at a time as there is room for. Work is given the file that it writes to, if to one."""
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            first = [pool.submit(self.take, name, lambda: do(None)) for name, do in work[:1]]
            others = [pool.submit(self.aside, name, do) for name, do in work[1:]]
            for one in first + others:
                one.result()

    def aside(self, name, work):
        with tempfile.TemporaryFile() as output:
            result, took = timed(lambda: work(output))
            output.seek(0)
            text = output.read().decode(errors="replace")
        say(f"\n== {name}\n{text.rstrip()}")
        self.note(name, result, took)

    def end(self):
        say("\n== parts")
        for name, took, good in self.rows:
            say(f"  {name:<20} {took:8.1f} s  {'ok' if good else 'FAILED'}")
        say(f"  {'from start to end':<20} {time.monotonic() - self.began:8.1f} s")
        for name in UNSTEADY:
            say(f"  UNSTEADY: {name} failed beside the others and passed alone")
        good = all(good for _, _, good in self.rows)
        say("== all good" if good else "== something failed")
        return 0 if good else 1


def everything(only, arguments):
    owners()
    parts = Parts()
    if not only or "format" in only:
        parts.take("format", lambda: subprocess.run(FORMAT, cwd=ROOT).returncode == 0)
    wanted = [name for name in PROGRAMS if not only or name in only]
    if (wanted or "lints" in only) and (targets := parts.build(["--workspace"])):
        parts.beside([(name, of_part(targets, name, arguments)) for name in wanted])
    return parts.end()


def of_part(targets, name, arguments):
    mine = [target for target in targets if PROGRAMS[name](target)]
    return lambda output: mine and all([run(target, arguments, output) for target in mine])


def owners():
    """The rooms, and whose each module of tests/api is, as far as it is somebody's."""
    modules = [os.path.basename(path)[:-3] for path in sorted(glob.glob(os.path.join(ROOT, "tests/api/*.rs")))]
    rooms = {os.path.basename(os.path.dirname(path)) for path in glob.glob(os.path.join(ROOT, "src/*/mod.rs"))}
    owner = dict.fromkeys(modules)
    for name in modules:
        owner[name] = max((room for room in rooms if name == room or name.startswith(room + "_")), key=len, default=None)
    with open(os.path.join(ROOT, "tests/rooms.txt"), encoding="utf-8") as file:
        given = [line.split(":") for line in file if line.strip() and not line.startswith("#")]
    for room, names in given:
        for name in names.split():
            if room not in rooms or name not in owner:
                sys.exit(f"tests/rooms.txt: there is no room {room}, or no module {name} of tests/api")
            owner[name] = room
    return rooms, owner


def modules_of(wanted):
    """The modules of tests/api that are a room's; a module's name is itself."""
    rooms, owner = owners()
    if wanted in rooms:
        return [name for name, room in owner.items() if room == wanted]
    if wanted in owner:
        return [wanted]
    what = f"There is no room and no module of tests/api called {wanted}." if wanted else "make test-room NAME=…"
    sys.exit(f"{what} Rooms: {' '.join(sorted(rooms))}")


def one_room(room, arguments):
    modules = modules_of(room)
    parts = Parts()
    for target in parts.build(["--workspace", "--lib", "--test", "api"]) or []:
        rooms = [room] if target["kind"] == "lib" else modules
        listed = subprocess.run([target["program"], "--list", "--format", "terse"], capture_output=True, text=True).stdout
        names = [line[: -len(": test")] for line in listed.splitlines() if line.endswith(": test")]
        names = [name for name in names if name.split("::")[0] in rooms]
        if names:
            part = "units" if target["kind"] == "lib" else f"api ({' '.join(modules)})"
            parts.take(part, lambda: run(target, ["--exact", *names, *arguments]))
    return parts.end()


def main():
    given = sys.argv[1:]
    given, arguments = (given[: given.index("--")], given[given.index("--") + 1 :]) if "--" in given else (given, [])
    if given[:1] == ["--room"]:
        return one_room(given[1] if len(given) > 1 else "", arguments)
    unknown = [name for name in given if name not in PARTS]
    if unknown:
        sys.exit(f"{__doc__}\nParts: {', '.join(PARTS)}. There is none called {unknown[0]}.")
    return everything(given, arguments)


if __name__ == "__main__":
    sys.exit(main())
