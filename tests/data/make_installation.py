#!/usr/bin/env python3
"""Makes an installation with a bit of everything, by the program of some release, and keeps what the upgrade test needs.

    tests/data/make_installation.py path/to/so-nhan-ai tests/data/installation-YYYY-MM-DD

Runs `serve` in a folder of its own, records gifts of every channel, reversals in every state, appeals in every state,
people who share a telephone, papers, requests about personal data, old books carried over, publications, a second key of
the log, members with cards, a committee, dues, volunteers, a call-out, a day of giving blood and a drive to come; then writes: backup/ (what `backup` makes), keys/ (of this test alone), story.json (who is there, and the
requests as they were sent with the answers they got, receipts among them). Run it once for a release, with that
release's program, and never again: the point of the files is that an old program made them. (installation-2026-11-22
was made by an older form of this file and is a plain dump.)
"""
import atexit, base64, datetime, hashlib, hmac, json, os, shutil, signal, socket, struct, subprocess, sys, tempfile, time, urllib.error, urllib.request, uuid

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


def call(method, path, body=None, token=None, raw=None, headers={}):
    request = urllib.request.Request(f"http://{address}{path}", method=method, data=raw, headers=headers)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            got = answer.read()
            return answer.status, json.loads(got or b"null") if answer.headers.get_content_type().endswith("json") else got.decode()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def good(method, path, body=None, token=None, **more):
    status, answer = call(method, path, body, token, **more)
    assert status in (200, 201, 202, 204), (method, path, body, status, answer)
    return answer


def code_of(secret):
    """What an authenticator app would show now."""
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 10**6)


def enrol(token):
    secret = good("POST", "/api/v1/second-factor", {"id": str(uuid.uuid4()), "password": PASSWORD}, token)["secret"]
    good("POST", "/api/v1/second-factor/confirmation", {"code": code_of(secret)}, token)
    return secret


def scan(words):
    """A small PDF, different for other words."""
    return ("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% " + words
            + "\ntrailer<</Root 1 0 R>>\n%%EOF\n").encode()


def upload(token, purpose, name, bytes_, chapter="23095"):
    paper = {"id": str(uuid.uuid4()), "chapter": chapter, "purpose": purpose, "name": name, "media_type": "application/pdf",
             "size_bytes": len(bytes_), "sha256": hashlib.sha256(bytes_).hexdigest()}
    good("POST", "/api/v1/uploads", paper, token)
    done = good("PATCH", "/api/v1/uploads/" + paper["id"], None, token, raw=bytes_,
                headers={"Content-Type": "application/octet-stream", "Upload-Offset": "0"})
    return done["document"]


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
for code, chapter, who, first, last, opened, closed in [("LULUT-2026", "TW", quan, -30, 55, True, False), ("BAO-2026", "68", binh, -80, 5, True, False),
                                                        ("TET-2026", "23095", tam, -80, 1, True, True), ("TET-2027", "23095", tam, 10, 90, False, False)]:
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
    {"channel": "CASH", "amount_vnd": 80_000, "appeal": "BAO-2026", "received_on": day(-30)},
    {"channel": "CASH", "amount_vnd": 1, "captured_at": "2020-01-01T00:00:00Z"},
    {"channel": "CASH", "amount_vnd": 90_000_000, "giver": person("Ông Rất Giàu"), "display": "ANONYMOUS"},
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

for token_of in (lan, tam, binh):
    enrol(token_of)
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
story["totals"] = {c: good("GET", f"/api/v1/public/totals?chapter={c}") for c in ["23095", "68", "TW"]}


