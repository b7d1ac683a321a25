#!/usr/bin/env python3
"""Measures how long after its booking a gift is found by the words of its giver's name.

usage: fresh.py BASE_URL TOKEN DAY; prints the members of a JSON object
"""

import json
import random
import statistics
import sys
import time
import urllib.parse
import urllib.request
import uuid

base, token, day = sys.argv[1:4]
TIMES, PATIENCE = 30, 20.0


def call(path, body=None):
    request = urllib.request.Request(base + path, data=json.dumps(body).encode() if body else None)
    if body:
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
    return json.load(urllib.request.urlopen(request, timeout=30))


waits = []
for _ in range(TIMES):
    word = "zq" + "".join(random.choice("bcdghklmnpqrstvx") for _ in range(10))
    call("/api/v1/gifts", {
        "id": str(uuid.uuid4()), "chapter": "23095", "channel": "CASH", "amount_vnd": 111_000, "received_on": day,
        "giver": {"kind": "ORGANISATION", "name": f"Hop tac xa {word}"},
    })
    began = time.monotonic()
    while not call(f"/api/v1/public/entries?q={urllib.parse.quote(word)}&limit=20")["items"]:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit("a new entry is not found by its words")
        time.sleep(0.01)
    waits.append((time.monotonic() - began) * 1000)
waits.sort()
print(f'"p50_ms":{statistics.median(waits):.1f},"max_ms":{waits[-1]:.1f},"requests":{TIMES},"seconds":1,"not_2xx":0')
