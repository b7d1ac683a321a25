//! Every kind of entry as the public sees it: one equation on the API, in the file of an appeal and on the pages, each entry with
//! what its kind says, and all of it as the verifier adds it up from the log. Entries are booked by the ledger itself here
//! (`book`), whatever rooms ask for them.

use serde_json::{Value, json};
use so_nhan_ai::authz::{self, Actor, Approve, Ask, Granted, Record, Role};
use so_nhan_ai::basics::PublicCode;
use so_nhan_ai::db::DbError;
use so_nhan_ai::ledger::accounts::Account::{self, *};
use so_nhan_ai::ledger::draft::{Behind, Draft};
use so_nhan_ai::ledger::kinds::{Field, Kind};
use so_nhan_ai::ledger::measures::Measure;
use so_nhan_ai::ledger::model::{Balanced, Posting};
use so_nhan_ai::ledger::reversals::{self, TwoPersons};
use so_nhan_ai::ledger::store::{self, BookedAt, Detail, Goods, NewEntry};
use so_nhan_ai::tree;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::kit::gift;
use crate::look::entries;
use crate::public_audit::{audit, audit_rows};

/// An entry that somebody wants booked.
pub struct Want<'w> {
    pub kind: Kind,
    pub at: &'w str,
    pub fund: &'w str,
    pub lines: &'w [(Account, i64)],
    pub detail: Detail,
    pub goods: Vec<Goods>,
}

pub fn want<'w>(kind: Kind, at: &'w str, lines: &'w [(Account, i64)]) -> Want<'w> {
    Want { kind, at, fund: "APPEAL:LULUT", lines, detail: Detail::default(), goods: Vec::new() }
}

impl Want<'_> {
    pub fn of(mut self, code: &str) -> Self {
        self.detail.of = Some(PublicCode::parse(code).unwrap());
        self
    }

    pub fn to(mut self, chapter: &str) -> Self {
        self.detail.to = Some(chapter.to_owned());
        self
    }

    pub fn for_category(mut self, category: &str) -> Self {
        self.detail.category = Some(category.to_owned());
        self
    }

    pub fn because(mut self, reason: &'static str) -> Self {
        self.detail.reason = Some(reason.into());
        self
    }

    pub fn rice(mut self, quantity: &str, value_vnd: i64) -> Self {
        self.goods = vec![Goods {
            item: "RICE".to_owned(),
            item_name: "Gạo".to_owned(),
            quantity: quantity.to_owned(),
            unit: "KG".to_owned(),
            value_vnd,
            valuation: "INVOICE".into(),
        }];
        self
    }
}

fn granted<R: authz::Right>(app: &TestApp, role: Role, at: &str) -> (Granted<R>, Uuid) {
    let account = app.account(role, at);
    app.log_in(account);
    let mut conn = app.database.connect();
    let session =
        app.database.text(&format!("SELECT id::text FROM session WHERE account_id = '{}'", account.id)).parse().unwrap();
    let actor = Actor { account: account.id, session };
    let chapter = tree::place(&mut conn, at).unwrap().unwrap().id;
    let grant = authz::decide::<R>(&mut conn, app.now(), &[Ask { actor, chapter }]).unwrap().remove(0).unwrap();
    (grant, account.officer)
}

/// Books entries in one moment; returns their codes.
pub fn book(app: &TestApp, wants: Vec<Want<'_>>) -> Vec<String> {
    let grants: Vec<Granted<Record>> = wants.iter().map(|want| granted(app, Role::Officer, want.at).0).collect();
    let now = app.now();
    let booked = app.shared.db.tx_blocking(|conn| -> Result<Vec<String>, DbError> {
        let names: Vec<&str> = wants.iter().map(|want| want.fund).collect();
        let by_code = store::funds_by_code(conn, &names)?;
        let funds = by_code.values().map(|fund| (fund.id, fund.clone())).collect();
        let mut entries: Vec<(&Granted<Record>, NewEntry)> = Vec::new();
        for (want, grant) in wants.into_iter().zip(&grants) {
            let mut draft = Draft::today(conn, &app.shared.vault, now, grant)?;
            draft.document = want.kind.says(Field::Doc).then_some([7; 32]);
            let fund = by_code[want.fund].id;
            let postings = want.lines.iter().map(|(account, amount)| Posting { account: *account, fund, amount: *amount });
            let balanced = Balanced::new(want.kind, postings.collect()).unwrap();
            let entry = draft.entry(balanced, Behind { note: "ghi chú", ..Behind::default() }).unwrap();
            entries.push((grant, entry.with_detail(want.detail).with_goods(want.goods)));
        }
        let codes = entries.iter().map(|(_, entry)| entry.code.as_str().to_owned()).collect();
        store::book(conn, BookedAt::now(now), &funds, entries).unwrap_or_else(|error| panic!("{error}"));
        Ok(codes)
    });
    booked.unwrap()
}

