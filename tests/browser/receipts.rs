//! An entry's page that checks itself, and `/kiem-tra`, against a log that is made to tell the truth, to lie and to fail.

use serde_json::{Value, json};
use so_nhan_ai::http::Lang;
use so_nhan_ai::portal::verifier;

use crate::Scenario;
use crate::driver::{Browser, INSECURE_HOST};
use crate::fake_log::{FakeLog, code_of, erasure, gift, key_added, openings, reversal};
use crate::site::{File, Site};
use crate::units::put_modules;

pub const SCENARIOS: &[Scenario] = &[
    ("entry: found, unchanged, still standing", entry_is_green),
    ("entry: the page shows another amount than the log", entry_shows_something_else),
    ("entry: reversed, named by the server or hidden by it", entry_is_reversed),
    ("entry: a returning visitor notices a log that was rewritten", entry_remembers),
    ("entry: being sealed, no server, an erased name", entry_in_between),
    ("entry: a receipt dropped on its page", entry_takes_receipts),
    ("entry and kiem-tra: the log's key is exchanged", the_key_is_exchanged),
    ("kiem-tra: saved to disk, without a network", verifier_offline),
    ("kiem-tra: online, reversed, another log", verifier_online),
    ("kiem-tra: English, a phone, no scripts", verifier_looks),
];

pub const HTML: &str = "text/html; charset=utf-8";

/// A site with a log and what the public API says of its entries.
pub struct Stage {
    pub site: Site,
    pub log: FakeLog,
}

impl Stage {
    pub fn of(gifts: usize) -> Stage {
        let stage = Stage { site: Site::start(), log: FakeLog::of(gifts) };
        put_modules(&stage.site);
        stage.log.publish(&stage.site, gifts);
        (0..gifts).for_each(|n| stage.says(n, json!({})));
        stage.entry_page(gifts - 1, "");
        stage.put_verifier();
        stage
    }

    /// What the API says of the entry at an index, besides its place.
    pub fn says(&self, index: usize, more: Value) {
        let mut said = json!({"leaf_hash": so_nhan_ai::basics::hex(&self.log.hashes(index + 1)[index]), "log_index": index});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let code = self.code(index);
        self.site.put(&format!("/api/v1/public/entries/{code}"), "application/json", said.to_string());
    }

    pub fn code(&self, index: usize) -> String {
        let leaf: Value = serde_json::from_slice(&self.log.leaves[index]).unwrap();
        leaf["entry"].as_str().unwrap().to_owned()
    }

    /// Adds a leaf and publishes the log with it.
    pub fn append(&mut self, leaf: Vec<u8>) -> usize {
        self.log.leaves.push(leaf);
        let size = self.log.leaves.len();
        self.log.publish(&self.site, size);
        self.says(size - 1, json!({}));
        size - 1
    }

    /// `/g/{code}` as the portal marks it up; `change` is put in place of the amount's digits.
    fn entry_page(&self, index: usize, change: &str) -> String {
        let code = self.code(index);
        let amount = 1_000 + index;
        let digits = if change.is_empty() { format!("{}.{:03} đ", amount / 1_000, amount % 1_000) } else { change.to_owned() };
        let page = format!(
            r#"<!doctype html><html lang="vi"><meta charset="utf-8"><title>{code}</title>
            <b data-fact="amount" data-value="{amount}">{digits}</b> <i data-fact="day" data-value="2026-11-21">21/11/2026</i>
            <i data-fact="chapter" data-value="23095">Hàm Liêm</i> <i data-fact="appeal" data-value="LULUT-2026">Lũ lụt</i>
            <section id="verify" data-code="{code}" data-index="{index}" data-vkey="{}" data-leaf-hash="{}"></section>
            <script type="module" src="/portal/entry.js"></script></html>"#,
            self.log.vkey(),
            so_nhan_ai::basics::hex(&self.log.hashes(index + 1)[index]),
        );
        let path = format!("/g/{code}");
        self.site.put(&path, HTML, page);
        path
    }

