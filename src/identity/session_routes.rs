//! `/api/v1/session/refresh` goes on with a session; `/api/v1/sessions` lists one's own and ends them.

use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::entry::note;
use super::log_in::{Desk, SessionOut, access_token};
use super::model::ACCESS_LIFETIME;
use super::sessions::{self, EndReason, Listed, Refreshed};
use crate::authz::token::Claims;
use crate::authz::{self, Actor, AuditEvent};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::{Body, Cursor, Kind, Page, Problem, Query, rows_a_page};
use crate::vault::Vault;

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
#[utoipa::path(tag = "session", request_body = RefreshIn, responses((status = 200, body = SessionOut),
    (status = 401, response = crate::http::answers::Unauthorized), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[post("/session/refresh")]
pub async fn refresh_session(Body(body): Body<RefreshIn>, desk: Desk) -> Result<HttpResponse, Problem> {
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
#[utoipa::path(tag = "session", params(SessionsQuery), responses((status = 200, body = Page<ListedSession>),
    (status = 401, response = crate::http::answers::Unauthorized), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/sessions")]
pub async fn list_sessions(
    actor: Actor,
    Query(query): Query<SessionsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (now, limit) = (clock.now(), rows_a_page(query.limit)?);
    let before = Cursor::<Uuid>::decode(query.cursor.as_deref(), &"sessions")?.map(|cursor| cursor.last);
    let rows = db
        .read(move |conn| -> Result<Vec<Listed>, Problem> {
            authz::authenticate(conn, now, actor)?;
            Ok(sessions::living(conn, actor.account, before, limit + 1, now)?)
        })
        .await?;
    let labels: Vec<Option<String>> =
        rows.iter().map(|row| sessions::label(&vault, row)).collect::<Result<_, _>>().map_err(Problem::internal)?;
    let rows: Vec<_> = rows.into_iter().zip(labels).collect();
    let page = Page::of(
        rows,
        limit,
        &"sessions",
        |(row, _)| row.id,
        |(row, device)| ListedSession {
            id: row.id,
            device,
            created_at: row.created_at,
            last_used_at: row.last_used_at.unwrap_or(row.created_at),
            expires_at: row.expires_at,
            second_factor: row.second_factor_at.is_some(),
            current: row.id == actor.session,
        },
    );
    Ok(HttpResponse::Ok().json(page))
}

/// End one of one's own sessions, for a device that is lost; the device is forgotten too.
#[utoipa::path(tag = "session", params(("id" = Uuid, Path)), responses((status = 204, description = "The session has ended"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 404, response = crate::http::answers::NotFound),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[delete("/sessions/{id}")]
pub async fn revoke_session(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (now, id) = (clock.now(), id.into_inner());
    db.tx(move |conn| -> Result<(), Problem> {
        authz::authenticate(conn, now, actor)?;
        match sessions::revoke(conn, actor.account, id, now)? {
            None => Err(Problem::not_found()),
            Some(false) => Ok(()),
            Some(true) => note(conn, now, Some(actor.account), "SESSION_REVOKED", Some(id)),
        }
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
#[utoipa::path(tag = "session", responses((status = 200, body = EndedOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[delete("/sessions")]
pub async fn revoke_other_sessions(actor: Actor, db: web::Data<Db>, clock: web::Data<Clock>) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let ended = db
        .tx(move |conn| -> Result<usize, Problem> {
            authz::authenticate(conn, now, actor)?;
            let ended = sessions::shut_out(conn, actor.account, Some(actor.session), EndReason::Revoked, now)?;
            let event = |id: &Uuid| AuditEvent {
                account: Some(actor.account),
                action: "SESSION_REVOKED",
                subject: Some(*id),
                chapter: None,
            };
            authz::audit(conn, now, &ended.iter().map(event).collect::<Vec<_>>())?;
            Ok(ended.len())
        })
        .await?;
    Ok(HttpResponse::Ok().json(EndedOut { ended }))
}
