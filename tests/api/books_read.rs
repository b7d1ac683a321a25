//! The books to read: balances, account ledger, trial balance, cash book. Figures of a small book by hand, of a random one
//! against the plain sum of the postings.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use sheets::{Limits, Value as Cell};
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::DbError;
use so_nhan_ai::ledger::accounts::Account;
use so_nhan_ai::ledger::folding;
use so_nhan_ai::ledger::kinds::Kind;
use so_nhan_ai::ledger::rebuilding;
use so_nhan_ai::upkeep::audit;

use crate::books::errors;
use crate::books_kit::{Keeper, balances, rows, text};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::kit;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    let at = |path: &str| format!("/api/v1{path}");
    let read = |operation, path: &str| call(operation, at(path), None, 404, 200, 200);
    vec![
        read("GET /api/v1/balances", "/balances?chapter=23095&subtree=true"),
        read("GET /api/v1/balances/file", "/balances/file?chapter=23095&form=CSV"),
        read("GET /api/v1/account-ledger", "/account-ledger?chapter=23095&account=CASH_ON_HAND"),
        read("GET /api/v1/account-ledger/file", "/account-ledger/file?chapter=23095&account=CASH_ON_HAND&form=XLSX"),
        read("GET /api/v1/trial-balance", "/trial-balance?chapter=23095"),
        read("GET /api/v1/trial-balance/file", "/trial-balance/file?chapter=23095&form=PDF"),
        read("GET /api/v1/cash-book", "/cash-book?chapter=23095"),
        read("GET /api/v1/cash-book/file", "/cash-book/file?chapter=23095&form=PDF"),
        read("GET /api/v1/exports/journal", "/exports/journal?chapter=23095"),
    ]
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A few months of Hàm Liêm, small enough to be added up by hand. Returns the code of its only gift.
fn small_book(app: &TestApp) -> String {
    use Account::{Advance, Bank, CashOnHand, FundBalance, InTransit, OperatingExpense};
    app.open_appeal("68", "LULUT");
    let keeper = Keeper::of(app, "23095");
    let opening = [(CashOnHand, 1_000_000), (Bank, 2_000_000), (FundBalance, -3_000_000)];
    keeper.book(Kind::OpeningBalance, day("2026-09-30"), "GENERAL", &opening);
    keeper.book(Kind::Payment, day("2026-11-01"), "GENERAL", &[(OperatingExpense, 200_000), (CashOnHand, -200_000)]);
    keeper.book(Kind::CashDeposit, day("2026-11-05"), "GENERAL", &[(InTransit, 300_000), (CashOnHand, -300_000)]);
    let gift = kit::gift(app).to("LULUT").with("received_on", "2026-11-20").book(&app.officer_of("23095"));
    keeper.book(Kind::Advance, day("2026-11-22"), "GENERAL", &[(Advance, 100_000), (CashOnHand, -100_000)]);
    gift.code
}

