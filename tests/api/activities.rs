//! Activities: planned, done, corrected in sight, called off; counted once at each level; what everybody reads of them.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::day;
use crate::books::errors;
use crate::campaigns;
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::papers;
use crate::successions;

pub const ACTIVITIES: &str = "/api/v1/activities";

pub fn with(mut body: Value, change: Value) -> Value {
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

/// A first-aid day of Hàm Liêm, today.
pub fn activity(app: &TestApp, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "area": "FIRST_AID", "title": "Ngày hội sơ cấp cứu",
        "place": "Sân Trường THCS Hàm Liêm", "starts_on": app.today()});
    with(body, change)
}

pub fn numbers(persons: i64, times: i64) -> Value {
    json!({"persons": persons, "person_times": times, "money_vnd": 1_000_000, "goods_vnd": 2_000_000, "labour_vnd": 300_000})
}

pub fn result(persons: i64, times: i64) -> Value {
    json!({"result": "Đã làm xong", "numbers": numbers(persons, times)})
}

pub fn at(body: &Value, rest: &str) -> String {
    format!("{ACTIVITIES}/{}{rest}", body["id"].as_str().unwrap())
}

/// Writes something down that is done.
pub fn done(by: &Caller<'_>, body: Value, persons: i64) -> Value {
    by.post(ACTIVITIES, with(body, json!({"result": result(persons, persons)})), 201)
}

fn counts(by: &Caller<'_>, query: &str) -> Value {
    by.get(&format!("/api/v1/activity-counts?{query}"), 200)
}

/// How many were led, and how many delivered.
fn led(by: &Caller<'_>, query: &str) -> (i64, i64) {
    let counts = counts(by, query);
    (counts["led"]["activities"].as_i64().unwrap(), counts["delivered"].as_i64().unwrap())
}

#[test]
fn an_activity_is_planned_done_and_counted_once_at_each_level() {
    let app = TestApp::start();
    let (officer, country) = (app.officer_of("23095"), app.staff(Role::Inspector, "TW"));
    let school = crate::chapter_life::school(json!({"name": "Hội Chữ thập đỏ Trường Có Sơ Cứu", "id": Uuid::now_v7()}));
    let school = app.chair_of("23095").post("/api/v1/chapters", school, 201)["code"].as_str().unwrap().to_owned();
    let body =
        activity(&app, json!({"delivered_by": [school, "23059"], "partners": ["Trạm Y tế xã"], "movement": "TET_NHAN_AI"}));
    let made = officer.post(ACTIVITIES, body.clone(), 201);
    assert_eq!((&made["code"], &made["state"], &made["version"]), (&json!("68-NV-0001"), &json!("PLANNED"), &json!(1)));
    assert_eq!(officer.post(ACTIVITIES, body.clone(), 200), made, "sent again it is the same");
    officer.post(ACTIVITIES, with(body.clone(), json!({"title": "Khác"})), 422);
    assert_eq!(led(&country, "chapter=TW"), (0, 0), "a plan does not count");
    let answer = officer.post(&at(&body, "/result"), result(120, 150), 200);
    assert_eq!((&answer["state"], &answer["numbers"]["person_times"]), (&json!("DONE"), &json!(150)));
    officer.post(&at(&body, "/result"), result(120, 150), 200);
    officer.post(&at(&body, "/result"), result(121, 150), 409);
    officer.patch(&at(&body, ""), json!({"title": "Khác"}), 409);
    // Led by one, delivered by two of one province: once everywhere.
    assert_eq!(led(&country, "chapter=TW"), (1, 1));
    assert_eq!(led(&app.staff(Role::Inspector, "68"), "chapter=68"), (1, 1));
    assert_eq!(led(&officer, "chapter=23095"), (1, 1), "the school below it delivers");
    assert_eq!(led(&app.officer_of("23059"), "chapter=23059"), (0, 1));
    assert_eq!(led(&app.staff(Role::Inspector, "01"), "chapter=01"), (0, 0));
    let told = counts(&country, "chapter=TW&year=2026");
    assert_eq!(
        told["by_month"],
        json!([{"month": 11, "area": "FIRST_AID", "activities": 1, "persons": 120, "person_times": 150,
                "money_vnd": 1_000_000, "goods_vnd": 2_000_000, "labour_vnd": 300_000}])
    );
    assert_eq!((&told["by_level"][0]["level"], &told["by_area"][0]["activities"]), (&json!("COMMUNE"), &json!(1)));
    assert_eq!(led(&country, "chapter=TW&movement=TET_NHAN_AI").0, 1);
    assert_eq!(led(&country, "chapter=TW&movement=HUMANITARIAN_MONTH").0, 0);
    assert_eq!(led(&country, "chapter=TW&year=2025").0, 0);
    crate::committees::audit(&app);
    app.database.execute("UPDATE activity_sum SET persons = persons + 1 WHERE level = 'COMMUNE'");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(!report.clean && report.text().contains("activity"), "{}", report.text());
    app.database.execute("UPDATE activity_sum SET persons = persons - 1 WHERE level = 'COMMUNE'");
    // Who delivers finds it too, and reads it.
    let others = app.officer_of("23059");
    assert_eq!(all(&others, &format!("{ACTIVITIES}?chapter=23059&delivered=true"), 50).len(), 1);
    others.get(&at(&body, ""), 200);
    others.post(&at(&body, "/cancellation"), json!({"why": "x"}), 404);
}

