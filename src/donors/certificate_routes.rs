//! What was given at a drive, and certificates to print: thin handlers.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, VARY};
use actix_web::{HttpResponse, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::DonorId;
use super::out::DonationAtDriveOut;
use super::{at_drive, paper};
use crate::authz::{Desk, Visit};
use crate::http::sets::{Decides, Records, Writes};
use crate::http::{Answer, Lang, Page, Paging, Problem, PublicUrl, Query, Reply, spool};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_drive_donations).service(download_blood_certificate).service(download_drive_certificates);
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DriveDonationsQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What was given at a drive that is reconciled, donation by donation, what does not stand any more too.
///
/// Every page is noted in the audit trail.
#[utoipa::path(
    tag = "donors", params(("code" = String, Path, description = "Code of the drive"), DriveDonationsQuery),
    responses((status = 200, body = Page<DonationAtDriveOut>), Records)
)]
#[get("/drives/{code}/donations")]
pub async fn list_drive_donations(
    desk: Desk,
    code: web::Path<String>,
    Query(query): Query<DriveDonationsQuery>,
) -> Answer<Page<DonationAtDriveOut>> {
    let paging = Paging::<_, Uuid>::of(code.into_inner(), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = at_drive::list(v, &paging.filter, &paging.span::<DonationAtDriveOut>()?)?;
        paging.page(rows, |row| row.id, |rows| Ok(at_drive::shown(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// A file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the body of a download in the OpenAPI document")]
pub struct BloodCertificateFile(Vec<u8>);

/// One certificate of a donor to print, sign and stamp: PDF, A5.
///
/// It has the centre's serial as text, and a QR code that leads to where it is checked. Noted in the audit trail.
#[utoipa::path(
    tag = "donors",
    params(
        ("id" = Uuid, Path, description = "The donor"),
        ("code" = String, Path, description = "Our code of the certificate", example = "7ZC4K0M9T2R8VQ3BV")
    ),
    responses((status = 200, description = "The sheet", body = BloodCertificateFile, content_type = "application/pdf"), Decides)
)]
#[get("/donors/{id}/certificates/{code}/file")]
pub async fn download_blood_certificate(
    desk: Desk,
    public: web::Data<PublicUrl>,
    lang: Lang,
    path: web::Path<(Uuid, String)>,
) -> Result<HttpResponse, Problem> {
    let (donor, code) = path.into_inner();
    let (paper, code) = desk.tx(move |v| Ok(paper::one(v, DonorId(donor), &code, &public, lang)?)).await?;
    let file = web::block(move || print::pdf(&paper)).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(pdf(&format!("giay-hien-mau-{code}"), lang, file))
}

/// Which part of many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DriveCertificatesQuery {
    /// Which part of 5,000 certificates, from 1, where there are more.
    #[param(minimum = 1)]
    part: Option<u32>,
}

/// The certificates of a drive as cards to print: PDF, ten to a sheet of A4.
///
/// By the order of names. Noted in the audit trail with their number.
#[utoipa::path(
    tag = "donors", params(("code" = String, Path, description = "Code of the drive"), DriveCertificatesQuery),
    responses((status = 200, description = "The sheets", body = BloodCertificateFile, content_type = "application/pdf"), Writes)
)]
#[get("/drives/{code}/certificates/file")]
pub async fn download_drive_certificates(
    desk: Desk,
    public: web::Data<PublicUrl>,
    lang: Lang,
    code: web::Path<String>,
    Query(query): Query<DriveCertificatesQuery>,
) -> Result<HttpResponse, Problem> {
    let (cards, code) = desk.tx(move |v| Ok(paper::of_drive(v, &code, query.part, &public, lang)?)).await?;
    let _turn = spool::turn().await;
    let file = web::block(move || print::cards(&cards)).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(pdf(&format!("giay-hien-mau-{code}"), lang, file))
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