#[test]
fn the_figures_of_a_small_book_are_those_of_the_hand() {
    let app = TestApp::start();
    let gift = small_book(&app);
    let chair = app.chair_of("23095");
    let of = |query: &str| -> Vec<String> {
        balances(&chair, &format!("chapter=23095{query}")).into_iter().map(|(a, f, n)| format!("{a} {f} {n}")).collect()
    };
    assert_eq!(of("&day=2026-09-29"), [""; 0]);
    let opened = ["BANK GENERAL 2000000", "CASH_ON_HAND GENERAL 1000000", "FUND_BALANCE GENERAL -3000000"];
    assert_eq!(of("&day=2026-09-30"), opened);
    assert_eq!(of("&day=2026-10-31"), opened);
    let paid = [
        "BANK GENERAL 2000000",
        "CASH_ON_HAND GENERAL 800000",
        "FUND_BALANCE GENERAL -3000000",
        "OPERATING_EXPENSE GENERAL 200000",
    ];
    assert_eq!(of("&day=2026-11-04"), paid);
    let today = [
        "ADVANCE GENERAL 100000",
        "BANK GENERAL 2000000",
        "CASH_ON_HAND APPEAL:LULUT 500000",
        "CASH_ON_HAND GENERAL 400000",
        "DONATION_RESTRICTED APPEAL:LULUT -500000",
        "FUND_BALANCE GENERAL -3000000",
        "IN_TRANSIT GENERAL 300000",
        "OPERATING_EXPENSE GENERAL 200000",
    ];
    assert_eq!(of(""), today);
    assert_eq!(of("&day=2026-11-22"), today);
    assert_eq!(of("&day=2031-01-01"), today, "what comes is not known yet");
    let page = chair.get("/api/v1/balances?chapter=23095&limit=3", 200);
    assert_eq!(
        (&page["items"][1]["number"], &page["items"][0].get("number")),
        (&json!("112"), &None),
        "only what the circular says"
    );

    let book = chair.get("/api/v1/cash-book?chapter=23095&from=2026-11-01&to=2026-11-21", 200);
    assert_eq!(
        (&book["opening_vnd"], &book["in_vnd"], &book["out_vnd"], &book["closing_vnd"]),
        (&json!(1_000_000), &json!(500_000), &json!(500_000), &json!(1_000_000))
    );
    let lines: Vec<(i64, i64, i64)> = book["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["in_vnd"].as_i64().unwrap(), line["out_vnd"].as_i64().unwrap(), line["rest_vnd"].as_i64().unwrap()))
        .collect();
    assert_eq!(lines, [(0, 200_000, 800_000), (0, 300_000, 500_000), (500_000, 0, 1_000_000)]);
    let last = &book["items"][2];
    assert_eq!(
        (&last["code"], &last["voucher"], &last["booked_on"]),
        (&json!(gift), &json!("PT/23095/2026 000001"), &json!("2026-11-22"))
    );

    let ledger = chair.get("/api/v1/account-ledger?chapter=23095&account=CASH_ON_HAND&fund=GENERAL&from=2026-11-02", 200);
    assert_eq!(
        (&ledger["opening_vnd"], &ledger["debit_vnd"], &ledger["credit_vnd"], &ledger["closing_vnd"]),
        (&json!(800_000), &json!(0), &json!(400_000), &json!(400_000))
    );
    let first = &ledger["items"][0];
    assert_eq!(
        (&first["entry_kind"], &first["against"], &first["balance_vnd"]),
        (&json!("CASH_DEPOSIT"), &json!(["IN_TRANSIT"]), &json!(500_000))
    );

    let trial = chair.get("/api/v1/trial-balance?chapter=23095&from=2026-11-01&to=2026-11-05", 200);
    assert_eq!(
        trial["sums"],
        json!({"opening_debit_vnd": 3_000_000, "opening_credit_vnd": 3_000_000, "debit_vnd": 500_000, "credit_vnd": 500_000,
               "closing_debit_vnd": 3_000_000, "closing_credit_vnd": 3_000_000})
    );
    let cash = trial["items"].as_array().unwrap().iter().find(|line| line["account"] == "CASH_ON_HAND").unwrap();
    assert_eq!(
        (
            &cash["figures"]["opening_debit_vnd"],
            &cash["figures"]["credit_vnd"],
            &cash["figures"]["closing_debit_vnd"],
            &cash["number"]
        ),
        (&json!(1_000_000), &json!(500_000), &json!(500_000), &json!("111"))
    );
}

#[test]
fn what_is_reversed_stands_there_twice_and_adds_up_to_nothing() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = kit::gift(&app).with("received_on", "2026-11-01").book(&officer);
    let reversal = gift.reversed(&app);
    let lines = rows(&chair, "/api/v1/account-ledger?chapter=23095&account=CASH_ON_HAND");
    let told: Vec<[Value; 4]> =
        lines.iter().map(|line| ["day", "code", "reverses", "balance_vnd"].map(|name| line[name].clone())).collect();
    assert_eq!(told[0], [json!("2026-11-01"), json!(gift.code), Value::Null, json!(500_000)]);
    assert_eq!(told[1], [json!("2026-11-22"), json!(reversal), json!(gift.code), json!(0)]);
    assert_eq!(balances(&chair, "chapter=23095"), []);
    assert_eq!(balances(&chair, "chapter=23095&day=2026-11-10").len(), 2);
    let trial = chair.get("/api/v1/trial-balance?chapter=23095", 200);
    assert_eq!((&trial["sums"]["debit_vnd"], &trial["sums"]["closing_debit_vnd"]), (&json!(1_000_000), &json!(0)));
}

