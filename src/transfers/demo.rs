//! Transfers in the demo: the centre sends to Lâm Đồng, Lâm Đồng to Hàm Liêm and Hàm Thuận; one is still on its way.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::model::{PartIn, TransferIn};
use super::{parts, send, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::decisions::Verdict;
use crate::house::thread::Means;
use crate::http::Problem;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See [`crate::spending`]: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0001_0000;

/// From, to, đồng, who asks, who approves, who confirms.
type Sent = (&'static str, &'static str, i64, &'static str, &'static str, Option<&'static str>);

const SENT: [Sent; 3] = [
    ("TW", "68", 40_000_000, "ha.trunguong", "phuong.trunguong", Some("nga.lamdong")),
    ("68", "23095", 15_000_000, "nga.lamdong", "binh.lamdong", Some("hanh.hamliem")),
    ("68", "23059", 10_000_000, "nga.lamdong", "binh.lamdong", None),
];

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (cast, now) = (means.get::<Cast>()?, clock.now());
    let today = vietnam_date(now);
    for (n, (from, to, amount_vnd, asks, approves, confirms)) in (1u128..).zip(SENT) {
        let id = Uuid::from_u128(IDS + n);
        let body =
            json!({"id": id, "chapter": from, "to": to, "fund": "APPEAL:LULUT-2026", "from": "CASH", "amount_vnd": amount_vnd});
        let ask: TransferIn = serde_json::from_value(body)?;
        let part = json!({"id": Uuid::from_u128(IDS + 100 + n), "amount_vnd": amount_vnd, "account": "CASH", "day": today});
        let part: PartIn = serde_json::from_value(part)?;
        let (asks, approves) = (cast.actor(asks)?, cast.actor(approves)?);
        let confirms = confirms.map(|user| cast.actor(user)).transpose()?;
        db.tx_blocking(|conn| -> Result<(), Problem> {
            if store::find(conn, id)?.is_some() {
                return Ok(());
            }
            let ask = ask.check(today).map_err(Problem::invalid)?;
            send::request(&mut Visit::enter(conn, &vault, now, asks)?, &ask)?;
            send::decide(&mut Visit::enter(conn, &vault, now, approves)?, id, Verdict::Approve)?;
            if let Some(confirms) = confirms {
                let part = part.check(today).map_err(Problem::invalid)?;
                parts::confirm(&mut Visit::enter(conn, &vault, now, confirms)?, id, &part)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
