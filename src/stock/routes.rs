//! `/api/v1/stock`: the catalogue, places, lots, levels, movements; adjustments and counts.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::adjust_in::{AdjustmentIn, CountIn};
use super::adjust_wire::{self, AdjustmentOut, CountOut};
use super::places::{self, PlacementIn, StoreIn, StoreOut};
use super::read::{self, LevelOut, LotOut, LotsOf, MovementOut};
use super::{adjust, adjust_store, catalog, count};
use crate::authz::{Desk, Read, Seen};
use crate::basics::clock::vietnam_date;
use crate::basics::fold;
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Reads, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, Query, Reply};
use crate::tree::ChapterId;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_stock_items)
        .service(make_store)
        .service(list_stores)
        .service(list_lots)
        .service(show_lot)
        .service(place_lot)
        .service(list_levels)
        .service(list_movements)
        .service(request_adjustment)
        .service(list_adjustments)
        .service(show_adjustment)
        .service(approve_adjustment)
        .service(refuse_adjustment)
        .service(withdraw_adjustment)
        .service(record_count)
        .service(list_counts)
        .service(show_count);
}

/// An item of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockItemOut {
    #[schema(example = "RICE")]
    pub code: String,
    #[schema(example = "Gạo")]
    pub name: String,
    #[schema(example = "Rice")]
    pub name_en: String,
    /// What it is counted in.
    pub units: Vec<String>,
    /// Those that come in whole numbers.
    pub counted_units: Vec<String>,
}

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemsQuery {
    /// Part of a name, with or without marks, or of a code.
    #[param(example = "gao", max_length = 60)]
    q: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The catalogue of goods, by code.
#[utoipa::path(tag = "stock", params(ItemsQuery), responses((status = 200, body = Page<StockItemOut>), Lists))]
#[get("/stock/items")]
pub async fn list_stock_items(desk: Desk, Query(query): Query<ItemsQuery>) -> Answer<Page<StockItemOut>> {
    let paging: Paging<String, String> =
        Paging::of(fold(query.q.as_deref().unwrap_or_default().trim()), query.limit, query.cursor.as_deref())?;
    desk.list(
        paging,
        |v, q, span| {
            let after = span.after.unwrap_or_default();
            let fits = |item: &catalog::Item| item.code > after && item.is_called(q);
            let most = usize::try_from(span.rows).unwrap_or_default();
            Ok(catalog::catalogue(v.conn)?.into_iter().filter(fits).take(most).collect())
        },
        |item| item.code.clone(),
        |_, items| {
            let show = |item: catalog::Item| StockItemOut {
                code: item.code,
                name: item.name,
                name_en: item.name_en,
                units: item.units,
                counted_units: item.counted_units,
            };
            Ok(items.into_iter().map(show).collect())
        },
    )
    .await
}

/// Register a place where a chapter keeps goods.
#[utoipa::path(
    tag = "stock", request_body = StoreIn,
    responses((status = 201, body = StoreOut), (status = 200, body = StoreOut, description = "Was registered already"), Records)
)]
#[post("/stock/stores")]
pub async fn make_store(desk: Desk, Body(body): Body<StoreIn>) -> Answer<StoreOut> {
    desk.tx(move |v| Ok(places::register(v, &body)?)).await.map(Reply::made)
}