# People who share a telephone: names that differ in marks, in capitals, in blanks, in kind; corrected, hidden, restricted, erased.
story["people"] = []
for name, phone, display, channel, kind in [
        ("Lê Thị Hằng", "0909 111 222", "FULL_NAME", "CASH", "PERSON"), ("Lê Thị Hạng", "0909111222", "FULL_NAME", "CASH", "PERSON"),
        ("LÊ THỊ HẰNG", "0909111222", "MASKED", "CASH", "PERSON"), ("Lê Thị Hằng", "0909111222", "ANONYMOUS", "BANK_TRANSFER", "PERSON"),
        ("Trần Văn Được", "0168 123 4567", "FULL_NAME", "CASH", "PERSON"), ("Trần Văn Dược", "0368123456", "FULL_NAME", "CASH", "PERSON"),
        ("Phạm Thị Quỳnh Hương", "0909333444", "FULL_NAME", "CASH", "PERSON"), ("Võ Văn Giấu", "0909555666", "FULL_NAME", "CASH", "PERSON"),
        ("Vo Van Giau", "0909555666", "FULL_NAME", "CASH", "PERSON"), ("Đỗ Muốn Rút", "0909777888", "MASKED", "CASH", "PERSON"),
        ("Cơ sở Hai Lúa", "0909999000", "FULL_NAME", "CASH", "HOUSEHOLD_BUSINESS"), ("\u00d0\u1eb7ng Văn Thử", "0911000111", "FULL_NAME", "CASH", "PERSON"),
        ("Nguyễn Thị Số", None, "MASKED", "CASH", "PERSON")]:
    gift = {"id": str(uuid.uuid4()), "chapter": "23095", "received_on": day(0), "channel": channel, "amount_vnd": 111_000 + len(story["people"]),
            "giver": {**person(name, phone), "kind": kind}, "display": display, "appeal": "LULUT-2026", "wish": "Mong bà con bình an",
            **({"memo": "LE THI HANG UH", "bank_reference": "FT26332000009"} if channel == "BANK_TRANSFER" else {})}
    story["gifts"].append({"request": gift, "answer": good("POST", "/api/v1/gifts", gift, hanh)})
    party = good("GET", f"/api/v1/gifts/{gift['id']}", None, hanh)["giver"]["id"]
    story["people"].append({"gift": gift["id"], "name": name, "party": party})
paper_of = {n: upload(hanh, "GIFT", f"Biên nhận {story['people'][n]['name']}.pdf", scan(f"biên nhận {n}")) for n in (0, 1, 6)}
story["papers"] = []
for n, document in paper_of.items():
    good("POST", f"/api/v1/gifts/{story['people'][n]['gift']}/documents", {"document": document["id"]}, hanh)
    story["papers"].append({"gift": story["people"][n]["gift"], "document": document})
story["personal_data_requests"] = []
for n, kind, more in [(6, "ERASE", {}), (7, "RESTRICT", {}), (9, "WITHDRAW_CONSENT", {}), (4, "CORRECT", {"changes": {"name": "Trần Văn Được Lợi"}}),
                      (10, "ACCESS", {}), (0, "ERASE", None)]:
    request = {"id": str(uuid.uuid4()), "kind": kind, "party": story["people"][n]["party"], "received_on": day(0), "channel": "IN_PERSON", **(more or {})}
    answer = good("POST", "/api/v1/personal-data-requests", request, hanh)
    if more is not None and answer["state"] in ("REQUESTED", "ANSWERED") and kind != "ACCESS":
        answer = good("POST", f"/api/v1/personal-data-requests/{request['id']}/approval", None, tam)
    story["personal_data_requests"].append({"request": request, "answer": answer})

# Old books carried over, and what an appeal publishes.
book = upload(hanh, "OPENING_BALANCE", "Sổ quỹ 2025.pdf", scan("sổ quỹ"))
opening = {"id": str(uuid.uuid4()), "chapter": "23095", "as_of": f"{today.year - 1}-12-31", "document_no": "02/BB-HCTĐ", "document": book["sha256"],
           "note": "chuyển từ sổ giấy", "lines": [{"fund": "GENERAL", "account": "CASH_ON_HAND", "amount_vnd": 12_500_000},
                                                  {"fund": "GENERAL", "account": "BANK", "amount_vnd": 30_000_000}]}
good("POST", "/api/v1/opening-balances", opening, hanh)
story["opening"] = good("POST", f"/api/v1/opening-balances/{opening['id']}/approval", None, tam)
results = upload(tam, "APPEAL", "Kết quả tiếp nhận.pdf", scan("kết quả"))
story["publication"] = good("POST", "/api/v1/appeals/TET-2026/publications", {
    "id": str(uuid.uuid4()), "event": "RESULTS_RECEIVED", "document": results["id"], "title": "Kết quả tiếp nhận Tết 2026"}, tam)

# People of a chapter: members with cards, a pupil with consents, one who left, two who wait, a committee with a chair, a sheet of dues.
story["members"] = []
for name, birth, kind, then in [("Trần Thị Hương", "1988", "MEMBER", None), ("Nguyễn Văn Hội", "1979-05-12", "MEMBER", "LEAVE"), ("Phạm Minh Khôi", "2014-09-05", "JUNIOR", None),
                                ("Lê Thị Chờ", "1990", "MEMBER", "WAITS")]:
    who = {"id": str(uuid.uuid4()), "chapter": "23095", "name": name, "birth": birth, "sex": "FEMALE"}
    known = good("POST", "/api/v1/persons", who, hanh)
    request = {"id": str(uuid.uuid4()), "person": who["id"], "kind": kind, "decision_no": "15/QĐ-HCTĐ"}
    if kind == "JUNIOR":
        request["consent"] = {"text_version": 1, "guardian": "Phạm Văn Cha", "given_on": day(-1), "paper": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                              "child_agreed": True}
    good("POST", "/api/v1/members", request, hanh)
    if then != "WAITS":
        good("POST", f"/api/v1/member-steps/{request['id']}/approval", None, tam)
    if then == "LEAVE":
        good("POST", f"/api/v1/members/{request['id']}/steps", {"id": str(uuid.uuid4()), "kind": "LEAVE"}, hanh)
    member = good("GET", f"/api/v1/members/{request['id']}", None, hanh)
    card = good("GET", f"/api/v1/public/cards/{member['card']}") if member.get("card") else None
    story["members"].append({"person": known, "request": request, "member": member, "card": card})
