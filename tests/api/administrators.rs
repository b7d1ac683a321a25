//! Who may end a role, that the country and each province keep an administrator, and duties that one person should not
//! join.

use serde_json::json;
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::{assignment_of, day, end, end_quietly, give, id_of, newcomer, role};
use crate::harness::{Account, TestApp};

#[test]
fn only_who_may_give_a_role_ends_it_or_who_holds_it() {
    let app = TestApp::start();
    let quan = app.staff(Role::CentralAdministrator, "TW");
    let thu = app.account(Role::ProvincialAdministrator, "68");
    let hoa = app.account(Role::ProvincialAdministrator, "68");
    let own = assignment_of(&app, thu, Role::ProvincialAdministrator);
    let colleagues = assignment_of(&app, hoa, Role::ProvincialAdministrator);
    end(&app.log_in(thu), &colleagues, 403);
    end(&app.staff(Role::ProvincialAdministrator, "01"), &own, 404);
    end(&app.chair_of("68"), &own, 403);
    // One's own, while a colleague remains; the last of a province only by the centre.
    end(&app.log_in(thu), &own, 200);
    app.log_in(thu).get("/api/v1/gifts?chapter=68", 404);
    let last = end(&app.log_in(hoa), &colleagues, 409);
    assert_eq!(last["type"], "/problems/last-administrator");
    let disabling = format!("/api/v1/accounts/{}/disabling", hoa.id);
    assert_eq!(app.log_in(hoa).post(&disabling, json!(null), 409)["type"], "/problems/last-administrator");
    let planned = json!({"decision_no": "1", "last_day": day(&app, 5)});
    app.log_in(hoa).post(&format!("/api/v1/role-assignments/{colleagues}/ending"), planned, 409);
    app.log_in(hoa).get("/api/v1/gifts?chapter=68", 200);
    end(&quan, &colleagues, 200);
    // An officer's own role is not theirs to end: whoever appointed them does that.
    let officer = app.account(Role::Officer, "23095");
    end(&app.log_in(officer), &assignment_of(&app, officer, Role::Officer), 403);
}

#[test]
fn the_country_keeps_an_administrator_who_can_work() {
    let app = TestApp::start();
    let quan = app.account(Role::CentralAdministrator, "TW");
    let own = assignment_of(&app, quan, Role::CentralAdministrator);
    let caller = app.log_in(quan);
    let me = format!("/api/v1/accounts/{}", quan.id);
    let refused = |app: &TestApp, why: &str| {
        assert_eq!(end(&caller, &own, 409)["type"], "/problems/last-administrator", "{why}");
        assert_eq!(caller.post(&format!("{me}/disabling"), json!(null), 409)["type"], "/problems/last-administrator", "{why}");
        assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action IN ('ROLE_ENDED', 'ACCOUNT_DISABLED')"), 0);
    };
    refused(&app, "nobody else");
    let body = json!({"id": Uuid::now_v7(), "chapter": "TW", "full_name": "Đặng Mai Phương", "phone": "0912345678"});
    let made = caller.post("/api/v1/accounts", body, 201);
    let phuong = Account { id: serde_json::from_value(made["account"]["id"].clone()).unwrap(), officer: Uuid::nil() };
    let given = give(&caller, role(&app, phuong, Role::CentralAdministrator, "TW", json!({"valid_from": day(&app, 1)})), 201);
    refused(&app, "the other begins tomorrow");
    end_quietly(&app, &id_of(&given));
    give(&caller, role(&app, phuong, Role::CentralAdministrator, "TW", json!({})), 201);
    refused(&app, "the other has not changed the one-time password");
    let login = json!({"user": "0912345678", "password": made["one_time_password"]});
    let session = app.anonymous().post("/api/v1/session", login, 201);
    let other = app.bearer(session["access_token"].as_str().unwrap());
    let new = json!({"current_password": made["one_time_password"], "new_password": "cây đa bến nước"});
    other.post("/api/v1/session/password", new, 204);
    // A role of that name below the centre counts for nothing.
    app.account(Role::CentralAdministrator, "68");
    end(&caller, &own, 200);
    other.get("/api/v1/accounts?chapter=TW", 200);
    caller.get("/api/v1/accounts?chapter=TW", 404);
}

