//! What the law says in numbers: days and clocks as the texts have them, and what became of days given before they were read.
//!
//! The tests begin at 10:00 on Sunday, 22 November 2026; the 24th is a day off.

use chrono::Duration;
use diesel_migrations::MigrationHarness;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::migrations::{MIGRATIONS, run};
use so_nhan_ai::upkeep::steps;

use crate::books;
use crate::harness::TestApp;
use crate::look::all;
use crate::personal::{REQUESTS, ask, gift_path, nowhere, party_of, path, personal, said};

/// Decree 356/2025, art. 5: (what is asked, third parties, last day, most days of an extension).
const CLOCKS: &[(&str, bool, &str, i64)] = &[
    ("ERASE", false, "2026-12-14", 20),
    ("ERASE", true, "2026-12-22", 20),
    ("CORRECT", false, "2026-12-02", 10),
    ("CORRECT", true, "2026-12-07", 10),
    ("ACCESS", false, "2026-12-02", 10),
    ("ACCESS", true, "2026-12-07", 10),
    ("PROTECT", false, "2026-12-07", 15),
    ("PROTECT", true, "2026-12-07", 15),
    ("WITHDRAW_CONSENT", false, "2026-12-07", 15),
    ("WITHDRAW_CONSENT", true, "2026-12-14", 15),
    ("OBJECT", false, "2026-12-07", 15),
    ("OBJECT", true, "2026-12-14", 15),
];

