//! `POST /api/v1/gifts`, one by one: what is booked, what is refused and why.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::PublicCode;
use uuid::Uuid;

use crate::books::{anonymised, audit, books, counts, errors, later, refuses};
use crate::harness::{Caller, TestApp};

#[test]
fn an_amount_is_whole_dong_from_one_to_ten_to_the_fifteen() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let at = |amount: Value| app.gift(json!({"amount_vnd": amount}));
    refuses(&app, &officer, at(json!(0)), 422, &[("/amount_vnd", "NOT_POSITIVE")]);
    refuses(&app, &officer, at(json!(-500_000)), 422, &[("/amount_vnd", "NOT_POSITIVE")]);
    refuses(&app, &officer, at(json!(i64::MIN)), 422, &[("/amount_vnd", "NOT_POSITIVE")]);
    refuses(&app, &officer, at(json!(1_000_000_000_000_001i64)), 422, &[("/amount_vnd", "TOO_LARGE")]);
    refuses(&app, &officer, at(json!(1_000_000_000_000_000_000i64)), 422, &[("/amount_vnd", "TOO_LARGE")]);
    refuses(&app, &officer, at(json!(null)), 422, &[("/amount_vnd", "MISSING")]);
    for wrong in [json!(1.5), json!(500_000.0), json!("500000"), json!(true), json!([1]), json!(10_000_000_000_000_000_000u64)] {
        refuses(&app, &officer, at(wrong), 422, &[("/amount_vnd", "WRONG_SHAPE")]);
    }
    assert_eq!(books(&app, &officer, &at(json!(1)))["amount_vnd"], 1);
    // The largest there is takes a second person, and then fits everywhere.
    let chair = app.chair_of("23095");
    let most = crate::unusual::ask(&app, &officer);
    chair.post(&format!("/api/v1/asked-gifts/{most}/approval"), json!(null), 200);
    assert_eq!(officer.get(&format!("/api/v1/gifts/{most}"), 200)["amount_vnd"], 1_000_000_000_000_000i64);
    audit(&app);
}

#[test]
fn the_day_is_a_vietnam_day_and_not_in_the_future() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let on = |day: &str| app.gift(json!({"received_on": day}));
    refuses(&app, &officer, on("2026-11-23"), 422, &[("/received_on", "IN_THE_FUTURE")]);
    refuses(&app, &officer, on("9999-12-31"), 422, &[("/received_on", "IN_THE_FUTURE")]);
    refuses(&app, &officer, on("2009-12-31"), 422, &[("/received_on", "TOO_OLD")]);
    for wrong in ["2026-02-30", "22/11/2026", "2026-11-22T10:00:00Z", ""] {
        refuses(&app, &officer, on(wrong), 422, &[("/received_on", "NOT_A_DATE")]);
    }
    books(&app, &officer, &on("2010-01-01"));
    // 23:59:59 in Vietnam is the last second of the day, whatever the day is in London.
    let officer = later(&app, account, Duration::seconds(14 * 3600 - 1));
    refuses(&app, &officer, on("2026-11-23"), 422, &[("/received_on", "IN_THE_FUTURE")]);
    let gift = on("2026-11-22");
    let booked = books(&app, &officer, &gift);
    assert_eq!((&booked["received_on"], &booked["booked_on"]), (&json!("2026-11-22"), &json!("2026-11-22")));
    let officer = later(&app, account, Duration::seconds(1));
    let booked = books(&app, &officer, &on("2026-11-23"));
    assert_eq!((&booked["received_on"], &booked["booked_on"]), (&json!("2026-11-23"), &json!("2026-11-23")));
    // Booked today for yesterday; sent again after midnight it is still yesterday's booking.
    assert_eq!(books(&app, &officer, &on("2026-11-22"))["booked_on"], "2026-11-23");
    assert_eq!(officer.post("/api/v1/gifts", gift, 200)["booked_on"], "2026-11-22");
    audit(&app);
}

