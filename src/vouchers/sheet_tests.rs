use super::model::{Cancelled, CashReceipt, Document, Issuer, Number};
use super::sheet;
use crate::basics::{PublicCode, Vnd};
use crate::http::{Lang, Say};
use chrono::NaiveDate;

fn receipt() -> CashReceipt {
    CashReceipt {
        number: Number { document: Document::CashReceipt, chapter: "23095".to_owned(), year: 2026, no: 123 },
        issued_on: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        received_on: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        issuer: Issuer {
            above: Some("Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned()),
            name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
            address: None,
        },
        payer: Some("Nguyễn Thị Ánh Tuyết".to_owned()),
        payer_address: Some("Thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng".to_owned()),
        enclosed: Some(2),
        note: Some(Say::new(
            "Cá nhân được trừ khoản đóng góp này khi tính thuế thu nhập của năm đóng góp, kèm bản sao phiếu này (Nghị định 253/2026/NĐ-CP, Điều 49).",
            "A person may deduct this gift from the income of its year, with a copy of this receipt (Decree 253/2026, art. 49).",
        )),
        content: Say::new(
            "Ủng hộ đợt “Chung tay cùng đồng bào vùng lũ” (LULUT-2026)",
            "Support for the appeal “Chung tay cùng đồng bào vùng lũ” (LULUT-2026)",
        ),
        amount: Vnd::parse(1_748_935).unwrap(),
        code: PublicCode::parse("0000000000000000 0").unwrap(),
        public_url: "https://so.redcross.org.vn/g/00000000000000000?h=0123456789abcdef".to_owned(),
        made_by: Some("Trần Thị Hạnh".to_owned()),
        cancelled: None,
    }
}

fn cancelled(mut receipt: CashReceipt) -> CashReceipt {
    let on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    receipt.cancelled = Some(Cancelled { on, by: PublicCode::parse("0000000000000001 1").unwrap() });
    receipt
}

/// Everything as long as it may be.
fn longest(fill: &str) -> CashReceipt {
    let text = |length: usize| fill.chars().cycle().take(length).collect::<String>();
    let mut receipt = cancelled(receipt());
    receipt.number = Number { document: Document::CashReceipt, chapter: text(40), year: 2026, no: 1_000_000 };
    receipt.issuer = Issuer { above: Some(text(200)), name: text(200), address: Some(text(300)) };
    receipt.payer = Some(text(200));
    receipt.payer_address = Some(text(200));
    receipt.enclosed = Some(99);
    let content = format!("Ủng hộ đợt “{}” (LULUT-2026); nhận khi đợt đã kết thúc, chờ quyết định sử dụng", text(200));
    receipt.content = Say::new(content.clone(), content);
    receipt.amount = Vnd::parse(777_777_777_777_777).unwrap();
    receipt.public_url = format!("https://{}.vn/g/00000000000000000?h=0123456789abcdef", "a".repeat(110));
    receipt.made_by = Some(text(200));
    receipt.visible()
}

fn samples() -> Vec<(&'static str, CashReceipt)> {
    let anonymous = CashReceipt {
        payer: None,
        payer_address: None,
        enclosed: None,
        note: None,
        made_by: None,
        amount: Vnd::parse(1_000_000_000_000_000).unwrap(),
        ..receipt()
    };
    vec![
        ("plain", receipt()),
        ("cancelled", cancelled(receipt())),
        ("anonymous", anonymous),
        ("long-words", longest("Ông Nguyễn Hoàng Phương Ngọc Khánh Trường ")),
        ("one-long-word", longest("Ẫ")),
        ("strange", longest("阮\u{202e}<b>&\"🙂 ")),
    ]
}

#[test]
fn every_receipt_becomes_one_small_archival_sheet() {
    for (name, receipt) in samples() {
        for lang in [Lang::Vi, Lang::En] {
            let file = sheet::pdf(&receipt, lang).unwrap_or_else(|error| panic!("{name}: {error}"));
            let has = |sign: &str| file.windows(sign.len()).any(|window| window == sign.as_bytes());
            assert!(file.starts_with(b"%PDF-1."), "{name}");
            assert!(has("/ToUnicode") && has("/FontFile2"), "{name}: text that cannot be copied");
            assert!(has("pdfaid:part"), "{name}: no PDF/A");
            assert!(has("/Count 1"), "{name}: not one page");
            assert!(file.len() < 100_000, "{name}: {} bytes", file.len());
            assert_eq!(file, sheet::pdf(&receipt, lang).unwrap(), "{name}: the same receipt gives the same file");
            let html = sheet::html(&receipt, lang).unwrap().html;
            // To look at them: SAMPLES=<folder> cargo test --lib sheet_tests
            if let Some(dir) = std::env::var_os("SAMPLES") {
                let path = std::path::Path::new(&dir).join(format!("{name}-{}", lang.tag()));
                std::fs::write(path.with_extension("pdf"), &file).unwrap();
                std::fs::write(path.with_extension("html"), &html).unwrap();
            }
        }
    }
}

#[test]
fn the_page_says_the_seven_items_and_fetches_nothing() {
    let html = sheet::html(&receipt(), Lang::Vi).unwrap().html;
    for said in [
        "PHIẾU THU",
        "000123",
        "PT/23095/2026",
        "Ngày 22 tháng 11 năm 2026",
        "Hội Chữ thập đỏ xã Hàm Liêm",
        "Hội Chữ thập đỏ tỉnh Lâm Đồng",
        "Nguyễn Thị Ánh Tuyết",
        "Chung tay cùng đồng bào vùng lũ",
        "1.748.935 đ",
        "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng",
        "21/11/2026",
        "Địa chỉ:</dt> <dd><bdi>Thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng</bdi>",
        "Kèm theo:</dt> <dd>2 chứng từ gốc",
        "Đã nhận đủ số tiền (viết bằng chữ)",
        "Thủ trưởng đơn vị",
        "(Ký, họ tên, đóng dấu)",
        "Nghị định 253/2026/NĐ-CP, Điều 49",
        "Người lập phiếu",
        "Trần Thị Hạnh",
        "Thủ quỹ",
        "Kế toán",
        "Người nộp tiền",
        "0000-0000-0000-0000-0",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"vi\">"));
    for fetched in ["<script", "<img", "<link", "src=", "href=", "@import", "url(", " style="] {
        assert!(!html.contains(fetched), "{fetched}");
    }
    assert!(!html.contains("HỦY"));
    let english = sheet::html(&receipt(), Lang::En).unwrap().html;
    for said in
        ["<html lang=\"en\">", "CASH RECEIPT", "(Phiếu thu)", "22 November 2026", "Received from", "Support for the appeal"]
    {
        assert!(english.contains(said), "{said}");
    }
}

