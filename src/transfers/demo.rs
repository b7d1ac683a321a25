//! Transfers in the demo: the centre sends to Lâm Đồng, Lâm Đồng to Hàm Liêm and Hàm Thuận; one is still on its way.

use std::error::Error;
use std::sync::Arc;

use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Carried, PartIn, TransferIn};
use super::{parts, send, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::decisions::{Halt, Verdict};
use crate::house::thread::Means;
use crate::ledger::accounts::Account;
use crate::ledger::{held, store as ledger};
use crate::tree;
use crate::vault::Vault;

/// What is sent is of this fund.
const FUND: &str = "APPEAL:LULUT-2026";

type Failure = Box<dyn Error + Send + Sync>;

/// See [`crate::spending`]: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0001_0000;

/// From, to, who asks, who approves, who confirms.
type Sent = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

const SENT: [Sent; 3] = [
    ("TW", "68", "ha.trunguong", "phuong.trunguong", Some("nga.lamdong")),
    ("68", "23095", "nga.lamdong", "binh.lamdong", Some("hanh.hamliem")),
    ("68", "23059", "nga.lamdong", "binh.lamdong", None),
];

/// A quarter of the cash that a chapter holds for the appeal, in whole hundred thousands.
fn a_quarter(conn: &mut PgConnection, chapter: &str) -> Result<i64, Fault> {
    let here = tree::place(conn, chapter)?.ok_or(Fault::Unknown)?;
    let funds = ledger::funds_by_code(conn, &[FUND])?;
    let Some(fund) = funds.get(FUND) else { return Ok(0) };
    Ok(held::now(conn, here.id, fund.id, Account::CashOnHand)? / 400_000 * 100_000)
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (cast, now) = (means.get::<Cast>()?, clock.now());
    let today = vietnam_date(now);
    for (n, (from, to, asks, approves, confirms)) in (1u128..).zip(SENT) {
        let id = Uuid::from_u128(IDS + n);
        let (asks, approves) = (cast.actor(asks)?, cast.actor(approves)?);
        let confirms = confirms.map(|user| cast.actor(user)).transpose()?;
        db.tx_blocking(|conn| -> Result<(), Fault> {
            if store::find(conn, id)?.is_some() {
                return Ok(());
            }
            let amount_vnd = a_quarter(conn, from)?;
            if amount_vnd == 0 {
                return Ok(());
            }
            let body = json!({"id": id, "chapter": from, "to": to, "fund": FUND, "from": "CASH", "amount_vnd": amount_vnd});
            let ask: TransferIn = serde_json::from_value(body).map_err(Fault::broken)?;
            let ask = ask.check(today).map_err(Fault::Fields)?;
            send::request(&mut Visit::enter(conn, &vault, now, asks).map_err(Halt::from)?, &ask)?;
            send::decide(&mut Visit::enter(conn, &vault, now, approves).map_err(Halt::from)?, id, Verdict::Approve)?;
            if let Some(confirms) = confirms {
                let part = PartIn {
                    id: Uuid::from_u128(IDS + 100 + n),
                    amount_vnd: Some(amount_vnd),
                    account: Some(Carried::Cash),
                    lines: Vec::new(),
                    day: Some(today),
                    document: None,
                    note: None,
                    reason: None,
                };
                let part = part.check(today).map_err(Fault::Fields)?;
                parts::confirm(&mut Visit::enter(conn, &vault, now, confirms).map_err(Halt::from)?, id, &part)?;
            }
            Ok(())
        })
        .map_err(|fault| format!("{fault:?}"))?;
    }
    Ok(())
}
