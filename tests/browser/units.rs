//! The modules themselves, in the browser: hashes, signatures, notes, trees, leaves, commitments, files; good input and
//! bad. `units.js` says what must hold; here it gets a log to read and a page to run in.

use serde_json::json;

use crate::Scenario;
use crate::driver::{Browser, INSECURE_HOST};
use crate::fake_log::{FakeLog, code_of, openings};
use crate::site::Site;

pub const SCENARIOS: &[Scenario] = &[
    ("units: with WebCrypto", |browser| run(browser, "127.0.0.1", LARGE)),
    ("units: without WebCrypto (plain http on a name)", |browser| run(browser, INSECURE_HOST, 900)),
];

const JAVASCRIPT: &str = "text/javascript";

/// The portal's modules, as the portal serves them.
pub fn put_modules(site: &Site) {
    site.put("/portal/verify.js", JAVASCRIPT, include_str!("../../assets/portal/verify.js"));
    site.put("/portal/log.js", JAVASCRIPT, include_str!("../../assets/portal/log.js"));
    site.put("/portal/check.js", JAVASCRIPT, include_str!("../../assets/portal/check.js"));
    site.put("/portal/entry.js", JAVASCRIPT, include_str!("../../assets/portal/entry.js"));
    site.put("/portal/noble-ed25519.js", JAVASCRIPT, include_str!("../../assets/portal/noble-ed25519.js"));
}

/// More than one row of tiles on level 1, and a partial one on every level.
const LARGE: usize = 66_000;

fn run(browser: &Browser, host: &str, size: usize) {
    let site = Site::start();
    put_modules(&site);
    site.put("/portal/units.js", JAVASCRIPT, include_str!("units.js"));
    site.put("/", "text/html", "<!doctype html><meta charset=utf-8><title>units</title>");
    let (log, small) = (FakeLog::of(size), FakeLog::of(300));
    log.publish(&site, size);
    let hashes = log.hashes(size);
    let older = [1, 255, 256, 257, 300, 65_536, 65_537].map(|older| log.checkpoint_of(&hashes[..older.min(size)]));
    let given = json!({
        "vkey": log.vkey(),
        "size": size,
        "code": code_of(299),
        "older": older,
        "receipt": small.receipt_for_real(299, 300, Some(&openings(&["name", "phone"]))),
        "notes": {
            "longer": small.sign("ledger.example.vn/log1\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n"),
            "zero": small.sign("ledger.example.vn/log1\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
            "huge": small.sign("ledger.example.vn/log1\n1099511627777\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
            "other": small.sign("ledger.example.vn/log2\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
            "root": small.sign("ledger.example.vn/log1\n1\nAAAA\n"),
            "empty": small.sign("ledger.example.vn/log1\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
            "good": small.checkpoint(0),
        },
    });
    browser.open(&format!("http://{host}:{}/", site.port));
    browser.run(&format!(
        "window.given = {given}; import('/portal/units.js').catch(error => {{ window.results = [String(error)] }});"
    ));
    browser.wait_for("the units have run", "Array.isArray(window.results)");
    let failed = browser.eval("window.results");
    assert!(failed.as_array().is_some_and(Vec::is_empty), "{failed:#}");
    let ran = browser.eval("window.ran").as_u64().unwrap_or_default();
    assert!(ran == 25, "only {ran} units ran");
}
