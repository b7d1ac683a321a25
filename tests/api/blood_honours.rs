//! Honours for giving blood: thresholds, lists proposed once and decided by others, what becomes of them when donations are corrected or
//! donors are erased, names by consent, families.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::committees::audit;
use crate::coverage::{Call, call};
use crate::donors::entered;
use crate::examples::Story;
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::personal::{REQUESTS, ask, nowhere, path};

pub const HONOURS: &str = "/api/v1/blood-honours";
const THRESHOLDS: &str = "/api/v1/blood-honour-thresholds";
const FAMILIES: &str = "/api/v1/blood-families";
const PUBLIC: &str = "/api/v1/public/blood-honours";
/// National thresholds: a person's first donation, and their twentieth; a family's fifth.
const FIRST: &str = "b100d000-0000-4000-8000-000000000001";
const TWENTY: &str = "b100d000-0000-4000-8000-000000000020";
const FAMILY_FIVE: &str = "b100d000-0000-4000-8000-000000000105";

fn list(app: &TestApp, threshold: &str) -> Value {
    json!({"id": Uuid::new_v4(), "chapter": "23095", "threshold": threshold, "until": app.today(), "decision_no": "12/TTr-HCTĐ"})
}

fn at(body: &Value, rest: &str) -> String {
    format!("{HONOURS}/{}{rest}", body["id"].as_str().unwrap())
}

/// A donor of Hàm Liêm who gave so often, as the centre's lists show.
pub fn gave(app: &TestApp, officer: &Caller<'_>, name: &str, times: i32) -> String {
    let person = json!({"id": Uuid::new_v4(), "chapter": "23095", "name": name, "birth": "1980-03-02"});
    let person = officer.post("/api/v1/persons", person, 201)["id"].clone();
    let donor = entered(officer, json!({"person": person}));
    gives(app, &donor, times);
    donor
}

/// So many donations of a donor, three months apart.
fn gives(app: &TestApp, donor: &str, times: i32) {
    app.database.execute(&format!(
        "INSERT INTO donation (id, chapter_id, donor_id, day, component, volume_ml, proof, stands, request_hash, recorded_by, recorded_at)
         SELECT gen_random_uuid(), d.chapter_id, d.id, date '2026-11-01' - n * 90, 'WHOLE_BLOOD', 350, 'CENTRE', true, '\\x00', d.recorded_by, d.recorded_at
         FROM donor d, generate_series(1, {times}) n WHERE d.id = '{donor}'"
    ));
    counted(app, donor);
}

/// One more, and what shows it.
fn gives_again(app: &TestApp, donor: &str, proof: &str) {
    app.database.execute(&format!(
        "INSERT INTO donation (id, chapter_id, donor_id, day, component, volume_ml, proof, stands, request_hash, recorded_by, recorded_at)
         SELECT gen_random_uuid(), d.chapter_id, d.id, '2026-11-22', 'WHOLE_BLOOD', 350, '{proof}', true, '\\x00', d.recorded_by, d.recorded_at
         FROM donor d WHERE d.id = '{donor}'"
    ));
    counted(app, donor);
}

/// One donation of a donor is found to be somebody else's.
fn corrected(app: &TestApp, donor: &str) {
    app.database.execute(&format!(
        "UPDATE donation SET stands = false WHERE id = (SELECT id FROM donation WHERE donor_id = '{donor}' AND stands ORDER BY day LIMIT 1)"
    ));
    counted(app, donor);
}

/// What the room of donors says of a history.
fn counted(app: &TestApp, donor: &str) {
    app.database.execute(&format!(
        "UPDATE donor SET donations = g.n, last_component = g.component, last_on = g.day
         FROM (SELECT count(*) AS n, (array_agg(component ORDER BY day DESC))[1] AS component, max(day) AS day
               FROM donation WHERE donor_id = '{donor}' AND stands) g WHERE id = '{donor}'"
    ));
}

