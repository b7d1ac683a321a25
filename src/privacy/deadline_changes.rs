//! `/api/v1/deadline-changes`: days of open requests that were counted anew when a rule or the calendar was corrected.
//!
//! The person was told the old day. Whoever answers for the chapter sees here what changed, and tells them the new one.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::authz::{self, Actor, Read};
use crate::basics::Clock;
use crate::db::schema::{deadline_change, personal_data_request};
use crate::db::{Db, DbError};
use crate::http::answers::{AnyProblem, Invalid, NotFound, Unauthorized};
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::tree;

/// A day that changed.
#[derive(Debug, Serialize, ToSchema, Queryable)]
pub struct DeadlineChangeOut {
    #[serde(skip)]
    id: i64,
    /// The request's `id`.
    request: Uuid,
    #[schema(example = "CORRECT")]
    kind: String,
    received_on: NaiveDate,
    /// `ANSWER_DUE` or `DUE_ON`: the day was counted anew. `EXTENSION`: it was extended by more than the law allows; the day
    /// the person was told stands.
    #[schema(example = "DUE_ON")]
    what: String,
    /// The day as it was written down.
    before: NaiveDate,
    /// The day by the law.
    after: NaiveDate,
}

/// Whose requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineChangesQuery {
    /// Code of a chapter: requests that concern it or a chapter below it.
    #[param(example = "68")]
    chapter: String,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn changes(conn: &mut PgConnection, chapter: Uuid, after: i64, limit: i64) -> Result<Vec<DeadlineChangeOut>, DbError> {
    use deadline_change as c;
    use personal_data_request as r;
    let here = diesel::dsl::sql::<Bool>(
        "EXISTS (SELECT FROM personal_data_request_chapter p JOIN chapter_ancestor a ON a.chapter_id = p.chapter_id
                 WHERE p.request_id = deadline_change.request_id AND a.ancestor_id = ",
    )
    .bind::<diesel::sql_types::Uuid, _>(chapter)
    .sql(")");
    Ok(c::table
        .inner_join(r::table.on(r::id.eq(c::request_id)))
        .filter(here)
        .filter(c::id.gt(after))
        .order(c::id)
        .limit(limit)
        .select((c::id, c::request_id, r::kind, r::received_on, c::what, c::before_on, c::after_on))
        .load(conn)?)
}

/// Days of requests within reach that were counted anew because a rule or the calendar was corrected.
#[utoipa::path(tag = "personal-data", params(DeadlineChangesQuery), responses((status = 200, body = Page<DeadlineChangeOut>), (status = 401, response = Unauthorized),
    (status = 404, response = NotFound), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[get("/deadline-changes")]
pub async fn list_deadline_changes(
    actor: Actor,
    Query(query): Query<DeadlineChangesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let DeadlineChangesQuery { chapter, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let after = Cursor::<i64>::decode(cursor.as_deref(), &chapter)?.map_or(0, |c| c.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<DeadlineChangeOut>, Problem> {
            authz::authenticate(conn, now, actor)?;
            let here = tree::place(conn, &chapter)?.ok_or_else(Problem::not_found)?;
            authz::require::<Read>(conn, now, actor, here.id)?;
            let rows = changes(conn, here.id.0, after, limit + 1)?;
            Ok(Page::of(rows, limit, &chapter, |row| row.id, |row| row))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
