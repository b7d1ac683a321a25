//! `/api/v1/periods` and `/api/v1/period-closings`: months, and requests to close them.

use actix_web::{get, post, web};
use chrono::Datelike;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::closing::{self, Ask};
use super::fault::Fault;
use super::model;
use super::wire::{self, PeriodClosingOut, PeriodsOut};
use crate::authz::{Desk, Read};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, Check, Problem, Query, Reply, note};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_periods)
        .service(request_period_closing)
        .service(show_period_closing)
        .service(approve_period_closing)
        .service(refuse_period_closing)
        .service(withdraw_period_closing);
}

/// Whose months, and of which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// This year, unless given.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    year: Option<i32>,
}

/// The months of a chapter's year that have begun, open and closed.
#[utoipa::path(tag = "periods", params(PeriodsQuery), responses((status = 200, body = PeriodsOut), Lists))]
#[get("/periods")]
pub async fn list_periods(desk: Desk, Query(query): Query<PeriodsQuery>) -> Answer<PeriodsOut> {
    let today = desk.today();
    let year = query.year.unwrap_or_else(|| today.year());
    if !(2000..=2100).contains(&year) {
        return Err(Problem::field("year", "OUT_OF_RANGE", "Năm từ 2000 đến 2100.", "year is 2000 to 2100."));
    }
    desk.read(move |v| {
        let (_, here) = v.see_code::<Read>(&query.chapter)?;
        Ok(wire::year(v.conn, &here, year, today)?)
    })
    .await
    .map(Reply::ok)
}

/// A request to close a month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodClosingIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl PeriodClosingIn {
    fn check(self, chapter: String, month: &str) -> Result<Ask, Problem> {
        let mut check = Check::default();
        check.own_id(
            "/id",
            self.id,
            "Mã nhận dạng phải do máy tạo riêng cho đề nghị này.",
            "The id is made for this request alone.",
        );
        let note = check.read(note(self.note.as_deref())).flatten();
        let read = model::parse(month);
        if read.is_none() {
            check.wrong("month", "NOT_A_DATE", "Tháng viết như 2026-11.", "A month is written like 2026-11.");
        }
        let ask = read.map(|month| Ask { id: self.id, chapter, month, note });
        check.done(ask).map_err(Problem::invalid)
    }
}

/// Ask a second person to close a month of a chapter's books. Months close one after the other, once they are over.
#[utoipa::path(
    tag = "periods",
    params(
        ("chapter" = String, Path, description = "Code of the chapter", example = "23095"),
        ("month" = String, Path, description = "The month", example = "2026-11")
    ),
    request_body = PeriodClosingIn,
    responses(
        (status = 201, body = PeriodClosingOut),
        (status = 200, body = PeriodClosingOut, description = "Was asked already"), Writes
    )
)]
#[post("/periods/{chapter}/{month}/closing")]
pub async fn request_period_closing(
    desk: Desk,
    path: web::Path<(String, String)>,
    Body(body): Body<PeriodClosingIn>,
) -> Answer<PeriodClosingOut> {
    let (chapter, month) = path.into_inner();
    let ask = body.check(chapter, &month)?;
    desk.tx(move |v| Ok(closing::request(v, &ask)?)).await.map(Reply::made)
}

/// One request to close a month.
#[utoipa::path(
    tag = "periods", params(("id" = Uuid, Path, description = "The request")),
    responses((status = 200, body = PeriodClosingOut), Reads)
)]
#[get("/period-closings/{id}")]
pub async fn show_period_closing(desk: Desk, id: web::Path<Uuid>) -> Answer<PeriodClosingOut> {
    desk.read(move |v| Ok(closing::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve as the second person: the month is closed, and its figures are stated in public for good.
#[utoipa::path(
    tag = "periods", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = PeriodClosingOut), Decides)
)]
#[post("/period-closings/{id}/approval")]
pub async fn approve_period_closing(desk: Desk, id: web::Path<Uuid>) -> Answer<PeriodClosingOut> {
    desk.once("period-closing/approval", id.to_string(), move |v| decide(v, *id, Verdict::Approve)).await
}

/// Refuse as the second person: the month stays open.
#[utoipa::path(
    tag = "periods", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = PeriodClosingOut), Decides)
)]
#[post("/period-closings/{id}/refusal")]
pub async fn refuse_period_closing(desk: Desk, id: web::Path<Uuid>) -> Answer<PeriodClosingOut> {
    desk.once("period-closing/refusal", id.to_string(), move |v| decide(v, *id, Verdict::Refuse)).await
}

/// Withdraw a request at the chapter that made it: the month stays open.
#[utoipa::path(
    tag = "periods", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = PeriodClosingOut), Decides)
)]
#[post("/period-closings/{id}/withdrawal")]
pub async fn withdraw_period_closing(desk: Desk, id: web::Path<Uuid>) -> Answer<PeriodClosingOut> {
    desk.once("period-closing/withdrawal", id.to_string(), move |v| decide(v, *id, Verdict::Withdraw)).await
}

fn decide(v: &mut crate::authz::Visit<'_>, id: Uuid, verdict: Verdict) -> Result<PeriodClosingOut, Problem> {
    closing::decide(v, id, verdict).map_err(|fault: Fault| fault.into())
}