/// Reverses an entry of a chapter; returns the reversal's code.
pub fn take_back(app: &TestApp, at: &str, code: &str, reason: &'static str) -> String {
    let (grant, _) = granted::<Approve>(app, Role::ChapterChair, at);
    let (_, asked) = granted::<Record>(app, Role::Officer, at);
    let id: Uuid = app.database.text(&format!("SELECT id::text FROM entry WHERE code = '{code}'")).parse().unwrap();
    let now = app.now();
    let booked = app.shared.db.tx_blocking(|conn| -> Result<String, DbError> {
        let written = store::written(conn, id)?.unwrap();
        let draft = Draft::today(conn, &app.shared.vault, now, &grant)?;
        let entry = draft.reversal(id, &written, reason).unwrap();
        let by = entry.code.as_str().to_owned();
        let ids: Vec<_> = written.postings.iter().map(|posting| posting.fund).collect();
        let funds = store::funds(conn, &ids)?;
        let persons = TwoPersons { asked, approves: &grant };
        reversals::book(conn, BookedAt::now(now), &funds, &persons, vec![entry]).unwrap_or_else(|error| panic!("{error}"));
        Ok(by)
    });
    booked.unwrap()
}

/// Codes of entries of every kind, by kind and in the order they were booked.
pub struct Everything {
    pub codes: Vec<(Kind, String)>,
    pub reversal: String,
    pub gift: String,
}

impl Everything {
    pub fn of(&self, kind: Kind) -> &str {
        &self.codes.iter().find(|(known, _)| *known == kind).unwrap_or_else(|| panic!("{kind}")).1
    }
}

