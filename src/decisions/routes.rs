//! `/api/v1/decisions`: what waits for a second person.

use actix_web::http::header::{CONTENT_LANGUAGE, VARY};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::inbox::{self, WaitingDecision};
use super::rules::{self, DecisionRuleIn, DecisionRuleOut};
use super::store::Row;
use super::waiting::Position;
use crate::authz::{Desk, Read, Seen, Visit};
use crate::house::Rooms;
use crate::http::sets::{Key, Reads, Records};
use crate::http::{Answer, Body, Lang, OfChapter, Page, Problem, Query, Reply, Span};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_decisions).service(list_decision_rules).service(set_decision_rule);
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

/// Whose chains.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RulesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
}

/// The chains that hold, or will hold, for what a chapter asks for: its own and those of the chapters above, the nearest first.
#[utoipa::path(tag = "decisions", params(RulesQuery), responses((status = 200, body = Vec<DecisionRuleOut>), Reads))]
#[get("/decision-rules")]
pub async fn list_decision_rules(desk: Desk, Query(query): Query<RulesQuery>) -> Answer<Vec<DecisionRuleOut>> {
    let rules = desk.read(move |v| {
        let (here, _) = v.see_code::<Read>(&query.chapter)?;
        Ok(rules::of_chapter(v, &here)?)
    });
    Ok(Reply::ok(rules.await?))
}

/// Set who approves a matter from an amount on, one after the other, from a later day on.
///
/// It holds for requests made from that day on; what waits keeps its chain. Set by those who appoint and keep no books.
#[utoipa::path(
    tag = "decisions", request_body = DecisionRuleIn, params(Key),
    responses((status = 200, body = DecisionRuleOut), Records)
)]
#[post("/decision-rules")]
pub async fn set_decision_rule(desk: Desk, rooms: web::Data<Rooms>, Body(body): Body<DecisionRuleIn>) -> Answer<DecisionRuleOut> {
    let content = format!("{body:?}");
    let new = body.check(**rooms, desk.today()).map_err(Problem::invalid)?;
    desk.once("decision-rule", content, move |v| rules::set(v, &new)).await
}
