//! Documents of gifts and of appeals: link, list, publish.
//!
//! The documents' room knows files and chapters, not gifts and appeals. Here the gift or the appeal is looked up and
//! the right decided at its chapter; the document must be of the same chapter.

use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::appeals::{self, AppealRow};
use super::publishing::{refuse_draft, refused_link, refused_publication, title_of};
use super::store::{self, GiftRow, Gifts};
use crate::authz::{self, Actor, AuditEvent, Granted, Read, RunAppeal};
use crate::basics::Clock;
use crate::calendar::retention::Vouchers;
use crate::db::Db;
use crate::documents::closures::{self, Closing, Reason};
use crate::documents::model::Purpose;
use crate::documents::shown::{DocumentOut, shown};
use crate::documents::store::{self as documents, Holder, Linked, Published, Subject};
use crate::http::{Body, Kind, Problem};
use crate::ledger::annotations;
use crate::ledger::store::{self as ledger, Booked};
use crate::tree::ChapterId;
use crate::vault::Vault;

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
fn link(
    conn: &mut PgConnection,
    vault: &Vault,
    by: &Holder,
    now: DateTime<Utc>,
    id: Uuid,
    subject: Subject,
) -> Result<(bool, DocumentOut), Problem> {
    let linked = documents::link(conn, by, now, id, subject)?;
    if let Some(problem) = refused_link(&linked) {
        return Err(problem);
    }
    let rows = documents::find(conn, id)?.into_iter().collect();
    let out = shown(conn, vault, rows)?.pop().ok_or_else(Problem::not_found)?;
    Ok((linked == Linked::New, out))
}

fn created_or_ok((new, out): (bool, DocumentOut)) -> HttpResponse {
    if new { HttpResponse::Created().json(out) } else { HttpResponse::Ok().json(out) }
}

/// Link a document to a gift.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path, description = "The gift")), request_body = LinkIn, responses(
    (status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was linked already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/gifts/{id}/documents")]
pub async fn link_gift_document(
    actor: Actor,
    gift: web::Path<Uuid>,
    Body(body): Body<LinkIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (gift, now) = (gift.into_inner(), clock.now());
    let linked = db
        .tx(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = gift_row(conn, gift)?;
            let holder = Holder::require(conn, now, actor, ChapterId(row.chapter_id), Purpose::Gift)?;
            // An erasure or a restriction of the giver comes before or after.
            store::hold_gift(conn, gift)?;
            let row = gift_row(conn, row.id)?;
            let booked = booked(conn, &row)?;
            refuse_erased(conn, &booked)?;
            let linked = link(conn, &vault, &holder, now, body.document, Subject { kind: Purpose::Gift, id: gift })?;
            if !store::is_restricted(conn, &row)? {
                return Ok(linked);
            }
            let kept_until = Vouchers::read(conn)?.until(booked.booked);
            closures::close(conn, now, Reason::Restricted, &[Closing { document: body.document, gift, kept_until }])?;
            let rows = documents::find(conn, body.document)?.into_iter().collect();
            Ok((linked.0, shown(conn, &vault, rows)?.pop().ok_or_else(Problem::not_found)?))
        })
        .await?;
    Ok(created_or_ok(linked))
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
        "Dữ liệu của người cho khoản này đã được xóa: không gắn thêm giấy tờ. Bản giấy được lưu ở đơn vị theo luật kế toán.",
        "The data of this gift's giver were erased: no more papers are added. The paper itself is filed at the chapter, as accounting law says.",
    ))
}

