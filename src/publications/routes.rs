//! `/api/v1/appeals/{code}/publications` and `/api/v1/publication-duties`.

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::channel::Channel;
use super::duties::{self, PublicationDutyOut};
use super::milestones::Source;
use super::model::{Event, State};
use super::publish::{self, NewPublication};
use super::store::{self, PublicationRow};
use super::{inquiry_routes, milestone_routes};
use crate::authz::{Desk, Read, RunAppeal};
use crate::basics::clock::vietnam_date;
use crate::basics::hex;
use crate::documents::answers::title_of;
use crate::giving::appeals;
use crate::http::sets::{Lists, Reads, Writes};
use crate::http::{Answer, Body, Cursor, Page, Problem, Query, Reply, rows_a_page};
use crate::identity::store as identity;
use crate::log;
use crate::tree::ChapterId;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(publish_for_appeal)
        .service(list_publications)
        .service(list_publication_duties)
        .service(milestone_routes::type_milestone)
        .service(milestone_routes::list_milestones)
        .service(inquiry_routes::record_inquiry)
        .service(inquiry_routes::list_inquiries)
        .service(inquiry_routes::close_inquiry);
}

/// What is published of an appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationEventIn {
    /// Made by the client, once.
    id: Uuid,
    event: Event,
    /// `period` of the duty, where the same is published again and again.
    #[serde(default)]
    period: Option<NaiveDate>,
    /// `id` of a document of the appeal's chapter, uploaded for an appeal. It is linked and published if it is not yet.
    #[serde(default)]
    document: Option<Uuid>,
    /// In its place the code of a statement of this event about the appeal: what was published already, when it was put up at
    /// other places too.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    statement: Option<String>,
    /// Made for the public; the name the file was uploaded with is never shown.
    #[schema(example = "Báo cáo kết quả tiếp nhận", max_length = 200)]
    title: String,
    /// The number this version is to get: 1 for the first. Send it to be told when somebody else was faster.
    #[serde(default)]
    #[schema(minimum = 1)]
    version: Option<i32>,
    /// Where else it is shown; the website is always among them. `PLACE_OF_RECEIVING` and `PLACE_OF_AID` are the two notices of
    /// the law on Red Cross activities; the same paper may be sent again when they were put up later.
    #[serde(default)]
    #[schema(max_items = 6)]
    channels: Vec<Channel>,
}

impl PublicationEventIn {
    fn parse(self) -> Result<NewPublication, Problem> {
        let Self { id, event, period, document, statement, title, version, mut channels } = self;
        channels.push(Channel::Website);
        channels.sort();
        channels.dedup();
        let source = match (document, statement) {
            (Some(document), None) => Source::Document(document),
            (None, Some(code)) => Source::Statement(code),
            (None, None) => {
                return Err(Problem::field(
                    "/document",
                    "REQUIRED",
                    "Hãy chọn tài liệu được công bố.",
                    "Say which document is published.",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Problem::field(
                    "/statement",
                    "NOT_TOGETHER",
                    "Chọn tài liệu hoặc bản công bố, không cả hai.",
                    "Either a document or a statement, not both.",
                ));
            }
        };
        Ok(NewPublication { id, event, period, source, title: title_of(&title)?, version, channels })
    }
}

/// A publication as officers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationEventOut {
    id: Uuid,
    /// Its public code, under which its leaf stands in the log.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    code: String,
    #[schema(example = "RESULTS_RECEIVED")]
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<NaiveDate>,
    version: i32,
    /// Code of the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    /// The document's `id`; absent where a statement was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Uuid>,
    /// The statement's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    statement: Option<String>,
    sha256: String,
    title: String,
    channels: Vec<String>,
    /// The day that counts, in Vietnam.
    published_on: NaiveDate,
    published_at: DateTime<Utc>,
    /// User name.
    published_by: String,
    leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_index: Option<i64>,
}

