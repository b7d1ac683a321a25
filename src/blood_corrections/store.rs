//! SQL of corrections and their pieces.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{CorrectionState, Kind, Who};
use crate::authz::{Granted, KeepBlood, Right};
use crate::blood_days::rewrite::By;
use crate::blood_rules::{AboGroup, Component, DeferralReason, Din, Group, RhFactor};
use crate::db::DbError;
use crate::db::schema::{drive_correction, drive_correction_item};
use crate::db::statement::statement;
use crate::http::Span;
use crate::vault::{Place, Vault, VaultError};

/// A correction as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = drive_correction, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub drive_id: i64,
    pub chapter_id: Uuid,
    pub source: String,
    pub version: i16,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub registered_by: Option<i32>,
    pub came_by: Option<i32>,
    pub gave_by: Option<i32>,
    pub deferred_by: Option<i32>,
    pub ml_by: Option<i64>,
    pub statement: Option<String>,
}

impl Row {
    pub fn is(&self, state: CorrectionState) -> bool {
        CorrectionState::parse(&self.state) == Some(state)
    }
}

/// A piece of one, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drive_correction_item, check_for_backend(diesel::pg::Pg))]
pub struct PieceRow {
    pub correction_id: Uuid,
    pub n: i16,
    pub kind: String,
    pub donation_id: Option<Uuid>,
    pub made_id: Option<Uuid>,
    pub booking_id: Option<Uuid>,
    pub row_id: Option<Uuid>,
    pub why: Option<String>,
    pub reason: Option<String>,
    pub component: Option<String>,
    pub volume_ml: Option<i16>,
    pub din: Option<String>,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub serial: Option<String>,
    pub content: Option<Vec<u8>>,
}

/// Where who a piece names is sealed.
fn row_of(correction: Uuid, n: i16) -> Vec<u8> {
    [correction.as_bytes().as_slice(), &n.to_be_bytes()].concat()
}

/// Seals who a piece names.
pub fn sealed(vault: &Vault, (correction, n): (Uuid, i16), who: &Who) -> Result<Vec<u8>, VaultError> {
    let text = serde_json::to_vec(who).map_err(|_| VaultError::Damaged)?;
    vault.seal(Place { table: "drive_correction_item", column: "content", row: &row_of(correction, n) }, &text)
}

impl PieceRow {
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    /// Who it names; nobody once it was decided, or they were erased.
    pub fn open(&self, vault: &Vault) -> Result<Option<Who>, VaultError> {
        let Some(sealed) = &self.content else { return Ok(None) };
        let row = row_of(self.correction_id, self.n);
        let text = vault.open(Place { table: "drive_correction_item", column: "content", row: &row }, sealed)?;
        serde_json::from_slice(&text).map(Some).map_err(|_| VaultError::Damaged)
    }

    pub fn component(&self) -> Option<Component> {
        self.component.as_deref().and_then(Component::parse)
    }

    pub fn din(&self) -> Option<Din> {
        self.din.as_deref().and_then(|din| Din::read(din).ok())
    }

    pub fn group(&self) -> Option<Group> {
        self.abo.as_deref().and_then(AboGroup::parse).zip(self.rh.as_deref().and_then(RhFactor::parse))
    }

