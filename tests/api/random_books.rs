//! Whatever three chapters do with money and goods, in any order: after each step every fund adds up to nothing, nothing guarded is below
//! zero, goods are worth what the books say, and the equation holds wherever it is shown; at the end the audit and the
//! verifier find nothing. What is refused is refused without a trace; nothing ever fails.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::audit;
use crate::harness::{Caller, TestApp};
use crate::kit::Draw;
use crate::public_audit;
use crate::transfers::{equal, paper as transfer_paper};
use crate::{papers, stock};

const PLACES: [&str; 3] = ["68", "23095", "23059"];
const FUNDS: [&str; 3] = ["GENERAL", "APPEAL:LULUT", "OPERATING"];

/// Those who act for a chapter, and its papers.
struct Hands<'a> {
    officer: Caller<'a>,
    chair: Caller<'a>,
    invoice: String,
    receipt: Value,
}

/// What of the past later steps are about.
#[derive(Default)]
struct Known {
    /// Gifts, with the place of their chapter.
    gifts: Vec<(usize, Value)>,
    /// Transfers that were sent: from, to, id, whether goods.
    transfers: Vec<(usize, usize, String, bool)>,
    advances: Vec<(usize, String)>,
    /// Public codes of orders that were carried out.
    entries: Vec<(usize, Value)>,
}

struct Walk<'a> {
    app: &'a TestApp,
    draw: Draw,
    hands: Vec<Hands<'a>>,
    known: Known,
    /// How often what was done, and how often it was refused.
    told: BTreeMap<&'static str, (usize, usize)>,
}

fn hands<'a>(app: &'a TestApp, code: &'static str) -> Hands<'a> {
    let officer = app.officer_of(code);
    let bytes = papers::pdf(300 + code.len());
    papers::upload_at(&officer, code, "MONEY_ORDER", "application/pdf", &bytes);
    stock::record(app, code);
    Hands { chair: app.chair_of(code), invoice: papers::sha256(&bytes), receipt: transfer_paper(app, code), officer }
}

fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

impl<'a> Walk<'a> {
    fn new(app: &'a TestApp, seed: u64) -> Self {
        app.open_appeal("68", "LULUT");
        let hands = PLACES.map(|code| hands(app, code));
        Self { app, draw: Draw(seed), hands: hands.into(), known: Known::default(), told: BTreeMap::new() }
    }

    fn at(&mut self) -> usize {
        self.draw.below(PLACES.len())
    }

    fn vnd(&mut self, most: usize) -> i64 {
        1 + self.draw.below(most) as i64
    }

