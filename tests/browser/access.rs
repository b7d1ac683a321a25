//! The portal for everybody: axe-core looks at every page in both languages, wide and on a phone, by day and by night; a
//! keyboard alone gets everywhere and sees where it is; fingers have something to hit; paper shows what a notice board
//! needs.
//!
//! The demo is what they look at: it has appeals with papers and charts, chapters with old names, and thousands of gifts.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::Scenario;
use crate::driver::{Browser, ENTER, TAB};
use crate::harness::{Folder, Server, gift};
use crate::layout;

pub const SCENARIOS: &[Scenario] = &[("access: pages, keyboard, fingers, paper", everybody)];

/// What all of the demo's officers log in with.
const PASSWORD: &str = "nhan-ai-2026";
/// Lives in the tests only; decision 73.
const AXE: &str = include_str!("vendor/axe.min.js");
/// Every rule of WCAG 2.2 on levels A and AA, and what axe calls good practice.
const RULES: &str = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], \
                     rules: {'target-size': {enabled: true}}, resultTypes: ['violations']}";
/// Language, width of a phone, night: each pair of them once.
const LOOKS: [(&str, Option<u32>, bool); 4] =
    [("vi", None, false), ("vi", Some(360), true), ("en", Some(360), false), ("en", None, true)];
/// What a finger needs, in CSS pixels.
const FINGER: u64 = 44;

