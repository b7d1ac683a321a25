//! Targets of units of blood: handed down the tree by decisions that a second person approves, stated in public, replaced in sight.
//!
//! The tests begin on Sunday, 22 November 2026.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::papers::sha256;
use crate::publications::{leaf, set_clock};

pub const TARGETS: &str = "/api/v1/blood-targets";

/// What Lâm Đồng gives Hàm Liêm and Hàm Thuận in 2026.
pub fn targets(change: Value) -> Value {
    let rate = json!({"chapter": "23059", "per_mille": "4.5", "population": 24_500, "population_source": "Thống kê 2025"});
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "68", "year": 2026, "decision_no": "15/QĐ-BCĐ",
        "lines": [{"chapter": "23095", "units": 600}, rate]});
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

pub fn at(body: &Value, rest: &str) -> String {
    format!("{TARGETS}/{}{rest}", body["id"].as_str().unwrap())
}

/// Asked by an officer of the chapter and approved by its chair.
pub fn decided(app: &TestApp, body: &Value) -> Value {
    let chapter = body["chapter"].as_str().unwrap();
    let chair = app.chair_of(chapter);
    app.officer_of(chapter).post(TARGETS, body.clone(), 201);
    chair.post(&at(body, "/approval"), Value::Null, 200)
}

/// What the centre gives Lâm Đồng.
fn of_the_country(units: i64) -> Value {
    targets(json!({"chapter": "TW", "decision_no": "01/KH", "lines": [{"chapter": "68", "units": units}]}))
}

fn said(officer: &Caller<'_>, change: Value) -> Vec<(String, String)> {
    errors(&officer.post(TARGETS, targets(change), 422))
}

#[test]
fn the_province_hands_down_what_it_was_given_and_the_difference_is_shown() {
    let app = TestApp::start();
    decided(&app, &of_the_country(700));
    let (officer, chair) = (app.officer_of("68"), app.chair_of("68"));
    let body = targets(json!({"note": "theo dân số mới"}));
    let made = officer.post(TARGETS, body.clone(), 201);
    assert_eq!((&made["state"], &made["own_units"], &made["handed_on_units"]), (&json!("ASKED"), &json!(700), &json!(710)));
    assert_eq!((&made["beyond_own_units"], &made["approver_chapter"]), (&json!(10), &json!("68")));
    assert_eq!(made["lines"][0]["units"], 110, "4.5 of a thousand of 24,500, half a unit rounded up");
    assert_eq!(officer.post(TARGETS, body.clone(), 200)["id"], body["id"]);
    officer.post(
        TARGETS,
        {
            let mut other = body.clone();
            other["year"] = json!(2027);
            other
        },
        422,
    );
    // While it waits nothing holds, and nothing else waits.
    assert_eq!(app.anonymous().get("/api/v1/public/statements?chapter=68&event=BLOOD_TARGET", 200)["items"], json!([]));
    officer.post(TARGETS, targets(json!({})), 409);
    let inbox = chair.get("/api/v1/decisions?chapter=68", 200);
    assert!(inbox["items"].as_array().unwrap().iter().any(|row| row["matter"] == "BLOOD_TARGET"), "{inbox}");
    assert_eq!(chair.get(&at(&body, ""), 200)["note"], "theo dân số mới");
    officer.post(&at(&body, "/approval"), Value::Null, 403);
    let done = chair.post(&at(&body, "/approval"), Value::Null, 200);
    assert_eq!((&done["state"], &done["replaces"]), (&json!("APPROVED"), &Value::Null));
    assert_eq!(chair.post(&at(&body, "/approval"), Value::Null, 200), done);
    chair.post(&at(&body, "/refusal"), Value::Null, 409);

    // What was stated is served as it is, and its leaf has its hash.
    let text = app.anonymous().get_text(done["href"].as_str().unwrap(), 200);
    let stated: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        stated,
        json!({"v": 1, "event": "BLOOD_TARGET", "chapter": "68", "year": 2026, "decision_no": "15/QĐ-BCĐ", "own_units": 700,
            "handed_on_units": 710, "targets": [
                {"chapter": "23059", "units": 110, "per_mille": "4.5", "population": 24_500, "population_source": "Thống kê 2025"},
                {"chapter": "23095", "units": 600}]})
    );
    let leaf = leaf(&app, &done["statement"]);
    assert_eq!((&leaf["event"], &leaf["chapter"], &leaf["day"]), (&json!("BLOOD_TARGET"), &json!("68"), &json!("2026-11-22")));
    let row = &app.anonymous().get("/api/v1/public/statements?chapter=68", 200)["items"][0];
    assert_eq!(row["sha256"], sha256(text.as_bytes()));
    audit(&app);
}

