//! `/api/v1/information-requests`: who asks about fundraising and its use is answered in time.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::inquiries::{self, Closing, InquiryOutcome, InquiryRefusal, InquiryRow, InquiryTopic, InquiryWay, Listed, NewInquiry};
use super::store;
use crate::authz::{Desk, Read, Record, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::calendar;
use crate::documents::store::Shown;
use crate::giving::appeals;
use crate::http::sets::{Key, Lists, Records, Writes};
use crate::http::{Answer, Body, Check, FieldError, Kind, Page, Paging, Problem, Query, Reply, Say, one_line};
use crate::tree::{self, ChapterId};

/// What somebody asks. Who asks is not kept here: the letter has its number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InquiryIn {
    /// Made by the client, once.
    id: Uuid,
    /// Code of the chapter that was asked.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// Code of the appeal it is about, if it is about one.
    #[serde(default)]
    #[schema(example = "LULUT-2026", max_length = 40)]
    appeal: Option<String>,
    topic: InquiryTopic,
    channel: InquiryWay,
    /// The day it came; the time counts from it.
    received_on: NaiveDate,
    /// Number under which the letter was entered; letters, digits, `/`, `-` and `.` alone.
    #[serde(default)]
    #[schema(example = "12/CV-DEN", max_length = 60)]
    letter_no: Option<String>,
}

/// How it ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InquiryClosingIn {
    outcome: InquiryOutcome,
    /// The day of the answer; today unless given.
    #[serde(default)]
    closed_on: Option<NaiveDate>,
    /// Only and always for `ALREADY_PUBLISHED`: code of the publication that answers it.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    publication: Option<String>,
    /// Only and always for `REFUSED`.
    #[serde(default)]
    reason: Option<InquiryRefusal>,
    /// Number of the written reply; a refusal is always in writing.
    #[serde(default)]
    #[schema(example = "34/CV-CTĐ", max_length = 60)]
    reply_no: Option<String>,
}

/// A request for information.
#[derive(Debug, Serialize, ToSchema)]
pub struct InquiryOut {
    id: Uuid,
    #[schema(example = "23095")]
    chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<String>,
    #[schema(example = "USE")]
    topic: String,
    #[schema(example = "POST")]
    channel: String,
    received_on: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    letter_no: Option<String>,
    /// The last day to answer.
    due_on: NaiveDate,
    /// By how many days it is overdue, or was answered late.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_late: Option<i64>,
    recorded_at: DateTime<Utc>,
    /// `ANSWERED`, `ALREADY_PUBLISHED` or `REFUSED`; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publication: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_on: Option<NaiveDate>,
}

/// Requests that came longer ago than this are typing mistakes.
const OLDEST_DAYS: i64 = 366;
/// Longest run of digits in a number of a paper: a longer one is a telephone number.
const MOST_DIGITS: usize = 6;

/// The number of a paper. It is no place for a name or a telephone number.
fn paper_no(pointer: &str, text: &str) -> Result<Line, FieldError> {
    let line = one_line(pointer, text, 60)?;
    let known = line.as_str().chars().all(|c| c.is_alphanumeric() || "/-.".contains(c));
    let digits = || line.as_str().split(|c: char| !c.is_ascii_digit()).map(str::len);
    if known && digits().any(|run| run > 0) && digits().all(|run| run <= MOST_DIGITS) {
        Ok(line)
    } else {
        let say = Say::fixed(
            "Chỉ ghi số văn bản, ví dụ 12/CV-CTĐ; không ghi tên hay số điện thoại.",
            "Only the number of the paper, e.g. 12/CV-CTĐ; no name and no telephone number.",
        );
        Err(FieldError::new(pointer, "NOT_A_PAPER_NUMBER", say))
    }
}

fn refuse(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Problem {
    Problem::invalid(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
}

fn check_day(pointer: &str, day: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    if day > today {
        return Err(refuse(pointer, "IN_THE_FUTURE", "Ngày này không thể sau hôm nay.", "This cannot be after today."));
    }
    if (today - day).num_days() > OLDEST_DAYS {
        return Err(refuse(pointer, "TOO_OLD", "Ngày này trong vòng một năm.", "This is within the last year."));
    }
    Ok(())
}

/// Write down that somebody asked. The same request sent again answers as it stands now.
#[utoipa::path(
    tag = "publications", request_body = InquiryIn,
    responses(
        (status = 201, body = InquiryOut),
        (status = 200, body = InquiryOut, description = "Was written down already, by the same id"), Records
    )
)]
#[post("/information-requests")]
pub async fn record_inquiry(desk: Desk, Body(body): Body<InquiryIn>) -> Answer<InquiryOut> {
    check_day("/received_on", body.received_on, desk.today())?;
    let letter_no = body.letter_no.as_deref().map(|text| paper_no("/letter_no", text)).transpose()?;
    desk.tx(move |v| record(v, body, letter_no)).await.map(Reply::made)
}

