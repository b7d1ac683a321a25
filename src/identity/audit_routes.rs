//! `GET /api/v1/audit-events`: who did what, for inspectors and administrators within their reach, and one's own trail
//! for everybody. It names accounts by user name and records by id; personal values are not in it.

use std::collections::HashMap;

use actix_web::get;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store;
use crate::authz::{self, Appoint, AuditRow, Denied, Desk, Inspect, Refusal, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::sets::Records;
use crate::http::{Answer, Page, Paging, Problem, Query, Span};
use crate::tree::{self, ChapterId};

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
#[utoipa::path(tag = "audit", params(AuditQuery), responses((status = 200, body = Page<AuditEventOut>), Records))]
#[get("/audit-events")]
pub async fn list_audit_events(desk: Desk, Query(query): Query<AuditQuery>) -> Answer<Page<AuditEventOut>> {
    let filter = (query.account, query.chapter);
    if filter.0.is_some() && filter.1.is_some() {
        return Err(Problem::field(
            "account",
            "NOT_TOGETHER",
            "Chọn một tài khoản hoặc một đơn vị.",
            "Either account or chapter.",
        ));
    }
    let paging = Paging::of(filter, query.limit, query.cursor.as_deref())?;
    desk.list(paging, events, |row| row.id, |v, rows| Ok(shown(v.conn, rows)?)).await
}

/// (account, chapter), one of the two or neither.
type Filter = (Option<String>, Option<String>);

fn events(v: &mut Visit<'_>, (account, chapter): &Filter, span: Span<i64>) -> Result<Vec<AuditRow>, Problem> {
    let own = v.account();
    let account = match (account, chapter) {
        (Some(called), _) => store::account_called(v.conn, called)?.ok_or_else(Problem::not_found)?,
        (None, Some(code)) => {
            let here = tree::place(v.conn, code)?.ok_or_else(Problem::not_found)?.id;
            oversees(v, &[here])?;
            return Ok(authz::events_of_chapter(v.conn, here, span.after, span.rows)?);
        }
        (None, None) => own,
    };
    if account != own {
        let places = store::chapters_of(v.conn, account, vietnam_date(v.now))?;
        oversees(v, &places)?;
    }
    Ok(authz::events_of_account(v.conn, account, own, v.now, span.after, span.rows)?)
}

fn shown(conn: &mut PgConnection, rows: Vec<AuditRow>) -> Result<Vec<AuditEventOut>, DbError> {
    let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [row.account, row.subject]).flatten().collect();
    let names = store::user_names(conn, &accounts)?;
    let places = tree::codes(conn, rows.iter().filter_map(|row| row.chapter))?;
    Ok(rows.into_iter().map(|row| event_out(row, &names, &places)).collect())
}

fn event_out(row: AuditRow, names: &HashMap<Uuid, String>, places: &HashMap<Uuid, String>) -> AuditEventOut {
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    AuditEventOut {
        id: row.id,
        at: row.at,
        account: name(row.account),
        subject_account: name(row.subject),
        chapter: row.chapter.and_then(|id| places.get(&id).cloned()),
        action: row.action,
        subject: row.subject,
        detail: row.detail,
    }
}

/// INSPECT or APPOINT at one of these chapters; otherwise the mildest refusal.
fn oversees(v: &mut Visit<'_>, places: &[ChapterId]) -> Result<(), Denied> {
    let inspects = v.at_each::<Inspect>(places)?.into_iter().map(|verdict| verdict.map(drop));
    let appoints = v.at_each::<Appoint>(places)?.into_iter().map(|verdict| verdict.map(drop));
    let verdicts: Vec<Result<(), Refusal>> = inspects.chain(appoints).collect();
    if verdicts.contains(&Ok(())) {
        return Ok(());
    }
    let mildest = [Refusal::NoSecondFactor, Refusal::NotAllowed].into_iter().find(|refusal| verdicts.contains(&Err(*refusal)));
    Err(mildest.unwrap_or(Refusal::Unreadable).into())
}