/// Gifts, and after them one entry of every kind at least; one of them is reversed.
pub fn everything(app: &TestApp) -> Everything {
    app.open_appeal("68", "LULUT");
    app.database.execute("INSERT INTO fund (code, restriction) SELECT 'OPERATING', 'OPERATING' WHERE NOT EXISTS (SELECT FROM fund WHERE code = 'OPERATING')");
    let officer = app.officer_of("23095");
    let given = gift(app).of(10_000_000).to("LULUT").book(&officer);
    gift(app).of(4_000_000).to("LULUT").through("BANK_TRANSFER").book(&officer);
    gift(app).goods([crate::kit::goods("RICE", "100", "KG", 1_500_000)]).to("LULUT").book(&officer);
    let (here, up) = ("23095", "68");
    let mut codes: Vec<(Kind, String)> = Vec::new();
    let mut add = |wants: Vec<Want<'_>>| {
        let kinds: Vec<Kind> = wants.iter().map(|want| want.kind).collect();
        codes.extend(kinds.into_iter().zip(book(app, wants)));
        codes.last().unwrap().1.clone()
    };
    add(vec![want(Kind::OpeningBalance, here, &[(CashOnHand, 900_000), (ReceivableOther, 50_000), (FundBalance, -950_000)])]);
    let out = add(vec![want(Kind::TransferOut, here, &[(Interchapter, 2_000_000), (CashOnHand, -2_000_000)]).to(up)]);
    add(vec![want(Kind::TransferIn, up, &[(CashOnHand, 1_500_000), (Interchapter, -1_500_000)]).of(&out)]);
    add(vec![want(Kind::TransferReturn, here, &[(CashOnHand, 100_000), (Interchapter, -100_000)]).of(&out)]);
    add(vec![
        want(Kind::Purchase, here, &[(GoodsInStock, 300_000), (CashOnHand, -200_000), (Payable, -100_000)]).rice("20", 300_000),
    ]);
    let advance = add(vec![want(Kind::Advance, here, &[(Advance, 500_000), (CashOnHand, -500_000)])]);
    let cleared = &[(AidExpense, 350_000), (CashOnHand, 50_000), (Advance, -400_000)];
    add(vec![want(Kind::AdvanceClearing, here, cleared).of(&advance).for_category("FOOD_WATER_MEDICINE")]);
    add(vec![want(Kind::Payment, here, &[(AidExpense, 700_000), (InTransitOut, -700_000)]).for_category("FOOD_WATER_MEDICINE")]);
    add(vec![want(Kind::DistributionCash, here, &[(AidExpense, 600_000), (CashOnHand, -600_000)])]);
    add(vec![want(Kind::DistributionGoods, here, &[(AidExpense, 450_000), (GoodsInStock, -450_000)]).rice("30", 450_000)]);
    add(vec![want(Kind::StockAdjustment, here, &[(Loss, 15_000), (GoodsInStock, -15_000)]).because("SPOILED").rice("1", 15_000)]);
    let mut operating = want(Kind::FundRelease, here, &[(CashOnHand, 250_000), (Interfund, -250_000)]);
    operating.fund = "OPERATING";
    add(vec![want(Kind::FundRelease, here, &[(Interfund, 250_000), (CashOnHand, -250_000)])]);
    add(vec![operating]);
    add(vec![want(Kind::Refund, here, &[(Refunded, 40_000), (CashOnHand, -40_000)]).of(&given.code)]);
    add(vec![want(Kind::Dues, here, &[(CashOnHand, 30_000), (DuesIncome, -30_000)])]);
    add(vec![want(Kind::Income, here, &[(InTransit, 80_000), (OtherIncome, -80_000)]).for_category("STATE_BUDGET")]);
    add(vec![want(Kind::CashDeposit, here, &[(InTransit, 120_000), (CashOnHand, -120_000)])]);
    add(vec![want(Kind::CashWithdrawal, here, &[(CashOnHand, 60_000), (InTransitOut, -60_000)])]);
    add(vec![want(Kind::BankConfirmation, here, &[(Bank, 4_000_000), (InTransit, -4_000_000)])]);
    add(vec![want(Kind::CashCountDifference, here, &[(Loss, 1_000), (CashOnHand, -1_000)]).because("CASH_SHORTAGE")]);
    add(vec![want(Kind::Interest, here, &[(Bank, 2_500), (OtherIncome, -2_500)])]);
    add(vec![want(Kind::BankFee, here, &[(OperatingExpense, 1_100), (Bank, -1_100)])]);
    let wrong =
        add(vec![want(Kind::Payment, here, &[(AidExpense, 90_000), (CashOnHand, -90_000)]).for_category("FOOD_WATER_MEDICINE")]);
    let reversal = take_back(app, here, &wrong, "WRONG_AMOUNT");
    app.wait_for_checkpoint();
    Everything { codes, reversal, gift: given.code }
}

const TERMS: [(&str, Measure); 10] = [
    ("received_vnd", Measure::Received),
    ("opened_vnd", Measure::Opened),
    ("other_income_vnd", Measure::OtherIncome),
    ("released_vnd", Measure::Released),
    ("taken_over_vnd", Measure::TakenOver),
    ("sent_vnd", Measure::Sent),
    ("handed_out_vnd", Measure::HandedOut),
    ("paid_vnd", Measure::Paid),
    ("refunded_vnd", Measure::Refunded),
    ("lost_vnd", Measure::Lost),
];

pub fn holds(flow: &Value) {
    let left: i64 = TERMS.iter().map(|(name, measure)| measure.side() * flow[name].as_i64().unwrap()).sum();
    assert_eq!(Some(left), flow["left_vnd"].as_i64(), "{flow}");
}

fn sum(left: &Value) -> i64 {
    left.as_object().unwrap().values().map(|vnd| vnd.as_i64().unwrap()).sum()
}

