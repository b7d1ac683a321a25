//! Links of call-outs in their bad moments: scanned, used twice, forwarded, forged, after the end; and what happens while answers come.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::call_outs::{CALL_OUTS, asked, at, called, list, page, press, volunteers};
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::successions;
use crate::teams::volunteer;

/// What of a call-out changes by answers.
const ANSWERS: &str =
    "SELECT coalesce(string_agg(a::text, ' ' ORDER BY a.id), '') || (SELECT count(*) FROM call_out_answer) FROM call_out_asked a";

#[test]
fn a_link_opened_by_a_scanner_changes_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteer(&officer, "23095", "Nguyễn Thị Lan", Some("0912345678"));
    let made = asked(&app, &officer, json!({}));
    let link = page(&list(&officer, &made)[0]);
    let before = app.database.text(ANSWERS);
    let shown = app.anonymous().send("GET", &link, None);
    assert_eq!((shown.status, shown.text.contains("Lũ sông Quao") && shown.text.contains("Lan")), (200, true), "{}", shown.text);
    for (header, sign) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("content-security-policy", "default-src 'none'"),
    ] {
        assert!(shown.header(header).unwrap().contains(sign), "{header}");
    }
    assert!(!shown.text.contains(&link), "the page does not repeat its address");
    assert_eq!(app.anonymous().send("HEAD", &link, None).status, 200);
    assert_ne!(app.anonymous().send("PUT", &link, Some(Vec::new())).status, 200);
    app.anonymous().get_text(&format!("{link}?answer=YES"), 200);
    assert_eq!(app.database.text(ANSWERS), before);
    let english = app.anonymous().with("accept-language", "en").get_text(&link, 200);
    assert!(english.contains("I will come"), "{english}");
}

/// A link used twice shows the same answer, and counts once; until the end one may change one's mind.
#[test]
fn a_link_used_twice_counts_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 1);
    let made = asked(&app, &officer, json!({"needed": 3}));
    let link = page(&list(&officer, &made)[0]);
    for _ in 0..2 {
        assert_eq!(press(&app, &link, "answer=YES&minutes=30").status, 303);
        let shown = app.anonymous().get_text(&format!("{link}?da-ghi"), 200);
        assert!(shown.contains("Cảm ơn") && shown.contains("sẽ đến") && shown.contains("<svg"), "{shown}");
    }
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 1);
    assert_eq!(list(&officer, &made)[0]["answers"].as_array().unwrap().len(), 1);
    press(&app, &link, "answer=NO");
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["yes"], &shown["no"], &shown["unanswered"]), (&json!(0), &json!(1), &json!(0)));
    assert_eq!(press(&app, &link, "answer=MAYBE").status, 422);
}

/// Whoever is sent somebody else's link learns a first name, and how to answer for them; nothing to find them by.
#[test]
fn a_forwarded_link_tells_a_first_name_and_no_more() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (_, person) = volunteer(&officer, "23095", "Phạm Thị Quỳnhxqz Hương", Some("0987654077"));
    let made = asked(&app, &officer, json!({}));
    let people = list(&officer, &made);
    let link = page(&people[0]);
    for _ in 0..2 {
        let shown = app.anonymous().get_text(&link, 200);
        assert!(shown.contains("Hương"));
        for secret in ["Quỳnhxqz", "Phạm", "0987654077", "4077", person.as_str().unwrap(), "23095"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        press(&app, &link, "answer=YES&minutes=15");
    }
    // One that nobody signed is none, and does not come as far as the database.
    let forged = format!("{}A", &link[..link.len() - 1]);
    let forged = if forged == link { format!("{}B", &link[..link.len() - 1]) } else { forged };
    let other = link[..link.len() - 4].to_owned();
    for nothing in [forged.as_str(), other.as_str(), "/huy-dong/x"] {
        let answer = app.anonymous().send("GET", nothing, None);
        assert_ne!(answer.status, 200, "{nothing}");
        assert_ne!(press(&app, nothing, "answer=YES").status, 303, "{nothing}");
    }
}

