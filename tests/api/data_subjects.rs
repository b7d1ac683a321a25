//! What somebody may ask about their data, whatever they are at a chapter: a copy, a correction, an objection, a restriction, an erasure.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::committees::{holder, made, post_of, public, seat};
use crate::dues::sheet;
use crate::harness::{Caller, TestApp};
use crate::members::{MEMBERS, STEPS};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::persons::record;

/// What a copy says: `what` and the text.
fn copy(officer: &Caller<'_>, person: &str) -> Vec<(String, String)> {
    let held = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200)["held"].clone();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let mut all: Vec<_> = held.as_array().unwrap().iter().map(|one| (text(one, "what"), text(one, "text"))).collect();
    all.sort();
    all
}

fn kinds(of: &[(String, String)]) -> Vec<&str> {
    of.iter().map(|one| one.0.as_str()).collect()
}

fn party(officer: &Caller<'_>, person: &str) -> Value {
    officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone()
}

fn member(officer: &Caller<'_>, chair: &Caller<'_>, person: &str, change: Value) -> String {
    let mut new = json!({"id": Uuid::new_v4(), "person": person, "kind": "MEMBER", "decision_no": "15/QĐ"});
    new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    officer.post(MEMBERS, new.clone(), 201);
    let id = new["id"].as_str().unwrap().to_owned();
    chair.post(&format!("{STEPS}/{id}/approval"), Value::Null, 200);
    id
}

/// Asked for by one officer and, where it takes one, approved by another.
fn done(app: &TestApp, (officer, chair): (&Caller<'_>, &Caller<'_>), kind: &str, change: Value) {
    let ask = ask(app, kind, change);
    let asked = officer.post(REQUESTS, ask.clone(), 201);
    if asked["state"] != "DONE" {
        assert_eq!(chair.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
    }
}

fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

#[test]
fn a_member_with_a_post_who_paid_dues_gets_a_copy_is_corrected_objects_and_is_erased() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let woman = record(&officer, json!({"name": "Lê Zqhương", "phone": "0912345678", "birth": "1980-05-01"}));
    let id = member(&officer, &chair, &woman, json!({}));
    let year = json!({"member": id, "from": "2026-01", "to": "2026-12"});
    officer.post("/api/v1/dues-sheets", sheet(&app, "23095", vec![year]), 201);
    let committee = made(&app, json!({}));
    let post = seat(&officer, &post_of(&committee, "EXECUTIVE_MEMBER"), &holder(&app, &json!(woman), json!({})));
    let agreed = || json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    officer.post(&format!("{post}/name"), agreed(), 201);
    let held = copy(&officer, &woman);
    assert_eq!(kinds(&held), ["DUES", "MEMBER", "PERSON", "POST", "PUBLIC_NAME"], "{held:?}");
    let party = party(&officer, &woman);
    done(&app, (&officer, &chair), "CORRECT", json!({"party": party, "changes": {"name": "Lê Zqhường"}}));
    assert!(copy(&officer, &woman).iter().any(|one| one.0 == "PERSON" && one.1.starts_with("Lê Zqhường;")));
    assert!(public(&app).to_string().contains("Lê Zqhường"), "the name beside the post is right as well");
    // She objects: the post is public, and she is not.
    for kind in ["OBJECT", "WITHDRAW_CONSENT"] {
        done(&app, (&officer, &chair), kind, json!({"party": party}));
        assert!(!public(&app).to_string().contains("Zqhường"), "{kind}");
        assert!(!kinds(&copy(&officer, &woman)).contains(&"PUBLIC_NAME"));
        officer.post(&format!("{post}/name"), agreed(), 201);
    }
    let counts = "/api/v1/member-counts?chapter=23095";
    let before = officer.get(counts, 200)["members"].clone();
    done(&app, (&officer, &chair), "ERASE", json!({"party": party}));
    nowhere(&app, &["Zqhường", "Zqhương"]);
    officer.get(&format!("/api/v1/persons/{woman}/personal-data"), 404);
    app.clock.advance(chrono::Duration::days(1));
    let officer = app.officer_of("23095");
    let yesterday = format!("{counts}&on={}", app.today().pred_opt().unwrap());
    assert_eq!((officer.get(&yesterday, 200)["members"].as_i64(), before), (Some(0), json!(1)), "she ended on that day");
    assert_eq!(app.database.number("SELECT count(*) FROM dues_month"), 12, "what was paid is paid");
    audited(&app);
}

