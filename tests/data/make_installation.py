#!/usr/bin/env python3
"""Makes an installation with a bit of everything, by the program of some release, and keeps what the upgrade test needs.

    tests/data/make_installation.py path/to/so-nhan-ai tests/data/installation-YYYY-MM-DD

Runs `serve` in a folder of its own, records gifts of every channel, reversals in every state, appeals in every state,
then writes: installation.sql.gz (pg_dump), keys/ (of this test alone), story.json (who is there, and the
requests as they were sent with the answers they got). Run it once for a release, with that release's program, and
never again: the point of the files is that an old program made them.
"""
import atexit, datetime, glob, gzip, json, os, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request, uuid

program, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PASSWORD = "mật khẩu của bản cài cũ"
top = tempfile.mkdtemp(prefix="sna-old-")
os.chmod(top, 0o755)
data = os.path.join(top, "data")
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % s.getsockname()[1]
env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SNA_DATA_DIR": data}
log = open(os.path.join(top, "log"), "w")
server = subprocess.Popen([program, "serve", "--listen", address], env=env, stderr=log)


def stop():
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    shutil.rmtree(top)


atexit.register(stop)


def call(method, path, body=None, token=None):
    request = urllib.request.Request(f"http://{address}{path}", method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def good(method, path, body=None, token=None):
    status, answer = call(method, path, body, token)
    assert status in (200, 201), (method, path, body, status, answer)
    return answer


for _ in range(600):
    try:
        if call("GET", "/readyz")[0] == 200:
            break
    except OSError:
        time.sleep(0.1)

STAFF = [("hanh.hamliem", "Trần Thị Hạnh", "OFFICER", "23095", "0912000001"), ("lan.hamliem", "Nguyễn Thị Lan", "ACCOUNTANT", "23095", "0912000002"),
         ("tam.hamliem", "Lê Văn Tâm", "CHAPTER_CHAIR", "23095", None), ("binh.lamdong", "Võ Thanh Bình", "CHAPTER_CHAIR", "68", None),
         ("quan.trunguong", "Hoàng Anh Quân", "CENTRAL_ADMINISTRATOR", "TW", None), ("cu.hamliem", "Người Đã Nghỉ", "OFFICER", "23095", None)]
for user, name, role, chapter, phone in STAFF:
    more = ["--phone", phone] if phone else []
    subprocess.run([program, "officer", "create", "--user", user, "--name", name, "--role", role, "--chapter", chapter,
                    "--decision", "QĐ 7/QĐ-CTĐ", "--password-stdin", *more], env=env, input=PASSWORD.encode(), check=True, capture_output=True)
subprocess.run([program, "officer", "disable", "--user", "cu.hamliem"], env=env, check=True, capture_output=True)
token = {user: good("POST", "/api/v1/session", {"user": user, "password": PASSWORD})["access_token"] for user, *_ in STAFF[:5]}
hanh, lan, tam, binh, quan = (token[user] for user, *_ in STAFF[:5])

today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
day = lambda n: (today + datetime.timedelta(days=n)).isoformat()
for code, chapter, who, first, last, opened, closed in [("LULUT-2026", "TW", quan, -30, 60, True, False), ("BAO3-2026", "68", binh, -90, 5, True, False),
                                                        ("TET-2026", "23095", tam, -200, 1, True, True), ("TET-2027", "23095", tam, 10, 90, False, False)]:
    good("POST", "/api/v1/appeals", {"id": str(uuid.uuid4()), "code": code, "chapter": chapter, "regime": "DECREE_93_2021", "title": f"Đợt {code}",
                                     "purpose": "Cứu trợ đồng bào vùng lũ", "target_vnd": 5_000_000_000, "receive_from": day(first), "receive_until": day(last)}, who)
    if opened:
        good("POST", f"/api/v1/appeals/{code}/opening", None, who)
    if closed:
        good("POST", f"/api/v1/appeals/{code}/closing", None, who)

person = lambda name, phone=None: {"kind": "PERSON", "name": name, **({"phone": phone} if phone else {})}
rice = {"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_809_000, "valuation": "MARKET_PRICE"}
blanket = {"item": "BLANKET", "quantity": "12", "unit": "PIECE", "value_vnd": 1_800_000, "valuation": "DONOR_STATED"}
gifts = [
    {"channel": "CASH", "amount_vnd": 500_000},
    {"channel": "CASH", "amount_vnd": 200_000, "giver": person("Nguyễn Văn An", "0987654321"), "display": "FULL_NAME", "appeal": "LULUT-2026"},
    {"channel": "CASH", "amount_vnd": 300_000, "giver": person("NGUYEN VAN AN", "0987654321"), "display": "MASKED", "appeal": "LULUT-2026"},
    {"channel": "CASH", "amount_vnd": 50_000, "giver": person("Đỗ Thị Bưởi"), "paper_book": "01", "paper_no": "000123", "wish": "Gửi các cháu học sinh"},
    {"channel": "CASH", "amount_vnd": 60_000, "giver": person("Trần Văn Sai"), "display": "FULL_NAME", "paper_book": "01", "paper_no": "000124"},
    {"channel": "BANK_TRANSFER", "amount_vnd": 2_000_000, "memo": "UNG HO DONG BAO VUNG LU", "bank_reference": "FT26326000001", "appeal": "LULUT-2026",
     "giver": person("Lê Thị Cúc"), "received_on": day(-3)},
    {"channel": "IN_KIND", "lines": [rice, blanket], "giver": {"kind": "ORGANISATION", "name": "Hợp tác xã Thanh long Hàm Liêm"}},
    {"channel": "IN_KIND", "lines": [blanket], "giver": {"kind": "HOUSEHOLD_BUSINESS", "name": "Tạp hóa Cô Bảy"}, "display": "MASKED", "appeal": "LULUT-2026"},
    {"channel": "SMS", "amount_vnd": 18_000_000, "message_count": 1_000, "chapter": "TW", "appeal": "LULUT-2026"},
    {"channel": "E_WALLET", "amount_vnd": 7_500_000, "message_count": 75, "chapter": "TW"},
    {"channel": "CASH", "amount_vnd": 90_000, "appeal": "TET-2026", "received_on": day(-2), "giver": person("Phạm Đến Muộn"), "display": "FULL_NAME"},
    {"channel": "CASH", "amount_vnd": 80_000, "appeal": "BAO3-2026", "received_on": day(-30)},
    {"channel": "CASH", "amount_vnd": 1, "captured_at": "2020-01-01T00:00:00Z"},
    {"channel": "CASH", "amount_vnd": 1_000_000_000_000_000, "giver": person("Ông Rất Giàu"), "display": "ANONYMOUS"},
    {"channel": "CASH", "amount_vnd": 70_000, "giver": person("Võ Bị Trùng"), "display": "FULL_NAME"},
    {"channel": "BANK_TRANSFER", "amount_vnd": 700_000, "memo": "chuyen nham"},
]
story = {"password": PASSWORD, "today": today.isoformat(), "staff": [s[0] for s in STAFF], "gifts": [], "reversals": []}
recorders = {"23095": hanh}
subprocess.run([program, "officer", "create", "--user", "ha.trunguong", "--name", "Vũ Ngọc Hà", "--role", "OFFICER", "--chapter", "TW", "--decision", "QĐ 8",
                "--password-stdin"], env=env, input=PASSWORD.encode(), check=True, capture_output=True)
recorders["TW"] = good("POST", "/api/v1/session", {"user": "ha.trunguong", "password": PASSWORD})["access_token"]
for gift in gifts:
    gift = {"id": str(uuid.uuid4()), "chapter": "23095", "received_on": day(0), **gift}
    story["gifts"].append({"request": gift, "answer": good("POST", "/api/v1/gifts", gift, recorders[gift["chapter"]])})
batch = [{"id": str(uuid.uuid4()), "chapter": "23095", "channel": "CASH", "received_on": day(-(n % 7) - 1), "amount_vnd": 10_000 * (n + 1),
          "giver": person(f"Người Góp Thứ {n}"), "display": ["FULL_NAME", "MASKED", "ANONYMOUS"][n % 3], "appeal": [None, "LULUT-2026"][n % 2]} for n in range(40)]
batch = [{k: v for k, v in gift.items() if v is not None} for gift in batch]
for gift, item in zip(batch, good("POST", "/api/v1/gifts/batch", {"gifts": batch}, hanh)["items"]):
    assert item["outcome"] == "BOOKED", item
    story["gifts"].append({"request": gift, "answer": item})

for at, reason, verdict in [(4, "WRONG_AMOUNT", "approval"), (14, "DUPLICATE", "approval"), (15, "OTHER", "refusal"), (6, "NOT_RECEIVED", "approval"), (0, "OTHER", None)]:
    request = {"id": str(uuid.uuid4()), "reason": reason, "note": "ghi nhầm"}
    gift = story["gifts"][at]["request"]["id"]
    asked = good("POST", f"/api/v1/gifts/{gift}/reversal", request, hanh)
    decided = good("POST", f"/api/v1/reversals/{request['id']}/{verdict}", None, lan) if verdict else asked
    story["reversals"].append({"gift": gift, "request": request, "answer": decided})
# The slip of the reversed gift goes to the gift that replaces it.
again = {"id": str(uuid.uuid4()), "chapter": "23095", "received_on": day(0), "channel": "CASH", "amount_vnd": 600_000, "giver": person("Trần Văn Đúng"),
         "display": "FULL_NAME", "paper_book": "01", "paper_no": "000124"}
story["gifts"].append({"request": again, "answer": good("POST", "/api/v1/gifts", again, hanh)})
time.sleep(2)
story["totals"] = {c: good("GET", f"/api/v1/public/totals?chapter={c}") for c in ["23095", "68", "TW"]}

if os.path.isdir(out):
    shutil.rmtree(out)
shutil.copytree(os.path.join(data, "keys"), os.path.join(out, "keys"))
bin_dir = os.environ.get("PG_BIN") or sorted(glob.glob("/usr/lib/postgresql/*/bin"))[0]
with open(os.path.join(data, "postgres/PG_VERSION")) as f:
    print("made by PostgreSQL", f.read().strip())
# Rows of one chapter side by side pack better; nothing else changes.
for table in ["chapter", "chapter_ancestor"]:
    subprocess.run([f"{bin_dir}/psql", "-h", f"{data}/s", "-U", "so_nhan_ai", "-qc", f"CLUSTER {table} USING {table}_pk", "so_nhan_ai"], check=True)
dump = subprocess.run([f"{bin_dir}/pg_dump", "-h", f"{data}/s", "-U", "so_nhan_ai", "--no-owner", "so_nhan_ai"], check=True, capture_output=True).stdout
# Guards against strangers' dumps that psql of older minor versions does not know.
dump = b"".join(line for line in dump.splitlines(True) if not line.startswith((b"\\restrict", b"\\unrestrict")))
with open(f"{out}/installation.sql.gz", "wb") as f:
    f.write(gzip.compress(dump, 9, mtime=0))
with open(f"{out}/story.json", "w") as f:
    json.dump(story, f, ensure_ascii=False, indent=1)
    f.write("\n")
