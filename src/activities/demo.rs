//! Activities in the demo: a school's first-aid day that is done, a distribution before Tết and a drill with the Front that are planned.

use std::error::Error;
use std::sync::Arc;

use chrono::Days;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::plan;
use super::wire::ActivityIn;
use crate::authz::{Actor, Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::campaigns::demo::{CAMPAIGN, PROGRAMME};
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000d_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let cast = means.get::<Cast>()?;
    let (officer, admin) = (cast.actor("hanh.hamliem")?, cast.actor("thu.lamdong")?);
    let today = vietnam_date(means.get::<Clock>()?.now());
    let id = |n: u128| Uuid::from_u128(IDS + n);
    let school = json!({"id": id(1), "chapter": "23095", "area": "FIRST_AID", "title": "Ngày hội sơ cấp cứu Trường THCS Hàm Liêm",
        "place": "Sân Trường THCS Hàm Liêm", "starts_on": today, "partners": ["Trạm Y tế xã Hàm Liêm"],
        "result": {"result": "120 học sinh, giáo viên thực hành băng bó, hồi sức tim phổi",
                   "numbers": {"persons": 120, "person_times": 150, "goods_vnd": 6_000_000, "labour_vnd": 4_000_000}}});
    let tet = json!({"id": id(2), "chapter": "68", "area": "RELIEF_AND_ASSISTANCE", "movement": "TET_NHAN_AI", "campaign": CAMPAIGN,
        "title": "Trao quà Tết cho hộ nghèo xã Hàm Liêm", "plan": "200 suất quà, mỗi suất 500.000 đồng", "place": "Nhà văn hóa xã Hàm Liêm",
        "starts_on": today + Days::new(60), "delivered_by": ["23095"]});
    let drill = json!({"id": id(3), "chapter": "68", "area": "DISASTER_PREPAREDNESS", "programme": PROGRAMME,
        "title": "Diễn tập phòng chống thiên tai cấp xã", "place": "Xã Hàm Thuận", "starts_on": today + Days::new(30),
        "ends_on": today + Days::new(31), "partners": ["Ủy ban MTTQ Việt Nam tỉnh Lâm Đồng"], "delivered_by": ["23059", "23095"]});
    for (actor, body) in [(officer, school), (admin, tet), (admin, drill)] {
        write(means, actor, body)?;
    }
    Ok(())
}

fn write(means: &Means, actor: Actor, body: Value) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (now, new) = (clock.now(), serde_json::from_value::<ActivityIn>(body)?);
    db.tx_blocking(|conn| -> Result<(), Fault> {
        let new = new.check(vietnam_date(now)).map_err(Fault::Fields)?;
        if super::store::activity(conn, new.id)?.is_some() {
            return Ok(());
        }
        let mut visit = Visit::enter(conn, &vault, now, actor).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
        plan::write(&mut visit, &new)?;
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
