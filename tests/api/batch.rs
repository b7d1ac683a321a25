//! `POST /api/v1/gifts/batch`: every gift gets its own answer, in order.

use std::thread;

use chrono::Utc;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::PublicCode;
use so_nhan_ai::db::DbError;
use so_nhan_ai::identity::store::set_disabled;
use uuid::Uuid;

use crate::books::{anonymised, audit, counts, errors, hold};
use crate::harness::{Caller, TestApp};

const PATH: &str = "/api/v1/gifts/batch";

/// (booked, already booked, refused) as the answer says; its items must agree and stand in order.
#[track_caller]
fn sums(answer: &Value) -> (u64, u64, u64) {
    let items = answer["items"].as_array().unwrap();
    for (n, item) in items.iter().enumerate() {
        assert_eq!(item["index"], n);
        assert_eq!(item.get("problem").is_some(), item["outcome"] == "REFUSED", "{item}");
        assert_eq!(item.get("gift").is_some(), item["outcome"] != "REFUSED", "{item}");
    }
    let count = |outcome: &str| items.iter().filter(|item| item["outcome"] == outcome).count() as u64;
    let said = |name: &str| answer[name].as_u64().unwrap();
    assert_eq!(
        (count("BOOKED"), count("ALREADY_BOOKED"), count("REFUSED")),
        (said("booked"), said("already_booked"), said("refused"))
    );
    (said("booked"), said("already_booked"), said("refused"))
}

/// A batch that is refused as a whole and books nothing.
#[track_caller]
fn refuses_all(app: &TestApp, caller: &Caller<'_>, body: Value, status: u16, expected: &[(&str, &str)]) {
    let before = counts(app);
    let problem = caller.post(PATH, body, status);
    let found = errors(&problem);
    assert_eq!(found.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(counts(app), before);
}

#[test]
fn a_batch_has_one_to_five_hundred_gifts() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gifts = |n: usize| (0..n).map(|_| app.gift(json!({"amount_vnd": 1_000}))).collect::<Vec<_>>();
    refuses_all(&app, &officer, json!({"gifts": []}), 422, &[("/gifts", "OUT_OF_RANGE")]);
    refuses_all(&app, &officer, json!({"gifts": gifts(501)}), 422, &[("/gifts", "OUT_OF_RANGE")]);
    refuses_all(&app, &officer, json!({}), 422, &[("/gifts", "REQUIRED")]);
    refuses_all(&app, &officer, json!({"gifts": gifts(1), "more": 1}), 422, &[("/more", "UNKNOWN_FIELD")]);
    for wrong in [json!(null), json!("x"), json!({"0": gifts(1)[0]}), gifts(1).remove(0)] {
        refuses_all(&app, &officer, json!({"gifts": wrong}), 422, &[("/gifts", "WRONG_SHAPE")]);
    }
    for wrong in [json!(null), json!(gifts(2)), json!([gifts(2)]), json!("x")] {
        refuses_all(&app, &officer, wrong, 422, &[("", "WRONG_SHAPE")]);
    }
    let nested = [&b"{\"gifts\":"[..], &b"[".repeat(100_000)].concat();
    assert_eq!(officer.send("POST", PATH, Some(nested)).status, 400, "nesting without end");
    // A list costs nothing but its refusal, however long it is.
    let long = format!("{{\"gifts\": [1{}]}}", ",1".repeat(1_000_000)).into_bytes();
    let refused = officer.send("POST", PATH, Some(long));
    assert_eq!((refused.status, errors(&refused.json())), (422, vec![("/gifts".to_owned(), "OUT_OF_RANGE".to_owned())]));
    let all = gifts(500);
    let answer = officer.post(PATH, json!({"gifts": all}), 200);
    assert_eq!(sums(&answer), (500, 0, 0));
    let order: Vec<&Value> = answer["items"].as_array().unwrap().iter().map(|item| &item["gift"]["id"]).collect();
    assert_eq!(order, all.iter().map(|gift| &gift["id"]).collect::<Vec<_>>());
    assert_eq!(counts(&app).gifts(), 500);
    audit(&app);
}

#[test]
fn a_batch_over_the_limit_of_bytes_is_refused_and_one_below_it_read() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let batch = |bytes: usize| json!({"gifts": [app.gift(json!({"wish": "x".repeat(bytes)})), app.gift(json!({}))]});
    refuses_all(&app, &officer, batch(4 * 1024 * 1024), 413, &[]);
    let answer = officer.post(PATH, batch(1_000_000), 200);
    assert_eq!(sums(&answer), (1, 0, 1));
    assert_eq!(errors(&answer["items"][0]["problem"]), [("/wish".to_owned(), "TOO_LONG".to_owned())]);
    assert_eq!(counts(&app).gifts(), 1);
    audit(&app);
}

