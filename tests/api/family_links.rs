//! Family links: a grandmother looks for her brother; who sees what, what the enquirer hears, and what becomes of a case.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::outbox::{Gateway, Ways};
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::outbox::{app_with, gateway};
use crate::papers::{pdf, upload};
use crate::personal::nowhere;

pub const CASES: &str = "/api/v1/family-links";
pub const OFFERS: &str = "/api/v1/family-hand-overs";
pub const LIKENESSES: &str = "/api/v1/family-likenesses";

pub fn at(id: &str, rest: &str) -> String {
    format!("{CASES}/{id}{rest}")
}

pub fn tracer<'a>(app: &'a TestApp, chapter: &str) -> Caller<'a> {
    app.staff(Role::TracingOfficer, chapter)
}

/// A name that nobody else has.
fn name() -> String {
    let letters: String =
        Uuid::new_v4().simple().to_string().chars().map(|c| char::from(b'a' + c.to_digit(16).unwrap() as u8)).collect();
    format!("Nguyễn {} {}", &letters[..6], &letters[6..12])
}

/// A case of Hàm Liêm as a client sends it; `change` adds, overrides or, with `null`, takes away, also within who asks and who is sought.
pub fn case_of(app: &TestApp, change: Value) -> Value {
    let mut case = json!({"id": Uuid::new_v4(), "chapter": "23095", "cause": "WAR",
        "enquirer": {"name": "Phạm Thị Zqbảy", "phone": "0912345678", "birth": "1946", "relation": "SIBLING"},
        "sought": {"name": name(), "birth": "1949", "sex": "MALE", "last_seen": "Tết Mậu Thân", "last_place": "Ga Mương Mán"},
        "consent": {"text_version": 1, "given_on": app.today()}});
    merge(&mut case, &change);
    case
}

pub fn merge(into: &mut Value, change: &Value) {
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(into.as_object_mut().unwrap().remove(key)),
            Value::Object(_) if into[key].is_object() => merge(&mut into[key], value),
            _ => into[key] = value.clone(),
        }
    }
}

/// Writes a case down; returns its id.
pub fn record(app: &TestApp, officer: &Caller<'_>, change: Value) -> String {
    let case = officer.post(CASES, case_of(app, change), 201);
    case["id"].as_str().unwrap().to_owned()
}

/// Somebody of this name and number asked at Hàm Liêm.
pub fn asked_by(app: &TestApp, name: &str, phone: &str) -> String {
    record(app, &tracer(app, "23095"), json!({"enquirer": {"name": name, "phone": phone}}))
}

pub fn step(officer: &Caller<'_>, id: &str, kind: &str, status: u16) -> Value {
    officer.post(&at(id, "/steps"), step_of(kind), status)
}

pub fn step_of(kind: &str) -> Value {
    json!({"id": Uuid::new_v4(), "kind": kind, "note": "đã hỏi xã Mương Mán"})
}

fn finding_of(change: Value) -> Value {
    let mut found = json!({"id": Uuid::new_v4(), "fate": "ALIVE", "name": "Nguyễn Văn Zqtư", "phone": "0987654321", "place": "Xã Zqđức Linh",
        "note": "gặp ở chợ", "message": "Ông zqkhỏe, mong gặp chị."});
    merge(&mut found, &change);
    found
}

fn agreed(app: &TestApp, change: Value) -> Value {
    let mut answer = json!({"id": Uuid::new_v4(), "answer": "AGREED", "consent": {"text_version": 2, "given_on": app.today()}});
    merge(&mut answer, &change);
    answer
}

fn declined() -> Value {
    json!({"id": Uuid::new_v4(), "answer": "DECLINED"})
}

/// Offers a case; returns the id of the offer.
pub fn offer(officer: &Caller<'_>, id: &str, to: &str) -> String {
    let body = json!({"id": Uuid::new_v4(), "to": to, "note": "ở địa bàn của đơn vị"});
    officer.post(&at(id, "/hand-over"), body, 201)["id"].as_str().unwrap().to_owned()
}

