//! Bad moments of persons and members, each under its name: impossible births and names, ids that are guessed, drafts to learn who is
//! known, corrections, joins undone, lists that nobody decides on. (Transfers that something crossed, one person in two communes and a
//! chapter that merges: `members`. Spreadsheets: `members_lists`. Dues: `dues_moments`.)

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::errors;
use crate::harness::{Caller, TestApp};
use crate::members::{MEMBERS, STEPS, admitted, application, apply, approval, at, audited, consent, counted, state};
use crate::persons::{person_of, record};
use crate::successions;

const PERSONS: &str = "/api/v1/persons";

fn refused(officer: &Caller<'_>, change: Value) -> Vec<(String, String)> {
    errors(&officer.post(PERSONS, person_of(change), 422))
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[test]
fn a_name_of_300_letters_and_29_february_2001_are_refused_and_a_year_alone_is_taken() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    assert_eq!(refused(&officer, json!({"name": "Ă".repeat(300)})), one("/name", "NOT_A_LINE"));
    assert_eq!(refused(&officer, json!({"birth": "2001-02-29"})), one("/birth", "NOT_A_BIRTH"));
    assert_eq!(refused(&officer, json!({"birth": "29/02/2008"})), one("/birth", "NOT_A_BIRTH"));
    assert_eq!(refused(&officer, json!({"birth": "2031"})), one("/birth", "IN_THE_FUTURE"));
    let longest = "Ă".repeat(100);
    assert_eq!(officer.post(PERSONS, person_of(json!({"name": longest})), 201)["name"], longest);
    assert_eq!(officer.post(PERSONS, person_of(json!({"birth": "2008"})), 201)["birth"], "2008");
    assert_eq!(officer.post(PERSONS, person_of(json!({"birth": "2008-02-29"})), 201)["birth"], "2008-02-29");
    let said = officer.post(PERSONS, person_of(json!({"name": "Ă".repeat(300), "birth": "2001-02-29", "commune": "99999"})), 422);
    assert_eq!(errors(&said).len(), 2, "what is wrong in itself is said at once: {said}");
}

/// By hand (Civil Code, art. 20, 148): who was born on 29 February 2008 is of age from 28 February 2026 on, the last day of the month; of a
/// year alone nobody is before its last day.
#[test]
fn who_was_born_on_29_february_2008_is_18_on_28_february_2026_and_agrees_alone_from_then_on() {
    for (today, birth, alone) in [
        ("2026-02-27", "2008-02-29", false),
        ("2026-02-28", "2008-02-29", true),
        ("2026-03-01", "2008-02-29", true),
        ("2026-02-28", "2008-03-01", false),
        ("2026-02-28", "2008-02-28", true),
        ("2026-12-30", "2008", false),
        ("2026-12-31", "2008", true),
    ] {
        let app = TestApp::start();
        let day: chrono::NaiveDate = today.parse().unwrap();
        app.clock.advance(day - app.today());
        app.chair_of("23095");
        let officer = app.officer_of("23095");
        let person = record(&officer, json!({"name": "Lê Zqan", "birth": birth}));
        let ask = application(&person, json!({"kind": "YOUTH"}));
        match alone {
            true => drop(officer.post(MEMBERS, ask, 201)),
            false => assert_eq!(errors(&officer.post(MEMBERS, ask, 422)), one("/consent", "MISSING"), "{birth} on {today}"),
        }
    }
}

