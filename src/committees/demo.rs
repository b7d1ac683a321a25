//! Committees in the demo: Hàm Liêm has held its first congress, Hàm Thuận still has a provisional committee. Who sits in them is for
//! their officers to enter, so every seat is vacant.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::make;
use super::wire::CommitteeIn;
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0009_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (admin, now) = (means.get::<Cast>()?.actor("thu.lamdong")?, clock.now());
    let today = vietnam_date(now);
    let posts = json!([{"title": "CHAIR"}, {"title": "VICE_CHAIR", "seats": 2}, {"title": "EXECUTIVE_MEMBER", "seats": 12}]);
    let of = |n: u128, chapter: &str, made_by: &str, congress: Option<&str>| {
        json!({"id": Uuid::from_u128(IDS + n), "chapter": chapter, "kind": "EXECUTIVE_COMMITTEE", "made_by": made_by, "congress": congress,
            "provisional": congress.is_none(), "decision_no": format!("{}/QĐ-HCTĐ", 20 + n), "decision_on": today, "valid_from": today,
            "posts": posts})
    };
    let congress = Some("Đại hội đại biểu lần thứ I, nhiệm kỳ 2026–2031");
    for body in [of(1, "23095", "CONGRESS", congress), of(2, "23059", "DECISION", None)] {
        let new: CommitteeIn = serde_json::from_value(body)?;
        let id = new.id();
        db.tx_blocking(|conn| -> Result<(), Fault> {
            if super::store::committee(conn, id)?.is_some() {
                return Ok(());
            }
            let new = new.check(today).map_err(Fault::Fields)?;
            let mut visit = Visit::enter(conn, &vault, now, admin).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
            make::committee(&mut visit, &new)?;
            Ok(())
        })
        .map_err(|fault| format!("{fault:?}"))?;
    }
    Ok(())
}
