//! What is done behind the requests: the next wave when it is due, and telling those who have not answered that enough come.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::ask::{self, Calling};
use super::due::{ASK_NEXT_WAVE, CALL_OUT_ENOUGH};
use super::fault::Fault;
use super::occasion;
use super::store::{self, CallOutRow};
use super::words;
use crate::authz::{self, Actor, Ask, Granted, KeepPeople};
use crate::house::Rooms;
use crate::house::errand::Errand;
use crate::http::PublicUrl;
use crate::jobs::{Failure, Handler, Work};
use crate::outbox::{self, NewMessage, Ways};
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::Vault;

/// People told in one step.
const TOLD_AT_ONCE: i64 = 100;

fn of(work: &Work<'_>) -> Result<Uuid, Failure> {
    let id = work.content().get("call_out").and_then(serde_json::Value::as_str).and_then(|id| id.parse().ok());
    id.ok_or(Failure::Never("NO_SUCH_CALL_OUT"))
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        Fault::Denied(_) => Failure::Never("NOT_ALLOWED"),
        Fault::Quiet(until) => Failure::NotBefore(until),
        _ => Failure::Again("BROKEN"),
    }
}

/// The right to keep the people of the chapter that has the call-out today, of who made it: somebody answers for what is written.
fn keeper(conn: &mut PgConnection, row: &CallOutRow, now: DateTime<Utc>) -> Result<Granted<KeepPeople>, Failure> {
    let chapter = tree::successor(conn, row.chapter())?.unwrap_or(row.chapter());
    let verdicts = authz::decide::<KeepPeople>(conn, now, &[Ask { actor: Actor::of_job(row.made_by), chapter }])?;
    verdicts.into_iter().find_map(Result::ok).ok_or(Failure::Never("NOT_ALLOWED"))
}

/// Asks the next wave.
pub fn next_wave(vault: Arc<Vault>, ways: Arc<Ways>, public: PublicUrl, rooms: Rooms) -> Handler {
    Handler::new(&ASK_NEXT_WAVE, move |work: &mut Work<'_>| {
        let (id, job, now) = (of(work)?, work.id(), work.now());
        work.last_step(|conn, _| {
            let Some(row) = store::hold(conn, id)? else { return Ok(()) };
            // Another was asked meanwhile, enough come, or it has ended.
            let is_due = row.is_open() && row.enough_at.is_none() && row.next_wave_at.is_some_and(|at| at <= now);
            if !is_due || now >= row.until_at {
                return Ok(());
            }
            // For what was called off nobody comes.
            if !occasion::goes_on(conn, rooms, &row)? {
                return Ok(store::expect_wave(conn, id, None)?);
            }
            let by = keeper(conn, &row, now)?;
            let mut errand = Errand { conn, now, vault: &vault };
            let calling = Calling { ways: &ways, public: &public, by: &by, row: &row };
            let wave = ask::Wave { id: job, by: None, wanted: None, quiet_reason: None };
            let asked = ask::wave(&mut errand, &calling, &wave).map_err(failure)?;
            // Nobody is left who could be asked: an officer has to think of something else.
            if asked == 0 {
                store::expect_wave(conn, id, None)?;
            }
            Ok(())
        })
    })
}

/// Tells those who have not answered that they are not needed any more, part by part.
pub fn no_longer_needed(vault: Arc<Vault>, ways: Arc<Ways>) -> Handler {
    Handler::new(&CALL_OUT_ENOUGH, move |work: &mut Work<'_>| {
        let (id, now) = (of(work)?, work.now());
        loop {
            let told = work.step(|conn, progress| {
                let Some(row) = store::hold(conn, id)?.filter(|row| row.is_open() && row.enough_at.is_some()) else {
                    return Ok(0);
                };
                let by = keeper(conn, &row, now)?;
                let told = tell(&mut Errand { conn, now, vault: &vault }, &ways, &by, &row).map_err(failure)?;
                progress.done += i64::try_from(told).unwrap_or_default();
                Ok(told)
            })?;
            if told == 0 {
                return Ok(());
            }
        }
    })
}

fn tell(errand: &mut Errand<'_>, ways: &Ways, by: &Granted<KeepPeople>, row: &CallOutRow) -> Result<usize, Fault> {
    let some = store::waiting(errand.conn, row.id, TOLD_AT_ONCE)?;
    let people: Vec<PersonId> = some.iter().map(|asked| PersonId(asked.person_id)).collect();
    let known = persons::names(errand.conn, errand.vault, &people)?;
    let chapter =
        tree::labels(errand.conn, &[row.chapter_id])?.remove(&row.chapter_id).map(|label| label.name).unwrap_or_default();
    for asked in some.iter().filter(|asked| asked.by_message) {
        let Some(one) = known.get(&PersonId(asked.person_id)) else { continue };
        let Some(to) = one.address() else { continue };
        let text = words::text(words::enough(row, &chapter, &one.name));
        let message = NewMessage { id: Uuid::new_v4(), to, text, purpose: "CALL_OUT_ENOUGH", about: Some(asked.id) };
        outbox::send_in_confidence(errand.conn, errand.vault, ways, by, errand.now, &message)?;
    }
    store::told(errand.conn, &some.iter().map(|asked| asked.id).collect::<Vec<_>>(), errand.now)?;
    Ok(some.len())
}
