//! Phiếu thu: numbers without gap or double whoever writes, the answers that carry them, the sheet as data, page and PDF.

use std::collections::BTreeSet;
use std::thread;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, books, counts, later, refuses};
use crate::guards::all_refused;
use crate::harness::{Caller, TestApp};

fn id_of(gift: &Value) -> String {
    gift["id"].as_str().unwrap().to_owned()
}

fn number_of(answer: &Value) -> i64 {
    let text = answer["cash_receipt"]["number"].as_str().unwrap_or_else(|| panic!("no number: {answer}"));
    assert!(text.len() >= 6, "{text}");
    text.parse().unwrap()
}

fn sheet(gift: &Value, ending: &str) -> String {
    format!("/api/v1/gifts/{}/cash-receipt{ending}", id_of(gift))
}

/// Asks for a reversal and approves it by a second person; returns the code of the reversing entry.
fn reverse(app: &TestApp, officer: &Caller<'_>, gift: &Value) -> String {
    let (ask, accountant) = (Uuid::now_v7(), app.accountant_of("23095"));
    officer.post(&format!("/api/v1/gifts/{}/reversal", id_of(gift)), json!({"id": ask, "reason": "WRONG_AMOUNT"}), 201);
    let approved = accountant.post(&format!("/api/v1/reversals/{ask}/approval"), json!(null), 200);
    approved["code"].as_str().unwrap().to_owned()
}

/// The database as a release without cash receipts left it: gifts, and no numbers.
fn forget_numbers(app: &TestApp) {
    app.database.execute(include_str!("../../migrations/2026-11-23-050000_cash_receipts/down.sql"));
    app.database.execute(include_str!("../../migrations/2026-11-23-050000_cash_receipts/up.sql"));
}

#[test]
fn a_cash_gift_is_numbered_and_every_answer_says_so() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    let booked = books(&app, &officer, &gift);
    let expected = json!({"number": "000001", "series": "PT/23095/2026", "url": sheet(&gift, "")});
    assert_eq!(booked["cash_receipt"], expected);
    assert_eq!(officer.post("/api/v1/gifts", gift.clone(), 200)["cash_receipt"], expected, "said again");
    assert_eq!(officer.get(&format!("/api/v1/gifts/{}", id_of(&gift)), 200)["cash_receipt"], expected, "read");
    assert_eq!(officer.get("/api/v1/gifts?chapter=23095", 200)["items"][0]["cash_receipt"], expected, "listed");
    let batch = officer.post("/api/v1/gifts/batch", json!({"gifts": [gift, app.gift(json!({})), gift]}), 200);
    assert_eq!(batch["items"][0]["gift"]["cash_receipt"], expected, "sent again in a batch");
    assert_eq!(batch["items"][1]["gift"]["cash_receipt"]["number"], "000002");
    assert_eq!(batch["items"][2]["gift"]["cash_receipt"], expected);
    // Each chapter counts for itself.
    let elsewhere = books(&app, &app.officer_of("23059"), &app.gift(json!({"chapter": "23059"})));
    assert_eq!(
        (&elsewhere["cash_receipt"]["number"], &elsewhere["cash_receipt"]["series"]),
        (&json!("000001"), &json!("PT/23059/2026"))
    );
    audit(&app);
}

#[test]
fn what_is_no_cash_or_has_a_slip_has_no_receipt() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let line = json!([{"item": "RICE", "quantity": "10", "unit": "KG", "value_vnd": 150_000, "valuation": "MARKET_PRICE"}]);
    for change in [
        json!({"channel": "BANK_TRANSFER"}),
        json!({"channel": "SMS", "message_count": 3}),
        json!({"channel": "E_WALLET", "message_count": 3}),
        json!({"channel": "IN_KIND", "amount_vnd": null, "lines": line}),
        json!({"paper_book": "A", "paper_no": "1"}),
    ] {
        let gift = app.gift(change.clone());
        assert!(books(&app, &officer, &gift).get("cash_receipt").is_none(), "{change}");
        assert!(officer.get(&format!("/api/v1/gifts/{}", id_of(&gift)), 200).get("cash_receipt").is_none());
        for ending in ["", ".html", ".pdf"] {
            officer.get(&sheet(&gift, ending), 404);
        }
        assert_eq!(officer.post(&sheet(&gift, ""), json!(null), 409)["type"], "/problems/conflict", "{change}");
    }
    assert_eq!(counts(&app).of("numbers taken"), 0);
    audit(&app);
}

