//! A list accepted: booked part by part through the way of every batch, and taken up where it was left.
//!
//! A part is booked in transactions of its own and then noted as done. Whatever happens between, booking it again books nothing
//! twice: the ids of its gifts are fixed since the list was looked through.

use std::sync::Arc;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::check;
use super::store::{self, ImportRow, Listed, PartError, Refused, Settled};
use super::wire::{AcceptIn, ImportFault, ImportOut};
use crate::authz::{Actor, Read, Record, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::giving::record::{Outcome, Submission, record_all};
use crate::http::{Kind, Lang, Problem};
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

impl From<PartError> for Problem {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

/// A list as whoever may read its chapter sees it.
pub fn show(v: &mut Visit<'_>, id: Uuid, lang: Lang) -> Result<ImportOut, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    shown(v.conn, row, lang)
}

/// A list with what became of it so far.
pub fn shown(conn: &mut PgConnection, row: ImportRow, lang: Lang) -> Result<ImportOut, Problem> {
    let (booked, asked, refused) = store::progress(conn, row.id)?;
    let fault = |refused: Refused| ImportFault {
        row: Some(refused.row),
        column: refused.column,
        code: refused.code,
        detail: if lang == Lang::En { refused.en } else { refused.vi },
    };
    Ok(ImportOut {
        id: row.id,
        chapter: tree::code_of(conn, ChapterId(row.chapter_id))?,
        state: row.state,
        rows: row.row_count.into(),
        amount_vnd: row.amount_vnd,
        unusual: row.unusual.into(),
        booked,
        asked,
        refused: refused.into_iter().map(fault).collect(),
        uploaded_at: row.uploaded_at,
        accepted_at: row.accepted_at,
    })
}

/// Takes a list: from now on it is booked, and stays accepted whatever happens.
pub fn take(v: &mut Visit<'_>, id: Uuid, said: AcceptIn) -> Result<ImportRow, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    if row.state == "READY" {
        if row.unusual > 0 && !said.confirmed {
            return Err(unconfirmed(row.unusual));
        }
        if store::take(v.conn, &grant, v.now, id, said.confirmed)? {
            v.note(&grant, "LIST_ACCEPTED", id)?;
        }
    }
    store::find(v.conn, id)?.ok_or_else(Problem::not_found)
}

fn unconfirmed(rows: i32) -> Problem {
    Problem::say(
        Kind::Unusual,
        format!(
            "Danh sách có {rows} dòng với số tiền bất thường: hãy đếm lại số 0. Nếu đúng, hãy xác nhận danh sách rồi gửi lại."
        ),
        format!(
            "{rows} rows of the list have an unusual sum: count the zeros again. If they are right, confirm the list and send it again."
        ),
    )
}

/// Books what is left of an accepted list. Runs on a blocking thread; may be run by anybody, as often as needed, at the same time.
///
/// # Errors
/// When it can not go on: the database is away, or the actor's right ended. What is booked stands; run it again.
pub fn carry_on(db: &Db, clock: &Clock, vault: &Vault, actor: Actor, list: &ImportRow) -> Result<(), Problem> {
    while let Some((part, gifts)) = db.tx_blocking(|conn| store::next_part(conn, vault, list.id)).map_err(Problem::from)? {
        let settled = book(db, clock, vault, actor, gifts, list.confirmed)?;
        db.tx_blocking(|conn| store::settle(conn, clock.now(), part, &settled)).map_err(Problem::from)?;
    }
    db.tx_blocking(|conn| store::finish(conn, list.id)).map_err(Problem::from)
}

fn book(
    db: &Db,
    clock: &Clock,
    vault: &Vault,
    actor: Actor,
    mut gifts: Vec<Listed>,
    confirmed: bool,
) -> Result<Settled, Problem> {
    gifts.iter_mut().for_each(|listed| listed.gift.confirmed = confirmed);
    let mut faults = Vec::new();
    let ready = check::prepared(vault, &gifts, clock.now(), &mut faults)?;
    let (rows, submissions): (Vec<u32>, Vec<Submission>) =
        ready.into_iter().map(|(row, gift)| (row, Submission { actor, gift: Arc::new(gift) })).unzip();
    let (mut stands, mut asked) = (0, 0);
    for (row, outcome) in rows.into_iter().zip(record_all(db, clock, &submissions)) {
        match outcome {
            Outcome::Booked(_) | Outcome::AlreadyBooked(_) => stands += 1,
            Outcome::Asked(_) => asked += 1,
            Outcome::Refused(problem) if is_of_the_gift(&problem) => faults.extend(check::faults_of(row, &problem)),
            Outcome::Refused(problem) => return Err(problem),
        }
    }
    // A row is refused once, whatever the number of its faults.
    faults.sort_by_key(|fault| fault.row);
    faults.dedup_by_key(|fault| fault.row);
    let refused = faults.into_iter().map(|fault| Refused {
        row: fault.row.unwrap_or_default(),
        column: fault.column.map(str::to_owned),
        code: fault.code.to_owned(),
        vi: fault.said.vi,
        en: fault.said.en,
    });
    Ok(Settled { stands, asked, refused: refused.collect() })
}

/// Whether the same gift would be refused again, and the others not.
fn is_of_the_gift(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Invalid | Kind::IdTaken | Kind::Unusual | Kind::Conflict)
}