#[test]
fn an_officer_of_another_chapter_who_guesses_ids_gets_404_and_is_logged() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqan"}));
    let person = officer.get(&at(member), 200)["person"].as_str().unwrap().to_owned();
    let neighbour = app.officer_of("23059");
    for path in [at(member), format!("{PERSONS}/{person}")] {
        let there = neighbour.get_text(&path, 404);
        let nowhere = neighbour.get_text(&path.replace(path.rsplit('/').next().unwrap(), &Uuid::new_v4().to_string()), 404);
        let bare = |text: &str| {
            let problem: Value = serde_json::from_str(text).unwrap();
            ["type", "title", "status", "detail"].map(|name| problem[name].clone())
        };
        assert_eq!(bare(&there), bare(&nowhere), "what is there looks like what is not");
    }
    let noted = "SELECT count(*) FROM audit_event a JOIN chapter c ON c.id = a.chapter_id WHERE action = 'PERSON_READ_REFUSED' AND c.code = '23095'";
    assert_eq!(app.database.number(noted), 2, "the chapter learns that somebody tried");
    let leave = json!({"id": Uuid::now_v7(), "kind": "LEAVE"});
    neighbour.post(&format!("{}/steps", at(member)), leave, 404);
    neighbour.post(&format!("{}/transfer", at(member)), crate::members::transfer_to("23059"), 404);
    neighbour.post(MEMBERS, application(&person, json!({})), 404);
    assert_eq!(state(&officer, member), "ADMITTED");
}

/// An officer who drafts admissions to learn who is a member elsewhere is told nothing, and stopped after ten a day.
#[test]
fn drafting_admissions_to_learn_who_is_known_is_capped_and_says_nothing() {
    let app = TestApp::start();
    let (there, their_chair) = (app.officer_of("23059"), app.chair_of("23059"));
    let (account, chair) = (app.account(Role::Officer, "23095"), app.chair_of("23095"));
    let officer = app.log_in(account);
    app.chair_of("68");
    let known = |n: usize| json!({"name": format!("Người Thứ {n}"), "phone": format!("09876540{n:02}")});
    for n in 0..11 {
        let mut person = known(n);
        person["chapter"] = json!("23059");
        admitted(&there, &their_chair, person);
    }
    let mut told = Vec::new();
    for n in 0..10 {
        let id = apply(&officer, known(n), json!({}));
        chair.post(&approval(id), Value::Null, 200);
        let shown = officer.get_text(&at(id), 200);
        assert!(!shown.contains("23059") && !shown.contains("Hàm Thuận") && !shown.contains("LIKENESS"), "{shown}");
        told.push(state(&officer, id));
    }
    assert_eq!(told, vec!["CHECKED"; 10]);
    // The eleventh of a day, known elsewhere or not.
    for somebody in [known(10), json!({"name": "Ai Đó Khác"})] {
        let person = record(&officer, somebody);
        officer.post(MEMBERS, application(&person, json!({})), 429);
    }
    let other = app.officer_of("23095");
    apply(&other, json!({"name": "Của Người Khác"}), json!({}));
    app.clock.advance(Duration::hours(25));
    let officer = app.log_in(account);
    apply(&officer, json!({"name": "Ngày Hôm Sau"}), json!({}));
}