/// The documents of a gift, all of them. Their names often name somebody: reading them is noted in the audit trail.
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path, description = "The gift")), responses((status = 200, body = Vec<DocumentOut>),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/gifts/{id}/documents")]
pub async fn list_gift_documents(
    actor: Actor,
    gift: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (gift, now) = (gift.into_inner(), clock.now());
    let out = db
        .tx(move |conn| -> Result<Vec<DocumentOut>, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = gift_row(conn, gift)?;
            let grant = authz::require::<Read>(conn, now, actor, ChapterId(row.chapter_id))?;
            let rows = documents::of_subject(conn, Subject { kind: Purpose::Gift, id: gift })?;
            let event = AuditEvent {
                account: Some(grant.account()),
                action: "GIFT_DOCUMENTS_READ",
                subject: Some(gift),
                chapter: Some(grant.chapter().0),
            };
            authz::audit(conn, now, &[event])?;
            shown(conn, &vault, rows)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}

/// The appeal with the right to run it; a right is asked at its chapter, drafts of others are not found.
fn run(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    code: &str,
) -> Result<(AppealRow, Granted<RunAppeal>), Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = appeals::find(conn, code)?.ok_or_else(Problem::not_found)?;
    let grant = authz::require::<RunAppeal>(conn, now, actor, ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// Link a document to an appeal.
#[utoipa::path(tag = "documents", params(("code" = String, Path, description = "The appeal")), request_body = LinkIn, responses(
    (status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was linked already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/appeals/{code}/documents")]
pub async fn link_appeal_document(
    actor: Actor,
    code: web::Path<String>,
    Body(body): Body<LinkIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let linked = db
        .tx(move |conn| -> Result<_, Problem> {
            let (row, grant) = run(conn, now, actor, &code)?;
            let subject = Subject { kind: Purpose::Appeal, id: row.id };
            link(conn, &vault, &Holder::RunAppeal(grant), now, body.document, subject)
        })
        .await?;
    Ok(created_or_ok(linked))
}

/// The documents of an appeal, all of them, published or not.
#[utoipa::path(tag = "documents", params(("code" = String, Path, description = "The appeal")), responses((status = 200, body = Vec<DocumentOut>),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/appeals/{code}/documents")]
pub async fn list_appeal_documents(
    actor: Actor,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let out = db
        .read(move |conn| -> Result<Vec<DocumentOut>, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = appeals::find(conn, &code)?.ok_or_else(Problem::not_found)?;
            authz::require::<Read>(conn, now, actor, ChapterId(row.chapter_id))?;
            let rows = documents::of_subject(conn, Subject { kind: Purpose::Appeal, id: row.id })?;
            shown(conn, &vault, rows)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}

/// Publish a document of an appeal: from now on everybody can read it, and copies can not be called back.
#[utoipa::path(tag = "documents", params(("code" = String, Path, description = "The appeal"), ("document" = Uuid, Path)), request_body = PublicationIn, responses(
    (status = 201, body = DocumentOut), (status = 200, body = DocumentOut, description = "Was published already, under this title"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/appeals/{code}/documents/{document}/publication")]
pub async fn publish_appeal_document(
    actor: Actor,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<PublicationIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let ((code, id), now) = (path.into_inner(), clock.now());
    let title = title_of(&body.title)?;
    let published = db
        .tx(move |conn| -> Result<_, Problem> {
            let (row, grant) = run(conn, now, actor, &code)?;
            refuse_draft(&row)?;
            let outcome = documents::publish(conn, &grant, now, id, row.id, title.as_str())?;
            if let Some(problem) = refused_publication(&outcome) {
                return Err(problem);
            }
            let rows = documents::find(conn, id)?.into_iter().collect();
            let out = shown(conn, &vault, rows)?.pop().ok_or_else(Problem::not_found)?;
            Ok((outcome == Published::New, out))
        })
        .await?;
    Ok(created_or_ok(published))
}

/// Take a document of an appeal out of the public again. Caches may show it for up to a week.
#[utoipa::path(tag = "documents", params(("code" = String, Path, description = "The appeal"), ("document" = Uuid, Path)), responses(
    (status = 204, description = "Not public any more"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[delete("/appeals/{code}/documents/{document}/publication")]
pub async fn withdraw_appeal_document(
    actor: Actor,
    path: web::Path<(String, Uuid)>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let ((code, id), now) = (path.into_inner(), clock.now());
    db.tx(move |conn| -> Result<(), Problem> {
        let (row, grant) = run(conn, now, actor, &code)?;
        match documents::withdraw(conn, &grant, now, id, row.id)? {
            true => Ok(()),
            false => Err(Problem::not_found()),
        }
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