/// Places where a chapter keeps goods.
#[utoipa::path(tag = "stock", params(OfChapter), responses((status = 200, body = Page<StoreOut>), Reads))]
#[get("/stock/stores")]
pub async fn list_stores(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<StoreOut>> {
    let list = |v: &mut crate::authz::Visit<'_>, here: &Seen<Read>, span| Ok(places::list(v.conn, here, span)?);
    desk.list_of_chapter(query.paging()?, list, |row| row.id, |v, rows| Ok(places::shown(v.conn, rows)?)).await
}

/// Which lots.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Catalogue code.
    #[param(example = "RICE")]
    item: Option<String>,
    /// Empty lots as well.
    all: Option<bool>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A chapter's lots, by item.
#[utoipa::path(tag = "stock", params(LotsQuery), responses((status = 200, body = Page<LotOut>), Reads))]
#[get("/stock/lots")]
pub async fn list_lots(desk: Desk, Query(query): Query<LotsQuery>) -> Answer<Page<LotOut>> {
    let of = LotsOf { chapter: query.chapter, item: query.item, all: query.all.unwrap_or_default() };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            Ok(read::lots(v.conn, &here, of, span)?)
        },
        |row| (row.item.clone(), row.id),
        |v, rows| Ok(read::lots_shown(v.conn, rows)?),
    )
    .await
}

/// One lot.
#[utoipa::path(tag = "stock", params(("id" = Uuid, Path, description = "The lot")), responses((status = 200, body = LotOut), Reads))]
#[get("/stock/lots/{id}")]
pub async fn show_lot(desk: Desk, id: web::Path<Uuid>) -> Answer<LotOut> {
    desk.read(move |v| {
        let row = read::lot(v.conn, *id)?.ok_or_else(Problem::not_found)?;
        v.see::<Read>(ChapterId(row.chapter_id))?;
        read::lots_shown(v.conn, vec![row])?.pop().ok_or_else(Problem::not_found)
    })
    .await
    .map(Reply::ok)
}

/// Say where a lot is kept and until when it is good; what is left out is not known any more.
#[utoipa::path(
    tag = "stock", params(("id" = Uuid, Path, description = "The lot"), Key), request_body = PlacementIn,
    responses((status = 200, body = LotOut), Records)
)]
#[post("/stock/lots/{id}/placement")]
pub async fn place_lot(desk: Desk, id: web::Path<Uuid>, Body(body): Body<PlacementIn>) -> Answer<LotOut> {
    let content = format!("{id} {:?} {:?}", body.expires_on, body.store);
    desk.once("stock-lot/placement", content, move |v| {
        let row = places::place(v, *id, &body)?;
        read::lots_shown(v.conn, vec![row])?.pop().ok_or_else(Problem::not_found)
    })
    .await
}

/// What a chapter has in stock, by fund and item, and what of it expires soon.
#[utoipa::path(tag = "stock", params(OfChapter), responses((status = 200, body = Page<LevelOut>), Reads))]
#[get("/stock/levels")]
pub async fn list_levels(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<LevelOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(read::levels(v.conn, here, vietnam_date(v.now), span)?),
        |row| (row.0, row.1.clone(), row.2.clone()),
        |v, rows| Ok(read::levels_shown(v.conn, rows)?),
    )
    .await
}

/// Which lot.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MovementsQuery {
    /// The lot.
    lot: Uuid,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What came to a lot and what left it, oldest first.
#[utoipa::path(tag = "stock", params(MovementsQuery), responses((status = 200, body = Page<MovementOut>), Reads))]
#[get("/stock/movements")]
pub async fn list_movements(desk: Desk, Query(query): Query<MovementsQuery>) -> Answer<Page<MovementOut>> {
    desk.list(
        Paging::of(query.lot, query.limit, query.cursor.as_deref())?,
        |v, lot, span| {
            let row = read::lot(v.conn, *lot)?.ok_or_else(Problem::not_found)?;
            let here = v.see::<Read>(ChapterId(row.chapter_id))?;
            Ok(read::movements(v.conn, &here, *lot, span)?)
        },
        |row| (row.0, row.1, row.2),
        |v, rows| Ok(read::movements_shown(v.conn, rows)?),
    )
    .await
}

