//! Links of urgent calls in their bad moments: scanned, forwarded, after the end, while keys are rotated; and what happens while answers come.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::search::SearchSettings;
use so_nhan_ai::vault::{Vault, VaultKeys};
use uuid::Uuid;

use crate::call_outs::press;
use crate::harness::{Database, TestApp};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::urgent_calls::{CALLS, asked, at, called, donor, donors, list, page};

/// What of a call changes by answers.
const ANSWERS: &str = "SELECT coalesce(string_agg(a::text, ' ' ORDER BY a.id), '') || (SELECT count(*) FROM urgent_call_answer) FROM urgent_call_asked a";

#[test]
fn a_link_opened_by_a_scanner_changes_nothing_and_forwarded_tells_a_first_name() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (_, person) = donor(&app, &officer, "23095", "Phạm Thị Quỳnhxqz Hương", "0987654077", ("B", "NEGATIVE"));
    let made = asked(&app, &officer, json!({}));
    let link = page(&list(&officer, &made)[0]);
    let before = app.database.text(ANSWERS);
    let shown = app.anonymous().send("GET", &link, None);
    assert_eq!((shown.status, shown.text.contains("Hương")), (200, true), "{}", shown.text);
    for (header, sign) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")] {
        assert!(shown.header(header).unwrap().contains(sign), "{header}");
    }
    for secret in ["Quỳnhxqz", "Phạm", "0987654077", "4077", person.as_str(), "23095", link.as_str()] {
        assert!(!shown.text.contains(secret), "{secret}: {}", shown.text);
    }
    assert_eq!(app.anonymous().send("HEAD", &link, None).status, 200);
    app.anonymous().get_text(&format!("{link}?answer=YES"), 200);
    assert_eq!(app.database.text(ANSWERS), before);
    // Used twice it counts once; until the end one may change one's mind.
    for _ in 0..2 {
        assert_eq!(press(&app, &link, "answer=YES&minutes=30").status, 303);
    }
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 1);
    assert_eq!(list(&officer, &made)[0]["answers"].as_array().unwrap().len(), 1);
    // One that nobody signed is none; nor is one of another room.
    let token = link.strip_prefix("/can-mau/").unwrap();
    let forged = if token.ends_with('A') { format!("{}B", &token[..42]) } else { format!("{}A", &token[..42]) };
    for nothing in [format!("/can-mau/{forged}"), format!("/huy-dong/{token}"), "/can-mau/x".to_owned()] {
        assert_ne!(app.anonymous().send("GET", &nothing, None).status, 200, "{nothing}");
        assert_ne!(press(&app, &nothing, "answer=NO").status, 303, "{nothing}");
    }
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 1);
}

/// A call ends when its time is over; from then on a link says nothing of anybody, and no answer is one.
#[test]
fn an_answer_to_a_call_after_it_ended_is_none() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    donors(&app, &officer, 3);
    let made = asked(&app, &officer, json!({"units": 5, "wave_size": 3}));
    let people = list(&officer, &made);
    let taken = at(&made, &format!("/asked/{}/revocation", people[0]["id"].as_str().unwrap()));
    assert!(officer.post(&taken, Value::Null, 200).get("first_name").is_none());
    press(&app, &page(&people[1]), "answer=YES&minutes=15");
    let over = |link: &str| {
        let (opened, pressed) = (app.anonymous().send("GET", link, None), press(&app, link, "answer=NO"));
        for (status, text) in [(opened.status, opened.text), (pressed.status, pressed.body)] {
            assert_eq!(status, 410, "{text}");
            assert!(!text.contains("Người") && !text.contains("Bệnh viện"), "{text}");
        }
    };
    over(&page(&people[0]));
    app.clock.advance(Duration::minutes(121));
    app.database.wait_until(&format!("SELECT state = 'ENDED' FROM urgent_call WHERE id = '{}'", made["id"].as_str().unwrap()));
    let officer = app.officer_of("23095");
    for one in &people[1..] {
        over(&page(one));
    }
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["state"], &shown["yes"], &shown["no"]), (&json!("ENDED"), &json!(1), &json!(0)));
    let other = people[2]["id"].as_str().unwrap();
    officer.post(&at(&made, &format!("/asked/{other}/answer")), json!({"answer": "YES"}), 409);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    officer.patch(&at(&made, ""), json!({"units": 9}), 409);
    let by_hand = format!("UPDATE urgent_call_asked SET answer = 'YES', answered_at = now() WHERE id = '{other}'");
    assert!(app.database.refuses(&by_hand).contains("nobody is asked any more"));
    crate::committees::audit(&app);
}