/// Two who were joined are parted again after the one that went on became a member: the role stays with whom it was given to.
#[test]
fn a_join_undone_after_a_new_role_was_added_leaves_the_role_with_the_one_that_went_on() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let kept = record(&officer, json!({"name": "Trần Thị Zqan", "birth": "1988"}));
    let joined = record(&officer, json!({"name": "Zqan Trần Thị", "birth": "1989"}));
    let join = Uuid::now_v7();
    officer.post("/api/v1/person-joins", json!({"id": join, "kept": kept, "joined": joined}), 201);
    chair.post(&format!("/api/v1/person-joins/{join}/approval"), Value::Null, 200);
    // Applied for by the card of the one who was joined, it is the one that goes on who becomes a member.
    let ask = application(&joined, json!({}));
    let member = ask["id"].as_str().unwrap().to_owned();
    assert_eq!(officer.post(MEMBERS, ask, 201)["person"], json!(kept));
    chair.post(&approval(&member), Value::Null, 200);
    let committee = crate::committees::made(&app, json!({}));
    let post = crate::committees::post_of(&committee, "CHAIR");
    crate::committees::seat(&officer, &post, &crate::committees::holder(&app, &json!(joined), json!({})));
    officer.post(&format!("/api/v1/person-joins/{join}/parting"), Value::Null, 200);
    assert_eq!(officer.get(&at(&member), 200)["person"], json!(kept));
    let holder = officer.get(&crate::committees::at(&post, ""), 200)["holders"][0].clone();
    assert_eq!(holder["person"], json!(kept), "and so is the post");
    // The other is somebody again, and may become a member too.
    assert_eq!(officer.get(&format!("{PERSONS}/{joined}"), 200).get("joined_to"), None);
    let other = application(&joined, json!({}));
    officer.post(MEMBERS, other.clone(), 201);
    chair.post(&approval(other["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!(counted(&app, "23095", "2026-11-22")["members"], 2);
    audited(&app);
}

#[test]
fn a_forged_card_is_nobodys_and_that_of_an_erased_person_is_no_longer_on_record() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqan"}));
    let shown = officer.get(&at(member), 200);
    let code = shown["card"].as_str().unwrap();
    let card = |code: &str, status: u16| app.anonymous().get(&format!("/api/v1/public/cards/{code}"), status);
    // One letter changed is no code, and a good code of nobody is nobody's.
    let last = if code.ends_with('0') { '1' } else { '0' };
    card(&format!("{}{last}", &code[..code.len() - 1]), 404);
    card(so_nhan_ai::basics::PublicCode::random().unwrap().as_str(), 404);
    let person = officer.get(&format!("{PERSONS}/{}", shown["person"].as_str().unwrap()), 200);
    let erase = crate::personal::ask(&app, "ERASE", json!({"party": person["party"]}));
    officer.post(crate::personal::REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&crate::personal::path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(card(code, 200), json!({"code": code, "state": "NO_LONGER_ON_RECORD"}));
    audited(&app);
}

/// She pays dues, one of them as a member who is free, and chairs the committee; she is erased, and every sum and count is what it was.
#[test]
fn erasure_of_somebody_with_dues_and_posts_leaves_sums_and_posts_intact() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let members = crate::dues::members(&app, "23095", 12);
    let her =
        admitted(&officer, &chair, json!({"name": "Trần Thị Zqchín", "phone": "0912345602", "birth": "1980-02-03"})).to_string();
    let person = officer.get(&at(&her), 200)["person"].clone();
    let committee = crate::committees::made(&app, json!({}));
    let post = crate::committees::post_of(&committee, "CHAIR");
    crate::committees::seat(&officer, &post, &crate::committees::holder(&app, &person, json!({})));
    let sheet = crate::dues::sheet(&app, "23095", vec![crate::dues::year(&her), crate::dues::free(&members[0])]);
    let made = officer.post(crate::dues::SHEETS, sheet.clone(), 201);
    let party = officer.get(&format!("{PERSONS}/{}", person.as_str().unwrap()), 200)["party"].clone();
    let erase = crate::personal::ask(&app, "ERASE", json!({"party": party}));
    officer.post(crate::personal::REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&crate::personal::path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    let after = officer.get(&format!("{}/{}", crate::dues::SHEETS, sheet["id"].as_str().unwrap()), 200);
    assert_eq!((&after["amount_vnd"], &after["paid"], &after["owed"]), (&made["amount_vnd"], &made["paid"], &made["owed"]));
    let shown = officer.get(&crate::committees::at(&post, ""), 200);
    assert_eq!((&shown["held"], shown["holders"][0].get("name")), (&json!(1), None));
    assert_eq!(counted(&app, "23095", "2026-11-22")["members"], 12, "she is none from today on");
    crate::personal::nowhere(&app, &["Zqchín", "0912345602"]);
    crate::dues::sound(&app);
}

/// A birth or a sex that was wrong is counted right from the day of its correction on, and days before stay as they were counted.
#[test]
fn a_corrected_birth_is_counted_from_the_day_of_the_correction_on() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({"name": "Lê Zqan", "birth": "1960", "sex": "MALE"}));
    app.clock.advance(Duration::days(3));
    let officer = app.officer_of("23095");
    let person = officer.get(&at(member), 200)["person"].as_str().unwrap().to_owned();
    let row = |on: &str| counted(&app, "23095", on)["rows"][0].clone();
    officer.patch(&format!("{PERSONS}/{person}"), json!({"phone": "0912345678"}), 200);
    assert_eq!(app.database.number("SELECT count(*) FROM member_span"), 1, "a number changes nothing that is counted");
    officer.patch(&format!("{PERSONS}/{person}"), json!({"birth": "1996-05-01", "sex": "FEMALE"}), 200);
    assert_eq!((&row("2026-11-25")["age"], &row("2026-11-25")["sex"]), (&json!("FROM_16_TO_30"), &json!("FEMALE")));
    assert_eq!((&row("2026-11-24")["age"], &row("2026-11-24")["sex"]), (&json!("OVER_60"), &json!("MALE")));
    assert_eq!(counted(&app, "23095", "2026-11-25")["members"], 1);
    // The same party under another name and number is still counted once, and cannot be admitted twice.
    officer.patch(&format!("{PERSONS}/{person}"), json!({"name": "Lê Thị Zqan", "phone": "0912345679"}), 200);
    assert_eq!(counted(&app, "23095", "2026-11-25")["members"], 1);
    let stands = "SELECT count(*) FROM member_span s JOIN member m ON m.id = s.member_id JOIN person p ON p.id = m.person_id WHERE s.to_day IS NULL AND s.party_id = p.party_id";
    assert_eq!(app.database.number(stands), 1);
    audited(&app);
}

