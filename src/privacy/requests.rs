//! Asking, answering, extending: who may do what with a request.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::execute;
use super::fault::Fault;
use super::matter::{self, new};
use super::model::{self, ExtensionReason, NewRequest, RequestKind, State, shows_only_less};
use super::persons;
use super::rest;
use super::store::{self, RequestRow};
use super::writing::{Reach, bare_hash, common, hash, write};
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::calendar;
use crate::db::DbError;
use crate::decisions::{self, New};
use crate::giving::display::Display;
use crate::giving::personal::{self, Part, Scope};
use crate::house::Rooms;
use crate::http::{FieldError, Say};
use crate::ledger::store as ledger;
use crate::parties::{self, PartyKind, alias, restriction};
use crate::tree::ChapterId;

/// The first chapter of several at which the visitor holds a right: 403 if one of them may be read, else 404.
pub fn at_one_of<R: Right>(v: &mut Visit<'_>, chapters: &[Uuid]) -> Result<Granted<R>, Fault> {
    Ok(v.at_one_of(&chapters.iter().map(|id| ChapterId(*id)).collect::<Vec<_>>())?)
}

/// Asks. The same request sent again answers as it stands now.
pub fn record(v: &mut Visit<'_>, rooms: Rooms, ask: &NewRequest) -> Result<(RequestRow, bool), Fault> {
    if let Some(known) = store::find(v.conn, ask.id)? {
        return Ok((repeated(v, ask, known)?, false));
    }
    let (scope, _) = subject(v, ask.scope)?;
    let held = hold_subject(v.conn, scope)?;
    // Somebody else may have sent the same while we waited.
    if let Some(known) = store::find(v.conn, ask.id)? {
        return Ok((repeated(v, ask, known)?, false));
    }
    // Whoever waited for an erasure finds nobody.
    let (scope, grant) = subject(v, ask.scope)?;
    let chapters = covered(v, rooms, scope, &grant)?;
    if store::is_open(v.conn, ask.kind, ask.scope)? {
        return Err(Fault::AskedAlready);
    }
    let shown = check(v.conn, ask, scope, &chapters, held)?;
    let at_once = shows_only_less(ask.kind, ask.changes.as_ref(), &shown);
    let about = code_of(v.conn, scope)?;
    let decision = matter::of(ask.kind).filter(|_| !at_once).map(|kind| New { about: about.as_deref(), ..new(kind, ask.id) });
    let plan = match &decision {
        None => None,
        Some(new) => {
            let nearest = common(v.conn, &chapters)?;
            Some((new, decisions::plan_at(v.conn, v.now, &grant, new, nearest)?))
        }
    };
    let approver = plan.as_ref().map(|(_, plan)| plan.approver()).transpose()?.map(|chapter| chapter.0);
    let reach = Reach { scope, party_alias: model::ids(ask.scope).0, chapters: &chapters, approver, rest: None };
    write(v, &grant, ask, reach)?;
    match plan {
        Some((new, plan)) => decisions::enter(v.conn, v.now, &grant, new, &plan)?,
        None => v.note(&grant, "PERSONAL_DATA_REQUESTED", ask.id)?,
    }
    rest::leave(v, rooms, &grant, ask, scope, &chapters)?;
    let mut row = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    if at_once {
        store::begin(v.conn, v.now, grant.account(), &row)?;
        row = carry_out(v, rooms, ask.id)?;
    }
    Ok((row, true))
}

/// Whether there is anything to do it to; returns how the gifts covered are shown.
fn check(
    conn: &mut PgConnection,
    ask: &NewRequest,
    scope: Scope,
    chapters: &[Uuid],
    (kind_of_party, has_data): (Option<PartyKind>, bool),
) -> Result<Vec<Display>, Fault> {
    if ask.kind == RequestKind::LiftRestriction && !is_restricted(conn, scope, chapters)? {
        return Err(Fault::NotRestricted);
    }
    if !has_data || (ask.kind != RequestKind::Erase && !ask.kind.is_done_by_hand() && kind_of_party.is_none()) {
        return Err(Fault::NoGiver);
    }
    let shown = displays(conn, scope, chapters)?;
    check_display(ask, kind_of_party, &shown)?;
    Ok(shown)
}