struct Demo {
    server: Server,
    folder: Folder,
    /// (name, path) of every page in every state.
    pages: Vec<(&'static str, String)>,
}

fn everybody(browser: &Browser) {
    let demo = Demo::start();
    members_of_the_last_year(browser, &demo);
    pictures(browser, &demo);
    axe_has_teeth(browser);
    let mut wrong = Vec::new();
    for (lang, width, night) in LOOKS {
        browser.narrow(width);
        browser.night(night);
        // From here on the cookie says it.
        demo.open(browser, &format!("/?lang={lang}"));
        for (name, path) in &demo.pages {
            demo.open(browser, path);
            assert_eq!(browser.eval("document.documentElement.lang"), lang, "{path}");
            let look = format!("{name} ({lang}, {}, {})", width.map_or("wide", |_| "phone"), if night { "night" } else { "day" });
            wrong.extend(complaints(browser).into_iter().map(|said| format!("{look}: {said}")));
            if width.is_some() {
                wrong.extend(too_small(browser).into_iter().map(|said| format!("{look}: too small for a finger: {said}")));
            }
        }
    }
    wrong.extend(saved_verifier(browser, &demo));
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
    browser.narrow(None);
    browser.night(false);
    demo.open(browser, "/?lang=vi");
    let open = |path: &str| demo.open(browser, path);
    layout::menu_is_one_row(browser, &open);
    layout::figures_stay_in_their_cells(browser, &open);
    layout::nothing_is_lost_on_a_phone(browser, &open, demo.path("goods"));
    skip_link(browser, &demo);
    for path in ["/", "/keu-goi/LULUT-2026", "/tim?amount=viel", "/kiem-tra", demo.path("reversed"), demo.path("erasure")] {
        demo.open(browser, path);
        every_stop(browser, path);
    }
    mistakes_are_tied_to_their_fields(browser, &demo);
    news_is_told_politely(browser, &demo);
    on_paper(browser, &demo);
    demo.server.stop();
    drop(demo.folder);
}

/// A job tells the year once the server is up; what would show a few people is folded or left out.
fn members_of_the_last_year(browser: &Browser, demo: &Demo) {
    demo.open(browser, "/don-vi/23095?lang=vi");
    browser.wait_for_reload("members by year", "document.getElementById('hoi-vien') !== null");
    let text = browser.text_of("section[aria-labelledby=hoi-vien]");
    assert!(text.contains("31/12/") && text.contains("Hội viên") && text.contains("35"), "{text}");
    assert!(text.contains("gộp lại: 10"), "two honorary members are told together with others alone: {text}");
    assert!(browser.text_of("section[aria-labelledby=committees]").contains("Lê Văn Tâm"));
}

impl Demo {
    fn start() -> Demo {
        let folder = Folder::new();
        let server = Server::of(&folder, folder.program(&["demo"]));
        let officer = server.log_in("hanh.hamliem", PASSWORD);
        let approver = server.log_in("lan.hamliem", PASSWORD);
        server.add_second_factor(&approver, PASSWORD);
        let send = |token: &str, path: &str, body: Value| {
            let answer = server.send("POST", path, Some(token), Some(&body));
            assert!((200..300).contains(&answer.status), "{path}: {}", answer.text);
            answer.json()
        };
        let give = |changes: Value| {
            let mut gift = gift(500_123);
            gift.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            let made = send(&officer, "/api/v1/gifts", gift.clone());
            (gift["id"].as_str().unwrap().to_owned(), format!("/g/{}", made["code"].as_str().unwrap()))
        };
        let (_, standing) = give(json!({"appeal": "LULUT-2026", "display": "FULL_NAME"}));
        let lines = json!([{"item": "RICE", "quantity": "1200.5", "unit": "KG", "value_vnd": 21_600_000, "valuation": "MARKET_PRICE"},
                           {"item": "BLANKET", "quantity": "40", "unit": "PIECE", "value_vnd": 6_000_000, "valuation": "INVOICE"}]);
        let long = "Công ty Trách nhiệm hữu hạn Một thành viên Sản xuất, Thương mại và Xuất nhập khẩu Nông sản Hàm Thuận Bắc";
        let goods =
            json!({"channel": "IN_KIND", "amount_vnd": null, "lines": lines, "giver": {"kind": "ORGANISATION", "name": long}});
        let (_, goods) = give(goods);
        let (mistaken, reversed) = give(json!({"display": "MASKED"}));
        let ask = Uuid::now_v7();
        send(&officer, &format!("/api/v1/gifts/{mistaken}/reversal"), json!({"id": ask, "reason": "DUPLICATE"}));
        send(&approver, &format!("/api/v1/reversals/{ask}/approval"), Value::Null);
        let reversal = server.get(&format!("/api/v1/public/entries/{}", &reversed[3..]));
        let reversal = format!("/g/{}", reversal["reversed_by"].as_str().unwrap());
        let (forgotten, erased) = give(json!({"giver": {"kind": "PERSON", "name": "Trịnh Xqzvương"}, "display": "FULL_NAME"}));
        let party = server.send("GET", &format!("/api/v1/gifts/{forgotten}"), Some(&officer), None).json()["giver"]["id"].clone();
        let today = gift(1)["received_on"].clone();
        let request =
            json!({"id": Uuid::now_v7(), "kind": "ERASE", "received_on": today, "channel": "IN_PERSON", "party": party});
        send(&officer, "/api/v1/personal-data-requests", request.clone());
        let approval = format!("/api/v1/personal-data-requests/{}/approval", request["id"].as_str().unwrap());
        send(&approver, &approval, Value::Null);
        let wiped = server.get(&format!("/api/v1/public/entries/{}", &erased[3..]));
        let erasure = format!("/g/{}", wiped["annotations"][0]["code"].as_str().unwrap());
        let fixed = [
            ("home", "/"),
            ("appeals", "/keu-goi"),
            ("appeal", "/keu-goi/LULUT-2026"),
            ("closed appeal", "/keu-goi/BAO3-2026"),
            ("search in an appeal", "/keu-goi/LULUT-2026?q=gao"),
            ("chapters", "/don-vi"),
            ("chapters by an old name", "/don-vi?q=ham+chinh"),
            ("no such chapter", "/don-vi?q=khongcoten"),
            ("commune", "/don-vi/23095"),
            ("commune without gifts", "/don-vi/00004"),
            ("province", "/don-vi/68"),
            ("centre", "/don-vi/TW"),
            ("search", "/tim"),
            ("results", "/tim?q=ham+liem"),
            ("nothing found", "/tim?q=khongcogi"),
            ("mistaken search", "/tim?amount=viel&min=x&from=x&channel=x"),
            ("reversals", "/huy"),
            ("reversals of a province", "/huy?chapter=68"),
            ("open data", "/du-lieu-mo"),
            ("check", "/kiem-tra"),
            ("unknown entry", "/g/7ZC4K0M9T2R8VQ3BX"),
            ("unknown page", "/khong-co"),
            ("sign up", "/tinh-nguyen"),
            ("signed up", "/tinh-nguyen/da-nhan"),
            ("courses", "/tinh-nguyen/khoa-hoc"),
            ("check before a drive", "/hien-mau/68-HM-0001/kiem-tra"),
            ("results of blood drives", "/hien-mau/ket-qua"),
            ("results of a commune's drives", "/hien-mau/ket-qua?chapter=23095"),
            ("activities", "/hoat-dong"),
            ("activities of a movement", "/hoat-dong?movement=TET_NHAN_AI"),
            ("activity", "/hoat-dong/68-NV-0001"),
            ("commendations", "/hoat-dong/bieu-duong"),
            ("models of good practice", "/hoat-dong/mo-hinh"),
            ("models that are looked for", "/hoat-dong/mo-hinh?q=so+cap+cuu"),
        ];
        let mut pages: Vec<(&str, String)> = fixed.map(|(name, path)| (name, path.to_owned())).into();
        pages.extend([
            ("entry", standing),
            ("goods", goods),
            ("reversed", reversed),
            ("reversal", reversal),
            ("erased", erased),
            ("erasure", erasure),
        ]);
        let file: Value = serde_json::from_str(&std::fs::read_to_string(folder.data.join("demo.json")).unwrap()).unwrap();
        let card = |n: usize| format!("/g/{}", file["cards"][n]["code"].as_str().unwrap());
        pages.extend([("member's card", card(0)), ("junior's card", card(1))]);
        let here = server.get("/api/v1/public/chapters/23095/reversals");
        pages.push(("officer", format!("/can-bo/{}", here["officers"][0]["officer"].as_str().unwrap())));
        Demo { server, folder, pages }
    }