    fn put_verifier(&self) {
        let headers = vec![format!("Content-Security-Policy: {}", *verifier::POLICY)];
        let body = verifier::page(&self.log.vkey(), &self.site.base(), Lang::Vi).into_bytes();
        self.site.put_file("/kiem-tra", File { status: 200, content_type: HTML, body, headers });
    }

    pub fn visit(&self, browser: &Browser, path: &str) -> String {
        browser.open(&format!("{}{path}", self.site.base()));
        entry_state(browser)
    }
}

fn entry_state(browser: &Browser) -> String {
    browser.wait_for(
        "the page has checked itself",
        "!['', 'checking'].includes(document.getElementById('verify').dataset.state ?? '')",
    );
    browser.eval("document.getElementById('verify').dataset.state").as_str().unwrap().to_owned()
}

fn step(browser: &Browser, id: &str) -> String {
    let state = browser.eval(&format!("document.querySelector('[data-step={id}]')?.dataset.state ?? ''"));
    state.as_str().unwrap().to_owned()
}

pub fn verdict(browser: &Browser) -> String {
    browser.text_of(".verdict")
}

fn entry_is_green(browser: &Browser) {
    let stage = Stage::of(300);
    for (host, index) in [("127.0.0.1", 299), (INSECURE_HOST, 3)] {
        stage.entry_page(index, "");
        browser.open(&format!("http://{host}:{}/g/{}", stage.site.port, stage.code(index)));
        assert_eq!(entry_state(browser), "ok", "{}", browser.text_of("#verify"));
        assert!(verdict(browser).contains("Tìm thấy, không bị sửa, chưa bị hủy, trong sổ 300 bút toán"), "{}", verdict(browser));
        for id in ["seal", "inclusion", "shown", "stands"] {
            assert_eq!(step(browser, id), "ok", "{id} {}", browser.text_of("#verify"));
        }
        assert_eq!(step(browser, "growth"), "note", "the first visit");
    }
    let one = stage.entry_page(298, "");
    assert_eq!(stage.visit(browser, &one), "ok");
    assert!(browser.text_of("#verify").contains("máy này đã tự đọc 1 bút toán ghi sau"), "{}", browser.text_of("#verify"));
    stage.visit(browser, &format!("/g/{}", stage.code(3)));
    assert!(browser.text_of("#verify").contains("297") || browser.text_of("#verify").contains("296"), "later entries were read");
    assert_eq!(browser.console(), Vec::<String>::new());
    // Only the full tile is left of a partial one: it is taken, for its beginning.
    let mut longer = FakeLog::of(512);
    longer.leaves.truncate(512);
    let tile: Vec<u8> = longer.hashes(512)[256..].concat();
    let entry = |leaf: &Vec<u8>| [&(leaf.len() as u16).to_be_bytes()[..], leaf].concat();
    let bundle: Vec<u8> = longer.leaves[256..].iter().flat_map(entry).collect();
    stage.site.put("/log/tile/0/001", "application/octet-stream", tile);
    stage.site.put("/log/tile/entries/001", "application/octet-stream", bundle);
    stage.site.remove("/log/tile/0/001.p/44");
    stage.site.remove("/log/tile/entries/001.p/44");
    stage.site.asked();
    assert_eq!(stage.visit(browser, &format!("/g/{}", stage.code(299))), "ok", "{}", browser.text_of("#verify"));
    let asked = stage.site.asked();
    assert!(
        asked.iter().any(|path| path == "/log/tile/0/001.p/44") && asked.iter().any(|path| path == "/log/tile/0/001"),
        "{asked:?}"
    );
}

