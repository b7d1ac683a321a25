//! Searches thrown at random, answered three times: through the index, by PostgreSQL alone, and by a look at every row.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use so_nhan_ai::basics::text::words;
use so_nhan_ai::basics::words_and_pairs;
use so_nhan_ai::search::State;

use crate::harness::TestApp;
use crate::look::{all, book, codes, entries, escaped, reverse};
use crate::search_index::{clear_the_way, obstruct};

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

const FAMILIES: [&str; 7] = ["Nguyễn", "Trần", "Đặng", "Lê", "Phạm", "Ngô", "Nguyên"];
const MIDDLES: [&str; 5] = ["Văn", "Thị", "Đức", "Ngọc", "Văn Nguyên"];
const GIVEN: [&str; 9] = ["An", "Ân", "Hoà", "Hòa", "Liêm", "Hàm", "Thìn", "Nga", "82"];

fn gifts(app: &TestApp, dice: &mut Dice, count: usize) -> Vec<Value> {
    let gift = |dice: &mut Dice| {
        let day = app.today() - chrono::Duration::days(dice.roll(12) as i64);
        let amount = if dice.roll(3) == 0 { 500_000 } else { 1_000 * (1 + dice.roll(400) as i64) };
        let mut gift = json!({"channel": dice.one(&["CASH", "BANK_TRANSFER"]), "amount_vnd": amount, "received_on": day,
            "appeal": dice.one(&[json!("LULUT-2026"), json!("TET"), Value::Null])});
        if dice.roll(5) > 0 {
            let name = format!("{} {} {}", dice.one(&FAMILIES), dice.one(&MIDDLES), dice.one(&GIVEN));
            gift["giver"] = json!({"kind": "PERSON", "name": name});
            gift["display"] = json!(dice.one(&["FULL_NAME", "FULL_NAME", "MASKED"]));
        }
        app.gift(gift)
    };
    (0..count).map(|_| gift(dice)).collect()
}

/// What a row is found by, said once more: its places, its giver, its appeal.
fn texts(row: &Value) -> Vec<String> {
    let place = if row["chapter"] == "23095" { "Hàm Liêm" } else { "Hàm Thuận" };
    [Some("Lâm Đồng"), Some(place), row["giver"].as_str(), row["appeal"].as_str()]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// A search and what it means, which is checked by looking at every row.
#[derive(Debug, Default)]
struct Question {
    query: String,
    whole: Vec<String>,
    pairs: Vec<String>,
    begins: Option<String>,
    same: Vec<(&'static str, Value)>,
    days: Option<(String, String)>,
    amounts: Option<(i64, i64)>,
}

impl Question {
    fn thrown(app: &TestApp, dice: &mut Dice, rows: &[Value]) -> Self {
        let mut question = Self::default();
        let mut query: Vec<String> = Vec::new();
        // Half of the questions take their words from one row, so that many of them have hits.
        let row = dice.one(rows).clone();
        let word = |dice: &mut Dice| -> String {
            let of = if dice.roll(2) == 0 { &row } else { dice.one(rows) };
            let text = dice.one(&texts(of)).clone();
            dice.one(&words(&text)).clone()
        };
        if dice.roll(6) > 0 {
            let mut typed = Vec::new();
            if dice.roll(3) == 0 {
                let text = dice.one(&texts(&row)).clone();
                typed.push(format!("\"{text}\""));
                let said = words(&text);
                question.pairs = said.windows(2).map(|pair| format!("{}_{}", pair[0], pair[1])).collect();
                question.whole.extend(said);
            }
            for _ in 0..[0, 1, 1, 2, 3, 11][dice.roll(6)] {
                let word = word(dice);
                typed.push(word.clone());
                question.whole.push(word);
            }
            let last = word(dice);
            let last = last[..1 + dice.roll(last.len())].to_owned();
            typed.push(last.clone());
            question.begins = Some(last);
            query.push(format!("q={}", escaped(&typed.join(" "))));
        }
        if dice.roll(4) == 0 {
            question.same.push(("appeal", json!(dice.one(&["LULUT-2026", "TET"]))));
        }
        if dice.roll(5) == 0 {
            question.same.push(("channel", json!("CASH")));
        }
        if dice.roll(4) == 0 {
            question.same.push(("chapter", json!(dice.one(&["23095", "23059"]))));
        }
        query.extend(question.same.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())));
        if dice.roll(4) == 0 {
            let day = |ago: usize| (app.today() - chrono::Duration::days(ago as i64)).to_string();
            let (from, to) = (day(dice.roll(13)), day(dice.roll(13)));
            query.push(format!("from={from}&to={to}"));
            question.days = Some((from, to));
        }
        match dice.roll(6) {
            0 => question.amounts = Some((500_000, 500_000)),
            1 => question.amounts = Some((1_000 * dice.roll(300) as i64, 1_000 * dice.roll(600) as i64)),
            _ => {}
        }
        query.extend(question.amounts.map(|(min, max)| format!("min_vnd={min}&max_vnd={max}")));
        question.query = query.join("&");
        question
    }

    fn fits(&self, row: &Value) -> bool {
        let texts = texts(row);
        let said: BTreeSet<String> = words_and_pairs(texts.iter().map(String::as_str)).into_iter().collect();
        self.whole.iter().chain(&self.pairs).all(|word| said.contains(word))
            && self.begins.iter().all(|begin| said.iter().any(|word| word.starts_with(begin)))
            && self.same.iter().all(|(name, value)| row[*name] == *value)
            && self.days.iter().all(|(from, to)| (from.as_str()..=to.as_str()).contains(&row["day"].as_str().unwrap()))
            && self.amounts.iter().all(|(min, max)| (*min..=*max).contains(&row["amount_vnd"].as_i64().unwrap()))
    }
}