#[test]
fn what_is_no_gift_spoils_no_other() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let good = || app.gift(json!({}));
    let (a, b) = (good(), good());
    let as_list = json!([
        b["id"],
        null,
        "23095",
        null,
        "CASH",
        500_000,
        [],
        null,
        null,
        null,
        null,
        null,
        null,
        b["received_on"],
        null,
        null,
        null
    ]);
    let twice =
        json!([a, null, "x", [], as_list, 7, {}, app.gift(json!({"surprise": 1})), app.gift(json!({"amount_vnd": 0})), b]);
    let answer = officer.post(PATH, json!({"gifts": twice}), 200);
    assert_eq!(sums(&answer), (2, 0, 8));
    for (n, pointer, code) in [
        (1, "", "WRONG_SHAPE"),
        (2, "", "WRONG_SHAPE"),
        (3, "", "WRONG_SHAPE"),
        (4, "", "WRONG_SHAPE"),
        (5, "", "WRONG_SHAPE"),
        (7, "/surprise", "UNKNOWN_FIELD"),
        (8, "/amount_vnd", "NOT_POSITIVE"),
    ] {
        let problem = &answer["items"][n]["problem"];
        assert_eq!((&problem["status"], errors(problem)), (&json!(422), vec![(pointer.to_owned(), code.to_owned())]), "item {n}");
    }
    let missing = errors(&answer["items"][6]["problem"]);
    assert_eq!(missing.len(), 4, "everything that is missing at once: {missing:?}");
    assert!(missing.iter().all(|(_, code)| code == "REQUIRED"), "{missing:?}");
    assert_eq!((&answer["items"][0]["gift"]["id"], &answer["items"][9]["gift"]["id"]), (&a["id"], &b["id"]));
    assert_eq!(counts(&app).gifts(), 2);
    audit(&app);
}

/// A batch whose items are sent letter by letter as they stand here.
fn raw(items: &[String]) -> Vec<u8> {
    format!("{{\"gifts\": [{}]}}", items.join(", ")).into_bytes()
}

/// What a parser stumbles over in one gift is that gift's affair, and it says what a single post says.
#[test]
fn what_is_broken_in_one_gift_is_nobody_elses_affair() {
    let app = TestApp::start();
    let officer = app.officer_of("23095").with("accept-language", "en");
    let with = |name: &str, value: &str| {
        let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê An"}})).to_string();
        gift.replacen('{', &format!("{{\"{name}\": {value}, "), 1)
    };
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let instead = |from: &str, to: &str| {
        let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê An"}, "memo": "x"})).to_string();
        assert!(gift.contains(from), "{gift}");
        gift.replacen(from, to, 1)
    };
    let broken = [
        instead("\"memo\":\"x\"", "\"memo\":\"\\ud800\""),
        instead("\"memo\":\"x\"", "\"memo\":\"\\udc00\\ud800\""),
        instead("\"amount_vnd\":500000", "\"amount_vnd\":1e400"),
        instead("\"amount_vnd\":500000", "\"amount_vnd\":99999999999999999999999"),
        instead("\"memo\":\"x\"", &format!("\"memo\":{deep}")),
        instead("\"memo\":\"x\"", &format!("\"lines\":[{{\"quantity\":{deep}}}]")),
        with("amount_vnd", "1"),
        with("chapter", "\"23095\""),
        with("giver", "null"),
        with("id", &format!("\"{}\"", Uuid::now_v7())),
        instead("{\"kind\":\"PERSON\",\"name\":\"Lê An\"}", "[\"PERSON\",\"Lê An\",null]"),
        instead("{\"kind\":\"PERSON\",\"name\":\"Lê An\"}", "{\"kind\":\"PERSON\",\"name\":\"A\",\"name\":\"B\"}"),
        instead("\"memo\":\"x\"", "\"lines\":[[\"RICE\",\"1\",\"KG\",5000,\"INVOICE\"]]"),
    ];
    let good = || app.gift(json!({})).to_string();
    let mut items = vec![good()];
    for item in &broken {
        items.extend([item.clone(), good()]);
    }
    let answer = officer.send("POST", PATH, Some(raw(&items)));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    let last = broken.len() as u64;
    assert_eq!(sums(&answer), (last + 1, 0, last), "{answer}");
    for (n, item) in broken.iter().enumerate() {
        let problem = answer["items"][2 * n + 1]["problem"].clone();
        let single = officer.send("POST", "/api/v1/gifts", Some(item.clone().into_bytes()));
        assert!([400, 422].contains(&single.status), "{item}: {}", single.text);
        assert_eq!(anonymised(problem.clone()), anonymised(single.json()), "{item}");
        assert_eq!(problem["status"], single.status);
    }
    assert_eq!(counts(&app).gifts(), broken.len() as i64 + 1);
    audit(&app);
}

