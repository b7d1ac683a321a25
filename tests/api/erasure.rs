//! A person's data go, everywhere, and nothing else does: amounts, totals, leaves and proofs stay as they were.

use std::thread;

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{errors, hold};
use crate::harness::TestApp;
use crate::kit::{gift, person, reached};
use crate::look::{book, entries, reverse};
use crate::personal::{REQUESTS, ask, gift_path, nowhere, openings, party_of, path, personal, said};

const NAME: &str = "Trịnh Xqzvương";
const PHONE: &str = "0987654001";
const TEXTS: [&str; 5] = ["Xqzvương", "0987654001", "UNGHOXQZ", "choxqz", "FTXQZ778899"];

/// Leaves, postings and totals: what an erasure must not touch.
fn books_of(app: &TestApp) -> String {
    app.wait_for_log();
    app.database.text(
        "SELECT concat_ws(' ', (SELECT md5(string_agg(encode(leaf, 'hex') || idx, ',' ORDER BY idx)) FROM log_leaf WHERE convert_from(leaf, 'UTF8') !~ 'ERASURE|AMENDMENT'),
            (SELECT md5(string_agg(p::text, ',' ORDER BY entry_id, n)) FROM posting p), (SELECT md5(string_agg(b::text, ',' ORDER BY b::text)) FROM balance b),
            (SELECT md5(string_agg(r::text, ',' ORDER BY r::text)) FROM total_by_day r),
            (SELECT md5(string_agg(code || amount_vnd || fund || encode(leaf_hash, 'hex'), ',' ORDER BY seq)) FROM public_entry))",
    )
}

#[test]
fn an_erased_person_is_nowhere_and_every_amount_stands() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let other = gift(&app).by(reached(person("Lê Ở Lại"), "0987654002")).shown("FULL_NAME").body();
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"appeal": "LULUT", "captured_at": "2026-11-21T01:02:03Z"}));
    let second = personal(&app, NAME, Some(PHONE), "MASKED", json!({"amount_vnd": 70_000}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    for gift in [&second, &other] {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    reverse(&app, second["id"].as_str().unwrap(), "ghi nhầm cho Xqzvương");
    let party = party_of(&officer, &gift);
    let before = books_of(&app);
    assert_eq!(entries(&app, "q=xqzvuong").len(), 1);
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);

    let request = ask(&app, "ERASE", json!({"party": party, "note": "chị Xqzvương, 0987654001, đến trụ sở"}));
    let asked = officer.post(REQUESTS, request.clone(), 201);
    assert_eq!(
        (&asked["state"], &asked["approver_chapter"], &asked["chapters"]),
        (&json!("REQUESTED"), &json!("23095"), &json!(1))
    );
    assert!(asked["stays"].as_str().unwrap().contains("luật kế toán"));
    assert_eq!(officer.post(REQUESTS, request.clone(), 200), asked);
    assert_eq!(chair.get(&path(&request, ""), 200)["note"], "chị Xqzvương, 0987654001, đến trụ sở");
    let done = chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!((&done["state"], &done["gifts_changed"]), (&json!("DONE"), &json!(2)));
    assert_eq!(chair.post(&path(&request, "/approval"), json!(null), 200), done);

    nowhere(&app, &TEXTS);
    assert_eq!(books_of(&app), before);
    let page = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    assert_eq!((page.get("giver"), &page["amount_vnd"]), (None, &json!(500_000)));
    assert_eq!(said(&app, &code), ["ERASURE"]);
    assert_eq!(entries(&app, "q=xqzvuong").len() + entries(&app, "q=trinh").len(), 0);
    assert_eq!(entries(&app, "q=ham+liem").len(), 4, "still found by its place");
    let csv = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    assert!(csv.contains(&code) && !csv.contains("Xqz") && csv.lines().count() == 2, "{csv}");
    let own = officer.get(&gift_path(&gift), 200);
    assert!(own.get("giver").is_none() && own.get("particulars").is_none() && own.get("captured_at").is_none(), "{own}");
    assert_eq!(own["display"], "ANONYMOUS");
    officer.get(&format!("/api/v1/parties/{party}/personal-data"), 404);
    // Nobody else lost anything.
    assert_eq!(officer.get(&gift_path(&other), 200)["giver"]["name"], "Lê Ở Lại");
    assert!(openings(&app).iter().any(|(_, fields)| fields.contains(&("name".to_owned(), "Lê Ở Lại".to_owned()))));
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 1);
    // The audit trail says who and when.
    let noted = |action: &str| {
        app.database.number(&format!("SELECT count(*) FROM audit_event WHERE action = '{action}' AND account_id IS NOT NULL"))
    };
    assert_eq!(
        (noted("PERSONAL_DATA_REQUESTED"), noted("PERSONAL_DATA_REQUEST_APPROVED"), noted("GIFT_GIVER_ERASED")),
        (1, 1, 2)
    );
    // The phone that sends the gift again learns that it is booked, and nothing else.
    let again = officer.post("/api/v1/gifts", gift.clone(), 200);
    assert_eq!(again["outcome"], "ALREADY_BOOKED");
    assert!(!again.to_string().contains("Xqz"));
    let mut changed = gift.clone();
    changed["amount_vnd"] = json!(1);
    assert_eq!(officer.post("/api/v1/gifts", changed, 422)["type"], "/problems/id-taken");
    assert_eq!(officer.post(REQUESTS, request, 200)["state"], "DONE");
    // An erased gift can be reversed like any other.
    reverse(&app, gift["id"].as_str().unwrap(), "hủy");
    assert_eq!(said(&app, &code), ["ERASURE"]);
    nowhere(&app, &TEXTS);
}