/// Administrators who remove each other and themselves at the same moment: one remains, every time.
#[test]
fn two_who_remove_each_other_at_once_do_not_leave_none() {
    let app = TestApp::start();
    for round in 0..12 {
        app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE ended_at IS NULL", app.now()));
        let people = [app.account(Role::CentralAdministrator, "TW"), app.account(Role::CentralAdministrator, "TW")];
        let roles = people.map(|account| assignment_of(&app, account, Role::CentralAdministrator));
        let ending = |n: usize| (format!("/api/v1/role-assignments/{}/ending", roles[n]), json!({"decision_no": "1"}));
        let disabling = |n: usize| (format!("/api/v1/accounts/{}/disabling", people[n].id), json!(null));
        // Each other or themselves, by ending or by disabling.
        let calls = match round % 4 {
            0 => [(0, ending(1)), (1, ending(0))],
            1 => [(0, ending(0)), (1, ending(1))],
            2 => [(0, disabling(1)), (1, disabling(0))],
            _ => [(0, disabling(0)), (1, ending(1))],
        };
        let callers = people.map(|account| app.log_in(account));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = calls
                .iter()
                .map(|(who, (path, body))| {
                    let caller = &callers[*who];
                    scope.spawn(move || caller.send("POST", path, Some(body.to_string().into())).status)
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "round {round}: {statuses:?}");
        let left = app.database.number(
            "SELECT count(*) FROM role_assignment r JOIN account a ON a.id = r.account_id
             WHERE r.role = 'CENTRAL_ADMINISTRATOR' AND r.ended_at IS NULL AND a.disabled_at IS NULL",
        );
        assert_eq!(left, 1, "round {round}: {statuses:?}");
    }
}

#[test]
fn one_person_who_records_and_approves_is_reported() {
    let app = TestApp::start();
    let quan = app.staff(Role::CentralAdministrator, "TW");
    let lan = newcomer(&app, "23095");
    let officer = give(&quan, role(&app, lan, Role::Officer, "23095", json!({})), 201);
    assert!(officer.get("concerns").is_none(), "{officer}");
    // Chair of the province: approves what she records in the commune.
    let chair = give(&quan, role(&app, lan, Role::ChapterChair, "68", json!({})), 201);
    assert_eq!(chair["concerns"], json!([{"code": "RECORDS_AND_APPROVES", "chapters": ["23095"]}]));
    let account = quan.get(&format!("/api/v1/accounts/{}", lan.id), 200);
    assert_eq!(account["concerns"], chair["concerns"]);
    let acts = json!({"id": Uuid::now_v7(), "chapter": "23059", "valid_from": app.today(), "decision_no": "1"});
    let acting = quan.post(&format!("/api/v1/role-assignments/{}/acts-for", id_of(&officer)), acts, 201);
    assert_eq!(acting["concerns"][0]["chapters"], json!(["23059", "23095"]));
    // By a second account of the same person it is the same.
    let second = app.account_of(Some(lan.officer), &[(Role::Officer, "01")]);
    let administrator = give(&quan, role(&app, second, Role::ProvincialAdministrator, "68", json!({})), 201);
    assert_eq!(administrator["concerns"][1], json!({"code": "RECORDS_AND_APPOINTS", "chapters": ["23059", "23095"]}));
    let ended = end(&quan, &id_of(&officer), 200);
    assert!(ended.get("concerns").is_none(), "{ended}");
    // An accountant alone may do both, which is worth knowing.
    let accountant = give(&quan, role(&app, newcomer(&app, "23095"), Role::Accountant, "23095", json!({})), 201);
    assert_eq!(accountant["concerns"], json!([{"code": "RECORDS_AND_APPROVES", "chapters": ["23095"]}]));
}
