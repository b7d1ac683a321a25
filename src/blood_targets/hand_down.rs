//! Asking for targets of a year, deciding them, and showing them to officers.

use std::collections::HashMap;

use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model;
use super::out::{self, BloodTargetsDetailOut};
use super::stated;
use super::store::{self, Row};
use super::wire::Ask;
use crate::authz::{Granted, KeepBlood, Read, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::http::Check;
use crate::statements::{self, Event, NotStated};
use crate::tree::{self, ChapterId, Place};

/// Asks for a decision. The same sent again asks once: whether it is new.
pub fn request(v: &mut Visit<'_>, ask: &Ask) -> Result<bool, Fault> {
    let (_, here) = v.see_code::<Read>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<KeepBlood>(here.id)?;
    let places = match store::find(v.conn, ask.id)? {
        Some(_) => None,
        None => Some(looked_up(v, &here, ask)?),
    };
    let new = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(ask.decision_no.as_str()),
        amount_vnd: None,
        not_by: &[],
        with: None,
    };
    let asked = decisions::ask(v, &grant, &new, Content { text: &ask.content(), note: ask.note.as_ref() })?;
    if let (Asked::Now, Some(places)) = (asked, places) {
        let own = given(v, here.id.0, ask.year)?;
        store::insert(v.conn, &grant, v.now, ask, own, &places).map_err(|error| match error.constraint() {
            Some("blood_target_decision_waiting_key") => Fault::Waits,
            _ => error.into(),
        })?;
    }
    Ok(asked == Asked::Now)
}

/// What somebody else gave a chapter: by which decision, and how much.
fn given(v: &mut Visit<'_>, chapter: Uuid, year: i16) -> Result<Option<(Uuid, i32)>, Fault> {
    let of = store::of_chapter(v.conn, chapter, year)?;
    Ok(of.filter(|(_, _, whose, _)| *whose != chapter).map(|(decision, units, ..)| (decision, units)))
}

/// The chapters of the lines in their order: each is the chapter itself, or stands directly below it on the line of today.
fn looked_up(v: &mut Visit<'_>, here: &Place, ask: &Ask) -> Result<Vec<Uuid>, Fault> {
    let mut check = Check::default();
    if !model::is_open(ask.year, vietnam_date(v.now)) {
        check.wrong(
            "/year",
            "OUT_OF_RANGE",
            "Chỉ giao chỉ tiêu của năm nay hoặc sang năm.",
            "Targets are set for this year or the next.",
        );
    }
    if !here.accepts_entries {
        check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
    }
    let codes: Vec<&str> = ask.lines.iter().map(|line| line.chapter.as_str()).collect();
    let known = tree::places(v.conn, &codes)?;
    let above = tree::with_succeeded(v.conn, here.id)?;
    let mut places = Vec::with_capacity(codes.len());
    for code in codes {
        let at = |check: &mut Check, what: &'static str, vi: &'static str, en: &'static str| {
            check.wrong("/lines", what, format!("{code}: {vi}"), format!("{code}: {en}"));
        };
        match known.get(code) {
            Some(place) if !place.accepts_entries => {
                at(&mut check, "CHAPTER_CLOSED", "đơn vị đã sáp nhập hoặc giải thể.", "the chapter has merged or dissolved.");
            }
            Some(place) if place.id == here.id || is_directly_below(place, &above) => places.push(place.id.0),
            _ => at(
                &mut check,
                "NO_SUCH_CHAPTER",
                "không phải đơn vị trực thuộc trực tiếp của đơn vị giao chỉ tiêu.",
                "no chapter directly below the one that decides.",
            ),
        }
    }
    check.done(Some(places)).map_err(Fault::Fields)
}

/// Whether a chapter stands directly below one of these.
fn is_directly_below(place: &Place, above: &[Uuid]) -> bool {
    let parent = place.path.len().checked_sub(2).and_then(|n| place.path.get(n));
    parent.is_some_and(|step| above.contains(&step.id.0))
}

impl Matter for Row {
    type Asks = KeepBlood;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let lines = store::lines(v.conn, &[self.id])?;
        may_hold(v, self, &lines)?;
        let ids: Vec<Uuid> = lines.iter().map(|line| line.chapter_id).chain([self.chapter_id]).collect();
        let codes: HashMap<Uuid, String> = tree::codes(v.conn, ids)?;
        let stated = stated::of(self, &lines, &codes).ok_or_else(|| Fault::broken("a target of no chapter"))?;
        let body = statements::canonical(&stated).map_err(Fault::broken)?;
        let before = store::hold_standing(v.conn, self.chapter_id, self.year)?;
        let new = statements::New {
            event: Event::BloodTarget,
            appeal: None,
            day: vietnam_date(v.now),
            replaces: before.as_ref().and_then(|row| row.statement.as_deref()),
            body: &body,
        };
        let statement = statements::state(v.conn, v.now, &by.grant, &new).map_err(|error| match error {
            NotStated::Db(error) => error.into(),
            other => Fault::broken(other),
        })?;
        Ok(store::approve(v.conn, &by.grant, v.now, self.id, &statement.code, before.map(|row| row.id))?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::lay_aside(v.conn, by, v.now, self.id, state)?)
    }
}

/// As things stand when it is approved: the year runs, everybody in it is there, and what was seen beside it still holds.
fn may_hold(v: &mut Visit<'_>, row: &Row, lines: &[store::LineRow]) -> Result<(), Fault> {
    if !model::is_open(row.year, vietnam_date(v.now)) {
        return Err(Fault::YearOver);
    }
    let ids: Vec<Uuid> = lines.iter().map(|line| line.chapter_id).chain([row.chapter_id]).collect();
    let places = tree::places_of(v.conn, &ids)?;
    if ids.iter().any(|id| !places.get(id).is_some_and(|place| place.accepts_entries)) {
        return Err(Fault::Closed);
    }
    if given(v, row.chapter_id, row.year)?.map(|(under, _)| under) != row.under_id {
        return Err(Fault::Moved);
    }
    Ok(())
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<BloodTargetsDetailOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    show(v, id)
}

/// One decision with what it gives, for those who may read the chapter.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<BloodTargetsDetailOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let note = decisions::note_of(v, MATTER, id)?;
    out::detail(v.conn, row, note)
}
