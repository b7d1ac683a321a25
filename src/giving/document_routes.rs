//! Documents of gifts and of appeals: link, list, publish.
//!
//! The documents' room knows files and chapters, not gifts and appeals. Here the gift or the appeal is looked up and
//! the right decided at its chapter; the document must be of the same chapter.

use actix_web::{HttpResponse, delete, get, post, web};
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::appeals::{self, AppealRow};
use super::publishing::{refuse_draft, refused_link, refused_publication, title_of};
use super::store::{self, GiftRow, Gifts};
use crate::authz::{Attempt, Desk, Granted, Read, RunAppeal, Visit};
use crate::calendar::retention::Vouchers;
use crate::documents::closures::{self, Closing, Reason};
use crate::documents::model::Purpose;
use crate::documents::shown::{DocumentOut, shown};
use crate::documents::store::{self as documents, Holder, Linked, Published, Subject};
use crate::http::sets::{Acts, Key, Reads, Writes};
use crate::http::{Answer, Body, Kind, Problem, Reply};
use crate::ledger::annotations;
use crate::ledger::store::{self as ledger, Booked};
use crate::tree::ChapterId;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(link_gift_document)
        .service(list_gift_documents)
        .service(link_appeal_document)
        .service(list_appeal_documents)
        .service(publish_appeal_document)
        .service(withdraw_appeal_document);
}

/// A document to be linked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    /// `id` of a document of the same chapter, uploaded for this purpose.
    document: Uuid,
}

/// What everybody will see of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationIn {
    /// Made for the public; the name the file was uploaded with is never shown.
    #[schema(example = "Quyết định mở đợt vận động", max_length = 200)]
    title: String,
}

/// Links, and shows the document; whether it was new.
fn link(v: &mut Visit<'_>, by: &Holder, id: Uuid, subject: Subject) -> Result<(DocumentOut, bool), Problem> {
    let linked = documents::link(v.conn, by, v.now, id, subject)?;
    if let Some(problem) = refused_link(&linked) {
        return Err(problem);
    }
    Ok((one(v, id)?, linked == Linked::New))
}

/// A document as it is shown.
fn one(v: &mut Visit<'_>, id: Uuid) -> Result<DocumentOut, Problem> {
    let rows = documents::find(v.conn, id)?.into_iter().collect();
    shown(v.conn, v.vault, rows)?.pop().ok_or_else(Problem::not_found)
}

/// Link a document to a gift.
#[utoipa::path(
    tag = "documents", params(("id" = Uuid, Path, description = "The gift")), request_body = LinkIn,
    responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was linked already"), Writes)
)]
#[post("/gifts/{id}/documents")]
pub async fn link_gift_document(desk: Desk, gift: web::Path<Uuid>, Body(body): Body<LinkIn>) -> Answer<DocumentOut> {
    desk.tx(move |v| link_gift(v, *gift, body.document)).await.map(Reply::made)
}

fn link_gift(v: &mut Visit<'_>, gift: Uuid, document: Uuid) -> Result<(DocumentOut, bool), Problem> {
    let row = gift_row(v.conn, gift)?;
    let holder = Holder::of(v, ChapterId(row.chapter_id), Purpose::Gift)?;
    // An erasure or a restriction of the giver comes before or after.
    store::hold_gift(v.conn, gift)?;
    let row = gift_row(v.conn, row.id)?;
    let booked = booked(v.conn, &row)?;
    refuse_erased(v.conn, &booked)?;
    let linked = link(v, &holder, document, Subject { kind: Purpose::Gift, id: gift })?;
    if !store::is_restricted(v.conn, &row)? {
        return Ok(linked);
    }
    let kept_until = Vouchers::read(v.conn)?.until(booked.booked);
    closures::close(v.conn, v.now, Reason::Restricted, &[Closing { document, gift, kept_until }])?;
    Ok((one(v, document)?, linked.1))
}

fn gift_row(conn: &mut PgConnection, gift: Uuid) -> Result<GiftRow, Problem> {
    store::gifts(conn, Gifts::One(gift), 1)?.pop().ok_or_else(Problem::not_found)
}

fn booked(conn: &mut PgConnection, row: &GiftRow) -> Result<Booked, Problem> {
    let booked = ledger::booked(conn, &[row.entry_id])?.remove(&row.entry_id);
    booked.ok_or_else(|| Problem::internal("a gift without entry"))
}

/// Who was erased must not come back with a paper.
fn refuse_erased(conn: &mut PgConnection, booked: &Booked) -> Result<(), Problem> {
    if !annotations::is_erased(conn, &booked.code)? {
        return Ok(());
    }
    Err(Problem::say(
        Kind::Conflict,
        "Dữ liệu của người ủng hộ khoản này đã được xóa: không gắn thêm giấy tờ. Bản giấy được lưu ở đơn vị theo luật kế toán.",
        "The data of this gift's giver were erased: no more papers are added. The paper itself is filed at the chapter, as accounting law says.",
    ))
}

