//! `/api/v1/documents/{id}`: what a document is, for officers.

use actix_web::{get, web};
use uuid::Uuid;

use super::shown::{DocumentOut, shown};
use super::store::{self, Key};
use crate::authz::Desk;
use crate::house::Rooms;
use crate::http::sets::Reads;
use crate::http::{Answer, Problem, Reply};

/// What a document is; its bytes are at `/documents/{key}/content`.
///
/// Its name often names somebody: reading it is noted in the audit trail.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path)), responses((status = 200, body = DocumentOut), Reads))]
#[get("/documents/{id}")]
pub async fn show_document(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<DocumentOut> {
    desk.tx(move |v| {
        let (row, seen) = store::readable(v, **rooms, &Key::Id(*id))?.ok_or_else(Problem::not_found)?;
        let out = shown(v.conn, v.vault, vec![row])?.pop().ok_or_else(Problem::not_found)?;
        v.note_seen(&seen, "DOCUMENT_NAME_READ", out.id)?;
        Ok(out)
    })
    .await
    .map(Reply::ok)
}
