//! Recording gifts, set-wise: one transaction, a fixed number of statements, an answer for every gift.
//!
//! [`record`] decides for each gift, in this order: may the actor record at this chapter? is its id known
//! (then the original answers, or 422)? does the appeal take it, and into which fund? do its items exist? is its sum usual
//! (then it is written, else it is to be confirmed, or stands as [`asked`])? What passes is written together. What only the
//! database can refuse (a paper slip used twice, a code taken) fails the whole transaction, so [`record_all`] then halves the batch until the bad gift stands alone; the good ones stand.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::pg::PgConnection;
use uuid::Uuid;

pub use super::accept::Submission;
use super::accept::{Accepted, Context, grants};
use super::asked;
use super::asked_wire::AskedOut;
use super::display::Display;
use super::feed::changed;
use super::looked::{self, Looked};
use super::model::NewGift;
use super::prepare::Prepared;
use super::receipt::{CashReceiptRef, ReceiptOut};
use super::sorter::Sorter;
use super::unusual::Concern;
use super::{cash_receipts, finding, refusals, store};
use crate::authz::{self, AuditEvent, Granted, Record};
use crate::basics::Clock;
use crate::changes;
use crate::db::{Db, DbError};
use crate::http::{Kind, Problem};
use crate::ledger::model::Balanced;
use crate::ledger::store::{self as ledger, BookError, BookedAt, Detail, Goods, NewEntry};
use crate::parties::consent::{self, NewConsent};
use crate::parties::{self, NewParty, restriction};
use crate::stock::lots::{self, Arriving, Entering};
use crate::vouchers::store::{self as vouchers, Issued};

/// What became of a gift.
#[derive(Debug, Clone)]
pub enum Outcome {
    Booked(ReceiptOut),
    AlreadyBooked(ReceiptOut),
    /// It takes a second person: nothing is booked.
    Asked(AskedOut),
    Refused(Problem),
}

/// What would become of a gift.
pub enum Foreseen {
    /// It would be booked, or asked for; `alike` when another one stands that looks like it.
    Fine {
        alike: bool,
    },
    /// It stands already, or was asked for.
    Known,
    /// It would have to be confirmed.
    Unusual(Problem),
    Refused(Problem),
}

/// What would become of these if they were sent now; nothing is written. What only the database can refuse is not seen.
pub fn foresee(conn: &mut PgConnection, clock: &Clock, submissions: &[Submission]) -> Result<Vec<Foreseen>, DbError> {
    let at = BookedAt::now(clock.now());
    let context = Context::read(conn, submissions)?;
    let looked = look(conn, at, &context, submissions)?;
    let grants = grants(conn, at, &context, submissions)?;
    let mut sorter = Sorter::new(looked, submissions, &grants);
    (0..submissions.len()).for_each(|n| sorter.sort(&context, n));
    let Sorter { same, same_asked, accepted, refused, .. } = sorter;
    let mut foreseen: Vec<Foreseen> = submissions.iter().map(|_| Foreseen::Fine { alike: false }).collect();
    let known = same.into_iter().chain(same_asked).map(|(n, _)| (n, Foreseen::Known));
    let alike = accepted.into_iter().map(|a| {
        let alike = a.concerns.iter().any(|concern| matches!(concern, Concern::LooksLike | Concern::SameBankReference));
        (a.at, Foreseen::Fine { alike })
    });
    let refused = refused.into_iter().map(|(n, problem)| {
        (n, if problem.kind == Kind::Unusual { Foreseen::Unusual(problem) } else { Foreseen::Refused(problem) })
    });
    for (n, what) in known.chain(alike).chain(refused) {
        if let Some(place) = foreseen.get_mut(n) {
            *place = what;
        }
    }
    Ok(foreseen)
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
        Some("paper_slip_form_key") => refusals::slip_taken(gift),
        Some("entry_code_key" | "log_pending_pk" | "public_entry_code_key" | "asked_gift_code_key") => refusals::code_taken(),
        _ => error.into(),
    }
}

/// See the module.
pub fn record(conn: &mut PgConnection, clock: &Clock, submissions: &[Submission]) -> Result<Vec<Outcome>, BookError> {
    let at = BookedAt::now(clock.now());
    let context = Context::read(conn, submissions)?;
    let looked = look(conn, at, &context, submissions)?;
    let grants = grants(conn, at, &context, submissions)?;
    settle(conn, at, &context, submissions, Sorter::new(looked, submissions, &grants))
}

