//! What call-outs are for: a blood drive or a campaign that is named, shown to those who are asked, and may be called off meanwhile.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::errors;
use crate::call_outs::{CALL_OUTS, asked, at, called, list, page, press, volunteers};
use crate::campaigns::{self, CAMPAIGNS, campaign};
use crate::drives;
use crate::harness::{Caller, TestApp};
use crate::successions;

/// What is wrong with a call that is sent: pointer and code.
fn wrong(app: &TestApp, officer: &Caller<'_>, change: Value, status: u16) -> Vec<(String, String)> {
    errors(&officer.post(CALL_OUTS, called(app, change), status))
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

fn listed(officer: &Caller<'_>, query: &str) -> Vec<Value> {
    let page = officer.get(&format!("{CALL_OUTS}?chapter=23095{query}"), 200);
    page["items"].as_array().unwrap().iter().map(|call| call["id"].clone()).collect()
}

#[test]
fn a_call_out_for_a_drive_names_it_and_those_who_are_asked_see_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 3);
    let code = drives::opened(&officer, json!({"title": "Ngày hội <Chủ nhật đỏ>"}));
    let other = drives::opened(&officer, json!({}));
    let body =
        called(&app, json!({"kind": "DRIVE", "drive": code.replace('-', "").to_lowercase(), "event": "Giúp ngày hiến máu"}));
    let made = officer.post(CALL_OUTS, body.clone(), 201);
    assert_eq!(made["drive"], json!(code), "however it is typed");
    let told = json!({"chapter": "23095", "title": "Ngày hội <Chủ nhật đỏ>", "state": "AHEAD"});
    assert_eq!((&made["called_for"], made.get("campaign")), (&told, None));
    assert_eq!(officer.post(CALL_OUTS, body.clone(), 200), made, "sent again it is the same");
    let mut changed = body;
    changed["drive"] = json!(other);
    officer.post(CALL_OUTS, changed, 422);
    // It is found by its drive, and no other call is.
    officer.post(CALL_OUTS, called(&app, json!({})), 201);
    assert_eq!(listed(&officer, "").len(), 2);
    assert_eq!(listed(&officer, &format!("&drive={}", code.to_lowercase())), [made["id"].clone()]);
    for nothing in [format!("&drive={other}"), "&drive=khong-co".to_owned(), format!("&campaign={}", Uuid::now_v7())] {
        assert_eq!(listed(&officer, &nothing), Vec::<Value>::new(), "{nothing}");
    }
    assert_eq!(officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["called_for"], told);
    let link = page(&list(&officer, &made)[0]);
    let shown = app.anonymous().with("accept-language", "vi").get_text(&link, 200);
    assert!(shown.contains("Ngày hiến máu") && shown.contains(&format!("href=\"/hien-mau/{code}\"")), "{shown}");
    assert!(shown.contains("Chủ nhật đỏ") && !shown.contains("<Chủ nhật"), "{shown}");
    assert_eq!(press(&app, &link, "answer=YES&minutes=30").status, 303);
    crate::committees::audit(&app);
}

