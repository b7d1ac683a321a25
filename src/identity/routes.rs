//! `/api/v1/session`: log in, who am I, go on, log out.

use actix_web::{HttpResponse, delete, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{ACCESS_LIFETIME, Login, SESSION_LIFETIME};
use super::password::Passwords;
use super::store;
use crate::authz::token::{Claims, Purpose, TokenKeys};
use crate::authz::{self, Actor, AuditEvent, RightName, Role};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::{Allowance, Body, Class, Kind, Problem};
use crate::vault::{Vault, place};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(log_in).service(who_am_i).service(refresh_session).service(log_out);
}

/// What a log-in sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    /// User name or phone number.
    #[schema(example = "hanh.hamliem", max_length = 200)]
    user: String,
    #[schema(format = Password, max_length = 1000)]
    password: String,
}

/// A session's tokens.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    /// Send as `Authorization: Bearer …`.
    access_token: String,
    /// Seconds until the access token runs out.
    expires_in: i64,
    /// Keeps the session going at `POST /api/v1/session/refresh`; keep it secret.
    refresh_token: String,
    session_expires_at: DateTime<Utc>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    refresh_token: String,
}

/// Log in with user name or phone number and password.
#[utoipa::path(tag = "session", request_body = LoginIn, responses(
    (status = 201, body = SessionOut), (status = 401, response = crate::http::answers::Unauthorized), (status = 429, response = crate::http::answers::TooMany),
    (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[post("/session")]
pub async fn log_in(
    allowance: Allowance,
    Body(login): Body<LoginIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    tokens: web::Data<TokenKeys>,
    passwords: web::Data<Passwords>,
) -> Result<HttpResponse, Problem> {
    if login.user.len() > 200 || login.password.len() > 1_000 {
        return Err(Problem::new(Kind::WrongCredentials));
    }
    allowance.spend(Class::LogIn)?;
    let name = Login::parse(&login.user);
    let subject = vault.hash("login_delay", format!("{}\0{}", name.as_str(), allowance.network()).as_bytes()).to_vec();
    let now = clock.now();
    let (found, subject) = {
        let vault = vault.clone();
        db.tx(move |conn| -> Result<_, Problem> {
            if let Err(seconds) = store::charge_attempt(conn, &subject, now)? {
                return Err(Problem {
                    retry_after: Some(seconds),
                    ..Problem::say(
                        Kind::TooManyAttempts,
                        format!("Sai quá nhiều lần: hãy thử lại sau {seconds} giây."),
                        format!("Too many failures: try again in {seconds} seconds."),
                    )
                });
            }
            Ok((store::find_account(conn, &vault, &name)?, subject))
        })
        .await?
    };
    let fits = passwords.verify(login.password, found.as_ref().map(|account| account.password_hash.clone())).await?;
    let Some(account) = found.filter(|_| fits) else {
        return Err(Problem::new(Kind::WrongCredentials));
    };
    if account.disabled_at.is_some() {
        // The password was right, so this tells nothing to a stranger.
        return Err(Problem::say(
            Kind::Forbidden,
            "Tài khoản đã bị khóa: hãy liên hệ người quản trị của cấp trên.",
            "The account is disabled: ask the administrator above.",
        ));
    }
    let (refresh_token, refresh_hash) = new_refresh_token(&vault)?;
    let session = db
        .tx(move |conn| -> Result<Uuid, Problem> {
            store::forget_failures(conn, &subject)?;
            let session = store::open_session(conn, account.id, &refresh_hash, now)?;
            let event = AuditEvent { account: Some(account.id), action: "LOG_IN", subject: Some(session), chapter: None };
            authz::audit(conn, now, &[event])?;
            Ok(session)
        })
        .await?;
    let claims = Claims { subject: account.id, session };
    Ok(HttpResponse::Created().json(session_out(&tokens, claims, now, refresh_token, now + SESSION_LIFETIME)?))
}

/// A fresh access token for a living session.
#[utoipa::path(tag = "session", request_body = RefreshIn, responses((status = 200, body = SessionOut),
    (status = 401, response = crate::http::answers::Unauthorized), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[post("/session/refresh")]
pub async fn refresh_session(
    Body(body): Body<RefreshIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    tokens: web::Data<TokenKeys>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let hash = vault.hash("session.refresh", body.refresh_token.as_bytes()).to_vec();
    let found = db.read(move |conn| -> Result<_, Problem> { Ok(store::session_of_refresh(conn, &hash, now)?) }).await?;
    let Some((session, account, expires_at)) = found else {
        return Err(Problem::say(
            Kind::Unauthenticated,
            "Phiên đã kết thúc: hãy đăng nhập lại.",
            "The session has ended: log in again.",
        ));
    };
    let claims = Claims { subject: account, session };
    Ok(HttpResponse::Ok().json(session_out(&tokens, claims, now, body.refresh_token, expires_at)?))
}

/// The account behind the token.
#[derive(Serialize, ToSchema)]
pub struct WhoAmI {
    user: String,
    full_name: String,
    /// The person behind the account: two accounts of one person are one pair of eyes.
    officer_id: Uuid,
    roles: Vec<RoleOut>,
}

/// A role held today.
#[derive(Serialize, ToSchema)]
pub struct RoleOut {
    #[schema(example = "OFFICER")]
    role: String,
    #[schema(example = "23095")]
    chapter: String,
    chapter_name: String,
    /// What the role may do.
    rights: Vec<&'static str>,
}

/// Who am I, and what may I do where.
#[utoipa::path(tag = "session", responses((status = 200, body = WhoAmI), (status = 401, response = crate::http::answers::Unauthorized),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/session")]
pub async fn who_am_i(
    actor: Actor,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let profile = db
        .read(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            Ok(store::profile(conn, actor.account, vietnam_date(now))?)
        })
        .await?;
    let full_name =
        vault.open_text(place("officer", "full_name", &profile.officer), &profile.full_name).map_err(Problem::internal)?;
    let roles = profile.roles.into_iter().map(|(role, at)| {
        let held = Role::parse(&role);
        let rights =
            RightName::ALL.into_iter().filter(|right| held.is_some_and(|role| role.has(*right))).map(RightName::name).collect();
        RoleOut { role, chapter: at.code, chapter_name: at.name, rights }
    });
    Ok(HttpResponse::Ok().json(WhoAmI {
        user: profile.user_name,
        full_name,
        officer_id: profile.officer,
        roles: roles.collect(),
    }))
}

