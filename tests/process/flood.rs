//! Eight phones at once, with single gifts, batches and reversals, and what must be true of everything afterwards,
//! whatever was killed meanwhile.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::*;

/// A gift that was sent, with its public code if it was acknowledged.
type Sent = (Value, Option<String>);

/// A reversal that was asked for: the request's id, the gift, whether the approval was acknowledged.
struct Reversal {
    ask: Uuid,
    gift: Value,
    approved: bool,
}

/// What eight threads sent and heard.
#[derive(Default)]
pub struct Flood {
    sent: Mutex<Vec<Sent>>,
    reversals: Mutex<Vec<Reversal>>,
    pub acknowledged: AtomicUsize,
    pub unavailable: AtomicUsize,
    pub broken: AtomicUsize,
    amount: AtomicI64,
    stop: AtomicBool,
}

impl Flood {
    /// Five threads send single posts, two send batches, one reverses what it has just recorded, while `meanwhile` runs.
    /// What got no good answer is not sent again.
    pub fn of(server: &Server, staff: &Staff, meanwhile: impl FnOnce(&Flood)) -> Flood {
        let flood = Flood { amount: AtomicI64::new(1_000), ..Flood::default() };
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let flood = &flood;
                scope.spawn(move || {
                    while !flood.stop.load(Ordering::Relaxed) {
                        match thread {
                            0..5 => drop(flood.single(server, staff)),
                            5..7 => flood.batch(server, staff),
                            _ => flood.reverse(server, staff),
                        }
                    }
                });
            }
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| meanwhile(&flood)));
            flood.stop.store(true, Ordering::Relaxed);
            if let Err(panic) = outcome {
                std::panic::resume_unwind(panic);
            }
        });
        flood
    }

    /// No two gifts of a flood have the same amount.
    fn gift(&self) -> Value {
        gift(self.amount.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends something; `None` when it is not known what became of it.
    fn send(&self, server: &Server, token: &str, path: &str, body: &Value, good: &[u16]) -> Option<Answer> {
        match server.try_send("POST", path, Some(token), Some(body)) {
            Ok(answer) if good.contains(&answer.status) => Some(answer),
            Ok(answer) => {
                assert_eq!(answer.status, 503, "{path}: {}", answer.text);
                assert!(answer.retry_after.is_some_and(|seconds| (1..=10).contains(&seconds)), "{answer:?}");
                self.unavailable.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
                None
            }
            Err(_) => {
                self.broken.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
                None
            }
        }
    }

    fn single(&self, server: &Server, staff: &Staff) -> Option<Value> {
        let gift = self.gift();
        let answer = self.send(server, &staff.officer, "/api/v1/gifts", &gift, &[201]);
        let code = answer.map(|answer| answer.json()["code"].as_str().unwrap().to_owned());
        let acknowledged = code.is_some();
        self.acknowledged.fetch_add(usize::from(acknowledged), Ordering::Relaxed);
        self.sent.lock().unwrap().push((gift.clone(), code));
        acknowledged.then_some(gift)
    }

    /// Twenty gifts and a broken one in between.
    fn batch(&self, server: &Server, staff: &Staff) {
        let mut gifts: Vec<Value> = (0..20).map(|_| self.gift()).collect();
        let mut all = gifts.clone();
        all.insert(7, gift(0));
        let answer = self.send(server, &staff.officer, "/api/v1/gifts/batch", &json!({"gifts": all}), &[200]);
        let items = answer.map(|answer| answer.json()["items"].as_array().unwrap().clone());
        let mut codes = vec![None; gifts.len()];
        if let Some(mut items) = items {
            assert_eq!(items.remove(7)["outcome"], "REFUSED");
            // A database that goes away in the middle refuses the rest of a batch, item by item.
            codes = items.iter().map(|item| item["gift"]["code"].as_str().map(str::to_owned)).collect();
            let refused = items.iter().find(|item| item["outcome"] == "REFUSED" && item["problem"]["status"] != 503);
            assert_eq!(refused, None);
            self.acknowledged.fetch_add(codes.iter().flatten().count(), Ordering::Relaxed);
        }
        self.sent.lock().unwrap().extend(gifts.drain(..).zip(codes));
    }

    fn reverse(&self, server: &Server, staff: &Staff) {
        let Some(gift) = self.single(server, staff) else {
            return;
        };
        let mut reversal = Reversal { ask: Uuid::now_v7(), gift, approved: false };
        let asked = self.send(server, &staff.officer, &reversal.path(), &reversal.body(), &[201]);
        if asked.is_some() {
            let approved = self.send(server, &staff.approver, &reversal.approval(), &Value::Null, &[200]);
            reversal.approved = approved.is_some();
        }
        self.reversals.lock().unwrap().push(reversal);
    }

    /// All gifts that were sent, whatever became of them.
    pub fn gifts(&self) -> Vec<Value> {
        self.sent.lock().unwrap().iter().map(|(gift, _)| gift.clone()).collect()
    }

    pub fn wait_for_more(&self, more: usize) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        eventually("more gifts are acknowledged", || self.acknowledged.load(Ordering::Relaxed) >= goal);
    }

    /// Every acknowledged gift is there once and every acknowledged reversal too, none is half there, a repeat changes
    /// nothing, and the books agree.
    pub fn check(&self, folder: &Folder, server: &Server, staff: &Staff) {
        assert_whole(folder);
        self.check_gifts(folder, server, staff);
        self.check_reversals(folder, server, staff);
        assert_whole(folder);
        let audited = folder.run(&["audit", "--database"]);
        assert!(audited.ok(), "{audited:?}");
        let (sent, reversals) = (self.sent.lock().unwrap(), self.reversals.lock().unwrap());
        let sum = |gifts: &mut dyn Iterator<Item = &Value>| gifts.map(|gift| gift["amount_vnd"].as_i64().unwrap()).sum::<i64>();
        let vnd = sum(&mut sent.iter().map(|(gift, _)| gift)) - sum(&mut reversals.iter().map(|reversal| &reversal.gift));
        for place in ["23095", "68", "TW"] {
            let totals = server.get(&format!("/api/v1/public/totals?chapter={place}"));
            let told = (totals["received_vnd"].as_i64().unwrap(), totals["gift_count"].as_i64().unwrap());
            assert_eq!(told, (vnd, (sent.len() - reversals.len()) as i64), "{place}");
        }
        for (gift, _) in [&sent[0], &sent[sent.len() / 2], &sent[sent.len() - 1]] {
            let found = server.get(&format!("/api/v1/public/entries?amount_vnd={}", gift["amount_vnd"]));
            let gifts = found["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "GIFT_CASH");
            assert_eq!(gifts.count(), 1);
        }
    }

    fn check_gifts(&self, folder: &Folder, server: &Server, staff: &Staff) {
        let sent = self.sent.lock().unwrap();
        let stood = folder.number("SELECT count(*) FROM gift");
        let acknowledged = sent.iter().filter(|(_, code)| code.is_some()).count() as i64;
        let all = sent.len() as i64;
        assert!(stood >= acknowledged && stood <= all, "{acknowledged} acknowledged, {stood} there, {all} sent");
        let mut codes: HashMap<String, String> = HashMap::new();
        let mut booked_now = 0;
        for (gift, code) in sent.iter() {
            let answer = server.post_gift(&staff.officer, gift).unwrap();
            let body = answer.json();
            let now = body["code"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
            match code {
                Some(code) => {
                    assert_eq!((answer.status, &body["outcome"], code), (200, &"ALREADY_BOOKED".into(), &now), "{gift}")
                }
                None if answer.status == 201 => booked_now += 1,
                None => assert_eq!((answer.status, &body["outcome"]), (200, &"ALREADY_BOOKED".into()), "{body}"),
            }
            assert_eq!(codes.insert(now, gift["id"].to_string()), None, "one code for two gifts");
        }
        assert_eq!(booked_now, all - stood, "what was not there is there now");
        assert_eq!(folder.number("SELECT count(*) FROM gift"), all);
    }

    fn check_reversals(&self, folder: &Folder, server: &Server, staff: &Staff) {
        let reversals = self.reversals.lock().unwrap();
        let approved = reversals.iter().filter(|reversal| reversal.approved).count() as i64;
        let stood = folder.number("SELECT count(*) FROM entry WHERE kind = 'REVERSAL'");
        assert!(approved > 0 && stood >= approved && stood <= reversals.len() as i64, "{approved} approved, {stood} there");
        for reversal in reversals.iter() {
            let asked = server.send("POST", &reversal.path(), Some(&staff.officer), Some(&reversal.body()));
            assert!([200, 201].contains(&asked.status), "{}", asked.text);
            let done = server.send("POST", &reversal.approval(), Some(&staff.approver), None);
            assert_eq!((done.status, &done.json()["state"]), (200, &"APPROVED".into()), "{}", done.text);
        }
        assert_eq!(folder.number("SELECT count(*) FROM entry WHERE kind = 'REVERSAL'"), reversals.len() as i64);
    }
}

impl Reversal {
    fn path(&self) -> String {
        format!("/api/v1/gifts/{}/reversal", self.gift["id"].as_str().unwrap())
    }

    fn body(&self) -> Value {
        json!({"id": self.ask, "reason": "DUPLICATE"})
    }

    fn approval(&self) -> String {
        format!("/api/v1/reversals/{}/approval", self.ask)
    }
}

/// What holds of the books at any moment.
pub fn assert_whole(folder: &Folder) {
    for (what, sql) in [
        (
            "gifts without their entry",
            "SELECT count(*) FROM gift g WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = g.entry_id)",
        ),
        (
            "entries without their gift",
            "SELECT count(*) FROM entry e WHERE kind LIKE 'GIFT%' AND NOT EXISTS (SELECT FROM gift g WHERE g.entry_id = e.id)",
        ),
        (
            "entries without all postings",
            "SELECT count(*) FROM entry e WHERE posting_count <> (SELECT count(*) FROM posting p WHERE p.entry_id = e.id)",
        ),
        (
            "postings that do not sum to zero",
            "SELECT count(*) FROM (SELECT FROM posting GROUP BY entry_id, fund_id HAVING sum(amount) <> 0) x",
        ),
        (
            "entries that are not public",
            "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT FROM public_entry p WHERE p.code = e.code)",
        ),
        (
            "public entries that are none",
            "SELECT count(*) FROM public_entry p WHERE NOT EXISTS (SELECT FROM entry e WHERE p.code = e.code)",
        ),
        (
            "entries without exactly one leaf",
            "SELECT count(*) FROM entry e WHERE 1 <> (SELECT count(*) FROM (SELECT entry FROM log_leaf UNION ALL SELECT entry FROM log_pending) l WHERE l.entry = e.code)",
        ),
        (
            "cash gifts without exactly one receipt",
            "SELECT count(*) FROM gift g WHERE g.channel = 'CASH' AND g.paper_no IS NULL AND NOT EXISTS (SELECT FROM cash_receipt r WHERE r.entry_id = g.entry_id)",
        ),
        (
            "gaps between receipts",
            "SELECT count(*) FROM (SELECT chapter_id, year, count(*) AS n, max(no) AS last FROM (SELECT chapter_id, year, no FROM cash_receipt UNION ALL SELECT chapter_id, year, no FROM voucher WHERE document = 'CASH_RECEIPT') n GROUP BY 1, 2) r
             FULL JOIN (SELECT * FROM number_series WHERE document = 'CASH_RECEIPT') s USING (chapter_id, year) WHERE s.last_no IS DISTINCT FROM r.n OR r.last IS DISTINCT FROM r.n",
        ),
        ("holes in the log", "SELECT (SELECT count(*) FROM log_leaf) - (SELECT size FROM log_head)"),
        ("more holes in the log", "SELECT coalesce(max(idx) + 1 - count(*), 0) FROM log_leaf"),
        (
            "a difference to the stored total",
            "SELECT coalesce((SELECT sum(subtree_vnd) FROM total_overall o JOIN chapter c ON c.id = o.scope_id WHERE c.code = 'TW' AND o.measure = 'RECEIVED'), 0) - coalesce((SELECT sum(amount_vnd) FROM gift WHERE entry_id NOT IN (SELECT reverses FROM entry WHERE reverses IS NOT NULL)), 0)",
        ),
        (
            "a difference to the stored balance",
            "SELECT coalesce((SELECT sum(abs(b.amount_vnd - p.amount)) FROM balance b JOIN (SELECT e.chapter_id, p.fund_id, p.account, sum(p.amount) AS amount FROM posting p JOIN entry e ON e.id = p.entry_id GROUP BY 1, 2, 3) p USING (chapter_id, fund_id, account)), 0)",
        ),
    ] {
        // The sequencer works between two of these; each is one statement, so each sees one moment.
        assert_eq!(folder.number(sql), 0, "{what}");
    }
}
