//! Where a gift goes: into its appeal, into quarantine, into the general fund, or nowhere.

use std::thread;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::books::{audit, books, counts, later, refuses};
use crate::harness::TestApp;
use crate::kit::{appeal, gift, goods};

/// Received and quarantined money of an appeal, as the public reads it.
fn totals(app: &TestApp, appeal: &str) -> (Value, Value) {
    let totals = app.anonymous().get(&format!("/api/v1/public/totals?appeal={appeal}"), 200);
    (totals["received_vnd"].clone(), totals["quarantined"]["received_vnd"].clone())
}

#[test]
fn a_gift_without_an_appeal_goes_to_the_general_fund() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let booked = books(&app, &officer, &app.gift(json!({})));
    assert_eq!((&booked["fund"], booked.get("appeal")), (&json!("GENERAL"), None));
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{}", booked["code"].as_str().unwrap()), 200);
    assert_eq!((&shown["fund"], shown.get("appeal")), (&json!("GENERAL"), None));
    assert_eq!(app.database.number("SELECT amount_vnd FROM balance WHERE account = 'DONATION_UNRESTRICTED'"), -500_000);
    audit(&app);
}

#[test]
fn an_appeal_receives_from_its_first_day_on() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let on = |days: i64| app.gift(json!({"appeal": "LULUT", "received_on": app.today() + Duration::days(days)}));
    refuses(&app, &officer, on(-41), 422, &[("/received_on", "BEFORE_THE_APPEAL")]);
    for days in [-40, 0] {
        let booked = books(&app, &officer, &on(days));
        assert_eq!((&booked["fund"], &booked["appeal"]), (&json!("APPEAL:LULUT"), &json!("LULUT")));
    }
    assert_eq!(app.database.number("SELECT amount_vnd FROM balance WHERE account = 'DONATION_RESTRICTED'"), -1_000_000);
    assert_eq!(totals(&app, "LULUT"), (json!(1_000_000), json!(0)));
    audit(&app);
}

#[test]
fn what_comes_after_the_end_waits_in_quarantine() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let last = app.today() + Duration::days(40);
    let chair = app.account(Role::ChapterChair, "68");
    let account = app.account(Role::Officer, "23095");
    let officer = later(&app, account, Duration::days(42));
    let on = |days: i64| app.gift(json!({"appeal": "LULUT", "received_on": last + Duration::days(days)}));
    assert_eq!(books(&app, &officer, &on(0))["fund"], "APPEAL:LULUT", "received in time, recorded late");
    let late = on(1);
    let booked = books(&app, &officer, &late);
    assert_eq!((&booked["fund"], &booked["appeal"]), (&json!("QUARANTINE:LULUT"), &json!("LULUT")));
    let code = booked["code"].as_str().unwrap();
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    assert_eq!((&shown["fund"], &shown["appeal"]), (&json!("QUARANTINE:LULUT"), &json!("LULUT")));
    assert_eq!(totals(&app, "LULUT"), (json!(500_000), json!(500_000)));
    // An extension does not move what lies in quarantine, and what comes now is in time.
    app.log_in(chair).patch("/api/v1/appeals/LULUT", json!({"receive_until": last + Duration::days(9)}), 200);
    assert_eq!(officer.post("/api/v1/gifts", late, 200)["fund"], "QUARANTINE:LULUT");
    assert_eq!(books(&app, &officer, &on(1))["fund"], "APPEAL:LULUT");
    assert_eq!(totals(&app, "LULUT"), (json!(1_000_000), json!(500_000)));
    audit(&app);
}

