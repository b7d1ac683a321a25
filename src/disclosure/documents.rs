//! `/api/v1/public/appeals/{code}/documents`: the papers of an appeal that were published.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CACHE_CONTROL_LIST, answer};
use crate::db::Db;
use crate::documents::store::{self, PublicDocument};
use crate::giving::appeals;
use crate::giving::model::AppealState;
use crate::http::Problem;
use crate::http::sets::Shows;

/// A published document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicDocumentOut {
    #[schema(example = "Quyết định mở đợt vận động")]
    pub title: String,
    #[schema(example = "application/pdf")]
    pub media_type: String,
    pub size_bytes: i64,
    pub sha256: String,
    /// Where its bytes are.
    #[schema(example = "/api/v1/public/documents/…")]
    pub href: String,
    pub published_on: NaiveDate,
}

impl From<PublicDocument> for PublicDocumentOut {
    fn from(row: PublicDocument) -> Self {
        Self {
            href: format!("/api/v1/public/documents/{}", row.sha256),
            title: row.title,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            published_on: row.published_on,
        }
    }
}

/// The published documents of an appeal that is no draft.
pub fn of_appeal(conn: &mut PgConnection, code: &str) -> Result<Vec<PublicDocumentOut>, Problem> {
    let row = appeals::find(conn, code)?.filter(|row| row.state != AppealState::Draft.name());
    let row = row.ok_or_else(Problem::not_found)?;
    Ok(store::published_of(conn, row.id)?.into_iter().map(Into::into).collect())
}

/// The published documents of an appeal, all of them.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026")),
    responses((status = 200, body = Vec<PublicDocumentOut>), Shows), security(()), operation_id = "list_public_appeal_documents"
)]
#[get("/appeals/{code}/documents")]
pub async fn list_appeal_documents(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| of_appeal(conn, &code)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
