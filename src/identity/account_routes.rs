//! `/api/v1/accounts`: register, look up, give a new one-time password, disable, enable; `/api/v1/account`: oneself.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::account_wire::{AccountIn, AccountOut, AccountsQuery, RegisteredOut, out, read_registration};
use super::accounts::{self, Registered, Which};
use super::manage::{self, Sight};
use super::one_time;
use super::password::Passwords;
use super::{appointing, appointments, store};
use crate::authz::{self, Actor, Appoint, Attempt, AuditEvent, Granted, Once, Turn};
use crate::basics::clock::vietnam_date;
use crate::basics::{Clock, Phone};
use crate::db::Db;
use crate::http::{Body, Cursor, Kind, Page, Problem, Query, phone, rows_a_page};
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(my_account)
        .service(register_account)
        .service(list_accounts)
        .service(show_account)
        .service(give_one_time_password)
        .service(disable_account)
        .service(enable_account);
}

fn one(conn: &mut PgConnection, vault: &Vault, id: Uuid, sight: Sight, now: DateTime<Utc>) -> Result<AccountOut, Problem> {
    let today = vietnam_date(now);
    let shown = accounts::shown(conn, vault, &Which::One(id), sight, today, 1)?.pop().ok_or_else(Problem::not_found)?;
    let concerns = appointments::concerns(conn, shown.officer, today)?;
    Ok(out(shown, concerns))
}

fn may_register(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, chapter: &str) -> Result<Granted<Appoint>, Problem> {
    authz::authenticate(conn, now, actor)?;
    let here = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    let grant = authz::require::<Appoint>(conn, now, actor, here.id)?;
    if !here.accepts_entries {
        return Err(appointing::chapter_closed("/chapter"));
    }
    Ok(grant)
}

