//! Persons as a chapter knows them: written down, found, compared, joined and parted, seen by its own officers and nobody else.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, path, personal};

const PERSONS: &str = "/api/v1/persons";
const JOINS: &str = "/api/v1/person-joins";

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let one = record(&officer, json!({}));
    let joins: Vec<String> = (0..4)
        .map(|_| {
            let (kept, joined) = (record(&officer, json!({})), record(&officer, json!({})));
            let id = Uuid::now_v7();
            officer.post(JOINS, json!({"id": id, "kept": kept, "joined": joined}), 201);
            id.to_string()
        })
        .collect();
    let (kept, joined) = (record(&officer, json!({})), record(&officer, json!({})));
    app.chair_of("23095").post(&format!("{JOINS}/{}/approval", joins[3]), Value::Null, 200);
    let person = |rest: &str| format!("{PERSONS}/{one}{rest}");
    let join = |n: usize, rest: &str| format!("{JOINS}/{}{rest}", joins[n]);
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/persons", format!("{PERSONS}?chapter=23095"), None, 404, 403, 200),
        call("POST /api/v1/persons", PERSONS.to_owned(), Some(person_of(json!({}))), 404, 403, 201),
        call("GET /api/v1/persons/{id}", person(""), None, 404, 403, 200),
        call("PATCH /api/v1/persons/{id}", person(""), Some(json!({"birth": "1990"})), 404, 403, 200),
        call("GET /api/v1/persons/{id}/doubles", person("/doubles"), None, 404, 403, 200),
        call("GET /api/v1/persons/{id}/personal-data", person("/personal-data"), None, 404, 403, 200),
        call("GET /api/v1/person-joins", format!("{JOINS}?chapter=23095"), None, 404, 403, 200),
        call(
            "POST /api/v1/person-joins",
            JOINS.to_owned(),
            Some(json!({"id": Uuid::now_v7(), "kept": kept, "joined": joined})),
            404,
            403,
            201,
        ),
        call("GET /api/v1/person-joins/{id}", join(0, ""), None, 404, 403, 200),
        call("POST /api/v1/person-joins/{id}/approval", join(0, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/person-joins/{id}/refusal", join(1, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/person-joins/{id}/withdrawal", join(2, "/withdrawal"), nothing(), 404, 403, 200),
        call("POST /api/v1/person-joins/{id}/parting", join(3, "/parting"), nothing(), 404, 403, 200),
    ]
}

/// Somebody of Hàm Liêm as a client sends them; `change` adds, overrides or takes away.
pub fn person_of(change: Value) -> Value {
    let mut person = json!({"id": Uuid::new_v4(), "chapter": "23095", "name": "Nguyễn Thị Zqlan"});
    for (key, value) in change.as_object().unwrap() {
        person[key] = value.clone();
    }
    person
}

/// Writes somebody down; returns their id.
pub fn record(officer: &Caller<'_>, change: Value) -> String {
    let person = officer.post(PERSONS, person_of(change), 201);
    person["id"].as_str().unwrap().to_owned()
}

/// So many persons of Hàm Liêm, and as many joins.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of("23095");
    for n in 0..most {
        let ids: Vec<String> = (0..2).map(|k| record(&officer, json!({"name": format!("Người Thứ {}", 2 * n + k)}))).collect();
        officer.post(JOINS, json!({"id": Uuid::now_v7(), "kept": ids[0], "joined": ids[1]}), 201);
    }
}

fn at(id: &str) -> String {
    format!("{PERSONS}/{id}")
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// The codes of what is wrong, with their places.
pub fn wrong(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
}

#[test]
fn a_person_is_written_down_once_read_and_changed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let whole = person_of(json!({"phone": "0912 345 678", "birth": "2008-02-29", "sex": "FEMALE", "commune": "23095"}));
    let made = officer.post(PERSONS, whole.clone(), 201);
    assert_eq!(
        (&made["phone"], &made["birth"], &made["phone_confirmed_on"]),
        (&json!("0912345678"), &json!("2008-02-29"), &Value::Null)
    );
    assert_eq!(officer.post(PERSONS, whole.clone(), 200)["id"], whole["id"], "sent again");
    let mut other = whole.clone();
    other["name"] = json!("Nguyễn Thị Khác");
    officer.post(PERSONS, other, 422);
    // The same name and number is the same person; without the number nobody can tell.
    officer.post(PERSONS, person_of(json!({"phone": "0912345678"})), 409);
    officer.post(PERSONS, person_of(json!({})), 201);

    let id = whole["id"].as_str().unwrap();
    let answer = officer.send("GET", &at(id), None);
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"1\"")));
    let changed = officer.with("if-match", "\"1\"").patch(&at(id), json!({"phone_confirmed": true, "birth": "2008"}), 200);
    assert_eq!((&changed["birth"], &changed["phone_confirmed_on"]), (&json!("2008"), &json!("2026-11-22")));
    officer.with("if-match", "\"1\"").patch(&at(id), json!({"sex": null}), 409);
    // Another number is not confirmed; the party goes along and nobody is left behind.
    let changed = officer.patch(&at(id), json!({"phone": "0987654321", "name": "Nguyễn Thị Zqlàn"}), 200);
    assert_eq!((&changed["phone_confirmed_on"], &changed["party"]), (&Value::Null, &made["party"]));
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 2);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSON_READ'"), 1);
    let noted = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE action = 'PERSON_CHANGED'");
    assert!(noted.contains("phone") && !noted.contains("Zql") && !noted.contains("0987654321"), "{noted}");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

