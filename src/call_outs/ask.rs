//! Asking a wave: by an officer, or when it is due. Each who is asked has a link of their own, sent if there is a way, shown to the
//! officer in any case.

use std::collections::BTreeMap;

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::choice::{self, Candidate};
use super::due;
use super::fault::Fault;
use super::link::LINKS;
use super::store::{self, AskedRow, CallOutRow, WaveRow};
use super::words;
use crate::authz::{self, AuditEvent, Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::basics::typing;
use crate::calling::wave::{Halt, Next, Past, plan};
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
    let past: Vec<Past> = store::waves(errand.conn, &[row.id])?.into_iter().map(past).collect();
    let next = Next {
        needed: row.needed,
        size: row.wave_size,
        by_officer: new.by.is_some(),
        wanted: new.wanted,
        quiet_reason: new.quiet_reason.as_deref(),
    };
    let plan = match plan(&rule, errand.now, &past, &next) {
        Ok(plan) => plan,
        Err(Halt::Quiet(until)) => return Err(Fault::Quiet(until)),
        // Nothing is left to do by itself.
        Err(Halt::TooMany) if new.by.is_none() => return Ok(0),
        Err(Halt::TooMany) => return Err(too_many()),
    };
    let people = choice::candidates(errand, calling.by, row, &rule, usize::try_from(plan.wanted).unwrap_or_default())?;
    let wave = WaveRow {
        id: new.id,
        call_out_id: row.id,
        n: plan.n,
        asked_by: new.by,
        asked_at: errand.now,
        wanted: plan.wanted,
        asked: i32::try_from(people.len()).unwrap_or(i32::MAX),
        quiet_reason: plan.quiet_reason,
    };
    write(errand, calling, &wave, &people)?;
    let next = row.wave_minutes.map(|minutes| errand.now + Duration::minutes(i64::from(minutes)));
    if let Some(at) = next.filter(|at| *at < row.until_at) {
        due::expect_wave(errand.conn, errand.now, row, at)?;
    }
    Ok(people.len())
}

fn past(wave: WaveRow) -> Past {
    Past { asked: wave.asked, by_officer: wave.asked_by.is_some(), quiet_reason: wave.quiet_reason }
}

/// So many for one that is needed, and no more.
fn too_many() -> Fault {
    Fault::field(
        "/ask",
        "OUT_OF_RANGE",
        "Quá số người được hỏi cho một đợt huy động: hãy tăng số người cần, hoặc hỏi ít hơn.",
        "More than may be asked for so few who are needed: raise `needed`, or ask fewer.",
    )
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
            chapter_id: one.of.chapter.0,
            volunteer_id: one.of.volunteer.0,
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
    let url = calling.public.page(&LINKS.path(errand.vault, id));
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