/// The documents of a gift, all of them. Their names often name somebody: reading them is noted in the audit trail.
#[utoipa::path(
    tag = "documents", params(("id" = Uuid, Path, description = "The gift")),
    responses((status = 200, body = Vec<DocumentOut>), Reads)
)]
#[get("/gifts/{id}/documents")]
pub async fn list_gift_documents(desk: Desk, gift: web::Path<Uuid>) -> Answer<Vec<DocumentOut>> {
    desk.tx(move |v| {
        let row = gift_row(v.conn, *gift)?;
        let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
        let rows = documents::of_subject(v.conn, Subject { kind: Purpose::Gift, id: *gift })?;
        v.note_seen(&seen, "GIFT_DOCUMENTS_READ", *gift)?;
        shown(v.conn, v.vault, rows)
    })
    .await
    .map(Reply::ok)
}

/// The appeal with the right to run it; a right is asked at its chapter, drafts of others are not found.
fn run(v: &mut Visit<'_>, code: &str) -> Result<(AppealRow, Granted<RunAppeal>), Problem> {
    let row = appeals::find(v.conn, code)?.ok_or_else(Problem::not_found)?;
    let grant = v.at(ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// Link a document to an appeal.
#[utoipa::path(
    tag = "documents", params(("code" = String, Path, description = "The appeal")), request_body = LinkIn,
    responses((status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was linked already"), Writes)
)]
#[post("/appeals/{code}/documents")]
pub async fn link_appeal_document(desk: Desk, code: web::Path<String>, Body(body): Body<LinkIn>) -> Answer<DocumentOut> {
    desk.tx(move |v| {
        let (row, grant) = run(v, &code)?;
        link(v, &Holder::RunAppeal(grant), body.document, Subject { kind: Purpose::Appeal, id: row.id })
    })
    .await
    .map(Reply::made)
}

/// The documents of an appeal, all of them, published or not.
#[utoipa::path(
    tag = "documents", params(("code" = String, Path, description = "The appeal")),
    responses((status = 200, body = Vec<DocumentOut>), Reads)
)]
#[get("/appeals/{code}/documents")]
pub async fn list_appeal_documents(desk: Desk, code: web::Path<String>) -> Answer<Vec<DocumentOut>> {
    desk.read(move |v| {
        let row = appeals::find(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        v.see::<Read>(ChapterId(row.chapter_id))?;
        let rows = documents::of_subject(v.conn, Subject { kind: Purpose::Appeal, id: row.id })?;
        shown(v.conn, v.vault, rows)
    })
    .await
    .map(Reply::ok)
}

/// Publish a document of an appeal: from now on everybody can read it, and copies can not be called back.
#[utoipa::path(
    tag = "documents", params(("code" = String, Path, description = "The appeal"), ("document" = Uuid, Path), Key),
    request_body = PublicationIn,
    responses(
        (status = 201, body = DocumentOut),
        (status = 200, body = DocumentOut, description = "Was published already, under this title"), Writes
    )
)]
#[post("/appeals/{code}/documents/{document}/publication")]
pub async fn publish_appeal_document(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<PublicationIn>,
) -> Answer<DocumentOut> {
    let (code, id) = path.into_inner();
    let title = title_of(&body.title)?;
    let content = format!("{code}\0{id}\0{}", title.as_str());
    let publish = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (row, grant) = run(v, &code)?;
        // What was published once under this key and withdrawn since stays withdrawn.
        if v.attempt() == Attempt::Replay {
            return Ok((one(v, id)?, false));
        }
        refuse_draft(&row)?;
        let outcome = documents::publish(v.conn, &grant, v.now, id, row.id, title.as_str())?;
        if let Some(problem) = refused_publication(&outcome) {
            return Err(problem);
        }
        Ok((one(v, id)?, outcome == Published::New))
    };
    desk.once("appeal-document/publication", content, publish).await.map(Reply::as_made)
}

/// Take a document of an appeal out of the public again. Caches may show it for up to a week.
#[utoipa::path(
    tag = "documents", params(("code" = String, Path, description = "The appeal"), ("document" = Uuid, Path)),
    responses((status = 204, description = "Not public any more"), Acts)
)]
#[delete("/appeals/{code}/documents/{document}/publication")]
pub async fn withdraw_appeal_document(desk: Desk, path: web::Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let (code, id) = path.into_inner();
    desk.tx(move |v| {
        let (row, grant) = run(v, &code)?;
        match documents::withdraw(v.conn, &grant, v.now, id, row.id)? {
            true => Ok(()),
            false => Err(Problem::not_found()),
        }
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
