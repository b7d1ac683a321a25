//! Family links between chapters and in time: cases compared at the centre, offered and taken, followed into a successor, quiet, forgotten.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::documents::sweep::sweep_all;
use so_nhan_ai::rooms::ROOMS;
use uuid::Uuid;

use crate::examples::{Story, id};
use crate::family_links::{CASES, LIKENESSES, OFFERS, at, case_of, clean, merge, offer, record, step, tracer, wrong};
use crate::harness::{Caller, TestApp, eventually};
use crate::papers::{announcement, pdf, try_upload, upload};
use crate::personal::{REQUESTS, ask, party_of, path, personal};

/// Two chapters look for one man, and he looks for his sister at a third: the centre compares, and nobody else learns of it before.
#[test]
fn like_cases_of_other_chapters_are_compared_at_the_centre() {
    let app = TestApp::start();
    let (one, other, third, centre) = (tracer(&app, "23095"), tracer(&app, "23059"), tracer(&app, "01"), tracer(&app, "TW"));
    let him = json!({"sought": {"name": "Lê Văn Zqtư", "birth": "1949"}});
    let first = record(&app, &one, him.clone());
    let same_here = one.post(CASES, case_of(&app, json!({"sought": {"name": "lê văn zqtu", "birth": "1950"}})), 201);
    assert_eq!(same_here["doubles"], json!([first]), "at the chapter itself they are shown at once");
    let mut theirs = case_of(&app, json!({"chapter": "23059", "enquirer": {"name": "Lê Thị Zqchín", "phone": null}}));
    merge(&mut theirs, &him);
    let second = other.post(CASES, theirs, 201);
    assert_eq!(second["likenesses"].as_array().unwrap().len(), 2);
    assert_eq!(
        second["likenesses"][0],
        json!({"kind": "SAME_SOUGHT", "state": "ASKED"}),
        "that it is compared, and not with whom"
    );
    // He asks for her: two who look for each other.
    let his = json!({"chapter": "01", "enquirer": {"name": "Lê Văn Zqtư", "birth": "1949", "phone": null}, "sought": {"name": "Lê Thị Zqchín", "birth": null, "sex": "FEMALE"}});
    third.post(CASES, case_of(&app, his), 201);
    // Somebody of the same name and another age is nobody's like.
    let mut young = case_of(
        &app,
        json!({"chapter": "01", "sought": {"name": "Lê Văn Zqtư", "birth": "1990"}, "enquirer": {"name": "Trần Thị Mười"}}),
    );
    young["enquirer"]["birth"] = json!("1960");
    assert_eq!(third.post(CASES, young, 201).get("likenesses"), None);

    one.get(&format!("{LIKENESSES}?chapter=TW"), 404);
    let list = centre.get(&format!("{LIKENESSES}?chapter=TW"), 200);
    let crossed = list["items"].as_array().unwrap().iter().filter(|row| row["kind"] == "LOOK_FOR_EACH_OTHER").count();
    assert_eq!((list["items"].as_array().unwrap().len(), crossed), (5, 3), "{list}");
    let wanted = app
        .database
        .text(&format!("SELECT id FROM family_likeness WHERE kind = 'SAME_SOUGHT' AND '{first}' IN (one_id, other_id)"));
    let shown = centre.get(&format!("{LIKENESSES}/{wanted}"), 200);
    assert_eq!((shown["cases"].as_array().unwrap().len(), &shown["cases"][0]["enquirer"]), (2, &Value::Null), "{shown}");
    one.get(&format!("{LIKENESSES}/{wanted}"), 404);
    other.post(&format!("{LIKENESSES}/{wanted}/confirmation"), Value::Null, 404);
    assert_eq!(centre.post(&format!("{LIKENESSES}/{wanted}/confirmation"), Value::Null, 200)["state"], "SAME");
    centre.post(&format!("{LIKENESSES}/{wanted}/confirmation"), Value::Null, 200);
    centre.post(&format!("{LIKENESSES}/{wanted}/dismissal"), Value::Null, 409);
    assert_eq!(centre.get(&format!("{LIKENESSES}/{wanted}"), 200).get("cases"), None, "the matter is over");
    let now = one.get(&at(&first, ""), 200);
    let said = json!({"kind": "SAME_SOUGHT", "state": "SAME", "other_chapter": "23059"});
    assert!(now["likenesses"].as_array().unwrap().contains(&said), "{now}");
    // The centre's look is noted at the chapters.
    let noted = "SELECT count(*) FROM audit_event a JOIN chapter c ON c.id = a.chapter_id WHERE action = 'FAMILY_LINK_COMPARED' AND c.code = '23095'";
    assert_eq!(app.database.number(noted), 1);
    clean(&app);
}