#[test]
fn a_juniors_copy_names_who_signed_and_the_erasure_takes_both() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let child = record(&officer, json!({"name": "Em Zqlan", "birth": "2014"}));
    let consent = json!({"text_version": 1, "guardian": "Trần Zqbố", "given_on": "2026-11-20", "paper": "ab".repeat(32), "child_agreed": true});
    member(&officer, &chair, &child, json!({"kind": "JUNIOR", "consent": consent}));
    let held = copy(&officer, &child);
    assert_eq!(kinds(&held), ["MEMBER", "PERSON"]);
    assert!(held[0].1.contains("Trần Zqbố, 2026-11-20"), "{held:?}");
    done(&app, (&officer, &chair), "ERASE", json!({"party": party(&officer, &child)}));
    nowhere(&app, &["Zqlan", "Zqbố"]);
    assert_eq!(app.database.number("SELECT count(*) FROM member_consent"), 0);
    audited(&app);
}

#[test]
fn who_waits_in_a_list_finds_it_in_the_copy_and_is_taken_out_of_it() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = record(&officer, json!({"name": "Lê Zqba", "phone": "0987654321"}));
    crate::members_lists::waiting(&officer, "Lê Zqba", "0987654321");
    let held = copy(&officer, &person);
    assert_eq!(kinds(&held), ["LISTED", "PERSON"]);
    assert_eq!(held[0].1, "Lê Zqba; 0987654321; 1977");
    // Kept and not used: still in the copy, and admitted by nobody.
    done(&app, (&officer, &chair), "RESTRICT", json!({"party": party(&officer, &person)}));
    assert_eq!(kinds(&copy(&officer, &person)), ["LISTED", "PERSON"]);
    done(
        &app,
        (&officer, &chair),
        "LIFT_RESTRICTION",
        json!({"party": app.database.text("SELECT party_alias::text FROM personal_data_request")}),
    );
    done(&app, (&officer, &chair), "ERASE", json!({"party": party(&officer, &person)}));
    nowhere(&app, &["Zqba"]);
    audited(&app);
}

/// The clocks of the law run for everybody, and what is late is listed first.
#[test]
fn a_members_request_has_its_clocks_and_is_listed_when_it_is_overdue() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = record(&officer, json!({"name": "Lê Zqan"}));
    member(&officer, &chair, &person, json!({}));
    let access = ask(&app, "ACCESS", json!({"party": party(&officer, &person)}));
    let asked = officer.post(REQUESTS, access.clone(), 201);
    assert_eq!((&asked["answer_due"], &asked["due_on"]), (&json!("2026-11-25"), &json!("2026-12-02")), "{asked}");
    let overdue = |officer: &Caller<'_>| {
        officer.get(&format!("{REQUESTS}?chapter=23095&overdue=true"), 200)["items"].as_array().unwrap().len()
    };
    assert_eq!(overdue(&officer), 0);
    app.clock.advance(chrono::Duration::days(4));
    let officer = app.officer_of("23095");
    assert_eq!(overdue(&officer), 1);
    officer.post(&path(&access, "/answer"), Value::Null, 200);
    assert_eq!(overdue(&officer), 0, "the next day is that of carrying it out");
    officer.post(&path(&access, "/completion"), Value::Null, 200);
    assert_eq!(officer.get(&format!("{REQUESTS}?chapter=23095&state=CLOSED"), 200)["items"].as_array().unwrap().len(), 1);
}