#[test]
fn every_request_has_the_days_of_the_decree() {
    let app = TestApp::start();
    app.chair_of("68");
    let officer = app.officer_of("23095");
    for (n, (kind, third_parties, due_on, longest)) in CLOCKS.iter().enumerate() {
        let gift = personal(&app, &format!("Phan Zq {n}"), None, "FULL_NAME", json!({"amount_vnd": n + 1}));
        officer.post("/api/v1/gifts", gift.clone(), 201);
        let mut request = ask(&app, kind, json!({"gift": gift["id"], "third_parties": third_parties}));
        if *kind == "CORRECT" {
            request["changes"] = json!({"name": "Phan Khác"});
        }
        let asked = officer.post(REQUESTS, request.clone(), 201);
        let at = format!("{kind} {third_parties}: {asked}");
        assert_eq!((&asked["answer_due"], &asked["due_on"]), (&json!("2026-11-25"), &json!(due_on)), "{at}");
        let extend = |days: i64, status: u16| {
            officer.post(&path(&request, "/extension"), json!({"days": days, "reason": "OTHER"}), status)
        };
        extend(longest + 1, 422);
        // What shows less is done already.
        extend(*longest, if asked["state"] == "DONE" { 409 } else { 200 });
    }
    assert_eq!(app.database.number("SELECT count(*) FROM deadline_rule WHERE mark <> 'S'"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM public_holiday WHERE mark <> 'S'"), 0);
}

#[test]
fn an_objection_hides_and_measures_of_protection_are_noted() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    // An organisation is shown without consent: withdrawing would be nothing to it, objecting is its right.
    let organisation = json!({"giver": {"kind": "ORGANISATION", "name": "Công ty Zqxuyên"}, "display": null});
    let gift = personal(&app, "x", None, "FULL_NAME", organisation);
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    let entry = format!("/api/v1/public/entries/{code}");
    assert!(app.anonymous().get(&entry, 200)["giver"].is_string());
    let party = party_of(&officer, &gift);
    let done = officer.post(REQUESTS, ask(&app, "OBJECT", json!({"party": party})), 201);
    assert_eq!((&done["state"], &done["gifts_changed"]), (&json!("DONE"), &json!(1)));
    assert!(app.anonymous().get(&entry, 200).get("giver").is_none());
    assert_eq!(said(&app, &code), ["AMENDMENT"]);
    assert_eq!(officer.get(&gift_path(&gift), 200)["giver"]["name"], "Công ty Zqxuyên");

    let protect = ask(&app, "PROTECT", json!({"party": party}));
    let asked = officer.post(REQUESTS, protect.clone(), 201);
    assert_eq!((&asked["state"], asked.get("approver_chapter")), (&json!("REQUESTED"), None));
    app.staff(Role::Inspector, "68").post(&path(&protect, "/completion"), json!(null), 403);
    officer.post(&path(&protect, "/approval"), json!(null), 403);
    assert_eq!(officer.post(&path(&protect, "/completion"), json!(null), 200)["state"], "DONE");
    assert_eq!(officer.post(&path(&protect, "/completion"), json!(null), 200)["gifts_changed"], 0);
    let erase = ask(&app, "ERASE", json!({"party": party}));
    app.chair_of("68");
    officer.post(REQUESTS, erase.clone(), 201);
    officer.post(&path(&erase, "/completion"), json!(null), 409);
    books::audit(&app);
}

/// Days that were given when rules were remembered and a day off was missing.
#[test]
fn days_given_before_are_counted_anew_and_listed() {
    let mut app = TestApp::start();
    app.chair_of("68");
    let officer = app.officer_of("23095");
    let made = |n: i64, kind: &str, third: bool| {
        let gift = personal(&app, &format!("Phan Zq {n}"), None, "FULL_NAME", json!({"amount_vnd": n}));
        officer.post("/api/v1/gifts", gift.clone(), 201);
        let asked = ask(&app, kind, json!({"gift": gift["id"], "third_parties": third}));
        officer.post(REQUESTS, asked.clone(), 201);
        asked
    };
    let (access, erase, long, ended) =
        (made(1, "ACCESS", true), made(2, "ERASE", true), made(3, "ACCESS", false), made(4, "ACCESS", true));
    officer.post(&path(&access, "/answer"), json!(null), 200);
    officer.post(&path(&ended, "/completion"), json!(null), 200);
    app.stop();
    let mut conn = app.database.connect();
    while conn.revert_last_migration(MIGRATIONS).unwrap().to_string() != "20261129070000" {}
    let id = |request: &Value| request["id"].as_str().unwrap().to_owned();
    // As the release before wrote them down.
    app.database.execute(&format!(
        "UPDATE personal_data_request SET answer_due = '2026-11-24', due_on = '2026-12-14';
         UPDATE personal_data_request SET due_on = '2026-12-17', extended_days = 15, extension_reason = 'OTHER' WHERE id = '{}';
         UPDATE personal_data_request SET next_due = CASE WHEN answered_at IS NULL THEN answer_due ELSE due_on END",
        id(&long)
    ));
    run(&app.database.url()).unwrap();
    steps::run(&app.database.url(), &app.shared.vault, &app.clock, &mut |_, _, _| Ok(())).unwrap();
    let again = TestApp::start_with(app.database.share(), app.shared.clone());
    let officer = again.officer_of("23095");
    let days = |request: &Value| {
        let row = officer.get(&path(request, ""), 200);
        ["answer_due", "due_on", "next_due"].map(|name| row[name].as_str().unwrap().to_owned())
    };
    assert_eq!(days(&access), ["2026-11-25", "2026-12-07", "2026-12-07"], "answered: the second clock counts");
    assert_eq!(days(&erase), ["2026-11-25", "2026-12-22", "2026-11-25"]);
    assert_eq!(days(&long), ["2026-11-25", "2026-12-17", "2026-11-25"], "what the person was told stands");
    assert_eq!(days(&ended), ["2026-11-24", "2026-12-14", "2026-12-14"], "what is over stays as it was");
    let said = |row: &Value| ["request", "what", "before", "after"].map(|name| row[name].as_str().unwrap().to_owned());
    let row = |request: &Value, what: &str, before: &str, after: &str| {
        [id(request), what.to_owned(), before.to_owned(), after.to_owned()]
    };
    let administrator = again.staff(Role::ProvincialAdministrator, "68");
    let listed: Vec<_> = all(&administrator, "/api/v1/deadline-changes?chapter=68", 2).iter().map(said).collect();
    assert_eq!(
        listed,
        [
            row(&access, "ANSWER_DUE", "2026-11-24", "2026-11-25"),
            row(&access, "DUE_ON", "2026-12-14", "2026-12-07"),
            row(&erase, "ANSWER_DUE", "2026-11-24", "2026-11-25"),
            row(&erase, "DUE_ON", "2026-12-14", "2026-12-22"),
            row(&long, "ANSWER_DUE", "2026-11-24", "2026-11-25"),
            row(&long, "EXTENSION", "2026-12-17", "2026-12-14"),
        ]
    );
    assert_eq!(officer.get("/api/v1/deadline-changes?chapter=23095", 200)["items"].as_array().unwrap().len(), 6);
    assert_eq!(again.officer_of("23059").get("/api/v1/deadline-changes?chapter=23059", 200)["items"], json!([]));
    books::audit(&again);
}

/// Law 91/2025, art. 9 and 24; Law on Accounting, art. 16; Decree 253/2026, art. 49.
#[test]
fn a_receipt_names_the_payers_address_and_a_childs_name_takes_two_consents() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let refused = |change: Value, pointer: &str, code: &str| {
        let answer = officer.post("/api/v1/gifts", app.gift(change), 422);
        assert_eq!(books::errors(&answer), [(pointer.to_owned(), code.to_owned())], "{answer}");
    };
    let person = json!({"kind": "PERSON", "name": "Trần Zqbình"});
    refused(json!({"payer_address": "Thôn 3"}), "/payer_address", "WITHOUT_A_GIVER");
    refused(json!({"giver": person, "payer_address": " "}), "/payer_address", "NOT_A_LINE");
    refused(json!({"giver": person, "enclosed": 100}), "/enclosed", "OUT_OF_RANGE");
    refused(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty"}, "for_child": true}), "/for_child", "NOT_A_PERSON");

    let gift =
        app.gift(json!({"giver": person, "payer_address": "Thôn 3, xã Hàm Zqliêm", "enclosed": 2, "received_on": "2026-11-20"}));
    let code = books::books(&app, &officer, &gift)["code"].as_str().unwrap().to_owned();
    let mut moved = gift.clone();
    moved["payer_address"] = json!("Thôn 4");
    assert_eq!(officer.post("/api/v1/gifts", moved, 422)["type"], "/problems/id-taken", "the address is part of what was sent");
    let receipt = format!("{}/cash-receipt", gift_path(&gift));
    let sheet = officer.get(&receipt, 200);
    assert_eq!((&sheet["payer_address"], &sheet["enclosed"]), (&json!("Thôn 3, xã Hàm Zqliêm"), &json!(2)));
    assert!(sheet["note"].as_str().unwrap().contains("Nghị định 253/2026/NĐ-CP"), "{sheet}");
    let page = officer.get_text(&format!("{receipt}.html"), 200);
    for said in ["Thôn 3, xã Hàm Zqliêm", "2 chứng từ gốc", "Đã nhận đủ số tiền", "Thủ trưởng đơn vị", "đóng dấu"]
    {
        assert!(page.contains(said), "{said}");
    }
    // The law on it came into force on 1 July 2026, and is for persons.
    let before = app.gift(json!({"giver": person, "received_on": "2026-06-30"}));
    let organisation = app.gift(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty"}, "enclosed": 0}));
    for gift in [&before, &organisation, &app.gift(json!({}))] {
        books::books(&app, &officer, gift);
        assert!(officer.get(&format!("{}/cash-receipt", gift_path(gift)), 200).get("note").is_none());
    }
    let public = app.anonymous().get_text(&format!("/api/v1/public/entries/{code}"), 200);
    assert!(!public.contains("Zqli"), "{public}");
    // With the name goes the address, from everywhere.
    let party = party_of(&officer, &gift);
    officer.post(REQUESTS, ask(&app, "RESTRICT", json!({"party": party})), 201);
    let sheet = officer.get(&receipt, 200);
    assert_eq!((sheet.get("payer"), sheet.get("payer_address"), sheet.get("note")), (None, None, None));
    app.chair_of("68");
    let erase = ask(&app, "ERASE", json!({"gift": gift["id"]}));
    officer.post(REQUESTS, erase.clone(), 201);
    app.chair_of("68").post(&path(&erase, "/approval"), json!(null), 200);
    nowhere(&app, &["Zqliêm"]);

    let texts = app.anonymous().get("/api/v1/public/consent-texts", 200);
    let of = |purpose: &str, version: i64| -> Value {
        let found = |text: &&Value| text["purpose"] == purpose && text["version"] == version;
        texts.as_array().unwrap().iter().find(found).unwrap_or_else(|| panic!("no {purpose} {version}: {texts}")).clone()
    };
    assert_eq!(of("SHOW_FULL_NAME", 1)["valid_to"], of("SHOW_FULL_NAME", 2)["valid_from"], "one ends as the other begins");
    for right in [
        "Dữ liệu:",
        "Mục đích:",
        "Bên kiểm soát dữ liệu:",
        "xem",
        "chỉnh sửa",
        "xóa",
        "hạn chế",
        "phản đối",
        "khiếu nại",
        "rút lại",
    ] {
        assert!(of("SHOW_MASKED_NAME", 2)["vi"].as_str().unwrap().contains(right), "{right}");
    }
    assert!(of("SHOW_FULL_NAME_OF_CHILD", 1)["vi"].as_str().unwrap().contains("từ đủ 7 tuổi"));
    app.clock.advance(Duration::days(10));
    let officer = app.log_in(account);
    let child = app.gift(json!({"giver": {"kind": "PERSON", "name": "Trần Bé"}, "display": "MASKED", "for_child": true}));
    let grown = app.gift(json!({"giver": {"kind": "PERSON", "name": "Trần Lớn"}, "display": "MASKED"}));
    let quiet = app.gift(json!({"giver": {"kind": "PERSON", "name": "Trần Im"}, "for_child": true}));
    for gift in [&child, &grown, &quiet] {
        books::books(&app, &officer, gift);
    }
    let kept = app.database.text(
        "SELECT string_agg(concat_ws(' ', purpose, basis, text_version), ', ' ORDER BY given_at, purpose DESC) FROM consent",
    );
    assert_eq!(kept, "SHOW_MASKED_NAME_OF_CHILD CONSENT_TEXT 1, SHOW_MASKED_NAME CONSENT_TEXT 2");
    // Shown more than before by a request: the same proof by the same persons.
    let changes = json!({"display": "MASKED", "consent_evidence": "ab".repeat(32), "for_child": true});
    let raised = ask(&app, "CORRECT", json!({"gift": quiet["id"], "changes": changes}));
    officer.post(REQUESTS, raised.clone(), 201);
    app.chair_of("68").post(&path(&raised, "/approval"), json!(null), 200);
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE purpose = 'SHOW_MASKED_NAME_OF_CHILD'"), 2);
    books::audit(&app);
}
