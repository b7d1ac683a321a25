//! Campaigns, movements and programmes: what they group, who may write them, and what everybody reads of them.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::day;
use crate::books::errors;
use crate::coverage::{Call, call};
use crate::drives;
use crate::harness::{Caller, TestApp};
use crate::kit::gift;

pub const CAMPAIGNS: &str = "/api/v1/campaigns";
pub const PROGRAMMES: &str = "/api/v1/programmes";
/// A campaign that everybody may see, where all operations are called.
pub const SHOWN: &str = "0199e0a1-7b1c-7c3e-9d52-6f0a3b8cca01";

fn with(mut body: Value, change: Value) -> Value {
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

/// A campaign of Lâm Đồng.
pub fn campaign(app: &TestApp, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "68", "movement": "TET_NHAN_AI", "title": "Tết Nhân ái Đinh Mùi",
        "about": "Quà Tết cho hộ nghèo", "starts_on": app.today(), "ends_on": day(app, 60)});
    with(body, change)
}

pub fn programme(app: &TestApp, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "68", "title": "Chương trình phối hợp 2026–2031", "purpose": "Công tác nhân đạo",
        "parties": ["Ủy ban MTTQ Việt Nam tỉnh Lâm Đồng"], "signed_on": app.today(), "valid_from": app.today(), "valid_until": day(app, 1_000),
        "tasks": [{"id": Uuid::now_v7(), "task": "Diễn tập", "due_on": day(app, 5)}]});
    with(body, change)
}

pub fn at(body: &Value, path: &str, rest: &str) -> String {
    format!("{path}/{}{rest}", body["id"].as_str().unwrap())
}

/// Begins and opens a campaign.
pub fn opened(by: &Caller<'_>, body: &Value) {
    by.post(CAMPAIGNS, body.clone(), 201);
    by.post(&at(body, CAMPAIGNS, "/opening"), Value::Null, 200);
}

#[test]
fn a_campaign_groups_appeals_and_adds_up_what_the_books_say() {
    let app = TestApp::start();
    for code in ["TETMOT", "TETHAI"] {
        app.open_appeal("68", code);
    }
    let province = app.chair_of("68");
    let body = campaign(&app, json!({"appeals": ["TETMOT"]}));
    let made = province.post(CAMPAIGNS, body.clone(), 201);
    assert_eq!((&made["state"], &made["appeals"], &made["version"]), (&json!("DRAFT"), &json!(["TETMOT"]), &json!(1)));
    assert_eq!(province.post(CAMPAIGNS, body.clone(), 200), made, "sent again it is the same");
    province.post(CAMPAIGNS, with(body.clone(), json!({"title": "Khác"})), 422);
    let public = at(&body, "/api/v1/public/campaigns", "");
    app.anonymous().get(&public, 404);
    province.post(&at(&body, CAMPAIGNS, "/closing"), Value::Null, 409);
    province.post(&at(&body, CAMPAIGNS, "/opening"), Value::Null, 200);
    province.post(&at(&body, CAMPAIGNS, "/opening"), Value::Null, 200);
    let officer = app.officer_of("23095");
    for (appeal, amount) in [("TETMOT", 300_000), ("TETHAI", 500_000), ("TETMOT", 200_000)] {
        gift(&app).of(amount).to(appeal).book(&officer);
    }
    let shown = app.anonymous().get(&public, 200);
    assert_eq!((&shown["received_vnd"], &shown["gift_count"]), (&json!(500_000), &json!(2)));
    // Somebody changes it who has read it; whoever read it before is told so.
    let path = at(&body, CAMPAIGNS, "");
    province.with("if-match", "\"1\"").patch(&path, json!({"appeals": ["TETMOT", "TETHAI"]}), 409);
    let both = province.with("if-match", "\"2\"").patch(&path, json!({"appeals": ["TETHAI", "TETMOT"], "title_en": "Tet"}), 200);
    assert_eq!((&both["appeals"], &both["version"]), (&json!(["TETHAI", "TETMOT"]), &json!(3)));
    assert_eq!(province.patch(&path, json!({"title_en": "Tet"}), 200)["version"], 3, "what changes nothing makes no version");
    let totals =
        |code: &str| app.anonymous().get(&format!("/api/v1/public/totals?appeal={code}"), 200)["received_vnd"].as_i64().unwrap();
    let shown = app.anonymous().get(&public, 200);
    assert_eq!(shown["received_vnd"], json!(totals("TETMOT") + totals("TETHAI")), "no second truth");
    let closed = province.post(&at(&body, CAMPAIGNS, "/closing"), Value::Null, 200);
    assert_eq!((&closed["state"], &closed["ends_on"]), (&json!("CLOSED"), &json!(app.today())));
    province.patch(&path, json!({"title": "Khác"}), 409);
    province.post(&at(&body, CAMPAIGNS, "/opening"), Value::Null, 409);
    let refused = app.database.refuses("UPDATE campaign SET state = 'OPEN', version = version + 1");
    assert!(refused.contains("campaign_goes_on"), "{refused}");
}

