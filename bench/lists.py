#!/usr/bin/env python3
"""Gifts out of a spreadsheet beside the same gifts posted one after the other: bench/lists.py BASE_URL DEMO_JSON [ROWS]

Both are named gifts in cash of one chapter of a running demo, from one client; printed are the times a gift and their ratio.
"""
import datetime, json, random, sys, time, urllib.request, uuid

base, demo, rows = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3]) if len(sys.argv) > 3 else 5000
password = next(one["password"] for one in demo["logins"] if one["user"] == "hanh.hamliem")
day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
FAMILY, GIVEN = ["Nguyễn", "Trần", "Lê", "Phạm"], ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khoa", "Lan", "Minh", "Nga"]
token = None


def ask(path, body=None, kind="application/json"):
    request = urllib.request.Request(base + "/api/v1/" + path, body, {"Content-Type": kind})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    return json.load(urllib.request.urlopen(request))


def giver():
    name = " ".join([random.choice(FAMILY), random.choice(GIVEN), random.choice(GIVEN)])
    return name, "09%08d" % random.randrange(10**8), random.randrange(20, 900) * 1000


token = ask("session", json.dumps({"user": "hanh.hamliem", "password": password}).encode())["access_token"]
singles = min(500, rows)
began = time.monotonic()
for _ in range(singles):
    name, phone, sum_ = giver()
    gift = {"id": str(uuid.uuid4()), "chapter": "23095", "channel": "CASH", "amount_vnd": sum_, "received_on": str(day),
            "giver": {"kind": "PERSON", "name": name, "phone": phone}}
    ask("gifts", json.dumps(gift).encode())
single = (time.monotonic() - began) / singles
lines = ["Ngày nhận,Họ và tên,Điện thoại,Số tiền,Hình thức"]
lines += [f"{day:%d/%m/%Y},{name},{phone},{sum_},Tiền mặt" for name, phone, sum_ in (giver() for _ in range(rows))]
began = time.monotonic()
check = ask("chapters/23095/gift-imports", "\n".join(lines).encode(), "text/csv")
if "import" not in check:
    sys.exit(f"the list was not kept: {check['faults'][:3]}")
looked = (time.monotonic() - began) / rows
began = time.monotonic()
job = ask(f"gift-imports/{check['import']['id']}/acceptance", b'{"confirmed": true}')
while job["state"] not in ("DONE", "DEAD"):
    time.sleep(0.05)
    job = ask(f"jobs/{job['id']}")
done = ask(f"gift-imports/{check['import']['id']}")
listed = (time.monotonic() - began) / rows
if done["booked"] != rows:
    sys.exit(f"not all was booked: {done['booked']} of {rows}")
print(f"one by one {single * 1000:.3f} ms a gift; in a list {listed * 1000:.3f} ms (and {looked * 1000:.3f} ms to look it through): {single / listed:.1f} times as fast")
