//! What is shown of courses and of those in them.

use std::collections::HashMap;

use uuid::Uuid;

use super::certificate_store;
use super::enrolments::{self, CorrectionRow, EnrolmentRow};
use super::fault::Fault;
use super::model::{
    CourseArea, CourseCancelled, CourseCorrectionReason, CourseCorrectionState, CourseEnrolmentCancelled, CourseResult, Session,
    said,
};
use super::out::{CourseCorrectionOut, CourseEnrolmentOut, CourseKindOut, CourseOut, CourseSessionOut};
use super::store::{self, CourseRow, KindRow};
use crate::authz::{Read, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::persons::found::{PersonFound, found};
use crate::persons::{self, PersonId};
use crate::tree;

/// What is taught today.
pub fn kinds(v: &mut Visit<'_>) -> Result<Vec<CourseKindOut>, Fault> {
    let today = vietnam_date(v.now);
    let months = store::months(v.conn, today)?;
    let out = |row: KindRow| CourseKindOut {
        area: row.area.as_deref().and_then(CourseArea::parse),
        validity_months: months.get(row.certifies()).copied().flatten(),
        code: row.code,
        vi: row.vi,
        en: row.en,
        renews: row.renews,
    };
    Ok(store::kinds(v.conn)?.into_iter().filter(|row| row.in_use_on(today)).map(out).collect())
}

/// One session as it is said.
pub fn session((n, session): &(i16, Session)) -> CourseSessionOut {
    CourseSessionOut { n: *n, day: session.day, from: said(session.from), until: said(session.until) }
}

/// Courses, in their order; a fixed number of statements. Who teaches them is not among it.
pub fn courses(v: &mut Visit<'_>, rows: Vec<CourseRow>) -> Result<Vec<CourseOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut sessions = store::sessions(v.conn, &ids)?;
    let waiting = enrolments::waiting(v.conn, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let kinds: HashMap<String, KindRow> = store::kinds(v.conn)?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let state = row.state().ok_or_else(|| Fault::broken("a course in no state"))?;
        let kind = kinds.get(&row.kind).ok_or_else(|| Fault::broken("a course of no kind"))?;
        all.push(CourseOut {
            id: row.id,
            code: row.code,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            course_kind: row.kind,
            kind_vi: kind.vi.clone(),
            kind_en: kind.en.clone(),
            title: row.title,
            place: row.place,
            places: row.places,
            taken: row.taken,
            waiting: waiting.get(&row.id).copied().unwrap_or(0),
            listed: row.listed,
            state,
            first_day: row.first_day,
            last_day: row.last_day,
            sessions: sessions.remove(&row.id).unwrap_or_default().iter().map(session).collect(),
            trainers: Vec::new(),
            cancelled_why: row.cancelled_why.as_deref().and_then(CourseCancelled::parse),
            closed_on: row.closed_on,
            recorded_at: row.recorded_at,
        });
    }
    Ok(all)
}

/// One course for those who read its chapter; who teaches it for those who see the people there, which is noted. With its version.
pub fn course(v: &mut Visit<'_>, id: Uuid) -> Result<(CourseOut, i32), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, row.chapter_id)?;
    v.see::<Read>(chapter)?;
    let version = row.version;
    let mut out = courses(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    let trainers = store::trainers(v.conn, id)?;
    if !trainers.is_empty()
        && let Ok(here) = v.see::<SeePeople>(chapter)
    {
        out.trainers = people(v, &trainers)?.into_values().collect();
        out.trainers.sort_by_key(|trainer| trainer.id);
        v.note_seen(&here, "COURSE_TRAINERS_READ", id)?;
    }
    Ok((out, version))
}

/// Persons as lists show them, by id; without those who were erased or may not be used.
pub fn people(v: &mut Visit<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, PersonFound>, Fault> {
    let ids: Vec<PersonId> = ids.iter().copied().map(PersonId).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let codes = tree::codes(v.conn, known.values().map(|person| person.chapter.0))?;
    let code = |chapter: &Uuid| codes.get(chapter).cloned().unwrap_or_default();
    Ok(known.into_values().map(|person| (person.id.0, found(&person, &code(&person.chapter.0)))).collect())
}

/// Those of one course, in their order; a fixed number of statements.
pub fn enrolments(v: &mut Visit<'_>, course: &CourseRow, rows: Vec<EnrolmentRow>) -> Result<Vec<CourseEnrolmentOut>, Fault> {
    let mut people = people(v, &rows.iter().map(|row| row.person_id).collect::<Vec<_>>())?;
    let mut attended = enrolments::attendance(v.conn, course.id)?;
    let certificates = certificate_store::standing(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(CourseEnrolmentOut {
            id: row.id,
            course: row.course_id,
            course_code: course.code.clone(),
            person: people.remove(&row.person_id),
            state: row.state().ok_or_else(|| Fault::broken("an enrolment in no state"))?,
            turn: row.turn,
            enrolled_at: row.enrolled_at,
            moved_up_at: row.moved_up_at,
            cancelled_at: row.cancelled_at,
            cancelled_how: row.cancelled_how.as_deref().and_then(CourseEnrolmentCancelled::parse),
            attended: attended.remove(&row.id).unwrap_or_default(),
            result: row.result(),
            certificate: certificates.get(&row.id).copied(),
            corrections: Vec::new(),
        });
    }
    Ok(all)
}

/// One enrolment, with what was corrected.
pub fn enrolment(v: &mut Visit<'_>, id: Uuid) -> Result<CourseEnrolmentOut, Fault> {
    let row = enrolments::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let course = store::find(v.conn, row.course_id)?.ok_or(Fault::Unknown)?;
    let corrections = enrolments::corrections(v.conn, id)?;
    let out = enrolments(v, &course, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(CourseEnrolmentOut { corrections: corrections.into_iter().filter_map(correction).collect(), ..out })
}

/// A correction as it is shown, without whom it is about.
pub fn correction(row: CorrectionRow) -> Option<CourseCorrectionOut> {
    Some(CourseCorrectionOut {
        id: row.id,
        enrolment: row.enrolment_id,
        from: CourseResult::parse(&row.from_result)?,
        to: CourseResult::parse(&row.to_result)?,
        reason: CourseCorrectionReason::parse(&row.reason)?,
        state: CourseCorrectionState::parse(&row.state)?,
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        person: None,
        note: None,
    })
}

/// Those of a course for those who see the people of its chapter; noted by whoever calls it.
pub fn course_for_people(v: &mut Visit<'_>, id: Uuid) -> Result<(CourseRow, crate::authz::Seen<SeePeople>), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, row.chapter_id)?;
    let here = v.see::<SeePeople>(chapter)?;
    Ok((row, here))
}