#[test]
fn a_phones_clock_is_kept_but_an_impossible_one_is_refused() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let at = |time: &str| app.gift(json!({"captured_at": time}));
    for time in ["2026-11-22T09:58:00+07:00", "1970-01-01T00:00:00Z", "2031-01-01T00:00:00.123456789Z"] {
        let gift = at(time);
        books(&app, &officer, &gift);
        let kept = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
        let (kept, sent): (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>) =
            (kept["captured_at"].as_str().unwrap().parse().unwrap(), time.parse().unwrap());
        assert_eq!(kept.timestamp_micros(), sent.timestamp_micros());
        assert_eq!(officer.post("/api/v1/gifts", gift, 200)["outcome"], "ALREADY_BOOKED");
    }
    for time in ["-9999-01-01T00:00:00Z", "+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z"] {
        refuses(&app, &officer, at(time), 422, &[("/captured_at", "OUT_OF_RANGE")]);
    }
    refuses(&app, &officer, at("gestern"), 422, &[("/captured_at", "NOT_A_TIME")]);
    audit(&app);
}

#[test]
fn an_unknown_chapter_and_a_foreign_one_are_the_same_answer() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let at = |chapter: &str| app.gift(json!({"chapter": chapter}));
    let unknown = refuses(&app, &officer, at("99999"), 404, &[("/chapter", "NO_SUCH_CHAPTER")]);
    for foreign in ["23059", "68", "00004", "01", "TW"] {
        let problem = refuses(&app, &officer, at(foreign), 404, &[("/chapter", "NO_SUCH_CHAPTER")]);
        assert_eq!(anonymised(problem), anonymised(unknown.clone()), "{foreign}");
    }
    // Whoever may read the chapter but not record there is told so.
    for caller in
        [app.chair_of("23095"), app.staff(Role::Inspector, "68"), app.chair_of("68"), app.staff(Role::CentralAdministrator, "TW")]
    {
        refuses(&app, &caller, at("23095"), 403, &[]);
    }
    refuses(&app, &app.anonymous(), at("23095"), 401, &[]);
    refuses(&app, &app.bearer("x.y.z"), at("23095"), 401, &[]);
    for caller in [app.officer_of("23095"), app.accountant_of("23095")] {
        books(&app, &caller, &at("23095"));
    }
    books(&app, &app.officer_of("68"), &at("68"));
    audit(&app);
}