    fn fund(&mut self) -> &'static str {
        FUNDS[self.draw.below(2)]
    }

    /// Sends it and notes what became of it; nothing may fail.
    fn post(&mut self, what: &'static str, caller: &Caller<'_>, path: &str, body: &Value) -> Option<Value> {
        let bytes = (!body.is_null()).then(|| body.to_string().into_bytes());
        let answer = caller.send("POST", path, bytes);
        assert!([200, 201, 409, 422].contains(&answer.status), "{what}: {path} {body} → {}", answer.text);
        let (done, refused) = self.told.entry(what).or_default();
        let went = answer.status < 300;
        *(if went { done } else { refused }) += 1;
        went.then(|| answer.json())
    }

    /// Asked for by one and decided by another; now and then with a no, or taken back.
    fn two(&mut self, what: &'static str, place: usize, ask_at: &str, decided_at: &str, body: Value) -> Option<Value> {
        let (officer, chair) =
            (self.app.bearer(self.hands[place].officer.token()), self.app.bearer(self.hands[place].chair.token()));
        self.post("asked", &officer, ask_at, &body)?;
        match self.draw.below(12) {
            0 => self.post("refused by the second person", &chair, &format!("{decided_at}/refusal"), &Value::Null).and(None),
            1 => None,
            _ => {
                let done = self.post(what, &chair, &format!("{decided_at}/approval"), &Value::Null);
                if done.is_none() {
                    self.post("refused by the second person", &chair, &format!("{decided_at}/refusal"), &Value::Null);
                }
                let done = done?;
                let code = done.get("code").or_else(|| done.get("order").and_then(|order| order.get("code")));
                self.known.entries.extend(code.map(|code| (place, code.clone())));
                Some(done)
            }
        }
    }

    /// [`two`](Self::two) for what is decided where it was asked for, under its own id.
    fn order(&mut self, what: &'static str, place: usize, kind: &str, body: Value) -> Option<Value> {
        let decided_at = format!("/api/v1/{kind}/{}", id_of(&body));
        self.two(what, place, &format!("/api/v1/{kind}"), &decided_at, body)
    }

    fn gift(&mut self) {
        let (place, amount) = (self.at(), self.vnd(2_000_000));
        let appeal = if self.draw.below(2) == 0 { json!("LULUT") } else { Value::Null };
        let mut change = json!({"chapter": PLACES[place], "amount_vnd": amount, "appeal": appeal});
        match self.draw.below(4) {
            0 => change["channel"] = json!("BANK_TRANSFER"),
            1 => {
                let kilos = self.vnd(200);
                change["channel"] = json!("IN_KIND");
                change["lines"] =
                    json!([{"item": "RICE", "quantity": kilos, "unit": "KG", "value_vnd": amount, "valuation": "INVOICE"}]);
            }
            _ => {}
        }
        let (gift, officer) = (self.app.gift(change), self.app.bearer(self.hands[place].officer.token()));
        if self.post("gift", &officer, "/api/v1/gifts", &gift).is_some() {
            self.known.gifts.push((place, gift));
        }
    }

    fn some_gift(&mut self) -> Option<(usize, String)> {
        let n = self.draw.below(self.known.gifts.len().max(1));
        self.known.gifts.get(n).map(|(place, gift)| (*place, id_of(gift)))
    }

    fn reverse_a_gift(&mut self) {
        let Some((place, gift)) = self.some_gift() else { return };
        let id = Uuid::now_v7();
        let ask = json!({"id": id, "reason": "DUPLICATE"});
        self.two("reversal", place, &format!("/api/v1/gifts/{gift}/reversal"), &format!("/api/v1/reversals/{id}"), ask);
    }

    fn refund(&mut self) {
        let Some((place, gift)) = self.some_gift() else { return };
        let mut ask = json!({"id": Uuid::now_v7(), "gift": gift, "content": "Chuyển nhầm", "from": "CASH", "day": self.app.today(),
            "payee": {"name": "Nguyễn Thị Hoàn", "account": "0123456789"}});
        if self.draw.below(2) == 0 {
            ask["amount_vnd"] = json!(self.vnd(100_000));
        }
        self.order("refund", place, "refunds", ask);
    }

    fn pay(&mut self) {
        let (place, amount) = (self.at(), self.vnd(600_000));
        let (fund, category) = *self.draw.one(&[
            ("GENERAL", "FOOD_WATER_MEDICINE"),
            ("APPEAL:LULUT", "FOOD_WATER_MEDICINE"),
            ("OPERATING", "TRANSPORT"),
        ]);
        let mut ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "fund": fund, "amount_vnd": amount, "day": self.app.today(),
            "from": self.draw.one(&["CASH", "BANK", "PAYABLE"]), "payee": {"name": "Cửa hàng Bảy Lúa"}, "content": "Mua gạo"});
        if self.draw.below(4) == 0 {
            (ask["pays_debt"], ask["from"]) = (json!(true), json!("CASH"));
        } else {
            ask["category"] = json!(category);
        }
        self.order("payment", place, "payments", ask);
    }

    fn income(&mut self) {
        let (place, amount) = (self.at(), self.vnd(3_000_000));
        let ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "amount_vnd": amount, "category": "STATE_BUDGET", "account": "BANK",
            "payer": {"name": "Ủy ban nhân dân xã"}, "day": self.app.today(), "content": "Kinh phí", "document": self.hands[place].invoice});
        self.order("income", place, "incomes", ask);
    }

    fn advance(&mut self) {
        let (place, fund, amount) = (self.at(), self.fund(), self.vnd(900_000));
        let ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "fund": fund, "amount_vnd": amount, "from": "CASH",
            "day": self.app.today(), "person": {"name": "Nguyễn Văn Bình"}, "content": "Tạm ứng"});
        if self.order("advance", place, "advances", ask.clone()).is_some() {
            self.known.advances.push((place, id_of(&ask)));
        }
    }

    fn clear(&mut self) {
        let n = self.draw.below(self.known.advances.len().max(1));
        let Some((place, advance)) = self.known.advances.get(n).cloned() else { return };
        let id = Uuid::now_v7();
        let (spent, back) = (self.vnd(400_000), self.vnd(200_000));
        let ask = json!({"id": id, "day": self.app.today(), "content": "Thanh toán", "returned_vnd": back, "returned_by": "CASH",
            "lines": [{"category": "FOOD_WATER_MEDICINE", "amount_vnd": spent}]});
        self.two(
            "clearing",
            place,
            &format!("/api/v1/advances/{advance}/clearing"),
            &format!("/api/v1/advance-clearings/{id}"),
            ask,
        );
    }

    fn buy(&mut self) {
        let (place, fund, value, kilos) = (self.at(), self.fund(), self.vnd(800_000), self.vnd(300));
        let lines = json!([{"item": "RICE", "quantity": kilos, "unit": "KG", "value_vnd": value, "expires_on": "2027-03-31"}]);
        let invoice = self.hands[place].invoice.clone();
        let from = *self.draw.one(&["CASH", "PAYABLE"]);
        let ask = crate::purchases::at(
            self.app,
            PLACES[place],
            &invoice,
            json!({"fund": fund, "from": from, "lines": lines, "note": null}),
        );
        self.order("purchase", place, "purchases", ask);
    }

    fn adjust(&mut self) {
        let (place, fund) = (self.at(), self.fund());
        let officer = self.app.bearer(self.hands[place].officer.token());
        let mut ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "fund": fund, "reason": "FOUND", "document": stock::RECORD,
            "out": [], "found": []});
        if self.draw.below(3) == 0 {
            ask["found"] = json!([{"item": "BLANKET", "unit": "PIECE", "quantity": self.vnd(20), "value_vnd": self.vnd(300_000),
                "valuation": "MARKET_PRICE"}]);
        } else {
            let lots = officer.get(&format!("/api/v1/stock/lots?chapter={}", PLACES[place]), 200)["items"].clone();
            let lots = lots.as_array().unwrap();
            let Some(lot) = lots.get(self.draw.below(lots.len().max(1))) else { return };
            (ask["reason"], ask["out"]) = (json!("LOST"), json!([{"lot": lot["id"], "quantity": self.vnd(40)}]));
        }
        self.order("adjustment", place, "stock/adjustments", ask);
    }

    fn move_cash(&mut self) {
        let (place, fund, amount) = (self.at(), self.fund(), self.vnd(700_000));
        let how = *self.draw.one(&["DEPOSIT", "WITHDRAWAL", "SHORTAGE", "SURPLUS"]);
        let mut ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "how": how, "fund": fund, "amount_vnd": amount,
            "day": self.app.today(), "content": "Theo sổ quỹ"});
        if ["SHORTAGE", "SURPLUS"].contains(&how) {
            ask["document"] = json!(self.hands[place].invoice);
        }
        self.order("cash move", place, "cash-moves", ask);
    }

    fn release(&mut self) {
        let (place, amount, n) = (self.at(), self.vnd(500_000), self.draw.below(2));
        let ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[place], "from_fund": FUNDS[n], "to_fund": FUNDS[1 - n], "amount_vnd": amount,
            "held": "CASH", "day": self.app.today(), "content": "Theo quyết định", "document": self.hands[place].invoice});
        self.order("release", place, "fund-releases", ask);
    }

    fn send(&mut self) {
        let (from, fund, amount) = (self.at(), self.fund(), self.vnd(1_000_000));
        let to = (from + 1 + self.draw.below(PLACES.len() - 1)) % PLACES.len();
        let mut ask = json!({"id": Uuid::now_v7(), "chapter": PLACES[from], "to": PLACES[to], "fund": fund});
        let is_goods = self.draw.below(3) == 0;
        if is_goods {
            (ask["from"], ask["lines"]) = (json!("GOODS"), json!([{"item": "RICE", "quantity": self.vnd(60), "unit": "KG"}]));
        } else {
            (ask["from"], ask["amount_vnd"]) = (json!(self.draw.one(&["CASH", "BANK"])), json!(amount));
        }
        if self.order("transfer", from, "transfers", ask.clone()).is_some() {
            self.known.transfers.push((from, to, id_of(&ask), is_goods));
        }
    }

    /// Some of what was sent arrives, comes back, or is lost.
    fn settle(&mut self) {
        let n = self.draw.below(self.known.transfers.len().max(1));
        let Some((from, to, id, is_goods)) = self.known.transfers.get(n).cloned() else { return };
        let (amount, kilos) = (self.vnd(600_000), self.vnd(40));
        let path = format!("/api/v1/transfers/{id}");
        let part = |more: Value| {
            let mut body = json!({"id": Uuid::now_v7()});
            if is_goods {
                body["lines"] = json!([{"line": 1, "quantity": kilos}]);
            } else {
                (body["amount_vnd"], body["account"]) = (json!(amount), json!("CASH"));
            }
            more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            body
        };
        match self.draw.below(5) {
            0 => {
                let sender = self.app.bearer(self.hands[from].officer.token());
                self.post("return", &sender, &format!("{path}/return"), &part(json!({"reason": "OTHER"})));
            }
            1 => {
                let mut ask = part(json!({"reason": "STOLEN"}));
                ask.as_object_mut().unwrap().remove("account");
                self.two("loss on the way", from, &format!("{path}/loss"), &format!("{path}/loss"), ask);
            }
            _ => {
                let (receiver, document) = (self.app.bearer(self.hands[to].officer.token()), self.hands[to].receipt.clone());
                self.post("receipt", &receiver, &format!("{path}/receipt"), &part(json!({"document": document})));
            }
        }
    }

    fn correct(&mut self) {
        let n = self.draw.below(self.known.entries.len().max(1));
        let Some((place, code)) = self.known.entries.get(n).cloned() else { return };
        self.order("correction", place, "corrections", json!({"id": Uuid::now_v7(), "entry": code, "reason": "WRONG_AMOUNT"}));
    }

    fn step(&mut self) {
        match self.draw.below(20) {
            0..=3 => self.gift(),
            4 => self.reverse_a_gift(),
            5 => self.refund(),
            6 | 7 => self.pay(),
            8 => self.income(),
            9 => self.advance(),
            10 => self.clear(),
            11 | 12 => self.buy(),
            13 => self.adjust(),
            14 => self.move_cash(),
            15 => self.release(),
            16 => self.send(),
            17 | 18 => self.settle(),
            _ => self.correct(),
        }
    }
}

