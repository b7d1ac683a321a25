//! Logging in: `POST /api/v1/session`, and `…/second-step` for accounts with a second factor.
//!
//! One request is enough when the password comes with a code; without the code, the right password of such an account
//! gives a token for the second step, good for five minutes and for one session.

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ACCESS_LIFETIME, Login, SECOND_STEP_LIFETIME, SESSION_LIFETIME};
use super::password::Passwords;
use super::second_factor_store::{self as factors, Checked, FactorError};
use super::sessions::{self, NewSession};
use super::store::AccountRow;
use super::{delays, device, one_time, refresh, store};
use crate::authz::token::{Claims, Purpose, TokenKeys};
use crate::authz::{self, AuditEvent};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::{Allowance, Body, Class, Kind, Problem, one_line};
use crate::vault::Vault;

/// What logging in needs.
pub struct Desk {
    pub db: web::Data<Db>,
    pub clock: web::Data<Clock>,
    pub vault: web::Data<Vault>,
    pub tokens: web::Data<TokenKeys>,
    pub passwords: web::Data<Passwords>,
}

impl FromRequest for Desk {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(desk(request).ok_or_else(|| Problem::internal("what logging in needs is not registered")))
    }
}

fn desk(request: &HttpRequest) -> Option<Desk> {
    Some(Desk {
        db: request.app_data::<web::Data<Db>>()?.clone(),
        clock: request.app_data::<web::Data<Clock>>()?.clone(),
        vault: request.app_data::<web::Data<Vault>>()?.clone(),
        tokens: request.app_data::<web::Data<TokenKeys>>()?.clone(),
        passwords: request.app_data::<web::Data<Passwords>>()?.clone(),
    })
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
    /// Code of the second factor, or a recovery code, for accounts that have one; may also follow in a second step.
    #[schema(example = "123456", max_length = 64)]
    code: Option<String>,
    /// What an earlier log-in on this device answered: wrong guesses of strangers then never make this device wait.
    #[schema(max_length = 200)]
    device_token: Option<String>,
    /// What the device is called in the list of sessions; without it, what the browser says.
    #[schema(example = "Điện thoại của Hạnh", max_length = 100)]
    device_name: Option<String>,
}

/// The second step of a log-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStepIn {
    second_step_token: String,
    /// Code of the authenticator, or a recovery code.
    #[schema(example = "123456", max_length = 64)]
    code: String,
    #[schema(max_length = 200)]
    device_token: Option<String>,
    #[schema(max_length = 100)]
    device_name: Option<String>,
}

/// A session's tokens.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Seconds until the access token runs out.
    pub expires_in: i64,
    /// Keeps the session going at `POST /api/v1/session/refresh`, which answers with the next one; keep it secret.
    pub refresh_token: String,
    pub session_expires_at: DateTime<Utc>,
    /// Whether the session has a second factor, as approving and managing accounts need.
    pub second_factor: bool,
    /// Keep it on the device, also after logging out, and send it with the next log-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// The password was right; the second factor is still to come.
#[derive(Serialize, ToSchema)]
pub struct SecondStepOut {
    /// Send with a code to `POST /api/v1/session/second-step`.
    second_step_token: String,
    /// Seconds until it runs out.
    expires_in: i64,
}

/// The device somebody logs in from, as the request tells it.
struct Device {
    token: Option<String>,
    label: String,
}

impl Device {
    fn read(request: &HttpRequest, token: Option<String>, name: Option<&str>) -> Result<Device, Problem> {
        let label = match name {
            Some(name) => one_line("/device_name", name, device::MAX_NAME)?.as_str().to_owned(),
            None => device::summary(request.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default()),
        };
        Ok(Device { token, label })
    }
}

