#!/usr/bin/env python3
"""Turns the raw figures of bench/run.sh into a table, a JSON file and a Markdown page with what earlier runs measured.

usage: report.py FOLDER LATEST_JSON [PAGE_MD HISTORY_JSON]

Ratios are taken inside a round and then the median over the rounds, so that a busy machine spoils them least.
Ends with status 1 when the books do not agree or an answer was not what it should be.
"""

import json
import pathlib
import statistics
import sys

folder, latest = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
page, history_file = (pathlib.Path(name) for name in sys.argv[3:5]) if len(sys.argv) > 4 else (None, None)
here = pathlib.Path(__file__).parent
cells = [json.loads(line) for line in (folder / "cells.jsonl").read_text().splitlines()]
facts = dict(line.split(" ", 1) for line in (folder / "facts").read_text().splitlines())
persons = json.loads((folder / "persons.json").read_text()) if (folder / "persons.json").exists() else None
audits = {
    name: dict((row.split()[0], int(row.split()[1])) for row in (folder / f"audit.{name}").read_text().splitlines())
    for name in ("product", "baseline")
}
rounds = range(1, int(facts["rounds"]) + 1)
for cell in cells:
    if "seconds" in cell and "requests" in cell:
        cell["rate"] = cell["requests"] / cell["seconds"]


def values(key, cell, variant=None, clients=None):
    """One value a round."""
    return [
        c[key] for c in cells
        if c["round"] and c["cell"] == cell and variant in (None, c["variant"]) and clients in (None, c["clients"])
    ]


def median(key, *which):
    return statistics.median(values(key, *which))


def ratio(ours, theirs):
    """Median over rounds; with several candidates a round the best of them counts."""
    return statistics.median(a / b for a, b in zip(ours, theirs))


def best_baseline(shape):
    by_clients = [values("rate", "base_gift", shape, clients) for clients in (8, 32, 64)]
    return [max(row) for row in zip(*by_clients)]


def best_clients(shape):
    return max((8, 32, 64), key=lambda clients: median("rate", "base_gift", shape, clients))


def cpu_us(shape, clients, cell="gift"):
    """CPU time of a gift in server and PostgreSQL, microseconds."""
    tick = 1e6 / int(facts["ticks_per_second"])
    done = values("requests", cell, shape, clients)
    return [
        statistics.median(t * tick / n for t, n in zip(values(key, cell, shape, clients), done))
        for key in ("server_ticks", "postgres_ticks")
    ]


# --- Nothing lost, nothing doubled, nothing refused ---------------------------------------------------------------------

gift_cells = [c for c in cells if c["cell"] == "gift"]
single_cells = [c for c in cells if c["cell"] in ("gift", "grown", "fresh")]
booked = sum(c["requests"] - c["not_2xx"] for c in single_cells) + sum(c["booked"] for c in cells if c["cell"] == "seal")
written = sum(int(facts[until]) - int(facts[since]) for since, until in (("gifts_before", "gifts_small"), ("gifts_grown", "gifts_after")))
in_flight = sum(c["clients"] for c in single_cells)  # written, but the load generator had stopped listening
checks = {
    "answers that were not 2xx": sum(c.get("not_2xx", 0) for c in cells),
    "connections that failed": sum(c.get("socket_errors", 0) for c in cells),
    "transactions of pgbench that failed": sum(c.get("failed", 0) for c in cells),
    "booked gifts that are not in the database": max(0, booked - written),
    "gifts in the database that nobody sent": max(0, written - booked - in_flight),
    "gifts of pgbench missing or too many": abs(int(facts["base_gifts"]) - sum(c["requests"] for c in cells if c["cell"] in ("base_gift", "base_rows"))),
    **{f"{key.replace('_', ' ')} ({name})": value for name, audit in audits.items() for key, value in audit.items()},
}
wrong = {name: value for name, value in checks.items() if value}

# --- Goals --------------------------------------------------------------------------------------------------------------