/// Blood drives are grouped as appeals are, and what a campaign groups belongs to the programme that the campaign is part of.
#[test]
fn a_campaign_groups_blood_drives_and_may_be_part_of_a_programme() {
    let app = TestApp::start();
    let (officer, province) = (app.officer_of("23095"), app.chair_of("68"));
    let (red, plan) = (drives::opened(&officer, json!({"title": "Chủ nhật đỏ"})), drives::planned(&officer, json!({})));
    let agreed = programme(&app, json!({}));
    province.post(PROGRAMMES, agreed.clone(), 201);
    let body = campaign(&app, json!({"drives": [red.replace('-', "").to_lowercase()], "programme": agreed["id"]}));
    let made = province.post(CAMPAIGNS, body.clone(), 201);
    assert_eq!((&made["drives"], &made["programme"]), (&json!([red]), &agreed["id"]));
    assert_eq!(province.post(CAMPAIGNS, body.clone(), 200), made);
    // One that is being planned, one that there is not, a neighbour's for a commune, and another province's programme.
    let path = at(&body, CAMPAIGNS, "");
    let wrong = province.patch(&path, json!({"drives": [plan, red, "68-HM-9999"], "programme": Uuid::now_v7()}), 422);
    let said = errors(&wrong);
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(said, [("/drives/1", "NO_SUCH_DRIVE"), ("/drives/2", "NO_SUCH_DRIVE"), ("/programme", "NOT_A_CHOICE")]);
    let beside = campaign(&app, json!({"chapter": "23059", "drives": [red]}));
    assert_eq!(errors(&app.chair_of("23059").post(CAMPAIGNS, beside, 422))[0].1, "NO_SUCH_DRIVE");
    assert_eq!(province.patch(&path, json!({"drives": [red]}), 200)["version"], 1, "what changes nothing makes no version");
    // Everybody reads how they stand; one that is called off stays, and so does the campaign.
    province.post(&format!("{path}/opening"), Value::Null, 200);
    let public = at(&body, "/api/v1/public/campaigns", "");
    let shown = app.anonymous().get(&public, 200);
    assert_eq!(shown["drives"], json!([{"code": red, "title": "Chủ nhật đỏ", "day": "2026-12-06", "state": "OPEN"}]));
    officer.post(&drives::at(&red, "/cancellation"), json!({"why": "WEATHER"}), 200);
    assert_eq!(app.anonymous().get(&public, 200)["drives"][0]["state"], "CANCELLED");
    assert_eq!(province.patch(&path, json!({"title": "Tết"}), 200)["drives"], json!([red]));
    let none = province.patch(&path, json!({"drives": [], "programme": null}), 200);
    assert_eq!((&none["drives"], none.get("programme")), (&json!([]), None));
}

