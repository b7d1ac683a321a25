//! Check-ins, as phones at the door send them: each item is answered by itself, and the same person on two phones came once.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::model::{CheckInResult, DifferenceKind};
use super::out::{CheckInAdvice, CheckInFault, CheckInItemOut, CheckInOut};
use super::store::{self, CheckInRow, DifferenceRow, OPEN};
use super::wire::{Came, CheckInIn};
use crate::authz::{Granted, KeepBlood, SeeBlood, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Birth, Line, Phone, PublicCode};
use crate::blood_rules::{self, Asked, Component, Rules};
use crate::donors::{self, Fault};
use crate::drives::bookings::{self, Booking};
use crate::drives::model::Content;
use crate::drives::{self, Drive, DriveState};
use crate::http::{FieldError, Lang, Span};
use crate::persons::lists::{self, Here, Particulars};
use crate::persons::model::PersonKind;
use crate::tree::ChapterId;

/// A drive, held, and the right to keep the blood donors of its chapter.
pub(super) fn kept(v: &mut Visit<'_>, code: &str) -> Result<(Drive, Granted<KeepBlood>), Fault> {
    let found = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &found)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    Ok((drives::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?, grant))
}

/// Takes check-ins, in their order; what became of each.
pub fn take(v: &mut Visit<'_>, code: &str, items: &[CheckInIn], lang: Lang) -> Result<Vec<CheckInItemOut>, Fault> {
    let (drive, grant) = kept(v, code)?;
    may_come(&drive, vietnam_date(v.now))?;
    let file = store::standing_file(v.conn, drive.id)?;
    let late = file.is_some() || matches!(drive.state(), Some(DriveState::Reconciled | DriveState::Closed));
    let known = store::check_ins_by_id(v.conn, &items.iter().map(|item| item.id).collect::<Vec<_>>())?;
    let (by_code, by_id) = named(v, &drive, items)?;
    let door = Door { drive: &drive, by: &grant, file: file.as_ref().map(|file| file.id), late, by_code, by_id, lang };
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let hash = v.vault.hash("drive_check_in.request", item.print().as_bytes()).to_vec();
        all.push(match known.get(&item.id) {
            Some(row) if row.drive_id == drive.id && row.request_hash == hash => again(row),
            Some(_) => refused(item.id, Some(taken(lang))),
            None => door.one(v, item, hash)?,
        });
    }
    advise(v, &drive, grant.chapter(), &mut all, lang)?;
    let came = all.iter().filter(|one| one.result == CheckInResult::CheckedIn).count();
    let detail = json!({"drive": drive.code, "items": items.len(), "came": came});
    v.note_at(Some(grant.chapter()), "DRIVE_CHECKED_IN", None, Some(&detail))?;
    Ok(all)
}

/// Where a batch of check-ins comes in.
struct Door<'a> {
    drive: &'a Drive,
    by: &'a Granted<KeepBlood>,
    file: Option<Uuid>,
    /// The centre's file is there already, or everything was agreed on.
    late: bool,
    by_code: HashMap<String, Uuid>,
    by_id: HashMap<Uuid, Uuid>,
    lang: Lang,
}

impl Door<'_> {
    /// Takes an item that was not sent before.
    fn one(&self, v: &mut Visit<'_>, item: &CheckInIn, hash: Vec<u8>) -> Result<CheckInItemOut, Fault> {
        let whose = match item.check(vietnam_date(v.now)) {
            Err(errors) => return Ok(refused(item.id, errors.iter().map(|error| self.fault(error)))),
            Ok(Came::Code(code)) => self.by_code.get(code.as_str()).copied(),
            Ok(Came::Booking(id)) => self.by_id.get(&id).copied(),
            Ok(Came::WalkIn(who)) => match drives::arrived(v, self.by, self.drive, (item.id, &who)) {
                Ok(id) => Some(id),
                Err(drives::fault::Fault::IdTaken) => return Ok(refused(item.id, Some(taken(self.lang)))),
                Err(fault) => return Err(fault.into()),
            },
        };
        let Some(booking) = whose else {
            return Ok(CheckInItemOut { result: CheckInResult::UnknownBooking, ..refused(item.id, None) });
        };
        let row = CheckInRow {
            id: item.id,
            drive_id: self.drive.id,
            booking_id: booking,
            captured_at: item.captured_at,
            volume_ml: item.volume_ml,
            late: self.late,
            // What comes late is counted when somebody says so.
            counts: !self.late,
            request_hash: hash,
            entered_by: self.by.account(),
            entered_at: v.now,
        };
        let result = match write(v, self.drive, self.file, &row)? {
            false => CheckInResult::Already,
            true if self.late => CheckInResult::ToSettle,
            true => CheckInResult::CheckedIn,
        };
        if let (CheckInResult::Already, Some(ml), false) = (result, item.volume_ml, self.late) {
            store::note_volume(v.conn, booking, ml)?;
        }
        Ok(CheckInItemOut { id: item.id, result, booking: Some(booking), because: Vec::new(), advice: Vec::new() })
    }

    fn fault(&self, error: &FieldError) -> CheckInFault {
        CheckInFault {
            pointer: error.pointer.clone(),
            code: error.code.to_owned(),
            detail: error.detail.in_lang(self.lang).to_owned(),
        }
    }
}

