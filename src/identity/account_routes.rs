//! `/api/v1/accounts`: register, look up, give a new one-time password, disable, enable; `/api/v1/account`: oneself.

use actix_web::{get, post, web};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::account_wire::{AccountIn, AccountOut, AccountsQuery, RegisteredOut, out, read_registration};
use super::accounts::{self, Registered, Shown, Which};
use super::manage::{self, Sight};
use super::one_time;
use super::password::Passwords;
use super::{appointing, appointments, store};
use crate::authz::{Appoint, Attempt, Desk, Granted, Refusal, Visit};
use crate::basics::Phone;
use crate::basics::clock::vietnam_date;
use crate::http::sets::{Acts, Decides, Key, Own, Reads, Records};
use crate::http::{Answer, Body, Kind, Page, Paging, Problem, Query, Reply, Span, phone};
use crate::tree::{self, ChapterId};

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

fn one(v: &mut Visit<'_>, id: Uuid, sight: Sight) -> Result<AccountOut, Problem> {
    let today = vietnam_date(v.now);
    let shown = accounts::shown(v.conn, v.vault, &Which::One(id), sight, today, 1)?.pop().ok_or_else(Problem::not_found)?;
    let concerns = appointments::concerns(v.conn, shown.officer, today)?;
    Ok(out(shown, concerns))
}

fn may_register(v: &mut Visit<'_>, chapter: &str) -> Result<Granted<Appoint>, Problem> {
    let (grant, here) = v.at_code::<Appoint>(chapter)?;
    if !here.accepts_entries {
        return Err(appointing::chapter_closed("/chapter").into());
    }
    Ok(grant)
}

/// Register somebody: an account with a one-time password, which this answer tells once.
#[utoipa::path(
    tag = "accounts", request_body = AccountIn,
    responses(
        (status = 201, body = RegisteredOut),
        (status = 200, body = RegisteredOut, description = "Was registered already; the password is not told again"), Records
    )
)]
#[post("/accounts")]
pub async fn register_account(desk: Desk, Body(body): Body<AccountIn>, passwords: web::Data<Passwords>) -> Answer<RegisteredOut> {
    let (chapter, new) = read_registration(body)?;
    let sent = accounts::request_hash(desk.vault(), &chapter, &new);
    // Hashing a password is work: only for those who may, and only where it is needed.
    let (id, at, hash) = (new.id, chapter.clone(), sent.clone());
    let known = desk
        .read(move |v| {
            may_register(v, &at)?;
            Ok(accounts::known(v.conn, id, &hash)?)
        })
        .await?;
    let password = one_time::make().map_err(Problem::internal)?;
    let password_hash = match known {
        None => passwords.hash_in_turn(password.clone()).await?,
        Some(_) => String::new(),
    };
    let until = desk.now() + one_time::GOOD_FOR;
    let registered = desk
        .tx(move |v| {
            let grant = may_register(v, &chapter)?;
            let registered = match known {
                Some(known) => known,
                None => accounts::register(v.conn, v.vault, &grant, v.now, &new, &sent, &password_hash)?,
            };
            registered_as(v, &grant, new.id, &chapter, registered)
        })
        .await?;
    Ok(Reply::made(match registered {
        (account, true) => (RegisteredOut::new(account, password, until), true),
        (account, false) => (RegisteredOut::known(account), false),
    }))
}

/// The account, and whether it is new.
fn registered_as(
    v: &mut Visit<'_>,
    grant: &Granted<Appoint>,
    id: Uuid,
    chapter: &str,
    registered: Registered,
) -> Result<(AccountOut, bool), Problem> {
    match registered {
        Registered::IdTaken => return Err(Problem::new(Kind::IdTaken)),
        Registered::UserNameTaken => {
            let (vi, en) = ("Tên đăng nhập này đã có người dùng.", "This user name is taken.");
            return Err(Problem::field("/user_name", "USER_NAME_TAKEN", vi, en));
        }
        Registered::PhoneOf(other) => return Err(phone_taken(v, other)?),
        Registered::New => v.note_with(grant, "ACCOUNT_CREATED", id, &json!({"account": id, "place": chapter}))?,
        Registered::Known => {}
    }
    Ok((one(v, id, Sight::Names)?, registered == Registered::New))
}

