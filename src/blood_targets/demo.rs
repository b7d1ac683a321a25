//! Targets in the demo: the centre gives Lâm Đồng a target of this year, and Lâm Đồng hands it on to two communes.

use std::error::Error;
use std::sync::Arc;

use chrono::Datelike;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::wire::BloodTargetsIn;
use super::{hand_down, store};
use crate::authz::{Actor, Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::decisions::{State, Verdict};
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0020_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let cast = means.get::<Cast>()?;
    let year = vietnam_date(means.get::<Clock>()?.now()).year();
    let id = |n: u128| Uuid::from_u128(IDS + n);
    let country = json!({"id": id(1), "chapter": "TW", "year": year, "decision_no": "01/KH-BCĐQG",
        "lines": [{"chapter": "68", "units": 46_000}]});
    let rate = json!({"chapter": "23059", "per_mille": "18", "population": 24_500, "population_source": "Số liệu minh họa"});
    let province = json!({"id": id(2), "chapter": "68", "year": year, "decision_no": "15/QĐ-BCĐ",
        "lines": [{"chapter": "23095", "units": 600}, rate]});
    decided(means, cast.actor("phuong.trunguong")?, cast.actor("ha.trunguong")?, country)?;
    decided(means, cast.actor("hai.lamdong")?, cast.actor("binh.lamdong")?, province)
}

/// Asked by one and approved by the other.
fn decided(means: &Means, asks: Actor, approves: Actor, body: Value) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (now, ask) = (clock.now(), serde_json::from_value::<BloodTargetsIn>(body)?);
    let ask = ask.check().map_err(|errors| format!("{errors:?}"))?;
    let nobody = |_| Fault::broken("nobody of the demo is let in");
    db.tx_blocking(|conn| -> Result<(), Fault> {
        hand_down::request(&mut Visit::enter(conn, &vault, now, asks).map_err(nobody)?, &ask)?;
        if store::find(conn, ask.id)?.is_some_and(|row| row.state == State::Asked.name()) {
            hand_down::decide(&mut Visit::enter(conn, &vault, now, approves).map_err(nobody)?, ask.id, Verdict::Approve)?;
        }
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
