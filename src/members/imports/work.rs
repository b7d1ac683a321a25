//! The job that admits an accepted list, part by part, and goes on where it was left. A part is admitted in one transaction with the
//! note that it was.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::fault::Fault;
use super::super::store as members;
use super::admit::{self, Candidate};
use super::check;
use super::form::{Entry, Listed};
use super::rules::{Rules, Signed};
use super::store::{self, ImportRow, Part, Settled};
use crate::authz::{self, Actor, Ask, Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::basics::failpoint;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::jobs::{Failure, Handler, JobKind, Work};
use crate::persons::PersonId;
use crate::persons::lists;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

/// Admitting one list; the job has the list's id.
pub static ADMIT_MEMBER_LIST: JobKind = JobKind::own("ADMIT_MEMBER_LIST");

/// Neither who sent the list nor who accepted it may keep the people of its chapter any more.
pub const NOT_ALLOWED: &str = "NOT_ALLOWED";

/// Likenesses that an officer's applications and lists may leave to chapters above within a day, before the rest waits: as for single
/// applications.
const MOST_CHECKED_A_DAY: i64 = 10;

/// Admits lists.
pub fn handler(vault: Arc<Vault>) -> Handler {
    let run = move |work: &mut Work<'_>| carry_on(work, &vault);
    Handler::new(&ADMIT_MEMBER_LIST, run)
}

/// What is to be done next.
struct Next {
    part: Part,
    list: ImportRow,
    rules: Rules,
    /// The code of the chapter that has the list today.
    code: String,
}

fn carry_on(work: &mut Work<'_>, vault: &Vault) -> Result<(), Failure> {
    let (id, now, account) = (work.id(), work.now(), work.account());
    while let Some(next) = work.look(|conn| look(conn, vault, id, account, now))? {
        // All of it; or, where more are like members elsewhere than may be left to the chapters above today, as far as that goes.
        if let Some(cut) = admitted(work, vault, &next, next.part.people.len())? {
            admitted(work, vault, &next, cut)?;
        }
        failpoint::reached("member_part_admitted");
    }
    work.last_step(|conn, _| Ok(store::finish(conn, id)?))
}

/// Admits the people of a part up to a place; where too many of them would be left to chapters above, nobody, and says up to where it may
/// go.
fn admitted(work: &mut Work<'_>, vault: &Vault, next: &Next, upto: usize) -> Result<Option<usize>, Failure> {
    let (id, now, account) = (work.id(), work.now(), work.account());
    let mut settled = Settled::default();
    let people = prepared(vault, next, upto, &mut settled).map_err(failure)?;
    let left = store::left(vault, &next.part, upto).map_err(failure)?;
    let mut cut = None;
    let done = work.step(|conn, progress| {
        let by = keeper(conn, &next.list, account, now)?;
        // Another server may be at another list of the same officer: it goes on when this part is committed.
        members::hold_checks(conn, next.list.uploaded_by)?;
        let may = MOST_CHECKED_A_DAY - members::checks_since(conn, next.list.uploaded_by, now - Duration::days(1))?;
        let mut errand = Errand { conn, now, vault };
        let last = admit::part(&mut errand, &by, &next.list, (&next.rules, may), people, &mut settled).map_err(failure)?;
        if let Some(row) = last {
            cut = next.part.people.iter().position(|one| one.row == row).map(|place| place + 1);
            // Nothing of this is to stand.
            return Err(Failure::Again("TOO_MANY_CHECKED"));
        }
        settled.refused.sort_by_key(|refused| refused.row);
        store::settle(conn, now, (&next.part, upto), &settled, left).map_err(failure)?;
        let (admitted, checked, refused) = store::progress(conn, id).map_err(failure)?;
        progress.errors = i64::try_from(refused.len()).unwrap_or(i64::MAX);
        progress.done = admitted + checked + progress.errors;
        Ok(())
    });
    match done {
        Err(_) if cut.is_some() => Ok(cut),
        done => done.map(|()| None),
    }
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        Fault::Denied(_) => Failure::Never(NOT_ALLOWED),
        _ => Failure::Again("SEALED"),
    }
}

/// The next part, unless the officer's lists have left too many to the chapters above today: then the rest waits, whoever is in it.
fn look(
    conn: &mut PgConnection,
    vault: &Vault,
    id: Uuid,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Next>, Failure> {
    let list = store::find(conn, id)?.ok_or(Failure::Never("NO_SUCH_LIST"))?;
    let Some(part) = store::next_part(conn, vault, id).map_err(failure)? else { return Ok(None) };
    let by = keeper(conn, &list, account, now)?;
    if members::checks_since(conn, list.uploaded_by, now - Duration::days(1))? >= MOST_CHECKED_A_DAY {
        return Err(Failure::NotBefore(now + Duration::hours(1)));
    }
    let signed =
        Signed { text_version: list.text_version, paper: list.paper.as_ref().and_then(|paper| paper.as_slice().try_into().ok()) };
    let entries = part.people.iter().filter_map(|one| one.entry.as_ref());
    let rules = Rules::read(conn, by.chapter(), entries, signed, vietnam_date(now))?;
    let code = tree::code_of(conn, by.chapter())?;
    Ok(Some(Next { part, list, rules, code }))
}

/// The right to keep the people of the chapter that has the list today: of who sent it, or else of who accepted it or goes on with it.
/// What was decided stands; somebody has to answer for what is written.
fn keeper(
    conn: &mut PgConnection,
    list: &ImportRow,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Granted<KeepPeople>, Failure> {
    let chapter = today(conn, list.chapter_id)?;
    let accounts = [Some(list.uploaded_by), account].into_iter().flatten();
    let asks: Vec<Ask> = accounts.map(|account| Ask { actor: Actor::of_job(account), chapter }).collect();
    let verdicts = authz::decide::<KeepPeople>(conn, now, &asks)?;
    verdicts.into_iter().find_map(Result::ok).ok_or(Failure::Never(NOT_ALLOWED))
}

fn today(conn: &mut PgConnection, chapter: Uuid) -> Result<ChapterId, DbError> {
    let mut at = ChapterId(chapter);
    while let Some(next) = tree::successor(conn, at)? {
        at = next;
    }
    Ok(at)
}

/// Checks everybody of a part up to a place by the rules of today, and seals who may be admitted; who is done is passed over.
fn prepared(vault: &Vault, next: &Next, upto: usize, settled: &mut Settled) -> Result<Vec<Candidate>, Fault> {
    let first = usize::try_from(next.part.n).unwrap_or_default() * store::MOST_IN_A_PART;
    let mut people = Vec::with_capacity(upto);
    for (place, Listed { row, entry }) in (first..).zip(&next.part.people).take(upto).skip(next.part.done) {
        let checked = entry.as_ref().map_or_else(|| Err(vec![check::erased()]), |entry: &Entry| next.rules.check(entry, None));
        match (checked, entry) {
            (Ok(fit), Some(entry)) => {
                let (person, member) = admit::ids(vault, &next.list, place);
                let person = lists::listed(vault, PersonId(person), &next.code, &fit.of)?;
                people.push(Candidate { row: *row, member, entry: entry.clone(), fit, person });
            }
            (Err(errors), _) => settled.refused.extend(errors.first().map(|error| admit::refused(*row, error))),
            (Ok(_), None) => {}
        }
    }
    Ok(people)
}
