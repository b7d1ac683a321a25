//! A public API over a sample log, honest until somebody changes what it shows: rows of its lists and pages, rows of its files, sums.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use so_nhan_ai::basics::hex;
use so_nhan_ai::log::tree::leaf_hash;

use super::sample::Sample;
use super::server::{Made, Server};

/// What is shown. Each part can be false by itself.
#[derive(Clone)]
pub struct Shop {
    /// Entries as the API has them, in the order of the log.
    pub rows: Vec<Value>,
    /// Entries as they stand in files; `appeal` says in which.
    pub files: Vec<Value>,
    /// Entries that sums are made of.
    pub summed: Vec<Value>,
    /// `X-Log-Size`; none when it is not said.
    pub log_size: Option<u64>,
    /// Entries without a page of their own.
    pub hidden: Vec<String>,
    /// What the text of a file becomes.
    pub rewrite: fn(String) -> String,
}

pub const HEADER: &str = "\"log_index\",\"code\",\"kind\",\"day\",\"booked_on\",\"channel\",\"chapter\",\"province\",\"fund\",\"amount_vnd\",\"giver\",\"goods\",\"message_count\",\"reverses\",\"reason\",\"leaf_hash\",\"carried_vnd\"\r\n";

fn mirrored(goods: &Value) -> Value {
    let lines = goods.as_array().unwrap().iter().map(|line| {
        let mut line = line.clone();
        line["quantity"] = format!("-{}", line["quantity"].as_str().unwrap()).into();
        line["value_vnd"] = (-line["value_vnd"].as_i64().unwrap()).into();
        line
    });
    lines.collect()
}

impl Shop {
    /// What an honest site shows of a log.
    pub fn of(sample: &Sample) -> Self {
        let mut rows: Vec<Value> = Vec::new();
        let mut at: HashMap<String, usize> = HashMap::new();
        for (index, bytes) in sample.leaves.iter().enumerate() {
            let Ok(leaf) = serde_json::from_slice::<Value>(bytes) else { continue };
            let Some(code) = leaf["entry"].as_str() else { continue };
            if leaf["postings"].as_array().is_none_or(Vec::is_empty) {
                let of = at[leaf["of"].as_str().unwrap()];
                let said =
                    json!({"code": code, "kind": leaf["kind"], "booked_on": leaf["booked"], "leaf_hash": "", "log_index": index});
                rows[of].as_object_mut().unwrap().remove("giver");
                rows[of]["annotations"].as_array_mut().unwrap().push(said);
                continue;
            }
            let mut row = row_of(&leaf, bytes, index);
            if let Some(original) = leaf["of"].as_str().map(|of| at[of]) {
                rows[original]["reversed_by"] = code.into();
                row["goods"] = rows[original].get("goods").map(mirrored).unwrap_or_else(|| json!([]));
                row.as_object_mut().unwrap().remove("giver");
            }
            at.insert(code.to_owned(), rows.len());
            rows.push(row);
        }
        let log_size = Some(sample.leaves.len() as u64);
        let (files, summed) = (rows.clone(), rows.clone());
        Self { rows, files, summed, log_size, hidden: Vec::new(), rewrite: |text| text }
    }

    /// Opens beside a log.
    pub fn open(self, server: &Server) -> Arc<Mutex<Shop>> {
        let shop = Arc::new(Mutex::new(self));
        let here = shop.clone();
        server.answer_with(move |path| here.lock().unwrap().answer(path));
        shop
    }

    fn answer(&self, path: &str) -> Option<Made> {
        let path = path.strip_prefix("/api/v1/public/")?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let json = |value: Value| Some(Made { body: value.to_string().into_bytes(), log_size: None });
        if let Some(code) = path.strip_prefix("entries/") {
            let row = self.rows.iter().rev().find(|row| row["code"] == code && !self.hidden.contains(&code.to_owned()));
            return row.cloned().and_then(json);
        }
        if let Some(appeal) = path.strip_prefix("appeals/").and_then(|rest| rest.strip_suffix("/ledger.csv")) {
            let body = (self.rewrite)(self.file(appeal)).into_bytes();
            return Some(Made { body, log_size: self.log_size });
        }
        if let Some(appeal) = path.strip_prefix("appeals/") {
            let totals = self.totals(&BTreeMap::from([("appeal", appeal)]));
            return json(json!({"code": appeal, "totals": totals}));
        }
        match path {
            "appeals" => json(json!({"items": [{"code": "LULUT-2026"}, {"code": "BAO13"}]})),
            "entries" => json(self.list(&query)),
            "totals" => json(self.totals(&query)),
            _ => None,
        }
    }