fn entry_shows_something_else(browser: &Browser) {
    let stage = Stage::of(5);
    for shown in ["1.005 đ", "-1.004 đ", "10.040 đ"] {
        let path = stage.entry_page(4, shown);
        assert_eq!(stage.visit(browser, &path), "bad");
        assert!(verdict(browser).contains("số tiền") && verdict(browser).contains("1004"), "{}", verdict(browser));
    }
    // The server answers with another entry's hash, or with another entry's place.
    let path = stage.entry_page(4, "");
    stage.says(4, json!({"leaf_hash": "00".repeat(32)}));
    assert_eq!(stage.visit(browser, &path), "bad");
    stage.says(4, json!({"log_index": 3}));
    assert_eq!(stage.visit(browser, &path), "bad");
    stage.says(4, json!({}));
    assert_eq!(stage.visit(browser, &path), "ok");
    // An amount edited in the bundle alone, and in a signed tile.
    let honest = String::from_utf8(stage.log.leaves[4].clone()).unwrap();
    let mut forged = FakeLog::of(4);
    forged.leaves.push(honest.replace("1004", "9004").into_bytes());
    let bundle: Vec<u8> = forged.leaves.iter().flat_map(|leaf| [&(leaf.len() as u16).to_be_bytes()[..], leaf].concat()).collect();
    stage.site.put("/log/tile/entries/000.p/5", "application/octet-stream", bundle);
    assert_eq!(stage.visit(browser, &path), "bad");
    assert!(verdict(browser).contains("KHÔNG KHỚP"), "{}", verdict(browser));
    for cut in [0, 1, 5] {
        stage.site.put("/log/tile/entries/000.p/5", "application/octet-stream", vec![0u8; cut]);
        assert_eq!(stage.visit(browser, &path), "bad");
    }
}

fn entry_is_reversed(browser: &Browser) {
    let mut stage = Stage::of(5);
    let path = stage.entry_page(1, "");
    let of = stage.code(1);
    stage.append(gift(&code_of(900), 77));
    let back = stage.append(reversal(&code_of(901), &of, 1_001));
    // The server hides it: this device reads what came later and finds it.
    assert_eq!(stage.visit(browser, &path), "reversed", "{}", browser.text_of("#verify"));
    assert!(browser.text_of("#verify").contains("máy chủ không nói ra"));
    // The server names it.
    stage.says(1, json!({"reversed_by": stage.code(back)}));
    assert_eq!(stage.visit(browser, &path), "reversed", "{}", browser.text_of("#verify"));
    let said = verdict(browser);
    assert!(said.contains("ĐÃ HỦY ngày 22/11/2026") && said.contains("ghi trùng") && said.contains(&stage.code(back)), "{said}");
    // The server names an entry that reverses something else.
    stage.says(1, json!({"reversed_by": stage.code(5)}));
    assert_eq!(stage.visit(browser, &path), "bad", "{}", browser.text_of("#verify"));
}