#[test]
fn what_is_wrong_is_named() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (change, expected) in [
        (json!({"name": "x".repeat(300)}), ("/name", "NOT_A_LINE")),
        (json!({"name": "Lan 0912345678"}), ("/name", "NUMBER_IN_NAME")),
        (json!({"birth": "2001-02-29"}), ("/birth", "NOT_A_BIRTH")),
        (json!({"birth": "29/02/2008"}), ("/birth", "NOT_A_BIRTH")),
        (json!({"birth": "1970-01-01T00:00:00Z"}), ("/birth", "NOT_A_BIRTH")),
        (json!({"birth": "2027"}), ("/birth", "IN_THE_FUTURE")),
        (json!({"birth": "1899"}), ("/birth", "TOO_EARLY")),
        (json!({"commune": "00000"}), ("/commune", "NO_SUCH_UNIT")),
        (json!({"commune": "68"}), ("/commune", "NO_SUCH_UNIT")),
        (json!({"phone": "0168"}), ("/phone", "NOT_A_PHONE")),
        (json!({"phone_confirmed": true}), ("/phone", "MISSING")),
        (json!({"id": Uuid::now_v7()}), ("/id", "NOT_RANDOM")),
        (json!({"sex": "F"}), ("/sex", "NOT_A_CHOICE")),
        (json!({"ethnicity": "Kinh"}), ("/ethnicity", "UNKNOWN_FIELD")),
    ] {
        let problem = officer.post(PERSONS, person_of(change.clone()), 422);
        assert_eq!(wrong(&problem), [expected], "{change}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM person") + app.database.number("SELECT count(*) FROM party"), 0);
    officer.post(PERSONS, person_of(json!({"birth": "1988"})), 201);
}

/// Accountants, administrators, inspectors and levels above see books and no persons; neighbours see nothing, and trying ids is noted.
#[test]
fn persons_are_seen_by_the_officers_of_their_chapter_alone() {
    let app = TestApp::start();
    let id = record(&app.officer_of("23095"), json!({"phone": "0912345678"}));
    app.chair_of("23095").get(&at(&id), 200);
    let of = |role: Role, chapter: &str, status: u16| {
        let caller = app.staff(role, chapter);
        for path in [
            at(&id),
            format!("{PERSONS}?chapter=23095"),
            format!("{PERSONS}?chapter=23095&q=zqlan"),
            format!("{}/doubles", at(&id)),
        ] {
            let text = caller.get_text(&path, status);
            assert!(!text.contains("Zqlan"), "{text}");
        }
        caller.post(PERSONS, person_of(json!({})), status);
        caller.patch(&at(&id), json!({"sex": "MALE"}), status);
    };
    for (role, chapter) in [
        (Role::Accountant, "23095"),
        (Role::Inspector, "23095"),
        (Role::ChapterChair, "68"),
        (Role::Officer, "68"),
        (Role::ProvincialAdministrator, "68"),
        (Role::CentralAdministrator, "TW"),
    ] {
        // An officer of the province reads the books below it.
        of(role, chapter, 403);
    }
    of(Role::Officer, "23059", 404);
    of(Role::ChapterChair, "01", 404);
    let tried = "SELECT count(*) FROM audit_event a JOIN chapter c ON c.id = a.chapter_id WHERE action = 'PERSON_READ_REFUSED' AND c.code = '23095'";
    assert_eq!(app.database.number(tried), 8);
    app.officer_of("23095").get(&at(&Uuid::new_v4().to_string()), 404);
}

