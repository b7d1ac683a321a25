//! Proposing everybody who has reached a threshold, and deciding.

use std::collections::HashSet;

use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::{BloodHonourOf, BloodHonourState};
use super::recount::{self, SHOWN_BY};
use super::store::{self, HonourRow, ListRow, ThresholdRow};
use super::wire::NewList;
use super::{families, later, thresholds};
use crate::authz::{Granted, KeepBlood, Read, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::donors;
use crate::tree::{self, ChapterId};

/// Most on one list; the others come on the next.
const MOST: usize = 500;

/// Proposes all donors, or families, of a chapter that have reached a threshold and were not proposed for it. The same sent again proposes
/// nobody: whether it is new.
pub fn propose(v: &mut Visit<'_>, new: &NewList) -> Result<bool, Fault> {
    let (_, here) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<KeepBlood>(here.id)?;
    let line = tree::line(v.conn, here.id)?;
    let is_known = store::find(v.conn, new.id)?.is_some();
    if !here.accepts_entries && !is_known {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể.",
            "The chapter has merged or dissolved.",
        ));
    }
    let (threshold, of) = thresholds::in_force(v, new.threshold, &line, new.until)?;
    let awards = thresholds::awards(&threshold, here.id, &line);
    let ask = decisions::New {
        kind: MATTER,
        id: new.id,
        subject: new.id,
        about: Some(new.decision_no.as_str()),
        amount_vnd: None,
        not_by: &[],
        with: Some(awards).filter(|awards| *awards != here.id),
    };
    let asked = decisions::ask(v, &grant, &ask, Content { text: &new.content(), note: new.note.as_ref() })?;
    if asked == Asked::Before {
        return Ok(false);
    }
    let honours = reached(v, &grant, new, &threshold, of)?;
    let written = store::insert(v.conn, &grant, v.now, new, awards, &honours).map_err(|error| match error.constraint() {
        Some("blood_honour_list_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    if written == 0 {
        return Err(Fault::conflict(
            "Không còn ai đạt mức này mà chưa được đề nghị.",
            "Nobody has reached this threshold who was not proposed for it.",
        ));
    }
    Ok(true)
}

/// Who has reached a threshold and was not proposed for it, those who gave most often first.
fn reached(
    v: &mut Visit<'_>,
    grant: &Granted<KeepBlood>,
    new: &NewList,
    threshold: &ThresholdRow,
    of: BloodHonourOf,
) -> Result<Vec<HonourRow>, Fault> {
    let chapters = tree::with_succeeded(v.conn, grant.chapter())?;
    let least = i64::from(threshold.times);
    let mut counted: Vec<(Uuid, i64)> = match of {
        BloodHonourOf::Person => donors::times(v.conn, &chapters, &SHOWN_BY, new.until, least)?
            .into_iter()
            .map(|times| (times.donor.0, times.times))
            .collect(),
        BloodHonourOf::Family => {
            let families = families::of_chapters(v.conn, &chapters)?;
            recount::of_families(v.conn, &families, new.until)?.into_iter().filter(|(_, times)| *times >= least).collect()
        }
    };
    let ids: Vec<Uuid> = counted.iter().map(|(id, _)| *id).collect();
    let taken: HashSet<Uuid> = store::taken(v.conn, threshold.id, &ids)?.into_iter().collect();
    counted.retain(|(id, _)| !taken.contains(id));
    counted.sort_by_key(|(id, times)| (std::cmp::Reverse(*times), *id));
    counted.truncate(MOST);
    let honour = |(id, times): (Uuid, i64)| HonourRow {
        id: Uuid::new_v4(),
        list_id: new.id,
        chapter_id: grant.chapter().0,
        threshold_id: threshold.id,
        donor_id: Some(id).filter(|_| of == BloodHonourOf::Person),
        family_id: Some(id).filter(|_| of == BloodHonourOf::Family),
        times: i32::try_from(times).unwrap_or(i32::MAX),
        state: BloodHonourState::Proposed.name().to_owned(),
        decided_at: None,
        withdrawn_at: None,
    };
    Ok(counted.into_iter().map(honour).collect())
}

struct Honouring(ListRow);

impl Matter for Honouring {
    type Asks = KeepBlood;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    /// Whoever has reached the threshold no more, since donations were corrected, is withdrawn from the list.
    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let Honouring(row) = self;
        let today = vietnam_date(v.now);
        let honours = store::honours_of(v.conn, row.id)?;
        let gone: HashSet<Uuid> = recount::no_longer(v.conn, &honours, row.until_day)?.into_iter().collect();
        let stays: Vec<Uuid> = honours.iter().map(|honour| honour.id).filter(|id| !gone.contains(id)).collect();
        let gone: Vec<Uuid> = gone.into_iter().collect();
        store::settle(v.conn, v.now, &gone, BloodHonourState::Withdrawn)?;
        store::settle(v.conn, v.now, &stays, BloodHonourState::Awarded)?;
        later::expect(v.conn, v.now, today)?;
        Ok(store::decide(v.conn, &by.grant, v.now, row.id, BloodHonourState::Awarded)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { BloodHonourState::Withdrawn } else { BloodHonourState::Refused };
        let all: Vec<Uuid> = store::honours_of(v.conn, self.0.id)?.into_iter().map(|honour| honour.id).collect();
        store::settle(v.conn, v.now, &all, to)?;
        Ok(store::decide(v.conn, by, v.now, self.0.id, to)?)
    }
}

/// Decides a list. Deciding again the same way changes nothing.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<(), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &Honouring(row), id, verdict)?;
    Ok(())
}

/// Counts the honours of a chapter again, as those who keep its donors; how many stood, and how many of them were withdrawn.
pub fn count_again(v: &mut Visit<'_>, code: &str) -> Result<(usize, usize), Fault> {
    let (grant, _) = v.at_code::<KeepBlood>(code).map_err(Fault::NoSuchChapter)?;
    let chapters = tree::with_succeeded(v.conn, grant.chapter())?;
    let counted = recount::at(v.conn, v.now, vietnam_date(v.now), &chapters)?;
    v.note_with(&grant, "BLOOD_HONOURS_RECOUNTED", grant.chapter().0, &serde_json::json!({"withdrawn": counted.1}))?;
    Ok(counted)
}

/// The chapter that proposed a list and the one that decides in the end.
pub fn sides(row: &ListRow) -> [ChapterId; 2] {
    [row.chapter(), ChapterId(row.awarded_at_id)]
}