#[test]
fn numbers_in_a_batch_follow_its_order_and_a_refused_gift_takes_none() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slip = json!({"paper_book": "A", "paper_no": "1"});
    books(&app, &officer, &app.gift(slip.clone()));
    // Ids that do not grow with the position; mistakes seen before the database, and by it.
    let mut gifts: Vec<Value> = (0..40).map(|_| app.gift(json!({"id": Uuid::new_v4()}))).collect();
    gifts[3] = app.gift(json!({"amount_vnd": 0}));
    gifts[11] = app.gift(slip);
    gifts[12] = app.gift(json!({"channel": "BANK_TRANSFER"}));
    gifts[20] = app.gift(json!({"chapter": "no-such"}));
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": gifts}), 200);
    assert_eq!((&answer["booked"], &answer["refused"]), (&json!(37), &json!(3)));
    let numbers: Vec<i64> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["outcome"] == "BOOKED" && item["index"] != 12)
        .map(|item| number_of(&item["gift"]))
        .collect();
    assert_eq!(numbers, (1..=36).collect::<Vec<i64>>());
    refuses(&app, &officer, app.gift(json!({"paper_book": "A", "paper_no": "1"})), 422, &[("/paper_no", "SLIP_TAKEN")]);
    assert_eq!(number_of(&books(&app, &officer, &app.gift(json!({})))), 37);
    let apart = app
        .database
        .number("SELECT count(*) FROM gift g JOIN cash_receipt r USING (entry_id) WHERE g.xmin::text <> r.xmin::text");
    assert_eq!(apart, 0, "a number is taken in its gift's own transaction");
    audit(&app);
}

/// Single posts, batches with bad gifts in them and reversals from hundreds of clients, over two servers with pools and
/// intake writers of their own, all in one series.
#[test]
fn hundreds_of_writers_on_two_servers_leave_no_gap_and_no_double() {
    let app = TestApp::start();
    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&app.database.url(), None, 4);
    let other = TestApp::start_with(app.database.share(), shared);
    let officer = app.officer_of("23095");
    books(&app, &officer, &app.gift(json!({"paper_book": "A", "paper_no": "1"})));
    let (singles, batches) = (160, 24);
    let numbers: Vec<i64> = thread::scope(|scope| {
        let single = (0..singles).map(|n| {
            let (app, other, officer) = (&app, &other, &officer);
            scope.spawn(move || {
                let caller = if n % 2 == 0 { app.bearer(officer.token()) } else { other.bearer(officer.token()) };
                let gifts = [app.gift(json!({"amount_vnd": 1_000 + n})), app.gift(json!({}))];
                let bad = app.gift(json!({"paper_book": "A", "paper_no": "1"}));
                if n % 5 == 0 {
                    caller.post("/api/v1/gifts", bad, 422);
                }
                gifts.map(|gift| number_of(&caller.post("/api/v1/gifts", gift, 201))).to_vec()
            })
        });
        let batch = (0..batches).map(|n| {
            let (app, other, officer) = (&app, &other, &officer);
            scope.spawn(move || {
                let caller = if n % 2 == 0 { other.bearer(officer.token()) } else { app.bearer(officer.token()) };
                let mut gifts: Vec<Value> = (0..25).map(|_| app.gift(json!({}))).collect();
                gifts[n % 25] = app.gift(json!({"paper_book": "A", "paper_no": "1"}));
                gifts[(n + 7) % 25] = app.gift(json!({"amount_vnd": -1}));
                let answer = caller.post("/api/v1/gifts/batch", json!({"gifts": gifts}), 200);
                assert_eq!(answer["booked"], 23, "{answer}");
                let items = answer["items"].as_array().unwrap();
                let numbers: Vec<i64> = items.iter().filter_map(|item| item.get("gift")).map(number_of).collect();
                assert!(numbers.is_sorted(), "{numbers:?}");
                numbers
            })
        });
        let reversed = (0..6).map(|_| {
            let (app, officer) = (&app, &officer);
            scope.spawn(move || {
                let gift = app.gift(json!({"amount_vnd": 7}));
                let number = number_of(&officer.post("/api/v1/gifts", gift.clone(), 201));
                reverse(app, officer, &gift);
                vec![number]
            })
        });
        let threads: Vec<_> = single.chain(batch).chain(reversed).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    let expected = (2 * singles + 23 * batches as i64) + 6;
    assert_eq!(numbers.len() as i64, expected);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<i64>>(), (1..=expected).collect(), "each number once, none left out");
    audit(&app);
}

