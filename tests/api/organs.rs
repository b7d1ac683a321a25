//! Who would give organs, tissue or their body: written down at the province, handed to the centre, withdrawn at any time; who sees what.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::family_links::{clean, merge, wrong};
use crate::harness::{Caller, TestApp};

pub const ORGANS: &str = "/api/v1/organ-registrations";

fn at(id: &str, rest: &str) -> String {
    format!("{ORGANS}/{id}{rest}")
}

pub fn keeper<'a>(app: &'a TestApp, chapter: &str) -> Caller<'a> {
    app.staff(Role::OrganOfficer, chapter)
}

/// A registration at Lâm Đồng as a client sends it; `change` adds, overrides or, with `null`, takes away.
fn registration(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "chapter": "68", "name": "Đinh Thị Zqlan", "phone": "0912345678", "birth": "1976",
        "gives": ["TISSUE", "ORGANS"], "consent": {"text_version": 1, "given_on": app.today()}});
    merge(&mut body, &change);
    body
}

/// Writes somebody down; the id.
fn record(app: &TestApp, officer: &Caller<'_>, change: Value) -> String {
    officer.post(ORGANS, registration(app, change), 201)["id"].as_str().unwrap().to_owned()
}

/// Somebody of this name and number at Hàm Liêm, as if it were a province.
pub fn asked_by(app: &TestApp, name: &str, phone: &str) -> String {
    record(app, &keeper(app, "23095"), json!({"chapter": "23095", "name": name, "phone": phone}))
}

/// So many of Hàm Liêm, as if it were a province.
pub fn fill(app: &TestApp, most: usize) {
    let officer = keeper(app, "23095");
    for n in 0..most {
        record(app, &officer, json!({"chapter": "23095", "phone": format!("0912{n:06}")}));
    }
}

fn step_of(app: &TestApp, kind: &str, card: Option<&str>) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "kind": kind, "on": app.today()});
    if let Some(card) = card {
        body["card"] = json!(card);
    }
    body
}

fn step(app: &TestApp, officer: &Caller<'_>, id: &str, kind: &str, status: u16) -> Value {
    let card = (kind == "CARD_ISSUED").then_some("TNHM-000123");
    officer.post(&at(id, "/steps"), step_of(app, kind, card), status)
}

