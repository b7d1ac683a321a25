//! A few gifts of the demo were mistakes: asked to be reversed and approved the way officers do it, by two persons.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::Failure;
use crate::app::Shared;
use crate::authz::{Actor, Visit};
use crate::chapters::reference::CENTRAL;
use crate::decisions::Verdict;
use crate::giving::reversal::{self, Reason, Request};
use crate::giving::store::{self, Gifts};
use crate::http::Problem;
use crate::identity::proof::Admitted;
use crate::identity::sessions::{self, EndReason, NewSession};
use crate::identity::store as identity;
use crate::ledger::reversals;
use crate::tree;

/// A chapter, who asks there, who approves, and for which reasons.
type Mistakes = (&'static str, &'static str, &'static str, &'static [Reason]);

const MISTAKES: [Mistakes; 3] = [
    (
        "23095",
        "hanh.hamliem",
        "lan.hamliem",
        &[Reason::Duplicate, Reason::WrongAmount, Reason::Duplicate, Reason::WrongGiver, Reason::Duplicate],
    ),
    ("23095", "lan.hamliem", "tam.hamliem", &[Reason::WrongAppeal]),
    ("23059", "minh.hamthuan", "binh.lamdong", &[Reason::Duplicate, Reason::NotReceived, Reason::WrongAmount]),
];
/// From one mistake to the next, so that they do not stand side by side.
const APART: usize = 7;

/// Reverses some of the gifts `recorder` made, unless something was reversed already.
pub(super) fn reverse(shared: &Shared, recorder: Actor, now: DateTime<Utc>) -> Result<(), Failure> {
    shared.db.tx_blocking(|conn| -> Result<(), Problem> {
        let country = tree::place(conn, CENTRAL)?.ok_or_else(Problem::not_found)?;
        if !reversals::overall(conn, country.id.0)?.is_empty() {
            return Ok(());
        }
        for (n, (chapter, asker, approver, reasons)) in MISTAKES.iter().enumerate() {
            let gifts = wrong_ones(conn, chapter, recorder, n + 1, reasons.len())?;
            let (asker, approver) = (at_work(conn, asker, now)?, at_work(conn, approver, now)?);
            for (gift, reason) in gifts.into_iter().zip(*reasons) {
                let ask = Request { id: Uuid::now_v7(), gift, reason: *reason, instead: None, note: None };
                reversal::request(&mut Visit::enter(conn, &shared.vault, now, asker)?, &ask)?;
                reversal::decide(&mut Visit::enter(conn, &shared.vault, now, approver)?, ask.id, Verdict::Approve)?;
            }
            sessions::end(conn, &[asker.session, approver.session], EndReason::LogOut, now)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Some of the gifts that the demo itself recorded at a chapter.
fn wrong_ones(conn: &mut PgConnection, chapter: &str, recorder: Actor, from: usize, most: usize) -> Result<Vec<Uuid>, Problem> {
    let here = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    let gifts = store::gifts(conn, Gifts::OfChapter { chapter: here.id.0, before: None }, 200)?;
    let own = gifts.into_iter().filter(|gift| gift.recorded_by == recorder.account);
    Ok(own.skip(from).step_by(APART).take(most).map(|gift| gift.id).collect())
}

/// A session of somebody, with the second factor that approving takes.
pub(super) fn at_work(conn: &mut PgConnection, user: &str, now: DateTime<Utc>) -> Result<Actor, Problem> {
    let account = identity::account_by_user_name(conn, user)?.ok_or_else(Problem::not_found)?;
    let (session, hash) = (Uuid::now_v7(), Uuid::new_v4());
    let new = NewSession { id: session, refresh_hash: hash.as_bytes(), second_factor_at: Some(now), device: None, label: None };
    let admitted = Admitted::by_hand(conn, account)?;
    sessions::open(conn, &admitted, &new, now)?;
    Ok(Actor { account, session })
}