#[test]
fn persons_are_found_by_words_in_any_order_and_by_number() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (name, phone) in
        [("Ðặng Văn Thử", Some("0912345678")), ("Trần Thị An", None), ("An Thị Trần", Some("0987654321")), ("Y Ƀlăm", None)]
    {
        record(&officer, json!({"name": name, "phone": phone}));
    }
    let there = app.officer_of("23059");
    record(&there, json!({"chapter": "23059", "name": "Trần Thị An", "phone": "0912345678"}));
    for (q, found) in [
        ("dang%20thu", vec!["Đặng Văn Thử"]),
        ("an%20tran", vec!["Trần Thị An", "An Thị Trần"]),
        ("4321", vec!["An Thị Trần"]),
        ("0912%20345%20678", vec!["Đặng Văn Thử"]),
        ("blam", vec!["Y Ƀlăm"]),
        ("tr%E1%BA%A7n%20binh", vec![]),
    ] {
        let page = officer.get(&format!("{PERSONS}?chapter=23095&q={q}"), 200);
        assert_eq!(names(&page), found, "{q}");
    }
    assert_eq!(names(&there.get(&format!("{PERSONS}?chapter=23059&q=tran"), 200)).len(), 1);
    // Page by page the same, and each page is noted without the name.
    let all = crate::look::all(&officer, &format!("{PERSONS}?chapter=23095&q=an"), 1);
    assert_eq!(all.len(), 2);
    let noted = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE action = 'PERSONS_SEARCHED'");
    assert!(!noted.contains("tran") && !noted.contains("4321"), "{noted}");
    assert_eq!(names(&officer.get(&format!("{PERSONS}?chapter=23095"), 200)).len(), 4);
    officer.get(&format!("{PERSONS}?chapter=23095&q=a"), 422);
}

#[test]
fn two_who_are_one_are_proposed_joined_by_a_second_person_and_parted() {
    let app = TestApp::start();
    let (officer, chair, accountant) = (app.officer_of("23095"), app.chair_of("23095"), app.accountant_of("23095"));
    let first = record(&officer, json!({"name": "Trần Thị Zqan", "birth": "1988-05-01", "commune": "23095"}));
    let second = officer.post(PERSONS, person_of(json!({"name": "ZQAN Trần Thị", "birth": "1989"})), 201);
    assert_eq!((&second["doubles"][0]["person"]["id"], &second["doubles"][0]["because"]), (&json!(first), &json!(["SAME_NAME"])));
    let second = second["id"].as_str().unwrap().to_owned();
    record(&officer, json!({"name": "Trần Thị Zqan", "birth": "1990", "commune": "23095"}));
    let doubles = officer.get(&format!("{}/doubles", at(&first)), 200);
    assert_eq!(doubles.as_array().unwrap().len(), 1, "nobody born two years later: {doubles}");

    let id = Uuid::now_v7();
    let request = json!({"id": id, "kept": first, "joined": second, "note": "hai phiếu một người"});
    assert_eq!(officer.post(JOINS, request.clone(), 201)["state"], "ASKED");
    officer.post(JOINS, request, 200);
    // Both ways round, and a chain: refused.
    officer.post(JOINS, json!({"id": Uuid::now_v7(), "kept": second, "joined": first}), 409);
    let join = |rest: &str| format!("{JOINS}/{id}{rest}");
    officer.post(&join("/approval"), Value::Null, 403);
    // Who decides sees the two, and no other person.
    let shown = accountant.get(&join(""), 200);
    assert_eq!((shown["persons"].as_array().unwrap().len(), &shown["note"]), (2, &json!("hai phiếu một người")));
    accountant.get(&at(&first), 403);
    assert_eq!(chair.post(&join("/approval"), Value::Null, 200)["state"], "JOINED");
    assert_eq!(officer.get(&at(&second), 200)["joined_to"], json!(first));
    accountant.get(&join(""), 403);
    assert_eq!(officer.get(&format!("{}/doubles", at(&first)), 200), json!([]), "they are one already");
    // A mistake: each is itself again.
    assert_eq!(officer.post(&join("/parting"), Value::Null, 200)["state"], "PARTED");
    officer.post(&join("/parting"), Value::Null, 200);
    assert_eq!(officer.get(&at(&second), 200).get("joined_to"), None);
    chair.post(&join("/approval"), Value::Null, 200);
    assert_eq!(officer.get(&at(&second), 200).get("joined_to"), None, "an approval that comes again joins nobody");
    // Again, and this time refused.
    let again = Uuid::now_v7();
    officer.post(JOINS, json!({"id": again, "kept": first, "joined": second}), 201);
    assert_eq!(chair.post(&format!("{JOINS}/{again}/refusal"), Value::Null, 200)["state"], "REFUSED");
    let trail = "SELECT count(*) FROM audit_event WHERE action IN ('PERSONS_JOINED', 'PERSONS_PARTED')";
    assert_eq!(app.database.number(trail), 2);
    let chain = format!(
        "INSERT INTO person_join (id, chapter_id, kept_id, joined_id, state, asked_by, asked_at, decided_by, decided_at) SELECT gen_random_uuid(), chapter_id, '{second}', '{first}', 'JOINED', recorded_by, now(), recorded_by, now() FROM person WHERE id = '{first}'"
    );
    app.database.execute(&chain);
    let back = chain.replace(&format!("'{second}', '{first}'"), &format!("'{first}', '{second}'"));
    assert!(app.database.refuses(&back).contains("person_join_star"));
}

