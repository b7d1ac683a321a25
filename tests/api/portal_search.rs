//! Finding entries on the pages, and telling what is found for what it is: on the page of an appeal as everywhere, with mistakes
//! beside their fields, and with what is kept apart marked as such.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::kit::{Booked, Gift, gift, goods};
use crate::look::{book, raw};
use crate::portal::{browser, page};

/// Books a gift by an officer of its chapter.
fn given(app: &TestApp, chapter: &str, gift: Gift) -> Booked {
    gift.at(chapter).book(&app.officer_of(chapter))
}

/// The amount of each line of the table of places.
fn places(text: &str) -> Vec<i64> {
    let table = text.split("<table class=\"plain bars\"").nth(1).unwrap().split("</table>").next().unwrap();
    let amounts = table.split("<td class=\"amount\">").skip(1).map(|cell| cell.split('\u{a0}').next().unwrap().replace('.', ""));
    amounts.map(|digits| digits.parse().unwrap()).collect()
}

#[test]
fn the_places_of_an_appeal_add_up_to_what_it_received() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    given(&app, "23095", gift(&app).to("LULUT").of(1_000));
    given(&app, "23059", gift(&app).to("LULUT").of(20_000));
    let text = page(&app, "/keu-goi/LULUT");
    assert_eq!(places(&text), [20_000, 1_000]);
    assert!(!text.contains("riêng đơn vị này") && !text.contains("Các đơn vị khác"));
    given(&app, "68", gift(&app).to("LULUT").of(300_000));
    let text = page(&app, "/keu-goi/LULUT?x=1");
    assert_eq!(places(&text), [20_000, 1_000, 300_000]);
    assert!(text.contains("321.000\u{a0}đ") && text.contains("<span class=\"sub\">riêng đơn vị này</span>"), "{text}");
    let own = app.anonymous().get("/api/v1/public/totals?chapter=68&appeal=LULUT", 200);
    assert_eq!((&own["own"]["received_vnd"], &own["received_vnd"]), (&json!(300_000), &json!(321_000)));
    // Shared with chapters that are not below its own.
    app.open_appeal("01", "HANOI");
    app.database
        .execute("INSERT INTO appeal_share SELECT a.id, c.id FROM appeal a, chapter c WHERE a.code = 'HANOI' AND c.code = '68'");
    given(&app, "23095", gift(&app).to("HANOI").of(4_000));
    let text = page(&app, "/keu-goi/HANOI");
    assert_eq!(places(&text), [4_000]);
    assert!(text.contains("Các đơn vị khác cùng tiếp nhận") && !text.contains("href=\"/don-vi/\""), "{text}");
}

#[test]
fn the_ledger_of_an_appeal_finds_codes_and_bare_amounts() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT-2026");
    let one = given(&app, "23095", gift(&app).to("LULUT-2026").of(500_000)).code;
    let other = given(&app, "23095", gift(&app).to("LULUT-2026").of(500_001)).code;
    app.wait_for_index();
    for q in ["500000", "500.000+%C4%91"] {
        let text = page(&app, &format!("/keu-goi/LULUT-2026?q={q}"));
        assert!(text.contains(&one) && !text.contains(&other), "{q}: {text}");
    }
    for (path, there) in [
        (format!("/keu-goi/LULUT-2026?q={}", one.to_lowercase()), format!("/g/{one}")),
        ("/keu-goi/lulut-2026?q=x&lang=en".to_owned(), "/keu-goi/LULUT-2026?q=x&lang=en".to_owned()),
    ] {
        let answer = raw(&app, &format!("GET {path} HTTP/1.1"), "Accept: text/html\r\n", b"");
        assert!(answer.status == 303 && answer.head.contains(&format!("location: {there}\r\n")), "{path}: {}", answer.head);
    }
    assert_eq!(browser(&app, "vi").send("GET", "/keu-goi/lulut%0d%0a", None).status, 404);
}

#[test]
fn what_came_after_an_appeal_is_marked_and_said_to_be_in_no_total() {
    let app = TestApp::start();
    app.open_appeal("68", "DONG");
    let counted = given(&app, "23095", gift(&app).to("DONG").of(1_000)).code;
    assert!(!page(&app, "/").contains("giữ riêng"));
    app.chair_of("68").post("/api/v1/appeals/DONG/closing", Value::Null, 200);
    let late = given(&app, "23095", gift(&app).to("DONG").of(7_777));
    assert_eq!(late.fund, "QUARANTINE:DONG");
    app.wait_for_index();
    let home = page(&app, "/?x=1");
    assert!(home.contains("chưa tính 7.777\u{a0}đ trong 1 khoản đến sau khi đợt vận động hết hạn"), "{home}");
    for text in [&home, &page(&app, "/tim"), &page(&app, "/keu-goi/DONG")] {
        assert_eq!(text.matches("<span class=\"tag late\">giữ riêng</span>").count(), 1, "{text}");
    }
    let text = page(&app, &format!("/g/{}", late.code));
    assert!(text.contains("Khoản này được giữ riêng, chưa tính vào tổng nào") && !text.contains("đang có hiệu lực"), "{text}");
    assert!(page(&app, &format!("/g/{counted}")).contains("đang có hiệu lực"));
    late.reversed(&app);
    let text = page(&app, &format!("/g/{}?x=1", late.code));
    assert!(text.contains("ĐÃ HỦY") && !text.contains("được giữ riêng"), "{text}");
}