fn entry_remembers(browser: &Browser) {
    let mut stage = Stage::of(5);
    let path = stage.entry_page(1, "");
    assert_eq!(stage.visit(browser, &path), "ok");
    assert_eq!(step(browser, "growth"), "note");
    (0..300).for_each(|n| stage.log.leaves.push(gift(&code_of(1_000 + n), 5)));
    stage.log.publish(&stage.site, 305);
    assert_eq!(stage.visit(browser, &path), "ok", "{}", browser.text_of("#verify"));
    assert_eq!(step(browser, "growth"), "ok");
    let said = browser.text_of("[data-step=growth]");
    assert!(said.contains("lần xem trước, ngày ") && said.contains("(5 bút toán)") && !said.contains(") ("), "{said}");
    // An older but honest copy of the log, as a slow cache has it: it did not grow, and nobody knows what came later.
    stage.log.publish(&stage.site, 200);
    assert_eq!(stage.visit(browser, &path), "unknown", "{}", browser.text_of("#verify"));
    let said = browser.text_of("#verify");
    assert!(said.contains("bản sổ cũ (200 bút toán)") && !said.contains("chỉ dài thêm"), "{said}");
    // It comes to its senses while the page asks again.
    browser.open(&format!("{}{path}", stage.site.base()));
    browser.wait_for("it asks again", "document.querySelector('[data-step=seal]')?.innerText.includes('đang hỏi lại')");
    stage.log.publish(&stage.site, 305);
    assert_eq!(entry_state(browser), "ok", "{}", browser.text_of("#verify"));
    // As short, and another log.
    let honest = std::mem::replace(&mut stage.log.leaves[3], gift(&code_of(4_444), 1));
    stage.log.publish(&stage.site, 200);
    assert_eq!(stage.visit(browser, &path), "bad", "{}", browser.text_of("#verify"));
    assert!(verdict(browser).contains("VIẾT LẠI"), "{}", verdict(browser));
    stage.log.leaves[3] = honest;
    stage.log.publish(&stage.site, 305);
    // So old that the entry is not in it.
    stage.site.put("/log/checkpoint", "text/plain", stage.log.checkpoint(1));
    browser.open(&format!("{}{path}", stage.site.base()));
    browser.wait_for("it waits", "document.querySelector('[data-step=seal]')?.dataset.state === 'wait'");
    // The same log, rewritten where nobody looks.
    stage.log.leaves[250] = gift(&code_of(77_777), 1);
    stage.log.publish(&stage.site, 305);
    assert_eq!(stage.visit(browser, &path), "bad");
    assert!(verdict(browser).contains("VIẾT LẠI"), "{}", verdict(browser));
    // It is not forgotten at the next visit.
    stage.log.leaves.push(gift(&code_of(77_778), 1));
    stage.log.publish(&stage.site, 306);
    assert_eq!(stage.visit(browser, &path), "bad");
}

fn the_key_is_exchanged(browser: &Browser) {
    let mut stage = Stage::of(5);
    let path = stage.entry_page(1, "");
    let early = stage.log.receipt(1, 5, None);
    assert_eq!(stage.visit(browser, &path), "ok");
    // Two keys sign: the device, which remembers a checkpoint of the first, goes on.
    stage.log.add_key();
    stage.append(key_added(&code_of(800), &stage.log.newest_vkey()));
    stage.entry_page(1, "");
    assert_eq!((stage.visit(browser, &path).as_str(), step(browser, "growth").as_str()), ("ok", "ok"));
    // Only the second signs; what the first one signed stays good beside today's log.
    stage.log.retire_key();
    stage.append(gift(&code_of(801), 5));
    stage.entry_page(1, "");
    assert_eq!((stage.visit(browser, &path).as_str(), step(browser, "growth").as_str()), ("ok", "ok"));
    stage.put_verifier();
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    assert_eq!(check(browser, &early), "ok", "{}", browser.text_of("main"));
    // Who knows only the new key does not believe the old one.
    browser.run(&format!("document.getElementById('vkey').value = {}", json!(stage.log.newest_vkey())));
    assert_eq!(check(browser, &early), "bad");
    assert!(verdict(browser).contains("không có chữ ký của khóa này"), "{}", verdict(browser));
    assert_eq!(check(browser, &stage.log.receipt(1, 7, None)), "ok", "{}", browser.text_of("main"));
}

