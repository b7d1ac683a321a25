//! A blood centre's file: read, compared with who was checked in, and kept where it is right in itself.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::check_in::kept;
use super::form::{self, File, Layout};
use super::matching::{self, Compared, Known};
use super::model::{DifferenceKind, Entry, FileState, Outcome};
use super::out::DifferenceCount;
use super::store::{self, DifferenceRow, FileRow, OPEN, RowRow};
use crate::authz::{Granted, KeepBlood, Visit};
use crate::blood_rules::Rules;
use crate::donors::{self, Fault};
use crate::drives::{self, BookingState, Drive, DriveState};
use crate::http::FieldError;
use crate::vault::Vault;

/// What a file is read by: asked for once, before it is read.
pub struct Frame {
    pub drive: Drive,
    pub layout: Layout,
    /// The codes and names of the drive's centre, folded.
    centre: Vec<String>,
}

/// The drive and the layout of a file that somebody sends.
pub fn frame(v: &mut Visit<'_>, code: &str, layout: &str) -> Result<Frame, Fault> {
    let (drive, _) = kept(v, code)?;
    match drive.state() {
        Some(DriveState::Running) => {}
        Some(DriveState::Reconciled | DriveState::Closed) => {
            return Err(Fault::conflict(
                "Đợt này đã đối chiếu xong: hãy xem kết quả, hoặc đề nghị đính chính.",
                "This drive is reconciled: look at the result, or ask for a correction.",
            ));
        }
        _ => {
            return Err(Fault::conflict(
                "Đợt này chưa bắt đầu, hoặc đã hủy: hãy bắt đầu đợt vào ngày hiến máu.",
                "This drive has not begun, or is called off: begin it on its day.",
            ));
        }
    }
    let found = store::layout(v.conn, layout, drive.centre_id, drive.day)?.ok_or_else(|| {
        Fault::field(
            "layout",
            "NOT_A_CHOICE",
            "Không có mẫu tệp này cho cơ sở tiếp nhận máu của đợt.",
            "There is no such layout for the blood centre of this drive.",
        )
    })?;
    let centres = drives::store::centres(v.conn)?;
    let centre = centres.into_iter().find(|one| one.id == drive.centre_id);
    let names = centre.map(|one| vec![folded(&one.code), folded(&one.vi), folded(&one.en)]).unwrap_or_default();
    Ok(Frame { drive, layout: found, centre: names })
}

fn folded(text: &str) -> String {
    crate::basics::fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a file. Refused as a whole is another centre's, and what is no list of this layout.
pub fn read(frame: &Frame, bytes: &[u8]) -> Result<File, Fault> {
    let file =
        form::read(&frame.layout, bytes, frame.drive.day).map_err(|refused| Fault::Fields(vec![form::refusal(refused)]))?;
    if file.centres.iter().any(|named| !frame.centre.contains(&folded(named))) {
        return Err(Fault::Fields(vec![FieldError::new(
            "",
            "OTHER_CENTRE",
            crate::http::Say::fixed(
                "Tệp này là của cơ sở tiếp nhận máu khác: hãy xem lại đợt hiến máu và tệp.",
                "This file is of another blood centre: look again at the drive and the file.",
            ),
        )]));
    }
    Ok(file)
}

/// What comparing a file with a drive found.
struct Found {
    compared: Compared,
    content_hash: [u8; 32],
}

/// Compares for whoever looks alone, and keeps nothing. The right is asked for again: reading a file takes its time.
pub fn look(v: &mut Visit<'_>, frame: &Frame, entries: &[Entry]) -> Result<Compared, Fault> {
    kept(v, &frame.drive.code)?;
    Ok(compare(v, frame, entries)?.compared)
}

/// Compares, as things stand.
fn compare(v: &mut Visit<'_>, frame: &Frame, entries: &[Entry]) -> Result<Found, Fault> {
    let bookings = known(v, &frame.drive)?;
    let rules = Rules::on(v.conn, frame.drive.day)?;
    let bags: Vec<i16> = rules.bags().iter().map(|bag| bag.ml).collect();
    let dins: Vec<String> = entries.iter().filter_map(|entry| Some(entry.din.as_ref()?.as_str().to_owned())).collect();
    let given: HashSet<String> = donors::numbers_given(v.conn, &dins)?.into_keys().collect();
    let compared = matching::compare(entries, &bookings, &bags, &given);
    Ok(Found { compared, content_hash: hash(v.vault, entries) })
}

/// What a list says, in one keyed hash: the same list in another file is the same.
fn hash(vault: &Vault, entries: &[Entry]) -> [u8; 32] {
    let of_row = |entry: &Entry| vault.hash("drive_file.row", format!("{:?}", Entry { row: 0, ..entry.clone() }).as_bytes());
    let mut rows: Vec<[u8; 32]> = entries.iter().map(of_row).collect();
    rows.sort_unstable();
    vault.hash("drive_file.content", rows.as_flattened())
}

/// The bookings of a drive with who came. Of cancelled ones only those who came all the same.
fn known(v: &mut Visit<'_>, drive: &Drive) -> Result<Vec<Known>, Fault> {
    let here = store::came(v.conn, drive.id)?;
    let mut all = Vec::new();
    drives::each_booking_of(v.conn, v.vault, drive.id, |booked| {
        let came = here.get(&booked.row.id);
        if booked.row.is(BookingState::Cancelled) && came.is_none() {
            return;
        }
        let nobody = || drives::model::Content { name: String::new(), contact: String::new(), birth: None };
        let who = booked.who.unwrap_or_else(nobody);
        all.push(Known {
            booking: booked.row.id,
            code: booked.row.code,
            name: who.name,
            contact: who.contact,
            birth: who.birth,
            came: came.is_some(),
            volume_ml: came.copied().flatten(),
        });
    })?;
    Ok(all)
}

/// How many differences there are, by kind.
pub fn counted(compared: &Compared) -> Vec<DifferenceCount> {
    let count = |kind: DifferenceKind| compared.differences.iter().filter(|one| one.kind == kind).count();
    let kinds = DifferenceKind::ALL.into_iter().map(|kind| (kind, i64::try_from(count(kind)).unwrap_or(i64::MAX)));
    kinds
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| DifferenceCount { kind: kind.name().to_owned(), all: count, open: count })
        .collect()
}