/// What names may hold is what papers can print: the two are held together here.
#[test]
fn the_faces_have_everything_a_name_may_hold() {
    for c in ('\u{20}'..='\u{FFFF}').filter(|c| crate::basics::text::is_printable(*c) && !matches!(c, '?' | '？')) {
        assert!(!print::drawable(&c.to_string()).contains('?'), "U+{:04X} {c}", u32::from(c));
    }
}

#[test]
fn a_reversed_receipt_is_stamped() {
    for lang in [Lang::Vi, Lang::En] {
        let html = sheet::html(&cancelled(receipt()), lang).unwrap().html;
        assert!(html.contains(">HỦY</p>") && html.contains("23/11/2026") && html.contains("0000-0000-0000-0001-1"));
        assert!(html.contains("000123"), "it keeps its number");
    }
}

#[test]
fn names_are_text_and_never_markup() {
    let mut odd = receipt();
    odd.payer = Some("<script>alert(1)</script> & \"O'Neil\"".to_owned());
    let html = sheet::html(&odd, Lang::Vi).unwrap().html;
    assert!(!html.contains("<script") && html.contains("&#38;"), "{html}");
    odd.payer = Some("Lê\u{202e} Văn".to_owned());
    assert!(sheet::html(&odd.clone().visible(), Lang::Vi).unwrap().html.contains("<bdi>Lê Văn</bdi>"));
    odd.payer = None;
    assert!(sheet::html(&odd, Lang::Vi).unwrap().html.contains("Người nộp ẩn danh"));
}