#[test]
fn an_empty_book_is_a_book() {
    let app = TestApp::start();
    let chair = app.chair_of("23059");
    for path in [
        "/balances?chapter=23059",
        "/account-ledger?chapter=23059&account=BANK",
        "/trial-balance?chapter=23059",
        "/cash-book?chapter=23059",
    ] {
        let page = chair.get(&format!("/api/v1{path}"), 200);
        assert_eq!((&page["items"], page.get("next")), (&json!([]), None), "{path}");
        for form in ["CSV", "XLSX", "PDF"] {
            let path = path.replacen('?', "/file?", 1);
            let answer = chair.send("GET", &format!("/api/v1{path}&form={form}"), None);
            assert_eq!(answer.status, 200, "{path} {form}: {}", answer.text);
            assert!(!answer.bytes.is_empty());
        }
    }
    let journal = chair.get_text("/api/v1/exports/journal?chapter=23059", 200);
    assert!(journal.contains("commodity VND") && !journal.contains("account "), "{journal}");
}

#[test]
fn what_is_asked_wrongly_is_named() {
    let app = TestApp::shared();
    let chair = app.chair_of("23095");
    let wrong = |path: &str, pointer: &str, code: &str| {
        let problem = chair.get(&format!("/api/v1{path}"), 422);
        assert!(errors(&problem).iter().any(|(at, what)| at == pointer && what == code), "{path}: {problem}");
    };
    wrong("/account-ledger?chapter=23095&account=SAVINGS", "account", "NOT_A_CHOICE");
    wrong("/account-ledger?chapter=23095", "account", "REQUIRED");
    wrong("/account-ledger?chapter=23095&account=BANK&fund=APPEAL:NONE", "fund", "NO_SUCH_FUND");
    wrong("/cash-book?chapter=23095&from=2026-02-01&to=2026-01-31", "from", "OUT_OF_RANGE");
    wrong("/trial-balance?chapter=23095&from=0001-01-01", "from", "OUT_OF_RANGE");
    wrong("/balances?chapter=23095&day=2026-13-01", "day", "NOT_A_DATE");
    wrong("/balances?chapter=23095&day=9000-01-01", "day", "OUT_OF_RANGE");
    wrong("/cash-book?chapter=23095&limit=201", "limit", "OUT_OF_RANGE");
    wrong("/cash-book/file?chapter=23095&form=ODS", "form", "NOT_A_CHOICE");
    wrong("/exports/journal?chapter=23095&from=2026-02-01&to=2026-01-31", "from", "OUT_OF_RANGE");
    assert_eq!(chair.send("GET", "/api/v1/balances?chapter=23095&limit=99999999999999999999", None).status, 422);
    for path in ["/balances?chapter=23095&cursor=x", "/cash-book?chapter=23095&cursor=eyJ2IjoxfQ"] {
        assert_eq!(chair.send("GET", &format!("/api/v1{path}"), None).status, 400, "{path}");
    }
}

