//! `/api/v1/blood-honours`: thresholds, lists proposed and decided, names by consent.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::exports::{self, COLUMNS};
use super::out::{BloodHonourOut, BloodHonourThresholdOut, BloodHonoursOut, BloodHonoursRecountedOut};
use super::wire::{BloodHonourNameIn, BloodHonourThresholdIn, BloodHonoursIn};
use super::{naming, propose, show, store, thresholds};
use crate::authz::{Desk, Read, SeeBlood, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Own, Reads, Records, Writes};
use crate::http::table::{Sink, TableFile, TableForm};
use crate::http::{Answer, Body, Lang, OfChapter, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_blood_honour_thresholds)
        .service(enter_blood_honour_threshold)
        .service(end_blood_honour_threshold)
        .service(download_blood_honours)
        .service(recount_blood_honours)
        .service(propose_blood_honours)
        .service(list_blood_honours)
        .service(show_blood_honours)
        .service(list_blood_honoured)
        .service(approve_blood_honours)
        .service(refuse_blood_honours)
        .service(withdraw_blood_honours)
        .service(show_blood_honour_name)
        .service(withdraw_blood_honour_name);
}

/// From how many donations on somebody is honoured: national rules and those of provinces, with their days and marks.
#[utoipa::path(tag = "blood-honours", responses((status = 200, body = Vec<BloodHonourThresholdOut>), Own))]
#[get("/blood-honour-thresholds")]
pub async fn list_blood_honour_thresholds(desk: Desk) -> Answer<Vec<BloodHonourThresholdOut>> {
    desk.read(|v| Ok(thresholds::all(v)?)).await.map(Reply::ok)
}

/// Enter a province's own rule, as those who organise it. Sent again, it is entered once.
#[utoipa::path(
    tag = "blood-honours", request_body = BloodHonourThresholdIn,
    responses(
        (status = 201, body = BloodHonourThresholdOut),
        (status = 200, body = BloodHonourThresholdOut, description = "Was entered already"), Writes
    )
)]
#[post("/blood-honour-thresholds")]
pub async fn enter_blood_honour_threshold(
    desk: Desk,
    Body(body): Body<BloodHonourThresholdIn>,
) -> Answer<BloodHonourThresholdOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = thresholds::enter(v, &new)?;
        Ok((thresholds::one(v, new.id)?, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// End a province's own rule, from today on.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The threshold"), Key),
    responses((status = 200, body = BloodHonourThresholdOut), Decides)
)]
#[post("/blood-honour-thresholds/{id}/ending")]
pub async fn end_blood_honour_threshold(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodHonourThresholdOut> {
    let id = id.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        thresholds::end(v, id)?;
        Ok(thresholds::one(v, id)?)
    };
    desk.once("blood-honour-threshold/ending", id.to_string(), end).await
}

/// The honours of a chapter as a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct BloodHonoursDownload(Vec<u8>);

/// Whose honours, and as what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodHonoursFileQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// `CSV` or `XLSX`.
    #[param(inline)]
    form: TableForm,
}

/// The honours of a chapter as a file, for those who see its donors. Noted in the audit trail.
///
/// Those whose data may not be used are left out.
#[utoipa::path(
    tag = "blood-honours", params(BloodHonoursFileQuery),
    responses((status = 200, description = "The file", content(
        (BloodHonoursDownload = "text/csv"),
        (BloodHonoursDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )), Records)
)]
#[get("/blood-honours/file")]
pub async fn download_blood_honours(
    desk: Desk,
    lang: Lang,
    Query(query): Query<BloodHonoursFileQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.clone();
    let begin = move |v: &mut Visit<'_>| -> Result<(String, String), Problem> {
        let (here, place) = v.see_code::<SeeBlood>(&asked.chapter)?;
        exports::begin(v, &here, asked.form.name())?;
        Ok((place.code, place.short_name))
    };
    let (code, name) = desk.tx(begin).await?;
    let (sheet, title) = match lang {
        Lang::En => ("Honours", format!("Donors of blood honoured – {name}")),
        Lang::Vi => ("Tôn vinh", format!("Danh sách tôn vinh người hiến máu – {name}")),
    };
    let file = TableFile { form: query.form, lang, code, stem: "ton-vinh-hien-mau", columns: &COLUMNS, sheet, title };
    let write = move |v: &mut Visit<'_>, out: &mut Sink<'_>| -> Result<(), Problem> {
        let (here, _) = v.see_code::<SeeBlood>(&query.chapter)?;
        Ok(exports::write(v, &here, lang, out)?)
    };
    desk.table(file, write).await
}

/// Of which chapter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodHonoursRecountIn {
    /// Code of the chapter whose honours are counted again.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
}

/// Count the honours of a chapter again now, and withdraw those for which too few donations stand; by itself it is done each night.
#[utoipa::path(
    tag = "blood-honours", params(Key), request_body = BloodHonoursRecountIn,
    responses((status = 200, body = BloodHonoursRecountedOut), Writes)
)]
#[post("/blood-honours/recount")]
pub async fn recount_blood_honours(desk: Desk, Body(body): Body<BloodHonoursRecountIn>) -> Answer<BloodHonoursRecountedOut> {
    let content = body.chapter.clone();
    let count = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (counted, withdrawn) = propose::count_again(v, &body.chapter)?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(BloodHonoursRecountedOut { counted: number(counted), withdrawn: number(withdrawn) })
    };
    desk.once("blood-honours/recount", content, count).await
}

