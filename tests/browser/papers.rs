//! Papers as a printer gets them: one sheet each, whatever stands on it, and nothing of it cut off.

use chrono::NaiveDate;
use print::Page;
use serde_json::json;
use so_nhan_ai::basics::{PublicCode, Vnd};
use so_nhan_ai::decisions::State;
use so_nhan_ai::giving::asked_paper::{self, ProvisionalNote};
use so_nhan_ai::http::{Lang, Say};
use so_nhan_ai::ledger::kinds::Channel;
use so_nhan_ai::vouchers::model::{Cancelled, CashReceipt, Document, Issuer, Number};
use so_nhan_ai::vouchers::sheet;

use crate::Scenario;
use crate::driver::Browser;
use crate::receipts::HTML;
use crate::site::{File, Site};

pub const SCENARIOS: &[Scenario] = &[
    ("papers: a cash receipt is one sheet of A5", receipts_are_one_sheet),
    ("papers: a provisional note is one sheet of A5", notes_are_one_sheet),
];

const PLACE: &str = "Thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng";
const NAME: &str = "Ông Nguyễn Hoàng Phương Ngọc Khánh Trường ";

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn cycled(fill: &str, length: usize) -> String {
    fill.chars().cycle().take(length).collect()
}

fn content(title: &str) -> Say {
    Say::new(format!("Ủng hộ đợt “{title}” (LULUT-2026)"), format!("Support for the appeal “{title}” (LULUT-2026)"))
}

