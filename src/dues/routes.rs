//! `/api/v1/dues-sheets`: thin handlers.

use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::arrears::{self, Asked, DuesArrearsCountOut, DuesArrearsOut};
use super::owed::{self, DuesOwedOut, DuesRemittanceIn, DuesRemittanceOut};
use super::rules::{self, DuesRuleOut};
use super::sheet_in::DuesSheetIn;
use super::wire::DuesSheetOut;
use super::{look, record, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::http::sets::{Lists, Reads, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, Query, Reply};

/// The body of a sheet: five hundred lines.
const MOST_BYTES: usize = 262_144;

pub fn configure(config: &mut ServiceConfig<'_>) {
    // What has a name of its own comes before what has an id in its place.
    config
        .service(show_dues_rule)
        .service(list_owed_dues)
        .service(note_dues_remittance)
        .service(count_dues_arrears)
        .service(list_dues_arrears)
        .service(record_dues_sheet)
        .service(list_dues_sheets)
        .service(show_dues_sheet);
}

/// Record what a unit collected of its members: booked at once, with a phiếu thu where it is cash.
///
/// Every line is one member with the months that are paid, or free by a decision. The amount follows from the rate of the rule; a month is
/// settled once, and no more members are free in a month than the rule allows. What of it goes to the chapter above is `owed`; an ordinary
/// transfer takes it there. A sheet that was wrong is reversed by two persons (`/corrections`) and recorded anew.
#[utoipa::path(
    tag = "dues", request_body = DuesSheetIn,
    responses((status = 201, body = DuesSheetOut), (status = 200, body = DuesSheetOut, description = "Was recorded already"), Writes)
)]
#[post("/dues-sheets")]
pub async fn record_dues_sheet(desk: Desk, Body(body): Body<DuesSheetIn, MOST_BYTES>) -> Answer<DuesSheetOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(record::record(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's sheets, oldest first, without their members.
#[utoipa::path(tag = "dues", params(OfChapter), responses((status = 200, body = Page<DuesSheetOut>), Lists))]
#[get("/dues-sheets")]
pub async fn list_dues_sheets(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<DuesSheetOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, span)?),
        |row| (row.recorded_at, row.id),
        |v, rows| Ok(look::listed(v, rows)?),
    )
    .await
}

/// One sheet; its members for those who may see persons there, which is noted in the audit trail.
#[utoipa::path(
    tag = "dues", params(("id" = Uuid, Path, description = "The sheet")), responses((status = 200, body = DuesSheetOut), Reads)
)]
#[get("/dues-sheets/{id}")]
pub async fn show_dues_sheet(desk: Desk, id: web::Path<Uuid>) -> Answer<DuesSheetOut> {
    desk.tx(move |v| Ok(look::show(v, *id)?)).await.map(Reply::ok)
}

/// What a chapter owes of dues and is owed, by the chapter on the other side.
#[utoipa::path(tag = "dues", params(OfChapter), responses((status = 200, body = Page<DuesOwedOut>), Lists))]
#[get("/dues-sheets/owed")]
pub async fn list_owed_dues(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<DuesOwedOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(owed::list(v, here, span)?),
        |(pair, _)| *pair,
        |_, rows| Ok(rows.into_iter().map(|(_, owed)| owed).collect()),
    )
    .await
}

/// Say that a transfer carries dues: what stands of it is taken from what is owed.
#[utoipa::path(
    tag = "dues", request_body = DuesRemittanceIn,
    responses((status = 201, body = DuesRemittanceOut), (status = 200, body = DuesRemittanceOut, description = "Was said already"), Writes)
)]
#[post("/dues-sheets/remittances")]
pub async fn note_dues_remittance(desk: Desk, Body(body): Body<DuesRemittanceIn>) -> Answer<DuesRemittanceOut> {
    desk.tx(move |v| Ok(owed::remit(v, &body)?)).await.map(Reply::made)
}

/// Whose arrears, up to which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArrearsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Up to this day: a month is due when it is over. Today unless given.
    day: Option<NaiveDate>,
    /// The first month that counts; January of the year of the day unless given.
    #[param(example = "2026-01", min_length = 7, max_length = 7)]
    from: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Members of a chapter with months that are neither paid nor free. Every page is noted in the audit trail.
#[utoipa::path(tag = "dues", params(ArrearsQuery), responses((status = 200, body = Page<DuesArrearsOut>), Records))]
#[get("/dues-sheets/arrears")]
pub async fn list_dues_arrears(desk: Desk, Query(query): Query<ArrearsQuery>) -> Answer<Page<DuesArrearsOut>> {
    let asked = Asked { chapter: query.chapter, day: query.day.unwrap_or_else(|| desk.today()), from: query.from };
    let paging = Paging::of(asked, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<DuesArrearsOut>()?;
        let rows = arrears::list(v, &paging.filter, &span)?;
        paging.page(rows, |row| row.member, Ok::<_, Problem>)
    };
    desk.tx(list).await.map(Reply::ok)
}

/// The same without pages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArrearsCountQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Up to this day: a month is due when it is over. Today unless given.
    day: Option<NaiveDate>,
    /// The first month that counts; January of the year of the day unless given.
    #[param(example = "2026-01", min_length = 7, max_length = 7)]
    from: Option<String>,
}

/// How many members of a chapter have paid up to a day, and how many have not.
#[utoipa::path(tag = "dues", params(ArrearsCountQuery), responses((status = 200, body = DuesArrearsCountOut), Lists))]
#[get("/dues-sheets/arrears/count")]
pub async fn count_dues_arrears(desk: Desk, Query(query): Query<ArrearsCountQuery>) -> Answer<DuesArrearsCountOut> {
    let asked = Asked { chapter: query.chapter, day: query.day.unwrap_or_else(|| desk.today()), from: query.from };
    desk.read(move |v| Ok(arrears::count(v, &asked)?)).await.map(Reply::ok)
}

/// Of which chapter and day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Today unless given.
    day: Option<NaiveDate>,
}

/// The rule about dues that holds for a chapter on a day: rate, how many may be free, who keeps which part.
#[utoipa::path(tag = "dues", params(RuleQuery), responses((status = 200, body = DuesRuleOut), Lists))]
#[get("/dues-sheets/rule")]
pub async fn show_dues_rule(desk: Desk, Query(query): Query<RuleQuery>) -> Answer<DuesRuleOut> {
    let day = query.day.unwrap_or_else(|| desk.today());
    desk.read(move |v| Ok(rules::show(v, &query.chapter, day)?)).await.map(Reply::ok)
}
