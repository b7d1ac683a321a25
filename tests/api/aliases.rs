//! A chapter knows a party by a name of its own, and learns nothing of what others know of the same person.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::anonymised;
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, party_of, personal};

const NAME: &str = "Trịnh Zqthảo";
const PHONE: &str = "0987654077";

fn copy_of(officer: &Caller<'_>, party: &str) -> Value {
    officer.get(&format!("/api/v1/parties/{party}/personal-data"), 200)
}

fn give(app: &TestApp, officer: &Caller<'_>, chapter: &str, name: &str, phone: &str) -> Value {
    let gift = personal(app, name, Some(phone), "ANONYMOUS", json!({"chapter": chapter, "amount_vnd": 1}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    gift
}

/// Names of everything in a document, and the values that do not depend on which gift or moment it was.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), shape(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(_) => json!("text"),
        other => other.clone(),
    }
}

/// An officer who knows a name and a number books one đồng in that name: nothing tells whether the person gave elsewhere.
#[test]
fn a_gift_of_one_dong_confirms_nobody() {
    let app = TestApp::start();
    let (officer, stranger) = (app.officer_of("23095"), app.officer_of("01"));
    app.chair_of("TW");
    let first = give(&app, &officer, "23095", NAME, PHONE);
    let theirs = party_of(&officer, &first);
    officer.post(REQUESTS, ask(&app, "ACCESS", json!({"party": theirs})), 201);
    app.clock.advance(chrono::Duration::minutes(5));
    let (known, unknown) = (give(&app, &stranger, "01", NAME, PHONE), give(&app, &stranger, "01", "Trịnh Zqthẩm", "0987654078"));
    let (known, unknown) = (party_of(&stranger, &known), party_of(&stranger, &unknown));
    assert_ne!(known, theirs);
    assert_eq!(app.database.number("SELECT count(DISTINCT party_id) FROM gift"), 2, "the two names stand for one person");
    // No name is an id of the table, and none carries a time.
    for name in [&theirs, &known, &unknown] {
        assert_eq!(name.parse::<Uuid>().unwrap().get_version_num(), 4, "{name}");
        assert_eq!(app.database.number(&format!("SELECT count(*) FROM party WHERE id = '{name}'")), 0);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM party WHERE substr(id::text, 15, 1) <> '4'"), 0);
    // One that gave elsewhere and one that did not are told in the same words.
    let (of_known, of_unknown) = (copy_of(&stranger, &known), copy_of(&stranger, &unknown));
    assert_eq!(shape(&of_known), shape(&of_unknown));
    assert_eq!(of_known["kept_since"], of_known["gifts"][0]["recorded_at"]);
    assert_eq!((&of_known["requests"], of_known["gifts"].as_array().unwrap().len()), (&json!([]), 1));
    assert!(!of_known.to_string().contains(first["id"].as_str().unwrap()));
    // The other chapter's name is no name here, whatever is tried with it.
    stranger.get(&format!("/api/v1/parties/{theirs}/personal-data"), 404);
    let (nobody, foreign) = (Uuid::new_v4().to_string(), theirs.clone());
    for kind in ["ACCESS", "ERASE", "RESTRICT", "WITHDRAW_CONSENT"] {
        let answers =
            [&nobody, &foreign].map(|name| anonymised(stranger.post(REQUESTS, ask(&app, kind, json!({"party": name})), 404)));
        assert_eq!(answers[0], answers[1], "{kind}");
    }
    // What another chapter is asked about the same person is no conflict here.
    for (who, name) in [(&officer, &theirs), (&stranger, &known)] {
        who.post(REQUESTS, ask(&app, "ERASE", json!({"party": name})), 201);
        who.post(REQUESTS, ask(&app, "ERASE", json!({"party": name})), 409);
    }
    // Who reads both sees both, by either name; the names stay when they are asked for again.
    let inspector = app.staff(Role::Inspector, "TW");
    for name in [&theirs, &known] {
        let all = copy_of(&inspector, name);
        assert_eq!(
            (all["gifts"].as_array().unwrap().len(), &all["complete"], &all["party"]["id"]),
            (2, &json!(true), &json!(name))
        );
        let asked = all["requests"].as_array().unwrap();
        assert!(asked.iter().any(|request| request["kind"] == "ACCESS") && asked.len() >= 3, "{all}");
    }
    assert_eq!(party_of(&officer, &first), theirs);
    let named = "SELECT count(*) FROM party_alias a WHERE EXISTS (SELECT FROM gift g WHERE (g.party_id, g.chapter_id) = (a.party_id, a.chapter_id))";
    assert_eq!(app.database.number(named), 3);
    // The trail, which inspectors of a chapter read, has no id that another chapter's trail has too.
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event e JOIN party p ON p.id = e.subject"), 0);
}

/// Ids that were handed out when all chapters shared them stay good where they were known.
#[test]
fn an_id_of_before_is_good_where_it_was_known() {
    let app = TestApp::start();
    let (officer, neighbour, stranger) = (app.officer_of("23095"), app.officer_of("23059"), app.officer_of("01"));
    let gifts = [give(&app, &officer, "23095", NAME, PHONE), give(&app, &neighbour, "23059", NAME, PHONE)];
    let id = app.database.text("SELECT id::text FROM party");
    app.database
        .execute("INSERT INTO party_alias (id, party_id, chapter_id) SELECT DISTINCT party_id, party_id, chapter_id FROM gift");
    give(&app, &stranger, "01", NAME, PHONE);
    for (caller, gift) in [(&officer, &gifts[0]), (&neighbour, &gifts[1])] {
        assert_eq!(party_of(caller, gift), id);
        let copy = copy_of(caller, &id);
        assert_eq!((copy["gifts"].as_array().unwrap().len(), &copy["gifts"][0]["id"]), (1, &gift["id"]));
    }
    stranger.get(&format!("/api/v1/parties/{id}/personal-data"), 404);
    assert_eq!(copy_of(&app.chair_of("68"), &id)["gifts"].as_array().unwrap().len(), 2);
    let asked = ask(&app, "ACCESS", json!({"party": id}));
    assert_eq!(neighbour.post(REQUESTS, asked.clone(), 201)["party"], json!(id));
    assert_eq!(neighbour.post(REQUESTS, asked, 200)["party"], json!(id));
}