#[test]
fn each_refusal_in_a_batch_says_what_a_single_post_says() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = PublicCode::random().unwrap().as_str().to_owned();
    let taken = app.gift(json!({"paper_book": "A", "paper_no": "1", "code": code}));
    officer.post("/api/v1/gifts", taken.clone(), 201);
    let mut other = taken.clone();
    other["amount_vnd"] = json!(1);
    let bad = [
        other,
        app.gift(json!({"chapter": "23059"})),
        app.gift(json!({"chapter": "99999"})),
        app.gift(json!({"appeal": "KHONGCO"})),
        app.gift(json!({"paper_book": "A", "paper_no": "1"})),
        app.gift(json!({"code": code})),
        app.gift(json!({"received_on": "2030-01-01"})),
    ];
    let mut gifts = bad.to_vec();
    gifts.insert(3, app.gift(json!({})));
    gifts.push(taken);
    let before = counts(&app);
    let answer = officer.with("accept-language", "en").post(PATH, json!({"gifts": gifts}), 200);
    assert_eq!(sums(&answer), (1, 1, 7));
    let items: Vec<&Value> = answer["items"].as_array().unwrap().iter().filter(|item| item["outcome"] == "REFUSED").collect();
    for (item, gift) in items.iter().zip(bad) {
        let single = officer.with("accept-language", "en").send("POST", "/api/v1/gifts", Some(gift.to_string().into_bytes()));
        assert_eq!(anonymised(item["problem"].clone()), anonymised(single.json()), "{gift}");
        assert_eq!(item["problem"]["status"], single.status);
        let text = item["problem"].to_string().replace("đồng", "");
        assert!(text.is_ascii(), "English, please: {text}");
    }
    assert_eq!(counts(&app).gifts(), before.gifts() + 1);
    audit(&app);
}

/// Whoever corrects a gift of a batch does so once, as they do when it is sent alone.
#[test]
fn an_unknown_appeal_is_named_beside_what_else_is_wrong_in_a_batch_too() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let gifts = [
        app.gift(json!({"amount_vnd": 0, "appeal": "NO-SUCH", "wish": "x".repeat(600)})),
        app.gift(json!({"amount_vnd": 0, "appeal": "LULUT"})),
        app.gift(json!({"amount_vnd": 0, "appeal": ""})),
        app.gift(json!({"amount_vnd": 0, "appeal": "NO-SUCH", "received_on": "2019-01-01"})),
        app.gift(json!({"amount_vnd": 0, "appeal": "NO-SUCH", "chapter": "23059"})),
        app.gift(json!({"appeal": "NO-SUCH"})),
        app.gift(json!({"appeal": "LULUT"})),
    ];
    let officer = app.officer_of("23095");
    let answer = officer.post(PATH, json!({"gifts": gifts}), 200);
    assert_eq!(sums(&answer), (1, 0, 6));
    let items = answer["items"].as_array().unwrap();
    for (item, gift) in items.iter().zip(&gifts).take(6) {
        let single = officer.post("/api/v1/gifts", gift.clone(), 422);
        assert_eq!(anonymised(item["problem"].clone()), anonymised(single), "{gift}");
    }
    let pointers: Vec<String> = errors(&items[0]["problem"]).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/amount_vnd", "/appeal", "/wish"]);
    // Who may not record there learns nothing of appeals.
    assert_eq!(errors(&items[4]["problem"]).len(), 1);
    assert_eq!(counts(&app).gifts(), 1);
}