/// What holds after each step.
fn holds(app: &TestApp, step: usize) {
    let none = |what: &str, sql: &str| assert_eq!(app.database.number(sql), 0, "{what}, after step {step}");
    none("funds that do not add up", "SELECT count(*) FROM (SELECT FROM posting GROUP BY fund_id HAVING sum(amount) <> 0) f");
    none(
        "below zero",
        "SELECT count(*) FROM balance WHERE amount_vnd < 0 AND account IN ('CASH_ON_HAND', 'BANK_GROUP', 'GOODS_IN_STOCK', 'ADVANCE')",
    );
    none(
        "goods that are not worth what the books say",
        "SELECT count(*) FROM (SELECT chapter_id, fund_id, sum(value_vnd) AS vnd FROM stock_lot GROUP BY 1, 2) l
         FULL JOIN (SELECT chapter_id, fund_id, amount_vnd AS vnd FROM balance WHERE account = 'GOODS_IN_STOCK') b USING (chapter_id, fund_id)
         WHERE coalesce(l.vnd, 0) <> coalesce(b.vnd, 0)",
    );
    equal(app);
    for scope in ["", "?chapter=68", "?chapter=23095", "?appeal=LULUT"] {
        let totals = app.anonymous().get(&format!("/api/v1/public/totals{scope}"), 200);
        for flow in ["flow", "own_flow", "quarantined_flow"] {
            crate::public_kinds::holds(&totals[flow]);
        }
        let lies: i64 = totals["left"]["all"].as_object().unwrap().values().map(|vnd| vnd.as_i64().unwrap()).sum();
        assert_eq!(totals["flow"]["left_vnd"], lies, "{scope} after step {step}");
    }
}