fn entry_in_between(browser: &Browser) {
    let mut stage = Stage::of(5);
    stage.log.leaves.push(gift(&code_of(5), 1_005));
    let path = stage.entry_page(5, "");
    stage.says(5, json!({"log_index": null}));
    browser.open(&format!("{}{path}", stage.site.base()));
    browser.wait_for("it says that the entry is being sealed", "document.body.innerText.includes('đang niêm phong')");
    stage.log.publish(&stage.site, 6);
    stage.says(5, json!({}));
    assert_eq!(entry_state(browser), "ok", "{}", browser.text_of("#verify"));
    // The name was erased since: said, and no fault.
    let gone = stage.append(erasure(&code_of(6), &code_of(5)));
    stage.says(5, json!({"annotations": [{"code": code_of(6), "log_index": gone}]}));
    assert_eq!(stage.visit(browser, &path), "ok", "{}", browser.text_of("#verify"));
    assert!(browser.text_of("#verify").contains("đã được xóa theo yêu cầu"));
    // Without the API the static log still answers: this device reads what came later.
    stage.site.remove(&format!("/api/v1/public/entries/{}", code_of(5)));
    assert_eq!(stage.visit(browser, &path), "ok", "{}", browser.text_of("#verify"));
    // In a log with much behind the entry it does so when asked, and does not pretend before.
    (0..600).for_each(|n| stage.log.leaves.push(gift(&code_of(2_000 + n), 5)));
    stage.log.publish(&stage.site, 607);
    assert_eq!(stage.visit(browser, &path), "unknown", "{}", browser.text_of("#verify"));
    assert!(verdict(browser).contains("Chưa biết"), "{}", verdict(browser));
    browser.click("[data-step=offer]");
    browser.wait_for("all was read", "document.querySelector('.verdict').dataset.state === 'ok'");
    // The server's word is told as that, and is not green.
    stage.says(5, json!({}));
    assert_eq!((stage.visit(browser, &path).as_str(), step(browser, "stands").as_str()), ("unknown", "note"));
    assert!(verdict(browser).contains("Theo máy chủ thì chưa bị hủy"), "{}", verdict(browser));
    browser.pictures("entry not read on");
    browser.click("[data-step=offer]");
    browser.wait_for("all was read", "document.querySelector('[data-step=stands]').dataset.state === 'ok'");
    assert_eq!(browser.eval("document.querySelector('.verdict').dataset.state"), "ok");
    assert_eq!(browser.eval("document.querySelector('[data-step=offer]')"), Value::Null);
    // A reversal that the page knows of and the API does not yet: not green.
    let page = browser.eval("fetch(location.pathname).then(page => page.text())");
    let page = page.as_str().unwrap().replace("data-code", "data-reversed-by=\"0000000000000001A\" data-code");
    stage.site.put(&path, HTML, page);
    browser.open(&format!("{}{path}", stage.site.base()));
    browser.wait_for(
        "it waits for the reversal",
        "document.querySelector('[data-step=seal]')?.innerText.includes('đang niêm phong')",
    );
    // And not either when the API is gone and all later leaves were read.
    stage.site.remove(&format!("/api/v1/public/entries/{}", code_of(5)));
    assert_eq!(stage.visit(browser, &path), "unknown", "{}", browser.text_of("#verify"));
    browser.click("[data-step=offer]");
    browser.wait_for("all was read", "document.querySelector('[data-step=stands]').innerText.includes('đã tự đọc cả')");
    assert_eq!(browser.eval("document.querySelector('.verdict').dataset.state"), "unknown", "{}", verdict(browser));
    assert!(verdict(browser).contains("đang niêm phong"), "{}", verdict(browser));
    stage.entry_page(5, "");
    // A network that wants a log-in first answers everything with its own page.
    stage.site.put("/log/checkpoint", HTML, "<h1>Wi-Fi</h1>");
    assert_eq!(stage.visit(browser, &path), "unknown", "{}", browser.text_of("#verify"));
    // No end of an answer.
    stage.site.put("/log/checkpoint", "text/plain", "x".repeat(70_000));
    assert_eq!(stage.visit(browser, &path), "bad", "{}", browser.text_of("#verify"));
    assert!(!browser.text_of("#verify").contains("ANSWER_TOO_LONG"), "words, and no code");
    // Without the log nothing can be said, and that is no fault of the entry.
    stage.site.clear("/log/");
    assert_eq!(stage.visit(browser, &path), "unknown", "{}", browser.text_of("#verify"));
    assert!(verdict(browser).contains("404"));
}

