//! Phiếu thu, phiếu chi, phiếu nhập and phiếu xuất: numbers without gap or double whoever books, also after a refusal; what the
//! sheet says; HỦY when the entry is reversed.

use std::collections::BTreeSet;
use std::thread;

use serde_json::json;
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Record, Role, Visit};
use so_nhan_ai::basics::Vnd;
use so_nhan_ai::http::Problem;
use so_nhan_ai::ledger::accounts::Account;
use so_nhan_ai::ledger::draft::{Behind, Draft};
use so_nhan_ai::ledger::kinds::Kind;
use so_nhan_ai::ledger::model::Balanced;
use so_nhan_ai::ledger::store::{self as ledger, BookError, BookedAt, Goods};
use so_nhan_ai::tree;
use so_nhan_ai::vouchers::numbers::Document;
use so_nhan_ai::vouchers::store as vouchers;
use uuid::Uuid;

use crate::books::books;
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};

/// Books an entry of the general fund of Hàm Liêm by hand, as a room would: (its id, its numbers), or nothing where there is not
/// enough.
fn book(
    app: &TestApp,
    officer: &Caller<'_>,
    kind: Kind,
    amount: i64,
    from: Account,
    to: Account,
) -> Option<(Uuid, vouchers::Numbers)> {
    let claims = app.shared.tokens.verify(officer.token(), Purpose::Access, app.now()).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    let booked = app.shared.db.tx_blocking(|conn| -> Result<_, Problem> {
        let mut v = Visit::enter(conn, &app.shared.vault, app.now(), actor)?;
        let here = tree::place(v.conn, "23095")?.unwrap().id;
        let grant = v.at::<Record>(here)?;
        let fund = ledger::general_fund(v.conn)?;
        let draft = Draft::today(v.conn, v.vault, v.now, &grant)?;
        let postings = Balanced::moved(kind, fund.id, Vnd::parse(amount).unwrap(), from, to).unwrap();
        let behind = Behind { account: "", name: "Phạm Thị Quỳnh Hương", note: "thuê xe chở hàng" };
        let mut entry = draft.entry(postings, behind).map_err(Problem::internal)?;
        if [from, to].contains(&Account::GoodsInStock) {
            let goods = Goods {
                item: "RICE".to_owned(),
                item_name: "Gạo".to_owned(),
                quantity: "100.5".to_owned(),
                unit: "KG".to_owned(),
                value_vnd: amount,
                valuation: "INVOICE".into(),
            };
            entry = entry.with_goods(vec![goods]);
        }
        let (id, funds) = (entry.id, [(fund.id, fund)].into());
        match vouchers::book(v.conn, BookedAt::now(v.now), &funds, vec![(&grant, entry)]) {
            Ok(numbers) => Ok((id, numbers)),
            Err(BookError::NotCovered) => Err(Problem::not_found()),
            Err(error) => panic!("{error}"),
        }
    });
    booked.ok()
}

fn pay(app: &TestApp, officer: &Caller<'_>, amount: i64) -> Option<(Uuid, i64)> {
    let (id, numbers) = book(app, officer, Kind::Payment, amount, Account::CashOnHand, Account::AidExpense)?;
    assert_eq!(numbers.len(), 1);
    Some((id, numbers[&(id, Document::CashPayment)]))
}

fn gift(app: &TestApp, officer: &Caller<'_>, amount: i64) -> i64 {
    let booked = books(app, officer, &app.gift(json!({"amount_vnd": amount})));
    booked["cash_receipt"]["number"].as_str().unwrap().parse().unwrap()
}

const SERIES: &str = "/api/v1/vouchers?chapter=23095&year=2026&document=";
const ONE: &str = "/api/v1/vouchers/CASH_PAYMENT/23095/2026/1";

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 500_000})), 201);
    let (_, no) = pay(app, &officer, 200_000).unwrap();
    let one = format!("/api/v1/vouchers/CASH_PAYMENT/23095/2026/{no}");
    vec![
        call("GET /api/v1/vouchers", format!("{SERIES}CASH_PAYMENT"), None, 404, 200, 200),
        call("GET /api/v1/vouchers/{document}/{chapter}/{year}/{no}", one.clone(), None, 404, 200, 200),
        call(
            "GET /api/v1/vouchers/{document}/{chapter}/{year}/{no}/sheet.html",
            format!("{one}/sheet.html"),
            None,
            404,
            200,
            200,
        ),
        call("GET /api/v1/vouchers/{document}/{chapter}/{year}/{no}/sheet.pdf", format!("{one}/sheet.pdf"), None, 404, 200, 200),
    ]
}

