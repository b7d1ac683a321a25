//! Committees and the people in them: one holder a seat, names by consent, erasure, a chapter that goes up in another one.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::appointments::day;
use crate::books::errors;
use crate::committees::{
    COMMITTEES, Chair, above, at, audit, chair, committee, ending, holder, made, person, post_of, public, seat,
};
use crate::harness::TestApp;
use crate::{personal, successions};

#[test]
fn seats_are_held_by_one_at_a_time() {
    let app = TestApp::start();
    let own = made(&app, json!({"posts": [{"title": "CHAIR"}, {"title": "VICE_CHAIR", "seats": 2}]}));
    let officer = app.officer_of("23095");
    let people: Vec<Value> =
        ["Một", "Hai", "Ba"].iter().map(|name| person(&officer, "23095", &format!("Lê Văn {name}"))).collect();
    let vice = post_of(&own, "VICE_CHAIR");
    seat(&officer, &vice, &holder(&app, &people[0], json!({})));
    // Nobody holds two seats of one post.
    officer.post(&at(&vice, "/holders"), holder(&app, &people[0], json!({})), 409);
    let second = seat(&officer, &vice, &holder(&app, &people[1], json!({"acting": "IN_CHARGE", "until": day(&app, 30)})));
    let shown = officer.get(&at(&vice, ""), 200);
    assert_eq!((&shown["standing"], &shown["held"], &shown["acting"]), (&json!("PROVISIONAL"), &json!(2), &json!(1)));
    officer.post(&at(&vice, "/holders"), holder(&app, &people[2], json!({})), 409);
    // From the day on which one of them goes there is room.
    let third = holder(&app, &people[2], json!({"from": day(&app, 30), "manner": "CO_OPTED"}));
    seat(&officer, &vice, &third);
    officer.post(&format!("{second}/ending"), ending(json!({"until": day(&app, 31)})), 422);
    officer.post(&format!("{second}/ending"), ending(json!({"until": day(&app, -1)})), 422);
    // Days outside the committee's, a person of nobody, a decision of tomorrow.
    let wrong = |change: Value, status| {
        drop(officer.post(&at(&post_of(&own, "CHAIR"), "/holders"), holder(&app, &people[2], change), status))
    };
    wrong(json!({"from": day(&app, -1)}), 422);
    wrong(json!({"from": day(&app, 400)}), 422);
    wrong(json!({"until": app.today()}), 409);
    wrong(json!({"decision_on": day(&app, 1)}), 422);
    wrong(json!({"id": Uuid::now_v7()}), 422);
    wrong(json!({"person": Uuid::new_v4()}), 404);
    // A person of another chapter is nobody here, whoever asks.
    let theirs = person(&app.officer_of("23059"), "23059", "Phạm Thị Khác");
    wrong(json!({"person": theirs}), 404);
    // One person may hold posts at two chapters that both know them: each by its own name for them.
    let here = person(&officer, "23095", "Võ Thị Hai Nơi");
    let there = person(&app.officer_of("23059"), "23059", "Võ Thị Hai Nơi");
    seat(&officer, &post_of(&own, "CHAIR"), &holder(&app, &here, json!({})));
    let other = made(&app, json!({"chapter": "23059"}));
    seat(&app.officer_of("23059"), &post_of(&other, "CHAIR"), &holder(&app, &there, json!({})));
    // The database refuses what the rules refuse.
    let refused = |sql: &str, guard: &str| {
        let said = app.database.refuses(sql);
        assert!(said.contains(&format!("[{guard}]")), "{sql}: {said}");
    };
    let twin = |values: &str, guard: &str| {
        refused(
            &format!(
                "BEGIN; INSERT INTO post_holder (id, post_id, seat, person_id, held_from, manner, decision_no, decision_on, entered_account, entered_at)
                 SELECT gen_random_uuid(), post_id, {values}, held_from, 'ELECTED', 'x', held_from, entered_account, entered_at FROM post_holder
                 WHERE post_id = '{vice}' AND seat = 1; SET CONSTRAINTS ALL IMMEDIATE; COMMIT"
            ),
            guard,
        );
    };
    let somebody = format!("'{}'", here.as_str().unwrap());
    twin(&format!("1, {somebody}"), "post_holder_one_a_seat");
    twin("3, person_id", "post_holder_one_seat_each");
    twin(&format!("3, {somebody}"), "post_holder_within");
    for (sql, guard) in [
        ("UPDATE post_holder SET held_until = held_until + 1 WHERE held_until IS NOT NULL", "post_holder_only_ends"),
        ("UPDATE post_holder SET seat = 2", "post_holder_only_ends"),
        ("DELETE FROM post_holder", "post_holder_append_only"),
        ("UPDATE committee SET decision_no = 'x'", "committee_only_ends"),
        ("DELETE FROM committee", "committee_append_only"),
        ("UPDATE committee_post SET seats = 5", "committee_post_append_only"),
        ("INSERT INTO committee_post SELECT gen_random_uuid(), id, 'INSPECTION_HEAD', 9, 1 FROM committee", "committee_post_fits"),
        (
            "INSERT INTO committee (id, chapter_id, kind, made_by, provisional, decision_no, decision_on, valid_from, made_account, made_at)
             SELECT gen_random_uuid(), chapter_id, kind, made_by, false, 'x', decision_on, valid_from + 3, made_account, made_at FROM committee",
            "committee_one_executive",
        ),
        (
            "BEGIN; UPDATE committee SET valid_until = valid_from + 1, ended_how = 'BY_DECISION', end_decision_no = 'x', ended_account = made_account, ended_at = now();
             SET CONSTRAINTS ALL IMMEDIATE; COMMIT",
            "committee_outlived_by_nobody",
        ),
    ] {
        refused(sql, guard);
    }
}