fn entry_takes_receipts(browser: &Browser) {
    let stage = Stage::of(5);
    let path = stage.entry_page(1, "");
    assert_eq!(stage.visit(browser, &path), "ok");
    let cases = [
        ("own.tlog-proof", stage.log.receipt(1, 3, Some(&openings(&["name"]))), "ok", "còn hiệu lực"),
        ("other.tlog-proof", stage.log.receipt(2, 5, None), "bad", "bút toán khác"),
        ("broken.tlog-proof", stage.log.receipt(1, 3, None).replace("index 1", "index 0"), "bad", "KHÔNG KHỚP"),
        ("photo.tlog-proof", "GIF89a".to_owned(), "unknown", "Không đọc được tệp này"),
        ("large.tlog-proof", "x".repeat(600_000), "unknown", "Không đọc được tệp này"),
    ];
    for (name, text, state, words) in cases {
        let file = SavedFile::new(name, &text);
        browser.run("document.querySelector('.verify-receipt').replaceChildren()");
        browser.type_into("input[type=file]", file.path());
        let seen = format!("document.querySelector('.verify-receipt')?.innerText.includes({})", json!(words));
        browser.wait_for(words, &seen);
        let got = browser.eval("document.querySelector('.verify-receipt .verdict').dataset.state");
        assert_eq!(got, state, "{name}");
    }
}

/// A file that is removed again.
struct SavedFile(String);

impl SavedFile {
    fn new(name: &str, text: &str) -> SavedFile {
        let path = format!("/tmp/sna-browser-{}-{name}", std::process::id());
        std::fs::write(&path, text).unwrap();
        SavedFile(path)
    }

    fn path(&self) -> &str {
        &self.0
    }
}

impl Drop for SavedFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Pastes a receipt, presses the button and waits for the verdict.
pub fn check(browser: &Browser, receipt: &str) -> String {
    browser.run(&format!(
        "document.getElementById('receipt').value = {}; document.getElementById('result').dataset.state = ''",
        json!(receipt)
    ));
    browser.click("button[type=submit]");
    browser.wait_for("there is a verdict", "!['', 'checking'].includes(document.getElementById('result').dataset.state)");
    browser.eval("document.getElementById('result').dataset.state").as_str().unwrap().to_owned()
}

fn verifier_offline(browser: &Browser) {
    let stage = Stage::of(300);
    let page = SavedFile::new("kiem-tra.html", &verifier::page(&stage.log.vkey(), &stage.site.base(), Lang::Vi));
    browser.open(&format!("file://{}", page.path()));
    browser.wait_for("the form is there", "!document.getElementById('check').hidden");
    stage.site.asked();
    let receipt = SavedFile::new("gift.tlog-proof", &stage.log.receipt_for_real(299, 300, Some(&openings(&["name", "memo"]))));
    browser.type_into("#file", receipt.path());
    browser.wait_for("it is checked", "document.getElementById('result').dataset.state === 'ok'");
    let text = browser.text_of("main");
    assert!(text.contains("Chưa biết nó có bị hủy về sau") && text.contains("Ngoại tuyến"), "{text}");
    assert!(text.contains("Nguyễn Văn A") && text.contains("Ủng hộ đồng bào") && text.contains("1.299 đ"), "{text}");
    assert!(!text.contains("0912345678"), "the phone number was not opened");
    assert_eq!(stage.site.asked(), Vec::<String>::new(), "nothing is asked of the network");
    assert_eq!(browser.console(), Vec::<String>::new());
    // From the disk it may ask any server, if told to.
    stage.site.put_file(
        "/log/checkpoint",
        File {
            status: 200,
            content_type: "text/plain",
            body: stage.log.checkpoint(300).into_bytes(),
            headers: vec!["Access-Control-Allow-Origin: *".to_owned()],
        },
    );
    browser.click("#online");
    assert_eq!(check(browser, &stage.log.receipt(1, 300, None)), "unknown", "the rest of this site is closed to other pages");
    assert!(stage.site.asked().contains(&"/log/checkpoint".to_owned()));
}