#[test]
fn an_erasure_takes_a_second_person_with_a_say_everywhere() {
    let app = TestApp::start();
    // One who records at two chapters asks for both.
    let here = app.account_of(None, &[(Role::Accountant, "23095"), (Role::Accountant, "23059")]);
    let officer = app.log_in(here);
    let one = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    let two = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"chapter": "23059"}));
    officer.post("/api/v1/gifts", one.clone(), 201);
    officer.post("/api/v1/gifts", two, 201);
    let party = party_of(&officer, &one);
    let request = ask(&app, "ERASE", json!({"party": party}));
    let problem = officer.post(REQUESTS, request.clone(), 409);
    assert!(problem["detail"].as_str().unwrap().contains("người thứ hai"));
    let province = app.chair_of("68");
    let asked = officer.post(REQUESTS, request.clone(), 201);
    assert_eq!((&asked["approver_chapter"], &asked["chapters"]), (&json!("68"), &json!(2)));
    // Each commune's chair has a say at home only; who asked has none; strangers find nothing.
    app.chair_of("23095").post(&path(&request, "/approval"), json!(null), 403);
    officer.post(&path(&request, "/approval"), json!(null), 403);
    app.log_in(app.account_of(Some(here.officer), &[(Role::ChapterChair, "68")])).post(
        &path(&request, "/approval"),
        json!(null),
        403,
    );
    app.chair_of("01").post(&path(&request, "/approval"), json!(null), 404);
    app.chair_of("01").get(&path(&request, ""), 404);
    app.officer_of("01").post(REQUESTS, ask(&app, "ERASE", json!({"party": party})), 404);
    app.staff(Role::Inspector, "68").post(REQUESTS, ask(&app, "ERASE", json!({"party": party})), 403);
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"party": party})), 409);
    assert_eq!(province.post(&path(&request, "/approval"), json!(null), 200)["gifts_changed"], 2);
    nowhere(&app, &TEXTS);
    province.post(&path(&request, "/refusal"), json!({"reason": "OTHER"}), 409);
}

#[test]
fn a_refusal_says_why_and_changes_nothing() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let request = ask(&app, "ERASE", json!({"gift": gift["id"]}));
    officer.post(REQUESTS, request.clone(), 201);
    assert_eq!(errors(&chair.post(&path(&request, "/refusal"), json!({"reason": "BECAUSE"}), 422))[0].1, "NOT_A_CHOICE");
    let refused = chair.post(&path(&request, "/refusal"), json!({"reason": "IDENTITY_NOT_PROVEN"}), 200);
    assert_eq!((&refused["state"], &refused["refusal"]), (&json!("REFUSED"), &json!("IDENTITY_NOT_PROVEN")));
    chair.post(&path(&request, "/approval"), json!(null), 409);
    assert_eq!(officer.get(&gift_path(&gift), 200)["giver"]["name"], NAME);
    // It may be asked again; one gift alone goes, with the party that gave nothing else.
    let again = ask(&app, "ERASE", json!({"gift": gift["id"]}));
    officer.post(REQUESTS, again.clone(), 201);
    assert_eq!(chair.post(&path(&again, "/approval"), json!(null), 200)["state"], "DONE");
    nowhere(&app, &TEXTS);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 0);
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"gift": gift["id"]})), 409);
}