#[test]
fn posts_are_public_and_names_by_consent() {
    let app = TestApp::start();
    let Chair { committee, post, path, .. } = chair(&app);
    let officer = app.officer_of("23095");
    let shown = public(&app);
    assert_eq!(
        (&shown[0]["kind"], &shown[0]["posts"][0]["title_vi"], &shown[0]["posts"][2]["vacant"]),
        (&json!("EXECUTIVE_COMMITTEE"), &json!("Chủ tịch"), &json!(12))
    );
    assert!(!shown.to_string().contains("Tâm"));
    let agree = |change: Value| {
        let mut body = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    officer.post(&format!("{path}/name"), agree(json!({"text_version": 9})), 422);
    officer.post(&format!("{path}/name"), agree(json!({"given_on": day(&app, 1)})), 422);
    app.accountant_of("23095").post(&format!("{path}/name"), agree(json!({})), 403);
    above(&app).post(&format!("{path}/name"), agree(json!({})), 403);
    let agreed = agree(json!({}));
    officer.post(&format!("{path}/name"), agreed.clone(), 201);
    officer.post(&format!("{path}/name"), agreed, 200);
    assert_eq!(public(&app)[0]["posts"][0]["holders"][0], json!({"since": app.today(), "name": "Trần Văn Tâm"}));
    let page = app.anonymous().get_text("/don-vi/23095", 200);
    assert!(page.contains("Trần Văn Tâm") && page.contains("Chủ tịch") && page.contains("khuyết 12"), "{page}");
    assert!(app.anonymous().get_text("/don-vi/23095?lang=en", 200).contains("12 vacant"));
    // Withdrawn, it is gone at once; that it was given stays on record.
    officer.post(&format!("{path}/name/withdrawal"), Value::Null, 200);
    officer.post(&format!("{path}/name/withdrawal"), Value::Null, 200);
    assert!(
        !public(&app).to_string().contains("Tâm") && !app.anonymous().get_text("/don-vi/23095", 200).contains("Trần Văn Tâm")
    );
    assert_eq!(app.database.text("SELECT count(*) || ' ' || count(name) FROM post_holder_shown"), "1 0");
    // Given anew, and over with the post.
    officer.post(&format!("{path}/name"), agree(json!({})), 201);
    above(&app).post(&format!("{path}/ending"), ending(json!({})), 200);
    assert!(!public(&app).to_string().contains("Tâm"));
    officer.post(&format!("{path}/name"), agree(json!({})), 409);
    // Nobody who may be a child is named.
    for birth in [json!({"birth": "2010-01-01"}), json!({"birth": "2008"}), json!({})] {
        let mut young = json!({"id": Uuid::new_v4(), "chapter": "23095", "name": "Lê Thị Nhỏ"});
        young.as_object_mut().unwrap().extend(birth.as_object().unwrap().clone());
        officer.post("/api/v1/persons", young.clone(), 201);
        let path = seat(&officer, &post_of(&committee, "EXECUTIVE_MEMBER"), &holder(&app, &young["id"], json!({})));
        officer.post(&format!("{path}/name"), agree(json!({})), 409);
        officer.post(&format!("{path}/ending"), ending(json!({})), 200);
    }
    assert_eq!(officer.get(&at(&post, ""), 200)["standing"], "VACANT");
}

/// The history of a post stays; who it was is gone, where it was shown too.
#[test]
fn an_erased_holder_leaves_the_posts_history() {
    let app = TestApp::start();
    let (officer, second) = (app.officer_of("23095"), app.chair_of("23095"));
    let own = made(&app, json!({}));
    let told = json!({"id": Uuid::new_v4(), "chapter": "23095", "name": "Phạm Thị Zqhương", "birth": "1971-05-04"});
    let known = officer.post("/api/v1/persons", told.clone(), 201);
    let post = post_of(&own, "CHAIR");
    let path = seat(&officer, &post, &holder(&app, &told["id"], json!({})));
    let agree = || json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    let done = |kind: &str, mut change: Value| {
        change["party"] = known["party"].clone();
        let request = personal::ask(&app, kind, change);
        if officer.post(personal::REQUESTS, request.clone(), 201)["state"] != "DONE" {
            assert_eq!(second.post(&personal::path(&request, "/approval"), Value::Null, 200)["state"], "DONE", "{kind}");
        }
    };
    officer.post(&format!("{path}/name"), agree(), 201);
    let copy = officer.get(&format!("/api/v1/persons/{}/personal-data", told["id"].as_str().unwrap()), 200);
    let held: Vec<(&str, &str)> = copy["held"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["what"].as_str().unwrap(), one["text"].as_str().unwrap()))
        .collect();
    let holds = format!("Chủ tịch; {}", app.today());
    assert!(held.contains(&("POST", holds.as_str())) && held.contains(&("PUBLIC_NAME", "Phạm Thị Zqhương")), "{held:?}");
    // Corrected, she is shown as she is called; restricted, not at all, and lifting brings nothing back.
    done("CORRECT", json!({"changes": {"name": "Phạm Thị Zqhường"}}));
    assert_eq!(public(&app)[0]["posts"][0]["holders"][0]["name"], "Phạm Thị Zqhường");
    done("RESTRICT", json!({}));
    assert!(!public(&app).to_string().contains("Zq"));
    officer.post(&format!("{path}/name"), agree(), 409);
    done("LIFT_RESTRICTION", json!({}));
    assert!(!public(&app).to_string().contains("Zq"));
    officer.post(&format!("{path}/name"), agree(), 201);
    done("ERASE", json!({}));
    personal::nowhere(&app, &["Zqhường", "Zqhương"]);
    assert_eq!(app.database.number("SELECT count(*) FROM post_holder_shown"), 0);
    let shown = officer.get(&at(&post, ""), 200);
    assert_eq!((&shown["standing"], &shown["holders"][0]["from"]), (&json!("HELD"), &json!(app.today())));
    assert!(shown["holders"][0].get("person").is_none() && shown["holders"][0].get("name").is_none(), "{shown}");
    // Nobody is entered who was erased; and the post can be ended like any other.
    officer.post(&at(&post_of(&own, "VICE_CHAIR"), "/holders"), holder(&app, &told["id"], json!({})), 404);
    officer.post(&format!("{path}/ending"), ending(json!({})), 200);
    audit(&app);
}

#[test]
fn committees_end_with_a_chapter_that_goes_up_in_another() {
    let app = TestApp::start();
    let Chair { committee: own, post, account, .. } = chair(&app);
    let people = successions::persons(&app);
    let plan = successions::plan(&app, json!({}));
    successions::carried(&people, &plan);
    app.log_in(account).get("/api/v1/gifts?chapter=23095", 404);
    let shown = above(&app).get(&format!("{COMMITTEES}/{}", own["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&shown["ended_how"], &shown["until"], &shown["end_decision_no"]),
        (&json!("CHAPTER_WENT_UP"), &json!(app.today()), &json!("07/QĐ-HCTĐ"))
    );
    assert_eq!(people.above.get(&at(&post, ""), 200)["standing"], "ENDED");
    assert_eq!(public(&app), Value::Null);
    let said = errors(&above(&app).post(COMMITTEES, committee(&app, json!({"decision_no": "40/QĐ"})), 422));
    assert!(said.contains(&("/chapter".to_owned(), "CHAPTER_CLOSED".to_owned())), "{said:?}");
    audit(&app);
}
