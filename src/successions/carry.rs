//! Carrying a plan out: all of it in one transaction, at once when it is approved or on its day.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::founding;
use super::model::State;
use super::store::{self, Row};
use super::survey::{self, Sides};
use crate::authz::{self, Approve, AuditEvent, Denied, Granted};
use crate::basics::clock::vietnam_date;
use crate::chapters::life_store as chapters;
use crate::house::Rooms;
use crate::house::errand::Errand;
use crate::house::succession::Going;
use crate::identity::handing_over;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::entry::{Detail, NewEntry};
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Balanced, FundId, Posting};
use crate::ledger::passing;
use crate::ledger::store::{self as ledger, BookedAt};
use crate::stock::lots::{self, Arriving, Entering, Taken};
use crate::tree::{self, ChapterId, Place};
use crate::vault::Vault;

/// Carrying out a plan on its day; the job has the plan's id.
pub static CARRY_OUT_SUCCESSION: JobKind = JobKind::own("CARRY_OUT_SUCCESSION");

/// Việt Nam's clock, seconds east.
const VIETNAM: i32 = 7 * 3_600;

/// Carries out plans whose day has come.
pub fn handler(vault: Arc<Vault>, rooms: Rooms) -> Handler {
    Handler::new(&CARRY_OUT_SUCCESSION, move |work: &mut Work<'_>| {
        let (id, now) = (work.id(), work.now());
        work.step(|conn, progress| {
            on_its_day(&mut Errand { conn, now, vault: &vault }, rooms, id).map_err(failure_of)?;
            progress.done = 1;
            Ok(())
        })
    })
}

fn failure_of(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        Fault::InTheWay(_) => Failure::Again("IN_THE_WAY"),
        Fault::NotCovered => Failure::Again("NOT_COVERED"),
        Fault::Denied(Denied::Refused(_)) => Failure::Again("NOT_ALLOWED"),
        _ => Failure::Again("BROKEN"),
    }
}

/// Has an approved plan carried out on its day, in the name of whoever approved it last.
pub fn later(conn: &mut PgConnection, now: DateTime<Utc>, by: &Granted<Approve>, row: &Row) -> Result<(), Fault> {
    let job = NewJob {
        id: row.id,
        kind: &CARRY_OUT_SUCCESSION,
        content: json!({}),
        total: Some(1),
        due_at: begins(row.effective_on).unwrap_or(now),
        url: Some(format!("/api/v1/successions/{}", row.id)),
    };
    jobs::enqueue(conn, by, now, &job)?;
    Ok(())
}

/// When a day begins in Việt Nam.
fn begins(day: NaiveDate) -> Option<DateTime<Utc>> {
    let east = FixedOffset::east_opt(VIETNAM)?;
    Some(day.and_time(NaiveTime::MIN).and_local_timezone(east).single()?.to_utc())
}

fn on_its_day(errand: &mut Errand<'_>, rooms: Rooms, id: Uuid) -> Result<(), Fault> {
    let row = store::hold(errand.conn, id)?.ok_or(Fault::Unknown)?;
    if row.state() != Some(State::Approved) {
        return Ok(());
    }
    let by = row.approved_by.ok_or_else(|| Fault::broken("an approved plan without an approver"))?;
    let content = row.content().ok_or_else(|| Fault::broken("a plan is not as it must be"))?;
    founding::make(errand, &row, &content, by)?;
    let sides = Sides::of(errand.conn, content)?;
    let chapters: Vec<ChapterId> = sides.from.iter().chain(&sides.to).map(|place| place.id).collect();
    let grants = authz::approved_before(errand.conn, errand.now, by, &chapters)?;
    let grants = grants.into_iter().collect::<Result<Vec<_>, _>>()?;
    out(errand, rooms, &row, &sides, &grants)
}

