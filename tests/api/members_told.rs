//! How many members there are, as everybody may know it: once a year, and never so that somebody is seen.

use chrono::Duration;
use serde_json::{Value, json};

use crate::harness::{TestApp, eventually};
use crate::members::admitted;
use crate::portal::page;

fn told(app: &TestApp, chapter: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/chapters/{chapter}"), 200)["members"].clone()
}

#[test]
fn a_year_is_told_when_it_is_over_and_a_small_chapter_is_not() {
    let app = TestApp::start();
    for (chapter, members) in [("23095", 8), ("23059", 3), ("68", 7)] {
        let (officer, chair) = (app.officer_of(chapter), app.chair_of(chapter));
        for n in 0..members {
            admitted(&officer, &chair, json!({"name": format!("Hội Viên {n}"), "chapter": chapter}));
        }
    }
    assert_eq!(told(&app, "TW"), Value::Null);
    app.clock.advance(Duration::days(45));
    eventually("the year is told", || !told(&app, "TW").is_null());
    let year =
        |members: i64| json!([{"on": "2026-12-31", "members": members, "by_kind": [{"kinds": ["MEMBER"], "members": members}]}]);
    let nobody = Value::Null;
    for (chapter, shown) in [("TW", year(18)), ("68", year(18)), ("23095", year(8)), ("23059", nobody)] {
        assert_eq!(told(&app, chapter), shown, "{chapter}");
    }
    // What the province has itself is hidden with it, or a subtraction would give it back.
    let shown = page(&app, "/don-vi/23095");
    assert!(shown.contains("31/12/2026") && shown.contains("Hội viên: 8"), "{shown}");
    assert!(!page(&app, "/don-vi/23059").contains("hoi-vien"));
    // The next year is expected, once.
    assert_eq!(app.database.number("SELECT count(*) FROM job WHERE kind = 'TELL_MEMBERS' AND state = 'WAITING'"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM job WHERE kind = 'TELL_MEMBERS'"), 2);
    let refused = app
        .database
        .refuses("INSERT INTO public_member_count SELECT chapter_id, 2025, kinds, 4 FROM public_member_count LIMIT 1");
    assert!(refused.contains("public_member_count_no_few"), "{refused}");
}
