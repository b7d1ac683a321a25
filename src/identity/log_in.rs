//! Logging in: `POST /api/v1/session`, and `…/second-step` for accounts with a second factor.
//!
//! One request is enough when the password comes with a code; without the code, the right password of such an account
//! gives a token for the second step, good for five minutes and for one session.

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::{Entry, Step, check_code, note, over};
use super::model::{ACCESS_LIFETIME, Login, SECOND_STEP_LIFETIME, SESSION_LIFETIME};
use super::password::Passwords;
use super::proof::{AccountRow, Lapsed, Verified};
use super::second_factor_store as factors;
use super::{delays, device, keyboard, one_time, sessions, store};
use crate::authz::token::{Claims, Purpose, TokenKeys};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::sets::Own;
use crate::http::{Allowance, Body, Class, Problem, one_line};
use crate::vault::Vault;

/// What logging in needs.
pub struct Entrance {
    pub db: web::Data<Db>,
    pub clock: web::Data<Clock>,
    pub vault: web::Data<Vault>,
    pub tokens: web::Data<TokenKeys>,
    pub passwords: web::Data<Passwords>,
}

impl FromRequest for Entrance {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(desk(request).ok_or_else(|| Problem::internal("what logging in needs is not registered")))
    }
}

fn desk(request: &HttpRequest) -> Option<Entrance> {
    Some(Entrance {
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
#[utoipa::path(
    tag = "session", request_body = LoginIn,
    responses(
        (status = 200, body = SecondStepOut, description = "The password is right; a code of the second factor must follow"),
        (status = 201, body = SessionOut), Own, (status = 403, response = crate::http::answers::Forbidden),
        (status = 429, response = crate::http::answers::TooMany)
    ),
    security(())
)]
#[post("/session")]
pub async fn log_in(
    request: HttpRequest,
    allowance: Allowance,
    Body(login): Body<LoginIn>,
    desk: Entrance,
) -> Result<HttpResponse, Problem> {
    if login.user.len() > 200 || login.password.len() > 1_000 {
        return Err(keyboard::wrong_credentials());
    }
    if let Some(hint) = keyboard::is_on(&login.user) {
        return Err(hint);
    }
    let LoginIn { user, password, code, device_token, device_name } = login;
    let from = Device::read(&request, device_token, device_name.as_deref())?;
    let name = Login::parse(&user);
    let subject = charged_to(&desk, allowance, name.clone(), from.token.clone()).await?;
    let _turn = desk.passwords.turns.take(subject.clone()).await?;
    let now = desk.clock.now();
    let found = begin(&desk, name, subject.clone(), now).await?;
    let one_time = found.as_ref().is_some_and(|account| account.one_time_until.is_some());
    let password = if one_time { one_time::as_made(&password) } else { password };
    let verified = Verified::by_password(&desk.passwords, password, found.as_ref()).await?;
    let disabled = found.as_ref().is_some_and(|account| account.disabled_at.is_some());
    let Some(proof) = verified.filter(|_| !disabled) else {
        // Noted for unknown names too: it takes the same time, and tells that somebody is guessing.
        let about = found.map(|account| account.id);
        desk.db.tx(move |conn| note(conn, now, None, "LOG_IN_FAILED", about)).await?;
        return Err(if verified.is_some() { Lapsed::Disabled.into() } else { keyboard::wrong_credentials() });
    };
    one_time::refuse_if_over(found.and_then(|account| account.one_time_until), now)?;
    let vault = desk.vault.clone();
    let step = desk
        .db
        .tx(move |conn| -> Result<Step, Problem> {
            let admitted = proof.admit(conn)??;
            store::forget_failures(conn, &subject)?;
            let device = sessions::hold_device(conn, &vault, &admitted, from.token)?;
            let mut entry = Entry { session: Uuid::now_v7(), device, label: from.label, second_factor: false };
            if factors::state(conn, admitted.account())?.is_none() {
                return entry.open(conn, &vault, &admitted, now);
            }
            let Some(code) = code else {
                return Ok(Step::AskCode(proof));
            };
            if let Some(refused) = check_code(conn, &vault, &admitted, &code, now)? {
                return Ok(Step::Refused(refused));
            }
            entry.second_factor = true;
            entry.open(conn, &vault, &admitted, now)
        })
        .await?;
    answer(&desk, proof.account(), now, step)
}

/// To whom an attempt is charged: a known device, or the name as typed and the network.
async fn charged_to(desk: &Entrance, allowance: Allowance, name: Login, token: Option<String>) -> Result<Vec<u8>, Problem> {
    let vault = desk.vault.clone();
    desk.db
        .read(move |conn| -> Result<_, Problem> {
            let found = store::find_account(conn, &vault, &name)?;
            let device = sessions::known_device(conn, &vault, found.map(|account| account.id), token.as_deref())?;
            Ok(match device {
                Some(device) => delays::of_device(&vault, device),
                None => {
                    // A known device does not share its network's allowance with strangers.
                    allowance.spend(Class::LogIn)?;
                    delays::of_name(&vault, name.as_str(), &allowance.network().to_string())
                }
            })
        })
        .await
}

/// Finds the account and charges the attempt, before its password is looked at.
async fn begin(desk: &Entrance, name: Login, subject: Vec<u8>, now: DateTime<Utc>) -> Result<Option<AccountRow>, Problem> {
    let vault = desk.vault.clone();
    desk.db
        .tx(move |conn| -> Result<_, Problem> {
            store::forget_old_delays(conn, now)?;
            store::charge_attempt(conn, &subject, now)?.map_err(delays::wait)?;
            Ok(store::find_account(conn, &vault, &name)?)
        })
        .await
}

/// The second step of a log-in: a code of the authenticator, or a recovery code.
#[utoipa::path(
    tag = "session", request_body = SecondStepIn,
    responses((status = 201, body = SessionOut), Own, (status = 429, response = crate::http::answers::TooMany)), security(())
)]
#[post("/session/second-step")]
pub async fn second_step(
    request: HttpRequest,
    allowance: Allowance,
    Body(body): Body<SecondStepIn>,
    desk: Entrance,
) -> Result<HttpResponse, Problem> {
    let from = Device::read(&request, body.device_token, body.device_name.as_deref())?;
    let now = desk.clock.now();
    let (proof, session) = Verified::by_first_step(&desk.tokens, &body.second_step_token, now).map_err(|_| over())?;
    let vault = desk.vault.clone();
    let step = desk
        .db
        .tx(move |conn| -> Result<Step, Problem> {
            let admitted = proof.admit(conn)??;
            let device = sessions::hold_device(conn, &vault, &admitted, from.token)?;
            if device.is_none() {
                allowance.spend(Class::LogIn)?;
            }
            if let Some(refused) = check_code(conn, &vault, &admitted, &body.code, now)? {
                return Ok(Step::Refused(refused));
            }
            Entry { session, device, label: from.label, second_factor: true }.open(conn, &vault, &admitted, now)
        })
        .await?;
    answer(&desk, proof.account(), now, step)
}

fn answer(desk: &Entrance, account: Uuid, now: DateTime<Utc>, step: Step) -> Result<HttpResponse, Problem> {
    match step {
        Step::Refused(problem) => Err(problem),
        Step::AskCode(proof) => {
            let signed = proof.first_step(&desk.tokens, now);
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
