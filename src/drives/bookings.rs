//! SQL of bookings. What is sealed of one is opened here and nowhere else.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{BookingCancelled, BookingState, Content};
use super::store;
use crate::db::DbError;
use crate::db::schema::booking;
use crate::db::statement::statement;
use crate::http::Span;
use crate::vault::{Vault, VaultError, place};

/// A booking as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = booking, check_for_backend(diesel::pg::Pg))]
pub struct Booking {
    pub id: Uuid,
    pub drive_id: i64,
    pub slot: Option<i16>,
    pub state: String,
    pub code: String,
    pub content: Option<Vec<u8>>,
    pub contact_hash: Option<Vec<u8>>,
    pub turn: i64,
    pub walk_in: bool,
    pub agreed_day: NaiveDate,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub answer_by: Option<DateTime<Utc>>,
    pub reminded_of: Option<NaiveDate>,
    pub made_at: DateTime<Utc>,
    pub made_by: Option<Uuid>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancelled_how: Option<String>,
    pub moved_up_at: Option<DateTime<Utc>>,
    pub restricted_at: Option<DateTime<Utc>>,
}

/// A booking with whom it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    pub row: Booking,
    /// `None` of somebody whose data were erased. To compare with: whose data may not be used is shown to nobody.
    pub who: Option<Content>,
}

impl Booking {
    pub fn state(&self) -> Option<BookingState> {
        BookingState::parse(&self.state)
    }

    pub fn is(&self, state: BookingState) -> bool {
        self.state() == Some(state)
    }

    /// Whether a place is kept for them.
    pub fn has_place(&self) -> bool {
        self.state().is_some_and(BookingState::has_place)
    }

    /// Whether they lost the place because they did not say in time that they come.
    pub fn is_late(&self) -> bool {
        let how = self.cancelled_how.as_deref().and_then(BookingCancelled::parse);
        matches!(how, Some(BookingCancelled::NotConfirmed | BookingCancelled::NotAnswered)) && self.content.is_some()
    }

    /// Whether the time is over in which they had to say that they come.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.is(BookingState::Held) && self.answer_by.is_some_and(|until| until <= now)
    }

    /// Whom it is of; `None` of somebody whose data were erased, or may not be used.
    pub fn open(&self, vault: &Vault) -> Result<Option<Content>, VaultError> {
        if self.restricted_at.is_some() { Ok(None) } else { self.whose(vault) }
    }

    /// [`Self::open`] for the person themself, also where nobody else may use it.
    pub fn whose(&self, vault: &Vault) -> Result<Option<Content>, VaultError> {
        let Some(sealed) = &self.content else { return Ok(None) };
        let text = vault.open(place("booking", "content", &self.id), sealed)?;
        serde_json::from_slice(&text).map(Some).map_err(|_| VaultError::Damaged)
    }
}

/// Seals whom a booking is of.
pub fn sealed(vault: &Vault, id: Uuid, content: &Content) -> Result<Vec<u8>, VaultError> {
    let text = serde_json::to_vec(content).map_err(|_| VaultError::Damaged)?;
    vault.seal(place("booking", "content", &id), &text)
}

/// One booking.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Booking>, DbError> {
    Ok(booking::table.find(id).select(Booking::as_select()).first(conn).optional()?)
}

/// Bookings by id, in no order.
pub fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Booking>, DbError> {
    Ok(booking::table.filter(booking::id.eq_any(ids)).select(Booking::as_select()).load(conn)?)
}

/// Bookings by their codes, in no order.
pub fn by_codes(conn: &mut PgConnection, codes: &[String]) -> Result<Vec<Booking>, DbError> {
    Ok(booking::table.filter(booking::code.eq_any(codes)).select(Booking::as_select()).load(conn)?)
}

