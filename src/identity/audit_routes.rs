//! `GET /api/v1/audit-events`: who did what, for inspectors and administrators within their reach, and one's own trail
//! for everybody. It names accounts by user name and records by id; personal values are not in it.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store;
use crate::authz::{self, Actor, Appoint, Ask, AuditRow, Inspect, Refusal, decide};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::tree::{self, ChapterId, Label};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_audit_events);
}

/// Whose trail.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// User name or id of an account: what it did, and what was done about it. One's own when neither is given.
    #[param(example = "hanh.hamliem")]
    account: Option<String>,
    /// Code of a chapter: what was done there.
    #[param(example = "23095")]
    chapter: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// One thing that was done.
#[derive(Serialize, ToSchema)]
pub struct AuditEventOut {
    id: i64,
    at: DateTime<Utc>,
    /// Who did it; absent when it was the command line, or nobody known.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[schema(example = "LOG_IN")]
    action: String,
    /// Id of the record it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Uuid>,
    /// User name, when the record is an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_account: Option<String>,
    /// Code of the chapter it was done at.
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<String>,
    /// For changes of accounts and roles: account, role, place, decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    detail: Option<serde_json::Value>,
}

/// The audit trail of an account or a chapter, the newest first.
#[utoipa::path(tag = "audit", params(AuditQuery), responses((status = 200, body = Page<AuditEventOut>),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden),
    (status = 404, response = crate::http::answers::NotFound), (status = 422, response = crate::http::answers::Invalid),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/audit-events")]
pub async fn list_audit_events(
    actor: Actor,
    Query(query): Query<AuditQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (now, limit) = (clock.now(), rows_a_page(query.limit)?);
    let filter = (query.account.clone(), query.chapter.clone());
    if filter.0.is_some() && filter.1.is_some() {
        return Err(Problem::field(
            "account",
            "NOT_TOGETHER",
            "Chọn một tài khoản hoặc một đơn vị.",
            "Either account or chapter.",
        ));
    }
    let before = Cursor::<i64>::decode(query.cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let (rows, names, places) = db
        .read(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            let rows = match (query.account, query.chapter) {
                (Some(account), _) => of_account(conn, now, actor, &account, before, limit + 1)?,
                (None, Some(chapter)) => of_chapter(conn, now, actor, &chapter, before, limit + 1)?,
                (None, None) => authz::events_of_account(conn, actor.account, actor.account, now, before, limit + 1)?,
            };
            let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [row.account, row.subject]).flatten().collect();
            let chapters: Vec<Uuid> = rows.iter().filter_map(|row| row.chapter).collect();
            Ok((rows, store::user_names(conn, &accounts)?, tree::labels(conn, &chapters)?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(rows, limit, &filter, |row| row.id, |row| event_out(row, &names, &places))))
}

fn event_out(row: AuditRow, names: &HashMap<Uuid, String>, places: &HashMap<Uuid, Label>) -> AuditEventOut {
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    AuditEventOut {
        id: row.id,
        at: row.at,
        account: name(row.account),
        subject_account: name(row.subject),
        chapter: row.chapter.and_then(|id| places.get(&id)).map(|label| label.code.clone()),
        action: row.action,
        subject: row.subject,
        detail: row.detail,
    }
}

fn of_chapter(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    code: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, Problem> {
    let here = tree::place(conn, code)?.ok_or_else(Problem::not_found)?.id;
    oversees(conn, now, actor, &[here])?;
    Ok(authz::events_of_chapter(conn, here, before, limit)?)
}

fn of_account(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    called: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, Problem> {
    let account = store::account_called(conn, called)?.ok_or_else(Problem::not_found)?;
    if account != actor.account {
        let places = store::chapters_of(conn, account, vietnam_date(now))?;
        oversees(conn, now, actor, &places)?;
    }
    Ok(authz::events_of_account(conn, account, actor.account, now, before, limit)?)
}

/// INSPECT or APPOINT at one of these chapters; otherwise the mildest refusal.
fn oversees(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, places: &[ChapterId]) -> Result<(), Problem> {
    let asks: Vec<Ask> = places.iter().map(|chapter| Ask { actor, chapter: *chapter }).collect();
    let inspects = decide::<Inspect>(conn, now, &asks)?.into_iter().map(|verdict| verdict.map(drop));
    let appoints = decide::<Appoint>(conn, now, &asks)?.into_iter().map(|verdict| verdict.map(drop));
    let verdicts: Vec<Result<(), Refusal>> = inspects.chain(appoints).collect();
    if verdicts.contains(&Ok(())) {
        return Ok(());
    }
    let mildest = [Refusal::NoSecondFactor, Refusal::NotAllowed].into_iter().find(|refusal| verdicts.contains(&Err(*refusal)));
    Err(mildest.unwrap_or(Refusal::Unreadable).into())
}
