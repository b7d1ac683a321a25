//! SQL of check-ins, centres' files and the differences between the two.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

use super::form::Layout;
use super::model::{DifferenceKind, FileState, GaveNothing, Settled, Settlement, Who};
use crate::db::DbError;
use crate::db::schema::{blood_file_layout, drive_check_in, drive_difference, drive_file, drive_row};
use crate::db::statement::statement;
use crate::http::Span;
use crate::vault::{Vault, VaultError, place};

/// Rows a statement takes: each has 19 columns at most, and PostgreSQL takes 65,535 parameters.
const AT_ONCE: usize = 3_000;

/// Somebody who came, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drive_check_in, check_for_backend(diesel::pg::Pg))]
pub struct CheckInRow {
    pub id: Uuid,
    pub drive_id: i64,
    pub booking_id: Uuid,
    pub captured_at: Option<DateTime<Utc>>,
    pub volume_ml: Option<i16>,
    pub late: bool,
    pub counts: bool,
    pub request_hash: Vec<u8>,
    pub entered_by: Uuid,
    pub entered_at: DateTime<Utc>,
}

/// A centre's file, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drive_file, check_for_backend(diesel::pg::Pg))]
pub struct FileRow {
    pub id: Uuid,
    pub drive_id: i64,
    pub chapter_id: Uuid,
    pub layout: String,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub row_count: i32,
    pub uploaded_by: Uuid,
    pub uploaded_at: DateTime<Utc>,
    pub done_rows: i32,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl FileRow {
    pub fn state(&self) -> Option<FileState> {
        FileState::parse(&self.state)
    }

    pub fn is(&self, state: FileState) -> bool {
        self.state() == Some(state)
    }
}

/// A row of a file, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drive_row, check_for_backend(diesel::pg::Pg))]
pub struct RowRow {
    pub id: Uuid,
    pub file_id: Uuid,
    pub n: i32,
    pub row_no: i32,
    pub content: Option<Vec<u8>>,
    pub outcome: String,
    pub reason: Option<String>,
    pub until: Option<NaiveDate>,
    pub component: String,
    pub volume_ml: Option<i16>,
    pub din: Option<String>,
    pub sex: Option<String>,
    pub age: Option<i16>,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub serial: Option<String>,
    pub booking_id: Option<Uuid>,
    pub counts: bool,
    pub correction_id: Option<Uuid>,
}

impl RowRow {
    /// Who it is; `None` of one that was carried over or left out.
    pub fn open(&self, vault: &Vault) -> Result<Option<Who>, VaultError> {
        let Some(sealed) = &self.content else { return Ok(None) };
        let text = vault.open(place("drive_row", "content", &self.id), sealed)?;
        serde_json::from_slice(&text).map(Some).map_err(|_| VaultError::Damaged)
    }
}

/// Seals whom a row is of.
pub fn sealed(vault: &Vault, id: Uuid, who: &Who) -> Result<Vec<u8>, VaultError> {
    let text = serde_json::to_vec(who).map_err(|_| VaultError::Damaged)?;
    vault.seal(place("drive_row", "content", &id), &text)
}

/// A difference, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drive_difference, check_for_backend(diesel::pg::Pg))]
pub struct DifferenceRow {
    pub id: Uuid,
    pub drive_id: i64,
    pub file_id: Option<Uuid>,
    pub kind: String,
    pub row_id: Option<Uuid>,
    pub other_id: Option<Uuid>,
    pub booking_id: Option<Uuid>,
    pub state: String,
    pub how: Option<String>,
    pub note: Option<Vec<u8>>,
    pub settled_by: Option<Uuid>,
    pub settled_at: Option<DateTime<Utc>>,
    pub found_at: DateTime<Utc>,
    pub why: Option<String>,
}

/// Where a difference waits to be settled.
pub const OPEN: &str = "OPEN";
pub const SETTLED: &str = "SETTLED";

impl DifferenceRow {
    pub fn kind(&self) -> Option<DifferenceKind> {
        DifferenceKind::parse(&self.kind)
    }