/// Register somebody: an account with a one-time password, which this answer tells once.
#[utoipa::path(tag = "accounts", request_body = AccountIn, responses((status = 201, body = RegisteredOut),
    (status = 200, body = RegisteredOut, description = "Was registered already; the password is not told again"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/accounts")]
pub async fn register_account(
    actor: Actor,
    Body(body): Body<AccountIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    let (chapter, new) = read_registration(body)?;
    let now = clock.now();
    let sent = accounts::request_hash(&vault, &chapter, &new);
    // Hashing a password is work: only for those who may, and only where it is needed.
    let (id, at, hash) = (new.id, chapter.clone(), sent.clone());
    let known = db
        .read(move |conn| -> Result<_, Problem> {
            may_register(conn, now, actor, &at)?;
            Ok(accounts::known(conn, id, &hash)?)
        })
        .await?;
    let password = one_time::make().map_err(Problem::internal)?;
    let password_hash = match known {
        None => passwords.hash_in_turn(password.clone()).await?,
        Some(_) => String::new(),
    };
    let (account, registered) = db
        .tx(move |conn| -> Result<_, Problem> {
            let grant = may_register(conn, now, actor, &chapter)?;
            let registered = match known {
                Some(known) => known,
                None => accounts::register(conn, &vault, &grant, now, &new, &sent, &password_hash)?,
            };
            match registered {
                Registered::IdTaken => return Err(Problem::new(Kind::IdTaken)),
                Registered::UserNameTaken => {
                    let (vi, en) = ("Tên đăng nhập này đã có người dùng.", "This user name is taken.");
                    return Err(Problem::field("/user_name", "USER_NAME_TAKEN", vi, en));
                }
                Registered::PhoneOf(other) => return Err(phone_taken(conn, now, actor, other)?),
                Registered::New => {
                    let event = AuditEvent {
                        account: Some(actor.account),
                        action: "ACCOUNT_CREATED",
                        subject: Some(new.id),
                        chapter: Some(grant.chapter().0),
                    };
                    authz::audit_detailed(conn, now, &event, &json!({"account": new.id, "place": chapter}))?;
                }
                Registered::Known => {}
            }
            Ok((one(conn, &vault, new.id, Sight::Names, now)?, registered))
        })
        .await?;
    Ok(if registered == Registered::New {
        HttpResponse::Created().json(RegisteredOut {
            one_time_password: Some(password),
            one_time_password_until: Some(now + one_time::GOOD_FOR),
            new_one_time_password_at: None,
            account,
        })
    } else {
        HttpResponse::Ok().json(RegisteredOut {
            one_time_password: None,
            one_time_password_until: None,
            new_one_time_password_at: Some(format!("/api/v1/accounts/{}/one-time-password", account.id)),
            account,
        })
    })
}

/// A phone number stands for one account. Whose it is, is told to those who would find it anyway.
fn phone_taken(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, other: Uuid) -> Result<Problem, Problem> {
    let subject = manage::subject(conn, other, vietnam_date(now))?.ok_or_else(Problem::not_found)?;
    let in_reach = authz::require::<Appoint>(conn, now, actor, subject.home).is_ok();
    let (vi, en) = if in_reach {
        let name = store::user_names(conn, &[other])?.remove(&other).unwrap_or_default();
        (
            format!("Số này là của tài khoản {name} ({other}): hãy giao thêm vai trò cho tài khoản đó."),
            format!("This number is that of the account {name} ({other}): give that account another role."),
        )
    } else {
        (
            "Số này đã dùng cho một tài khoản ở nơi khác: hãy hỏi người quản trị cấp trên.".to_owned(),
            "This number stands for an account elsewhere: ask the administrator above.".to_owned(),
        )
    };
    Ok(Problem::field("/phone", "PHONE_TAKEN", vi, en))
}

/// Accounts that belong to a chapter or one below it, by user name.
#[utoipa::path(tag = "accounts", params(AccountsQuery), responses((status = 200, body = Page<AccountOut>), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 422, response = crate::http::answers::Invalid),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/accounts")]
pub async fn list_accounts(
    actor: Actor,
    Query(query): Query<AccountsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let AccountsQuery { chapter, phone: typed, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let number = typed.as_deref().map(sought).transpose()?;
    let filter = (chapter, number);
    let after = Cursor::<String>::decode(cursor.as_deref(), &filter)?.map(|c| c.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<AccountOut>, Problem> {
            authz::authenticate(conn, now, actor)?;
            let here = tree::place(conn, &filter.0)?.ok_or_else(Problem::not_found)?;
            let sight = manage::sight(conn, now, actor, &[here.id])?;
            if filter.1.is_some() && sight != Sight::Names {
                return Err(authz::Refusal::NotAllowed.into());
            }
            let phone_hash = filter.1.as_deref().map(|number| store::phone_hash(&vault, number));
            let which = Which::Below { chapter: here.id, phone_hash, after };
            let rows = accounts::shown(conn, &vault, &which, sight, vietnam_date(now), limit + 1)?;
            Ok(Page::of(
                rows,
                limit,
                &filter,
                |row| row.user_name.clone(),
                |row| {
                    // Numbers are for whoever looks at one person.
                    AccountOut { phone: None, ..out(row, Vec::new()) }
                },
            ))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

fn sought(typed: &str) -> Result<String, Problem> {
    match Phone::sought(typed) {
        Some(number) => Ok(number.into_string()),
        None => Ok(phone("phone", typed)?.into_string()),
    }
}

/// One account: oneself, or of a chapter whose books one may read.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/accounts/{id}")]
pub async fn show_account(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (id.into_inner(), clock.now());
    let account = db
        .tx(move |conn| -> Result<AccountOut, Problem> {
            authz::authenticate(conn, now, actor)?;
            if id == actor.account {
                return one(conn, &vault, id, Sight::Names, now);
            }
            let subject = manage::subject(conn, id, vietnam_date(now))?.ok_or_else(Problem::not_found)?;
            let places: Vec<ChapterId> = subject.places.iter().copied().chain([subject.home]).collect();
            let sight = manage::sight(conn, now, actor, &places)?;
            if sight == Sight::Names {
                let chapter = Some(subject.home.0);
                let event = AuditEvent { account: Some(actor.account), action: "ACCOUNT_READ", subject: Some(id), chapter };
                authz::audit(conn, now, &[event])?;
            }
            one(conn, &vault, id, sight, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(account))
}

/// My account, with my roles and their places.
#[utoipa::path(tag = "accounts", responses((status = 200, body = AccountOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/account")]
pub async fn my_account(
    actor: Actor,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let account = db
        .read(move |conn| -> Result<AccountOut, Problem> {
            authz::authenticate(conn, now, actor)?;
            one(conn, &vault, actor.account, Sight::Names, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(account))
}

/// Give an account a new one-time password: the old one and all sessions end.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = RegisteredOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/accounts/{id}/one-time-password")]
pub async fn give_one_time_password(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (id.into_inner(), clock.now());
    // Hashing is work: only for those who may.
    db.read(move |conn| may_reset(conn, now, actor, id).map(drop)).await?;
    let password = one_time::make().map_err(Problem::internal)?;
    let hash = passwords.hash_in_turn(password.clone()).await?;
    let (account, until) = db
        .tx(move |conn| -> Result<_, Problem> {
            manage::lock_administrators(conn)?;
            let grant = may_reset(conn, now, actor, id)?;
            let until = accounts::reset_password(conn, id, &hash, now)?;
            audit(conn, now, &grant, "ONE_TIME_PASSWORD_GIVEN", id)?;
            Ok((one(conn, &vault, id, Sight::Names, now)?, until))
        })
        .await?;
    Ok(HttpResponse::Ok().json(RegisteredOut {
        account,
        one_time_password: Some(password),
        one_time_password_until: Some(until),
        new_one_time_password_at: None,
    }))
}

fn may_reset(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, id: Uuid) -> Result<Granted<Appoint>, Problem> {
    let (grant, _) = manage::require_management(conn, now, actor, id)?;
    if id == actor.account {
        return Err(Problem::say(
            Kind::Conflict,
            "Mật khẩu của chính mình thì tự đổi ở phần “Đổi mật khẩu”.",
            "One's own password is changed under “Change password”.",
        ));
    }
    Ok(grant)
}

/// Disable an account: its sessions end, its next request fails.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = AccountOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/accounts/{id}/disabling")]
pub async fn disable_account(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    set_disabled(once, id, true).await
}

/// Let a disabled account in again, with the password it had.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = AccountOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/accounts/{id}/enabling")]
pub async fn enable_account(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    set_disabled(once, id, false).await
}

/// Decides once: a replay tells how things stand and changes nothing.
async fn set_disabled(once: Once, id: web::Path<Uuid>, disabled: bool) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let (operation, action) = match disabled {
        true => ("account/disabling", "ACCOUNT_DISABLED"),
        false => ("account/enabling", "ACCOUNT_ENABLED"),
    };
    let work = move |conn: &mut PgConnection, turn: &Turn<'_>| {
        manage::lock_administrators(conn)?;
        let (grant, subject) = manage::require_management(conn, turn.now, turn.actor, id)?;
        if turn.attempt == Attempt::First {
            if disabled {
                let by_themself = grant.officer() == subject.officer;
                manage::keep_an_administrator(conn, &subject.in_force, by_themself, vietnam_date(turn.now))?;
            }
            if accounts::set_disabled(conn, &grant, id, disabled, turn.now)? {
                audit(conn, turn.now, &grant, action, id)?;
            }
        }
        one(conn, turn.vault, id, Sight::Names, turn.now)
    };
    let (account, mut answer) = once.run(operation, id.to_string(), work).await?;
    Ok(answer.json(account))
}

fn audit(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<Appoint>,
    action: &'static str,
    id: Uuid,
) -> Result<(), Problem> {
    let place = tree::code_of(conn, by.chapter())?;
    let event = AuditEvent { account: Some(by.account()), action, subject: Some(id), chapter: Some(by.chapter().0) };
    Ok(authz::audit_detailed(conn, now, &event, &json!({"account": id, "place": place}))?)
}
