//! Shifts in the demo: at the drive that Hàm Liêm holds next week people are wanted at the door and for tea and bread.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::plan;
use super::store;
use super::wire::DriveShiftIn;
use crate::authz::{Cast, Read, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::drives::fault::Fault;
use crate::drives::{DriveState, store as drives};
use crate::house::thread::Means;
use crate::http::Span;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0023_0000;
const CHAPTER: &str = "23095";
const SHIFTS: [(&str, &str, &str, i16); 3] = [
    ("Đón tiếp, quét mã", "07:00", "09:30", 4),
    ("Đón tiếp, quét mã", "09:30", "12:00", 4),
    ("Nước, bánh, chăm sóc sau hiến", "07:30", "12:00", 6),
];

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let mut shifts = Vec::with_capacity(SHIFTS.len());
    for (n, (what, from, until, needed)) in (1u128..).zip(SHIFTS) {
        let body = json!({"id": Uuid::from_u128(IDS + n), "what": what, "from": from, "until": until, "needed": needed});
        shifts.push(serde_json::from_value::<DriveShiftIn>(body)?);
    }
    db.tx_blocking(|conn| -> Result<(), Fault> {
        let mut v = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let (here, _) = v.see_code::<Read>(CHAPTER)?;
        let open = drives::list(v.conn, &here, Some(DriveState::Open), &Span { after: None, rows: 1 })?;
        let Some(drive) = open.into_iter().next() else { return Ok(()) };
        for shift in &shifts {
            if store::sent(v.conn, shift.id)?.is_none() {
                let planned = shift.check().map_err(Fault::Fields)?;
                plan::make(&mut v, &drive.code, shift, &planned)?;
            }
        }
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
