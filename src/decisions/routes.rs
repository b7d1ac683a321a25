//! `/api/v1/decisions`: what waits for a second person.

use actix_web::http::header::{CONTENT_LANGUAGE, VARY};
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::inbox::{self, WaitingDecision};
use super::store::{Position, Row};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::house::Rooms;
use crate::http::sets::Reads;
use crate::http::{Answer, Lang, OfChapter, Page, Problem, Query, Span};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_decisions);
}

/// What waits for a second person at a chapter, over all matters, oldest first.
///
/// Each says what is asked for, who asked and where to decide; who may read the chapter's books sees the list, and `may_decide` says
/// what waits for the reader.
#[utoipa::path(tag = "decisions", params(OfChapter), responses((status = 200, body = Page<WaitingDecision>), Reads))]
#[get("/decisions")]
pub async fn list_decisions(
    desk: Desk,
    lang: Lang,
    Query(query): Query<OfChapter>,
    rooms: web::Data<Rooms>,
) -> Answer<Page<WaitingDecision>> {
    let paging = query.paging::<Position>()?;
    let find = |v: &mut Visit<'_>, here: &Seen<Read>, span: Span<Position>| -> Result<Vec<Row>, Problem> {
        Ok(inbox::waiting(v, here, span)?)
    };
    let position = |row: &Row| (row.asked_at, row.matter.clone(), row.id);
    let shown = move |v: &mut Visit<'_>, rows: Vec<Row>| -> Result<Vec<WaitingDecision>, Problem> {
        Ok(inbox::shown(v, |name| rooms.matter(name), lang, rows)?)
    };
    let page = desk.list_of_chapter(paging, find, position, shown).await?;
    Ok(page.with((CONTENT_LANGUAGE, lang.tag())).with((VARY, "accept-language")))
}
