#!/usr/bin/env python3
"""A blood centre's file beside the plain way of doing the same: bench/blood_days.py PROGRAM [--rows 50000] [--folder /dev/shm]

The program runs its demo on a private PostgreSQL. So many people are checked in at a drive of today, as phones at the door send them, 200
at once. Then the centre's file of as many rows (97 of 100 checked in, 13 of 100 put off) is looked through, kept with its differences and,
once these are settled, agreed on by the chair: a job writes donors, donations and certificates down. Beside it, as the baseline, the same
donors entered one by one with their donations, extrapolated from 500.

What is measured is what the program answers over HTTP from one client, and the memory of the server at its highest. The figure is the time
from sending the file to the drive being reconciled without the time people take to settle: 20 s, within 300 MB.
"""
import argparse, datetime, json, os, random, subprocess, sys, tempfile, time, uuid

from beside import Server
from persons import NAMES, Client, pick

CHAPTER = "23095"
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
HEADS = "Họ và tên,Ngày sinh,Giới tính,Điện thoại,Kết quả,Lý do hoãn,Thể tích,Mã túi máu,Nhóm máu,Số giấy chứng nhận"


def somebody(chance, n):
    sex = chance.choice(sorted(NAMES["given"]))
    name = f"{pick(chance, NAMES['surnames'])} {pick(chance, NAMES['middle'][sex])} {pick(chance, NAMES['given'][sex])}"
    return name, chance.randrange(1968, 2007), "Nam" if sex == "male" else "Nữ", f"09{20_000_000 + n:08}"


def row(chance, n, one):
    name, year, sex, phone = one
    if n % 100 < 13:
        return f"{name},{year},{sex},{phone},Hoãn,{chance.choice(['huyết áp', 'mất ngủ', 'HBsAg', 'cân nặng'])},,,,"
    ml, group = chance.choice([250, 350, 350, 450]), chance.choice(["O+", "A+", "B+", "AB+", "O-"])
    return f"{name},{year},{sex},{phone},Đạt,,{ml},G1234{TODAY.year % 100:02}{n:06},{group},BM {n:07}"


class Bench:
    def __init__(self, program, folder):
        self.server = Server(program, folder)
        login = lambda user: (user, next(one["password"] for one in self.server.demo["logins"] if one["user"] == user))
        base = self.server.demo["base_url"]
        self.officer = Client(base).log_in(*login("mai.hamliem"))
        self.chair = Client(base).log_in(*login("tam.hamliem")).may_decide(login("tam.hamliem")[1])
        self.socket = folder + "/data/s"

    def drive(self):
        body = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "centre": "BINH_THUAN", "title": "Chủ nhật đỏ", "day": str(TODAY), "site": "Sân vận động",
                "waiting_most": 0, "slots": [{"from": "07:00", "until": "19:00", "places": 1000}]}
        code = self.officer.ask("drives", body)["code"]
        for step in ("opening", "beginning"):
            self.officer.ask(f"drives/{code}/{step}", b"null")
        return code

    def check_in(self, code, people):
        for first in range(0, len(people), 200):
            items = [{"id": str(uuid.uuid4()), "walk_in": {"name": name, "contact": phone, "birth": str(year)}} for name, year, _, phone in people[first:first + 200]]
            answered = self.officer.ask(f"drives/{code}/check-ins", {"items": items})["items"]
            if any(one["result"] != "CHECKED_IN" for one in answered):
                sys.exit(f"not checked in: {[one for one in answered if one['result'] != 'CHECKED_IN'][:3]}")

    def settle(self, code):
        """Everybody in the file came. Two statements do what takes people an hour; what they do one by one is tested."""
        sql = """UPDATE drive_difference d SET state = 'SETTLED', how = CASE kind WHEN 'OTHER_PERSON' THEN 'FILE_RIGHT' ELSE 'COUNT' END,
                 settled_by = f.uploaded_by, settled_at = now() FROM drive_file f WHERE f.id = d.file_id AND d.state = 'OPEN'"""
        command = ["psql", "-h", self.socket, "-U", "so_nhan_ai", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", "so_nhan_ai", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit("psql: " + done.stderr[-2000:])

    def memory_mb(self):
        line = next(line for line in open(f"/proc/{self.server.process.pid}/status") if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def forget_memory(self):
        with open(f"/proc/{self.server.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def carried_over(self, code):
        asked = self.officer.ask(f"drives/{code}/reconciliation/request", {})
        begun = time.monotonic()
        self.chair.ask(f"reconciliations/{asked['id']}/approval", b"null")
        while True:
            shown = self.officer.ask(f"drives/{code}/reconciliation")
            if shown["state"] == "DONE":
                return time.monotonic() - begun, shown
            time.sleep(0.05)

    def one_by_one(self, people):
        begun = time.monotonic()
        for n, (name, year, sex, phone) in enumerate(people):
            donor = {"id": str(uuid.uuid4()), "chapter": CHAPTER, "name": name, "phone": phone, "birth": str(year)}
            id = self.officer.ask("donors", donor)["id"]
            given = {"id": str(uuid.uuid4()), "day": str(TODAY), "component": "WHOLE_BLOOD", "volume_ml": 350, "centre": "BINH_THUAN",
                     "serial": f"BX {n:07}", "proof": "PAPER"}
            self.officer.ask(f"donors/{id}/donations", given)
        return (time.monotonic() - begun) / len(people)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("program")
    asked.add_argument("--rows", type=int, default=50_000)
    asked.add_argument("--folder", default=None)
    asked = asked.parse_args()
    chance = random.Random(15)
    people = [somebody(chance, n) for n in range(asked.rows)]
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        os.chmod(folder, 0o755)
        bench = Bench(os.path.abspath(asked.program), folder + "/day")
        try:
            code = bench.drive()
            begun = time.monotonic()
            bench.check_in(code, [one for n, one in enumerate(people) if n % 100 >= 3])
            print(f"{asked.rows * 97 // 100} people checked in, 200 at once: {time.monotonic() - begun:.1f} s")
            file = "\n".join([HEADS] + [row(chance, n, one) for n, one in enumerate(people)]).encode()
            bench.forget_memory()
            begun = time.monotonic()
            look = bench.officer.ask(f"drives/{code}/reconciliation", file, "text/csv")
            looked = time.monotonic() - begun
            if not look["ready"]:
                sys.exit(f"faults: {look['faults'][:3]}")
            print(f"looked through ({len(file) / 2**20:.1f} MiB): {looked:.1f} s; differences {look['differences']}")
            begun = time.monotonic()
            bench.officer.ask(f"drives/{code}/reconciliation?keep=true", file, "text/csv")
            kept = time.monotonic() - begun
            bench.settle(code)
            carried, shown = bench.carried_over(code)
            memory = bench.memory_mb()
            each = bench.one_by_one([somebody(chance, 30_000_000 + n) for n in range(500)])
            print(f"kept with its differences: {kept:.1f} s; carried over by the job: {carried:.1f} s; memory at its highest {memory:.0f} MB")
            print(f"one by one: {each * 1000:.1f} ms each, {each * shown['gave']:.0f} s for {shown['gave']} who gave")
            total = kept + carried
            print(f"file of {asked.rows} rows reconciled: {total:.1f} s ({'within' if total <= 20 else 'OVER'} 20 s), {memory:.0f} MB ({'within' if memory <= 300 else 'OVER'} 300 MB)")
        finally:
            bench.server.process.terminate()
            bench.server.process.wait(60)


if __name__ == "__main__":
    main()
