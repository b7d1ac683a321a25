//! Photographs of activities that everybody may see: while everybody who can be recognised in them agrees.
//!
//! An officer writes down what makes it right to show a picture: a person of the chapter agreed, others did on a signed paper, or nobody can
//! be recognised. Then it is published as a paper is, with a title that names nobody. Who withdraws takes the picture down at once, and it
//! does not come back before they agree again.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::out::ActivityPhotoConsentOut;
use super::papers;
use super::photo_store::{self, PhotoConsentRow};
use super::request;
use super::result;
use super::store::{self, ActivityRow};
use super::wire::ActivityPhotoConsentIn;
use crate::authz::{Attempt, Denied, KeepPeople, Read, Refusal, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::documents::store::{self as documents, Subject};
use crate::http::Check;
use crate::parties::consent;
use crate::persons::{self, PersonId};
use crate::tree::ChapterId;

/// What somebody in a picture agrees to.
const PURPOSE: &str = "SHOW_PICTURE";
/// The age from which somebody agrees alone (Civil Code, art. 20).
const OF_AGE: i32 = 18;

/// Writes down what makes it right to show a picture. The same sent again answers as the first time: whether it is new.
pub fn agree(v: &mut Visit<'_>, id: Uuid, new: &ActivityPhotoConsentIn) -> Result<bool, Fault> {
    let (row, grant, _) = result::held(v, id)?;
    if !request::is_new(v, new.id, &json!(["PHOTO", id, new]).to_string())? {
        return Ok(false);
    }
    let mut check = Check::default();
    let papers = documents::of_subject(v.conn, Subject { paper: &papers::OF_ACTIVITIES, id })?;
    if !papers.iter().any(|paper| paper.id == new.document && paper.media_type.starts_with("image/")) {
        check.wrong(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Hoạt động này không có ảnh ấy: hãy gắn ảnh vào hoạt động trước.",
            "The activity has no such picture: link it to the activity first.",
        );
    }
    if let Some(hash) = &new.paper
        && !documents::is_kept(v.conn, row.chapter(), &papers::OF_ACTIVITIES, hash)?
    {
        check.wrong(
            "/paper",
            "NO_SUCH_DOCUMENT",
            "Đơn vị chưa có giấy này: hãy tải lên trước, dùng cho hoạt động (ACTIVITY).",
            "The chapter keeps no such paper: upload it first, for ACTIVITY.",
        );
    }
    in_force(v, new, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let person = person(v, row.chapter(), new)?;
    if !photo_store::insert(v.conn, &grant, v.now, id, (new, person))? {
        return Err(Fault::conflict("Người này đã đồng ý với ảnh ấy.", "This person agrees to this picture already."));
    }
    v.note_with(&grant, "ACTIVITY_PHOTO_AGREED", id, &json!({"document": new.document, "ground": new.ground}))?;
    Ok(true)
}

/// Whether the text they agreed to was in force on that day.
fn in_force(v: &mut Visit<'_>, new: &ActivityPhotoConsentIn, check: &mut Check) -> Result<(), Fault> {
    let Some(version) = new.text_version else { return Ok(()) };
    let fits = consent::texts(v.conn)?
        .iter()
        .filter(|text| text.purpose == PURPOSE && text.version == version)
        .any(|text| text.valid_from <= new.given_on && text.valid_to.is_none_or(|to| new.given_on < to));
    if !fits {
        check.wrong(
            "/text_version",
            "NOT_A_CHOICE",
            "Văn bản đồng ý này không có hiệu lực vào ngày ấy.",
            "This text was not in force on that day.",
        );
    }
    Ok(())
}

/// The person of the chapter who agreed. Who may be a minor does so on a paper that whoever represents them has signed.
fn person(v: &mut Visit<'_>, chapter: ChapterId, new: &ActivityPhotoConsentIn) -> Result<Option<Uuid>, Fault> {
    let Some(id) = new.person else { return Ok(None) };
    let keeps = v.at::<KeepPeople>(chapter)?;
    let known = persons::hold(v.conn, v.vault, &keeps, id)?;
    let known = known.ok_or_else(|| {
        Fault::conflict(
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        )
    })?;
    let is_of_age = known.birth.and_then(|birth| birth.has_reached(OF_AGE, vietnam_date(v.now))) == Some(true);
    if !is_of_age && new.paper.is_none() {
        return Err(Fault::conflict(
            "Chưa chắc đủ 18 tuổi: cần giấy đồng ý có chữ ký của người đại diện (paper).",
            "Not surely of 18 years: it takes a paper that whoever represents them has signed (paper).",
        ));
    }
    Ok(Some(known.id.0))
}

/// Ends a consent; the picture is taken down with it. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, id: Uuid, consent: Uuid) -> Result<(), Fault> {
    let (_, grant, _) = result::held(v, id)?;
    let row = photo_store::of_activity(v.conn, id)?.into_iter().find(|row| row.id == consent).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || row.withdrawn_at.is_some() {
        return Ok(());
    }
    let document = row.document_id;
    photo_store::withdraw(v.conn, v.now, Some(grant.account()), &[row])?;
    v.note_with(&grant, "ACTIVITY_PHOTO_WITHDRAWN", id, &json!({"document": document}))?;
    Ok(())
}

/// What makes it right to show the pictures of an activity. Whose consent it was is told to those who see the chapter's people.
pub fn list(v: &mut Visit<'_>, id: Uuid) -> Result<Vec<ActivityPhotoConsentOut>, Fault> {
    let row = store::activity(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let sees = sees_people(v, &row)?;
    Ok(photo_store::of_activity(v.conn, id)?.into_iter().filter_map(|row| out(row, sees)).collect())
}

/// One of them.
pub fn one(v: &mut Visit<'_>, id: Uuid, consent: Uuid) -> Result<ActivityPhotoConsentOut, Fault> {
    list(v, id)?.into_iter().find(|row| row.id == consent).ok_or(Fault::Unknown)
}

fn sees_people(v: &mut Visit<'_>, row: &ActivityRow) -> Result<bool, Fault> {
    match v.see::<SeePeople>(row.chapter()) {
        Ok(_) => Ok(true),
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => Ok(false),
        Err(denied) => Err(denied.into()),
    }
}

fn out(row: PhotoConsentRow, sees: bool) -> Option<ActivityPhotoConsentOut> {
    Some(ActivityPhotoConsentOut {
        ground: row.ground()?,
        id: row.id,
        document: row.document_id,
        person: row.person_id.filter(|_| sees).map(PersonId),
        text_version: row.text_version,
        given_on: row.given_on,
        paper: row.paper,
        recorded_at: row.recorded_at,
        withdrawn_at: row.withdrawn_at,
    })
}