fn issuer() -> Issuer {
    Issuer {
        above: Some("Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned()),
        name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
        address: None,
    }
}

/// Everything as long as it may be.
fn full_issuer(fill: &str) -> Issuer {
    Issuer { above: Some(cycled(fill, 200)), name: cycled(fill, 200), address: Some(cycled(fill, 300)) }
}

fn receipt() -> CashReceipt {
    CashReceipt {
        number: Number { document: Document::CashReceipt, chapter: "23095".to_owned(), year: 2026, no: 123 },
        issued_on: day(22),
        received_on: day(21),
        issuer: issuer(),
        payer: Some("Nguyễn Thị Ánh Tuyết".to_owned()),
        payer_address: None,
        enclosed: None,
        note: None,
        content: content("Chung tay cùng đồng bào vùng lũ"),
        amount: Vnd::parse(500_000).unwrap(),
        code: PublicCode::parse("0000000000000000 0").unwrap(),
        public_url: "https://so.redcross.org.vn/g/00000000000000000?h=0123456789abcdef".to_owned(),
        made_by: Some("Trần Thị Hạnh".to_owned()),
        cancelled: None,
    }
}

/// With the note on the income tax, and addresses that take a line more.
fn noted() -> CashReceipt {
    CashReceipt {
        issuer: Issuer { address: Some(format!("Nhà văn hóa thôn 2, đường Nguyễn Văn Linh, {PLACE}")), ..issuer() },
        payer_address: Some(format!("Số 12, ngách 34/56, tổ 7, khu dân cư Bình An, {PLACE}, nhà bà Sáu")),
        enclosed: Some(2),
        note: Some(Say::fixed(
            "Cá nhân được trừ khoản đóng góp này khi tính thuế thu nhập của năm đóng góp, kèm bản sao phiếu này (Nghị định 253/2026/NĐ-CP, Điều 49).",
            "A person may deduct this gift from the income of its year, with a copy of this receipt (Decree 253/2026, art. 49).",
        )),
        amount: Vnd::parse(1_748_935).unwrap(),
        ..receipt()
    }
}

fn full_receipt(fill: &str) -> CashReceipt {
    let by = PublicCode::parse("0000000000000001 1").unwrap();
    CashReceipt {
        number: Number { document: Document::CashReceipt, chapter: cycled(fill, 40), year: 2026, no: 1_000_000 },
        issuer: full_issuer(fill),
        payer: Some(cycled(fill, 200)),
        payer_address: Some(cycled(fill, 200)),
        content: content(&cycled(fill, 200)),
        amount: Vnd::parse(777_777_777_777_777).unwrap(),
        public_url: format!("https://{}.vn/g/00000000000000000?h=0123456789abcdef", "a".repeat(110)),
        made_by: Some(cycled(fill, 200)),
        cancelled: Some(Cancelled { on: day(23), by }),
        ..noted()
    }
    .visible()
}

fn receipts_are_one_sheet(browser: &Browser) {
    let lines = CashReceipt { payer_address: Some("Thôn 3\nxã Hàm Liêm\n".repeat(12)), ..noted() };
    let cases = [
        ("short", receipt()),
        ("noted", noted()),
        ("200 letters", CashReceipt { payer: Some(cycled(NAME, 200)), ..noted() }),
        ("200 letters without a blank", CashReceipt { payer: Some("Ẫ".repeat(200)), ..noted() }),
        ("many lines", lines),
        ("all long", full_receipt(NAME)),
        ("all one word", full_receipt("Ẫ")),
        ("all capitals", full_receipt("TRƯỜNG ĐẠI HỌC ")),
        ("all strange", full_receipt("阮\u{202e}<b>&\"🙂 ")),
    ];
    let site = Site::start();
    for (name, receipt) in cases {
        for lang in [Lang::Vi, Lang::En] {
            is_one_sheet(browser, &site, &format!("receipt {name} {}", lang.tag()), sheet::html(&receipt, lang).unwrap());
        }
    }
}

fn note() -> ProvisionalNote {
    ProvisionalNote {
        code: PublicCode::parse("0000000000000000 0").unwrap(),
        state: State::Asked,
        asked_on: day(22),
        received_on: day(21),
        issuer: issuer(),
        giver: Some("Đặng Văn Lớn".to_owned()),
        giver_address: None,
        content: content("Chung tay cùng đồng bào vùng lũ"),
        channel: Channel::BankTransfer,
        amount: Vnd::parse(750_000_000).unwrap(),
        decides: "Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned(),
        made_by: "Trần Thị Hạnh".to_owned(),
        public_url: "https://so.redcross.org.vn/g/00000000000000000".to_owned(),
    }
}

fn full_note(fill: &str) -> ProvisionalNote {
    ProvisionalNote {
        issuer: full_issuer(fill),
        giver: Some(cycled(fill, 200)),
        giver_address: Some(cycled(fill, 200)),
        content: content(&cycled(fill, 200)),
        amount: Vnd::parse(777_777_777_777_777).unwrap(),
        decides: cycled(fill, 200),
        made_by: cycled(fill, 200),
        ..note()
    }
    .visible()
}

fn notes_are_one_sheet(browser: &Browser) {
    let decided = |state| ProvisionalNote { state, giver: None, ..note() };
    let cases = [
        ("short", note()),
        ("approved", decided(State::Approved)),
        ("refused", decided(State::Refused)),
        ("withdrawn", decided(State::Withdrawn)),
        ("200 letters", ProvisionalNote { giver: Some(cycled(NAME, 200)), ..note() }),
        ("200 letters without a blank", ProvisionalNote { giver: Some("Ẫ".repeat(200)), ..note() }),
        ("many lines", ProvisionalNote { giver_address: Some("Thôn 3\nxã Hàm Liêm\n".repeat(12)), ..note() }),
        ("all long", full_note(NAME)),
        ("all one word", full_note("Ẫ")),
    ];
    let site = Site::start();
    for (name, note) in cases {
        for lang in [Lang::Vi, Lang::En] {
            is_one_sheet(browser, &site, &format!("note {name} {}", lang.tag()), asked_paper::html(&note, lang).unwrap());
        }
    }
}

fn is_one_sheet(browser: &Browser, site: &Site, name: &str, page: Page) {
    let headers = vec![format!("Content-Security-Policy: {}", page.policy)];
    site.put_file("/paper", File { status: 200, content_type: HTML, body: page.html.into_bytes(), headers });
    browser.open(&format!("{}/paper", site.base()));
    browser.printed(true);
    // Beyond the sheet or beyond its own room nothing is printed. The stamp stands across and is meant to.
    let cut = browser.eval(
        "(() => {
            const sheet = document.querySelector('.sheet').getBoundingClientRect();
            const out = (e) => {
                const at = e.getBoundingClientRect();
                return at.bottom > sheet.bottom || at.right > sheet.right + 1 || at.left < sheet.left - 1;
            };
            const all = [...document.querySelectorAll('.sheet *:not(.stamp)')];
            const short = document.querySelector('.items');
            return [...all.filter(out), ...(short.scrollHeight > short.clientHeight ? [short] : [])]
                .map((e) => `${e.tagName} ${e.className.baseVal ?? e.className}: ${e.textContent.slice(0, 40)}`);
        })()",
    );
    assert_eq!(cut, json!([]), "{name}: cut off");
    let last = browser.eval("document.querySelector('.sheet').lastElementChild.tagName");
    assert_eq!(last, "FOOTER", "{name}");
    browser.printed(false);
    let file = lopdf::Document::load_mem(&browser.print()).unwrap();
    assert_eq!(file.get_pages().len(), 1, "{name}: sheets");
    browser.picture(name);
    browser.paper(name);
}