#[test]
fn a_later_decision_takes_the_place_of_the_whole_of_the_one_before() {
    let app = TestApp::start();
    let first = decided(&app, &targets(json!({})));
    let second = decided(&app, &targets(json!({"decision_no": "88/QĐ-BCĐ", "lines": [{"chapter": "23095", "units": 450}]})));
    assert_eq!(second["replaces"], first["statement"]);
    let officer = app.officer_of("68");
    let old = officer.get(&format!("{TARGETS}/{}", first["id"].as_str().unwrap()), 200);
    assert_eq!((&old["replaced_by"], &old["state"]), (&second["id"], &json!("APPROVED")));
    let rows = app.anonymous().get("/api/v1/public/statements?chapter=68&event=BLOOD_TARGET", 200)["items"].clone();
    assert_eq!((&rows[0]["replaces"], &rows[1]["replaced_by"]), (&first["statement"], &second["statement"]));
    assert_eq!(officer.get(&format!("{TARGETS}?chapter=68"), 200)["items"].as_array().unwrap().len(), 2);
    // What was stated stays as it was, and both decisions keep what they gave.
    assert_eq!(app.anonymous().get(first["href"].as_str().unwrap(), 200)["handed_on_units"], 710);
    for attempt in [
        "UPDATE blood_target SET units = 1".to_owned(),
        "DELETE FROM blood_target".to_owned(),
        "UPDATE blood_target_decision SET year = 2027".to_owned(),
        "UPDATE blood_target_decision SET replaced_by_id = NULL".to_owned(),
        "UPDATE blood_target_decision SET state = 'REFUSED', statement = NULL".to_owned(),
        "DELETE FROM blood_target_decision".to_owned(),
    ] {
        app.database.refuses(&attempt);
    }
    audit(&app);
    app.database.execute(
        "ALTER TABLE blood_target DISABLE TRIGGER ALL; UPDATE blood_target SET units = 451 WHERE units = 450;
         ALTER TABLE blood_target ENABLE TRIGGER ALL",
    );
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(!report.clean && report.text().contains("blood_target"), "{}", report.text());
}