/// A list for a threshold that Hàm Liêm decides itself, awarded.
pub fn awarded(app: &TestApp, officer: &Caller<'_>) -> Value {
    let (chair, body) = (app.chair_of("23095"), list(app, FIRST));
    officer.post(HONOURS, body.clone(), 201);
    chair.post(&at(&body, "/approval"), Value::Null, 200);
    body
}

fn honoured(officer: &Caller<'_>, body: &Value) -> Vec<Value> {
    all(officer, &at(body, "/honours"), 50)
}

/// A donor's own honour on a list.
fn own(officer: &Caller<'_>, body: &Value, donor: &str) -> String {
    let one = honoured(officer, body).into_iter().find(|one| one["donor"] == donor).unwrap();
    one["id"].as_str().unwrap().to_owned()
}

fn agreed(app: &TestApp) -> Value {
    json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()})
}

fn family(name: &str) -> Value {
    json!({"id": Uuid::new_v4(), "chapter": "23095", "name": name})
}

fn members(family: &Value) -> String {
    format!("{FAMILIES}/{}/members", family["id"].as_str().unwrap())
}

fn joins(officer: &Caller<'_>, family: &Value, donor: &str) -> Value {
    officer.post(&members(family), json!({"id": Uuid::new_v4(), "donor": donor}), 201)
}