#[test]
fn books_are_for_those_who_may_read_the_chapter() {
    let app = TestApp::start();
    small_book(&app);
    let paths = [
        "/balances?chapter=",
        "/trial-balance?chapter=",
        "/cash-book?chapter=",
        "/exports/journal?chapter=",
        "/account-ledger/file?account=BANK&form=CSV&chapter=",
    ];
    for path in paths {
        let at = |chapter: &str| format!("/api/v1{path}{chapter}");
        for reader in
            [app.officer_of("23095"), app.staff(Role::Inspector, "68"), app.chair_of("68"), app.staff(Role::Inspector, "TW")]
        {
            assert_eq!(reader.send("GET", &at("23095"), None).status, 200, "{path}");
        }
        for stranger in [app.officer_of("23059"), app.staff(Role::Inspector, "01")] {
            assert_eq!(stranger.send("GET", &at("23095"), None).status, 404, "{path}");
        }
        assert_eq!(app.officer_of("23095").send("GET", &at("68"), None).status, 404, "{path}: upwards");
        assert_eq!(app.chair_of("TW").send("GET", &at("99999"), None).status, 404, "{path}");
        assert_eq!(app.anonymous().send("GET", &at("23095"), None).status, 401, "{path}");
    }
    // What is committed to behind an entry stands in no book.
    let chair = app.chair_of("23095");
    for path in paths {
        let all = chair.send("GET", &format!("/api/v1{path}23095"), None).text;
        assert!(!all.contains("Bí Mật"), "{path}");
    }
}

#[test]
fn files_say_what_the_pages_say() {
    let app = TestApp::start();
    let gift = small_book(&app);
    let chair = app.chair_of("23095");
    let file = |path: &str, form: &str| {
        let answer = chair.send("GET", &format!("/api/v1{path}&form={form}"), None);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    };
    let csv = file("/cash-book/file?chapter=23095&from=2026-11-01", "CSV");
    assert!(csv.header("content-disposition").unwrap().contains("so-quy-23095.csv"), "{:?}", csv.headers);
    let text = csv.text.strip_prefix('\u{feff}').unwrap();
    assert!(text.starts_with("Ngày ghi sổ (booked_on),Ngày chứng từ (day),Số phiếu thu (receipt),"), "{text}");
    let lines: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 6, "opening, four lines, closing: {text}");
    assert_eq!((lines[0][4], lines[0][8], lines[5][4], lines[5][8]), ("Số dư đầu kỳ", "1000000", "Số dư cuối kỳ", "900000"));
    assert_eq!(
        lines[3][..9],
        ["2026-11-22", "2026-11-20", "PT/23095/2026 000001", "", "Ủng hộ tiền mặt", "APPEAL:LULUT", "500000", "", "1000000"]
    );
    assert_eq!(lines[3][9], gift);
    let english = chair.with("accept-language", "en").send("GET", "/api/v1/cash-book/file?chapter=23095&form=CSV", None);
    assert!(english.text.contains("Booked on (booked_on)") && english.text.contains("Gift in cash"), "{}", english.text);

    let sheet = file("/trial-balance/file?chapter=23095&from=2026-11-01&to=2026-11-05", "XLSX");
    assert_eq!(sheet.header("content-length").unwrap(), sheet.bytes.len().to_string());
    let lines = sheets::read(&sheet.bytes, &Limits::LIST).unwrap().lines;
    let sums: Vec<&Cell> = (4..10).map(|column| lines.last().unwrap().value(column)).collect();
    assert_eq!(sums, [3e6, 3e6, 5e5, 5e5, 3e6, 3e6].map(Cell::Number).iter().collect::<Vec<_>>());
    assert!(lines.iter().any(|line| line.value(0) == &Cell::Text("111".to_owned()) && line.value(2) == &Cell::Text("CASH_ON_HAND".to_owned())));
    // A balance is no sum and is not added up.
    let sheet = file("/account-ledger/file?chapter=23095&account=CASH_ON_HAND", "XLSX");
    let lines = sheets::read(&sheet.bytes, &Limits::LIST).unwrap().lines;
    assert_eq!((lines.last().unwrap().value(6), lines.last().unwrap().value(8)), (&Cell::Number(1_500_000.0), &Cell::Empty));
    assert_eq!(lines[lines.len() - 2].value(8), &Cell::Number(900_000.0));

    for path in [
        "/balances/file?chapter=23095&subtree=true",
        "/account-ledger/file?chapter=23095&account=CASH_ON_HAND&fund=GENERAL",
        "/trial-balance/file?chapter=23095",
        "/cash-book/file?chapter=23095",
    ] {
        let paper = file(path, "PDF");
        assert!(paper.bytes.starts_with(b"%PDF-1.7"), "{path}");
        assert_eq!(paper.header("content-type"), Some("application/pdf"));
        assert_eq!(paper.bytes, file(path, "PDF").bytes, "the same book is the same paper");
    }
}

