//! Money out in the demo: what Hàm Liêm gets from the budget, spends, and hands out for a while.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::advances::{self, ADVANCES};
use super::clearings::{self, CLEARINGS};
use super::fault::Fault;
use super::incomes::{self, INCOMES};
use super::kind::Orders;
use super::order;
use super::payments::{self, PAYMENTS};
use super::store;
use crate::authz::{Actor, Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::decisions::{Halt, Verdict};
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// The orders of the demo have ids of their own, so that a demo that was cut off goes on where it was.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0000_0000;

/// Who asks, who approves, and in what.
struct Scene<'a> {
    db: &'a Db,
    vault: &'a Vault,
    now: DateTime<Utc>,
    asks: Actor,
    approves: Actor,
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let cast = means.get::<Cast>()?;
    let (asks, approves) = (cast.actor("lan.hamliem")?, cast.actor("tam.hamliem")?);
    let scene = Scene { db: &db, vault: &vault, now: clock.now(), asks, approves };
    let today = vietnam_date(scene.now);
    let order = |n: u128, change: Value| -> Value {
        let mut body = json!({"id": Uuid::from_u128(IDS + n), "chapter": "23095", "day": today});
        if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
            body.extend(change);
        }
        body
    };
    let budget = json!({"amount_vnd": 30_000_000, "category": "STATE_BUDGET", "account": "CASH",
        "payer": {"name": "Ủy ban nhân dân xã Hàm Liêm"}, "content": "Kinh phí hỗ trợ hoạt động quý IV"});
    scene.play(&INCOMES, order(1, budget), |v, income: incomes::IncomeIn, today| {
        incomes::request(v, &income.check(today).map_err(Fault::Fields)?).map(drop)
    })?;
    let transport = json!({"fund": "OPERATING", "amount_vnd": 1_850_000, "category": "TRANSPORT", "from": "CASH",
        "payee": {"name": "Nhà xe Hòa Bình"}, "content": "Thuê xe chở hàng cứu trợ về thôn 5"});
    let rice = json!({"fund": "APPEAL:LULUT-2026", "amount_vnd": 4_600_000, "category": "FOOD_WATER_MEDICINE", "from": "CASH",
        "payee": {"name": "Cửa hàng gạo Bảy Lúa"}, "content": "Mua 250 kg gạo cho bếp ăn ngày lũ"});
    for (n, payment) in [(2, transport), (3, rice)] {
        scene.play(&PAYMENTS, order(n, payment), |v, payment: payments::PaymentIn, today| {
            payments::request(v, &payment.check(today).map_err(Fault::Fields)?).map(drop)
        })?;
    }
    let advance = json!({"fund": "OPERATING", "amount_vnd": 3_000_000, "from": "CASH", "person": {"name": "Nguyễn Văn Bảy"},
        "content": "Tạm ứng đi trao quà thôn 5"});
    scene.play(&ADVANCES, order(4, advance), |v, advance: advances::AdvanceIn, today| {
        advances::request(v, &advance.check(today).map_err(Fault::Fields)?).map(drop)
    })?;
    let cleared = json!({"id": Uuid::from_u128(IDS + 5), "lines": [{"category": "TRAVEL", "amount_vnd": 2_350_000}], "returned_vnd": 650_000,
        "returned_by": "CASH", "day": today, "content": "Thanh toán tạm ứng trao quà thôn 5"});
    let of = Uuid::from_u128(IDS + 4).to_string();
    scene.play(&CLEARINGS, cleared, |v, clearing: clearings::AdvanceClearingIn, today| {
        clearings::request(v, &of, &clearing.check(today).map_err(Fault::Fields)?).map(drop)
    })
}

impl Scene<'_> {
    /// Has an order asked for and approved, unless it stands already.
    fn play<B: DeserializeOwned>(
        &self,
        of: &'static dyn Orders,
        body: Value,
        ask: impl FnOnce(&mut Visit<'_>, B, NaiveDate) -> Result<(), Fault>,
    ) -> Result<(), Failure> {
        let id: Uuid = serde_json::from_value(body["id"].clone())?;
        let body: B = serde_json::from_value(body)?;
        let today = vietnam_date(self.now);
        self.db.tx_blocking(|conn| -> Result<(), Fault> {
            if store::find(conn, id)?.is_some() {
                return Ok(());
            }
            ask(&mut Visit::enter(conn, self.vault, self.now, self.asks).map_err(Halt::from)?, body, today)?;
            order::decide(
                &mut Visit::enter(conn, self.vault, self.now, self.approves).map_err(Halt::from)?,
                of,
                id,
                Verdict::Approve,
            )
            .map(drop)
        })?;
        Ok(())
    }
}