/// What the audit says of numbers. Entries booked by hand have no record behind them, which it says too.
fn numbers_are_right(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 50, None).unwrap();
    let text = report.text();
    for check in ["receipt_series", "voucher"] {
        let about: Vec<_> = text.lines().filter(|line| line.contains(check) && line.contains("has no ")).collect();
        assert!(about.is_empty(), "{text}");
    }
    let gaps = "SELECT count(*) FROM (SELECT count(DISTINCT no) AS n, max(no) AS last, min(no) AS first FROM
                    (SELECT chapter_id, 'CASH_RECEIPT' AS document, year, no FROM cash_receipt UNION ALL SELECT chapter_id, document, year, no FROM voucher) a
                GROUP BY chapter_id, document, year) s WHERE n <> last OR first <> 1";
    assert_eq!(app.database.number(gaps), 0);
}

#[test]
fn receipts_of_gifts_and_of_other_money_are_one_series() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    assert_eq!(gift(&app, &officer, 100_000), 1);
    let (income, numbers) = book(&app, &officer, Kind::Income, 50_000, Account::OtherIncome, Account::CashOnHand).unwrap();
    assert_eq!(numbers[&(income, Document::CashReceipt)], 2);
    assert_eq!(gift(&app, &officer, 100_000), 3);
    let batch = officer.post("/api/v1/gifts/batch", json!({"gifts": [app.gift(json!({})), app.gift(json!({}))]}), 200);
    assert_eq!(batch["items"][1]["gift"]["cash_receipt"]["number"], "000005");
    let list = officer.get(&format!("{SERIES}CASH_RECEIPT&limit=3"), 200);
    let items = list["items"].as_array().unwrap();
    let numbers: Vec<_> = items.iter().map(|item| item["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["000001", "000002", "000003"]);
    assert_eq!((&items[1]["kind"], &items[1]["amount_vnd"]), (&json!("INCOME"), &json!(50_000)));
    assert_eq!(items[1]["url"], "/api/v1/vouchers/CASH_RECEIPT/23095/2026/2");
    assert!(items[0].get("url").is_none(), "the gift shows its receipt");
    let rest = officer.get(&format!("{SERIES}CASH_RECEIPT&limit=3&cursor={}", list["next"].as_str().unwrap()), 200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    let one = officer.get("/api/v1/vouchers/CASH_RECEIPT/23095/2026/2", 200);
    assert_eq!((&one["series"], &one["reason"]), (&json!("PT/23095/2026"), &json!("Thu khác: thuê xe chở hàng")));
    assert!(one.get("person").is_none(), "income commits to no name");
    officer.get("/api/v1/vouchers/CASH_RECEIPT/23095/2026/1", 404);
    officer.get("/api/v1/vouchers/CASH_RECEIPT/23095/2026/6", 404);
    officer.get("/api/v1/vouchers/SOMETHING/23095/2026/1", 404);
    numbers_are_right(&app);
}

#[test]
fn a_refused_payment_takes_no_number_and_many_at_once_leave_no_gap() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    gift(&app, &officer, 1_000_000);
    assert_eq!(pay(&app, &officer, 400_000).unwrap().1, 1);
    assert_eq!(pay(&app, &officer, 700_000), None, "not covered");
    let numbers: Vec<i64> = thread::scope(|scope| {
        let payers: Vec<_> = (0..16).map(|_| scope.spawn(|| pay(&app, &officer, 50_000).map(|(_, no)| no))).collect();
        let givers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| officer.post("/api/v1/gifts", app.gift(json!({"appeal": null, "channel": "BANK_TRANSFER"})), 201))
            })
            .collect();
        givers.into_iter().for_each(|giver| drop(giver.join().unwrap()));
        payers.into_iter().filter_map(|payer| payer.join().unwrap()).collect()
    });
    assert_eq!(numbers.len(), 12, "600,000 are left for twelve");
    assert_eq!(numbers.into_iter().collect::<BTreeSet<i64>>(), (2..=13).collect());
    assert_eq!(app.database.number("SELECT last_no FROM number_series WHERE document = 'CASH_PAYMENT'"), 13);
    numbers_are_right(&app);
}