story["member_counts"] = good("GET", "/api/v1/member-counts?chapter=23095", None, hanh)
subprocess.run([program, "officer", "create", "--user", "dung.lamdong", "--name", "Đinh Quốc Dũng", "--role", "PROVINCIAL_ADMINISTRATOR", "--chapter", "68",
                "--decision", "QĐ 9", "--password-stdin"], env=env, input=PASSWORD.encode(), check=True, capture_output=True)
dung = good("POST", "/api/v1/session", {"user": "dung.lamdong", "password": PASSWORD})["access_token"]
enrol(dung)
committee = good("POST", "/api/v1/committees", {
    "id": str(uuid.uuid4()), "chapter": "23095", "kind": "EXECUTIVE_COMMITTEE", "made_by": "CONGRESS", "congress": "Đại hội lần thứ I", "decision_no": "12/QĐ-HCTĐ",
    "decision_on": day(0), "valid_from": day(0), "term_until": day(1800), "posts": [{"title": "CHAIR"}, {"title": "EXECUTIVE_MEMBER", "seats": 12}]}, dung)
chair_post = next(post["id"] for post in committee["posts"] if post["title"] == "CHAIR")
good("POST", f"/api/v1/posts/{chair_post}/holders", {"id": str(uuid.uuid4()), "person": story["members"][0]["person"]["id"], "manner": "ELECTED",
                                                     "decision_no": "01/NQ-ĐH", "decision_on": day(0)}, hanh)
story["committee"] = good("GET", f"/api/v1/committees/{committee['id']}", None, hanh)
sheet = {"id": str(uuid.uuid4()), "chapter": "23095", "day": day(0), "account": "CASH",
         "lines": [{"member": story["members"][0]["request"]["id"], "from": f"{today.year}-01", "to": f"{today.year}-12", "amount_vnd": 12_000}]}
good("POST", "/api/v1/dues-sheets", sheet, hanh)
story["dues_sheet"] = good("GET", f"/api/v1/dues-sheets/{sheet['id']}", None, hanh)

# Volunteers: one who signed up, with a skill, called out and asked; one whom an officer entered.
good("POST", "/api/v1/public/volunteer-applications", {"name": "Nguyễn Văn Bình", "contact": "0912345600", "chapter": "23095", "consent": 1})
application = good("GET", "/api/v1/volunteer-applications?chapter=23095&limit=1", None, hanh)["items"][0]["id"]
good("POST", f"/api/v1/volunteer-applications/{application}/confirmation", {}, hanh)
volunteer = {"id": str(uuid.uuid4()), "kind": "VOLUNTEER", "birth": "1995"}
good("POST", f"/api/v1/volunteer-applications/{application}/acceptance", volunteer, hanh)
of_volunteer = urllib.request.Request(f"http://{address}/api/v1/volunteers/{volunteer['id']}", headers={"authorization": f"Bearer {hanh}"})
tag = urllib.request.urlopen(of_volunteer, timeout=30).headers["ETag"]
good("PATCH", f"/api/v1/volunteers/{volunteer['id']}", {"willing": True, "skills": [{"skill": "BOAT", "level": "GOOD", "proof": "SEEN"}]}, hanh, headers={"If-Match": tag})
now = datetime.datetime.now(datetime.timezone.utc)
call_out = {"id": str(uuid.uuid4()), "chapter": "23095", "kind": "EMERGENCY", "event": "Lũ sông Quao", "place": "UBND xã Hàm Liêm", "why": "Giúp dân vùng thấp.",
            "from": (now + datetime.timedelta(hours=1)).isoformat(), "until": (now + datetime.timedelta(hours=9)).isoformat(), "needed": 2,
            "skills": ["BOAT"], "available": False, "wave_size": 5}