/// A date that is none and a sum that cannot be are said in one answer, of a gift in a batch and of one by itself. Of what stands
/// beside something broken only that is said which is wrong whatever was meant there.
#[test]
fn a_broken_field_hides_no_other_mistake() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let with = |name: &str, gift: Value| {
        let mut gift = app.gift(gift);
        gift.as_object_mut().unwrap().remove(name);
        gift
    };
    let rice = |more: Value| app.gift(json!({"channel": "IN_KIND", "amount_vnd": 7, "lines": [more]}));
    let wrong = [
        (
            app.gift(
                json!({"received_on": "31/02/2026", "amount_vnd": 0, "wish": "x".repeat(600), "extra": 1, "appeal": "NO-SUCH"}),
            ),
            vec!["/amount_vnd NOT_POSITIVE", "/extra UNKNOWN_FIELD", "/received_on NOT_A_DATE", "/wish TOO_LONG"],
        ),
        (
            app.gift(json!({"captured_at": "gestern", "appeal": "NO-SUCH", "memo": ""})),
            vec!["/appeal NO_SUCH_APPEAL", "/captured_at NOT_A_TIME", "/memo EMPTY"],
        ),
        (
            app.gift(json!({"giver": {"kind": "GHOST", "phone": "12"}, "display": "MASKED", "paper_book": 7, "paper_no": "1"})),
            vec!["/giver/kind NOT_A_CHOICE", "/giver/name REQUIRED", "/giver/phone NOT_A_PHONE", "/paper_book WRONG_SHAPE"],
        ),
        (
            app.gift(json!({"giver": 7, "display": "MASKED", "payer_address": "Thôn 3", "code": "NOPE"})),
            vec!["/code NOT_A_CODE", "/giver WRONG_SHAPE"],
        ),
        // Whether it may have lines, and takes a number of messages, is for the channel to say.
        (
            app.gift(json!({"channel": "GOLD", "amount_vnd": -1, "lines": [], "message_count": 0})),
            vec!["/amount_vnd NOT_POSITIVE", "/channel NOT_A_CHOICE", "/message_count OUT_OF_RANGE"],
        ),
        (with("amount_vnd", json!({"channel": "GOLD"})), vec!["/channel NOT_A_CHOICE"]),
        (with("chapter", json!({"paper_no": "1"})), vec!["/chapter REQUIRED", "/paper_no INCOMPLETE"]),
        (
            rice(json!({"item": "RICE", "quantity": "1", "unit": "", "value_vnd": "5000", "valuation": "GUESS"})),
            vec!["/lines/0/unit EMPTY", "/lines/0/valuation NOT_A_CHOICE", "/lines/0/value_vnd WRONG_SHAPE"],
        ),
    ];
    let officer = app.officer_of("23095");
    let mut gifts: Vec<Value> = wrong.iter().map(|(gift, _)| gift.clone()).collect();
    gifts.extend([app.gift(json!({"amount_vnd": 0})), app.gift(json!({"received_on": 7})), app.gift(json!({}))]);
    let answer = officer.post(PATH, json!({"gifts": gifts}), 200);
    assert_eq!(sums(&answer), (1, 0, wrong.len() as u64 + 2), "one of each kind beside a good one: {answer}");
    let said = |n: usize| -> Vec<String> {
        errors(&answer["items"][n]["problem"]).into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect()
    };
    for (n, (gift, expected)) in wrong.iter().enumerate() {
        assert_eq!(&said(n), expected, "{gift}");
        let single = officer.post("/api/v1/gifts", gift.clone(), 422);
        assert_eq!(anonymised(answer["items"][n]["problem"].clone()), anonymised(single), "{gift}");
    }
    assert_eq!(
        (said(wrong.len()), said(wrong.len() + 1)),
        (vec!["/amount_vnd NOT_POSITIVE".into()], vec!["/received_on WRONG_SHAPE".into()])
    );
    assert_eq!(counts(&app).gifts(), 1, "nothing that had to be mended is booked");
    audit(&app);
}

#[test]
fn the_same_id_twice_in_a_batch_is_booked_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê An"}}));
    let mut other = gift.clone();
    other["amount_vnd"] = json!(1);
    let refused = app.gift(json!({"appeal": "KHONGCO"}));
    let answer = officer.post(PATH, json!({"gifts": [gift, gift, other, gift, refused, refused]}), 200);
    assert_eq!(sums(&answer), (1, 2, 3));
    let outcomes: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["BOOKED", "ALREADY_BOOKED", "REFUSED", "ALREADY_BOOKED", "REFUSED", "REFUSED"]);
    assert_eq!(answer["items"][0]["gift"], answer["items"][1]["gift"]);
    assert_eq!(answer["items"][2]["problem"]["type"], "/problems/id-taken");
    let counted = counts(&app);
    assert_eq!((counted.gifts(), counted.of("party")), (1, 1));
    let again = officer.post(PATH, json!({"gifts": [other, gift]}), 200);
    assert_eq!(sums(&again), (0, 1, 1));
    assert_eq!(again["items"][1]["gift"], answer["items"][0]["gift"]);
    assert_eq!(counts(&app), counted);
    audit(&app);
}