/// Somebody who is this person was honoured, agreed to be named, and is counted in a family called after them.
pub fn with_person(app: &TestApp, officer: &Caller<'_>, person: &str, name: &str) {
    let known = app.database.text(&format!("SELECT coalesce(max(id::text), '') FROM donor WHERE person_id = '{person}'"));
    let donor = if known.is_empty() { entered(officer, json!({"person": person})) } else { known };
    gives(app, &donor, 2);
    let body = awarded(app, officer);
    let one = own(officer, &body, &donor);
    officer.post(&at(&body, &format!("/honours/{one}/name")), agreed(app), 201);
    let family = officer.post(FAMILIES, self::family(&format!("Gia đình {name}")), 201);
    joins(officer, &family, &donor);
}

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let donor = gave(app, &officer, "Nguyễn Thị Đầu", 1);
    let stands = awarded(app, &officer);
    let one = own(&officer, &stands, &donor);
    let mut lists = Vec::new();
    for n in 0..3 {
        gave(app, &officer, &format!("Trần Văn Sau{n}"), 1);
        let body = list(app, FIRST);
        officer.post(HONOURS, body.clone(), 201);
        lists.push(body);
    }
    gave(app, &officer, "Lê Văn Mới", 1);
    let made = officer.post(FAMILIES, family("Gia đình bà Đầu"), 201);
    let member = joins(&officer, &made, &donor);
    let other = entered(&officer, json!({"name": "Người Nhà"}));
    let leaves = format!("{}/{}/ending", members(&made), member["id"].as_str().unwrap());
    let rule = |times: i16| {
        json!({"id": Uuid::now_v7(), "chapter": "68", "of": "PERSON", "times": times, "vi": "Giấy khen", "en": "Letter of praise",
            "valid_from": "2026-01-01", "decision_no": "566/QĐ-UBND"})
    };
    let ends = app.chair_of("68").post(THRESHOLDS, rule(15), 201);
    let ending = format!("{THRESHOLDS}/{}/ending", ends["id"].as_str().unwrap());
    vec![
        call("GET /api/v1/blood-honour-thresholds", THRESHOLDS.to_owned(), None, 200, 200, 200),
        call("POST /api/v1/blood-honour-thresholds", THRESHOLDS.to_owned(), Some(rule(5)), 404, 403, 404),
        call("POST /api/v1/blood-honour-thresholds/{id}/ending", ending, Some(Value::Null), 404, 403, 404),
        call("GET /api/v1/blood-honours/file", format!("{HONOURS}/file?chapter=23095&form=CSV"), None, 404, 403, 200),
        call(
            "POST /api/v1/blood-honours/recount",
            format!("{HONOURS}/recount"),
            Some(json!({"chapter": "23095"})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/blood-honours", HONOURS.to_owned(), Some(list(app, FIRST)), 404, 403, 201),
        call("GET /api/v1/blood-honours", format!("{HONOURS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/blood-honours/{id}", at(&stands, ""), None, 404, 200, 200),
        call("GET /api/v1/blood-honours/{id}/honours", at(&stands, "/honours"), None, 404, 403, 200),
        call("POST /api/v1/blood-honours/{id}/approval", at(&lists[0], "/approval"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/blood-honours/{id}/refusal", at(&lists[1], "/refusal"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/blood-honours/{id}/withdrawal", at(&lists[2], "/withdrawal"), Some(Value::Null), 404, 403, 200),
        call(
            "POST /api/v1/blood-honours/{id}/honours/{honour}/name",
            at(&stands, &format!("/honours/{one}/name")),
            Some(agreed(app)),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/blood-honours/{id}/honours/{honour}/name/withdrawal",
            at(&stands, &format!("/honours/{one}/name/withdrawal")),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call("POST /api/v1/blood-families", FAMILIES.to_owned(), Some(family("Gia đình ông Sau")), 404, 403, 201),
        call("GET /api/v1/blood-families", format!("{FAMILIES}?chapter=23095"), None, 404, 403, 200),
        call(
            "POST /api/v1/blood-families/{id}/members",
            members(&made),
            Some(json!({"id": Uuid::new_v4(), "donor": other})),
            404,
            403,
            201,
        ),
        call("POST /api/v1/blood-families/{id}/members/{member}/ending", leaves, Some(Value::Null), 404, 403, 200),
    ]
}

/// Fifty lists, and families; one list with fifty on it, all named. The path of who is on it.
pub fn fill(app: &TestApp) -> String {
    let officer = app.officer_of("23095");
    for n in 0..52 {
        gave(app, &officer, &format!("Người Hiến {n}"), 1);
    }
    let many = awarded(app, &officer);
    for one in honoured(&officer, &many) {
        officer.post(&at(&many, &format!("/honours/{}/name", one["id"].as_str().unwrap())), agreed(app), 201);
    }
    for n in 0..51 {
        let donor = gave(app, &officer, &format!("Người Sau {n}"), 1);
        officer.post(HONOURS, list(app, FIRST), 201);
        let family = officer.post(FAMILIES, family(&format!("Gia đình {n}")), 201);
        joins(&officer, &family, &donor);
    }
    at(&many, "/honours")
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let (officer, chair, province) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("68"));
    let donor = gave(app, &officer, "Nguyễn Thị Được Tôn Vinh", 1);
    story.post(&province, "/blood-honour-thresholds", "enter_blood_honour_threshold", "five", 201);
    let body = story.post(&officer, "/blood-honours", "propose_blood_honours", "first", 201);
    chair.post(&at(&body, "/approval"), Value::Null, 200);
    let one = own(&officer, &body, &donor);
    let name = at(&body, &format!("/honours/{one}/name")).replace("/api/v1", "");
    story.post(&officer, &name, "show_blood_honour_name", "agreed", 201);
    story.post(&officer, "/blood-honours/recount", "recount_blood_honours", "commune", 200);
    let family = story.post(&officer, "/blood-families", "make_blood_family", "of_lan", 201);
    entered(&officer, json!({"id": "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7ab425", "name": "Lê Thị Cùng Nhà"}));
    let joins = story.body("enter_blood_family_member", "joins", Value::Null);
    officer.post(&members(&family), joins, 201);
}

#[test]
fn two_reach_twenty_and_are_proposed_once() {
    let app = TestApp::start();
    let (officer, chair, province) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("68"));
    let lan = gave(&app, &officer, "Nguyễn Thị Lanxqz", 20);
    let nam = gave(&app, &officer, "Trần Văn Namxqz", 23);
    // What somebody says counts for nothing.
    let few = gave(&app, &officer, "Lê Văn Ít", 19);
    gives_again(&app, &few, "SAID");
    let body = list(&app, TWENTY);
    let made = officer.post(HONOURS, body.clone(), 201);
    assert_eq!(
        (&made["proposed"], &made["awarded"], &made["awarded_by"], &made["state"]),
        (&json!(2), &json!(0), &json!("68"), &json!("PROPOSED"))
    );
    officer.post(HONOURS, body.clone(), 200);
    officer.post(HONOURS, list(&app, TWENTY), 409);
    let people = honoured(&officer, &body);
    assert!(people.iter().all(|one| [&lan, &nam].iter().any(|donor| one["donor"] == donor.as_str())), "{people:?}");
    // Another commune sees nothing of it; who decides sees whom, while it waits.
    app.officer_of("23059").get(&at(&body, ""), 404);
    officer.post(&at(&body, "/approval"), Value::Null, 403);
    assert_eq!(chair.post(&at(&body, "/approval"), Value::Null, 200)["state"], "PROPOSED");
    assert!(json!(honoured(&province, &body)).to_string().contains("Lanxqz"));
    let done = province.post(&at(&body, "/approval"), Value::Null, 200);
    assert_eq!((&done["state"], &done["awarded"]), (&json!("AWARDED"), &json!(2)));
    province.get(&at(&body, "/honours"), 403);
    let file = officer.get_text(&format!("{HONOURS}/file?chapter=23095&form=CSV"), 200);
    assert!(file.contains("Nguyễn Thị Lanxqz") && file.contains("12/TTr-HCTĐ") && file.contains("Đã tôn vinh"), "{file}");
    let lists = app.staff(Role::Inspector, "68").get_text(&format!("{HONOURS}?chapter=23095"), 200);
    assert!(!lists.contains("xqz"), "{lists}");
    // Nobody stands in public who did not agree.
    assert_eq!(app.anonymous().get(&format!("{PUBLIC}?chapter=68"), 200)["items"], json!([]));
    let name = |donor: &str| {
        let one = people.iter().find(|one| one["donor"] == donor).unwrap()["id"].as_str().unwrap();
        at(&body, &format!("/honours/{one}/name"))
    };
    officer.post(&name(&lan), json!({"id": Uuid::now_v7(), "text_version": 7, "given_on": app.today()}), 422);
    assert_eq!(officer.post(&name(&lan), agreed(&app), 201)["name_shown"], true);
    let shown = app.anonymous().get(&format!("{PUBLIC}?chapter=68"), 200);
    assert_eq!((&shown["items"][0]["name"], &shown["items"][0]["times"]), (&json!("Nguyễn Thị Lanxqz"), &json!(20)));
    assert!(!shown.to_string().contains("Namxqz"));
    officer.post(&format!("{}/withdrawal", name(&lan)), Value::Null, 200);
    assert_eq!(app.anonymous().get(PUBLIC, 200)["items"], json!([]));
    audit(&app);
}

/// The centre corrects a donation before the list is decided, and after it.
#[test]
fn what_is_corrected_withdraws_what_rested_on_it() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (before, after, stays) =
        (gave(&app, &officer, "Người Trước", 1), gave(&app, &officer, "Người Sau", 1), gave(&app, &officer, "Người Còn", 2));
    let body = list(&app, FIRST);
    officer.post(HONOURS, body.clone(), 201);
    corrected(&app, &before);
    let done = chair.post(&at(&body, "/approval"), Value::Null, 200);
    assert_eq!((&done["proposed"], &done["awarded"]), (&json!(3), &json!(2)));
    let people = honoured(&officer, &body);
    let of = |donor: &str| people.iter().find(|one| one["donor"] == donor).unwrap();
    assert_eq!((&of(&before)["state"], &of(&stays)["state"]), (&json!("WITHDRAWN"), &json!("AWARDED")));
    officer.post(&at(&body, &format!("/honours/{}/name", of(&after)["id"].as_str().unwrap())), agreed(&app), 201);
    corrected(&app, &after);
    corrected(&app, &stays);
    // Once a night, and when somebody asks for it.
    app.clock.advance(Duration::hours(24));
    app.database.wait_until("SELECT count(*) = 1 FROM blood_honour WHERE withdrawn_at IS NOT NULL");
    assert_eq!(app.anonymous().get(PUBLIC, 200)["items"], json!([]), "and the name goes");
    let officer = app.officer_of("23095");
    let counted = officer.post(&format!("{HONOURS}/recount"), json!({"chapter": "23095"}), 200);
    assert_eq!((&counted["counted"], &counted["withdrawn"]), (&json!(1), &json!(0)), "the third has one donation left");
    // Who reaches it again is proposed again.
    gives_again(&app, &after, "PAPER");
    assert_eq!(officer.post(HONOURS, list(&app, FIRST), 201)["proposed"], 1);
    audit(&app);
}

/// However many propose at one moment, whoever has reached a threshold is proposed once.
#[test]
fn a_threshold_that_is_reached_twice_at_once_is_proposed_once() {
    let app = TestApp::start();
    let (officer, _chair) = (app.officer_of("23095"), app.chair_of("23095"));
    for n in 0..5 {
        gave(&app, &officer, &format!("Người Hiến {n}"), 1);
    }
    let bodies: Vec<Value> = (0..6).map(|_| list(&app, FIRST)).collect();
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |body: &Value| officer.send("POST", HONOURS, Some(body.to_string().into_bytes())).status;
        let sent: Vec<_> = bodies.iter().map(|body| scope.spawn(move || send(body))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    assert_eq!(app.database.number("SELECT count(*) FROM blood_honour"), 5);
    assert_eq!(app.database.number("SELECT count(*) FROM decision WHERE state = 'ASKED'"), 1);
}

#[test]
fn an_erased_donor_stays_counted_without_a_name() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let lan = gave(&app, &officer, "Phạm Thị Quỳnhxqz", 1);
    let person = app.database.text(&format!("SELECT person_id::text FROM donor WHERE id = '{lan}'"));
    let body = awarded(&app, &officer);
    let one = honoured(&officer, &body)[0]["id"].as_str().unwrap().to_owned();
    officer.post(&at(&body, &format!("/honours/{one}/name")), agreed(&app), 201);
    let family = officer.post(FAMILIES, family("Gia đình Phạm Thị Quỳnhxqz"), 201);
    joins(&officer, &family, &lan);
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200).to_string();
    assert!(copy.contains("BLOOD_HONOUR") && copy.contains("BLOOD_FAMILY"), "{copy}");
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let request = ask(&app, "ERASE", json!({"party": party}));
    if officer.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
        chair.post(&path(&request, "/approval"), Value::Null, 200);
    }
    assert_eq!(app.anonymous().get(PUBLIC, 200)["items"], json!([]));
    let after = &honoured(&officer, &body)[0];
    assert_eq!((&after["state"], after.get("name")), (&json!("AWARDED"), None), "{after}");
    officer.post(&format!("{HONOURS}/recount"), json!({"chapter": "23095"}), 200);
    assert_eq!(officer.get(&at(&body, ""), 200)["awarded"], 1, "what was counted stays counted");
    let families = officer.get(&format!("{FAMILIES}?chapter=23095"), 200);
    assert_eq!((families["items"][0].get("name"), &families["items"][0]["members"]), (None, &json!([])));
    nowhere(&app, &["Quỳnhxqz"]);
    audit(&app);
}

