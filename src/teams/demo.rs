//! Teams in the demo: Hàm Liêm has founded a response team, and has life vests and ropes for it. Who is in it is for its officers to enter.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::wire::{TeamEquipmentIn, TeamIn};
use super::{equipment, keep, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::http::etag::Expected;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000b_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let (id, today) = (Uuid::from_u128(IDS + 1), vietnam_date(now));
    let team: TeamIn = serde_json::from_value(json!({"id": id, "chapter": "23095", "kind": "RESPONSE_TEAM",
        "name": "Đội ứng phó thiên tai xã Hàm Liêm", "place": "Trụ sở UBND xã", "decision_no": "08/QĐ-HCTĐ"}))?;
    let equipment: TeamEquipmentIn = serde_json::from_value(json!({"items": [
        {"item": "Áo phao", "quantity": 20, "place": "Kho xã", "checked_on": today},
        {"item": "Dây cứu hộ 50 m", "quantity": 4, "place": "Kho xã", "checked_on": today},
        {"item": "Túi sơ cấp cứu", "quantity": 6, "place": "Trạm y tế"}]}))?;
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::find(conn, id)?.is_some() {
            return Ok(());
        }
        let (team, items) = (team.check(today).map_err(Fault::Fields)?, equipment.check(today).map_err(Fault::Fields)?);
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
        keep::make(&mut visit, &team)?;
        equipment::put(&mut visit, id, &Expected::Any, &items)
    })
    .map_err(|fault| format!("{fault:?}").into())
}