    fn path(&self, name: &str) -> &str {
        &self.pages.iter().find(|page| page.0 == name).unwrap().1
    }

    /// Opens a page and waits until its script, if it has one, has done what it does by itself.
    fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.server.base));
        let idle = "(() => { const own = document.querySelector('#verify[data-code]'), live = document.getElementById('live'); \
                    return document.readyState === 'complete' && (own === null || !['', 'checking'].includes(own.dataset.state ?? '')) \
                    && (live === null || live.classList.contains('on')); })()";
        browser.wait_for("the page has settled", idle);
    }
}

/// What axe says against the page as it stands: rule, where, why.
pub fn complaints(browser: &Browser) -> Vec<String> {
    browser.run(AXE);
    let said = browser.eval(&format!(
        "axe.run(document, {RULES}).then(said => said.violations.flatMap(rule => rule.nodes.map(node => \
         `${{rule.id}} at ${{node.target.join(' ')}} (${{node.html.slice(0, 160)}}): ${{node.failureSummary}}`)))"
    ));
    texts(&said)
}

/// A page with mistakes on purpose: what is never found would make the test of all others worthless.
fn axe_has_teeth(browser: &Browser) {
    browser.open("data:text/html,<title>x</title><p style='color:%23bbb'>pale</p><input><a href='/'></a>");
    let said = complaints(browser).join("\n");
    for rule in ["html-has-lang", "color-contrast", "label", "link-name", "region"] {
        assert!(said.contains(&format!("{rule} at ")), "{rule}: {said}");
    }
}

/// Controls, not links in running text, that are lower or narrower than a finger.
pub fn too_small(browser: &Browser) -> Vec<String> {
    texts(&browser.eval(&format!(
        "[...document.querySelectorAll('button, .button, input:not([type=hidden], [type=checkbox]), select, textarea, summary, \
         .menu a, .switch, .brand')].filter(e => e.checkVisibility()).map(e => [e, e.getBoundingClientRect()])\
         .filter(([, box]) => box.height < {FINGER} || box.width < {FINGER})\
         .map(([e, box]) => `${{Math.round(box.width)}}×${{Math.round(box.height)}} ${{e.outerHTML.slice(0, 120)}}`)"
    )))
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list}"));
    list.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The check page as somebody keeps it, with a receipt in it.
fn saved_verifier(browser: &Browser, demo: &Demo) -> Vec<String> {
    let page = demo.server.send("GET", "/kiem-tra", None, None).text;
    let file = demo.folder.top.join("kiem-tra.html");
    std::fs::write(&file, page).unwrap();
    browser.open(&format!("file://{}", file.display()));
    let receipt =
        demo.server.send("GET", &format!("/api/v1/public/entries/{}/receipt", &demo.path("goods")[3..]), None, None).text;
    browser.run(&format!("document.getElementById('receipt').value = {}", json!(receipt)));
    browser.click("button[type=submit]");
    browser.wait_for("a verdict", "document.getElementById('result').dataset.state === 'ok'");
    browser.pictures("saved check");
    complaints(browser).into_iter().map(|said| format!("saved check: {said}")).collect()
}

/// For people to look at: every page wide, on a phone and on paper.
fn pictures(browser: &Browser, demo: &Demo) {
    if std::env::var_os("BROWSER_PICTURES").is_none() {
        return;
    }
    demo.open(browser, "/?lang=vi");
    for (name, path) in &demo.pages {
        demo.open(browser, path);
        browser.pictures(name);
        browser.paper(name);
    }
}

