//! `/kiem-tra` where something is not as it should be, or not known: it says which of the two, and is green for neither.

use serde_json::{Value, json};

use crate::Scenario;
use crate::driver::Browser;
use crate::fake_log::{code_of, gift, openings, reversal};
use crate::receipts::{Stage, check, verdict};

pub const SCENARIOS: &[Scenario] = &[
    ("kiem-tra: a reversal that is being sealed, or hidden", verifier_looks_on),
    ("kiem-tra: a log that got shorter", verifier_sees_a_shorter_log),
    ("kiem-tra: text that is no receipt", verifier_can_not_read),
    ("kiem-tra: one changed byte is red", verifier_is_red),
];

/// Waits until the later leaves were read at the press of the button, and says what came of it.
fn read_on(browser: &Browser) -> Value {
    browser.click("[data-step=offer]");
    browser.wait_for(
        "all was read",
        "document.querySelector('[data-step=offer]') === null && document.querySelector('.step-wait') === null",
    );
    browser.eval("document.querySelector('.verdict').dataset.state")
}

fn verifier_looks_on(browser: &Browser) {
    let mut stage = Stage::of(5);
    let receipt = stage.log.receipt(1, 4, None);
    (0..694).for_each(|n| stage.log.leaves.push(gift(&code_of(2_000 + n), 5)));
    stage.log.publish(&stage.site, 699);
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    // The server names a reversal that has no place in the log yet: reading on finds nothing, and the warning stays.
    stage.says(1, json!({"reversed_by": code_of(901)}));
    stage.site.put(
        &format!("/api/v1/public/entries/{}", code_of(901)),
        "application/json",
        r#"{"leaf_hash":"00","log_index":null}"#,
    );
    assert_eq!(check(browser, &receipt), "unknown", "{}", browser.text_of("main"));
    assert!(verdict(browser).contains("đang niêm phong"), "{}", verdict(browser));
    assert_eq!(read_on(browser), "unknown", "{}", browser.text_of("main"));
    assert!(verdict(browser).contains("đang niêm phong"), "{}", verdict(browser));
    // It names none: that is its word alone, until this device has read on.
    stage.says(1, json!({}));
    assert_eq!(check(browser, &receipt), "unknown", "{}", browser.text_of("main"));
    let said = verdict(browser);
    assert!(said.contains("Theo máy chủ thì chưa bị hủy") && !said.contains("còn hiệu lực"), "{said}");
    browser.pictures("kiem-tra not read on");
    assert_eq!(read_on(browser), "ok", "{}", browser.text_of("main"));
    assert!(verdict(browser).contains("còn hiệu lực trong sổ 699 bút toán"), "{}", verdict(browser));
    // One is sealed, and hidden.
    stage.append(reversal(&code_of(901), &stage.code(1), 1_001));
    assert_eq!(check(browser, &receipt), "unknown", "{}", browser.text_of("main"));
    assert!(!verdict(browser).contains("còn hiệu lực"), "{}", verdict(browser));
    assert_eq!(read_on(browser), "reversed", "{}", browser.text_of("main"));
    assert!(browser.text_of("main").contains("máy chủ không nói ra"));
}

fn verifier_sees_a_shorter_log(browser: &Browser) {
    let stage = Stage::of(700);
    let receipt = stage.log.receipt(1, 700, None);
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    stage.log.publish(&stage.site, 400);
    assert_eq!(check(browser, &receipt), "bad", "{}", browser.text_of("main"));
    let said = browser.text_of("main");
    assert!(verdict(browser).contains("SỔ ĐÃ NGẮN ĐI: sổ đã ký 700 bút toán"), "{}", verdict(browser));
    assert!(!said.contains("chỉ dài thêm") && !said.contains("còn hiệu lực"), "{said}");
}

fn verifier_can_not_read(browser: &Browser) {
    let stage = Stage::of(5);
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    let good = stage.log.receipt(1, 4, None);
    for text in [
        "",
        "xin chào",
        "GIF89a\u{fffd}\u{0}",
        "https://so.example.org/g/0000000000000001A",
        "{\"index\": 1}",
        "<!doctype html>\n<p>tlog-proof",
    ] {
        assert_eq!(check(browser, text), "unknown", "{text}: {}", browser.text_of("main"));
        let said = browser.text_of("main");
        assert!(verdict(browser).contains("Không đọc được tệp này") && !said.contains("RECEIPT_FORM"), "{text}: {said}");
    }
    browser.pictures("kiem-tra unreadable");
    // Whatever is left of a receipt is one, and wrong.
    let lines: Vec<&str> = good.lines().collect();
    for (from, to) in [(0, 1), (0, 2), (1, lines.len()), (2, lines.len()), (4, lines.len())] {
        assert_eq!(check(browser, &lines[from..to].join("\n")), "bad", "{from}..{to}: {}", browser.text_of("main"));
    }
    for (from, to) in
        [("c2sp.org", "d2sp.org"), ("extra ", "Extra "), ("c2sp.org/tlog-proof@v1\n", "\u{feff}c2sp.org/tlog-proof@v1\n")]
    {
        assert_eq!(check(browser, &good.replacen(from, to, 1)), "bad", "{to}");
    }
}

fn verifier_is_red(browser: &Browser) {
    let stage = Stage::of(7);
    browser.open(&format!("{}/kiem-tra", stage.site.base()));
    browser.click("#online");
    let good = stage.log.receipt(3, 7, None);
    assert_eq!(check(browser, &good), "ok");
    // One changed character each: in the leaf, in a hash of the proof, in the root, in the size, in the signature.
    let lines: Vec<&str> = good.lines().collect();
    let root = lines.iter().position(|line| *line == "7").unwrap() + 1;
    for (what, line, at) in
        [("leaf", 1, 40), ("hash", 3, 5), ("size", root - 1, 0), ("root", root, 5), ("signature", lines.len() - 1, 60)]
    {
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let old = lines[line].chars().nth(at).unwrap();
        let new = match old {
            '7' => '6',
            'A' => 'B',
            _ => 'A',
        };
        changed[line] = lines[line].chars().enumerate().map(|(i, c)| if i == at { new } else { c }).collect();
        assert_eq!(check(browser, &(changed.join("\n") + "\n")), "bad", "{what}");
        assert!(verdict(browser).contains("KHÔNG KHỚP"), "{what}: {}", verdict(browser));
        assert_eq!(browser.text_of("#entry"), "", "{what}: nothing of a bad receipt is shown as if it were true");
    }
    let opened = stage.log.receipt(3, 7, Some(&openings(&["name"])));
    assert_eq!(check(browser, &opened), "ok");
    let forged = openings(&["name"]).replace("Nguyễn Văn A", "Nguyễn Văn B");
    assert_eq!(check(browser, &stage.log.receipt(3, 7, Some(&forged))), "bad");
}
