//! The portal as people meet it, on the real program: a gift is found and verified, its receipt checked and forged, it is
//! reversed; another giver is forgotten; all of it in English, on a phone and without scripts.

use serde_json::{Value, json};
use so_nhan_ai::basics::Clock;
use so_nhan_ai::basics::clock::vietnam_date;
use uuid::Uuid;

use crate::Scenario;
use crate::driver::Browser;
use crate::harness::{Folder, Server, Staff};

pub const SCENARIOS: &[Scenario] = &[("portal: the whole story", whole_story)];

struct Portal {
    folder: Folder,
    server: Server,
    staff: Staff,
}

/// A gift as it was sent, and its public code.
struct Gift {
    sent: Value,
    code: String,
}

fn whole_story(browser: &Browser) {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let portal = Portal { folder, server, staff };
    let gift = portal.give(500_123, "Nguyễn Văn Xuân", "MASKED");
    let other = portal.give(700_000, "Trịnh Xqzvương", "FULL_NAME");
    found_and_verified(browser, &portal, &gift);
    on_a_forged_paper(browser, &portal, &gift);
    receipts(browser, &portal, &gift);
    reversed(browser, &portal, &gift);
    forgotten(browser, &portal, &other);
    in_english(browser, &portal, &other);
    everywhere_on_a_phone(browser, &portal, &gift);
    without_scripts(browser, &portal, &gift, &other);
    portal.server.stop();
    drop(portal.folder);
}

impl Portal {
    fn send(&self, token: &str, path: &str, body: &Value, status: u16) -> Value {
        let answer = self.server.send("POST", path, Some(token), Some(body));
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        answer.json()
    }

    fn give(&self, amount: i64, name: &str, display: &str) -> Gift {
        let today = vietnam_date(Clock::System.now());
        let sent = json!({"id": Uuid::now_v7(), "chapter": "23095", "channel": "CASH", "amount_vnd": amount, "received_on": today,
            "giver": {"kind": "PERSON", "name": name, "phone": "0912345678"}, "display": display});
        let code = self.send(&self.staff.officer, "/api/v1/gifts", &sent, 201)["code"].as_str().unwrap().to_owned();
        Gift { sent, code }
    }

    fn path_of(&self, gift: &Gift) -> String {
        format!("/g/{}", gift.code)
    }

    fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.server.base));
    }

    /// Opens the page of a gift and waits until it has checked itself.
    fn visit(&self, browser: &Browser, path: &str) -> String {
        self.open(browser, path);
        let checked = "!['', 'checking'].includes(document.getElementById('verify').dataset.state ?? '')";
        browser.wait_for("the page has checked itself", checked);
        browser.eval("document.getElementById('verify').dataset.state").as_str().unwrap().to_owned()
    }

    /// The receipt everybody can download.
    fn receipt(&self, gift: &Gift) -> String {
        self.read(&format!("/api/v1/public/entries/{}/receipt", gift.code), None)
    }

    /// The giver's own, with the giver's data.
    fn private_receipt(&self, gift: &Gift) -> String {
        self.read(&format!("/api/v1/gifts/{}/receipt", gift.sent["id"].as_str().unwrap()), Some(&self.staff.officer))
    }

    fn read(&self, path: &str, token: Option<&str>) -> String {
        let answer = self.server.send("GET", path, token, None);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }

    /// What `/kiem-tra` says of a receipt.
    fn check(&self, browser: &Browser, receipt: &str) -> String {
        if browser.eval("location.pathname") != "/kiem-tra" {
            self.open(browser, "/kiem-tra");
        }
        browser.run(&format!(
            "document.getElementById('receipt').value = {}; document.getElementById('result').dataset.state = ''",
            json!(receipt)
        ));
        browser.click("button[type=submit]");
        browser.wait_for("a verdict", "!['', 'checking'].includes(document.getElementById('result').dataset.state)");
        browser.eval("document.getElementById('result').dataset.state").as_str().unwrap().to_owned()
    }
}

/// Nothing on the console: no script failed and no policy was broken.
fn quiet(browser: &Browser) {
    let said: Vec<String> = browser.console().into_iter().filter(|line| !line.contains("/receipt")).collect();
    assert!(said.is_empty(), "{said:#?}");
}

