//! Roles given and ended through the API: who may give what where, from when to when. (`administrators` tests that
//! somebody is always left to give them.)

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::harness::{Account, Caller, TestApp};
use crate::look::all;

/// A request for a role; `change` overrides fields, `null` removes them.
pub fn role(app: &TestApp, account: Account, role: Role, chapter: &str, change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "account": account.id, "role": role.name(), "chapter": chapter,
        "valid_from": app.today(), "decision_no": "15/QĐ-HCTĐ"});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

pub fn give(caller: &Caller<'_>, body: Value, status: u16) -> Value {
    caller.post("/api/v1/role-assignments", body, status)
}

pub fn end(caller: &Caller<'_>, id: &str, status: u16) -> Value {
    caller.post(&format!("/api/v1/role-assignments/{id}/ending"), json!({"decision_no": "20/QĐ-HCTĐ"}), status)
}

pub fn id_of(given: &Value) -> String {
    given["assignment"]["id"].as_str().unwrap().to_owned()
}

pub fn assignment_of(app: &TestApp, account: Account, role: Role) -> String {
    app.database.text(&format!("SELECT id FROM role_assignment WHERE account_id = '{}' AND role = '{}'", account.id, role.name()))
}

pub fn field(problem: &Value) -> (&str, &str) {
    (problem["errors"][0]["pointer"].as_str().unwrap_or_default(), problem["errors"][0]["code"].as_str().unwrap_or_default())
}

pub fn day(app: &TestApp, days: i64) -> NaiveDate {
    app.today() + Duration::days(days)
}

/// Somebody with an account at a chapter and no role.
pub fn newcomer(app: &TestApp, chapter: &str) -> Account {
    let account = app.account(Role::Officer, chapter);
    app.database.execute(&format!("DELETE FROM role_assignment WHERE account_id = '{}'", account.id));
    account
}

#[test]
fn a_role_works_with_the_next_request_and_ends_with_the_next() {
    let app = TestApp::start();
    let thu = app.staff(Role::ProvincialAdministrator, "68");
    let lan = newcomer(&app, "23095");
    let caller = app.log_in(lan);
    caller.post("/api/v1/gifts", app.gift(json!({})), 404);
    let given = give(&thu, role(&app, lan, Role::Officer, "23095", json!({})), 201);
    caller.post("/api/v1/gifts", app.gift(json!({})), 201);
    let ended = end(&thu, &id_of(&given), 200);
    assert_eq!(ended["assignment"]["standing"], "ENDED");
    caller.post("/api/v1/gifts", app.gift(json!({})), 404);
    // Ending it again by the same decision is the same; by another it is a mistake.
    assert_eq!(end(&thu, &id_of(&given), 200), ended);
    let other = json!({"decision_no": "21/QĐ-HCTĐ"});
    thu.post(&format!("/api/v1/role-assignments/{}/ending", id_of(&given)), other, 409);

    let trail = app.database.text(&format!(
        "SELECT string_agg(concat_ws(' ', e.action, a.user_name = 'x', detail->>'role', detail->>'place', detail->>'decision',
            detail->>'account' = '{}', e.chapter_id = c.id, e.account_id IS NOT NULL), '; ' ORDER BY e.id)
         FROM audit_event e LEFT JOIN account a ON a.id = e.account_id, chapter c WHERE subject = '{}' AND c.code = '23095'",
        lan.id,
        id_of(&given)
    ));
    assert_eq!(trail, "ROLE_GIVEN f OFFICER 23095 15/QĐ-HCTĐ t t t; ROLE_ENDED f OFFICER 23095 20/QĐ-HCTĐ t t t");
}

