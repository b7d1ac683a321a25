//! The page of a leaf that is no entry of the books, against the same made-up log as the pages of entries.

use crate::Scenario;
use crate::driver::Browser;
use crate::fake_log::{code_of, erasure, key_added};
use crate::receipts::{HTML, Stage, verdict};

pub const SCENARIOS: &[Scenario] = &[("leaf: no money, a key, an erasure", leaves_without_money)];

/// A leaf that the API does not know: its page says what came later, and there is nothing to reverse.
fn leaves_without_money(browser: &Browser) {
    let mut stage = Stage::of(5);
    let key = stage.log.vkey();
    let index = stage.append(key_added(&code_of(800), &key));
    stage.site.remove(&format!("/api/v1/public/entries/{}", code_of(800)));
    let gone = stage.append(erasure(&code_of(801), &code_of(2)));
    let path = |index: usize, fact: &str, later: &str| {
        let page = format!(
            r#"<!doctype html><html lang="vi"><meta charset="utf-8"><title>x</title><h1 data-fact="kind" data-value="{}">x</h1>{fact}
            <section id="verify" data-code="{code}" data-index="{index}" data-vkey="{key}" data-leaf-hash="{}" data-later="{later}"></section>
            <script type="module" src="/portal/entry.js"></script></html>"#,
            if index == gone { "ERASURE" } else { "KEY" },
            so_nhan_ai::basics::hex(&stage.log.hashes(index + 1)[index]),
            code = stage.code(index),
        );
        let path = format!("/g/{}", stage.code(index));
        stage.site.put(&path, HTML, page);
        path
    };
    let shown = |value: &str, text: &str| format!(r#"<code data-fact="key" data-value="{value}">{text}</code>"#);
    assert_eq!(stage.visit(browser, &path(index, &shown(&key, &key), "")), "ok", "{}", browser.text_of("#verify"));
    assert!(browser.text_of("[data-step=stands]").contains("không có gì để hủy"));
    let other = key.replace("log", "lag");
    for (value, text) in [(&other, &other), (&key, &other)] {
        assert_eq!(stage.visit(browser, &path(index, &shown(value, text), "")), "bad", "{}", browser.text_of("#verify"));
        assert!(verdict(browser).contains("khóa: trang"), "{}", verdict(browser));
    }
    let of = format!(r#"<a data-fact="of" data-value="{0}">{0}</a>"#, code_of(2));
    assert_eq!(stage.visit(browser, &path(gone, &of, "")), "ok", "{}", browser.text_of("#verify"));
    // What the page says came later has to be in the log, and about this.
    let wrong = format!("{}:{gone}", code_of(801));
    assert_eq!(stage.visit(browser, &path(index, "", &wrong)), "bad", "{}", browser.text_of("#verify"));
}
