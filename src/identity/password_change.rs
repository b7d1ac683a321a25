//! `POST /api/v1/session/password`: one's own password, replaced by one of one's own choice.
//!
//! The only request that an account with a one-time password may make. Guesses at the current password are counted like
//! log-ins, by session. The session that asks lives on, all others end. Sent again after a lost answer, the very same request
//! is answered as the first time: the session remembers its last change as a slow hash of both passwords together, so that
//! nothing but these two is told that it is done.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::password::Passwords;
use super::{accounts, delays, keyboard, one_time, password_rules, proof, sessions, store};
use crate::authz::{self, Actor, AuditEvent};
use crate::basics::Clock;
use crate::basics::typing::has_marked_letters;
use crate::db::Db;
use crate::http::sets::Proves;
use crate::http::{Body, Kind, Problem};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(change_password);
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordIn {
    /// The one-time password, or the one in use.
    #[schema(format = Password, max_length = 1000)]
    current_password: String,
    /// At least 10 characters, at most 256 bytes.
    #[schema(format = Password, min_length = 10, max_length = 256)]
    new_password: String,
}

/// Set on the answer when the new password has letters that a typing program makes.
const HINT: &str = "x-hint";
const MARKED_LETTERS: &str = "MARKED_LETTERS";

/// Change one's own password; all other sessions of the account end.
#[utoipa::path(
    tag = "session", request_body = PasswordIn,
    responses(
        (status = 204, description = "The new password holds", headers(("x-hint" = String, description = "`MARKED_LETTERS`: it has letters with Vietnamese marks; where a keyboard types them in another way, or not at all, it is another password"))),
        Proves, (status = 403, response = crate::http::answers::Forbidden)
    )
)]
#[post("/session/password")]
pub async fn change_password(
    actor: Actor,
    Body(body): Body<PasswordIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    let subject = delays::of_password_again(&vault, actor.session);
    let _turn = passwords.turns.take(subject.clone()).await?;
    let now = clock.now();
    let (login, last_change) = db
        .read(move |conn| -> Result<_, Problem> {
            authz::authenticate_to_change_password(conn, now, actor)?;
            let login = accounts::login_of(conn, &vault, actor.account)?;
            one_time::refuse_if_over(login.one_time_until, now)?;
            Ok((login, sessions::last_change(conn, actor.session)?))
        })
        .await?;
    // Before anything is counted: a password that is too short is no guess.
    password_rules::check(&body.new_password, &login.user_name, login.phone.as_deref())?;
    charge(&db, subject.clone(), now).await?;
    if body.current_password.len() > 1_000 {
        return Err(keyboard::wrong_password("/current_password"));
    }
    let change = Change::new(login.one_time_until.is_some(), &body.current_password, &body.new_password);
    let stored = Some(login.password_hash.clone());
    let current_fits = passwords.verify(change.current.clone(), stored.clone()).await?;
    let new_fits = passwords.verify(change.new.clone(), stored).await?;
    // Perhaps it is in place already: the answer to this very request was lost.
    if !current_fits && new_fits && was_made(&passwords, &body, last_change).await? {
        return done(&db, subject, &change).await;
    }
    match (current_fits, new_fits) {
        (false, _) => return Err(keyboard::wrong_password("/current_password")),
        (true, true) => {
            let (vi, en) = ("Mật khẩu mới phải khác mật khẩu cũ.", "The new password must differ from the old one.");
            return Err(Problem::field("/new_password", "SAME_AS_BEFORE", vi, en));
        }
        (true, false) => {}
    }
    let hashes = (passwords.hash_in_turn(change.new.clone()).await?, passwords.hash_in_turn(change.as_one()).await?);
    db.tx(move |conn| put_in_place(conn, actor, &login, &hashes, now)).await?;
    done(&db, subject, &change).await
}

/// Writes the new password, if the account is still what it was when the current one was verified.
fn put_in_place(
    conn: &mut PgConnection,
    actor: Actor,
    login: &accounts::Login,
    (new, change): &(String, String),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    proof::lock(conn, actor.account)?;
    // Again: the account may have been disabled or reset while the password was being hashed.
    authz::authenticate_to_change_password(conn, now, actor)?;
    if !accounts::change_password(conn, actor.account, &login.password_hash, new, actor.session, now)? {
        return Err(Problem::say(
            Kind::Conflict,
            "Mật khẩu vừa được đổi ở nơi khác: hãy đăng nhập lại.",
            "The password has just been changed elsewhere: log in again.",
        ));
    }
    sessions::remember_change(conn, actor.session, change)?;
    let event =
        AuditEvent { account: Some(actor.account), action: "PASSWORD_CHANGED", subject: Some(actor.account), chapter: None };
    let detail = json!({"account": actor.account, "was_one_time": login.one_time_until.is_some()});
    Ok(authz::audit_detailed(conn, now, &event, &detail)?)
}

/// The two passwords of a change, the current one as it was made.
struct Change {
    was_one_time: bool,
    current: String,
    new: String,
}

impl Change {
    fn new(was_one_time: bool, current: &str, new: &str) -> Self {
        let current = if was_one_time { one_time::as_made(current) } else { current.to_owned() };
        Self { was_one_time, current, new: new.to_owned() }
    }

    /// What is hashed of it.
    fn as_one(&self) -> String {
        let kind = if self.was_one_time { "one-time" } else { "own" };
        [kind, &self.current, &self.new].join("\0")
    }
}

/// Whether the session's last change was this one. What the password was then decides how it is read.
async fn was_made(passwords: &Passwords, body: &PasswordIn, last_change: Option<String>) -> Result<bool, Problem> {
    let Some(stored) = last_change else { return Ok(false) };
    for was_one_time in [true, false] {
        let change = Change::new(was_one_time, &body.current_password, &body.new_password);
        if passwords.verify(change.as_one(), Some(stored.clone())).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts an attempt before the passwords are compared, so that attempts made at the same moment count too.
async fn charge(db: &Db, subject: Vec<u8>, now: DateTime<Utc>) -> Result<(), Problem> {
    db.tx(move |conn| -> Result<(), Problem> { store::charge_attempt(conn, &subject, now)?.map_err(delays::wait) }).await
}

async fn done(db: &Db, subject: Vec<u8>, change: &Change) -> Result<HttpResponse, Problem> {
    db.tx(move |conn| store::forget_failures(conn, &subject)).await?;
    let mut answer = HttpResponse::NoContent();
    if has_marked_letters(&change.new) {
        answer.insert_header((HINT, MARKED_LETTERS));
    }
    Ok(answer.finish())
}
