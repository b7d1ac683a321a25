#!/usr/bin/env python3
"""Measures how long after its booking a gift is under a published checkpoint, while a thousand gifts a second come in.

usage: seal.py BASE_URL TOKEN DAY; prints the members of a JSON object
"""

import json
import statistics
import sys
import threading
import time
import urllib.request
import uuid

base, token, day = sys.argv[1:4]
TIMES, PATIENCE, BATCH, BATCHES_A_SECOND = 30, 60.0, 100, 10


def gift():
    return {"id": str(uuid.uuid4()), "chapter": "23095", "channel": "CASH", "amount_vnd": 111_000, "received_on": day}


def post(path, body):
    request = urllib.request.Request(base + path, data=json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {token}")
    return json.load(urllib.request.urlopen(request, timeout=30))


def published():
    return int(urllib.request.urlopen(base + "/log/checkpoint", timeout=30).read().split(b"\n")[1])


def index_of(code):
    entry = json.load(urllib.request.urlopen(f"{base}/api/v1/public/entries/{code}", timeout=30))
    return entry.get("log_index")


over, sent = threading.Event(), 0


def load():
    global sent
    due = time.monotonic()
    while not over.is_set():
        sent += post("/api/v1/gifts/batch", {"gifts": [gift() for _ in range(BATCH)]})["booked"]
        due += 1 / BATCHES_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


thread = threading.Thread(target=load)
thread.start()
began_all = time.monotonic()
waits = []
try:
    for _ in range(TIMES):
        code = post("/api/v1/gifts", gift())["code"]
        began = time.monotonic()
        index = None
        while index is None or published() <= index:
            if time.monotonic() - began > PATIENCE:
                raise SystemExit("a gift is not under a checkpoint")
            time.sleep(0.01)
            index = index_of(code) if index is None else index
        waits.append((time.monotonic() - began) * 1000)
finally:
    over.set()
    thread.join()
seconds = time.monotonic() - began_all
waits.sort()
print(f'"p50_ms":{statistics.median(waits):.0f},"max_ms":{waits[-1]:.0f},"load":{sent / seconds:.0f},"requests":{TIMES},"booked":{sent + TIMES},"seconds":{seconds:.1f},"not_2xx":0')
