//! Posts listed and counted down the tree, and the room's part of the tests that hold every room.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::{day, newcomer};
use crate::committees::{COMMITTEES, at, committee, ending, holder, made, person, post_of, role, seat};
use crate::coverage::{Call, call};
use crate::harness::TestApp;
use crate::look::all;

#[test]
fn vacant_provisional_and_ended_posts_are_listed_down_the_tree() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let first = made(
        &app,
        json!({"made_by": "DECISION", "congress": null, "provisional": true, "valid_from": day(&app, -30), "term_until": null}),
    );
    seat(
        &officer,
        &post_of(&first, "CHAIR"),
        &holder(&app, &person(&officer, "23095", "Hồ Văn Lâm"), json!({"manner": "APPOINTED"})),
    );
    let read = app.staff(Role::Inspector, "68");
    let standing = |query: &str| -> Vec<String> {
        let rows = all(&read, &format!("/api/v1/posts?chapter=68&below=true{query}"), 2);
        rows.iter()
            .map(|row| {
                format!(
                    "{} {} {}",
                    row["chapter"].as_str().unwrap(),
                    row["title"].as_str().unwrap(),
                    row["standing"].as_str().unwrap()
                )
            })
            .collect()
    };
    assert_eq!(standing("&standing=PROVISIONAL"), ["23095 CHAIR PROVISIONAL"]);
    assert_eq!(standing("&standing=VACANT").len(), 2);
    let term = json!({"chapter": "23059", "valid_from": day(&app, -2_000), "term_until": day(&app, -100), "posts": [{"title": "CHAIR"}]});
    made(&app, term);
    let next = made(&app, json!({"posts": [{"title": "CHAIR"}, {"title": "VICE_CHAIR"}]}));
    seat(
        &officer,
        &post_of(&next, "CHAIR"),
        &holder(&app, &person(&officer, "23095", "Đỗ Thị Mai"), json!({"acting": "ACTING"})),
    );
    seat(&officer, &post_of(&next, "VICE_CHAIR"), &holder(&app, &person(&officer, "23095", "Đinh Văn Nam"), json!({})));
    assert_eq!(standing("&standing=ENDED"), ["23095 CHAIR ENDED", "23095 VICE_CHAIR ENDED", "23095 EXECUTIVE_MEMBER ENDED"]);
    assert_eq!(standing("&standing=PROVISIONAL"), ["23095 CHAIR PROVISIONAL"]);
    assert_eq!(standing("&standing=HELD"), ["23095 VICE_CHAIR HELD"]);
    assert_eq!(standing("&standing=VACANT"), ["23059 CHAIR VACANT"]);
    // By which it is listed is what is shown.
    let every: Vec<String> = ["HELD", "VACANT", "PROVISIONAL", "ENDED", "TO_COME"]
        .iter()
        .flat_map(|one| standing(&format!("&standing={one}")))
        .collect();
    let mut whole = standing("");
    let mut sorted = every;
    whole.sort();
    sorted.sort();
    assert_eq!(whole, sorted);
    assert!(read.get("/api/v1/posts?chapter=68", 200)["items"].as_array().unwrap().is_empty(), "the province's own");

    let counts = all(&read, "/api/v1/post-counts?chapter=68", 50);
    let of = |code: &str| counts.iter().find(|row| row["chapter"] == code).unwrap();
    assert_eq!(
        (&counts[0]["chapter"], &counts[0]["with_all_below"], &counts[0]["chapters"]),
        (&json!("68"), &json!(false), &json!(1))
    );
    let numbers = |row: &Value| {
        [
            "chapters",
            "without_executive_committee",
            "committees",
            "provisional_committees",
            "term_over",
            "seats",
            "held",
            "acting",
            "vacant",
        ]
        .map(|name| row[name].as_i64().unwrap())
    };
    assert_eq!(numbers(of("23095")), [1, 0, 1, 0, 0, 2, 2, 1, 0]);
    assert_eq!(numbers(of("23059")), [1, 0, 1, 0, 1, 1, 0, 0, 1], "a term that is over ends nothing, and is counted");
    let country = all(&app.staff(Role::Inspector, "TW"), "/api/v1/post-counts?chapter=TW", 200);
    let province = country.iter().find(|row| row["chapter"] == "68").unwrap();
    assert_eq!(numbers(province)[2..], [2, 0, 1, 3, 2, 1, 1]);
    assert_eq!(province["chapters"].as_i64().unwrap() - 2, province["without_executive_committee"].as_i64().unwrap());
}

/// The room's operations, for the table of who gets what. Committees are those of a school below Hàm Liêm, which decides on them.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let school = crate::chapter_life::school(json!({"name": "Hội Chữ thập đỏ Trường Có Ban", "id": Uuid::now_v7()}));
    let school = app.chair_of("23095").post("/api/v1/chapters", school, 201)["code"].clone();
    let below = app.chair_of("23095").post(COMMITTEES, committee(app, json!({"chapter": school})), 201);
    let inspection = json!({"chapter": school, "kind": "INSPECTION_COMMITTEE", "posts": [{"title": "INSPECTION_HEAD"}]});
    let below_path = format!("{COMMITTEES}/{}", below["id"].as_str().unwrap());
    let own = made(app, json!({}));
    let officer = app.officer_of("23095");
    let one = |name: &str| person(&officer, "23095", name);
    let (chair, vice) = (post_of(&own, "CHAIR"), post_of(&own, "VICE_CHAIR"));
    let path = seat(&officer, &vice, &holder(app, &one("Người Giữ Chức"), json!({})));
    let going = seat(&officer, &vice, &holder(app, &one("Người Sắp Thôi"), json!({})));
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    vec![
        call("POST /api/v1/committees", COMMITTEES.to_owned(), Some(committee(app, inspection)), 404, 403, 201),
        call("GET /api/v1/committees", format!("{COMMITTEES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/committees/{id}", below_path.clone(), None, 404, 200, 200),
        call("POST /api/v1/committees/{id}/ending", format!("{below_path}/ending"), Some(ending(json!({}))), 404, 403, 200),
        call("GET /api/v1/post-titles", "/api/v1/post-titles".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/post-counts", "/api/v1/post-counts?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/posts", "/api/v1/posts?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/posts/{id}", at(&chair, ""), None, 404, 200, 200),
        call(
            "POST /api/v1/posts/{id}/holders",
            at(&chair, "/holders"),
            Some(holder(app, &one("Người Mới"), json!({}))),
            404,
            403,
            201,
        ),
        call("POST /api/v1/posts/{id}/holders/{holder}/name", format!("{path}/name"), Some(agreed), 404, 403, 201),
        call(
            "POST /api/v1/posts/{id}/holders/{holder}/name/withdrawal",
            format!("{path}/name/withdrawal"),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/posts/{id}/holders/{holder}/roles",
            format!("{path}/roles"),
            Some(role(newcomer(app, "23095"), Role::Officer)),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/posts/{id}/holders/{holder}/ending",
            format!("{going}/ending"),
            Some(ending(json!({}))),
            404,
            403,
            200,
        ),
    ]
}

/// Fifty of everything that is listed.
pub fn fill(app: &TestApp) {
    for n in 0..52 {
        let from: NaiveDate = app.today() - Duration::days(1_000 - n);
        made(
            app,
            json!({"valid_from": from, "decision_no": format!("{n}/QĐ"), "decision_on": from, "term_until": null, "posts": [{"title": "CHAIR"}]}),
        );
    }
}