/// A list that nobody decided on for a quarter stands in no merger's way: it is withdrawn, and nobody of it is kept.
#[test]
fn a_list_that_waits_too_long_does_not_block_a_merger_for_ever() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    crate::members_lists::waiting(&officer, "Phạm Zqhương", "0987654077");
    let plan = successions::plan(&app, json!({}));
    let people = successions::persons(&app);
    people.asker.post(successions::PLANS, plan.clone(), 201);
    people.successor.post(&successions::path(&plan, "/approval"), Value::Null, 200);
    people.above.post(&successions::path(&plan, "/approval"), Value::Null, 409);
    let list = app.database.text("SELECT id::text FROM member_import ORDER BY uploaded_at DESC LIMIT 1");
    people.above.post(&successions::path(&plan, "/refusal"), Value::Null, 200);
    app.clock.advance(Duration::days(91));
    let (people, plan) = (successions::persons(&app), successions::plan(&app, json!({})));
    assert_eq!(successions::carried(&people, &plan)["state"], "DONE");
    assert_eq!(app.database.text("SELECT state FROM member_import"), "WITHDRAWN");
    assert_eq!(app.database.text(&format!("SELECT state FROM decision WHERE id = '{list}'")), "WITHDRAWN");
    assert_eq!(app.database.number("SELECT count(*) FROM member_import_part"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'MEMBER_LIST_LAPSED'"), 1);
    let waits = app.chair_of("23059").get("/api/v1/decisions?chapter=23059", 200);
    assert_eq!(waits["items"], json!([]), "nothing of it waits at the successor");
    crate::personal::nowhere(&app, &["Zqhương"]);
    audited(&app);
}

/// Consent that was good when it was asked for: the child is a member all the same when it comes of age before the second person decides.
#[test]
fn who_comes_of_age_while_the_application_waits_is_admitted_as_asked() {
    let app = TestApp::start();
    app.chair_of("23095");
    let officer = app.officer_of("23095");
    let id = apply(
        &officer,
        json!({"name": "Lê Zqan", "birth": "2008-11-25"}),
        json!({"kind": "YOUTH", "consent": consent(json!({}))}),
    );
    app.clock.advance(Duration::days(5));
    app.chair_of("23095").post(&format!("{STEPS}/{id}/approval"), Value::Null, 200);
    assert_eq!(state(&app.officer_of("23095"), id), "ADMITTED");
    audited(&app);
}

/// Two members who are joined are one member from that day on; a day that is over stays as it was counted.
#[test]
fn two_members_who_are_joined_are_counted_once_until_they_are_parted() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let first = admitted(&officer, &chair, json!({"name": "Trần Thị Zqan", "birth": "1988"}));
    let second = admitted(&officer, &chair, json!({"name": "Zqan Trần Thị", "birth": "1989"}));
    let person = |officer: &Caller<'_>, member: Uuid| officer.get(&at(member), 200)["person"].clone();
    app.clock.advance(Duration::days(2));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let join = |officer: &Caller<'_>, chair: &Caller<'_>| {
        let id = Uuid::now_v7();
        let ask = json!({"id": id, "kept": person(officer, first), "joined": person(officer, second)});
        officer.post("/api/v1/person-joins", ask, 201);
        chair.post(&format!("/api/v1/person-joins/{id}/approval"), Value::Null, 200);
        format!("/api/v1/person-joins/{id}/parting")
    };
    let days = |days: &[(&str, i64)]| {
        for (day, members) in days {
            assert_eq!(counted(&app, "23095", day)["members"], *members, "{day}");
        }
    };
    let part = join(&officer, &chair);
    days(&[("2026-11-22", 2), ("2026-11-23", 2), ("2026-11-24", 1)]);
    audited(&app);
    // What is corrected of the one that is not counted makes it count no more than before.
    let at_person = format!("{PERSONS}/{}", person(&officer, second).as_str().unwrap());
    officer.with("if-match", "\"1\"").patch(&at_person, json!({"sex": "FEMALE"}), 200);
    days(&[("2026-11-24", 1)]);
    app.clock.advance(Duration::days(2));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    officer.post(&part, Value::Null, 200);
    officer.post(&part, Value::Null, 200);
    days(&[("2026-11-23", 2), ("2026-11-25", 1), ("2026-11-26", 2)]);
    audited(&app);
    // Joined again: where the membership that is counted ends, the other one is counted on.
    let part = join(&officer, &chair);
    days(&[("2026-11-26", 1)]);
    officer.post(&format!("{}/steps", at(first)), json!({"id": Uuid::now_v7(), "kind": "LEAVE"}), 201);
    assert_eq!((state(&officer, first), state(&officer, second)), ("LEFT".to_owned(), "ADMITTED".to_owned()));
    days(&[("2026-11-25", 1), ("2026-11-26", 1)]);
    officer.post(&part, Value::Null, 200);
    days(&[("2026-11-26", 1)]);
    audited(&app);
}

