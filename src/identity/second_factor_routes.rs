//! `/api/v1/second-factor`: add an authenticator, confirm it, make new recovery codes, remove it.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::entry::note;
use super::log_in::Entrance;
use super::proof::{self, Lapsed, Verified};
use super::second_factor::{self, Authenticator, ISSUER, Typed};
use super::second_factor_store::{self as factors, Checked};
use super::sessions::EndReason;
use super::{delays, keyboard, store};
use crate::authz::{self, Actor, Desk};
use crate::http::sets::{Own, Proves};
use crate::http::{Answer, Body, Check, Kind, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(show_second_factor).service(begin_second_factor).service(confirm_second_factor);
    config.service(new_recovery_codes).service(remove_second_factor);
}

/// The caller's second factor.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorOut {
    enrolled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    recovery_codes_left: i64,
}

/// Whether one's own account has a second factor.
#[utoipa::path(tag = "session", responses((status = 200, body = SecondFactorOut), Own))]
#[get("/second-factor")]
pub async fn show_second_factor(desk: Desk) -> Answer<SecondFactorOut> {
    let account = desk.actor().account;
    let state = desk.read(move |v| Ok(factors::state(v.conn, account)?)).await?;
    Ok(Reply::ok(SecondFactorOut {
        enrolled: state.is_some(),
        since: state.map(|(since, _)| since),
        recovery_codes_left: state.map_or(0, |(_, left)| left),
    }))
}

/// Begins an enrolment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginIn {
    /// Made by the client: sent again, the same secret is offered again.
    id: Uuid,
    #[schema(format = Password, max_length = 1000)]
    password: String,
}

/// What an authenticator needs to know.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentOut {
    id: Uuid,
    /// For typing in by hand (base32).
    secret: String,
    /// For opening with an authenticator on the same device.
    otpauth_uri: String,
    /// The same as a picture for the phone's camera (SVG).
    qr_svg: String,
    issuer: &'static str,
    account: String,
}

