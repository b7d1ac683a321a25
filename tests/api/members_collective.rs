//! Organisations as collective members, and grades: counted as one and never by sex or age, given and ended by two persons.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::harness::{Caller, TestApp, eventually};
use crate::members::{MEMBERS, STEPS, admitted, apply, audited, counted};
use crate::persons::{person_of, record, wrong};

const SCHOOL: &str = "Trường THCS Zqhàm Liêm số 1";

fn school(change: Value) -> Value {
    let mut school = json!({"kind": "ORGANISATION", "name": SCHOOL, "representative": "Phạm Zqđức", "phone": "02523821234", "commune": "23095"});
    school.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    school
}

fn approved(chair: &Caller<'_>, step: impl std::fmt::Display) {
    assert_eq!(chair.post(&format!("{STEPS}/{step}/approval"), Value::Null, 200)["state"], "DONE");
}

fn collective(officer: &Caller<'_>, chair: &Caller<'_>, change: Value) -> Uuid {
    let id = apply(officer, school(change), json!({"kind": "COLLECTIVE"}));
    approved(chair, id);
    id
}

fn shown(officer: &Caller<'_>, id: impl std::fmt::Display) -> Value {
    officer.get(&format!("{MEMBERS}/{id}"), 200)
}

/// Asks for a step and has it approved.
fn stepped(officer: &Caller<'_>, chair: &Caller<'_>, member: Uuid, step: Value) -> Value {
    let mut ask = json!({"id": Uuid::now_v7(), "decision_no": "44/QĐ-HCTĐ"});
    ask.as_object_mut().unwrap().extend(step.as_object().unwrap().clone());
    let made = officer.post(&format!("{MEMBERS}/{member}/steps"), ask.clone(), 201);
    if made["state"] != "DONE" {
        approved(chair, ask["id"].as_str().unwrap());
    }
    ask
}

#[test]
fn an_organisation_is_a_member_counted_as_one_and_of_no_sex_or_age() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let id = collective(&officer, &chair, json!({}));
    admitted(&officer, &chair, json!({"name": "Lê Zqan", "birth": "1988", "sex": "FEMALE"}));
    let member = shown(&officer, id);
    assert_eq!(
        (&member["kind"], &member["name"], &member["representative"], &member["state"]),
        (&json!("COLLECTIVE"), &json!(SCHOOL), &json!("Phạm Zqđức"), &json!("ADMITTED"))
    );
    let counts = counted(&app, "68", "2026-11-22");
    assert_eq!(counts["members"], 2);
    let rows = counts["rows"].as_array().unwrap();
    let of = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("COLLECTIVE").len(), 1);
    assert_eq!((of("COLLECTIVE")[0].get("sex"), of("COLLECTIVE")[0].get("age")), (None, None));
    assert_eq!((&of("COLLECTIVE")[0]["members"], &of("MEMBER")[0]["age"]), (&json!(1), &json!("FROM_31_TO_60")));
    // Its card says whose it is to everybody, as a grown-up's does.
    let card = member["card"].as_str().unwrap();
    let public = app.anonymous().get(&format!("/api/v1/public/cards/{card}"), 200);
    assert_eq!((&public["state"], &public["chapter"]), (&json!("VALID"), &json!("23095")));
    let file = officer.send("GET", &format!("{MEMBERS}/file?chapter=23095&form=CSV"), None);
    let line = file.text.lines().find(|line| line.starts_with(SCHOOL)).unwrap().to_owned();
    assert!(line.contains(",Tập thể,") && line.ends_with(",Phạm Zqđức"), "{line}");
    assert!(officer.send("GET", &format!("{MEMBERS}/cards/file?chapter=23095&kind=COLLECTIVE"), None).status == 200);
    audited(&app);
}

