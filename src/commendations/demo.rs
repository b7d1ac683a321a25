//! Commendations in the demo: a team and a member of Hàm Liêm whom its chair has commended, she by her name, and the first-aid corner of a
//! school as a model of good practice.

use chrono::{Datelike, NaiveDate};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::model::{CommendationState, ModelState};
use super::wire::{CommendationIn, CommendationNameIn, PracticeModelIn};
use super::{models, naming, propose, store};
use crate::authz::Visit;
use crate::basics::clock::vietnam_date;
use crate::decisions::Verdict;
use crate::house::thread::Means;
use crate::persons::demo::{Failure, Scene, somebody};

/// See `volunteers`: ids of its own, by chance alone as far as anybody can tell.
const IDS: u128 = 0x0de0_0000_0000_4000_8000_0000_0015_0000;
const TEAM: Uuid = Uuid::from_u128(IDS + 1);
const WOMAN: Uuid = Uuid::from_u128(IDS + 2);
const MODEL: Uuid = Uuid::from_u128(IDS + 3);

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let scene = Scene::of(means)?;
    if !scene.stands()? {
        return Ok(());
    }
    let today = vietnam_date(scene.now);
    scene.visit("hanh.hamliem", scene.now, |v| -> Result<(), Fault> {
        let citation = "Mười đêm trực lũ, đưa hai mươi hộ vùng thấp đến nơi an toàn";
        proposed(v, today, TEAM, &json!({"collective": "Đội xung kích Chữ thập đỏ xã Hàm Liêm", "citation": citation}))?;
        let citation = "Mười năm sơ cấp cứu tại bến đò";
        proposed(v, today, WOMAN, &json!({"person": somebody(4), "citation": citation}))
    })?;
    scene.visit("tam.hamliem", scene.now, |v| [TEAM, WOMAN].into_iter().try_for_each(|id| approved(v, id)))?;
    scene.visit("hanh.hamliem", scene.now, |v| -> Result<(), Fault> {
        named(v, today)?;
        model(v)
    })
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Fault> {
    serde_json::from_value(body).map_err(|_| Fault::Broken("the demo sends what nobody can read"))
}

fn proposed(v: &mut Visit<'_>, today: NaiveDate, id: Uuid, change: &Value) -> Result<(), Fault> {
    if store::find(v.conn, id)?.is_some() {
        return Ok(());
    }
    let mut body = json!({"id": id, "chapter": "23095", "form": "GOOD_PEOPLE_GOOD_DEEDS", "year": today.year(), "decision_no": "45/QĐ-HCTĐ"});
    if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
        body.extend(change.clone());
    }
    let new = read::<CommendationIn>(body)?.check(today).map_err(Fault::Fields)?;
    propose::propose(v, &new).map(drop)
}

fn approved(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    match store::find(v.conn, id)? {
        Some(row) if row.state == CommendationState::Proposed.name() => propose::decide(v, id, Verdict::Approve).map(drop),
        _ => Ok(()),
    }
}

/// She agrees to be named; sent again it is the same.
fn named(v: &mut Visit<'_>, today: NaiveDate) -> Result<(), Fault> {
    let is_awarded = store::find(v.conn, WOMAN)?.is_some_and(|row| row.state == CommendationState::Awarded.name());
    if !is_awarded || !naming::names(v.conn, &[WOMAN])?.is_empty() {
        return Ok(());
    }
    let agreed = json!({"id": Uuid::from_u128(IDS + 0x12), "text_version": 1, "given_on": today});
    let agreed = read::<CommendationNameIn>(agreed)?.check(today).map_err(Fault::Fields)?;
    naming::show(v, WOMAN, &agreed).map(drop)
}

fn model(v: &mut Visit<'_>) -> Result<(), Fault> {
    if store::model(v.conn, MODEL)?.is_some_and(|row| row.state != ModelState::Draft.name()) {
        return Ok(());
    }
    let body = json!({"id": MODEL, "chapter": "23095", "area": "FIRST_AID", "title": "Góc sơ cấp cứu trong trường học",
        "about": "Mỗi lớp một túi sơ cứu, một tổ học sinh tự trực và hướng dẫn bạn bè; sau một năm, cả trường biết băng bó và gọi cấp cứu."});
    models::write(v, &read::<PracticeModelIn>(body)?.check().map_err(Fault::Fields)?)?;
    models::publish(v, MODEL)
}
