//! `/api/v1/certificates`, `/api/v1/refreshers-due`: thin handlers.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, VARY};
use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::{CertificateNameTextOut, CertificateOut};
use super::wire::{CertificateIn, CertificateNameIn};
use super::{certificates, paper};
use crate::authz::{Desk, Visit};
use crate::http::sets::{Acts, Decides, Key, Own, Records, Writes};
use crate::http::{Answer, Body, Lang, OfChapter, Page, Paging, Problem, PublicUrl, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(record_certificate)
        .service(list_certificates)
        .service(show_certificate)
        .service(show_certificate_name)
        .service(withdraw_certificate_name)
        .service(download_certificate)
        .service(download_course_certificates)
        .service(list_refreshers_due)
        .service(list_certificate_name_texts);
}

/// A file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the body of a download in the OpenAPI document")]
pub struct CertificateFile(Vec<u8>);

/// Write down a certificate that another body gave to a person of the chapter. It has no code of ours.
#[utoipa::path(
    tag = "courses", request_body = CertificateIn,
    responses((status = 201, body = CertificateOut), (status = 200, body = CertificateOut, description = "Was recorded already"), Writes)
)]
#[post("/certificates")]
pub async fn record_certificate(desk: Desk, Body(body): Body<CertificateIn>) -> Answer<CertificateOut> {
    let (issuer, serial) = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = certificates::record(v, &body, &issuer, &serial)?;
        Ok((certificates::after(v, body.id)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

/// The certificates that a chapter gave or recorded, in that order. Every page is noted in the audit trail.
#[utoipa::path(tag = "courses", params(OfChapter), responses((status = 200, body = Page<CertificateOut>), Records))]
#[get("/certificates")]
pub async fn list_certificates(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CertificateOut>> {
    let paging = query.paging::<(DateTime<Utc>, Uuid)>()?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = certificates::list(v, &paging.filter, &paging.span::<CertificateOut>()?)?;
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(certificates::out(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// One certificate. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The certificate")),
    responses((status = 200, body = CertificateOut), Acts)
)]
#[get("/certificates/{id}")]
pub async fn show_certificate(desk: Desk, id: web::Path<Uuid>) -> Answer<CertificateOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let certificate = desk.tx(move |v| Ok(certificates::show(v, *id)?)).await??;
    Ok(Reply::ok(certificate))
}

/// Record that its holder agrees to have their name shown where the code is checked.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The certificate"), Key), request_body = CertificateNameIn,
    responses((status = 200, body = CertificateOut), Writes)
)]
#[post("/certificates/{id}/name")]
pub async fn show_certificate_name(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CertificateNameIn>,
) -> Answer<CertificateOut> {
    let content = format!("{id} {body:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        certificates::show_name(v, *id, body)?;
        Ok(certificates::after(v, *id)?)
    };
    desk.once("certificate/name", content, work).await
}

/// Take the name away again: its holder agrees no longer. The certificate goes on being checked.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The certificate"), Key),
    responses((status = 200, body = CertificateOut), Decides)
)]
#[post("/certificates/{id}/name/withdrawal")]
pub async fn withdraw_certificate_name(desk: Desk, id: web::Path<Uuid>) -> Answer<CertificateOut> {
    let content = id.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        certificates::withdraw_name(v, *id)?;
        Ok(certificates::after(v, *id)?)
    };
    desk.once("certificate/name/withdrawal", content, work).await
}

/// One certificate to print, sign and stamp: PDF, A5. Noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The certificate")),
    responses((status = 200, description = "The sheet", body = CertificateFile, content_type = "application/pdf"), Decides)
)]
#[get("/certificates/{id}/file")]
pub async fn download_certificate(
    desk: Desk,
    public: web::Data<PublicUrl>,
    lang: Lang,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (paper, code) = desk.tx(move |v| Ok(paper::one(v, *id, &public, lang)?)).await?;
    let file = web::block(move || print::pdf(&paper)).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(pdf(&format!("giay-chung-nhan-{code}"), lang, file))
}

/// The certificates of a course as cards to print: PDF, ten to a sheet of A4. Noted in the audit trail with their number.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course")),
    responses((status = 200, description = "The sheets", body = CertificateFile, content_type = "application/pdf"), Decides)
)]
#[get("/courses/{id}/certificates/file")]
pub async fn download_course_certificates(
    desk: Desk,
    public: web::Data<PublicUrl>,
    lang: Lang,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (cards, course) = desk.tx(move |v| Ok(paper::of_course(v, *id, &public, lang)?)).await?;
    let file = web::block(move || print::cards(&cards)).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(pdf(&format!("the-chung-nhan-{}", course.code), lang, file))
}

/// A file of a name that is letters, digits and hyphens.
fn pdf(name: &str, lang: Lang, file: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pdf\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file)
}

/// Whose certificates run out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RefreshersQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// By which day; 90 days from today unless given.
    #[param(example = "2027-03-31")]
    by: Option<NaiveDate>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Certificates of a chapter that run out by a day, or have run out, without a newer one of their kind: the first due first.
///
/// Every page is noted in the audit trail.
#[utoipa::path(tag = "courses", params(RefreshersQuery), responses((status = 200, body = Page<CertificateOut>), Records))]
#[get("/refreshers-due")]
pub async fn list_refreshers_due(desk: Desk, Query(query): Query<RefreshersQuery>) -> Answer<Page<CertificateOut>> {
    let paging = Paging::<_, (NaiveDate, Uuid)>::of((query.chapter, query.by), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = certificates::due(v, &paging.filter.0, query.by, &paging.span::<CertificateOut>()?)?;
        paging.page(rows, |row| (row.valid_until.unwrap_or(row.given_on), row.id), |rows| Ok(certificates::out(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// What holders of certificates agree to when their name is shown, with the days on which each text could be agreed to.
#[utoipa::path(tag = "courses", responses((status = 200, body = Vec<CertificateNameTextOut>), Own))]
#[get("/certificate-name-texts")]
pub async fn list_certificate_name_texts(desk: Desk) -> Answer<Vec<CertificateNameTextOut>> {
    desk.read(|v| Ok(certificates::name_texts(v)?)).await.map(Reply::ok)
}
