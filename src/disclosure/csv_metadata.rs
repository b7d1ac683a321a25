//! What programs are told of `ledger.csv`, at fixed addresses: which columns are text and which are numbers.

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel::pg::PgConnection;

use super::columns::{self, Described};
use super::{CACHE_CONTROL, answer};
use crate::db::Db;
use crate::giving::appeals as store;
use crate::giving::model::AppealState;
use crate::http::Problem;
use crate::http::sets::Shows;

/// Code and title of an appeal that the public may know of.
pub(super) fn described(conn: &mut PgConnection, code: &str) -> Result<(String, String), Problem> {
    let row = store::find(conn, code)?.filter(|row| row.state != AppealState::Draft.name()).ok_or_else(Problem::not_found)?;
    Ok((row.code, row.title))
}

async fn about(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    make: fn(&Described<'_>) -> serde_json::Value,
) -> Result<HttpResponse, Problem> {
    let (code, title) = db.read_public(move |conn| described(conn, &code)).await?;
    answer(&request, &make(&Described { code: &code, title: &title }), CACHE_CONTROL)
}

/// The columns of every `ledger.csv` as a Table Schema (Frictionless).
#[utoipa::path(tag = "public", responses((status = 200, body = serde_json::Value), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/ledger.schema.json")]
pub async fn show_ledger_schema(request: HttpRequest) -> Result<HttpResponse, Problem> {
    answer(&request, &columns::table_schema(), CACHE_CONTROL)
}

/// An appeal's `ledger.csv` as a Data Package (Frictionless), with the Table Schema of its columns.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026")),
    responses((status = 200, body = serde_json::Value), Shows), security(())
)]
#[get("/appeals/{code}/datapackage.json")]
pub async fn show_ledger_package(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    about(request, code, db, columns::data_package).await
}

/// An appeal's `ledger.csv` described as CSV on the Web (W3C).
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026")),
    responses((status = 200, body = serde_json::Value), Shows), security(())
)]
#[get("/appeals/{code}/ledger.csv-metadata.json")]
pub async fn show_ledger_csvw(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    about(request, code, db, columns::csvw).await
}
