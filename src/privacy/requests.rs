//! Asking, answering, extending, deciding: who may do what with a request.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::execute;
use super::model::{self, ExtensionReason, NewRequest, Refusal, RequestKind, State, shows_only_less};
use super::order::no_giver;
use super::rest;
use super::store::{self, RequestRow};
use super::wire::{RequestOut, out};
use super::writing::{Reach, bare_hash, common, hash, write};
use crate::authz::{Approve, Granted, Read, Record, Right, Visit};
use crate::calendar;
use crate::db::DbError;
use crate::giving::display::Display;
use crate::giving::personal::{self, Part, Scope};
use crate::house::Rooms;
use crate::http::{FieldError, Kind, Problem, Say};
use crate::identity::store as identity;
use crate::parties::{self, PartyKind, alias, restriction};
use crate::tree::ChapterId;

/// The first chapter of several at which the visitor holds a right: 403 if one of them may be read, else 404.
pub fn at_one_of<R: Right>(v: &mut Visit<'_>, chapters: &[Uuid]) -> Result<Granted<R>, Problem> {
    Ok(v.at_one_of(&chapters.iter().map(|id| ChapterId(*id)).collect::<Vec<_>>())?)
}

/// Asks. The same request sent again answers as it stands now.
pub fn record(v: &mut Visit<'_>, rooms: Rooms, ask: &NewRequest) -> Result<(RequestOut, bool), Problem> {
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
    let chapters = covered(v, scope, &grant)?;
    if store::is_open(v.conn, ask.kind, ask.scope)? {
        return Err(Problem::say(Kind::Conflict, "Đã có yêu cầu như vậy đang xử lý.", "The same is asked for already."));
    }
    let (kind_of_party, has_data) = held;
    if ask.kind == RequestKind::LiftRestriction && !is_restricted(v.conn, scope, &chapters)? {
        return Err(Problem::say(
            Kind::Conflict,
            "Dữ liệu của người này không bị hạn chế xử lý ở đây.",
            "The data of this person are not restricted here.",
        ));
    }
    if !has_data || (ask.kind != RequestKind::Erase && !ask.kind.is_done_by_hand() && kind_of_party.is_none()) {
        return Err(no_giver());
    }
    let shown = displays(v.conn, scope, &chapters)?;
    check_display(ask, kind_of_party, &shown)?;
    let at_once = shows_only_less(ask.kind, ask.changes.as_ref(), &shown);
    let approver = if at_once || ask.kind.is_done_by_hand() { None } else { Some(approver(v, &grant, &chapters)?) };
    let reach = Reach { scope, party_alias: model::ids(ask.scope).0, chapters: &chapters, approver, rest: None };
    write(v, &grant, ask, reach)?;
    v.note(&grant, "PERSONAL_DATA_REQUESTED", ask.id)?;
    rest::leave(v, &grant, ask, scope, &chapters)?;
    let mut row = store::find(v.conn, ask.id)?.ok_or_else(Problem::not_found)?;
    if at_once {
        store::begin(v.conn, v.now, grant.account(), &row)?;
        row = carry_out(v, rooms, ask.id)?;
    }
    Ok((out(v.conn, v.now, row)?, true))
}

/// Whom a request is about, and the right of its writer where they know the party by the name they use.
fn subject(v: &mut Visit<'_>, asked: Scope) -> Result<(Scope, Granted<Record>), Problem> {
    let Scope::Party(name) = asked else {
        let chapters = personal::chapters(v.conn, asked)?;
        return Ok((asked, at_one_of::<Record>(v, &chapters)?));
    };
    let known = alias::resolve(v.conn, name)?;
    let grant = at_one_of::<Record>(v, &known.iter().map(|k| k.chapter).collect::<Vec<_>>())?;
    let party = known.iter().find(|k| k.chapter == grant.chapter().0).ok_or_else(Problem::not_found)?.party;
    Ok((Scope::Party(party), grant))
}