    pub fn how(&self) -> Option<Settled> {
        let how = self.how.as_deref().and_then(Settlement::parse)?;
        Some(Settled { how, why: self.why.as_deref().and_then(GaveNothing::parse) })
    }

    pub fn is_open(&self) -> bool {
        self.state == OPEN
    }
}

/// The layout of a code that holds on a day for a centre.
pub fn layout(conn: &mut PgConnection, code: &str, centre: i64, day: NaiveDate) -> Result<Option<Layout>, DbError> {
    use blood_file_layout as l;
    let of_day = l::table.filter(l::valid_from.le(day)).filter(l::valid_to.is_null().or(l::valid_to.gt(day)));
    let of_centre = of_day.filter(l::centre_id.is_null().or(l::centre_id.eq(centre)));
    type Row = (String, NaiveDate, serde_json::Value, serde_json::Value);
    let row: Option<Row> =
        of_centre.filter(l::code.eq(code)).select((l::code, l::valid_from, l::headings, l::words)).first(conn).optional()?;
    Ok(row.map(|(code, valid_from, headings, words)| Layout {
        code,
        valid_from,
        headings: serde_json::from_value(headings).unwrap_or_default(),
        words: serde_json::from_value(words).unwrap_or_default(),
    }))
}

/// The layouts that hold on a day for a centre: code, Vietnamese, English.
pub fn layouts(conn: &mut PgConnection, centre: i64, day: NaiveDate) -> Result<Vec<(String, String, String)>, DbError> {
    use blood_file_layout as l;
    let of_day = l::table.filter(l::valid_from.le(day)).filter(l::valid_to.is_null().or(l::valid_to.gt(day)));
    let of_centre = of_day.filter(l::centre_id.is_null().or(l::centre_id.eq(centre)));
    Ok(of_centre.order(l::code).select((l::code, l::vi, l::en)).load(conn)?)
}

/// Who was checked in at a drive before its result was agreed on: by booking, with the volume in ml that was noted at the door.
pub fn came(conn: &mut PgConnection, drive: i64) -> Result<HashMap<Uuid, Option<i16>>, DbError> {
    use drive_check_in as c;
    let in_time = c::table.filter(c::drive_id.eq(drive)).filter(diesel::dsl::not(c::late));
    Ok(in_time.select((c::booking_id, c::volume_ml)).load(conn)?.into_iter().collect())
}

/// Check-ins by their bookings.
pub fn check_ins(conn: &mut PgConnection, bookings: &[Uuid]) -> Result<HashMap<Uuid, CheckInRow>, DbError> {
    use drive_check_in as c;
    let rows: Vec<CheckInRow> = c::table.filter(c::booking_id.eq_any(bookings)).select(CheckInRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.booking_id, row)).collect())
}