/// Keeps a file with its rows and differences, unless the same is there; which it is, and whether it is new.
pub fn keep(v: &mut Visit<'_>, frame: &Frame, entries: &[Entry]) -> Result<(FileRow, bool), Fault> {
    let (drive, grant) = kept(v, &frame.drive.code)?;
    let found = compare(v, frame, entries)?;
    if let Some(same) = store::same_file(v.conn, &found.content_hash)? {
        if same.drive_id == drive.id {
            return Ok((same, false));
        }
        return Err(Fault::conflict("Tệp này đã được nạp cho một đợt hiến máu khác.", "This file was sent for another drive."));
    }
    if store::standing_file(v.conn, drive.id)?.is_some() {
        return Err(Fault::conflict(
            "Đợt này đã có một tệp: hãy gạt tệp ấy đi trước khi gửi tệp khác.",
            "This drive has a file: lay that aside before you send another.",
        ));
    }
    let file = new_file(&grant, &drive, frame, v.now, (&found.content_hash, entries.len()));
    let rows = rows(v.vault, file.id, entries, &found.compared)?;
    let differences = differences(&file, &rows, &found.compared);
    store::insert(v.conn, &file, &rows, &differences)?;
    let detail = json!({"drive": drive.code, "rows": rows.len(), "differences": differences.len()});
    v.note_with(&grant, "DRIVE_FILE_COMPARED", file.id, &detail)?;
    Ok((file, true))
}

fn new_file(
    by: &Granted<KeepBlood>,
    drive: &Drive,
    frame: &Frame,
    now: DateTime<Utc>,
    (content_hash, rows): (&[u8; 32], usize),
) -> FileRow {
    FileRow {
        id: Uuid::new_v4(),
        drive_id: drive.id,
        chapter_id: by.chapter().0,
        layout: frame.layout.code.clone(),
        content_hash: content_hash.to_vec(),
        state: FileState::Compared.name().to_owned(),
        row_count: i32::try_from(rows).unwrap_or(i32::MAX),
        uploaded_by: by.account(),
        uploaded_at: now,
        done_rows: 0,
        decided_by: None,
        decided_at: None,
    }
}

fn rows(vault: &Vault, file: Uuid, entries: &[Entry], compared: &Compared) -> Result<Vec<RowRow>, Fault> {
    let mut rows = Vec::with_capacity(entries.len());
    let mut taken = HashSet::new();
    for ((n, entry), of) in (0i32..).zip(entries).zip(&compared.of) {
        let id = Uuid::new_v4();
        rows.push(RowRow {
            id,
            file_id: file,
            n,
            row_no: i32::try_from(entry.row).unwrap_or(i32::MAX),
            content: Some(store::sealed(vault, id, &entry.who)?),
            outcome: entry.outcome.name().to_owned(),
            reason: entry.reason.map(|reason| reason.name().to_owned()),
            until: entry.until,
            component: entry.component.name().to_owned(),
            volume_ml: entry.volume_ml,
            din: entry.din.as_ref().map(|din| din.as_str().to_owned()),
            sex: entry.sex.map(|sex| sex.name().to_owned()),
            age: entry.age,
            abo: entry.group.filter(|_| entry.outcome == Outcome::Gave).map(|(abo, _)| abo.name().to_owned()),
            rh: entry.group.filter(|_| entry.outcome == Outcome::Gave).map(|(_, rh)| rh.name().to_owned()),
            serial: entry.serial.clone(),
            // The second row of a booking is somebody's only when somebody says so.
            booking_id: of.filter(|booking| taken.insert(*booking)),
            counts: true,
            correction_id: None,
        });
    }
    Ok(rows)
}

fn differences(file: &FileRow, rows: &[RowRow], compared: &Compared) -> Vec<DifferenceRow> {
    let at = |n: Option<usize>| n.and_then(|n| rows.get(n)).map(|row| row.id);
    let row = |one: &matching::Difference| DifferenceRow {
        id: Uuid::new_v4(),
        drive_id: file.drive_id,
        file_id: Some(file.id),
        kind: one.kind.name().to_owned(),
        row_id: at(one.row),
        other_id: at(one.other),
        booking_id: one.booking,
        state: OPEN.to_owned(),
        how: None,
        note: None,
        settled_by: None,
        settled_at: None,
        found_at: file.uploaded_at,
        why: None,
    };
    compared.differences.iter().map(row).collect()
}

/// How many gave, were put off, and how many millilitres that is.
pub fn sums(entries: &[Entry]) -> (usize, usize, i64) {
    let gave = entries.iter().filter(|entry| entry.outcome == Outcome::Gave);
    let ml = gave.clone().filter_map(|entry| entry.volume_ml).map(i64::from).sum();
    let gave = gave.count();
    (gave, entries.len() - gave, ml)
}
