//! Settling differences, laying a file aside, and asking a second person.

use serde_json::json;
use uuid::Uuid;

use super::check_in::kept;
use super::matter;
use super::model::{DifferenceKind, FileState, Settled, Settlement};
use super::store::{self, Change, DifferenceRow, FileRow};
use crate::authz::{Attempt, Visit};
use crate::basics::Line;
use crate::donors::Fault;
use crate::drives::{Drive, DriveState};
use crate::vault::place;

/// Settles a difference. The same again changes nothing.
pub fn settle(v: &mut Visit<'_>, code: &str, id: Uuid, settled: Settled, note: &Line) -> Result<DifferenceRow, Fault> {
    let (drive, grant) = kept(v, code)?;
    let one = store::hold_difference(v.conn, drive.id, id)?.ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || (!one.is_open() && one.how() == Some(settled)) {
        return Ok(one);
    }
    let kind = one.kind().ok_or_else(|| Fault::broken("a difference of no kind"))?;
    if !kind.settled_by(false).contains(&settled.how) {
        return Err(Fault::field(
            "/how",
            "NOT_A_CHOICE",
            "Khác biệt này không xử lý theo cách ấy được.",
            "This difference is not settled in this way.",
        ));
    }
    let is_after = is_agreed(&drive);
    may_settle(v, &drive, &one, (kind, settled.how))?;
    apply(v, &one, (kind, settled.how), is_after)?;
    let sealed = v.vault.seal(place("drive_difference", "note", &one.id), note.as_str().as_bytes())?;
    store::settle(v.conn, one.id, (settled, Some(&sealed)), (grant.account(), v.now))?;
    let detail = json!({"drive": drive.code, "kind": kind.name(), "how": settled.how.name()});
    v.note_with(&grant, "DRIVE_DIFFERENCE_SETTLED", one.id, &detail)?;
    store::hold_difference(v.conn, drive.id, id)?.ok_or(Fault::Unknown)
}

/// Whether two persons have agreed on what came of a drive.
pub fn is_agreed(drive: &Drive) -> bool {
    matches!(drive.state(), Some(DriveState::Reconciled | DriveState::Closed))
}

/// Whether a difference may be settled so, as things stand.
fn may_settle(
    v: &mut Visit<'_>,
    drive: &Drive,
    one: &DifferenceRow,
    (kind, how): (DifferenceKind, Settlement),
) -> Result<(), Fault> {
    // A check-in that came after everything was agreed on is settled by itself: the totals stay as two persons agreed on them.
    let is_late = kind == DifferenceKind::LateCheckIn && is_agreed(drive);
    let file = store::standing_file(v.conn, drive.id)?;
    let is_open = file.is_none_or(|file| file.state().is_some_and(FileState::is_open));
    if !is_open && !is_late {
        return Err(Fault::conflict(
            "Kết quả đang chờ người thứ hai hoặc đã xong: không sửa được nữa.",
            "The result waits for a second person, or is done: nothing of it is changed.",
        ));
    }
    if is_late && !kind.settled_by(true).contains(&how) {
        return Err(Fault::conflict(
            "Kết quả của ngày này đã được hai người đồng ý: muốn tính thêm người này, hãy đề nghị đính chính; hoặc ghi là đã đến mà không hiến, kèm lý do.",
            "Two persons have agreed on the result of this day: to count somebody more, ask for a correction; or say that they came and gave nothing, and why.",
        ));
    }
    if !one.is_open() {
        return Err(Fault::conflict(
            "Khác biệt này đã được xử lý theo cách khác.",
            "This difference was settled in another way.",
        ));
    }
    Ok(())
}

/// What a settlement makes of the row or the check-in.
fn apply(v: &mut Visit<'_>, one: &DifferenceRow, (kind, how): (DifferenceKind, Settlement), is_after: bool) -> Result<(), Fault> {
    use DifferenceKind::{Double, LateCheckIn, NotInFile, NumberGiven, OtherVolume};
    let left_out = how == Settlement::LeaveOut;
    match (kind, one.row_id, one.booking_id) {
        // Whoever came is counted, also who gave nothing; but not beside totals that two persons agreed on.
        (NotInFile | LateCheckIn, _, Some(booking)) => Ok(store::count_check_in(v.conn, booking, !left_out && !is_after)?),
        (OtherVolume, Some(row), Some(booking)) if how == Settlement::OursRight => {
            let noted = store::check_ins(v.conn, &[booking])?.remove(&booking).and_then(|row| row.volume_ml);
            let ml = noted.ok_or_else(nothing_noted)?;
            Ok(store::change_row(v.conn, row, Change { volume_ml: Some(ml), ..Change::default() })?)
        }
        (OtherVolume, _, None) if how == Settlement::OursRight => Err(nothing_noted()),
        (_, Some(row), _) if left_out => Ok(store::change_row(v.conn, row, Change { counts: Some(false), ..Change::default() })?),
        // Both are counted: the second one under no number, which is given once.
        (Double | NumberGiven, Some(row), _) => {
            Ok(store::change_row(v.conn, row, Change { without_number: true, ..Change::default() })?)
        }
        _ => Ok(()),
    }
}

fn nothing_noted() -> Fault {
    Fault::field(
        "/how",
        "NOT_A_CHOICE",
        "Ở cửa không ghi thể tích của người này.",
        "No volume was noted at the door for this person.",
    )
}

/// Asks a second person for the result; once more it is the same.
pub fn ask(v: &mut Visit<'_>, code: &str, note: Option<&Line>) -> Result<FileRow, Fault> {
    let (drive, grant) = kept(v, code)?;
    let file = store::standing_file(v.conn, drive.id)?.ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || !file.is(FileState::Compared) {
        return Ok(file);
    }
    let open: i64 = store::count_differences(v.conn, drive.id)?.into_iter().map(|(.., open)| open).sum();
    if open > 0 {
        return Err(Fault::conflict(
            "Còn khác biệt chưa xử lý: hãy xử lý từng khác biệt, có ghi chú, rồi mới đề nghị.",
            "There are differences left: settle each of them, with a note, and then ask.",
        ));
    }
    matter::ask(v, &grant, &drive, &file, note)?;
    store::set_state(v.conn, file.id, FileState::Asked, None)?;
    store::file(v.conn, file.id)?.ok_or(Fault::Unknown)
}

/// Lays a file aside that nobody was asked about: another may come. Once more it is the same.
pub fn lay_aside(v: &mut Visit<'_>, code: &str) -> Result<(), Fault> {
    let (drive, grant) = kept(v, code)?;
    let Some(file) = store::standing_file(v.conn, drive.id)? else { return Ok(()) };
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if !file.is(FileState::Compared) {
        return Err(Fault::conflict(
            "Kết quả đang chờ người thứ hai hoặc đã xong: hãy rút đề nghị trước.",
            "The result waits for a second person, or is done: withdraw the request first.",
        ));
    }
    store::close_differences(v.conn, file.id, (grant.account(), v.now))?;
    store::forget_rows(v.conn, file.id)?;
    store::set_state(v.conn, file.id, FileState::Refused, Some((grant.account(), v.now)))?;
    Ok(v.note_with(&grant, "DRIVE_FILE_LAID_ASIDE", file.id, &json!({"drive": drive.code}))?)
}