#[test]
fn a_family_is_counted_together() {
    let app = TestApp::start();
    let (officer, chair, province) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("68"));
    let (one, other) = (gave(&app, &officer, "Lê Văn Cha", 2), gave(&app, &officer, "Lê Thị Con", 3));
    let made = officer.post(FAMILIES, family("Gia đình ông Cha"), 201);
    joins(&officer, &made, &one);
    officer.post(HONOURS, list(&app, FAMILY_FIVE), 409);
    let member = joins(&officer, &made, &other);
    let second = officer.post(FAMILIES, family("Gia đình bà Con"), 201);
    officer.post(&members(&second), json!({"id": Uuid::new_v4(), "donor": other}), 409);
    let body = list(&app, FAMILY_FIVE);
    assert_eq!(officer.post(HONOURS, body.clone(), 201)["awarded_by"], "68");
    let on_it = &honoured(&officer, &body)[0];
    assert_eq!((&on_it["name"], &on_it["times"], &on_it["family"]), (&json!("Gia đình ông Cha"), &json!(5), &made["id"]));
    officer.post(&format!("{}/{}/ending", members(&made), member["id"].as_str().unwrap()), Value::Null, 200);
    joins(&officer, &second, &other);
    // By the time it is decided they are too few.
    chair.post(&at(&body, "/approval"), Value::Null, 200);
    assert_eq!(province.post(&at(&body, "/approval"), Value::Null, 200)["awarded"], 0);
    let families = officer.get(&format!("{FAMILIES}?chapter=23095"), 200);
    let hers = families["items"].as_array().unwrap().iter().find(|one| one["id"] == second["id"]).unwrap();
    assert_eq!(hers["members"][0]["name"], "Lê Thị Con");
}