#[test]
fn two_gifts_of_a_batch_on_one_slip_or_code_book_the_first() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = PublicCode::random().unwrap().as_str().to_owned();
    let mut gifts: Vec<Value> = (0..40).map(|n| app.gift(json!({"amount_vnd": 1_000 + n}))).collect();
    for n in [3, 29] {
        gifts[n]["paper_book"] = json!("A");
        gifts[n]["paper_no"] = json!("7");
    }
    for n in [11, 12] {
        gifts[n]["code"] = json!(code);
    }
    let answer = officer.post(PATH, json!({"gifts": gifts}), 200);
    assert_eq!(sums(&answer), (38, 0, 2));
    assert_eq!(errors(&answer["items"][29]["problem"]), [("/paper_no".to_owned(), "SLIP_TAKEN".to_owned())]);
    assert_eq!(errors(&answer["items"][12]["problem"]), [("/code".to_owned(), "CODE_TAKEN".to_owned())]);
    let again = officer.post(PATH, json!({"gifts": gifts}), 200);
    assert_eq!(sums(&again), (0, 38, 2));
    audit(&app);
}

#[test]
fn a_batch_spans_chapters_where_one_records_and_no_other() {
    let app = TestApp::start();
    let account = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "23059"), (Role::Inspector, "00004")]);
    let caller = app.log_in(account);
    let at = |chapter: &str| app.gift(json!({"chapter": chapter}));
    let answer = caller.post(PATH, json!({"gifts": [at("23095"), at("00004"), at("23059"), at("68"), at("23095")]}), 200);
    assert_eq!(sums(&answer), (3, 0, 2));
    assert_eq!((&answer["items"][1]["problem"]["status"], &answer["items"][3]["problem"]["status"]), (&json!(403), &json!(404)));
    audit(&app);
}

#[test]
fn a_disabled_account_records_nothing_more() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let caller = app.log_in(account);
    let gift = app.gift(json!({}));
    assert_eq!(sums(&caller.post(PATH, json!({"gifts": [gift]}), 200)), (1, 0, 0));
    let before = counts(&app);
    let name = app.database.text(&format!("SELECT user_name FROM account WHERE id = '{}'", account.id));
    assert!(app.shared.db.tx_blocking(|conn| set_disabled(conn, &name, Some(Utc::now())).map_err(|e: DbError| e)).unwrap());
    for body in [json!({"gifts": [app.gift(json!({}))]}), json!({"gifts": [gift]}), json!({"gifts": [null]})] {
        assert_eq!(caller.post(PATH, body, 401)["type"], "/problems/unauthenticated");
    }
    caller.post("/api/v1/gifts", app.gift(json!({})), 401);
    caller.post("/api/v1/gifts", gift.clone(), 401);
    caller.post(
        &format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()),
        json!({"id": Uuid::now_v7(), "reason": "OTHER"}),
        401,
    );
    app.anonymous().post(PATH, json!({"gifts": [app.gift(json!({}))]}), 401);
    assert_eq!(counts(&app), before);
    assert!(app.shared.db.tx_blocking(|conn| set_disabled(conn, &name, None)).unwrap());
    assert_eq!(sums(&caller.post(PATH, json!({"gifts": [gift]}), 200)), (0, 1, 0));
    audit(&app);
}

#[test]
fn two_batches_with_the_same_slips_in_opposite_order_share_them() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let batch = |order: &[usize]| {
        let gifts: Vec<Value> = order.iter().map(|n| app.gift(json!({"paper_book": "A", "paper_no": n.to_string()}))).collect();
        json!({"gifts": gifts})
    };
    let up: Vec<usize> = (0..60).collect();
    let down: Vec<usize> = (0..60).rev().collect();
    let (there, back) = (batch(&up), batch(&down));
    // Each takes slips the other waits for. PostgreSQL ends that: one goes on, the other may be told to come again.
    let held = hold(&app, "gift");
    let answers = thread::scope(|scope| {
        let both =
            [scope.spawn(|| officer.post(PATH, there.clone(), 200)), scope.spawn(|| officer.post(PATH, back.clone(), 200))];
        held.release_when_waiting(&app, 2);
        both.map(|t| t.join().unwrap())
    });
    let items = |answer: &Value| answer["items"].as_array().unwrap().clone();
    for item in answers.iter().flat_map(items).filter(|item| item["outcome"] == "REFUSED" && item["problem"]["status"] != 503) {
        assert_eq!(errors(&item["problem"]), [("/paper_no".to_owned(), "SLIP_TAKEN".to_owned())], "{item}");
    }
    let (a, b) = (sums(&officer.post(PATH, there, 200)), sums(&officer.post(PATH, back, 200)));
    assert_eq!((a.0 + a.1 + b.0 + b.1, a.2 + b.2), (60, 60));
    assert_eq!(counts(&app).gifts(), 60);
    audit(&app);
}
