//! Reversing takes two persons, happens once, and mirrors the gift to the đồng.

use std::thread;

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{anonymised, audit, books, counts, errors, hold};
use crate::harness::{Caller, TestApp};

fn path(gift: &Value) -> String {
    format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap())
}

fn ask(reason: &str) -> Value {
    json!({"id": Uuid::now_v7(), "reason": reason})
}

fn decision(request: &Value, what: &str) -> String {
    format!("/api/v1/reversals/{}/{what}", request["id"].as_str().unwrap())
}

/// A gift that is booked and its officer.
fn booked<'a>(app: &'a TestApp, change: Value) -> (Caller<'a>, Value) {
    let officer = app.officer_of("23095");
    let gift = app.gift(change);
    officer.post("/api/v1/gifts", gift.clone(), 201);
    (officer, gift)
}

fn received(app: &TestApp) -> Value {
    app.anonymous().get("/api/v1/public/totals?chapter=23095", 200)["received_vnd"].clone()
}

#[test]
fn a_request_that_is_wrong_asks_nothing() {
    let app = TestApp::start();
    app.chair_of("68");
    let (officer, gift) = booked(&app, json!({}));
    let before = counts(&app);
    for reason in [json!("BECAUSE"), json!("duplicate"), json!(1), json!(null), json!(["OTHER"])] {
        let problem = officer.post(&path(&gift), json!({"id": Uuid::now_v7(), "reason": reason}), 422);
        let code = if reason.is_string() { "NOT_A_CHOICE" } else { "WRONG_SHAPE" };
        assert_eq!(errors(&problem), [("/reason".to_owned(), code.to_owned())], "{reason}");
    }
    for note in ["", "a\nb", &"x".repeat(501)] {
        let problem = officer.post(&path(&gift), json!({"id": Uuid::now_v7(), "reason": "OTHER", "note": note}), 422);
        assert_eq!(errors(&problem), [("/note".to_owned(), "NOT_A_LINE".to_owned())]);
    }
    officer.post(&path(&gift), json!({"reason": "OTHER"}), 422);
    officer.post(&path(&gift), json!({"id": Uuid::now_v7(), "reason": "OTHER", "by": "me"}), 422);
    officer.post(&path(&gift), json!([Uuid::now_v7(), "OTHER", null]), 422);
    let unknown = officer.post(&format!("/api/v1/gifts/{}/reversal", Uuid::now_v7()), ask("OTHER"), 404);
    officer.post("/api/v1/gifts/17/reversal", ask("OTHER"), 404);
    // A gift of another place is as unknown as one that never was.
    let foreign = app.officer_of("23059").post(&path(&gift), ask("OTHER"), 404);
    assert_eq!(anonymised(foreign), anonymised(unknown));
    // Readable, but reversing is for those who record.
    for caller in [app.staff(Role::Inspector, "23095"), app.chair_of("23095"), app.officer_of("68")] {
        caller.post(&path(&gift), ask("OTHER"), 403);
    }
    app.anonymous().post(&path(&gift), ask("OTHER"), 401);
    assert_eq!(counts(&app), before);
    assert_eq!(app.database.number("SELECT count(*) FROM reversal_request"), 0);
    audit(&app);
}

#[test]
fn a_request_sent_again_is_the_same_request() {
    let app = TestApp::start();
    app.chair_of("23095");
    let (officer, gift) = booked(&app, json!({}));
    let other_gift = booked(&app, json!({})).1;
    let request = json!({"id": Uuid::now_v7(), "reason": "WRONG_AMOUNT", "note": "nhầm số"});
    let first = officer.post(&path(&gift), request.clone(), 201);
    assert_eq!(officer.post(&path(&gift), request.clone(), 200), first);
    assert_eq!(app.accountant_of("23095").post(&path(&gift), request.clone(), 200), first);
    for (key, value) in [("reason", json!("OTHER")), ("note", json!("khác")), ("note", Value::Null)] {
        let mut other = request.clone();
        other[key] = value;
        assert_eq!(officer.post(&path(&gift), other, 422)["type"], "/problems/id-taken");
    }
    officer.post(&path(&other_gift), request, 422);
    officer.post(&path(&gift), ask("OTHER"), 409);
    assert_eq!(app.database.number("SELECT count(*) FROM reversal_request"), 1);
    audit(&app);
}

