//! Days of an appeal that the books do not tell and that clocks of the law count from: typed by who runs the appeal, with the
//! paper that says so. A later version corrects the one before; none goes.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CountsFrom, Facts, Rule, Typed};
use crate::authz::{Granted, Right};
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::appeal_milestone;
use crate::db::shown;
use crate::giving::limits::{Clock, Limits};
use crate::giving::papers::OF_APPEALS;
use crate::http::{FieldError, Say};

codes! {
    /// Which day.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum Milestone {
        /// The first support was handed out.
        DistributionStarted = "DISTRIBUTION_STARTED",
        /// Everything was handed out and used.
        DistributionEnded = "DISTRIBUTION_ENDED",
        /// Until when distribution may last by what was committed to givers.
        CommittedUntil = "COMMITTED_UNTIL",
        /// The settlement report (báo cáo quyết toán) was approved.
        SettlementApproved = "SETTLEMENT_APPROVED",
        /// What was raised for another country was handed over.
        HandedOver = "HANDED_OVER",
        /// The bank or the Treasury was told to receive no more.
        BankToldToStop = "BANK_TOLD_TO_STOP",
    }
}

impl Milestone {
    /// Whether an appeal under these rules and limits has such a day.
    pub fn belongs(self, rules: &[Rule], limits: &Limits) -> bool {
        let counted = |from: CountsFrom| rules.iter().any(|rule| rule.counts_from == from);
        match self {
            Milestone::DistributionStarted => counted(CountsFrom::DistributionStarted),
            Milestone::DistributionEnded => counted(CountsFrom::DistributionEnded),
            Milestone::CommittedUntil => limits.days(Clock::Distribution).is_some(),
            Milestone::SettlementApproved => counted(CountsFrom::SettlementApproved),
            Milestone::HandedOver => limits.days(Clock::HandOver).is_some(),
            Milestone::BankToldToStop => limits.days(Clock::Receiving).is_some(),
        }
    }

    /// What is wrong with a day, given what is known of the appeal.
    pub fn refuse(self, day: NaiveDate, today: NaiveDate, facts: &Facts) -> Option<FieldError> {
        let wrong = |code, vi, en| Some(FieldError::new("/day", code, Say::fixed(vi, en)));
        let (typed, began) = (&facts.typed, facts.opened_on.min(facts.receive_from));
        if self == Milestone::CommittedUntil {
            let last = facts.ended().checked_add_days(Days::new(LONGEST)).unwrap_or(NaiveDate::MAX);
            return if day < facts.ended() || day > last {
                wrong(
                    "OUT_OF_RANGE",
                    "Ngày này từ khi hết nhận đến mười năm sau.",
                    "From the end of receiving to ten years after it.",
                )
            } else {
                None
            };
        }
        if day > today {
            return wrong("IN_THE_FUTURE", "Ngày này không thể sau hôm nay.", "This cannot be after today.");
        }
        if day < began {
            return wrong("BEFORE_THE_APPEAL", "Ngày này trước khi mở đợt.", "This is before the appeal began.");
        }
        let before = |other: Option<NaiveDate>| other.is_some_and(|other| day < other);
        let ended = Some(facts.ended());
        match self {
            Milestone::DistributionStarted if typed.distribution_ended.is_some_and(|end| end < day) => {
                wrong("AFTER_THE_END", "Ngày bắt đầu không sau ngày kết thúc.", "The start is not after the end.")
            }
            Milestone::DistributionEnded if before(typed.distribution_started) => {
                wrong("BEFORE_THE_START", "Ngày kết thúc không trước ngày bắt đầu.", "The end is not before the start.")
            }
            Milestone::DistributionEnded | Milestone::SettlementApproved | Milestone::HandedOver if before(ended) => wrong(
                "STILL_RECEIVING",
                "Đợt còn đang nhận đến sau ngày đó: hãy đóng đợt hoặc sửa ngày kết thúc trước.",
                "The appeal receives until after that day: close it or change its last day first.",
            ),
            Milestone::SettlementApproved if before(typed.distribution_ended) => wrong(
                "BEFORE_THE_END",
                "Quyết toán được duyệt sau khi phân phối xong.",
                "Accounts are settled when distribution has ended.",
            ),
            Milestone::DistributionEnded if typed.settlement_approved.is_some_and(|settled| settled < day) => wrong(
                "AFTER_THE_SETTLEMENT",
                "Quyết toán đã được duyệt trước ngày đó.",
                "The settlement was approved before that day.",
            ),
            _ => None,
        }
    }
}

