//! This room in the demo: somebody at Lâm Đồng who has her card, and somebody who would like to have one.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::wire::{OrganRegistrationIn, OrganStepIn};
use super::{record, steps, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// By chance, once, and the same in every demo.
const WITH_CARD: Uuid = Uuid::from_u128(0x6b1d_93f0_27c8_4e5a_9d04_c1e7_58ab_30f6);
const HANDED_OVER: Uuid = Uuid::from_u128(0xd07a_41c9_8e36_4b12_8f5b_2a90_e6d3_714c);
const CARD_ISSUED: Uuid = Uuid::from_u128(0x39e5_c80b_f172_4d6d_b2a8_04f7_9c1e_65d3);
const INTERESTED: Uuid = Uuid::from_u128(0xa84f_16d2_5b0c_4739_84e1_7f3c_d295_0b8e);

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("ngan.lamdong")?, clock.now());
    let today = vietnam_date(now);
    let person = |id: Uuid, name: &str, phone: &str, birth: &str, gives: &[&str]| {
        serde_json::from_value::<OrganRegistrationIn>(
            json!({"id": id, "chapter": "68", "name": name, "phone": phone, "birth": birth,
            "gives": gives, "consent": {"text_version": 1, "given_on": today}}),
        )
    };
    let people = [
        person(WITH_CARD, "Đinh Thị Ngọc Lan", "0912000071", "1976", &["ORGANS", "TISSUE"])?,
        person(INTERESTED, "Hồ Văn Thái", "0912000072", "1958-03-08", &["BODY"])?,
    ];
    let step = |id: Uuid, kind: &str, card: Option<&str>| {
        serde_json::from_value::<OrganStepIn>(json!({"id": id, "kind": kind, "on": today, "card": card}))
    };
    let done = [step(HANDED_OVER, "HANDED_OVER", None)?, step(CARD_ISSUED, "CARD_ISSUED", Some("TNHM-000071"))?];
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::find(conn, WITH_CARD)?.is_some() {
            return Ok(());
        }
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let v = &mut visit;
        for one in &people {
            let written = one.check(today).map_err(Fault::Fields)?;
            record::record(v, one, &written)?;
        }
        for one in &done {
            let card = one.check(today).map_err(Fault::Fields)?;
            steps::enter(v, WITH_CARD, one, card.as_deref())?;
        }
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