/// The table of the policy, through HTTP: every giver, every role, at chapters of every level.
#[test]
fn nobody_gives_more_than_the_table_says() {
    let app = TestApp::start();
    app.database.execute(
        "INSERT INTO chapter (id, code, kind, level, parent_id, name, short_name, folded, founded_on)
         SELECT gen_random_uuid(), 'CHI-HOI-1', 'SCHOOL', 'BRANCH', id, 'x', 'x', 'x', '2026-01-01' FROM chapter WHERE code = '23095'",
    );
    let levels = [("TW", "CENTRAL"), ("68", "PROVINCE"), ("23095", "COMMUNE"), ("CHI-HOI-1", "BRANCH"), ("01", "PROVINCE")];
    let givers = [
        (Role::CentralAdministrator, "TW"),
        (Role::ProvincialAdministrator, "68"),
        (Role::ChapterChair, "68"),
        (Role::Accountant, "68"),
        (Role::Inspector, "TW"),
    ];
    let (mut given, mut refused) = (0, 0);
    for (giver, home) in givers {
        let caller = app.staff(giver, home);
        for (chapter, level) in levels {
            let account = newcomer(&app, chapter);
            for wanted in Role::ALL {
                let inside = home == "TW" || ["68", "23095", "CHI-HOI-1"].contains(&chapter);
                let exists = match wanted {
                    Role::CentralAdministrator => level == "CENTRAL",
                    Role::ProvincialAdministrator | Role::OrganOfficer => level == "PROVINCE",
                    Role::Inspector | Role::TracingOfficer | Role::BloodOfficer => level != "BRANCH",
                    _ => true,
                };
                let gives = match giver {
                    Role::CentralAdministrator => true,
                    Role::ProvincialAdministrator => {
                        ![Role::CentralAdministrator, Role::ProvincialAdministrator].contains(&wanted)
                    }
                    _ => false,
                };
                let expected = match (inside, gives, exists) {
                    (false, ..) => 404,
                    (true, false, _) => 403,
                    (true, true, false) => 422,
                    (true, true, true) => 201,
                };
                let body = role(&app, account, wanted, chapter, json!({}));
                let answer = caller.send("POST", "/api/v1/role-assignments", Some(body.to_string().into()));
                assert_eq!(
                    answer.status,
                    expected,
                    "{} of {home} gives {} at {chapter}: {}",
                    giver.name(),
                    wanted.name(),
                    answer.text
                );
                if expected == 201 { given += 1 } else { refused += 1 }
            }
        }
    }
    assert!(given > 30 && refused > 60, "{given} {refused}");
    assert_eq!(app.database.number("SELECT count(*) FROM role_assignment WHERE given_by IS NOT NULL"), given);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ROLE_GIVEN'"), given);
}

#[test]
fn nobody_gives_a_role_to_themself_nor_to_somebody_out_of_reach() {
    let app = TestApp::start();
    let thu = app.account(Role::ProvincialAdministrator, "68");
    let caller = app.log_in(thu);
    let refused = give(&caller, role(&app, thu, Role::Accountant, "23095", json!({})), 403);
    assert!(refused["detail"].as_str().unwrap().contains("chính mình"), "{refused}");
    // A second account of the same person is the same person.
    let second = app.account_of(Some(thu.officer), &[(Role::Officer, "68")]);
    give(&caller, role(&app, second, Role::Accountant, "23095", json!({})), 403);
    let own = assignment_of(&app, second, Role::Officer);
    let acts = json!({"id": Uuid::now_v7(), "chapter": "23095", "valid_from": app.today(), "decision_no": "1"});
    caller.post(&format!("/api/v1/role-assignments/{own}/acts-for"), acts, 403);

    let elsewhere = app.account(Role::Officer, "01");
    let foreign = give(&caller, role(&app, elsewhere, Role::Officer, "23095", json!({})), 404);
    let unknown =
        give(&caller, role(&app, Account { id: Uuid::now_v7(), officer: Uuid::nil() }, Role::Officer, "23095", json!({})), 404);
    assert_eq!(field(&foreign), ("/account", "NO_SUCH_ACCOUNT"));
    assert_eq!(
        (&foreign["errors"], &foreign["detail"]),
        (&unknown["errors"], &unknown["detail"]),
        "unknown and foreign are one answer"
    );
    let here = newcomer(&app, "23095");
    let foreign = give(&caller, role(&app, here, Role::Officer, "01", json!({})), 404);
    let unknown = give(&caller, role(&app, here, Role::Officer, "99999", json!({})), 404);
    assert_eq!(field(&foreign), ("/chapter", "NO_SUCH_CHAPTER"));
    assert_eq!((&foreign["errors"], &foreign["detail"]), (&unknown["errors"], &unknown["detail"]));
    // Somebody of the centre, who works in a commune too: the centre's business.
    let central = app.account(Role::Officer, "TW");
    assert_eq!(field(&give(&caller, role(&app, central, Role::Officer, "23095", json!({})), 404)).1, "NO_SUCH_ACCOUNT");
    assert_eq!(app.database.number("SELECT count(*) FROM role_assignment WHERE given_by IS NOT NULL"), 0);
}