#[test]
fn a_request_sent_twice_at_once_is_asked_once_and_answered_twice() {
    let app = TestApp::start();
    app.chair_of("23095");
    let (officer, gift) = booked(&app, json!({}));
    let request = ask("DUPLICATE");
    let send = || {
        let answer = officer.send("POST", &path(&gift), Some(request.to_string().into_bytes()));
        (answer.status, answer.json())
    };
    let held = hold(&app, "reversal_request");
    let (a, b) = thread::scope(|scope| {
        let (a, b) = (scope.spawn(send), scope.spawn(send));
        held.release_when_waiting(&app, 2);
        (a.join().unwrap(), b.join().unwrap())
    });
    let mut statuses = [a.0, b.0];
    statuses.sort();
    assert_eq!(statuses, [200, 201], "{a:?} {b:?}");
    assert_eq!(a.1, b.1);
    // Two different requests at once: one waits, the other is told so.
    let gift = booked(&app, json!({})).1;
    let other = || officer.send("POST", &path(&gift), Some(ask("OTHER").to_string().into_bytes())).status;
    let held = hold(&app, "reversal_request");
    let mut statuses = thread::scope(|scope| {
        let (a, b) = (scope.spawn(other), scope.spawn(other));
        held.release_when_waiting(&app, 2);
        [a.join().unwrap(), b.join().unwrap()]
    });
    statuses.sort();
    assert_eq!(statuses, [201, 409]);
    audit(&app);
}

#[test]
fn only_a_second_person_with_the_right_decides() {
    let app = TestApp::start();
    let recorder = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "23095")]);
    let requester = app.account_of(None, &[(Role::Accountant, "23095")]);
    let gift = app.gift(json!({}));
    app.log_in(recorder).post("/api/v1/gifts", gift.clone(), 201);
    app.chair_of("68");
    let request = ask("NOT_RECEIVED");
    let asked = app.log_in(requester).post(&path(&gift), request.clone(), 201);
    assert_eq!(asked["approver_chapter"], "68", "nobody but recorder and requester sits in the commune");
    let before = counts(&app);
    let second_account = |person: crate::harness::Account| {
        app.log_in(app.account_of(Some(person.officer), &[(Role::ChapterChair, "23095"), (Role::ChapterChair, "68")]))
    };
    for caller in [
        app.log_in(recorder),
        app.log_in(requester),
        second_account(recorder),
        second_account(requester),
        app.staff(Role::Inspector, "23095"),
        app.staff(Role::Inspector, "TW"),
        app.officer_of("23095"),
        app.staff(Role::ProvincialAdministrator, "68"),
        app.staff(Role::CentralAdministrator, "TW"),
    ] {
        for what in ["approval", "refusal"] {
            caller.post(&decision(&request, what), json!(null), 403);
        }
    }
    for caller in [app.chair_of("23059"), app.chair_of("01"), app.accountant_of("00004")] {
        caller.post(&decision(&request, "approval"), json!(null), 404);
        caller.get(&format!("/api/v1/reversals/{}", request["id"].as_str().unwrap()), 404);
    }
    app.anonymous().post(&decision(&request, "approval"), json!(null), 401);
    app.chair_of("68").post(&format!("/api/v1/reversals/{}/approval", Uuid::now_v7()), json!(null), 404);
    assert_eq!(counts(&app), before);
    assert_eq!(received(&app), 500_000);
    let chair = app.chair_of("68");
    let waiting = chair.get("/api/v1/reversals?chapter=68", 200);
    assert_eq!(waiting["items"][0]["id"], request["id"]);
    let approved = chair.post(&decision(&request, "approval"), json!(null), 200);
    assert_eq!(approved["state"], "APPROVED");
    assert_eq!(chair.get("/api/v1/reversals?chapter=68", 200)["items"], json!([]));
    assert_eq!(received(&app), 0);
    audit(&app);
}