/// Of a person who stands there twice the membership moves that is counted, and nobody is counted here and there.
#[test]
fn who_was_joined_moves_once() {
    let app = TestApp::start();
    let (officer, chair, their_chair) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("23059"));
    let first = admitted(&officer, &chair, json!({"name": "Trần Thị Zqan", "birth": "1988"}));
    let second = admitted(&officer, &chair, json!({"name": "Zqan Trần Thị", "birth": "1989"}));
    let (join, person) = (Uuid::now_v7(), |member: Uuid| officer.get(&at(member), 200)["person"].clone());
    officer.post("/api/v1/person-joins", json!({"id": join, "kept": person(first), "joined": person(second)}), 201);
    chair.post(&format!("/api/v1/person-joins/{join}/approval"), Value::Null, 200);
    let mut last = 409;
    for member in [second, first] {
        let ask = crate::members::transfer_to("23059");
        officer.post(&format!("{}/transfer", at(member)), ask.clone(), 201);
        let step = ask["id"].as_str().unwrap();
        chair.post(&approval(step), Value::Null, 200);
        their_chair.post(&approval(step), Value::Null, last);
        last = 200;
    }
    assert_eq!((state(&officer, first), state(&officer, second)), ("TRANSFERRED".to_owned(), "ADMITTED".to_owned()));
    for (chapter, members) in [("23095", 0), ("23059", 1), ("68", 1)] {
        assert_eq!(counted(&app, chapter, "2026-11-22")["members"], members, "{chapter}");
    }
    audited(&app);
}
