//! Applying for somebody: an officer enters it, with the number of the decision; a second person admits.

use chrono::Duration;
use uuid::Uuid;

use super::carry;
use super::consent;
use super::fault::Fault;
use super::model::{MemberKind, MemberState, StepKind, consent_needed};
use super::steps::{self, Ask};
use super::store::{self, Row};
use super::wire::{MemberIn, PlacementIn};
use crate::authz::{Granted, KeepPeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::{Check, FieldError, Say, one_line};
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId, Level};

/// Applications of an account that may be left to chapters above within a day: who drafts to learn who is a member elsewhere is not
/// helped.
const MOST_CHECKED_A_DAY: i64 = 10;
/// The longest name of a group.
const MOST_TEAM: usize = 60;

/// Enters an application. Sent again, it is the same one. Returns whether it is new.
pub fn apply(v: &mut Visit<'_>, body: &MemberIn, no: &Line, note: Option<&Line>) -> Result<bool, Fault> {
    let (_, chapter) = persons::stands_for(v.conn, PersonId(body.person))?.ok_or(Fault::Unknown)?;
    let here = carry::today(v, chapter.0)?;
    let grant = v.at::<KeepPeople>(ChapterId(here))?;
    let text = serde_json::to_string(&body.bare()).map_err(Fault::broken)?;
    let ask = Ask { id: body.id, kind: StepKind::Admission, decision_no: Some(no), to: None, grade: None, text, note };
    if store::find(v.conn, body.id)?.is_some() {
        // A membership that came by transfer has an id that nobody applied with.
        store::step(v.conn, body.id)?.ok_or(Fault::IdTaken)?;
        return steps::ask(v, &grant, body.id, &ask);
    }
    let person = persons::hold_either(v.conn, v.vault, &grant, PersonId(body.person))?.ok_or(Fault::PersonGone)?;
    let today = vietnam_date(v.now);
    let mut check = Check::default();
    ages(v, &mut check, body.kind, &person)?;
    let needed = consent_needed(body.kind, person.birth, today);
    let given = check.read_all(consent::check(needed, body.consent.as_ref(), today)).flatten();
    if let Some(given) = &given
        && !consent::is_text(v.conn, given)?
    {
        check.wrong(
            "/consent/text_version",
            "OUT_OF_RANGE",
            "Không có bản văn này vào ngày ký.",
            "There was no such text on the day of the signature.",
        );
    }
    let place = place(v, &mut check, &grant, body.branch.as_deref(), body.team.as_deref())?;
    let place = check.done(place).map_err(Fault::Fields)?;
    if store::checks_since(v.conn, grant.account(), v.now - Duration::days(1))? >= MOST_CHECKED_A_DAY {
        return Err(Fault::TooManyChecked);
    }
    let row = Row {
        id: body.id,
        chapter_id: here,
        person_id: person.id.0,
        kind: body.kind.name().to_owned(),
        state: MemberState::Applied.name().to_owned(),
        branch_id: place.0,
        team: place.1,
        since: None,
        came_from: None,
        recorded_by: grant.account(),
        recorded_at: v.now,
    };
    store::insert(v.conn, &row).map_err(standing)?;
    if let Some(given) = given {
        consent::record(v.conn, v.vault, row.id, &given)?;
    }
    steps::ask(v, &grant, row.id, &ask)
}

fn standing(error: DbError) -> Fault {
    match error.constraint() {
        Some("member_standing_key") => Fault::AlreadyMember,
        Some("member_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// Whether somebody is no person, or surely has another age than the rule of today has for a kind.
fn ages(v: &mut Visit<'_>, check: &mut Check, kind: MemberKind, person: &Known) -> Result<(), Fault> {
    if !kind.is_of(person.kind) {
        check.wrong(
            "/kind",
            "NOT_A_PERSON",
            "Tổ chức là hội viên tập thể (COLLECTIVE), và chỉ tổ chức là hội viên tập thể.",
            "An organisation is a collective member (COLLECTIVE), and nobody else is one.",
        );
        return Ok(());
    }
    let today = vietnam_date(v.now);
    let Some(rule) = store::rule(v.conn, kind, today)? else { return Ok(()) };
    if rule.is_out(person.birth, today) {
        let from = rule.least_age.map_or_else(String::new, |age| age.to_string());
        let to = rule.most_age.map_or_else(String::new, |age| age.to_string());
        check.wrong(
            "/kind",
            "OUT_OF_RANGE",
            format!("Loại hội viên này theo quy định đang áp dụng: tuổi {from}–{to} ({}).", rule.source),
            format!("This kind of member, by the rule in force: age {from}–{to} ({}).", rule.source),
        );
    }
    Ok(())
}

/// A branch of the chapter, and a group.
type Place = (Option<Uuid>, Option<String>);

fn place(
    v: &mut Visit<'_>,
    check: &mut Check,
    by: &Granted<KeepPeople>,
    branch: Option<&str>,
    team: Option<&str>,
) -> Result<Option<Place>, Fault> {
    let team = team.map(|text| check.read(one_line("/team", text, MOST_TEAM)));
    let branch = match branch {
        None => None,
        Some(code) => match branch_of(v, by, code)? {
            Some(id) => Some(id),
            None => {
                check.add(FieldError::new(
                    "/branch",
                    "NO_SUCH_CHAPTER",
                    Say::fixed("Đơn vị không có chi hội nào mang mã này.", "The chapter has no branch of this code."),
                ));
                None
            }
        },
    };
    Ok(check.is_clean().then(|| (branch, team.flatten().map(|line| line.as_str().to_owned()))))
}

fn branch_of(v: &mut Visit<'_>, by: &Granted<KeepPeople>, code: &str) -> Result<Option<Uuid>, DbError> {
    let own = tree::with_succeeded(v.conn, by.chapter())?;
    let Some(place) = tree::place(v.conn, code)? else { return Ok(None) };
    let is_branch = tree::level(v.conn, place.id)? == Some(Level::Branch);
    let above = place.path.iter().rev().nth(1).is_some_and(|above| own.contains(&above.id.0));
    Ok((is_branch && above && place.accepts_entries).then_some(place.id.0))
}

/// Puts a member elsewhere in the chapter, or makes them another kind of member. What is counted changes today; a day that is over
/// stays as it was counted. It also counts what was corrected of the person since.
pub fn put(v: &mut Visit<'_>, id: Uuid, body: &PlacementIn) -> Result<(), Fault> {
    let (row, grant) = steps::kept(v, id)?;
    if row.state() != Some(MemberState::Admitted) {
        return Err(Fault::NotPossible);
    }
    let person = carry::person(v, &row)?;
    let mut check = Check::default();
    if row.kind() != Some(body.kind) {
        ages(v, &mut check, body.kind, &person)?;
    }
    let place = place(v, &mut check, &grant, body.branch.as_deref(), body.team.as_deref())?;
    let place = check.done(place).map_err(Fault::Fields)?;
    store::place(v.conn, &grant, id, body.kind, (place.0, place.1.as_deref()))?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    carry::count_anew(v, &row)?;
    Ok(v.note(&grant, "MEMBER_PLACED", id)?)
}