#[test]
fn approving_twice_books_once_and_refusing_afterwards_is_a_conflict() {
    let app = TestApp::start();
    let (chair, accountant) = (app.chair_of("23095"), app.accountant_of("23095"));
    let (officer, gift) = booked(&app, json!({}));
    let request = ask("DUPLICATE");
    officer.post(&path(&gift), request.clone(), 201);
    let approve = |caller: &Caller<'_>| caller.post(&decision(&request, "approval"), json!(null), 200);
    let answers: Vec<Value> = thread::scope(|scope| {
        let all: Vec<_> =
            [&chair, &accountant, &chair, &accountant].into_iter().map(|caller| scope.spawn(|| approve(caller))).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["code"].is_string()));
    assert_eq!(approve(&chair), answers[0]);
    chair.post(&decision(&request, "refusal"), json!(null), 409);
    officer.post(&path(&gift), ask("OTHER"), 409);
    assert_eq!(officer.post(&path(&gift), request.clone(), 200)["state"], "APPROVED");
    assert_eq!(counts(&app).of("entry"), 2);
    // What was reversed stays known: sending the gift again does not bring it back.
    assert_eq!(officer.post("/api/v1/gifts", gift.clone(), 200)["outcome"], "ALREADY_BOOKED");
    assert_eq!(officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200)["reversal"], "APPROVED");
    assert_eq!(received(&app), 0);
    audit(&app);
}

#[test]
fn after_a_refusal_the_gift_stands_and_may_be_asked_about_again() {
    let app = TestApp::start();
    let chair = app.chair_of("23095");
    let (officer, gift) = booked(&app, json!({}));
    let (first, second) = (ask("DUPLICATE"), ask("WRONG_AMOUNT"));
    officer.post(&path(&gift), first.clone(), 201);
    let before = counts(&app);
    let refused = chair.post(&decision(&first, "refusal"), json!(null), 200);
    assert_eq!((&refused["state"], refused.get("code")), (&json!("REFUSED"), None));
    assert_eq!(chair.post(&decision(&first, "refusal"), json!(null), 200), refused);
    chair.post(&decision(&first, "approval"), json!(null), 409);
    assert_eq!(counts(&app), before);
    assert_eq!(officer.post(&path(&gift), first.clone(), 200)["state"], "REFUSED");
    officer.post(&path(&gift), second.clone(), 201);
    chair.post(&decision(&first, "approval"), json!(null), 409);
    assert_eq!(chair.post(&decision(&second, "approval"), json!(null), 200)["state"], "APPROVED");
    assert_eq!(received(&app), 0);
    audit(&app);
}

#[test]
fn every_kind_of_gift_is_reversed_to_the_dong_and_the_public_sees_it_at_once() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    app.open_appeal("68", "DA-DONG");
    app.chair_of("68").post("/api/v1/appeals/DA-DONG/closing", json!(null), 200);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let lines = json!([{"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_809_000, "valuation": "MARKET_PRICE"},
                       {"item": "BLANKET", "quantity": 2, "unit": "PIECE", "value_vnd": 300_000, "valuation": "INVOICE"}]);
    let gifts = [
        app.gift(json!({"appeal": "LULUT", "giver": {"kind": "PERSON", "name": "Lê An"}, "display": "FULL_NAME"})),
        app.gift(json!({"appeal": "LULUT", "channel": "BANK_TRANSFER"})),
        app.gift(json!({"appeal": "LULUT", "channel": "IN_KIND", "amount_vnd": null, "lines": lines})),
        app.gift(json!({"channel": "SMS", "message_count": 25})),
        app.gift(json!({"appeal": "DA-DONG", "received_on": "2026-11-20"})),
    ];
    for gift in &gifts {
        let booked = books(&app, &officer, gift);
        app.wait_for_log();
        let page = format!("/api/v1/public/entries/{}", booked["code"].as_str().unwrap());
        for _ in 0..2 {
            assert_eq!(app.anonymous().get(&page, 200).get("reversed_by"), None);
        }
        let request = ask("WRONG_GIVER");
        officer.post(&path(gift), request.clone(), 201);
        assert_eq!(app.anonymous().get(&page, 200).get("reversed_by"), None);
        let approved = chair.post(&decision(&request, "approval"), json!(null), 200);
        let (original, code) = (app.anonymous().get(&page, 200), approved["code"].as_str().unwrap());
        assert_eq!(original["reversed_by"], code);
        let mirror = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
        assert_eq!(
            (&mirror["kind"], &mirror["reverses"], &mirror["reason"]),
            (&json!("REVERSAL"), &booked["code"], &json!("WRONG_GIVER"))
        );
        assert_eq!(mirror["amount_vnd"].as_i64().unwrap(), -booked["amount_vnd"].as_i64().unwrap());
        assert_eq!((&mirror["fund"], &mirror["channel"], mirror.get("giver")), (&booked["fund"], &gift["channel"], None));
        assert_eq!(mirror["day"], json!(app.today()));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM balance WHERE amount_vnd <> 0"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM total_overall WHERE subtree_vnd <> 0 OR subtree_count <> 0"), 0);
    let totals = app.anonymous().get("/api/v1/public/totals?appeal=DA-DONG", 200);
    assert_eq!((&totals["received_vnd"], &totals["quarantined"]), (&json!(0), &json!({"received_vnd": 0, "gift_count": 0})));
    audit(&app);
}

