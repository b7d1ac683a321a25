//! Correcting a result that was given: with a reason, and where it takes a certificate away, by a second person.

use uuid::Uuid;

use super::enrolments::{self, CorrectionRow};
use super::fault::Fault;
use super::issue;
use super::model::{CourseCorrectionState, CourseResult, CourseState};
use super::out::CourseCorrectionOut;
use super::plan;
use super::show;
use super::store::{self, CourseRow};
use super::wire::CourseCorrectionIn;
use crate::authz::{Granted, KeepPeople, Right, SeePeople, Visit};
use crate::basics::Line;
use crate::db::DbError;
use crate::decisions::{self, Actions, Approval, Asked, Content, Halt, Matter, New, State, Verdict};
use crate::persons::{self, PersonId};

/// A certificate is taken away.
pub const TAKEN_AWAY: &decisions::Kind = &decisions::Kind {
    name: "COURSE_CORRECTION",
    vi: "Đính chính kết quả tập huấn: thu hồi giấy chứng nhận",
    en: "Correct a result: a certificate is taken away",
    shown_at: "/api/v1/course-corrections/{id}",
    decided_at: "",
    actions: Actions {
        asked: "COURSE_CORRECTION_REQUESTED",
        approved: "COURSE_CORRECTION_APPROVED",
        refused: "COURSE_CORRECTION_REFUSED",
        withdrawn: "COURSE_CORRECTION_WITHDRAWN",
    },
};