fn found_and_verified(browser: &Browser, portal: &Portal, gift: &Gift) {
    // Chosen once, kept in a cookie: this browser would ask for English.
    portal.open(browser, "/?lang=vi");
    browser.type_into("input[name=q]", "ham liem");
    browser.click("form[role=search] button[type=submit]");
    // The first page has a link to the newest gifts, too.
    browser.wait_for("the search opens", "location.pathname === '/tim' && document.readyState === 'complete'");
    let link = format!("a[href^='/g/{}']", gift.code);
    browser.wait_for("the gift is found", &format!("document.querySelector({}) !== null", json!(link)));
    browser.click(&link);
    browser.wait_for("its page opens", &format!("location.pathname === '/g/{}'", gift.code));
    browser.wait_for("it is verified", "document.getElementById('verify')?.dataset.state === 'ok'");
    let text = browser.text_of("main");
    assert!(text.contains("Tìm thấy, không bị sửa") && text.contains("500.123"), "{text}");
    assert!(!text.contains("Xuân") || text.contains("X."), "{text}");
    browser.pictures("entry");
    for step in ["seal", "inclusion", "shown", "stands"] {
        assert_eq!(browser.eval(&format!("document.querySelector('[data-step={step}]').dataset.state")), "ok", "{step}: {text}");
    }
    quiet(browser);
}

/// The code of a true gift on a paper that says something else: nothing in sight may be green.
fn on_a_forged_paper(browser: &Browser, portal: &Portal, gift: &Gift) {
    assert_eq!(portal.visit(browser, &format!("{}?h=0000000000000000", portal.path_of(gift))), "bad");
    let first = browser.text_of("main .notice");
    assert!(first.contains("KHÔNG khớp"), "{first}");
    assert!(browser.text_of(".verdict").contains("phiếu của bạn không khớp"), "{}", browser.text_of("#verify"));
    assert_eq!(browser.eval("document.querySelectorAll('.good, .verdict-ok').length"), 0, "{}", browser.text_of("main"));
    browser.pictures("forged paper");
}

fn receipts(browser: &Browser, portal: &Portal, gift: &Gift) {
    let good = portal.receipt(gift);
    assert_eq!(portal.check(browser, &good), "ok", "{}", browser.text_of("main"));
    assert_eq!(portal.check(browser, &portal.private_receipt(gift)), "ok", "{}", browser.text_of("main"));
    assert!(browser.text_of("#entry").contains("Nguyễn Văn Xuân"), "{}", browser.text_of("#entry"));
    let lines: Vec<&str> = good.lines().collect();
    // In the leaf, in a hash of the proof, in the signature.
    for (line, at) in [(1, 40), (3, 5), (lines.len() - 1, lines[lines.len() - 1].len() - 12)] {
        let mut forged: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let change = |(i, c): (usize, char)| if i == at { if c == 'A' { 'B' } else { 'A' } } else { c };
        forged[line] = lines[line].chars().enumerate().map(change).collect();
        assert_eq!(portal.check(browser, &(forged.join("\n") + "\n")), "bad", "line {line}");
        assert!(!browser.text_of("#result").contains("_"), "no code of ours: {}", browser.text_of("#result"));
    }
    quiet(browser);
}

fn reversed(browser: &Browser, portal: &Portal, gift: &Gift) {
    let receipt = portal.receipt(gift);
    let (id, ask) = (gift.sent["id"].as_str().unwrap(), Uuid::now_v7());
    let body = json!({"id": ask, "reason": "DUPLICATE"});
    portal.send(&portal.staff.officer, &format!("/api/v1/gifts/{id}/reversal"), &body, 201);
    portal.send(&portal.staff.approver, &format!("/api/v1/reversals/{ask}/approval"), &Value::Null, 200);
    assert_eq!(portal.visit(browser, &portal.path_of(gift)), "reversed", "{}", browser.text_of("main"));
    assert!(browser.text_of("#verify").contains("ĐÃ HỦY"));
    assert!(!browser.text_of("main").contains("đang có hiệu lực"), "the page may be older than the reversal");
    browser.pictures("reversed");
    // The receipt of before is still true, and the check says what happened since.
    assert_eq!(portal.check(browser, &receipt), "reversed", "{}", browser.text_of("main"));
    // What takes back is never taken back itself, and so is not "not reversed" either.
    let by = portal.server.get(&format!("/api/v1/public/entries/{}", gift.code))["reversed_by"].as_str().unwrap().to_owned();
    assert_eq!(portal.visit(browser, &format!("/g/{by}")), "ok", "{}", browser.text_of("main"));
    let text = browser.text_of("#verify");
    assert!(text.contains("không thể bị hủy") && !text.to_lowercase().contains("chưa bị hủy"), "{text}");
}

