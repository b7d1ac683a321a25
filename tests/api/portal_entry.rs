//! The page of an entry, where QR codes lead: what it says, that it says at once when something changes, and what the
//! browser's check needs.

use diesel::connection::{Connection, SimpleConnection};
use serde_json::{Value, json};

use crate::harness::{TestApp, eventually};
use crate::kit::{gift, person};
use crate::look::reverse;
use crate::personal::{ask, gift_path, party_of, path, personal};
use crate::portal::{browser, page};

fn public(app: &TestApp, code: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200)
}

#[test]
fn a_gift_is_told_in_plain_words_with_what_a_check_needs() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let code = gift(&app).to("LULUT").of(1_748_935).book(&app.officer_of("23095")).code;
    app.wait_for_checkpoint();
    let entry = public(&app, &code);
    let hash = entry["leaf_hash"].as_str().unwrap();
    let vkey = app.anonymous().get("/api/v1/public/log", 200)["keys"][0].as_str().unwrap().to_owned();
    let text = page(&app, &format!("/g/{code}"));
    for part in [
        "1.748.935\u{a0}đ",
        "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng",
        "Ủng hộ tiền mặt",
        "Ẩn danh",
        "<a href=\"/keu-goi/LULUT\">Đợt LULUT</a>",
        "<a href=\"/don-vi/23095\">",
        "22/11/2026",
        "Khoản này đang có hiệu lực",
        "thứ 1 trong 1 bút toán",
        &format!(
            "<section id=\"verify\" aria-live=\"polite\" data-code=\"{code}\" data-vkey=\"{vkey}\" data-leaf-hash=\"{hash}\" data-index=\"0\" data-reversed-by=\"\">"
        ),
        &format!("/api/v1/public/entries/{code}/receipt"),
        "data-fact=\"amount\" data-value=\"1748935\"",
        "data-fact=\"day\" data-value=\"2026-11-22\"",
        "data-fact=\"appeal\" data-value=\"LULUT\"",
        "<noscript>",
        "/entry.js\"></script>",
        &format!("https://so.example.org/g/{code}"),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("ĐÃ HỦY"));
    let english = browser(&app, "en").send("GET", &format!("/g/{code}"), None).text;
    assert!(english.contains("1,748,935\u{a0}đ") && english.contains("22 Nov 2026") && !english.contains("Một triệu"));
    for (h, fits, differs) in
        [(&hash[..8], true, false), (hash, true, false), ("00000000", false, true), ("zz", false, false), ("", false, false)]
    {
        let text = page(&app, &format!("/g/{code}?h={}", h.to_uppercase()));
        assert_eq!(text.contains("Mã băm trong địa chỉ khớp"), fits, "{h}");
        assert_eq!(text.contains("KHÔNG khớp"), differs, "{h}");
        assert_eq!(
            text.contains("đang có hiệu lực") && text.contains("notice good"),
            !differs,
            "{h}: no green for a forged paper"
        );
        assert_eq!(text.contains("phiếu của bạn không khớp") && text.contains(" data-paper-differs>"), differs, "{h}");
        assert!(!differs || text.find("notice bad") < text.find("\"notice\""), "{h}: the red comes first");
    }
    let path = "<li><a href=\"/\">Trang chủ</a></li><li><a href=\"/tim\">Tra cứu</a></li><li aria-current=\"page\">";
    assert!(text.contains(path), "{text}");
}

/// The newest head was signed before a fresh entry had its place: it does not seal it.
#[test]
fn an_entry_without_a_place_is_not_said_to_be_sealed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_checkpoint();
    let mut sequencer = app.database.connect();
    sequencer.begin_test_transaction().unwrap();
    sequencer.batch_execute("SELECT size FROM log_head FOR UPDATE").unwrap();
    let code = gift(&app).book(&officer).code;
    let text = page(&app, &format!("/g/{code}"));
    assert!(text.contains("đang chờ vị trí trong sổ") && !text.contains("niêm phong lúc"), "{text}");
    drop(sequencer);
    app.wait_for_checkpoint();
    eventually("its page says when it was sealed", || page(&app, &format!("/g/{code}")).contains("niêm phong lúc"));
}

#[test]
fn an_entry_has_one_address_however_its_code_is_written() {
    let app = TestApp::start();
    let code = gift(&app).book(&app.officer_of("23095")).code;
    let spoken = format!("{}-{}", &code[..8], &code[8..]).to_lowercase();
    let mut stream = crate::look::raw(&app, &format!("GET /g/{spoken}?h=12345678 HTTP/1.1"), "Accept: text/html\r\n", b"");
    assert!(stream.status == 303 && stream.head.contains(&format!("location: /g/{code}?h=12345678")), "{}", stream.head);
    stream = crate::look::raw(&app, &format!("GET /tim?q={spoken} HTTP/1.1"), "Accept: text/html\r\n", b"");
    assert!(stream.status == 303 && stream.head.contains(&format!("location: /g/{code}")), "{}", stream.head);
    stream = crate::look::raw(&app, &format!("HEAD /g/{code} HTTP/1.1"), "", b"");
    assert_eq!((stream.status, stream.body.as_str()), (200, ""));
}