fn shown(conn: &mut PgConnection, rows: Vec<PublicationRow>) -> Result<Vec<PublicationEventOut>, Problem> {
    let names = identity::user_names(conn, &rows.iter().map(|row| row.published_by).collect::<Vec<_>>())?;
    let codes: Vec<&str> = rows.iter().map(|row| row.published.code.as_str()).collect();
    let indices = log::store::indices_of(conn, &codes)?;
    let out = |row: PublicationRow| {
        let published = row.published;
        PublicationEventOut {
            id: row.id,
            log_index: indices.get(&published.code).copied(),
            code: published.code,
            event: published.event,
            period: published.period,
            version: published.version,
            replaces: published.replaces,
            document: row.document_id,
            statement: published.statement,
            sha256: published.sha256,
            title: published.title,
            channels: published.channels,
            published_on: published.published_on,
            published_at: row.published_at,
            published_by: names.get(&row.published_by).cloned().unwrap_or_default(),
            leaf_hash: hex(&published.leaf_hash),
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

/// Publish what the law wants published: the document is shown from now on, and its hash stands in the log for good.
#[utoipa::path(
    tag = "publications", params(("code" = String, Path, description = "The appeal")), request_body = PublicationEventIn,
    responses(
        (status = 201, body = PublicationEventOut),
        (status = 200, body = PublicationEventOut, description = "Was published already, by the same id"), Writes
    )
)]
#[post("/appeals/{code}/publications")]
pub async fn publish_for_appeal(
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<PublicationEventIn>,
) -> Answer<PublicationEventOut> {
    let new = body.parse()?;
    desk.tx(move |v| {
        let row = appeals::find_for_update(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        let grant = v.at::<RunAppeal>(ChapterId(row.chapter_id))?;
        let (made, is_new) = publish::publish(v, &grant, &row, &new)?;
        Ok((shown(v.conn, vec![made])?.pop().ok_or_else(Problem::not_found)?, is_new))
    })
    .await
    .map(Reply::made)
}

/// Everything that was published of an appeal, in the order it was.
#[utoipa::path(
    tag = "publications", params(("code" = String, Path, description = "The appeal")),
    responses((status = 200, body = Vec<PublicationEventOut>), Reads)
)]
#[get("/appeals/{code}/publications")]
pub async fn list_publications(desk: Desk, code: web::Path<String>) -> Answer<Vec<PublicationEventOut>> {
    desk.read(move |v| {
        let row = appeals::find(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        v.see::<Read>(ChapterId(row.chapter_id))?;
        let rows = store::list(v.conn, row.id)?;
        shown(v.conn, rows)
    })
    .await
    .map(Reply::ok)
}

/// Whose duties.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DutiesQuery {
    /// Code of a chapter: duties of its appeals and of those of the chapters below it.
    #[param(example = "68")]
    chapter: String,
    /// Only those that stand like this.
    #[param(inline)]
    state: Option<State>,
    /// Rows a page, 1 to 200 (50 unless given). A page may have fewer and still have a `next`.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A duty and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealDutyOut {
    /// Code of the appeal.
    #[schema(example = "LULUT-2026")]
    appeal: String,
    title: String,
    /// Code of the responsible chapter.
    #[schema(example = "68")]
    chapter: String,
    #[serde(flatten)]
    duty: PublicationDutyOut,
}

/// The last row of a page: appeal, event, period.
type Last = (String, Event, Option<NaiveDate>);

/// Appeals looked at in one step, and in one request.
const STEP: i64 = 100;
const MOST_STEPS: usize = 10;

/// What is to be published of appeals within reach, by code of the appeal; `state=OVERDUE` for what is late.
#[utoipa::path(tag = "publications", params(DutiesQuery), responses((status = 200, body = Page<AppealDutyOut>), Lists))]
#[get("/publication-duties")]
pub async fn list_publication_duties(desk: Desk, Query(query): Query<DutiesQuery>) -> Answer<Page<AppealDutyOut>> {
    let DutiesQuery { chapter, state, limit, cursor } = query;
    let limit = usize::try_from(rows_a_page(limit)?).unwrap_or_default();
    let filter = (chapter, state);
    let after = Cursor::<Last>::decode(cursor.as_deref(), &filter)?.map(|c| c.last);
    desk.read(move |v| {
        let (here, _) = v.see_code::<Read>(&filter.0)?;
        let wanted = |duty: &PublicationDutyOut| state.is_none_or(|state| state == duty.state);
        let (items, last) = walk(v.conn, here.chapter(), vietnam_date(v.now), after, limit, wanted)?;
        Ok(Page::walked(items, last, &filter))
    })
    .await
    .map(Reply::ok)
}

/// Walks appeals by code, some at a time, until there are `limit` duties that are wanted or enough was looked at. Returns
/// them and, unless the end was reached, where the walk goes on.
fn walk(
    conn: &mut PgConnection,
    chapter: ChapterId,
    today: NaiveDate,
    mut after: Option<Last>,
    limit: usize,
    wanted: impl Fn(&PublicationDutyOut) -> bool,
) -> Result<(Vec<AppealDutyOut>, Option<Last>), Problem> {
    let mut items = Vec::new();
    for _ in 0..MOST_STEPS {
        let from = after.as_ref().map(|last| last.0.clone()).unwrap_or_default();
        let rows = appeals::list_below(conn, chapter, &from, STEP)?;
        let duties = duties::of_appeals(conn, &rows, today)?;
        let ended = rows.len() < usize::try_from(STEP).unwrap_or_default();
        for (row, duties) in rows.iter().zip(duties) {
            for duty in duties {
                let place = (row.code.clone(), duty.event, duty.period);
                if after.as_ref().is_some_and(|last| *last >= place) || !wanted(&duty) {
                    continue;
                }
                if items.len() == limit {
                    return Ok((items, after));
                }
                after = Some(place);
                items.push(AppealDutyOut {
                    appeal: row.code.clone(),
                    title: row.title.clone(),
                    chapter: row.chapter.clone(),
                    duty,
                });
            }
        }
        if ended {
            return Ok((items, None));
        }
        // Whatever this appeal's duties are, they were looked at: no period ends later than this.
        let far = NaiveDate::from_ymd_opt(9999, 12, 31);
        after = rows.last().map(|row| (row.code.clone(), Event::LAST, far));
    }
    Ok((items, after))
}
