//! Persons whom nothing needs any more are proposed by the periods of the rules, and erased by two persons or kept with a reason; how many
//! are held is counted beside the limits of the law; what officers did and read stays.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::house::persons::Dossier;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp, eventually};
use crate::members::{MEMBERS, STEPS, admitted, apply};
use crate::personal::{REQUESTS, nowhere, path};
use crate::persons::record;

const PROPOSALS: &str = "/api/v1/retention-proposals";
const HELD: &str = "/api/v1/persons-held";

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let ids: Vec<Uuid> = (0..2).map(|_| proposed(app, &record(&officer, json!({})), "2026-01-31")).collect();
    // Whom nothing needs: written down long ago.
    let keeping = json!({"reason": "ARCHIVE", "until": "2027-06-30"});
    vec![
        call("GET /api/v1/retention-proposals", format!("{PROPOSALS}?chapter=23095"), None, 404, 403, 200),
        call("POST /api/v1/retention-proposals/{id}/keeping", at(ids[0], "keeping"), Some(keeping), 404, 403, 200),
        call("POST /api/v1/retention-proposals/{id}/erasure", at(ids[1], "erasure"), Some(Value::Null), 404, 403, 200),
        call("GET /api/v1/persons-held", HELD.to_owned(), None, 404, 404, 404),
    ]
}

/// A person of Hàm Liêm, written down two years ago and proposed, as the job does it: for tests of what comes after.
pub fn proposed(app: &TestApp, person: &str, due: &str) -> Uuid {
    let id = Uuid::new_v4();
    app.database.execute(&format!(
        "UPDATE person SET recorded_at = recorded_at - interval '2 years' WHERE id = '{person}';
         INSERT INTO retention_proposal (id, chapter_id, person_id, record, due_on, state, proposed_at)
         SELECT '{id}', chapter_id, id, 'PERSON', '{due}', 'PROPOSED', recorded_at + interval '2 years' FROM person WHERE id = '{person}'"
    ));
    id
}

/// So many proposals at Hàm Liêm, of persons who are there.
pub fn fill(app: &TestApp, most: usize) {
    app.database.execute(&format!(
        "INSERT INTO retention_proposal (id, chapter_id, person_id, record, due_on, state, proposed_at)
         SELECT gen_random_uuid(), p.chapter_id, p.id, 'PERSON', '2026-01-31', 'PROPOSED', now()
         FROM person p JOIN chapter c ON c.id = p.chapter_id WHERE c.code = '23095' LIMIT {most}"
    ));
}

fn at(id: impl std::fmt::Display, step: &str) -> String {
    format!("{PROPOSALS}/{id}/{step}")
}

fn leave(officer: &Caller<'_>, member: impl std::fmt::Display) {
    officer.post(&format!("{MEMBERS}/{member}/steps"), json!({"id": Uuid::now_v7(), "kind": "LEAVE"}), 201);
}

fn list(officer: &Caller<'_>, state: &str) -> Vec<Value> {
    officer.get(&format!("{PROPOSALS}?chapter=23095&state={state}"), 200)["items"].as_array().unwrap().clone()
}

/// Lets time pass, until the look of that day is done.
fn pass(app: &TestApp, days: i64) {
    app.clock.advance(Duration::days(days));
    let today = app.today();
    let begun = format!("SELECT count(*) FROM persons_held WHERE day = '{today}'");
    eventually("the day is begun", || app.database.number(&begun) > 0);
    let open = "SELECT count(*) FROM job WHERE kind = 'PROPOSE_ERASURES' AND state <> 'DONE'";
    eventually("whoever is due is proposed", || app.database.number(open) == 0);
}