/// Carries out a plan whose new chapters are made. `grants` are those of who approved it last, at every chapter it names.
pub fn out(errand: &mut Errand<'_>, rooms: Rooms, row: &Row, sides: &Sides, grants: &[Granted<Approve>]) -> Result<(), Fault> {
    let by = grants.first().ok_or_else(|| Fault::broken("nobody carries it out"))?.account();
    let mut held = hold(errand.conn, sides)?;
    // Whoever came first may have changed what the plan was made for.
    let sides = &Sides::of(errand.conn, sides.content.clone())?;
    let way = survey::in_the_way(errand.conn, rooms, row, sides)?;
    if !way.is_empty() {
        return Err(Fault::InTheWay(way));
    }
    let entries = books(errand, row, sides, grants)?;
    let kind = row.kind().ok_or_else(|| Fault::broken("a plan of no kind"))?;
    for old in &sides.from {
        let going = sides.going(row, old, by)?;
        roles(errand, sides, &going)?;
        for room in rooms.successions() {
            room.go(errand, &going)?;
        }
        let chapter = held.remove(&old.id.0).ok_or(Fault::Unknown)?;
        chapters::go_up(errand.conn, errand.now, &chapter, &going, kind.change(), kind.status())?;
        let to: Vec<ChapterId> = sides.to.iter().map(|place| place.id).collect();
        tree::succeed(errand.conn, old.id, &to, row.effective_on)?;
        note(errand, by, row.id, old)?;
    }
    let made: Vec<Uuid> = sides.content.new_chapters.iter().map(|new| new.id).collect();
    store::made(errand.conn, row.id, &made)?;
    for new in &sides.to {
        chapters::took_over(errand.conn, new.id.0, &new.code)?;
    }
    Ok(store::done(errand.conn, errand.now, row.id, &entries)?)
}

fn note(errand: &mut Errand<'_>, by: Uuid, id: Uuid, old: &Place) -> Result<(), Fault> {
    let event = AuditEvent { account: Some(by), action: "SUCCESSION_CARRIED_OUT", subject: Some(id), chapter: Some(old.id.0) };
    Ok(authz::audit(errand.conn, errand.now, &[event])?)
}

/// Holds all chapters, in one order.
fn hold(conn: &mut PgConnection, sides: &Sides) -> Result<HashMap<Uuid, chapters::Row>, Fault> {
    let mut ids: Vec<Uuid> = sides.from.iter().chain(&sides.to).map(|place| place.id.0).collect();
    ids.sort_unstable();
    let mut held = HashMap::new();
    for id in ids {
        held.insert(id, chapters::hold_to_close(conn, id)?.ok_or(Fault::Unknown)?);
    }
    Ok(held)
}

/// The roles that the plan names go on at their successors; the others end with all that are held at the chapter.
fn roles(errand: &mut Errand<'_>, sides: &Sides, going: &Going) -> Result<(), Fault> {
    let today = vietnam_date(errand.now);
    for standing in handing_over::standing_at(errand.conn, ChapterId(going.old), today)? {
        let target = sides.content.goes_on_at(standing.id).and_then(|code| sides.to.iter().find(|place| place.code == code));
        if let Some(target) = target {
            handing_over::go_on(errand.conn, errand.now, going, &standing, target.id)?;
        }
    }
    Ok(())
}

