//! Reversing an opening balance, whole: one asks, somebody who neither asked for this nor for the opening decides.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::model::{OpeningFault, Verdict};
use super::opening::{self, Draft, Funds};
use super::store::{self, OpeningRow, ReversalRow};
use super::wire::{OpeningOut, out};
use crate::authz::{Approve, Record, Visit};
use crate::basics::{Line, PublicCode};
use crate::db::DbError;
use crate::http::{Kind, Problem};
use crate::identity::store as identity;
use crate::ledger::model::Balanced;
use crate::ledger::reversals::{self, Original, TwoPersons};
use crate::ledger::store::{self as ledger, BookedAt};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    pub opening: Uuid,
    pub reason: OpeningFault,
    pub note: Option<Line>,
}

/// Asks for the reversal of an approved opening balance. Sent again, it asks only once.
pub fn request(v: &mut Visit<'_>, ask: &Ask) -> Result<(OpeningOut, bool), Problem> {
    let row = store::hold(v.conn, ask.opening)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    let content = |note: Option<&Line>| json!([ask.opening, ask.reason.name(), note.map(Line::as_str)]);
    let hash = hash(v.vault, &content(ask.note.as_ref()));
    if let Some(known) = store::reversal(v.conn, ask.id)? {
        // A note that named an erased person is gone, and with it from what is compared.
        let bare = known.note.is_none() && known.request_hash == self::hash(v.vault, &content(None));
        return if known.request_hash == hash || bare {
            Ok((out(v.conn, row)?, false))
        } else {
            Err(Problem::new(Kind::IdTaken))
        };
    }
    if row.state != "APPROVED" {
        return Err(Problem::say(
            Kind::Conflict,
            "Chỉ hủy được số dư đầu kỳ đã duyệt và chưa hủy.",
            "Only an opening balance that was approved and not reversed can be reversed.",
        ));
    }
    let opener = identity::officer_of(v.conn, row.requested_by)?;
    let approver = opening::second_person(v, grant.chapter(), &[grant.officer(), opener])?;
    let new = ReversalRow {
        id: ask.id,
        opening_id: row.id,
        reason: ask.reason.name().to_owned(),
        note: opening::seal_note(v.vault, "opening_balance_reversal", ask.id, ask.note.as_ref())?,
        request_hash: hash.to_vec(),
        state: "REQUESTED".to_owned(),
        approver_chapter_id: approver.0,
        requested_by: grant.account(),
        requested_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    store::insert_reversal(v.conn, &grant, new).map_err(|error| refused(&error).unwrap_or_else(|| error.into()))?;
    v.note(&grant, "OPENING_BALANCE_REVERSAL_REQUESTED", ask.id)?;
    Ok((out(v.conn, row)?, true))
}

/// What a request is compared by.
pub(super) fn hash(vault: &Vault, content: &serde_json::Value) -> [u8; 32] {
    vault.hash("opening_balance_reversal.request", content.to_string().as_bytes())
}

fn refused(error: &DbError) -> Option<Problem> {
    match error.constraint()? {
        "opening_balance_reversal_pk" => Some(Problem::new(Kind::IdTaken)),
        "opening_balance_reversal_standing_key" => {
            Some(Problem::say(Kind::Conflict, "Đã có đề nghị hủy đang chờ.", "A reversal of it is waiting already."))
        }
        _ => None,
    }
}

/// Decides the newest request to reverse an opening balance. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<OpeningOut, Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Approve>(ChapterId(row.chapter_id))?;
    let asked = store::reversal_of(v.conn, id)?
        .ok_or_else(|| Problem::say(Kind::Conflict, "Chưa có ai đề nghị hủy.", "Nobody has asked for a reversal."))?;
    match (asked.state.as_str(), verdict) {
        ("REQUESTED", _) => {}
        ("APPROVED", Verdict::Approve) | ("REFUSED", Verdict::Refuse) => return out(v.conn, row),
        _ => return Err(opening::decided_otherwise()),
    }
    let opener = identity::officer_of(v.conn, row.requested_by)?;
    let requester = identity::officer_of(v.conn, asked.requested_by)?;
    if [opener, requester].contains(&grant.officer()) {
        return Err(opening::not_oneself());
    }
    store::decide_reversal(v.conn, &grant, v.now, asked.id, verdict.state())?;
    if verdict == Verdict::Approve {
        book(v, &TwoPersons { asked: requester, approves: &grant }, &row, &asked)?;
        store::give_back(v.conn, &grant, id)?;
        // The originals' public pages say from now on that they were reversed.
        v.forget_pages();
    }
    let action = match verdict {
        Verdict::Approve => "OPENING_BALANCE_REVERSAL_APPROVED",
        Verdict::Refuse => "OPENING_BALANCE_REVERSAL_REFUSED",
    };
    v.note(&grant, action, asked.id)?;
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    out(v.conn, row)
}

/// Books the mirror of every entry of the opening, today, and counts them.
fn book(v: &mut Visit<'_>, by: &TwoPersons<'_>, row: &OpeningRow, asked: &ReversalRow) -> Result<(), Problem> {
    let reason = OpeningFault::parse(&asked.reason).ok_or_else(|| Problem::internal("a request has an unknown reason"))?;
    let here = opening::here(v.conn, by.approves)?;
    let at = BookedAt::now(v.now);
    let mut funds: Funds = HashMap::new();
    let mut entries = Vec::new();
    for (_, id) in store::entries(v.conn, row.id)? {
        let written = ledger::written(v.conn, id)?.ok_or_else(Problem::not_found)?;
        funds.extend(ledger::funds(v.conn, &written.postings.iter().map(|p| p.fund).collect::<Vec<_>>())?);
        let original = PublicCode::parse(&written.code).map_err(|_| Problem::internal("an entry has a broken code"))?;
        let postings = Balanced::mirrored(written.kind, &written.postings).map_err(Problem::internal)?;
        let draft = Draft { vault: v.vault, now: v.now, here: here.clone(), day: at.day, document: opening::document(row)? };
        entries.push(draft.entry(postings, Some((id, original, reason.name())))?);
    }
    reversals::book(v.conn, at, &funds, by, Original::OpeningBalance, entries).map_err(opening::not_booked)
}
