//! Requests for information: whoever asks what was raised and how it was used is answered within the days of the law. Kept
//! is what was asked about and how it ended, never who asked.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{Granted, Read, Record, Seen};
use crate::basics::Line;
use crate::basics::codes::codes;
use crate::calendar::{Period, Unit};
use crate::db::DbError;
use crate::db::schema::{information_request, information_rule};
use crate::http::Span;
use crate::tree::{self, ChapterId};

codes! {
    /// What is asked about: what the law wants published.
    pub wire enum InquiryTopic {
        Purpose = "PURPOSE",
        Received = "RECEIVED",
        Use = "USE",
        Results = "RESULTS",
        Settlement = "SETTLEMENT",
        Other = "OTHER",
    }
    /// By which way it came.
    pub wire enum InquiryWay { InPerson = "IN_PERSON", Phone = "PHONE", Post = "POST", Email = "EMAIL", App = "APP", Other = "OTHER" }
    /// How it ended.
    pub wire enum InquiryOutcome {
        Answered = "ANSWERED",
        /// What was asked stands published: that is the answer.
        AlreadyPublished = "ALREADY_PUBLISHED",
        /// In writing, with the reason.
        Refused = "REFUSED",
    }
    /// Why it is refused.
    pub wire enum InquiryRefusal {
        /// It is about persons who did not agree.
        PersonalData = "PERSONAL_DATA",
        StateSecret = "STATE_SECRET",
        NotHeld = "NOT_HELD",
        NotAboutFundraising = "NOT_ABOUT_FUNDRAISING",
        Repeated = "REPEATED",
        Other = "OTHER",
    }
}

/// What is written down when somebody asks.
#[derive(Debug, Clone)]
pub struct NewInquiry {
    pub id: Uuid,
    pub chapter: ChapterId,
    pub appeal: Option<Uuid>,
    pub topic: InquiryTopic,
    pub channel: InquiryWay,
    pub received_on: NaiveDate,
    pub letter_no: Option<Line>,
}

impl NewInquiry {
    /// Whether this is what was written down under its id.
    pub fn is(&self, row: &InquiryRow) -> bool {
        row.chapter_id == self.chapter.0
            && row.appeal_id == self.appeal
            && row.topic == self.topic.name()
            && row.channel == self.channel.name()
            && row.received_on == self.received_on
            && row.letter_no.as_deref() == self.letter_no.as_ref().map(Line::as_str)
    }
}

/// How a request ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    Answered { reply_no: Option<String> },
    AlreadyPublished { publication: String },
    Refused { reason: InquiryRefusal, reply_no: String },
}

impl Closing {
    pub fn outcome(&self) -> InquiryOutcome {
        match self {
            Closing::Answered { .. } => InquiryOutcome::Answered,
            Closing::AlreadyPublished { .. } => InquiryOutcome::AlreadyPublished,
            Closing::Refused { .. } => InquiryOutcome::Refused,
        }
    }

    /// (publication, refusal, number of the reply).
    fn columns(&self) -> (Option<&str>, Option<&'static str>, Option<&str>) {
        match self {
            Closing::Answered { reply_no } => (None, None, reply_no.as_deref()),
            Closing::AlreadyPublished { publication } => (Some(publication), None, None),
            Closing::Refused { reason, reply_no } => (None, Some(reason.name()), Some(reply_no)),
        }
    }

    /// Whether a request ended just so, on that day if one is named.
    pub fn is(&self, row: &InquiryRow, on: Option<NaiveDate>) -> bool {
        let known = (row.publication.as_deref(), row.refusal.as_deref(), row.reply_no.as_deref());
        row.outcome.as_deref() == Some(self.outcome().name()) && known == self.columns() && (on.is_none() || row.closed_on == on)
    }
}

/// A request as it is kept.
#[derive(Debug, Clone, Queryable)]
pub struct InquiryRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub appeal_id: Option<Uuid>,
    pub topic: String,
    pub channel: String,
    pub received_on: NaiveDate,
    pub letter_no: Option<String>,
    pub due_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub outcome: Option<String>,
    pub publication: Option<String>,
    pub refusal: Option<String>,
    pub reply_no: Option<String>,
    pub closed_on: Option<NaiveDate>,
}