/// A province's own rule counts there, from its day on, until it ends; nowhere else.
#[test]
fn a_province_has_rules_of_its_own() {
    let app = TestApp::start();
    let (officer, province) = (app.officer_of("23095"), app.chair_of("68"));
    gave(&app, &officer, "Nguyễn Thị Năm", 5);
    let rule = json!({"id": Uuid::now_v7(), "chapter": "68", "of": "PERSON", "times": 5, "vi": "Giấy khen của tỉnh", "en": "Praise of the province",
        "valid_from": "2026-01-01", "decision_no": "566/QĐ-UBND"});
    let made = province.post(THRESHOLDS, rule.clone(), 201);
    province.post(THRESHOLDS, rule.clone(), 200);
    assert_eq!((&made["chapter"], &made["level"]), (&json!("68"), &json!("PROVINCE")));
    let twice = json!({"id": Uuid::now_v7()});
    let mut again = rule.clone();
    again["id"] = twice["id"].clone();
    province.post(THRESHOLDS, again.clone(), 409);
    again["chapter"] = json!("23095");
    app.chair_of("23095").post(THRESHOLDS, again, 422);
    officer.post(THRESHOLDS, rule, 404);
    let threshold = made["id"].as_str().unwrap();
    assert_eq!(officer.post(HONOURS, list(&app, threshold), 201)["proposed"], 1);
    let elsewhere =
        json!({"id": Uuid::new_v4(), "chapter": "01", "threshold": threshold, "until": app.today(), "decision_no": "1"});
    app.officer_of("01").post(HONOURS, elsewhere, 404);
    app.clock.advance(Duration::days(1));
    app.chair_of("68").post(&format!("{THRESHOLDS}/{threshold}/ending"), Value::Null, 200);
    gave(&app, &app.officer_of("23095"), "Trần Văn Sau", 6);
    app.officer_of("23095").post(HONOURS, list(&app, threshold), 404);
    app.chair_of("68").post(&format!("{THRESHOLDS}/{FIRST}/ending"), Value::Null, 409);
    let all = app.anonymous().get("/api/v1/public/consent-texts", 200).to_string();
    assert!(all.contains("SHOW_NAME_OF_DONOR"), "{all}");
}