/// Whether people come to a drive on a day.
fn may_come(drive: &Drive, today: NaiveDate) -> Result<(), Fault> {
    match drive.state() {
        Some(DriveState::Open) if drive.day <= today => Ok(()),
        Some(DriveState::Running | DriveState::Reconciled | DriveState::Closed) => Ok(()),
        Some(DriveState::Cancelled) => Err(Fault::conflict(
            "Đợt hiến máu này đã hủy: không ghi người đến.",
            "This drive is called off: nobody is checked in.",
        )),
        _ => Err(Fault::conflict(
            "Chưa đến ngày hiến máu: chưa ghi người đến được.",
            "It is not the day yet: nobody is checked in.",
        )),
    }
}

/// Bookings by their codes, and by their ids.
type Named = (HashMap<String, Uuid>, HashMap<Uuid, Uuid>);

/// The bookings of a drive that items name.
fn named(v: &mut Visit<'_>, drive: &Drive, items: &[CheckInIn]) -> Result<Named, Fault> {
    let typed = items.iter().filter_map(|item| PublicCode::parse(item.code.as_deref()?).ok());
    let codes: Vec<String> = typed.map(|code| code.as_str().to_owned()).collect();
    let ids: Vec<Uuid> = items.iter().filter_map(|item| item.booking).collect();
    let here = |row: &Booking| row.drive_id == drive.id;
    let by_code = bookings::by_codes(v.conn, &codes)?.into_iter().filter(here).map(|row| (row.code, row.id)).collect();
    let by_id = bookings::by_ids(v.conn, &ids)?.into_iter().filter(here).map(|row| (row.id, row.id)).collect();
    Ok((by_code, by_id))
}

/// Writes a check-in down; whether its booking had none.
fn write(v: &mut Visit<'_>, drive: &Drive, file: Option<Uuid>, row: &CheckInRow) -> Result<bool, Fault> {
    if store::check_in(v.conn, std::slice::from_ref(row))?.is_empty() {
        return Ok(false);
    }
    if row.late {
        let difference = DifferenceRow {
            id: Uuid::new_v4(),
            drive_id: drive.id,
            file_id: file,
            kind: DifferenceKind::LateCheckIn.name().to_owned(),
            row_id: None,
            other_id: None,
            booking_id: Some(row.booking_id),
            state: OPEN.to_owned(),
            how: None,
            note: None,
            settled_by: None,
            settled_at: None,
            found_at: v.now,
            why: None,
        };
        store::insert_differences(v.conn, &[difference])?;
    }
    Ok(true)
}

fn again(row: &CheckInRow) -> CheckInItemOut {
    let result = if row.late { CheckInResult::ToSettle } else { CheckInResult::CheckedIn };
    CheckInItemOut { id: row.id, result, booking: Some(row.booking_id), because: Vec::new(), advice: Vec::new() }
}

fn refused(id: Uuid, because: impl IntoIterator<Item = CheckInFault>) -> CheckInItemOut {
    CheckInItemOut {
        id,
        result: CheckInResult::Refused,
        booking: None,
        because: because.into_iter().collect(),
        advice: Vec::new(),
    }
}

fn taken(lang: Lang) -> CheckInFault {
    let (vi, en) = ("id này đã dùng cho lượt khác.", "This id stands for something else.");
    let detail = if lang == Lang::En { en } else { vi };
    CheckInFault { pointer: "/id".to_owned(), code: "ID_TAKEN".to_owned(), detail: detail.to_owned() }
}

