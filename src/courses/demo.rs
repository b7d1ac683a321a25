//! Courses in the demo: Hàm Liêm holds a first aid course next week, the province trains its officers, and one is being planned. Who takes
//! part is for their officers to enter.

use std::error::Error;
use std::sync::Arc;

use chrono::Days;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::plan;
use super::store;
use super::wire::CourseIn;
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000b_0000;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (cast, now) = (means.get::<Cast>()?, clock.now());
    let today = vietnam_date(now);
    let sessions = |from: u64, count: u64| -> Vec<Value> {
        let on = |n: u64| json!({"day": today + Days::new(from + n), "from": "08:00", "until": "11:30"});
        (0..count).map(on).collect()
    };
    let course = |n: u128, kind: &str, title: &str, sessions: Vec<Value>| {
        json!({"id": Uuid::from_u128(IDS + n), "chapter": "23095", "course_kind": kind, "title": title, "places": 30,
            "place": "Nhà văn hóa thôn 2, xã Hàm Liêm", "sessions": sessions})
    };
    let all = [
        (course(1, "FIRST_AID_BASIC", "Sơ cấp cứu cơ bản cho thôn xóm", sessions(7, 2)), true),
        (course(2, "WATER_RESCUE", "Cứu hộ trên sông nước trước mùa lũ", sessions(21, 3)), true),
        (course(3, "OFFICER_TRAINING", "Tập huấn nghiệp vụ cho chi hội trưởng", sessions(35, 1)), false),
    ];
    for (body, opened) in all {
        let (actor, new): (_, CourseIn) = (cast.actor("hanh.hamliem")?, serde_json::from_value(body)?);
        db.tx_blocking(|conn| -> Result<(), Fault> {
            if store::find(conn, new.id)?.is_some() {
                return Ok(());
            }
            let planned = new.check(today).map_err(Fault::Fields)?;
            let mut visit = Visit::enter(conn, &vault, now, actor).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
            plan::make(&mut visit, &new, &planned)?;
            if opened { plan::open(&mut visit, new.id) } else { Ok(()) }
        })
        .map_err(|fault| format!("{fault:?}"))?;
    }
    Ok(())
}