#[test]
fn a_closed_appeal_puts_everything_into_quarantine_and_keeps_what_it_has() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let before = app.gift(json!({"appeal": "LULUT"}));
    let booked = books(&app, &officer, &before);
    let chair = app.chair_of("68");
    chair.post("/api/v1/appeals/LULUT/closing", json!(null), 200);
    assert_eq!(books(&app, &officer, &app.gift(json!({"appeal": "LULUT", "amount_vnd": 7})))["fund"], "QUARANTINE:LULUT");
    let again = officer.post("/api/v1/gifts", before, 200);
    assert_eq!(
        (&again["outcome"], &again["fund"], &again["code"]),
        (&json!("ALREADY_BOOKED"), &json!("APPEAL:LULUT"), &booked["code"])
    );
    assert_eq!(totals(&app, "LULUT"), (json!(500_000), json!(7)));
    // Closing is final and repeatable.
    chair.post("/api/v1/appeals/LULUT/closing", json!(null), 200);
    chair.post("/api/v1/appeals/LULUT/opening", json!(null), 409);
    chair.patch("/api/v1/appeals/LULUT", json!({"title": "Khác"}), 409);
    audit(&app);
}

#[test]
fn a_draft_an_unknown_and_a_foreign_appeal_take_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let to = |appeal: &str| app.gift(json!({"appeal": appeal}));
    app.open_appeal("01", "HANOI");
    app.open_appeal("23059", "BENCANH");
    let chair = app.chair_of("68");
    appeal(&app, "68", "NHAP").draft(&chair);
    refuses(&app, &officer, to("NHAP"), 422, &[("/appeal", "NOT_OPEN_YET")]);
    refuses(&app, &officer, to("KHONGCO"), 422, &[("/appeal", "NO_SUCH_APPEAL")]);
    refuses(&app, &officer, to("nhap"), 422, &[("/appeal", "NO_SUCH_APPEAL")]);
    refuses(&app, &officer, to(""), 422, &[("/appeal", "EMPTY")]);
    for foreign in ["HANOI", "BENCANH"] {
        refuses(&app, &officer, to(foreign), 422, &[("/appeal", "NOT_FOR_THIS_CHAPTER")]);
    }
    // A province does not receive for the appeal of one of its communes.
    app.open_appeal("23095", "HAMLIEM");
    refuses(
        &app,
        &app.officer_of("68"),
        app.gift(json!({"appeal": "HAMLIEM", "chapter": "68"})),
        422,
        &[("/appeal", "NOT_FOR_THIS_CHAPTER")],
    );
    books(&app, &officer, &to("HAMLIEM"));
    // What is wrong with appeal and goods is told together.
    let both = gift(&app).to("KHONGCO").goods([goods("GOLD", "1", "KG", 1)]).body();
    refuses(&app, &officer, both, 422, &[("/appeal", "NO_SUCH_APPEAL"), ("/lines/0/item", "NO_SUCH_ITEM")]);
    chair.post("/api/v1/appeals/NHAP/closing", json!(null), 409);
    chair.post("/api/v1/appeals/NHAP/opening", json!(null), 200);
    assert_eq!(books(&app, &officer, &to("NHAP"))["fund"], "APPEAL:NHAP");
    audit(&app);
}

#[test]
fn an_appeal_is_received_for_below_it_and_where_it_is_shared() {
    let app = TestApp::start();
    app.open_appeal("TW", "CANUOC");
    app.open_appeal("01", "HANOI");
    let officer = app.officer_of("23095");
    for (chapter, caller) in [("23095", &officer), ("00004", &app.officer_of("00004")), ("TW", &app.officer_of("TW"))] {
        assert_eq!(books(&app, caller, &app.gift(json!({"chapter": chapter, "appeal": "CANUOC"})))["fund"], "APPEAL:CANUOC");
    }
    refuses(&app, &officer, app.gift(json!({"appeal": "HANOI"})), 422, &[("/appeal", "NOT_FOR_THIS_CHAPTER")]);
    app.database
        .execute("INSERT INTO appeal_share SELECT a.id, c.id FROM appeal a, chapter c WHERE a.code = 'HANOI' AND c.code = '68'");
    assert_eq!(books(&app, &officer, &app.gift(json!({"appeal": "HANOI"})))["fund"], "APPEAL:HANOI");
    assert_eq!(totals(&app, "HANOI"), (json!(500_000), json!(0)));
    assert_eq!(totals(&app, "CANUOC"), (json!(1_500_000), json!(0)));
    audit(&app);
}

