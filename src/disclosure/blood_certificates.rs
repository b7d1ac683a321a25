//! `/api/v1/public/blood-certificates`: whether a certificate of a donation is good, for who holds it: its serial and its day. Never whose.
//!
//! What is not there, of another day, taken back, or no serial at all is answered alike, and whoever tries many is stopped: a serial alone
//! says nothing about anybody.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use crate::blood_rules::Component;
use crate::db::Db;
use crate::donors::public;
use crate::http::limits::{Allowance, Class};
use crate::http::sets::Searches;
use crate::http::{Problem, Query};

/// Nobody keeps the answer: it was asked with what stands on somebody's paper.
pub const NOT_KEPT: &str = "no-store";

/// What stands on the certificate.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodCertificateQuery {
    /// The serial, as it stands there; blanks, dashes and small letters do not matter.
    #[param(example = "HM 0012345", max_length = 60)]
    pub serial: String,
    /// The day on which the blood was given.
    #[param(example = "2026-06-14")]
    pub given_on: NaiveDate,
}

/// What whoever holds a certificate may learn of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicBloodCertificateOut {
    /// Our code of it.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// The day on which the blood was given.
    pub given_on: NaiveDate,
    /// What was given.
    #[schema(value_type = Component)]
    pub component: String,
    /// How much.
    #[schema(example = 350)]
    pub volume_ml: i16,
    /// How much of it was given back in blood, as far as the society knows.
    #[schema(example = 0)]
    pub redeemed_ml: i16,
    /// Code of the blood centre.
    #[schema(example = "LAM_DONG")]
    pub centre: String,
    /// Its name, in Vietnamese.
    #[schema(example = "Bệnh viện Đa khoa tỉnh Lâm Đồng")]
    pub centre_vi: String,
    /// In English.
    #[schema(example = "Lâm Đồng General Hospital")]
    pub centre_en: String,
}

/// The certificate with this serial, of this day; `None` of everything else.
pub fn look_up(conn: &mut PgConnection, serial: &str, day: NaiveDate) -> Result<Option<PublicBloodCertificateOut>, Problem> {
    let found = public::check(conn, serial, day)?;
    Ok(found.map(|found| PublicBloodCertificateOut {
        code: found.code,
        given_on: found.given_on,
        component: found.component,
        volume_ml: found.volume_ml,
        redeemed_ml: found.redeemed_ml,
        centre: found.centre.0,
        centre_vi: found.centre.1,
        centre_en: found.centre.2,
    }))
}

/// Whether a certificate of a donation is good, by its serial and its day.
#[utoipa::path(
    tag = "public", params(BloodCertificateQuery), responses((status = 200, body = PublicBloodCertificateOut), Searches), security(())
)]
#[get("/blood-certificates")]
pub async fn check_blood_certificate(
    request: HttpRequest,
    allowance: Allowance,
    Query(query): Query<BloodCertificateQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    // As for passwords: whoever guesses has few tries.
    allowance.spend(Class::LogIn)?;
    let found = db.read_public(move |conn| look_up(conn, &query.serial, query.given_on)).await?;
    answer(&request, &found.ok_or_else(Problem::not_found)?, NOT_KEPT)
}