fn names(items: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = items.iter().map(|one| one["person"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn who_is_needed_no_more_is_proposed_and_erased_by_two_persons_or_kept() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let left = admitted(&officer, &chair, json!({"name": "Lê Zqan", "birth": "1950", "phone": "0912345678"}));
    leave(&officer, left);
    admitted(&officer, &chair, json!({"name": "Lê Zqbình"}));
    record(&officer, json!({"name": "Lê Zqchi"}));
    let refused = apply(&officer, json!({"name": "Lê Zqdũng"}), json!({}));
    officer.post(&format!("{STEPS}/{refused}/withdrawal"), Value::Null, 200);
    // A giver stands in a voucher for ten years.
    record(&officer, json!({"name": "Lê Zqgiang", "phone": "0987654321"}));
    let giver = json!({"giver": {"kind": "PERSON", "name": "Lê Zqgiang", "phone": "0987654321"}});
    officer.post("/api/v1/gifts", app.gift(giver), 201);
    // Who asked that the data be kept is not proposed.
    let kept = record(&officer, json!({"name": "Lê Zqhạnh"}));
    let party = officer.get(&format!("/api/v1/persons/{kept}"), 200)["party"].clone();
    officer.post(REQUESTS, crate::personal::ask(&app, "RESTRICT", json!({"party": party})), 201);
    pass(&app, 364);
    assert_eq!(app.database.number("SELECT count(*) FROM retention_proposal"), 0, "a year is not over");
    pass(&app, 3);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let items = list(&officer, "PROPOSED");
    assert_eq!(names(&items), ["Lê Zqchi", "Lê Zqdũng"]);
    let of = |items: &[Value], name: &str| items.iter().find(|one| one["person"]["name"] == name).unwrap().clone();
    let (chi, dung) = (of(&items, "Lê Zqchi"), of(&items, "Lê Zqdũng"));
    assert_eq!(
        (&chi["record"], &dung["record"], &chi["due_on"]),
        (&json!("PERSON"), &json!("APPLICATION"), &json!("2027-11-22"))
    );
    assert!(chi["law"].as_str().unwrap().contains("Luật 91/2025/QH15"), "{chi}");
    // Kept with a reason until a day, and proposed again after it.
    let keeping = |until: &str| json!({"reason": "CLAIM", "until": until});
    let dung = at(dung["id"].as_str().unwrap(), "keeping");
    for wrong in ["2027-11-24", "2038-01-01"] {
        assert_eq!(officer.post(&dung, keeping(wrong), 422)["errors"][0]["code"], "OUT_OF_RANGE");
    }
    let said = officer.post(&dung, keeping("2027-12-31"), 200);
    assert_eq!((&said["state"], &said["reason"], &said["kept_until"]), (&json!("KEPT"), &json!("CLAIM"), &json!("2027-12-31")));
    officer.post(&dung, keeping("2027-12-31"), 200);
    officer.post(&dung, keeping("2028-01-01"), 409);
    officer.post(&dung.replace("keeping", "erasure"), Value::Null, 409);
    // Erased as for any other erasure, by a second person.
    let chi = at(chi["id"].as_str().unwrap(), "erasure");
    let asked = officer.post(&chi, Value::Null, 200);
    let request = asked["request"].as_str().unwrap().to_owned();
    assert_eq!((&asked["state"], officer.post(&chi, Value::Null, 200)["request"].as_str()), (&json!("ASKED"), Some(&*request)));
    let request = format!("{REQUESTS}/{request}");
    officer.post(&format!("{request}/approval"), Value::Null, 403);
    assert_eq!(chair.get(&request, 200)["note"], "Hết thời hạn lưu: không còn vai trò nào ở đơn vị.");
    assert_eq!(chair.post(&format!("{request}/approval"), Value::Null, 200)["state"], "DONE");
    nowhere(&app, &["Zqchi"]);
    assert_eq!(list(&officer, "ASKED")[0].get("person"), None);
    pass(&app, 3);
    assert!(list(&app.officer_of("23095"), "PROPOSED").is_empty(), "nothing is proposed twice");
    pass(&app, 60);
    let officer = app.officer_of("23095");
    assert_eq!(names(&list(&officer, "PROPOSED")), ["Lê Zqdũng"]);
    // Needed again: not erased, and on the next day not proposed any more.
    let dung = list(&officer, "PROPOSED")[0].clone();
    let again = json!({"id": Uuid::new_v4(), "person": dung["person"]["id"], "kind": "MEMBER", "decision_no": "9/QĐ"});
    officer.post(MEMBERS, again, 201);
    officer.post(&at(dung["id"].as_str().unwrap(), "erasure"), Value::Null, 409);
    pass(&app, 1);
    let officer = app.officer_of("23095");
    assert_eq!((list(&officer, "PROPOSED").len(), list(&officer, "LAPSED").len()), (0, 1));
    // Five years after she left, so is the member; what was counted stays.
    pass(&app, 5 * 365 - 430 + 2);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let items = list(&officer, "PROPOSED");
    assert_eq!((names(&items), &items[0]["record"]), (vec!["Lê Zqan"], &json!("MEMBER")));
    let counts = "/api/v1/member-counts?chapter=23095&on=2026-11-22";
    let before = officer.get(counts, 200);
    let asked = officer.post(&at(items[0]["id"].as_str().unwrap(), "erasure"), Value::Null, 200);
    let approval = format!("{REQUESTS}/{}/approval", asked["request"].as_str().unwrap());
    assert_eq!(chair.post(&approval, Value::Null, 200)["state"], "DONE");
    nowhere(&app, &["Zqan"]);
    assert_eq!(officer.get(counts, 200), before);
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// Two rows that are one person go together, when neither is needed.
#[test]
fn a_row_that_was_joined_is_not_proposed_while_the_other_is_needed() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (kept, joined) = (record(&officer, json!({"name": "Lê Zqan"})), record(&officer, json!({"name": "Lê Thị Zqan"})));
    let join = Uuid::now_v7();
    officer.post("/api/v1/person-joins", json!({"id": join, "kept": kept, "joined": joined}), 201);
    chair.post(&format!("/api/v1/person-joins/{join}/approval"), Value::Null, 200);
    let member = json!({"id": Uuid::new_v4(), "person": kept, "kind": "MEMBER", "decision_no": "1/QĐ"});
    officer.post(MEMBERS, member.clone(), 201);
    chair.post(&format!("{STEPS}/{}/approval", member["id"].as_str().unwrap()), Value::Null, 200);
    pass(&app, 800);
    assert_eq!(app.database.number("SELECT count(*) FROM retention_proposal"), 0);
    let officer = app.officer_of("23095");
    leave(&officer, member["id"].as_str().unwrap());
    pass(&app, 5 * 365 + 3);
    assert_eq!(app.database.number("SELECT count(*) FROM retention_proposal WHERE state = 'PROPOSED'"), 2);
}

#[test]
fn proposals_are_seen_by_whoever_sees_the_persons_of_the_chapter_and_each_look_is_noted() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let ids: Vec<Uuid> = (0..3).map(|n| proposed(&app, &record(&officer, json!({})), &format!("2026-01-0{}", 3 - n))).collect();
    let first = officer.get(&format!("{PROPOSALS}?chapter=23095&limit=2"), 200);
    let due: Vec<&str> = first["items"].as_array().unwrap().iter().map(|one| one["due_on"].as_str().unwrap()).collect();
    assert_eq!(due, ["2026-01-01", "2026-01-02"]);
    let next = first["next"].as_str().unwrap();
    let second = officer.get(&format!("{PROPOSALS}?chapter=23095&limit=2&cursor={next}"), 200);
    assert_eq!((second["items"].as_array().unwrap().len(), second.get("next")), (1, None));
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'RETENTION_PROPOSALS_LISTED'"), 2);
    for (caller, status) in [
        (app.officer_of("23059"), 404),
        (app.accountant_of("23095"), 403),
        (app.staff(Role::ProvincialAdministrator, "68"), 403),
        (app.staff(Role::CentralAdministrator, "TW"), 403),
    ] {
        caller.get(&format!("{PROPOSALS}?chapter=23095"), status);
        caller.post(&at(ids[0], "erasure"), Value::Null, status);
    }
    officer.get(&format!("{PROPOSALS}?chapter=23095&state=GONE"), 422);
    officer.post(&at(Uuid::new_v4(), "erasure"), Value::Null, 404);
    // A chair keeps the persons; asking for an erasure takes whoever records, as always.
    let chair = app.chair_of("23095");
    chair.post(&at(ids[1], "keeping"), json!({"reason": "OTHER", "until": "2027-01-01"}), 200);
    chair.post(&at(ids[0], "erasure"), Value::Null, 403);
}

#[test]
fn what_officers_did_and_read_is_never_proposed_and_nothing_lets_it_go() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let person = record(&officer, json!({"name": "Lê Zqan"}));
    officer.get(&format!("/api/v1/persons/{person}"), 200);
    let trail = app.database.number("SELECT count(*) FROM audit_event");
    assert!(trail > 0);
    let refused = |sql: &str| app.database.refuses(sql);
    for sql in [
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE at < now() - interval '12 months'",
        "UPDATE audit_event SET detail = NULL",
        "TRUNCATE audit_event",
    ] {
        assert!(refused(sql).contains("audit_event"), "{sql}");
    }
    assert_eq!(app.database.number("SELECT years FROM retention_rule WHERE record = 'ACCESS_RECORD'"), 1);
    refused(
        "INSERT INTO retention_proposal (id, chapter_id, person_id, record, due_on, state, proposed_at)
             SELECT gen_random_uuid(), chapter_id, id, 'ACCESS_RECORD', '2026-01-01', 'PROPOSED', now() FROM person",
    );
    // Looked at again and again over years, with everybody due: the trail only grows.
    for _ in 0..4 {
        pass(&app, 400);
    }
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let items = list(&officer, "PROPOSED");
    officer.post(&at(items[0]["id"].as_str().unwrap(), "erasure"), Value::Null, 200);
    let request = app.database.text("SELECT request_id::text FROM retention_proposal WHERE state = 'ASKED'");
    assert_eq!(chair.post(&path(&json!({"id": request}), "/approval"), Value::Null, 200)["state"], "DONE");
    assert!(app.database.number("SELECT count(*) FROM audit_event") > trail);
}

