//! Corrections: the new words stand, the old ones are gone, and the log says that something changed.

use serde_json::json;

use crate::books::errors;
use crate::harness::TestApp;
use crate::look::entries;
use crate::personal::{REQUESTS, ask, gift_path, nowhere, openings, party_of, path, personal, said};

const WRONG: &str = "Nguyễn Thị Hươngxqz";
const RIGHT: &str = "Nguyễn Thị Hườngyqz";

#[test]
fn a_misspelt_name_is_corrected_everywhere() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift =
        personal(&app, WRONG, Some("0987654003"), "FULL_NAME", json!({"memo": "UNG HO", "captured_at": "2026-11-21T01:02:03Z"}));
    let hidden = personal(&app, WRONG, Some("0987654003"), "ANONYMOUS", json!({"memo": "UNG HO"}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    officer.post("/api/v1/gifts", hidden.clone(), 201);
    let party = party_of(&officer, &gift);
    let request =
        ask(&app, "CORRECT", json!({"party": party, "changes": {"name": format!(" {RIGHT} "), "phone": "+84987654004"}}));
    let asked = officer.post(REQUESTS, request.clone(), 201);
    assert_eq!((&asked["state"], &asked["approver_chapter"]), (&json!("REQUESTED"), &json!("23095")));
    assert_eq!(chair.get(&path(&request, ""), 200)["changes"], json!({"name": RIGHT, "phone": "0987654004"}));
    assert_eq!(chair.post(&path(&request, "/approval"), json!(null), 200)["gifts_changed"], 2);
    nowhere(&app, &["Hươngxqz", "0987654003"]);
    assert_eq!((entries(&app, "q=huongxqz").len(), entries(&app, "q=huongyqz").len()), (0, 1));
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200)["giver"], RIGHT);
    let own = officer.get(&gift_path(&gift), 200);
    assert_eq!(
        (&own["giver"]["name"], &own["giver"]["phone"], &own["giver"]["id"]),
        (&json!(RIGHT), &json!("0987654004"), &json!(party))
    );
    assert_eq!(own["particulars"]["memo"], "UNG HO");
    assert_eq!(said(&app, &code), ["AMENDMENT"]);
    // The new commitment opens to the new name and to all that was not corrected.
    let kept = openings(&app);
    assert_eq!(kept.len(), 2);
    let value = |name: &str| kept.iter().filter(|(_, f)| f.iter().any(|(n, v)| n == name && !v.is_empty())).count();
    assert_eq!((value("memo"), value("channel_ref"), value("time")), (2, 2, 2));
    assert!(
        kept.iter().all(|(_, f)| f.contains(&("name".to_owned(), RIGHT.to_owned()))
            && f.contains(&("phone".to_owned(), "0987654004".to_owned())))
    );
    assert!(kept.iter().any(|(_, f)| f.contains(&("time".to_owned(), "2026-11-21T08:02:03+07:00".to_owned()))));
    // Sent again by the phone it is still the same gift; a second correction and then an erasure leave nothing.
    assert_eq!(officer.post("/api/v1/gifts", gift, 200)["outcome"], "ALREADY_BOOKED");
    for (kind, more) in
        [("CORRECT", json!({"party": party, "changes": {"name": "Lê Bazqz"}})), ("ERASE", json!({"party": party}))]
    {
        let request = ask(&app, kind, more);
        officer.post(REQUESTS, request.clone(), 201);
        chair.post(&path(&request, "/approval"), json!(null), 200);
    }
    assert_eq!(said(&app, &code), ["AMENDMENT", "AMENDMENT", "ERASURE"]);
    nowhere(&app, &["Hườngyqz", "0987654004", "Bazqz"]);
    assert_eq!(openings(&app), []);
}

#[test]
fn one_gift_alone_gets_another_giver() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = |n: i64| personal(&app, WRONG, Some("0987654003"), "FULL_NAME", json!({"amount_vnd": n, "memo": "UNG HO"}));
    let (one, two) = (gift(1_000), gift(2_000));
    for gift in [&one, &two] {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    let correct = |gift: &serde_json::Value, name: &str| {
        let request = ask(&app, "CORRECT", json!({"gift": gift["id"], "changes": {"name": name}}));
        officer.post(REQUESTS, request.clone(), 201);
        chair.post(&path(&request, "/approval"), json!(null), 200)
    };
    correct(&one, RIGHT);
    assert_eq!(officer.get(&gift_path(&one), 200)["giver"]["name"], RIGHT);
    assert_eq!(officer.get(&gift_path(&two), 200)["giver"]["name"], WRONG);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 2);
    // All gifts of a party may go over to the one of the corrected name; nobody is told that there was one.
    let request = ask(&app, "CORRECT", json!({"party": party_of(&officer, &two), "changes": {"name": RIGHT}}));
    officer.post(REQUESTS, request.clone(), 201);
    let done = chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!((&done["state"], &done["gifts_changed"]), (&json!("DONE"), &json!(1)));
    assert_eq!(officer.get(&gift_path(&two), 200)["giver"]["name"], RIGHT);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 1);
    nowhere(&app, &["Hươngxqz"]);
    crate::books::audit(&app);
}