fn verifier_online(browser: &Browser) {
    let mut stage = Stage::of(5);
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    let receipt = stage.log.receipt(1, 4, None);
    assert_eq!(check(browser, &receipt), "ok", "{}", browser.text_of("main"));
    assert!(verdict(browser).contains("còn hiệu lực"), "{}", verdict(browser));
    let back = stage.append(reversal(&code_of(901), &stage.code(1), 1_001));
    assert_eq!(check(browser, &receipt), "reversed", "{}", browser.text_of("main"));
    stage.says(1, json!({"reversed_by": stage.code(back)}));
    assert_eq!(check(browser, &receipt), "reversed", "{}", browser.text_of("main"));
    assert!(verdict(browser).contains("ĐÃ HỦY"), "{}", verdict(browser));
    // The log of today does not begin like the receipt's.
    stage.log.leaves[3] = gift(&code_of(55), 1);
    stage.log.publish(&stage.site, 6);
    assert_eq!(check(browser, &receipt), "bad");
    assert!(verdict(browser).contains("VIẾT LẠI"), "{}", verdict(browser));
    // Without its API the log can still be read.
    stage.log.leaves[3] = gift(&code_of(3), 1_003);
    stage.log.publish(&stage.site, 6);
    stage.site.remove(&format!("/api/v1/public/entries/{}", stage.code(1)));
    stage.site.remove(&format!("/api/v1/public/entries/{}", stage.code(2)));
    assert_eq!(check(browser, &receipt), "reversed", "{}", browser.text_of("main"));
    assert_eq!(check(browser, &stage.log.receipt(2, 4, None)), "ok", "{}", browser.text_of("main"));
    // A key that signed nothing here; text that is no key.
    browser
        .run("document.getElementById('vkey').value = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'");
    assert_eq!(check(browser, &receipt), "bad");
    assert!(verdict(browser).contains("không có chữ ký của khóa này"), "{}", verdict(browser));
    browser.run("document.getElementById('vkey').value = 'khóa'");
    assert_eq!(check(browser, &receipt), "bad");
    assert_eq!(browser.console().iter().filter(|line| line.contains("Content Security")).count(), 0);
}

fn verifier_looks(browser: &Browser) {
    let stage = Stage::of(7);
    browser.narrow(Some(360));
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    assert_eq!(check(browser, &stage.log.receipt(3, 7, Some(&openings(&["memo", "name"])))), "ok");
    let fits = "document.documentElement.scrollWidth <= 360";
    assert_eq!(browser.eval(fits), true, "{}", browser.eval("document.documentElement.scrollWidth"));
    assert!(browser.text_of("h1").contains("Kiểm tra biên nhận") && !browser.text_of("main").contains("Check a receipt"));
    browser.click("#language");
    assert_eq!(browser.eval("document.documentElement.lang"), "en");
    assert!(
        browser.text_of("h1").contains("Check a receipt") && verdict(browser).contains("the entry stands"),
        "{}",
        verdict(browser)
    );
    assert!(!browser.text_of("main").contains("Kiểm tra biên nhận"));
    assert_eq!(browser.eval(fits), true);
    // Everything that can be used has a name.
    let nameless =
        "[...document.querySelectorAll('button, input, textarea')].filter(e => !(e.labels?.length || e.innerText.trim())).length";
    assert_eq!(browser.eval(nameless), 0);
    browser.pictures("kiem-tra");
    browser.scripts(false);
    browser.reload();
    browser.scripts(true);
    assert!(browser.text_of("main").contains("cần JavaScript"), "{}", browser.text_of("main"));
    assert_eq!(browser.eval("document.getElementById('check').hidden"), true);
    // What works without scripts has a way there, and the page a way back.
    for path in ["/assets/check-receipt.sh", "/assets/verify-log.go", "/du-lieu-mo#verify", "/keu-goi", "/tim"] {
        let link = format!("document.querySelector('a[href$=\"{path}\"]')?.checkVisibility()");
        assert_eq!(browser.eval(&link), true, "{path}");
    }
}
