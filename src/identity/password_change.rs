//! `POST /api/v1/session/password`: one's own password, replaced by one of one's own choice.
//!
//! The only request that an account with a one-time password may make. Guesses at the current password are counted like
//! log-ins, by session. The session that asks lives on, all others end. Sent again after a lost answer, the request finds the new
//! password in place and answers as the first time.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::log_in::wait;
use super::password::Passwords;
use super::{accounts, delays, one_time, password_rules, store};
use crate::authz::{self, Actor, AuditEvent};
use crate::basics::Clock;
use crate::db::Db;
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

/// Change one's own password; all other sessions of the account end.
#[utoipa::path(tag = "session", request_body = PasswordIn, responses((status = 204, description = "The new password holds"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 409, response = crate::http::answers::Conflict),
    (status = 422, response = crate::http::answers::Invalid), (status = 429, response = crate::http::answers::TooMany), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/session/password")]
pub async fn change_password(
    actor: Actor,
    Body(body): Body<PasswordIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let subject = delays::of_password_again(&vault, actor.session);
    let login = {
        let vault = vault.clone();
        db.read(move |conn| -> Result<_, Problem> {
            authz::authenticate_to_change_password(conn, now, actor)?;
            let login = accounts::login_of(conn, &vault, actor.account)?;
            one_time::refuse_if_over(login.one_time_until, now)?;
            Ok(login)
        })
        .await?
    };
    // Before anything is counted: a password that is too short is no guess.
    password_rules::check(&body.new_password, &login.user_name, login.phone.as_deref())?;
    charge(&db, subject.clone(), now).await?;
    let (current, new) = (body.current_password, body.new_password);
    let typed = if login.one_time_until.is_some() { one_time::as_made(&current) } else { current };
    let stored = Some(login.password_hash.clone());
    let current_fits = typed.len() <= 1_000 && passwords.verify(typed, stored.clone()).await?;
    let new_fits = passwords.verify(new.clone(), stored).await?;
    match (current_fits, new_fits) {
        // It is in place already: the answer to this very request was lost.
        (false, true) => return done(&db, subject).await,
        (false, false) => {
            let (vi, en) = ("Mật khẩu hiện tại không đúng.", "The current password is wrong.");
            return Err(Problem::field("/current_password", "WRONG_PASSWORD", vi, en));
        }
        (true, true) => {
            let (vi, en) = ("Mật khẩu mới phải khác mật khẩu cũ.", "The new password must differ from the old one.");
            return Err(Problem::field("/new_password", "SAME_AS_BEFORE", vi, en));
        }
        (true, false) => {}
    }
    let hash = passwords.hash_in_turn(new).await?;
    db.tx(move |conn| -> Result<(), Problem> {
        // Again: the account may have been disabled or reset while the password was being hashed.
        authz::authenticate_to_change_password(conn, now, actor)?;
        if !accounts::change_password(conn, actor.account, &login.password_hash, &hash, actor.session, now)? {
            return Err(Problem::say(
                Kind::Conflict,
                "Mật khẩu vừa được đổi ở nơi khác: hãy đăng nhập lại.",
                "The password has just been changed elsewhere: log in again.",
            ));
        }
        let event =
            AuditEvent { account: Some(actor.account), action: "PASSWORD_CHANGED", subject: Some(actor.account), chapter: None };
        let detail = json!({"account": actor.account, "was_one_time": login.one_time_until.is_some()});
        Ok(authz::audit_detailed(conn, now, &event, &detail)?)
    })
    .await?;
    done(&db, subject).await
}

/// Counts an attempt before the passwords are compared, so that attempts made at the same moment count too.
async fn charge(db: &Db, subject: Vec<u8>, now: DateTime<Utc>) -> Result<(), Problem> {
    db.tx(move |conn| -> Result<(), Problem> { store::charge_attempt(conn, &subject, now)?.map_err(wait) }).await
}

async fn done(db: &Db, subject: Vec<u8>) -> Result<HttpResponse, Problem> {
    db.tx(move |conn| store::forget_failures(conn, &subject)).await?;
    Ok(HttpResponse::NoContent().finish())
}
