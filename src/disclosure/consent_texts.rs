//! `/api/v1/public/consent-texts`: what givers are told before they choose how their name is shown.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{CACHE_CONTROL, answer};
use crate::db::Db;
use crate::http::Problem;
use crate::parties::consent::{self, ConsentTextOut};

/// The texts of consent in all their versions, so that everybody can read what was agreed to and when.
#[utoipa::path(tag = "public", responses((status = 200, body = Vec<ConsentTextOut>), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/consent-texts")]
pub async fn list_consent_texts(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let texts = db.read_public(|conn| -> Result<_, Problem> { Ok(consent::texts(conn)?) }).await?;
    answer(&request, &texts, CACHE_CONTROL)
}