/// The booking whose code stands on paper.
pub fn by_code(conn: &mut PgConnection, code: &str) -> Result<Option<Booking>, DbError> {
    Ok(booking::table.filter(booking::code.eq(code)).select(Booking::as_select()).first(conn).optional()?)
}

/// All of a drive, in the order in which they came.
pub fn of_drive(conn: &mut PgConnection, drive: i64) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    Ok(b::table.filter(b::drive_id.eq(drive)).order(b::turn).select(Booking::as_select()).load(conn)?)
}

/// How many bookings of a drive were not cancelled.
pub fn registered(conn: &mut PgConnection, drive: i64) -> Result<i64, DbError> {
    use booking as b;
    let standing = b::table.filter(b::drive_id.eq(drive)).filter(b::state.ne(BookingState::Cancelled.name()));
    Ok(standing.count().get_result(conn)?)
}

/// Bookings that are opened at once.
const OPENED_AT_ONCE: i64 = 2_000;

/// Goes through the bookings of a drive in their order, with whom they are of: some thousands at a time, of a drive that has ten times as
/// many.
pub fn each_of(
    conn: &mut PgConnection,
    vault: &Vault,
    drive: i64,
    mut go: impl FnMut(Booked),
) -> Result<(), super::fault::Fault> {
    let mut after = None;
    loop {
        let rows = list(conn, drive, None, &Span { after, rows: OPENED_AT_ONCE })?;
        let Some(last) = rows.last().map(|row| row.turn) else { return Ok(()) };
        after = Some(last);
        for row in rows {
            go(Booked { who: row.whose(vault)?, row });
        }
    }
}

/// A page of those of a drive.
pub fn list(conn: &mut PgConnection, drive: i64, state: Option<BookingState>, span: &Span<i64>) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let query = b::table.filter(b::drive_id.eq(drive)).order(b::turn).limit(span.rows);
    let mut query = query.select(Booking::as_select()).into_boxed();
    if let Some(state) = state {
        query = query.filter(b::state.eq(state.name()));
    }
    if let Some(turn) = span.after {
        query = query.filter(b::turn.gt(turn));
    }
    Ok(query.load(conn)?)
}

/// How many wait for a place of each drive.
pub fn waiting(conn: &mut PgConnection, drives: &[i64]) -> Result<HashMap<i64, i64>, DbError> {
    use booking as b;
    let rows: Vec<(i64, i64)> = b::table
        .filter(b::drive_id.eq_any(drives))
        .filter(b::state.eq(BookingState::Waiting.name()))
        .group_by(b::drive_id)
        .select((b::drive_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The first who wait and can be told, in their order.
pub fn first_waiting(conn: &mut PgConnection, drive: i64, most: i64) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    Ok(b::table
        .filter(b::drive_id.eq(drive))
        .filter(b::state.eq(BookingState::Waiting.name()))
        .filter(b::restricted_at.is_null())
        .order(b::turn)
        .limit(most)
        .select(Booking::as_select())
        .load(conn)?)
}

/// All who wait.
pub fn all_waiting(conn: &mut PgConnection, drive: i64) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let query = b::table.filter(b::drive_id.eq(drive)).filter(b::state.eq(BookingState::Waiting.name())).order(b::turn);
    Ok(query.select(Booking::as_select()).load(conn)?)
}

/// Ends bookings of drives that the caller holds, and gives their places back.
pub fn cancel(conn: &mut PgConnection, rows: &[Booking], how: BookingCancelled, at: DateTime<Utc>) -> Result<(), DbError> {
    use booking as b;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(b::table.filter(b::id.eq_any(&ids)).filter(b::state.ne(BookingState::Cancelled.name())))
        .set((
            b::state.eq(BookingState::Cancelled.name()),
            b::answer_by.eq(None::<DateTime<Utc>>),
            b::cancelled_at.eq(Some(at)),
            b::cancelled_how.eq(Some(how.name())),
        ))
        .execute(conn)?;
    let mut given_back: HashMap<(i64, i16), i16> = HashMap::new();
    for row in rows.iter().filter(|row| row.has_place()) {
        if let Some(slot) = row.slot {
            *given_back.entry((row.drive_id, slot)).or_default() -= 1;
        }
    }
    store::take(conn, &given_back)
}

/// Slots in which somebody has, or had, a place.
pub fn slots_used(conn: &mut PgConnection, drive: i64) -> Result<Vec<i16>, DbError> {
    use booking as b;
    let rows: Vec<Option<i16>> =
        b::table.filter(b::drive_id.eq(drive)).filter(b::slot.is_not_null()).select(b::slot).distinct().load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

/// Who was to answer in time that they come is asked something else now.
pub fn forget_deadlines(conn: &mut PgConnection, drive: i64) -> Result<(), DbError> {
    use booking as b;
    diesel::update(b::table.filter(b::drive_id.eq(drive)).filter(b::answer_by.is_not_null()))
        .set(b::answer_by.eq(None::<DateTime<Utc>>))
        .execute(conn)?;
    Ok(())
}

/// By what it is known who has booked: number and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Of the number and the letters of the name.
    pub person: &'a [u8],
    /// With its marks; `None` of a name without any ([`super::names`]).
    pub name: Option<&'a [u8]>,
}

impl Known<'_> {
    /// Whether a name that is known by the same letters under the same number is the same person's.
    pub fn is_named(&self, name: Option<&[u8]>) -> bool {
        self.name.zip(name).is_none_or(|(one, other)| one == other)
    }
}