#[test]
fn roles_begin_and_end_by_vietnams_calendar() {
    let app = TestApp::start();
    let thu = app.account(Role::ProvincialAdministrator, "68");
    let lan = newcomer(&app, "23095");
    let body = role(&app, lan, Role::Officer, "23095", json!({"valid_from": day(&app, 1), "valid_to": day(&app, 2)}));
    let given = give(&app.log_in(thu), body, 201);
    assert_eq!(given["assignment"]["standing"], "TO_COME");
    let status = |app: &TestApp| app.log_in(lan).send("GET", "/api/v1/gifts?chapter=23095", None).status;
    // It is 10:00 on the 22nd in Vietnam.
    assert_eq!(status(&app), 404);
    app.clock.advance(Duration::hours(14) - Duration::seconds(1));
    assert_eq!(status(&app), 404, "a second before midnight");
    app.clock.advance(Duration::seconds(1));
    assert_eq!(status(&app), 200, "midnight in Vietnam, 17:00 in London's winter");
    app.clock.advance(Duration::hours(48) - Duration::seconds(1));
    assert_eq!(status(&app), 200, "the last second of the last day");
    app.clock.advance(Duration::seconds(1));
    assert_eq!(status(&app), 404);
    let path = format!("/api/v1/role-assignments?account={}", lan.id);
    let past = app.log_in(thu).get(&format!("{path}&past=true"), 200);
    assert_eq!(past["items"][0]["standing"], "OVER");
    assert_eq!(app.log_in(thu).get(&path, 200)["items"], json!([]));
    end(&app.log_in(thu), &id_of(&given), 409);
    // A new decision gives it anew.
    give(&app.log_in(thu), role(&app, lan, Role::Officer, "23095", json!({})), 201);
    assert_eq!(status(&app), 200);
}

#[test]
fn a_role_can_be_given_a_last_day() {
    let app = TestApp::start();
    let thu = app.account(Role::ProvincialAdministrator, "68");
    let lan = app.account(Role::Officer, "23095");
    let id = assignment_of(&app, lan, Role::Officer);
    let ending = |last_day: NaiveDate, status: u16| {
        let body = json!({"decision_no": "20/QĐ", "last_day": last_day});
        app.log_in(thu).post(&format!("/api/v1/role-assignments/{id}/ending"), body, status)
    };
    assert_eq!(field(&ending(day(&app, -1), 422)), ("/last_day", "IN_THE_PAST"));
    assert_eq!(ending(day(&app, 3), 200)["assignment"]["valid_to"], json!(day(&app, 3)));
    ending(day(&app, 3), 200);
    assert_eq!(field(&ending(day(&app, 4), 422)), ("/last_day", "AFTER_THE_END"));
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ROLE_ENDED'"), 1);
    app.clock.advance(Duration::days(3));
    app.log_in(lan).get("/api/v1/gifts?chapter=23095", 200);
    app.clock.advance(Duration::days(1));
    app.log_in(lan).get("/api/v1/gifts?chapter=23095", 404);
}