#[test]
fn a_commune_of_one_person_asks_its_province() {
    let app = TestApp::start();
    let person = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "23095")]);
    app.account_of(Some(person.officer), &[(Role::ChapterChair, "23095")]);
    let officer = app.log_in(person);
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    // Nobody above either; a chair elsewhere, an inspector above and a locked account are nobody.
    app.chair_of("23059");
    app.staff(Role::Inspector, "68");
    app.staff(Role::CentralAdministrator, "TW");
    let locked = app.account(Role::ChapterChair, "68");
    app.database.execute(&format!("UPDATE account SET disabled_at = now() WHERE id = '{}'", locked.id));
    officer.post(&path(&gift), ask("OTHER"), 409);
    let central = app.chair_of("TW");
    let request = ask("OTHER");
    assert_eq!(officer.post(&path(&gift), request.clone(), 201)["approver_chapter"], "TW");
    central.post(&decision(&request, "refusal"), json!(null), 200);
    app.chair_of("68");
    assert_eq!(officer.post(&path(&gift), ask("OTHER"), 201)["approver_chapter"], "68");
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    app.accountant_of("23095");
    assert_eq!(officer.post(&path(&gift), ask("OTHER"), 201)["approver_chapter"], "23095");
    audit(&app);
}

#[test]
fn a_reversal_never_takes_more_than_is_there() {
    let app = TestApp::start();
    let chair = app.chair_of("23095");
    let (officer, gift) = booked(&app, json!({}));
    let request = ask("NOT_RECEIVED");
    officer.post(&path(&gift), request.clone(), 201);
    // As if all but one đồng had been paid out.
    let set =
        |amount: i64| app.database.execute(&format!("UPDATE balance SET amount_vnd = {amount} WHERE account = 'CASH_ON_HAND'"));
    set(499_999);
    let before = counts(&app);
    assert_eq!(chair.post(&decision(&request, "approval"), json!(null), 409)["type"], "/problems/conflict");
    assert_eq!(counts(&app), before);
    let state = format!("/api/v1/reversals/{}", request["id"].as_str().unwrap());
    assert_eq!(officer.get(&state, 200)["state"], "REQUESTED", "it may be approved once there is enough again");
    set(500_000);
    chair.post(&decision(&request, "approval"), json!(null), 200);
    assert_eq!(app.database.number("SELECT amount_vnd FROM balance WHERE account = 'CASH_ON_HAND'"), 0);
    audit(&app);
}