fn record(v: &mut Visit<'_>, body: InquiryIn, letter_no: Option<Line>) -> Result<(InquiryOut, bool), Problem> {
    let (grant, here) = v.at_code::<Record>(&body.chapter)?;
    let appeal = match body.appeal {
        None => None,
        Some(code) => {
            let row = appeals::find(v.conn, &code)?.filter(|row| row.state != "DRAFT");
            let unknown = || refuse("/appeal", "NO_SUCH_APPEAL", "Không có đợt này.", "There is no such appeal.");
            Some(row.ok_or_else(unknown)?.id)
        }
    };
    let new = NewInquiry {
        id: body.id,
        chapter: here.id,
        appeal,
        topic: body.topic,
        channel: body.channel,
        received_on: body.received_on,
        letter_no,
    };
    if let Some(known) = inquiries::find(v.conn, new.id)? {
        return if new.is(&known) { Ok((out(v, known)?, false)) } else { Err(Problem::new(Kind::IdTaken)) };
    }
    let period =
        inquiries::period(v.conn, new.received_on)?.ok_or_else(|| Problem::internal("no rule gives an answer its days"))?;
    let due_on = calendar::from(v.conn, new.received_on)?.due(new.received_on, period);
    if !inquiries::insert(v.conn, &grant, v.now, &new, due_on)? {
        return Err(Problem::new(Kind::IdTaken));
    }
    v.note(&grant, "INFORMATION_REQUESTED", new.id)?;
    let row = inquiries::find(v.conn, new.id)?.ok_or_else(Problem::not_found)?;
    Ok((out(v, row)?, true))
}

/// Note how a request ended: answered, answered by what is published, or refused in writing with the reason.
#[utoipa::path(
    tag = "publications", params(("id" = Uuid, Path), Key), request_body = InquiryClosingIn,
    responses((status = 200, body = InquiryOut), Writes)
)]
#[post("/information-requests/{id}/closing")]
pub async fn close_inquiry(desk: Desk, id: web::Path<Uuid>, Body(body): Body<InquiryClosingIn>) -> Answer<InquiryOut> {
    let InquiryClosingIn { outcome, closed_on: named, publication, reason, reply_no } = &body;
    let reason = reason.map(InquiryRefusal::name);
    let content = format!("{id}\0{}\0{named:?}\0{publication:?}\0{reason:?}\0{reply_no:?}", outcome.name());
    let named = *named;
    let closing = closing(body)?;
    desk.once("information-request/closing", content, move |v| close(v, *id, &closing, named)).await
}

/// Closes a request, on the day named or today.
fn close(v: &mut Visit<'_>, id: Uuid, closing: &Closing, named: Option<NaiveDate>) -> Result<InquiryOut, Problem> {
    let row = inquiries::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    if row.outcome.is_some() {
        let is_same = closing.is(&row, named);
        let ended = || Problem::say(Kind::Conflict, "Yêu cầu này đã kết thúc.", "This request has ended already.");
        return if is_same { out(v, row) } else { Err(ended()) };
    }
    let today = vietnam_date(v.now);
    let on = named.unwrap_or(today);
    check_day("/closed_on", on, today)?;
    if on < row.received_on {
        return Err(refuse("/closed_on", "TOO_EARLY", "Không trước ngày nhận.", "Not before the day it came."));
    }
    if let Closing::AlreadyPublished { publication } = closing {
        check_published(v.conn, publication)?;
    }
    inquiries::close(v.conn, &grant, v.now, id, closing, on)?;
    v.note(&grant, "INFORMATION_REQUEST_CLOSED", id)?;
    let row = inquiries::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    out(v, row)
}

