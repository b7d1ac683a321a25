//! `DELETE /api/v1/uploads/{id}`: give an upload up.

use actix_web::{HttpResponse, delete, web};
use uuid::Uuid;

use super::files::Archive;
use super::upload_routes::own;
use super::uploads;
use crate::authz::Desk;
use crate::house::Rooms;
use crate::http::sets::Decides;
use crate::http::{Kind, Problem};

/// Give an upload up: what was sent is removed and its id is free again. What is a document by now stays one.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path)), responses((status = 204, description = "Given up"), Decides))]
#[delete("/uploads/{id}")]
pub async fn cancel_upload(
    desk: Desk,
    id: web::Path<Uuid>,
    archive: web::Data<Archive>,
    rooms: web::Data<Rooms>,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    desk.tx(move |v| {
        let row = uploads::find_for_update(v.conn, id)?.ok_or_else(Problem::not_found)?;
        let (row, _) = own(v, **rooms, row)?;
        if row.state == "DONE" {
            return Err(Problem::say(
                Kind::Conflict,
                "Tệp đã gửi xong và đã thành tài liệu, không hủy việc gửi được nữa.",
                "The file is complete and has become a document: there is nothing left to cancel.",
            ));
        }
        Ok(uploads::cancel(v.conn, &row)?)
    })
    .await?;
    web::block(move || archive.drop_upload(id)).await.map_err(Problem::internal)?;
    Ok(HttpResponse::NoContent().finish())
}