#[test]
fn a_broken_request_is_refused_where_it_is_broken() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let with = |change: Value| app.gift(change);
    let shape = |pointer: &'static str| vec![(pointer, "WRONG_SHAPE")];
    let said = refuses(&app, &officer, with(json!({"surprise": 1})), 422, &[("/surprise", "UNKNOWN_FIELD")]);
    assert!(said["errors"][0]["detail"].as_str().unwrap().contains("surprise"), "{said}");
    refuses(&app, &officer, with(json!({"id": "17"})), 422, &shape("/id"));
    refuses(&app, &officer, with(json!({"id": Uuid::nil()})), 422, &[("/id", "NOT_UNIQUE")]);
    refuses(&app, &officer, with(json!({"channel": "CHEQUE"})), 422, &[("/channel", "NOT_A_CHOICE")]);
    refuses(&app, &officer, with(json!({"channel": 5})), 422, &shape("/channel"));
    refuses(&app, &officer, with(json!({"channel": {}})), 422, &shape("/channel"));
    refuses(&app, &officer, with(json!({"channel": "cash"})), 422, &[("/channel", "NOT_A_CHOICE")]);
    refuses(&app, &officer, with(json!({"chapter": 23095})), 422, &shape("/chapter"));
    refuses(&app, &officer, with(json!({"lines": "RICE"})), 422, &shape("/lines"));
    refuses(&app, &officer, with(json!({"message_count": 3_000_000_000i64, "channel": "SMS"})), 422, &shape("/message_count"));
    refuses(&app, &officer, with(json!({"giver": {"kind": "ALIEN", "name": "An"}})), 422, &[("/giver/kind", "NOT_A_CHOICE")]);
    refuses(
        &app,
        &officer,
        with(json!({"giver": {"kind": "PERSON", "name": "An", "age": 7}})),
        422,
        &[("/giver/age", "UNKNOWN_FIELD")],
    );
    for missing in ["id", "chapter", "channel", "received_on"] {
        let mut gift = with(json!({}));
        gift.as_object_mut().unwrap().remove(missing);
        let said = refuses(&app, &officer, gift, 422, &[(format!("/{missing}").as_str(), "REQUIRED")]);
        assert!(said["errors"][0]["detail"].as_str().unwrap().contains(missing), "{said}");
    }
    // Everything that does not fit, at once; a number is a quantity too.
    let many = json!({"id": "x", "received_on": "22/11/2026", "channel": "GOLD", "amount_vnd": "1", "surprise": 1, "giver": {"name": "An"},
        "lines": [{"item": "RICE", "quantity": 1.5, "unit": "KG", "value_vnd": 1, "valuation": "GUESS"}]});
    let problem = officer.post("/api/v1/gifts", with(many), 422);
    let mut found = crate::books::errors(&problem);
    found.sort();
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        found,
        [
            at("/amount_vnd", "WRONG_SHAPE"),
            at("/channel", "NOT_A_CHOICE"),
            at("/giver/kind", "REQUIRED"),
            at("/id", "WRONG_SHAPE"),
            at("/lines/0/valuation", "NOT_A_CHOICE"),
            at("/received_on", "NOT_A_DATE"),
            at("/surprise", "UNKNOWN_FIELD"),
        ]
    );
    // A struct written as a list is no gift, even with every value in its place.
    let gift = with(json!({}));
    let list = json!([
        gift["id"],
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
        gift["received_on"],
        null,
        null,
        null
    ]);
    for nothing in [json!(null), json!("x"), json!(5), json!([]), json!([gift]), list] {
        refuses(&app, &officer, nothing, 422, &shape(""));
    }
    // All mistakes at once.
    let bad = with(
        json!({"amount_vnd": 0, "received_on": "2030-01-01", "giver": {"kind": "PERSON", "name": " ", "phone": "12"}, "paper_book": "A"}),
    );
    refuses(
        &app,
        &officer,
        bad,
        422,
        &[
            ("/amount_vnd", "NOT_POSITIVE"),
            ("/giver/name", "EMPTY"),
            ("/giver/phone", "NOT_A_PHONE"),
            ("/paper_no", "INCOMPLETE"),
            ("/received_on", "IN_THE_FUTURE"),
        ],
    );
    audit(&app);
}

#[test]
fn what_is_not_json_is_refused_before_it_is_read() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let before = counts(&app);
    let gift = app.gift(json!({})).to_string();
    let status = |body: &[u8]| officer.send("POST", "/api/v1/gifts", Some(body.to_vec())).status;
    let malformed: [&[u8]; 6] =
        [b"", b"   ", b"amount=5", b"{\"id\":", b"{\"chapter\": \"\\ud800\"}", b"{\"chapter\": \"\xff\"}"];
    for body in malformed {
        assert_eq!(status(body), 400, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(status(format!("{gift} {gift}").as_bytes()), 400, "two values in one body");
    for mime in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x", ""] {
        let answer = officer.with("content-type", mime).send("POST", "/api/v1/gifts", Some(gift.clone().into_bytes()));
        assert_eq!((answer.status, answer.json()["type"].as_str()), (415, Some("/problems/unsupported-media-type")), "{mime}");
    }
    assert_eq!(officer.send("POST", "/api/v1/gifts", None).status, 415, "neither body nor type");
    assert_eq!(counts(&app), before);
    let answer =
        officer.with("content-type", "Application/JSON; charset=utf-8").send("POST", "/api/v1/gifts", Some(gift.into_bytes()));
    assert_eq!(answer.status, 201);
    audit(&app);
}