/// (account, fund) → balance, by the plain sum of the postings.
fn naive(app: &TestApp, chapter: &str, subtree: bool, day: NaiveDate) -> BTreeMap<(String, String), i64> {
    let told = app.database.text(&format!(
        "SELECT coalesce(string_agg(concat_ws(' ', account, fund, amount), E'\\n'), '') FROM (
            SELECT p.account, f.code AS fund, sum(p.amount) AS amount FROM posting p JOIN entry e ON e.id = p.entry_id JOIN fund f ON f.id = p.fund_id
            WHERE e.day <= '{day}' AND e.chapter_id IN (SELECT a.chapter_id FROM chapter_ancestor a JOIN chapter c ON c.id = a.ancestor_id
                  WHERE c.code = '{chapter}' AND ({subtree} OR a.depth = 0))
            GROUP BY 1, 2 HAVING sum(p.amount) <> 0) x"
    ));
    let row = |line: &str| {
        let [account, fund, amount] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        ((account.to_owned(), fund.to_owned()), amount.parse().unwrap())
    };
    told.lines().map(row).collect()
}

fn told(app: &TestApp, caller: &Caller<'_>, chapter: &str, subtree: bool, day: NaiveDate) {
    let found: BTreeMap<(String, String), i64> = balances(caller, &format!("chapter={chapter}&subtree={subtree}&day={day}"))
        .into_iter()
        .map(|(account, fund, amount)| ((account, fund), amount))
        .collect();
    assert_eq!(found, naive(app, chapter, subtree, day), "{chapter} {subtree} {day}");
}

