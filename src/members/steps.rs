//! Steps that are decided about a member: asked for, decided, or done at once.

use uuid::Uuid;

use super::carry;
use super::fault::Fault;
use super::grades;
use super::kinds;
use super::model::{MemberKind, MemberState, MemberStepKind, StepKind, StepState};
use super::store::{self, Row, StepRow};
use super::wire::{StepIn, TransferIn};
use crate::authz::{Granted, KeepPeople, Right, SeePeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions::{self, Approval, Asked, Content, Matter, New, State, Verdict};
use crate::http::{Check, FieldError, Say};
use crate::tree::{self, ChapterId};

/// What is asked about a member.
pub struct Ask<'a> {
    pub id: Uuid,
    pub kind: StepKind,
    pub decision_no: Option<&'a Line>,
    pub to: Option<ChapterId>,
    pub grade: Option<&'a str>,
    /// All of it but the note, in one form.
    pub text: String,
    pub note: Option<&'a Line>,
}

/// Asks a second person for a step about a member whose row exists; whether it was asked now.
pub fn ask(v: &mut Visit<'_>, by: &Granted<KeepPeople>, member: Uuid, ask: &Ask<'_>) -> Result<bool, Fault> {
    let kind = kinds::of(ask.kind).ok_or_else(|| Fault::broken("a step that is done at once"))?;
    let about = ask.decision_no.map(Line::as_str);
    let new = New { kind, id: ask.id, subject: ask.id, about, amount_vnd: None, not_by: &[], with: ask.to };
    let asked = decisions::ask(v, by, &new, Content { text: &ask.text, note: ask.note })?;
    if asked == Asked::Now {
        let row = row(v, by, member, ask);
        store::insert_step(v.conn, &row).map_err(waits)?;
    }
    Ok(asked == Asked::Now)
}

fn row(v: &Visit<'_>, by: &Granted<KeepPeople>, member: Uuid, ask: &Ask<'_>) -> StepRow {
    StepRow {
        id: ask.id,
        member_id: member,
        kind: ask.kind.name().to_owned(),
        chapter_id: by.chapter().0,
        to_chapter_id: ask.to.map(|to| to.0),
        decision_no: ask.decision_no.map(|line| line.as_str().to_owned()),
        state: StepState::Asked.name().to_owned(),
        asked_by: by.account(),
        asked_at: v.now,
        decided_by: None,
        decided_at: None,
        became: None,
        grade: ask.grade.map(str::to_owned),
    }
}

