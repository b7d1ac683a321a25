//! Accounts that administrators register: who manages whom, who sees what, and that a disabled account is out at once.
//! (`password_change` has the passwords.)

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::harness::{Account, Caller, TestApp};
use crate::look::{Dump, all};

/// What an administrator sends to register somebody at Hàm Liêm; `change` overrides fields, `null` removes them.
pub fn registration(change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "full_name": "Nguyễn Thị Lan", "phone": "0912 345 678"});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

pub fn thu(app: &TestApp) -> Caller<'_> {
    app.staff(Role::ProvincialAdministrator, "68")
}

pub fn log_in(app: &TestApp, user: &str, password: &str, status: u16) -> Value {
    app.anonymous().post("/api/v1/session", json!({"user": user, "password": password}), status)
}

pub fn caller<'a>(app: &'a TestApp, session: &Value) -> Caller<'a> {
    app.bearer(session["access_token"].as_str().unwrap())
}

pub fn change(current: &str, new: &str) -> Value {
    json!({"current_password": current, "new_password": new})
}

pub fn field(problem: &Value) -> (&str, &str) {
    (problem["errors"][0]["pointer"].as_str().unwrap_or_default(), problem["errors"][0]["code"].as_str().unwrap_or_default())
}

pub fn account_path(account: &Value, rest: &str) -> String {
    format!("/api/v1/accounts/{}{rest}", account["account"]["id"].as_str().unwrap())
}

/// The story: by phone number, from the registration to the last request.
#[test]
fn an_accountant_is_registered_appointed_works_and_is_disabled() {
    let app = TestApp::start();
    let thu = thu(&app);
    let made = thu.post("/api/v1/accounts", registration(json!({"phone": "+84 912 345 678"})), 201);
    assert_eq!(made["account"]["user_name"], "lan.23095");
    assert_eq!((&made["account"]["chapter"], &made["account"]["phone"]), (&json!("23095"), &json!("0912345678")));
    let account = made["account"]["id"].clone();
    let role = json!({"id": Uuid::now_v7(), "account": account, "role": "ACCOUNTANT", "chapter": "23095",
        "valid_from": app.today(), "decision_no": "15/QĐ-HCTĐ"});
    let given = thu.post("/api/v1/role-assignments", role, 201);
    assert_eq!(given["assignment"]["standing"], "IN_FORCE");

    // Her one-time password, with her number as people write it.
    let one_time = made["one_time_password"].as_str().unwrap();
    let spoken = one_time.to_uppercase().replace('-', " ");
    for (user, password) in [
        ("0912345678", one_time),
        ("+84 912 345 678", one_time),
        ("0912.345.678", &spoken),
        ("84912345678", one_time),
        ("lan.23095", &spoken.replace('0', "o")),
    ] {
        log_in(&app, user, password, 201);
    }
    let session = log_in(&app, "0912 345 678", one_time, 201);
    let lan = caller(&app, &session);

    // Nothing but the change of the password.
    let refused = lan.post("/api/v1/gifts", app.gift(json!({})), 403);
    assert_eq!(refused["type"], "/problems/password-change-needed");
    assert_eq!(lan.get("/api/v1/account", 403)["type"], "/problems/password-change-needed");
    let other = caller(&app, &log_in(&app, "0912345678", one_time, 201));
    lan.post("/api/v1/session/password", change(one_time, "cây đa bến nước"), 204);

    // This session goes on, others have ended, the one-time password is spent.
    let booked = lan.post("/api/v1/gifts", app.gift(json!({})), 201);
    assert_eq!(booked["chapter"], "23095");
    other.get("/api/v1/session", 401);
    log_in(&app, "0912345678", one_time, 401);
    log_in(&app, "0912345678", "cây đa bến nước", 201);
    let me = lan.get("/api/v1/account", 200);
    assert_eq!((&me["full_name"], &me["roles"][0]["role"]), (&json!("Nguyễn Thị Lan"), &json!("ACCOUNTANT")));
    assert_eq!(me["roles"][0]["rights"], json!(["READ", "APPROVE", "RECORD"]));
    assert!(me.get("one_time_password_until").is_none());

    // The province disables her: the next request fails, and the next log-in says why.
    let disabled = thu.post(&account_path(&made, "/disabling"), json!(null), 200);
    assert_eq!(disabled["disabled_at"], json!(app.now().format("%FT%TZ").to_string()));
    lan.post("/api/v1/gifts", app.gift(json!({})), 401);
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": session["refresh_token"]}), 401);
    assert_eq!(log_in(&app, "0912345678", "cây đa bến nước", 403)["type"], "/problems/forbidden");
    // Let in again she keeps her password, but not her old sessions.
    thu.post(&account_path(&made, "/enabling"), json!(null), 200);
    lan.get("/api/v1/session", 401);
    caller(&app, &log_in(&app, "0912345678", "cây đa bến nước", 201)).get("/api/v1/gifts?chapter=23095", 200);
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 1);

    let trail = app.database.text(&format!(
        "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_event WHERE detail->>'account' = {}",
        account.to_string().replace('"', "'")
    ));
    assert_eq!(trail, "ACCOUNT_CREATED ROLE_GIVEN PASSWORD_CHANGED ACCOUNT_DISABLED ACCOUNT_ENABLED");
}