/// Whom a request is about, and the right of its writer where they know the party by the name they use.
fn subject(v: &mut Visit<'_>, asked: Scope) -> Result<(Scope, Granted<Record>), Fault> {
    let Scope::Party(name) = asked else {
        let chapters = personal::chapters(v.conn, asked)?;
        return Ok((asked, at_one_of::<Record>(v, &chapters)?));
    };
    let known = alias::resolve(v.conn, name)?;
    let grant = at_one_of::<Record>(v, &known.iter().map(|k| k.chapter).collect::<Vec<_>>())?;
    let party = known.iter().find(|k| k.chapter == grant.chapter().0).ok_or(Fault::Unknown)?.party;
    Ok((Scope::Party(party), grant))
}

/// Of the chapters that hold what a request is about, those in which its writer records: one of them at least.
fn covered(v: &mut Visit<'_>, rooms: Rooms, scope: Scope, grant: &Granted<Record>) -> Result<Vec<Uuid>, Fault> {
    let mut holding = persons::chapters(v.conn, rooms, scope)?;
    if !holding.contains(&grant.chapter().0) {
        return Err(Fault::Unknown);
    }
    holding.sort_unstable();
    let holding: Vec<ChapterId> = holding.into_iter().map(ChapterId).collect();
    let granted = v.at_each::<Record>(&holding)?.into_iter().filter_map(Result::ok);
    Ok(granted.map(|grant| grant.chapter().0).collect())
}

/// The public code of a request's gift, where it is about one alone.
fn code_of(conn: &mut PgConnection, scope: Scope) -> Result<Option<String>, DbError> {
    let Scope::Gift(_) = scope else { return Ok(None) };
    let gift = personal::read(conn, scope, Part::default(), 1)?.pop();
    let Some(entry) = gift.map(|gift| gift.entry_id) else { return Ok(None) };
    Ok(ledger::codes(conn, &[entry])?.remove(&entry))
}

fn is_restricted(conn: &mut PgConnection, scope: Scope, chapters: &[Uuid]) -> Result<bool, DbError> {
    match scope {
        Scope::Party(id) => Ok(restriction::since(conn, id, chapters)?.is_some()),
        Scope::Gift(_) => Ok(false),
    }
}

fn displays(conn: &mut PgConnection, scope: Scope, chapters: &[Uuid]) -> Result<Vec<Display>, DbError> {
    Ok(personal::displays(conn, scope, chapters)?.iter().filter_map(|name| Display::parse(name)).collect())
}

