//! A blood drive in the demo: Hàm Liêm holds one next week, and people can book.

use std::error::Error;
use std::sync::Arc;

use chrono::Days;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::wire::DriveIn;
use super::{plan, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0014_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let today = vietnam_date(now);
    let slot = |n: u32| {
        let at = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        json!({"from": at(450 + n * 30), "until": at(480 + n * 30), "places": 15})
    };
    let slots: Vec<Value> = (0..8).map(slot).collect();
    let id = Uuid::from_u128(IDS + 1);
    let body = json!({"id": id, "chapter": "23095", "centre": "BINH_THUAN", "title": "Ngày hội hiến máu tình nguyện xã Hàm Liêm",
        "site": "Nhà văn hóa xã Hàm Liêm", "day": today + Days::new(7), "slots": slots, "waiting_most": 40,
        "equipment": [{"what": "Giường gấp", "quantity": 8, "ready": true}, {"what": "Bàn tiếp đón", "quantity": 3, "ready": true},
            {"what": "Suất ăn nhẹ", "quantity": 130}]});
    let new: DriveIn = serde_json::from_value(body)?;
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::request(conn, id)?.is_some() {
            return Ok(());
        }
        let planned = new.check(today).map_err(Fault::Fields)?;
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let (made, _) = plan::make(&mut visit, &new, &planned)?;
        let drive = store::find(visit.conn, made)?.ok_or_else(|| Fault::broken("a drive that is not there"))?;
        plan::open(&mut visit, &drive.code)
    })
    .map_err(|fault| format!("{fault:?}").into())
}
