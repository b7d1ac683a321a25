//! `/api/v1/family-links`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::fault::Fault;
use super::model::FamilyLinkState;
use super::out::{FamilyLinkCount, FamilyLinkCounts, FamilyLinkFound, FamilyLinkOut, FamilyNewsOut};
use super::rules::FamilyTextOut;
use super::steps::{self, Done};
use super::store::{self, Wanted};
use super::wire::{FamilyAnswerIn, FamilyFindingIn, FamilyLinkIn, FamilyLinkPatch, FamilyStepIn};
use super::{between_store, find, record, rules, show};
use crate::authz::{Desk, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Key, Own, Reads, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};
use crate::outbox::Ways;
use crate::parties::question::Question;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(record_family_link)
        .service(list_family_links)
        // Before one case, whose id they would be taken for.
        .service(count_family_links)
        .service(list_family_texts)
        .service(show_family_link)
        .service(change_family_link)
        .service(show_family_news)
        .service(enter_family_step)
        .service(record_family_finding)
        .service(answer_family_finding)
        .service(take_family_charge)
        .service(leave_family_charge)
        .service(erase_family_link);
}

/// Which cases to list, or which to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FamilyLinksQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Words of the name of the enquirer or of who is sought, with or without marks, all of them in it; or the last digits of the
    /// enquirer's number, at least four; or both.
    #[param(example = "van tu", min_length = 2, max_length = 100)]
    q: Option<String>,
    /// Only those that stand so; not together with `q`.
    state: Option<FamilyLinkState>,
    /// `true`: only those that go on and had no step for so many days as the rule says; not together with `q`.
    quiet: Option<bool>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Of which chapter to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FamilyCountsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
}

/// Write down a case: who asks, whom they look for, and what they agreed to.
///
/// The case of a child is guarded: somebody speaks for the child, from 7 years on the child agrees too, and one officer alone sees it.
/// Like cases of other chapters are compared at the centre; those of the chapter itself come back as `doubles`.
#[utoipa::path(
    tag = "family-links", request_body = FamilyLinkIn,
    responses((status = 201, body = FamilyLinkOut), (status = 200, body = FamilyLinkOut, description = "Was written down already"), Writes)
)]
#[post("/family-links")]
pub async fn record_family_link(desk: Desk, Body(body): Body<FamilyLinkIn>) -> Answer<FamilyLinkOut> {
    let (clear, given) = body.check(desk.today()).map_err(Problem::invalid)?;
    let (case, version, new) = desk.tx(move |v| Ok(record::record(v, &body, &clear, &given)?)).await?;
    Ok(Reply::made((case, new)).with(version_tag(version)))
}

/// The cases that a chapter holds, in the order in which they were written down, or those of them that `q` fits.
///
/// Every page is noted in the audit trail, without the name that was asked for; an account has 120 looks with `q` an hour, counted with
/// those for persons. Of a guarded case that somebody else is in charge of no names are shown. More than 200 are not found: say more.
#[utoipa::path(tag = "family-links", params(FamilyLinksQuery), responses((status = 200, body = Page<FamilyLinkFound>), Records))]
#[get("/family-links")]
pub async fn list_family_links(desk: Desk, Query(query): Query<FamilyLinksQuery>) -> Answer<Page<FamilyLinkFound>> {
    let question = query.q.as_deref().map(Question::parse).transpose()?;
    if question.is_some() && (query.state.is_some() || query.quiet.is_some()) {
        return Err(together());
    }
    let asked = query.q.as_ref().map(|_| question_hashes(&desk, question.as_ref(), &query.chapter));
    let filter = (query.chapter.clone(), query.state.map(FamilyLinkState::name), query.quiet, asked);
    let paging = Paging::<_, find::At>::of(filter, query.limit, query.cursor.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<Option<_>, Problem> {
        let span = paging.span::<FamilyLinkFound>()?;
        let rows = match &question {
            Some(question) => find::search(v, &query.chapter, question, &span)?,
            None => {
                let wanted = wanted(v, query.state, query.quiet)?;
                Some(find::list(v, &query.chapter, wanted, &span)?)
            }
        };
        // Too many are a look as well, and noted.
        let Some(rows) = rows else { return Ok(None) };
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(show::listed(v, rows)?)).map(Some)
    };
    let found: Option<Page<FamilyLinkFound>> = desk.tx(work).await?;
    let too_many = Fault::TooManyFound { most: find::MOST_FOUND };
    found.map(Reply::ok).ok_or_else(|| too_many.into())
}