#[test]
fn what_was_given_from_above_changes_while_a_decision_waits() {
    let app = TestApp::start();
    decided(&app, &of_the_country(700));
    let (officer, chair, body) = (app.officer_of("68"), app.chair_of("68"), targets(json!({})));
    officer.post(TARGETS, body.clone(), 201);
    decided(&app, &of_the_country(900));
    chair.post(&at(&body, "/approval"), Value::Null, 409);
    assert_eq!(chair.get(&at(&body, ""), 200)["state"], "ASKED");
    assert_eq!(officer.post(&at(&body, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    let again = decided(&app, &targets(json!({})));
    assert_eq!((&again["own_units"], &again["beyond_own_units"]), (&json!(900), &json!(-190)));
    // What a chapter sets itself is nothing that it was given.
    let own = json!({"lines": [{"chapter": "68", "units": 5_000}, {"chapter": "23095", "units": 600}]});
    let own = decided(&app, &targets(own));
    assert_eq!((&own["own_units"], &own["handed_on_units"]), (&json!(900), &json!(600)));
    audit(&app);
}

#[test]
fn a_year_ends_at_midnight_in_vietnam() {
    let app = TestApp::start();
    let chair = app.account(Role::ChapterChair, "68");
    let (old, new) = (targets(json!({})), targets(json!({"year": 2027})));
    set_clock(&app, "2026-12-31T16:59:00Z");
    app.officer_of("68").post(TARGETS, old.clone(), 201);
    app.officer_of("68").post(TARGETS, new.clone(), 201);
    set_clock(&app, "2026-12-31T17:00:00Z");
    let chair = app.log_in(chair);
    chair.post(&at(&old, "/approval"), Value::Null, 409);
    assert_eq!(chair.post(&at(&new, "/approval"), Value::Null, 200)["state"], "APPROVED");
    // Sent again it is the same request; a new one for that year is refused, and so is one for the year after next.
    let officer = app.officer_of("68");
    officer.post(TARGETS, targets(json!({})), 422);
    assert_eq!(said(&officer, json!({"year": 2029})), [("/year".to_owned(), "OUT_OF_RANGE".to_owned())]);
    assert_eq!(said(&officer, json!({"year": 1999})), [("/year".to_owned(), "OUT_OF_RANGE".to_owned())]);
    assert_eq!(chair.post(&at(&old, "/refusal"), Value::Null, 200)["state"], "REFUSED");
    audit(&app);
}

#[test]
fn only_those_directly_below_are_given_anything() {
    let app = TestApp::start();
    app.account(Role::ChapterChair, "68");
    let officer = app.officer_of("68");
    let line = |chapter: &str| json!({"lines": [{"chapter": chapter, "units": 5}]});
    for other in ["01", "TW", "00070", "KHONG"] {
        assert_eq!(said(&officer, line(other)), [("/lines".to_owned(), "NO_SUCH_CHAPTER".to_owned())], "{other}");
    }
    // A province's communes are not given theirs by the centre, nor by each other.
    let commune = |chapter: &str, of: &str| targets(json!({"chapter": of, "lines": [{"chapter": chapter, "units": 5}]}));
    app.officer_of("TW").post(TARGETS, commune("23095", "TW"), 422);
    app.officer_of("23059").post(TARGETS, commune("23095", "23059"), 422);
    // Another chapter's targets are neither asked for, nor seen, nor decided.
    let body = targets(json!({}));
    app.officer_of("68").post(TARGETS, body.clone(), 201);
    for stranger in [app.officer_of("01"), app.chair_of("01"), app.officer_of("23095"), app.chair_of("23095")] {
        stranger.post(TARGETS, targets(json!({})), 404);
        stranger.get(&at(&body, ""), 404);
        stranger.post(&at(&body, "/approval"), Value::Null, 404);
        stranger.get(&format!("{TARGETS}?chapter=68"), 404);
    }
    for reader in [app.staff(Role::Inspector, "68"), app.accountant_of("68"), app.staff(Role::ProvincialAdministrator, "68")] {
        reader.post(TARGETS, targets(json!({"year": 2027})), 403);
        reader.get(&at(&body, ""), 200);
    }
    app.staff(Role::BloodOfficer, "68").post(TARGETS, targets(json!({"year": 2027})), 201);
    let twice = json!({"lines": [{"chapter": "23095", "units": 5}, {"chapter": "23095", "units": 6}]});
    assert_eq!(said(&officer, twice), [("/lines/1/chapter".to_owned(), "NOT_UNIQUE".to_owned())]);
    assert_eq!(said(&officer, json!({"lines": []})), [("/lines".to_owned(), "OUT_OF_RANGE".to_owned())]);
    assert_eq!(app.database.number("SELECT count(*) FROM blood_target_decision"), 2);
}

/// Of two approvals at one moment one states it, and the other is told so.
#[test]
fn approved_twice_at_once_it_is_stated_once() {
    let app = TestApp::start();
    let (chair, body) = (app.chair_of("68"), targets(json!({})));
    app.officer_of("68").post(TARGETS, body.clone(), 201);
    let path = at(&body, "/approval");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..4).map(|_| scope.spawn(|| chair.send("POST", &path, Some(b"null".to_vec())).status)).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 4]);
    assert_eq!(app.database.number("SELECT count(*) FROM statement"), 1);
    audit(&app);
}

/// Fifty decisions of Hàm Liêm, for the lists: one holds, and the others came to nothing.
pub fn fill(app: &TestApp) {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    for n in 0..52 {
        let body = of_hamliem(2026);
        officer.post(TARGETS, body.clone(), 201);
        let verdict = if n == 0 { "/approval" } else { "/refusal" };
        chair.post(&at(&body, verdict), Value::Null, 200);
    }
}

/// What Hàm Liêm sets itself.
fn of_hamliem(year: i16) -> Value {
    targets(json!({"chapter": "23095", "year": year, "lines": [{"chapter": "23095", "units": 600}]}))
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let [refused, withdrawn, waits] = [of_hamliem(2026), of_hamliem(2026), of_hamliem(2026)];
    officer.post(TARGETS, refused.clone(), 201);
    chair.post(&at(&refused, "/refusal"), Value::Null, 200);
    officer.post(TARGETS, withdrawn.clone(), 201);
    officer.post(&at(&withdrawn, "/withdrawal"), Value::Null, 200);
    officer.post(TARGETS, waits.clone(), 201);
    let nothing = || Some(Value::Null);
    vec![
        call("POST /api/v1/blood-targets", TARGETS.to_owned(), Some(of_hamliem(2027)), 404, 403, 201),
        call("GET /api/v1/blood-targets", format!("{TARGETS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/blood-targets/{id}", at(&waits, ""), None, 404, 200, 200),
        call("POST /api/v1/blood-targets/{id}/approval", at(&waits, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/blood-targets/{id}/refusal", at(&refused, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/blood-targets/{id}/withdrawal", at(&withdrawn, "/withdrawal"), nothing(), 404, 403, 200),
    ]
}
