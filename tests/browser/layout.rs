//! That nothing is printed over anything else: figures stay in their cells, the menu in its row, at every width of window.

use serde_json::json;

use crate::driver::Browser;

/// Wider than a figure of the whole country will be in our time.
const LONGEST: &str = "999.999.999.999.999\u{a0}đ";
/// Phones, tablets, windows beside others, desktops; and both sides of where the style sheet changes its columns.
const WIDTHS: [u32; 12] = [320, 360, 480, 599, 600, 768, 900, 959, 960, 1_024, 1_100, 1_280];

/// Figures on one line inside their cells, as they are and as long as they can be; `open` opens a page of the portal.
pub fn figures_stay_in_their_cells(browser: &Browser, open: &dyn Fn(&str)) {
    // What of a figure is broken, or stands beyond its cell's padding.
    let outside = "[...document.querySelectorAll('.figure dd:not(.note)')].flatMap(dd => { \
        const text = document.createRange(); text.selectNodeContents(dd); const lines = [...text.getClientRects()]; \
        const cell = dd.closest('.figure'), box = cell.getBoundingClientRect(), pad = parseFloat(getComputedStyle(cell).paddingRight); \
        const fits = lines.length === 1 && lines[0].left >= box.left && lines[0].right <= box.right - pad + 1; \
        return fits ? [] : [`${dd.textContent}: ${lines.length} lines, to ${Math.max(...lines.map(line => line.right))} of ${box.right - pad}`]; })";
    let pages = [
        "/",
        "/don-vi/68",
        "/don-vi/23095",
        "/keu-goi/LULUT-2026",
        "/huy",
        "/hoat-dong",
        "/hoat-dong/bieu-duong",
        "/hoat-dong/mo-hinh",
    ];
    for path in ["en", "vi"].into_iter().flat_map(|lang| pages.map(|page| format!("{page}?lang={lang}"))) {
        open(&path);
        for longest in [false, true] {
            if longest {
                browser.run(&format!(
                    "document.querySelectorAll('.figure dd:not(.note)').forEach(dd => \
                     {{ dd.textContent = {}; dd.closest('.figure').classList.remove('unknown'); }})",
                    json!(LONGEST)
                ));
            }
            for width in WIDTHS {
                browser.narrow(Some(width));
                assert_eq!(browser.eval(outside), json!([]), "{path} at {width}");
                let wide = browser.eval("document.documentElement.scrollWidth").as_u64().unwrap_or_default();
                assert!(wide <= u64::from(width), "{path} at {width} is {wide} wide");
            }
        }
        browser.narrow(None);
    }
}

/// All of the menu in one row, also where its words need two lines.
pub fn menu_is_one_row(browser: &Browser, open: &dyn Fn(&str)) {
    for path in ["/", "/kiem-tra"] {
        for lang in ["vi", "en", "vi"] {
            open(&format!("{path}?lang={lang}"));
            for width in WIDTHS {
                browser.narrow(Some(width));
                let rows = "new Set([...document.querySelectorAll('.menu li')].map(item => Math.round(item.getBoundingClientRect().top))).size";
                assert_eq!(browser.eval(rows), 1, "{path} in {lang} at {width}");
            }
            browser.narrow(None);
        }
    }
}

/// What a wide table has in columns of its own is not lost on a phone; files are chosen in the page's language.
pub fn nothing_is_lost_on_a_phone(browser: &Browser, open: &dyn Fn(&str), goods: &str) {
    browser.narrow(Some(360));
    open("/don-vi");
    assert!(browser.text_of(".chapters tbody tr").contains("khoản ủng hộ"), "{}", browser.text_of(".chapters tbody tr"));
    open(goods);
    assert!(browser.text_of(".entry tbody").contains("Giá thị trường"), "{}", browser.text_of(".entry tbody"));
    assert!(browser.text_of(".verify-drop").contains("Chọn tệp"), "{}", browser.text_of(".verify-drop"));
    open("/kiem-tra");
    assert!(browser.text_of(".drop").contains("Chọn tệp"));
    for file in [".drop input", "#file"] {
        assert_eq!(browser.eval(&format!("getComputedStyle(document.querySelector('{file}')).opacity")), "0");
    }
    let boxes = "[...document.querySelectorAll('.card')].filter(e => e.checkVisibility()).length";
    assert_eq!(browser.eval(boxes), 0, "nothing was checked yet, so nothing looks like an answer");
    browser.narrow(None);
}
