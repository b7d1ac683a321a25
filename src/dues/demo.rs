//! Dues in the demo: a branch of Hàm Liêm has collected this year's from its members, one of whom is free by a decision.

use chrono::Datelike;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::sheet_in::DuesSheetIn;
use super::{record, store};
use crate::basics::clock::vietnam_date;
use crate::house::thread::Means;
use crate::members::demo::member;
use crate::members::{self, MemberState};
use crate::persons::demo::{Failure, Founded, OF_BRANCH, Scene};

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000b_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let scene = Scene::of(means)?;
    if !scene.stands()? {
        return Ok(());
    }
    let (branch, today) = (scene.code(Founded::Branch)?, vietnam_date(scene.now));
    let id = Uuid::from_u128(IDS + 1);
    scene.visit("hanh.hamliem", scene.now, |v| -> Result<(), Fault> {
        if store::find(v.conn, id)?.is_some() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for n in OF_BRANCH {
            // Some may have moved or left, where a demo goes on that was cut off.
            let stays = members::find(v.conn, member(n))?.and_then(|row| row.state()) == Some(MemberState::Admitted);
            let mut line =
                json!({"member": member(n), "from": format!("{}-01", today.year()), "to": format!("{}-12", today.year())});
            if n == 8 {
                line["exempt"] = json!({"ground": "HARDSHIP", "decision_no": "05/QĐ-HCTĐ"});
            }
            lines.extend(stays.then_some(line));
        }
        if lines.len() < OF_BRANCH.count() {
            return Ok(());
        }
        let sheet = json!({"id": id, "chapter": branch, "day": today, "account": "CASH", "lines": lines});
        let sheet: DuesSheetIn = serde_json::from_value(sheet).map_err(Fault::broken)?;
        record::record(v, &sheet.check(today).map_err(Fault::Fields)?).map(drop)
    })
}