pub fn wrong(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

pub fn clean(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let (here, province) = (tracer(app, "23095"), tracer(app, "68"));
    let cases: Vec<String> = (0..9).map(|_| record(app, &here, json!({}))).collect();
    let one = |n: usize, rest: &str| at(&cases[n], rest);
    here.post(&one(3, "/finding"), finding_of(json!({})), 201);
    step(&here, &cases[6], "WITHDRAWN", 201);
    let theirs: Vec<String> = (0..2).map(|_| record(app, &province, json!({"chapter": "68"}))).collect();
    let offers: Vec<String> = theirs.iter().map(|id| offer(&province, id, "23095")).collect();
    let withdrawn = offer(&here, &cases[8], "68");
    let likeness: Vec<Uuid> = vec![Uuid::new_v4(), Uuid::new_v4()];
    // As if Hàm Liêm were the centre, so that path and right are proven good.
    for (n, id) in likeness.iter().enumerate() {
        let (one, other) = (cases[n].clone().min(cases[2].clone()), cases[n].clone().max(cases[2].clone()));
        app.database.execute(&format!(
            "INSERT INTO family_likeness (id, one_id, other_id, chapter_id, kind, state, asked_by, asked_at)
             SELECT '{id}', '{one}', '{other}', f.chapter_id, 'SAME_SOUGHT', 'ASKED', f.recorded_by, f.recorded_at FROM family_link f WHERE f.id = '{one}'"
        ));
    }
    let handed = |id: &str, rest: &str| format!("{OFFERS}/{id}{rest}");
    let like = |n: usize, rest: &str| format!("{LIKENESSES}/{}{rest}", likeness[n]);
    let nothing = || Some(Value::Null);
    let to = json!({"id": Uuid::new_v4(), "to": "68", "note": "ở tỉnh"});
    let paper = upload(&here, "FAMILY_LINK", "application/pdf", &pdf(310));
    let patch = json!({"sought": {"name": name()}});
    vec![
        call("GET /api/v1/family-links", format!("{CASES}?chapter=23095"), None, 404, 403, 200),
        call("POST /api/v1/family-links", CASES.to_owned(), Some(case_of(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/family-links/counts", format!("{CASES}/counts?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/family-links/texts", format!("{CASES}/texts"), None, 200, 200, 200),
        call("GET /api/v1/family-links/{id}", one(0, ""), None, 404, 403, 200),
        call("PATCH /api/v1/family-links/{id}", one(0, ""), Some(patch), 404, 403, 200),
        call("GET /api/v1/family-links/{id}/news", one(0, "/news"), None, 404, 403, 200),
        call("POST /api/v1/family-links/{id}/steps", one(1, "/steps"), Some(step_of("INQUIRY")), 404, 403, 201),
        call("POST /api/v1/family-links/{id}/finding", one(2, "/finding"), Some(finding_of(json!({}))), 404, 403, 201),
        call("POST /api/v1/family-links/{id}/answer", one(3, "/answer"), Some(agreed(app, json!({}))), 404, 403, 201),
        call("POST /api/v1/family-links/{id}/charge", one(4, "/charge"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-links/{id}/charge-left", one(5, "/charge-left"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-links/{id}/erasure", one(6, "/erasure"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-links/{id}/hand-over", one(7, "/hand-over"), Some(to), 404, 403, 201),
        call(
            "POST /api/v1/family-links/{id}/documents",
            one(0, "/documents"),
            Some(json!({"document": paper["id"]})),
            404,
            403,
            201,
        ),
        call("GET /api/v1/family-links/{id}/documents", one(0, "/documents"), None, 404, 404, 200),
        call("GET /api/v1/family-hand-overs", format!("{OFFERS}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/family-hand-overs/{id}", handed(&offers[0], ""), None, 404, 403, 200),
        call("POST /api/v1/family-hand-overs/{id}/taking", handed(&offers[0], "/taking"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-hand-overs/{id}/refusal", handed(&offers[1], "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-hand-overs/{id}/withdrawal", handed(&withdrawn, "/withdrawal"), nothing(), 404, 403, 200),
        call("GET /api/v1/family-likenesses", format!("{LIKENESSES}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/family-likenesses/{id}", like(0, ""), None, 404, 403, 200),
        call("POST /api/v1/family-likenesses/{id}/confirmation", like(0, "/confirmation"), nothing(), 404, 403, 200),
        call("POST /api/v1/family-likenesses/{id}/dismissal", like(1, "/dismissal"), nothing(), 404, 403, 200),
    ]
}

/// So many cases of Hàm Liêm, offers of them, and likenesses that it is asked about.
pub fn fill(app: &TestApp, most: usize) {
    let here = tracer(app, "23095");
    tracer(app, "68");
    for _ in 0..most {
        let id = record(app, &here, json!({}));
        offer(&here, &id, "68");
    }
    app.database.execute(&format!(
        "INSERT INTO family_likeness (id, one_id, other_id, chapter_id, kind, state, asked_by, asked_at)
         SELECT gen_random_uuid(), a.id, b.id, a.chapter_id, 'SAME_SOUGHT', 'ASKED', a.recorded_by, a.recorded_at
         FROM family_link a JOIN family_link b ON a.id < b.id LIMIT {most}"
    ));
}

/// The story of the issue: a grandmother looks for her brother missed since 1968, and the case finds its way to the right chapter.
#[test]
fn a_grandmother_looks_for_her_brother_missed_since_1968() {
    let app = TestApp::start();
    let (commune, province) = (tracer(&app, "23095"), tracer(&app, "68"));
    let whole = case_of(&app, json!({"sought": {"name": "Nguyễn Văn Zqtư", "other_names": ["Tư Lúa"]}}));
    let made = commune.post(CASES, whole.clone(), 201);
    assert_eq!(
        (&made["state"], &made["told"], &made["guarded"], &made["in_my_charge"]),
        (&json!("OPEN"), &json!("SEARCHING"), &json!(false), &json!(true))
    );
    assert_eq!(commune.post(CASES, whole.clone(), 200)["id"], whole["id"], "sent again");
    let mut other = whole.clone();
    other["sought"]["name"] = json!("Nguyễn Văn Khác");
    commune.post(CASES, other, 422);
    let id = whole["id"].as_str().unwrap();

    let asked = step_of("INQUIRY");
    assert_eq!(commune.post(&at(id, "/steps"), asked.clone(), 201)["state"], "SEARCHING");
    assert_eq!(commune.post(&at(id, "/steps"), asked.clone(), 200)["steps"].as_array().unwrap().len(), 1, "sent again");
    commune.post(&at(id, "/steps"), json!({"id": asked["id"], "kind": "INQUIRY", "note": "khác"}), 422);

    // He was last seen elsewhere: the province is offered the case, and sees why and no name.
    let handed = offer(&commune, id, "68");
    assert_eq!(commune.get(&at(id, ""), 200)["offered_to"], "68");
    let seen = province.get_text(&format!("{OFFERS}/{handed}"), 200);
    assert!(seen.contains("địa bàn") && !seen.contains("Zq"), "{seen}");
    province.get(&at(id, ""), 403);
    commune.post(&format!("{OFFERS}/{handed}/taking"), Value::Null, 404);
    assert_eq!(province.post(&format!("{OFFERS}/{handed}/taking"), Value::Null, 200)["state"], "TAKEN");
    province.post(&format!("{OFFERS}/{handed}/taking"), Value::Null, 200);
    province.post(&format!("{OFFERS}/{handed}/refusal"), Value::Null, 409);
    // From now on it is the province's; who handed it on sees that, and when.
    commune.get(&at(id, ""), 404);
    assert_eq!(commune.get(&format!("{CASES}?chapter=23095"), 200)["items"], json!([]));
    let list = commune.get(&format!("{OFFERS}?chapter=23095"), 200);
    assert_eq!((&list["items"][0]["state"], list["items"][0]["decided_at"].is_string()), (&json!("TAKEN"), true));
    let found = province.get(&format!("{CASES}?chapter=68&q=lua%20tu"), 200);
    assert_eq!((&found["items"][0]["id"], &found["items"][0]["sought"]), (&json!(id), &json!("Nguyễn Văn Zqtư")));
    assert_eq!(province.get(&format!("{CASES}?chapter=68&q=zqbay%205678"), 200)["items"].as_array().unwrap().len(), 1);

    // He is found, and nothing of him may be told before he agrees.
    let found = province.post(&at(id, "/finding"), finding_of(json!({})), 201);
    assert_eq!(
        (&found["state"], &found["told"], &found["finding"]["place"]),
        (&json!("FOUND"), &json!("SEARCHING"), &json!("Xã Zqđức Linh"))
    );
    let before = province.get_text(&at(id, "/news"), 200);
    assert!(before.contains("SEARCHING") && !before.contains("zqkh"), "{before}");
    let told = province.post(&at(id, "/answer"), agreed(&app, json!({})), 201);
    assert_eq!(
        (&told["state"], &told["told"], &told["to_be_called"]),
        (&json!("FOUND"), &json!("NEWS"), &json!(true)),
        "nothing sends here: she is called"
    );
    let news = province.get(&at(id, "/news"), 200);
    assert_eq!(news, json!({"told": "NEWS", "message": "Ông zqkhỏe, mong gặp chị."}), "what he wants her to know, and no more");
    assert_eq!(step(&province, id, "CLOSED", 201)["told"], "NEWS");
    assert_eq!(app.database.number("SELECT count(*) FROM message"), 0, "it stands in nobody's list of messages");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'FAMILY_NEWS_READ'"), 2);
    let noted = app.database.text("SELECT coalesce(string_agg(detail::text, ' '), '') FROM audit_event WHERE action LIKE 'FAMILY%' OR action = 'PERSONS_SEARCHED'");
    assert!(!noted.to_lowercase().contains("zq"), "{noted}");
    nowhere(&app, &["Zqtư", "Zqbảy", "0912345678", "zqkhỏe"]);
    clean(&app);
}

/// Chairs, officers, accountants, inspectors and administrators see none, at the chapter and above it; trying ids is noted.
#[test]
fn nobody_sees_a_case_but_the_tracing_officers_of_the_chapter_that_holds_it() {
    let app = TestApp::start();
    let id = record(&app, &tracer(&app, "23095"), json!({}));
    for (role, chapter, status) in [
        (Role::ChapterChair, "23095", 403),
        (Role::Officer, "23095", 403),
        (Role::Accountant, "23095", 403),
        (Role::Inspector, "23095", 403),
        (Role::ChapterChair, "68", 403),
        (Role::ProvincialAdministrator, "68", 403),
        (Role::CentralAdministrator, "TW", 403),
        (Role::TracingOfficer, "68", 403),
        (Role::TracingOfficer, "TW", 403),
        (Role::TracingOfficer, "23059", 404),
        (Role::Officer, "23059", 404),
    ] {
        let caller = app.staff(role, chapter);
        for path in [at(&id, ""), at(&id, "/news"), format!("{CASES}?chapter=23095"), format!("{CASES}?chapter=23095&q=zqbay")] {
            let text = caller.get_text(&path, status);
            assert!(!text.contains("Zq"), "{text}");
        }
        caller.post(&at(&id, "/steps"), step_of("NOTE"), status);
        caller.post(&at(&id, "/charge"), Value::Null, status);
        // Numbers for whoever reads the books, and nothing to a neighbour.
        let counts = caller.get(&format!("{CASES}/counts?chapter=23095"), if status == 403 { 200 } else { 404 });
        assert!(status == 404 || counts["counts"][0] == json!({"state": "OPEN", "cases": 1}), "{counts}");
    }
    let tried = "SELECT count(*) FROM audit_event WHERE action = 'PERSON_READ_REFUSED'";
    assert_eq!(app.database.number(tried), 22);
    tracer(&app, "23095").get(&at(&Uuid::new_v4().to_string(), ""), 404);
    // Nothing leads here from what other rooms hold of her.
    assert_eq!(app.database.number("SELECT count(*) FROM party") + app.database.number("SELECT count(*) FROM person"), 0);
}

/// A bad moment: the case of a child is written down with who speaks for it, seen by the one in charge, and reached through nobody else.
#[test]
fn a_family_case_of_a_minor_is_seen_by_who_is_in_charge_and_reached_through_who_speaks_for_the_child() {
    let app = TestApp::start();
    let (one, colleague) = (tracer(&app, "23095"), tracer(&app, "23095"));
    let child = |change: Value| {
        let mut case = case_of(
            &app,
            json!({"cause": "DISASTER", "enquirer": {"name": "Zqbé An", "phone": "0912345678", "birth": "2015-03-02", "relation": "PARENT"}}),
        );
        merge(&mut case, &change);
        case
    };
    let problem = one.post(CASES, child(json!({})), 422);
    assert_eq!(wrong(&problem), [("/enquirer/guardian", "MISSING"), ("/consent/child_agreed", "MISSING")]);
    let whole = child(
        json!({"enquirer": {"guardian": {"name": "Mái ấm Zqhoa Sen", "phone": "0909090909"}}, "consent": {"child_agreed": true}}),
    );
    let case = one.post(CASES, whole.clone(), 201);
    let id = case["id"].as_str().unwrap();
    assert_eq!((&case["guarded"], &case["in_my_charge"]), (&json!(true), &json!(true)));

    // A colleague with the same right sees that there is one, and no name; nor finds it.
    let list = colleague.get(&format!("{CASES}?chapter=23095"), 200);
    assert_eq!(
        (&list["items"][0]["guarded"], &list["items"][0]["enquirer"], &list["items"][0]["sought"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    assert_eq!(colleague.get(&format!("{CASES}?chapter=23095&q=zqbe"), 200)["items"], json!([]));
    assert_eq!(one.get(&format!("{CASES}?chapter=23095&q=zqbe"), 200)["items"].as_array().unwrap().len(), 1);
    for text in [colleague.get_text(&at(id, ""), 403), colleague.get_text(&at(id, "/news"), 403)] {
        assert!(!text.contains("Zq"), "{text}");
    }
    colleague.post(&at(id, "/steps"), step_of("NOTE"), 403);
    colleague.post(CASES, whole, 422);
    colleague.post(&at(id, "/charge"), Value::Null, 409);
    assert_eq!(one.get(&at(id, "/news"), 200)["through"], "Mái ấm Zqhoa Sen");
    // It stays guarded.
    assert_eq!(wrong(&one.patch(&at(id, ""), json!({"guarded": false}), 422)), [("/guarded", "NOT_FOR_THIS")]);
    let refused = app.database.refuses(&format!("UPDATE family_link SET guarded = false WHERE id = '{id}'"));
    assert!(refused.contains("family_link_stays_guarded"), "{refused}");

    // Who leaves the charge hands it to a colleague; who loses the role leaves it too.
    one.post(&at(id, "/charge-left"), Value::Null, 200);
    one.get(&at(id, ""), 403);
    assert_eq!(colleague.post(&at(id, "/charge"), Value::Null, 200)["in_my_charge"], true);
    one.post(&at(id, "/charge"), Value::Null, 409);
    app.database.execute(&format!(
        "UPDATE role_assignment SET ended_at = '{}' WHERE account_id = (SELECT in_charge FROM family_link WHERE id = '{id}')",
        app.now()
    ));
    assert_eq!(one.post(&at(id, "/charge"), Value::Null, 200)["in_my_charge"], true);

    // The mother is found through the centre, whose officer takes the case and is in charge there.
    let centre = tracer(&app, "TW");
    let handed = offer(&one, id, "TW");
    assert_eq!(centre.get(&format!("{OFFERS}/{handed}"), 200)["guarded"], true);
    centre.post(&format!("{OFFERS}/{handed}/taking"), Value::Null, 200);
    assert_eq!(centre.get(&at(id, ""), 200)["in_my_charge"], true);
    tracer(&app, "TW").get(&at(id, ""), 403);
    one.get(&at(id, ""), 404);
    clean(&app);
}

/// Who is sought may be the child: it is guarded too, and who speaks for the child answers.
#[test]
fn a_child_that_is_found_is_asked_with_who_speaks_for_it() {
    let app = TestApp::start();
    let officer = tracer(&app, "23095");
    let case = officer.post(CASES, case_of(&app, json!({"enquirer": {"relation": "CHILD"}, "sought": {"birth": "2016"}})), 201);
    assert_eq!(case["guarded"], true);
    let id = case["id"].as_str().unwrap();
    assert_eq!(officer.post(&at(id, "/finding"), finding_of(json!({})), 201)["finding"]["of_child"], true);
    let problem = officer.post(&at(id, "/answer"), agreed(&app, json!({})), 422);
    assert_eq!(wrong(&problem), [("/guardian", "MISSING"), ("/consent/child_agreed", "MISSING")]);
    let answer = agreed(&app, json!({"guardian": "Trần Thị Zqnăm", "consent": {"child_agreed": true}}));
    let told = officer.post(&at(id, "/answer"), answer.clone(), 201);
    assert_eq!((&told["told"], &told["finding"]["guardian"]), (&json!("NEWS"), &json!("Trần Thị Zqnăm")));
    officer.post(&at(id, "/answer"), answer, 200);
    clean(&app);
}

/// Who is found and does not wish contact leaves nothing, and what the enquirer hears does not tell that they were found.
#[test]
fn who_declines_is_forgotten_and_the_enquirer_hears_that_the_case_is_closed() {
    let app = TestApp::start();
    let officer = tracer(&app, "23095");
    let ids: Vec<String> = (0..3).map(|_| record(&app, &officer, json!({}))).collect();
    officer.post(&at(&ids[0], "/finding"), finding_of(json!({})), 201);
    assert_eq!(
        wrong(&officer.post(&at(&ids[0], "/answer"), agreed(&app, json!({"consent": null})), 422)),
        [("/consent", "MISSING")]
    );
    assert_eq!(
        wrong(&officer.post(&at(&ids[0], "/answer"), agreed(&app, json!({"consent": {"text_version": 1}})), 422)),
        [("/consent/text_version", "OUT_OF_RANGE")]
    );
    let mut too_much = declined();
    too_much["guardian"] = json!("Trần Văn Năm");
    assert_eq!(wrong(&officer.post(&at(&ids[0], "/answer"), too_much, 422)), [("/guardian", "NOT_NEEDED")]);
    let no = declined();
    let closed = officer.post(&at(&ids[0], "/answer"), no.clone(), 201);
    assert_eq!(
        (&closed["state"], &closed["finding"]["answer"], &closed["finding"]["name"]),
        (&json!("CLOSED"), &json!("DECLINED"), &Value::Null)
    );
    officer.post(&at(&ids[0], "/answer"), no, 200);
    officer.post(&at(&ids[0], "/answer"), agreed(&app, json!({})), 409);
    step(&officer, &ids[0], "REOPENED", 409);
    // Nobody was found, and closed for another reason: word for word the same.
    step(&officer, &ids[1], "INQUIRY", 201);
    step(&officer, &ids[1], "NOT_FOUND", 201);
    step(&officer, &ids[2], "CLOSED", 201);
    let heard: Vec<String> = ids.iter().map(|id| officer.get_text(&at(id, "/news"), 200)).collect();
    assert_eq!(heard, vec![r#"{"told":"CLOSED"}"#; 3]);
    assert_eq!(app.database.number("SELECT count(*) FROM family_finding WHERE particulars IS NOT NULL"), 0);
    // The one where nobody was found goes on when there is a new trace; of the dead the enquirer is told.
    assert_eq!(step(&officer, &ids[1], "REOPENED", 201)["state"], "SEARCHING");
    assert_eq!(
        wrong(&officer.post(&at(&ids[1], "/finding"), finding_of(json!({"fate": "DIED", "note": null})), 422)),
        [("/note", "MISSING")]
    );
    let died = officer.post(&at(&ids[1], "/finding"), finding_of(json!({"fate": "DIED"})), 201);
    assert_eq!((&died["told"], &died["state"]), (&json!("NEWS"), &json!("FOUND")));
    officer.post(&at(&ids[1], "/answer"), agreed(&app, json!({})), 409);
    officer.post(&at(&ids[1], "/finding"), finding_of(json!({})), 409);
    // Who agreed takes it back before the case is closed.
    let id = record(&app, &officer, json!({}));
    officer.post(&at(&id, "/finding"), finding_of(json!({})), 201);
    assert_eq!(officer.post(&at(&id, "/answer"), agreed(&app, json!({})), 201)["told"], "NEWS");
    officer.post(&at(&id, "/answer"), agreed(&app, json!({})), 409);
    assert_eq!(officer.post(&at(&id, "/answer"), declined(), 201)["state"], "CLOSED");
    assert_eq!(officer.get_text(&at(&id, "/news"), 200), r#"{"told":"CLOSED"}"#);
    assert_eq!(
        app.database.number(
            "SELECT count(*) FROM family_finding WHERE answer = 'DECLINED' AND particulars IS NULL AND text_version IS NULL"
        ),
        2
    );
    // It was somebody else: closed and opened again, nothing is left of them.
    step(&officer, &ids[1], "CLOSED", 201);
    let again = step(&officer, &ids[1], "REOPENED", 201);
    assert_eq!((&again["finding"], &again["told"]), (&Value::Null, &json!("SEARCHING")));
    officer.post(&at(&ids[1], "/finding"), finding_of(json!({})), 201);
    clean(&app);
}

#[test]
fn the_message_to_the_enquirer_says_that_there_is_something_to_hear_and_not_what() {
    let (url, told) = gateway("204 No Content");
    let app = app_with(Ways { sms: Gateway::new(&url, "a secret of some length"), ..Ways::default() });
    let officer = tracer(&app, "23095");
    let ids: Vec<String> = (0..2).map(|_| record(&app, &officer, json!({}))).collect();
    let child = json!({"enquirer": {"birth": "2015", "guardian": {"name": "Nguyễn Thị Sáu", "phone": "0909090909"}}, "consent": {"child_agreed": true}});
    let child = record(&app, &officer, child);
    for id in ids.iter().chain([&child]) {
        officer.post(&at(id, "/finding"), finding_of(json!({"of_child": false})), 201);
    }
    assert_eq!(officer.post(&at(&ids[0], "/answer"), agreed(&app, json!({})), 201).get("to_be_called"), None);
    officer.post(&at(&ids[1], "/answer"), declined(), 201);
    officer.post(&at(&child, "/answer"), agreed(&app, json!({})), 201);
    let mut sent: Vec<Value> = (0..3)
        .map(|_| serde_json::from_str(&told.recv_timeout(std::time::Duration::from_secs(30)).unwrap().1).unwrap())
        .collect();
    sent.sort_by_key(|message: &Value| message["to"].as_str().map(str::to_owned));
    let texts: Vec<&Value> = sent.iter().map(|message| &message["text"]).collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "one and the same: {sent:?}");
    assert!(texts[0].as_str().unwrap().contains("Mời ông/bà liên hệ"), "{sent:?}");
    assert!(!sent.iter().any(|message| message.to_string().to_lowercase().contains("zq")), "{sent:?}");
    // Nobody writes to the child.
    assert!(sent[0]["to"].as_str().unwrap().contains("909090909"), "{sent:?}");
    // No officer has it in a list.
    assert_eq!(app.officer_of("23095").get("/api/v1/messages?chapter=23095", 200)["items"], json!([]));
}

#[test]
fn what_is_wrong_with_a_case_is_named() {
    let app = TestApp::start();
    let officer = tracer(&app, "23095");
    let ten_more: Vec<String> = (0..11).map(|n| format!("Tư {}", char::from(b'a' + n))).collect();
    for (change, expected) in [
        (json!({"id": Uuid::now_v7()}), ("/id", "NOT_RANDOM")),
        (json!({"enquirer": {"name": "Bảy 0912345678"}}), ("/enquirer/name", "NUMBER_IN_NAME")),
        (json!({"enquirer": {"phone": "0168"}}), ("/enquirer/phone", "NOT_A_PHONE")),
        (json!({"enquirer": {"relation": "COUSIN"}}), ("/enquirer/relation", "NOT_A_CHOICE")),
        (json!({"sought": {"birth": "29/02/1948"}}), ("/sought/birth", "NOT_A_BIRTH")),
        (json!({"sought": {"name": ""}}), ("/sought/name", "NOT_A_LINE")),
        (json!({"sought": {"other_names": ten_more}}), ("/sought/other_names", "TOO_LONG")),
        (json!({"sought": {"circumstances": "x".repeat(2_001)}}), ("/sought/circumstances", "NOT_A_LINE")),
        (json!({"consent": {"text_version": 9}}), ("/consent/text_version", "OUT_OF_RANGE")),
        (json!({"consent": {"text_version": 2}}), ("/consent/text_version", "OUT_OF_RANGE")),
        (json!({"consent": {"paper": "abc"}}), ("/consent/paper", "NOT_A_HASH")),
        (json!({"consent": {"given_on": "2027-01-01"}}), ("/consent/given_on", "IN_THE_FUTURE")),
        (json!({"cause": "LOVE"}), ("/cause", "NOT_A_CHOICE")),
    ] {
        let problem = officer.post(CASES, case_of(&app, change.clone()), 422);
        assert_eq!(wrong(&problem), [expected], "{change}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM family_link"), 0);
    let id = record(&app, &officer, json!({}));
    assert_eq!(
        wrong(&officer.post(&at(&id, "/steps"), json!({"id": Uuid::new_v4(), "kind": "INQUIRY"}), 422)),
        [("/note", "MISSING")]
    );
    step(&officer, &id, "NOT_FOUND", 409);
    step(&officer, &id, "REOPENED", 409);
    officer.get(&format!("{CASES}?chapter=23095&q=zqbay&state=OPEN"), 422);
    // What is changed is changed as it was read.
    let answer = officer.send("GET", &at(&id, ""), None);
    let tag = answer.header("etag").unwrap().to_owned();
    let patch = json!({"sought": {"name": "Nguyễn Văn Zqsửa"}});
    assert_eq!(officer.with("if-match", &tag).patch(&at(&id, ""), patch.clone(), 200)["sought"]["name"], "Nguyễn Văn Zqsửa");
    officer.with("if-match", &tag).patch(&at(&id, ""), json!({"guarded": true}), 409);
    assert_eq!(officer.get(&format!("{CASES}?chapter=23095&q=zqsua"), 200)["items"].as_array().unwrap().len(), 1);
    clean(&app);
}
