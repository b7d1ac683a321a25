//! `/api/v1/asked-gifts`: what waits for a second person, its provisional note, and the decisions.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::asked_decide;
use super::asked_wire::{AskedGift, AskedOut};
use super::{asked, asked_paper, asked_store as store};
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Lang, OfChapter, Page, Problem, PublicUrl, Query, Reply};
use crate::vouchers::answers::{self, PdfFile};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_asked_gifts)
        .service(show_asked_gift)
        .service(print_asked_gift)
        .service(download_asked_gift)
        .service(approve_asked_gift)
        .service(refuse_asked_gift)
        .service(withdraw_asked_gift);
}

/// Gifts that wait for a second person at a chapter, or were recorded there and wait above; oldest first, without givers.
#[utoipa::path(tag = "gifts", params(OfChapter), responses((status = 200, body = Page<AskedOut>), Reads))]
#[get("/asked-gifts")]
pub async fn list_asked_gifts(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<AskedOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::waiting(v.conn, here, span)?),
        |row| (row.asked_at, row.id),
        |v, rows| Ok(asked::outs(v.conn, rows)?),
    )
    .await
}

/// One asked gift, with its giver while it waits. Reading it is noted in the audit trail.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = AskedGift), Reads))]
#[get("/asked-gifts/{id}")]
pub async fn show_asked_gift(desk: Desk, id: web::Path<Uuid>) -> Answer<AskedGift> {
    desk.tx(move |v| asked::show(v, *id)).await.map(Reply::ok)
}

/// The provisional note of an asked gift, to print for the giver.
///
/// It says that nothing is booked yet, and what became of it once it was decided. It is no receipt and has no number. Reading it is
/// noted in the audit trail.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = String, content_type = "text/html"), Reads)
)]
#[get("/asked-gifts/{id}/paper.html")]
pub async fn print_asked_gift(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let note = desk.tx(move |v| asked_paper::show(v, &public, *id)).await?;
    answers::page(asked_paper::html(&note, lang), lang)
}

/// The provisional note of an asked gift as PDF/A.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = PdfFile, content_type = "application/pdf"), Reads)
)]
#[get("/asked-gifts/{id}/paper.pdf")]
pub async fn download_asked_gift(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let note = desk.tx(move |v| asked_paper::show(v, &public, *id)).await?;
    answers::pdf(&note.file_stem(), lang, move || asked_paper::pdf(&note, lang)).await
}

/// Approve an asked gift as the second person: it is booked today, under its code.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), Key), responses((status = 200, body = AskedOut), Writes))]
#[post("/asked-gifts/{id}/approval")]
pub async fn approve_asked_gift(desk: Desk, id: web::Path<Uuid>) -> Answer<AskedOut> {
    desk.once("asked-gift/approval", id.to_string(), move |v| asked_decide::decide(v, *id, Verdict::Approve)).await
}

/// Refuse an asked gift as the second person: nothing is booked.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), Key), responses((status = 200, body = AskedOut), Decides))]
#[post("/asked-gifts/{id}/refusal")]
pub async fn refuse_asked_gift(desk: Desk, id: web::Path<Uuid>) -> Answer<AskedOut> {
    desk.once("asked-gift/refusal", id.to_string(), move |v| asked_decide::decide(v, *id, Verdict::Refuse)).await
}

/// Withdraw an asked gift at the chapter that recorded it: it was wrong, and is recorded anew under another id.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), Key), responses((status = 200, body = AskedOut), Decides))]
#[post("/asked-gifts/{id}/withdrawal")]
pub async fn withdraw_asked_gift(desk: Desk, id: web::Path<Uuid>) -> Answer<AskedOut> {
    desk.once("asked-gift/withdrawal", id.to_string(), move |v| asked_decide::decide(v, *id, Verdict::Withdraw)).await
}