#[test]
fn a_link_after_the_end_or_taken_back_says_nothing_of_anybody() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 2);
    let made = asked(&app, &officer, json!({}));
    let people = list(&officer, &made);
    let [first, second] = [page(&people[0]), page(&people[1])];
    press(&app, &first, "answer=YES&minutes=15");
    let taken = at(&made, &format!("/asked/{}/revocation", people[0]["id"].as_str().unwrap()));
    assert!(officer.post(&taken, Value::Null, 200).get("first_name").is_none());
    let over = |link: &str| {
        let (opened, pressed) = (app.anonymous().send("GET", link, None), press(&app, link, "answer=NO"));
        for (status, text) in [(opened.status, opened.text), (pressed.status, pressed.body)] {
            assert_eq!(status, 410, "{text}");
            assert!(!text.contains("Người") && !text.contains("Lũ sông Quao"), "{text}");
        }
    };
    over(&first);
    let heard = at(&made, &format!("/asked/{}/answer", people[0]["id"].as_str().unwrap()));
    officer.post(&heard, json!({"answer": "NO"}), 409);
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 1, "what was said stays");
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    over(&second);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    officer.patch(&at(&made, ""), json!({"needed": 9}), 409);
    let other = people[1]["id"].as_str().unwrap();
    officer.post(&at(&made, &format!("/asked/{other}/answer")), json!({"answer": "YES"}), 409);
    // Not even by hand: the database keeps it.
    let by_hand = format!("UPDATE call_out_asked SET answer = 'YES', answered_at = now() WHERE id = '{other}'");
    assert!(app.database.refuses(&by_hand).contains("nobody is asked any more"));
}

/// A call-out ended while answers come: each stands or was refused, none is lost or counted after the end.
#[test]
fn a_call_out_that_ends_while_answers_come_counts_those_before_and_no_other() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 40);
    let made = asked(&app, &officer, json!({"needed": 100, "wave_size": 40}));
    let links: Vec<String> = list(&officer, &made).iter().map(page).collect();
    assert_eq!(links.len(), 40);
    let taken = AtomicI64::new(0);
    std::thread::scope(|threads| {
        for some in links.chunks(10) {
            let (app, taken) = (&app, &taken);
            threads.spawn(move || {
                for link in some {
                    match press(app, link, "answer=YES&minutes=15").status {
                        303 => {
                            taken.fetch_add(1, Ordering::SeqCst);
                        }
                        status => assert_eq!(status, 410),
                    }
                }
            });
        }
        threads.spawn(|| officer.post(&at(&made, "/ending"), Value::Null, 200));
    });
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["state"], shown["yes"].as_i64().unwrap()), (&json!("ENDED"), taken.load(Ordering::SeqCst)));
    assert_eq!(app.database.number("SELECT count(*) FROM call_out_answer"), taken.load(Ordering::SeqCst));
    crate::committees::audit(&app);
}

/// Four times a month and no more, even if many call at one moment: of six more call-outs one asks them.
#[test]
fn nobody_is_asked_too_often_by_calls_of_one_moment() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 3);
    for _ in 0..3 {
        assert_eq!(asked(&app, &officer, json!({"needed": 5, "wave_size": 3}))["asked"], 3);
    }
    let made: Vec<Value> =
        (0..6).map(|_| officer.post(CALL_OUTS, called(&app, json!({"needed": 5, "wave_size": 3})), 201)).collect();
    std::thread::scope(|threads| {
        for one in &made {
            threads.spawn(|| officer.post(&at(one, "/waves"), json!({"id": Uuid::now_v7()}), 201));
        }
    });
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM call_out_asked GROUP BY person_id) x";
    assert_eq!(app.database.number(most), 4);
    assert_eq!(app.database.number("SELECT count(*) FROM call_out_asked"), 12, "and each of them four times");
}

#[test]
fn the_next_wave_is_asked_by_itself_until_enough_come() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 5);
    let made = asked(&app, &officer, json!({"needed": 1, "wave_size": 2, "wave_minutes": 10}));
    assert_eq!(made["asked"], 2);
    app.clock.advance(Duration::minutes(11));
    let count = format!("SELECT count(*) = 4 FROM call_out_asked WHERE call_out_id = '{}'", made["id"].as_str().unwrap());
    app.database.wait_until(&count);
    let officer = app.officer_of("23095");
    press(&app, &page(&list(&officer, &made)[3]), "answer=YES&minutes=15");
    app.clock.advance(Duration::minutes(11));
    // It was due, and nothing came of it.
    app.database.wait_until("SELECT count(*) = 0 FROM job WHERE kind = 'ASK_NEXT_WAVE' AND state = 'WAITING'");
    app.database.wait_until("SELECT count(*) = 3 FROM call_out_asked WHERE told_at IS NOT NULL");
    let officer = app.officer_of("23095");
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["asked"], &shown["yes"], shown["waves"].as_array().unwrap().len()), (&json!(4), &json!(1), 2));
    assert!(shown["waves"][1].get("asked_by").is_none());
}

