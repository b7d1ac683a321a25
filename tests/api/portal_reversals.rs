//! The pages that say how often entries are reversed: of the country, of a chapter, of a person known by a code.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::kit::gift;
use crate::portal::{browser, page};

/// A gift recorded and reversed at a chapter; the public code of whoever asked.
fn reversed(app: &TestApp, chapter: &str, amount: i64, reason: &str) -> String {
    let asker = app.account(so_nhan_ai::authz::Role::Officer, chapter);
    let officer = app.log_in(asker);
    // Somebody has to be there who can approve.
    let chair = app.chair_of("68");
    let ask = gift(app).at(chapter).of(amount).book(&officer).ask_to_reverse(&officer, reason);
    chair.post(&format!("/api/v1/reversals/{ask}/approval"), Value::Null, 200);
    officer.get("/api/v1/session", 200)["public_code"].as_str().unwrap().to_owned()
}

#[test]
fn pages_say_that_nothing_was_reversed_and_where_to_look() {
    let app = TestApp::start();
    for path in ["/huy", "/huy?year=2020", "/huy?chapter=68", "/don-vi/23095"] {
        assert!(page(&app, path).contains("Chưa có bút toán nào bị hủy."), "{path}");
    }
    assert!(page(&app, "/don-vi/23095?year=2020").contains("<strong>Năm 2020:</strong> đơn vị hủy 0 bút toán"));
    for path in ["/huy?year=&chapter=&cursor=", "/don-vi/23095?year=&cursor=", "/don-vi?cursor=&q=", "/keu-goi?cursor="] {
        page(&app, path);
    }
    // A year that has not come is no year without reversals.
    for path in ["/huy?year=2100", "/don-vi/23095?year=2100", "/can-bo/CB-00000000?year=2100"] {
        let answer = browser(&app, "vi").send("GET", path, None);
        assert!(answer.status == 422 && answer.text.contains("Năm này chưa đến."), "{path}: {} {}", answer.status, answer.text);
    }
    assert!(page(&app, "/").contains("<a href=\"/huy\">Bút toán đã hủy</a>"));
    assert!(page(&app, "/du-lieu-mo").contains("/api/v1/public/reversals"));
    for (path, status) in [("/huy?year=x", 422), ("/huy?year=1", 422), ("/huy?chapter=99999", 404), ("/can-bo/CB-00000000", 404)]
    {
        let answer = browser(&app, "vi").send("GET", path, None);
        assert!(answer.status == status && answer.text.contains("<h1"), "{path}: {} {}", answer.status, answer.text);
    }
}

#[test]
fn the_country_a_chapter_and_a_person_have_pages_that_lead_to_each_other() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    let first = reversed(&app, "23095", 1_234_567, "DUPLICATE");
    let second = reversed(&app, "23059", 1_000, "NOT_RECEIVED");
    app.wait_for_log();
    let country = page(&app, "/huy");
    for part in [
        "1.235.567\u{a0}đ",
        "66,7% (2 trong 3 khoản ủng hộ đã ghi)",
        "50,0% (1 trong 2 khoản ủng hộ đã ghi)",
        "<a href=\"/don-vi/23095#huy\" lang=\"vi\">",
        "ghi trùng",
        "thực tế không nhận được",
        "href=\"/huy?year=2026\"",
    ] {
        assert!(country.contains(part), "{part}: {country}");
    }
    // Cases and their share lead; what was taken back stands in a sentence, and is no headline however large.
    assert!(country.contains("Tổng trị giá các bút toán đã hủy: 1.235.567\u{a0}đ.") && !country.contains("<dd>1.235.567"));
    let of_year = page(&app, "/huy?year=2026&chapter=68");
    assert!(of_year.contains("Bút toán đã hủy năm 2026") && of_year.contains("/don-vi/23095?year=2026#huy"), "{of_year}");
    assert!(!of_year.contains("khoản ủng hộ đã ghi"), "a share of a year would compare different gifts");
    assert!(
        of_year.contains("https://so.example.org/huy?year=2026&#38;chapter=68"),
        "the printed address says which page this is"
    );
    assert!(!country.contains("mã ngẫu nhiên"), "of officers, where none is named");
    let chapter = page(&app, "/don-vi/23095");
    for part in [
        "<section aria-labelledby=\"huy\"><h2 id=\"huy\">Bút toán đã hủy tại đơn vị</h2>",
        "đơn vị hủy 1 bút toán, trị giá 1.234.567\u{a0}đ.",
        "11/2026<span class=\"sub\">ghi trùng</span>",
        &format!("href=\"/can-bo/{first}\">{first}</a>"),
        "đứng bên cạnh bản gốc",
    ] {
        assert!(chapter.contains(part), "{part}: {chapter}");
    }
    assert!(!chapter.contains(&second));
    let province = page(&app, "/don-vi/68");
    assert!(
        province.contains("Kể cả cấp dưới: 2 bút toán, trị giá 1.235.567\u{a0}đ.</a>")
            && province.contains("/huy?chapter=68&#38;year=2026"),
        "{province}"
    );
    let english = browser(&app, "en").send("GET", "/don-vi/23095", None).text;
    assert!(english.contains("reversed by the chapter: 1, worth 1,234,567\u{a0}đ.") && english.contains("Nov 2026"), "{english}");
    let person = page(&app, &format!("/can-bo/{first}"));
    assert!(person.contains(&format!("Cán bộ {first}: bút toán đã hủy năm 2026")), "{person}");
    assert!(person.contains("<a href=\"/don-vi/23095#huy\" lang=\"vi\">") && !person.contains("Người Thử"), "{person}");
    for text in [&country, &of_year, &chapter, &person] {
        let begins = "<nav class=\"path\" aria-label=\"Vị trí trang\"><ol><li><a href=\"/\">Trang chủ</a></li>";
        assert_eq!(text.contains(begins), text != &country, "one form of path on every page below another");
        assert!(!text.contains(" style=") && !text.contains("<script>"));
        assert_eq!(text.matches("<table").count(), text.matches("<caption").count(), "every table says what it is");
    }
}