/// Check-ins by the ids they were sent with.
pub fn check_ins_by_id(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CheckInRow>, DbError> {
    use drive_check_in as c;
    let rows: Vec<CheckInRow> = c::table.filter(c::id.eq_any(ids)).select(CheckInRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those of a drive in the order in which they came in.
pub fn list_check_ins(
    conn: &mut PgConnection,
    drive: i64,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<CheckInRow>, DbError> {
    use drive_check_in as c;
    let query = c::table.filter(c::drive_id.eq(drive)).order((c::entered_at, c::id)).limit(span.rows);
    let mut query = query.select(CheckInRow::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(c::entered_at.ge(at)).filter(c::entered_at.gt(at).or(c::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// Writes check-ins, one a booking; which were written.
pub fn check_in(conn: &mut PgConnection, rows: &[CheckInRow]) -> Result<Vec<Uuid>, DbError> {
    let mut written = Vec::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        let new: Vec<Uuid> = diesel::insert_into(drive_check_in::table)
            .values(some)
            .on_conflict_do_nothing()
            .returning(drive_check_in::id)
            .get_results(conn)?;
        written.extend(new);
    }
    Ok(written)
}

/// What somebody gave, as it was noted at the door; the last note stands.
pub fn note_volume(conn: &mut PgConnection, booking: Uuid, ml: i16) -> Result<(), DbError> {
    use drive_check_in as c;
    diesel::update(c::table.filter(c::booking_id.eq(booking))).set(c::volume_ml.eq(ml)).execute(conn)?;
    Ok(())
}

/// Whether a check-in is counted.
pub fn count_check_in(conn: &mut PgConnection, booking: Uuid, counts: bool) -> Result<(), DbError> {
    use drive_check_in as c;
    diesel::update(c::table.filter(c::booking_id.eq(booking))).set(c::counts.eq(counts)).execute(conn)?;
    Ok(())
}

/// One file.
pub fn file(conn: &mut PgConnection, id: Uuid) -> Result<Option<FileRow>, DbError> {
    Ok(drive_file::table.find(id).select(FileRow::as_select()).first(conn).optional()?)
}

/// [`file`], held until the end of the transaction.
pub fn hold_file(conn: &mut PgConnection, id: Uuid) -> Result<Option<FileRow>, DbError> {
    Ok(drive_file::table.find(id).select(FileRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The file of a drive that stands.
pub fn standing_file(conn: &mut PgConnection, drive: i64) -> Result<Option<FileRow>, DbError> {
    use drive_file as f;
    let query = f::table.filter(f::drive_id.eq(drive)).filter(f::state.ne(FileState::Refused.name()));
    Ok(query.select(FileRow::as_select()).first(conn).optional()?)
}

/// The file with this content that stands, of whatever drive.
pub fn same_file(conn: &mut PgConnection, content_hash: &[u8]) -> Result<Option<FileRow>, DbError> {
    use drive_file as f;
    let query = f::table.filter(f::content_hash.eq(content_hash)).filter(f::state.ne(FileState::Refused.name()));
    Ok(query.select(FileRow::as_select()).first(conn).optional()?)
}

/// Writes a file with its rows and the differences that were found.
pub fn insert(conn: &mut PgConnection, file: &FileRow, rows: &[RowRow], differences: &[DifferenceRow]) -> Result<(), DbError> {
    diesel::insert_into(drive_file::table).values(file).execute(conn)?;
    for some in rows.chunks(AT_ONCE) {
        diesel::insert_into(drive_row::table).values(some).execute(conn)?;
    }
    insert_differences(conn, differences)
}

/// Writes differences.
pub fn insert_differences(conn: &mut PgConnection, rows: &[DifferenceRow]) -> Result<(), DbError> {
    for some in rows.chunks(AT_ONCE) {
        diesel::insert_into(drive_difference::table).values(some).execute(conn)?;
    }
    Ok(())
}

/// A file stands so from now on.
pub fn set_state(conn: &mut PgConnection, id: Uuid, to: FileState, by: Option<(Uuid, DateTime<Utc>)>) -> Result<(), DbError> {
    use drive_file as f;
    diesel::update(f::table.find(id)).set(f::state.eq(to.name())).execute(conn)?;
    if let Some((account, at)) = by {
        diesel::update(f::table.find(id)).set((f::decided_by.eq(account), f::decided_at.eq(at))).execute(conn)?;
    }
    Ok(())
}

/// Nobody says any more who the rows of a file are.
pub fn forget_rows(conn: &mut PgConnection, file: Uuid) -> Result<(), DbError> {
    use drive_row as r;
    diesel::update(r::table.filter(r::file_id.eq(file)).filter(r::content.is_not_null()))
        .set((r::content.eq(None::<Vec<u8>>), r::serial.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// Rows by id.
pub fn rows(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, RowRow>, DbError> {
    let rows: Vec<RowRow> = drive_row::table.filter(drive_row::id.eq_any(ids)).select(RowRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The next rows of a file that are to be carried over: from a place on, in their order.
pub fn next_rows(conn: &mut PgConnection, file: Uuid, from: i32, most: i64) -> Result<Vec<RowRow>, DbError> {
    use drive_row as r;
    let query = r::table.filter(r::file_id.eq(file)).filter(r::n.ge(from)).order(r::n).limit(most);
    Ok(query.select(RowRow::as_select()).load(conn)?)
}

/// Rows whose donor was found to be counted under are forgotten, and the file is done up to a place.
pub fn done(conn: &mut PgConnection, file: Uuid, rows: &[Uuid], upto: i32) -> Result<(), DbError> {
    use drive_row as r;
    diesel::update(r::table.filter(r::id.eq_any(rows)))
        .set((r::content.eq(None::<Vec<u8>>), r::serial.eq(None::<String>)))
        .execute(conn)?;
    diesel::update(drive_file::table.find(file)).set(drive_file::done_rows.eq(upto)).execute(conn)?;
    Ok(())
}

/// What a settlement makes of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change {
    pub counts: Option<bool>,
    pub volume_ml: Option<i16>,
    /// The number was another's.
    pub without_number: bool,
    /// It is nobody's who was checked in.
    pub without_booking: bool,
}

/// See [`Change`].
pub fn change_row(conn: &mut PgConnection, id: Uuid, change: Change) -> Result<(), DbError> {
    use drive_row as r;
    if let Some(counts) = change.counts {
        diesel::update(r::table.find(id)).set(r::counts.eq(counts)).execute(conn)?;
    }
    if let Some(ml) = change.volume_ml {
        diesel::update(r::table.find(id)).set(r::volume_ml.eq(ml)).execute(conn)?;
    }
    if change.without_number {
        diesel::update(r::table.find(id)).set(r::din.eq(None::<String>)).execute(conn)?;
    }
    if change.without_booking {
        diesel::update(r::table.find(id)).set(r::booking_id.eq(None::<Uuid>)).execute(conn)?;
    }
    Ok(())
}

/// One difference of a drive, held.
pub fn hold_difference(conn: &mut PgConnection, drive: i64, id: Uuid) -> Result<Option<DifferenceRow>, DbError> {
    use drive_difference as d;
    let query = d::table.find(id).filter(d::drive_id.eq(drive)).select(DifferenceRow::as_select());
    Ok(query.for_no_key_update().first(conn).optional()?)
}

/// Settles a difference.
pub fn settle(
    conn: &mut PgConnection,
    id: Uuid,
    (settled, note): (Settled, Option<&[u8]>),
    (account, at): (Uuid, DateTime<Utc>),
) -> Result<(), DbError> {
    use drive_difference as d;
    let why = settled.why.map(GaveNothing::name);
    diesel::update(d::table.find(id))
        .set((
            (d::state.eq(SETTLED), d::how.eq(settled.how.name()), d::why.eq(why)),
            (d::note.eq(note), d::settled_by.eq(account), d::settled_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What waits because of late check-ins of these bookings is settled: a correction counts them.
pub fn settle_late(conn: &mut PgConnection, bookings: &[Uuid], by: (Uuid, DateTime<Utc>)) -> Result<(), DbError> {
    use drive_difference as d;
    let late = d::table.filter(d::booking_id.eq_any(bookings)).filter(d::kind.eq(DifferenceKind::LateCheckIn.name()));
    diesel::update(late.filter(d::state.eq(OPEN)))
        .set((d::state.eq(SETTLED), d::how.eq(Settlement::Count.name()), d::settled_by.eq(by.0), d::settled_at.eq(by.1)))
        .execute(conn)?;
    Ok(())
}

/// Differences of a drive in the order in which they were found; those that are open, or of one kind, where that is asked.
pub fn differences(
    conn: &mut PgConnection,
    drive: i64,
    (kind, open): (Option<DifferenceKind>, bool),
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<DifferenceRow>, DbError> {
    use drive_difference as d;
    let query = d::table.filter(d::drive_id.eq(drive)).order((d::found_at, d::id)).limit(span.rows);
    let mut query = query.select(DifferenceRow::as_select()).into_boxed();
    if let Some(kind) = kind {
        query = query.filter(d::kind.eq(kind.name()));
    }
    if open {
        query = query.filter(d::state.eq(OPEN));
    }
    if let Some((at, id)) = span.after {
        query = query.filter(d::found_at.ge(at)).filter(d::found_at.gt(at).or(d::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// All settled differences of a file's rows that say whose data are right.
pub fn settled_persons(conn: &mut PgConnection, file: Uuid) -> Result<HashMap<Uuid, Settlement>, DbError> {
    use drive_difference as d;
    let of_file = d::table.filter(d::file_id.eq(file)).filter(d::kind.eq(DifferenceKind::OtherPerson.name()));
    let rows: Vec<(Option<Uuid>, Option<String>)> = of_file.select((d::row_id, d::how)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(row, how)| Some((row?, Settlement::parse(&how?)?))).collect())
}

/// The accounts that settled differences of a file.
pub fn settlers(conn: &mut PgConnection, file: Uuid) -> Result<Vec<Uuid>, DbError> {
    use drive_difference as d;
    let of_file = d::table.filter(d::file_id.eq(file)).filter(d::settled_by.is_not_null());
    Ok(of_file.select(d::settled_by.assume_not_null()).distinct().load(conn)?)
}

/// How many differences of a drive there are, by kind: kind, all, those that are open.
pub fn count_differences(conn: &mut PgConnection, drive: i64) -> Result<Vec<(String, i64, i64)>, DbError> {
    use diesel::dsl::count_star;
    use drive_difference as d;
    let of_drive = d::table.filter(d::drive_id.eq(drive));
    let all: Vec<(String, i64)> = of_drive.group_by(d::kind).order(d::kind).select((d::kind, count_star())).load(conn)?;
    let open = d::table.filter(d::drive_id.eq(drive)).filter(d::state.eq(OPEN));
    let open: Vec<(String, i64)> = open.group_by(d::kind).select((d::kind, count_star())).load(conn)?;
    let open: HashMap<String, i64> = open.into_iter().collect();
    Ok(all.into_iter().map(|(kind, count)| (kind.clone(), count, open.get(&kind).copied().unwrap_or_default())).collect())
}

/// Differences of a file that was laid aside go with it, those of late check-ins stay.
pub fn close_differences(conn: &mut PgConnection, file: Uuid, by: (Uuid, DateTime<Utc>)) -> Result<(), DbError> {
    use drive_difference as d;
    let open =
        d::table.filter(d::file_id.eq(file)).filter(d::state.eq(OPEN)).filter(d::kind.ne(DifferenceKind::LateCheckIn.name()));
    diesel::update(open)
        .set((d::state.eq(SETTLED), d::how.eq(Settlement::LeaveOut.name()), d::settled_by.eq(by.0), d::settled_at.eq(by.1)))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct Mentions { chapters: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid,),
    "SELECT r.id FROM drive_row r JOIN drive_file f ON f.id = r.file_id
     WHERE f.chapter_id = ANY (?) AND r.content IS NOT NULL ORDER BY r.id"
}

/// Rows of files of these chapters that say still who they are.
pub fn open_rows(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = Mentions { chapters: &chapters.to_vec() }.load(conn)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// These rows say no more who they are.
pub fn forget(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use drive_row as r;
    diesel::update(r::table.filter(r::id.eq_any(ids)))
        .set((r::content.eq(None::<Vec<u8>>), r::serial.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}

/// Notes of differences at drives of these chapters.
pub fn notes(conn: &mut PgConnection, drives: &[i64]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use drive_difference as d;
    let query = d::table.filter(d::drive_id.eq_any(drives)).filter(d::note.is_not_null()).order(d::id);
    Ok(query.select((d::id, d::note.assume_not_null())).load(conn)?)
}

/// These notes go.
pub fn forget_notes(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use drive_difference as d;
    diesel::update(d::table.filter(d::id.eq_any(ids))).set(d::note.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}

/// Drives of these chapters that something of a file stands of.
pub fn drives_of(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<i64>, DbError> {
    use drive_file as f;
    Ok(f::table.filter(f::chapter_id.eq_any(chapters)).select(f::drive_id).distinct().load(conn)?)
}
