//! `/api/v1/public/certificates/{code}`: whether a certificate stands, of what and how long. Whose it is only while they agree.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::clock::vietnam_date;
use crate::basics::{Clock, PublicCode};
use crate::chapters;
use crate::courses::model::PublicCertificateState;
use crate::courses::public;
use crate::db::Db;
use crate::http::Problem;
use crate::http::sets::Shows;

/// What everybody may learn of a certificate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCertificateOut {
    /// The code on the certificate.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Of one that was revoked, or whose holder's data were erased (`NO_LONGER_ON_RECORD`), nothing else is told.
    pub state: PublicCertificateState,
    /// What was taught, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FIRST_AID_BASIC")]
    pub course_kind: Option<String>,
    /// What was taught, in Vietnamese.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Sơ cấp cứu cơ bản")]
    pub kind_vi: Option<String>,
    /// What was taught, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Basic first aid")]
    pub kind_en: Option<String>,
    /// Code of the course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68-LT-0001")]
    pub course: Option<String>,
    /// Code of the chapter that gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    pub chapter: Option<String>,
    /// Name of the chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: Option<String>,
    /// The day on which it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_on: Option<NaiveDate>,
    /// The last day on which it is good; absent where for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Whose it is, while they agree that it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
}

/// A certificate by its code on a day; `None` where no certificate was ever given that code.
pub fn look_up(conn: &mut PgConnection, code: &PublicCode, today: NaiveDate) -> Result<Option<PublicCertificateOut>, Problem> {
    let Some(found) = public::certificate(conn, code, today)? else { return Ok(None) };
    let chapter = match found.chapter {
        Some(id) => chapters::store::by_ids(conn, &[id])?.remove(&id),
        None => None,
    };
    let (kind, kind_vi, kind_en) = match found.kind {
        Some((kind, vi, en)) => (Some(kind), Some(vi), Some(en)),
        None => (None, None, None),
    };
    Ok(Some(PublicCertificateOut {
        code: code.as_str().to_owned(),
        state: found.state,
        course_kind: kind,
        kind_vi,
        kind_en,
        course: found.course,
        chapter_name: chapter.as_ref().map(|chapter| chapter.name.clone()),
        chapter: chapter.map(|chapter| chapter.code),
        given_on: found.given_on,
        valid_until: found.valid_until,
        name: found.name,
    }))
}

/// Whether a certificate stands, of what it is and how long it is good.
#[utoipa::path(
    tag = "public",
    params(("code" = String, Path, description = "The code on the certificate; capitals, dashes and blanks do not matter")),
    responses((status = 200, body = PublicCertificateOut), Shows), security(()), operation_id = "show_public_certificate"
)]
#[get("/certificates/{code}")]
pub async fn show_certificate(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let code = PublicCode::parse(&code).map_err(|_| Problem::not_found())?;
    let today = vietnam_date(clock.now());
    let found = db.read_public(move |conn| look_up(conn, &code, today)).await?.ok_or_else(Problem::not_found)?;
    answer(&request, &found, CACHE_CONTROL_LIST)
}
