//! `/api/v1/public/appeals/{code}/publications`: what is to be published of an appeal, and what was.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::giving::appeals;
use crate::giving::model::AppealState;
use crate::http::Problem;
use crate::http::sets::Shows;
use crate::publications::duties::{self, PublicationDutyOut};

/// The duties of an appeal as they stand today, in order. A draft is not there.
pub fn of_appeal(conn: &mut PgConnection, code: &str, today: NaiveDate) -> Result<Vec<PublicationDutyOut>, Problem> {
    let row = appeals::find(conn, code)?.filter(|row| row.state != AppealState::Draft.name());
    let row = row.ok_or_else(Problem::not_found)?;
    Ok(duties::of_appeals(conn, &[row], today)?.pop().unwrap_or_default())
}

/// What the law wants published of an appeal: until when, how it stands, every version with its hash and its leaf.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026")),
    responses((status = 200, body = Vec<PublicationDutyOut>), Shows), security(())
)]
#[get("/appeals/{code}/publications")]
pub async fn list_appeal_publications(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let out = db.read_public(move |conn| of_appeal(conn, &code, today)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