/// Whatever is booked, whatever of it is folded already: balances of any day are the sums of the postings, the trial balance
/// has two equal sides, and a ledger ends with the balance.
#[test]
fn books_of_anything_are_the_sums_of_the_postings() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let seed = std::process::id() as u64 * 2_654_435_761 + 17;
    eprintln!("seed {seed}");
    let mut state = seed;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let begin = app.today() - Duration::days(100);
    let keepers = ["23095", "23059", "68"].map(|chapter| Keeper::of(&app, chapter));
    for keeper in &keepers {
        keeper.open(begin, "GENERAL", 50_000);
        keeper.open(begin + Duration::days(40), "APPEAL:LULUT", 9_000);
    }
    let pairs: Vec<(Kind, Account, Account)> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.has_money() && !kind.is_gift() && *kind != Kind::Reversal)
        .flat_map(|kind| kind.row().debits.iter().flat_map(move |d| kind.row().credits.iter().map(move |c| (kind, *d, *c))))
        .filter(|(_, debit, credit)| debit != credit)
        .collect();
    let inspector = app.staff(Role::Inspector, "TW");
    let mut booked = 0;
    for round in 0..6 {
        for _ in 0..25 {
            let (kind, debit, credit) = pairs[random(pairs.len() as u64) as usize];
            let amount = 1 + random(20_000) as i64;
            let fund = ["GENERAL", "APPEAL:LULUT"][random(2) as usize];
            let on = begin + Duration::days(random(101) as i64);
            let moved = [(debit, amount), (credit, -amount)];
            booked += usize::from(keepers[random(3) as usize].try_book(kind, on, fund, &moved, None));
        }
        if round % 2 == 1 {
            app.wait_for_log();
            app.shared.db.tx_blocking(|conn| -> Result<i64, DbError> { folding::fold(conn, 1 + random(30) as i64) }).unwrap();
        }
        for (chapter, subtree) in [("23095", false), ("68", true), ("68", false), ("TW", true)] {
            for _ in 0..3 {
                told(&app, &inspector, chapter, subtree, begin + Duration::days(random(110) as i64 - 5));
            }
        }
    }
    assert!(booked > 60, "{booked}");
    let (from, to) = (begin + Duration::days(35), begin + Duration::days(80));
    for chapter in ["23095", "68"] {
        let trial = inspector.get(&format!("/api/v1/trial-balance?chapter={chapter}&from={from}&to={to}"), 200);
        let sums = &trial["sums"];
        for pair in ["opening_debit_vnd opening_credit_vnd", "debit_vnd credit_vnd", "closing_debit_vnd closing_credit_vnd"] {
            let (debit, credit) = pair.split_once(' ').unwrap();
            assert_eq!(sums[debit], sums[credit], "{sums}");
        }
        let ends = naive(&app, chapter, false, to);
        for account in Account::ALL {
            let path = format!("/api/v1/account-ledger?chapter={chapter}&account={account}&from={from}&to={to}");
            let page = inspector.get(&path, 200);
            let lines = rows(&inspector, &path);
            let mut rest = page["opening_vnd"].as_i64().unwrap();
            for line in &lines {
                rest += line["debit_vnd"].as_i64().unwrap() - line["credit_vnd"].as_i64().unwrap();
                assert_eq!(line["balance_vnd"], rest, "{account}");
            }
            let end: i64 = ends.iter().filter(|((a, _), _)| *a == account.name()).map(|(_, amount)| amount).sum();
            assert_eq!((rest, &page["closing_vnd"]), (end, &json!(end)), "{account} of {chapter}");
        }
    }
    // Folded to the end, it is the same, and the audit finds the sums right.
    app.wait_for_log();
    app.database.wait_until("SELECT (SELECT size FROM account_folded) = (SELECT size FROM log_head)");
    told(&app, &inspector, "TW", true, begin + Duration::days(50));
    told(&app, &inspector, "23095", false, app.today());
    let report = audit::audit(&app.shared.db, None, 20, None).unwrap();
    for check in ["account_by_day", "account_by_month"] {
        assert_eq!(report.checks[check].found, 0, "{}", report.text());
    }
}

/// The page of an account looks at the days on which it moved and at nothing else, and sums that are spoilt are added up again.
#[test]
fn an_account_is_read_on_the_days_it_moved_and_spoilt_sums_are_mended() {
    use Account::{CashOnHand, GoodsInStock, Loss, OperatingExpense};
    let app = TestApp::start();
    let keeper = Keeper::of(&app, "23095");
    let begin = app.today() - Duration::days(60);
    keeper.open(begin, "GENERAL", 1_000_000);
    for n in 1..30 {
        keeper.book(Kind::Payment, begin + Duration::days(n), "GENERAL", &[(OperatingExpense, 1_000), (CashOnHand, -1_000)]);
    }
    let lose = |n: i64| {
        keeper.book(Kind::StockAdjustment, begin + Duration::days(n), "GENERAL", &[(Loss, 500 + n), (GoodsInStock, -500 - n)]);
    };
    let folded = || {
        app.wait_for_log();
        app.database.wait_until("SELECT (SELECT size FROM account_folded) = (SELECT size FROM log_head)");
    };
    [7, 21].into_iter().for_each(lose);
    folded();
    // Not folded yet, and there all the same: on a day of its own and on one that is known.
    [21, 28].into_iter().for_each(lose);
    let chair = app.chair_of("23095");
    let lost = || -> Vec<i64> {
        let lines = crate::look::all(&chair, "/api/v1/account-ledger?chapter=23095&account=LOSS", 1);
        lines.iter().map(|line| line["debit_vnd"].as_i64().unwrap()).collect()
    };
    assert_eq!(lost(), [507, 521, 521, 528]);
    folded();
    assert_eq!(lost(), [507, 521, 521, 528]);

    app.database.execute(&format!(
        "UPDATE account_by_day SET own_debit = 0 WHERE account = 'LOSS' AND day = '{}';
         UPDATE account_by_month SET subtree_debit = subtree_debit + 5 WHERE account = 'LOSS';
         INSERT INTO account_by_day SELECT id, '2020-01-01', 1, 'LOSS', 1, 1, 1, 1 FROM chapter WHERE code = '68';
         UPDATE balance SET amount_vnd = amount_vnd + 9 WHERE account = 'LOSS';
         INSERT INTO balance SELECT id, 1, 'LOSS', 3 FROM chapter WHERE code = '68'",
        begin + Duration::days(28)
    ));
    assert_eq!(lost(), [507, 521, 521], "days on which it did not move are not looked at");
    let wrong = || {
        let report = audit::audit(&app.shared.db, None, 20, None).unwrap();
        ["account_by_day", "account_by_month", "balance"].map(|check| report.checks[check].found > 0)
    };
    assert_eq!(wrong(), [true; 3]);
    let rebuilt = || app.shared.db.tx_blocking(rebuilding::rebuild).unwrap();
    assert!(rebuilt() >= 5);
    assert_eq!((lost(), wrong(), rebuilt()), (vec![507, 521, 521, 528], [false; 3], 0));
}