hot = ratio(values("rate", "gift", "hot", 64), best_baseline("hot"))
spread = ratio(values("rate", "gift", "spread", 64), best_baseline("spread"))
kind_of = lambda name: next((kind for kind in ("totals", "page") if name.startswith(kind)), "search")
searches = sorted({c["variant"] for c in cells if c["cell"] == "search"})
worst = {
    kind: max((median("p99_ms", "search", name), name) for name in searches if kind_of(name) == kind)
    for kind in ("search", "totals", "page")
}
peak_mb = int(facts["server_peak_kb"]) / 1024
own_mb = int(facts["server_anon_kb"]) / 1024
size = f"{int(facts['target']) / 1e6:g} M"
growth_cpu = sum(cpu_us("spread", 64, "grown")) / sum(cpu_us("spread", 64))
growth_rate = median("rate", "gift", "spread", 64) / median("rate", "grown", "spread", 64)
batch = median("rate", "batch") / median("rate", "base_rows")


def per_100_000(key):
    """Time of a hundred thousand lines of a book."""
    return statistics.median(ms / lines * 100_000 for ms, lines in zip(values(key, "book"), values("lines", "book")))


reached = [  # what, unit, value, first figure, goal, larger is better
    ("single gifts, 64 connections, spread ÷ pgbench at its best", "×", spread, 2, 3, True),
    ("single gifts, 64 connections, one hot appeal ÷ pgbench at its best", "×", hot, 2, 3, True),
    ("p99 of a gift, 64 connections, spread", "ms", median("p99_ms", "gift", "spread", 64), 25, 12, False),
    ("p99 of a gift, 256 connections, spread", "ms", median("p99_ms", "gift", "spread", 256), 60, 30, False),
    ("one hot appeal ÷ spread, 64 connections", "×", ratio(values("rate", "gift", "hot", 64), values("rate", "gift", "spread", 64)), 0.8, 0.9, True),
    ("gifts in batches of 500 ÷ row by row, 100 to a transaction", "×", batch, 8, 15, True),
    (f"cost of a gift at {size} ÷ at 0.2 M gifts, CPU", "×", growth_cpu, 1.3, 1.1, False),
    ("entry by code ÷ nginx with the same bytes", "×", ratio(values("rate", "entry", "product"), values("rate", "entry", "nginx")), 0.7, 1, True),
    (f"p99 of public search at {size}, worst class ({worst['search'][1]}), 8 connections", "ms", worst["search"][0], *((50, 15) if int(facts["target"]) <= 5_000_000 else (100, 25)), False),
    (f"p99 of totals at {size}, worst class ({worst['totals'][1]}), 8 connections", "ms", worst["totals"][0], 20, 5, False),
    (f"p99 of a page of the portal at {size}, worst class ({worst['page'][1]}), 8 connections", "ms", worst["page"][0], 50, 15, False),
    ("a new entry is found by its words after, at most", "ms", median("max_ms", "fresh"), 2000, 1200, False),
    ("sealing: leaves from the queue into the tree, each second", "", int(facts["sealed"]) / int(facts["sealing_ms"]) * 1000, 30_000, 60_000, True),
    (f"a gift is under a published checkpoint after, at most, at {median('load', 'seal'):,.0f} gifts a second", "ms", median("max_ms", "seal"), 2000, 1200, False),
    (f"p99 of a receipt with its proof at {size}, 1 connection", "ms", median("p99_ms", "proof"), 5, 2, False),
    ("account ledger as CSV: first byte after", "ms", median("first_ms", "book"), 100, 50, False),
    (f"account ledger as CSV, {median('lines', 'book'):,.0f} lines: server memory grows by, at most", "MB", median("csv_mb", "book"), 20, 10, False),
    ("account ledger as XLSX, 100,000 lines", "s", per_100_000("xlsx_ms") / 1000, 5, 3, False),
    ("account ledger as XLSX: server memory grows by, at most", "MB", median("xlsx_mb", "book"), 100, 50, False),
    ("account ledger as CSV ÷ the same lines by COPY, time", "×", ratio(values("csv_ms", "book"), values("copy_ms", "book")), 4, 2, False),
    ("audit of a million entries from files", "s", int(facts["log_audit_ms"]) / 1000 * 1e6 / int(facts["log_audited"]), 5, 2.5, False),
    ("tiles and bundles ÷ nginx with the same files", "×", ratio(values("rate", "tile", "product"), values("rate", "tile", "nginx")), 0.5, 1, True),
    ("server memory, anonymous, at the end", "MB", own_mb, 300, 150, False),
    ("acknowledged gifts lost or doubled", "", booked - written if booked > written else 0, 0, 0, False),
]
if persons:
    at = f"{persons['persons'] / 1e6:.3g} M persons"
    reached += [
        (f"p99 of finding by two words among {persons['opened']:,}, at {at}", "ms", persons["find_p99_ms"], 30, 15, False),
        ("opening all their names ÷ finding by two words, time", "×", persons["find_ratio"], 20, 40, True),
        (f"p99 of finding by a number, at {at}", "ms", persons["number_p99_ms"], 10, 5, False),
        (f"members of the country on any day by chapter and kind, at most, at {at}", "ms", persons["counts_max_ms"], 300, 150, False),
        ("the plain query over the history ÷ that, time", "×", persons["counts_ratio"], 5, 10, True),
        (f"{persons['list_rows']:,} people of lists checked and accepted", "s", persons["list_s"], 60, 30, False),
        ("the same people row by row ÷ that, time", "×", persons["list_ratio"], 10, 20, True),
        ("server memory meanwhile, at most", "MB", persons["memory_mb"], 300, 200, False),
    ]


