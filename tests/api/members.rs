//! Members: application, admission, card, transfer, ending, consent for children; counted once a day, and the same for ever.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::successions;

pub const MEMBERS: &str = "/api/v1/members";
pub const STEPS: &str = "/api/v1/member-steps";
/// A card that is nobody's, where [`some_card`] put it.
pub const CARD: &str = "7ZC4K0M9T2R8VQ3BV";
const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    app.chair_of("23059");
    some_card(app);
    let members: Vec<Uuid> = (0..4).map(|n| admitted(&officer, &chair, json!({"name": format!("Hội Viên {n}")}))).collect();
    let waiting: Vec<Uuid> = (0..3).map(|n| apply(&officer, json!({"name": format!("Người Xin {n}")}), json!({}))).collect();
    let person = record(&officer, json!({"name": "Người Sẽ Xin"}));
    let member = |n: usize, rest: &str| format!("{MEMBERS}/{}{rest}", members[n]);
    let step = |n: usize, rest: &str| format!("{STEPS}/{}{rest}", waiting[n]);
    let new = application(&person, json!({}));
    let leave = json!({"id": Uuid::now_v7(), "kind": "LEAVE"});
    let transfer = json!({"id": Uuid::now_v7(), "to": "23059", "decision_no": "31/GT"});
    let nothing = || Some(Value::Null);
    vec![
        call("POST /api/v1/members", MEMBERS.to_owned(), Some(new), 404, 403, 201),
        call("GET /api/v1/members", format!("{MEMBERS}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/members/{id}", member(0, ""), None, 404, 403, 200),
        call(
            "POST /api/v1/members/{id}/placement",
            member(0, "/placement"),
            Some(json!({"kind": "MEMBER", "team": "Tổ 2"})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/members/{id}/steps", member(1, "/steps"), Some(leave), 404, 403, 201),
        call("POST /api/v1/members/{id}/transfer", member(2, "/transfer"), Some(transfer), 404, 403, 201),
        call("POST /api/v1/members/{id}/card", member(3, "/card"), nothing(), 404, 403, 200),
        call("GET /api/v1/member-grades", "/api/v1/member-grades".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/member-counts", "/api/v1/member-counts?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/member-steps/{id}", step(0, ""), None, 404, 403, 200),
        call("POST /api/v1/member-steps/{id}/approval", step(0, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/member-steps/{id}/refusal", step(1, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/member-steps/{id}/withdrawal", step(2, "/withdrawal"), nothing(), 404, 403, 200),
    ]
}

/// A valid card under a code that is known beforehand.
pub fn some_card(app: &TestApp) {
    app.database.execute(&format!("INSERT INTO public_card (code, state) VALUES ('{CARD}', 'VALID')"));
}

/// An application as a client sends it.
pub fn application(person: &str, change: Value) -> Value {
    let mut ask = json!({"id": Uuid::new_v4(), "person": person, "kind": "MEMBER", "decision_no": "15/QĐ-HCTĐ"});
    ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    ask
}

/// Writes somebody down and applies for them.
pub fn apply(officer: &Caller<'_>, person: Value, change: Value) -> Uuid {
    let ask = application(&record(officer, person), change);
    assert_eq!(officer.post(MEMBERS, ask.clone(), 201)["state"], "APPLIED");
    ask["id"].as_str().unwrap().parse().unwrap()
}

pub fn approval(step: impl std::fmt::Display) -> String {
    format!("{STEPS}/{step}/approval")
}

/// A member of the officer's chapter, by name or more.
pub fn admitted(officer: &Caller<'_>, chair: &Caller<'_>, person: Value) -> Uuid {
    let id = apply(officer, person, json!({}));
    assert_eq!(chair.post(&approval(id), Value::Null, 200)["state"], "DONE");
    id
}

pub fn at(id: impl std::fmt::Display) -> String {
    format!("{MEMBERS}/{id}")
}

pub fn state(officer: &Caller<'_>, id: impl std::fmt::Display) -> String {
    officer.get(&at(id), 200)["state"].as_str().unwrap().to_owned()
}

pub fn consent(change: Value) -> Value {
    let mut consent =
        json!({"text_version": 1, "guardian": "Trần Văn Zqbố", "given_on": "2026-11-20", "paper": PAPER, "child_agreed": true});
    consent.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    consent
}

pub fn counted(app: &TestApp, chapter: &str, on: &str) -> Value {
    let province = app.staff(Role::ProvincialAdministrator, "68");
    province.get(&format!("/api/v1/member-counts?chapter={chapter}&on={on}"), 200)
}

pub fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

pub fn transfer_to(to: &str) -> Value {
    json!({"id": Uuid::now_v7(), "to": to, "decision_no": "31/GT-HCTĐ"})
}

#[test]
fn somebody_is_admitted_by_a_second_person_and_has_a_card() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = record(&officer, json!({"name": "Trần Thị Zqan", "birth": "1988", "sex": "FEMALE"}));
    let ask = application(&person, json!({"team": "Tổ 3", "note": "chị Zqan xin vào"}));
    let made = officer.post(MEMBERS, ask.clone(), 201);
    assert_eq!((&made["state"], &made["team"], made.get("card")), (&json!("APPLIED"), &json!("Tổ 3"), None));
    officer.post(MEMBERS, ask.clone(), 200);
    let mut other = ask.clone();
    other["kind"] = json!("HONORARY");
    officer.post(MEMBERS, other, 422);
    officer.post(MEMBERS, application(&person, json!({})), 409);
    let id = ask["id"].as_str().unwrap();
    officer.post(&approval(id), Value::Null, 403);
    let shown = chair.get(&format!("{STEPS}/{id}"), 200);
    assert_eq!((&shown["person"]["name"], &shown["note"]), (&json!("Trần Thị Zqan"), &json!("chị Zqan xin vào")));
    chair.post(&approval(id), Value::Null, 200);
    chair.post(&approval(id), Value::Null, 200);
    let member = officer.get(&at(id), 200);
    assert_eq!((&member["state"], &member["since"]), (&json!("ADMITTED"), &json!("2026-11-22")));

    // Everybody may learn that the card is valid and of which chapter, and nothing else.
    let code = member["card"].as_str().unwrap();
    let public = |code: &str, status: u16| app.anonymous().get(&format!("/api/v1/public/cards/{code}"), status);
    let card = public(code, 200);
    assert_eq!(card, json!({"code": code, "state": "VALID", "chapter": "23095", "chapter_name": "Hội Chữ thập đỏ xã Hàm Liêm"}));
    let page = app.anonymous().get_text(&format!("/g/{code}"), 200);
    assert!(page.contains("Hàm Liêm") && !page.contains("Zqan"), "{page}");
    // A forged code is nobody's; another card takes the place of a lost one.
    public(so_nhan_ai::basics::PublicCode::random().unwrap().as_str(), 404);
    public("7ZC4K0M9T2R8VQ3BV0", 404);
    let second = officer.post(&format!("{}/card", at(id)), Value::Null, 200)["card"].as_str().unwrap().to_owned();
    assert_eq!((public(code, 200)["state"].clone(), public(&second, 200)["state"].clone()), (json!("NOT_VALID"), json!("VALID")));
    audited(&app);
}

#[test]
fn who_is_too_young_or_has_no_consent_is_not_applied_for() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let refused = |birth: Option<&str>, change: Value| -> Vec<(String, String)> {
        let person = record(&officer, json!({"name": "Em Zqbé", "birth": birth}));
        let problem = officer.post(MEMBERS, application(&person, change), 422);
        let said = |e: &Value| (e["pointer"].as_str().unwrap().to_owned(), e["code"].as_str().unwrap().to_owned());
        problem["errors"].as_array().unwrap().iter().map(said).collect()
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(refused(Some("2012"), json!({"kind": "MEMBER", "consent": consent(json!({}))})), one("/kind", "OUT_OF_RANGE"));
    assert_eq!(
        refused(Some("2010-01-01"), json!({"kind": "JUNIOR", "consent": consent(json!({}))})),
        one("/kind", "OUT_OF_RANGE")
    );
    assert_eq!(refused(Some("2013-05-01"), json!({"kind": "JUNIOR"})), one("/consent", "MISSING"));
    assert_eq!(refused(None, json!({"kind": "JUNIOR"})), one("/consent", "MISSING"));
    assert_eq!(refused(Some("2009-01-01"), json!({"kind": "YOUTH"})), one("/consent", "MISSING"));
    let without = |change: Value| json!({"kind": "JUNIOR", "consent": consent(change)});
    assert_eq!(refused(Some("2013-05-01"), without(json!({"child_agreed": false}))), one("/consent/child_agreed", "MISSING"));
    assert_eq!(refused(Some("2013-05-01"), without(json!({"text_version": 9}))), one("/consent/text_version", "OUT_OF_RANGE"));
    assert_eq!(refused(Some("2013-05-01"), without(json!({"paper": "x"}))), one("/consent/paper", "NOT_A_HASH"));
    assert_eq!(
        refused(Some("2013-05-01"), without(json!({"given_on": "2027-01-01"}))),
        one("/consent/given_on", "IN_THE_FUTURE")
    );
    // Below seven the representative alone.
    let little = apply(&officer, json!({"name": "Em Zqnhỏ", "birth": "2020-01-01"}), without(json!({"child_agreed": false})));
    let junior = apply(&officer, json!({"name": "Em Zqlan", "birth": "2013-05-01"}), without(json!({})));
    for id in [little, junior] {
        chair.post(&approval(id), Value::Null, 200);
    }
    let member = officer.get(&at(junior), 200);
    assert_eq!((&member["consent"]["guardian"], &member["consent"]["text_version"]), (&json!("Trần Văn Zqbố"), &json!(1)));
    // A junior's card says only that it is valid.
    let code = member["card"].as_str().unwrap();
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/cards/{code}"), 200), json!({"code": code, "state": "VALID"}));
    assert!(!app.anonymous().get_text(&format!("/g/{code}"), 200).contains("Hàm Liêm"));
    assert_eq!(app.database.number("SELECT count(*) FROM public_card WHERE chapter_id IS NOT NULL"), 0);
    audited(&app);
}

#[test]
fn members_are_counted_on_any_day_and_a_day_that_is_over_never_changes() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    app.chair_of("68");
    let first = admitted(&officer, &chair, json!({"name": "Lê Zqa", "birth": "1988", "sex": "FEMALE", "phone": "0912345678"}));
    admitted(&officer, &chair, json!({"name": "Lê Zqb", "birth": "2000-01-01", "sex": "MALE"}));
    let row = |kind: &str, sex: Option<&str>, age: &str, members: i64| {
        let mut row = json!({"kind": kind, "age": age, "sector": "TERRITORIAL", "members": members});
        if let Some(sex) = sex {
            row["sex"] = json!(sex);
        }
        row
    };
    let on_day = counted(&app, "68", "2026-11-22");
    assert_eq!(
        on_day["rows"],
        json!([row("MEMBER", Some("FEMALE"), "FROM_31_TO_60", 1), row("MEMBER", Some("MALE"), "FROM_16_TO_30", 1)])
    );
    assert_eq!(counted(&app, "23095", "2026-11-21")["members"], 0);

    app.clock.advance(Duration::days(10));
    let again = app.officer_of("23095");
    again.post(&format!("{}/placement", at(first)), json!({"kind": "HONORARY"}), 200);
    assert_eq!(counted(&app, "68", "2026-11-22"), on_day);
    assert_eq!(counted(&app, "68", "2026-12-02")["rows"][0], row("HONORARY", Some("FEMALE"), "FROM_31_TO_60", 1));
    app.clock.advance(Duration::days(10));
    let chair = app.chair_of("23095");
    let again = app.officer_of("23095");
    // Erased with everything that is said of her; what was counted stays.
    let member = again.get(&at(first), 200);
    let party = again.get(&format!("/api/v1/persons/{}", member["person"].as_str().unwrap()), 200)["party"].clone();
    let before = (counted(&app, "68", "2026-11-30"), counted(&app, "68", "2026-12-05"));
    let erase = ask(&app, "ERASE", json!({"party": party}));
    again.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!((counted(&app, "68", "2026-11-30"), counted(&app, "68", "2026-12-05")), before);
    assert_eq!(counted(&app, "68", "2026-12-12")["members"], 1);
    let gone = again.get(&at(first), 200);
    assert_eq!((&gone["state"], gone.get("name"), gone.get("card")), (&json!("ERASED"), None, None));
    let card = app.anonymous().get(&format!("/api/v1/public/cards/{}", member["card"].as_str().unwrap()), 200);
    assert_eq!((&card["state"], card.get("chapter")), (&json!("NO_LONGER_ON_RECORD"), None));
    crate::personal::nowhere(&app, &["Zqa", "0912345678"]);
    audited(&app);
    for (sql, name) in [
        ("UPDATE member_span SET kind = 'JUNIOR'", "member_span_only_ends"),
        ("UPDATE member_span SET to_day = to_day + 1 WHERE to_day IS NOT NULL", "member_span_only_ends"),
        (
            "INSERT INTO member_span SELECT member_id, n + 9, chapter_id, NULL, NULL, kind, sex, birth_year, sector, from_day, to_day FROM member_span WHERE to_day IS NOT NULL",
            "member_span_once_a_day",
        ),
    ] {
        assert!(app.database.refuses(sql).contains(name), "{sql}");
    }
}

#[test]
fn who_left_is_no_member_and_comes_back_by_reinstatement() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqa"}));
    let step = |kind: &str, no: Option<&str>| json!({"id": Uuid::now_v7(), "kind": kind, "decision_no": no});
    let to = format!("{}/steps", at(member));
    officer.post(&to, step("STRIKE_OFF", None), 422);
    officer.post(&to, step("REINSTATEMENT", Some("1/QĐ")), 409);
    let leave = step("LEAVE", None);
    assert_eq!(officer.post(&to, leave.clone(), 201)["state"], "DONE");
    officer.post(&to, leave, 200);
    assert_eq!(state(&officer, member), "LEFT");
    officer.post(&to, step("LEAVE", None), 409);
    let back = step("REINSTATEMENT", Some("2/QĐ"));
    officer.post(&to, back.clone(), 201);
    chair.post(&approval(back["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!(state(&officer, member), "ADMITTED");
    let off = step("STRIKE_OFF", Some("3/QĐ"));
    officer.post(&to, off.clone(), 201);
    officer.post(&to, step("STRIKE_OFF", Some("4/QĐ")), 409);
    assert_eq!(chair.post(&format!("{STEPS}/{}/refusal", off["id"].as_str().unwrap()), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(state(&officer, member), "ADMITTED");
    // An application that is refused or withdrawn leaves nothing.
    let other = apply(&officer, json!({"name": "Lê Zqb"}), json!({}));
    officer.post(&format!("{STEPS}/{other}/withdrawal"), Value::Null, 200);
    assert_eq!(state(&officer, other), "WITHDRAWN");
    assert_eq!(counted(&app, "23095", "2026-11-22")["members"], 1);
    audited(&app);
}

#[test]
fn who_moves_is_transferred_by_both_chapters_with_history_and_card() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqa", "phone": "0912345678", "birth": "1988"}));
    let card = officer.get(&at(member), 200)["card"].as_str().unwrap().to_owned();
    app.clock.advance(Duration::days(3));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (there, their_chair) = (app.officer_of("23059"), app.chair_of("23059"));
    let ask = transfer_to("23059");
    let to = format!("{}/transfer", at(member));
    officer.post(&to, transfer_to("23095"), 422);
    officer.post(&to, transfer_to("99999"), 422);
    officer.post(&to, ask.clone(), 201);
    officer.post(&to, ask.clone(), 200);
    let step = ask["id"].as_str().unwrap();
    // The other chapter sees who comes, and nothing else of them.
    assert_eq!(there.get(&format!("{STEPS}/{step}"), 200)["person"]["name"], "Lê Zqa");
    there.get(&at(member), 404);
    assert_eq!(chair.post(&approval(step), Value::Null, 200)["state"], "ASKED");
    assert_eq!(state(&officer, member), "ADMITTED");
    assert_eq!(their_chair.post(&approval(step), Value::Null, 200)["state"], "DONE");
    assert_eq!(state(&officer, member), "TRANSFERRED");
    let new = &there.get(&format!("{MEMBERS}?chapter=23059&state=ADMITTED"), 200)["items"][0];
    let new = there.get(&at(new["id"].as_str().unwrap()), 200);
    assert_eq!((&new["name"], &new["since"], &new["card"]), (&json!("Lê Zqa"), &json!("2026-11-22"), &json!(card)));
    assert_ne!(new["person"], officer.get(&at(member), 200)["person"]);
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/cards/{card}"), 200)["chapter"], "23059");
    for (chapter, day, members) in [
        ("23095", "2026-11-24", 1),
        ("23059", "2026-11-24", 0),
        ("23095", "2026-11-25", 0),
        ("23059", "2026-11-25", 1),
        ("68", "2026-11-25", 1),
    ] {
        assert_eq!(counted(&app, chapter, day)["members"], members, "{chapter} {day}");
    }
    audited(&app);
}

/// A transfer waits; meanwhile she leaves, is expelled, or both sides say yes in one moment.
#[test]
fn a_transfer_that_something_crossed_moves_nobody() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let their_chair = app.chair_of("23059");
    for (n, kind) in [(1, "LEAVE"), (2, "EXPULSION")] {
        let member = admitted(&officer, &chair, json!({"name": format!("Lê Zq {n}")}));
        let ask = transfer_to("23059");
        officer.post(&format!("{}/transfer", at(member)), ask.clone(), 201);
        let step = ask["id"].as_str().unwrap();
        chair.post(&approval(step), Value::Null, 200);
        let end = json!({"id": Uuid::now_v7(), "kind": kind, "decision_no": "9/QĐ"});
        officer.post(&format!("{}/steps", at(member)), end.clone(), 201);
        if kind == "EXPULSION" {
            chair.post(&approval(end["id"].as_str().unwrap()), Value::Null, 200);
        }
        their_chair.post(&approval(step), Value::Null, 409);
        assert_eq!(their_chair.post(&format!("{STEPS}/{step}/refusal"), Value::Null, 200)["state"], "REFUSED");
        assert_eq!(state(&officer, member), if kind == "LEAVE" { "LEFT" } else { "EXPELLED" });
    }
    assert_eq!(counted(&app, "68", "2026-11-22")["members"], 0);

    let member = admitted(&officer, &chair, json!({"name": "Lê Zq 3"}));
    let ask = transfer_to("23059");
    officer.post(&format!("{}/transfer", at(member)), ask.clone(), 201);
    let to = approval(ask["id"].as_str().unwrap());
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let sides: Vec<_> = [&chair, &their_chair, &chair, &their_chair]
            .map(|side| scope.spawn(|| side.send("POST", &to, Some(b"null".to_vec())).status))
            .into();
        sides.into_iter().map(|side| side.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|status| [200, 403, 404].contains(status)), "{answers:?}");
    for side in [&chair, &their_chair] {
        side.send("POST", &to, Some(b"null".to_vec()));
    }
    assert_eq!(state(&officer, member), "TRANSFERRED");
    assert_eq!(app.database.number("SELECT count(*) FROM member WHERE state = 'ADMITTED'"), 1);
    assert_eq!(counted(&app, "68", "2026-11-22")["members"], 1);
    audited(&app);
}

/// One woman is admitted in two communes in one moment: one admits her, the other is told that it is checked above, and no more.
#[test]
fn one_person_admitted_in_two_communes_at_once_is_checked_above() {
    let app = TestApp::start();
    let sides = ["23095", "23059"].map(|chapter| (app.officer_of(chapter), app.chair_of(chapter), chapter));
    let (province, their_admin) = (app.chair_of("68"), app.staff(Role::ProvincialAdministrator, "68"));
    let her = |chapter: &str| json!({"chapter": chapter, "name": "Phạm Thị Zqhương", "phone": "0987654077"});
    let ids: Vec<Uuid> = sides.iter().map(|(officer, _, chapter)| apply(officer, her(chapter), json!({}))).collect();
    std::thread::scope(|scope| {
        for ((_, chair, _), id) in sides.iter().zip(&ids) {
            scope.spawn(move || assert_eq!(chair.post(&approval(id), Value::Null, 200)["state"], "DONE"));
        }
    });
    let states: Vec<String> = sides.iter().zip(&ids).map(|((officer, ..), id)| state(officer, id)).collect();
    let mut sorted = states.clone();
    sorted.sort();
    assert_eq!(sorted, ["ADMITTED", "CHECKED"]);
    let second = states.iter().position(|state| state == "CHECKED").unwrap();
    let ((officer, chair, _), first_chapter) = (&sides[second], sides[1 - second].2);
    let text = officer.get_text(&at(ids[second]), 200);
    assert!(!text.contains(first_chapter) && !text.contains("LIKENESS"), "{text}");
    let step = app.database.text("SELECT id::text FROM member_step WHERE kind = 'LIKENESS'");
    for nobody in [officer, chair, &their_admin] {
        assert!([403, 404].contains(&nobody.send("GET", &format!("{STEPS}/{step}"), None).status));
    }
    assert_eq!(province.get(&format!("{STEPS}/{step}"), 200)["elsewhere"], first_chapter);
    // It is her: one membership. (Somebody else of that name would be admitted.)
    assert_eq!(province.post(&format!("{STEPS}/{step}/refusal"), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(state(officer, ids[second]), "REFUSED");
    assert_eq!(counted(&app, "68", "2026-11-22")["members"], 1);

    // Once more, and this time it is somebody else.
    let person = officer.get(&at(ids[second]), 200)["person"].as_str().unwrap().to_owned();
    let again = application(&person, json!({}));
    officer.post(MEMBERS, again.clone(), 201);
    let again = again["id"].as_str().unwrap();
    chair.post(&approval(again), Value::Null, 200);
    assert_eq!(state(officer, again), "CHECKED");
    let step = app.database.text("SELECT id::text FROM member_step WHERE kind = 'LIKENESS' AND state = 'ASKED'");
    assert_eq!(province.post(&approval(&step), Value::Null, 200)["state"], "DONE");
    assert_eq!(state(officer, again), "ADMITTED");
    assert_eq!(counted(&app, "68", "2026-11-22")["members"], 2);
    audited(&app);
}

/// The chapter she goes to merges while the transfer waits; later her own does.
#[test]
fn a_transfer_that_waits_goes_on_at_the_successor() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("22918"), app.chair_of("22918"));
    app.chair_of("23095");
    let people = successions::persons(&app);
    let member = admitted(&officer, &chair, json!({"chapter": "22918", "name": "Lê Zqa"}));
    let ask = transfer_to("23095");
    officer.post(&format!("{}/transfer", at(member)), ask.clone(), 201);
    let step = ask["id"].as_str().unwrap();
    chair.post(&approval(step), Value::Null, 200);
    let plan = successions::plan(&app, json!({}));
    assert_eq!(successions::carried(&people, &plan)["state"], "DONE");
    assert_eq!(people.successor.post(&approval(step), Value::Null, 200)["state"], "DONE");
    let there = app.officer_of("23059");
    let new = there.get(&format!("{MEMBERS}?chapter=23059"), 200)["items"][0].clone();
    assert_eq!((&new["name"], &new["chapter"]), (&json!("Lê Zqa"), &json!("23059")));
    assert_eq!(counted(&app, "23059", "2026-11-22")["members"], 1);
    audited(&app);
}

/// Who was counted at a chapter that merged is counted at the successor, and their card says so.
#[test]
fn members_of_a_merged_chapter_are_counted_at_the_successor() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    successions::paper(&app, "68");
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqa"}));
    let card = officer.get(&at(member), 200)["card"].as_str().unwrap().to_owned();
    app.clock.advance(Duration::days(2));
    let people = successions::Persons {
        asker: app.staff(Role::ProvincialAdministrator, "68"),
        successor: app.chair_of("23059"),
        above: app.chair_of("68"),
    };
    successions::carried(&people, &successions::plan(&app, json!({"effective_on": app.today()})));
    for (chapter, day, members) in
        [("23095", "2026-11-23", 1), ("23059", "2026-11-23", 0), ("23095", "2026-11-24", 0), ("23059", "2026-11-24", 1)]
    {
        assert_eq!(counted(&app, chapter, day)["members"], members, "{chapter} {day}");
    }
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/cards/{card}"), 200)["chapter"], "23059");
    // The successor's officers keep her from now on.
    let there = app.officer_of("23059");
    assert_eq!(there.get(&at(member), 200)["name"], "Lê Zqa");
    there.post(&format!("{}/steps", at(member)), json!({"id": Uuid::now_v7(), "kind": "LEAVE"}), 201);
    assert_eq!(counted(&app, "23059", "2026-11-24")["members"], 0);
    audited(&app);
}

/// Fills a chapter's list.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of("23095");
    for n in 0..most {
        apply(&officer, json!({"name": format!("Hội Viên {n}")}), json!({}));
    }
}