/// Log out: the session ends at once, on every server.
#[utoipa::path(tag = "session", responses((status = 204, description = "The session has ended"), (status = 401, response = crate::http::answers::Unauthorized),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[delete("/session")]
pub async fn log_out(actor: Actor, db: web::Data<Db>, clock: web::Data<Clock>) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    db.tx(move |conn| -> Result<(), Problem> {
        authz::authenticate(conn, now, actor)?;
        store::end_session(conn, actor.session, now)?;
        let event = AuditEvent { account: Some(actor.account), action: "LOG_OUT", subject: Some(actor.session), chapter: None };
        Ok(authz::audit(conn, now, &[event])?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn new_refresh_token(vault: &Vault) -> Result<(String, Vec<u8>), Problem> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    let token = URL_SAFE_NO_PAD.encode(random);
    let hash = vault.hash("session.refresh", token.as_bytes()).to_vec();
    Ok((token, hash))
}

fn session_out(
    tokens: &TokenKeys,
    claims: Claims,
    now: DateTime<Utc>,
    refresh_token: String,
    ends: DateTime<Utc>,
) -> Result<SessionOut, Problem> {
    let access_token = tokens
        .sign(Purpose::Access, claims, now, ACCESS_LIFETIME)
        .map_err(|_| Problem::internal("a token could not be signed"))?;
    Ok(SessionOut { access_token, expires_in: ACCESS_LIFETIME.num_seconds(), refresh_token, session_expires_at: ends })
}
