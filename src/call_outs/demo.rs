//! A call-out in the demo: Hàm Liêm has called, and asks nobody until an officer does.

use std::error::Error;
use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::wire::CallOutIn;
use super::{make, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::house::Rooms;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000c_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let id = Uuid::from_u128(IDS + 1);
    let body = json!({"id": id, "chapter": "23095", "kind": "EMERGENCY", "event": "Lũ sông Quao", "place": "Trụ sở UBND xã Hàm Liêm",
        "why": "Cần người biết sơ cấp cứu giúp dân vùng thấp đi tránh lũ.", "from": now + Duration::hours(2),
        "until": now + Duration::hours(14), "needed": 14, "skills": ["FIRST_AID"], "wave_size": 20, "wave_minutes": 30});
    let new: CallOutIn = serde_json::from_value(body)?;
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::find(conn, id)?.is_some() {
            return Ok(());
        }
        let new = new.check(now).map_err(Fault::Fields)?;
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
        // An emergency names no record of another room.
        make::make(&mut visit, Rooms(&[]), &new)?;
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
