//! Eight phones at once, and what must be true of every gift afterwards, whatever was killed meanwhile.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::harness::*;

/// What eight threads sent and heard.
#[derive(Default)]
pub struct Flood {
    /// Every gift that was sent, and the public code of those that were acknowledged.
    pub sent: Mutex<Vec<(Value, Option<String>)>>,
    pub acknowledged: AtomicUsize,
    pub unavailable: AtomicUsize,
    pub broken: AtomicUsize,
    stop: AtomicBool,
}

impl Flood {
    /// Sends single posts from eight threads while `meanwhile` runs. Gifts that got no good answer are not sent again.
    pub fn of(server: &Server, token: &str, meanwhile: impl FnOnce(&Flood)) -> Flood {
        let flood = Flood::default();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let flood = &flood;
                scope.spawn(move || {
                    let mut n = 0;
                    while !flood.stop.load(Ordering::Relaxed) {
                        n += 1;
                        flood.send(server, token, gift(1_000 + thread * 100_000 + n));
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

    fn send(&self, server: &Server, token: &str, gift: Value) {
        let mut code = None;
        match server.post_gift(token, &gift) {
            Ok(answer) if answer.status == 201 => {
                code = Some(answer.json()["code"].as_str().unwrap().to_owned());
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => {
                assert_eq!(answer.status, 503, "{}", answer.text);
                assert!(answer.retry_after.is_some_and(|seconds| (1..=10).contains(&seconds)), "{answer:?}");
                self.unavailable.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(_) => {
                self.broken.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        self.sent.lock().unwrap().push((gift, code));
    }

    pub fn wait_for_more(&self, more: usize) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        eventually("more gifts are acknowledged", || self.acknowledged.load(Ordering::Relaxed) >= goal);
    }

    /// Every acknowledged gift is there once, none is half there, a repeat changes nothing, and the books agree.
    pub fn check(&self, folder: &Folder, server: &Server, token: &str) {
        let sent = self.sent.lock().unwrap();
        assert_whole(folder);
        let stood = folder.number("SELECT count(*) FROM gift");
        let acknowledged = sent.iter().filter(|(_, code)| code.is_some()).count() as i64;
        assert!(
            stood >= acknowledged && stood <= sent.len() as i64,
            "{acknowledged} acknowledged, {stood} there, {} sent",
            sent.len()
        );
        let mut codes: HashMap<String, String> = HashMap::new();
        let mut booked_now = 0;
        for (gift, code) in sent.iter() {
            let answer = server.post_gift(token, gift).unwrap();
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
        assert_eq!(booked_now, sent.len() as i64 - stood, "what was not there is there now");
        assert_eq!(folder.number("SELECT count(*) FROM gift"), sent.len() as i64);
        assert_whole(folder);
        let sum: i64 = sent.iter().map(|(gift, _)| gift["amount_vnd"].as_i64().unwrap()).sum();
        for place in ["23095", "68", "TW"] {
            let totals = server.get(&format!("/api/v1/public/totals?chapter={place}"));
            assert_eq!(
                (totals["received_vnd"].as_i64(), totals["gift_count"].as_i64()),
                (Some(sum), Some(sent.len() as i64)),
                "{place}"
            );
        }
        for gift in [&sent[0].0, &sent[sent.len() / 2].0, &sent[sent.len() - 1].0] {
            let found = server.get(&format!("/api/v1/public/entries?amount_vnd={}", gift["amount_vnd"]));
            assert_eq!(found["items"].as_array().unwrap().len(), 1);
        }
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
            "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT FROM gift g WHERE g.entry_id = e.id)",
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
        ("holes in the log", "SELECT (SELECT count(*) FROM log_leaf) - (SELECT size FROM log_head)"),
        ("more holes in the log", "SELECT coalesce(max(idx) + 1 - count(*), 0) FROM log_leaf"),
        (
            "a difference to the stored total",
            "SELECT coalesce((SELECT sum(subtree_vnd) FROM received_overall o JOIN chapter c ON c.id = o.scope_id WHERE c.code = 'TW'), 0) - coalesce((SELECT sum(amount_vnd) FROM gift), 0)",
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