/// The room's operations, for the table of who gets what: as if Hàm Liêm were a province.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = keeper(app, "23095");
    let ids: Vec<String> = (0..2).map(|_| record(app, &officer, json!({"chapter": "23095"}))).collect();
    let new = registration(app, json!({"chapter": "23095"}));
    vec![
        call("POST /api/v1/organ-registrations", ORGANS.to_owned(), Some(new), 404, 403, 201),
        call("GET /api/v1/organ-registrations", format!("{ORGANS}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/organ-registrations/counts", format!("{ORGANS}/counts?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/organ-registrations/texts", format!("{ORGANS}/texts"), None, 200, 200, 200),
        call("GET /api/v1/organ-registrations/{id}", at(&ids[0], ""), None, 404, 403, 200),
        call("PATCH /api/v1/organ-registrations/{id}", at(&ids[0], ""), Some(json!({"gives": ["BODY"]})), 404, 403, 200),
        call("GET /api/v1/organ-registrations/{id}/copy", at(&ids[0], "/copy"), None, 404, 403, 200),
        call(
            "POST /api/v1/organ-registrations/{id}/steps",
            at(&ids[1], "/steps"),
            Some(step_of(app, "HANDED_OVER", None)),
            404,
            403,
            201,
        ),
    ]
}

/// The examples of the document, as they stand.
pub fn examples(story: &mut crate::examples::Story, app: &TestApp) {
    let officer = keeper(app, "68");
    let made = story.post(&officer, "/organ-registrations", "record_organ_registration", "tissue_and_organs", 201);
    let path = format!("/organ-registrations/{}", made["id"].as_str().unwrap());
    let body = story.body("change_organ_registration", "number", Value::Null);
    officer.patch(&format!("/api/v1{path}"), body, 200);
    for name in ["handed_over", "card", "withdrawn", "centre_told"] {
        story.post(&officer, &format!("{path}/steps"), "enter_organ_step", name, 201);
    }
    let drive = crate::pre_check::drive_on(app, "2027-06-14");
    let checked = story.post(&app.anonymous(), &format!("/public/drives/{drive}/pre-check"), "assess_pre_check", "tattoo", 200);
    assert_eq!(checked["verdict"], "COME_LATER");
}

/// How often a text stands in one of the room's tables.
fn kept(app: &TestApp, sql: &str) -> i64 {
    app.database.number(&format!("SELECT count(*) FROM organ_registration WHERE {sql}"))
}

#[test]
fn somebody_is_handed_over_gets_a_card_and_withdraws() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let body = registration(&app, json!({}));
    let id = body["id"].as_str().unwrap().to_owned();
    let made = officer.post(ORGANS, body.clone(), 201);
    assert_eq!((&made["state"], &made["gives"]), (&json!("INTERESTED"), &json!(["ORGANS", "TISSUE"])));
    assert_eq!(officer.post(ORGANS, body.clone(), 200)["id"], made["id"], "sent twice it is one");
    let mut other = body;
    other["name"] = json!("Đinh Thị Khác");
    officer.post(ORGANS, other, 422);

    let handed = step_of(&app, "HANDED_OVER", None);
    assert_eq!(officer.post(&at(&id, "/steps"), handed.clone(), 201)["state"], "HANDED_OVER");
    assert_eq!(officer.post(&at(&id, "/steps"), handed.clone(), 200)["steps"].as_array().unwrap().len(), 1, "once");
    let mut another = handed;
    another["kind"] = json!("WITHDRAWN");
    officer.post(&at(&id, "/steps"), another, 422);
    step(&app, &officer, &id, "HANDED_OVER", 409);
    let with_card = step(&app, &officer, &id, "CARD_ISSUED", 201);
    assert_eq!((&with_card["state"], &with_card["card"]), (&json!("CARD_ISSUED"), &json!("TNHM-000123")));

    let withdrawn = step(&app, &officer, &id, "WITHDRAWN", 201);
    assert_eq!(
        (&withdrawn["state"], &withdrawn["name"]),
        (&json!("WITHDRAWN"), &json!("Đinh Thị Zqlan")),
        "until the centre is told"
    );
    step(&app, &officer, &id, "CARD_ISSUED", 409);
    let told = step_of(&app, "CENTRE_TOLD", None);
    let ended = officer.post(&at(&id, "/steps"), told.clone(), 201);
    assert_eq!(
        (&ended["state"], &ended["name"], &ended["card"], &ended["gives"]),
        (&json!("ENDED"), &Value::Null, &Value::Null, &json!([]))
    );
    officer.post(&at(&id, "/steps"), told, 200);
    assert_eq!(ended["steps"].as_array().unwrap().len(), 4);
    assert_eq!(kept(&app, &format!("id = '{id}' AND (person IS NOT NULL OR card IS NOT NULL OR words <> '{{}}')")), 0);
    officer.get(&at(&id, "/copy"), 409);
    let tag = officer.send("GET", &at(&id, ""), None).header("etag").unwrap().to_owned();
    officer.with("if-match", &tag).patch(&at(&id, ""), json!({"name": "Ai Đó"}), 409);
    clean(&app);
}

#[test]
fn whom_the_centre_does_not_know_is_forgotten_at_once() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let id = record(&app, &officer, json!({}));
    let ended = step(&app, &officer, &id, "WITHDRAWN", 201);
    assert_eq!((&ended["state"], &ended["name"]), (&json!("ENDED"), &Value::Null));
    step(&app, &officer, &id, "CENTRE_TOLD", 409);
    // The same request again is another one: nothing is left to know it by.
    officer.post(ORGANS, registration(&app, json!({"id": id})), 422);
    clean(&app);
}

