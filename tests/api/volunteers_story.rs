//! The story of volunteers, in order and through HTTP: a man signs up on the public page and learns first aid; the river rises; what the
//! chapters did is counted once; he is commended; and a grandmother's small case finds its way to the right chapter.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::call_outs::{CALL_OUTS, called, list, page, volunteers};
use crate::courses::{passed_by, public};
use crate::harness::{Caller, TestApp};
use crate::sign_up::{APPLICATIONS, by_hand, submit};
use crate::teams::{TEAMS, joined, team};
use crate::volunteers::at;
use crate::{activities, call_outs, commendations, family_links, sign_up};

/// The man of the story.
struct Man {
    volunteer: String,
    person: String,
}

#[test]
fn a_man_signs_up_and_comes_when_the_river_rises() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let man = he_signs_up(&app, &officer);
    he_passes_a_course_whose_certificate_anybody_checks(&app, &officer, &man);
    the_river_rises(&app, &man);
    what_was_done_is_counted_once_at_each_level(&app);
    he_is_commended(&app, &man);
    a_grandmother_looks_for_her_brother(&app);
    crate::volunteers::audited(&app);
}

/// Three fields and his consent, on a page without script; a link; the chapter verifies him.
fn he_signs_up(app: &TestApp, officer: &Caller<'_>) -> Man {
    let fields = [("name", "Nguyễn Văn Sông"), ("contact", "0912345678"), ("chapter", "Hàm Liêm"), ("consent", "1")];
    let answer = submit(app, &fields);
    assert!([200, 303].contains(&answer.status), "{}", answer.text);
    let link = by_hand(officer, "23095");
    assert_eq!(app.anonymous().send("GET", &link, None).status, 200);
    assert_eq!(sign_up::press(app, &link).status, 200);
    let waiting = officer.get(&format!("{APPLICATIONS}?chapter=23095"), 200)["items"][0].clone();
    assert_eq!((&waiting["state"], &waiting["name"]), (&json!("CONFIRMED"), &json!("Nguyễn Văn Sông")));
    let accept = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER", "birth": "1995-03-08"});
    officer.post(&format!("{APPLICATIONS}/{}/acceptance", waiting["id"].as_str().unwrap()), accept.clone(), 201);
    let volunteer = accept["id"].as_str().unwrap().to_owned();
    let shown = officer.get(&at(&volunteer), 200);
    assert_eq!(shown["state"], "VERIFIED");
    // He says on the telephone when he has time, and that he comes.
    let days = json!(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]);
    let parts = json!(["MORNING", "AFTERNOON", "EVENING", "NIGHT"]);
    officer.patch(&at(&volunteer), json!({"willing": true, "weekdays": days, "day_parts": parts, "means": ["BOAT"]}), 200);
    Man { volunteer, person: shown["person"].as_str().unwrap().to_owned() }
}

fn he_passes_a_course_whose_certificate_anybody_checks(app: &TestApp, officer: &Caller<'_>, man: &Man) {
    let done = passed_by(officer, &man.person, json!({}));
    let checked = public(app, &done.code);
    assert_eq!((&checked["state"], &checked["chapter"], checked.get("name")), (&json!("VALID"), &json!("23095"), None));
    let can = officer.get(&at(&man.volunteer), 200)["skills"].clone();
    assert_eq!(
        (&can[0]["skill"], &can[0]["proof"], &can[0]["counts"]),
        (&json!("FIRST_AID"), &json!("CERTIFICATE"), &json!(true))
    );
}

