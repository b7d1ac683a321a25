//! Recording gifts, set-wise: one transaction, a fixed number of statements, an answer for every gift.
//!
//! [`record`] decides for each gift, in this order: may the actor record at this chapter? is its id known
//! (then the original answers, or 422)? does the appeal take it, and into which fund? do its items exist? What passes is
//! written together. What only the database can refuse (a paper slip used twice, a code taken) fails the whole
//! transaction, so [`record_all`] then halves the batch until the bad gift stands alone; the good ones stand.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{AppealTerms, no_such_appeal};
use super::prepare::Prepared;
use super::wire::{CashReceiptRef, Display, ReceiptOut};
use super::{appeals, cash_receipts, store};
use crate::authz::{self, Actor, Ask, AuditEvent, Granted, Record};
use crate::basics::Clock;
use crate::db::{Db, DbError};
use crate::http::{FieldError, Kind, Problem, Say};
use crate::ledger::model::{Balanced, Fund};
use crate::ledger::store::{self as ledger, BookError, BookedAt, Goods, NewEntry};
use crate::parties::consent::{self, NewConsent};
use crate::parties::restriction;
use crate::stock::{self, Item};
use crate::tree::{self, Place};
use crate::vouchers::store::{self as vouchers, Issued};
use crate::{giving::model::NewGift, parties};

/// One gift and who sends it.
#[derive(Clone)]
pub struct Submission {
    pub actor: Actor,
    pub gift: Arc<Prepared>,
}

/// What became of a gift.
#[derive(Debug, Clone)]
pub enum Outcome {
    Booked(ReceiptOut),
    AlreadyBooked(ReceiptOut),
    Refused(Problem),
}

/// Records all, each on its own merits; answers in order. Runs on a blocking thread.
pub fn record_all(db: &Db, clock: &Clock, submissions: &[Submission]) -> Vec<Outcome> {
    if submissions.is_empty() {
        return Vec::new();
    }
    match db.tx_blocking(|conn| record(conn, clock, submissions)) {
        Ok(outcomes) => outcomes,
        Err(BookError::Db(error)) if error.is_about_a_row() || matches!(error, DbError::Deadlock) => match submissions {
            [one] => vec![Outcome::Refused(row_problem(error, &one.gift.gift))],
            many => {
                let (left, right) = many.split_at(many.len() / 2);
                let mut outcomes = record_all(db, clock, left);
                outcomes.extend(record_all(db, clock, right));
                outcomes
            }
        },
        Err(BookError::Db(error)) => {
            let problem = Problem::from(error);
            submissions.iter().map(|_| Outcome::Refused(problem.clone())).collect()
        }
        Err(error) => {
            let problem = Problem::internal(error);
            submissions.iter().map(|_| Outcome::Refused(problem.clone())).collect()
        }
    }
}

/// What a database constraint says about one gift.
fn row_problem(error: DbError, gift: &NewGift) -> Problem {
    match error.constraint() {
        Some("paper_slip_pk") => {
            let (book, no) = gift.paper_slip.as_ref().map(|(b, n)| (b.as_str(), n.as_str())).unwrap_or_default();
            Problem::field(
                "/paper_no",
                "SLIP_TAKEN",
                format!("Phiếu số {no} quyển {book} đã ghi cho quà khác của đơn vị."),
                format!("Slip {no} of book {book} stands for another gift of this chapter."),
            )
        }
        Some("entry_code_key" | "log_pending_pk" | "public_entry_code_key") => {
            Problem::field("/code", "CODE_TAKEN", "Mã công khai này đã dùng.", "This public code is taken.")
        }
        _ => error.into(),
    }
}

/// A gift that passed every rule.
struct Accepted<'a> {
    at: usize,
    grant: &'a Granted<Record>,
    gift: &'a Prepared,
    place: Arc<Place>,
    appeal: Option<Uuid>,
    fund: Fund,
    /// As the giver chose, or not at all while the chapter may not use the giver's data.
    display: Display,
}

/// What the submissions refer to, read once for all of them.
struct Context {
    places: HashMap<String, Arc<Place>>,
    appeals: HashMap<String, AppealTerms>,
    items: HashMap<String, Item>,
    /// Read when some gift names no appeal.
    general: Option<Fund>,
}