def verdict(value, first, goal, larger):
    value = value if larger else -value
    first, goal = (first, goal) if larger else (-first, -goal)
    return "goal reached" if value >= goal else "first figure reached" if value >= first else "missed"


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


# --- Tables -------------------------------------------------------------------------------------------------------------

def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "|".join("---" if n == 0 else "--:" for n in range(len(head))) + "|"] + [
        "| " + " | ".join(row) + " |" for row in rows
    ]


gift_rows = []
for shape, name in (("spread", "four chapters, with and without appeal"), ("hot", "one chapter, one appeal")):
    for clients in sorted({c["clients"] for c in gift_cells if c["round"] and c["variant"] == shape}):
        server, postgres = cpu_us(shape, clients)
        which = ("gift", shape, clients)
        gift_rows.append([f"product, {name}", str(clients), number(median("rate", *which)), number(median("p50_ms", *which)),
                          number(median("p99_ms", *which)), f"{server:.0f} + {postgres:.0f}", number(median("catch_up_ms", "log", shape, clients))])
    for clients in (8, 32, 64):
        best = " (best)" if clients == best_clients(shape) else ""
        gift_rows.append([f"pgbench, {name}{best}", str(clients), number(median("rate", "base_gift", shape, clients)), "", "", "", ""])
growth_rows = []
for shape, name in (("spread", "four chapters, with and without appeal"), ("hot", "one chapter, one appeal")):
    for cell, at in (("gift", "0.2 M"), ("grown", size)):
        server, postgres = cpu_us(shape, 64, cell)
        which = (cell, shape, 64)
        growth_rows.append([name, at, number(median("rate", *which)), number(median("p50_ms", *which)), number(median("p99_ms", *which)), f"{server:.0f} + {postgres:.0f}"])
batch_rows = [
    ["product, `POST /api/v1/gifts/batch` of 500, 2 connections", number(median("rate", "batch"))],
    ["pgbench, statement by statement, 100 gifts to a transaction, 1 client", number(median("rate", "base_rows"))],
]
read_rows = [
    [label, number(median("rate", "entry", variant)), number(median("p50_ms", "entry", variant)), number(median("p99_ms", "entry", variant))]
    for variant, label in (("product", "product"), ("nginx", "nginx, static files"))
]
search_rows = [
    [name.replace("_", " "), number(median("rate", "search", name)), number(median("p50_ms", "search", name)), number(median("p99_ms", "search", name))]
    for name in searches
]
log_rows = [
    [label, clients, number(median("rate", cell, variant)), number(median("p50_ms", cell, variant)), number(median("p99_ms", cell, variant))]
    for cell, variant, label, clients in (
        ("proof", "product", "receipt with proof", "1"), ("tile", "product", "tiles and bundles", "64"), ("tile", "nginx", "tiles and bundles by nginx", "64"))
]
goal_rows = [
    [what, f"{number(value)} {unit}".strip(), f"{'≥' if larger else '≤'} {first}", f"{'≥' if larger else '≤'} {goal}", verdict(value, first, goal, larger)]
    for what, unit, value, first, goal, larger in reached
]
gift_head = ["gifts over HTTP, one a request", "connections", "gifts/s", "p50 ms", "p99 ms", "CPU µs a gift: server + PostgreSQL", "log caught up after ms"]
read_head = ["entry by code, 64 connections", "answers/s", "p50 ms", "p99 ms"]
log_head = ["public log", "connections", "answers/s", "p50 ms", "p99 ms"]
search_head = ["public search, totals and pages, 8 connections", "answers/s", "p50 ms", "p99 ms"]
growth_head = ["single gifts, 64 connections", "gifts in the database", "gifts/s", "p50 ms", "p99 ms", "CPU µs a gift: server + PostgreSQL"]
batch_head = ["many gifts at once", "gifts/s"]
goal_head = ["figure", "measured", "first", "goal", ""]
check_text = "All agree: " if not wrong else "**They do not agree: " + ", ".join(f"{k}: {v}" for k, v in wrong.items()) + ".** Checked: "
check_text += f"{booked:,} single gifts were answered with 201, {written:,} are in the database (the rest was on its way when the load generator stopped listening); " \
    "0 answers other than 2xx, every entry with its postings (their sum is 0), public row and leaf, balances and totals equal to what the postings say; the same for the baseline's database."