#[test]
fn the_same_request_gives_one_role_and_another_under_its_id_none() {
    let app = TestApp::start();
    let thu = app.account(Role::ProvincialAdministrator, "68");
    let lan = newcomer(&app, "23095");
    let acts = json!([{"chapter": "23059", "valid_from": app.today(), "decision_no": "16/QĐ"}]);
    let body = role(&app, lan, Role::Accountant, "23095", json!({"acts_for": acts}));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || app.log_in(thu).send("POST", "/api/v1/role-assignments", Some(body.to_string().into())).status;
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(
        (statuses.iter().filter(|s| **s == 201).count(), statuses.iter().filter(|s| **s == 200).count()),
        (1, 5),
        "{statuses:?}"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM role_assignment_acts_for"), 1);
    let caller = app.log_in(thu);
    for change in [
        json!({"role": "OFFICER"}),
        json!({"chapter": "23059"}),
        json!({"decision_no": "15/QĐ"}),
        json!({"valid_to": "2030-01-01"}),
        json!({"acts_for": []}),
        json!({"account": newcomer(&app, "23095").id}),
    ] {
        let mut other = body.clone();
        other.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(give(&caller, other, 422)["type"], "/problems/id-taken", "{change}");
    }
    // Even after it has ended: the answer is the assignment, not a new one.
    end(&caller, body["id"].as_str().unwrap(), 200);
    assert_eq!(give(&caller, body.clone(), 200)["assignment"]["standing"], "ENDED");

    // The same role under two ids, at once: it is held once.
    let minh = newcomer(&app, "23095");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let body = role(&app, minh, Role::Officer, "23095", json!({})).to_string().into_bytes();
                let caller = app.log_in(thu);
                scope.spawn(move || caller.send("POST", "/api/v1/role-assignments", Some(body)).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(
        (statuses.iter().filter(|s| **s == 201).count(), statuses.iter().filter(|s| **s == 409).count()),
        (1, 3),
        "{statuses:?}"
    );
}

#[test]
fn what_is_sent_is_checked() {
    let app = TestApp::start();
    let quan = app.staff(Role::CentralAdministrator, "TW");
    let lan = newcomer(&app, "23095");
    for (change, pointer, code) in [
        (json!({"role": "BOSS"}), "/role", "NOT_A_CHOICE"),
        (json!({"role": "officer"}), "/role", "NOT_A_CHOICE"),
        (json!({"decision_no": " "}), "/decision_no", "NOT_A_LINE"),
        (json!({"decision_no": "x".repeat(101)}), "/decision_no", "NOT_A_LINE"),
        (json!({"decision_no": null}), "/decision_no", "REQUIRED"),
        (json!({"valid_from": "22/11/2026"}), "/valid_from", "NOT_A_DATE"),
        (json!({"valid_from": "2028-01-01"}), "/valid_from", "OUT_OF_RANGE"),
        (json!({"valid_from": "0026-11-22"}), "/valid_from", "OUT_OF_RANGE"),
        (json!({"valid_to": "2026-11-21"}), "/valid_to", "BEFORE_THE_START"),
        (json!({"valid_from": "2026-01-01", "valid_to": "2026-11-21"}), "/valid_to", "IN_THE_PAST"),
        (json!({"id": Uuid::max()}), "/id", "NOT_UNIQUE"),
        (
            json!({"acts_for": vec![json!({"chapter": "1", "valid_from": "2026-11-22", "decision_no": "1"}); 51]}),
            "/acts_for",
            "OUT_OF_RANGE",
        ),
        (
            json!({"acts_for": [{"chapter": "23059", "valid_from": "2026-11-22", "decision_no": ""}]}),
            "/acts_for/0/decision_no",
            "NOT_A_LINE",
        ),
    ] {
        let refused = give(&quan, role(&app, lan, Role::Officer, "23095", change.clone()), 422);
        assert_eq!(field(&refused), (pointer, code), "{change}");
    }
    // All of them at once, whoever finds them.
    let acts = json!([{"chapter": "23059", "valid_from": "0026-11-22", "decision_no": "1"}]);
    let mut wrong = json!({"valid_from": "2028-01-01", "valid_to": "2026-11-21", "acts_for": acts});
    for also in [None, Some("/decision_no")] {
        let refused = give(&quan, role(&app, lan, Role::Officer, "23095", wrong.clone()), 422);
        let named: Vec<&str> =
            refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        let days = ["/valid_to", "/valid_from", "/acts_for/0/valid_from"];
        assert_eq!(named, also.into_iter().chain(days).collect::<Vec<_>>(), "{refused}");
        wrong["decision_no"] = json!(" ");
    }
    app.database.execute("UPDATE chapter SET status = 'DISSOLVED' WHERE code = '23059'");
    let closed = give(&quan, role(&app, lan, Role::Officer, "23059", json!({})), 422);
    assert_eq!(field(&closed), ("/chapter", "CHAPTER_CLOSED"));
    assert_eq!(app.database.number("SELECT count(*) FROM role_assignment WHERE given_by IS NOT NULL"), 0);
    end(&quan, &Uuid::now_v7().to_string(), 404);
    end(&quan, "no-uuid", 404);
}

#[test]
fn acting_for_a_chapter_is_given_within_the_province_and_ended_at_once() {
    let app = TestApp::start();
    let (quan, thu) = (app.staff(Role::CentralAdministrator, "TW"), app.staff(Role::ProvincialAdministrator, "68"));
    let lan = app.account(Role::Officer, "23095");
    let id = assignment_of(&app, lan, Role::Officer);
    let path = format!("/api/v1/role-assignments/{id}/acts-for");
    let acts = |chapter: &str, change: Value| {
        let mut body = json!({"id": Uuid::now_v7(), "chapter": chapter, "valid_from": app.today(), "decision_no": "16/QĐ"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let caller = app.log_in(lan);
    let gift = || app.gift(json!({"chapter": "23059"}));
    caller.post("/api/v1/gifts", gift(), 404);
    let body = acts("23059", json!({}));
    let given = thu.post(&path, body.clone(), 201);
    assert_eq!(
        (&given["assignment"]["acts_for"][0]["chapter"], &given["assignment"]["acts_for"][0]["standing"]),
        (&json!("23059"), &json!("IN_FORCE"))
    );
    assert_eq!(thu.post(&path, body.clone(), 200), given);
    caller.post("/api/v1/gifts", gift(), 201);
    let mut other = body.clone();
    other["decision_no"] = json!("17/QĐ");
    assert_eq!(thu.post(&path, other, 422)["type"], "/problems/id-taken");
    thu.post(&path, acts("23059", json!({})), 409);
    for (chapter, change, pointer, code) in [
        ("23095", json!({}), "/chapter", "SAME_CHAPTER"),
        ("68", json!({"valid_to": "2026-11-21"}), "/valid_to", "BEFORE_THE_START"),
    ] {
        assert_eq!(field(&thu.post(&path, acts(chapter, change), 422)), (pointer, code), "{chapter}");
    }
    assert_eq!(field(&quan.post(&path, acts("01", json!({})), 422)), ("/chapter", "OTHER_PROVINCE"));
    assert_eq!(field(&thu.post(&path, acts("01", json!({})), 404)), ("/chapter", "NO_SUCH_CHAPTER"));
    assert_eq!(field(&thu.post(&path, acts("99999", json!({})), 404)), ("/chapter", "NO_SUCH_CHAPTER"));
    let inspector = app.account(Role::Inspector, "68");
    let of_inspector = format!("/api/v1/role-assignments/{}/acts-for", assignment_of(&app, inspector, Role::Inspector));
    assert_eq!(field(&thu.post(&of_inspector, acts("23095", json!({})), 422)), ("/chapter", "NOT_FOR_THIS_ROLE"));
    // Given together with the role, the same rules hold, and nothing is given when one of them is broken.
    let minh = newcomer(&app, "23095");
    let both = json!({"acts_for": [{"chapter": "23059", "valid_from": app.today(), "decision_no": "1"},
        {"chapter": "01", "valid_from": app.today(), "decision_no": "1"}]});
    let refused = give(&quan, role(&app, minh, Role::Officer, "23095", both), 422);
    assert_eq!(field(&refused), ("/acts_for/1/chapter", "OTHER_PROVINCE"));
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM role_assignment WHERE account_id = '{}'", minh.id)), 0);

    let ending = format!("{path}/{}/ending", given["assignment"]["acts_for"][0]["id"].as_str().unwrap());
    app.staff(Role::ChapterChair, "68").post(&ending, json!({"decision_no": "18/QĐ"}), 403);
    let ended = thu.post(&ending, json!({"decision_no": "18/QĐ"}), 200);
    assert_eq!(ended["assignment"]["acts_for"][0]["standing"], "ENDED");
    caller.post("/api/v1/gifts", gift(), 404);
    caller.post("/api/v1/gifts", app.gift(json!({})), 201);
    assert_eq!(thu.post(&ending, json!({"decision_no": "18/QĐ"}), 200), ended);
    thu.post(&ending, json!({"decision_no": "19/QĐ"}), 409);
    // Of another assignment it is unknown; taken up again on the same day it works again.
    let foreign = ending.replace(&id, &assignment_of(&app, inspector, Role::Inspector));
    thu.post(&foreign, json!({"decision_no": "18/QĐ"}), 404);
    thu.post(&path, acts("23059", json!({})), 201);
    caller.post("/api/v1/gifts", gift(), 201);
    let trail = app.database.text(
        "SELECT string_agg(concat_ws(' ', action, detail->>'acts_for', detail->>'decision'), '; ' ORDER BY id) FROM audit_event WHERE action LIKE 'ACTS_FOR%'",
    );
    assert_eq!(trail, r#"ACTS_FOR_GIVEN ["23059"] 16/QĐ; ACTS_FOR_ENDED ["23059"] 18/QĐ; ACTS_FOR_GIVEN ["23059"] 16/QĐ"#);
}

/// Takes an assignment away without leaving a trace in the trail.
pub fn end_quietly(app: &TestApp, id: &str) {
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE id = '{id}'", app.now()));
}

#[test]
fn roles_are_listed_by_person_and_by_place() {
    let app = TestApp::start();
    let thu = app.staff(Role::ProvincialAdministrator, "68");
    let people: Vec<Account> = (0..5).map(|_| app.account(Role::Officer, "23095")).collect();
    let away = app.account(Role::Officer, "23059");
    app.database.execute(&format!(
        "INSERT INTO role_assignment_acts_for (assignment_id, chapter_id, valid_from, decision_no)
         SELECT r.id, c.id, '2026-01-01', 'QĐ' FROM role_assignment r, chapter c WHERE r.account_id = '{}' AND c.code = '23095'",
        away.id
    ));
    end(&thu, &assignment_of(&app, people[0], Role::Officer), 200);
    let accounts = |caller: &Caller<'_>, path: &str, limit: u32| -> Vec<String> {
        let mut ids: Vec<String> =
            all(caller, path, limit).iter().map(|row| row["account"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let sorted = |accounts: &[Account]| {
        let mut ids: Vec<String> = accounts.iter().map(|account| account.id.to_string()).collect();
        ids.sort();
        ids
    };
    let there: Vec<Account> = people[1..].iter().copied().chain([away]).collect();
    let everybody: Vec<Account> = people.iter().copied().chain([away]).collect();
    for limit in [1, 2, 200] {
        assert_eq!(accounts(&thu, "/api/v1/role-assignments?chapter=23095", limit), sorted(&there), "limit {limit}");
        assert_eq!(
            accounts(&thu, "/api/v1/role-assignments?chapter=23095&past=true", limit),
            sorted(&everybody),
            "limit {limit}"
        );
    }
    let row = &all(&thu, &format!("/api/v1/role-assignments?account={}", away.id), 50)[0];
    assert_eq!(
        (&row["chapter"], &row["acts_for"][0]["chapter"], &row["standing"]),
        (&json!("23059"), &json!("23095"), &json!("IN_FORCE"))
    );
    // Oneself always; colleagues of one's own chapter; nobody of another.
    let own = format!("/api/v1/role-assignments?account={}", people[1].id);
    for (caller, status) in [
        (app.log_in(people[1]), 200),
        (app.log_in(people[0]), 404),
        (app.log_in(people[2]), 200),
        (app.officer_of("01"), 404),
        (app.staff(Role::Inspector, "68"), 200),
    ] {
        caller.get(&own, status);
    }
    app.officer_of("01").get("/api/v1/role-assignments?chapter=23095", 404);
    for path in [
        "",
        "?chapter=23095&account=01a201b0-ffaf-73f9-abbb-879f8b183d18",
        "?account=abc",
        "?chapter=23095&limit=0",
        "?chapter=23095&x=1",
    ] {
        thu.get(&format!("/api/v1/role-assignments{path}"), 422);
    }
    thu.get(&format!("/api/v1/role-assignments?account={}", Uuid::now_v7()), 404);
    let next = thu.get("/api/v1/role-assignments?chapter=23095&limit=1", 200)["next"].as_str().unwrap().to_owned();
    thu.get(&format!("/api/v1/role-assignments?chapter=23095&past=true&limit=1&cursor={next}"), 400);
}

/// What a decision gave stays what it was, whoever writes.
#[test]
fn the_database_lets_an_assignment_only_end() {
    let app = TestApp::start();
    let lan = app.account(Role::Officer, "23095");
    let id = assignment_of(&app, lan, Role::Officer);
    let other = app.account(Role::Officer, "68");
    for set in [
        "role = 'CENTRAL_ADMINISTRATOR'".to_owned(),
        "chapter_id = (SELECT id FROM chapter WHERE code = 'TW')".to_owned(),
        format!("account_id = '{}'", other.id),
        "decision_no = 'other'".to_owned(),
    ] {
        let refused = app.database.refuses(&format!("UPDATE role_assignment SET {set} WHERE id = '{id}'"));
        assert!(refused.contains("role_assignment_only_ends"), "{set}: {refused}");
    }
    end_quietly(&app, &id);
    let refused = app.database.refuses(&format!("UPDATE role_assignment SET ended_at = NULL WHERE id = '{id}'"));
    assert!(refused.contains("role_assignment_only_ends"), "{refused}");
}
