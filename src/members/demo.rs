//! Members in the demo: Hàm Liêm's and Hàm Thuận's, most of them since before the last year ended, and the juniors of a school with the
//! consent of those who represent them; a cooperative is a member as well. Somebody waits for admission, and somebody for the transfer to Hàm Thuận.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::model::{MemberKind, MemberState};
use super::wire::{MemberIn, TransferIn};
use super::{apply, cards, steps, store};
use crate::authz::Visit;
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions::Verdict;
use crate::house::thread::Means;
use crate::persons::demo::{
    APPLICANT, COOPERATIVE, Failure, Founded, HONORARY, OF_BRANCH, OF_NEIGHBOUR, PUPILS, Scene, YOUTH, record_of, somebody,
};

/// Nobody's paper: its digest is that of no bytes a demo has.
const PAPER: &str = "de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30";

/// The membership of somebody of the demo.
pub fn member(n: u128) -> Uuid {
    record_of(2, n)
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let scene = Scene::of(means)?;
    if !scene.stands()? {
        return Ok(());
    }
    let (then, branch) = (scene.long_ago()?, scene.code(Founded::Branch)?);
    let here = OF_BRANCH.map(|n| (n, json!({"kind": "MEMBER", "branch": branch})));
    let here = here.chain(YOUTH.map(|n| (n, json!({"kind": "YOUTH", "team": "Đội xung kích"}))));
    let here = here.chain(HONORARY.map(|n| (n, json!({"kind": "HONORARY"}))));
    admit(&scene, then, ("hanh.hamliem", "tam.hamliem"), &Vec::from_iter(here))?;
    let there: Vec<(u128, Value)> = OF_NEIGHBOUR.map(|n| (n, json!({"kind": "MEMBER"}))).collect();
    admit(&scene, then, ("minh.hamthuan", "binh.lamdong"), &there)?;
    let day = vietnam_date(scene.now);
    let consent = |n: u128| {
        let guardian = if n.is_multiple_of(3) { "Trần Thị Bích" } else { "Nguyễn Văn Thành" };
        json!({"text_version": 1, "guardian": guardian, "given_on": day, "paper": PAPER, "child_agreed": true})
    };
    let class = |n: u128| if n.is_multiple_of(2) { "Lớp 6A" } else { "Lớp 6B" };
    let pupils = PUPILS.map(|n| (n, json!({"kind": "JUNIOR", "team": class(n), "consent": consent(n)})));
    let new: Vec<(u128, Value)> = pupils.chain([(COOPERATIVE, json!({"kind": "COLLECTIVE"}))]).collect();
    admit(&scene, scene.now, ("hanh.hamliem", "tam.hamliem"), &new)?;
    scene.visit("hanh.hamliem", scene.now, |v| -> Result<(), Fault> {
        apply_for(v, APPLICANT, &json!({"kind": "MEMBER"}))?;
        ask_to_move(v, *OF_BRANCH.end())
    })
}

/// Applications by one and their approvals by the other, each all at once; who was decided on stays so.
fn admit(scene: &Scene, at: DateTime<Utc>, (asks, approves): (&str, &str), people: &[(u128, Value)]) -> Result<(), Failure> {
    scene.visit(asks, at, |v| people.iter().try_for_each(|(n, change)| apply_for(v, *n, change)))?;
    scene.visit(approves, at, |v| {
        people.iter().try_for_each(|(n, _)| {
            let row = store::find(v.conn, member(*n))?.ok_or(Fault::Unknown)?;
            if row.state() == Some(MemberState::Applied) {
                steps::decide(v, row.id, Verdict::Approve)?;
            }
            Ok::<_, Fault>(())
        })
    })
}

fn apply_for(v: &mut Visit<'_>, n: u128, change: &Value) -> Result<(), Fault> {
    if store::find(v.conn, member(n))?.is_some() {
        return Ok(());
    }
    let mut body = json!({"id": member(n), "person": somebody(n), "decision_no": "12/QĐ-HCTĐ"});
    if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
        body.extend(change.clone());
    }
    let body: MemberIn = serde_json::from_value(body).map_err(Fault::broken)?;
    apply::apply(v, &body, &line(&body.decision_no)?, None).map(drop)
}

/// Waits for both chairs. Once: also after it was withdrawn.
fn ask_to_move(v: &mut Visit<'_>, n: u128) -> Result<(), Fault> {
    let id = record_of(3, n);
    let still = store::find(v.conn, member(n))?.and_then(|row| row.state());
    if store::step(v.conn, id)?.is_some() || still != Some(MemberState::Admitted) {
        return Ok(());
    }
    let body = json!({"id": id, "to": "23059", "decision_no": "31/GT-HCTĐ"});
    let body: TransferIn = serde_json::from_value(body).map_err(Fault::broken)?;
    steps::transfer(v, member(n), &body, &line(&body.decision_no)?, None).map(drop)
}

fn line(text: &str) -> Result<Line, Fault> {
    Line::parse(text, 60).map_err(|_| Fault::broken("no line"))
}

/// Two cards to look at: a member's and a junior's.
pub fn cards(conn: &mut PgConnection) -> Result<Vec<(MemberKind, String)>, DbError> {
    let mut found = Vec::new();
    for (kind, n) in [(MemberKind::Member, *OF_BRANCH.start()), (MemberKind::Junior, *PUPILS.start())] {
        found.extend(cards::of(conn, member(n))?.map(|code| (kind, code)));
    }
    Ok(found)
}
