//! Proposing commendations, deciding them, and showing them to officers.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::CommendationState;
use super::naming;
use super::out::{CommendationDetailOut, CommendationFormOut, CommendationOut};
use super::papers;
use super::store::{self, FormRow, Row};
use super::wire::{CommendationIn, Proposal};
use crate::authz::{Denied, Granted, KeepPeople, Read, Refusal, Right, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::documents::store as documents;
use crate::http::{Check, FieldError, Say};
use crate::persons::{self, PersonId};
use crate::tree::{self, ChapterId, Level};
use crate::vault::place;

/// Proposes somebody. The same sent again proposes them once: whether it is new.
pub fn propose(v: &mut Visit<'_>, new: &Proposal) -> Result<bool, Fault> {
    let of = &new.of;
    let (_, here) = v.see_code::<Read>(&of.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<KeepPeople>(here.id)?;
    let mut check = Check::default();
    let awards = awards(v, here.id, of, &mut check)?;
    let is_known = store::find(v.conn, of.id)?.is_some();
    if !is_known {
        looked_up(v, here.id, here.accepts_entries, of, awards, &mut check)?;
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let awards = awards.map_or(here.id, |(id, _)| id);
    let person = match of.person {
        Some(id) if !is_known => Some(persons::hold(v.conn, v.vault, &grant, id)?.ok_or_else(no_such_person)?.id.0),
        _ => None,
    };
    let ask = decisions::New {
        kind: MATTER,
        id: of.id,
        subject: of.id,
        about: Some(&of.decision_no),
        amount_vnd: None,
        not_by: &[],
        with: Some(awards).filter(|awards| *awards != here.id),
    };
    let asked = decisions::ask(v, &grant, &ask, Content { text: &of.content(), note: new.note.as_ref() })?;
    if asked == Asked::Before {
        return Ok(false);
    }
    let sealed = v.vault.seal(place("commendation_citation", "citation", &of.id), of.citation.as_bytes())?;
    store::insert(v.conn, &grant, v.now, of, awards, person, &sealed).map_err(twice)?;
    Ok(true)
}

/// The chapter that awards, with its level: the proposing one, or one above it on the line of today.
fn awards(
    v: &mut Visit<'_>,
    here: ChapterId,
    of: &CommendationIn,
    check: &mut Check,
) -> Result<Option<(ChapterId, Level)>, Fault> {
    let line = tree::line(v.conn, here)?;
    let wanted = match &of.awarded_by {
        None => Some(here),
        Some(code) => tree::place(v.conn, code)?.map(|place| place.id),
    };
    let found = wanted.and_then(|wanted| line.into_iter().find(|(id, _)| *id == wanted));
    if found.is_none() {
        check.wrong(
            "/awarded_by",
            "NO_SUCH_CHAPTER",
            "Chỉ chính đơn vị hoặc cấp trên của đơn vị khen thưởng.",
            "The chapter itself awards, or one above it.",
        );
    }
    Ok(found)
}

fn looked_up(
    v: &mut Visit<'_>,
    here: ChapterId,
    is_open: bool,
    of: &CommendationIn,
    awards: Option<(ChapterId, Level)>,
    check: &mut Check,
) -> Result<(), Fault> {
    if !is_open {
        check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
    }
    let today = vietnam_date(v.now);
    let in_use = |row: &FormRow| row.valid_from <= today && row.valid_to.is_none_or(|to| today < to);
    match store::forms(v.conn)?.into_iter().find(|row| row.code == of.form && in_use(row)) {
        None => check.wrong(
            "/form",
            "NOT_A_CHOICE",
            "Không có hình thức này: hãy chọn trong danh mục.",
            "There is no such form (GET /commendation-forms).",
        ),
        Some(form) if awards.is_some_and(|(_, level)| !form.levels.iter().any(|one| one == level.name())) => check.wrong(
            "/awarded_by",
            "NOT_AT_THIS_LEVEL",
            "Cấp này không tặng hình thức ấy.",
            "This is not awarded at that level.",
        ),
        Some(_) => {}
    }
    if let Some(hash) = &of.document
        && !documents::is_kept(v.conn, here, &papers::OF_COMMENDATIONS, hash)?
    {
        papers::no_such_paper(check);
    }
    Ok(())
}

fn no_such_person() -> Fault {
    Fault::NotThere(FieldError::new(
        "/person",
        "NO_SUCH_PERSON",
        Say::fixed(
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        ),
    ))
}

fn twice(error: DbError) -> Fault {
    match error.constraint() {
        Some("commendation_person_key") => Fault::conflict(
            "Người này đã được đề nghị hoặc tặng hình thức ấy cho năm đó.",
            "This person is proposed for, or has, this form for that year already.",
        ),
        Some("commendation_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

struct Commending(Row);

impl Matter for Commending {
    type Asks = KeepPeople;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let Commending(row) = self;
        if let Some(person) = row.person_id.map(PersonId)
            && !persons::names(v.conn, v.vault, &[person])?.contains_key(&person)
        {
            return Err(Fault::conflict("Dữ liệu của người này không được dùng.", "This person's data may not be used."));
        }
        if !store::take(v.conn, ChapterId(row.awarded_at_id), &row.form, row.year)? {
            return Err(Fault::conflict(
                "Đã hết chỉ tiêu khen thưởng của năm: hãy từ chối, hoặc nâng chỉ tiêu theo quyết định.",
                "The quota of the year is reached: refuse it, or raise the quota by a decision.",
            ));
        }
        Ok(store::decide(v.conn, &by.grant, v.now, row.id, CommendationState::Awarded)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { CommendationState::Withdrawn } else { CommendationState::Refused };
        Ok(store::decide(v.conn, by, v.now, self.0.id, to)?)
    }
}

/// Decides a proposal. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<CommendationDetailOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &Commending(row), id, verdict)?;
    show(v, id)
}

/// One commendation: for those who may read the chapter that proposed it or the one that awards it. Whom it is for is shown to those
/// who see the chapter's people, and to who decides while it waits; noted.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<CommendationDetailOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    if v.see_each(&[row.chapter(), ChapterId(row.awarded_at_id)])?.iter().all(Option::is_none) {
        return Err(Fault::Unknown);
    }
    let note = decisions::note_of(v, MATTER, id)?;
    let (mut person, mut name, mut citation) = (None, None, None);
    if sees(v, &row)? {
        let of = row.person_id.map(PersonId);
        let ids: Vec<PersonId> = of.into_iter().collect();
        let known = persons::names(v.conn, v.vault, &ids)?.remove(&of.unwrap_or(PersonId(id)));
        // Of who was erased, or may not be used, nothing is told.
        if of.is_none() || known.is_some() {
            let sealed = store::citation(v.conn, id)?;
            citation =
                sealed.map(|sealed| v.vault.open_text(place("commendation_citation", "citation", &id), &sealed)).transpose()?;
        }
        v.note_at(Some(row.chapter()), "COMMENDATION_READ", Some(id), None)?;
        (person, name) = (known.as_ref().map(|known| known.id), known.map(|known| known.name));
    }
    let commendation = shown(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(CommendationDetailOut { commendation, person, name, citation, note })
}

/// Whether the visitor may see whom it is for.
fn sees(v: &mut Visit<'_>, row: &Row) -> Result<bool, Fault> {
    match v.see::<SeePeople>(row.chapter()) {
        Ok(_) => return Ok(true),
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => {}
        Err(denied) => return Err(denied.into()),
    }
    if row.state != CommendationState::Proposed.name() {
        return Ok(false);
    }
    match decisions::approvers(v.conn, MATTER, &[row.id])?.remove(&row.id) {
        Some(approver) => Ok(decisions::decides_at(v, ChapterId(approver))?),
        None => Ok(false),
    }
}

/// Commendations without anybody's name; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<CommendationOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let named: HashSet<Uuid> = naming::names(v.conn, &ids)?.into_iter().map(|(id, _)| id).collect();
    let chapters: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.awarded_at_id]).collect();
    let codes: HashMap<Uuid, String> = tree::codes(v.conn, chapters)?;
    let code = |id: &Uuid| codes.get(id).cloned().unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            Ok(CommendationOut {
                id: row.id,
                chapter: code(&row.chapter_id),
                awarded_by: code(&row.awarded_at_id),
                form: row.form,
                year: row.year,
                collective: row.collective,
                state: CommendationState::parse(&row.state).ok_or(Fault::Broken("a commendation in no state"))?,
                decision_no: row.decision_no,
                proposed_at: row.proposed_at,
                decided_at: row.decided_at,
                name_shown: named.contains(&row.id),
            })
        })
        .collect()
}

/// The forms that there are or were.
pub fn forms(v: &mut Visit<'_>) -> Result<Vec<CommendationFormOut>, Fault> {
    let out = |row: FormRow| CommendationFormOut {
        code: row.code,
        vi: row.vi,
        en: row.en,
        levels: row.levels,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        source: row.source,
    };
    Ok(store::forms(v.conn)?.into_iter().map(out).collect())
}