/// Ask a second person to adjust what is in stock: goods lost, spoiled, past their day or found.
#[utoipa::path(
    tag = "stock", request_body = AdjustmentIn,
    responses((status = 201, body = AdjustmentOut), (status = 200, body = AdjustmentOut, description = "Was asked already"), Writes)
)]
#[post("/stock/adjustments")]
pub async fn request_adjustment(desk: Desk, Body(body): Body<AdjustmentIn>) -> Answer<AdjustmentOut> {
    let ask = body.check().map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(adjust::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's adjustments, oldest first.
#[utoipa::path(tag = "stock", params(OfChapter), responses((status = 200, body = Page<AdjustmentOut>), Reads))]
#[get("/stock/adjustments")]
pub async fn list_adjustments(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<AdjustmentOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(adjust_store::list(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(adjust_wire::shown(v.conn, rows)?),
    )
    .await
}

/// One adjustment.
#[utoipa::path(
    tag = "stock", params(("id" = Uuid, Path, description = "The adjustment")),
    responses((status = 200, body = AdjustmentOut), Reads)
)]
#[get("/stock/adjustments/{id}")]
pub async fn show_adjustment(desk: Desk, id: web::Path<Uuid>) -> Answer<AdjustmentOut> {
    desk.read(move |v| Ok(adjust::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve an adjustment as the second person: the lots and the books are adjusted.
#[utoipa::path(
    tag = "stock", params(("id" = Uuid, Path, description = "The adjustment"), Key),
    responses((status = 200, body = AdjustmentOut), Decides)
)]
#[post("/stock/adjustments/{id}/approval")]
pub async fn approve_adjustment(desk: Desk, id: web::Path<Uuid>) -> Answer<AdjustmentOut> {
    desk.once("stock-adjustment/approval", id.to_string(), move |v| Ok(adjust::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse an adjustment as the second person: nothing is booked.
#[utoipa::path(
    tag = "stock", params(("id" = Uuid, Path, description = "The adjustment"), Key),
    responses((status = 200, body = AdjustmentOut), Decides)
)]
#[post("/stock/adjustments/{id}/refusal")]
pub async fn refuse_adjustment(desk: Desk, id: web::Path<Uuid>) -> Answer<AdjustmentOut> {
    desk.once("stock-adjustment/refusal", id.to_string(), move |v| Ok(adjust::decide(v, *id, Verdict::Refuse)?)).await
}

/// Withdraw an adjustment while it waits: it was wrong, and is asked for anew under another id.
#[utoipa::path(
    tag = "stock", params(("id" = Uuid, Path, description = "The adjustment"), Key),
    responses((status = 200, body = AdjustmentOut), Decides)
)]
#[post("/stock/adjustments/{id}/withdrawal")]
pub async fn withdraw_adjustment(desk: Desk, id: web::Path<Uuid>) -> Answer<AdjustmentOut> {
    desk.once("stock-adjustment/withdrawal", id.to_string(), move |v| Ok(adjust::decide(v, *id, Verdict::Withdraw)?)).await
}

/// Take down what was counted, lot by lot; what differs from the books is proposed as adjustments, one a fund.
#[utoipa::path(
    tag = "stock", request_body = CountIn,
    responses((status = 201, body = CountOut), (status = 200, body = CountOut, description = "Was taken down already"), Writes)
)]
#[post("/stock/counts")]
pub async fn record_count(desk: Desk, Body(body): Body<CountIn>) -> Answer<CountOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(count::record(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's counts, oldest first.
#[utoipa::path(tag = "stock", params(OfChapter), responses((status = 200, body = Page<CountOut>), Reads))]
#[get("/stock/counts")]
pub async fn list_counts(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CountOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(adjust_store::list_counts(v.conn, here, span)?),
        |row| (row.counted_at, row.id),
        |v, rows| Ok(adjust_wire::counts_shown(v.conn, rows)?),
    )
    .await
}

/// One count.
#[utoipa::path(tag = "stock", params(("id" = Uuid, Path, description = "The count")), responses((status = 200, body = CountOut), Reads))]
#[get("/stock/counts/{id}")]
pub async fn show_count(desk: Desk, id: web::Path<Uuid>) -> Answer<CountOut> {
    desk.read(move |v| Ok(count::show(v, *id)?)).await.map(Reply::ok)
}