/// Who drafts to learn who is sought elsewhere is not helped.
#[test]
fn an_account_has_so_many_cases_compared_a_day() {
    let app = TestApp::start();
    let (one, account) = (tracer(&app, "23095"), app.account(Role::TracingOfficer, "23059"));
    let other = app.log_in(account);
    for n in 0..11 {
        record(&app, &one, json!({"sought": {"name": format!("Lê Zq{}", char::from(b'a' + n))}}));
    }
    for n in 0..10 {
        record(&app, &other, json!({"chapter": "23059", "sought": {"name": format!("Lê Zq{}", char::from(b'a' + n))}}));
    }
    let problem = other.post(CASES, case_of(&app, json!({"chapter": "23059", "sought": {"name": "Lê Zqk"}})), 429);
    assert_eq!(problem["type"], "/problems/rate-limited");
    app.clock.advance(Duration::days(1));
    record(&app, &app.log_in(account), json!({"chapter": "23059", "sought": {"name": "Lê Zqk"}}));
}

#[test]
fn a_case_is_offered_where_somebody_may_take_it_and_comes_back_when_refused() {
    let app = TestApp::start();
    let one = tracer(&app, "23095");
    let id = record(&app, &one, json!({}));
    let body = |to: &str| json!({"id": Uuid::new_v4(), "to": to, "note": "ở tỉnh"});
    assert!(one.post(&at(&id, "/hand-over"), body("68"), 409)["detail"].as_str().unwrap().contains("chưa có cán bộ"));
    assert_eq!(wrong(&one.post(&at(&id, "/hand-over"), body("NO"), 422)), [("/to", "NO_SUCH_CHAPTER")]);
    assert_eq!(wrong(&one.post(&at(&id, "/hand-over"), body("23095"), 422)), [("/to", "SAME_CHAPTER")]);
    let province = tracer(&app, "68");
    let (first, again) = (body("68"), body("68"));
    one.post(&at(&id, "/hand-over"), first.clone(), 201);
    one.post(&at(&id, "/hand-over"), first.clone(), 200);
    one.post(&at(&id, "/hand-over"), again.clone(), 409);
    step(&one, &id, "CLOSED", 409);
    let path = |body: &Value, rest: &str| format!("{OFFERS}/{}{rest}", body["id"].as_str().unwrap());
    province.post(&path(&first, "/withdrawal"), Value::Null, 403);
    assert_eq!(province.post(&path(&first, "/refusal"), Value::Null, 200)["state"], "REFUSED");
    province.post(&path(&first, "/taking"), Value::Null, 409);
    one.post(&at(&id, "/hand-over"), again.clone(), 201);
    assert_eq!(one.post(&path(&again, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    province.post(&path(&again, "/taking"), Value::Null, 409);
    // Somebody with the right at both sides is not both sides.
    let both = app.log_in(app.account_of(None, &[(Role::TracingOfficer, "23095"), (Role::TracingOfficer, "68")]));
    let third = body("68");
    both.post(&at(&id, "/hand-over"), third.clone(), 201);
    both.post(&path(&third, "/taking"), Value::Null, 403);
    province.post(&path(&third, "/taking"), Value::Null, 200);
    // Sent again by who lost the answer: the same offer, though the case is gone.
    assert_eq!(both.post(&at(&id, "/hand-over"), third, 200)["state"], "TAKEN");
    clean(&app);
}

/// A case that nobody touches is listed as quiet; what is over is forgotten in time, or when the enquirer asks.
#[test]
fn quiet_cases_are_listed_and_what_is_over_is_forgotten_in_time() {
    let app = TestApp::start();
    let officer = tracer(&app, "23095");
    let ids: Vec<String> = (0..4).map(|_| record(&app, &officer, json!({}))).collect();
    officer.post(&at(&ids[0], "/erasure"), Value::Null, 409);
    step(&officer, &ids[0], "WITHDRAWN", 201);
    step(&officer, &ids[1], "CLOSED", 201);
    step(&officer, &ids[3], "CLOSED", 201);
    let quiet =
        |officer: &Caller<'_>| officer.get(&format!("{CASES}?chapter=23095&quiet=true"), 200)["items"].as_array().unwrap().len();
    assert_eq!(quiet(&officer), 0);
    app.clock.advance(Duration::days(61));
    let officer = tracer(&app, "23095");
    assert_eq!(quiet(&officer), 1, "what is over is not quiet");
    step(&officer, &ids[2], "CONTACT", 201);
    assert_eq!(quiet(&officer), 0);
    // At the enquirer's wish at once, and for good.
    let gone = officer.post(&at(&ids[0], "/erasure"), Value::Null, 200);
    assert_eq!((&gone["state"], &gone["enquirer"], &gone["steps"][0]["note"]), (&json!("ERASED"), &Value::Null, &Value::Null));
    officer.post(&at(&ids[0], "/erasure"), Value::Null, 200);
    step(&officer, &ids[0], "NOTE", 409);
    let refused =
        app.database.refuses(&format!("UPDATE family_link SET state = 'OPEN', ended_at = NULL WHERE id = '{}'", ids[0]));
    assert!(refused.contains("family_link_erased_for_good"), "{refused}");
    // One goes on again before its time, and stays.
    step(&officer, &ids[3], "REOPENED", 201);
    app.clock.advance(Duration::days(1825));
    let state = |id: &str| app.database.text(&format!("SELECT state FROM family_link WHERE id = '{id}'"));
    eventually("it is forgotten", || state(&ids[1]) == "ERASED");
    eventually("all were looked at", || {
        app.database.number("SELECT count(*) FROM job WHERE kind = 'FORGET_FAMILY_LINK' AND state = 'WAITING'") == 0
    });
    assert_eq!((state(&ids[2]), state(&ids[3])), ("OPEN".to_owned(), "SEARCHING".to_owned()));
    let counts = app.staff(Role::Inspector, "TW").get(&format!("{CASES}/counts?chapter=TW"), 200);
    let erased = counts["counts"].as_array().unwrap().iter().find(|row| row["state"] == "ERASED").unwrap();
    assert_eq!(erased["cases"], 2, "what was counted stays counted");
    clean(&app);
}

/// Nothing links a case to what else a chapter holds of somebody: an erasure finds it by name and number, and a copy does not tell of it.
#[test]
fn an_erased_or_restricted_person_takes_their_cases_along_and_nobody_learns_of_them_before() {
    let app = TestApp::start();
    let (officer, chair, tracing) = (app.officer_of("23095"), app.chair_of("23095"), tracer(&app, "23095"));
    let gift = personal(&app, "Phạm Thị Zqbảy", Some("0912345678"), "ANONYMOUS", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let (mine, others) =
        (record(&app, &tracing, json!({})), record(&app, &tracing, json!({"enquirer": {"phone": "0987654321"}})));
    let party = party_of(&officer, &gift);
    let copy = officer.get_text(&format!("/api/v1/parties/{party}/personal-data"), 200);
    assert!(!copy.contains("FAMILY") && !copy.contains("thân nhân"), "{copy}");

    // Kept and not used.
    let done = |kind: &str| {
        let request = ask(&app, kind, json!({"party": party}));
        let asked = officer.post(REQUESTS, request.clone(), 201);
        if asked["state"] != "DONE" {
            chair.post(&path(&request, "/approval"), Value::Null, 200);
        }
    };
    done("RESTRICT");
    let closed = tracing.get(&at(&mine, ""), 200);
    assert_eq!((&closed["restricted"], &closed["enquirer"]), (&json!(true), &Value::Null));
    step(&tracing, &mine, "NOTE", 409);
    assert_eq!(tracing.get(&format!("{CASES}?chapter=23095&q=zqbay"), 200)["items"].as_array().unwrap().len(), 1);
    tracing.post(CASES, case_of(&app, json!({})), 409);
    done("LIFT_RESTRICTION");
    step(&tracing, &mine, "NOTE", 201);

    done("ERASE");
    assert_eq!(tracing.get(&at(&mine, ""), 200)["state"], "ERASED");
    assert_eq!(tracing.get(&at(&others, ""), 200)["state"], "OPEN", "another number is another person");
    clean(&app);
}

/// A merger while an offer waits: the successor goes on with the offer, and with the cases of the old chapter.
#[test]
fn cases_and_offers_follow_their_chapter_into_its_successor() {
    let app = TestApp::start();
    crate::successions::paper(&app, "68");
    let (old, province) = (tracer(&app, "23095"), tracer(&app, "68"));
    let (kept, offered, theirs) =
        (record(&app, &old, json!({})), record(&app, &old, json!({})), record(&app, &province, json!({"chapter": "68"})));
    let (out, into) = (offer(&old, &offered, "68"), offer(&province, &theirs, "23095"));
    let people = crate::successions::persons(&app);
    let plan = crate::successions::plan(&app, json!({}));
    assert_eq!(crate::successions::carried(&people, &plan)["state"], "DONE");
    let successor = tracer(&app, "23059");
    assert_eq!(successor.get(&at(&kept, ""), 200)["chapter"], "23095");
    assert_eq!(successor.get(&format!("{CASES}?chapter=23059&q=zqbay"), 200)["items"].as_array().unwrap().len(), 2);
    step(&successor, &kept, "INQUIRY", 201);
    province.post(&format!("{OFFERS}/{out}/taking"), Value::Null, 200);
    // What was offered to the old chapter is the successor's to take, and is its own then.
    successor.post(&format!("{OFFERS}/{into}/taking"), Value::Null, 200);
    assert_eq!(successor.get(&at(&theirs, ""), 200)["chapter"], "23059");
    clean(&app);
}

/// Papers are read by whoever reads the case, at the chapter that holds it, and go when it does.
#[test]
fn papers_hang_on_a_case_that_is_not_guarded_and_do_not_stay_behind() {
    let app = TestApp::start();
    let (one, province) = (tracer(&app, "23095"), tracer(&app, "68"));
    let id = record(&app, &one, json!({}));
    let paper = upload(&one, "FAMILY_LINK", "application/pdf", &pdf(320));
    let (hung, document) = (at(&id, "/documents"), paper["id"].as_str().unwrap());
    one.post(&hung, json!({"document": document}), 201);
    assert_eq!(one.get(&hung, 200).as_array().unwrap().len(), 1);
    let bytes = format!("/api/v1/documents/{document}/content");
    assert_eq!(one.send("GET", &bytes, None).status, 200);
    for (role, chapter) in
        [(Role::Officer, "23095"), (Role::ChapterChair, "23095"), (Role::Inspector, "68"), (Role::TracingOfficer, "68")]
    {
        let caller = app.staff(role, chapter);
        caller.get(&hung, 404);
        caller.get(&format!("/api/v1/documents/{document}"), 404);
        caller.get(&bytes, 404);
    }
    app.officer_of("23095").post("/api/v1/uploads", announcement("FAMILY_LINK", "application/pdf", &pdf(321)), 403);
    // Handed on: the copy goes, the paper itself goes by hand.
    let handed = offer(&one, &id, "68");
    province.post(&format!("{OFFERS}/{handed}/taking"), Value::Null, 200);
    assert_eq!(province.get(&hung, 200).as_array().unwrap().iter().filter(|paper| paper["closed"].is_null()).count(), 0);
    assert_eq!(one.send("GET", &bytes, None).status, 403, "closed");
    app.clock.advance(Duration::days(1));
    sweep_all(&app.shared.db, app.now(), &app.shared.archive, ROOMS).unwrap();
    assert_eq!(app.database.number("SELECT count(*) FROM document"), 0);
    // A guarded case takes none, and lets go of what it has when it becomes guarded.
    let one = tracer(&app, "23095");
    let id = record(&app, &one, json!({}));
    let paper = upload(&one, "FAMILY_LINK", "application/pdf", &pdf(330));
    one.post(&at(&id, "/documents"), json!({"document": paper["id"]}), 201);
    one.patch(&at(&id, ""), json!({"guarded": true}), 200);
    let open = "SELECT count(*) FROM document d WHERE NOT EXISTS (SELECT FROM document_closure c WHERE c.document_id = d.id)";
    assert_eq!(app.database.number(open), 0);
    let other = upload(&one, "FAMILY_LINK", "application/pdf", &pdf(340));
    one.post(&at(&id, "/documents"), json!({"document": other["id"]}), 409);
    clean(&app);
}

/// A grandmother's case, told and handed on; a child's; and two who were found.
pub fn examples(story: &mut Story, app: &TestApp) {
    let officer = app.staff(Role::TracingOfficer, "23095");
    app.staff(Role::TracingOfficer, "68");
    let at = |id: &str| format!("/family-links/{id}");
    let (hers, childs) = ("9d1c2b3a-4e5f-4a6b-8c7d-0e1f2a3b4c5d", "6b7a8c9d-0e1f-4a2b-9c3d-4e5f6a7b8c9d");
    story.post(&officer, "/family-links", "record_family_link", "brother", 201);
    story.post(&officer, "/family-links", "record_family_link", "child", 201);
    let body = story.body("change_family_link", "other_name", Value::Null);
    officer.patch(&format!("/api/v1{}", at(hers)), body, 200);
    story.post(&officer, &format!("{}/steps", at(hers)), "enter_family_step", "asked", 201);
    let bytes = pdf(0x0f11);
    let mut announced = announcement("FAMILY_LINK", "application/pdf", &bytes);
    announced["id"] = json!(id(0x0f11));
    assert_eq!(try_upload(&officer, &announced, &bytes).0, 200);
    story.post(&officer, &format!("{}/documents", at(hers)), "link_family_link_document", "consent", 201);
    story.post(&officer, &format!("{}/hand-over", at(childs)), "offer_family_link", "province", 201);
    story.post(&officer, &format!("{}/finding", at(hers)), "record_family_finding", "alive", 201);
    story.post(&officer, &format!("{}/answer", at(hers)), "answer_family_finding", "agreed", 201);
    story.post(&officer, &format!("{}/finding", at(childs)), "record_family_finding", "mother", 201);
    story.post(&officer, &format!("{}/answer", at(childs)), "answer_family_finding", "declined", 201);
}