#[test]
fn a_merged_chapters_books_are_closed_to_new_gifts_only() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    books(&app, &officer, &gift);
    app.database.execute("UPDATE chapter SET status = 'MERGED' WHERE code = '23095'");
    refuses(&app, &officer, app.gift(json!({})), 422, &[("/chapter", "BOOKS_CLOSED")]);
    assert_eq!(officer.post("/api/v1/gifts", gift, 200)["outcome"], "ALREADY_BOOKED");
    audit(&app);
}

#[test]
fn gifts_while_the_appeal_closes_are_in_it_or_in_quarantine_and_none_is_lost() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (chair, officer) = (app.chair_of("68"), app.officer_of("23095"));
    let funds: Vec<String> = thread::scope(|scope| {
        let posters: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let one = |_| {
                        officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT", "amount_vnd": 10})), 201)["fund"]
                            .as_str()
                            .unwrap()
                            .to_owned()
                    };
                    (0..25).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        app.database.wait_until("SELECT count(*) > 20 FROM gift");
        chair.post("/api/v1/appeals/LULUT/closing", json!(null), 200);
        posters.into_iter().flat_map(|poster| poster.join().unwrap()).collect()
    });
    let count = |fund: &str| funds.iter().filter(|f| *f == fund).count() as i64;
    let (inside, late) = (count("APPEAL:LULUT"), count("QUARANTINE:LULUT"));
    assert_eq!((inside + late, counts(&app).gifts()), (150, 150));
    assert!(inside >= 20 && late > 0, "{inside} and {late}");
    assert_eq!(totals(&app, "LULUT"), (json!(inside * 10), json!(late * 10)));
    // Once closed nothing went in any more: the last one in was written before the first one late.
    let mixed = app.database.number(
        "SELECT count(*) FROM public_entry WHERE fund = 'APPEAL:LULUT' AND seq > (SELECT min(seq) FROM public_entry WHERE fund = 'QUARANTINE:LULUT')",
    );
    assert_eq!(mixed, 0);
    audit(&app);
}

#[test]
fn a_change_knows_absent_null_and_a_value_and_one_that_changes_nothing_leaves_no_trace() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let chair = app.chair_of("68");
    let path = "/api/v1/appeals/LULUT";
    let versions = || app.database.number("SELECT count(*) FROM appeal_version");
    let noted = || app.database.number("SELECT count(*) FROM audit_event WHERE action = 'APPEAL_CHANGED'");
    let set = chair.patch(path, json!({"target_vnd": 9_000_000, "title": "Đợt mới"}), 200);
    assert_eq!((&set["target_vnd"], &set["title"], &set["version"]), (&json!(9_000_000), &json!("Đợt mới"), &json!(3)));
    let before = (versions(), noted());
    for nothing in [
        json!({}),
        json!({"title": "Đợt mới"}),
        json!({"title": "  Đợt mới ", "target_vnd": 9_000_000}),
        json!({"receive_until": set["receive_until"]}),
    ] {
        let same = chair.patch(path, nothing.clone(), 200);
        assert_eq!(same, set, "{nothing}");
        assert_eq!((versions(), noted()), before, "{nothing}");
    }
    for field in ["title", "purpose", "receive_until"] {
        refuses_patch(&chair, path, json!({field: null, "target_vnd": 1}), &format!("/{field}"));
    }
    assert_eq!((versions(), noted()), before);
    let cleared = chair.patch(path, json!({"target_vnd": null}), 200);
    assert_eq!((cleared.get("target_vnd"), &cleared["version"]), (None, &json!(4)));
    assert_eq!((versions(), noted()), (before.0 + 1, before.1 + 1));
    assert_eq!(chair.patch(path, json!({"target_vnd": null}), 200)["version"], 4);
    // A stale tag is told even where nothing would change.
    chair.with("if-match", "\"3\"").patch(path, json!({}), 409);
    chair.with("if-match", "\"4\"").patch(path, json!({}), 200);
}

fn refuses_patch(caller: &crate::harness::Caller<'_>, path: &str, body: Value, pointer: &str) {
    let problem = caller.patch(path, body, 422);
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!(pointer), &json!("NOT_CLEARED")),
        "{problem}"
    );
}
