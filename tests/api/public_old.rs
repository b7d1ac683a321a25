//! What is published stays true: the commands and the rules that were written down before money went out (commit b3cbc20), over a
//! log with every kind. They are copies, kept as they were; nobody changes them with the product.

use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde_json::{Map, Value};
use so_nhan_ai::basics::PublicCode;

use crate::harness::TestApp;
use crate::public_kinds::everything;

/// Every leaf of the log as its bytes, in the order of the log: what `verify-log -leaves` prints.
pub fn leaves(app: &TestApp) -> Vec<String> {
    let text = app.database.text("SELECT string_agg(convert_from(leaf, 'UTF8'), E'\\n' ORDER BY idx) FROM log_leaf");
    text.lines().map(str::to_owned).collect()
}

/// Runs a documented command in a folder with `leaves.jsonl`; `None` where a tool is missing.
fn documented(app: &TestApp, tool: &str, command: &str) -> Option<String> {
    let there = Command::new("bash").arg("-c").arg(format!("command -v {tool}")).output().is_ok_and(|said| said.status.success());
    if !there {
        eprintln!("\x1b[31mSKIPPED: {tool} is missing\x1b[0m");
        return None;
    }
    let folder = crate::harness::Database::folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("leaves.jsonl"), leaves(app).join("\n") + "\n").unwrap();
    let mut bash = Command::new("bash");
    let said =
        bash.arg("-c").arg(command).env("SITE", &app.base).env("ROOT", env!("CARGO_MANIFEST_DIR")).current_dir(&folder).output();
    let said = said.unwrap();
    assert!(said.status.success(), "{command}: {}", String::from_utf8_lossy(&said.stderr));
    Some(String::from_utf8(said.stdout).unwrap().trim().to_owned())
}

/// `git show b3cbc20:docs/verify.md`, "Add it up yourself".
const ADDED_UP: &str = r#"jq -n '[inputs.postings[] | select(.account | startswith("DONATION_")) | select(.fund | startswith("QUARANTINE") | not) | .amount | tonumber] | -add' leaves.jsonl"#;
const PUBLISHED: &str = r#"curl -s $SITE/api/v1/public/totals | sed 's/.*"chapter":"[^"]*","received_vnd":\([0-9]*\).*/\1/'"#;
/// What its page of the open data says of a file.
const IN_FILES: &str = r#"curl -s $SITE/api/v1/public/appeals/LULUT/ledger.csv | awk -F, '$9 == "APPEAL:LULUT" { sum += $10 } END { printf "%.0f\n", sum }'"#;

#[test]
fn the_commands_of_before_say_what_was_received() {
    let app = TestApp::start();
    everything(&app);
    for (tool, command) in [("jq", ADDED_UP), ("curl", PUBLISHED), ("curl", IN_FILES)] {
        if let Some(said) = documented(&app, tool, command) {
            assert_eq!(said, "15500000", "{command}");
        }
    }
}

#[test]
fn the_command_of_today_says_every_term() {
    let app = TestApp::start();
    everything(&app);
    let public = app.anonymous();
    for (more, scope, which) in [("", "", ""), ("--chapter 23095", "?chapter=23095", "own_"), ("--fund OPERATING", "", "fund")] {
        let command = format!("python3 $ROOT/assets/outside/add-up.py leaves.jsonl {more}");
        let Some(said) = documented(&app, "python3", &command) else { return };
        let said: Value = serde_json::from_str(&said).unwrap();
        let totals = public.get(&format!("/api/v1/public/totals{scope}"), 200);
        match which {
            "fund" => assert_eq!(said["flow"], totals["flow_by_fund"]["OPERATING"]),
            "own_" => assert_eq!((&said["flow"], &said["left"]), (&totals["own_flow"], &totals["left"]["own"])),
            _ => {
                let published = [&totals["flow"], &totals["left"]["all"], &totals["paid_by_category"], &totals["on_the_way_vnd"]];
                assert_eq!([&said["flow"], &said["left"], &said["paid_by_category"], &said["on_the_way_vnd"]], published);
            }
        }
    }
}

fn word<'l>(leaf: &'l Map<String, Value>, name: &str) -> Option<&'l str> {
    let text = leaf.get(name)?.as_str().unwrap_or_else(|| panic!("{name} is no text"));
    let is_word = (1..=100).contains(&text.len()) && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    assert!(is_word, "{name} is no word: {text}");
    Some(text)
}

fn only(object: &Map<String, Value>, names: &[&str]) {
    assert!(object.keys().all(|name| names.contains(&name.as_str())) && object.len() <= names.len(), "{object:?}");
}