#[test]
fn how_many_persons_are_held_is_counted_once_a_day_and_told_beside_the_limits() {
    let mut app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let day = |app: &TestApp| app.database.number("SELECT count(DISTINCT day) FROM persons_held");
    eventually("counted", || day(&app) == 1);
    admitted(&officer, &chair, json!({"name": "Lê Zqan", "phone": "0912345678"}));
    let by_bank = json!({"channel": "BANK_TRANSFER", "giver": {"kind": "PERSON", "name": "Lê Zqan", "phone": "0912345678"}});
    officer.post("/api/v1/gifts", app.gift(by_bank), 201);
    officer.post("/api/v1/gifts", app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê Zqbình"}})), 201);
    officer.post("/api/v1/gifts", app.gift(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty Zq"}})), 201);
    crate::members_lists::waiting(&officer, "Lê Zqchi", "0987654321");
    app.clock.advance(Duration::days(1));
    eventually("counted again", || day(&app) == 2);
    let accounts = app.database.number("SELECT count(*) FROM officer");
    let administrator = app.staff(Role::CentralAdministrator, "TW");
    let held = administrator.get(HELD, 200);
    let of =
        |room: &str, what: &str| held["rooms"].as_array().unwrap().iter().find(|one| one["room"] == room).unwrap()[what].clone();
    assert_eq!(
        (of("parties", "persons"), of("members", "persons"), of("giving", "sensitive")),
        (json!(2), json!(1), json!(1)),
        "{held}"
    );
    assert_eq!((&held["persons"], &held["sensitive"]), (&json!(3 + accounts), &json!(1)));
    assert_eq!(
        (&held["limit"], &held["sensitive_limit"], &held["dossier_missing"]),
        (&json!(100_000), &json!(10_000), &json!(false))
    );
    assert_eq!((&held["retention_waits"], held.get("dossier")), (&json!(0), None));
    let metrics = app.anonymous().get_text("/metrics", 200);
    assert!(metrics.contains(&format!("sna_persons_held {}.0\n", 3 + accounts)), "{metrics}");
    assert!(metrics.contains("sna_persons_sensitive 1.0\n"));
    for (caller, status) in [
        (app.officer_of("23095"), 404),
        (app.staff(Role::ProvincialAdministrator, "68"), 404),
        (app.accountant_of("TW"), 403),
        (app.staff(Role::Inspector, "TW"), 200),
    ] {
        caller.get(HELD, status);
    }
    // Near a limit it says so, until there is a dossier.
    app.database.execute(&format!("UPDATE persons_limit SET persons = {} WHERE what = 'PERSONS'", (3 + accounts) * 100 / 80));
    assert_eq!(administrator.get(HELD, 200)["dossier_missing"], true);
    let mut shared = app.shared.clone();
    shared.dossier = Some(Dossier { number: "12/HS-ATTT".to_owned(), approved_on: app.today() });
    let database = app.database.take_over();
    app.stop();
    let app = TestApp::start_with(database, shared);
    let held = app.staff(Role::CentralAdministrator, "TW").get(HELD, 200);
    assert_eq!((&held["dossier_missing"], &held["dossier"]["number"]), (&json!(false), &json!("12/HS-ATTT")));
}
