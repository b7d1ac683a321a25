//! Commendations: proposed by one, decided by others within a quota, shown by consent; models of good practice to find.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::day;
use crate::books::errors;
use crate::committees::{audit, person};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::all;

pub const COMMENDATIONS: &str = "/api/v1/commendations";
const QUOTAS: &str = "/api/v1/commendation-quotas";
const MODELS: &str = "/api/v1/practice-models";
/// A model that everybody may read, where all operations are called.
pub const SHOWN: &str = "0199e0a1-7b1c-7c3e-9d52-6f0a3b8cca02";

fn with(mut body: Value, change: Value) -> Value {
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

/// A team of Hàm Liêm, commended by Hàm Liêm.
pub fn proposal(change: Value) -> Value {
    let body = json!({"id": Uuid::new_v4(), "chapter": "23095", "form": "GOOD_PEOPLE_GOOD_DEEDS", "year": 2026,
        "collective": "Đội thanh niên tình nguyện", "citation": "Trực mười đêm lũ", "decision_no": "45/QĐ-HCTĐ"});
    with(body, change)
}

fn at(body: &Value, path: &str, rest: &str) -> String {
    format!("{path}/{}{rest}", body["id"].as_str().unwrap())
}

fn quota(chapter: &str, quota: i32) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": chapter, "form": "GOOD_PEOPLE_GOOD_DEEDS", "year": 2026, "quota": quota, "decision_no": "09/KH"})
}

pub fn model(change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "area": "FIRST_AID", "title": "Góc sơ cấp cứu trong trường học",
        "about": "Mỗi lớp một túi sơ cứu, học sinh tự trực"});
    with(body, change)
}

/// Proposes somebody of Hàm Liêm and has it awarded there; returns the commendation.
pub fn awarded(app: &TestApp, officer: &Caller<'_>, person: &Value) -> Value {
    let (chair, body) =
        (app.chair_of("23095"), proposal(json!({"collective": null, "person": person, "citation": "Cứu người ở bến đò"})));
    officer.post(COMMENDATIONS, body.clone(), 201);
    chair.post(&at(&body, COMMENDATIONS, "/approval"), Value::Null, 200);
    body
}

/// Lets somebody who was commended be named.
pub fn named(app: &TestApp, officer: &Caller<'_>, body: &Value) {
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    officer.post(&at(body, COMMENDATIONS, "/name"), agreed, 201);
}

#[test]
fn one_proposes_another_approves_and_a_third_decides_where_the_province_awards() {
    let app = TestApp::start();
    let (officer, chair, province) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("68"));
    let lan = person(&officer, "23095", "Nguyễn Thị Lan Xqz");
    let body = proposal(json!({"collective": null, "person": lan, "awarded_by": "68", "note": "xin sớm"}));
    let made = officer.post(COMMENDATIONS, body.clone(), 201);
    assert_eq!(
        (&made["state"], &made["awarded_by"], &made["name"]),
        (&json!("PROPOSED"), &json!("68"), &json!("Nguyễn Thị Lan Xqz"))
    );
    assert_eq!(officer.post(COMMENDATIONS, body.clone(), 200)["id"], body["id"]);
    officer.post(COMMENDATIONS, with(body.clone(), json!({"year": 2025})), 422);
    // The same person for the same form and year is not proposed twice.
    let twice = with(body.clone(), json!({"id": Uuid::new_v4()}));
    officer.post(COMMENDATIONS, twice, 409);
    let approval = at(&body, COMMENDATIONS, "/approval");
    officer.post(&approval, Value::Null, 403);
    assert_eq!(chair.post(&approval, Value::Null, 200)["state"], "PROPOSED");
    // While it waits, who decides sees whom it is for.
    let waiting = province.get(&at(&body, COMMENDATIONS, ""), 200);
    assert_eq!((&waiting["name"], &waiting["citation"]), (&json!("Nguyễn Thị Lan Xqz"), &json!("Trực mười đêm lũ")));
    let inbox = province.get("/api/v1/decisions?chapter=68", 200);
    assert!(inbox["items"].as_array().unwrap().iter().any(|row| row["matter"] == "COMMENDATION"), "{inbox}");
    assert_eq!(province.post(&approval, Value::Null, 200)["state"], "AWARDED");
    province.post(&approval, Value::Null, 200);
    // Afterwards only the chapter's own people-keepers do.
    for reader in [&province, &app.accountant_of("23095"), &app.staff(Role::Inspector, "68")] {
        let shown = reader.get(&at(&body, COMMENDATIONS, ""), 200);
        assert!(shown.get("name").is_none() && shown.get("citation").is_none() && shown.get("person").is_none(), "{shown}");
    }
    for other in [app.officer_of("23059"), app.chair_of("01")] {
        other.get(&at(&body, COMMENDATIONS, ""), 404);
        other.post(&approval, Value::Null, 404);
        other.post(
            &at(&body, COMMENDATIONS, "/name"),
            json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()}),
            404,
        );
    }
    let list = all(&app.staff(Role::Inspector, "68"), &format!("{COMMENDATIONS}?chapter=23095"), 50);
    assert!(!json!(list).to_string().contains("Xqz"));
    assert_eq!(app.database.number("SELECT taken FROM commendation_quota"), 1);
    audit(&app);
}

