//! Committees, their posts and who holds them: made by the chapter above, filled by the chapter, ended with every right they carry.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::{day, newcomer};
use crate::books::errors;
use crate::harness::{Account, Caller, TestApp};
use crate::look::all;
use crate::successions;

pub const COMMITTEES: &str = "/api/v1/committees";

/// An executive committee of Hàm Liêm as a congress makes it, from today on.
pub fn committee(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "EXECUTIVE_COMMITTEE", "made_by": "CONGRESS",
        "congress": "Đại hội lần thứ I, nhiệm kỳ 2026–2031", "decision_no": "12/QĐ-HCTĐ", "decision_on": app.today(),
        "valid_from": app.today(), "term_until": day(app, 5 * 365),
        "posts": [{"title": "CHAIR"}, {"title": "VICE_CHAIR", "seats": 2}, {"title": "EXECUTIVE_MEMBER", "seats": 12}]});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

/// Who decides on committees of Lâm Đồng's communes.
pub fn above(app: &TestApp) -> Caller<'_> {
    app.staff(Role::ProvincialAdministrator, "68")
}

/// A person of a chapter, of age.
pub fn person(officer: &Caller<'_>, chapter: &str, name: &str) -> Value {
    let body = json!({"id": Uuid::new_v4(), "chapter": chapter, "name": name, "birth": "1980-03-02"});
    officer.post("/api/v1/persons", body.clone(), 201);
    body["id"].clone()
}

pub fn made(app: &TestApp, change: Value) -> Value {
    above(app).post(COMMITTEES, committee(app, change), 201)
}

/// The id of a committee's post.
pub fn post_of(committee: &Value, title: &str) -> String {
    let posts = committee["posts"].as_array().unwrap();
    posts.iter().find(|post| post["title"] == title).unwrap()["id"].as_str().unwrap().to_owned()
}

pub fn at(post: &str, rest: &str) -> String {
    format!("/api/v1/posts/{post}{rest}")
}

/// Somebody to enter in a post, elected with the committee.
pub fn holder(app: &TestApp, person: &Value, change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "person": person, "manner": "ELECTED", "decision_no": "01/NQ-ĐH", "decision_on": app.today()});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Enters a holder; returns the path of their time in the post.
pub fn seat(officer: &Caller<'_>, post: &str, holder: &Value) -> String {
    officer.post(&at(post, "/holders"), holder.clone(), 201);
    at(post, &format!("/holders/{}", holder["id"].as_str().unwrap()))
}

pub fn role(account: Account, role: Role) -> Value {
    json!({"id": Uuid::now_v7(), "account": account.id, "role": role.name(), "decision_no": "15/QĐ-HCTĐ"})
}

