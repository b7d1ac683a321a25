//! What a document is, as officers see it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::closures;
use super::store::{self, DocumentRow};
use crate::http::Problem;
use crate::identity::store as identity;
use crate::tree;
use crate::vault::{Vault, place};

/// A document as officers who may read its chapter see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentOut {
    pub id: Uuid,
    /// Code of its chapter.
    #[schema(example = "23095")]
    chapter: String,
    #[schema(example = "GIFT")]
    purpose: String,
    /// The name it was uploaded with; empty once erased, and of a closed one.
    name: String,
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// Of the stored file: photographs are smaller than what was sent, without place and camera.
    size_bytes: i64,
    /// Of the stored file.
    sha256: String,
    /// Of the file as it was sent.
    uploaded_sha256: String,
    pub(super) uploaded_bytes: i64,
    /// User name of whoever uploaded it.
    uploaded_by: String,
    uploaded_at: DateTime<Utc>,
    /// Whether everybody may see it.
    published: bool,
    /// `ERASED` or `RESTRICTED`: kept and not shown, since its giver's data were erased or restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
    /// Of a closed one: until when the law has it kept at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_until: Option<NaiveDate>,
}

/// Documents as they are shown, in the same order.
pub fn shown(conn: &mut PgConnection, vault: &Vault, rows: Vec<DocumentRow>) -> Result<Vec<DocumentOut>, Problem> {
    let labels = tree::labels(conn, &rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let names = identity::user_names(conn, &rows.iter().map(|row| row.uploaded_by).collect::<Vec<_>>())?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let (published, mut closed) = (store::are_published(conn, &ids)?, closures::of_documents(conn, &ids)?);
    rows.into_iter()
        .map(|row| {
            let closed = closed.remove(&row.id);
            Ok(DocumentOut {
                id: row.id,
                chapter: labels.get(&row.chapter_id).map(|label| label.code.clone()).unwrap_or_default(),
                name: if closed.is_some() { String::new() } else { name_of(vault, &row)? },
                purpose: row.purpose,
                media_type: row.media_type,
                size_bytes: row.size_bytes,
                sha256: row.sha256,
                uploaded_sha256: row.uploaded_sha256,
                uploaded_bytes: row.uploaded_bytes,
                uploaded_by: names.get(&row.uploaded_by).cloned().unwrap_or_default(),
                uploaded_at: row.uploaded_at,
                published: published.contains(&row.id),
                kept_until: closed.as_ref().map(|closed| closed.kept_until),
                closed: closed.map(|closed| closed.reason),
            })
        })
        .collect()
}

/// The sealed name, opened; empty if it was erased.
pub(super) fn name_of(vault: &Vault, row: &DocumentRow) -> Result<String, Problem> {
    if row.name.is_empty() {
        return Ok(String::new());
    }
    vault.open_text(place("document", "name", &row.id), &row.name).map_err(Problem::internal)
}