#[test]
fn a_quota_holds_however_many_come_at_once() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let three = quota("23095", 3);
    chair.post(QUOTAS, three.clone(), 201);
    chair.post(QUOTAS, three, 200);
    officer.post(QUOTAS, quota("23095", 9), 403);
    let all: Vec<Value> = (0..8).map(|n| proposal(json!({"collective": format!("Đội {n}")}))).collect();
    for body in &all {
        officer.post(COMMENDATIONS, body.clone(), 201);
    }
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = all
            .iter()
            .map(|body| scope.spawn(|| chair.send("POST", &at(body, COMMENDATIONS, "/approval"), Some(b"null".to_vec())).status))
            .collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 409, 409, 409, 409, 409]);
    assert_eq!(app.database.number("SELECT count(*) FROM commendation WHERE state = 'AWARDED'"), 3);
    chair.post(QUOTAS, quota("23095", 2), 409);
    let raised = chair.post(QUOTAS, quota("23095", 4), 201);
    assert_eq!((&raised["quota"], &raised["awarded"]), (&json!(4), &json!(3)));
    assert_eq!(chair.get(&format!("{QUOTAS}?chapter=23095"), 200)["items"].as_array().unwrap().len(), 1);
    let waits = all.iter().find(|body| chair.get(&at(body, COMMENDATIONS, ""), 200)["state"] == "PROPOSED").unwrap();
    chair.post(&at(waits, COMMENDATIONS, "/approval"), Value::Null, 200);
    // What is refused or withdrawn takes none.
    let rest: Vec<&Value> =
        all.iter().filter(|body| chair.get(&at(body, COMMENDATIONS, ""), 200)["state"] == "PROPOSED").collect();
    assert_eq!(chair.post(&at(rest[0], COMMENDATIONS, "/refusal"), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(officer.post(&at(rest[1], COMMENDATIONS, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    assert_eq!(app.database.number("SELECT taken FROM commendation_quota"), 4);
    assert!(app.database.refuses("UPDATE commendation_quota SET taken = 5").contains("commendation_quota_kept"));
    audit(&app);
    app.database.execute("UPDATE commendation_quota SET taken = 1");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(!report.clean && report.text().contains("commendation"), "{}", report.text());
}

#[test]
fn a_name_is_public_while_its_bearer_agrees_and_is_of_age() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let lan = person(&officer, "23095", "Nguyễn Thị Lan Xqz");
    let body = awarded(&app, &officer, &lan);
    let team = proposal(json!({}));
    officer.post(COMMENDATIONS, team.clone(), 201);
    app.chair_of("23095").post(&at(&team, COMMENDATIONS, "/approval"), Value::Null, 200);
    let public = || app.anonymous().get("/api/v1/public/commendations?chapter=68", 200)["items"].clone();
    let of_person = |rows: Value| rows.as_array().unwrap().iter().find(|row| row["is_person"] == true).unwrap().clone();
    assert_eq!(of_person(public()).get("name"), None);
    assert!(public().as_array().unwrap().iter().any(|row| row["name"] == "Đội thanh niên tình nguyện"));
    let name = at(&body, COMMENDATIONS, "/name");
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    assert_eq!(errors(&officer.post(&name, with(agreed.clone(), json!({"text_version": 9})), 422))[0].1, "NOT_A_CHOICE");
    officer.post(&name, with(agreed.clone(), json!({"given_on": day(&app, 1)})), 422);
    let agreed = with(agreed, json!({"id": Uuid::now_v7()}));
    assert_eq!(officer.post(&name, agreed.clone(), 201)["name_shown"], true);
    officer.post(&name, agreed, 200);
    assert_eq!(of_person(public())["name"], "Nguyễn Thị Lan Xqz");
    assert_eq!(officer.post(&format!("{name}/withdrawal"), Value::Null, 200)["name_shown"], false);
    assert_eq!(of_person(public()).get("name"), None);
    // A pupil is commended, and not named; a collective needs no consent.
    let pupil = json!({"id": Uuid::new_v4(), "chapter": "23095", "name": "Lê Bé Xqz", "birth": "2014-05-01"});
    officer.post("/api/v1/persons", pupil.clone(), 201);
    let child = awarded(&app, &officer, &pupil["id"]);
    let agree = || json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    officer.post(&at(&child, COMMENDATIONS, "/name"), agree(), 409);
    officer.post(&at(&team, COMMENDATIONS, "/name"), agree(), 409);
    assert!(!public().to_string().contains("Xqz"));
}

#[test]
fn what_is_wrong_with_a_proposal_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let said = |body: Value| -> Vec<(String, String)> { errors(&officer.post(COMMENDATIONS, body, 422)) };
    let wrong = proposal(
        json!({"id": Uuid::now_v7(), "year": 1999, "collective": " ", "citation": "", "decision_no": "", "document": "x"}),
    );
    let codes: Vec<String> = said(wrong).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(codes, ["/citation", "/collective", "/decision_no", "/document", "/id", "/year"]);
    assert_eq!(said(proposal(json!({"collective": null})))[0].1, "ONE_OF_TWO");
    assert_eq!(said(proposal(json!({"person": Uuid::new_v4()})))[0].1, "ONE_OF_TWO");
    assert_eq!(said(proposal(json!({"form": "NOBEL_PRIZE"})))[0].1, "NOT_A_CHOICE");
    assert_eq!(said(proposal(json!({"form": "COMMEMORATIVE_MEDAL"})))[0].1, "NOT_AT_THIS_LEVEL");
    assert_eq!(said(proposal(json!({"awarded_by": "01"})))[0].1, "NO_SUCH_CHAPTER");
    assert_eq!(said(proposal(json!({"document": crate::successions::SHA})))[0].1, "NO_SUCH_DOCUMENT");
    let nobody = proposal(json!({"collective": null, "person": Uuid::new_v4()}));
    assert_eq!(errors(&officer.post(COMMENDATIONS, nobody, 404))[0].1, "NO_SUCH_PERSON");
    app.accountant_of("23095").post(COMMENDATIONS, proposal(json!({})), 403);
    app.officer_of("23059").post(COMMENDATIONS, proposal(json!({})), 404);
    assert_eq!(app.database.number("SELECT count(*) FROM commendation"), 0);
    assert_eq!(officer.get("/api/v1/commendation-forms", 200).as_array().unwrap().len(), 5);
}

#[test]
fn a_model_of_good_practice_is_found_by_its_words_once_it_is_published() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = model(json!({}));
    let made = officer.post(MODELS, body.clone(), 201);
    assert_eq!(officer.post(MODELS, body.clone(), 200), made);
    let found = |query: &str| {
        app.anonymous().get(&format!("/api/v1/public/practice-models?{query}"), 200)["items"].as_array().unwrap().len()
    };
    assert_eq!(found("q=so%20cap%20cuu"), 0, "a draft is nobody's");
    let public = at(&body, "/api/v1/public/practice-models", "");
    app.anonymous().get(&public, 404);
    assert_eq!(officer.post(&at(&body, MODELS, "/publication"), Value::Null, 200)["state"], "PUBLISHED");
    officer.post(&at(&body, MODELS, "/publication"), Value::Null, 200);
    assert_eq!(
        (found("q=so%20cap%20cuu"), found("q=T%C3%9AI%20l%E1%BB%9Bp"), found("q=xe%20dap"), found("area=HEALTH_CARE")),
        (1, 1, 0, 0)
    );
    assert_eq!(app.anonymous().get(&public, 200)["title"], "Góc sơ cấp cứu trong trường học");
    officer.post(&at(&body, MODELS, "/withdrawal"), Value::Null, 200);
    officer.post(&at(&body, MODELS, "/withdrawal"), Value::Null, 200);
    officer.post(&at(&body, MODELS, "/publication"), Value::Null, 409);
    assert_eq!(found("q=so%20cap%20cuu"), 0);
    app.anonymous().get(&public, 404);
    let said = errors(&officer.post(MODELS, model(json!({"area": "X", "movement": "Y_Y_Y"})), 422));
    assert_eq!(said.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/area", "/movement"]);
    app.officer_of("23059").get(&at(&body, MODELS, ""), 404);
    app.accountant_of("23095").post(&at(&body, MODELS, "/publication"), Value::Null, 403);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let waiting = |name: &str| {
        let body = proposal(json!({"collective": name}));
        officer.post(COMMENDATIONS, body.clone(), 201);
        body
    };
    let (one, two, three) = (waiting("Đội Một"), waiting("Đội Hai"), waiting("Đội Ba"));
    let (lan, huong) = (person(&officer, "23095", "Người Được Khen"), person(&officer, "23095", "Người Cũng Được Khen"));
    let (unnamed, shown) = (awarded(app, &officer, &lan), awarded(app, &officer, &huong));
    named(app, &officer, &shown);
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    let draft = model(json!({}));
    let old = model(json!({"title": "Mô hình cũ"}));
    for body in [&draft, &old] {
        officer.post(MODELS, body.clone(), 201);
    }
    let public = model(json!({"id": SHOWN}));
    officer.post(MODELS, public.clone(), 201);
    officer.post(&at(&public, MODELS, "/publication"), Value::Null, 200);
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/commendation-forms", "/api/v1/commendation-forms".to_owned(), None, 200, 200, 200),
        call("POST /api/v1/commendation-quotas", QUOTAS.to_owned(), Some(quota("23095", 500)), 404, 403, 201),
        call("GET /api/v1/commendation-quotas", format!("{QUOTAS}?chapter=23095"), None, 404, 200, 200),
        call(
            "POST /api/v1/commendations",
            COMMENDATIONS.to_owned(),
            Some(proposal(json!({"collective": "Đội Mới"}))),
            404,
            403,
            201,
        ),
        call("GET /api/v1/commendations", format!("{COMMENDATIONS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/commendations/{id}", at(&one, COMMENDATIONS, ""), None, 404, 200, 200),
        call("POST /api/v1/commendations/{id}/approval", at(&one, COMMENDATIONS, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/commendations/{id}/refusal", at(&two, COMMENDATIONS, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/commendations/{id}/withdrawal", at(&three, COMMENDATIONS, "/withdrawal"), nothing(), 404, 403, 200),
        call("POST /api/v1/commendations/{id}/name", at(&unnamed, COMMENDATIONS, "/name"), Some(agreed), 404, 403, 201),
        call(
            "POST /api/v1/commendations/{id}/name/withdrawal",
            at(&shown, COMMENDATIONS, "/name/withdrawal"),
            nothing(),
            404,
            403,
            200,
        ),
        call("POST /api/v1/practice-models", MODELS.to_owned(), Some(model(json!({}))), 404, 403, 201),
        call("GET /api/v1/practice-models", format!("{MODELS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/practice-models/{id}", at(&draft, MODELS, ""), None, 404, 200, 200),
        call("POST /api/v1/practice-models/{id}/publication", at(&draft, MODELS, "/publication"), nothing(), 404, 403, 200),
        call("POST /api/v1/practice-models/{id}/withdrawal", at(&old, MODELS, "/withdrawal"), nothing(), 404, 403, 200),
    ]
}

/// Fifty of everything that is listed.
pub fn fill(app: &TestApp) {
    let officer = app.officer_of("23095");
    for n in 0..52 {
        officer.post(COMMENDATIONS, proposal(json!({"collective": format!("Đội {n}")})), 201);
        let body = model(json!({"title": format!("Mô hình {n}")}));
        officer.post(MODELS, body.clone(), 201);
        officer.post(&at(&body, MODELS, "/publication"), Value::Null, 200);
    }
    app.database.execute(
        "INSERT INTO commendation_quota (id, chapter_id, form, year, taken)
         SELECT gen_random_uuid(), c.id, 'LETTER_OF_PRAISE', 2000 + n, 0 FROM chapter c, generate_series(1, 52) n WHERE c.code = '23095';
         INSERT INTO commendation (id, chapter_id, awarded_at_id, form, year, collective, state, decision_no, proposed_by, proposed_at, decided_by, decided_at)
         SELECT gen_random_uuid(), c.id, c.id, 'LETTER_OF_PRAISE', 2000 + n, 'Đội', 'AWARDED', '1', a.id, '2026-11-22T03:00:00Z', a.id, '2026-11-22T03:00:00Z'
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095'",
    );
}

/// Something that everybody may see, and somebody who did not agree to be named.
pub fn some(app: &TestApp, name: &str) {
    let officer = app.officer_of("23095");
    awarded(app, &officer, &person(&officer, "23095", name));
    let public = model(json!({"id": SHOWN}));
    officer.post(MODELS, public.clone(), 201);
    officer.post(&at(&public, MODELS, "/publication"), Value::Null, 200);
}