# --- What earlier runs measured ----------------------------------------------------------------------------------------

SHORT = {"single gifts, 64 connections, spread": "spread ÷ pgbench", "single gifts, 64 connections, one hot": "hot ÷ pgbench", "p99 of a gift, 64": "p99 gift, 64, ms",
         "p99 of a gift, 256": "p99 gift, 256, ms", "gifts in batches": "batch ÷ rows", "cost of a gift": "growth", "entry by code": "entry ÷ nginx",
         "p99 of public search": "p99 search, ms", "p99 of totals": "p99 totals, ms", "p99 of a page": "p99 page, ms", "a new entry": "found after, ms", "sealing": "sealed/s", "a gift is under": "checkpoint after, ms", "p99 of a receipt": "p99 proof, ms",
         "account ledger as CSV: first": "book, first byte, ms", "account ledger as XLSX, 100": "book as XLSX, s", "account ledger as CSV ÷": "book ÷ COPY",
         "audit of a million": "audit 1 M, s", "tiles and bundles": "tiles ÷ nginx", "server memory": "memory, MB"}
now = {short: round(value, 3) for begin, short in SHORT.items() for what, _, value, *_ in reached if what.startswith(begin)}
history_path = history_file or here / "history.json"
history = json.loads(history_path.read_text()) if history_path.exists() else []
machine = f"{facts['cores']} × {facts['cpu']}"
comparable = [run for run in history if run["machine"] == machine and run["millions"] == int(facts["target"]) / 1e6]
history = history[-19:] + [{"date": facts["date"], "commit": facts["commit"], "machine": machine, "millions": int(facts["target"]) / 1e6, "figures": now}]


def history_table():
    """One row a run, newest first."""
    rows = [[run["date"][:16], run["commit"], run["machine"], f"{run['millions']:g} M"] + [number(run["figures"][f]) if f in run["figures"] else "" for f in SHORT.values()]
            for run in reversed(history)]
    return table(["date", "commit", "machine", "gifts"] + list(SHORT.values()), rows)