/// Books what is left at the chapters over to their successors, and returns the entries.
fn books(errand: &mut Errand<'_>, row: &Row, sides: &Sides, grants: &[Granted<Approve>]) -> Result<Vec<Uuid>, Fault> {
    let left = passing::left_at(errand.conn, &sides.olds())?;
    let lying = lying(errand.conn, sides)?;
    let all = left.iter().map(|(_, posting)| posting.fund).chain(lying.iter().map(|(_, fund)| *fund));
    let funds = ledger::funds(errand.conn, &all.collect::<Vec<FundId>>())?;
    let mut parts: Vec<((Uuid, usize, FundId), Vec<Posting>)> = Vec::new();
    for (chapter, posting) in left {
        let fund = funds.get(&posting.fund).ok_or_else(|| Fault::broken("a balance of no fund"))?;
        let key = (chapter, sides.content.target(&fund.code, posting.account), posting.fund);
        match parts.iter_mut().find(|(known, _)| *known == key) {
            Some((_, postings)) => postings.push(posting),
            None => parts.push((key, vec![posting])),
        }
    }
    let mut goods_of: Vec<Vec<FundId>> = parts.iter().map(|_| Vec::new()).collect();
    for (chapter, fund) in lying {
        let code = funds.get(&fund).map(|fund| fund.code.as_str()).unwrap_or_default();
        let target = sides.content.target(code, Account::GoodsInStock);
        // Goods that are worth nothing any more have no posting: they go by what else goes there, of their own fund if it can be.
        let own = parts.iter().position(|(key, _)| *key == (chapter, target, fund));
        let by = own.or_else(|| parts.iter().position(|((old, to, _), _)| (*old, *to) == (chapter, target)));
        if let Some(goods) = by.and_then(|by| goods_of.get_mut(by)) {
            goods.push(fund);
        }
    }
    let grant_at = |id: Uuid| grants.iter().find(|grant| grant.chapter().0 == id).ok_or(Fault::Unknown);
    let mut entries = Vec::new();
    for (((old, target, _), postings), goods_of) in parts.iter().zip(&goods_of) {
        let new = sides.to.get(*target).ok_or(Fault::Unknown)?;
        let (from, to) = (grant_at(*old)?, grant_at(new.id.0)?);
        let [mut sent, mut taken] = pair(errand, row, (from, to), new, postings)?;
        goods(errand, (from, to), goods_of, [&mut sent, &mut taken])?;
        entries.extend([(from, sent), (to, taken)]);
    }
    let ids = entries.iter().map(|(_, entry)| entry.id).collect();
    ledger::book(errand.conn, BookedAt::now(errand.now), &funds, entries)?;
    Ok(ids)
}

/// Funds of which goods lie at the chapters that go up.
fn lying(conn: &mut PgConnection, sides: &Sides) -> Result<BTreeSet<(Uuid, FundId)>, Fault> {
    let mut lying = BTreeSet::new();
    for old in sides.olds() {
        lying.extend(lots::on_hand(conn, old)?.into_iter().map(|(fund, ..)| (old, fund)));
    }
    Ok(lying)
}

/// All goods of some funds leave their lots by one entry and enter as lots by the other.
fn goods(
    errand: &mut Errand<'_>,
    (from, to): (&Granted<Approve>, &Granted<Approve>),
    funds: &[FundId],
    [sent, taken]: [&mut NewEntry; 2],
) -> Result<(), Fault> {
    if funds.is_empty() {
        return Ok(());
    }
    let mut entering = Vec::new();
    for fund in funds {
        let left = lots::take_all(errand.conn, from, *fund)?.leaves(errand.conn, errand.now, sent.id)?;
        let lines = left.iter().map(Taken::arriving).collect();
        entering.push(Entering { by: to, fund: *fund, entry: taken.id, day: taken.day, lines });
    }
    let lines: Vec<Arriving> = entering.iter().flat_map(|of| of.lines.iter().cloned()).collect();
    sent.goods = lots::goods(errand.conn, &lines)?;
    taken.goods.clone_from(&sent.goods);
    Ok(lots::enter(errand.conn, errand.now, &entering)?)
}

fn pair(
    errand: &mut Errand<'_>,
    row: &Row,
    (from, to): (&Granted<Approve>, &Granted<Approve>),
    new: &Place,
    postings: &[Posting],
) -> Result<[NewEntry; 2], Fault> {
    let document: [u8; 32] = row.document.as_slice().try_into().map_err(|_| Fault::broken("a paper's hash is not 32 bytes"))?;
    let mut draft = |by: &Granted<Approve>, kind, sign, detail| -> Result<NewEntry, Fault> {
        let draft = Draft { document: Some(document), ..Draft::today(errand.conn, errand.vault, errand.now, by)? };
        let balanced = Balanced::new(kind, passing::moving(postings, sign)).map_err(Fault::broken)?;
        Ok(draft.entry(balanced, Behind::default())?.with_detail(detail))
    };
    let sent = draft(from, Kind::TransferOut, -1, Detail { to: Some(new.code.clone()), ..Detail::default() })?;
    let taken = draft(to, Kind::TransferIn, 1, Detail { of: Some(sent.code.clone()), ..Detail::default() })?;
    Ok([sent, taken])
}