macro_rules! columns {
    () => {{
        use information_request as r;
        (
            r::id,
            r::chapter_id,
            r::appeal_id,
            r::topic,
            r::channel,
            r::received_on,
            r::letter_no,
            r::due_on,
            r::recorded_at,
            r::outcome,
            r::publication,
            r::refusal,
            r::reply_no,
            r::closed_on,
        )
    }};
}

/// How long an answer may take, for what came on a day; `None` when no rule is in force.
pub fn period(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Period>, DbError> {
    use information_rule as r;
    let row: Option<(i16, String)> = r::table
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .order(r::valid_from.desc())
        .select((r::amount, r::unit))
        .first(conn)
        .optional()?;
    Ok(row.map(|(amount, unit)| Period { amount: amount.unsigned_abs(), unit: Unit::parse(&unit) }))
}

/// Writes a request down. `false` if the id is taken.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    now: DateTime<Utc>,
    new: &NewInquiry,
    due_on: NaiveDate,
) -> Result<bool, DbError> {
    use information_request as r;
    let inserted = diesel::insert_into(r::table)
        .values((
            (r::id.eq(new.id), r::chapter_id.eq(by.chapter().0), r::appeal_id.eq(new.appeal), r::topic.eq(new.topic.name())),
            (r::channel.eq(new.channel.name()), r::received_on.eq(new.received_on), r::due_on.eq(due_on)),
            (r::letter_no.eq(new.letter_no.as_ref().map(Line::as_str)), r::recorded_at.eq(now), r::recorded_by.eq(by.account())),
        ))
        .on_conflict(r::id)
        .do_nothing()
        .execute(conn)?;
    Ok(inserted > 0)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<InquiryRow>, DbError> {
    Ok(information_request::table.find(id).select(columns!()).first(conn).optional()?)
}

/// Reads a request and holds it until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<InquiryRow>, DbError> {
    Ok(information_request::table.find(id).select(columns!()).for_no_key_update().first(conn).optional()?)
}

/// Ends a request of the granted chapter, which the caller holds.
pub fn close(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    now: DateTime<Utc>,
    id: Uuid,
    closing: &Closing,
    on: NaiveDate,
) -> Result<(), DbError> {
    use information_request as r;
    let (publication, refusal, reply_no) = closing.columns();
    diesel::update(r::table.find(id).filter(r::chapter_id.eq(by.chapter().0)))
        .set((
            (r::outcome.eq(closing.outcome().name()), r::publication.eq(publication), r::refusal.eq(refusal)),
            (r::reply_no.eq(reply_no), r::closed_on.eq(on), r::closed_at.eq(now), r::closed_by.eq(by.account())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which requests to list.
pub struct Listed {
    pub open: bool,
    /// Only those that were due before this day.
    pub due_before: Option<NaiveDate>,
    pub span: Span<(NaiveDate, Uuid)>,
}

/// Requests at a chapter, below it or at one that it has succeeded, the most urgent first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, of: &Listed) -> Result<Vec<InquiryRow>, DbError> {
    use information_request as r;
    let taken_over = tree::with_succeeded(conn, here.chapter())?;
    let mut query = r::table
        .filter(r::chapter_id.eq_any(tree::at_and_below(here.chapter().0)).or(r::chapter_id.eq_any(taken_over)))
        .order((r::due_on, r::id))
        .limit(of.span.rows)
        .select(columns!())
        .into_boxed();
    query = if of.open { query.filter(r::outcome.is_null()) } else { query.filter(r::outcome.is_not_null()) };
    if let Some(day) = of.due_before {
        query = query.filter(r::due_on.lt(day));
    }
    if let Some((due, id)) = of.span.after {
        query = query.filter(r::due_on.ge(due)).filter(r::due_on.gt(due).or(r::id.gt(id)));
    }
    Ok(query.load(conn)?)
}