/// A chapter that merges meanwhile: links go on, and its successor goes on with the call-out.
#[test]
fn a_chapter_that_merged_meanwhile_is_answered_all_the_same() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 3);
    let made = asked(&app, &officer, json!({"needed": 2, "until": app.now() + Duration::days(30)}));
    let links: Vec<String> = list(&officer, &made).iter().map(page).collect();
    successions::carried(&successions::persons(&app), &successions::plan(&app, json!({})));
    let state = app.database.text("SELECT status FROM chapter WHERE code = '23095'");
    assert_eq!(state, "MERGED");
    assert_eq!(press(&app, &links[0], "answer=YES&minutes=15").status, 303);
    let officer = app.officer_of("23059");
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 1);
    assert_eq!(officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 3);
    let people = list(&officer, &made);
    let scan = json!({"id": Uuid::new_v4(), "asked": people[0]["id"], "what": "CAME", "how": "LIST", "at": app.now() - Duration::hours(1)});
    officer.post(&at(&made, "/attendance"), json!({"scans": [scan]}), 200);
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    let closed = officer.post(&at(&made, "/closing"), json!({}), 200);
    assert_eq!((&closed["hours_entered"], &closed["hours_not_entered"]), (&json!(1), &json!(0)));
    crate::committees::audit(&app);
}

#[test]
fn an_erased_person_is_a_number_in_a_call_out() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (_, person) = volunteer(&officer, "23095", "Phạm Thị Quỳnhxqz", Some("0987654077"));
    let made = asked(&app, &officer, json!({"needed": 2}));
    let link = page(&list(&officer, &made)[0]);
    press(&app, &link, "answer=YES&minutes=15");
    let of = format!("/api/v1/persons/{}", person.as_str().unwrap());
    let party = officer.get(&of, 200)["party"].clone();
    let copy = officer.get(&format!("{of}/personal-data"), 200).to_string();
    assert!(copy.contains("CALL_OUT"), "{copy}");
    let request = ask(&app, "ERASE", json!({"party": party}));
    if officer.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
        chair.post(&path(&request, "/approval"), Value::Null, 200);
    }
    assert_eq!(app.anonymous().send("GET", &link, None).status, 410);
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["asked"], &shown["yes"]), (&json!(1), &json!(1)), "what was counted stays counted");
    assert!(list(&officer, &made)[0].get("first_name").is_none());
    nowhere(&app, &["Quỳnhxqz", "0987654077"]);
    crate::committees::audit(&app);
}

#[test]
fn only_those_of_the_team_are_asked_when_a_team_is_called() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (_, lan) = volunteer(&officer, "23095", "Nguyễn Thị Lan", Some("0912345678"));
    volunteer(&officer, "23095", "Đinh Văn Nam", Some("0912345679"));
    let team = officer.post(crate::teams::TEAMS, crate::teams::team(&app, json!({})), 201);
    crate::teams::joined(&officer, &team, &lan, Value::Null);
    let made = asked(&app, &officer, json!({"team": team["id"], "needed": 2, "wave_size": 5}));
    let people = list(&officer, &made);
    assert_eq!((people.len(), &people[0]["first_name"], &people[0]["person"]), (1, &json!("Lan"), &lan));
    // Of a shift as well, which they are put into.
    let now = app.now();
    let shift = json!({"id": Uuid::now_v7(), "from": now + Duration::hours(3), "until": now + Duration::hours(5), "needed": 1});
    let made = officer.post(CALL_OUTS, called(&app, json!({"shifts": [shift], "team": team["id"]})), 201);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201);
    let one = list(&officer, &made)[0]["id"].as_str().unwrap().to_owned();
    officer.post(&at(&made, &format!("/asked/{one}/answer")), json!({"answer": "YES", "shift": shift["id"]}), 200);
    assert_eq!(officer.get(&at(&made, ""), 200)["shifts"][0]["people"], 1);
    officer.post(&at(&made, &format!("/asked/{one}/shift")), json!({"shift": Uuid::now_v7()}), 404);
    officer.post(&at(&made, &format!("/asked/{one}/shift")), json!({}), 200);
    assert_eq!(officer.get(&at(&made, ""), 200)["shifts"][0]["people"], 0);
}

