//! In the middle of a term: posts that are added, roles that somebody had already and a post carries from now on.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::{day, give, id_of, newcomer};
use crate::committees::{COMMITTEES, above, at, audit, committee, ending, holder, made, person, post_of, public, seat};
use crate::coverage::{Call, call};
use crate::harness::TestApp;
use crate::persons::wrong;

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let school = crate::chapter_life::school(json!({"name": "Hội Chữ thập đỏ Trường Thêm Chức Danh", "id": Uuid::now_v7()}));
    let school = app.chair_of("23095").post("/api/v1/chapters", school, 201)["code"].clone();
    let below = app.chair_of("23095").post(COMMITTEES, committee(app, json!({"chapter": school})), 201);
    let standing = json!({"kind": "STANDING_COMMITTEE", "posts": [{"title": "STANDING_MEMBER", "seats": 3}]});
    let own = post_of(&made(app, standing), "STANDING_MEMBER");
    let officer = app.officer_of("23095");
    let path = seat(&officer, &own, &holder(app, &person(&officer, "23095", "Trần Văn Tâm"), json!({})));
    let assignment = assignment(app, newcomer(app, "23095"));
    let to = format!("{COMMITTEES}/{}/posts", below["id"].as_str().unwrap());
    vec![
        call("POST /api/v1/committees/{id}/posts", to, Some(more(app, json!({}))), 404, 403, 201),
        call(
            "POST /api/v1/posts/{id}/holders/{holder}/carried-roles",
            format!("{path}/carried-roles"),
            Some(carried(&assignment)),
            404,
            403,
            201,
        ),
    ]
}

fn more(app: &TestApp, change: Value) -> Value {
    let mut post = json!({"id": Uuid::now_v7(), "title": "EXECUTIVE_MEMBER", "seats": 3, "decision_no": "18/QĐ-HCTĐ", "decision_on": app.today()});
    post.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    post
}

fn carried(assignment: &str) -> Value {
    json!({"id": Uuid::now_v7(), "assignment": assignment, "decision_no": "15/QĐ-HCTĐ"})
}

/// A role that somebody was given before there was a post.
fn assignment(app: &TestApp, account: crate::harness::Account) -> String {
    id_of(&give(&above(app), crate::appointments::role(app, account, Role::ChapterChair, "23095", json!({})), 201))
}

#[test]
fn a_post_is_added_in_the_middle_of_a_term_and_is_vacant_until_somebody_holds_it() {
    let app = TestApp::start();
    let committee = made(&app, json!({}));
    app.clock.advance(Duration::days(30));
    let (thu, officer) = (above(&app), app.officer_of("23095"));
    let posts = format!("{COMMITTEES}/{}/posts", committee["id"].as_str().unwrap());
    let new = more(&app, json!({"title": "STANDING_VICE_CHAIR", "seats": 1}));
    let after = thu.post(&posts, new.clone(), 201);
    assert_eq!(thu.post(&posts, new.clone(), 200), after, "twice is once");
    let mut other = new.clone();
    other["decision_no"] = json!("19/QĐ");
    thu.post(&posts, other, 422);
    let post = post_of(&after, "STANDING_VICE_CHAIR");
    let shown = thu.get(&at(&post, ""), 200);
    assert_eq!((&shown["standing"], &shown["added_on"]), (&json!("VACANT"), &json!(app.today())));
    // Of a title that there is already: more seats. Of one that there is once: no second.
    thu.post(&posts, more(&app, json!({})), 201);
    assert_eq!(wrong(&thu.post(&posts, more(&app, json!({"title": "CHAIR", "seats": 1})), 422)), [("/title", "TWICE")]);
    assert_eq!(wrong(&thu.post(&posts, more(&app, json!({"title": "INSPECTION_MEMBER"})), 422)), [("/title", "NOT_FOR_THIS")]);
    assert_eq!(wrong(&thu.post(&posts, more(&app, json!({"seats": 0})), 422)), [("/seats", "OUT_OF_RANGE")]);
    assert_eq!(wrong(&thu.post(&posts, more(&app, json!({"from": day(&app, 1)})), 422)), [("/from", "IN_THE_FUTURE")]);
    assert_eq!(wrong(&thu.post(&posts, more(&app, json!({"from": day(&app, -31)})), 422)), [("/from", "BEFORE_THE_START")]);
    let seats: i64 = public(&app)[0]["posts"].as_array().unwrap().iter().map(|post| post["seats"].as_i64().unwrap()).sum();
    assert_eq!(seats, 15 + 1 + 3);
    // Nobody held it before there was it.
    let lan = person(&officer, "23095", "Nguyễn Thị Lan");
    let early = holder(&app, &lan, json!({"from": day(&app, -1), "manner": "CO_OPTED"}));
    assert_eq!(wrong(&officer.post(&at(&post, "/holders"), early, 422)), [("/from", "BEFORE_THE_START")]);
    seat(&officer, &post, &holder(&app, &lan, json!({"manner": "CO_OPTED"})));
    assert_eq!(thu.get(&at(&post, ""), 200)["holders"][0]["from"], json!(app.today()));
    // The chapter itself does not add to its committee, and nobody adds to one that has ended.
    officer.post(&posts, more(&app, json!({})), 403);
    made(&app, json!({"decision_no": "30/QĐ-HCTĐ", "congress": "Đại hội lần thứ II"}));
    thu.post(&posts, more(&app, json!({})), 409);
    let refused = app.database.refuses("INSERT INTO committee_post SELECT gen_random_uuid(), committee_id, title, 99, 1 FROM committee_post WHERE title = 'CHAIR' LIMIT 1");
    assert!(refused.contains("committee_post_fits"), "{refused}");
    audit(&app);
}