#[test]
fn a_new_year_begins_at_one_and_a_full_series_grows_longer() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    for n in 1..=3 {
        assert_eq!(number_of(&books(&app, &officer, &app.gift(json!({})))), n);
    }
    // 23:59:59 on 31 December 2026 in Vietnam, which is five in the afternoon in UTC.
    let to_midnight = "2026-12-31T16:59:59Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now();
    let officer = later(&app, account, to_midnight);
    let last = books(&app, &officer, &app.gift(json!({})));
    assert_eq!(last["cash_receipt"]["series"], "PT/23095/2026");
    app.clock.advance(Duration::seconds(1));
    let of_last_year = app.gift(json!({"received_on": "2026-12-31"}));
    let first = books(&app, &officer, &of_last_year);
    assert_eq!((&first["cash_receipt"]["number"], &first["cash_receipt"]["series"]), (&json!("000001"), &json!("PT/23095/2027")));
    assert_eq!(officer.get(&sheet(&of_last_year, ""), 200)["received_on"], "2026-12-31");
    audit(&app);
    // A million receipts later: switched off are the guards, not the way numbers are taken.
    app.database.execute(
        "ALTER TABLE cash_receipt DISABLE TRIGGER USER; ALTER TABLE number_series DISABLE TRIGGER USER;
         UPDATE cash_receipt SET no = 999998 WHERE year = 2027; UPDATE number_series SET last_no = 999998 WHERE year = 2027;
         ALTER TABLE cash_receipt ENABLE TRIGGER USER; ALTER TABLE number_series ENABLE TRIGGER USER",
    );
    for number in ["999999", "1000000", "1000001"] {
        assert_eq!(books(&app, &officer, &app.gift(json!({})))["cash_receipt"]["number"], number);
    }
}