#[test]
fn a_reversed_entry_says_so_at_once_with_day_reason_and_entry() {
    let app = TestApp::start();
    app.chair_of("68");
    let gift = gift(&app).book(&app.officer_of("23095"));
    let code = &gift.code;
    app.wait_for_log();
    assert!(page(&app, &format!("/g/{code}")).contains("đang có hiệu lực"));
    let by = reverse(&app, &gift.id, "ghi chú kín");
    let text = page(&app, &format!("/g/{code}"));
    for part in [
        "ĐÃ HỦY",
        "đã bị hủy ngày 22/11/2026. Lý do: ghi trùng.",
        &format!("href=\"/g/{by}\""),
        &format!("data-reversed-by=\"{by}\""),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("đang có hiệu lực") && !text.contains("ghi chú"));
    let reversal = page(&app, &format!("/g/{by}"));
    assert!(reversal.contains("Đây là bút toán hủy") && reversal.contains(&format!("href=\"/g/{code}\"")), "{reversal}");
    assert!(reversal.contains("\u{2212}500.000\u{a0}đ") && !reversal.contains("Người ủng hộ</dt>"));
}

#[test]
fn an_erased_name_is_gone_from_every_page_at_once() {
    let app = TestApp::start();
    let (officer, approver) = (app.officer_of("23095"), app.accountant_of("23095"));
    let gift = personal(&app, "Tạ Thị Xqzerased", Some("0977 123 456"), "FULL_NAME", json!({}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    app.wait_for_index();
    let pages = ["/".to_owned(), format!("/g/{code}"), "/don-vi/23095".to_owned(), "/tim?q=xqzerased".to_owned()];
    for path in &pages {
        assert!(page(&app, path).contains("Xqzerased"), "{path}");
    }
    let request = ask(&app, "ERASE", json!({"party": party_of(&officer, &gift)}));
    officer.post("/api/v1/personal-data-requests", request.clone(), 201);
    approver.post(&path(&request, "/approval"), Value::Null, 200);
    app.wait_for_log();
    for path in &pages[..3] {
        assert!(!page(&app, path).contains("Xqzerased"), "{path}");
    }
    let text = page(&app, &format!("/g/{code}"));
    assert!(text.contains("đã được xóa theo yêu cầu") && text.contains("Ẩn danh"), "{text}");
    assert!(!page(&app, "/tim?q=xqzerased").contains(&code));
    assert_eq!(officer.get(&gift_path(&gift), 200)["code"], json!(code));
}

/// What is printed on a receipt names the very leaf: a scan says at once whether the entry is still the printed one, also
/// when it was reversed or its giver corrected, which have leaves of their own.
#[test]
fn the_qr_code_of_a_cash_receipt_compares_what_was_printed_with_the_ledger() {
    let app = TestApp::start();
    let (officer, approver) = (app.officer_of("23095"), app.accountant_of("23095"));
    let booked = gift(&app).by(person("Lê Thị In")).book(&officer);
    let code = booked.code.clone();
    // Printed at once, before the log gave the leaf its place.
    let sheet = format!("{}/cash-receipt", booked.path());
    let url = officer.get(&sheet, 200)["public_url"].as_str().unwrap().to_owned();
    let leaf = public(&app, &code)["leaf_hash"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("https://so.example.org/g/{code}?h={}", &leaf[..16]));
    let printed = officer.get_text(&format!("{sheet}.html"), 200);
    let qr = print::Qr::of(&url).unwrap();
    assert!(printed.contains(&qr.svg_path()), "the code on the sheet says something else than {url}");
    let scanned = url.strip_prefix("https://so.example.org").unwrap();
    let says = |path: &str, part: &str| page(&app, path).contains(part);
    assert!(says(scanned, "Mã băm trong địa chỉ khớp") && says(scanned, "đang có hiệu lực"));
    for at in [0, 15] {
        let digit = if &leaf[at..=at] == "0" { "1" } else { "0" };
        let forged = format!("/g/{code}?h={}{digit}{}", &leaf[..at], &leaf[at + 1..16]);
        assert!(says(&forged, "KHÔNG khớp"), "{forged}");
    }
    let other = gift(&app).book(&officer).code;
    assert!(says(&scanned.replace(&code, &other), "KHÔNG khớp"), "the paper of one gift with the code of another");

    let request = ask(&app, "CORRECT", json!({"gift": booked.id, "changes": {"name": "Lê Thị Inh"}}));
    officer.post("/api/v1/personal-data-requests", request.clone(), 201);
    approver.post(&path(&request, "/approval"), Value::Null, 200);
    app.wait_for_log();
    assert!(says(scanned, "Mã băm trong địa chỉ khớp"));
    booked.reversed(&app);
    app.wait_for_log();
    assert!(says(scanned, "Mã băm trong địa chỉ khớp") && says(scanned, "ĐÃ HỦY"));
    assert_eq!(officer.get(&sheet, 200)["public_url"], url, "printed again, it says the same");
}