/// A stop holds everywhere until its giver says another thing: at the same link while it is good, or to an officer, on a later day.
#[test]
fn who_stopped_is_asked_again_by_their_own_word_and_no_other() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (id, _) = volunteer(&officer, "23095", "Nguyễn Thị Lan", Some("0912345678"));
    let consent = format!("/api/v1/volunteers/{id}/call-out-consent");
    let asks = |officer: &Caller<'_>| asked(&app, officer, json!({"needed": 2}))["asked"].clone();
    let first = asked(&app, &officer, json!({"needed": 2}));
    let link = page(&list(&officer, &first)[0]);
    assert_eq!(officer.get(&consent, 200).get("stopped_at"), None);
    assert_eq!(press(&app, &link, "answer=STOP&sure=1").status, 303);
    assert_eq!((asks(&officer), officer.get(&consent, 200).get("stopped_at").is_some()), (json!(0), true));
    // By a slip of the thumb: whoever answers otherwise has taken it back.
    assert_eq!(press(&app, &link, "answer=NO").status, 303);
    let shown = officer.get(&consent, 200);
    assert_eq!((shown.get("stopped_at"), &shown["agreed_how"], asks(&officer)), (None, &json!("LINK"), json!(1)));
    app.clock.advance(Duration::minutes(1));
    assert_eq!(press(&app, &link, "answer=STOP&sure=1").status, 303, "and again");
    officer.post(&at(&first, "/ending"), Value::Null, 200);
    assert_eq!(asks(&officer), 0);

    app.clock.advance(Duration::days(40));
    let officer = app.officer_of("23095");
    let agreed = |on: &str, how: &str| json!({"agreed_on": on, "how": how});
    for (body, code) in [
        (agreed("2027-01-02", "PHONE"), "IN_THE_FUTURE"),
        (agreed("2026-11-21", "PHONE"), "OUT_OF_RANGE"),
        (agreed("2026-12-30", "LINK"), "NOT_A_CHOICE"),
    ] {
        let refused = officer.post(&consent, body, 422);
        assert_eq!(refused["errors"][0]["code"], code, "{refused}");
    }
    assert_eq!(asks(&officer), 0, "nothing of it was a consent");
    let shown = officer.post(&consent, agreed("2026-12-30", "IN_PERSON"), 200);
    assert_eq!((shown.get("stopped_at"), &shown["agreed_how"]), (None, &json!("IN_PERSON")));
    officer.post(&consent, agreed("2026-12-30", "IN_PERSON"), 200);
    assert_eq!(asks(&officer), 1);
    // That they had stopped, and when they came back, stays on record and is theirs to read.
    assert_eq!(app.database.number("SELECT count(*) FROM call_out_stop WHERE lifted_at IS NOT NULL"), 2);
    let undone = app.database.refuses("UPDATE call_out_stop SET lifted_at = NULL, lifted_by = NULL, lifted_how = NULL");
    assert!(undone.contains("call_out_stop_is_lifted_once"), "{undone}");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CALL_OUT_STOP_LIFTED'"), 2);
    crate::committees::audit(&app);
}

/// Two chapters know her; what she says to one of them holds at the other, and neither learns that there is another.
#[test]
fn a_stop_said_to_one_chapter_is_taken_back_at_another() {
    let app = TestApp::start();
    let (here, there) = (app.officer_of("23095"), app.officer_of("23059"));
    let (_, _) = volunteer(&here, "23095", "Nguyễn Thị Lan", Some("0912345678"));
    let (id, _) = volunteer(&there, "23059", "Nguyễn Thị Lan", Some("0912345678"));
    let made = asked(&app, &here, json!({"needed": 2}));
    press(&app, &page(&list(&here, &made)[0]), "answer=STOP&sure=1");
    let of_there = json!({"chapter": "23059", "needed": 2});
    assert_eq!(asked(&app, &there, of_there.clone())["asked"], 0);
    let consent = format!("/api/v1/volunteers/{id}/call-out-consent");
    assert_eq!(there.get(&consent, 200).get("stopped_at"), None, "what she said elsewhere is not told");
    let said = there.post(&consent, json!({"agreed_on": app.today(), "how": "PHONE"}), 200);
    assert_eq!(said, json!({"volunteer": id}));
    assert_eq!(asked(&app, &there, of_there)["asked"], 1);
    assert_eq!(asked(&app, &here, json!({"needed": 2}))["asked"], 1);
}