/// The entries of a day are found by the index of days, and not by a walk through the whole ledger for each day.
#[test]
fn each_day_of_an_account_is_one_look_into_the_index_of_days() {
    let app = TestApp::start();
    let keeper = Keeper::of(&app, "23095");
    let begin = app.today() - Duration::days(60);
    keeper.open(begin, "GENERAL", 1_000_000);
    for n in 1..30 {
        let lines = [(Account::OperatingExpense, 1_000), (Account::CashOnHand, -1_000)];
        keeper.book(Kind::Payment, begin + Duration::days(n), "GENERAL", &lines);
    }
    app.wait_for_log();
    app.database.wait_until("SELECT (SELECT size FROM account_folded) = (SELECT size FROM log_head)");
    let looks = "coalesce((SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'entry_chapter_day_idx'), 0)";
    let before = app.database.number(&format!("SELECT {looks}"));
    let book = app.chair_of("23095").get_text("/api/v1/account-ledger/file?chapter=23095&account=CASH_ON_HAND&form=CSV", 200);
    assert!(book.lines().count() > 30, "{book}");
    app.database.wait_until(&format!("SELECT {looks} >= {before} + 30"));
}

/// Every kind's every pair, in one book: it is listed whole, page by page, each line once.
#[test]
fn every_kind_stands_in_the_books() {
    let app = TestApp::start();
    let keeper = Keeper::of(&app, "23095");
    keeper.open(app.today() - Duration::days(30), "GENERAL", 1_000_000);
    let booked = keeper.book_everything(app.today() - Duration::days(3), "GENERAL");
    let chair = app.chair_of("23095");
    let mut codes = BTreeMap::<String, usize>::new();
    for account in Account::ALL {
        for line in rows(
            &chair,
            &format!("/api/v1/account-ledger?chapter=23095&account={account}&from={}", app.today() - Duration::days(3)),
        ) {
            assert_eq!(line["against"].as_array().unwrap().len(), 1, "{line}");
            *codes.entry(text(&line["code"])).or_default() += 1;
        }
    }
    assert_eq!(codes.len(), booked);
    assert!(codes.values().all(|lines| *lines == 2));
    let kinds = rows(&chair, "/api/v1/cash-book?chapter=23095")
        .iter()
        .map(|line| text(&line["entry_kind"]))
        .collect::<std::collections::BTreeSet<_>>();
    assert!(kinds.contains("PAYMENT") && kinds.contains("CASH_COUNT_DIFFERENCE"), "{kinds:?}");
}
