//! Family links in the demo: Bà Bảy of Hàm Liêm looks for her brother, missed since 1968; commune offices were asked, and the case is
//! offered to the province.

use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::wire::{FamilyHandOverIn, FamilyLinkIn, FamilyStepIn};
use super::{handing, record, steps, store};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::outbox::Ways;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// By chance, once, and the same in every demo.
const CASE: Uuid = Uuid::from_u128(0x2c7f_5b1e_93d4_4a68_b0e1_6d8f_31a9_c405);
const STEP: Uuid = Uuid::from_u128(0x81e4_0d2a_7c5b_4f39_a6d2_9b13_e7f0_58c6);
const OFFER: Uuid = Uuid::from_u128(0xf35a_9c60_1e8d_4b72_8a4f_05c7_d2b6_9e13);

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault, ways) =
        (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?, means.get::<Arc<Ways>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("yen.hamliem")?, clock.now());
    let today = vietnam_date(now);
    let case: FamilyLinkIn = serde_json::from_value(json!({"id": CASE, "chapter": "23095", "cause": "WAR",
        "enquirer": {"name": "Nguyễn Thị Bảy", "birth": "1946", "address": "Thôn 2, xã Hàm Liêm", "relation": "SIBLING"},
        "sought": {"name": "Nguyễn Văn Tư", "other_names": ["Tư Lúa"], "birth": "1949", "sex": "MALE",
            "last_seen": "Tết Mậu Thân 1968", "last_place": "Ga Mương Mán, Bình Thuận",
            "circumstances": "Lạc nhau khi chạy khỏi nhà, không còn giấy tờ."},
        "consent": {"text_version": 1, "given_on": today}}))?;
    let step: FamilyStepIn = serde_json::from_value(json!({"id": STEP, "kind": "INQUIRY",
        "note": "Đã hỏi Ủy ban nhân dân và Hội Cựu chiến binh xã Mương Mán"}))?;
    let offer: FamilyHandOverIn = serde_json::from_value(json!({"id": OFFER, "to": "68",
        "note": "Người được tìm thấy lần cuối ở địa bàn ngoài xã, cần tra cứu hồ sơ của tỉnh"}))?;
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if store::find(conn, CASE)?.is_some() {
            return Ok(());
        }
        let mut visit = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let v = &mut visit;
        let (clear, given) = case.check(today).map_err(Fault::Fields)?;
        record::record(v, &case, &clear, &given)?;
        let note = step.check().map_err(Fault::Fields)?;
        steps::enter(v, &ways, CASE, &step, note.as_deref())?;
        let note = offer.check().map_err(Fault::Fields)?;
        handing::offer(v, CASE, &offer, &note)?;
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