#[test]
fn a_text_of_a_megabyte_is_too_large() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wish = |text: String| app.gift(json!({"wish": text}));
    let long = refuses(&app, &officer, wish("á".repeat(524_288)), 413, &[]);
    assert_eq!(long["type"], "/problems/too-large");
    refuses(&app, &officer, wish("a".repeat(60_000)), 422, &[("/wish", "TOO_LONG")]);
    refuses(&app, &officer, wish("a".repeat(501)), 422, &[("/wish", "TOO_LONG")]);
    // 500 characters, although each is three bytes and three code points as typed.
    books(&app, &officer, &wish("e\u{302}\u{301}".repeat(500)));
    refuses(&app, &officer, wish("e\u{302}\u{301}".repeat(501)), 422, &[("/wish", "TOO_LONG")]);
    audit(&app);
}

#[test]
fn control_characters_are_refused_in_every_text() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for bad in ["a\0b", "a\nb", "a\u{7}b", "a\u{85}b", "a\u{202e}b", "a\u{2028}b"] {
        for field in ["chapter", "appeal", "wish", "memo", "bank_reference"] {
            refuses(&app, &officer, app.gift(json!({field: bad})), 422, &[(&format!("/{field}"), "CONTROL_CHARACTER")]);
        }
        refuses(
            &app,
            &officer,
            app.gift(json!({"paper_book": bad, "paper_no": "1"})),
            422,
            &[("/paper_book", "CONTROL_CHARACTER")],
        );
        refuses(
            &app,
            &officer,
            app.gift(json!({"giver": {"kind": "PERSON", "name": bad}})),
            422,
            &[("/giver/name", "CONTROL_CHARACTER")],
        );
        let line = json!([{"item": bad, "quantity": 1, "unit": bad, "value_vnd": 1, "valuation": "INVOICE"}]);
        let gift = app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": line}));
        refuses(&app, &officer, gift, 422, &[("/lines/0/item", "CONTROL_CHARACTER"), ("/lines/0/unit", "CONTROL_CHARACTER")]);
        refuses(&app, &officer, app.gift(json!({"code": bad})), 422, &[("/code", "NOT_A_CODE")]);
    }
    audit(&app);
}