/// Marks and capitals are part of a name; what is right already stays as it is, and no leaf says otherwise.
#[test]
fn a_correction_changes_what_it_says_and_nothing_else() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = |name: &str| personal(&app, name, Some("0987654003"), "FULL_NAME", json!({"memo": "UNG HO"}));
    let (one, two) = (gift("LE THI HANG"), gift("LE THI HANG"));
    let mut codes = Vec::new();
    for gift in [&one, &two] {
        codes.push(officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned());
    }
    let correct = |scope: serde_json::Value, changes: serde_json::Value| {
        let mut of = scope;
        of["changes"] = changes;
        let request = ask(&app, "CORRECT", of);
        let asked = officer.post(REQUESTS, request.clone(), 201);
        let done = if asked["state"] == "DONE" { asked } else { chair.post(&path(&request, "/approval"), json!(null), 200) };
        assert_eq!(done["state"], "DONE");
        done["gifts_changed"].as_i64().unwrap()
    };
    let shown = |n: usize| app.anonymous().get(&format!("/api/v1/public/entries/{}", codes[n]), 200)["giver"].clone();
    // Marks of one gift, then its capitals: each is a change, of this gift alone.
    let of_one = json!({"gift": one["id"]});
    for name in ["LÊ THỊ HẰNG", "Lê Thị Hằng"] {
        assert_eq!(correct(of_one.clone(), json!({"name": name})), 1, "{name}");
        app.wait_for_log();
        assert_eq!((shown(0), shown(1)), (json!(name), json!("LE THI HANG")));
        assert!(openings(&app).iter().any(|(_, fields)| fields.contains(&("name".to_owned(), name.to_owned()))));
        assert_eq!(officer.get(&gift_path(&one), 200)["giver"]["name"], name);
        assert_eq!(officer.get(&gift_path(&two), 200)["giver"]["name"], "LE THI HANG");
    }
    assert_eq!(said(&app, &codes[0]), ["AMENDMENT", "AMENDMENT"]);
    // The same again is no change and leaves no leaf: name, number and way of being shown.
    let leaves = || app.database.number("SELECT count(*) FROM annotation");
    let before = leaves();
    for changes in [
        json!({"name": "Lê Thị Hằng"}),
        json!({"phone": "0987 654 003"}),
        json!({"display": "FULL_NAME", "consent_evidence": "ab".repeat(32)}),
    ] {
        assert_eq!(correct(of_one.clone(), changes.clone()), 0, "{changes}");
    }
    assert_eq!(leaves(), before);
    // Of a whole party only what is not right yet is changed.
    let party = party_of(&officer, &two);
    assert_eq!(correct(json!({"party": party}), json!({"name": "Lê Thị Hằng"})), 1);
    assert_eq!(leaves(), before + 1);
    assert_eq!(shown(1), json!("Lê Thị Hằng"));
    nowhere(&app, &["LE THI HANG xqz"]);
    crate::books::audit(&app);
}

#[test]
fn showing_less_is_done_at_once_and_showing_more_takes_proof_and_a_second_person() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = personal(&app, RIGHT, None, "FULL_NAME", json!({}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    let giver = || app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200).get("giver").cloned();
    app.wait_for_log();
    assert_eq!(giver(), Some(json!(RIGHT)));
    let to = |display: &str, more: serde_json::Value| {
        let mut changes = json!({"display": display});
        changes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(&app, "CORRECT", json!({"gift": gift["id"], "changes": changes}))
    };
    assert_eq!(officer.post(REQUESTS, to("MASKED", json!({})), 201)["state"], "DONE");
    assert_eq!(giver(), Some(json!("Nguyễn T. H.")));
    assert_eq!(officer.post(REQUESTS, to("ANONYMOUS", json!({})), 201)["state"], "DONE");
    assert_eq!(giver(), None);
    let bare = officer.post(REQUESTS, to("FULL_NAME", json!({})), 422);
    assert_eq!(errors(&bare), [("/changes/consent_evidence".to_owned(), "MISSING".to_owned())]);
    officer.post(REQUESTS, to("FULL_NAME", json!({"consent_evidence": "xyz"})), 422);
    let request = to("FULL_NAME", json!({"consent_evidence": "ab".repeat(32)}));
    assert_eq!(officer.post(REQUESTS, request.clone(), 201)["state"], "REQUESTED");
    assert_eq!(giver(), None);
    chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!(giver(), Some(json!(RIGHT)));
    assert_eq!(said(&app, &code), ["AMENDMENT"; 3]);
    let standing = app
        .database
        .text("SELECT string_agg(purpose || encode(evidence_sha256, 'hex'), ',') FROM consent WHERE withdrawn_at IS NULL");
    assert_eq!(standing, format!("SHOW_FULL_NAME{}", "ab".repeat(32)));
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE withdrawn_at IS NOT NULL"), 2);
}