/// Twenty of the response team are asked, fourteen say yes: eleven by their link, three who read none by telephone. Eleven come.
fn the_river_rises(app: &TestApp, man: &Man) {
    let officer = app.officer_of("23095");
    let seen = json!([{"skill": "FIRST_AID", "level": "GOOD", "proof": "SEEN"}]);
    let made = officer.post(TEAMS, team(app, json!({})), 201);
    joined(&officer, &made, &json!(man.person), Value::Null);
    for id in volunteers(&officer, "23095", 19) {
        let shown = officer.patch(&at(id), json!({"skills": seen}), 200);
        joined(&officer, &made, &shown["person"], Value::Null);
    }
    // Somebody who can do it and is not in the team, and somebody of the team's place who cannot.
    let other = crate::teams::volunteer(&officer, "23095", "Lê Thị Ngoài Đội", Some("0987654321")).0;
    officer.patch(&at(other), json!({"skills": seen}), 200);
    let body = called(app, json!({"needed": 14, "wave_size": 25, "skills": ["FIRST_AID"], "team": made["id"]}));
    let call = officer.post(CALL_OUTS, body, 201);
    assert_eq!(officer.post(&call_outs::at(&call, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 20);
    let mut people = list(&officer, &call);
    people.sort_by_key(|one| one["person"] != json!(man.person));
    assert_eq!((people.len(), &people[0]["first_name"]), (20, &json!("Sông")));
    for one in &people[..11] {
        assert_eq!(call_outs::press(app, &page(one), "answer=YES&minutes=30").status, 303);
    }
    for one in &people[11..14] {
        assert!(one["call"].as_str().unwrap().starts_with("tel:"), "{one}");
        let heard = json!({"answer": "YES", "arrives_at": app.now() + Duration::minutes(45)});
        officer.post(&call_outs::at(&call, &format!("/asked/{}/answer", one["id"].as_str().unwrap())), heard, 200);
    }
    let shown = officer.get(&call_outs::at(&call, ""), 200);
    assert_eq!((&shown["yes"], &shown["unanswered"], shown.get("enough_at").is_some()), (&json!(14), &json!(6), true));

    app.clock.advance(Duration::hours(4));
    let officer = app.officer_of("23095");
    let scan = |one: &Value, what: &str, ago: i64| json!({"id": Uuid::new_v4(), "code": one["code"], "what": what, "how": "QR", "at": app.now() - Duration::minutes(ago)});
    let scans: Vec<Value> = people[..11].iter().flat_map(|one| [scan(one, "CAME", 150), scan(one, "LEFT", 30)]).collect();
    officer.post(&call_outs::at(&call, "/attendance"), json!({"scans": scans}), 200);
    officer.post(&call_outs::at(&call, "/attendance"), json!({"scans": scans}), 200);
    officer.post(&call_outs::at(&call, "/ending"), Value::Null, 200);
    let note = json!({"note": "Đưa được 14 hộ vùng thấp đi tránh lũ; thiếu áo phao trẻ em."});
    for _ in 0..2 {
        let closed = officer.post(&call_outs::at(&call, "/closing"), note.clone(), 200);
        assert_eq!((&closed["call_out"]["came"], &closed["call_out"]["note"]), (&json!(11), &note["note"]));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_hours WHERE stands"), 11, "once");
    let worked = officer.get(&at(&man.volunteer), 200)["worked"].clone();
    assert_eq!((&worked[0]["year"], &worked[0]["minutes"]), (&json!(2026), &json!(120)));
}

/// A school's first-aid day, gifts before Tết, a drill with the Front: each led by one chapter and delivered by another.
fn what_was_done_is_counted_once_at_each_level(app: &TestApp) {
    let (officer, province) = (app.officer_of("23095"), app.chair_of("68"));
    let of = |change: Value| activities::activity(app, change);
    let school = of(json!({"title": "Ngày hội sơ cấp cứu Trường THCS", "delivered_by": ["23059"]}));
    let tet = of(json!({"chapter": "68", "area": "RELIEF_AND_ASSISTANCE", "movement": "TET_NHAN_AI", "title": "Trao quà Tết",
        "delivered_by": ["23095"]}));
    let drill = of(json!({"chapter": "68", "area": "DISASTER_PREPAREDNESS", "title": "Diễn tập phòng chống thiên tai",
        "partners": ["Ủy ban MTTQ Việt Nam tỉnh Lâm Đồng"], "delivered_by": ["23095", "23059"]}));
    activities::done(&officer, school, 120);
    activities::done(&province, tet, 200);
    activities::done(&province, drill, 60);
    let country = app.staff(Role::Inspector, "TW");
    let counted = |by: &Caller<'_>, chapter: &str| {
        let counts = by.get(&format!("/api/v1/activity-counts?chapter={chapter}&year=2026"), 200);
        (counts["led"]["activities"].as_i64().unwrap(), counts["delivered"].as_i64().unwrap())
    };
    assert_eq!((counted(&country, "TW"), counted(&country, "68")), ((3, 3), (3, 3)));
    assert_eq!((counted(&country, "23095"), counted(&country, "23059")), ((1, 2), (0, 2)));
    let shown = app.anonymous().get_text("/hoat-dong?lang=vi", 200);
    assert!(shown.contains("Trao quà Tết") && shown.contains("Diễn tập phòng chống thiên tai"), "{shown}");
}

/// *Người tốt, việc thiện*: named in public while he agrees.
fn he_is_commended(app: &TestApp, man: &Man) {
    let officer = app.officer_of("23095");
    let awarded = commendations::awarded(app, &officer, &json!(man.person));
    let shown = || app.anonymous().get_text("/api/v1/public/commendations", 200);
    assert!(!shown().contains("Nguyễn Văn Sông"));
    commendations::named(app, &officer, &awarded);
    assert!(shown().contains("Nguyễn Văn Sông"));
}

/// Missed since 1968, and last seen elsewhere: the case goes to the province, and nobody but its tracing officer reads it.
fn a_grandmother_looks_for_her_brother(app: &TestApp) {
    let (commune, province) = (family_links::tracer(app, "23095"), family_links::tracer(app, "68"));
    let case = family_links::record(app, &commune, json!({"sought": {"last_seen": "Tết Mậu Thân 1968"}}));
    let offered = family_links::offer(&commune, &case, "68");
    province.post(&format!("{}/{offered}/taking", family_links::OFFERS), Value::Null, 200);
    assert_eq!(province.get(&family_links::at(&case, ""), 200)["in_my_charge"], true);
    commune.get(&family_links::at(&case, ""), 404);
    app.chair_of("68").get(&family_links::at(&case, ""), 403);
}
