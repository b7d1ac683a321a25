//! What the tests of a person's rights share: requests, decisions, and a search through everything that is kept.

use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use serde_json::{Value, json};
use so_nhan_ai::log::opening;
use uuid::Uuid;

use crate::harness::{Caller, TestApp};
use crate::look::Dump;

/// A request as an officer writes it down; `change` adds or overrides fields.
pub fn ask(app: &TestApp, kind: &str, change: Value) -> Value {
    let mut ask = json!({"id": Uuid::now_v7(), "kind": kind, "received_on": app.today(), "channel": "IN_PERSON"});
    for (key, value) in change.as_object().unwrap() {
        ask[key] = value.clone();
    }
    ask
}

pub const REQUESTS: &str = "/api/v1/personal-data-requests";

pub fn path(request: &Value, what: &str) -> String {
    format!("{REQUESTS}/{}{what}", request["id"].as_str().unwrap())
}

/// A gift by its officer, with everything personal a gift can have.
pub fn personal(app: &TestApp, name: &str, phone: Option<&str>, display: &str, change: Value) -> Value {
    let mut gift = app
        .gift(json!({"channel": "BANK_TRANSFER", "giver": {"kind": "PERSON", "name": name, "phone": phone}, "display": display,
        "memo": format!("UNGHOXQZ tu {name}"), "wish": "choxqz tre em", "bank_reference": "FTXQZ778899"}));
    for (key, value) in change.as_object().unwrap() {
        gift[key] = value.clone();
    }
    gift
}

pub fn gift_path(gift: &Value) -> String {
    format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap())
}

/// The party behind a gift, as its officer reads it.
pub fn party_of(officer: &Caller<'_>, gift: &Value) -> String {
    officer.get(&gift_path(gift), 200)["giver"]["id"].as_str().unwrap().to_owned()
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = Text)]
    entry: String,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// Every opening that is kept, in clear, with its entry; each must open the commitment in its leaf.
pub fn openings(app: &TestApp) -> Vec<(String, Vec<(String, String)>)> {
    use base64::Engine;
    let rows: Vec<Sealed> = diesel::sql_query("SELECT entry, sealed FROM pd_opening").load(&mut app.database.connect()).unwrap();
    rows.into_iter()
        .map(|row| {
            let opening = opening::open(&app.shared.vault, &row.entry, &row.sealed).unwrap();
            let pd = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(opening.commitment());
            let leaf = app.database.text(&format!(
                "SELECT convert_from(leaf, 'UTF8') FROM (SELECT entry, leaf FROM log_leaf UNION ALL SELECT entry, leaf FROM log_pending) l WHERE entry = '{}'",
                row.entry
            ));
            assert_eq!(serde_json::from_str::<Value>(&leaf).unwrap()["pd"], pd, "{leaf}");
            (row.entry, opening.fields)
        })
        .collect()
}

/// None of these texts is in any table, in clear, nor behind any opening; nor in what the public reads.
pub fn nowhere(app: &TestApp, texts: &[&str]) {
    let dump = Dump::of(&app.database);
    let kept = format!("{:?}", openings(app)).to_lowercase();
    let public = app.anonymous().get_text("/api/v1/public/entries?limit=200", 200).to_lowercase();
    for text in texts {
        let folded = so_nhan_ai::basics::fold(text);
        for form in [text.to_lowercase(), folded] {
            assert_eq!(dump.tables_with(&form), Vec::<&str>::new(), "{form}");
            assert!(!kept.contains(&form), "{form} is behind an opening");
            assert!(!public.contains(&form), "{form} is public");
        }
    }
}

/// What the log says of an entry since it was booked, and that each word of it is a leaf in the log.
pub fn said(app: &TestApp, code: &str) -> Vec<String> {
    app.wait_for_log();
    let path = format!("/api/v1/public/entries/{code}?");
    let page = app.anonymous().get(path.trim_end_matches('?'), 200);
    let said = page["annotations"].as_array().cloned().unwrap_or_default();
    said.iter()
        .map(|a| {
            let leaf = app.database.text(&format!(
                "SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{}' AND encode(leaf_hash, 'hex') = '{}' AND idx = {}",
                a["code"].as_str().unwrap(),
                a["leaf_hash"].as_str().unwrap(),
                a["log_index"]
            ));
            let leaf: Value = serde_json::from_str(&leaf).unwrap();
            assert_eq!((&leaf["kind"], &leaf["of"], &leaf["postings"]), (&a["kind"], &json!(code), &json!([])));
            assert!(leaf.get("reason").is_none() && leaf.get("channel").is_none());
            a["kind"].as_str().unwrap().to_owned()
        })
        .collect()
}