#[test]
fn nobody_but_the_officer_of_the_province_sees_it_and_each_reading_is_noted() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let id = record(&app, &officer, json!({"name": "Đinh Thị Zqkín"}));
    for other in [
        app.staff(Role::ProvincialAdministrator, "68"),
        app.chair_of("68"),
        app.officer_of("68"),
        app.staff(Role::Inspector, "TW"),
        app.staff(Role::CentralAdministrator, "TW"),
        app.staff(Role::BloodOfficer, "68"),
    ] {
        let refused = [
            other.get(&at(&id, ""), 403),
            other.get(&at(&id, "/copy"), 403),
            other.get(&format!("{ORGANS}?chapter=68"), 403),
            other.post(&at(&id, "/steps"), step_of(&app, "WITHDRAWN", None), 403),
            other.post(ORGANS, registration(&app, json!({})), 403),
        ];
        assert!(refused.iter().all(|answer| !answer.to_string().contains("Zqkín")));
    }
    for stranger in [keeper(&app, "01"), app.officer_of("23095")] {
        let seen = stranger.send("GET", &at(&id, ""), None).status;
        assert!([403, 404].contains(&seen), "{seen}");
    }
    keeper(&app, "01").get(&at(&id, ""), 404);
    let counts = app.staff(Role::Inspector, "TW").get(&format!("{ORGANS}/counts?chapter=TW"), 200);
    assert!(
        counts["counts"][0]["registrations"].as_i64().unwrap() >= 1 && counts["counts"][0]["state"] == "INTERESTED",
        "{counts}"
    );

    let noted = |action: &str| {
        app.database.number(&format!("SELECT count(*) FROM audit_event WHERE action = '{action}' AND subject = '{id}'"))
    };
    assert!(noted("PERSON_READ_REFUSED") >= 12, "{}", noted("PERSON_READ_REFUSED"));
    officer.get(&at(&id, ""), 200);
    officer.get(&at(&id, "/copy"), 200);
    assert_eq!((noted("ORGAN_READ"), noted("ORGAN_COPIED"), noted("ORGAN_RECORDED")), (1, 1, 1));
    let listed = || app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ORGANS_LISTED'");
    let before = listed();
    officer.get(&format!("{ORGANS}?chapter=68&state=INTERESTED"), 200);
    assert_eq!(listed(), before + 1);
}

#[test]
fn the_role_exists_at_provinces_alone() {
    let app = TestApp::start();
    let admin = app.staff(Role::CentralAdministrator, "TW");
    let to = app.account(Role::Officer, "68").id;
    let give = |chapter: &str| {
        json!({"id": Uuid::now_v7(), "account": to, "role": "ORGAN_OFFICER", "chapter": chapter, "decision_no": "12/QĐ-TƯ",
            "valid_from": app.today()})
    };
    admin.post("/api/v1/role-assignments", give("23095"), 422);
    admin.post("/api/v1/role-assignments", give("TW"), 422);
    admin.post("/api/v1/role-assignments", give("68"), 201);
}