#[test]
fn one_equation_holds_wherever_it_is_shown() {
    let app = TestApp::start();
    everything(&app);
    let public = app.anonymous();
    for scope in ["", "?chapter=68", "?chapter=23095", "?appeal=LULUT", "?chapter=23095&appeal=LULUT", "?chapter=01"] {
        let totals = public.get(&format!("/api/v1/public/totals{scope}"), 200);
        for flow in ["flow", "own_flow", "quarantined_flow"] {
            holds(&totals[flow]);
        }
        totals["flow_by_fund"].as_object().unwrap().values().for_each(holds);
        assert_eq!(totals["flow"]["received_vnd"], totals["received_vnd"], "{scope}");
        assert_eq!(sum(&totals["left"]["all"]), totals["flow"]["left_vnd"].as_i64().unwrap(), "{scope} {totals}");
        assert_eq!(sum(&totals["left"]["own"]), totals["own_flow"]["left_vnd"].as_i64().unwrap(), "{scope} {totals}");
        let paid: i64 = sum(&totals["paid_by_category"]);
        assert_eq!(Some(paid), totals["flow"]["paid_vnd"].as_i64(), "{scope}");
        let days = if scope.is_empty() { "?" } else { "&" };
        let today = public.get(&format!("/api/v1/public/totals{scope}{days}from={0}&to={0}", app.today()), 200);
        assert_eq!((&today["flow"], today["left"].is_null()), (&totals["flow"], true), "{scope}: everything is of today");
    }
    let all = public.get("/api/v1/public/totals", 200);
    let flow = &all["flow"];
    let expected = json!({"received_vnd": 15_500_000, "opened_vnd": 950_000, "other_income_vnd": 112_500, "released_vnd": 0,
        "taken_over_vnd": 1_500_000, "sent_vnd": 1_900_000, "handed_out_vnd": 1_050_000, "paid_vnd": 1_051_100, "refunded_vnd": 40_000,
        "lost_vnd": 16_000, "left_vnd": 14_005_400});
    assert_eq!(*flow, expected);
    assert_eq!(
        (&all["on_the_way_vnd"], &all["paid_by_category"]),
        (&json!(400_000), &json!({"": 1_100, "FOOD_WATER_MEDICINE": 1_050_000}))
    );
    assert_eq!(all["flow_by_fund"]["OPERATING"]["released_vnd"], 250_000);
    assert_eq!(all["left"]["all"]["bank_going_vnd"], -760_000, "{all}");
    assert_eq!(public.get("/api/v1/public/appeals/LULUT", 200)["totals"]["flow"]["released_vnd"], -250_000);
    // What others wrote down years ago still reads what was received.
    let text = public.get_text("/api/v1/public/totals", 200);
    assert!(text.starts_with(r#"{"chapter":"TW","received_vnd":15500000,"#), "{text}");
    let text = public.get_text("/api/v1/public/totals?appeal=LULUT", 200);
    assert!(text.starts_with(r#"{"chapter":"TW","appeal":"LULUT","received_vnd":15500000,"#), "{text}");
    let (last, first) = (text.rfind(r#","received_vnd":"#).unwrap(), text.find(r#","received_vnd":"#).unwrap());
    assert!(last == first, "nothing else stands behind a chapter or an appeal: {text}");
    assert!(text.find(r#""by_fund""#) < text.find(r#""flow""#));
}

#[test]
fn stored_sums_are_those_of_the_postings() {
    let app = TestApp::start();
    everything(&app);
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 50, None).unwrap();
    // No room asked for these entries; all that is stored beside them is what their postings say.
    let of_sums = ["balance", "total_by_day", "total_overall", "left_overall", "entry_detail", "public_entry"];
    assert!(report.findings.iter().all(|finding| !of_sums.contains(&finding.check)), "{}", report.text());
    let own = |account: &str| {
        app.database.number(&format!(
            "SELECT coalesce(sum(amount_vnd), 0) FROM balance b JOIN chapter c ON c.id = b.chapter_id WHERE c.code = '23095' AND account = '{account}'"
        ))
    };
    let left = app.anonymous().get("/api/v1/public/totals?chapter=23095", 200)["left"]["own"].clone();
    for (account, name) in [
        ("CASH_ON_HAND", "cash_vnd"),
        ("BANK", "bank_vnd"),
        ("IN_TRANSIT", "bank_coming_vnd"),
        ("IN_TRANSIT_OUT", "bank_going_vnd"),
        ("GOODS_IN_STOCK", "goods_vnd"),
        ("ADVANCE", "advances_vnd"),
        ("RECEIVABLE_OTHER", "receivable_vnd"),
        ("PAYABLE", "payable_vnd"),
    ] {
        assert_eq!(left[name].as_i64(), Some(own(account)), "{account}");
    }
}

#[test]
fn every_kind_says_what_is_its_own() {
    let app = TestApp::start();
    let all = everything(&app);
    let public = app.anonymous();
    let entry = |code: &str| public.get(&format!("/api/v1/public/entries/{code}"), 200);
    let out = entry(all.of(Kind::TransferOut));
    assert_eq!(
        (&out["amount_vnd"], &out["to"], &out["measures"]),
        (&json!(2_000_000), &json!("68"), &json!({"SENT": 2_000_000}))
    );
    assert_eq!(out["transfer"], json!({"confirmed_vnd": 1_500_000, "returned_vnd": 100_000, "open_vnd": 400_000}));
    let kinds: Vec<&str> = out["linked"].as_array().unwrap().iter().map(|linked| linked["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["TRANSFER_IN", "TRANSFER_RETURN"]);
    assert_eq!(out["postings"][0], json!({"account": "INTERCHAPTER", "fund": "APPEAL:LULUT", "amount_vnd": 2_000_000}));
    let refund = entry(all.of(Kind::Refund));
    assert_eq!((&refund["of"], &refund["measures"]), (&json!(all.gift), &json!({"REFUNDED": 40_000})));
    assert_eq!(entry(&all.gift)["linked"][0]["code"], refund["code"]);
    let adjusted = entry(all.of(Kind::StockAdjustment));
    assert_eq!((&adjusted["reason"], &adjusted["goods"][0]["quantity"]), (&json!("SPOILED"), &json!("1")));
    let paid = entry(all.of(Kind::AdvanceClearing));
    assert_eq!((&paid["category"], &paid["amount_vnd"]), (&json!("FOOD_WATER_MEDICINE"), &json!(400_000)));
    let back = entry(&all.reversal);
    assert_eq!((&back["category"], &back["measures"]), (&json!("FOOD_WATER_MEDICINE"), &json!({"PAID": -90_000})));
    assert_eq!(entry(&all.gift)["measures"], json!({"RECEIVED": 10_000_000}));
    // Lists have all of it but what takes a closer look; measures of a list add up to the totals.
    let listed = entries(&app, "chapter=23095");
    let paid: i64 = listed.iter().filter_map(|row| row["measures"]["PAID"].as_i64()).sum();
    assert_eq!(paid, 1_051_100);
    assert!(listed.iter().all(|row| row["linked"].is_null() && row["postings"].is_null()));
}

#[test]
fn the_file_has_a_column_for_each_term() {
    let app = TestApp::start();
    everything(&app);
    let text = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    let mut lines = text.lines();
    let names: Vec<String> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"').to_owned()).collect();
    let at = |name: &str| names.iter().position(|known| known == name).unwrap();
    assert_eq!(at("carried_vnd"), 16, "new columns come behind all that were there");
    let rows: Vec<Vec<String>> = lines.map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let sum = |name: &str| rows.iter().map(|row| row[at(name)].parse::<i64>().unwrap()).sum::<i64>();
    let flow = &app.anonymous().get("/api/v1/public/totals?appeal=LULUT", 200)["flow"];
    for (name, column) in TERMS.map(|(name, _)| {
        (
            name,
            match name {
                "received_vnd" => "amount_vnd",
                "opened_vnd" => "carried_vnd",
                same => same,
            },
        )
    }) {
        assert_eq!(Some(sum(column)), flow[name].as_i64(), "{name}");
    }
    for row in &rows {
        let is_gift = row[at("kind")].starts_with("GIFT_");
        assert_eq!(row[at("amount_vnd")] != "0", is_gift, "amount_vnd is what was received: {row:?}");
    }
    let paid: i64 = rows
        .iter()
        .filter(|row| row[at("category")] == "FOOD_WATER_MEDICINE")
        .map(|row| row[at("paid_vnd")].parse::<i64>().unwrap())
        .sum();
    assert_eq!(paid, 1_050_000, "a reversal takes back under the same heading");
    let sheet = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv?form=SPREADSHEET", 200);
    assert!(sheet.contains("Lương thực") && sheet.contains("VN-68"), "{sheet}");
}

#[test]
fn the_verifier_finds_nothing_and_adds_up_the_same() {
    let app = TestApp::start();
    everything(&app);
    let report = audit(&app, crate::public_audit::SHORT);
    assert!(report.clean && report.not_understood.is_empty(), "{}", report.text(20));
    assert!(report.text(9).contains("on the way 400000"), "{}", report.text(9));
    app.wait_for_index();
    let report = audit_rows(&app);
    assert!(report.clean, "{}", report.text(20));
    for kind in Kind::ALL.into_iter().filter(|kind| kind.has_money() && *kind != Kind::GiftAggregate) {
        assert!(report.entries.contains_key(kind.name()), "{kind} was not tried");
    }
}

/// Somebody with full rights changes what the database says of money out; the log says otherwise.
#[test]
fn whatever_is_changed_of_money_out_is_found() {
    let app = TestApp::start();
    let all = everything(&app);
    app.wait_for_index();
    let change = |sql: &str| {
        app.database.execute(&format!("SET session_replication_role = replica; {sql}; SET session_replication_role = DEFAULT"))
    };
    for (what, there, back, says) in [
        ("category", "category = 'HOUSING'", "category = 'FOOD_WATER_MEDICINE'", "HOUSING as category"),
        ("measures", "measures = '{\"PAID\": 1}'", "measures = '{\"PAID\": 700000}'", "1 đồng as PAID"),
    ] {
        let code = all.of(Kind::Payment);
        change(&format!("UPDATE entry_detail SET {there} WHERE code = '{code}'"));
        let report = audit_rows(&app);
        let found = report.findings.iter().any(|f| f.subject.contains(code) && f.differs.contains(says));
        assert!(found, "{what}: {}", report.text(20));
        change(&format!("UPDATE entry_detail SET {back} WHERE code = '{code}'"));
    }
    for (sql, says) in [
        (
            "UPDATE total_overall SET subtree_vnd = subtree_vnd + 1 WHERE measure = 'LOST' AND scope_id = (SELECT id FROM chapter WHERE code = 'TW')",
            "lost_vnd",
        ),
        (
            "UPDATE left_overall SET subtree_vnd = subtree_vnd + 1 WHERE account = 'PAYABLE' AND scope_id = (SELECT id FROM chapter WHERE code = 'TW')",
            "left, payable_vnd",
        ),
    ] {
        change(sql);
        let report = audit(&app, crate::public_audit::SHORT);
        assert!(report.findings.iter().any(|f| f.subject.contains(says)), "{}", report.text(20));
        change(&sql.replace("+ 1", "- 1"));
    }
    // Rows were changed behind the program's back: pages of them may be kept for a while.
    let report = audit(&app, crate::public_audit::SHORT);
    assert!(report.clean, "{}", report.text(20));
}

#[test]
fn pages_show_the_equation_and_each_kind() {
    let app = TestApp::start();
    let all = everything(&app);
    let public = app.anonymous();
    for page in ["/", "/keu-goi/LULUT", "/don-vi/23095", "/don-vi/68"] {
        let html = public.get_text(page, 200);
        assert!(html.contains("Tiền và hiện vật đã đi đâu") && html.contains("class=\"equation\""), "{page}");
        assert!(html.contains("Lương thực, nước uống"), "{page}: categories have their names");
    }
    let appeal = public.get_text("/keu-goi/LULUT", 200);
    assert!(appeal.contains("Đang chuyển giữa các đơn vị") && appeal.contains("400.000\u{a0}đ"), "{appeal}");
    assert!(appeal.contains("Chi theo mục") && appeal.contains("Trao và chi theo đơn vị"));
    assert!(public.get_text("/keu-goi/LULUT?lang=en", 200).contains("Where money and goods went"));
    for (kind, code) in &all.codes {
        let html = public.get_text(&format!("/g/{code}"), 200);
        assert!(html.contains("data-posting=\"") && html.contains("Hạch toán"), "{kind}");
    }
    let out = public.get_text(&format!("/g/{}", all.of(Kind::TransferOut)), 200);
    assert!(out.contains("Còn 400.000\u{a0}đ đang trên đường") && out.contains("data-fact=\"to\" data-value=\"68\""), "{out}");
    let given = public.get_text(&format!("/g/{}", all.gift), 200);
    assert!(given.contains("Khoản này đã được hoàn trả 40.000\u{a0}đ"), "{given}");
    let back = public.get_text(&format!("/g/{}", all.reversal), 200);
    assert!(back.contains("data-original=\""), "{back}");
}
