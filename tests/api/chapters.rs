//! The tree of chapters: children, search by name, and what a unit was called before.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::look::{all, codes, escaped};

const UNITS: &str = include_str!("../../data/administrative-units.csv");

fn units() -> Vec<HashMap<String, String>> {
    csv::Reader::from_reader(UNITS.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn below(parent: &str) -> Vec<String> {
    let mut codes: Vec<String> =
        units().into_iter().filter(|unit| unit["parent_code"] == parent).map(|mut unit| unit.remove("code").unwrap()).collect();
    codes.sort();
    codes
}

fn search(app: &TestApp, typed: &str) -> Vec<Value> {
    all(&app.anonymous(), &format!("/api/v1/public/chapters?q={}", escaped(typed)), 200)
}

#[test]
fn the_tree_is_the_country() {
    let app = TestApp::shared();
    let public = app.anonymous();
    let provinces = below("");
    assert_eq!(provinces.len(), 34);
    for limit in [1, 7, 50, 200] {
        assert_eq!(codes(&all(&public, "/api/v1/public/chapters", limit)), provinces, "limit {limit}");
        assert_eq!(codes(&all(&public, "/api/v1/public/chapters?parent=68", limit)), below("68"), "limit {limit}");
    }
    assert_eq!(below("68").len(), 124);
    assert_eq!(all(&public, "/api/v1/public/chapters?parent=23095", 50), Vec::<Value>::new());
    public.get("/api/v1/public/chapters?parent=99999", 404);
    let mut total = 0;
    for province in &provinces {
        total += all(&public, &format!("/api/v1/public/chapters?parent={province}"), 200).len();
    }
    assert_eq!(total, 3_321);
    let ham_liem = public.get("/api/v1/public/chapters/23095", 200);
    assert_eq!(
        (&ham_liem["name"], &ham_liem["level"], &ham_liem["status"]),
        (&json!("Hội Chữ thập đỏ xã Hàm Liêm"), &json!("COMMUNE"), &json!("ACTIVE"))
    );
    let above: Vec<&Value> = ham_liem["ancestors"].as_array().unwrap().iter().map(|a| &a["code"]).collect();
    assert_eq!(above, ["TW", "68"]);
    assert_eq!(ham_liem["received_vnd"], 0);
    assert_eq!(public.get("/api/v1/public/chapters/TW", 200)["ancestors"], json!([]));
}

#[test]
fn a_unit_keeps_its_history() {
    let app = TestApp::shared();
    let dong_nai = app.anonymous().get("/api/v1/public/chapters/75", 200);
    assert_eq!(dong_nai["name"], "Hội Chữ thập đỏ thành phố Đồng Nai");
    let unit = dong_nai["unit"].as_array().unwrap();
    assert_eq!(unit.len(), 2);
    let expected = json!([
        {"full_name": "Thành phố Đồng Nai", "kind": "MUNICIPALITY", "kind_name": "thành phố trực thuộc trung ương", "valid_from": "2026-04-30", "resolution": "30/2026/QH16"},
        {"full_name": "Tỉnh Đồng Nai", "kind": "PROVINCE", "kind_name": "tỉnh", "valid_from": "2025-07-01", "valid_to": "2026-04-30", "resolution": "202/2025/QH15"}
    ]);
    assert_eq!(json!(unit), expected);
    assert_eq!(app.anonymous().get("/api/v1/public/chapters/68", 200)["unit"].as_array().unwrap().len(), 1);
}

#[test]
fn names_are_found_however_they_are_typed() {
    let app = TestApp::shared();
    for typed in
        ["ham liem", "Hàm Liêm", "HÀM LIÊM", "hàm liem", "liêm hàm", "xã hàm liêm", "hoi chu thap do xa ham liem", "ham  liem,"]
    {
        assert_eq!(codes(&search(&app, typed)), ["23095"], "{typed}");
    }
    let tones: Vec<Vec<String>> = ["Hòa", "Hoà", "hoa", "HOÀ"].iter().map(|typed| codes(&search(&app, typed))).collect();
    assert!(tones[0].len() > 50 && tones.iter().all(|found| *found == tones[0]));
    for typed in ["ea h'leo", "Ea H’Leo", "ea hleo", "ea h leo"] {
        let found = codes(&search(&app, typed));
        if typed != "ea hleo" {
            assert_eq!(found.first().map(String::as_str), Some("24184"), "{typed}");
        }
    }
    let da_nang = search(&app, "da nang");
    assert_eq!(da_nang[0]["name"], "Hội Chữ thập đỏ thành phố Đà Nẵng");
    assert_eq!(search(&app, "đà nẵng"), da_nang);
    for none in ["zzzz", "ham liem zzzz", "…", "'; drop table chapter; --", "%", "_"] {
        assert_eq!(search(&app, none), Vec::<Value>::new(), "{none}");
    }
    for (typed, status) in [("", 422), ("a".repeat(101).as_str(), 422), ("a".repeat(100).as_str(), 200), ("a\nb", 422)] {
        app.anonymous().get(&format!("/api/v1/public/chapters?q={}", escaped(typed)), status);
    }
}

#[test]
fn exact_names_come_first_and_pages_join() {
    let app = TestApp::shared();
    let whole = search(&app, "tan");
    let (name, folded) = ("name", |row: &Value| so_nhan_ai::basics::fold(row["name"].as_str().unwrap()));
    let last_exact = whole.iter().rposition(|row| folded(row).ends_with(" tan"));
    let first_other = whole.iter().position(|row| !folded(row).ends_with(" tan"));
    assert!(whole.len() > 60 && last_exact.unwrap() < first_other.unwrap(), "{name}");
    // Behind today's names come chapters whose units took in one of that name.
    let first_old = whole.iter().position(|row| row["matched_by"].is_array()).unwrap();
    assert!(whole[..first_old].iter().all(|row| folded(row).contains("tan") && row["matched_by"].is_null()));
    for row in &whole[first_old..] {
        let old = row["matched_by"].as_array().unwrap();
        assert!(old.iter().all(|by| so_nhan_ai::basics::fold(by["old_name"].as_str().unwrap()).contains("tan")), "{row}");
    }
    for limit in [50, 170] {
        assert_eq!(all(&app.anonymous(), "/api/v1/public/chapters?q=tan", limit), whole, "limit {limit}");
    }
    let few = search(&app, "phu hoa");
    assert!(few.len() > 10);
    for limit in [1, 7] {
        assert_eq!(all(&app.anonymous(), "/api/v1/public/chapters?q=phu+hoa", limit), few, "limit {limit}");
    }
    // A name that is only a part of another's comes first.
    assert!(folded(&search(&app, "phu hoa")[0]).ends_with(" phu hoa"));
}
