//! `/api/v1/public/appeals` and the item catalogue.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use crate::giving::appeals::of_memo;

use super::held::{HeldAndOpen, Of};
use super::totals::{Sum, TotalsOut};
use super::{CACHE_CONTROL, CACHE_CONTROL_LIST, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::chapters::reference::CENTRAL;
use crate::db::Db;
use crate::giving::appeal_shown::AppealOut;
use crate::giving::appeals as store;
use crate::giving::model::AppealState;
use crate::http::sets::{Filters, Shows};
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::ledger::totals;
use crate::{stock, tree};

/// Which appeals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AppealsQuery {
    /// `OPEN` or `CLOSED`; both unless given.
    #[param(inline)]
    state: Option<AppealState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of appeals, by code: what the API and the portal show.
pub fn list(
    conn: &mut PgConnection,
    state: Option<AppealState>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AppealOut>, Problem> {
    let after = Cursor::<String>::decode(cursor, &state)?.map(|c| c.last);
    let rows = store::list(conn, state, after.as_deref(), limit + 1)?;
    Ok(Page::of(rows, limit, &state, |row| row.code.clone(), AppealOut::from))
}

/// What all appeals received so far, by code; those that received nothing are absent.
pub fn received(conn: &mut PgConnection) -> Result<HashMap<String, Sum>, Problem> {
    let country = tree::place(conn, CENTRAL)?.ok_or_else(Problem::not_found)?;
    let mut sums: HashMap<String, Sum> = HashMap::new();
    for (_, row) in totals::received_of_scopes(conn, &[country.id.0], None)? {
        if let Some(appeal) = row.appeal.clone() {
            sums.entry(appeal).or_default().add_received(&row);
        }
    }
    Ok(sums)
}

/// Appeals, by code. Drafts are not public.
#[utoipa::path(
    tag = "public", params(AppealsQuery), responses((status = 200, body = Page<AppealOut>), Filters), security(()),
    operation_id = "list_public_appeals"
)]
#[get("/appeals")]
pub async fn list_appeals(
    request: HttpRequest,
    Query(query): Query<AppealsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let AppealsQuery { state, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let page = db.read_public(move |conn| list(conn, state, cursor.as_deref(), limit)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// An appeal with what it received so far, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealDetail {
    #[serde(flatten)]
    pub appeal: AppealOut,
    pub totals: TotalsOut,
    /// Goods in stock, advances that are not cleared, transfers that nobody has confirmed.
    pub held: HeldAndOpen,
}

/// An appeal by its code. Drafts are not public.
fn public(conn: &mut PgConnection, code: &str) -> Result<Option<store::AppealRow>, Problem> {
    Ok(store::find(conn, code)?.filter(|row| row.state != AppealState::Draft.name()))
}

/// Whether there is such an appeal, as far as the public knows.
pub fn is_public(conn: &mut PgConnection, code: &str) -> Result<bool, Problem> {
    Ok(public(conn, code)?.is_some())
}

/// What an appeal is called; `None` for a draft, and where there is none.
pub fn title(conn: &mut PgConnection, code: &str) -> Result<Option<String>, Problem> {
    Ok(public(conn, code)?.map(|row| row.title))
}

/// One appeal with its totals, and what is held of it.
pub fn detail(conn: &mut PgConnection, code: &str, today: NaiveDate) -> Result<AppealDetail, Problem> {
    let row = public(conn, code)?.ok_or_else(Problem::not_found)?;
    let country = tree::place(conn, CENTRAL)?.ok_or_else(Problem::not_found)?;
    let totals = TotalsOut::read(conn, CENTRAL, country.id.0, Some(&row.code))?;
    let held = HeldAndOpen::read(conn, Of::Appeal(&row.code), &totals, today)?;
    Ok(AppealDetail { appeal: row.into(), totals, held })
}

/// One appeal.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026")),
    responses((status = 200, body = AppealDetail), Shows), security(()), operation_id = "show_public_appeal"
)]
#[get("/appeals/{code}")]
pub async fn show_appeal(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let out = db.read_public(move |conn| detail(conn, &code, today)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// An item of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemOut {
    #[schema(example = "RICE")]
    code: String,
    #[schema(example = "Gạo")]
    name: String,
    #[schema(example = "Rice")]
    name_en: String,
    /// Units it comes in.
    units: Vec<String>,
    /// Those of them that are counted, in whole numbers; the others may have decimals.
    counted_units: Vec<String>,
}

/// The catalogue of goods, whole.
#[utoipa::path(tag = "public", responses((status = 200, body = Vec<ItemOut>), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/items")]
pub async fn list_items(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let items = db.read_public(|conn| -> Result<_, Problem> { Ok(stock::catalogue(conn)?) }).await?;
    let items: Vec<ItemOut> = items
        .into_iter()
        .map(|item| ItemOut {
            code: item.code,
            name: item.name,
            name_en: item.name_en,
            units: item.units,
            counted_units: item.counted_units,
        })
        .collect();
    answer(&request, &items, CACHE_CONTROL)
}
