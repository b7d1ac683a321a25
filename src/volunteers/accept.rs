//! Applications as the chapter's officers see and decide them.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::application_wire::{AcceptanceIn, ApplicationOut};
use super::applications::{self, AppRow, ApplicationState, Content, RefusalReason};
use super::enter::{self, today_of};
use super::fault::Fault;
use super::model::{VolunteerId, VolunteerStepKind};
use super::steps::Step;
use super::store;
use super::wire::Offer;
use crate::authz::{Granted, KeepPeople, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Birth, Line, Phone};
use crate::db::DbError;
use crate::db::schema::volunteer_application;
use crate::http::{Check, Say, Span, phone};
use crate::outbox;
use crate::persons::lists;
use crate::persons::model::{Particulars, birth};
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId};

/// Where an application stands in a list.
pub type At = (DateTime<Utc>, Uuid);

/// The applications of a chapter, those that wait or those of one state, the oldest first; noted.
pub fn list(
    v: &mut Visit<'_>,
    chapter: &str,
    state: Option<ApplicationState>,
    span: &Span<At>,
) -> Result<Vec<(At, ApplicationOut)>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let rows = tree::merged(v.conn, here.chapter(), span.rows, |conn, chapter| page(conn, chapter, state, span), key)?;
    v.note_at(Some(here.chapter()), "VOLUNTEER_APPLICATIONS_LISTED", None, None)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let chapter = codes.get(&row.chapter_id).cloned().unwrap_or_default();
        let content = row.open(v.vault)?;
        all.push((key(&row), ApplicationOut::of(row, chapter, content)));
    }
    Ok(all)
}

fn key(row: &AppRow) -> At {
    (row.made_at, row.id)
}