#[test]
fn an_activity_delivered_by_a_chapter_that_merged_meanwhile_is_counted_once() {
    let app = TestApp::start();
    let province = app.chair_of("68");
    let people = successions::persons(&app);
    let planned = activity(&app, json!({"chapter": "68", "delivered_by": ["23095", "23059"], "starts_on": day(&app, 1)}));
    province.post(ACTIVITIES, planned.clone(), 201);
    let own = activity(&app, json!({"starts_on": day(&app, 1)}));
    app.officer_of("23095").post(ACTIVITIES, own.clone(), 201);
    let before =
        done(&province, activity(&app, json!({"chapter": "68", "delivered_by": ["23095"], "starts_on": day(&app, -3)})), 10);
    successions::carried(&people, &successions::plan(&app, json!({})));
    app.clock.advance(Duration::days(1));
    let province = app.chair_of("68");
    let after = province.post(&at(&planned, "/result"), result(40, 40), 200);
    assert_eq!(after["delivered_by"], json!(["23059"]), "who went up in another is that other one, and there once");
    assert_eq!(province.get(&at(&before, ""), 200)["delivered_by"], json!(["23095"]), "what was before stays as it was");
    // The successor goes on with what the old chapter planned; it stays the old one's, and counts once above both.
    let successor = app.officer_of("23059");
    successor.post(&at(&own, "/result"), result(20, 20), 200);
    let country = app.staff(Role::Inspector, "TW");
    for code in ["TW", "68"] {
        assert_eq!(led(&country, &format!("chapter={code}")), (3, 2), "{code}");
    }
    assert_eq!(led(&country, "chapter=23095"), (1, 1));
    assert_eq!(led(&country, "chapter=23059"), (0, 1));
    // Nothing new is planned at the old one; what it did before is written down still.
    successor.post(ACTIVITIES, activity(&app, json!({})), 422);
    done(&successor, activity(&app, json!({"starts_on": day(&app, -9)})), 5);
    let next = activity(&app, json!({"chapter": "68", "delivered_by": ["23095"]}));
    assert_eq!(province.post(ACTIVITIES, next, 201)["delivered_by"], json!(["23059"]));
}