/// Commitments longer than this after the end of receiving are typing mistakes.
const LONGEST: u64 = 3_650;

/// What was typed of appeals, the newest version of each, by appeal. Allowed to the public role.
pub fn typed(conn: &mut PgConnection, appeals: &[Uuid]) -> Result<HashMap<Uuid, Typed>, DbError> {
    use appeal_milestone as m;
    let rows: Vec<(Uuid, String, NaiveDate)> = m::table
        .filter(m::appeal_id.eq_any(appeals))
        .order((m::appeal_id, m::milestone, m::version))
        .select((m::appeal_id, m::milestone, m::day))
        .load(conn)?;
    let mut found: HashMap<Uuid, Typed> = HashMap::new();
    for (appeal, milestone, day) in rows {
        let typed = found.entry(appeal).or_default();
        // Later versions come later.
        match Milestone::parse(&milestone) {
            Some(Milestone::DistributionStarted) => typed.distribution_started = Some(day),
            Some(Milestone::DistributionEnded) => typed.distribution_ended = Some(day),
            Some(Milestone::CommittedUntil) => typed.committed_until = Some(day),
            Some(Milestone::SettlementApproved) => typed.settlement_approved = Some(day),
            Some(Milestone::HandedOver | Milestone::BankToldToStop) | None => {}
        }
    }
    Ok(found)
}

/// One version of a day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MilestoneRow {
    pub id: Uuid,
    pub appeal_id: Uuid,
    pub milestone: String,
    pub version: i32,
    pub day: NaiveDate,
    /// The paper that says so, or the statement.
    pub document_id: Option<Uuid>,
    pub statement: Option<String>,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: Uuid,
}

macro_rules! columns {
    () => {{
        use appeal_milestone as m;
        (m::id, m::appeal_id, m::milestone, m::version, m::day, m::document_id, m::statement, m::recorded_at, m::recorded_by)
    }};
}

/// All versions of all days of an appeal, in order.
pub fn list(conn: &mut PgConnection, appeal: Uuid) -> Result<Vec<MilestoneRow>, DbError> {
    use appeal_milestone as m;
    Ok(m::table.filter(m::appeal_id.eq(appeal)).order((m::milestone, m::version)).select(columns!()).load(conn)?)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<MilestoneRow>, DbError> {
    Ok(appeal_milestone::table.find(id).select(columns!()).first(conn).optional()?)
}

/// A day about to be written.
pub struct NewMilestone {
    pub id: Uuid,
    pub milestone: Milestone,
    pub day: NaiveDate,
    pub source: Source,
    pub version: i32,
}

/// What says so: a paper of the appeal, or a statement, by its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Document(Uuid),
    Statement(String),
}

impl Source {
    /// The document, if it is one.
    pub fn document(&self) -> Option<Uuid> {
        if let Source::Document(id) = self { Some(*id) } else { None }
    }

    /// The statement's code, if it is one.
    pub fn statement(&self) -> Option<&str> {
        if let Source::Statement(code) = self { Some(code) } else { None }
    }
}

/// Writes a day. `false` if the id is taken.
pub fn insert<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    appeal: Uuid,
    new: &NewMilestone,
) -> Result<bool, DbError> {
    use appeal_milestone as m;
    shown::alters(conn);
    let inserted = diesel::insert_into(m::table)
        .values((
            (m::id.eq(new.id), m::appeal_id.eq(appeal), m::milestone.eq(new.milestone.name()), m::version.eq(new.version)),
            (m::day.eq(new.day), m::document_id.eq(new.source.document()), m::statement.eq(new.source.statement())),
            m::purpose.eq(new.source.document().map(|_| OF_APPEALS.purpose)),
            (m::recorded_at.eq(now), m::recorded_by.eq(by.account())),
        ))
        .on_conflict(m::id)
        .do_nothing()
        .execute(conn)?;
    Ok(inserted > 0)
}
