//! `/api/v1/deadline-changes`: days of open requests that were counted anew when a rule or the calendar was corrected.
//!
//! The person was told the old day. Whoever answers for the chapter sees here what changed, and tells them the new one.

use actix_web::get;
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::authz::{Desk, Read, Seen};
use crate::db::DbError;
use crate::db::schema::{deadline_change, personal_data_request};
use crate::http::sets::Lists;
use crate::http::{Answer, Page, Paging, Query, Span};

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

fn changes(conn: &mut PgConnection, here: &Seen<Read>, span: Span<i64>) -> Result<Vec<DeadlineChangeOut>, DbError> {
    use deadline_change as c;
    use personal_data_request as r;
    let concerns = diesel::dsl::sql::<Bool>(
        "EXISTS (SELECT FROM personal_data_request_chapter p JOIN chapter_ancestor a ON a.chapter_id = p.chapter_id
                 WHERE p.request_id = deadline_change.request_id AND a.ancestor_id = ",
    )
    .bind::<diesel::sql_types::Uuid, _>(here.chapter().0)
    .sql(")");
    Ok(c::table
        .inner_join(r::table.on(r::id.eq(c::request_id)))
        .filter(concerns)
        .filter(c::id.gt(span.after.unwrap_or(0)))
        .order(c::id)
        .limit(span.rows)
        .select((c::id, c::request_id, r::kind, r::received_on, c::what, c::before_on, c::after_on))
        .load(conn)?)
}

/// Days of requests within reach that were counted anew because a rule or the calendar was corrected.
#[utoipa::path(
    tag = "personal-data", params(DeadlineChangesQuery), responses((status = 200, body = Page<DeadlineChangeOut>), Lists)
)]
#[get("/deadline-changes")]
pub async fn list_deadline_changes(desk: Desk, Query(query): Query<DeadlineChangesQuery>) -> Answer<Page<DeadlineChangeOut>> {
    let DeadlineChangesQuery { chapter, limit, cursor } = query;
    let paging = Paging::of(chapter, limit, cursor.as_deref())?;
    desk.list_of_chapter(paging, |v, here: &Seen<Read>, span| Ok(changes(v.conn, here, span)?), |row| row.id, |_, rows| Ok(rows))
        .await
}