/// Of the chapters that hold what a request is about, those in which its writer records: one of them at least.
fn covered(v: &mut Visit<'_>, scope: Scope, grant: &Granted<Record>) -> Result<Vec<Uuid>, Problem> {
    let mut holding = personal::chapters(v.conn, scope)?;
    if !holding.contains(&grant.chapter().0) {
        return Err(Problem::not_found());
    }
    holding.sort_unstable();
    let holding: Vec<ChapterId> = holding.into_iter().map(ChapterId).collect();
    let granted = v.at_each::<Record>(&holding)?.into_iter().filter_map(Result::ok);
    Ok(granted.map(|grant| grant.chapter().0).collect())
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
fn carry_out(v: &mut Visit<'_>, rooms: Rooms, id: Uuid) -> Result<RequestRow, Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    execute::begin(&mut v.errand(), rooms, row)?;
    // The beginning may have given it another row of the person.
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    execute::step(&mut v.errand(), rooms, row)?;
    store::find(v.conn, id)?.ok_or_else(Problem::not_found)
}

fn repeated(v: &mut Visit<'_>, ask: &NewRequest, known: RequestRow) -> Result<RequestOut, Problem> {
    let taken = || Problem::say(Kind::IdTaken, "id này đã dùng cho yêu cầu khác.", "This id stands for another request.");
    let same = known.request_hash == hash(v.vault, ask) || known.request_hash == bare_hash(v.vault, ask);
    let chapters = store::chapters(v.conn, known.id)?;
    if !same || at_one_of::<Read>(v, &chapters).is_err() {
        return Err(taken());
    }
    out(v.conn, v.now, known)
}

/// Holds the party and, for one gift, the gift: whatever else is about them waits. Tells what kind of party it is, and
/// whether there is anything personal at all.
fn hold_subject(conn: &mut PgConnection, scope: Scope) -> Result<(Option<PartyKind>, bool), Problem> {
    let party_of = |conn: &mut PgConnection, id: Uuid| -> Result<Option<PartyKind>, Problem> {
        Ok(parties::hold(conn, id)?.and_then(|party| PartyKind::parse(&party.kind)))
    };
    match scope {
        Scope::Party(id) => {
            let kind = party_of(conn, id)?;
            Ok((kind, kind.is_some()))
        }
        Scope::Gift(_) => {
            // Parties before gifts, as everybody who locks both.
            let seen = personal::read(conn, scope, Part::default(), 1)?.pop().ok_or_else(Problem::not_found)?;
            let kind = seen.party_id.map(|id| party_of(conn, id)).transpose()?.flatten();
            let gift = personal::hold(conn, scope, Part::default(), 1)?.pop().ok_or_else(Problem::not_found)?;
            Ok((kind, kind.is_some() || gift.particulars.is_some()))
        }
    }
}

/// What may be shown of this party, and by what proof.
fn check_display(ask: &NewRequest, kind: Option<PartyKind>, shown: &[Display]) -> Result<(), Problem> {
    let Some(to) = ask.changes.as_ref().and_then(|changes| changes.display) else { return Ok(()) };
    if kind == Some(PartyKind::Organisation) && to == Display::Masked {
        let say = Say::fixed("Tên tổ chức hiện đầy đủ hoặc ẩn danh.", "An organisation is shown in full or not at all.");
        return Err(Problem::invalid(vec![FieldError::new("/changes/display", "NOT_A_PERSON", say)]));
    }
    let raises = shown.iter().any(|from| *from < to);
    let proven = ask.changes.as_ref().is_some_and(|changes| changes.evidence.is_some());
    if raises && !proven && kind.is_some_and(PartyKind::shown_by_consent) {
        let say = Say::fixed(
            "Hiện nhiều hơn trước cần bằng chứng đồng ý: SHA-256 của phiếu có chữ ký.",
            "Showing more than before takes a proof of consent: the SHA-256 of the signed form.",
        );
        return Err(Problem::invalid(vec![FieldError::new("/changes/consent_evidence", "MISSING", say)]));
    }
    Ok(())
}

/// The nearest chapter at or above all chapters covered where somebody else may approve.
fn approver(v: &mut Visit<'_>, grant: &Granted<Record>, chapters: &[Uuid]) -> Result<Uuid, Problem> {
    let nearest = common(v.conn, chapters)?;
    let found = v.nearest_approver(nearest, &[grant.officer()])?;
    found.map(|id| id.0).ok_or_else(|| {
        Problem::say(
            Kind::Conflict,
            "Chưa có người thứ hai có quyền duyệt ở đơn vị này và các cấp trên.",
            "Nobody else may approve at this chapter or above.",
        )
    })
}

/// A request held for a change by somebody with a right at one of its chapters.
fn held_by<R: Right>(v: &mut Visit<'_>, id: Uuid) -> Result<(RequestRow, Granted<R>), Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let chapters = store::chapters(v.conn, id)?;
    let grant = at_one_of::<R>(v, &chapters)?;
    Ok((row, grant))
}

fn conflict() -> Problem {
    Problem::say(Kind::Conflict, "Yêu cầu đã được quyết định.", "The request was decided already.")
}

/// Notes that the person was answered.
pub fn answer(v: &mut Visit<'_>, id: Uuid) -> Result<RequestOut, Problem> {
    let (row, grant) = held_by::<Record>(v, id)?;
    if row.answered_at.is_none() {
        if !row.state().is_some_and(State::is_open) {
            return Err(conflict());
        }
        store::answer(v.conn, v.now, grant.account(), &row)?;
        v.note(&grant, "PERSONAL_DATA_REQUEST_ANSWERED", id)?;
    }
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    out(v.conn, v.now, row)
}

/// Takes longer, once.
pub fn extend(v: &mut Visit<'_>, id: Uuid, days: u16, reason: ExtensionReason) -> Result<RequestOut, Problem> {
    let (row, grant) = held_by::<Record>(v, id)?;
    let kind = row.kind().ok_or_else(|| Problem::internal("a request of an unknown kind"))?;
    let most = store::clocks(v.conn, kind, row.third_parties, row.received_on)?.map_or(0, |clocks| clocks.extension_days);
    if days == 0 || days > most {
        return Err(Problem::field(
            "/days",
            "OUT_OF_RANGE",
            format!("Gia hạn từ 1 đến {most} ngày."),
            format!("1 to {most} days."),
        ));
    }
    match row.extended_days {
        Some(known) if i32::from(known) == i32::from(days) => return out(v.conn, v.now, row),
        Some(_) => return Err(Problem::say(Kind::Conflict, "Chỉ được gia hạn một lần.", "There is one extension only.")),
        None if !row.state().is_some_and(State::waits) => return Err(conflict()),
        None => {}
    }
    let due = calendar::from(v.conn, row.received_on)?.extended(row.due_on, days);
    store::extend(v.conn, &row, i16::try_from(days).unwrap_or(i16::MAX), reason.name(), due)?;
    v.note(&grant, "PERSONAL_DATA_REQUEST_EXTENDED", id)?;
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    out(v.conn, v.now, row)
}

/// The copy was handed over, or the measures were taken: ends what no program does.
pub fn complete(v: &mut Visit<'_>, id: Uuid) -> Result<RequestOut, Problem> {
    let (row, grant) = held_by::<Record>(v, id)?;
    if !row.kind().is_some_and(RequestKind::is_done_by_hand) {
        return Err(Problem::say(
            Kind::Conflict,
            "Chỉ yêu cầu ACCESS, PROTECT kết thúc như vậy.",
            "Only ACCESS and PROTECT end this way.",
        ));
    }
    match row.state() {
        Some(State::Done) => return out(v.conn, v.now, row),
        Some(state) if state.waits() => {}
        _ => return Err(conflict()),
    }
    if row.answered_at.is_none() {
        store::answer(v.conn, v.now, grant.account(), &row)?;
    }
    store::done(v.conn, v.now, id)?;
    v.note(&grant, "PERSONAL_DATA_REQUEST_DONE", id)?;
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    out(v.conn, v.now, row)
}

/// Decides as the second person: with APPROVE at every chapter it covers; the rest of a request at the chapter above.
pub fn decide(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, refusal: Option<Refusal>) -> Result<RequestOut, Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let at_request = store::chapters(v.conn, id)?;
    at_one_of::<Read>(v, &at_request)?;
    let scope = row.scope().ok_or_else(Problem::not_found)?;
    if row.state().is_some_and(State::waits) {
        hold_subject(v.conn, scope)?;
    }
    let at_request: Vec<ChapterId> = at_request.into_iter().map(ChapterId).collect();
    let mut grant: Option<Granted<Approve>> = None;
    for verdict in v.at_each::<Approve>(&at_request)? {
        grant = Some(verdict.map_err(|_| {
            Problem::say(
                Kind::Forbidden,
                "Cần quyền duyệt ở mọi đơn vị mà yêu cầu này bao gồm: đơn vị cấp trên sẽ quyết định.",
                "This takes APPROVE at every chapter this request covers: the chapter above decides.",
            )
        })?);
    }
    let grant = grant.ok_or_else(Problem::not_found)?;
    match (row.state(), refusal) {
        (Some(State::Executing | State::Done), None) | (Some(State::Refused), Some(_)) => return out(v.conn, v.now, row),
        (Some(state), _) if state.waits() => {}
        _ => return Err(conflict()),
    }
    if identity::officer_of(v.conn, row.requested_by)? == grant.officer() {
        return Err(Problem::say(
            Kind::Forbidden,
            "Người ghi yêu cầu không tự duyệt: cần người thứ hai.",
            "Whoever wrote the request down does not decide: it takes a second person.",
        ));
    }
    let row = match refusal {
        Some(reason) => {
            store::refuse(v.conn, v.now, grant.account(), &row, reason.name())?;
            v.note(&grant, "PERSONAL_DATA_REQUEST_REFUSED", id)?;
            store::find(v.conn, id)?.ok_or_else(Problem::not_found)?
        }
        None if row.kind().is_some_and(RequestKind::is_done_by_hand) => {
            return Err(Problem::say(Kind::Conflict, "Yêu cầu này không cần duyệt.", "This takes no approval."));
        }
        None => {
            store::begin(v.conn, v.now, grant.account(), &row)?;
            v.note(&grant, "PERSONAL_DATA_REQUEST_APPROVED", id)?;
            carry_out(v, rooms, id)?
        }
    };
    out(v.conn, v.now, row)
}
