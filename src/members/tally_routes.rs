//! `/api/v1/member-counts/chapters`: members chapter by chapter.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::routes::CountsQuery;
use super::tallies::{self, MembersByChapter};
use crate::authz::Desk;
use crate::http::sets::Lists;
use crate::http::{Answer, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(count_members_by_chapter);
}

/// Members on a day by chapter and kind, for those who read the chapter's books: counts, and no person.
///
/// The answer for a day that is over is the same for ever.
#[utoipa::path(tag = "members", params(CountsQuery), responses((status = 200, body = MembersByChapter), Lists))]
#[get("/member-counts/chapters")]
pub async fn count_members_by_chapter(desk: Desk, Query(query): Query<CountsQuery>) -> Answer<MembersByChapter> {
    desk.read(move |v| Ok(tallies::of(v, &query.chapter, query.on)?)).await.map(Reply::ok)
}
