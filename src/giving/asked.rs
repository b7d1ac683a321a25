//! Gifts above the second limit: asked, and booked when a second person approves.
//!
//! State: ASKED → APPROVED, REFUSED or WITHDRAWN. What always holds (the database keeps it too): an asked gift is in no entry,
//! total or leaf; who asked does not decide, as a person; it is decided once. Approved, it goes the way of every gift, with
//! the code it had, recorded by who asked. Decided, nothing personal is left of it here.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::asked_store::{self as store, Ask, AskedRow, NewAsked};
use super::asked_wire::{AskedGift, AskedOut};
use super::gift_in::GiftIn;
use super::refusals;
use crate::authz::{Read, Visit};
use crate::db::DbError;
use crate::decisions::{self, Halt};
use crate::http::Problem;
use crate::identity::store as identity;
use crate::ledger::store::BookedAt;
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// An unusual gift, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "UNUSUAL_GIFT",
    vi: "Ghi khoản ủng hộ lớn",
    en: "Record the unusually large gift",
    shown_at: "/api/v1/asked-gifts/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "GIFT_ASKED",
        approved: "ASKED_GIFT_APPROVED",
        refused: "ASKED_GIFT_REFUSED",
        withdrawn: "ASKED_GIFT_WITHDRAWN",
    },
};

/// A gift that stands as asked, or why it does not.
pub(super) type Answer = Result<AskedOut, Problem>;

/// Keeps gifts as asked. Who loses an id to somebody else is answered with what stands.
pub(super) fn ask(conn: &mut PgConnection, at: BookedAt, mut asks: Vec<Ask<'_>>) -> Result<Vec<(usize, Answer)>, DbError> {
    let mut outcomes = Vec::with_capacity(asks.len());
    // One order for everybody, as for gifts.
    asks.sort_by_key(|ask| ask.gift.gift.id);
    for ask in asks {
        outcomes.push((ask.at, ask_one(conn, at, ask)?));
    }
    Ok(outcomes)
}

fn ask_one(conn: &mut PgConnection, at: BookedAt, ask: Ask<'_>) -> Result<Answer, DbError> {
    let gift = &ask.gift.gift;
    if store::slip_is_taken(conn, ask.grant.chapter(), gift)? {
        return Ok(Err(refusals::slip_taken(gift)));
    }
    if store::code_is_taken(conn, ask.gift.code.as_str(), gift.id)? {
        return Ok(Err(refusals::code_taken()));
    }
    let decision = decisions::New {
        kind: MATTER,
        id: gift.id,
        subject: gift.id,
        about: Some(ask.gift.code.as_str()),
        amount_vnd: Some(gift.amount.get()),
        not_by: &[],
        with: None,
    };
    let planned = decisions::plan(conn, at.at, ask.grant, &decision).and_then(|plan| Ok((plan.approver()?, plan)));
    let (approver, plan) = match planned {
        Ok(found) => found,
        Err(halt) => return refused(halt),
    };
    let Some(content) = ask.gift.content.as_deref() else {
        return Ok(Err(Problem::internal("a confirmed gift came without its content")));
    };
    let new = NewAsked { ask: &ask, content, approver };
    let won = store::insert(conn, at.at, &new)?;
    if won && let Err(halt) = decisions::enter(conn, at.at, ask.grant, &decision, &plan) {
        return refused(halt);
    }
    let row = store::find(conn, gift.id)?.ok_or(DbError::Query(diesel::result::Error::NotFound))?;
    if !won && ![&ask.gift.request_hash, &ask.gift.bare_hash].contains(&&row.request_hash) {
        return Ok(Err(refusals::id_taken()));
    }
    let mut asked = out(conn, row)?;
    if won {
        asked.concerns = ask.concerns;
    }
    Ok(Ok(asked))
}

/// What is wrong with one gift is its own answer; the database is everybody's.
fn refused(halt: Halt) -> Result<Answer, DbError> {
    match halt {
        Halt::Db(error) => Err(error),
        halt => Ok(Err(halt.into())),
    }
}

/// What everybody who may read the chapter's books sees of it: no giver, no words.
pub(super) fn out(conn: &mut PgConnection, row: AskedRow) -> Result<AskedOut, DbError> {
    Ok(outs(conn, vec![row])?.pop().ok_or(diesel::result::Error::NotFound)?)
}

pub(super) fn outs(conn: &mut PgConnection, rows: Vec<AskedRow>) -> Result<Vec<AskedOut>, DbError> {
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.approver_chapter_id]).collect();
    let labels = tree::labels(conn, &ids)?;
    let names = identity::user_names(conn, &rows.iter().map(|row| row.asked_by).collect::<Vec<_>>())?;
    let label = |id: Uuid| labels.get(&id).map(|label| label.code.clone()).unwrap_or_default();
    let concerns = store::concerns(conn, &rows)?;
    Ok(rows
        .into_iter()
        .map(|row| AskedOut {
            chapter: label(row.chapter_id),
            approver_chapter: label(row.approver_chapter_id),
            asked_by: names.get(&row.asked_by).cloned().unwrap_or_default(),
            concerns: concerns.get(&row.id).cloned().unwrap_or_default(),
            paper_url: format!("/api/v1/asked-gifts/{}/paper.html", row.id),
            paper_pdf_url: format!("/api/v1/asked-gifts/{}/paper.pdf", row.id),
            id: row.id,
            code: row.code,
            appeal: row.appeal,
            channel: row.channel,
            amount_vnd: row.amount_vnd,
            limit_vnd: row.limit_vnd,
            received_on: row.received_on,
            state: row.state,
            asked_at: row.asked_at,
            decided_at: row.decided_at,
        })
        .collect())
}

/// Asked gifts by id, as their answer to being sent again.
pub(super) fn answers(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<AskedOut>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::by_ids(conn, ids)?;
    outs(conn, rows)
}

/// One asked gift with its giver and words while it waits. Reading it is noted in the audit trail, because it names the giver.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<AskedGift, Problem> {
    let (row, sent) = read(v, id)?;
    let asked = out(v.conn, row)?;
    Ok(AskedGift::of(asked, sent))
}

/// [`show`] before it is put into words: the row, and what was sent as long as it waits.
pub(super) fn read(v: &mut Visit<'_>, id: Uuid) -> Result<(AskedRow, Option<GiftIn>), Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
    v.note_seen(&seen, "ASKED_GIFT_READ", id)?;
    let sent = row.content.as_deref().map(|sealed| open(v.vault, id, sealed)).transpose()?;
    Ok((row, sent))
}

/// What was sent.
pub(super) fn open(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<GiftIn, Problem> {
    let text = vault.open_text(place("asked_gift", "content", &id), sealed).map_err(Problem::internal)?;
    serde_json::from_str(&text).map_err(Problem::internal)
}