#[test]
fn a_gift_from_before_there_were_numbers_gets_one_on_demand_and_only_one() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let old = app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê Văn Cũ"}}));
    let reversed = app.gift(json!({}));
    for gift in [&old, &reversed] {
        books(&app, &officer, gift);
    }
    reverse(&app, &officer, &reversed);
    forget_numbers(&app);
    assert!(officer.get(&format!("/api/v1/gifts/{}", id_of(&old)), 200).get("cash_receipt").is_none());
    assert!(officer.post("/api/v1/gifts", old.clone(), 200).get("cash_receipt").is_none(), "sending it again numbers nothing");
    officer.get(&sheet(&old, ""), 404);
    assert_eq!(number_of(&officer.post("/api/v1/gifts", app.gift(json!({})), 201)), 1);
    // Readers may not, strangers find nothing.
    app.staff(Role::Inspector, "68").post(&sheet(&old, ""), json!(null), 403);
    app.officer_of("23059").post(&sheet(&old, ""), json!(null), 404);
    officer.post(&format!("/api/v1/gifts/{}/cash-receipt", Uuid::now_v7()), json!(null), 404);
    officer.post(&sheet(&reversed, ""), json!(null), 409);
    // Next year, eight at once.
    let officer = later(&app, account, Duration::days(60));
    let answers: Vec<(u16, Value)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (officer, path) = (&officer, sheet(&old, ""));
                scope.spawn(move || {
                    let answer = officer.send("POST", &path, Some(b"null".to_vec()));
                    (answer.status, answer.json())
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    for (status, receipt) in &answers {
        assert!([200, 201].contains(status));
        assert_eq!((&receipt["number"], &receipt["series"]), (&json!("000001"), &json!("PT/23095/2027")));
        assert_eq!((&receipt["issued_on"], &receipt["received_on"]), (&json!("2027-01-21"), &json!("2026-11-22")));
        assert_eq!(receipt["payer"], "Lê Văn Cũ");
    }
    let noted = app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CASH_RECEIPT_ISSUED'");
    assert_eq!(noted, 1);
}

#[test]
fn the_sheet_says_what_the_books_say() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({"appeal": "LULUT", "amount_vnd": 1_748_935, "received_on": "2026-11-20",
        "giver": {"kind": "PERSON", "name": "Nguyễn Thị Ánh <b>Tuyết</b>", "phone": "0912345678"}}));
    let booked = books(&app, &officer, &gift);
    // The sheet keeps the title the appeal had when the gift was given.
    app.clock.advance(Duration::minutes(1));
    app.chair_of("68").patch("/api/v1/appeals/LULUT", json!({"title": "Tên mới"}), 200);
    let receipt = officer.get(&sheet(&gift, ""), 200);
    let code = booked["code"].as_str().unwrap();
    let leaf = app.database.text(&format!("SELECT left(encode(leaf_hash, 'hex'), 16) FROM public_entry WHERE code = '{code}'"));
    for (field, value) in [
        ("gift", gift["id"].clone()),
        ("number", json!("000001")),
        ("series", json!("PT/23095/2026")),
        ("issued_on", json!("2026-11-22")),
        ("received_on", json!("2026-11-20")),
        ("payer", json!("Nguyễn Thị Ánh <b>Tuyết</b>")),
        ("content", json!("Ủng hộ đợt “Đợt LULUT” (LULUT)")),
        ("amount_vnd", json!(1_748_935)),
        ("in_figures", json!("1.748.935 đ")),
        ("in_words", json!("Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng")),
        ("code", json!(code)),
        ("public_url", json!(format!("https://so.example.org/g/{code}?h={leaf}"))),
        ("html_url", json!(sheet(&gift, ".html"))),
        ("pdf_url", json!(sheet(&gift, ".pdf"))),
    ] {
        assert_eq!(receipt[field], value, "{field}");
    }
    assert_eq!(receipt["issuer"]["chapter"], "23095");
    assert!(receipt["issuer"]["name"].as_str().unwrap().contains("Hàm Liêm"), "{receipt}");
    assert!(receipt["issuer"]["above"].as_str().unwrap().contains("Lâm Đồng"), "{receipt}");
    assert_eq!(receipt["made_by"], "Người Thử");
    assert!(receipt.get("cancelled").is_none());
    let english = officer.with("accept-language", "en").get(&sheet(&gift, ""), 200);
    assert_eq!(english["content"], "Support for the appeal “Đợt LULUT” (LULUT)");

    // A giver who stays unknown, no appeal, and money that came too late.
    let unknown = app.gift(json!({"amount_vnd": 500_000}));
    books(&app, &officer, &unknown);
    let receipt = officer.get(&sheet(&unknown, ""), 200);
    assert!(receipt.get("payer").is_none());
    assert_eq!(receipt["content"], "Ủng hộ quỹ hoạt động nhân đạo chung của Hội");
    assert_eq!(receipt["in_words"], "Năm trăm nghìn đồng chẵn");
    assert!(officer.get_text(&sheet(&unknown, ".html"), 200).contains("Người nộp ẩn danh"));
    app.chair_of("68").post("/api/v1/appeals/LULUT/closing", json!(null), 200);
    let late = app.gift(json!({"appeal": "LULUT"}));
    assert_eq!(books(&app, &officer, &late)["fund"], "QUARANTINE:LULUT");
    let content = officer.get(&sheet(&late, ""), 200)["content"].as_str().unwrap().to_owned();
    assert!(content.contains("Tên mới") && content.contains("chờ quyết định"), "{content}");
    audit(&app);
}

#[test]
fn a_page_to_print_and_a_pdf_to_file() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty <script>alert(1)</script> Ánh Dương"}}));
    books(&app, &officer, &gift);
    let page = officer.send("GET", &sheet(&gift, ".html"), None);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert_eq!((page.header("content-language"), page.header("cache-control")), (Some("vi"), Some("no-store")));
    assert!(page.text.contains("PHIẾU THU") && page.text.contains("000001") && page.text.contains("Ánh Dương"));
    assert!(!page.text.contains("<script") && !page.text.contains(officer.token()));
    let english = officer.with("accept-language", "en").send("GET", &sheet(&gift, ".html"), None);
    assert!(english.text.contains("CASH RECEIPT") && english.header("content-language") == Some("en"));

    let pdf = officer.send("GET", &sheet(&gift, ".pdf"), None);
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(pdf.header("content-disposition"), Some("inline; filename=\"phieu-thu-23095-2026-000001.pdf\""));
    assert!(pdf.bytes.starts_with(b"%PDF-1.") && pdf.bytes.len() < 100_000, "{} bytes", pdf.bytes.len());
    assert!(pdf.text.contains("/ToUnicode") && pdf.text.contains("pdfaid:part"));
    assert_eq!(officer.send("GET", &sheet(&gift, ".pdf"), None).bytes, pdf.bytes, "printed again, it is the same file");
    // Nobody else, and no other ending.
    for ending in ["", ".html", ".pdf"] {
        app.anonymous().get(&sheet(&gift, ending), 401);
        app.officer_of("23059").get(&sheet(&gift, ending), 404);
    }
    officer.get(&sheet(&gift, ".png"), 404);
    officer.get("/api/v1/gifts/not-a-uuid/cash-receipt.pdf", 404);
}

