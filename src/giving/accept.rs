//! Whether a gift may be recorded: who sends it, what it refers to, and the rules that need to know what exists.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::appeals;
use super::display::Display;
use super::gift_in::GiftIn;
use super::model::{AppealTerms, no_such_appeal};
use super::prepare::Prepared;
use super::unusual::Concern;
use crate::authz::{self, Actor, Ask, Denied, Granted, Record, Visit};
use crate::basics::Line;
use crate::db::DbError;
use crate::http::{Check, FieldError, Problem, Rough, Say};
use crate::ledger::model::Fund;
use crate::ledger::store::{self as ledger, BookedAt};
use crate::stock::{self, Item};
use crate::tree::{self, Place};

/// One gift and who sends it.
#[derive(Clone)]
pub struct Submission {
    pub actor: Actor,
    pub gift: Arc<Prepared>,
}

/// A gift that passed every rule.
pub(super) struct Accepted<'a> {
    pub at: usize,
    pub grant: &'a Granted<Record>,
    pub gift: &'a Prepared,
    pub place: Arc<Place>,
    pub appeal: Option<Uuid>,
    pub fund: Fund,
    /// As the giver chose, or not at all while the chapter may not use the giver's data.
    pub display: Display,
    /// Above a limit: confirmed, or approved.
    pub unusual: bool,
    pub concerns: Vec<Concern>,
}

/// What the submissions refer to, read once for all of them.
pub(super) struct Context {
    pub places: HashMap<String, Arc<Place>>,
    pub appeals: HashMap<String, AppealTerms>,
    pub items: HashMap<String, Item>,
    /// Read when some gift names no appeal.
    pub general: Option<Fund>,
}

impl Context {
    pub(super) fn read(conn: &mut PgConnection, submissions: &[Submission]) -> Result<Self, DbError> {
        let gifts = || submissions.iter().map(|s| &s.gift.gift);
        let chapters: HashSet<&str> = gifts().map(|g| g.chapter.as_str()).collect();
        let appeals: HashSet<&str> = gifts().filter_map(|g| g.appeal.as_deref()).collect();
        let items: HashSet<&str> = gifts().flat_map(|g| g.lines.iter().map(|l| l.item.as_str())).collect();
        Ok(Self {
            places: tree::places(conn, &Vec::from_iter(chapters))?
                .into_iter()
                .map(|(code, place)| (code, Arc::new(place)))
                .collect(),
            appeals: appeals::terms(conn, &Vec::from_iter(appeals))?,
            items: if items.is_empty() { HashMap::new() } else { stock::items(conn, &Vec::from_iter(items))? },
            general: if gifts().any(|g| g.appeal.is_none()) { Some(ledger::general_fund(conn)?) } else { None },
        })
    }
}

/// The right of each submission at its chapter, decided in this transaction. An unknown chapter and one whose books
/// the actor may not see are the same answer.
pub(super) fn grants(
    conn: &mut PgConnection,
    at: BookedAt,
    context: &Context,
    submissions: &[Submission],
) -> Result<Vec<Result<Granted<Record>, Problem>>, DbError> {
    let asks: Vec<Option<Ask>> = submissions
        .iter()
        .map(|s| context.places.get(&s.gift.gift.chapter).map(|place| Ask { actor: s.actor, chapter: place.id }))
        .collect();
    let known: Vec<Ask> = asks.iter().flatten().copied().collect();
    let mut verdicts = authz::decide::<Record>(conn, at.at, &known)?.into_iter();
    let no_chapter = || {
        let say = Say::fixed("Không có đơn vị này trong phạm vi của bạn.", "There is no such chapter within your reach.");
        Problem { errors: vec![FieldError::new("/chapter", "NO_SUCH_CHAPTER", say)], ..Problem::not_found() }
    };
    Ok(asks
        .into_iter()
        .map(|ask| match ask.and_then(|_| verdicts.next()) {
            Some(Ok(grant)) => Ok(grant),
            Some(Err(authz::Refusal::Unreadable)) | None => Err(no_chapter()),
            Some(Err(refusal)) => Err(refusal.into()),
        })
        .collect())
}

