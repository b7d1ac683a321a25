#!/usr/bin/env python3
"""Records gifts through POST /api/v1/gifts/batch, 500 at a time, and says how fast it went.

usage: fill.py BASE_URL DEMO_JSON NAMES_JSON GIFTS CONNECTIONS

Givers have Vietnamese names in the frequencies of NAMES_JSON; most agreed to be shown, so that searches find words. What is
random is so from a fixed seed: two runs ask the same of the server, but for the ids.
"""

import concurrent.futures
import datetime
import http.client
import json
import random
import sys
import time
import urllib.parse
import uuid

base, demo_json, names_json, count, connections = sys.argv[1:6]
count, connections = int(count), int(connections)
address = urllib.parse.urlsplit(base).netloc
passwords = {login["user"]: login["password"] for login in json.load(open(demo_json))["logins"]}
names = json.load(open(names_json))
places = [("hanh.hamliem", "23095"), ("minh.hamthuan", "23059"), ("nga.lamdong", "68"), ("ha.trunguong", "TW")]
today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
BATCH = 500


def pick(chance, pairs):
    return chance.choices([pair[0] for pair in pairs], [pair[1] for pair in pairs])[0]


def person(chance):
    sex = chance.choice(sorted(names["given"]))
    return f"{pick(chance, names['surnames'])} {pick(chance, names['middle'][sex])} {pick(chance, names['given'][sex])}"


def gift(chance, chapter):
    out = {
        "id": str(uuid.uuid4()), "chapter": chapter,
        "received_on": str(today - datetime.timedelta(days=min(39, int(chance.expovariate(0.1))))),
        "amount_vnd": max(10_000, int(round(chance.lognormvariate(12.0, 1.1), -3 if chance.random() < 0.9 else 0))),
    }
    if chance.random() < 0.8:
        out["appeal"] = "LULUT-2026"
    if chance.random() < 0.6:
        out |= {"channel": "BANK_TRANSFER", "memo": "ung ho dong bao", "bank_reference": f"FT26{chance.randrange(10**10):010}"}
    else:
        out["channel"] = "CASH"
    if chance.random() < 0.9:
        out["giver"] = {"kind": "PERSON", "name": person(chance)}
        out["display"] = chance.choices(["FULL_NAME", "MASKED", "ANONYMOUS"], [6, 2, 2])[0]
    return out


def call(connection, path, body, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request("POST", path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status not in (200, 201):
        raise SystemExit(f"{path} answered {answer.status}: {text[:300]!r}")
    return json.loads(text)


def work(share):
    """Bodies are made before the clock starts: only the server is measured."""
    number, batches = share
    connection = http.client.HTTPConnection(address, timeout=120)
    user, _ = places[number % len(places)]
    token, logged_in, spent = None, 0.0, 0.0
    for body in batches:
        if token is None or time.monotonic() - logged_in > 600:
            credentials = json.dumps({"user": user, "password": passwords[user]})
            token, logged_in = call(connection, "/api/v1/session", credentials)["access_token"], time.monotonic()
        began = time.monotonic()
        answer = call(connection, "/api/v1/gifts/batch", body, token)
        spent += time.monotonic() - began
        if answer["refused"]:
            raise SystemExit(f"gifts were refused: {json.dumps(answer, ensure_ascii=False)[:600]}")
    return spent


shares = [[] for _ in range(connections)]
for n in range(0, count, BATCH):
    chance = random.Random(n)
    at = (n // BATCH) % connections
    gifts = [gift(chance, places[at % len(places)][1]) for _ in range(min(BATCH, count - n))]
    shares[at].append(json.dumps({"gifts": gifts}))
began = time.monotonic()
with concurrent.futures.ThreadPoolExecutor(connections) as pool:
    list(pool.map(work, enumerate(shares)))
seconds = time.monotonic() - began
print(json.dumps({"requests": count, "seconds": round(seconds, 3)}))
