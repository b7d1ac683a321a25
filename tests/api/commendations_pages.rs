//! The pages of commendations and of models of good practice: named by consent, found by words, on the pages of their chapters too.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commendations::{COMMENDATIONS, awarded, model, named, proposal};
use crate::committees::person;
use crate::harness::{Caller, TestApp};

const MODELS: &str = "/api/v1/practice-models";
const COMMENDED: &str = "/hoat-dong/bieu-duong";
const GOOD: &str = "/hoat-dong/mo-hinh";

fn see(app: &TestApp, lang: &str, path: &str) -> String {
    app.anonymous().with("accept-language", lang).get_text(path, 200)
}

/// Has a team of Hàm Liêm commended there.
fn team((officer, chair): (&Caller<'_>, &Caller<'_>), name: &str) {
    let body = proposal(json!({"collective": name}));
    officer.post(COMMENDATIONS, body.clone(), 201);
    let approval = format!("{COMMENDATIONS}/{}/approval", body["id"].as_str().unwrap());
    chair.post(&approval, Value::Null, 200);
}

fn published(officer: &Caller<'_>, change: Value) -> String {
    let body = model(change);
    officer.post(MODELS, body.clone(), 201);
    let id = body["id"].as_str().unwrap().to_owned();
    officer.post(&format!("{MODELS}/{id}/publication"), Value::Null, 200);
    id
}

#[test]
fn who_was_commended_is_seen_and_named_while_they_agree() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    assert!(see(&app, "vi", COMMENDED).contains("Chưa có biểu dương"));
    assert!(!see(&app, "vi", "/don-vi/23095").contains("bieu-duong"), "nothing is said of nothing");
    let lan = person(&officer, "23095", "Nguyễn Thị Lan Xqz");
    let body = awarded(&app, &officer, &lan);
    team((&officer, &app.chair_of("23095")), "Đội <xung kích>");
    for path in [COMMENDED, "/hoat-dong/bieu-duong?chapter=68", "/don-vi/23095", "/don-vi/68", "/don-vi/TW"] {
        let shown = see(&app, "vi", path);
        assert!(shown.contains("Một cá nhân (ẩn danh)") && shown.contains("Người tốt, việc thiện"), "{path}\n{shown}");
        assert!(shown.contains("Đội &#60;xung kích&#62;") && !shown.contains("Xqz"), "{path}\n{shown}");
    }
    let shown = see(&app, "en", COMMENDED);
    for text in ["Somebody who is not named", "Good people, good deeds", "45/QĐ-HCTĐ", "href=\"/don-vi/23095\"", "Proposed by"]
    {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    named(&app, &officer, &body);
    for path in [COMMENDED, "/don-vi/23095"] {
        assert!(see(&app, "vi", path).contains("Nguyễn Thị Lan Xqz"), "{path}");
    }
    officer.post(&format!("{COMMENDATIONS}/{}/name/withdrawal", body["id"].as_str().unwrap()), Value::Null, 200);
    for path in [COMMENDED, "/don-vi/23095"] {
        assert!(!see(&app, "vi", path).contains("Xqz"), "{path}");
    }
    // The neighbour has none, and there is no chapter of that code.
    assert!(see(&app, "vi", "/hoat-dong/bieu-duong?chapter=23059").contains("Chưa có biểu dương"));
    assert!(!see(&app, "vi", "/don-vi/23059").contains("bieu-duong"));
    assert_eq!(app.anonymous().send("GET", "/hoat-dong/bieu-duong?chapter=KHONG", None).status, 404);
    let list = see(&app, "vi", "/hoat-dong");
    assert!(list.contains(&format!("href=\"{COMMENDED}\"")) && list.contains(&format!("href=\"{GOOD}\"")), "{list}");
}

#[test]
fn a_long_list_of_commendations_is_walked_page_by_page() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    for n in 0..31 {
        team((&officer, &chair), &format!("Đội Xq{n:02}z"));
    }
    let first = see(&app, "vi", "/hoat-dong/bieu-duong?chapter=23095");
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.contains("chapter=23095") && next.contains("cursor="), "{next}");
    let second = see(&app, "vi", &next);
    assert_eq!((first.matches("Đội Xq").count(), second.matches("Đội Xq").count()), (30, 1));
    assert!(!second.contains("rel=\"next\""));
}

#[test]
fn models_of_good_practice_are_found_by_words_area_and_chapter() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    assert!(see(&app, "vi", GOOD).contains("Chưa có mô hình nào"));
    let corner = published(&officer, json!({"movement": "TET_NHAN_AI"}));
    let other =
        json!({"chapter": "23059", "area": "HEALTH_CARE", "title": "Bếp <cháo> tình thương", "about": "Mỗi tuần hai buổi"});
    let kitchen = published(&app.officer_of("23059"), other);
    let draft = model(json!({"title": "Còn nháp Xqz"}));
    officer.post(MODELS, draft.clone(), 201);
    let found = |query: &str| {
        let shown = see(&app, "vi", &format!("{GOOD}{query}"));
        assert!(!shown.contains("Xqz") && !shown.contains("<cháo>"), "{shown}");
        (shown.contains(&format!("{GOOD}/{corner}")), shown.contains(&format!("{GOOD}/{kitchen}")))
    };
    assert_eq!(found(""), (true, true));
    assert_eq!(found("?q=so+cap+cuu"), (true, false));
    assert_eq!(found("?q=TU%E1%BA%A6N"), (false, true));
    assert_eq!(found("?area=HEALTH_CARE"), (false, true));
    assert_eq!(found("?q=so+cap+cuu&area=HEALTH_CARE"), (false, false));
    assert_eq!(found("?chapter=23095"), (true, false));
    assert_eq!(found("?chapter=68&q=&area="), (true, true));
    assert!(see(&app, "vi", "/hoat-dong/mo-hinh?q=xe+dap").contains("Không có mô hình nào khớp"));
    assert_eq!(app.anonymous().send("GET", "/hoat-dong/mo-hinh?chapter=KHONG", None).status, 404);
    // The API has them by chapter too.
    let api = |query: &str| app.anonymous().get(&format!("/api/v1/public/practice-models?{query}"), 200)["items"].clone();
    assert_eq!(api("chapter=23095").as_array().unwrap().len(), 1);
    assert_eq!(api("chapter=68").as_array().unwrap().len(), 2);
    app.anonymous().get("/api/v1/public/practice-models?chapter=KHONG", 404);
    // One by itself, in both languages; and on its chapter's page.
    let one = see(&app, "vi", &format!("{GOOD}/{corner}"));
    for text in ["Góc sơ cấp cứu trong trường học", "Mỗi lớp một túi sơ cứu", "href=\"/don-vi/23095\"", "movement=TET_NHAN_AI"]
    {
        assert!(one.contains(text), "{text}\n{one}");
    }
    assert!(see(&app, "en", &format!("{GOOD}/{corner}")).contains("Published"));
    assert!(see(&app, "vi", "/don-vi/23095").contains(&format!("{GOOD}/{corner}")));
    for none in [draft["id"].as_str().unwrap().to_owned(), Uuid::now_v7().to_string(), "x".to_owned()] {
        assert_eq!(app.anonymous().send("GET", &format!("{GOOD}/{none}"), None).status, 404, "{none}");
    }
    officer.post(&format!("{MODELS}/{corner}/withdrawal"), Value::Null, 200);
    assert_eq!(found(""), (false, true));
    assert_eq!(app.anonymous().send("GET", &format!("{GOOD}/{corner}"), None).status, 404);
}