/// Asks both servers and a look at every row, page by page.
fn compare(app: &TestApp, sister: &TestApp, dice: &mut Dice, count: usize) {
    let rows = entries(sister, "");
    let mut with_hits = 0;
    for _ in 0..count {
        let question = Question::thrown(app, dice, &rows);
        let expected: Vec<String> = codes(&rows.iter().filter(|row| question.fits(row)).cloned().collect::<Vec<_>>());
        let limit = *dice.one(&[1, 3, 17, 200]);
        let limit = if expected.len() > 40 * limit as usize { 200 } else { limit };
        let path = format!("/api/v1/public/entries?{}", question.query);
        for server in [app, sister] {
            let found = codes(&all(&server.anonymous(), &path, limit));
            assert_eq!(found, expected, "{question:?}, {:?}", server.search.status());
        }
        with_hits += usize::from(!expected.is_empty());
    }
    assert!(with_hits * 4 > count, "{with_hits} of {count} questions had hits");
}

#[test]
fn an_answer_does_not_depend_on_who_gave_it() {
    let app = TestApp::start();
    let sister = app.sister_without_index();
    app.open_appeal("68", "LULUT-2026");
    app.open_appeal("TW", "TET");
    let (liem, thuan) = (app.officer_of("23095"), app.officer_of("23059"));
    let mut dice = Dice(20_261_122);
    for _ in 0..3 {
        book(&liem, &gifts(&app, &mut dice, 90));
        let elsewhere = gifts(&app, &mut dice, 60).into_iter().map(|mut gift| {
            gift["chapter"] = json!("23059");
            gift
        });
        book(&thuan, &elsewhere.collect::<Vec<_>>());
        compare(&app, &sister, &mut dice, 25);
        app.wait_for_index();
        compare(&app, &sister, &mut dice, 25);
    }
    // Newer entries that the index does not get to know, a reversal among them.
    obstruct(&app);
    book(&liem, &gifts(&app, &mut dice, 80));
    let gift =
        app.gift(json!({"amount_vnd": 1_234_000, "giver": {"kind": "PERSON", "name": "Đặng Văn Hoà"}, "display": "FULL_NAME"}));
    liem.post("/api/v1/gifts", gift.clone(), 201);
    reverse(&app, gift["id"].as_str().unwrap(), "nhầm");
    compare(&app, &sister, &mut dice, 60);
    clear_the_way(&app);
    compare(&app, &sister, &mut dice, 60);
    let (with, without) = (app.search.status(), sister.search.status());
    assert!(with.answered > 100 && with.declined == 0, "{with:?}");
    assert_eq!((without.state, without.answered), (State::Off, 0));
}