/// Begins and does the first step, which for most is the last.
pub(super) fn carry_out(v: &mut Visit<'_>, rooms: Rooms, id: Uuid) -> Result<RequestRow, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    execute::begin(&mut v.errand(), rooms, row)?;
    // The beginning may have given it another row of the person.
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    execute::step(&mut v.errand(), rooms, row)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

fn repeated(v: &mut Visit<'_>, ask: &NewRequest, known: RequestRow) -> Result<RequestRow, Fault> {
    let same = known.request_hash == hash(v.vault, ask) || known.request_hash == bare_hash(v.vault, ask);
    let chapters = store::chapters(v.conn, known.id)?;
    if !same || at_one_of::<Read>(v, &chapters).is_err() {
        return Err(Fault::IdTaken);
    }
    Ok(known)
}

/// Holds the party and, for one gift, the gift: whatever else is about them waits. Tells what kind of party it is, and
/// whether there is anything personal at all.
pub(super) fn hold_subject(conn: &mut PgConnection, scope: Scope) -> Result<(Option<PartyKind>, bool), Fault> {
    let party_of = |conn: &mut PgConnection, id: Uuid| -> Result<Option<PartyKind>, Fault> {
        Ok(parties::hold(conn, id)?.and_then(|party| PartyKind::parse(&party.kind)))
    };
    match scope {
        Scope::Party(id) => {
            let kind = party_of(conn, id)?;
            Ok((kind, kind.is_some()))
        }
        Scope::Gift(_) => {
            // Parties before gifts, as everybody who locks both.
            let seen = personal::read(conn, scope, Part::default(), 1)?.pop().ok_or(Fault::Unknown)?;
            let kind = seen.party_id.map(|id| party_of(conn, id)).transpose()?.flatten();
            let gift = personal::hold(conn, scope, Part::default(), 1)?.pop().ok_or(Fault::Unknown)?;
            Ok((kind, kind.is_some() || gift.particulars.is_some()))
        }
    }
}

/// What may be shown of this party, and by what proof.
fn check_display(ask: &NewRequest, kind: Option<PartyKind>, shown: &[Display]) -> Result<(), Fault> {
    let Some(to) = ask.changes.as_ref().and_then(|changes| changes.display) else { return Ok(()) };
    if kind == Some(PartyKind::Organisation) && to == Display::Masked {
        let say = Say::fixed("Tên tổ chức hiện đầy đủ hoặc ẩn danh.", "An organisation is shown in full or not at all.");
        return Err(Fault::Field(FieldError::new("/changes/display", "NOT_A_PERSON", say)));
    }
    let raises = shown.iter().any(|from| *from < to);
    let proven = ask.changes.as_ref().is_some_and(|changes| changes.evidence.is_some());
    if raises && !proven && kind.is_some_and(PartyKind::shown_by_consent) {
        let say = Say::fixed(
            "Hiện nhiều hơn trước cần bằng chứng đồng ý: SHA-256 của phiếu có chữ ký.",
            "Showing more than before takes a proof of consent: the SHA-256 of the signed form.",
        );
        return Err(Fault::Field(FieldError::new("/changes/consent_evidence", "MISSING", say)));
    }
    Ok(())
}

/// A request held for a change by somebody with a right at one of its chapters.
fn held_by<R: Right>(v: &mut Visit<'_>, id: Uuid) -> Result<(RequestRow, Granted<R>), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapters = store::chapters(v.conn, id)?;
    let grant = at_one_of::<R>(v, &chapters)?;
    Ok((row, grant))
}

/// Notes that the person was answered.
pub fn answer(v: &mut Visit<'_>, id: Uuid) -> Result<RequestRow, Fault> {
    let (row, grant) = held_by::<Record>(v, id)?;
    if row.answered_at.is_none() {
        if !row.state().is_some_and(State::is_open) {
            return Err(Fault::Decided);
        }
        store::answer(v.conn, v.now, grant.account(), &row)?;
        v.note(&grant, "PERSONAL_DATA_REQUEST_ANSWERED", id)?;
    }
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// Takes longer, once.
pub fn extend(v: &mut Visit<'_>, id: Uuid, days: u16, reason: ExtensionReason) -> Result<RequestRow, Fault> {
    let (row, grant) = held_by::<Record>(v, id)?;
    let kind = row.kind().ok_or_else(|| Fault::broken("a request of an unknown kind"))?;
    let most = store::clocks(v.conn, kind, row.third_parties, row.received_on)?.map_or(0, |clocks| clocks.extension_days);
    if days == 0 || days > most {
        return Err(Fault::Field(FieldError::new(
            "/days",
            "OUT_OF_RANGE",
            Say::new(format!("Gia hạn từ 1 đến {most} ngày."), format!("1 to {most} days.")),
        )));
    }
    match row.extended_days {
        Some(known) if i32::from(known) == i32::from(days) => return Ok(row),
        Some(_) => return Err(Fault::ExtendedAlready),
        None if !row.state().is_some_and(State::waits) => return Err(Fault::Decided),
        None => {}
    }
    let due = calendar::from(v.conn, row.received_on)?.extended(row.due_on, days);
    store::extend(v.conn, &row, i16::try_from(days).unwrap_or(i16::MAX), reason.name(), due)?;
    v.note(&grant, "PERSONAL_DATA_REQUEST_EXTENDED", id)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// The copy was handed over, or the measures were taken: ends what no program does.
pub fn complete(v: &mut Visit<'_>, id: Uuid) -> Result<RequestRow, Fault> {
    let (row, grant) = held_by::<Record>(v, id)?;
    if !row.kind().is_some_and(RequestKind::is_done_by_hand) {
        return Err(Fault::NotByHand);
    }
    match row.state() {
        Some(State::Done) => return Ok(row),
        Some(state) if state.waits() => {}
        _ => return Err(Fault::Decided),
    }
    if row.answered_at.is_none() {
        store::answer(v.conn, v.now, grant.account(), &row)?;
    }
    store::done(v.conn, v.now, id)?;
    v.note(&grant, "PERSONAL_DATA_REQUEST_DONE", id)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}