/// Offer a secret for an authenticator. Nothing changes until a code of it is confirmed; another offer replaces it.
#[utoipa::path(
    tag = "session", request_body = BeginIn,
    responses(
        (status = 201, body = EnrolmentOut), (status = 200, body = EnrolmentOut, description = "Was offered already"), Proves
    )
)]
#[post("/second-factor")]
pub async fn begin_second_factor(actor: Actor, Body(body): Body<BeginIn>, desk: Entrance) -> Result<HttpResponse, Problem> {
    let mut check = Check::default();
    check.own_id("/id", body.id, "id phải là UUID của riêng lần cài đặt này.", "id must be a UUID of this enrolment's own.");
    check.done(Some(())).map_err(Problem::invalid)?;
    let now = desk.clock.now();
    let (user, password) = ask_password(&desk, actor, body.password, now).await?;
    let (vault, account) = (desk.vault.clone(), user.clone());
    let (is_new, authenticator) = desk
        .db
        .tx(move |conn| -> Result<(bool, Authenticator), Problem> {
            still_fits(conn, password)?;
            authz::authenticate(conn, now, actor)?;
            match factors::find_for_update(conn, actor.account)? {
                Some(row) if row.confirmed_at.is_some() => return Err(enrolled_already()),
                Some(row) if row.enrolment_id == body.id => {
                    return Ok((false, factors::authenticator(&vault, actor.account, &row, &account)?));
                }
                _ => {}
            }
            let secret = second_factor::new_secret().map_err(Problem::internal)?;
            factors::offer(conn, &vault, actor.account, body.id, &secret, now)?;
            Ok((true, Authenticator::new(&secret, &account).map_err(Problem::internal)?))
        })
        .await?;
    let otpauth_uri = authenticator.uri().map_err(Problem::internal)?;
    let qr_svg = second_factor::qr_svg(&otpauth_uri).ok_or_else(|| Problem::internal("no QR code could be made"))?;
    let out = EnrolmentOut { id: body.id, secret: authenticator.base32(), otpauth_uri, qr_svg, issuer: ISSUER, account: user };
    Ok(if is_new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeIn {
    #[schema(example = "123456", max_length = 64)]
    code: String,
}

/// Recovery codes, shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesOut {
    /// Each is good once in place of a code; print them or write them down.
    #[schema(example = json!(["7K2QM-3XTVF"]))]
    recovery_codes: Vec<String>,
}

/// Confirm the offered secret with a code: from now on the account has a second factor, and this session too.
///
/// All other sessions of the account end, and their devices are forgotten.
#[utoipa::path(tag = "session", request_body = CodeIn, responses((status = 200, body = RecoveryCodesOut), Proves))]
#[post("/second-factor/confirmation")]
pub async fn confirm_second_factor(actor: Actor, Body(body): Body<CodeIn>, desk: Entrance) -> Result<HttpResponse, Problem> {
    let (now, vault) = (desk.clock.now(), desk.vault.clone());
    let outcome = desk
        .db
        .tx(move |conn| -> Result<Result<Vec<String>, Problem>, Problem> {
            proof::lock(conn, actor.account)?;
            authz::authenticate(conn, now, actor)?;
            let row = match factors::find_for_update(conn, actor.account)? {
                Some(row) if row.confirmed_at.is_some() => return Err(enrolled_already()),
                Some(row) => row,
                None => return Err(not_enrolled()),
            };
            let subject = delays::of_code(&vault, actor.account);
            store::charge_attempt(conn, &subject, now)?.map_err(delays::wait)?;
            let authenticator = factors::authenticator(&vault, actor.account, &row, "")?;
            let step = match Typed::parse(&body.code) {
                Some(Typed::Code(code)) => authenticator.step_of(&code, now),
                _ => None,
            };
            let Some(step) = step else {
                // Committed all the same: the attempt counts.
                return Ok(Err(wrong_code()));
            };
            store::forget_failures(conn, &subject)?;
            factors::confirm(conn, actor.account, step, actor.session, now)?;
            let codes = second_factor::new_recovery_codes().map_err(Problem::internal)?;
            factors::replace_recovery_codes(conn, &vault, actor.account, &codes)?;
            note(conn, now, Some(actor.account), "SECOND_FACTOR_ENROLLED", Some(actor.account))?;
            Ok(Ok(codes))
        })
        .await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesOut { recovery_codes: outcome? }))
}

/// Make ten new recovery codes; the old ones are void.
#[utoipa::path(tag = "session", request_body = CodeIn, responses((status = 200, body = RecoveryCodesOut), Proves))]
#[post("/second-factor/recovery-codes")]
pub async fn new_recovery_codes(actor: Actor, Body(body): Body<CodeIn>, desk: Entrance) -> Result<HttpResponse, Problem> {
    let (now, vault) = (desk.clock.now(), desk.vault.clone());
    let outcome = desk
        .db
        .tx(move |conn| -> Result<Result<Vec<String>, Problem>, Problem> {
            proof::lock(conn, actor.account)?;
            authz::authenticate(conn, now, actor)?;
            if factors::state(conn, actor.account)?.is_none() {
                return Err(not_enrolled());
            }
            match factors::check(conn, &vault, actor.account, &body.code, now)? {
                Checked::Wrong => return Ok(Err(wrong_code())),
                Checked::Wait(seconds) => return Ok(Err(delays::wait(seconds))),
                Checked::Code | Checked::Recovery => {}
            }
            let codes = second_factor::new_recovery_codes().map_err(Problem::internal)?;
            factors::replace_recovery_codes(conn, &vault, actor.account, &codes)?;
            note(conn, now, Some(actor.account), "RECOVERY_CODES_REPLACED", Some(actor.account))?;
            Ok(Ok(codes))
        })
        .await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesOut { recovery_codes: outcome? }))
}

/// What removing asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveIn {
    #[schema(format = Password, max_length = 1000)]
    password: String,
    /// Code of the authenticator, or a recovery code.
    #[schema(example = "123456", max_length = 64)]
    code: String,
}

