//! Totals: by day, by fund and channel, with quarantine apart, and the same wherever they are shown.

use chrono::Duration;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::kit::appeal;
use crate::look::{entries, reverse};

fn sums(totals: &Value) -> (i64, i64) {
    (totals["received_vnd"].as_i64().unwrap(), totals["gift_count"].as_i64().unwrap())
}

fn added(parts: &Value) -> (i64, i64) {
    parts.as_object().unwrap().values().map(sums).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

#[test]
fn days_funds_and_channels_add_up_and_quarantine_stays_apart() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    app.open_appeal("68", "DONG");
    let officer = app.officer_of("23095");
    let day = |ago: i64| app.today() - Duration::days(ago);
    let mut ids = Vec::new();
    for n in 0..20i64 {
        let appeal = [Some("LULUT"), Some("DONG"), None][n as usize % 3];
        let channel = ["CASH", "BANK_TRANSFER"][n as usize % 2];
        let gift = app.gift(json!({"appeal": appeal, "channel": channel, "amount_vnd": 1_000 + n, "received_on": day(n % 5)}));
        ids.push(officer.post("/api/v1/gifts", gift, 201)["id"].as_str().unwrap().to_owned());
    }
    app.officer_of("68").post("/api/v1/gifts", app.gift(json!({"chapter": "68", "amount_vnd": 5_000_000})), 201);
    reverse(&app, &ids[3], "nhầm");
    app.chair_of("68").post("/api/v1/appeals/DONG/closing", Value::Null, 200);
    let late = app.gift(json!({"appeal": "DONG", "amount_vnd": 999}));
    assert_eq!(officer.post("/api/v1/gifts", late, 201)["fund"], "QUARANTINE:DONG");

    let public = app.anonymous();
    let range = format!("from={}&to={}", day(30), day(0));
    for scope in
        ["", "chapter=68&", "chapter=23095&", "appeal=LULUT&", "appeal=DONG&", "chapter=23095&appeal=DONG&", "chapter=01&"]
    {
        let overall = public.get(&format!("/api/v1/public/totals?{}", scope.trim_end_matches('&')), 200);
        let by_day = public.get(&format!("/api/v1/public/totals?{scope}{range}"), 200);
        assert_eq!(sums(&overall), sums(&by_day), "{scope}");
        assert_eq!(sums(&overall), added(&by_day["by_day"]), "{scope} {by_day}");
        assert_eq!(sums(&overall), added(&overall["by_channel"]), "{scope}");
        let (vnd, count) = added(&overall["by_fund"]);
        let (kept_vnd, kept_count) = sums(&overall["quarantined"]);
        assert_eq!(sums(&overall), (vnd - kept_vnd, count - kept_count), "{scope} {overall}");
        assert!(overall["by_day"].is_null());
        let listed = entries(&app, scope.trim_end_matches('&'));
        let shown: i64 = listed
            .iter()
            .filter(|row| !row["fund"].as_str().unwrap().starts_with("QUARANTINE"))
            .map(|row| row["amount_vnd"].as_i64().unwrap())
            .sum();
        assert_eq!(sums(&overall).0, shown, "{scope}");
    }
    let dong = public.get("/api/v1/public/totals?appeal=DONG", 200);
    assert_eq!((&dong["quarantined"], &dong["gift_count"]), (&json!({"received_vnd": 999, "gift_count": 1}), &json!(7)));
    assert_eq!(public.get("/api/v1/public/appeals/DONG", 200)["totals"], dong);
    let all = public.get("/api/v1/public/totals", 200);
    let expected: i64 = (0..20).map(|n| 1_000 + n).sum::<i64>() - 1_003 + 5_000_000;
    assert_eq!(sums(&all), (expected, 20));
    let province = public.get("/api/v1/public/totals?chapter=68", 200);
    assert_eq!(sums(&province["own"]), (5_000_000, 1));
    assert_eq!(sums(&province), sums(&all));
    assert_eq!(public.get("/api/v1/public/chapters/68", 200)["totals"], province);
    assert_eq!(
        sums(
            &public.get("/api/v1/public/chapters?parent=TW&limit=200", 200)["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|c| c["code"] == "68")
                .unwrap()
                .clone()
        ),
        sums(&all)
    );
    // A reversal is booked today and counted on today: earlier days never change.
    let today = public.get(&format!("/api/v1/public/totals?from={0}&to={0}", day(0)), 200);
    let then = public.get(&format!("/api/v1/public/totals?from={0}&to={0}", day(3)), 200);
    assert_eq!(sums(&then), ((0..20).filter(|n| n % 5 == 3).map(|n| 1_000 + n).sum(), 4));
    let booked_today: i64 = (0..20).filter(|n| n % 5 == 0).map(|n| 1_000 + n).sum();
    assert_eq!(sums(&today), (booked_today + 5_000_000 - 1_003, 4));
}

#[test]
fn a_draft_has_no_totals() {
    let app = TestApp::start();
    appeal(&app, "68", "NHAP").draft(&app.chair_of("68"));
    let public = app.anonymous();
    for path in ["totals?appeal=NHAP", "appeals/NHAP", "appeals/NHAP/ledger.csv"] {
        public.get(&format!("/api/v1/public/{path}"), 404);
    }
    assert_eq!(public.get("/api/v1/public/appeals", 200)["items"], json!([]));
    assert_eq!(public.get("/api/v1/public/appeals?state=DRAFT", 200)["items"], json!([]));
}
