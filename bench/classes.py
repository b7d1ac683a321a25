#!/usr/bin/env python3
"""Writes the classes of public questions that are measured: a file CLASS.paths each, with questions of one kind.

usage: classes.py BASE_URL FOLDER DAY < "giver count" lines, most frequent first

Each class has many questions where there are many: a cache or a lucky plan for one of them should not make the figure.
"""

import datetime
import json
import pathlib
import sys
import unicodedata
import urllib.parse
import urllib.request

base, folder, day = sys.argv[1], pathlib.Path(sys.argv[2]), datetime.date.fromisoformat(sys.argv[3])
givers = [line.rsplit(" ", 1)[0] for line in sys.stdin.read().splitlines() if line.strip()]
ENTRIES = "/api/v1/public/entries"


def fold(text):
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def entries(**query):
    return f"{ENTRIES}?" + urllib.parse.urlencode({key.rstrip("_"): value for key, value in query.items()} | {"limit": 20})


def deep(query, pages):
    """The path of the page after so many pages of 200."""
    cursor = None
    for _ in range(pages):
        path = f"{ENTRIES}?" + urllib.parse.urlencode({"q": query, "limit": 200} | ({"cursor": cursor} if cursor else {}))
        page = json.load(urllib.request.urlopen(base + path, timeout=60))
        if "next" not in page:
            break
        cursor = page["next"]
    return f"{ENTRIES}?" + urllib.parse.urlencode({"q": query, "limit": 20} | ({"cursor": cursor} if cursor else {}))


def some_entries():
    """Entries of some givers, for their pages."""
    answers = (json.load(urllib.request.urlopen(base + entries(q=name), timeout=60)) for name in frequent)
    return [entry for answer in answers for entry in answer["items"]]


frequent, rare = [fold(name) for name in givers[:20]], [fold(name) for name in givers[-50:]]
ago = lambda days: (day - datetime.timedelta(days=days)).isoformat()
pairs = sorted({" ".join(name.split()[:2]) for name in frequent})
month = {"from": ago(30), "to": day.isoformat()}
classes = {
    "full name": [entries(q=name) for name in frequent],
    "rare name": [entries(q=name) for name in rare],
    "common pair": [entries(q=pair) for pair in pairs],
    "place of most": [entries(q="ham liem"), entries(q="hàm thuận")],
    "beginning of a word": [entries(q=text) for text in ("ng", "tha", "pho", "xa h", "nguyen v", "tran t")],
    "name in quotes": [entries(q=f'"{name}"') for name in frequent],
    "name, amount, dates": [entries(q=name, min_vnd=500_000, **month) for name in frequent],
    "common, amount, 3 days": [entries(q="ham liem", min_vnd=2_000_000, from_=ago(n + 2), to=ago(n)) for n in range(20, 30)],
    "common, no such amount": [entries(q="ham liem", min_vnd=1_234_567_001 + n, max_vnd=1_234_567_001 + n) for n in range(10)],
    "no such word": [entries(q=f"{pair} xyzt") for pair in pairs],
    "many words": [entries(q=f"hoi chu thap do xa ham liem {name}") for name in frequent],
    "deep page": [deep(pairs[0], 50)],
    "exact amount": [entries(amount_vnd=amount) for amount in (50_000, 100_000, 123_000, 163_000, 500_000)],
    "amount and dates": [entries(min_vnd=1_000_000, max_vnd=5_000_000, **month)],
    "appeal and chapter": [entries(appeal="LULUT-2026", chapter="68")],
    # Pages under addresses of their own each, so that few of them come out of the cache; the first page is what a crowd reads.
    "page home": ["/"],
    "page appeal": [f"/keu-goi/LULUT-2026?n={n}" for n in range(1_000)],
    "page appeal, search": [f"/keu-goi/LULUT-2026?q={urllib.parse.quote_plus(name)}" for name in frequent + rare],
    "page chapters": [f"/don-vi/{code}?n={n}" for n in range(300) for code in ("TW", "68", "23095")],
    "page search": [f"/tim?q={urllib.parse.quote_plus(name)}" for name in frequent + rare],
    "page entry": [f"/g/{entry['code']}" for entry in some_entries()],
    "totals appeal": ["/api/v1/public/totals?appeal=LULUT-2026"],
    "totals province": ["/api/v1/public/totals?chapter=68"],
    "totals 30 days": [f"/api/v1/public/totals?chapter=68&from={ago(29)}&to={day}"],
}
for name, paths in classes.items():
    (folder / f"{name}.paths").write_text("".join(path + "\n" for path in paths))
(folder / "classes").write_text("".join(name + "\n" for name in classes))
