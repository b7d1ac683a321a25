//! `/api/v1/session/refresh` goes on with a session; `/api/v1/sessions` lists one's own and ends them.

use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::entry::note;
use super::log_in::{Entrance, SessionOut, access_token};
use super::model::ACCESS_LIFETIME;
use super::sessions::{self, EndReason, Listed, Refreshed};
use crate::authz::token::Claims;
use crate::authz::{self, Actor, AuditEvent, Desk, Visit};
use crate::http::sets::{Own, Reads};
use crate::http::{Answer, Body, Kind, Page, Paging, Problem, Query, Reply};

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    refresh_token: String,
}

/// Go on with a session: a fresh access token and the next refresh token.
///
/// If the answer is lost, send the same refresh token again: it is good until its successor is used. An older one ends
/// the session, because two hold copies of it. Tabs and processes that share a session refresh one at a time and share what comes; two that do it
/// within ten seconds by mistake get the same successor.
#[utoipa::path(tag = "session", request_body = RefreshIn, responses((status = 200, body = SessionOut), Own), security(()))]
#[post("/session/refresh")]
pub async fn refresh_session(Body(body): Body<RefreshIn>, desk: Entrance) -> Result<HttpResponse, Problem> {
    let now = desk.clock.now();
    let vault = desk.vault.clone();
    let refreshed = desk
        .db
        .tx(move |conn| -> Result<Refreshed, Problem> {
            let refreshed = sessions::go_on(conn, &vault, &body.refresh_token, now)?;
            if let Refreshed::Stale { session, account, now: true } = refreshed {
                note(conn, now, Some(account), "SESSION_ENDED_STALE_TOKEN", Some(session))?;
            }
            Ok(refreshed)
        })
        .await?;
    match refreshed {
        Refreshed::On { session, account, expires_at, second_factor_at, token } => Ok(HttpResponse::Ok().json(SessionOut {
            access_token: access_token(&desk.tokens, Claims { subject: account, session }, now)?,
            expires_in: ACCESS_LIFETIME.num_seconds(),
            refresh_token: token,
            session_expires_at: expires_at,
            second_factor: second_factor_at.is_some(),
            device_token: None,
        })),
        Refreshed::Unknown => Err(Problem::say(
            Kind::Unauthenticated,
            "Phiên đã kết thúc: hãy đăng nhập lại.",
            "The session has ended: log in again.",
        )),
        Refreshed::Stale { .. } => Err(Problem::say(
            Kind::StaleToken,
            "Một mã làm mới đã cũ được gửi lại, nên có thể có người khác giữ bản sao. Hãy đăng nhập lại; nếu không phải bạn, hãy đổi mật khẩu.",
            "An old refresh token was sent, so somebody else may hold a copy. Log in again; if it was not you, change the password.",
        )),
    }
}

/// A page of one's own sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionsQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// One session of the caller.
#[derive(Serialize, ToSchema)]
pub struct ListedSession {
    id: Uuid,
    /// The name given to the device at log-in, or what its browser says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Chrome · Android")]
    device: Option<String>,
    created_at: DateTime<Utc>,
    /// When it was last refreshed: a session in use is refreshed every quarter of an hour.
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    second_factor: bool,
    /// The session this very request belongs to.
    current: bool,
}

/// One's own sessions that are alive, the newest first.
#[utoipa::path(tag = "session", params(SessionsQuery), responses((status = 200, body = Page<ListedSession>), Own))]
#[get("/sessions")]
pub async fn list_sessions(desk: Desk, Query(query): Query<SessionsQuery>) -> Answer<Page<ListedSession>> {
    let paging = Paging::of("sessions", query.limit, query.cursor.as_deref())?;
    let own = desk.actor().account;
    desk.list(
        paging,
        move |v, _, span| Ok(sessions::living(v.conn, own, span.after, span.rows, v.now)?),
        |row| row.id,
        |v, rows| rows.into_iter().map(|row| listed(v, row)).collect(),
    )
    .await
}

fn listed(v: &Visit<'_>, row: Listed) -> Result<ListedSession, Problem> {
    Ok(ListedSession {
        id: row.id,
        device: sessions::label(v.vault, &row).map_err(Problem::internal)?,
        created_at: row.created_at,
        last_used_at: row.last_used_at.unwrap_or(row.created_at),
        expires_at: row.expires_at,
        second_factor: row.second_factor_at.is_some(),
        current: row.id == v.actor().session,
    })
}

/// End one of one's own sessions, for a device that is lost; the device is forgotten too.
#[utoipa::path(
    tag = "session", params(("id" = Uuid, Path)), responses((status = 204, description = "The session has ended"), Reads)
)]
#[delete("/sessions/{id}")]
pub async fn revoke_session(desk: Desk, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    let own = desk.actor().account;
    desk.tx(move |v| match sessions::revoke(v.conn, own, *id, v.now)? {
        None => Err(Problem::not_found()),
        Some(false) => Ok(()),
        Some(true) => Ok(v.note_at(None, "SESSION_REVOKED", Some(*id), None)?),
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub struct EndedOut {
    ended: usize,
}

/// End all of one's own sessions except this one, and log-ins under way, and forget all other devices.
#[utoipa::path(tag = "session", responses((status = 200, body = EndedOut), Own))]
#[delete("/sessions")]
pub async fn revoke_other_sessions(desk: Desk) -> Answer<EndedOut> {
    desk.tx(|v| {
        let Actor { account, session } = v.actor();
        let ended = sessions::shut_out(v.conn, account, Some(session), EndReason::Revoked, v.now)?;
        let event =
            |id: &Uuid| AuditEvent { account: Some(account), action: "SESSION_REVOKED", subject: Some(*id), chapter: None };
        authz::audit(v.conn, v.now, &ended.iter().map(event).collect::<Vec<_>>())?;
        Ok(EndedOut { ended: ended.len() })
    })
    .await
    .map(Reply::ok)
}
