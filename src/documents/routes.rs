//! `/api/v1/documents/{id}`: what a document is, for officers.

use actix_web::{HttpResponse, get, web};
use uuid::Uuid;

use super::shown::{DocumentOut, shown};
use super::store::{self, Key};
use crate::authz::{self, Actor, AuditEvent};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::Problem;
use crate::vault::Vault;

/// What a document is; its bytes are at `/documents/{key}/content`.
///
/// Its name often names somebody: reading it is noted in the audit trail.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path)), responses((status = 200, body = DocumentOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/documents/{id}")]
pub async fn show_document(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (key, now) = (Key::Id(id.into_inner()), clock.now());
    let out = db
        .tx(move |conn| -> Result<DocumentOut, Problem> {
            let (row, grant) = store::readable(conn, now, actor, &key)?;
            let out = shown(conn, &vault, vec![row])?.pop().ok_or_else(Problem::not_found)?;
            let event = AuditEvent {
                account: Some(grant.account()),
                action: "DOCUMENT_NAME_READ",
                subject: Some(out.id),
                chapter: Some(grant.chapter().0),
            };
            authz::audit(conn, now, &[event])?;
            Ok(out)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}
