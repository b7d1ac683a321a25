//! What others check the log with: programs that share nothing with ours come from the portal itself, and the page about open
//! data names every command with this installation's own address and key.

use serde_json::json;

use crate::harness::TestApp;
use crate::portal::{browser, page};

/// The files that `tests/outside` runs.
const PROGRAMS: [(&str, &str); 2] = [
    ("check-receipt.sh", include_str!("../../assets/outside/check-receipt.sh")),
    ("verify-log.go", include_str!("../../assets/outside/verify-log.go")),
];

#[test]
fn the_outside_programs_are_downloads() {
    let app = TestApp::shared();
    for (name, content) in PROGRAMS {
        let path = format!("/assets/{name}");
        let answer = app.anonymous().send("GET", &path, None);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")), "{name}");
        assert_eq!(answer.text, content, "{name} is what the tests run");
        assert!(answer.header("cache-control").is_some_and(|how| how.contains("max-age")), "{name}");
        let tag = answer.header("etag").unwrap().to_owned();
        assert_eq!(app.anonymous().with("if-none-match", &tag).send("GET", &path, None).status, 304);
        for place in ["/du-lieu-mo", "/kiem-tra"] {
            let text = page(&app, place);
            assert!(text.contains(&format!("{path}\" download>{name}</a>")), "{place}: {name}");
        }
    }
}

#[test]
fn the_page_names_commands_that_fit_this_log() {
    let app = TestApp::start();
    let empty = page(&app, "/du-lieu-mo");
    assert!(empty.contains("$SITE/log/checkpoint") && !empty.contains("-o entries"), "no files at the end of an empty log");
    let officer = app.officer_of("23095");
    (0..3).for_each(|n| drop(officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 1_000 + n})), 201)));
    app.wait_for_checkpoint();
    let vkey = app.anonymous().get("/api/v1/public/log", 200)["keys"][0].as_str().unwrap().to_owned();
    for lang in ["vi", "en"] {
        // Not the page that is kept from before.
        let text = browser(&app, lang).send("GET", &format!("/du-lieu-mo?lang={lang}&then"), None).text.replace("&#38;", "&");
        assert!(text.contains("SITE=https://so.example.org\n"), "{text}");
        assert!(text.replace("&#39;", "'").contains(&format!("VKEY='{vkey}'")), "{text}");
        for part in
            ["bash check-receipt.sh CODE.tlog-proof", "go build -o verify-log verify-log.go", "--mirror copy", "-old today"]
        {
            assert!(text.contains(part), "{lang}: {part}");
        }
        let files: Vec<&str> = text.split("$SITE/log/tile/").skip(1).map(|rest| rest.split('\n').next().unwrap()).collect();
        assert_eq!(files.len(), 2, "{text}");
        for file in files {
            assert_eq!(app.anonymous().send("GET", &format!("/log/tile/{file}"), None).status, 200, "{file}");
        }
    }
    let check = page(&app, "/kiem-tra");
    assert!(check.contains(&format!("bash check-receipt.sh CODE.tlog-proof '{vkey}'")), "{check}");
}