#[test]
fn a_reversed_gift_keeps_its_number_and_is_printed_cancelled() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    books(&app, &officer, &gift);
    let (ask, accountant) = (Uuid::now_v7(), app.accountant_of("23095"));
    officer.post(&format!("/api/v1/gifts/{}/reversal", id_of(&gift)), json!({"id": ask, "reason": "OTHER"}), 201);
    assert!(officer.get(&sheet(&gift, ""), 200).get("cancelled").is_none(), "asked for is not reversed");
    accountant.post(&format!("/api/v1/reversals/{ask}/refusal"), json!(null), 200);
    assert!(officer.get(&sheet(&gift, ""), 200).get("cancelled").is_none(), "refused is not reversed");
    let by = reverse(&app, &officer, &gift);
    let receipt = officer.get(&sheet(&gift, ""), 200);
    assert_eq!(receipt["number"], "000001");
    assert_eq!(receipt["cancelled"], json!({"on": "2026-11-22", "by": by}));
    assert_eq!(officer.post(&sheet(&gift, ""), json!(null), 200)["number"], "000001", "asking again changes nothing");
    let page = officer.get_text(&sheet(&gift, ".html"), 200);
    assert!(page.contains(">HỦY</p>") && page.contains("22/11/2026") && page.contains("000001"));
    assert!(officer.send("GET", &sheet(&gift, ".pdf"), None).bytes.starts_with(b"%PDF"));
    // The next gift does not get the number again.
    assert_eq!(number_of(&books(&app, &officer, &app.gift(json!({})))), 2);
    audit(&app);
}

