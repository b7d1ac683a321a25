//! `/api/v1/public/chapters`: the tree with its totals, and finding a chapter by name.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::totals::{Sum, TotalsOut};
use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::Line;
use crate::chapters::reference::CENTRAL;
use crate::chapters::store::{self, ChapterRow};
use crate::db::Db;
use crate::http::{Cursor, Page, Problem, rows_a_page};
use crate::ledger::totals;

/// A chapter in a list, with what it and everything below it received.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterOut {
    #[schema(example = "23095")]
    code: String,
    #[schema(example = "TERRITORIAL")]
    kind: String,
    #[schema(example = "COMMUNE")]
    level: String,
    #[schema(example = "ACTIVE")]
    status: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    name: String,
    #[serde(flatten)]
    received: Sum,
}

/// One chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterDetail {
    #[serde(flatten)]
    chapter: ChapterOut,
    /// Chapters above, central first.
    ancestors: Vec<ChapterRef>,
    /// What the administrative unit is and was called, newest first.
    unit: Vec<UnitVersion>,
    totals: TotalsOut,
}

/// A chapter by code and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterRef {
    code: String,
    name: String,
}

/// One version of an administrative unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitVersion {
    #[schema(example = "Thành phố Đồng Nai")]
    full_name: String,
    #[schema(example = "MUNICIPALITY")]
    kind: String,
    valid_from: NaiveDate,
    /// The day from which the next version holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    resolution: String,
}

fn with_totals(conn: &mut PgConnection, rows: Vec<ChapterRow>) -> Result<Vec<ChapterOut>, Problem> {
    let mut sums: HashMap<uuid::Uuid, TotalsOut> = HashMap::new();
    for (scope, row) in totals::overall_of_scopes(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())? {
        sums.entry(scope).or_default().add(&row);
    }
    Ok(rows
        .into_iter()
        .map(|row| ChapterOut {
            received: sums.get(&row.id).map(|totals| totals.received).unwrap_or_default(),
            code: row.code,
            kind: row.kind,
            level: row.level,
            status: row.status,
            name: row.name,
        })
        .collect())
}

/// Which chapters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChaptersQuery {
    /// Words of the name, with or without accents.
    #[param(example = "ham liem", max_length = 100)]
    q: Option<String>,
    /// Code of the chapter whose children to list; the central one unless given. Not together with `q`.
    #[param(example = "68")]
    parent: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The chapters below a chapter, or those whose name fits.
#[utoipa::path(tag = "public", params(ChaptersQuery), responses((status = 200, body = Page<ChapterOut>), (status = 404, response = crate::http::answers::NotFound),
    (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/chapters")]
pub async fn list_chapters(
    request: HttpRequest,
    query: web::Query<ChaptersQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let limit = rows_a_page(query.limit)?;
    let page = match (query.q, query.parent) {
        (Some(_), Some(_)) => return Err(Problem::field("q", "NOT_TOGETHER", "Dùng q hoặc parent.", "Use q or parent.")),
        (Some(q), None) => {
            let q = Line::parse(&q, 100).map_err(|_| {
                Problem::field("q", "NOT_A_LINE", "Một dòng, 1 đến 100 ký tự.", "One line of 1 to 100 characters.")
            })?;
            let after = Cursor::<(i64, String)>::decode(query.cursor.as_deref(), &q.as_str())?.map(|c| c.last);
            db.read_public(move |conn| -> Result<_, Problem> {
                let (ranks, rows): (Vec<i64>, Vec<ChapterRow>) =
                    store::search(conn, q.as_str(), after, limit + 1)?.into_iter().unzip();
                let rows = ranks.into_iter().zip(with_totals(conn, rows)?).collect();
                Ok(Page::of(
                    rows,
                    limit,
                    &q.as_str(),
                    |(rank, row): &(i64, ChapterOut)| (*rank, row.code.clone()),
                    |(_, row)| row,
                ))
            })
            .await?
        }
        (None, parent) => {
            let parent = parent.unwrap_or_else(|| CENTRAL.to_owned());
            let after = Cursor::<String>::decode(query.cursor.as_deref(), &parent)?.map(|c| c.last);
            db.read_public(move |conn| -> Result<_, Problem> {
                let above = store::find(conn, &parent)?.ok_or_else(Problem::not_found)?;
                let rows = store::children(conn, above.id, after.as_deref(), limit + 1)?;
                Ok(Page::of(with_totals(conn, rows)?, limit, &parent, |row: &ChapterOut| row.code.clone(), |row| row))
            })
            .await?
        }
    };
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// One chapter: where it stands, what its unit is called, what it received.
#[utoipa::path(tag = "public", params(("code" = String, Path, example = "23095")), responses((status = 200, body = ChapterDetail),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/chapters/{code}")]
pub async fn show_chapter(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let out = db
        .read_public(move |conn| -> Result<ChapterDetail, Problem> {
            let row = store::find(conn, &code)?.ok_or_else(Problem::not_found)?;
            let ancestors =
                store::ancestors(conn, row.id)?.into_iter().map(|c| ChapterRef { code: c.code, name: c.name }).collect();
            let unit = store::unit_versions(conn, &row.code)?.into_iter().map(|u| UnitVersion {
                full_name: u.full_name,
                kind: u.kind,
                valid_from: u.valid_from,
                valid_to: u.valid_to,
                resolution: u.resolution,
            });
            let mut sums = TotalsOut::new(&row.code, None);
            totals::overall(conn, row.id, None)?.iter().for_each(|total| sums.add(total));
            let chapter = with_totals(conn, vec![row])?.pop().ok_or_else(Problem::not_found)?;
            Ok(ChapterDetail { chapter, ancestors, unit: unit.collect(), totals: sums })
        })
        .await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