fn forgotten(browser: &Browser, portal: &Portal, gift: &Gift) {
    let path = portal.path_of(gift);
    assert_eq!(portal.visit(browser, &path), "ok");
    assert!(browser.text_of("main").contains("Xqzvương"));
    let (receipt, own_receipt) = (portal.receipt(gift), portal.private_receipt(gift));
    let own = format!("/api/v1/gifts/{}", gift.sent["id"].as_str().unwrap());
    let party = portal.server.send("GET", &own, Some(&portal.staff.officer), None).json()["giver"]["id"].clone();
    let request = json!({"id": Uuid::now_v7(), "kind": "ERASE", "received_on": gift.sent["received_on"], "channel": "IN_PERSON", "party": party});
    portal.send(&portal.staff.officer, "/api/v1/personal-data-requests", &request, 201);
    let approval = format!("/api/v1/personal-data-requests/{}/approval", request["id"].as_str().unwrap());
    portal.send(&portal.staff.approver, &approval, &Value::Null, 200);
    browser.wait_for_reload("the name is gone", "!document.body.innerText.includes('Xqzvương')");
    browser.wait_for("it is verified", "document.getElementById('verify')?.dataset.state === 'ok'");
    assert!(browser.text_of("#verify").contains("đã được xóa theo yêu cầu"), "{}", browser.text_of("#verify"));
    said_in_the_log(browser, portal, gift);
    // Every proof still holds, and what the giver has in hand is theirs; we cannot open it again.
    assert_eq!(portal.check(browser, &receipt), "ok", "{}", browser.text_of("main"));
    assert_eq!(portal.check(browser, &own_receipt), "ok", "{}", browser.text_of("main"));
    assert!(!portal.private_receipt(gift).contains(own_receipt.lines().nth(1).unwrap()));
}

/// What the log says of an entry has a page of its own, which checks itself the same way.
fn said_in_the_log(browser: &Browser, portal: &Portal, gift: &Gift) {
    browser.click(".papers .sub a");
    browser.wait_for("its page opens", &format!("location.pathname !== '{}'", portal.path_of(gift)));
    browser.wait_for("it is verified", "document.getElementById('verify')?.dataset.state === 'ok'");
    let text = browser.text_of("main");
    assert!(text.contains(&gift.code) && text.contains("không có gì để hủy") && !text.contains("Xqzvương"), "{text}");
    let receipt =
        format!("/api/v1/public/entries/{}/receipt", browser.eval("location.pathname").as_str().unwrap().replace("/g/", ""));
    browser.pictures("erasure");
    assert_eq!(portal.check(browser, &portal.read(&receipt, None)), "ok", "{}", browser.text_of("main"));
}

fn in_english(browser: &Browser, portal: &Portal, gift: &Gift) {
    assert_eq!(portal.visit(browser, &format!("{}?lang=en", portal.path_of(gift))), "ok", "{}", browser.text_of("main"));
    assert_eq!(browser.eval("document.documentElement.lang"), "en");
    assert!(browser.text_of("#verify").contains("Found, unchanged"), "{}", browser.text_of("#verify"));
    portal.open(browser, "/?lang=vi");
    assert_eq!(browser.eval("document.documentElement.lang"), "vi");
    quiet(browser);
}

fn everywhere_on_a_phone(browser: &Browser, portal: &Portal, gift: &Gift) {
    browser.narrow(Some(360));
    let page = portal.path_of(gift);
    for path in
        ["/", "/keu-goi", "/don-vi", "/don-vi/23095", "/tim", "/tim?q=ham+liem", "/du-lieu-mo", "/kiem-tra", page.as_str()]
    {
        portal.open(browser, path);
        let width = browser.eval("document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(width <= 360, "{path} is {width} wide");
        // One heading, a language, a name for everything that can be used.
        assert_eq!(browser.eval("document.querySelectorAll('h1').length"), 1, "{path}");
        let nameless = "[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')].filter(e => \
                        !(e.labels?.length || e.textContent.trim() || e.getAttribute('aria-label'))).map(e => e.outerHTML)";
        assert_eq!(browser.eval(nameless), json!([]), "{path}");
    }
    browser.narrow(None);
    quiet(browser);
}

fn without_scripts(browser: &Browser, portal: &Portal, reversed: &Gift, erased: &Gift) {
    // The driver itself needs scripts to look at a page, so pages are loaded without and looked at with them.
    let read = |path: &str| {
        browser.scripts(false);
        portal.open(browser, path);
        browser.scripts(true);
        browser.text_of("body")
    };
    let text = read(&portal.path_of(reversed));
    assert!(text.contains("500.123") && text.to_uppercase().contains("HỦY"), "{text}");
    assert!(read(&portal.path_of(erased)).contains("700.000"));
    assert!(read("/tim?q=ham+liem").contains("700.000"));
    assert!(read("/").contains("700.000"), "what was received, or the latest entries");
    assert!(read("/kiem-tra").contains("JavaScript"));
}