fn page(
    conn: &mut PgConnection,
    chapter: Uuid,
    state: Option<ApplicationState>,
    span: &Span<At>,
) -> Result<Vec<AppRow>, DbError> {
    use volunteer_application as a;
    let query = a::table.filter(a::chapter_id.eq(chapter)).order((a::made_at, a::id)).limit(span.rows);
    let mut query = query.select(AppRow::as_select()).into_boxed();
    query = match state {
        Some(state) => query.filter(a::state.eq(state.name())),
        None => query.filter(a::content.is_not_null()),
    };
    if let Some((at, id)) = span.after {
        query = query.filter(a::made_at.ge(at)).filter(a::made_at.gt(at).or(a::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// An application as it is shown to those who decide it.
pub fn out(v: &mut Visit<'_>, id: Uuid) -> Result<ApplicationOut, Fault> {
    let row = applications::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
    let content = row.open(v.vault)?;
    Ok(ApplicationOut::of(row, chapter, content))
}

/// An application, held, and the right to keep its chapter's people.
fn kept(v: &mut Visit<'_>, id: Uuid) -> Result<(AppRow, Granted<KeepPeople>), Fault> {
    let row = applications::held(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = today_of(v, row.chapter_id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    Ok((row, grant))
}

/// Whether the visitor may decide an application: for what was done before.
pub fn may(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    kept(v, id).map(drop)
}

/// Confirms for somebody whom an officer has spoken with. Done already, it is done.
pub fn confirm(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    match row.state() {
        Some(ApplicationState::Unconfirmed) => {
            applications::confirm(v.conn, id, v.now, Some(grant.account()))?;
            outbox::cancel(v.conn, &[id], v.now)?;
            Ok(v.note(&grant, "VOLUNTEER_APPLICATION_CONFIRMED", id)?)
        }
        Some(ApplicationState::Confirmed) => Ok(()),
        _ => Err(decided()),
    }
}

fn decided() -> Fault {
    Fault::Conflict(Say::fixed("Đăng ký này đã được giải quyết.", "This application was decided already."))
}

/// Refuses an application. Done already for the same reason, it is done.
pub fn refuse(v: &mut Visit<'_>, id: Uuid, reason: RefusalReason) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    if row.state() == Some(ApplicationState::Refused) && row.reason.as_deref() == Some(reason.name()) {
        return Ok(());
    }
    if row.content.is_none() {
        return Err(decided());
    }
    let to = AppRow {
        state: ApplicationState::Refused.name().to_owned(),
        decided_at: Some(v.now),
        decided_by: Some(grant.account()),
        reason: Some(reason.name().to_owned()),
        ..row
    };
    applications::settle(v.conn, &to)?;
    outbox::cancel(v.conn, &[id], v.now)?;
    Ok(v.note_with(&grant, "VOLUNTEER_APPLICATION_REFUSED", id, &json!({"reason": reason.name()}))?)
}

/// Makes a volunteer of whoever sent an application: a person of the chapter, known or new, who is verified by that. Sent again, it is the
/// same one. Returns whether it is new.
pub fn accept(v: &mut Visit<'_>, id: Uuid, body: &AcceptanceIn) -> Result<bool, Fault> {
    let (row, grant) = kept(v, id)?;
    match (row.state(), row.volunteer_id) {
        (Some(ApplicationState::Confirmed), _) => {}
        (Some(ApplicationState::Accepted), Some(volunteer)) if volunteer == body.id => return Ok(false),
        (Some(ApplicationState::Unconfirmed), _) => {
            return Err(Fault::conflict(
                "Người đăng ký chưa xác nhận: hãy gọi hỏi và xác nhận thay trước.",
                "They have not confirmed yet: ask them and confirm for them first.",
            ));
        }
        _ => return Err(decided()),
    }
    let content = row.open(v.vault)?.ok_or_else(decided)?;
    let person = person(v, &grant, body, &content)?;
    let mut check = Check::default();
    enter::age(v, &mut check, "/birth", body.kind, &person)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let hash = v.vault.hash("volunteer.accepted", body.id.as_bytes()).to_vec();
    let new = enter::new_row(v, &grant, (body.id, hash), (&person, body.kind), &Offer::default(), None);
    store::insert(v.conn, &new).map_err(enter::standing)?;
    let verify = Step { id: Uuid::new_v4(), kind: VolunteerStepKind::Verify, reason: None };
    enter::take(v, &grant, &new, &verify)?;
    let to = AppRow {
        state: ApplicationState::Accepted.name().to_owned(),
        decided_at: Some(v.now),
        decided_by: Some(grant.account()),
        volunteer_id: Some(new.id),
        ..row
    };
    applications::settle(v.conn, &to)?;
    outbox::cancel(v.conn, &[id], v.now)?;
    v.note_with(&grant, "VOLUNTEER_APPLICATION_ACCEPTED", id, &json!({"volunteer": VolunteerId(new.id)}))?;
    Ok(true)
}

/// The person the officer says it is, or one who is written down now. A mail address is kept where they agreed to be written to: of who
/// gave nothing else it is the only way to them.
fn person(v: &mut Visit<'_>, by: &Granted<KeepPeople>, body: &AcceptanceIn, of: &Content) -> Result<Known, Fault> {
    let mail = Some(of.address.as_str()).filter(|address| address.contains('@'));
    if let Some(id) = body.person {
        let known = persons::hold(v.conn, v.vault, by, PersonId(id))?.ok_or(Fault::PersonGone)?;
        return Ok(persons::keep_mail(v, by, known, mail)?);
    }
    let mut check = Check::default();
    let born: Option<Birth> = body.birth.as_deref().and_then(|text| check.read(birth("/birth", text, vietnam_date(v.now))));
    let number: Option<Phone> = match &body.phone {
        Some(typed) => check.read(phone("/phone", typed)),
        None => Phone::today(&of.address),
    };
    let name = Line::parse(&of.name, 200).map_err(|_| Fault::broken("an applicant's name is no line"))?;
    let of = Particulars { phone: number, mail: mail.map(str::to_owned), birth: born, ..Particulars::of_person(name) };
    let of = check.done(Some(of)).map_err(Fault::Fields)?;
    let code = tree::code_of(v.conn, by.chapter())?;
    let listed = lists::listed(v.vault, PersonId(Uuid::new_v4()), &code, &of)?;
    let met = lists::write(&mut v.errand(), by.chapter(), by.account(), vec![listed])?.pop().flatten();
    let met = met.ok_or(Fault::PersonGone)?;
    let known = persons::hold(v.conn, v.vault, by, met.person)?.ok_or(Fault::PersonGone)?;
    Ok(persons::keep_mail(v, by, known, mail)?)
}