/// What a cursor belongs to: nothing that a name could be guessed from.
fn question_hashes(desk: &Desk, question: Option<&Question>, chapter: &str) -> Vec<Vec<i64>> {
    question.map(|question| question.hashes(desk.vault(), chapter)).unwrap_or_default()
}

fn wanted(v: &mut Visit<'_>, state: Option<FamilyLinkState>, quiet: Option<bool>) -> Result<Wanted, Problem> {
    let quiet_since = match quiet {
        // Without a rule nothing is quiet.
        Some(true) => Some(rules::quiet_since(v.conn, v.now, vietnam_date(v.now))?.unwrap_or(DateTime::<Utc>::MIN_UTC)),
        _ => None,
    };
    Ok(Wanted { state, quiet_since })
}

fn together() -> Problem {
    Problem::field(
        "q",
        "NOT_TOGETHER",
        "Tìm theo tên thì không lọc theo tình trạng cùng lúc.",
        "A search by name is not filtered by state at once.",
    )
}

/// How many cases a chapter holds, with all below it, by how they stand: numbers for whoever oversees it, and nobody's name.
#[utoipa::path(
    tag = "family-links", params(FamilyCountsQuery), responses((status = 200, body = FamilyLinkCounts), Reads)
)]
#[get("/family-links/counts")]
pub async fn count_family_links(desk: Desk, Query(query): Query<FamilyCountsQuery>) -> Answer<FamilyLinkCounts> {
    let work = move |v: &mut Visit<'_>| -> Result<FamilyLinkCounts, Problem> {
        let (here, place) = v.see_code::<Read>(&query.chapter)?;
        let counted = between_store::counts(v.conn, &here)?;
        let of = |state: FamilyLinkState| {
            let cases = counted.iter().find(|(name, _)| name == state.name()).map_or(0, |(_, cases)| *cases);
            FamilyLinkCount { state, cases }
        };
        Ok(FamilyLinkCounts { chapter: place.code, counts: FamilyLinkState::ALL.into_iter().map(of).collect() })
    };
    desk.read(work).await.map(Reply::ok)
}

/// The texts that an enquirer, and who is found, agree to.
#[utoipa::path(tag = "family-links", responses((status = 200, body = Vec<FamilyTextOut>), Own))]
#[get("/family-links/texts")]
pub async fn list_family_texts(desk: Desk) -> Answer<Vec<FamilyTextOut>> {
    desk.read(|v| Ok(rules::texts(v.conn)?)).await.map(Reply::ok)
}

/// One case. Each reading is noted in the audit trail, and so is each that is refused.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")), responses((status = 200, body = FamilyLinkOut), Acts)
)]
#[get("/family-links/{id}")]
pub async fn show_family_link(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLinkOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let (case, version) = desk.tx(move |v| Ok(record::show(v, *id)?)).await??;
    Ok(Reply::ok(case).with(version_tag(version)))
}

/// Change what a case says. Send the `ETag` you read as `If-Match`. It is compared with others anew.
#[utoipa::path(
    tag = "family-links",
    params(("id" = Uuid, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = FamilyLinkPatch, responses((status = 200, body = FamilyLinkOut), Writes)
)]
#[patch("/family-links/{id}")]
pub async fn change_family_link(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<FamilyLinkPatch>,
) -> Answer<FamilyLinkOut> {
    let expected = if_match(&request)?;
    let (case, version) = desk.tx(move |v| Ok(record::change(v, *id, &expected, &body)?)).await?;
    Ok(Reply::ok(case).with(version_tag(version)))
}