#[test]
fn somebody_is_found_by_name_and_number_and_corrected() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let id = record(&app, &officer, json!({"name": "Hồ Văn Zqthái", "phone": "0987 111 222"}));
    record(&app, &officer, json!({"name": "Hồ Văn Zqkhác", "phone": "0987111333"}));
    for q in ["zqthai", "Zqthái", "1222", "ho zqthai 111222"] {
        let found = officer.get(&format!("{ORGANS}?chapter=68&q={}", q.replace(' ', "%20").replace('á', "%C3%A1")), 200);
        let names: Vec<&str> = found["items"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
        assert_eq!(names, ["Hồ Văn Zqthái"], "{q}");
    }
    officer.get(&format!("{ORGANS}?chapter=68&q=zqthai&state=INTERESTED"), 422);

    let read = officer.send("GET", &at(&id, ""), None);
    let tag = read.header("etag").unwrap().to_owned();
    let change = json!({"name": "Hồ Văn Zqthoại", "birth": "1958-03-08"});
    officer.with("if-match", "\"9\"").patch(&at(&id, ""), change.clone(), 409);
    let changed = officer.with("if-match", &tag).patch(&at(&id, ""), change, 200);
    assert_eq!(
        (&changed["name"], &changed["birth"], &changed["phone"]),
        (&json!("Hồ Văn Zqthoại"), &json!("1958-03-08"), &json!("0987111222"))
    );
    assert_eq!(officer.get(&format!("{ORGANS}?chapter=68&q=zqthoai"), 200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(officer.get(&format!("{ORGANS}?chapter=68&q=zqthai"), 200)["items"], json!([]));

    let copy = officer.get(&at(&id, "/copy"), 200);
    assert_eq!(copy["registration"]["name"], "Hồ Văn Zqthoại");
    assert!(copy["agreed"]["vi"].as_str().unwrap().contains("rút lại bất cứ lúc nào"), "{copy}");
    assert!(copy["period"]["en"].as_str().unwrap().contains("withdraw"), "{copy}");
}

#[test]
fn what_is_wrong_is_named() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let refused = |change: Value| officer.post(ORGANS, registration(&app, change), 422);
    for (change, pointer, code) in [
        (json!({"id": Uuid::now_v7()}), "/id", "NOT_RANDOM"),
        (json!({"phone": "12"}), "/phone", "NOT_A_PHONE"),
        (json!({"birth": "1976-02-30"}), "/birth", "NOT_A_BIRTH"),
        (json!({"birth": "2010"}), "/birth", "OUT_OF_RANGE"),
        (json!({"gives": []}), "/gives", "EMPTY"),
        (json!({"gives": ["BODY", "BODY"]}), "/gives", "TWICE"),
        (json!({"gives": ["BLOOD"]}), "/gives/0", "NOT_A_CHOICE"),
        (json!({"consent": {"text_version": 9}}), "/consent/text_version", "NOT_A_CHOICE"),
        (json!({"consent": {"given_on": "2099-01-01"}}), "/consent/given_on", "IN_THE_FUTURE"),
        (json!({"religion": "x"}), "/religion", "UNKNOWN_FIELD"),
    ] {
        let problem = refused(change.clone());
        assert_eq!(wrong(&problem), [(pointer, code)], "{change}: {problem}");
    }
    officer.post(ORGANS, registration(&app, json!({"chapter": "no-such"})), 404);
    let id = record(&app, &officer, json!({}));
    for (body, pointer, code) in [
        (step_of(&app, "CARD_ISSUED", None), "/card", "MISSING"),
        (step_of(&app, "HANDED_OVER", Some("1")), "/card", "NOT_FOR_THIS"),
        (json!({"id": Uuid::new_v4(), "kind": "HANDED_OVER", "on": "2099-01-01"}), "/on", "IN_THE_FUTURE"),
        (json!({"id": Uuid::new_v4(), "kind": "HANDED_OVER", "on": "2020-01-01"}), "/on", "BEFORE_THE_LAST"),
    ] {
        let problem = officer.post(&at(&id, "/steps"), body, 422);
        assert_eq!(wrong(&problem), [(pointer, code)], "{problem}");
    }
}

/// Two at once: one of them is done, and the other is told how it stands.
#[test]
fn a_withdrawal_and_a_card_at_once() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let id = record(&app, &officer, json!({}));
    step(&app, &officer, &id, "HANDED_OVER", 201);
    let (path, withdrawal) = (at(&id, "/steps"), step_of(&app, "WITHDRAWN", None));
    let card = step_of(&app, "CARD_ISSUED", Some("TNHM-9"));
    let send = |body: &Value| officer.send("POST", &path, Some(body.to_string().into_bytes())).status;
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let one = scope.spawn(|| send(&withdrawal));
        let other = scope.spawn(|| send(&card));
        vec![one.join().unwrap(), other.join().unwrap()]
    });
    // First the card and then the withdrawal, or the withdrawal alone.
    assert!(answers == [201, 201] || answers == [201, 409], "{answers:?}");
    assert_eq!(officer.get(&at(&id, ""), 200)["state"], "WITHDRAWN");
    clean(&app);
}

/// What is said of somebody is nowhere in clear.
#[test]
fn it_is_sealed() {
    let app = TestApp::start();
    let officer = keeper(&app, "68");
    let id = record(&app, &officer, json!({"name": "Đinh Thị Zqniêm", "phone": "0987654321"}));
    step(&app, &officer, &id, "HANDED_OVER", 201);
    step(&app, &officer, &id, "CARD_ISSUED", 201);
    for text in ["Zqniêm", "0987654321", "TNHM-000123"] {
        let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let row = app.database.text(&format!("SELECT r::text FROM organ_registration r WHERE id = '{id}'"));
        assert!(!row.contains(text) && !row.contains(&hex), "{text}");
    }
}
