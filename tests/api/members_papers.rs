//! Papers of members: uploaded, hung on whom they prove something of, read by the chapter's own officers, gone with the person.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::documents::sweep::sweep_all;
use so_nhan_ai::rooms::ROOMS;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::members::{MEMBERS, STEPS, apply, audited};
use crate::papers::{content, files, pdf, sha256, upload};
use crate::personal::{REQUESTS, ask, path};

const PDF: &str = "application/pdf";

/// The operations of papers of members and of their lists, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = crate::members::admitted(&officer, &chair, json!({"name": "Lê Zqan"}));
    let list = list(app, &officer);
    let (own, of_list) = (upload(&officer, "MEMBER", PDF, &pdf(300)), upload(&officer, "MEMBER_LIST", PDF, &pdf(400)));
    let (at, list) = (format!("{MEMBERS}/{member}/documents"), format!("/api/v1/member-imports/{list}/documents"));
    let link = |document: &Value| Some(json!({"document": document["id"]}));
    vec![
        call("POST /api/v1/members/{id}/documents", at.clone(), link(&own), 404, 403, 201),
        call("GET /api/v1/members/{id}/documents", at, None, 404, 404, 200),
        call("POST /api/v1/member-imports/{id}/documents", list.clone(), link(&of_list), 404, 403, 201),
        call("GET /api/v1/member-imports/{id}/documents", list, None, 404, 404, 200),
    ]
}

/// A list of members that waits; its id.
fn list(app: &TestApp, officer: &Caller<'_>) -> String {
    crate::members_lists::waiting(officer, "Em Zqcuối", "0912345601");
    app.database.text("SELECT id::text FROM member_import ORDER BY uploaded_at DESC LIMIT 1")
}

/// A junior whose mother signed this paper.
fn junior(officer: &Caller<'_>, chair: &Caller<'_>, name: &str, paper: &str) -> String {
    let consent =
        json!({"text_version": 1, "guardian": "Trần Zqmẹ", "given_on": "2026-11-20", "paper": paper, "child_agreed": true});
    let id = apply(officer, json!({"name": name, "birth": "2015-03-02"}), json!({"kind": "JUNIOR", "consent": consent}));
    chair.post(&format!("{STEPS}/{id}/approval"), Value::Null, 200);
    id.to_string()
}

fn consent_of(officer: &Caller<'_>, member: &str) -> Value {
    officer.get(&format!("{MEMBERS}/{member}"), 200)["consent"].clone()
}

fn request(app: &TestApp, kind: &str, member: &str) -> Value {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = app.database.text(&format!("SELECT person_id::text FROM member WHERE id = '{member}'"));
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let request = ask(app, kind, json!({"party": party}));
    let made = officer.post(REQUESTS, request.clone(), 201);
    match made["state"] == "DONE" {
        true => made,
        false => chair.post(&path(&request, "/approval"), Value::Null, 200),
    }
}

fn sweep(app: &TestApp) {
    sweep_all(&app.shared.db, app.now(), &app.shared.archive, ROOMS).unwrap();
}

fn documents(app: &TestApp) -> i64 {
    app.database.number("SELECT count(*) FROM document")
}

