//! The job that enters a long list, part by part, and goes on where it was left. A part is entered in one transaction with the note that
//! it was, so nobody is entered twice.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::fault::Fault;
use super::check::{self, Rules};
use super::enter::{self, Of, Ready, Refusal};
use super::form::{self, AT_ONCE, Listed};
use super::store::{self, ImportRow, Part, Refused};
use crate::authz::{self, Actor, Ask, Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::basics::failpoint;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::jobs::{Failure, Handler, JobKind, Work};
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

/// Entering one list; the job has the list's id.
pub static ENTER_VOLUNTEER_LIST: JobKind = JobKind::own("ENTER_VOLUNTEER_LIST");

/// Neither who sent the list nor who goes on with it may keep the people of its chapter any more.
pub const NOT_ALLOWED: &str = "NOT_ALLOWED";

/// Enters lists.
pub fn handler(vault: Arc<Vault>) -> Handler {
    Handler::new(&ENTER_VOLUNTEER_LIST, move |work: &mut Work<'_>| carry_on(work, &vault))
}

/// What is to be done next.
struct Next {
    part: Part,
    list: ImportRow,
    rules: Rules,
    /// The code of the chapter that has the list today.
    code: String,
}

impl Next {
    fn of(&self) -> Of<'_> {
        let list = &self.list;
        Of { code: &self.code, content_hash: &list.content_hash, verified: list.verified, account: list.uploaded_by }
    }
}

fn carry_on(work: &mut Work<'_>, vault: &Vault) -> Result<(), Failure> {
    let (id, now, account) = (work.id(), work.now(), work.account());
    while let Some(next) = work.look(|conn| look(conn, vault, id, account, now))? {
        let (people, mut refused) = prepared(vault, &next).map_err(failure)?;
        work.step(|conn, progress| {
            // Whoever was erased since it was read is not written down again: it is read anew.
            if !store::hold(conn, &next.part)? {
                return Ok(());
            }
            let by = keeper(conn, &next.list, account, now)?;
            let mut errand = Errand { conn, now, vault };
            refused.extend(enter::people(&mut errand, &by, &next.of(), &next.rules, people).map_err(failure)?);
            let refused = told(refused);
            store::settle(conn, now, &next.part, &refused).map_err(failure)?;
            progress.done += i64::try_from(next.part.people.len()).unwrap_or_default();
            progress.errors += i64::try_from(refused.len()).unwrap_or_default();
            Ok(())
        })?;
        failpoint::reached("volunteer_part_entered");
    }
    work.last_step(|conn, _| Ok(store::finish(conn, id)?))
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        Fault::Denied(_) => Failure::Never(NOT_ALLOWED),
        _ => Failure::Again("BROKEN"),
    }
}

/// The next part, with the rules of today.
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
    let entries = part.people.iter().filter_map(|one| one.entry.as_ref());
    let rules = Rules::read(conn, entries, vietnam_date(now))?;
    let code = tree::code_of(conn, by.chapter())?;
    Ok(Some(Next { part, list, rules, code }))
}

/// The right to keep the people of the chapter that has the list today: of who sent it, or else of who goes on with it. Somebody has to
/// answer for what is written.
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

/// The chapter that has a list today.
pub fn today(conn: &mut PgConnection, chapter: Uuid) -> Result<ChapterId, DbError> {
    Ok(tree::successor(conn, ChapterId(chapter))?.unwrap_or(ChapterId(chapter)))
}

/// Checks everybody of a part by the rules of today, and seals who may be entered; the others come back.
fn prepared(vault: &Vault, next: &Next) -> Result<(Vec<Ready>, Vec<Refusal>), Fault> {
    let first = usize::try_from(next.part.n).unwrap_or_default() * AT_ONCE;
    let (mut people, mut refused) = (Vec::with_capacity(next.part.people.len()), Vec::new());
    for (place, Listed { row, entry }) in (first..).zip(&next.part.people) {
        let Some(entry) = entry else {
            refused.push((*row, check::erased()));
            continue;
        };
        match next.rules.check(entry, None) {
            Ok(fit) => people.push(enter::ready(vault, &next.of(), place, entry, fit)?),
            Err(errors) => refused.extend(errors.into_iter().next().map(|error| (*row, error))),
        }
    }
    Ok((people, refused))
}

/// Rows that are not entered as they are kept, in their order.
fn told(refused: Vec<Refusal>) -> Vec<Refused> {
    let mut all: Vec<Refused> = refused
        .into_iter()
        .map(|(row, error)| {
            let fault = form::fault(row, &error);
            let column = fault.column.map(str::to_owned);
            Refused { row, column, code: fault.code.to_owned(), vi: fault.said.vi, en: fault.said.en }
        })
        .collect();
    all.sort_by_key(|one| one.row);
    all
}