/// What may be said to the enquirer, and nothing else.
///
/// Nothing of who was found is in it unless they agreed, or have died. That nobody was found, that who was found does not wish contact and
/// that the case was closed for another reason are said in one word. Each reading is noted.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")),
    responses((status = 200, body = FamilyNewsOut), Decides)
)]
#[get("/family-links/{id}/news")]
pub async fn show_family_news(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyNewsOut> {
    let news = desk.tx(move |v| Ok(record::news(v, *id)?)).await??;
    Ok(Reply::ok(news))
}

/// The case as it stands after something was done about it.
fn after(v: &mut Visit<'_>, id: Uuid, done: Done) -> Result<After, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let version = row.version;
    let case = FamilyLinkOut { to_be_called: done.to_be_called, ..show::out(v, row)? };
    Ok(After { case, version, new: done.new })
}

/// See [`after`].
struct After {
    case: FamilyLinkOut,
    version: i32,
    new: bool,
}

/// What is answered to a step that carries an id.
fn made(after: After) -> Reply<FamilyLinkOut> {
    Reply::made((after.case, after.new)).with(version_tag(after.version))
}

/// What is answered to one that carries none.
fn done(reply: Reply<After>) -> Reply<FamilyLinkOut> {
    let (After { case, version, .. }, rest) = reply.split();
    rest.map(|()| case).with(version_tag(version))
}

/// Enter what was done about a case: who was asked, what came back, that it is over.
///
/// When it is over the enquirer is written to that there is something to hear at the chapter, and not what. Where no message can be sent so
/// that nobody else reads it, `to_be_called` says that somebody calls.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")), request_body = FamilyStepIn,
    responses((status = 201, body = FamilyLinkOut), (status = 200, body = FamilyLinkOut, description = "Was entered already"), Writes)
)]
#[post("/family-links/{id}/steps")]
pub async fn enter_family_step(
    desk: Desk,
    ways: web::Data<Ways>,
    id: web::Path<Uuid>,
    Body(body): Body<FamilyStepIn>,
) -> Answer<FamilyLinkOut> {
    let note = body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| {
        let done = steps::enter(v, &ways, *id, &body, note.as_deref())?;
        after(v, *id, done)
    };
    desk.tx(work).await.map(made)
}

/// Enter who was found. The enquirer is told nothing of it before they agree; of who has died they are told.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")), request_body = FamilyFindingIn,
    responses((status = 201, body = FamilyLinkOut), (status = 200, body = FamilyLinkOut, description = "Was entered already"), Writes)
)]
#[post("/family-links/{id}/finding")]
pub async fn record_family_finding(
    desk: Desk,
    ways: web::Data<Ways>,
    id: web::Path<Uuid>,
    Body(body): Body<FamilyFindingIn>,
) -> Answer<FamilyLinkOut> {
    let found = body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| {
        let done = steps::find(v, &ways, *id, &body, &found)?;
        after(v, *id, done)
    };
    desk.tx(work).await.map(made)
}

/// Enter what who was found says: whether the enquirer is told.
///
/// Who agrees signs a text; for a child somebody speaks, from 7 years on the child agrees too. Of who declines nothing is kept but that, the
/// case is closed, and the enquirer is told that it is closed. Who agreed may decline after all, as long as the case is not closed.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")), request_body = FamilyAnswerIn,
    responses((status = 201, body = FamilyLinkOut), (status = 200, body = FamilyLinkOut, description = "Was entered already"), Writes)
)]
#[post("/family-links/{id}/answer")]
pub async fn answer_family_finding(
    desk: Desk,
    ways: web::Data<Ways>,
    id: web::Path<Uuid>,
    Body(body): Body<FamilyAnswerIn>,
) -> Answer<FamilyLinkOut> {
    let work = move |v: &mut Visit<'_>| {
        let done = steps::answer(v, &ways, *id, &body)?;
        after(v, *id, done)
    };
    desk.tx(work).await.map(made)
}

/// Take charge of a case. Of a guarded one only where nobody is in charge who still may.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case"), Key),
    responses((status = 200, body = FamilyLinkOut), Decides)
)]
#[post("/family-links/{id}/charge")]
pub async fn take_family_charge(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLinkOut> {
    let id = *id;
    let work = move |v: &mut Visit<'_>| {
        let charge = steps::take_charge(v, id)?;
        after(v, id, charge)
    };
    desk.once("family-link/charge", id.to_string(), work).await.map(done)
}

/// Leave the charge of a case, for a colleague to take.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case"), Key),
    responses((status = 200, body = FamilyLinkOut), Decides)
)]
#[post("/family-links/{id}/charge-left")]
pub async fn leave_family_charge(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLinkOut> {
    let id = *id;
    let work = move |v: &mut Visit<'_>| {
        let charge = steps::leave_charge(v, id)?;
        after(v, id, charge)
    };
    desk.once("family-link/charge-left", id.to_string(), work).await.map(done)
}

/// Forget what a case that is over said, at the wish of who asked: at once, and for good.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case"), Key),
    responses((status = 200, body = FamilyLinkOut), Decides)
)]
#[post("/family-links/{id}/erasure")]
pub async fn erase_family_link(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLinkOut> {
    let id = *id;
    let work = move |v: &mut Visit<'_>| {
        steps::erase(v, id)?;
        after(v, id, Done { new: false, to_be_called: false })
    };
    desk.once("family-link/erasure", id.to_string(), work).await.map(done)
}