fn waits(error: DbError) -> Fault {
    match error.constraint() {
        Some("member_step_waiting_key") => Fault::AlreadyAsked,
        Some("member_step_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// The membership of an id, held, and the right to keep its chapter's people.
pub fn kept(v: &mut Visit<'_>, member: Uuid) -> Result<(Row, Granted<KeepPeople>), Fault> {
    let row = store::hold(v.conn, member)?.ok_or(Fault::Unknown)?;
    let chapter = carry::today(v, row.chapter_id)?;
    let grant = v.at::<KeepPeople>(ChapterId(chapter))?;
    Ok((row, grant))
}

/// Enters a step about a member: done at once, or asked of a second person. Returns the step, and whether it is new.
pub fn enter(
    v: &mut Visit<'_>,
    member: Uuid,
    body: &StepIn,
    no: Option<&Line>,
    note: Option<&Line>,
) -> Result<(Uuid, bool), Fault> {
    let (row, grant) = kept(v, member)?;
    let kind = body.kind.step();
    let known = store::step(v.conn, body.id)?;
    if let Some(known) = &known
        && kind.is_at_once()
    {
        let same = known.member_id == member && known.kind == kind.name() && known.decision_no.as_deref() == no.map(Line::as_str);
        return if same { Ok((body.id, false)) } else { Err(Fault::IdTaken) };
    }
    if known.is_none() && !row.state().is_some_and(|state| kind.is_possible_from(state)) {
        return Err(Fault::NotPossible);
    }
    if known.is_none() {
        fits(v, &row, body)?;
    }
    let mut text = format!("{member}\0{kind}\0{}", no.map_or("", Line::as_str));
    if let Some(grade) = &body.grade {
        text = format!("{text}\0{grade}");
    }
    let ask_for = Ask { id: body.id, kind, decision_no: no, to: None, grade: body.grade.as_deref(), text, note };
    if !kind.is_at_once() {
        return Ok((body.id, ask(v, &grant, member, &ask_for)?));
    }
    let step = self::row(v, &grant, member, &ask_for);
    store::insert_step(v.conn, &step).map_err(waits)?;
    carry::end(v, &row, kind.leads_to())?;
    store::settle(v.conn, body.id, StepState::Done, (grant.account(), v.now), None)?;
    v.note(&grant, if kind == StepKind::Death { "MEMBER_DIED" } else { "MEMBER_LEFT" }, member)?;
    Ok((body.id, true))
}

/// Whether a step is one for this member, today.
fn fits(v: &mut Visit<'_>, row: &Row, body: &StepIn) -> Result<(), Fault> {
    let mut check = Check::default();
    if row.kind() == Some(MemberKind::Collective) && body.kind == MemberStepKind::Death {
        check.wrong(
            "/kind",
            "NOT_A_PERSON",
            "Tổ chức giải thể thì ghi là ra khỏi Hội (LEAVE).",
            "An organisation that is dissolved leaves (LEAVE).",
        );
    }
    match (body.kind, &body.grade) {
        (MemberStepKind::Grade, None) => {
            check.wrong("/grade", "MISSING", "Cần mã hạng.", "This takes the code of a grade.");
        }
        (MemberStepKind::Grade, Some(grade)) => {
            let known = grades::known(v.conn, vietnam_date(v.now))?;
            if !known.iter().any(|title| title.code == *grade) {
                let all = known.iter().map(|title| title.code.as_str()).collect::<Vec<_>>().join(", ");
                check.wrong(
                    "/grade",
                    "NOT_A_CHOICE",
                    format!("Các hạng đang áp dụng: {all}."),
                    format!("The grades in force: {all}."),
                );
            }
        }
        (_, Some(_)) => {
            check.wrong("/grade", "NOT_FOR_THIS", "Chỉ khi xếp hạng (GRADE).", "Only where a grade is given (GRADE).");
        }
        (_, None) => {}
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let has = grades::standing(v.conn, &[row.id])?.pop().map(|(_, grade)| grade);
    match body.kind {
        MemberStepKind::Grade if has == body.grade => Err(Fault::NotPossible),
        MemberStepKind::GradeEnd if has.is_none() => Err(Fault::NotPossible),
        _ => Ok(()),
    }
}

/// Asks both chapters to transfer a member.
pub fn transfer(
    v: &mut Visit<'_>,
    member: Uuid,
    body: &TransferIn,
    no: &Line,
    note: Option<&Line>,
) -> Result<(Uuid, bool), Fault> {
    let (row, grant) = kept(v, member)?;
    let known = store::step(v.conn, body.id)?.is_some();
    if !known && row.state() != Some(MemberState::Admitted) {
        return Err(Fault::NotPossible);
    }
    let to = tree::place(v.conn, &body.to)?.filter(|place| place.accepts_entries).ok_or_else(no_such_chapter)?;
    if to.id == grant.chapter() {
        return Err(Fault::Fields(vec![FieldError::new(
            "/to",
            "SAME_CHAPTER",
            Say::fixed("Hội viên đang ở chính đơn vị này.", "The member is of this very chapter."),
        )]));
    }
    let text = format!("{member}\0{}\0{}", to.code, no.as_str());
    let ask_for = Ask { id: body.id, kind: StepKind::Transfer, decision_no: Some(no), to: Some(to.id), grade: None, text, note };
    Ok((body.id, ask(v, &grant, member, &ask_for)?))
}

fn no_such_chapter() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/to",
        "NO_SUCH_CHAPTER",
        Say::fixed("Không có đơn vị đang hoạt động nào mang mã này.", "There is no active chapter of this code."),
    )])
}

struct Step {
    row: StepRow,
    kind: &'static decisions::Kind,
}

