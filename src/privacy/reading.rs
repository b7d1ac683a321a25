//! Reading requests: one, with what was written down, and those within reach.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Changes;
use super::order;
use super::requests::{RequestOut, at_one_of, audit, out};
use super::store::{self, Listed};
use crate::authz::{self, Actor, Read};
use crate::http::Problem;
use crate::tree;
use crate::vault::{Vault, place};

/// A request with what was written down, for those who may read one of its chapters. Noted in the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestDetail {
    #[serde(flatten)]
    pub request: RequestOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Name, phone and display as they are to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub changes: Option<serde_json::Value>,
}

pub fn show(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    id: Uuid,
) -> Result<RequestDetail, Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    let chapters = store::chapters(conn, id)?;
    let grant = at_one_of::<Read>(conn, now, actor, &chapters)?;
    let note = row.note.as_ref().map(|sealed| vault.open_text(place("personal_data_request", "note", &id), sealed));
    let changes = row.changes.as_ref().map(|sealed| order::changes_of(vault, id, sealed)).transpose()?;
    let detail = RequestDetail {
        note: note.transpose().map_err(Problem::internal)?,
        changes: changes.map(shown),
        request: out(conn, now, row)?,
    };
    audit(conn, now, &grant, "PERSONAL_DATA_REQUEST_READ", id)?;
    Ok(detail)
}

fn shown(changes: Changes) -> serde_json::Value {
    let mut map = serde_json::Map::new();
    let display = changes.display.map(|d| d.name().to_owned());
    for (key, value) in [("name", changes.name), ("phone", changes.phone), ("display", display)] {
        map.extend(value.map(|value| (key.to_owned(), value.into())));
    }
    map.into()
}

/// Requests that concern a chapter or one below it, the most urgent first.
pub fn list(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    chapter: &str,
    of: impl FnOnce(Uuid) -> Listed,
    limit: i64,
) -> Result<Vec<RequestOut>, Problem> {
    authz::authenticate(conn, now, actor)?;
    let here = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    authz::require::<Read>(conn, now, actor, here.id)?;
    let rows = store::list(conn, &of(here.id.0), limit)?;
    rows.into_iter().map(|row| out(conn, now, row).map_err(Problem::from)).collect()
}