/// Nobody is asked for what was called off, and who was asked reads so; what they say is taken still.
#[test]
fn a_drive_that_is_called_off_asks_nobody_and_tells_those_who_were_asked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 4);
    let code = drives::opened(&officer, json!({}));
    let made = asked(&app, &officer, json!({"kind": "DRIVE", "drive": code, "needed": 4, "wave_size": 2, "wave_minutes": 10}));
    let people = list(&officer, &made);
    assert_eq!(press(&app, &page(&people[0]), "answer=YES&minutes=30").status, 303);
    officer.post(&drives::at(&code, "/cancellation"), json!({"why": "WEATHER"}), 200);
    assert_eq!(officer.get(&at(&made, ""), 200)["called_for"]["state"], "CALLED_OFF");
    let refused = officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    assert!(refused["detail"].as_str().unwrap().contains("đã hủy"), "{refused}");
    assert_eq!(wrong(&app, &officer, json!({"kind": "DRIVE", "drive": code}), 422), one("/drive", "CALLED_OFF"));
    for (lang, said, yes) in [("vi", "đã hủy", "Tôi sẽ đến"), ("en", "called off", "I will come")] {
        let shown = app.anonymous().with("accept-language", lang).get_text(&page(&people[1]), 200);
        assert!(shown.contains(said) && !shown.contains(yes), "{shown}");
    }
    assert_eq!(press(&app, &page(&people[0]), "answer=NO").status, 303, "who said yes may say so no more");
    // The wave that is due by itself asks nobody either, and none after it.
    app.clock.advance(Duration::minutes(11));
    app.database.wait_until("SELECT count(*) = 0 FROM job WHERE kind = 'ASK_NEXT_WAVE' AND state = 'WAITING'");
    let officer = app.officer_of("23095");
    let shown = officer.get(&at(&made, ""), 200);
    assert_eq!((&shown["asked"], &shown["yes"], shown.get("next_wave_at")), (&json!(2), &json!(0), None));
    officer.post(&at(&made, "/ending"), Value::Null, 200);
}

#[test]
fn a_call_out_names_what_the_chapter_can_call_for_and_nothing_else() {
    let app = TestApp::start();
    let (officer, neighbour, province) = (app.officer_of("23095"), app.officer_of("23059"), app.officer_of("68"));
    let own = drives::planned(&officer, json!({}));
    let others = drives::opened(&neighbour, json!({"chapter": "23059"}));
    let (above, hidden) =
        (drives::opened(&province, json!({"chapter": "68"})), drives::planned(&province, json!({"chapter": "68"})));
    let call = |kind: &str, name: &str, value: Value| json!({"kind": kind, name: value});
    assert_eq!(wrong(&app, &officer, json!({"kind": "DRIVE"}), 422), one("/drive", "MISSING"));
    assert_eq!(wrong(&app, &officer, json!({"kind": "CAMPAIGN"}), 422), one("/campaign", "MISSING"));
    assert_eq!(wrong(&app, &officer, call("EVENT", "drive", json!(own)), 422), one("/drive", "NOT_NEEDED"));
    assert_eq!(wrong(&app, &officer, call("DRIVE", "campaign", json!(Uuid::now_v7())), 422), one("/campaign", "NOT_NEEDED"));
    // One that there is not, the neighbour's, and one above that nobody knows of yet are the same.
    for none in ["68-HM-9999", "x", "", &others, &hidden] {
        assert_eq!(wrong(&app, &officer, call("DRIVE", "drive", json!(none)), 404), one("/drive", "NO_SUCH_DRIVE"), "{none}");
    }
    for (by, chapter, code) in [(&officer, "23095", &own), (&officer, "23095", &above), (&province, "68", &others)] {
        let made = by.post(CALL_OUTS, called(&app, json!({"chapter": chapter, "kind": "DRIVE", "drive": code})), 201);
        assert_eq!(made["drive"], json!(code));
    }
    let over = drives::opened(&officer, json!({"day": app.today()}));
    app.database.execute(&format!("UPDATE drive SET state = 'RUNNING' WHERE code = '{over}'"));
    officer.post(CALL_OUTS, called(&app, call("DRIVE", "drive", json!(over))), 201);
    app.database.execute(&format!("UPDATE drive SET state = 'RECONCILED' WHERE code = '{over}'"));
    assert_eq!(wrong(&app, &officer, call("DRIVE", "drive", json!(over)), 422), one("/drive", "OVER"));
    assert_eq!(app.database.number("SELECT count(*) FROM call_out WHERE kind <> 'DRIVE' OR drive IS NULL"), 0);
    let by_hand = "UPDATE call_out SET drive = NULL";
    assert!(app.database.refuses(by_hand).contains("a call-out only goes on"), "what was named stays");
}