#[test]
fn goods_need_a_known_item_in_one_of_its_units() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let rice = json!({"item": "RICE", "quantity": "5", "unit": "KG", "value_vnd": 90_000, "valuation": "MARKET_PRICE"});
    let gift = |change: Value| {
        let mut line = rice.clone();
        for (key, value) in change.as_object().unwrap() {
            line[key] = value.clone();
        }
        app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [rice, line]}))
    };
    refuses(&app, &officer, gift(json!({"unit": "BOTTLE"})), 422, &[("/lines/1/unit", "NOT_A_UNIT")]);
    refuses(&app, &officer, gift(json!({"unit": "kg"})), 422, &[("/lines/1/unit", "NOT_A_UNIT")]);
    refuses(&app, &officer, gift(json!({"unit": ""})), 422, &[("/lines/1/unit", "EMPTY")]);
    refuses(&app, &officer, gift(json!({"item": "GOLD"})), 422, &[("/lines/1/item", "NO_SUCH_ITEM")]);
    refuses(&app, &officer, gift(json!({"item": "' OR 1=1 --"})), 422, &[("/lines/1/item", "NO_SUCH_ITEM")]);
    refuses(&app, &officer, gift(json!({"value_vnd": 0})), 422, &[("/lines/1/value_vnd", "NOT_POSITIVE")]);
    refuses(&app, &officer, gift(json!({"value_vnd": 1e3})), 422, &[("/lines/1/value_vnd", "WRONG_SHAPE")]);
    refuses(&app, &officer, gift(json!({"value_vnd": 1_000_000_000_000_000i64})), 422, &[("/lines", "TOO_LARGE")]);
    refuses(&app, &officer, gift(json!({"valuation": "GUESS"})), 422, &[("/lines/1/valuation", "NOT_A_CHOICE")]);
    let mut without_unit = gift(json!({}));
    without_unit["lines"][1].as_object_mut().unwrap().remove("unit");
    let said = refuses(&app, &officer, without_unit, 422, &[("/lines/1/unit", "REQUIRED")]);
    assert!(said["errors"][0]["detail"].as_str().unwrap().contains("unit"), "{said}");
    for quantity in [
        json!("0"),
        json!(0),
        json!("-1"),
        json!(-1),
        json!("12.3456"),
        json!(12.3456),
        json!("1e3"),
        json!(""),
        json!("12."),
        json!(".5"),
        json!("NaN"),
        json!("1000000000.001"),
        json!("９"),
    ] {
        refuses(&app, &officer, gift(json!({"quantity": quantity})), 422, &[("/lines/1/quantity", "NOT_A_QUANTITY")]);
    }
    for quantity in [json!(null), json!(true), json!(["1"])] {
        refuses(&app, &officer, gift(json!({"quantity": quantity})), 422, &[("/lines/1/quantity", "WRONG_SHAPE")]);
    }
    let lines = |n: usize| app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": vec![rice.clone(); n]}));
    refuses(&app, &officer, lines(0), 422, &[("/lines", "OUT_OF_RANGE")]);
    refuses(&app, &officer, lines(51), 422, &[("/lines", "OUT_OF_RANGE")]);
    assert_eq!(books(&app, &officer, &lines(50))["amount_vnd"], 50 * 90_000);
    let mut sum = lines(2);
    sum["amount_vnd"] = json!(180_001);
    refuses(&app, &officer, sum.clone(), 422, &[("/amount_vnd", "NOT_THE_SUM")]);
    sum["amount_vnd"] = json!(180_000);
    books(&app, &officer, &sum);
    let mut cash = app.gift(json!({}));
    cash["lines"] = json!([rice]);
    refuses(&app, &officer, cash, 422, &[("/lines", "NOT_IN_KIND")]);
    audit(&app);
}

#[test]
fn quantities_are_exact_to_the_thousandth() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let public = app.anonymous();
    let written = [
        (json!("0.001"), "0.001"),
        (json!(0.1), "0.1"),
        (json!("12.345"), "12.345"),
        (json!(12.345), "12.345"),
        (json!("100.50"), "100.5"),
        (json!(7), "7"),
        (json!(7.0), "7"),
        (json!("007"), "7"),
        (json!("999999999.999"), "999999999.999"),
        (json!("1000000000"), "1000000000"),
    ];
    for (sent, kept) in written {
        let line = json!({"item": "RICE", "quantity": sent, "unit": "KG", "value_vnd": 1, "valuation": "INVOICE"});
        let gift = app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [line]}));
        let booked = books(&app, &officer, &gift);
        let shown = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
        assert_eq!(shown["lines"][0]["quantity"], kept, "{sent}");
        let code = booked["code"].as_str().unwrap();
        assert_eq!(public.get(&format!("/api/v1/public/entries/{code}"), 200)["goods"][0]["quantity"], kept);
        app.wait_for_log();
        let leaf = app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{code}'"));
        let leaf: Value = serde_json::from_str(&leaf).unwrap();
        assert_eq!((&leaf["goods"][0]["qty"], &leaf["goods"][0]["value"]), (&json!(kept), &json!("1")));
    }
    assert_eq!(
        app.database.number("SELECT sum(quantity_milli) FROM gift_line"),
        1 + 100 + 12_345 * 2 + 100_500 + 7_000 * 3 + 999_999_999_999 + 1_000_000_000_000
    );
    // A thousand as people write it, or one? Nobody knows, so nothing is booked.
    for ambiguous in ["1.000", "1,000", "12,5"] {
        let line = json!({"item": "RICE", "quantity": ambiguous, "unit": "KG", "value_vnd": 1, "valuation": "INVOICE"});
        let gift = app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [line]}));
        refuses(&app, &officer, gift, 422, &[("/lines/0/quantity", "NOT_A_QUANTITY")]);
    }
    audit(&app);
}