text = f"""# Performance

Written by `make bench` (`bench/run.sh`); run it to have your machine's figures. Product and baselines run on one machine,
in one run, round by round; each figure is the median of {facts['rounds']} rounds of {facts['seconds']} s, each ratio the median of the ratios inside the rounds.
Single gifts are measured at 0.2 million gifts and again at {size}; searches at {size}. Givers' names come from real frequencies; beyond the first 65,000 the gifts are copies with codes, ids and leaves of their own.
Load generator, server and PostgreSQL share the cores; autovacuum is off and VACUUM runs before each measurement that writes. Absolute figures depend on the machine and on what else it does: compare the ratios.

{facts['date']}, commit {facts['commit']}: {facts['cores']} cores of {facts['cpu']}, {facts['memory']}; PostgreSQL {facts['postgresql']} ({facts['settings']}),
nginx {facts['nginx']}; load average before the rounds {facts['load_before']}. The database held {int(facts['gifts_before']):,} gifts before and {int(facts['gifts_after']):,} after.

## Goals

{chr(10).join(table(goal_head, goal_rows))}

## Recording gifts

`POST /api/v1/gifts` with log-in, authorization and all checks; answered with 201 after COMMIT, everything durable. The
baseline writes the same rows of one gift (entry, two postings, leaf, sealed opening, public row with its words, two
balances, the number of its cash receipt, totals of commune, province and centre by day and overall, audit event) in one transaction each: plain prepared
statements over a Unix socket into the same schema in the same PostgreSQL, without HTTP, log-in and checks.

{chr(10).join(table(gift_head, gift_rows))}

## Many at once, and growth

{chr(10).join(table(batch_head, batch_rows))}

{chr(10).join(table(growth_head, growth_rows))}

Rate at 0.2 M ÷ rate at {size}: {growth_rate:.2f}; CPU at {size} ÷ CPU at 0.2 M: {growth_cpu:.2f} (both spread).

## Reading an entry

{chr(10).join(table(read_head, read_rows))}

## Public search and totals

20 newest hits, rows read; at {size} gifts. The search index caught up {int(facts['index_ms']) / 1000:.0f} s after the last copy; a new entry was found
by its words after {median("p50_ms", "fresh"):.0f} ms (median of {median("requests", "fresh"):.0f}), {median("max_ms", "fresh"):.0f} ms at most.

{chr(10).join(table(search_head, search_rows))}

## The public log

{int(facts['sealed']):,} leaves that waited had their places and were in the tree after {int(facts['sealing_ms']) / 1000:.1f} s, and published as files {(int(facts['publishing_ms']) - int(facts['sealing_ms'])) / 1000:.1f} s later.
A gift was under a published checkpoint after {median("p50_ms", "seal"):,.0f} ms (median of {median("requests", "seal"):.0f}), {median("max_ms", "seal"):,.0f} ms at most, while {median("load", "seal"):,.0f} gifts a second came in
by batches. `so-nhan-ai audit --dir` over all {int(facts['log_audited']):,} entries took {int(facts['log_audit_ms']) / 1000:.1f} s.

{chr(10).join(table(log_head, log_rows))}

## Memory

{own_mb:.0f} MB anonymous at the end, {facts['server_threads']} threads; peak {peak_mb:.0f} MB with the mapped pages of the search index (VmHWM). PostgreSQL not counted.

## The books afterwards

{check_text}

## Runs so far

{chr(10).join(history_table())}
"""

latest.write_text(json.dumps({
    "facts": facts, "checks": checks, "cells": cells,
    "goals": [{"figure": what, "unit": unit, "value": round(value, 4), "first": first, "goal": goal, "verdict": verdict(value, first, goal, larger)}
              for what, unit, value, first, goal, larger in reached],
}, indent=1, ensure_ascii=False) + "\n")
if page:
    page.write_text(text)
    history_file.write_text(json.dumps(history, indent=1, ensure_ascii=False) + "\n")


def plain(head, rows):
    """The same table for a terminal."""
    widths = [max(len(row[n]) for row in [head] + rows) for n in range(len(head))]
    for row in [head] + rows:
        print("  ".join(cell.ljust(width) if n == 0 else cell.rjust(width) for n, (cell, width) in enumerate(zip(row, widths))))
    print()


for head, rows in ((gift_head, gift_rows), (batch_head, batch_rows), (growth_head, growth_rows), (read_head, read_rows), (search_head, search_rows), (log_head, log_rows), (goal_head, goal_rows)):
    plain(head, rows)
if comparable:
    before = comparable[-1]["figures"]
    print(f"Since {comparable[-1]['date'][:16]} ({comparable[-1]['commit']}), same machine and size:")
    for name, value in now.items():
        if before.get(name):
            print(f"  {name}: {number(before[name])} → {number(value)} ({(value / before[name] - 1) * 100:+.0f} %)")
    print()
print(f"Memory: {own_mb:.0f} MB anonymous, peak {peak_mb:.0f} MB, {facts['server_threads']} threads.")
print(check_text)
print(f"Written: {latest}" + (f", {page}, {history_file}" if page else ""))
sys.exit(1 if wrong else 0)