impl Matter for Step {
    type Asks = KeepPeople;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        self.kind
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let (row, kind) = carry::held(v, &self.row)?;
        let mut became = None;
        match kind {
            // Or somebody above is asked first; either way this was decided.
            StepKind::Admission | StepKind::Reinstatement => carry::admit(v, &by.grant, &row, by.asking_account)?,
            StepKind::Likeness => carry::admit_other(v, &row)?,
            StepKind::StrikeOff | StepKind::Expulsion | StepKind::Leave | StepKind::Death => {
                carry::end(v, &row, kind.leads_to())?;
            }
            StepKind::Transfer => {
                let to = self.row.to_chapter_id.ok_or_else(|| Fault::broken("a transfer that leads nowhere"))?;
                became = Some(carry::transfer(v, &row, to, by.asking_account)?);
            }
            StepKind::Grade | StepKind::GradeEnd => grade(v, &self.row)?,
        }
        Ok(store::settle(v.conn, self.row.id, StepState::Done, (by.grant.account(), v.now), became)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let (to, member) = match state {
            State::Withdrawn => (StepState::Withdrawn, MemberState::Withdrawn),
            _ => (StepState::Refused, MemberState::Refused),
        };
        // Of an application nothing is left; everything else leaves the membership as it is.
        let row = store::hold(v.conn, self.row.member_id)?.ok_or(Fault::Unknown)?;
        if matches!(row.state(), Some(MemberState::Applied | MemberState::Checked))
            && matches!(self.row.kind(), Some(StepKind::Admission | StepKind::Likeness))
        {
            store::become_(v.conn, row.id, member, None)?;
        }
        Ok(store::settle(v.conn, self.row.id, to, (by.account(), v.now), None)?)
    }
}

/// Gives a grade, or ends it, from today on.
fn grade(v: &mut Visit<'_>, step: &StepRow) -> Result<(), Fault> {
    let day = vietnam_date(v.now);
    let no = step.decision_no.as_deref().ok_or_else(|| Fault::broken("a grade without a decision"))?;
    match &step.grade {
        Some(grade) => Ok(grades::give(v.conn, step.member_id, grade, no, day)?),
        None if grades::end(v.conn, step.member_id, Some(no), day)? => Ok(()),
        None => Err(Fault::NotPossible),
    }
}

/// Decides a step. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<StepRow, Fault> {
    let row = store::step(v.conn, id)?.ok_or(Fault::Unknown)?;
    let kind = row.kind().and_then(kinds::of).ok_or(Fault::Unknown)?;
    // Steps about one member come one after the other.
    store::hold(v.conn, row.member_id)?;
    decisions::decide(v, &Step { row, kind }, id, verdict)?;
    store::step(v.conn, id)?.ok_or(Fault::Unknown)
}

/// One step, for those who see the people of a chapter that it concerns, and for those who decide it; noted.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<(StepRow, Option<String>), Fault> {
    let row = store::step(v.conn, id)?.ok_or(Fault::Unknown)?;
    let kind = row.kind().and_then(kinds::of);
    let decides = match (kind, row.state == StepState::Asked.name()) {
        (Some(kind), true) => match decisions::approvers(v.conn, kind, &[id])?.remove(&id) {
            Some(approver) => decisions::decides_at(v, ChapterId(approver))?,
            None => false,
        },
        _ => false,
    };
    if !decides {
        see_one_of(v, &row)?;
    }
    v.note_at(Some(ChapterId(row.chapter_id)), "MEMBER_STEP_READ", Some(id), None)?;
    let note = match kind {
        Some(kind) => decisions::note_of(v, kind, id)?,
        None => None,
    };
    Ok((row, note))
}

/// Of the chapter it was asked at, or of the one it leads to.
fn see_one_of(v: &mut Visit<'_>, row: &StepRow) -> Result<(), Fault> {
    let here = carry::today(v, row.chapter_id)?;
    match (v.see::<SeePeople>(ChapterId(here)), row.to_chapter_id) {
        (Ok(_), _) => Ok(()),
        (Err(denied), None) => Err(denied.into()),
        (Err(denied), Some(to)) => {
            let to = carry::today(v, to)?;
            v.see::<SeePeople>(ChapterId(to)).map(drop).map_err(|_| denied.into())
        }
    }
}