    pub fn reason(&self) -> Option<DeferralReason> {
        self.reason.as_deref().map(DeferralReason::kept)
    }
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(drive_correction::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(drive_correction::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a drive, the oldest first.
pub fn of_drive(conn: &mut PgConnection, drive: i64, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, DbError> {
    use drive_correction as c;
    let query = c::table.filter(c::drive_id.eq(drive)).order((c::requested_at, c::id)).limit(span.rows);
    let mut query = query.select(Row::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(c::requested_at.ge(at)).filter(c::requested_at.gt(at).or(c::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// The pieces of these, in their order.
pub fn pieces(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<PieceRow>, DbError> {
    use drive_correction_item as i;
    let query = i::table.filter(i::correction_id.eq_any(of)).order((i::correction_id, i::n));
    Ok(query.select(PieceRow::as_select()).load(conn)?)
}

/// What is asked.
pub struct New<'a> {
    pub id: Uuid,
    pub drive: i64,
    pub source: &'a str,
    pub version: i16,
    pub pieces: &'a [PieceRow],
}

/// Writes what is asked; fails on `drive_correction_waiting_key` where another one of the drive waits.
pub fn insert(conn: &mut PgConnection, by: &Granted<KeepBlood>, at: DateTime<Utc>, new: &New<'_>) -> Result<(), DbError> {
    use drive_correction as c;
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::drive_id.eq(new.drive), c::chapter_id.eq(by.chapter().0), c::source.eq(new.source)),
            (c::version.eq(new.version), c::state.eq(CorrectionState::Asked.name())),
            (c::requested_by.eq(by.account()), c::requested_at.eq(at)),
        ))
        .execute(conn)?;
    diesel::insert_into(drive_correction_item::table).values(new.pieces).execute(conn)?;
    Ok(())
}

/// Nothing comes of a correction that the caller holds.
pub fn lay_aside<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    to: CorrectionState,
) -> Result<(), DbError> {
    use drive_correction as c;
    diesel::update(c::table.find(id))
        .set((c::state.eq(to.name()), c::decided_by.eq(Some(by.account())), c::decided_at.eq(Some(at))))
        .execute(conn)?;
    forget(conn, id)
}

/// A correction that the caller holds is done: by how much the totals went up or down, what was stated, and which donation stands where.
pub fn approve<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    (of, statement): (&By, Option<&str>),
) -> Result<(), DbError> {
    use drive_correction as c;
    diesel::update(c::table.find(id))
        .set((
            (c::state.eq(CorrectionState::Approved.name()), c::decided_by.eq(Some(by.account())), c::decided_at.eq(Some(at))),
            (c::registered_by.eq(Some(of.registered)), c::came_by.eq(Some(of.came)), c::gave_by.eq(Some(of.gave))),
            (c::deferred_by.eq(Some(of.deferred)), c::ml_by.eq(Some(of.ml)), c::statement.eq(statement)),
        ))
        .execute(conn)?;
    forget(conn, id)
}

statement! {
    struct Made { ns: Vec<i64> => Array<BigInt>, made: Vec<Uuid> => Array<SqlUuid>, id: Uuid => SqlUuid } -> (),
    "UPDATE drive_correction_item i SET made_id = t.made FROM unnest(?, ?) AS t (n, made) WHERE i.correction_id = ? AND i.n = t.n"
}

/// Which donations the pieces of a correction made: (piece, donation).
pub fn made(conn: &mut PgConnection, id: Uuid, all: &[(i16, Uuid)]) -> Result<(), DbError> {
    let ns = all.iter().map(|(n, _)| i64::from(*n)).collect();
    let made = all.iter().map(|(_, made)| *made).collect();
    Made { ns: &ns, made: &made, id: &id }.execute(conn)?;
    Ok(())
}

/// Nobody says any more who the pieces of a correction name.
fn forget(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use drive_correction_item as i;
    let named = i::table.filter(i::correction_id.eq(id)).filter(i::content.is_not_null());
    diesel::update(named).set((i::content.eq(None::<Vec<u8>>), i::serial.eq(None::<String>))).execute(conn)?;
    Ok(())
}

/// Pieces of corrections of these chapters that name somebody.
pub fn naming(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<PieceRow>, DbError> {
    use {drive_correction as c, drive_correction_item as i};
    let of = i::table.inner_join(c::table.on(c::id.eq(i::correction_id))).filter(c::chapter_id.eq_any(chapters));
    Ok(of.filter(i::content.is_not_null()).order((i::correction_id, i::n)).select(PieceRow::as_select()).load(conn)?)
}

/// These pieces name nobody any more: by correction and place.
pub fn forget_pieces(conn: &mut PgConnection, of: &[(Uuid, i16)]) -> Result<(), DbError> {
    use drive_correction_item as i;
    for (correction, n) in of {
        diesel::update(i::table.find((correction, n)))
            .set((i::content.eq(None::<Vec<u8>>), i::serial.eq(None::<String>)))
            .execute(conn)?;
    }
    Ok(())
}

/// How many pieces name somebody.
pub fn count_naming(conn: &mut PgConnection) -> Result<i64, DbError> {
    use drive_correction_item as i;
    Ok(i::table.filter(i::content.is_not_null()).count().get_result(conn)?)
}

statement! {
    struct Kinds { of: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid, Text, BigInt),
    "SELECT correction_id, kind, count(*) FROM drive_correction_item WHERE correction_id = ANY (?) GROUP BY correction_id, kind ORDER BY correction_id, kind"
}

/// How many pieces of each kind these have.
pub fn kinds(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, Vec<(String, i64)>>, DbError> {
    let rows: Vec<(Uuid, String, i64)> = Kinds { of: &of.to_vec() }.load(conn)?;
    let mut all: HashMap<Uuid, Vec<(String, i64)>> = HashMap::new();
    for (id, kind, count) in rows {
        all.entry(id).or_default().push((kind, count));
    }
    Ok(all)
}