#[test]
fn a_call_that_ends_while_answers_come_counts_those_before_and_no_other() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    donors(&app, &officer, 24);
    let made = asked(&app, &officer, json!({"units": 100, "wave_size": 24}));
    let links: Vec<String> = list(&officer, &made).iter().map(page).collect();
    assert_eq!(links.len(), 24);
    let taken = AtomicI64::new(0);
    std::thread::scope(|threads| {
        for some in links.chunks(6) {
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
    assert_eq!(app.database.number("SELECT count(*) FROM urgent_call_answer"), taken.load(Ordering::SeqCst));
    crate::committees::audit(&app);
}

/// At night it takes a reason; the next wave comes by itself, until enough come; the rest is told once.
#[test]
fn waves_go_on_by_themselves_until_enough_come() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    donors(&app, &officer, 5);
    let made = asked(&app, &officer, json!({"units": 1, "wave_size": 2, "wave_minutes": 10}));
    assert_eq!(made["asked"], 2);
    app.clock.advance(Duration::minutes(11));
    let count = format!("SELECT count(*) = 4 FROM urgent_call_asked WHERE urgent_call_id = '{}'", made["id"].as_str().unwrap());
    app.database.wait_until(&count);
    let officer = app.officer_of("23095");
    press(&app, &page(&list(&officer, &made)[3]), "answer=YES&minutes=15");
    app.clock.advance(Duration::minutes(11));
    app.database.wait_until("SELECT count(*) = 0 FROM job WHERE kind = 'ASK_URGENT_WAVE' AND state = 'WAITING'");
    app.database.wait_until("SELECT count(*) = 3 FROM urgent_call_asked WHERE told_at IS NOT NULL");
    let officer = app.officer_of("23095");
    assert_eq!(officer.get(&at(&made, ""), 200)["asked"], 4);
    // Half past nine in the evening, in Vietnam.
    app.clock.advance("2026-11-22T14:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let officer = app.officer_of("23095");
    let night = officer.post(CALLS, called(&app, json!({})), 201);
    let refused = officer.post(&at(&night, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    assert!(refused["detail"].as_str().unwrap().contains("06:00 ngày 23/11"), "{refused}");
    let reason = "Bệnh nhân mất máu nhiều.";
    let shown = officer.post(&at(&night, "/waves"), json!({"id": Uuid::now_v7(), "quiet_reason": reason}), 201);
    assert_eq!((&shown["asked"], &shown["waves"][0]["quiet_reason"]), (&json!(2), &json!(reason)));
}

/// Whoever stops is asked no more, by anybody, until they say another thing themselves.
#[test]
fn whoever_stops_is_stopped_for_good() {
    let app = TestApp::start();
    let (officer, beside) = (app.officer_of("23095"), app.officer_of("23059"));
    donor(&app, &officer, "23095", "Nguyễn Thị Lan", "0912345678", ("B", "NEGATIVE"));
    donor(&app, &beside, "23059", "Nguyễn Thị Lan", "0912345678", ("B", "NEGATIVE"));
    let made = asked(&app, &officer, json!({}));
    let link = page(&list(&officer, &made)[0]);
    assert_eq!(press(&app, &link, "answer=STOP").status, 422, "it takes two");
    assert_eq!(press(&app, &link, "answer=STOP&sure=1").status, 303);
    for (caller, chapter) in [(&officer, "23095"), (&beside, "23059")] {
        assert_eq!(asked(&app, caller, json!({"chapter": chapter}))["asked"], 0, "{chapter}");
    }
    assert_eq!(press(&app, &link, "answer=YES&minutes=15").status, 303);
    assert_eq!(asked(&app, &beside, json!({"chapter": "23059"}))["asked"], 1, "they came back themselves");
}

#[test]
fn an_erased_donor_is_a_number_in_a_call() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (_, person) = donor(&app, &officer, "23095", "Phạm Thị Quỳnhxqz", "0987654077", ("B", "NEGATIVE"));
    let made = asked(&app, &officer, json!({}));
    let link = page(&list(&officer, &made)[0]);
    press(&app, &link, "answer=YES&minutes=15");
    let of = format!("/api/v1/persons/{person}");
    let party = officer.get(&of, 200)["party"].clone();
    let copy = officer.get(&format!("{of}/personal-data"), 200).to_string();
    assert!(copy.contains("URGENT_CALL"), "{copy}");
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

/// Keys are rotated and the server started again while a call goes on: links that people have go on opening it.
#[test]
fn links_go_on_when_keys_are_rotated_during_a_call() {
    let mut keys = VaultKeys::generate().unwrap();
    let mut first = TestApp::start();
    let mut shared = first.shared.clone();
    first.stop();
    shared.search = SearchSettings { folder: Database::folder(), on: false, ..shared.search };
    shared.vault = actix_web::web::Data::new(Vault::new(&keys).unwrap());
    let mut app = TestApp::start_with(first.database.share(), shared.clone());
    let officer = app.officer_of("23095");
    donors(&app, &officer, 2);
    let made = asked(&app, &officer, json!({}));
    let links: Vec<String> = list(&officer, &made).iter().map(page).collect();
    assert_eq!(press(&app, &links[0], "answer=YES&minutes=15").status, 303);
    app.stop();
    keys.seal.insert(0, VaultKeys::generate().unwrap().seal.remove(0));
    shared.vault = actix_web::web::Data::new(Vault::new(&keys).unwrap());
    let app = TestApp::start_with(first.database.share(), shared);
    assert!(app.anonymous().get_text(&links[0], 200).contains("sẽ đến"));
    assert_eq!(press(&app, &links[1], "answer=YES&minutes=15").status, 303);
    let officer = app.officer_of("23095");
    assert_eq!(officer.get(&at(&made, ""), 200)["yes"], 2);
    assert_eq!(list(&officer, &made).iter().map(page).collect::<Vec<_>>(), links, "and are the same");
}