/// Propose everybody of a chapter who has reached a threshold and was not proposed for it, as those who keep its donors.
///
/// At most 500 on one list, those who gave most often first. A second person of the chapter approves; where a level above decides, somebody
/// there does then. Sent again, it is proposed once.
#[utoipa::path(
    tag = "blood-honours", request_body = BloodHonoursIn,
    responses((status = 201, body = BloodHonoursOut), (status = 200, body = BloodHonoursOut, description = "Was proposed already"), Writes)
)]
#[post("/blood-honours")]
pub async fn propose_blood_honours(desk: Desk, Body(body): Body<BloodHonoursIn>) -> Answer<BloodHonoursOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let propose = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = propose::propose(v, &new)?;
        Ok((show::list(v, new.id)?, made))
    };
    desk.tx(propose).await.map(Reply::made)
}

/// The lists that a chapter proposed, the oldest first. They name nobody.
#[utoipa::path(tag = "blood-honours", params(OfChapter), responses((status = 200, body = Page<BloodHonoursOut>), Lists))]
#[get("/blood-honours")]
pub async fn list_blood_honours(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<BloodHonoursOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.proposed_at, row.id),
        |v, rows| Ok(show::lists(v, rows)?),
    )
    .await
}

/// One list. It names nobody.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The list")),
    responses((status = 200, body = BloodHonoursOut), Reads)
)]
#[get("/blood-honours/{id}")]
pub async fn show_blood_honours(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodHonoursOut> {
    desk.read(move |v| Ok(show::list(v, *id)?)).await.map(Reply::ok)
}

/// Which part of a list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfBloodHonours {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Who is on a list, for those who see the chapter's donors, and for who decides while it waits. Each page is noted in the audit trail.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The list"), OfBloodHonours),
    responses((status = 200, body = Page<BloodHonourOut>), Records)
)]
#[get("/blood-honours/{id}/honours")]
pub async fn list_blood_honoured(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<OfBloodHonours>,
) -> Answer<Page<BloodHonourOut>> {
    let paging: Paging<Uuid, Uuid> = Paging::of(*id, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<BloodHonourOut>()?;
        let rows = show::page(v, paging.filter, &span)?;
        let shown = |rows| Ok::<_, Problem>(show::honours(v, rows)?);
        paging.page(rows, |row| row.id, shown)
    };
    desk.tx(list).await.map(Reply::ok)
}

async fn decided(desk: Desk, step: &'static str, id: Uuid, verdict: Verdict) -> Answer<BloodHonoursOut> {
    let decide = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        propose::decide(v, id, verdict)?;
        Ok(show::list(v, id)?)
    };
    desk.once(step, id.to_string(), decide).await
}

/// Approve as the second person, or decide at the level that awards. Who has reached the threshold no more is left out.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The list"), Key),
    responses((status = 200, body = BloodHonoursOut), Decides)
)]
#[post("/blood-honours/{id}/approval")]
pub async fn approve_blood_honours(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodHonoursOut> {
    decided(desk, "blood-honours/approval", *id, Verdict::Approve).await
}

/// Refuse as the second person, or at the level that awards.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The list"), Key),
    responses((status = 200, body = BloodHonoursOut), Decides)
)]
#[post("/blood-honours/{id}/refusal")]
pub async fn refuse_blood_honours(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodHonoursOut> {
    decided(desk, "blood-honours/refusal", *id, Verdict::Refuse).await
}

/// Withdraw a list at the chapter that proposed it.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The list"), Key),
    responses((status = 200, body = BloodHonoursOut), Decides)
)]
#[post("/blood-honours/{id}/withdrawal")]
pub async fn withdraw_blood_honours(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodHonoursOut> {
    decided(desk, "blood-honours/withdrawal", *id, Verdict::Withdraw).await
}

/// Record that a donor who was honoured agrees to be named in public.
#[utoipa::path(
    tag = "blood-honours",
    params(("id" = Uuid, Path, description = "The list"), ("honour" = Uuid, Path, description = "Somebody on it")),
    request_body = BloodHonourNameIn,
    responses((status = 201, body = BloodHonourOut), (status = 200, body = BloodHonourOut, description = "Was recorded already"), Writes)
)]
#[post("/blood-honours/{id}/honours/{honour}/name")]
pub async fn show_blood_honour_name(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<BloodHonourNameIn>,
) -> Answer<BloodHonourOut> {
    let (id, honour) = path.into_inner();
    let agreed = body.check(desk.today()).map_err(Problem::invalid)?;
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = naming::show(v, id, honour, &agreed)?;
        Ok((show::honour(v, id, honour)?, made))
    };
    desk.tx(show).await.map(Reply::made)
}

/// Take the name away again: its bearer agrees no longer. The honour stands.
#[utoipa::path(
    tag = "blood-honours",
    params(("id" = Uuid, Path, description = "The list"), ("honour" = Uuid, Path, description = "Somebody on it"), Key),
    responses((status = 200, body = BloodHonourOut), Decides)
)]
#[post("/blood-honours/{id}/honours/{honour}/name/withdrawal")]
pub async fn withdraw_blood_honour_name(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<BloodHonourOut> {
    let (id, honour) = path.into_inner();
    let withdraw = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        naming::withdraw(v, id, honour)?;
        Ok(show::honour(v, id, honour)?)
    };
    desk.once("blood-honours/name/withdrawal", format!("{id}\0{honour}"), withdraw).await
}