#[test]
fn the_sheets_say_what_the_forms_ask_for() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    gift(&app, &officer, 2_000_000);
    pay(&app, &officer, 1_748_935).unwrap();
    let html = officer.get_text(&format!("{ONE}/sheet.html"), 200);
    for said in [
        "PHIẾU CHI",
        "000001",
        "PC/23095/2026",
        "Phạm Thị Quỳnh Hương",
        "Lý do chi:</dt> <dd><bdi>thuê xe chở hàng</bdi>",
        "1.748.935 đ",
        "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng",
        "Nợ:",
        "Chi cứu trợ, nhân đạo 1.748.935 đ",
        "Có:",
        "Tiền mặt tại quỹ 1.748.935 đ",
        "Kèm theo",
        "Đã nhận đủ số tiền (viết bằng chữ)",
        "Thủ trưởng đơn vị",
        "Kế toán trưởng",
        "Người nhận tiền",
    ] {
        assert!(html.contains(said), "{said}\n{html}");
    }
    assert!(!html.contains(">HỦY</p>"));
    let pdf = officer.send("GET", &format!("{ONE}/sheet.pdf"), None);
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    // To look at them: SAMPLES=<folder>.
    let keep = |name: &str, path: &str| {
        if let Some(folder) = std::env::var_os("SAMPLES") {
            for ending in ["pdf", "html"] {
                let answer = officer.send("GET", &format!("{path}/sheet.{ending}"), None);
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}.{ending}")), answer.bytes).unwrap();
            }
        }
    };
    keep("payment", ONE);
    // Goods bought in cash: one entry, two documents.
    let (id, numbers) = book(&app, &officer, Kind::Purchase, 201_000, Account::CashOnHand, Account::GoodsInStock).unwrap();
    assert_eq!((numbers[&(id, Document::CashPayment)], numbers[&(id, Document::StockIn)]), (2, 1));
    let stock = officer.get("/api/v1/vouchers/STOCK_IN/23095/2026/1", 200);
    assert_eq!((&stock["series"], &stock["goods"][0]["name"]), (&json!("PN/23095/2026"), &json!("Gạo")));
    let html = officer.get_text("/api/v1/vouchers/STOCK_IN/23095/2026/1/sheet.html", 200);
    for said in ["PHIẾU NHẬP KHO", "Gạo", "100,5", "2.000", "201.000", "Thủ kho", "Người giao hàng"] {
        assert!(html.contains(said), "{said}\n{html}");
    }
    keep("stock", "/api/v1/vouchers/STOCK_IN/23095/2026/1");
    // Readers of the chapter read it, and it is noted; others do not.
    app.staff(Role::Inspector, "68").get(ONE, 200);
    app.officer_of("23059").get(ONE, 404);
    assert!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'VOUCHER_READ'") >= 4);
    numbers_are_right(&app);
}

#[test]
fn the_database_refuses_numbers_that_do_not_follow_and_documents_of_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    gift(&app, &officer, 2_000_000);
    pay(&app, &officer, 5_000).unwrap();
    let gift_entry = app.database.text("SELECT entry_id FROM cash_receipt LIMIT 1");
    let copy = |entry: &str, document: &str, no: &str| {
        format!(
            "INSERT INTO voucher SELECT chapter_id, '{document}', year, {no}, {entry}, issued_on, issued_at, issued_by FROM voucher LIMIT 1"
        )
    };
    for (sql, refused) in [
        (copy("entry_id", "CASH_PAYMENT", "no + 1"), "voucher_entry_document_key"),
        (copy("entry_id", "STOCK_OUT", "1"), "voucher_follows"),
        (
            format!(
                "UPDATE number_series SET last_no = last_no + 1 WHERE document = 'CASH_PAYMENT'; {}",
                copy(&format!("'{gift_entry}'"), "CASH_PAYMENT", "no + 1")
            ),
            "voucher_of_its_entry",
        ),
        ("UPDATE voucher SET no = 2".to_owned(), "append"),
        ("DELETE FROM voucher".to_owned(), "append"),
        ("UPDATE number_series SET last_no = last_no + 1 WHERE document = 'CASH_PAYMENT'".to_owned(), "number_series_used"),
    ] {
        let error = app.database.refuses(&sql);
        assert!(refused == "append" || error.contains(refused), "{sql}: {error}");
    }
}