#[test]
fn an_organisation_is_nothing_else_and_nobody_else_is_one() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let answer =
        officer.post("/api/v1/persons", person_of(school(json!({"birth": "1990", "sex": "MALE", "representative": null}))), 422);
    assert_eq!(wrong(&answer), [("/representative", "MISSING"), ("/birth", "NOT_A_PERSON"), ("/sex", "NOT_A_PERSON")]);
    let answer = officer.post("/api/v1/persons", person_of(json!({"representative": "Phạm Zqđức"})), 422);
    assert_eq!(wrong(&answer), [("/representative", "NOT_FOR_THIS")]);
    let (school, person) =
        (record(&officer, school(json!({}))), record(&officer, json!({"name": "Phạm Zqđức", "phone": "02523821234"})));
    // The same number: the organisation's and its head's, who are not one.
    assert_eq!(officer.get(&format!("/api/v1/persons/{person}/doubles"), 200), json!([]));
    let join = json!({"id": Uuid::now_v7(), "kept": school, "joined": person});
    assert_eq!(wrong(&officer.post("/api/v1/person-joins", join, 422)), [("/joined", "NOT_A_PERSON")]);
    let asked = |person: &str, kind: &str, status: u16| {
        officer.post(MEMBERS, json!({"id": Uuid::new_v4(), "person": person, "kind": kind, "decision_no": "1/QĐ"}), status)
    };
    assert_eq!(wrong(&asked(&school, "MEMBER", 422)), [("/kind", "NOT_A_PERSON")]);
    assert_eq!(wrong(&asked(&person, "COLLECTIVE", 422)), [("/kind", "NOT_A_PERSON")]);
    let id = asked(&school, "COLLECTIVE", 201)["id"].as_str().unwrap().to_owned();
    approved(&chair, &id);
    let place = json!({"kind": "HONORARY"});
    assert_eq!(wrong(&officer.post(&format!("{MEMBERS}/{id}/placement"), place, 422)), [("/kind", "NOT_A_PERSON")]);
    let dies = json!({"id": Uuid::now_v7(), "kind": "DEATH"});
    assert_eq!(wrong(&officer.post(&format!("{MEMBERS}/{id}/steps"), dies, 422)), [("/kind", "NOT_A_PERSON")]);
    // No consent is asked of it, and none is taken.
    let other = record(&officer, school_called("Công ty Zqmay"));
    let consent = json!({"text_version": 1, "guardian": "Ai Đó", "given_on": "2026-11-20", "child_agreed": true,
        "paper": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"});
    let ask = json!({"id": Uuid::new_v4(), "person": other, "kind": "COLLECTIVE", "decision_no": "1/QĐ", "consent": consent});
    assert_eq!(wrong(&officer.post(MEMBERS, ask, 422)), [("/consent", "NOT_A_PERSON")]);
    // It holds no post.
    let committee = crate::committees::made(&app, json!({}));
    let post = crate::committees::post_of(&committee, "CHAIR");
    let holder = crate::committees::holder(&app, &json!(school), json!({}));
    officer.post(&crate::committees::at(&post, "/holders"), holder, 404);
    // The database says so too.
    let refused = app.database.refuses(&format!(
        "INSERT INTO member_span (member_id, n, chapter_id, kind, sex, sector, from_day) SELECT id, 9, chapter_id, 'COLLECTIVE', 'MALE', 'RESIDENTIAL', '2030-01-01' FROM member WHERE id = '{id}'"
    ));
    assert!(refused.contains("member_span_collective_is_no_person"), "{refused}");
    audited(&app);
}

fn school_called(name: &str) -> Value {
    school(json!({"name": name, "phone": "02523829999"}))
}

#[test]
fn a_collective_member_moves_leaves_and_is_erased_as_others_are() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (there, their_chair) = (app.officer_of("23059"), app.chair_of("23059"));
    app.chair_of("68");
    let id = collective(&officer, &chair, json!({}));
    stepped(&officer, &chair, id, json!({"kind": "GRADE", "grade": "GOLD"}));
    let ask = json!({"id": Uuid::now_v7(), "to": "23059", "decision_no": "31/GT"});
    officer.post(&format!("{MEMBERS}/{id}/transfer"), ask.clone(), 201);
    let step = format!("{STEPS}/{}/approval", ask["id"].as_str().unwrap());
    chair.post(&step, Value::Null, 200);
    their_chair.post(&step, Value::Null, 200);
    let new = there.get(&format!("{MEMBERS}?chapter=23059"), 200)["items"][0].clone();
    let new = shown(&there, new["id"].as_str().unwrap());
    assert_eq!(
        (&new["kind"], &new["name"], &new["representative"], &new["grades"][0]["grade"]),
        (&json!("COLLECTIVE"), &json!(SCHOOL), &json!("Phạm Zqđức"), &json!("GOLD"))
    );
    assert_eq!(counted(&app, "68", "2026-11-22")["members"], 1);
    app.clock.advance(Duration::days(1));
    let there = app.officer_of("23059");
    let member: Uuid = new["id"].as_str().unwrap().parse().unwrap();
    there.post(&format!("{MEMBERS}/{member}/steps"), json!({"id": Uuid::now_v7(), "kind": "LEAVE"}), 201);
    assert_eq!(shown(&there, member)["grades"][0]["until"], "2026-11-23");
    assert_eq!(counted(&app, "23059", "2026-11-22")["members"], 1);
    let person = there.get(&format!("/api/v1/persons/{}", new["person"].as_str().unwrap()), 200);
    assert_eq!((&person["kind"], &person["representative"]), (&json!("ORGANISATION"), &json!("Phạm Zqđức")));
    let request = crate::personal::ask(&app, "ERASE", json!({"party": person["party"]}));
    there.post(crate::personal::REQUESTS, request.clone(), 201);
    let chair = app.chair_of("23059");
    assert_eq!(chair.post(&crate::personal::path(&request, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(shown(&there, member)["state"], "ERASED");
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM member_grade WHERE member_id = '{member}'")), 0);
    assert_eq!(counted(&app, "23059", "2026-11-22")["members"], 1);
    audited(&app);
}

#[test]
fn who_speaks_for_an_organisation_is_changed_and_sealed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = record(&officer, school(json!({})));
    let at = format!("/api/v1/persons/{id}");
    assert_eq!(officer.patch(&at, json!({"representative": "Lê Zqhoa"}), 200)["representative"], "Lê Zqhoa");
    assert_eq!(wrong(&officer.patch(&at, json!({"representative": null}), 422)), [("/representative", "MISSING")]);
    assert_eq!(wrong(&officer.patch(&at, json!({"sex": "FEMALE"}), 422)), [("/sex", "NOT_A_PERSON")]);
    crate::personal::nowhere(&app, &["Zqhoa", "Zqđức"]);
    let trail = app.database.text("SELECT detail->>'fields' FROM audit_event WHERE action = 'PERSON_CHANGED'");
    assert_eq!(trail, r#"["representative"]"#);
}

#[test]
fn the_year_is_told_with_collective_members_of_their_own_kind() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    for n in 0..6 {
        admitted(&officer, &chair, json!({"name": format!("Hội Viên {n}")}));
        collective(&officer, &chair, json!({"name": format!("Công ty Zq số {n}"), "phone": null}));
    }
    app.clock.advance(Duration::days(45));
    let told = || app.anonymous().get("/api/v1/public/chapters/23095", 200)["members"].clone();
    eventually("the year is told", || !told().is_null());
    let mut kinds = told()[0]["by_kind"].as_array().unwrap().clone();
    kinds.sort_by_key(|row| row["kinds"].to_string());
    assert_eq!(kinds, [json!({"kinds": ["COLLECTIVE"], "members": 6}), json!({"kinds": ["MEMBER"], "members": 6})]);
    assert!(crate::portal::page(&app, "/don-vi/23095").contains("Hội viên tập thể: 6"));
}

#[test]
fn grades_are_given_changed_and_ended_by_two_persons_and_their_history_stays() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let id = admitted(&officer, &chair, json!({"name": "Lê Zqan"}));
    let steps = format!("{MEMBERS}/{id}/steps");
    let ask = |change: Value| {
        let mut ask = json!({"id": Uuid::now_v7(), "kind": "GRADE", "decision_no": "44/QĐ"});
        ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ask
    };
    let known = officer.get("/api/v1/member-grades", 200);
    let codes: Vec<&str> = known.as_array().unwrap().iter().map(|grade| grade["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["PLATINUM", "GOLD", "SILVER"]);
    assert_eq!(wrong(&officer.post(&steps, ask(json!({})), 422)), [("/grade", "MISSING")]);
    assert_eq!(wrong(&officer.post(&steps, ask(json!({"grade": "WOODEN"})), 422)), [("/grade", "NOT_A_CHOICE")]);
    assert_eq!(wrong(&officer.post(&steps, ask(json!({"kind": "LEAVE", "grade": "GOLD"})), 422)), [("/grade", "NOT_FOR_THIS")]);
    assert_eq!(
        wrong(&officer.post(&steps, ask(json!({"grade": "GOLD", "decision_no": null})), 422)),
        [("/decision_no", "MISSING")]
    );
    officer.post(&steps, ask(json!({"kind": "GRADE_END"})), 409);

    let silver = ask(json!({"grade": "SILVER"}));
    assert_eq!(officer.post(&steps, silver.clone(), 201)["grade"], "SILVER");
    officer.post(&steps, silver.clone(), 200);
    let mut other = silver.clone();
    other["grade"] = json!("GOLD");
    officer.post(&steps, other, 422);
    let step = silver["id"].as_str().unwrap();
    officer.post(&format!("{STEPS}/{step}/approval"), Value::Null, 403);
    assert_eq!(shown(&officer, id).get("grades"), None, "nothing before the second person");
    approved(&chair, step);
    officer.post(&steps, ask(json!({"grade": "SILVER"})), 409);
    app.clock.advance(Duration::days(10));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    stepped(&officer, &chair, id, json!({"kind": "GRADE", "grade": "GOLD", "decision_no": "51/QĐ"}));
    app.clock.advance(Duration::days(10));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    stepped(&officer, &chair, id, json!({"kind": "GRADE_END", "decision_no": "60/QĐ"}));
    let member = shown(&officer, id);
    assert_eq!(
        member["grades"],
        json!([
            {"grade": "SILVER", "from": "2026-11-22", "until": "2026-12-02", "decision_no": "44/QĐ", "end_decision_no": "51/QĐ"},
            {"grade": "GOLD", "from": "2026-12-02", "until": "2026-12-12", "decision_no": "51/QĐ", "end_decision_no": "60/QĐ"}
        ])
    );
    assert_eq!(member["state"], "ADMITTED");
    let copy = officer.get(&format!("/api/v1/persons/{}/personal-data", member["person"].as_str().unwrap()), 200);
    assert!(copy.to_string().contains("SILVER 2026-11-22, GOLD 2026-12-02"), "{copy}");
    let inspector = app.staff(Role::Inspector, "68");
    inspector.get(&format!("{MEMBERS}/{id}"), 403);
    audited(&app);
}

/// Whether they pay is for the rule to say, and that of today asks none of them.
#[test]
fn a_collective_member_owes_dues_only_where_a_rule_says_so() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let id = collective(&officer, &chair, json!({}));
    let line = json!({"member": id, "from": "2026-12", "to": "2026-12"});
    let sheet = || crate::dues::sheet(&app, "23095", vec![line.clone()]);
    assert_eq!(wrong(&officer.post("/api/v1/dues-sheets", sheet(), 422)), [("/lines/0/member", "PAYS_NO_DUES")]);
    let count = officer.get("/api/v1/dues-sheets/arrears/count?chapter=23095", 200);
    assert_eq!(count["members"], 0);
    app.database.execute(
        "INSERT INTO dues_rule (chapter_id, payers, vnd_a_month, exempt_bp, branch_bp, grassroots_bp, valid_from, mark, source)
         SELECT id, '{MEMBER,COLLECTIVE}', 50000, 1000, 5000, 3000, '2026-01-01', 'REC', 'nghị quyết đại hội' FROM chapter WHERE code = '23095'",
    );
    assert_eq!(officer.post("/api/v1/dues-sheets", sheet(), 201)["amount_vnd"], 50_000);
    assert_eq!(officer.get("/api/v1/dues-sheets/arrears/count?chapter=23095", 200)["members"], 1);
    audited(&app);
}
