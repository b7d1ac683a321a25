//! An urgent call in the demo: Hàm Liêm needs B−, and asks nobody until an officer does; its club of donors.

use std::error::Error;
use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::club_wire::BloodClubIn;
use super::fault::Fault;
use super::wire::UrgentCallIn;
use super::{clubs, make, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0012_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let id = Uuid::from_u128(IDS + 1);
    let call: UrgentCallIn = serde_json::from_value(json!({"id": id, "chapter": "23095", "component": "RED_CELLS", "abo": "B",
        "rh": "NEGATIVE", "units": 3, "hospital": "Bệnh viện Đa khoa Bình Thuận", "reason": "Cấp cứu, kho máu nhóm hiếm đã hết.",
        "until": now + Duration::hours(48), "reach": "NEIGHBOURS", "wave_size": 10, "wave_minutes": 15}))?;
    let club: BloodClubIn = serde_json::from_value(
        json!({"id": Uuid::from_u128(IDS + 2), "chapter": "23095", "name": "Ngân hàng máu sống xã Hàm Liêm"}),
    )?;
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::find(conn, id)?.is_some() {
            return Ok(());
        }
        let (call, club) = (call.check(now).map_err(Fault::Fields)?, club.check().map_err(Fault::Fields)?);
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
        make::make(&mut visit, &call)?;
        clubs::make(&mut visit, &club)?;
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