#[test]
fn a_correction_stands_in_sight_and_the_year_that_was_reported_stays() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let first = done(&officer, activity(&app, json!({})), 100);
    let gone = done(&officer, activity(&app, json!({})), 30);
    let reported = app.today();
    app.clock.advance(Duration::days(1));
    let (officer, reader) = (app.officer_of("23095"), app.staff(Role::Inspector, "68"));
    let correction =
        json!({"id": Uuid::now_v7(), "why": "Một lớp đã tính hai lần", "numbers": numbers(80, 90), "result": "80 học sinh"});
    let answer = officer.post(&at(&first, "/corrections"), correction.clone(), 201);
    assert_eq!(officer.post(&at(&first, "/corrections"), correction.clone(), 200), answer);
    let row = &answer["corrections"][0];
    assert_eq!(
        (&row["why"], &row["by"]["persons"], &row["by"]["person_times"], &row["old_result"]),
        (&json!("Một lớp đã tính hai lần"), &json!(-20), &json!(-10), &json!("Đã làm xong"))
    );
    assert_eq!(
        (&answer["numbers"]["persons"], &answer["result"], &answer["version"]),
        (&json!(80), &json!("80 học sinh"), &json!(3))
    );
    officer.post(&at(&first, "/corrections"), with(correction.clone(), json!({"id": Uuid::now_v7()})), 409);
    officer.post(&at(&gone, "/cancellation"), json!({"why": "Ghi nhầm"}), 200);
    officer.post(&at(&gone, "/cancellation"), json!({"why": "Ghi nhầm"}), 200);
    officer.post(&at(&gone, "/corrections"), with(correction, json!({"id": Uuid::now_v7()})), 409);
    done(&officer, activity(&app, json!({"starts_on": reported})), 7);
    let persons = |query: &str| {
        let told = counts(&reader, &format!("chapter=68&year=2026{query}"));
        (
            told["led"]["activities"].as_i64().unwrap(),
            told["led"]["persons"].as_i64().unwrap(),
            told["led"]["money_vnd"].as_i64().unwrap(),
        )
    };
    assert_eq!(persons(""), (2, 87, 2_000_000));
    assert_eq!(persons(&format!("&as_of={reported}")), (2, 130, 2_000_000), "as it was reported");
    assert_eq!(persons(&format!("&as_of={}", app.today())), persons(""));
    reader.get(&format!("/api/v1/activity-counts?chapter=68&as_of={}", day(&app, 1)), 422);
    // Nobody changes a number past the correction.
    for change in
        ["persons = persons + 1, person_times = person_times + 1", "state = 'CANCELLED', cancelled_reason = 'x'", "title = 'x'"]
    {
        let id = first["id"].as_str().unwrap();
        let refused = app.database.refuses(&format!("UPDATE activity SET {change}, version = version + 1 WHERE id = '{id}'"));
        assert!(refused.contains("activity_corrected") || refused.contains("activity_goes_on"), "{refused}");
    }
}

