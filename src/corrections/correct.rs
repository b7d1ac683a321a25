//! Asking for the reversal of an entry, and booking it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::fault::Fault;
use super::model::{CorrectionReason, CorrectionState};
use super::store::{self, Row};
use super::wire::{self, CorrectionOut};
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::basics::Line;
use crate::decisions::{self, Actions, Approval, Asked, Content, Matter, State, Verdict};
use crate::house::Rooms;
use crate::house::undo::CannotUndo;
use crate::http::{FieldError, Say};
use crate::ledger::draft::Draft;
use crate::ledger::model::FundId;
use crate::ledger::reversals::{self, TwoPersons};
use crate::ledger::store::{self as ledger, BookError, BookedAt, Written};
use crate::tree::ChapterId;

/// The reversal of an entry, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "ENTRY_REVERSAL",
    vi: "Hủy bút toán",
    en: "Reverse entry",
    shown_at: "/api/v1/corrections/{id}",
    decided_at: "",
    actions: Actions {
        asked: "CORRECTION_REQUESTED",
        approved: "CORRECTION_APPROVED",
        refused: "CORRECTION_REFUSED",
        withdrawn: "CORRECTION_WITHDRAWN",
    },
};

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    /// Public code of the entry.
    pub entry: String,
    pub reason: CorrectionReason,
    pub note: Option<Line>,
}

/// Asks for a reversal. Sent again, it asks only once.
pub fn request(v: &mut Visit<'_>, rooms: Rooms, ask: &Ask) -> Result<(CorrectionOut, bool), Fault> {
    let entry = ledger::by_codes(v.conn, std::slice::from_ref(&ask.entry))?.into_keys().next().ok_or_else(no_such_entry)?;
    let written = ledger::written(v.conn, entry)?.ok_or_else(no_such_entry)?;
    let grant = v.at::<Record>(ChapterId(written.chapter))?;
    if rooms.undoes(written.kind.name()).is_none() {
        return Err(elsewhere());
    }
    let amount: i64 = written.postings.iter().map(|p| p.amount.max(0)).sum();
    let new = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(&ask.entry),
        amount_vnd: Some(amount),
        not_by: &[],
        with: None,
    };
    let text = format!("{}\0{}", ask.entry, ask.reason);
    let asked = decisions::ask(v, &grant, &new, Content { text: &text, note: ask.note.as_ref() })?;
    if asked == Asked::Now {
        let row = Row {
            id: ask.id,
            entry_id: entry,
            chapter_id: written.chapter,
            reason: ask.reason.name().to_owned(),
            state: CorrectionState::Requested.name().to_owned(),
            requested_by: grant.account(),
            requested_at: v.now,
            decided_by: None,
            decided_at: None,
            together: Vec::new(),
        };
        store::insert(v.conn, &grant, &row).map_err(|error| match error.constraint() {
            Some("correction_standing_key") => Fault::AlreadyAsked,
            _ => error.into(),
        })?;
    }
    let row = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((wire::one(v.conn, row)?, asked == Asked::Now))
}

fn no_such_entry() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/entry",
        "NO_SUCH_ENTRY",
        Say::fixed("Không có bút toán nào mang mã này.", "There is no entry of this code."),
    )])
}

fn elsewhere() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/entry",
        "REVERSED_ELSEWHERE",
        Say::fixed(
            "Bút toán này không hủy ở đây: khoản ủng hộ và số dư đầu kỳ có đề nghị hủy riêng; bút toán hủy là cuối cùng.",
            "This entry is not reversed here: gifts and opening balances have requests of their own, and a reversal is final.",
        ),
    )])
}

/// One request with what its room has to put back.
struct Correction {
    row: Row,
    rooms: Rooms,
}

impl Matter for Correction {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let persons = TwoPersons { asked: by.asked_by(v.conn)?, approves: &by.grant };
        let together = book(v, self.rooms, &persons, &self.row)?;
        Ok(store::settle(v.conn, &by.grant, v.now, &self.row, (CorrectionState::Approved, &together))?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { CorrectionState::Withdrawn } else { CorrectionState::Refused };
        Ok(store::settle(v.conn, by, v.now, &self.row, (to, &[]))?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, verdict: Verdict) -> Result<CorrectionOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &Correction { row, rooms }, id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    Ok(wire::one(v.conn, row)?)
}

/// Has the rooms put back what the entries brought about, and books their mirrors, all in one moment. Returns what was reversed
/// besides the entry itself.
fn book(v: &mut Visit<'_>, rooms: Rooms, by: &TwoPersons<'_>, row: &Row) -> Result<Vec<Uuid>, Fault> {
    let reason = CorrectionReason::parse(&row.reason).ok_or_else(|| Fault::broken("a request has an unknown reason"))?;
    let draft = Draft::today(v.conn, v.vault, v.now, by.approves)?;
    let (mut entries, mut funds, mut besides, mut put_back) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
    for (id, written) in together(v, rooms, row.entry_id)? {
        let undoes = rooms.undoes(written.kind.name()).ok_or(Fault::Unknown)?;
        undoes.undo(&mut v.errand(), id).map_err(stands)?;
        put_back.push((undoes, id));
        let of: HashSet<FundId> = written.postings.iter().map(|p| p.fund).collect();
        funds.extend(ledger::funds(v.conn, &Vec::from_iter(of))?);
        besides.extend(Some(id).filter(|id| *id != row.entry_id));
        entries.push(draft.reversal(id, &written, reason.name()).map_err(Fault::broken)?);
    }
    reversals::book(v.conn, BookedAt::now(v.now), &funds, by, entries).map_err(|error| match error {
        BookError::NotCovered => Fault::NotCovered,
        BookError::Closed => decisions::Halt::Matter(decisions::books_closed()).into(),
        BookError::Db(error) => match error.constraint() {
            Some("entry_reverses_key") => Fault::AlreadyAsked,
            // It came to stand there at this very moment.
            Some("entry_order_stands") => Fault::NotCovered,
            _ => error.into(),
        },
        other => Fault::broken(other),
    })?;
    put_back.into_iter().try_for_each(|(undoes, id)| undoes.undone(&mut v.errand(), id).map_err(stands))?;
    Ok(besides)
}

fn stands(why: CannotUndo) -> Fault {
    match why {
        CannotUndo::StandsOnIt(what) => Fault::StandsOnIt(what),
        CannotUndo::Db(error) => error.into(),
    }
}

/// The entry and those that cannot stand without it, as its room says.
fn together(v: &mut Visit<'_>, rooms: Rooms, entry: Uuid) -> Result<Vec<(Uuid, Written)>, Fault> {
    let written = ledger::written(v.conn, entry)?.ok_or(Fault::Unknown)?;
    let undoes = rooms.undoes(written.kind.name()).ok_or(Fault::Unknown)?;
    let mut all = vec![(entry, written)];
    for id in undoes.together(v.conn, entry)? {
        if id != entry {
            all.push((id, ledger::written(v.conn, id)?.ok_or(Fault::Unknown)?));
        }
    }
    Ok(all)
}

/// One request, for those who may read the chapter's books; the note for those who may decide.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<CorrectionOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let note = decisions::note_of(v, MATTER, id)?;
    Ok(CorrectionOut { note, ..wire::one(v.conn, row)? })
}