#[test]
fn a_call_out_for_a_campaign_names_it_while_it_is_open() {
    let app = TestApp::start();
    let (officer, province) = (app.officer_of("23095"), app.chair_of("68"));
    volunteers(&officer, "23095", 1);
    let tet = campaign(&app, json!({"title_en": "Compassionate New Year"}));
    province.post(CAMPAIGNS, tet.clone(), 201);
    let elsewhere = campaign(&app, json!({"chapter": "01"}));
    campaigns::opened(&app.chair_of("01"), &elsewhere);
    let call = |of: &Value| json!({"kind": "CAMPAIGN", "campaign": of["id"]});
    for none in [&tet, &elsewhere, &json!({"id": Uuid::now_v7()})] {
        assert_eq!(wrong(&app, &officer, call(none), 404), one("/campaign", "NO_SUCH_CAMPAIGN"), "a draft above is nobody's");
    }
    let own = json!({"chapter": "68", "kind": "CAMPAIGN", "campaign": tet["id"]});
    assert_eq!(wrong(&app, &province, own, 422), one("/campaign", "NOT_OPEN_YET"));
    province.post(&campaigns::at(&tet, CAMPAIGNS, "/opening"), Value::Null, 200);
    let made = asked(&app, &officer, call(&tet));
    let told = json!({"chapter": "68", "title": "Tết Nhân ái Đinh Mùi", "title_en": "Compassionate New Year", "state": "AHEAD"});
    assert_eq!((&made["campaign"], &made["called_for"], made.get("drive")), (&tet["id"], &told, None));
    assert_eq!(listed(&officer, &format!("&campaign={}", tet["id"].as_str().unwrap())), [made["id"].clone()]);
    let link = page(&list(&officer, &made)[0]);
    for (lang, called, title) in [("vi", "Chiến dịch", "Tết Nhân ái Đinh Mùi"), ("en", "Campaign", "Compassionate New Year")]
    {
        let shown = app.anonymous().with("accept-language", lang).get_text(&link, 200);
        assert!(shown.contains(called) && shown.contains(title), "{shown}");
    }
    province.post(&campaigns::at(&tet, CAMPAIGNS, "/closing"), Value::Null, 200);
    assert_eq!(wrong(&app, &officer, call(&tet), 422), one("/campaign", "OVER"));
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    assert!(app.anonymous().with("accept-language", "vi").get_text(&link, 200).contains("đã kết thúc"));
}

/// A call-out that was made when none named anything reads, asks and ends as it did.
#[test]
fn a_call_out_of_before_that_names_nothing_goes_on() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 2);
    let code = drives::opened(&officer, json!({}));
    let made = officer.post(CALL_OUTS, called(&app, json!({"kind": "DRIVE", "drive": code})), 201);
    app.database.execute("ALTER TABLE call_out DISABLE TRIGGER call_out_goes_on");
    app.database.execute("UPDATE call_out SET drive = NULL");
    app.database.execute("ALTER TABLE call_out ENABLE TRIGGER call_out_goes_on");
    let shown = officer.get(&at(&made, ""), 200);
    assert!(["drive", "campaign", "called_for"].iter().all(|field| shown.get(*field).is_none()), "{shown}");
    assert_eq!((&shown["kind"], &shown["event"]), (&json!("DRIVE"), &json!("Lũ sông Quao")));
    assert_eq!(officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 2);
    let link = page(&list(&officer, &made)[0]);
    let opened = app.anonymous().with("accept-language", "vi").get_text(&link, 200);
    assert!(opened.contains("Lũ sông Quao") && !opened.contains("Ngày hiến máu"), "{opened}");
    assert_eq!(press(&app, &link, "answer=YES&minutes=15").status, 303);
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    officer.post(&at(&made, "/closing"), json!({}), 200);
}

/// The drive of a chapter that merged is its successor's to call for.
#[test]
fn a_drive_of_a_chapter_that_merged_is_called_for_by_its_successor() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = drives::opened(&officer, json!({}));
    successions::carried(&successions::persons(&app), &successions::plan(&app, json!({})));
    let successor = app.officer_of("23059");
    let made = successor.post(CALL_OUTS, called(&app, json!({"chapter": "23059", "kind": "DRIVE", "drive": code})), 201);
    assert_eq!((&made["drive"], &made["called_for"]["chapter"]), (&json!(code), &json!("23095")));
}