/// Remove the second factor; this session does not count as having one any more, all others end.
#[utoipa::path(
    tag = "session", request_body = RemoveIn, responses((status = 204, description = "There is none any more"), Proves)
)]
#[post("/second-factor/removal")]
pub async fn remove_second_factor(actor: Actor, Body(body): Body<RemoveIn>, desk: Entrance) -> Result<HttpResponse, Problem> {
    let now = desk.clock.now();
    let (_, password) = ask_password(&desk, actor, body.password, now).await?;
    let vault = desk.vault.clone();
    let outcome = desk
        .db
        .tx(move |conn| -> Result<Result<(), Problem>, Problem> {
            still_fits(conn, password)?;
            authz::authenticate(conn, now, actor)?;
            if factors::state(conn, actor.account)?.is_none() {
                return Err(not_enrolled());
            }
            match factors::check(conn, &vault, actor.account, &body.code, now)? {
                Checked::Wrong => return Ok(Err(wrong_code())),
                Checked::Wait(seconds) => return Ok(Err(delays::wait(seconds))),
                Checked::Code | Checked::Recovery => {}
            }
            factors::remove(conn, actor.account, Some(actor.session), EndReason::SecondFactorChanged, now)?;
            note(conn, now, Some(actor.account), "SECOND_FACTOR_REMOVED", Some(actor.account))?;
            Ok(Ok(()))
        })
        .await?;
    outcome?;
    Ok(HttpResponse::NoContent().finish())
}

/// Asks for the password once more, so that an unwatched phone is not enough. Returns the user name and the proof.
async fn ask_password(
    desk: &Entrance,
    actor: Actor,
    password: String,
    now: DateTime<Utc>,
) -> Result<(String, Verified), Problem> {
    let wrong = || keyboard::wrong_password("/password");
    if password.len() > 1_000 {
        return Err(wrong());
    }
    let subject = delays::of_password_again(&desk.vault, actor.session);
    let _turn = desk.passwords.turns.take(subject.clone()).await?;
    let charged = subject.clone();
    let (user, found) = desk
        .db
        .tx(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            store::charge_attempt(conn, &charged, now)?.map_err(delays::wait)?;
            Ok(store::log_in_of(conn, actor.account)?)
        })
        .await?;
    let verified = Verified::by_password(&desk.passwords, password, Some(&found)).await?.ok_or_else(wrong)?;
    desk.db.tx(move |conn| store::forget_failures(conn, &subject)).await?;
    Ok((user, verified))
}

/// Locks the account, whose password must still be the one that was asked for.
fn still_fits(conn: &mut PgConnection, password: Verified) -> Result<(), Problem> {
    match password.admit(conn)? {
        // A disabled account has no session: said by whoever authenticates.
        Ok(_) | Err(Lapsed::Disabled) => Ok(()),
        Err(Lapsed::Changed) => Err(Problem::say(
            Kind::Conflict,
            "Mật khẩu hoặc tài khoản vừa được thay đổi ở nơi khác: hãy làm lại.",
            "The password or the account has just been changed elsewhere: do this again.",
        )),
    }
}

/// 422 and not 401: the session is fine, and a client must not try to refresh it.
fn wrong_code() -> Problem {
    Problem::field(
        "/code",
        "WRONG_CODE",
        "Mã sai, hết hạn hoặc đã dùng: hãy đợi mã mới trong ứng dụng xác thực; mã khôi phục thì gõ khi đã tắt bộ gõ tiếng Việt.",
        "The code is wrong, over or used already: wait for the next one; type a recovery code with the Vietnamese typing program off.",
    )
}

fn enrolled_already() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Tài khoản đã có xác thực hai lớp: hãy gỡ trước rồi thêm lại.",
        "The account has a second factor already: remove it first.",
    )
}

fn not_enrolled() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Tài khoản chưa có xác thực hai lớp: hãy thêm ứng dụng xác thực trước.",
        "The account has no second factor: add an authenticator first.",
    )
}