fn skip_link(browser: &Browser, demo: &Demo) {
    demo.open(browser, "/keu-goi");
    browser.press(TAB);
    assert_eq!(browser.eval("document.activeElement.className"), "skip", "the first stop is the way past the menu");
    browser.wait_for("it can be seen", "document.activeElement.getBoundingClientRect().top >= 0");
    browser.press(ENTER);
    browser.wait_for("it leads to the content", "document.activeElement.id === 'main'");
    browser.press(TAB);
    assert_eq!(browser.eval("document.getElementById('main').contains(document.activeElement)"), true, "and goes on from there");
}

/// Tab reaches everything that can be used, in the order of the page, visibly, and leaves the page at its end.
fn every_stop(browser: &Browser, path: &str) {
    let name = "(e => [e.tagName, e.id, e.getAttribute('href') ?? '', e.textContent.trim().slice(0, 40)].join(' ').trim())";
    let usable = browser.eval(&format!(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')]\
         .filter(e => e.checkVisibility()).map({name})"
    ));
    let usable = texts(&usable);
    let mut reached: Vec<String> = Vec::new();
    // A field for a date has several stops, which count as one.
    for _ in 0..5 * usable.len() {
        browser.press(TAB);
        let stop = browser.eval(&format!(
            "(() => {{ const e = document.activeElement; if (e === document.body) return null; \
             const style = getComputedStyle(e), box = e.getBoundingClientRect(); \
             const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || e.matches('[type=file]')) && box.width > 0 \
             && box.bottom > 0 && box.top < innerHeight; return [{name}(e), seen]; }})()"
        ));
        let Some(stop) = stop.as_array() else { break };
        let at = stop[0].as_str().unwrap().to_owned();
        assert_eq!(stop[1], true, "{path}: the focus cannot be seen on {at}");
        if reached.first() == Some(&at) && reached.len() > 1 {
            break;
        }
        if reached.last() != Some(&at) {
            reached.push(at);
        }
    }
    let mut expected = usable;
    expected.dedup();
    assert_eq!(reached, expected, "{path}");
}

/// A field that is wrong says so, and why, to whoever cannot see it.
fn mistakes_are_tied_to_their_fields(browser: &Browser, demo: &Demo) {
    demo.open(browser, demo.path("mistaken search"));
    let said = browser.eval(
        "Object.fromEntries([...document.querySelectorAll('[aria-invalid=true]')].map(e => \
         [e.id, e.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).innerText).join(' ')]))",
    );
    for (field, part) in [("amount", "Số tiền"), ("min", "Số tiền"), ("from", "Ngày"), ("channel", "hình thức")] {
        assert!(said[field].as_str().is_some_and(|text| text.contains(part)), "{field}: {said}");
    }
    assert_eq!(said.as_object().unwrap().len(), 4, "and no field that is right: {said}");
}

/// What comes in by itself is told when the reader has a moment, and takes nothing from under a finger.
fn news_is_told_politely(browser: &Browser, demo: &Demo) {
    demo.open(browser, "/");
    assert_eq!(browser.eval("document.getElementById('live-news').getAttribute('role')"), "status");
    browser.run(
        "window.news = []; new MutationObserver(() => news.push(document.getElementById('live-news').textContent))\
                 .observe(document.getElementById('live-news'), {childList: true})",
    );
    let officer = demo.server.log_in("hanh.hamliem", PASSWORD);
    assert_eq!(demo.server.post_gift(&officer, &gift(123_456)).unwrap().status, 201);
    browser.wait_for("the news is told", "news.some(text => text.includes('khoản mới'))");
    browser.run("document.querySelector('#rows a').focus(); window.held = document.activeElement");
    let figures = browser.text_of("#figures");
    assert_eq!(demo.server.post_gift(&officer, &gift(234_567)).unwrap().status, 201);
    browser.wait_for("the figures go on", &format!("document.getElementById('figures').innerText !== {}", json!(figures)));
    assert_eq!(browser.eval("document.activeElement === window.held && held.isConnected"), true);
}

/// Paper has the name, the day, the way back and what was signed, and nothing to click on.
fn on_paper(browser: &Browser, demo: &Demo) {
    for path in ["/keu-goi/LULUT-2026", "/don-vi/23095", demo.path("reversed")] {
        demo.open(browser, path);
        browser.printed(true);
        let text = browser.text_of("body");
        for part in ["Sổ Nhân Ái", "In ngày ", path, "bút toán", "Quét"] {
            assert!(text.contains(part), "{path}: {part}: {text}");
        }
        let clickable = "[...document.querySelectorAll('nav, form, button, .button, .skip, .switch, summary, input')]\
                         .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))";
        assert_eq!(browser.eval(clickable), json!([]), "{path}");
        assert_eq!(browser.eval("document.querySelector('.qr').getBoundingClientRect().width > 90"), true, "{path}");
        browser.printed(false);
    }
}
