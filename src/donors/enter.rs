//! Entering donors, changing what they say, and what they gave elsewhere.

use serde_json::json;
use uuid::Uuid;

use super::correct;
use super::fault::Fault;
use super::model::{DonationId, DonationProof, DonorId, DonorState};
use super::record::{self, Certified, Given, Recorded, Serial};
use super::store::{self, Row};
use super::wire::{Checked, DonationIn, DonorIn, DonorPatch, Whom};
use crate::authz::{Attempt, Granted, KeepBlood, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::units;
use crate::db::DbError;
use crate::drives;
use crate::http::Patch;
use crate::http::etag::Expected;
use crate::persons::{self, Known, PersonId, lists};
use crate::tree::{self, ChapterId};

/// The chapter that goes on with what this one had.
pub(super) fn today_of(v: &mut Visit<'_>, chapter: Uuid) -> Result<ChapterId, DbError> {
    Ok(tree::successor(v.conn, ChapterId(chapter))?.unwrap_or(ChapterId(chapter)))
}

/// A donor, held, and the right to keep its chapter's donors.
pub(super) fn kept(v: &mut Visit<'_>, id: DonorId) -> Result<(Row, Granted<KeepBlood>), Fault> {
    let row = store::held(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = today_of(v, row.chapter_id)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    match row.state() {
        Some(DonorState::Erased) | None => Err(Fault::PersonGone),
        _ => Ok((row, grant)),
    }
}

/// The person of a donor in clear; nothing is done about whom may not be used.
pub(super) fn person_of(v: &mut Visit<'_>, row: &Row) -> Result<Known, Fault> {
    let id = row.person();
    persons::names(v.conn, v.vault, &[id])?.remove(&id).ok_or(Fault::PersonGone)
}

/// Enters a donor. Sent again, it is the same one. Returns whether it is new.
pub fn enter(v: &mut Visit<'_>, body: &DonorIn, whom: &Whom) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepBlood>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("donor.request", content.as_bytes()).to_vec();
    if let Some(row) = store::find(v.conn, DonorId(body.id))? {
        return if row.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: write at its successor.",
        ));
    }
    let person = match whom {
        Whom::Known(id) => persons::hold(v.conn, v.vault, &grant, PersonId(*id))?.ok_or_else(no_such_person)?.id,
        Whom::New(of) => {
            if let Some(commune) = &of.commune
                && !units::on(v.conn, std::slice::from_ref(commune), vietnam_date(v.now))?.contains_key(commune)
            {
                return Err(Fault::Fields(vec![lists::no_such_commune()]));
            }
            let listed = lists::listed(v.vault, PersonId(Uuid::new_v4()), &place.code, of)?;
            let account = grant.account();
            let met = lists::write(&mut v.errand(), grant.chapter(), account, vec![listed])?.pop().flatten();
            met.ok_or(Fault::PersonGone)?.person
        }
    };
    let row = Row::new(DonorId(body.id), grant.chapter(), person, (grant.account(), v.now), hash);
    let row = Row { willing: body.willing, willing_on: body.willing.map(|_| vietnam_date(v.now)), ..row };
    store::insert(v.conn, &row).map_err(|error| match error.constraint() {
        Some("donor_person_key") => Fault::AlreadyOne,
        Some("donor_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note(&grant, "DONOR_ENTERED", body.id)?;
    Ok(true)
}

fn no_such_person() -> Fault {
    Fault::field(
        "/person",
        "NO_SUCH_PERSON",
        "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
        "The chapter knows no such person, or their data may not be used.",
    )
}

/// Changes what a donor says, as the client read it.
pub fn change(v: &mut Visit<'_>, id: DonorId, expected: &Expected, patch: &DonorPatch) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    person_of(v, &row)?;
    let today = vietnam_date(v.now);
    let (willing, willing_on) = match patch.willing {
        Patch::Absent => (row.willing, row.willing_on),
        Patch::Null => (None, None),
        Patch::Value(willing) => (Some(willing), Some(today)),
    };
    let state = match patch.active {
        Patch::Absent => row.state.clone(),
        Patch::Value(true) => DonorState::Active.name().to_owned(),
        Patch::Value(false) => DonorState::Ended.name().to_owned(),
        Patch::Null => {
            return Err(Fault::field(
                "/active",
                "NOT_CLEARED",
                "Trường này không để trống được: bỏ hẳn khỏi yêu cầu nếu muốn giữ nguyên.",
                "This cannot be cleared: leave it out of the request to keep it as it is.",
            ));
        }
    };
    store::write(v.conn, &Row { willing, willing_on, state, version: row.version + 1, ..row })?;
    Ok(v.note(&grant, "DONOR_CHANGED", id.0)?)
}

/// Writes down what a donor gave elsewhere. Sent again, it is the same. Returns whether it is new.
pub fn add(v: &mut Visit<'_>, id: DonorId, body: &DonationIn, of: &Checked) -> Result<bool, Fault> {
    let (row, grant) = kept(v, id)?;
    let content = serde_json::to_string(&(id.0, body)).map_err(Fault::broken)?;
    let hash = v.vault.hash("donation.request", content.as_bytes()).to_vec();
    if let Some(known) = store::donation(v.conn, DonationId(body.id))? {
        return if known.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let person = person_of(v, &row)?;
    if let Some(code) = &body.centre
        && !drives::store::centres(v.conn)?.iter().any(|centre| centre.code == *code)
    {
        return Err(Fault::field(
            "/centre",
            "NO_SUCH_CENTRE",
            "Không có cơ sở tiếp nhận máu mang mã này.",
            "There is no blood centre of this code.",
        ));
    }
    let age = person.birth.map(|birth| birth.ages_on(body.day).least).and_then(|age| i16::try_from(age).ok());
    let given = Given {
        id: DonationId(body.id),
        donor: Some(id),
        drive: None,
        day: body.day,
        component: body.component,
        volume_ml: body.volume_ml,
        din: of.din.clone(),
        centre: body.centre.clone(),
        sex: person.sex,
        age: age.filter(|age| (0..=130).contains(age)),
        group: body.abo.zip(body.rh),
        proof: body.proof,
        request_hash: hash,
        replaces: None,
    };
    let by = (grant.account(), v.now);
    match record::record(v.conn, grant.chapter(), by, std::slice::from_ref(&given))?.first() {
        Some(Recorded::New) => {}
        Some(Recorded::NumberTaken) => {
            return Err(Fault::field(
                "/din",
                "DIN_TAKEN",
                "Mã túi máu này đã được ghi cho một lần hiến khác.",
                "This donation number was given to another donation.",
            ));
        }
        Some(Recorded::SameDay) => {
            return Err(Fault::conflict(
                "Ngày ấy người này đã có lần hiến cùng loại.",
                "They have given this on that day already.",
            ));
        }
        _ => return Err(Fault::IdTaken),
    }
    if let (Some(serial), Some(centre), Some(volume_ml)) = (&of.serial, &body.centre, body.volume_ml) {
        let serial = Serial {
            donation: given.id,
            serial: serial.as_str().to_owned(),
            centre: centre.clone(),
            given_on: body.day,
            component: body.component,
            volume_ml,
        };
        if record::certify(v.conn, grant.chapter(), by, &[serial])?.first() != Some(&Certified::New) {
            return Err(Fault::field(
                "/serial",
                "SERIAL_TAKEN",
                "Số giấy chứng nhận này đã được ghi cho một lần hiến khác.",
                "This serial was given to another donation.",
            ));
        }
    }
    v.note_with(&grant, "DONATION_ENTERED", id.0, &json!({"donation": body.id}))?;
    Ok(true)
}

/// A donation that was entered by mistake does not stand any more, nor its certificate. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, id: DonorId, donation: DonationId) -> Result<(), Fault> {
    let (of, grant) = kept(v, id)?;
    person_of(v, &of)?;
    let row = store::donation(v.conn, donation)?.filter(|row| row.donor_id == Some(id.0)).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || !row.stands {
        return Ok(());
    }
    if row.proof == DonationProof::Centre.name() {
        return Err(Fault::conflict(
            "Lần hiến này do cơ sở tiếp nhận máu báo: hãy sửa ở đối chiếu của ngày hiến máu.",
            "The blood centre reported this donation: correct it where the drive is reconciled.",
        ));
    }
    store::withdraw(v.conn, &[donation])?;
    record::count_again(v.conn, &[id])?;
    // What a test said that was not theirs is not said any more.
    correct::test_again(v.conn, &[id])?;
    Ok(v.note_with(&grant, "DONATION_WITHDRAWN", id.0, &json!({"donation": donation.0}))?)
}