#[test]
fn whatever_is_done_in_any_order_the_books_hold() {
    for seed in [20_261_207, 4] {
        let app = TestApp::start();
        let mut walk = Walk::new(&app, seed);
        for step in 0..150 {
            walk.step();
            holds(&app, step);
        }
        audit(&app);
        println!("{seed}: {:?}", walk.told);
        let went = walk.told.values().filter(|(done, _)| *done > 0).count();
        assert!(went >= 15, "a walk that goes nowhere proves little: {:?}", walk.told);
        app.wait_for_checkpoint();
        let report = public_audit::audit(&app, public_audit::SHORT);
        assert!(report.findings.is_empty(), "{:?}", report.findings);
    }
}

/// Every way out of a fund is asked for with all that there is, and all of them are approved at the same moment.
#[test]
fn of_outflows_of_every_kind_at_once_one_goes_through() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let of = hands(&app, "23095");
    for round in 0..3 {
        let all = app.database.number("SELECT coalesce(sum(amount_vnd), 0)::bigint FROM balance b JOIN chapter c ON c.id = b.chapter_id JOIN fund f ON f.id = b.fund_id WHERE c.code = '23095' AND f.code = 'GENERAL' AND account = 'CASH_ON_HAND'");
        let gift = app.gift(json!({"amount_vnd": 900_000 - all}));
        of.officer.post("/api/v1/gifts", gift.clone(), 201);
        let body = |more: Value| {
            let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "amount_vnd": 900_000, "day": app.today(), "content": "Chi hết"});
            more.as_object().unwrap().iter().for_each(|(name, value)| match value {
                Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
                value => body[name] = value.clone(),
            });
            body
        };
        let rice = json!([{"item": "RICE", "quantity": 60, "unit": "KG", "value_vnd": 900_000, "expires_on": "2027-03-31"}]);
        let asks = [
            ("payments", body(json!({"category": "FOOD_WATER_MEDICINE", "from": "CASH", "payee": {"name": "Cửa hàng Bảy Lúa"}}))),
            ("advances", body(json!({"from": "CASH", "person": {"name": "Nguyễn Văn Bình"}}))),
            ("cash-moves", body(json!({"how": "DEPOSIT"}))),
            (
                "fund-releases",
                body(
                    json!({"fund": null, "from_fund": "GENERAL", "to_fund": "APPEAL:LULUT", "held": "CASH", "document": of.invoice}),
                ),
            ),
            ("purchases", crate::purchases::at(&app, "23095", &of.invoice, json!({"lines": rice}))),
            (
                "transfers",
                json!({"id": Uuid::now_v7(), "chapter": "23095", "to": "68", "fund": "GENERAL", "from": "CASH", "amount_vnd": 900_000}),
            ),
        ];
        for (kind, ask) in &asks {
            of.officer.post(&format!("/api/v1/{kind}"), ask.clone(), 201);
        }
        let approvals: Vec<_> =
            asks.iter().map(|(kind, ask)| (&of.chair, format!("/api/v1/{kind}/{}/approval", id_of(ask)), Value::Null)).collect();
        let statuses = crate::transfers::at_once(&app, &approvals);
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409], "round {round}");
        holds(&app, round);
    }
    audit(&app);
}