/// Corrects a result, or asks a second person to. The same sent again is the same: whether it is new.
pub fn enter(v: &mut Visit<'_>, enrolment: Uuid, body: &CourseCorrectionIn, note: Option<&Line>) -> Result<bool, Fault> {
    let found = enrolments::find(v.conn, enrolment)?.ok_or(Fault::Unknown)?;
    let (course, grant) = plan::kept(v, found.course_id)?;
    if let Some(known) = enrolments::correction(v.conn, body.id)? {
        let same = known.enrolment_id == enrolment
            && (known.to_result.as_str(), known.reason.as_str()) == (body.result.name(), body.reason.name());
        return if same { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let row = enrolments::find(v.conn, enrolment)?.ok_or(Fault::Unknown)?;
    let from = row.result().filter(|_| course.is(CourseState::Closed)).ok_or_else(|| {
        Fault::conflict("Người này chưa có kết quả nào để đính chính.", "There is no result yet to be corrected.")
    })?;
    if from == body.result {
        return Err(Fault::conflict("Kết quả đang là như vậy.", "That is the result already."));
    }
    // Read, not held: whoever erases holds the person first and the course then.
    if persons::names(v.conn, v.vault, &[PersonId(row.person_id)])?.is_empty() {
        return Err(gone());
    }
    let new = CorrectionRow {
        id: body.id,
        enrolment_id: enrolment,
        chapter_id: grant.chapter().0,
        from_result: from.name().to_owned(),
        to_result: body.result.name().to_owned(),
        reason: body.reason.name().to_owned(),
        state: CourseCorrectionState::Asked.name().to_owned(),
        asked_by: grant.account(),
        asked_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    if from.takes_away(body.result) {
        return ask(v, &grant, &new, &course, note);
    }
    enrolments::insert_correction(v.conn, &new).map_err(waits)?;
    enrolments::write_result(v.conn, &[row.id], body.result)?;
    if body.result == CourseResult::Passed {
        issue::give(v, &grant, &course, &[&row])?;
    }
    enrolments::settle(v.conn, new.id, CourseCorrectionState::Done, grant.account(), v.now)?;
    v.note(&grant, "COURSE_RESULT_CORRECTED", enrolment)?;
    Ok(true)
}

fn gone() -> Fault {
    Fault::conflict(
        "Dữ liệu của người này đã được xóa hoặc bị hạn chế xử lý.",
        "The data of this person were erased or may not be used.",
    )
}

fn waits(error: DbError) -> Fault {
    match error.constraint() {
        Some("course_correction_waiting_key") => Fault::Decision(Halt::of(decisions::already_waits())),
        Some("course_correction_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

fn ask(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    new: &CorrectionRow,
    course: &CourseRow,
    note: Option<&Line>,
) -> Result<bool, Fault> {
    let about = Some(course.code.as_str());
    let asked = New { kind: TAKEN_AWAY, id: new.id, subject: new.id, about, amount_vnd: None, not_by: &[], with: None };
    let text = format!("{}\0{}\0{}", new.enrolment_id, new.to_result, new.reason);
    let asked = decisions::ask(v, by, &asked, Content { text: &text, note })?;
    if asked == Asked::Now {
        enrolments::insert_correction(v.conn, new).map_err(waits)?;
    }
    Ok(asked == Asked::Now)
}

struct Correction(CorrectionRow);

impl Matter for Correction {
    type Asks = KeepPeople;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        TAKEN_AWAY
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let found = enrolments::find(v.conn, self.0.enrolment_id)?.ok_or(Fault::Unknown)?;
        store::hold(v.conn, found.course_id)?.ok_or(Fault::Unknown)?;
        let row = enrolments::find(v.conn, self.0.enrolment_id)?.ok_or(Fault::Unknown)?;
        let to = CourseResult::parse(&self.0.to_result).ok_or_else(|| Fault::broken("a correction to no result"))?;
        if row.result.as_deref() != Some(self.0.from_result.as_str()) {
            return Err(Fault::conflict(
                "Kết quả đã được đính chính khác rồi: hãy từ chối hoặc rút đề nghị này.",
                "The result was corrected otherwise meanwhile: refuse or withdraw this.",
            ));
        }
        enrolments::write_result(v.conn, &[row.id], to)?;
        issue::take_away(v, &by.grant, row.id)?;
        Ok(enrolments::settle(v.conn, self.0.id, CourseCorrectionState::Done, by.grant.account(), v.now)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { CourseCorrectionState::Withdrawn } else { CourseCorrectionState::Refused };
        Ok(enrolments::settle(v.conn, self.0.id, to, by.account(), v.now)?)
    }
}

/// Decides a correction. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<(), Fault> {
    let row = enrolments::correction(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &Correction(row), id, verdict)?;
    Ok(())
}

/// One correction, for those who see the people of its chapter, and for those who decide it; noted.
pub fn shown(v: &mut Visit<'_>, id: Uuid) -> Result<CourseCorrectionOut, Fault> {
    let row = enrolments::correction(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, row.chapter_id)?;
    let waiting = row.state == CourseCorrectionState::Asked.name();
    let decides = match decisions::approvers(v.conn, TAKEN_AWAY, &[id])?.remove(&id).filter(|_| waiting) {
        Some(approver) => decisions::decides_at(v, crate::tree::ChapterId(approver))?,
        None => false,
    };
    if !decides {
        v.see::<SeePeople>(chapter)?;
    }
    v.note_at(Some(chapter), "COURSE_CORRECTION_READ", Some(id), None)?;
    let note = decisions::note_of(v, TAKEN_AWAY, id)?;
    Ok(CourseCorrectionOut { note, ..after(v, id)? })
}

/// One as it is after it was decided, by whoever did so.
pub fn after(v: &mut Visit<'_>, id: Uuid) -> Result<CourseCorrectionOut, Fault> {
    let row = enrolments::correction(v.conn, id)?.ok_or(Fault::Unknown)?;
    let enrolment = enrolments::find(v.conn, row.enrolment_id)?.ok_or(Fault::Unknown)?;
    let person = show::people(v, &[enrolment.person_id])?.remove(&enrolment.person_id);
    let out = show::correction(row).ok_or_else(|| Fault::broken("a correction that cannot be read"))?;
    Ok(CourseCorrectionOut { person, ..out })
}