/// What a gift that is wrong in itself says of its appeal.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    chapter: String,
    appeal: String,
    received_on: NaiveDate,
}

impl Wanted {
    pub(super) fn of(gift: &Rough<GiftIn>) -> Option<Self> {
        let gift = gift.sound(&["/chapter", "/appeal", "/received_on"])?;
        let appeal = Line::parse(gift.appeal.as_deref()?, 40).ok()?;
        Some(Self { chapter: gift.chapter.clone(), appeal: appeal.as_str().to_owned(), received_on: gift.received_on })
    }
}

/// What would be wrong with the appeal once the rest is right, for those who may record at the chapter; everybody else learns of the
/// chapter first, when the gift is right.
pub(super) fn wrong_appeal(v: &mut Visit<'_>, wanted: &Wanted) -> Result<Option<FieldError>, Denied> {
    let (_, place) = v.at_code::<Record>(&wanted.chapter)?;
    let terms = appeals::terms(v.conn, &[&wanted.appeal])?.remove(&wanted.appeal);
    let Some(terms) = terms else { return Ok(Some(no_such_appeal())) };
    Ok(terms.destination(&place, wanted.received_on).err())
}

/// Applies the rules that need to know what exists.
pub(super) fn accept<'a>(
    context: &Context,
    at: usize,
    grant: &'a Granted<Record>,
    gift: &'a Prepared,
) -> Result<Accepted<'a>, Vec<FieldError>> {
    let mut check = Check::default();
    check.extend(gift.gift.unfit.iter().cloned());
    let place = context.places.get(&gift.gift.chapter).cloned();
    let Some(place) = place else {
        return Err(vec![FieldError::new(
            "/chapter",
            "NO_SUCH_CHAPTER",
            Say::fixed("Không có đơn vị này.", "There is no such chapter."),
        )]);
    };
    if !place.accepts_entries && gift.passing.is_none() {
        check.wrong(
            "/chapter",
            "BOOKS_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or dissolved: record at its successor.",
        );
    }
    let (mut appeal, mut fund) = (None, context.general.clone());
    if let Some(code) = &gift.gift.appeal {
        match context.appeals.get(code) {
            None => check.add(no_such_appeal()),
            Some(terms) => match terms.destination(&place, gift.gift.received_on) {
                Ok(destination) => (appeal, fund) = (Some(terms.id), Some(destination.clone())),
                Err(error) => check.add(error),
            },
        }
    }
    for (n, line) in gift.gift.lines.iter().enumerate() {
        match context.items.get(&line.item) {
            None => check.wrong(
                format!("/lines/{n}/item"),
                "NO_SUCH_ITEM",
                "Không có mặt hàng này trong danh mục.",
                "There is no such item in the catalogue.",
            ),
            Some(item) if !item.units.contains(&line.unit) => {
                let units = item.units.join(", ");
                let (vi, en) =
                    (format!("{} tính bằng: {units}.", item.name), format!("{} is counted in: {units}.", item.name_en));
                check.wrong(format!("/lines/{n}/unit"), "NOT_A_UNIT", vi, en);
            }
            Some(item) if item.counts_in(&line.unit) && !line.quantity.is_whole() => check.wrong(
                format!("/lines/{n}/quantity"),
                "NOT_WHOLE",
                format!("{} tính theo {} phải là số nguyên, không phải {}.", item.name, line.unit, line.quantity),
                format!("{} in {} come in whole numbers, not {}.", item.name_en, line.unit, line.quantity),
            ),
            Some(_) => {}
        }
    }
    let display = gift.gift.display;
    check.done(fund.map(|fund| Accepted { at, grant, gift, place, appeal, fund, display, unusual: false, concerns: Vec::new() }))
}
