//! The portal and the verifier in a real browser: Debian's Chromium, driven through chromedriver.
//!
//! One browser serves all scenarios, one after the other, so there is one test; what went wrong is listed by name.
//! `BROWSER_ONLY=word` runs the scenarios whose name contains the word. Without Chromium the test is skipped in red,
//! except where CI is set: there it fails.
#![cfg(target_os = "linux")]

#[path = "browser/access.rs"]
mod access;
#[path = "browser/doubts.rs"]
mod doubts;
#[path = "browser/driver.rs"]
mod driver;
#[path = "outside/every_kind.rs"]
mod every_kind;
#[path = "browser/fake_log.rs"]
mod fake_log;
#[allow(dead_code)] // the tests of the process use all of it
#[path = "process/harness.rs"]
mod harness;
#[path = "browser/layout.rs"]
mod layout;
#[path = "browser/leaves.rs"]
mod leaves;
#[path = "browser/members.rs"]
mod members;
#[path = "browser/papers.rs"]
mod papers;
#[path = "browser/receipts.rs"]
mod receipts;
#[path = "browser/site.rs"]
mod site;
#[path = "browser/story.rs"]
mod story;
#[path = "browser/units.rs"]
mod units;
#[path = "browser/volunteers.rs"]
mod volunteers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use driver::Browser;

/// A name and what is done.
pub type Scenario = (&'static str, fn(&Browser));

#[test]
fn in_a_real_browser() {
    let Some(programs) = driver::programs() else {
        assert!(std::env::var_os("CI").is_none(), "chromium and chromedriver are not installed: make setup-browser");
        eprintln!("\x1b[31mSKIPPED: chromium and chromedriver are not installed (make setup-browser)\x1b[0m");
        return;
    };
    let only = std::env::var("BROWSER_ONLY").unwrap_or_default();
    let browser = Browser::start(&programs);
    let scenarios = [
        units::SCENARIOS,
        papers::SCENARIOS,
        receipts::SCENARIOS,
        doubts::SCENARIOS,
        leaves::SCENARIOS,
        story::SCENARIOS,
        members::SCENARIOS,
        volunteers::SCENARIOS,
        access::SCENARIOS,
    ]
    .concat();
    let mut failed = Vec::new();
    for (name, scenario) in scenarios.into_iter().filter(|(name, _)| name.contains(&only)) {
        let started = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| scenario(&browser)));
        println!("{} {name} ({} ms)", if ended.is_ok() { "ok    " } else { "FAILED" }, started.elapsed().as_millis());
        if ended.is_err() {
            failed.push(name);
        }
        browser.settle();
    }
    assert!(failed.is_empty(), "failed in the browser: {failed:?}");
}
