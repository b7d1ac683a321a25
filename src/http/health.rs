//! `/healthz`: the process answers. `/readyz`: the database does too.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::db::Db;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// The process is alive.
#[utoipa::path(tag = "operations", responses((status = 200, body = Health), (status = "default", response = super::answers::AnyProblem)), security(()))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// The server can do its work.
#[utoipa::path(tag = "operations", responses((status = 200, body = Health), (status = "default", response = super::answers::AnyProblem)), security(()))]
#[get("/readyz")]
pub async fn readyz(db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    db.read(|conn| -> Result<(), Problem> { Ok(diesel::RunQueryDsl::execute(diesel::sql_query("SELECT 1"), conn).map(|_| ())?) })
        .await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
