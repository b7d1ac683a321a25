//! `/api/v1/chapters`: found, look, keep contact and legal data, carry out decisions.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::life::{self, Seen};
use super::life_store::Version;
use super::model::{Contact, Kind, Legal, Level};
use super::shown::{FormerNameOut, ProvisionalOut, RelatedChapter};
use super::wire::{ChapterIn, ChapterPatch, DecisionIn};
use crate::authz::Desk;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Reads, Records, Writes};
use crate::http::{Answer, Body, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(found_chapter)
        .service(read_chapter)
        .service(list_chapter_versions)
        .service(change_chapter)
        .service(decide_on_chapter);
}

/// A chapter, for those who may read its books.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterState {
    id: Uuid,
    /// `68-TH-0001`: the province, TH for schools (CQ agencies, BV hospitals, DN enterprises), a number; `-CH001` for a branch.
    #[schema(example = "68-TH-0001")]
    code: String,
    #[schema(value_type = Kind)]
    kind: String,
    #[schema(value_type = Level)]
    level: String,
    /// `ACTIVE`, `PROVISIONAL`, `MERGING`, `MERGED` or `DISSOLVED`.
    #[schema(example = "ACTIVE")]
    status: String,
    /// Code of the chapter above.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    parent: Option<String>,
    #[schema(example = "Hội Chữ thập đỏ Trường THCS Hàm Liêm")]
    name: String,
    #[schema(example = "Trường THCS Hàm Liêm")]
    short_name: String,
    founded_on: NaiveDate,
    /// Counts every change; also the `ETag`.
    version: i32,
    contact: Contact,
    legal: Legal,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisional: Option<ProvisionalOut>,
    /// Newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former_names: Vec<FormerNameOut>,
    /// What it went up in, the leading one first: they go on with what it had. Its own books stay where they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successors: Vec<RelatedChapter>,
    /// What went up in it, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    predecessors: Vec<RelatedChapter>,
    /// Branches founded together with it; only in the answer to founding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    branches: Vec<BranchOut>,
}

/// A branch founded with its chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct BranchOut {
    id: Uuid,
    #[schema(example = "68-TH-0001-CH001")]
    code: String,
    name: String,
}

impl From<Seen> for ChapterState {
    fn from(seen: Seen) -> Self {
        let (row, details) = (seen.known.row, seen.known.details);
        Self {
            id: row.id,
            code: row.code,
            kind: row.kind,
            level: row.level,
            status: row.status,
            parent: seen.parent,
            name: row.name,
            short_name: row.short_name,
            founded_on: row.founded_on,
            version: row.version,
            contact: details.contact,
            legal: details.legal,
            provisional: seen.known.provisional.map(ProvisionalOut::from),
            former_names: seen.former_names.into_iter().map(FormerNameOut::from).collect(),
            successors: seen.successors.into_iter().map(RelatedChapter::from).collect(),
            predecessors: seen.predecessors.into_iter().map(RelatedChapter::from).collect(),
            branches: seen.branches.into_iter().map(|(id, code, name)| BranchOut { id, code, name }).collect(),
        }
    }
}

fn answer(reply: Reply<Seen>) -> Reply<ChapterState> {
    let (seen, reply) = reply.split();
    reply.with(version_tag(seen.known.row.version)).map(|()| seen.into())
}

/// Found a chapter of an agency, school, hospital or enterprise, or a branch (chi hội).
///
/// A chapter may bring up to 100 branches at once. Sent again, it is founded once.
#[utoipa::path(
    tag = "chapters", request_body = ChapterIn,
    responses(
        (status = 201, body = ChapterState), (status = 200, body = ChapterState, description = "Was founded already"), Records
    )
)]
#[post("/chapters")]
pub async fn found_chapter(desk: Desk, Body(body): Body<ChapterIn>) -> Answer<ChapterState> {
    let founding = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| life::found(v, &founding)).await.map(Reply::made).map(answer)
}

/// One chapter with its contact and legal data.
#[utoipa::path(
    tag = "chapters", params(("code" = String, Path, example = "23095")), responses((status = 200, body = ChapterState), Reads)
)]
#[get("/chapters/{code}")]
pub async fn read_chapter(desk: Desk, code: web::Path<String>) -> Answer<ChapterState> {
    desk.read(move |v| life::show(v, &code)).await.map(Reply::ok).map(answer)
}

/// Change contact or legal data.
///
/// Fields left out stay, `null` clears one. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "chapters",
    params(
        ("code" = String, Path, example = "23095"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")
    ),
    request_body = ChapterPatch, responses((status = 200, body = ChapterState), Writes)
)]
#[patch("/chapters/{code}")]
pub async fn change_chapter(
    request: HttpRequest,
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<ChapterPatch>,
) -> Answer<ChapterState> {
    let (expected, today) = (if_match(&request)?, desk.today());
    let change = move |contact, legal| body.apply(contact, legal, today).map_err(Problem::invalid);
    desk.tx(move |v| life::change_details(v, &code, &expected, change)).await.map(Reply::ok).map(answer)
}

/// Carry out a decision of the level above.
///
/// It renames the chapter (the old name stays searchable), or makes its committee provisional or regular. Sent again, it
/// changes nothing more.
#[utoipa::path(
    tag = "chapters", params(("code" = String, Path, example = "68-TH-0001")), request_body = DecisionIn,
    responses(
        (status = 201, body = ChapterState), (status = 200, body = ChapterState, description = "Was carried out already"), Writes
    )
)]
#[post("/chapters/{code}/decisions")]
pub async fn decide_on_chapter(desk: Desk, code: web::Path<String>, Body(body): Body<DecisionIn>) -> Answer<ChapterState> {
    let decided = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| life::decide(v, &code, &decided)).await.map(Reply::made).map(answer)
}

/// What a chapter was after one change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterVersionOut {
    version: i32,
    /// `FOUNDED`, `RENAMED`, `MADE_PROVISIONAL`, `MADE_REGULAR`, `DETAILS_CHANGED`; of one that went up in another, `MERGED`, `SPLIT`,
    /// `MOVED` or `DISSOLVED`.
    #[schema(example = "RENAMED")]
    change: String,
    /// The day from which it held.
    effective_on: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_on: Option<NaiveDate>,
    name: String,
    status: String,
    contact: Contact,
    legal: Legal,
    /// Absent for what came with the administrative units.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<DateTime<Utc>>,
    /// The account that made the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_by: Option<Uuid>,
}

impl From<Version> for ChapterVersionOut {
    fn from(version: Version) -> Self {
        let details = version.details();
        Self {
            version: version.version,
            change: version.change,
            effective_on: version.effective_on,
            decision_no: version.decision_no,
            decision_on: version.decision_on,
            name: version.name,
            status: version.status,
            contact: details.contact,
            legal: details.legal,
            recorded_at: version.recorded_at,
            recorded_by: version.recorded_by,
        }
    }
}

/// Every version of a chapter, oldest first.
#[utoipa::path(
    tag = "chapters", params(("code" = String, Path, example = "23095")),
    responses((status = 200, body = Vec<ChapterVersionOut>), Reads)
)]
#[get("/chapters/{code}/versions")]
pub async fn list_chapter_versions(desk: Desk, code: web::Path<String>) -> Answer<Vec<ChapterVersionOut>> {
    let versions = desk.read(move |v| life::history(v, &code)).await?;
    Ok(Reply::ok(versions.into_iter().map(ChapterVersionOut::from).collect()))
}