/// A giver who is a person of two chapters asks at one of them to be erased: that one forgets, the other decides for itself.
#[test]
fn an_erased_person_leaves_an_empty_row_and_the_other_chapter_its_own() {
    let app = TestApp::start();
    let (officer, chair, there) = (app.officer_of("23095"), app.chair_of("23095"), app.officer_of("23059"));
    app.chair_of("68");
    let told = json!({"name": "Phạm Thị Zqhương", "phone": "0987654077", "birth": "1977-07-07"});
    let gift = personal(&app, "Phạm Thị Zqhương", Some("0987654077"), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift, 201);
    let mut person = person_of(told.clone());
    let made = officer.post(PERSONS, person.clone(), 201);
    let id = made["id"].as_str().unwrap().to_owned();
    person["id"] = json!(Uuid::new_v4());
    person["chapter"] = json!("23059");
    let theirs = there.post(PERSONS, person, 201);
    assert_eq!(app.database.number("SELECT count(DISTINCT party_id) FROM person"), 1);
    assert_ne!((&theirs["id"], &theirs["party"]), (&made["id"], &made["party"]));
    let copy = officer.get(&format!("{}/personal-data", at(&id)), 200);
    assert!(copy["held"][0]["text"].as_str().unwrap().contains("1977-07-07"), "{copy}");

    let erase = ask(&app, "ERASE", json!({"party": made["party"]}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    officer.get(&at(&id), 404);
    assert_eq!(names(&officer.get(&format!("{PERSONS}?chapter=23095"), 200)), Vec::<&str>::new());
    officer.post(PERSONS, person_of(told), 201);
    assert_eq!(there.get(&at(theirs["id"].as_str().unwrap()), 200)["name"], "Phạm Thị Zqhương");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// Somebody who never gave anything is corrected, restricted and erased all the same.
#[test]
fn requests_reach_who_never_gave() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let made = officer.post(PERSONS, person_of(json!({"name": "Phạm Thị Zqhương", "phone": "0987654077"})), 201);
    let id = made["id"].as_str().unwrap();
    let done = |kind: &str, change: Value| {
        let mut change = change;
        change["party"] = made["party"].clone();
        let request = ask(&app, kind, change);
        let answer = officer.post(REQUESTS, request.clone(), 201);
        if answer["state"] != "DONE" {
            assert_eq!(chair.post(&path(&request, "/approval"), Value::Null, 200)["state"], "DONE", "{kind}");
        }
    };
    done("CORRECT", json!({"changes": {"name": "Phạm Thị Zqhường"}}));
    assert_eq!(officer.get(&at(id), 200)["name"], "Phạm Thị Zqhường");
    done("RESTRICT", json!({}));
    let shown = officer.get(&at(id), 200);
    assert_eq!((shown.get("name"), &shown["restricted"]), (None, &json!(true)));
    officer.patch(&at(id), json!({"sex": "FEMALE"}), 409);
    assert_eq!(names(&officer.get(&format!("{PERSONS}?chapter=23095&q=zqhuong"), 200)), Vec::<&str>::new());
    done("LIFT_RESTRICTION", json!({}));
    assert_eq!(names(&officer.get(&format!("{PERSONS}?chapter=23095&q=zqhuong"), 200)), ["Phạm Thị Zqhường"]);
    done("ERASE", json!({}));
    officer.get(&at(id), 404);
    crate::personal::nowhere(&app, &["Zqhường", "Zqhương", "0987654077"]);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 0);
}