pub fn ending(change: Value) -> Value {
    let mut body = json!({"decision_no": "20/QĐ-HCTĐ"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

pub fn public(app: &TestApp) -> Value {
    app.anonymous().get("/api/v1/public/chapters/23095", 200)["committees"].clone()
}

/// Makes somebody chair of Hàm Liêm who agrees to be named; returns the path of their time in the post.
pub fn named(app: &TestApp, officer: &Caller<'_>, person: &Value) -> String {
    let path = seat(officer, &post_of(&made(app, json!({})), "CHAIR"), &holder(app, person, json!({})));
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    officer.post(&format!("{path}/name"), agreed, 201);
    path
}

/// Everything that is stored is as it says, committees too.
pub fn audit(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// A chair of Hàm Liêm by their post: the committee, the path of their time in it, and the account.
pub struct Chair {
    pub committee: Value,
    pub post: String,
    pub path: String,
    pub account: Account,
}

pub fn chair(app: &TestApp) -> Chair {
    let committee = made(app, json!({}));
    let post = post_of(&committee, "CHAIR");
    let officer = app.officer_of("23095");
    let path = seat(&officer, &post, &holder(app, &person(&officer, "23095", "Trần Văn Tâm"), json!({})));
    let account = newcomer(app, "23095");
    above(app).post(&format!("{path}/roles"), role(account, Role::ChapterChair), 201);
    Chair { committee, post, path, account }
}

/// Something at Hàm Liêm that waits for a second person.
fn waiting(app: &TestApp) -> String {
    // Somebody above can decide, whoever else there is.
    app.account(Role::ChapterChair, "68");
    let (officer, gift, ask) =
        (app.officer_of("23095"), app.gift(json!({})), json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    officer.post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), ask.clone(), 201);
    format!("/api/v1/reversals/{}", ask["id"].as_str().unwrap())
}

#[test]
fn a_congress_makes_a_committee_and_the_old_one_ends_that_day_with_its_rights() {
    let app = TestApp::start();
    let thu = above(&app);
    let body = committee(&app, json!({}));
    let old = thu.post(COMMITTEES, body.clone(), 201);
    assert_eq!((&old["kind_name"], &old["posts"][2]["seats"]), (&json!("Ban Chấp hành"), &json!(12)));
    assert_eq!(thu.post(COMMITTEES, body.clone(), 200), old, "sent again it is the same");
    thu.post(COMMITTEES, committee(&app, json!({"id": body["id"], "decision_no": "13/QĐ"})), 422);

    let officer = app.officer_of("23095");
    let tam = person(&officer, "23095", "Trần Văn Tâm");
    let post = post_of(&old, "CHAIR");
    let entry = holder(&app, &tam, json!({}));
    let path = seat(&officer, &post, &entry);
    let shown = officer.post(&at(&post, "/holders"), entry.clone(), 200);
    assert_eq!((&shown["standing"], &shown["held"], shown["holders"].as_array().unwrap().len()), (&json!("HELD"), &json!(1), 1));
    assert_eq!((&shown["holders"][0]["name"], &shown["holders"][0]["person"]), (&json!("Trần Văn Tâm"), &tam));

    // A role comes with the post, by whoever gives roles; the post's holder may decide from the next request on.
    let account = newcomer(&app, "23095");
    let tam = app.log_in(account);
    tam.post(&format!("{}/approval", waiting(&app)), Value::Null, 404);
    let give = role(account, Role::ChapterChair);
    thu.post(&format!("{path}/roles"), give.clone(), 201);
    thu.post(&format!("{path}/roles"), give.clone(), 200);
    officer.post(&format!("{path}/roles"), role(newcomer(&app, "23095"), Role::ChapterChair), 403);
    tam.post(&format!("{}/approval", waiting(&app)), Value::Null, 200);

    // The next congress is tomorrow, entered today: until then all stays.
    let next = made(
        &app,
        json!({"congress": "Đại hội lần thứ II", "decision_no": "30/QĐ-HCTĐ", "valid_from": day(&app, 1), "term_until": null}),
    );
    assert_eq!(next["posts"][0]["standing"], "TO_COME");
    let last = waiting(&app);
    tam.post(&format!("{}/approval", waiting(&app)), Value::Null, 200);
    assert_eq!(public(&app)[0]["congress"], "Đại hội lần thứ I, nhiệm kỳ 2026–2031");
    app.clock.advance(Duration::days(1));
    let tam = app.log_in(account);
    tam.post(&format!("{last}/approval"), Value::Null, 404);
    tam.get("/api/v1/gifts?chapter=23095", 404);
    assert_eq!(public(&app)[0]["congress"], "Đại hội lần thứ II");

    let ended = thu_again(&app).get(&format!("{COMMITTEES}/{}", old["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&ended["ended_how"], &ended["until"], &ended["end_decision_no"]),
        (&json!("REPLACED"), &json!(app.today()), &json!("30/QĐ-HCTĐ"))
    );
    assert_eq!(ended["posts"][0]["standing"], "ENDED");
    let given = thu_again(&app).get("/api/v1/role-assignments?chapter=23095&past=true&limit=200", 200);
    let role = given["items"].as_array().unwrap().iter().find(|row| row["id"] == give["id"]).unwrap().clone();
    assert_eq!((&role["standing"], &role["valid_to"]), (&json!("OVER"), &json!(day(&app, -1))));
    let list = all(&thu_again(&app), &format!("{COMMITTEES}?chapter=23095"), 1);
    assert_eq!(list.iter().map(|row| row["decision_no"].as_str().unwrap()).collect::<Vec<_>>(), ["12/QĐ-HCTĐ", "30/QĐ-HCTĐ"]);
    audit(&app);
}

fn thu_again(app: &TestApp) -> Caller<'_> {
    above(app)
}

#[test]
fn what_is_wrong_is_said_at_once() {
    let app = TestApp::start();
    let thu = above(&app);
    let wrong = committee(
        &app,
        json!({"provisional": true, "decision_no": " ", "decision_on": day(&app, 1), "document": "x", "valid_from": day(&app, 400),
               "term_until": day(&app, 400), "posts": [{"title": "CHAIR", "seats": 0}, {"title": "CHAIR"}]}),
    );
    let said = errors(&thu.post(COMMITTEES, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(
        said,
        [
            ("/decision_no", "NOT_A_LINE"),
            ("/decision_on", "IN_THE_FUTURE"),
            ("/document", "NOT_A_HASH"),
            ("/posts/0/seats", "OUT_OF_RANGE"),
            ("/posts/1/title", "TWICE"),
            ("/provisional", "NOT_TOGETHER"),
            ("/term_until", "OUT_OF_RANGE"),
            ("/valid_from", "OUT_OF_RANGE"),
        ]
    );
    // What takes the database: two chairs, a post of another committee, a paper that nobody has.
    let posts = json!([{"title": "CHAIR", "seats": 2}, {"title": "INSPECTION_HEAD"}, {"title": "KING"}]);
    let said = errors(&thu.post(COMMITTEES, committee(&app, json!({"document": successions::SHA, "posts": posts})), 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(
        said,
        [
            ("/document", "NO_SUCH_DOCUMENT"),
            ("/posts/0/seats", "OUT_OF_RANGE"),
            ("/posts/1/title", "NOT_FOR_THIS"),
            ("/posts/2/title", "NOT_FOR_THIS"),
        ]
    );
    // The same day twice, or before the one in office, is a mistake.
    made(&app, json!({}));
    thu.post(COMMITTEES, committee(&app, json!({"decision_no": "14/QĐ"})), 409);
    thu.post(COMMITTEES, committee(&app, json!({"valid_from": day(&app, -10)})), 409);
    assert_eq!(app.database.number("SELECT count(*) FROM committee"), 1);
    let titles = thu.get("/api/v1/post-titles", 200);
    assert_eq!((&titles[0]["code"], titles.as_array().unwrap().len()), (&json!("CHAIR"), 11));
}

#[test]
fn a_committee_does_not_make_itself_and_strangers_learn_nothing() {
    let app = TestApp::start();
    app.chair_of("23095").post(COMMITTEES, committee(&app, json!({})), 403);
    app.officer_of("23095").post(COMMITTEES, committee(&app, json!({})), 403);
    app.staff(Role::Inspector, "68").post(COMMITTEES, committee(&app, json!({})), 403);
    let stranger = app.staff(Role::ProvincialAdministrator, "01");
    stranger.post(COMMITTEES, committee(&app, json!({})), 404);
    let Chair { committee: own, post, path, .. } = chair(&app);
    // An officer of another chapter guesses ids.
    for other in [stranger, app.officer_of("23059"), app.chair_of("23059")] {
        other.get(&format!("{COMMITTEES}/{}", own["id"].as_str().unwrap()), 404);
        other.get(&at(&post, ""), 404);
        other.get(&format!("{COMMITTEES}?chapter=23095"), 404);
        other.get("/api/v1/posts?chapter=23095", 404);
        other.get("/api/v1/post-counts?chapter=23095", 404);
        other.post(&format!("{path}/ending"), ending(json!({})), 404);
        other.post(&format!("{path}/name/withdrawal"), Value::Null, 404);
        other.post(&format!("{COMMITTEES}/{}/ending", own["id"].as_str().unwrap()), ending(json!({})), 404);
        let person = json!(Uuid::new_v4());
        other.post(&at(&post, "/holders"), holder(&app, &person, json!({})), 404);
    }
    // Those who read see the post, and not who holds it; nor do they fill it.
    for reader in [app.staff(Role::Inspector, "68"), app.accountant_of("23095"), above(&app)] {
        let shown = reader.get(&at(&post, ""), 200);
        assert_eq!((&shown["held"], &shown["holders"][0]["manner"]), (&json!(1), &json!("ELECTED")));
        assert!(shown["holders"][0].get("name").is_none() && shown["holders"][0].get("person").is_none(), "{shown}");
        reader.post(&at(&post, "/holders"), holder(&app, &json!(Uuid::new_v4()), json!({})), 403);
    }
    let reads = "SELECT count(*) FROM audit_event WHERE action = 'POST_HOLDERS_READ'";
    let before = app.database.number(reads);
    app.officer_of("23095").get(&at(&post, ""), 200);
    assert_eq!(app.database.number(reads), before + 1);
    // A post that carries a role is ended above; its holder's own chapter may not.
    app.officer_of("23095").post(&format!("{path}/ending"), ending(json!({})), 403);
    app.chair_of("23095").post(&format!("{path}/ending"), ending(json!({})), 403);
    let elsewhere = format!("/api/v1/posts/{}/holders/{}/ending", post_of(&own, "VICE_CHAIR"), path.rsplit('/').next().unwrap());
    above(&app).post(&elsewhere, ending(json!({})), 404);
}

#[test]
fn a_post_ends_once_and_its_right_with_it() {
    let app = TestApp::start();
    let Chair { post, path, account, .. } = chair(&app);
    let tam = app.log_in(account);
    let request = waiting(&app);
    let thu = above(&app);
    // Announced for the day after tomorrow: until then he decides.
    let planned = thu.post(&format!("{path}/ending"), ending(json!({"until": day(&app, 2)})), 200);
    assert_eq!((&planned["holders"][0]["until"], &planned["held"]), (&json!(day(&app, 2)), &json!(1)));
    assert_eq!(thu.post(&format!("{path}/ending"), ending(json!({"until": day(&app, 2)})), 200), planned, "twice is once");
    thu.post(&format!("{path}/ending"), json!({"decision_no": "21/QĐ", "until": day(&app, 1)}), 409);
    tam.post(&format!("{}/approval", waiting(&app)), Value::Null, 200);
    app.clock.advance(Duration::days(1));
    let tam = app.log_in(account);
    tam.get("/api/v1/gifts?chapter=23095", 200);
    app.clock.advance(Duration::days(1));
    let tam = app.log_in(account);
    // What he was to decide waits for somebody else.
    tam.post(&format!("{request}/approval"), Value::Null, 404);
    assert_eq!(app.officer_of("23095").get(&request, 200)["state"], "REQUESTED");
    let thu = above(&app);
    let shown = thu.get(&at(&post, ""), 200);
    assert_eq!((&shown["standing"], &shown["held"]), (&json!("VACANT"), &json!(0)));
    thu.post(&format!("{path}/ending"), json!({"decision_no": "21/QĐ"}), 409);
    app.chair_of("23095").post(&format!("{request}/approval"), Value::Null, 200);
    audit(&app);
}

#[test]
fn an_ending_of_today_is_felt_by_the_next_request() {
    let app = TestApp::start();
    let Chair { path, account, .. } = chair(&app);
    let tam = app.log_in(account);
    tam.get("/api/v1/gifts?chapter=23095", 200);
    let request = waiting(&app);
    above(&app).post(&format!("{path}/ending"), ending(json!({})), 200);
    tam.post(&format!("{request}/approval"), Value::Null, 404);
    let trail = app.database.text(
        "SELECT string_agg(action || coalesce(' ' || (detail->>'decision'), ''), '; ' ORDER BY id) FROM audit_event
         WHERE action IN ('ROLE_GIVEN', 'ROLE_ENDED', 'POST_HELD', 'POST_ENDED', 'COMMITTEE_MADE')",
    );
    assert_eq!(
        trail,
        "COMMITTEE_MADE 12/QĐ-HCTĐ; POST_HELD 01/NQ-ĐH; ROLE_GIVEN 15/QĐ-HCTĐ; ROLE_ENDED 20/QĐ-HCTĐ; POST_ENDED 20/QĐ-HCTĐ"
    );
    // A role ended by itself before leaves the post as it is, and the post can end at its own chapter then.
    let account = newcomer(&app, "23095");
    let officer = app.officer_of("23095");
    let post = path.split("/holders").next().unwrap().rsplit('/').next().unwrap().to_owned();
    let path = seat(&officer, &post, &holder(&app, &person(&officer, "23095", "Lê Thị Năm"), json!({"manner": "CO_OPTED"})));
    let give = role(account, Role::Officer);
    above(&app).post(&format!("{path}/roles"), give.clone(), 201);
    above(&app).post(
        &format!("/api/v1/role-assignments/{}/ending", give["id"].as_str().unwrap()),
        json!({"decision_no": "9/QĐ"}),
        200,
    );
    officer.post(&format!("{path}/ending"), ending(json!({})), 200);
    audit(&app);
}

#[test]
fn the_countrys_last_administrator_does_not_go_with_a_post() {
    let app = TestApp::start();
    let root = app.staff(Role::CentralAdministrator, "TW");
    let own = root.post(COMMITTEES, committee(&app, json!({"chapter": "TW", "posts": [{"title": "CHAIR"}]})), 201);
    let officer = app.officer_of("TW");
    let path = seat(&officer, &post_of(&own, "CHAIR"), &holder(&app, &person(&officer, "TW", "Bùi Thị Hòa"), json!({})));
    let account = newcomer(&app, "TW");
    root.post(&format!("{path}/roles"), role(account, Role::CentralAdministrator), 201);
    let other = app.log_in(account);
    app.database.execute(&format!(
        "UPDATE role_assignment SET ended_at = now() WHERE role = 'CENTRAL_ADMINISTRATOR' AND account_id <> '{}'",
        account.id
    ));
    let refused = other.post(&format!("{path}/ending"), ending(json!({})), 409);
    assert_eq!(refused["type"], "/problems/last-administrator");
    assert_eq!(
        app.database.number("SELECT count(*) FROM post_holder WHERE held_until IS NOT NULL"),
        0,
        "nothing of it was written"
    );
}

#[test]
fn a_standing_committee_goes_with_its_executive_committee() {
    let app = TestApp::start();
    let start = day(&app, -100);
    made(&app, json!({"valid_from": start}));
    let small = json!({"kind": "STANDING_COMMITTEE", "made_by": "DECISION", "congress": null, "valid_from": start, "posts": [{"title": "STANDING_MEMBER", "seats": 3}]});
    let inspection = json!({"kind": "INSPECTION_COMMITTEE", "made_by": "DECISION", "congress": null, "valid_from": start, "posts": [{"title": "INSPECTION_HEAD"}]});
    let (standing, inspection) = (made(&app, small.clone()), made(&app, inspection));
    made(&app, json!({"decision_no": "31/QĐ"}));
    let shown = |committee: &Value| above(&app).get(&format!("{COMMITTEES}/{}", committee["id"].as_str().unwrap()), 200);
    assert_eq!((&shown(&standing)["until"], shown(&inspection).get("until")), (&json!(app.today()), None));
    // The new term's own begins with it and stays.
    let mut new = small;
    new["valid_from"] = json!(app.today());
    let new = made(&app, new);
    assert_eq!(public(&app).as_array().unwrap().len(), 3);
    let path = format!("{COMMITTEES}/{}/ending", new["id"].as_str().unwrap());
    let ended = above(&app).post(&path, ending(json!({})), 200);
    assert_eq!((&ended["ended_how"], &ended["until"]), (&json!("BY_DECISION"), &json!(app.today())));
    above(&app).post(&path, ending(json!({})), 200);
    above(&app).post(&path, json!({"decision_no": "99/QĐ"}), 409);
    app.chair_of("23095").post(&path, ending(json!({})), 403);
    assert_eq!(public(&app).as_array().unwrap().len(), 2);
}

#[test]
fn twins_of_one_moment_are_one() {
    let app = TestApp::start();
    let thu = above(&app);
    let (one, other) = (committee(&app, json!({})), committee(&app, json!({"decision_no": "77/QĐ"})));
    let statuses = |bodies: [&Value; 2], path: &str, caller: &Caller<'_>| -> Vec<u16> {
        let mut all: Vec<u16> = std::thread::scope(|scope| {
            let sent: Vec<_> = bodies
                .map(|body| scope.spawn(|| caller.send("POST", path, Some(body.to_string().into())).status))
                .into_iter()
                .collect();
            sent.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        all.sort_unstable();
        all
    };
    assert_eq!(statuses([&one, &one], COMMITTEES, &thu), [200, 201]);
    assert_eq!(statuses([&other, &committee(&app, json!({"decision_no": "78/QĐ"}))], COMMITTEES, &thu), [409, 409]);
    let officer = app.officer_of("23095");
    let people = ["Một", "Hai"].map(|name| person(&officer, "23095", &format!("Lê Văn {name}")));
    let own = thu.get(&format!("{COMMITTEES}/{}", one["id"].as_str().unwrap()), 200);
    let path = at(&post_of(&own, "CHAIR"), "/holders");
    let entries = [holder(&app, &people[0], json!({})), holder(&app, &people[1], json!({}))];
    assert_eq!(statuses([&entries[0], &entries[1]], &path, &officer), [201, 409]);
    assert_eq!(app.database.number("SELECT count(*) FROM post_holder"), 1);
}