#[test]
fn the_signed_consent_hangs_on_the_member_and_is_read_by_the_chapters_officers_alone() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let bytes = pdf(500);
    let member = junior(&officer, &chair, "Em Zqan", &sha256(&bytes));
    assert_eq!(consent_of(&officer, &member).get("document"), None, "not uploaded yet");
    let paper = upload(&officer, "MEMBER", PDF, &bytes);
    assert_eq!(consent_of(&officer, &member)["document"], paper["id"]);
    let at = format!("{MEMBERS}/{member}/documents");
    officer.post(&at, json!({"document": paper["id"]}), 201);
    officer.post(&at, json!({"document": paper["id"]}), 200);
    let wrong = upload(&officer, "GIFT", PDF, &pdf(600));
    officer.post(&at, json!({"document": wrong["id"]}), 422);
    assert_eq!(officer.get(&at, 200).as_array().unwrap().len(), 1);
    assert_eq!(content(&chair, &paper), bytes);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'MEMBER_DOCUMENTS_READ'"), 1);
    let person = officer.get(&format!("{MEMBERS}/{member}"), 200)["person"].clone();
    let copy = officer.get(&format!("/api/v1/persons/{}/personal-data", person.as_str().unwrap()), 200);
    assert!(copy["held"].as_array().unwrap().iter().any(|held| held["what"] == "PAPER"), "{copy}");
    // Those who read the books do not: they would see a child's name.
    let file = format!("/api/v1/documents/{}", paper["id"].as_str().unwrap());
    let by_hash = format!("/api/v1/documents/{}", paper["sha256"].as_str().unwrap());
    for stranger in [app.accountant_of("23095"), app.staff(Role::Inspector, "68"), app.officer_of("23059")] {
        for path in [file.as_str(), &by_hash, &format!("{file}/content"), &at] {
            assert_eq!(stranger.send("GET", path, None).status, 404, "{path}");
        }
    }
    let publish = format!("{at}/{}/publication", paper["id"].as_str().unwrap());
    assert_eq!(officer.send("POST", &publish, Some(br#"{"title":"x"}"#.to_vec())).status, 404, "never public");
    assert!(!app.anonymous().get_text(&format!("/api/v1/public/chapters/{}", "23095"), 200).contains("Zqan"));
    audited(&app);
}

#[test]
fn a_paper_goes_with_its_person_and_is_closed_while_they_are_restricted() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let bytes = pdf(500);
    let member = junior(&officer, &chair, "Em Zqan", &sha256(&bytes));
    let paper = upload(&officer, "MEMBER", PDF, &bytes);
    let at = format!("{MEMBERS}/{member}/documents");
    officer.post(&at, json!({"document": paper["id"]}), 201);
    let bytes_at = format!("/api/v1/documents/{}/content", paper["id"].as_str().unwrap());
    request(&app, "RESTRICT", &member);
    assert_eq!(officer.send("GET", &bytes_at, None).status, 403);
    officer.post(&at, json!({"document": upload(&officer, "MEMBER", PDF, &pdf(700))["id"]}), 409);
    request(&app, "LIFT_RESTRICTION", &member);
    assert_eq!(officer.send("GET", &bytes_at, None).status, 200);

    let done = request(&app, "ERASE", &member);
    assert_eq!(
        (&done["state"], done.get("kept").and_then(|kept| kept.as_array()).map_or(0, Vec::len)),
        (&json!("DONE"), 0),
        "{done}"
    );
    assert_eq!(officer.send("GET", &bytes_at, None).status, 403, "closed at once");
    assert_eq!(
        app.database.number("SELECT count(*) FROM document WHERE name <> '' AND purpose = 'MEMBER' AND uploaded_bytes < 600"),
        0
    );
    let before = documents(&app);
    sweep(&app);
    assert_eq!(documents(&app), before - 1);
    app.clock.advance(Duration::days(2));
    sweep(&app);
    assert!(!files(&app).iter().any(|file| file.ends_with(paper["sha256"].as_str().unwrap())), "the file went too");
    audited(&app);
}

/// One list, a class that signed on it: the first who is erased closes it, the last takes it away.
#[test]
fn a_list_that_many_signed_is_closed_with_the_first_and_goes_with_the_last() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let bytes = pdf(800);
    let class: Vec<String> = (1..=3).map(|n| junior(&officer, &chair, &format!("Em Zq số {n}"), &sha256(&bytes))).collect();
    let list = upload(&officer, "MEMBER_LIST", PDF, &bytes);
    let import = self::list(&app, &officer);
    officer.post(&format!("/api/v1/member-imports/{import}/documents"), json!({"document": list["id"]}), 201);
    assert!(class.iter().all(|member| consent_of(&officer, member)["document"] == list["id"]));
    let first = request(&app, "ERASE", &class[0]);
    assert_eq!((&first["kept"][0]["what"], &first["kept"][0]["count"]), (&json!("SHARED_PAPER"), &json!(1)), "{first}");
    let file = format!("/api/v1/documents/{}/content", list["id"].as_str().unwrap());
    assert_eq!(officer.send("GET", &file, None).status, 403);
    assert_eq!(consent_of(&officer, &class[1]).get("document"), None, "it is used no more");
    assert_eq!(consent_of(&officer, &class[1])["paper"], sha256(&bytes), "and still proves the consent");
    request(&app, "ERASE", &class[1]);
    sweep(&app);
    assert_eq!(documents(&app), 1, "it proves the consent of the third");
    let last = request(&app, "ERASE", &class[2]);
    assert!(last.get("kept").is_none_or(|kept| kept.as_array().is_none_or(Vec::is_empty)), "{last}");
    sweep(&app);
    assert_eq!(documents(&app), 0);
    audited(&app);
}