#[test]
fn the_database_refuses_gaps_doubles_and_changes() {
    let mut app = TestApp::start();
    let officer = app.officer_of("23095");
    for _ in 0..2 {
        books(&app, &officer, &app.gift(json!({})));
    }
    let slip = app.gift(json!({"paper_book": "A", "paper_no": "1"}));
    books(&app, &officer, &slip);
    let bank = app.gift(json!({"channel": "BANK_TRANSFER"}));
    books(&app, &officer, &bank);
    let reversed = app.gift(json!({}));
    books(&app, &officer, &reversed);
    reverse(&app, &officer, &reversed);
    app.wait_for_log();
    app.stop();
    let entry = |gift: &Value| format!("(SELECT entry_id FROM gift WHERE id = '{}')", id_of(gift));
    let here = "(SELECT id FROM chapter WHERE code = '23095')";
    let at = "'2026-11-22T04:00:00Z'";
    let insert = |chapter: &str, year: i32, no: i64, entry: &str, on: &str, at: &str| {
        format!(
            "INSERT INTO cash_receipt (chapter_id, year, no, entry_id, issued_on, issued_at, issued_by)
             VALUES ({chapter}, {year}, {no}, {entry}, '{on}', {at}, (SELECT id FROM account LIMIT 1));\n"
        )
    };
    let take =
        |by: i32| format!("UPDATE number_series SET last_no = last_no + {by} WHERE chapter_id = {here} AND year = 2026;\n");
    let good = |no: i64, entry: &str| insert(here, 2026, no, entry, "2026-11-22", at);
    let (slip, bank, reversal) = (entry(&slip), entry(&bank), "(SELECT id FROM entry WHERE kind = 'REVERSAL')".to_owned());
    let other = "(SELECT id FROM chapter WHERE code = '23059')";
    let new_series =
        |chapter: &str, last: i64| format!("INSERT INTO number_series VALUES ({chapter}, 'CASH_RECEIPT', 2026, {last});\n");
    let attacks: Vec<(&str, String, &str)> = vec![
        ("a number that was not taken", good(4, &slip), "cash_receipt_follows"),
        ("a number left out", format!("BEGIN; {}{} COMMIT", take(2), good(5, &slip)), "cash_receipt_follows"),
        ("a number before the last", format!("BEGIN; {}{} COMMIT", take(2), good(4, &slip)), "cash_receipt_follows"),
        ("a number twice", good(3, &slip), "cash_receipt_pk"),
        ("number zero", good(0, &slip), "cash_receipt_follows"),
        ("a number taken and not used", format!("BEGIN; {} COMMIT", take(1)), "number_series_used"),
        ("a new series without a receipt", new_series(other, 1), "number_series_used"),
        (
            "a new series that does not begin at one",
            format!("BEGIN; {}{} COMMIT", new_series(other, 5), insert(other, 2026, 5, &slip, "2026-11-22", at)),
            "cash_receipt_follows",
        ),
        ("an unknown kind of document", new_series(other, 1).replace("CASH_RECEIPT", "PHIEU"), "number_series_document_known"),
        ("a series set back", take(-1), "number_series_grows"),
        ("a series moved", "UPDATE number_series SET year = 2025, last_no = last_no + 1".to_owned(), "number_series_grows"),
        ("a series deleted", "DELETE FROM number_series".to_owned(), "number_series_append_only"),
        ("all series deleted", "TRUNCATE number_series".to_owned(), "number_series_append_only"),
        ("a receipt changed", "UPDATE cash_receipt SET no = 9 WHERE no = 3".to_owned(), "cash_receipt_append_only"),
        ("a receipt deleted", "DELETE FROM cash_receipt WHERE no = 3".to_owned(), "cash_receipt_append_only"),
        ("all receipts deleted", "TRUNCATE cash_receipt".to_owned(), "cash_receipt_append_only"),
        (
            "a second receipt of an entry",
            format!("BEGIN; {}{} COMMIT", take(1), good(4, "(SELECT entry_id FROM cash_receipt WHERE no = 1)")),
            "cash_receipt_entry_key",
        ),
        ("a receipt of a transfer", format!("BEGIN; {}{} COMMIT", take(1), good(4, &bank)), "cash_receipt_of_cash_gift"),
        ("a receipt of a reversal", format!("BEGIN; {}{} COMMIT", take(1), good(4, &reversal)), "cash_receipt_of_cash_gift"),
        ("a receipt of no entry", format!("BEGIN; {}{} COMMIT", take(1), good(4, "gen_random_uuid()")), "cash_receipt_entry_fk"),
        (
            "a receipt of another chapter's gift",
            format!("BEGIN; {}{} COMMIT", new_series(other, 1), insert(other, 2026, 1, &slip, "2026-11-22", at)),
            "cash_receipt_of_cash_gift",
        ),
        (
            "a receipt from before its gift",
            format!("BEGIN; {}{} COMMIT", take(1), insert(here, 2026, 4, &slip, "2026-11-21", "'2026-11-21T04:00:00Z'")),
            "cash_receipt_of_cash_gift",
        ),
        (
            "a receipt in the series of another year",
            format!("BEGIN; {}{} COMMIT", take(1), insert(here, 2026, 4, &slip, "2027-01-01", "'2026-12-31T18:00:00Z'")),
            "cash_receipt_year_of_issue",
        ),
        (
            "a day that was not the day",
            format!("BEGIN; {}{} COMMIT", take(1), insert(here, 2026, 4, &slip, "2026-11-22", "'2026-11-22T17:00:00Z'")),
            "cash_receipt_issued_when_recorded",
        ),
    ];
    all_refused(&app.database, &attacks);
    // What these are variations of is accepted.
    app.database.execute(&format!("BEGIN; {}{} COMMIT", take(1), good(4, &slip)));
    assert_eq!(app.database.number("SELECT max(no) FROM cash_receipt"), 4);
}

/// The third of the seven items of a voucher: the name *and address* of who issues it.
#[test]
fn the_issuers_address_stands_on_the_receipt_once_the_chapter_has_told_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let path = format!("/api/v1/gifts/{}/cash-receipt", gift["id"].as_str().unwrap());
    assert_eq!(officer.get(&path, 200)["issuer"].get("address"), None);
    let address = json!({"contact": {"address": "Thôn 2, xã Hàm Liêm, tỉnh Lâm Đồng"}});
    app.chair_of("23095").patch("/api/v1/chapters/23095", address, 200);
    assert_eq!(officer.get(&path, 200)["issuer"]["address"], "Thôn 2, xã Hàm Liêm, tỉnh Lâm Đồng");
    assert!(officer.get_text(&format!("{path}.html"), 200).contains("Thôn 2, xã Hàm Liêm, tỉnh Lâm Đồng"));
}