/// Whoever looks at a gift that no longer stands is told so, wherever they look.
#[test]
fn a_reversed_gift_says_so_in_every_view() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let chair = app.chair_of("23095");
    let giver = json!({"kind": "PERSON", "name": "Lê Thị Hằng", "phone": "0912345678"});
    let (officer, gift) = booked(&app, json!({"appeal": "LULUT", "giver": giver}));
    let id = gift["id"].as_str().unwrap();
    let one = format!("/api/v1/gifts/{id}");
    let list = "/api/v1/gifts?chapter=23095";
    let listed = || officer.get(list, 200)["items"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    let batch =
        |with: Value| officer.post("/api/v1/gifts/batch", json!({"gifts": [with, app.gift(json!({}))]}), 200)["items"][0].clone();
    let request = ask("DUPLICATE");
    officer.post(&path(&gift), request.clone(), 201);
    for view in [officer.get(&one, 200), listed()] {
        assert_eq!((view["reversal"].as_str(), view.get("reversed_by")), (Some("REQUESTED"), None), "{view}");
    }
    assert_eq!(officer.post("/api/v1/gifts", gift.clone(), 200).get("reversed_by"), None);
    let approved = chair.post(&decision(&request, "approval"), json!(null), 200);
    let code = approved["code"].as_str().unwrap();
    app.wait_for_checkpoint();

    let view = officer.get(&one, 200);
    for view in [&view, &listed()] {
        assert_eq!((view["reversal"].as_str(), view["reversed_by"].as_str()), (Some("APPROVED"), Some(code)), "{view}");
    }
    let again = officer.post("/api/v1/gifts", gift.clone(), 200);
    assert_eq!((again["outcome"].as_str(), again["reversed_by"].as_str()), (Some("ALREADY_BOOKED"), Some(code)), "{again}");
    let again = batch(gift.clone());
    assert_eq!(again["gift"]["reversed_by"], code, "{again}");
    let receipt = officer.get(&format!("{one}/cash-receipt"), 200);
    assert_eq!(receipt["cancelled"]["by"], code, "{receipt}");
    let party = view["giver"]["id"].as_str().unwrap();
    let kept = officer.get(&format!("/api/v1/parties/{party}/personal-data"), 200);
    assert_eq!(kept["gifts"][0]["reversed_by"], code, "{kept}");
    // The signed files cannot say it; what they are sent with does.
    let original = view["code"].as_str().unwrap();
    for (caller, receipt) in
        [(&officer, format!("{one}/receipt")), (&app.anonymous(), format!("/api/v1/public/entries/{original}/receipt"))]
    {
        let answer = caller.send("GET", &receipt, None);
        assert_eq!((answer.status, answer.header("x-reversed-by")), (200, Some(code)), "{receipt}");
    }
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/entries/{original}"), 200)["reversed_by"], code);
    let page = app.anonymous().get_text(&format!("/g/{original}"), 200);
    assert!(page.contains("ĐÃ HỦY") && page.contains(code), "{page}");
    // Nothing of the kind is said of a gift that stands.
    let (_, other) = booked(&app, json!({}));
    assert_eq!(officer.post("/api/v1/gifts", other, 200).get("reversed_by"), None);
}

/// Kilograms come back as đồng do: adding up what a ledger shows leaves nothing of a reversed gift.
#[test]
fn the_goods_of_a_reversed_gift_come_back_too() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let lines = json!([{"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_809_000, "valuation": "MARKET_PRICE"},
                       {"item": "BLANKET", "quantity": 2, "unit": "PIECE", "value_vnd": 300_000, "valuation": "INVOICE"}]);
    let (officer, gift) = booked(&app, json!({"appeal": "LULUT", "channel": "IN_KIND", "amount_vnd": null, "lines": lines}));
    let cash = booked(&app, json!({"appeal": "LULUT"})).1;
    let back = crate::look::reverse(&app, gift["id"].as_str().unwrap(), "nhầm");
    let cash_back = crate::look::reverse(&app, cash["id"].as_str().unwrap(), "nhầm");
    app.wait_for_log();
    let public = app.anonymous();
    let wanted = json!([{"item": "RICE", "quantity": "-100.5", "unit": "KG", "value_vnd": -1_809_000, "valuation": "MARKET_PRICE"},
                        {"item": "BLANKET", "quantity": "-2", "unit": "PIECE", "value_vnd": -300_000, "valuation": "INVOICE"}]);
    assert_eq!(public.get(&format!("/api/v1/public/entries/{back}"), 200)["goods"], wanted);
    assert_eq!(public.get(&format!("/api/v1/public/entries/{cash_back}"), 200).get("goods"), None);
    let rows = crate::look::entries(&app, "appeal=LULUT");
    assert_eq!(rows.iter().find(|row| row["code"] == back.as_str()).unwrap()["goods"], wanted);
    let csv = public.get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    let row = csv.lines().find(|line| line.contains(&format!(",{back},"))).unwrap();
    assert!(row.contains("RICE -100.5 KG; BLANKET -2 PIECE"), "{row}");
    let page = public.get_text(&format!("/g/{back}"), 200);
    assert!(page.contains("\u{2212}100,5") && page.contains("\u{2212}1.809.000"), "{page}");
    // The leaf says what it always said.
    let leaf = app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{back}'"));
    assert!(!leaf.contains("goods") && !leaf.contains("qty"), "{leaf}");
    assert_eq!(officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200)["lines"][0]["quantity"], "100.5");
    audit(&app);
}