/// A phone number stands for one account. Whose it is, is told to those who would find it anyway.
fn phone_taken(v: &mut Visit<'_>, other: Uuid) -> Result<Problem, Problem> {
    let subject = manage::subject(v.conn, other, vietnam_date(v.now))?.ok_or_else(Problem::not_found)?;
    let in_reach = v.at::<Appoint>(subject.home).is_ok();
    let (vi, en) = if in_reach {
        let name = store::user_names(v.conn, &[other])?.remove(&other).unwrap_or_default();
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
#[utoipa::path(tag = "accounts", params(AccountsQuery), responses((status = 200, body = Page<AccountOut>), Records))]
#[get("/accounts")]
pub async fn list_accounts(desk: Desk, Query(query): Query<AccountsQuery>) -> Answer<Page<AccountOut>> {
    let AccountsQuery { chapter, phone: typed, limit, cursor } = query;
    let number = typed.as_deref().map(sought).transpose()?;
    let paging = Paging::of((chapter, number), limit, cursor.as_deref())?;
    desk.list(
        paging,
        |v, (chapter, number), span| below(v, chapter, number.as_deref(), span),
        |row| row.user_name.clone(),
        // Numbers are for whoever looks at one person.
        |_, rows| Ok(rows.into_iter().map(|row| AccountOut { phone: None, ..out(row, Vec::new()) }).collect()),
    )
    .await
}

/// Accounts that belong to a chapter or one below it, as much of them as the visitor may see.
fn below(v: &mut Visit<'_>, chapter: &str, number: Option<&str>, span: Span<String>) -> Result<Vec<Shown>, Problem> {
    let here = tree::place(v.conn, chapter)?.ok_or_else(Problem::not_found)?;
    let sight = manage::sight(v, &[here.id])?;
    if number.is_some() && sight != Sight::Names {
        return Err(Refusal::NotAllowed.into());
    }
    let phone_hash = number.map(|number| store::phone_hash(v.vault, number));
    let which = Which::Below { chapter: here.id, phone_hash, after: span.after };
    accounts::shown(v.conn, v.vault, &which, sight, vietnam_date(v.now), span.rows)
}

fn sought(typed: &str) -> Result<String, Problem> {
    match Phone::sought(typed) {
        Some(number) => Ok(number.into_string()),
        None => Ok(phone("phone", typed)?.into_string()),
    }
}

/// One account: oneself, or of a chapter whose books one may read.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountOut), Reads))]
#[get("/accounts/{id}")]
pub async fn show_account(desk: Desk, id: web::Path<Uuid>) -> Answer<AccountOut> {
    desk.tx(move |v| look_at(v, *id)).await.map(Reply::ok)
}

fn look_at(v: &mut Visit<'_>, id: Uuid) -> Result<AccountOut, Problem> {
    if id == v.account() {
        return one(v, id, Sight::Names);
    }
    let subject = manage::subject(v.conn, id, vietnam_date(v.now))?.ok_or_else(Problem::not_found)?;
    let places: Vec<ChapterId> = subject.places.iter().copied().chain([subject.home]).collect();
    let sight = manage::sight(v, &places)?;
    if sight == Sight::Names {
        v.note_at(Some(subject.home), "ACCOUNT_READ", Some(id), None)?;
    }
    one(v, id, sight)
}

/// My account, with my roles and their places.
#[utoipa::path(tag = "accounts", responses((status = 200, body = AccountOut), Own))]
#[get("/account")]
pub async fn my_account(desk: Desk) -> Answer<AccountOut> {
    let own = desk.actor().account;
    desk.read(move |v| one(v, own, Sight::Names)).await.map(Reply::ok)
}

/// Give an account a new one-time password: the old one and all sessions end.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), Key), responses((status = 200, body = RegisteredOut), Decides))]
#[post("/accounts/{id}/one-time-password")]
pub async fn give_one_time_password(desk: Desk, id: web::Path<Uuid>, passwords: web::Data<Passwords>) -> Answer<RegisteredOut> {
    let id = id.into_inner();
    // Hashing is work: only for those who may.
    desk.read(move |v| manage::may_reset(v, id).map(drop)).await?;
    let password = one_time::make().map_err(Problem::internal)?;
    let hash = passwords.hash_in_turn(password.clone()).await?;
    let give = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        manage::lock_administrators(v.conn)?;
        let grant = manage::may_reset(v, id)?;
        // The one that was given under this key is not known any more, and perhaps in use.
        if v.attempt() == Attempt::Replay {
            return Ok((one(v, id, Sight::Names)?, None));
        }
        let until = accounts::reset_password(v.conn, id, &hash, v.now)?;
        note(v, &grant, "ONE_TIME_PASSWORD_GIVEN", id)?;
        Ok((one(v, id, Sight::Names)?, Some(until)))
    };
    let reply = desk.once("account/one-time-password", id.to_string(), give).await?;
    Ok(reply.map(|(account, until)| match until {
        Some(until) => RegisteredOut::new(account, password, until),
        None => RegisteredOut::known(account),
    }))
}

/// Disable an account: its sessions end, its next request fails.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), Key), responses((status = 200, body = AccountOut), Decides))]
#[post("/accounts/{id}/disabling")]
pub async fn disable_account(desk: Desk, id: web::Path<Uuid>) -> Answer<AccountOut> {
    desk.once("account/disabling", id.to_string(), move |v| set_disabled(v, *id, true)).await
}

/// Let a disabled account in again, with the password it had.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), Key), responses((status = 200, body = AccountOut), Acts))]
#[post("/accounts/{id}/enabling")]
pub async fn enable_account(desk: Desk, id: web::Path<Uuid>) -> Answer<AccountOut> {
    desk.once("account/enabling", id.to_string(), move |v| set_disabled(v, *id, false)).await
}

/// Decides once: a replay tells how things stand and changes nothing.
fn set_disabled(v: &mut Visit<'_>, id: Uuid, disabled: bool) -> Result<AccountOut, Problem> {
    manage::lock_administrators(v.conn)?;
    let (grant, subject) = manage::require_management(v, id)?;
    if v.attempt() == Attempt::First {
        if disabled {
            let by_themself = grant.officer() == subject.officer;
            if !manage::leaves_an_administrator(v.conn, &subject.in_force, by_themself, vietnam_date(v.now))? {
                return Err(appointing::Fault::LastAdministrator.into());
            }
        }
        if accounts::set_disabled(v.conn, &grant, id, disabled, v.now)? {
            note(v, &grant, if disabled { "ACCOUNT_DISABLED" } else { "ACCOUNT_ENABLED" }, id)?;
        }
    }
    one(v, id, Sight::Names)
}

fn note(v: &mut Visit<'_>, by: &Granted<Appoint>, action: &'static str, id: Uuid) -> Result<(), Problem> {
    let place = tree::code_of(v.conn, by.chapter())?;
    Ok(v.note_with(by, action, id, &json!({"account": id, "place": place}))?)
}
