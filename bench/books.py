#!/usr/bin/env python3
"""A long account ledger as a file: bench/books.py BASE_URL TOKEN CHAPTER ACCOUNT SERVER_PID

Asks for it as CSV and as XLSX from a running server, and prints as JSON how soon the first byte came, how soon the last, how many
lines there were, and by how much the server's own memory grew meanwhile at most.
"""
import http.client, json, sys, threading, time, urllib.parse

base, token, chapter, account, pid = sys.argv[1:6]
host = urllib.parse.urlsplit(base).netloc


def memory_kb():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))


def asked(form):
    before, most, done = memory_kb(), [0], threading.Event()

    def watch():
        while not done.is_set():
            most[0] = max(most[0], memory_kb() - before)
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    connection = http.client.HTTPConnection(host, timeout=300)
    began = time.monotonic()
    query = urllib.parse.urlencode({"chapter": chapter, "account": account, "form": form})
    connection.request("GET", f"/api/v1/account-ledger/file?{query}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    first = answer.read(1)
    first_ms = (time.monotonic() - began) * 1000
    size, lines = len(first), 0
    while piece := answer.read(1 << 16):
        size, lines = size + len(piece), lines + piece.count(b"\n")
    whole_ms = (time.monotonic() - began) * 1000
    done.set()
    watcher.join()
    if answer.status != 200 or size < 1000:
        sys.exit(f"no {form}: {answer.status}, {size} bytes")
    return {"first_ms": first_ms, "whole_ms": whole_ms, "grown_mb": most[0] / 1024, "bytes": size, "lines": lines}


asked("CSV")  # what is loaded once
csv, xlsx = asked("CSV"), asked("XLSX")
# Headings, what it begins with, what it ends with.
lines = csv["lines"] - 3
print(json.dumps({"requests": 1, "lines": lines, "first_ms": csv["first_ms"], "csv_ms": csv["whole_ms"], "csv_mb": csv["grown_mb"],
                  "xlsx_ms": xlsx["whole_ms"], "xlsx_mb": xlsx["grown_mb"]}))
