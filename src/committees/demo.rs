//! Committees in the demo: Hàm Liêm has held its first congress, and its chair agrees to be named; the second vice-chair is yet to be
//! elected. Hàm Thuận still has a provisional committee, whose officers have entered nobody.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::wire::{CommitteeIn, PostHolderIn};
use super::wire_roles::PostNameIn;
use super::{hold, make, naming, store};
use crate::authz::Visit;
use crate::basics::clock::vietnam_date;
use crate::house::thread::Means;
use crate::persons::demo::{Failure, Scene, record_of, somebody};

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_0009_0000;

/// Who holds what at Hàm Liêm.
const HELD: [(&str, RangeInclusive<u128>); 3] = [("CHAIR", 1..=1), ("VICE_CHAIR", 2..=2), ("EXECUTIVE_MEMBER", 3..=8)];

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let scene = Scene::of(means)?;
    if !scene.stands()? {
        return Ok(());
    }
    let today = vietnam_date(scene.now);
    let posts = json!([{"title": "CHAIR"}, {"title": "VICE_CHAIR", "seats": 2}, {"title": "EXECUTIVE_MEMBER", "seats": 6}]);
    let of = |n: u128, chapter: &str, made_by: &str, congress: Option<&str>| {
        json!({"id": Uuid::from_u128(IDS + n), "chapter": chapter, "kind": "EXECUTIVE_COMMITTEE", "made_by": made_by, "congress": congress,
            "provisional": congress.is_none(), "decision_no": format!("{}/QĐ-HCTĐ", 20 + n), "decision_on": today, "valid_from": today,
            "posts": posts})
    };
    let congress = Some("Đại hội đại biểu lần thứ I, nhiệm kỳ 2026–2031");
    for body in [of(1, "23095", "CONGRESS", congress), of(2, "23059", "DECISION", None)] {
        scene.visit("thu.lamdong", scene.now, |v| made(v, body, today))?;
    }
    scene.visit("hanh.hamliem", scene.now, |v| -> Result<(), Fault> {
        // Somebody has tried the next congress meanwhile.
        if store::committee(v.conn, Uuid::from_u128(IDS + 1))?.is_none_or(|row| row.valid_until.is_some()) {
            return Ok(());
        }
        for post in store::posts_of(v.conn, &[Uuid::from_u128(IDS + 1)])? {
            let held = HELD.iter().filter(|(title, _)| *title == post.title).flat_map(|(_, people)| people.clone());
            for n in held {
                seat(v, post.id, n, today)?;
            }
        }
        Ok(())
    })
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Fault> {
    serde_json::from_value(body).map_err(|_| Fault::Broken("the demo sends what nobody can read"))
}

fn made(v: &mut Visit<'_>, body: Value, today: NaiveDate) -> Result<(), Fault> {
    let new: CommitteeIn = read(body)?;
    if store::committee(v.conn, new.id())?.is_some() {
        return Ok(());
    }
    make::committee(v, &new.check(today).map_err(Fault::Fields)?).map(drop)
}

/// Seats somebody once; the chair agrees to be named.
fn seat(v: &mut Visit<'_>, post: Uuid, n: u128, today: NaiveDate) -> Result<(), Fault> {
    let id = record_of(4, n);
    if store::holder(v.conn, id)?.is_some() {
        return Ok(());
    }
    let body = json!({"id": id, "person": somebody(n), "manner": "ELECTED", "decision_no": "01/NQ-ĐH", "decision_on": today});
    let new: PostHolderIn = read(body)?;
    hold::enter(v, post, &new.check(today).map_err(Fault::Fields)?)?;
    if n == 1 {
        let agreed = json!({"id": Uuid::from_u128(IDS + 11), "text_version": 1, "given_on": today});
        let agreed: PostNameIn = read(agreed)?;
        naming::show(v, post, id, &agreed.check(today).map_err(Fault::Fields)?)?;
    }
    Ok(())
}