#[test]
fn what_is_wrong_with_an_activity_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = activity(
        &app,
        json!({"title": "", "place": " ", "starts_on": day(&app, 3), "ends_on": day(&app, 1), "partners": [" "],
               "result": {"result": "", "numbers": {"persons": 5, "person_times": 4, "money_vnd": -1}}}),
    );
    let said = errors(&officer.post(ACTIVITIES, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(
        said,
        [
            ("/ends_on", "BEFORE_THE_START"),
            ("/partners/0", "NOT_A_LINE"),
            ("/place", "NOT_A_LINE"),
            ("/result", "TOO_EARLY"),
            ("/result/numbers/money_vnd", "OUT_OF_RANGE"),
            ("/result/numbers/person_times", "TOO_SHORT"),
            ("/result/result", "NOT_A_LINE"),
            ("/title", "NOT_A_LINE"),
        ]
    );
    // What takes the database: an area and a movement that there are not, others' campaign and programme, a chapter of another province.
    let elsewhere = campaigns::campaign(&app, json!({"chapter": "01"}));
    app.chair_of("01").post(campaigns::CAMPAIGNS, elsewhere.clone(), 201);
    let below = app.database.text("SELECT min(c.code) FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '01'");
    let wrong = activity(
        &app,
        json!({"area": "DANCING", "movement": "X_Y_Z", "campaign": elsewhere["id"], "programme": Uuid::now_v7(), "delivered_by": [below, "KHONG-CO"]}),
    );
    let said = errors(&officer.post(ACTIVITIES, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(
        said,
        [
            ("/area", "NOT_A_CHOICE"),
            ("/campaign", "NOT_A_CHOICE"),
            ("/delivered_by/0", "NO_SUCH_CHAPTER"),
            ("/delivered_by/1", "NO_SUCH_CHAPTER"),
            ("/movement", "NOT_A_CHOICE"),
            ("/programme", "NOT_A_CHOICE"),
        ]
    );
    let long = activity(&app, json!({"ends_on": day(&app, 400), "partners": vec!["A"; 21]}));
    let said: Vec<String> = errors(&officer.post(ACTIVITIES, long, 422)).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(said, ["/ends_on", "/partners"]);
    assert_eq!(app.database.number("SELECT count(*) FROM activity"), 0);
    let early = activity(&app, json!({"starts_on": day(&app, 2)}));
    officer.post(ACTIVITIES, early.clone(), 201);
    assert_eq!(errors(&officer.post(&at(&early, "/result"), result(1, 1), 422))[0].1, "TOO_EARLY");
    officer.post(&at(&early, "/corrections"), json!({"id": Uuid::now_v7(), "why": "x", "numbers": numbers(1, 1)}), 409);
    assert_eq!(officer.get("/api/v1/activity-areas", 200).as_array().unwrap().len(), 7);
}

#[test]
fn a_plan_changes_for_who_read_it_and_strangers_learn_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let tet = campaigns::campaign(&app, json!({}));
    campaigns::opened(&app.chair_of("68"), &tet);
    let body = activity(&app, json!({"ends_on": day(&app, 1), "campaign": tet["id"], "plan": "Sáng", "public": false}));
    officer.post(ACTIVITIES, body.clone(), 201);
    // What moves keeps how long it lasts.
    let moved = officer.with("if-match", "\"1\"").patch(&at(&body, ""), json!({"starts_on": day(&app, 5), "plan": null}), 200);
    assert_eq!((&moved["ends_on"], moved.get("plan"), &moved["version"]), (&json!(day(&app, 6)), None, &json!(2)));
    officer.with("if-match", "\"1\"").patch(&at(&body, ""), json!({"place": "Khác"}), 409);
    officer.patch(&at(&body, ""), json!({"place": null}), 422);
    assert_eq!(
        officer.patch(&at(&body, ""), json!({"campaign": tet["id"]}), 200)["version"],
        2,
        "what changes nothing makes no version"
    );
    for other in [app.officer_of("23059"), app.staff(Role::ProvincialAdministrator, "01")] {
        other.get(&at(&body, ""), 404);
        other.get(&format!("{ACTIVITIES}?chapter=23095"), 404);
        other.get("/api/v1/activity-counts?chapter=23095", 404);
        other.patch(&at(&body, ""), json!({"place": "Khác"}), 404);
        other.post(&at(&body, "/result"), result(1, 1), 404);
        other.post(ACTIVITIES, activity(&app, json!({})), 404);
    }
    // The level above reads it and writes only its own.
    let above = app.staff(Role::ProvincialAdministrator, "68");
    above.get(&at(&body, ""), 200);
    above.patch(&at(&body, ""), json!({"place": "Khác"}), 403);
    above.post(ACTIVITIES, activity(&app, json!({})), 403);
    above.post(ACTIVITIES, activity(&app, json!({"chapter": "68"})), 201);
    app.accountant_of("23095").post(ACTIVITIES, activity(&app, json!({})), 403);
    app.chair_of("23095").post(ACTIVITIES, activity(&app, json!({})), 201);
    // Nobody finds in public what is not public.
    app.anonymous().get(&format!("/api/v1/public/activities/{}", moved["code"].as_str().unwrap()), 404);
    assert_eq!(app.anonymous().get("/api/v1/public/activities", 200)["items"].as_array().unwrap().len(), 2);
}

#[test]
fn twins_of_one_moment_are_one() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = activity(&app, json!({}));
    let statuses = |path: &str, bodies: [Value; 2]| -> Vec<u16> {
        let mut all: Vec<u16> = std::thread::scope(|scope| {
            let sent: Vec<_> = bodies
                .iter()
                .map(|body| scope.spawn(|| officer.send("POST", path, Some(body.to_string().into())).status))
                .collect();
            sent.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        all.sort_unstable();
        all
    };
    assert_eq!(statuses(ACTIVITIES, [body.clone(), body.clone()]), [200, 201]);
    assert_eq!(statuses(&at(&body, "/result"), [result(10, 10), result(20, 20)]), [200, 409]);
    let correct = |persons| json!({"id": Uuid::now_v7(), "why": "x", "numbers": numbers(persons, persons)});
    assert_eq!(
        statuses(&at(&body, "/corrections"), [correct(30), correct(40)]),
        [201, 201],
        "one after the other, both in sight"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM activity_correction"), 2);
    let sum = app.database.number("SELECT a.persons - (SELECT sum(persons) FROM activity_correction)::bigint FROM activity a");
    assert!([10, 20].contains(&sum), "what stands less the corrections is what was reported: {sum}");
}

#[test]
fn everybody_reads_what_is_public_and_few_people_are_not_told() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let many = done(&officer, activity(&app, json!({"title": "Đông người"})), 50);
    let few = done(&officer, activity(&app, json!({"title": "Ít người"})), 3);
    let public =
        |body: &Value| app.anonymous().get(&format!("/api/v1/public/activities/{}", body["code"].as_str().unwrap()), 200);
    assert_eq!((&public(&many)["persons"], &public(&many)["corrected"]), (&json!(50), &json!(false)));
    assert_eq!((public(&few).get("persons"), public(&few).get("person_times")), (None, None));
    let year = app.anonymous().get("/api/v1/public/activity-counts?chapter=23095&year=2026", 200);
    assert_eq!(
        year["by_area"],
        json!([{"area": "FIRST_AID", "activities": 2, "persons": 50, "person_times": 50, "value_vnd": 6_600_000}]),
        "no sum has the three in it"
    );
    assert_eq!(app.anonymous().get("/api/v1/public/activity-counts?chapter=TW", 200)["by_area"], year["by_area"]);
    // A code as somebody types it.
    assert_eq!(app.anonymous().get("/api/v1/public/activities/68nv1", 200)["code"], "68-NV-0001");
    app.anonymous().get("/api/v1/public/activities/68-LT-0001", 404);
    officer.post(&at(&many, "/corrections"), json!({"id": Uuid::now_v7(), "why": "Đếm lại", "numbers": numbers(4, 9)}), 201);
    assert_eq!((public(&many).get("persons"), &public(&many)["corrected"]), (None, &json!(true)));
    let list =
        |query: &str| app.anonymous().get(&format!("/api/v1/public/activities?{query}"), 200)["items"].as_array().unwrap().len();
    assert_eq!((list("chapter=68"), list("chapter=01"), list("area=FIRST_AID"), list("movement=TET_NHAN_AI")), (2, 0, 2, 0));
    app.anonymous().get("/api/v1/public/activities?chapter=KHONG-CO", 404);
}

#[test]
fn the_calendar_says_what_is_called_off_under_the_same_name() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = activity(
        &app,
        json!({"title": "Trao quà Tết; chợ, hội", "starts_on": day(&app, 10), "ends_on": day(&app, 11), "movement": "TET_NHAN_AI"}),
    );
    officer.post(ACTIVITIES, body.clone(), 201);
    officer.post(ACTIVITIES, activity(&app, json!({"starts_on": day(&app, -100)})), 201);
    let calendar = |query: &str| {
        let answer = app.anonymous().send("GET", &format!("/api/v1/public/activities.ics{query}"), None);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
        answer.text.replace("\r\n ", "")
    };
    let text = calendar("?chapter=68");
    for line in [
        "DTSTART;VALUE=DATE:20261202",
        "DTEND;VALUE=DATE:20261204",
        "SEQUENCE:1",
        "STATUS:CONFIRMED",
        "SUMMARY:Trao quà Tết\\; chợ\\, hội",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "what was long ago is left out");
    assert!(text.contains("UID:68-NV-0001@") && text.contains("/hoat-dong/68-NV-0001"), "{text}");
    officer.post(&at(&body, "/cancellation"), json!({"why": "Mưa lũ"}), 200);
    let text = calendar("?movement=TET_NHAN_AI");
    for line in ["STATUS:CANCELLED", "SEQUENCE:2", "DESCRIPTION:Mưa lũ", "UID:68-NV-0001@"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(calendar("?chapter=01").matches("BEGIN:VEVENT").count(), 0);
    assert_eq!(app.anonymous().send("GET", "/api/v1/public/activities.ics?chapter=X", None).status, 404);
}

#[test]
fn the_pages_show_activities_by_movement_and_one_by_one() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    done(&officer, activity(&app, json!({"title": "Ngày <hội> sơ cứu", "delivered_by": ["23059"]})), 1_200);
    officer.post(
        ACTIVITIES,
        activity(&app, json!({"title": "Trao quà", "movement": "TET_NHAN_AI", "starts_on": day(&app, 3)})),
        201,
    );
    let page = |path: &str| app.anonymous().with("accept-language", "vi").get_text(path, 200);
    let list = page("/hoat-dong");
    for text in
        ["Ngày &#60;hội&#62; sơ cứu", "Trao quà", "Sắp diễn ra", "Đã thực hiện", "Sơ cấp cứu ban đầu", "1.200", "activities.ics"]
    {
        assert!(list.contains(text) || list.contains(&crate::look::escaped(text)), "{text}\n{list}");
    }
    assert!(!list.contains("<hội>"));
    let tet = page("/hoat-dong?movement=TET_NHAN_AI");
    assert!(tet.contains("Trao quà") && !tet.contains("sơ cứu</a>"), "{tet}");
    let one = page("/hoat-dong/68-NV-0001");
    for text in ["/don-vi/23059", "/don-vi/23095", "Trị giá theo báo cáo", "68-NV-0001"] {
        assert!(one.contains(text), "{text}\n{one}");
    }
    assert!(page("/hoat-dong/68nv1").contains("68-NV-0001"));
    assert!(app.anonymous().get_text("/hoat-dong?lang=en", 200).contains("Humanitarian activities"));
    assert_eq!(app.anonymous().send("GET", "/hoat-dong/68-NV-0099", None).status, 404);
}

#[test]
fn photographs_hang_on_an_activity_and_stay_with_the_chapter() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = activity(&app, json!({}));
    officer.post(ACTIVITIES, body.clone(), 201);
    let photo = papers::upload(&officer, "ACTIVITY", "image/jpeg", &papers::jpeg());
    let path = at(&body, "/documents");
    officer.post(&path, json!({"document": photo["id"]}), 201);
    assert_eq!(officer.get(&path, 200).as_array().unwrap().len(), 1);
    app.officer_of("23059").get(&path, 404);
    let hash = photo["sha256"].as_str().unwrap();
    app.anonymous().get(&format!("/api/v1/public/documents/{hash}"), 404);
    let publication = format!("{path}/{}/publication", photo["id"].as_str().unwrap());
    officer.post(&publication, json!({"title": "Chưa hỏi ai"}), 409);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let plan = |title: &str| {
        let body = activity(app, json!({"title": title}));
        officer.post(ACTIVITIES, body.clone(), 201);
        body
    };
    let (planned, off) = (plan("Kế hoạch"), plan("Sẽ hủy"));
    let was_done = done(&officer, activity(app, json!({})), 9);
    let photo = papers::upload(&officer, "ACTIVITY", "image/png", &papers::png());
    let correction = json!({"id": Uuid::now_v7(), "why": "Đếm lại", "numbers": numbers(8, 9)});
    let (of, picture, agreed) = crate::activity_photos::pictured(app, &officer, json!({"ground": "NOBODY"}));
    let again = json!({"id": Uuid::new_v4(), "document": picture["id"], "given_on": app.today(), "ground": "NOBODY"});
    let publication = at(&of, &format!("/documents/{}/publication", picture["id"].as_str().unwrap()));
    vec![
        call("GET /api/v1/activity-areas", "/api/v1/activity-areas".to_owned(), None, 200, 200, 200),
        call("POST /api/v1/activities", ACTIVITIES.to_owned(), Some(activity(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/activities", format!("{ACTIVITIES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/activities/{id}", at(&planned, ""), None, 404, 200, 200),
        call("PATCH /api/v1/activities/{id}", at(&planned, ""), Some(json!({"title": "Khác"})), 404, 403, 200),
        call("GET /api/v1/activities/{id}/documents", at(&planned, "/documents"), None, 404, 200, 200),
        call(
            "POST /api/v1/activities/{id}/documents",
            at(&planned, "/documents"),
            Some(json!({"document": photo["id"]})),
            404,
            403,
            201,
        ),
        call("GET /api/v1/activities/{id}/photo-consents", at(&of, "/photo-consents"), None, 404, 200, 200),
        call("POST /api/v1/activities/{id}/photo-consents", at(&of, "/photo-consents"), Some(again), 404, 403, 201),
        call(
            "POST /api/v1/activities/{id}/documents/{document}/publication",
            publication.clone(),
            Some(json!({"title": "Tập băng bó"})),
            404,
            403,
            201,
        ),
        call("DELETE /api/v1/activities/{id}/documents/{document}/publication", publication, None, 404, 403, 204),
        call(
            "POST /api/v1/activities/{id}/photo-consents/{consent}/withdrawal",
            at(&of, &format!("/photo-consents/{}/withdrawal", agreed["id"].as_str().unwrap())),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call("POST /api/v1/activities/{id}/result", at(&planned, "/result"), Some(result(10, 10)), 404, 403, 200),
        call("POST /api/v1/activities/{id}/corrections", at(&was_done, "/corrections"), Some(correction), 404, 403, 201),
        call("POST /api/v1/activities/{id}/cancellation", at(&off, "/cancellation"), Some(json!({"why": "Mưa"})), 404, 403, 200),
        call("GET /api/v1/activity-counts", "/api/v1/activity-counts?chapter=23095".to_owned(), None, 404, 200, 200),
    ]
}

/// Fifty of everything that is listed.
pub fn fill(app: &TestApp) {
    let officer = app.officer_of("23095");
    for n in 0..52 {
        let body = activity(app, json!({"title": format!("Hoạt động {n}"), "delivered_by": ["23059"]}));
        done(&officer, body, 10);
    }
}

/// Something that everybody may see.
pub fn some(app: &TestApp) {
    done(&app.officer_of("23095"), activity(app, json!({})), 12);
}