#[test]
fn a_public_code_may_be_made_by_the_phone_and_stands_for_one_gift() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = PublicCode::random().unwrap().as_str().to_owned();
    let gift = app.gift(json!({"code": code}));
    assert_eq!(books(&app, &officer, &gift)["code"], code);
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200)["amount_vnd"], 500_000);
    // The same code as somebody would type it is the same content.
    let mut typed = gift.clone();
    typed["code"] = json!(format!("{}-{}", &code[..8].to_lowercase(), &code[8..]));
    assert_eq!(officer.post("/api/v1/gifts", typed, 200)["outcome"], "ALREADY_BOOKED");
    refuses(&app, &officer, app.gift(json!({"code": code})), 422, &[("/code", "CODE_TAKEN")]);
    let other = app.officer_of("00004");
    refuses(&app, &other, app.gift(json!({"code": code, "chapter": "00004"})), 422, &[("/code", "CODE_TAKEN")]);
    app.wait_for_log();
    refuses(&app, &officer, app.gift(json!({"code": code})), 422, &[("/code", "CODE_TAKEN")]);
    let mut wrong = code.clone().into_bytes();
    wrong[0] = if wrong[0] == b'0' { b'1' } else { b'0' };
    for wrong in [String::from_utf8(wrong).unwrap(), code[1..].to_owned(), String::new(), format!("{code}0"), "*".repeat(17)] {
        refuses(&app, &officer, app.gift(json!({"code": wrong})), 422, &[("/code", "NOT_A_CODE")]);
    }
    audit(&app);
}

#[test]
fn a_paper_slip_is_used_once_in_its_chapter() {
    let app = TestApp::start();
    let (here, there) = (app.officer_of("23095"), app.officer_of("23059"));
    let slip = |chapter: &str, book: &str, no: &str| app.gift(json!({"chapter": chapter, "paper_book": book, "paper_no": no}));
    let first = slip("23095", "Quyển Ấ", "0012");
    books(&app, &here, &first);
    let said = refuses(&app, &here, slip("23095", "Quyển Ấ", "0012"), 422, &[("/paper_no", "SLIP_TAKEN")]);
    assert!(said["errors"][0]["detail"].as_str().unwrap().contains("0012"), "{said}");
    refuses(&app, &here, slip("23095", "Quye\u{302}\u{309}n A\u{302}\u{301}", " 0012 "), 422, &[("/paper_no", "SLIP_TAKEN")]);
    refuses(&app, &app.accountant_of("23095"), slip("23095", "Quyển Ấ", "0012"), 422, &[("/paper_no", "SLIP_TAKEN")]);
    books(&app, &there, &slip("23059", "Quyển Ấ", "0012"));
    refuses(&app, &here, slip("23095", "Quyển Ấ", "12"), 422, &[("/paper_no", "SLIP_TAKEN")]);
    books(&app, &here, &slip("23095", "Quyển B", "0012"));
    assert_eq!(here.post("/api/v1/gifts", first.clone(), 200)["outcome"], "ALREADY_BOOKED");
    // A reversed gift gives its slip back: the right one is recorded on the same paper.
    let ask = Uuid::now_v7();
    here.post(
        &format!("/api/v1/gifts/{}/reversal", first["id"].as_str().unwrap()),
        json!({"id": ask, "reason": "WRONG_AMOUNT"}),
        201,
    );
    refuses(&app, &here, slip("23095", "Quyển Ấ", "0012"), 422, &[("/paper_no", "SLIP_TAKEN")]);
    app.chair_of("23095").post(&format!("/api/v1/reversals/{ask}/approval"), json!(null), 200);
    books(&app, &here, &slip("23095", "Quyển Ấ", "0012"));
    refuses(&app, &here, app.gift(json!({"paper_no": "13"})), 422, &[("/paper_no", "INCOMPLETE")]);
    refuses(&app, &here, slip("23095", "A", ""), 422, &[("/paper_no", "EMPTY")]);
    audit(&app);
}