#[test]
fn what_is_wrong_with_a_campaign_or_a_programme_is_said_at_once() {
    let app = TestApp::start();
    app.open_appeal("01", "HANOI");
    let province = app.chair_of("68");
    let wrong = campaign(&app, json!({"title": " ", "about": "", "starts_on": "1900-01-01", "ends_on": "1899-12-31"}));
    let said: Vec<String> = errors(&province.post(CAMPAIGNS, wrong, 422)).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(said, ["/about", "/ends_on", "/ends_on", "/starts_on", "/title"]);
    // Another province's appeal, one that there is not, and a movement that nobody knows.
    let wrong = campaign(&app, json!({"appeals": ["HANOI", "KHONG-CO"], "movement": "X_Y_Z"}));
    let said = errors(&province.post(CAMPAIGNS, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(said, [("/appeals/0", "NO_SUCH_APPEAL"), ("/appeals/1", "NO_SUCH_APPEAL"), ("/movement", "NOT_A_CHOICE")]);
    let wrong = programme(
        &app,
        json!({"parties": ["A", "A"], "signed_on": day(&app, 1), "valid_until": day(&app, -1), "document": "x", "tasks": [{"id": Uuid::nil(), "task": " ", "due_on": app.today()}]}),
    );
    let said = errors(&province.post(PROGRAMMES, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(
        said,
        [
            ("/document", "NOT_A_HASH"),
            ("/parties/1", "TWICE"),
            ("/signed_on", "IN_THE_FUTURE"),
            ("/tasks/0/id", "NOT_UNIQUE"),
            ("/tasks/0/task", "NOT_A_LINE"),
            ("/valid_until", "BEFORE_THE_START"),
        ]
    );
    let unknown = programme(&app, json!({"document": crate::successions::SHA}));
    assert_eq!(errors(&province.post(PROGRAMMES, unknown, 422))[0].1, "NO_SUCH_DOCUMENT");
    assert_eq!(app.database.number("SELECT count(*) FROM campaign"), 0);
}

#[test]
fn a_programme_has_tasks_that_are_done_once() {
    let app = TestApp::start();
    let province = app.staff(Role::ProvincialAdministrator, "68");
    let body = programme(&app, json!({}));
    let made = province.post(PROGRAMMES, body.clone(), 201);
    assert_eq!(province.post(PROGRAMMES, body.clone(), 200), made);
    assert_eq!(made["tasks"][0]["overdue"], false);
    let added = json!({"id": Uuid::now_v7(), "task": "Chăm lo Tết", "due_on": day(&app, -1)});
    let two = province.post(&at(&body, PROGRAMMES, "/tasks"), added.clone(), 201);
    province.post(&at(&body, PROGRAMMES, "/tasks"), added.clone(), 200);
    assert_eq!((&two["tasks"][0]["task"], &two["tasks"][0]["overdue"]), (&json!("Chăm lo Tết"), &json!(true)));
    let result = format!("{}/result", at(&body, PROGRAMMES, &format!("/tasks/{}", added["id"].as_str().unwrap())));
    let done = json!({"done_on": app.today(), "result": "300 suất quà"});
    let after = province.post(&result, done.clone(), 200);
    assert_eq!((&after["tasks"][0]["overdue"], &after["tasks"][0]["result"]), (&json!(false), &json!("300 suất quà")));
    province.post(&result, done, 200);
    province.post(&result, json!({"done_on": app.today(), "result": "400 suất quà"}), 409);
    province.post(&result, json!({"done_on": day(&app, 1), "result": "x"}), 422);
    let patched = province.with("if-match", "\"1\"").patch(&at(&body, PROGRAMMES, ""), json!({"result": "Tốt"}), 200);
    assert_eq!((&patched["result"], &patched["version"]), (&json!("Tốt"), &json!(2)));
    province.with("if-match", "\"1\"").patch(&at(&body, PROGRAMMES, ""), json!({"result": null}), 409);
    // Others neither see nor touch it.
    for other in [app.officer_of("23059"), app.chair_of("01")] {
        other.get(&at(&body, PROGRAMMES, ""), 404);
        other.post(&result, json!({"done_on": app.today(), "result": "x"}), 404);
    }
    app.accountant_of("68").patch(&at(&body, PROGRAMMES, ""), json!({"result": "x"}), 403);
}

#[test]
fn a_movement_has_one_edition_a_year_entered_by_the_centre() {
    let app = TestApp::start();
    let edition = json!({"id": Uuid::now_v7(), "year": 2027, "starts_on": "2027-01-20", "ends_on": "2027-02-04", "target": "1,6 triệu suất quà",
        "target_persons": 1_600_000, "source": "Kế hoạch 12/KH-TƯHCTĐ"});
    let path = "/api/v1/movements/TET_NHAN_AI/editions";
    for other in [app.chair_of("68"), app.officer_of("23095"), app.staff(Role::Inspector, "TW")] {
        other.post(path, edition.clone(), 403);
    }
    let centre = app.staff(Role::CentralAdministrator, "TW");
    centre.post("/api/v1/movements/KHONG_CO/editions", edition.clone(), 404);
    centre.post(path, edition.clone(), 201);
    centre.post(path, edition.clone(), 200);
    centre.post(path, with(edition.clone(), json!({"id": Uuid::now_v7()})), 409);
    let wrong = with(edition, json!({"id": Uuid::now_v7(), "year": 2025, "ends_on": "2027-01-01", "target_persons": 0}));
    let said: Vec<String> = errors(&centre.post(path, wrong, 422)).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(said, ["/ends_on", "/target_persons", "/year"]);
    let all = app.anonymous().get("/api/v1/public/movements", 200);
    assert_eq!(
        (&all[0]["code"], &all[0]["editions"][0]["year"], &all[0]["editions"][1]["year"]),
        (&json!("TET_NHAN_AI"), &json!(2027), &json!(2026))
    );
    assert_eq!(app.officer_of("23095").get("/api/v1/movements", 200), all);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let chair = app.chair_of("23095");
    let own = |title: &str| campaign(app, json!({"chapter": "23095", "title": title}));
    let (draft, open) = (own("Nháp"), with(own("Mở"), json!({"id": SHOWN})));
    chair.post(CAMPAIGNS, draft.clone(), 201);
    opened(&chair, &open);
    let agreed = programme(app, json!({"chapter": "23095"}));
    chair.post(PROGRAMMES, agreed.clone(), 201);
    let task = agreed["tasks"][0]["id"].as_str().unwrap();
    let edition = json!({"id": Uuid::now_v7(), "year": 2028, "starts_on": "2028-01-20", "ends_on": "2028-02-04", "source": "KH"});
    let patch = || Some(json!({"title": "Tên khác"}));
    vec![
        call("POST /api/v1/campaigns", CAMPAIGNS.to_owned(), Some(own("Mới")), 404, 403, 201),
        call("GET /api/v1/campaigns", format!("{CAMPAIGNS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/campaigns/{id}", at(&draft, CAMPAIGNS, ""), None, 404, 200, 200),
        call("PATCH /api/v1/campaigns/{id}", at(&draft, CAMPAIGNS, ""), patch(), 404, 403, 200),
        call("POST /api/v1/campaigns/{id}/opening", at(&draft, CAMPAIGNS, "/opening"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/campaigns/{id}/closing", at(&open, CAMPAIGNS, "/closing"), Some(Value::Null), 404, 403, 200),
        call("GET /api/v1/movements", "/api/v1/movements".to_owned(), None, 200, 200, 200),
        // The centre's own.
        call(
            "POST /api/v1/movements/{code}/editions",
            "/api/v1/movements/TET_NHAN_AI/editions".to_owned(),
            Some(edition),
            403,
            403,
            403,
        ),
        call("POST /api/v1/programmes", PROGRAMMES.to_owned(), Some(programme(app, json!({"chapter": "23095"}))), 404, 403, 201),
        call("GET /api/v1/programmes", format!("{PROGRAMMES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/programmes/{id}", at(&agreed, PROGRAMMES, ""), None, 404, 200, 200),
        call("PATCH /api/v1/programmes/{id}", at(&agreed, PROGRAMMES, ""), patch(), 404, 403, 200),
        call(
            "POST /api/v1/programmes/{id}/tasks",
            at(&agreed, PROGRAMMES, "/tasks"),
            Some(json!({"id": Uuid::now_v7(), "task": "Thêm", "due_on": app.today()})),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/programmes/{id}/tasks/{task}/result",
            at(&agreed, PROGRAMMES, &format!("/tasks/{task}/result")),
            Some(json!({"done_on": app.today(), "result": "Xong"})),
            404,
            403,
            200,
        ),
    ]
}

/// Fifty of everything that is listed; everybody may see the campaigns.
pub fn fill(app: &TestApp) {
    let chair = app.chair_of("23095");
    for n in 0..52 {
        opened(&chair, &campaign(app, json!({"chapter": "23095", "title": format!("Chiến dịch {n}")})));
        chair.post(PROGRAMMES, programme(app, json!({"chapter": "23095"})), 201);
    }
}

/// Something that everybody may see.
pub fn some(app: &TestApp) {
    opened(&app.chair_of("68"), &campaign(app, json!({"id": SHOWN})));
}
