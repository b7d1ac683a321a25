//! One leaf of every kind that verifiers know, with all that its kind may say, in an order in which each speaks of an earlier
//! one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use so_nhan_ai_proof::code::PublicCode;
use so_nhan_ai_proof::commitment;
use so_nhan_ai_proof::verify::kinds::{KINDS, KindRule, Of};

/// A leaf, and its kind.
pub type KindLeaf = (&'static str, Vec<u8>);

const HASH: &str = "__________________________________________8";

/// See the module. Kinds that may replace one of their own stand there twice. `vkey` is what a KEY leaf names.
pub fn leaves(vkey: &str) -> Vec<KindLeaf> {
    let mut made: Vec<(&KindRule, Value)> = Vec::new();
    for rule in KINDS {
        for _ in 0..if rule.of == Of::Predecessor { 2 } else { 1 } {
            let leaf = leaf_of(rule, vkey, &made);
            made.push((rule, leaf));
        }
    }
    made.into_iter().map(|(rule, leaf)| (rule.name, serde_json_canonicalizer::to_vec(&leaf).unwrap())).collect()
}

fn leaf_of(rule: &KindRule, vkey: &str, earlier: &[(&KindRule, Value)]) -> Value {
    let committed: &[(&str, &str)] = if rule.open { &[] } else { &[("note", "x"), ("time", "2026-11-22T09:30:00+07:00")] };
    let pd = URL_SAFE_NO_PAD.encode(commitment::commit(&[7; 32], committed));
    let mut leaf = json!({"v": 1, "kind": rule.name, "entry": PublicCode::random().unwrap().as_str(), "chapter": "23095",
        "province": "68", "day": "2026-11-21", "booked": "2026-11-22", "appeal": "BAO13", "postings": [], "pd": pd});
    let find = |fits: &dyn Fn(&str) -> bool| earlier.iter().find(|(rule, _)| fits(rule.name)).map(|(_, leaf)| leaf);
    let of = match rule.of {
        Of::Nobody => None,
        Of::Entry => find(&|name| name == "GIFT_BANK"),
        Of::Kinds(kinds) => find(&|name| kinds.contains(&name)),
        Of::Predecessor => find(&|name| name == rule.name),
    };
    if let Some(of) = of {
        leaf["of"] = of["entry"].clone();
    }
    match of.filter(|_| rule.name == "REVERSAL") {
        Some(original) => leaf["postings"] = mirrored(&original["postings"]),
        None => leaf["postings"] = postings_of(rule),
    }
    if rule.name.starts_with("GIFT_") {
        let channels = [("GIFT_CASH", "CASH"), ("GIFT_BANK", "BANK_TRANSFER"), ("GIFT_IN_KIND", "IN_KIND")];
        leaf["channel"] = channels.iter().find(|(kind, _)| *kind == rule.name).map_or("SMS", |(_, channel)| *channel).into();
    }
    for field in rule.must.iter().chain(rule.may) {
        leaf[*field] = value_of(field, vkey);
    }
    leaf
}

fn mirrored(postings: &Value) -> Value {
    let mut postings = postings.clone();
    for posting in postings.as_array_mut().unwrap() {
        let amount: i64 = posting["amount"].as_str().unwrap().parse().unwrap();
        posting["amount"] = (-amount).to_string().into();
    }
    postings
}

fn postings_of(rule: &KindRule) -> Value {
    let Some(debit) = rule.debits.first() else { return json!([]) };
    let credit = rule.credits.iter().rfind(|credit| *credit != debit).unwrap();
    // By the first and the last account of its row, money would come back from another chapter.
    let amount = if rule.name == "TRANSFER_OUT" { -70 } else { 70 };
    let posting = |account: &str, amount: i64| json!({"account": account, "fund": "APPEAL:BAO13", "amount": amount.to_string()});
    json!([posting(debit, amount), posting(credit, -amount)])
}

fn value_of(field: &str, vkey: &str) -> Value {
    match field {
        "goods" => json!([{"item": "RICE", "qty": "1.5", "unit": "KG", "value": "70", "valuation": "INVOICE"}]),
        "doc" | "root" => HASH.into(),
        "count" => 120.into(),
        "to" => "68".into(),
        "list" => "68-TH-0001".into(),
        "key" => vkey.into(),
        "event" => "ANNUAL_ACCOUNTS".into(),
        "period" => "2026-12-31".into(),
        "reason" => "ADDED".into(),
        _ => "RICE".into(),
    }
}
