//! The operations on accounts and roles, on real people of Hàm Liêm.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use super::{Call, call};
use crate::harness::{Account, TestApp};

pub fn calls(app: &TestApp) -> Vec<Call> {
    // Somebody to manage, with a role to end and a chapter acted for.
    let managed = app.account(Role::Officer, "23095");
    let child = app.account(Role::Accountant, "23095");
    app.database.execute(
        "INSERT INTO chapter (id, code, kind, level, parent_id, name, short_name, folded, founded_on)
         SELECT gen_random_uuid(), branch, 'SCHOOL', 'BRANCH', c.id, branch, branch, lower(branch), '2026-01-01'
         FROM chapter c, unnest(ARRAY['CHI-HOI-1', 'CHI-HOI-2']) AS branch WHERE c.code = '23095'",
    );
    let assignment =
        |account: Account| app.database.text(&format!("SELECT id FROM role_assignment WHERE account_id = '{}'", account.id));
    let (ending, acting) = (assignment(managed), assignment(child));
    app.database.execute(&format!(
        "INSERT INTO role_assignment_acts_for (assignment_id, chapter_id, valid_from, decision_no)
         SELECT '{acting}', id, '2026-01-01', 'QĐ 1' FROM chapter WHERE code = 'CHI-HOI-1'"
    ));
    let acts_for = app.database.text("SELECT id FROM role_assignment_acts_for");
    let v1 = |rest: &str| format!("/api/v1{rest}");
    let nothing = || Some(json!(null));
    vec![
        call("GET /api/v1/account", v1("/account"), None, 200, 200, 200),
        call("GET /api/v1/accounts", v1("/accounts?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/accounts/{id}", v1(&format!("/accounts/{}", managed.id)), None, 404, 200, 200),
        call(
            "POST /api/v1/accounts",
            v1("/accounts"),
            Some(json!({"id": Uuid::now_v7(), "chapter": "23095", "full_name": "Nguyễn Thị Lan", "phone": "0912000111"})),
            404,
            403,
            201,
        ),
        call("GET /api/v1/role-assignments", v1("/role-assignments?chapter=23095"), None, 404, 200, 200),
        call(
            "POST /api/v1/role-assignments",
            v1("/role-assignments"),
            Some(json!({"id": Uuid::now_v7(), "account": managed.id, "role": "INSPECTOR", "chapter": "23095",
                "valid_from": app.today(), "decision_no": "QĐ 2"})),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/role-assignments/{id}/acts-for",
            v1(&format!("/role-assignments/{acting}/acts-for")),
            Some(json!({"id": Uuid::now_v7(), "chapter": "CHI-HOI-2", "valid_from": app.today(), "decision_no": "QĐ 3"})),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/role-assignments/{id}/acts-for/{acts_for}/ending",
            v1(&format!("/role-assignments/{acting}/acts-for/{acts_for}/ending")),
            Some(json!({"decision_no": "QĐ 4"})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/role-assignments/{id}/ending",
            v1(&format!("/role-assignments/{ending}/ending")),
            Some(json!({"decision_no": "QĐ 5"})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/accounts/{id}/one-time-password",
            v1(&format!("/accounts/{}/one-time-password", managed.id)),
            nothing(),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/accounts/{id}/disabling",
            v1(&format!("/accounts/{}/disabling", managed.id)),
            nothing(),
            404,
            403,
            200,
        ),
        call("POST /api/v1/accounts/{id}/enabling", v1(&format!("/accounts/{}/enabling", managed.id)), nothing(), 404, 403, 200),
        // Everybody has a password of their own; a wrong one is said to be wrong. See `accounts.rs`.
        call(
            "POST /api/v1/session/password",
            v1("/session/password"),
            Some(json!({"current_password": "không phải", "new_password": "gió mùa đông bắc"})),
            422,
            422,
            422,
        ),
    ]
}

/// The second step of a log-in of an account that has an authenticator. It is good once.
pub fn second_step(app: &TestApp, account: Account) -> Value {
    let authenticator = crate::factor::enrol(app, account);
    let token = crate::factor::first_step(app, account);
    app.clock.advance(Duration::seconds(60));
    json!({"second_step_token": token, "code": authenticator.code(app.now())})
}