#[test]
fn a_role_somebody_has_already_is_carried_by_a_post_and_ends_with_it() {
    let app = TestApp::start();
    let account = newcomer(&app, "23095");
    let role = assignment(&app, account);
    let committee = made(&app, json!({}));
    let (thu, officer) = (above(&app), app.officer_of("23095"));
    let post = post_of(&committee, "CHAIR");
    let path = seat(&officer, &post, &holder(&app, &person(&officer, "23095", "Trần Văn Tâm"), json!({})));
    let to = format!("{path}/carried-roles");
    // One that there is not, and one of another chapter, look the same.
    let elsewhere = newcomer(&app, "23059");
    let elsewhere = id_of(&give(&thu, crate::appointments::role(&app, elsewhere, Role::Officer, "23059", json!({})), 201));
    for id in [elsewhere, Uuid::now_v7().to_string()] {
        assert_eq!(wrong(&thu.post(&to, carried(&id), 422)), [("/assignment", "NOT_FOR_THIS_CHAPTER")]);
    }
    officer.post(&to, carried(&role), 403);
    let ask = carried(&role);
    assert_eq!(thu.post(&to, ask.clone(), 201)["holders"][0]["roles"], json!([role]));
    thu.post(&to, ask, 200);
    thu.post(&to, carried(&role), 409);
    app.log_in(account).get("/api/v1/gifts?chapter=23095", 200);
    // The post ends by the chapter above alone now, and the role with it.
    officer.post(&format!("{path}/ending"), ending(json!({})), 403);
    thu.post(&format!("{path}/ending"), ending(json!({})), 200);
    let tam = app.log_in(account);
    tam.get("/api/v1/gifts?chapter=23095", 404);
    let given = thu.get("/api/v1/role-assignments?chapter=23095&past=true&limit=200", 200);
    let row = given["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(role)).unwrap().clone();
    assert_eq!(row["standing"], "ENDED", "{row}");
    // Neither comes back to a post that is over.
    thu.post(&to, carried(&assignment(&app, newcomer(&app, "23095"))), 409);
    audit(&app);
}

#[test]
fn a_role_that_would_outlive_a_post_gets_its_last_day_when_the_post_takes_it() {
    let app = TestApp::start();
    let account = newcomer(&app, "23095");
    let role = assignment(&app, account);
    let committee = made(&app, json!({}));
    let (thu, officer) = (above(&app), app.officer_of("23095"));
    let until = holder(&app, &person(&officer, "23095", "Trần Văn Tâm"), json!({"until": day(&app, 5)}));
    let path = seat(&officer, &post_of(&committee, "CHAIR"), &until);
    thu.post(&format!("{path}/carried-roles"), carried(&role), 201);
    assert_eq!(
        app.database.text(&format!("SELECT valid_to::text FROM role_assignment WHERE id = '{role}'")),
        day(&app, 4).to_string()
    );
    app.clock.advance(Duration::days(5));
    app.log_in(account).get("/api/v1/gifts?chapter=23095", 404);
    audit(&app);
}
