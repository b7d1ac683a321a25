//! Asking a wave: by an officer, or when it is due. Each who is asked has a link of their own, sent if there is a way, shown to the
//! officer in any case.

use std::collections::BTreeMap;

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::choice::{self, Candidate};
use super::due;
use super::fault::Fault;
use super::link;
use super::store::{self, AskedRow, CallOutRow, WaveRow};
use super::words;
use crate::authz::{self, AuditEvent, Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::basics::typing;
use crate::house::errand::Errand;
use crate::http::PublicUrl;
use crate::outbox::{self, NewMessage, Ways};
use crate::tree;

/// Signs of a code for coming: within a call-out nobody guesses one.
const CODE: usize = 8;

/// What it takes to ask.
pub struct Calling<'a> {
    pub ways: &'a Ways,
    pub public: &'a PublicUrl,
    pub by: &'a Granted<KeepPeople>,
    /// Held by the caller.
    pub row: &'a CallOutRow,
}

/// A wave to be asked.
pub struct Wave {
    pub id: Uuid,
    /// `None`: it is due.
    pub by: Option<Uuid>,
    /// The call-out's own number where `None`.
    pub wanted: Option<i32>,
    pub quiet_reason: Option<String>,
}

/// Asks a wave of an open call-out; how many it asked.
pub fn wave(errand: &mut Errand<'_>, calling: &Calling<'_>, new: &Wave) -> Result<usize, Fault> {
    let row = calling.row;
    let rule = store::rule(errand.conn, vietnam_date(errand.now))?;
    let waves = store::waves(errand.conn, &[row.id])?;
    // A reason holds for the night for which it was given: the waves that follow it by themselves go on.
    let given = waves.iter().rev().find(|wave| wave.asked_by.is_some()).and_then(|wave| wave.quiet_reason.clone());
    let reason = new.quiet_reason.clone().or_else(|| given.filter(|_| new.by.is_none()));
    let quiet = rule.quiet_until(errand.now);
    if let Some(until) = quiet.filter(|_| reason.is_none()) {
        return Err(Fault::Quiet(until));
    }
    let asked: i64 = waves.iter().map(|wave| i64::from(wave.asked)).sum();
    let left = rule.left_to_ask(row.needed, asked);
    let wanted = i64::from(new.wanted.unwrap_or(row.wave_size));
    if new.wanted.is_some() && wanted > left || left == 0 {
        return too_many(new);
    }
    let wanted = usize::try_from(wanted.min(left)).unwrap_or_default();
    let people = choice::candidates(errand, calling.by, row, &rule, wanted)?;
    let count = i32::try_from(people.len()).unwrap_or(i32::MAX);
    let wave = WaveRow {
        id: new.id,
        call_out_id: row.id,
        n: i32::try_from(waves.len()).unwrap_or(i32::MAX) + 1,
        asked_by: new.by,
        asked_at: errand.now,
        wanted: i32::try_from(wanted).unwrap_or(i32::MAX),
        asked: count,
        quiet_reason: reason.filter(|_| quiet.is_some()),
    };
    write(errand, calling, &wave, &people)?;
    let next = row.wave_minutes.map(|minutes| errand.now + Duration::minutes(i64::from(minutes)));
    if let Some(at) = next.filter(|at| *at < row.until_at) {
        due::expect_wave(errand.conn, errand.now, row, at)?;
    }
    Ok(people.len())
}

/// So many for one that is needed, and no more.
fn too_many(new: &Wave) -> Result<usize, Fault> {
    if new.by.is_none() {
        // Nothing is left to do by itself.
        return Ok(0);
    }
    Err(Fault::field(
        "/ask",
        "OUT_OF_RANGE",
        "Quá số người được hỏi cho một đợt huy động: hãy tăng số người cần, hoặc hỏi ít hơn.",
        "More than may be asked for so few who are needed: raise `needed`, or ask fewer.",
    ))
}

fn write(errand: &mut Errand<'_>, calling: &Calling<'_>, wave: &WaveRow, people: &[Candidate]) -> Result<(), Fault> {
    let label = tree::labels(errand.conn, &[calling.row.chapter_id])?.remove(&calling.row.chapter_id);
    let chapter = label.map(|label| label.name).unwrap_or_default();
    let mut rows = Vec::with_capacity(people.len());
    let mut messages = Vec::new();
    for one in people {
        let id = Uuid::new_v4();
        let message = message(errand, calling, &chapter, one, id);
        rows.push(AskedRow {
            id,
            call_out_id: calling.row.id,
            wave_id: wave.id,
            chapter_id: one.chosen.chapter.0,
            volunteer_id: one.chosen.volunteer.0,
            person_id: one.known.id.0,
            party_hash: Some(one.hash.clone()),
            asked_at: errand.now,
            by_message: message.as_ref().is_some_and(|message| outbox::can_be_sent(calling.ways, message)),
            code: typing::draw(CODE).map_err(|_| Fault::Broken("the system's random source failed"))?,
            answer: None,
            arrives_at: None,
            answered_at: None,
            shift_id: None,
            revoked_at: None,
            told_at: None,
        });
        messages.extend(message);
    }
    store::insert_wave(errand.conn, wave, &rows)?;
    for message in &messages {
        // Whoever was woken for a reason is woken: the reason stands in the wave.
        let urgent = wave.quiet_reason.is_some();
        outbox::send_called(errand.conn, errand.vault, calling.ways, calling.by, errand.now, message, urgent)?;
    }
    note(errand, calling, wave, &rows)
}

fn message(errand: &Errand<'_>, calling: &Calling<'_>, chapter: &str, one: &Candidate, id: Uuid) -> Option<NewMessage> {
    let to = one.known.address()?;
    let url = calling.public.page(&link::path(errand.vault, id));
    let text = words::text(words::asking(calling.row, chapter, &one.known.name, &url));
    Some(NewMessage { id: Uuid::new_v4(), to, text, purpose: "CALL_OUT", about: Some(id) })
}

/// Every chapter whose volunteers were asked reads in its own trail how many, by which call-out.
fn note(errand: &mut Errand<'_>, calling: &Calling<'_>, wave: &WaveRow, rows: &[AskedRow]) -> Result<(), Fault> {
    let mut by_chapter: BTreeMap<Uuid, usize> = BTreeMap::from([(calling.row.chapter_id, 0)]);
    for row in rows {
        *by_chapter.entry(row.chapter_id).or_default() += 1;
    }
    for (chapter, asked) in by_chapter {
        let event = AuditEvent {
            account: Some(calling.by.account()),
            action: "CALL_OUT_ASKED",
            subject: Some(calling.row.id),
            chapter: Some(chapter),
        };
        let detail = json!({"wave": wave.n, "asked": asked, "quiet_reason": wave.quiet_reason.is_some()});
        authz::audit_detailed(errand.conn, errand.now, &event, &detail)?;
    }
    Ok(())
}