/// What is hidden again answers nobody.
fn check_published(conn: &mut PgConnection, code: &str) -> Result<(), Problem> {
    let row = store::by_code(conn, code)?;
    let shown = match &row {
        Some(row) => Shown::of(conn, &[row.appeal_id])?.withdrawn_on(row.appeal_id, &row.sha256).is_none(),
        None => false,
    };
    if shown {
        return Ok(());
    }
    Err(refuse(
        "/publication",
        "NOT_PUBLISHED",
        "Không có công bố nào đang hiện với mã này.",
        "Nothing that is shown was published under this code.",
    ))
}

/// What belongs to an outcome, and nothing else.
fn closing(body: InquiryClosingIn) -> Result<Closing, Problem> {
    let InquiryClosingIn { outcome, publication, reason, reply_no, .. } = body;
    let mut check = Check::default();
    let belongs = [
        ("/publication", publication.is_some(), outcome == InquiryOutcome::AlreadyPublished, false),
        ("/reason", reason.is_some(), outcome == InquiryOutcome::Refused, false),
        ("/reply_no", reply_no.is_some(), outcome == InquiryOutcome::Refused, outcome == InquiryOutcome::Answered),
    ];
    for (pointer, given, needed, allowed) in belongs {
        if needed && !given {
            check.wrong(pointer, "MISSING", "Thiếu mục này.", "This is missing.");
        } else if given && !needed && !allowed {
            check.wrong(pointer, "NOT_FOR_THIS_OUTCOME", "Kết quả này không có mục đó.", "This outcome has no such thing.");
        }
    }
    let reply_no = reply_no.and_then(|text| check.read(paper_no("/reply_no", &text)).map(|line| line.as_str().to_owned()));
    let closing = match (publication, reason, reply_no) {
        (Some(publication), _, _) => Closing::AlreadyPublished { publication },
        (None, Some(reason), Some(reply_no)) => Closing::Refused { reason, reply_no },
        (None, _, reply_no) => Closing::Answered { reply_no },
    };
    check.done(Some(closing)).map_err(Problem::invalid)
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InquiriesQuery {
    /// Code of a chapter: requests at it or at a chapter below it.
    #[param(example = "68")]
    chapter: String,
    /// Those that ended, instead of those that are open.
    closed: Option<bool>,
    /// Only those whose last day has passed.
    overdue: Option<bool>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Requests for information within reach, the most urgent first.
#[utoipa::path(tag = "publications", params(InquiriesQuery), responses((status = 200, body = Page<InquiryOut>), Lists))]
#[get("/information-requests")]
pub async fn list_inquiries(desk: Desk, Query(query): Query<InquiriesQuery>) -> Answer<Page<InquiryOut>> {
    let InquiriesQuery { chapter, closed, overdue, limit, cursor } = query;
    let (open, overdue) = (closed != Some(true), overdue.unwrap_or(false));
    let paging = Paging::of((chapter, open, overdue), limit, cursor.as_deref())?;
    desk.list(
        paging,
        |v, (chapter, open, overdue), span| {
            let (here, _) = v.see_code::<Read>(chapter)?;
            let due_before = overdue.then(|| vietnam_date(v.now));
            Ok(inquiries::list(v.conn, &here, &Listed { open: *open, due_before, span })?)
        },
        |row| (row.due_on, row.id),
        outs,
    )
    .await
}

fn out(v: &mut Visit<'_>, row: InquiryRow) -> Result<InquiryOut, Problem> {
    outs(v, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// Requests as they go out: two queries, however many.
fn outs(v: &mut Visit<'_>, rows: Vec<InquiryRow>) -> Result<Vec<InquiryOut>, Problem> {
    let today = vietnam_date(v.now);
    let chapters = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let appeals: HashMap<Uuid, (String, Uuid)> =
        appeals::named(v.conn, &rows.iter().filter_map(|row| row.appeal_id).collect::<Vec<_>>())?;
    let out = |row: InquiryRow| InquiryOut {
        id: row.id,
        chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        appeal: row.appeal_id.and_then(|id| appeals.get(&id)).map(|(code, _)| code.clone()),
        topic: row.topic,
        channel: row.channel,
        received_on: row.received_on,
        letter_no: row.letter_no,
        due_on: row.due_on,
        days_late: Some((row.closed_on.unwrap_or(today) - row.due_on).num_days()).filter(|days| *days > 0),
        recorded_at: row.recorded_at,
        outcome: row.outcome,
        publication: row.publication,
        reason: row.refusal,
        reply_no: row.reply_no,
        closed_on: row.closed_on,
    };
    Ok(rows.into_iter().map(out).collect())
}