#[test]
fn an_sms_settlement_is_one_sum_of_many_messages() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let sms = |change: Value| {
        let mut gift = app.gift(change);
        gift["channel"] = json!("SMS");
        gift
    };
    let booked = books(&app, &officer, &sms(json!({"amount_vnd": 20_000_000, "message_count": 1_000})));
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{}", booked["code"].as_str().unwrap()), 200);
    assert_eq!(
        (&shown["kind"], &shown["channel"], &shown["message_count"]),
        (&json!("GIFT_AGGREGATE"), &json!("SMS"), &json!(1_000))
    );
    assert_eq!(app.database.number("SELECT amount_vnd FROM balance WHERE account = 'IN_TRANSIT'"), 20_000_000);
    refuses(&app, &officer, sms(json!({})), 422, &[("/message_count", "MISSING")]);
    for wrong in [0, -1, 1_000_000_001] {
        refuses(&app, &officer, sms(json!({"message_count": wrong})), 422, &[("/message_count", "OUT_OF_RANGE")]);
    }
    refuses(
        &app,
        &officer,
        sms(json!({"message_count": 2, "giver": {"kind": "PERSON", "name": "An"}})),
        422,
        &[("/giver", "NOT_A_SINGLE_GIFT")],
    );
    refuses(&app, &officer, app.gift(json!({"message_count": 2})), 422, &[("/message_count", "NOT_AGGREGATE")]);
    let wallet = app.gift(json!({"channel": "E_WALLET", "message_count": 3}));
    books(&app, &officer, &wallet);
    audit(&app);
}

#[test]
fn problems_speak_the_callers_language() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({"amount_vnd": 0}));
    let vi = officer.post("/api/v1/gifts", gift.clone(), 422);
    let en = officer.with("accept-language", "en-GB, vi;q=0.5").post("/api/v1/gifts", gift, 422);
    assert_eq!((&vi["title"], &en["title"]), (&json!("Dữ liệu chưa hợp lệ"), &json!("The data is not valid")));
    assert_eq!(en["errors"][0]["detail"], "The amount must be 1 đồng or more.");
    assert_eq!(errors(&vi), errors(&en));
}

/// Whoever corrects a gift does so once: what is wrong in itself, and with its appeal.
#[test]
fn an_unknown_appeal_is_named_beside_what_else_is_wrong() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let pointers = |caller: &Caller<'_>, change: Value| -> Vec<String> {
        let refused = caller.post("/api/v1/gifts", app.gift(change), 422);
        let errors = refused["errors"].as_array().unwrap().iter();
        errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    let officer = app.officer_of("23095");
    assert_eq!(pointers(&officer, json!({"amount_vnd": 0, "appeal": "NO-SUCH"})), ["/amount_vnd", "/appeal"]);
    assert_eq!(pointers(&officer, json!({"amount_vnd": 0, "appeal": "LULUT"})), ["/amount_vnd"]);
    assert_eq!(pointers(&officer, json!({"amount_vnd": 0})), ["/amount_vnd"]);
    // Who may not record there learns nothing of appeals.
    assert_eq!(pointers(&app.officer_of("23059"), json!({"amount_vnd": 0, "appeal": "NO-SUCH"})), ["/amount_vnd"]);
}