fn hash32(leaf: &Map<String, Value>, name: &str) -> Option<()> {
    word(leaf, name).map(|text| assert_eq!(URL_SAFE_NO_PAD.decode(text).unwrap().len(), 32, "{name}"))
}

/// `src/verify/leaf.rs` of b3cbc20, as far as it looked at leaves of whatever kind; and what it held the kinds to that it knew.
fn checked_as_before(text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), text, "it is written as RFC 8785 says");
    numbers(&value);
    let leaf = value.as_object().unwrap();
    assert_eq!(leaf["v"], 1);
    PublicCode::parse(word(leaf, "entry").unwrap()).unwrap();
    let kind = word(leaf, "kind").unwrap();
    assert!(word(leaf, "chapter").is_some() && word(leaf, "province").is_some());
    let day = |name: &str| word(leaf, name).unwrap().parse::<NaiveDate>().unwrap();
    assert!(day("day") <= day("booked"), "{text}");
    hash32(leaf, "pd").unwrap();
    hash32(leaf, "doc");
    for name in ["channel", "appeal", "reason"] {
        word(leaf, name);
    }
    if let Some(of) = word(leaf, "of") {
        PublicCode::parse(of).unwrap();
    }
    let postings = leaf["postings"].as_array().unwrap();
    assert!(postings.is_empty() || (2..=200).contains(&postings.len()), "{text}");
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for posting in postings.iter().map(|posting| posting.as_object().unwrap()) {
        only(posting, &["account", "amount", "fund"]);
        let written = word(posting, "amount").unwrap();
        let amount: i64 = written.parse().unwrap();
        assert!(amount != 0 && amount.abs() <= 1_000_000_000_000_000 && amount.to_string() == written, "{text}");
        word(posting, "account").unwrap();
        *sums.entry(word(posting, "fund").unwrap()).or_default() += i128::from(amount);
        let is_donation = posting["account"].as_str().unwrap().starts_with("DONATION_");
        assert!(!is_donation || kind.starts_with("GIFT_") || kind == "REVERSAL", "outsiders take it for received: {text}");
    }
    assert!(sums.values().all(|sum| *sum == 0), "{text}");
    for line in leaf.get("goods").map(|goods| goods.as_array().unwrap().as_slice()).unwrap_or_default() {
        let line = line.as_object().unwrap();
        only(line, &["item", "qty", "unit", "valuation", "value"]);
        assert_eq!(line.len(), 5, "{text}");
        for name in ["qty", "value"] {
            let written = word(line, name).unwrap();
            let is_number =
                written.bytes().all(|b| b.is_ascii_digit() || b == b'.') && written.bytes().any(|b| b.is_ascii_digit());
            assert!(is_number && written.matches('.').count() <= 1, "{text}");
        }
    }
    let known = [
        "GIFT_CASH",
        "GIFT_BANK",
        "GIFT_IN_KIND",
        "GIFT_AGGREGATE",
        "OPENING_BALANCE",
        "REVERSAL",
        "AMENDMENT",
        "ERASURE",
        "PUBLICATION",
        "KEY",
    ];
    if known.contains(&kind) {
        only(
            leaf,
            &[
                "v", "kind", "entry", "chapter", "province", "day", "booked", "channel", "appeal", "of", "reason", "event",
                "period", "postings", "goods", "key", "doc", "pd",
            ],
        );
    }
}

/// Whole numbers up to 2^53, and nothing else.
fn numbers(value: &Value) {
    match value {
        Value::Number(n) => assert!(n.as_u64().is_some_and(|n| n <= 1 << 53), "{n}"),
        Value::Array(items) => items.iter().for_each(numbers),
        Value::Object(members) => members.values().for_each(numbers),
        Value::Null => panic!("nothing is null"),
        _ => {}
    }
}

#[test]
fn every_leaf_keeps_the_rules_of_before() {
    let app = TestApp::start();
    let all = everything(&app);
    let leaves = leaves(&app);
    assert!(leaves.len() > all.codes.len());
    leaves.iter().for_each(|leaf| checked_as_before(leaf));
}

/// What old pages said of a file's first seventeen columns is still so.
#[test]
fn the_first_columns_of_a_file_are_those_of_before() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let text = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    let before = "\"log_index\",\"code\",\"kind\",\"day\",\"booked_on\",\"channel\",\"chapter\",\"province\",\"fund\",\"amount_vnd\",\"giver\",\"goods\",\
                  \"message_count\",\"reverses\",\"reason\",\"leaf_hash\",\"carried_vnd\"";
    assert!(text.starts_with(before), "{text}");
}