/// Records a gift that a second person approved, whatever its sum.
pub(super) fn record_approved(
    conn: &mut PgConnection,
    at: BookedAt,
    submission: &Submission,
    grant: Granted<Record>,
) -> Result<Outcome, Problem> {
    let submissions = std::slice::from_ref(submission);
    let mut work = || -> Result<Vec<Outcome>, BookError> {
        let context = Context::read(conn, submissions)?;
        let looked = look(conn, at, &context, submissions)?;
        let grants = [Ok(grant.clone())];
        settle(conn, at, &context, submissions, Sorter::of_approved(looked, submissions, &grants))
    };
    match work() {
        Ok(mut outcomes) => outcomes.pop().ok_or_else(|| Problem::internal("a gift was left without an outcome")),
        Err(BookError::Db(error)) => Err(row_problem(error, &submission.gift.gift)),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// What is known of the submissions' ids, and of their like.
fn look(conn: &mut PgConnection, at: BookedAt, context: &Context, submissions: &[Submission]) -> Result<Looked, DbError> {
    let places: HashSet<Uuid> = context.places.values().flat_map(|place| place.path.iter().map(|step| step.id.0)).collect();
    let gifts: Vec<&Prepared> = submissions.iter().map(|s| s.gift.as_ref()).collect();
    looked::look(conn, at.day, &Vec::from_iter(places), &gifts)
}

/// Sorts the submissions and writes what is to be written.
fn settle(
    conn: &mut PgConnection,
    at: BookedAt,
    context: &Context,
    submissions: &[Submission],
    mut sorter: Sorter<'_>,
) -> Result<Vec<Outcome>, BookError> {
    (0..submissions.len()).for_each(|n| sorter.sort(context, n));
    let Sorter { first, same, same_asked, accepted, asks, refused, .. } = sorter;
    let mut outcomes: Vec<Option<Outcome>> = submissions.iter().map(|_| None).collect();
    let mut settled: Vec<(usize, Outcome)> = refused.into_iter().map(|(n, problem)| (n, Outcome::Refused(problem))).collect();
    // First what locks nothing that others wait for.
    let answers = asked::ask(conn, at, asks)?.into_iter();
    settled.extend(answers.map(|(n, answer)| (n, answer.map_or_else(Outcome::Refused, Outcome::Asked))));
    settled.extend(write(conn, at, context, accepted)?);
    let known = asked::answers(conn, &same_asked.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
    let of = |id: Uuid| known.iter().find(|asked| asked.id == id);
    settled.extend(same_asked.into_iter().filter_map(|(n, id)| Some((n, Outcome::Asked(of(id)?.clone())))));
    for (n, outcome) in settled {
        outcomes[n] = Some(outcome);
    }
    settle_repeats(conn, submissions, &first, same, &mut outcomes)?;
    let missing = || Outcome::Refused(Problem::internal("a gift was left without an outcome"));
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(missing)).collect())
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
    let upserted = parties::upsert_and_mark(conn, at.at, &givers(&accepted))?;
    let party_ids = &upserted.ids;
    hide_restricted(conn, &mut accepted, party_ids, &upserted.marked)?;
    let rows: Vec<store::NewRow<'_>> = accepted
        .iter()
        .map(|a| store::NewRow {
            grant: a.grant,
            gift: a.gift,
            appeal: a.appeal,
            party: a.gift.party.as_ref().and_then(|p| party_ids.get(&p.id).copied()),
            display: a.display.name(),
            unusual: a.unusual,
        })
        .collect();
    let claimed = store::insert_gifts(conn, at.at, &rows)?;
    let (won, lost): (Vec<_>, Vec<_>) = accepted.into_iter().partition(|a| claimed.contains(&a.gift.gift.id));
    finding::settle(conn, &upserted, &givers(&won), &givers(&lost))?;
    let mut outcomes = lost_outcomes(conn, &lost)?;
    store::insert_slips(conn, &won.iter().map(|a| (a.grant.chapter().0, a.gift)).collect::<Vec<_>>())?;
    store::insert_lines(conn, &won.iter().map(|a| a.gift).collect::<Vec<_>>())?;
    consent::record(conn, at.at, &won.iter().filter_map(|a| consent_of(a, party_ids)).collect::<Vec<_>>())?;
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
    // Goods enter by the gift's own entry; gifts of money have no lines and cost nothing here.
    lots::enter(conn, at.at, &won.iter().filter_map(entering).collect::<Vec<_>>())?;
    authz::audit(conn, at.at, &events)?;
    changes::note(conn, &won.iter().map(|a| changed(a.grant.chapter(), a.gift.gift.id)).collect::<Vec<_>>())?;
    // Numbers follow the order in which the gifts were sent.
    let mut numbered: Vec<&Accepted<'_>> =
        won.iter().filter(|a| cash_receipts::are_for(a.gift.gift.channel, a.gift.gift.paper_slip.is_some())).collect();
    numbered.sort_by_key(|a| a.at);
    let numbered: Vec<_> = numbered.into_iter().map(|a| (a.grant, a.gift.entry_id)).collect();
    let numbers = ledger::book_and(conn, at, &funds, entries, |conn| vouchers::issue(conn, at, &numbered))?;
    outcomes.extend(won.iter().map(|a| (a.at, Outcome::Booked(receipt(a, at, numbers.get(&a.gift.entry_id))))));
    Ok(outcomes)
}

fn givers<'a>(of: &[Accepted<'a>]) -> Vec<&'a NewParty> {
    of.iter().filter_map(|a| a.gift.party.as_ref()).collect()
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
        purpose: if gift.payer.is_child { a.display.purpose()?.of_child() } else { a.display.purpose()? },
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
                _ => Outcome::Refused(refusals::id_taken()),
            };
            (a.at, outcome)
        })
        .collect())
}

/// The lots of a gift in kind, one a line; where they are kept and until when they are good is said later.
fn entering<'a>(a: &'a Accepted<'_>) -> Option<Entering<'a, Record>> {
    let gift = &a.gift.gift;
    let lines = gift.lines.iter().map(|line| Arriving {
        item: line.item.clone(),
        unit: line.unit.clone(),
        quantity: line.quantity,
        value: line.value.get(),
        valuation: line.valuation.name().to_owned(),
        expires_on: None,
        store: None,
    });
    let (fund, entry, day) = (a.fund.id, a.gift.entry_id, gift.received_on);
    (!gift.lines.is_empty()).then(|| Entering { by: a.grant, fund, entry, day, lines: lines.collect() })
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
        detail: Detail::default(),
        goods: goods.collect(),
        message_count: gift.message_count,
        giver_shown: gift.giver_shown().filter(|_| a.display == gift.display),
        document: None,
        pd: a.gift.pd,
        opening: Some(a.gift.opening.clone()),
        passing: a.gift.passing.clone(),
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
        reversed_by: None,
        cash_receipt: issued.map(|issued| CashReceiptRef::new(gift.id, &issued.number(&gift.chapter))),
        concerns: a.concerns.clone(),
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
