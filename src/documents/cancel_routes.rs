//! `DELETE /api/v1/uploads/{id}`: give an upload up.

use actix_web::{HttpResponse, delete, web};
use uuid::Uuid;

use super::files::Archive;
use super::upload_routes::own;
use super::uploads;
use crate::authz::{self, Actor};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::{Kind, Problem};

/// Give an upload up: what was sent is removed and its id is free again. What is a document by now stays one.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path)), responses((status = 204, description = "Given up"), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[delete("/uploads/{id}")]
pub async fn cancel_upload(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    archive: web::Data<Archive>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (id.into_inner(), clock.now());
    db.tx(move |conn| -> Result<(), Problem> {
        authz::authenticate(conn, now, actor)?;
        let row = uploads::find_for_update(conn, id)?.ok_or_else(Problem::not_found)?;
        let (row, _) = own(conn, now, actor, row)?;
        if row.state == "DONE" {
            return Err(Problem::say(
                Kind::Conflict,
                "Tệp đã gửi xong và đã thành tài liệu, không hủy việc gửi được nữa.",
                "The file is complete and has become a document: there is nothing left to cancel.",
            ));
        }
        Ok(uploads::cancel(conn, &row)?)
    })
    .await?;
    web::block(move || archive.drop_upload(id)).await.map_err(Problem::internal)?;
    Ok(HttpResponse::NoContent().finish())
}