#[test]
fn a_registration_sent_again_is_the_same_account_without_the_password() {
    let app = TestApp::start();
    let thu = thu(&app);
    let body = registration(json!({"user_name": "Lan.HamLiem"}));
    let made = thu.post("/api/v1/accounts", body.clone(), 201);
    let again = thu.post("/api/v1/accounts", body.clone(), 200);
    assert_eq!(again["account"], made["account"]);
    assert!(again.get("one_time_password").is_none() && made.get("new_one_time_password_at").is_none());
    assert_eq!(again["new_one_time_password_at"], account_path(&made, "/one-time-password"));
    // The password that was told still works, and stands nowhere.
    let password = made["one_time_password"].as_str().unwrap();
    log_in(&app, "lan.hamliem", password, 201);
    assert_eq!(Dump::of(&app.database).tables_with(password), Vec::<&str>::new());
    assert_eq!(Dump::of(&app.database).tables_with("Nguyễn Thị Lan"), Vec::<&str>::new());

    for (what, other) in [
        ("name", json!({"full_name": "Nguyễn Thị Lân"})),
        ("phone", json!({"phone": "0912345679"})),
        ("user name", json!({"user_name": null})),
        ("chapter", json!({"chapter": "23059"})),
    ] {
        let mut changed = body.clone();
        changed.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        assert_eq!(thu.post("/api/v1/accounts", changed, 422)["type"], "/problems/id-taken", "{what}");
    }
    // An id of another province, sent by somebody who cannot see it: the same answer, nothing more.
    let hanoi = app.staff(Role::ProvincialAdministrator, "01");
    let mut theirs = body.clone();
    theirs["chapter"] = json!("01");
    assert_eq!(hanoi.post("/api/v1/accounts", theirs, 422)["type"], "/problems/id-taken");
    assert_eq!(app.database.number("SELECT count(*) FROM account WHERE request_hash IS NOT NULL"), 1);
}