#[test]
fn requests_that_are_wrong_ask_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let gift = personal(&app, NAME, None, "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let id = &gift["id"];
    let cases = [
        (ask(&app, "ERASE", json!({})), "/party", "ONE_OF_TWO"),
        (ask(&app, "ERASE", json!({"gift": id, "party": id})), "/party", "ONE_OF_TWO"),
        (ask(&app, "ERASE", json!({"gift": id, "received_on": "2026-11-23"})), "/received_on", "IN_THE_FUTURE"),
        (ask(&app, "ERASE", json!({"gift": id, "received_on": "2020-01-01"})), "/received_on", "TOO_OLD"),
        (ask(&app, "ERASE", json!({"gift": id, "note": "a\nb"})), "/note", "NOT_A_LINE"),
        (ask(&app, "ERASE", json!({"gift": id, "changes": {}})), "/changes", "NOT_A_CORRECTION"),
        (ask(&app, "CORRECT", json!({"gift": id})), "/changes", "MISSING"),
        (ask(&app, "CORRECT", json!({"gift": id, "changes": {}})), "/changes", "MISSING"),
        (ask(&app, "CORRECT", json!({"gift": id, "changes": {"phone": "12"}})), "/changes/phone", "NOT_A_PHONE"),
        (ask(&app, "RESTRICT", json!({"gift": id})), "/gift", "NOT_FOR_ONE_GIFT"),
        (ask(&app, "ERASE", json!({"gift": id, "id": Uuid::nil()})), "/id", "NOT_UNIQUE"),
        (ask(&app, "FORGET", json!({"gift": id})), "/kind", "NOT_A_CHOICE"),
    ];
    for (request, pointer, code) in cases {
        assert_eq!(errors(&officer.post(REQUESTS, request.clone(), 422)), [(pointer.to_owned(), code.to_owned())], "{request}");
    }
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"gift": Uuid::now_v7()})), 404);
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"party": Uuid::now_v7()})), 404);
    let anonymous = app.gift(json!({}));
    officer.post("/api/v1/gifts", anonymous.clone(), 201);
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"gift": anonymous["id"]})), 409);
    assert_eq!(app.database.number("SELECT count(*) FROM personal_data_request"), 0);
}

/// A gift of the same person that comes while they are erased is booked, and belongs to somebody new.
#[test]
fn a_gift_that_meets_the_erasure_of_its_giver_is_booked() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let first = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", first.clone(), 201);
    let request = ask(&app, "ERASE", json!({"party": party_of(&officer, &first)}));
    officer.post(REQUESTS, request.clone(), 201);
    let next = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"amount_vnd": 9_000}));
    let held = hold(&app, "annotation");
    thread::scope(|scope| {
        let erasing = scope.spawn(|| chair.post(&path(&request, "/approval"), json!(null), 200));
        app.database.wait_until(
            "SELECT count(*) >= 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        let giving = scope.spawn(|| officer.post("/api/v1/gifts", next.clone(), 201));
        held.release_when_waiting(&app, 2);
        assert_eq!(erasing.join().unwrap()["gifts_changed"], 1);
        giving.join().unwrap();
    });
    assert!(officer.get(&gift_path(&first), 200).get("giver").is_none());
    assert_eq!(officer.get(&gift_path(&next), 200)["giver"]["name"], NAME);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 1);
}

/// Thousands of gifts are erased piece by piece; what one server left half done, another finishes.
#[test]
fn a_large_erasure_is_finished_by_whoever_is_left() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gifts: Vec<Value> =
        (0..3_200i64).map(|n| gift(&app).of(1_000 + n).by(reached(person(NAME), PHONE)).shown("FULL_NAME").body()).collect();
    book(&officer, &gifts);
    let request = ask(&app, "ERASE", json!({"party": party_of(&officer, &gifts[0])}));
    officer.post(REQUESTS, request.clone(), 201);
    // The third piece fails, as if the server had been killed there.
    app.database.execute(
        "CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF (SELECT count(*) FROM annotation) > 1000 THEN RAISE EXCEPTION 'killed'; END IF; RETURN NULL; END $$;
         CREATE TRIGGER stop_here AFTER INSERT ON annotation FOR EACH STATEMENT EXECUTE FUNCTION stop_here()",
    );
    let half = chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!((&half["state"], &half["gifts_changed"]), (&json!("EXECUTING"), &json!(1_000)));
    // Nothing is half: what is touched is gone, and nobody reads the name any more.
    let shown = "SELECT count(*) FROM gift g JOIN entry e ON e.id = g.entry_id JOIN public_entry p ON p.code = e.code
        WHERE (g.party_id IS NULL) <> (p.giver IS NULL) OR (g.party_id IS NULL) = EXISTS (SELECT FROM pd_opening o WHERE o.entry = e.code)";
    assert_eq!(app.database.number(shown), 0);
    for gift in [&gifts[0], &gifts[3_199]] {
        assert!(officer.get(&gift_path(gift), 200).get("giver").is_none());
    }
    app.database.execute("DROP TRIGGER stop_here ON annotation; DROP FUNCTION stop_here");
    app.database.wait_until("SELECT state = 'DONE' FROM personal_data_request");
    assert_eq!(officer.get(&path(&request, ""), 200)["gifts_changed"], 3_200);
    nowhere(&app, &TEXTS[..2]);
    assert_eq!(app.database.number("SELECT count(*) FROM annotation"), 3_200);
    assert_eq!(app.anonymous().get("/api/v1/public/totals?chapter=23095", 200)["gift_count"], 3_200);
}