impl Context {
    fn read(conn: &mut PgConnection, submissions: &[Submission]) -> Result<Self, DbError> {
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

/// See the module.
pub fn record(conn: &mut PgConnection, clock: &Clock, submissions: &[Submission]) -> Result<Vec<Outcome>, BookError> {
    let at = BookedAt::now(clock.now());
    let context = Context::read(conn, submissions)?;
    let ids: Vec<Uuid> = submissions.iter().map(|s| s.gift.gift.id).collect();
    let known = store::known(conn, &ids)?;
    let grants = grants(conn, at, &context, submissions)?;
    let mut outcomes: Vec<Option<Outcome>> = submissions.iter().map(|_| None).collect();
    let mut first: HashMap<Uuid, usize> = HashMap::new();
    let mut accepted = Vec::new();
    let mut same = Vec::new(); // (position, id): the same content is here already or earlier in this batch
    for (n, submission) in submissions.iter().enumerate() {
        let gift = &submission.gift;
        let grant = match &grants[n] {
            Ok(grant) => grant,
            Err(problem) => {
                outcomes[n] = Some(Outcome::Refused(problem.clone()));
                continue;
            }
        };
        let earlier = first.get(&gift.gift.id).map(|at| &submissions[*at].gift.request_hash);
        match known.get(&gift.gift.id).or(earlier) {
            Some(hash) if *hash == gift.request_hash || *hash == gift.bare_hash => {
                same.push((n, gift.gift.id));
                continue;
            }
            Some(_) => {
                outcomes[n] = Some(Outcome::Refused(id_taken()));
                continue;
            }
            None => {
                first.insert(gift.gift.id, n);
            }
        }
        match accept(&context, n, grant, gift) {
            Ok(ok) => accepted.push(ok),
            Err(errors) => outcomes[n] = Some(Outcome::Refused(Problem::invalid(errors))),
        }
    }
    for (n, outcome) in write(conn, at, &context, accepted)? {
        outcomes[n] = Some(outcome);
    }
    settle_repeats(conn, submissions, &first, same, &mut outcomes)?;
    Ok(outcomes
        .into_iter()
        .map(|o| o.unwrap_or_else(|| Outcome::Refused(Problem::internal("a gift was left without an outcome"))))
        .collect())
}

fn id_taken() -> Problem {
    Problem::say(
        Kind::IdTaken,
        "id này đã dùng cho nội dung khác. Nếu là quà mới, hãy tạo id mới; nếu là sửa, hãy đề nghị hủy bút toán cũ.",
        "This id stands for other content. For a new gift make a new id; to correct one, ask for its reversal.",
    )
}

/// The right of each submission at its chapter, decided in this transaction. An unknown chapter and one whose books
/// the actor may not see are the same answer.
fn grants(
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

/// Applies the rules that need to know what exists.
fn accept<'a>(
    context: &Context,
    at: usize,
    grant: &'a Granted<Record>,
    gift: &'a Prepared,
) -> Result<Accepted<'a>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let place = context.places.get(&gift.gift.chapter).cloned();
    let Some(place) = place else {
        return Err(vec![FieldError::new(
            "/chapter",
            "NO_SUCH_CHAPTER",
            Say::fixed("Không có đơn vị này.", "There is no such chapter."),
        )]);
    };
    if !place.accepts_entries {
        errors.push(FieldError::new(
            "/chapter",
            "BOOKS_CLOSED",
            Say::fixed(
                "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
                "The chapter has merged or dissolved: record at its successor.",
            ),
        ));
    }
    let (mut appeal, mut fund) = (None, context.general.clone());
    if let Some(code) = &gift.gift.appeal {
        match context.appeals.get(code) {
            None => errors.push(no_such_appeal()),
            Some(terms) => match terms.destination(&place, gift.gift.received_on) {
                Ok(destination) => (appeal, fund) = (Some(terms.id), Some(destination.clone())),
                Err(error) => errors.push(error),
            },
        }
    }
    for (n, line) in gift.gift.lines.iter().enumerate() {
        match context.items.get(&line.item) {
            None => errors.push(FieldError::new(
                format!("/lines/{n}/item"),
                "NO_SUCH_ITEM",
                Say::fixed("Không có mặt hàng này trong danh mục.", "There is no such item in the catalogue."),
            )),
            Some(item) if !item.units.contains(&line.unit) => {
                let units = item.units.join(", ");
                errors.push(FieldError::new(
                    format!("/lines/{n}/unit"),
                    "NOT_A_UNIT",
                    Say::new(format!("{} tính bằng: {units}.", item.name), format!("{} is counted in: {units}.", item.name_en)),
                ));
            }
            Some(_) => {}
        }
    }
    match fund {
        Some(fund) if errors.is_empty() => Ok(Accepted { at, grant, gift, place, appeal, fund, display: gift.gift.display }),
        _ => Err(errors),
    }
}

/// Writes what passed: gifts first (they claim the ids), then the books. Returns (position, outcome).
fn write(
    conn: &mut PgConnection,
    at: BookedAt,
    context: &Context,
    mut accepted: Vec<Accepted<'_>>,
) -> Result<Vec<(usize, Outcome)>, BookError> {
    if accepted.is_empty() {
        return Ok(Vec::new());
    }
    accepted.sort_by_key(|a| a.gift.gift.id);
    let new_parties: Vec<&parties::NewParty> = accepted.iter().filter_map(|a| a.gift.party.as_ref()).collect();
    let (party_ids, marked) = parties::upsert_and_mark(conn, at.at, &new_parties)?;
    hide_restricted(conn, &mut accepted, &party_ids, &marked)?;
    let rows: Vec<store::NewRow<'_>> = accepted
        .iter()
        .map(|a| store::NewRow {
            grant: a.grant,
            gift: a.gift,
            appeal: a.appeal,
            party: a.gift.party.as_ref().and_then(|p| party_ids.get(&p.id).copied()),
            display: a.display.name(),
        })
        .collect();
    let claimed = store::insert_gifts(conn, at.at, &rows)?;
    let (won, lost): (Vec<_>, Vec<_>) = accepted.into_iter().partition(|a| claimed.contains(&a.gift.gift.id));
    if !lost.is_empty() {
        let party = |a: &Accepted<'_>| a.gift.party.as_ref().map(|p| p.id);
        let kept: HashSet<Uuid> = won.iter().filter_map(party).filter_map(|id| party_ids.get(&id).copied()).collect();
        parties::take_back(conn, &lost.iter().filter_map(party).filter(|id| !kept.contains(id)).collect::<Vec<_>>())?;
    }
    let mut outcomes = lost_outcomes(conn, &lost)?;
    store::insert_slips(conn, &won.iter().map(|a| (a.grant.chapter().0, a.gift)).collect::<Vec<_>>())?;
    store::insert_lines(conn, &won.iter().map(|a| a.gift).collect::<Vec<_>>())?;
    consent::record(conn, at.at, &won.iter().filter_map(|a| consent_of(a, &party_ids)).collect::<Vec<_>>())?;
    let mut funds = HashMap::new();
    let mut entries = Vec::with_capacity(won.len());
    let mut events = Vec::with_capacity(won.len());
    for a in &won {
        let gift = &a.gift.gift;
        let Ok(postings) = Balanced::gift(gift.channel.gift_kind(), &a.fund, gift.amount) else {
            return Err(BookError::UnknownFund);
        };
        funds.insert(a.fund.id, a.fund.clone());
        entries.push((a.grant, entry_of(context, a, postings)));
        events.push(AuditEvent {
            account: Some(a.grant.account()),
            action: "GIFT_RECORDED",
            subject: Some(gift.id),
            chapter: Some(a.grant.chapter().0),
        });
    }
    authz::audit(conn, at.at, &events)?;
    // Numbers follow the order in which the gifts were sent.
    let mut numbered: Vec<&Accepted<'_>> =
        won.iter().filter(|a| cash_receipts::are_for(a.gift.gift.channel, a.gift.gift.paper_slip.is_some())).collect();
    numbered.sort_by_key(|a| a.at);
    let numbered: Vec<_> = numbered.into_iter().map(|a| (a.grant, a.gift.entry_id)).collect();
    let numbers = ledger::book_and(conn, at, &funds, entries, |conn| vouchers::issue(conn, at, &numbered))?;
    outcomes.extend(won.iter().map(|a| (a.at, Outcome::Booked(receipt(a, at, numbers.get(&a.gift.entry_id))))));
    Ok(outcomes)
}

/// A giver whose data the chapter may not use is shown nowhere, whatever was chosen. Few are: `marked`, or nobody asks.
fn hide_restricted(
    conn: &mut PgConnection,
    accepted: &mut [Accepted<'_>],
    party_ids: &HashMap<Uuid, Uuid>,
    marked: &[Uuid],
) -> Result<(), DbError> {
    let restricted = restriction::of_parties(conn, marked)?;
    for a in accepted {
        let party = a.gift.party.as_ref().and_then(|p| party_ids.get(&p.id));
        if party.is_some_and(|party| restricted.contains(&(*party, a.grant.chapter().0))) {
            a.display = Display::Anonymous;
        }
    }
    Ok(())
}

/// A person who chose to be shown agreed to it; organisations are named without.
fn consent_of(a: &Accepted<'_>, party_ids: &HashMap<Uuid, Uuid>) -> Option<NewConsent> {
    let gift = &a.gift.gift;
    gift.giver.as_ref().filter(|giver| giver.kind.shown_by_consent())?;
    Some(NewConsent {
        party: *party_ids.get(&a.gift.party.as_ref()?.id)?,
        gift: gift.id,
        purpose: a.display.purpose()?,
        channel: "AT_GIVING",
        evidence: None,
        account: a.grant.account(),
    })
}

/// Ids that somebody else took between our look and our write: theirs stands.
fn lost_outcomes(conn: &mut PgConnection, lost: &[Accepted<'_>]) -> Result<Vec<(usize, Outcome)>, DbError> {
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = lost.iter().map(|a| a.gift.gift.id).collect();
    let (known, receipts) = (store::known(conn, &ids)?, store::receipts(conn, &ids)?);
    Ok(lost
        .iter()
        .map(|a| {
            let id = a.gift.gift.id;
            let outcome = match (known.get(&id), receipts.get(&id)) {
                (Some(hash), Some(receipt)) if *hash == a.gift.request_hash || *hash == a.gift.bare_hash => {
                    Outcome::AlreadyBooked(receipt.clone())
                }
                _ => Outcome::Refused(id_taken()),
            };
            (a.at, outcome)
        })
        .collect())
}

fn entry_of(context: &Context, a: &Accepted<'_>, postings: Balanced) -> NewEntry {
    let gift = &a.gift.gift;
    let goods = gift.lines.iter().map(|line| Goods {
        item: line.item.clone(),
        item_name: context.items.get(&line.item).map(|item| item.name.clone()).unwrap_or_default(),
        quantity: line.quantity.to_string(),
        unit: line.unit.clone(),
        value_vnd: line.value.get(),
        valuation: line.valuation.name().into(),
    });
    NewEntry {
        id: a.gift.entry_id,
        code: a.gift.code.clone(),
        place: Arc::clone(&a.place),
        day: gift.received_on,
        channel: Some(gift.channel),
        postings,
        reverses: None,
        goods: goods.collect(),
        message_count: gift.message_count,
        giver_shown: gift.giver_shown().filter(|_| a.display == gift.display),
        document: None,
        pd: a.gift.pd,
        opening: Some(a.gift.opening.clone()),
    }
}

fn receipt(a: &Accepted<'_>, at: BookedAt, issued: Option<&Issued>) -> ReceiptOut {
    let gift = &a.gift.gift;
    ReceiptOut {
        id: gift.id,
        code: a.gift.code.as_str().to_owned(),
        chapter: gift.chapter.clone(),
        appeal: gift.appeal.clone(),
        fund: a.fund.code.clone(),
        amount_vnd: gift.amount.get(),
        received_on: gift.received_on,
        booked_on: at.day,
        // The database keeps microseconds: say what a later reading will say.
        recorded_at: chrono::DurationRound::duration_trunc(at.at, chrono::Duration::microseconds(1)).unwrap_or(at.at),
        cash_receipt: issued.map(|issued| CashReceiptRef::new(gift.id, &issued.number(&gift.chapter))),
    }
}

/// Repeats answer with the original: from the books, or whatever became of the first one in this batch.
fn settle_repeats(
    conn: &mut PgConnection,
    submissions: &[Submission],
    first: &HashMap<Uuid, usize>,
    same: Vec<(usize, Uuid)>,
    outcomes: &mut [Option<Outcome>],
) -> Result<(), DbError> {
    let (in_batch, in_books): (Vec<_>, Vec<_>) = same.into_iter().partition(|(_, id)| first.contains_key(id));
    let receipts = store::receipts(conn, &in_books.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
    for (n, id) in in_books {
        outcomes[n] = receipts.get(&id).map(|receipt| Outcome::AlreadyBooked(receipt.clone()));
    }
    for (n, id) in in_batch {
        debug_assert_eq!(submissions[n].gift.gift.id, id);
        let original = first.get(&id).and_then(|at| outcomes[*at].clone());
        outcomes[n] = original.map(|outcome| match outcome {
            Outcome::Booked(receipt) => Outcome::AlreadyBooked(receipt),
            other => other,
        });
    }
    Ok(())
}