#[test]
fn the_same_registration_eight_times_at_once_is_one_account() {
    let app = TestApp::start();
    let account = app.account(Role::ProvincialAdministrator, "68");
    let body = registration(json!({}));
    let before = app.database.number("SELECT count(*) FROM officer");
    let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (app, body) = (&app, body.to_string().into_bytes());
                scope.spawn(move || {
                    let answer = app.log_in(account).send("POST", "/api/v1/accounts", Some(body));
                    (answer.status, answer.json())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let made: Vec<&Value> = answers.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 7, "{answers:?}");
    log_in(&app, "0912345678", made[0]["one_time_password"].as_str().unwrap(), 201);
    assert_eq!(app.database.number("SELECT count(*) FROM officer"), before + 1, "no person is left over");
}

#[test]
fn a_phone_number_is_one_account_and_does_not_tell_strangers_whose() {
    let app = TestApp::start();
    let thu = thu(&app);
    let made = thu.post("/api/v1/accounts", registration(json!({})), 201);
    let persons = app.database.number("SELECT count(*) FROM officer");
    let id = made["account"]["id"].as_str().unwrap();
    let within = thu.post("/api/v1/accounts", registration(json!({"phone": "+84912345678", "chapter": "23059"})), 422);
    assert_eq!(field(&within), ("/phone", "PHONE_TAKEN"));
    let detail = within["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("lan.23095") && detail.contains(id), "{detail}");
    let hanoi = app.staff(Role::ProvincialAdministrator, "01");
    let persons = persons + 1;
    let outside = hanoi.post("/api/v1/accounts", registration(json!({"phone": "0912345678", "chapter": "01"})), 422);
    assert_eq!(field(&outside), ("/phone", "PHONE_TAKEN"));
    let told = outside.to_string();
    assert!(!told.contains("lan") && !told.contains(id) && !told.contains("23095") && !told.contains("Lan"), "{told}");
    let taken = thu.post("/api/v1/accounts", registration(json!({"phone": "0912000999", "user_name": "lan.23095"})), 422);
    assert_eq!(field(&taken), ("/user_name", "USER_NAME_TAKEN"));
    assert_eq!(app.database.number("SELECT count(*) FROM officer"), persons, "a refusal leaves nobody behind");
    // Another Lan of the commune gets a name of her own.
    let second = thu.post("/api/v1/accounts", registration(json!({"phone": "0912000999"})), 201);
    assert_eq!(second["account"]["user_name"], "lan.23095.2");
}

#[test]
fn what_is_sent_is_checked_and_who_may_is_asked_first() {
    let app = TestApp::start();
    let thu = thu(&app);
    for (change, pointer, code) in [
        (json!({"full_name": " "}), "/full_name", "NOT_A_LINE"),
        (json!({"full_name": "x\n"}), "", ""),
        (json!({"full_name": "Lan\u{202E}"}), "/full_name", "NOT_A_LINE"),
        (json!({"full_name": "x".repeat(201)}), "/full_name", "NOT_A_LINE"),
        (json!({"phone": "12345"}), "/phone", "NOT_A_PHONE"),
        (json!({"phone": ""}), "/phone", "NOT_A_PHONE"),
        (json!({"phone": null}), "/phone", "REQUIRED"),
        (json!({"user_name": "hạnh"}), "/user_name", "NOT_A_USER_NAME"),
        (json!({"user_name": "0912345678"}), "/user_name", "NOT_A_USER_NAME"),
        (json!({"id": Uuid::nil()}), "/id", "NOT_UNIQUE"),
        (json!({"role": "OFFICER"}), "/role", "UNKNOWN_FIELD"),
    ] {
        if code.is_empty() {
            continue;
        }
        let refused = thu.post("/api/v1/accounts", registration(change.clone()), 422);
        let found = field(&refused);
        assert!(found.1 == code && (found.0 == pointer || pointer == "/"), "{change}: {refused}");
    }
    let all = thu.post("/api/v1/accounts", registration(json!({"full_name": "", "phone": "", "user_name": ""})), 422);
    assert_eq!(all["errors"].as_array().unwrap().len(), 3, "{all}");

    for chapter in ["TW", "01", "99999", "", "\u{0}", "x".repeat(5_000).as_str()] {
        assert_eq!(
            thu.post("/api/v1/accounts", registration(json!({"chapter": chapter})), 404)["type"],
            "/problems/not-found",
            "{chapter:?}"
        );
    }
    for role in [Role::ChapterChair, Role::Officer, Role::Accountant, Role::Inspector] {
        app.staff(role, "23095").post("/api/v1/accounts", registration(json!({})), 403);
        app.staff(role, "23059").post("/api/v1/accounts", registration(json!({})), 404);
    }
    app.database.execute("UPDATE chapter SET status = 'MERGED' WHERE code = '23059'");
    let closed = thu.post("/api/v1/accounts", registration(json!({"chapter": "23059"})), 422);
    assert_eq!(field(&closed), ("/chapter", "CHAPTER_CLOSED"));
    assert_eq!(app.database.number("SELECT count(*) FROM account WHERE request_hash IS NOT NULL"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ACCOUNT_CREATED'"), 0);
}

/// Who manages an account reaches all of it: where it belongs and wherever it holds roles, now or soon.
#[test]
fn nobody_manages_an_account_that_reaches_further_than_they_do() {
    let app = TestApp::start();
    let thu = thu(&app);
    let quan = app.staff(Role::CentralAdministrator, "TW");
    app.account(Role::CentralAdministrator, "TW");
    let soon = app.account(Role::Officer, "23095");
    app.database.execute(&format!(
        "INSERT INTO role_assignment (id, account_id, role, chapter_id, valid_from, decision_no)
         SELECT gen_random_uuid(), '{}', 'INSPECTOR', id, '2027-01-01', 'QĐ' FROM chapter WHERE code = 'TW'",
        soon.id
    ));
    let acting = app.account(Role::Officer, "23095");
    app.database.execute(&format!(
        "INSERT INTO role_assignment_acts_for (assignment_id, chapter_id, valid_from, decision_no)
         SELECT r.id, c.id, '2026-01-01', 'QĐ' FROM role_assignment r, chapter c WHERE r.account_id = '{}' AND c.code = '01'",
        acting.id
    ));
    let over = app.account_of(None, &[(Role::Officer, "23095"), (Role::Inspector, "TW")]);
    app.database.execute(&format!(
        "UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}' AND role = 'INSPECTOR'",
        app.now(),
        over.id
    ));
    let cases = [
        ("an officer of the province", app.account(Role::Officer, "23095"), 200),
        ("a colleague of the same province", app.account(Role::ProvincialAdministrator, "68"), 200),
        ("somebody whose other role is over", over, 200),
        ("somebody who also works for the centre", app.account_of(None, &[(Role::Officer, "23095"), (Role::Officer, "TW")]), 403),
        ("somebody who will", soon, 403),
        ("somebody who acts elsewhere", acting, 403),
        ("somebody of the centre", app.account(Role::Officer, "TW"), 404),
        ("somebody of another province", app.account(Role::Officer, "01"), 404),
        ("nobody", Account { id: Uuid::now_v7(), officer: Uuid::nil() }, 404),
    ];
    for (what, account, status) in cases {
        for action in ["one-time-password", "disabling", "enabling"] {
            let path = format!("/api/v1/accounts/{}/{action}", account.id);
            let answer = thu.send("POST", &path, Some(b"null".to_vec()));
            assert_eq!(answer.status, status, "{what}, {action}: {}", answer.text);
            let central = quan.send("POST", &path, Some(b"null".to_vec())).status;
            assert_eq!(central, if what == "nobody" { 404 } else { 200 }, "the centre: {what}, {action}");
        }
    }
    // One's own lost password is somebody else's work.
    let own = thu.get("/api/v1/account", 200)["id"].as_str().unwrap().to_owned();
    assert_eq!(thu.post(&format!("/api/v1/accounts/{own}/one-time-password"), json!(null), 409)["type"], "/problems/conflict");
}

#[test]
fn disabling_twice_is_disabling_once() {
    let app = TestApp::start();
    let thu = thu(&app);
    let account = app.account(Role::Officer, "23095");
    let path = |action: &str| format!("/api/v1/accounts/{}/{action}", account.id);
    let first = thu.post(&path("disabling"), json!(null), 200);
    app.clock.advance(Duration::minutes(1));
    assert_eq!(thu.post(&path("disabling"), json!(null), 200)["disabled_at"], first["disabled_at"]);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ACCOUNT_DISABLED'"), 1);
    for _ in 0..2 {
        assert!(thu.post(&path("enabling"), json!(null), 200).get("disabled_at").is_none());
    }
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ACCOUNT_ENABLED'"), 1);
    // A lost answer, sent again under its key after somebody has let the account in again, does not disable it anew.
    let keyed = thu.with("idempotency-key", "mot-lan");
    assert!(keyed.post(&path("disabling"), json!(null), 200)["disabled_at"].is_string());
    thu.post(&path("enabling"), json!(null), 200);
    assert!(keyed.post(&path("disabling"), json!(null), 200).get("disabled_at").is_none());
    assert_eq!(keyed.post(&path("enabling"), json!(null), 422)["type"], "/problems/idempotency-key-reused");
}

#[test]
fn accounts_are_listed_down_the_tree_with_names_for_those_who_need_them() {
    let app = TestApp::start();
    let thu = thu(&app);
    for n in 0..7 {
        let at = ["23095", "23059", "68"][n % 3];
        thu.post(
            "/api/v1/accounts",
            registration(json!({"chapter": at, "phone": format!("091200000{n}"), "user_name": format!("can.bo{n}")})),
            201,
        );
    }
    app.staff(Role::ProvincialAdministrator, "01").post(
        "/api/v1/accounts",
        registration(json!({"chapter": "01", "phone": "0912111111", "user_name": "ha.noi"})),
        201,
    );
    let named = |caller: &Caller<'_>, path: &str, limit: u32| -> Vec<String> {
        all(caller, path, limit)
            .iter()
            .map(|row| row["user_name"].as_str().unwrap().to_owned())
            .filter(|n| !n.starts_with("user"))
            .collect()
    };
    let everyone: Vec<String> = (0..7).map(|n| format!("can.bo{n}")).collect();
    for limit in [1, 3, 200] {
        assert_eq!(named(&thu, "/api/v1/accounts?chapter=68", limit), everyone, "limit {limit}");
    }
    assert_eq!(named(&thu, "/api/v1/accounts?chapter=23095", 50), ["can.bo0", "can.bo3", "can.bo6"]);
    let row = &all(&thu, "/api/v1/accounts?chapter=23095", 50)[0];
    assert_eq!(row["full_name"], "Nguyễn Thị Lan");
    assert!(row.get("phone").is_none(), "numbers are not in lists");
    // Who only reads the books sees who is there, not what they are called.
    let chair = app.chair_of("68");
    let row = &all(&chair, "/api/v1/accounts?chapter=23095", 50)[0];
    assert!(row.get("full_name").is_none() && row["user_name"].is_string(), "{row}");
    let inspector = app.staff(Role::Inspector, "68");
    assert_eq!(all(&inspector, "/api/v1/accounts?chapter=23095", 50)[0]["full_name"], "Nguyễn Thị Lan");

    // By phone number, in any spelling; not for those who may not see numbers.
    assert_eq!(named(&thu, "/api/v1/accounts?chapter=68&phone=%2B84%20912.000.003", 50), ["can.bo3"]);
    assert_eq!(named(&thu, "/api/v1/accounts?chapter=23059&phone=0912000003", 50), Vec::<String>::new());
    chair.get("/api/v1/accounts?chapter=68&phone=0912000003", 403);
    assert_eq!(field(&thu.get("/api/v1/accounts?chapter=68&phone=abc", 422)), ("phone", "NOT_A_PHONE"));
    thu.get("/api/v1/accounts?chapter=TW", 404);
    thu.get("/api/v1/accounts?chapter=99999", 404);
    thu.get("/api/v1/accounts", 422);
    let next = thu.get("/api/v1/accounts?chapter=68&limit=1", 200)["next"].as_str().unwrap().to_owned();
    thu.get(&format!("/api/v1/accounts?chapter=23095&limit=1&cursor={next}"), 400);

    // One account: with its number, and noted.
    let id = all(&thu, "/api/v1/accounts?chapter=23095", 50)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(inspector.get(&format!("/api/v1/accounts/{id}"), 200)["phone"], "0912000000");
    assert!(chair.get(&format!("/api/v1/accounts/{id}"), 200).get("phone").is_none());
    app.officer_of("01").get(&format!("/api/v1/accounts/{id}"), 404);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ACCOUNT_READ'"), 1);
}

/// The migration finds a place for accounts that were made before accounts had one.
#[test]
fn older_accounts_belong_to_the_highest_place_of_their_roles() {
    use diesel_migrations::MigrationHarness;
    use so_nhan_ai::db::migrations::MIGRATIONS;
    let app = TestApp::start();
    let both = app.account_of(None, &[(Role::Officer, "23095"), (Role::Inspector, "68")]);
    let none = app.account_of(None, &[]);
    let waiting = app.account(Role::Officer, "23059");
    app.database.execute(&format!("UPDATE account SET one_time_until = now() WHERE id = '{}'", waiting.id));
    let mut conn = app.database.connect();
    while !conn.revert_last_migration(MIGRATIONS).unwrap().to_string().starts_with("20261123020000") {}
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    let home = |account: Account| {
        app.database
            .text(&format!("SELECT c.code FROM account a JOIN chapter c ON c.id = a.chapter_id WHERE a.id = '{}'", account.id))
    };
    assert_eq!((home(both).as_str(), home(none).as_str(), home(waiting).as_str()), ("68", "TW", "23059"));
    let out =
        app.database.number(&format!("SELECT count(*) FROM account WHERE id = '{}' AND disabled_at IS NOT NULL", waiting.id));
    assert_eq!(out, 1, "where one-time passwords are unknown, one must not become a password for ever");
}
