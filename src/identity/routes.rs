//! `/api/v1/session`: who am I, log out. Logging in is in [`super::log_in`].

use actix_web::{HttpResponse, delete, get};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::log_in::{log_in, second_step};
use super::session_routes::{list_sessions, refresh_session, revoke_other_sessions, revoke_session};
use super::{audit_routes, officer_codes, second_factor_routes, second_factor_store as factors, sessions, store};
use crate::authz::{Actor, Desk, RightName, Role, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::sets::Own;
use crate::http::{Answer, Problem, Reply};
use crate::vault::place;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(log_in).service(second_step).service(refresh_session).service(who_am_i).service(log_out);
    config.service(list_sessions).service(revoke_session).service(revoke_other_sessions);
    second_factor_routes::configure(config);
    audit_routes::configure(config);
}

/// The account behind the token.
#[derive(Serialize, ToSchema)]
pub struct WhoAmI {
    user: String,
    full_name: String,
    /// The person behind the account: two accounts of one person are one pair of eyes.
    officer_id: Uuid,
    /// What the public calls this person in the counts of reversals (`GET /public/officers/{code}/reversals`); absent until
    /// the first reversal they asked for or approved was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CB-7K3M9QXT")]
    public_code: Option<String>,
    /// Whether the account has a second factor.
    second_factor_enrolled: bool,
    /// When it was shown in this session; approving and managing accounts need that.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor_at: Option<DateTime<Utc>>,
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
#[utoipa::path(tag = "session", responses((status = 200, body = WhoAmI), Own))]
#[get("/session")]
pub async fn who_am_i(desk: Desk) -> Answer<WhoAmI> {
    desk.read(myself).await.map(Reply::ok)
}

fn myself(v: &mut Visit<'_>) -> Result<WhoAmI, Problem> {
    let Actor { account, session } = v.actor();
    let profile = store::profile(v.conn, account, vietnam_date(v.now))?;
    let full_name = v.vault.open_text(place("officer", "full_name", &profile.officer), &profile.full_name);
    let roles = profile.roles.into_iter().map(|(role, at)| {
        let held = Role::parse(&role);
        let rights =
            RightName::ALL.into_iter().filter(|right| held.is_some_and(|role| role.has(*right))).map(RightName::name).collect();
        RoleOut { role, chapter: at.code, chapter_name: at.name, rights }
    });
    Ok(WhoAmI {
        user: profile.user_name,
        full_name: full_name.map_err(Problem::internal)?,
        officer_id: profile.officer,
        public_code: officer_codes::of(v.conn, profile.officer)?,
        second_factor_enrolled: factors::state(v.conn, account)?.is_some(),
        second_factor_at: sessions::second_factor_at(v.conn, session)?,
        roles: roles.collect(),
    })
}

/// Log out: the session ends at once, on every server.
#[utoipa::path(tag = "session", responses((status = 204, description = "The session has ended"), Own))]
#[delete("/session")]
pub async fn log_out(desk: Desk) -> Result<HttpResponse, Problem> {
    desk.tx(|v| {
        let session = v.actor().session;
        store::end_session(v.conn, session, v.now)?;
        Ok(v.note_at(None, "LOG_OUT", Some(session), None)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