/// The bookings of a drive that stand and are somebody's, as known by number and name; mostly none or one.
pub fn all_standing_of(conn: &mut PgConnection, drive: i64, who: &Known<'_>) -> Result<Vec<Uuid>, DbError> {
    use booking as b;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = b::table
        .filter(b::drive_id.eq(drive))
        .filter(b::person_hash.eq(who.person))
        .filter(b::state.ne(BookingState::Cancelled.name()))
        .order(b::turn)
        .select((b::id, b::name_hash))
        .load(conn)?;
    Ok(rows.into_iter().filter(|(_, name)| who.is_named(name.as_deref())).map(|(id, _)| id).collect())
}

/// Whether somebody has booked a drive: their booking.
pub fn standing_of(conn: &mut PgConnection, drive: i64, who: &Known<'_>) -> Result<Option<Uuid>, DbError> {
    Ok(all_standing_of(conn, drive, who)?.into_iter().next())
}

/// By what it is known whose a booking is, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = booking, check_for_backend(diesel::pg::Pg))]
pub struct Kept {
    pub person_hash: Option<Vec<u8>>,
    pub name_hash: Option<Vec<u8>>,
}

impl Kept {
    /// `None` of somebody whose data were erased.
    pub fn known(&self) -> Option<Known<'_>> {
        Some(Known { person: self.person_hash.as_deref()?, name: self.name_hash.as_deref() })
    }
}

/// [`Kept`] of a booking.
pub fn kept(conn: &mut PgConnection, id: Uuid) -> Result<Option<Kept>, DbError> {
    Ok(booking::table.find(id).select(Kept::as_select()).first(conn).optional()?)
}

/// These bookings are kept and not used from now on, or may be used again.
pub fn restrict(conn: &mut PgConnection, ids: &[Uuid], since: Option<DateTime<Utc>>) -> Result<(), DbError> {
    use booking as b;
    diesel::update(b::table.filter(b::id.eq_any(ids))).set(b::restricted_at.eq(since)).execute(conn)?;
    Ok(())
}

statement! {
    struct ToTheEnd { id: Uuid => diesel::sql_types::Uuid } -> (),
    "UPDATE booking SET turn = DEFAULT WHERE id = ?"
}

/// Somebody waits behind all others.
pub fn wait_last(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    ToTheEnd { id: &id }.execute(conn)?;
    Ok(())
}