good("POST", "/api/v1/call-outs", call_out, hanh)
good("POST", f"/api/v1/call-outs/{call_out['id']}/waves", {"id": str(uuid.uuid4()), "quiet_reason": "Nước lên nhanh"}, hanh)
story["volunteers"] = [good("GET", f"/api/v1/volunteers/{volunteer['id']}", None, hanh)]
story["call_out"] = {"id": call_out["id"], "asked": good("GET", f"/api/v1/call-outs/{call_out['id']}/asked", None, hanh)["items"]}

# Blood: a drive of today that is reconciled, and one to come that is booked.
def drive(on, title):
    made = good("POST", "/api/v1/drives", {
        "id": str(uuid.uuid4()), "chapter": "23095", "centre": "BINH_THUAN", "title": title, "day": on, "site": "Nhà văn hóa xã Hàm Liêm", "waiting_most": 3,
        "slots": [{"from": "23:00", "until": "23:30", "places": 20}]}, hanh)
    good("POST", f"/api/v1/drives/{made['code']}/opening", None, hanh)
    return f"/api/v1/drives/{made['code']}"


held, to_come = drive(day(0), "Ngày hội hiến máu"), drive(day(60), "Giọt hồng mùa xuân")
donors = [("Nguyễn Thị Máu", "0912345701"), ("Lê Văn Hồng", "0912345702"), ("Phạm Thị Huyết", "0912345703")]
booked = [good("POST", f"{held}/bookings", {"id": str(uuid.uuid4()), "name": name, "contact": phone}, hanh)["id"] for name, phone in donors]
good("POST", f"{to_come}/bookings", {"id": str(uuid.uuid4()), "name": donors[0][0], "contact": donors[0][1]}, hanh)
good("POST", f"{held}/beginning", None, hanh)
good("POST", f"{held}/check-ins", {"items": [{"id": str(uuid.uuid4()), "booking": one} for one in booked]}, hanh)
heads = "Họ và tên;Ngày sinh;Giới tính;Điện thoại;Kết quả;Lý do hoãn;Thể tích;Mã túi máu;Nhóm máu;Số giấy chứng nhận;Mã đặt chỗ\n"
rows = "".join(f"{name};1988;Nữ;{phone};Đạt;;350;G123426{n:06};B+;HM {n:06};\n" for n, (name, phone) in enumerate(donors[:2], 1))
rows += f"{donors[2][0]};1990;Nam;{donors[2][1]};Hoãn;Huyết sắc tố thấp;;;;;\n"
good("POST", f"{held}/reconciliation?keep=true", None, hanh, raw=(heads + rows).encode(), headers={"content-type": "text/csv"})
asked = good("POST", f"{held}/reconciliation/request", {}, hanh)
good("POST", f"/api/v1/reconciliations/{asked['id']}/approval", None, tam)
for _ in range(300):
    if good("GET", f"/api/v1/reconciliations/{asked['id']}", None, hanh)["state"] == "DONE":
        break
    time.sleep(0.1)
story["blood"] = {"drive": held, "to_come": to_come, "reconciliation": good("GET", f"/api/v1/reconciliations/{asked['id']}", None, hanh),
                  "donors": good("GET", "/api/v1/donors?chapter=23095", None, hanh)["items"], "bookings": good("GET", f"{to_come}/bookings", None, hanh)["items"],
                  "results": good("GET", f"/api/v1/public/blood-results?chapter=23095&year={today.year}")}

# A second key of the log, announced by a leaf; receipts under both.
subprocess.run([program, "keys", "rotate", "--which", "log"], env=env, check=True, capture_output=True)
server.send_signal(signal.SIGHUP)


def sealed():
    return good("GET", "/api/v1/public/log")


for _ in range(300):
    if len(sealed()["keys"]) == 2:
        break
    time.sleep(0.1)
time.sleep(3)
story["log"] = sealed()
assert len(story["log"]["keys"]) == 2, story["log"]
story["totals"] = {c: good("GET", f"/api/v1/public/totals?chapter={c}") for c in ["23095", "68", "TW"]}
for gift in story["gifts"]:
    gift["code"] = gift["answer"].get("gift", gift["answer"])["code"]
    gift["public"] = good("GET", f"/api/v1/public/entries/{gift['code']}")
    gift["receipt"] = good("GET", f"/api/v1/public/entries/{gift['code']}/receipt")

if os.path.isdir(out):
    shutil.rmtree(out)
os.makedirs(out)
subprocess.run([program, "backup", "--to", os.path.join(top, "backups"), "--keys-to", os.path.join(out, "keys")], env=env, check=True)
shutil.copytree(os.path.join(top, "backups"), os.path.join(out, "backup"))
with open(f"{out}/story.json", "w") as f:
    json.dump(story, f, ensure_ascii=False, indent=1)
    f.write("\n")