#[test]
fn nonsense_is_told_beside_its_field() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    for (query, field, words) in [
        ("appeal=NOPE", "appeal", "Không có đợt vận động mang mã này."),
        ("appeal=a%00", "appeal", "Không có đợt vận động mang mã này."),
        ("chapter=NOPE", "chapter", "Không có đơn vị mang mã này."),
        ("chapter=%00", "chapter", "Không có đơn vị mang mã này."),
        ("min=5.000&max=1.000", "max", "Nhỏ hơn số tiền"),
        ("from=2026-11-22&to=2026-11-21", "to", "Trước ngày"),
        ("q=a%00b", "q", "Tối đa 200 ký tự"),
    ] {
        let text = page(&app, &format!("/tim?{query}"));
        assert!(text.contains(&format!("id=\"{field}-wrong\">{words}")), "{query}: {text}");
        assert!(text.contains("Chưa tìm") && !text.contains("Hãy thử ít từ hơn") && !text.contains('\0'), "{query}: {text}");
    }
    let inside = page(&app, "/keu-goi/LULUT?chapter=NOPE&appeal=%00");
    assert!(inside.contains("id=\"chapter-wrong\"") && !inside.contains("id=\"appeal\""), "{inside}");
    assert!(page(&app, "/tim?appeal=lulut&min=1&max=1").contains("Không có khoản nào phù hợp."));
    let old = browser(&app, "vi").send("GET", "/tim?cursor=abc", None).text;
    assert!(!old.contains("Con trỏ") && old.contains("xem lại từ đầu danh sách"), "{old}");
}

#[test]
fn a_later_page_leads_back_to_the_first_of_the_same_search_and_paper_says_which_it_was() {
    let app = TestApp::start();
    book(&app.officer_of("23095"), &(0..26).map(|n| app.gift(json!({"amount_vnd": 10_000 + n}))).collect::<Vec<_>>());
    app.wait_for_index();
    let first = page(&app, "/tim?q=ham+liem&min=100");
    assert!(first.contains("<strong>Điều kiện tìm:</strong> Từ cần tìm: ham liem; Từ (đ): 100</p>"), "{first}");
    assert!(first.contains("https://so.example.org/tim?q=ham+liem&#38;min=100") && first.contains("class=\"qr\""));
    assert!(first.contains("25 khoản mới vào sổ nhất") && first.contains("Mới vào sổ trước"));
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let second = page(&app, &next);
    assert!(second.contains("<a href=\"/tim?q=ham+liem&#38;min=100\">Về đầu danh sách</a>"), "{second}");
    assert!(!second.contains("25 khoản mới vào sổ nhất"));
    let long = page(&app, &format!("/tim?q={}", "a".repeat(190)));
    assert!(long.contains("class=\"qr\""));
    let longer = page(&app, &format!("/tim?q={}&x={}", "a".repeat(190), "b".repeat(190)));
    assert!(!longer.contains("class=\"qr\"") && !longer.contains("Quét để mở"), "no code that nobody can scan");
}

#[test]
fn a_sum_of_small_gifts_has_many_givers_and_a_reversal_was_not_received() {
    let app = TestApp::start();
    let many = given(&app, "23095", gift(&app).through("SMS").of(39_000).with("message_count", 3)).code;
    given(&app, "23095", gift(&app).goods([goods("RICE", "200", "KG", 90_000)]));
    app.wait_for_index();
    assert!(page(&app, &format!("/g/{many}")).contains("<bdi>Nhiều người ủng hộ</bdi>"));
    assert!(page(&app, "/tim?channel=SMS").contains("<bdi>Nhiều người ủng hộ</bdi>"));
    assert!(browser(&app, "en").send("GET", "/tim", None).text.contains("200 kg of rice"));
    app.accountant_of("23095");
    let single = given(&app, "23095", gift(&app));
    assert!(page(&app, &format!("/g/{}", single.code)).contains("<dt>Ngày nhận</dt>"));
    let by = single.reversed(&app);
    let text = page(&app, &format!("/g/{by}"));
    assert!(text.contains("<dt>Ngày hủy</dt>") && text.contains("<dt>Đơn vị</dt>"), "{text}");
    assert!(!text.contains("<dt>Ngày nhận</dt>") && !text.contains("<dt>Đơn vị nhận</dt>"), "{text}");
}