/// Log in with user name or phone number and password, and with a code if the account has a second factor.
#[utoipa::path(tag = "session", request_body = LoginIn, responses(
    (status = 200, body = SecondStepOut, description = "The password is right; a code of the second factor must follow"),
    (status = 201, body = SessionOut), (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 429, response = crate::http::answers::TooMany),
    (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[post("/session")]
pub async fn log_in(
    request: HttpRequest,
    allowance: Allowance,
    Body(login): Body<LoginIn>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    if login.user.len() > 200 || login.password.len() > 1_000 {
        return Err(Problem::new(Kind::WrongCredentials));
    }
    let from = Device::read(&request, login.device_token, login.device_name.as_deref())?;
    let name = Login::parse(&login.user);
    let now = desk.clock.now();
    let (vault, token) = (desk.vault.clone(), from.token.clone());
    let (found, device, subject) = desk
        .db
        .tx(move |conn| -> Result<_, Problem> {
            let found = store::find_account(conn, &vault, &name)?;
            let device = sessions::known_device(conn, &vault, found.as_ref().map(|account| account.id), token.as_deref())?;
            let subject = match device {
                Some(device) => delays::of_device(&vault, device),
                None => {
                    // A known device does not share its network's allowance with strangers.
                    allowance.spend(Class::LogIn)?;
                    delays::of_name(&vault, name.as_str(), &allowance.network().to_string())
                }
            };
            store::forget_old_delays(conn, now)?;
            store::charge_attempt(conn, &subject, now)?.map_err(wait)?;
            Ok((found, device, subject))
        })
        .await?;
    let one_time = found.as_ref().is_some_and(|account| account.one_time_until.is_some());
    let password = if one_time { one_time::as_made(&login.password) } else { login.password };
    let fits = desk.passwords.verify(password, found.as_ref().map(|account| account.password_hash.clone())).await?;
    let disabled = found.as_ref().is_some_and(|account| account.disabled_at.is_some());
    let Some(AccountRow { id: account, one_time_until, .. }) = found.as_ref().filter(|_| fits && !disabled).cloned() else {
        // Noted for unknown names too: it takes the same time, and tells that somebody is guessing.
        let about = found.map(|account| account.id);
        desk.db.tx(move |conn| note(conn, now, None, "LOG_IN_FAILED", about)).await?;
        return Err(if fits { disabled_account() } else { Problem::new(Kind::WrongCredentials) });
    };
    one_time::refuse_if_over(one_time_until, now)?;
    let (vault, code, label) = (desk.vault.clone(), login.code, from.label);
    let known = device.and(from.token);
    let step = desk
        .db
        .tx(move |conn| -> Result<Step, Problem> {
            store::forget_failures(conn, &subject)?;
            let mut entry = Entry { account, session: Uuid::now_v7(), device: device.zip(known), label, second_factor: false };
            if factors::state(conn, account)?.is_none() {
                return entry.open(conn, &vault, now);
            }
            let Some(code) = code else {
                return Ok(Step::AskCode);
            };
            if let Some(refused) = check_code(conn, &vault, account, device, &code, now)? {
                return Ok(Step::Refused(refused));
            }
            entry.second_factor = true;
            entry.open(conn, &vault, now)
        })
        .await?;
    answer(&desk, account, now, step)
}

/// The second step of a log-in: a code of the authenticator, or a recovery code.
#[utoipa::path(tag = "session", request_body = SecondStepIn, responses((status = 201, body = SessionOut),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 429, response = crate::http::answers::TooMany),
    (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[post("/session/second-step")]
pub async fn second_step(
    request: HttpRequest,
    allowance: Allowance,
    Body(body): Body<SecondStepIn>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let from = Device::read(&request, body.device_token, body.device_name.as_deref())?;
    let now = desk.clock.now();
    let claims = desk.tokens.verify(&body.second_step_token, Purpose::SecondStep, now).map_err(|_| over())?;
    let account = claims.subject;
    let vault = desk.vault.clone();
    let step = desk
        .db
        .tx(move |conn| -> Result<Step, Problem> {
            if !store::is_enabled(conn, account)? {
                return Err(disabled_account());
            }
            let device = sessions::known_device(conn, &vault, Some(account), from.token.as_deref())?;
            if device.is_none() {
                allowance.spend(Class::LogIn)?;
            }
            if let Some(refused) = check_code(conn, &vault, account, device, &body.code, now)? {
                return Ok(Step::Refused(refused));
            }
            let device = device.zip(from.token);
            Entry { account, session: claims.session, device, label: from.label, second_factor: true }.open(conn, &vault, now)
        })
        .await?;
    answer(&desk, account, now, step)
}

/// What a log-in has come to.
enum Step {
    In {
        session: Uuid,
        refresh_token: String,
        device_token: String,
        second_factor: bool,
    },
    /// The password was right, and the account has a second factor.
    AskCode,
    /// Refused, and what was counted and noted on the way stays.
    Refused(Problem),
}

/// A log-in that has shown everything it must.
struct Entry {
    account: Uuid,
    session: Uuid,
    /// The known device it comes from, with its token.
    device: Option<(Uuid, String)>,
    label: String,
    second_factor: bool,
}

impl Entry {
    /// Opens the session, remembers the device, notes it all.
    fn open(self, conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>) -> Result<Step, Problem> {
        let (device, device_token) = match self.device {
            Some((device, token)) => {
                sessions::device_came_back(conn, device, now)?;
                (device, token)
            }
            None => {
                let token = random_token()?;
                (sessions::remember_device(conn, vault, self.account, &token, now)?, token)
            }
        };
        let refresh_token = refresh::issue(vault, self.session).map_err(Problem::internal)?;
        let new = NewSession {
            id: self.session,
            account: self.account,
            refresh_hash: &refresh::hash(vault, &refresh_token),
            second_factor_at: self.second_factor.then_some(now),
            device: Some(device),
            label: sessions::seal_label(vault, self.session, &self.label).map_err(Problem::internal)?,
        };
        if !sessions::open(conn, &new, now)? {
            // The second-step token has opened its session before.
            return Err(over());
        }
        note(conn, now, Some(self.account), "LOG_IN", Some(self.session))?;
        Ok(Step::In { session: self.session, refresh_token, device_token, second_factor: self.second_factor })
    }
}

/// Judges a code; `Some` is the refusal to answer with once everything is committed.
fn check_code(
    conn: &mut PgConnection,
    vault: &Vault,
    account: Uuid,
    device: Option<Uuid>,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<Problem>, Problem> {
    let subject = delays::of_code(vault, account, device);
    Ok(match factors::check(conn, vault, account, code, &subject, now)? {
        Checked::Code => None,
        Checked::Recovery => {
            note(conn, now, Some(account), "RECOVERY_CODE_USED", Some(account))?;
            None
        }
        Checked::Wrong => {
            note(conn, now, None, "SECOND_STEP_FAILED", Some(account))?;
            Some(Problem::say(
                Kind::WrongCode,
                "Mã sai, hết hạn hoặc đã dùng: hãy đợi mã mới trong ứng dụng xác thực, hoặc dùng một mã khôi phục.",
                "The code is wrong, over or used already: wait for the next one, or use a recovery code.",
            ))
        }
        Checked::Wait(seconds) => Some(wait(seconds)),
    })
}

fn answer(desk: &Desk, account: Uuid, now: DateTime<Utc>, step: Step) -> Result<HttpResponse, Problem> {
    match step {
        Step::Refused(problem) => Err(problem),
        Step::AskCode => {
            // The session this token may open once; nobody knows its name before.
            let claims = Claims { subject: account, session: Uuid::now_v7() };
            let signed = desk.tokens.sign(Purpose::SecondStep, claims, now, SECOND_STEP_LIFETIME);
            let second_step_token = signed.map_err(|_| Problem::internal("a token could not be signed"))?;
            Ok(HttpResponse::Ok().json(SecondStepOut { second_step_token, expires_in: SECOND_STEP_LIFETIME.num_seconds() }))
        }
        Step::In { session, refresh_token, device_token, second_factor } => {
            let claims = Claims { subject: account, session };
            let access_token = access_token(&desk.tokens, claims, now)?;
            Ok(HttpResponse::Created().json(SessionOut {
                access_token,
                expires_in: ACCESS_LIFETIME.num_seconds(),
                refresh_token,
                session_expires_at: now + SESSION_LIFETIME,
                second_factor,
                device_token: Some(device_token),
            }))
        }
    }
}

/// A fresh access token.
pub fn access_token(tokens: &TokenKeys, claims: Claims, now: DateTime<Utc>) -> Result<String, Problem> {
    tokens.sign(Purpose::Access, claims, now, ACCESS_LIFETIME).map_err(|_| Problem::internal("a token could not be signed"))
}

/// Notes one event about an account or a session.
pub fn note(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Option<Uuid>,
    action: &'static str,
    subject: Option<Uuid>,
) -> Result<(), Problem> {
    Ok(authz::audit(conn, now, &[AuditEvent { account, action, subject, chapter: None }])?)
}

/// Too many attempts.
pub fn wait(seconds: u64) -> Problem {
    Problem {
        retry_after: Some(seconds),
        ..Problem::say(
            Kind::TooManyAttempts,
            format!("Sai quá nhiều lần: hãy thử lại sau {seconds} giây."),
            format!("Too many failures: try again in {seconds} seconds."),
        )
    }
}

fn over() -> Problem {
    Problem::say(
        Kind::Unauthenticated,
        "Bước hai đã hết hạn hoặc đã dùng: hãy đăng nhập lại từ đầu.",
        "The second step is over or used already: log in again from the start.",
    )
}

/// The password was right, so this tells nothing to a stranger.
fn disabled_account() -> Problem {
    Problem::say(
        Kind::Forbidden,
        "Tài khoản đã bị khóa: hãy liên hệ người quản trị của cấp trên.",
        "The account is disabled: ask the administrator above.",
    )
}

fn random_token() -> Result<String, Problem> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}