    fn file(&self, appeal: &str) -> String {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let line = |row: &Value| {
            let lines = row["goods"].as_array().into_iter().flatten();
            let goods: Vec<String> =
                lines.map(|line| format!("{} {} {}", text(line, "item"), text(line, "quantity"), text(line, "unit"))).collect();
            let names = ["code", "kind", "day", "booked_on", "channel", "chapter", "province", "fund"];
            let first: Vec<String> = names.iter().map(|name| text(row, name)).collect();
            let (giver, amount) = (text(row, "giver"), &row["amount_vnd"]);
            let last = ["reverses", "reason", "leaf_hash"].map(|name| text(row, name));
            format!("{},{},{amount},{giver},{},,{},0\r\n", row["log_index"], first.join(","), goods.join("; "), last.join(","))
        };
        let rows = self.files.iter().filter(|row| row["appeal"] == appeal).map(line);
        HEADER.to_owned() + &rows.collect::<String>()
    }

    fn list(&self, query: &BTreeMap<&str, &str>) -> Value {
        let fits = |row: &&Value| {
            let is = |name: &str, key: &str| query.get(name).is_none_or(|wanted| row[key] == *wanted);
            let place = query.get("chapter").is_none_or(|code| row["chapter"] == *code || row["province"] == *code);
            let amount = query.get("amount_vnd").is_none_or(|amount| row["amount_vnd"].as_i64() == amount.parse().ok());
            is("appeal", "appeal") && is("q", "appeal") && is("channel", "channel") && is("from", "day") && place && amount
        };
        let skip: usize = query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
        let limit: usize = query.get("limit").map_or(50, |limit| limit.parse().unwrap());
        let all: Vec<&Value> = self.rows.iter().rev().filter(fits).collect();
        let items: Vec<&&Value> = all.iter().skip(skip).take(limit).collect();
        let next = (skip + limit < all.len()).then(|| (skip + limit).to_string());
        json!({"items": items, "next": next})
    }

    fn totals(&self, query: &BTreeMap<&str, &str>) -> Value {
        let sum = |fits: &dyn Fn(&Value) -> bool| {
            let amounts = self.summed.iter().filter(|row| fits(row)).map(|row| row["amount_vnd"].as_i64().unwrap());
            let (vnd, count) = amounts.fold((0, 0), |(vnd, count), amount| (vnd + amount, count + amount.signum()));
            json!({"received_vnd": vnd, "gift_count": count})
        };
        let chapter = query.get("chapter");
        let here = |row: &Value| {
            chapter.is_none_or(|code| row["province"] == *code || row["chapter"] == *code)
                && query.get("appeal").is_none_or(|appeal| row["appeal"] == *appeal)
                && query.get("from").is_none_or(|day| row["day"] == *day)
        };
        let each = |name: &str| {
            let values: std::collections::BTreeSet<String> =
                self.summed.iter().filter(|row| here(row)).map(|row| row[name].as_str().unwrap().to_owned()).collect();
            let sums = values.into_iter().map(|value| {
                let sum = sum(&|row| here(row) && row[name] == value.as_str());
                (value, sum)
            });
            Value::Object(sums.collect())
        };
        let mut out = sum(&here);
        out["chapter"] = chapter.copied().unwrap_or("TW").into();
        out["own"] = sum(&|row| here(row) && chapter.is_some_and(|code| row["chapter"] == *code));
        out["quarantined"] = json!({"received_vnd": 0, "gift_count": 0});
        out["by_fund"] = each("fund");
        out["by_channel"] = each("channel");
        out
    }
}

fn row_of(leaf: &Value, bytes: &[u8], index: usize) -> Value {
    let postings = leaf["postings"].as_array().unwrap();
    let received = postings.iter().filter(|p| p["account"].as_str().unwrap().starts_with("DONATION_"));
    let amount: i64 = received.map(|p| -p["amount"].as_str().unwrap().parse::<i64>().unwrap()).sum();
    let mut row = json!({
        "code": leaf["entry"], "kind": leaf["kind"], "chapter_name": "x", "fund": postings[0]["fund"], "booked_on": leaf["booked"],
        "amount_vnd": amount, "leaf_hash": hex(&leaf_hash(bytes)), "log_index": index, "annotations": [], "giver": "Nguyễn Văn A",
    });
    for (name, of) in [
        ("channel", "channel"),
        ("chapter", "chapter"),
        ("province", "province"),
        ("appeal", "appeal"),
        ("day", "day"),
        ("reverses", "of"),
        ("reason", "reason"),
    ] {
        if let Some(value) = leaf.get(of) {
            row[name] = value.clone();
        }
    }
    let goods = leaf["goods"].as_array().into_iter().flatten().map(|line| {
        json!({"item": line["item"], "quantity": line["qty"], "unit": line["unit"], "valuation": line["valuation"],
               "value_vnd": line["value"].as_str().unwrap().parse::<i64>().unwrap()})
    });
    let goods: Vec<Value> = goods.collect();
    if !goods.is_empty() {
        row["goods"] = goods.into();
    }
    row
}