/// Says what the rules of the drive's day say of those whom the chapter knows as donors: what was booked under other rules is explained by
/// the rules of the day.
fn advise(v: &mut Visit<'_>, drive: &Drive, chapter: ChapterId, items: &mut [CheckInItemOut], lang: Lang) -> Result<(), Fault> {
    let ids: Vec<Uuid> = items.iter().filter_map(|item| item.booking).collect();
    let donors = donors_of(v, chapter, &ids)?;
    if donors.is_empty() {
        return Ok(());
    }
    let rules = Rules::on(v.conn, drive.day)?;
    let given = donors::given_before(v.conn, &donors.values().map(|one| one.0).collect::<Vec<_>>(), drive.day)?;
    for item in items {
        let Some((donor, birth)) = item.booking.and_then(|booking| donors.get(&booking)) else { continue };
        let given = given.get(donor).cloned().unwrap_or_default();
        let asked = Asked { birth: *birth, given, ..Asked::of(Component::WholeBlood) };
        let said = blood_rules::judge(&rules, &asked, drive.day);
        let advice = |finding: &blood_rules::Finding| CheckInAdvice {
            rule: finding.rule.clone(),
            detail: if lang == Lang::En { finding.en.clone() } else { finding.vi.clone() },
            law: finding.grounds.as_ref().map(|law| if lang == Lang::En { law.law_en.clone() } else { law.law_vi.clone() }),
            from: said.first_day,
        };
        item.advice = said.findings.iter().map(advice).collect();
    }
    Ok(())
}

type Found = HashMap<Uuid, (donors::DonorId, Option<Birth>)>;

/// The donors of the chapter that these bookings are of, by number and name.
fn donors_of(v: &mut Visit<'_>, chapter: ChapterId, ids: &[Uuid]) -> Result<Found, Fault> {
    let mut parties = HashMap::new();
    for row in bookings::by_ids(v.conn, ids)? {
        if let Some(of) = row.open(v.vault)?.as_ref().and_then(particulars) {
            let party = lists::party(v.vault, &of)?;
            parties.insert(row.id, party);
        }
    }
    let all: Vec<_> = parties.values().collect();
    let known = lists::known(v.conn, v.vault, chapter, &all)?;
    let mut persons = HashMap::new();
    for (booking, party) in &parties {
        if let Some(Here::Known(person)) = known.get(&party.id) {
            persons.insert(person.id, (*booking, person.birth));
        }
    }
    let rows = donors::of_persons(v.conn, &persons.keys().copied().collect::<Vec<_>>())?;
    let found = rows.into_iter().filter_map(|row| {
        let (booking, birth) = persons.get(&row.person())?;
        Some((*booking, (row.donor(), *birth)))
    });
    Ok(found.collect())
}

/// Somebody who booked, as the persons of a chapter are compared.
pub fn particulars(who: &Content) -> Option<Particulars> {
    let name = Line::parse(&who.name, 100).ok()?;
    let phone = Phone::today(&who.contact);
    let mail = (phone.is_none() && who.contact.contains('@')).then(|| who.contact.clone());
    let birth = who.birth.as_deref().and_then(Birth::read);
    Some(Particulars { phone, mail, birth, kind: PersonKind::Person, ..Particulars::of_person(name) })
}

/// A page of those who came to a drive, for those who see the blood donors of its chapter; noted.
pub fn list(v: &mut Visit<'_>, code: &str, span: &Span<(chrono::DateTime<chrono::Utc>, Uuid)>) -> Result<Vec<CheckInRow>, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    let here = v.see::<SeeBlood>(chapter)?;
    let rows = store::list_check_ins(v.conn, drive.id, span)?;
    v.note_at(Some(here.chapter()), "DRIVE_CHECK_INS_LISTED", None, Some(&json!({"drive": drive.code})))?;
    Ok(rows)
}

/// Those as they are shown, in their order.
pub fn shown(v: &mut Visit<'_>, rows: Vec<CheckInRow>) -> Result<Vec<CheckInOut>, Fault> {
    let booked = super::booked::booked(v, &rows.iter().map(|row| row.booking_id).collect::<Vec<_>>())?;
    let out = |row: CheckInRow| {
        let of = booked.get(&row.booking_id);
        CheckInOut {
            id: row.id,
            booking: row.booking_id,
            name: of.and_then(|(_, who)| who.as_ref()).map(|who| who.name.clone()),
            walk_in: of.is_some_and(|(row, _)| row.walk_in),
            volume_ml: row.volume_ml,
            late: row.late,
            counts: row.counts,
            entered_at: row.entered_at,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}
