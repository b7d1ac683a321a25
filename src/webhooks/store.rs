//! Subscribers and their deliveries in the database.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{Appoint, Granted, Seen};
use crate::db::DbError;
use crate::db::schema::{delivery, subscriber};
use crate::http::Span;
use crate::tree::ChapterId;

/// What was delivered, or could not be, is shown for so long.
const KEPT: Duration = Duration::days(30);

/// A subscriber.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = subscriber, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub url: String,
    /// Those it is told of; all where there are none.
    pub kinds: Vec<String>,
    /// Sealed.
    pub secret: Vec<u8>,
    /// The one before, sealed; good until `former_until`.
    pub former_secret: Option<Vec<u8>>,
    pub former_until: Option<DateTime<Utc>>,
    /// The place it has reached in the feed; from the beginning without.
    pub since: Option<String>,
    pub made_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// A subscriber about to be registered, with its secret sealed.
pub(super) struct New<'a> {
    pub id: Uuid,
    pub url: &'a str,
    pub kinds: &'a [String],
    pub secret: &'a [u8],
    pub since: &'a str,
}

/// Registers a subscriber at the granted chapter, unless its id is known.
pub(super) fn insert(conn: &mut PgConnection, by: &Granted<Appoint>, now: DateTime<Utc>, new: &New<'_>) -> Result<bool, DbError> {
    use subscriber as s;
    let written = diesel::insert_into(s::table)
        .values((
            s::id.eq(new.id),
            s::chapter_id.eq(by.chapter().0),
            s::url.eq(new.url),
            s::kinds.eq(new.kinds),
            s::secret.eq(new.secret),
            s::since.eq(Some(new.since)),
            s::made_at.eq(now),
            s::made_by.eq(by.account()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(subscriber::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// A subscriber, locked until the end of the transaction.
pub(super) fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(subscriber::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// How many of a chapter have not ended.
pub(super) fn count(conn: &mut PgConnection, by: &Granted<Appoint>) -> Result<i64, DbError> {
    let here = subscriber::table.filter(subscriber::chapter_id.eq(by.chapter().0));
    Ok(here.filter(subscriber::ended_at.is_null()).count().get_result(conn)?)
}

/// Subscribers of a chapter, the newest first; those that ended, too.
pub(super) fn list(conn: &mut PgConnection, by: &Seen<Appoint>, span: Span<Uuid>) -> Result<Vec<Row>, DbError> {
    let mut here = subscriber::table.filter(subscriber::chapter_id.eq(by.chapter().0)).into_boxed();
    if let Some(before) = span.after {
        here = here.filter(subscriber::id.lt(before));
    }
    Ok(here.order(subscriber::id.desc()).limit(span.rows).select(Row::as_select()).load(conn)?)
}

/// Ends a subscriber of the granted chapter: its secrets and what waits for it go. `false` when it had ended.
pub(super) fn end(conn: &mut PgConnection, by: &Granted<Appoint>, now: DateTime<Utc>, id: Uuid) -> Result<bool, DbError> {
    use subscriber as s;
    let here = s::table.find(id).filter(s::chapter_id.eq(by.chapter().0)).filter(s::ended_at.is_null());
    let ended = diesel::update(here)
        .set((
            s::ended_at.eq(Some(now)),
            s::ended_by.eq(Some(by.account())),
            s::secret.eq(Vec::<u8>::new()),
            s::former_secret.eq(None::<Vec<u8>>),
            s::former_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)?;
    let waiting = delivery::table.filter(delivery::subscriber_id.eq(id)).filter(delivery::state.eq("WAITING"));
    diesel::update(waiting)
        .set((
            delivery::state.eq("FAILED"),
            delivery::trouble.eq("ENDED"),
            delivery::body.eq(None::<String>),
            delivery::ended_at.eq(now),
        ))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Another secret; the one it had is good until the given moment.
pub(super) fn renew(
    conn: &mut PgConnection,
    _: &Granted<Appoint>,
    row: &Row,
    secret: &[u8],
    former_until: DateTime<Utc>,
) -> Result<(), DbError> {
    use subscriber as s;
    diesel::update(s::table.find(row.id))
        .set((s::secret.eq(secret), s::former_secret.eq(Some(&row.secret)), s::former_until.eq(Some(former_until))))
        .execute(conn)?;
    Ok(())
}

/// Notes how far a subscriber has come in the feed.
pub(super) fn reached(conn: &mut PgConnection, id: Uuid, since: Option<&str>) -> Result<(), DbError> {
    diesel::update(subscriber::table.find(id)).set(subscriber::since.eq(since)).execute(conn)?;
    Ok(())
}

/// A delivery.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery, check_for_backend(diesel::pg::Pg))]
pub(super) struct Delivery {
    pub id: Uuid,
    pub subscriber_id: Uuid,
    /// Somebody asked for it, to try the address.
    pub is_test: bool,
    /// What is sent; goes when it was.
    pub body: Option<String>,
    /// The place in the feed behind it.
    pub next: Option<String>,
    pub made_at: DateTime<Utc>,
    pub state: String,
    pub attempts: i32,
    /// Status of the last answer, if there was one.
    pub status: Option<i16>,
    pub trouble: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Delivery {
    /// One that is to be sent.
    pub fn new(subscriber: Uuid, now: DateTime<Utc>, is_test: bool, body: String, next: Option<String>) -> Self {
        Self {
            id: Uuid::now_v7(),
            subscriber_id: subscriber,
            is_test,
            body: Some(body),
            next,
            made_at: now,
            state: "WAITING".to_owned(),
            attempts: 0,
            status: None,
            trouble: None,
            ended_at: None,
        }
    }
}

pub(super) fn add(conn: &mut PgConnection, new: &Delivery) -> Result<(), DbError> {
    diesel::insert_into(delivery::table).values(new).execute(conn)?;
    Ok(())
}

pub(super) fn delivery_of(conn: &mut PgConnection, id: Uuid) -> Result<Option<Delivery>, DbError> {
    Ok(delivery::table.find(id).select(Delivery::as_select()).first(conn).optional()?)
}

/// The newest trial of a subscriber.
pub(super) fn last_test(conn: &mut PgConnection, subscriber: Uuid) -> Result<Option<Delivery>, DbError> {
    let tests = delivery::table.filter(delivery::subscriber_id.eq(subscriber)).filter(delivery::is_test.eq(true));
    Ok(tests.order(delivery::id.desc()).select(Delivery::as_select()).first(conn).optional()?)
}

/// The changes that wait to be delivered to a subscriber.
pub(super) fn waiting(conn: &mut PgConnection, subscriber: Uuid) -> Result<Option<Delivery>, DbError> {
    let all = delivery::table.filter(delivery::subscriber_id.eq(subscriber)).filter(delivery::state.eq("WAITING"));
    Ok(all.filter(delivery::is_test.eq(false)).select(Delivery::as_select()).first(conn).optional()?)
}

/// Deliveries to a subscriber of a chapter that is seen, the newest first.
pub(super) fn deliveries(
    conn: &mut PgConnection,
    _: &Seen<Appoint>,
    subscriber: Uuid,
    span: Span<Uuid>,
) -> Result<Vec<Delivery>, DbError> {
    let mut all = delivery::table.filter(delivery::subscriber_id.eq(subscriber)).into_boxed();
    if let Some(before) = span.after {
        all = all.filter(delivery::id.lt(before));
    }
    Ok(all.order(delivery::id.desc()).limit(span.rows).select(Delivery::as_select()).load(conn)?)
}

/// Notes that a delivery was taken.
pub(super) fn delivered(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>, status: Option<i16>) -> Result<(), DbError> {
    use delivery as d;
    diesel::update(d::table.find(id).filter(d::state.eq("WAITING")))
        .set((
            d::state.eq("DELIVERED"),
            d::body.eq(None::<String>),
            d::attempts.eq(d::attempts + 1),
            d::status.eq(status),
            d::trouble.eq(None::<String>),
            d::ended_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that an attempt failed; for the last time when `ended` says when.
pub(super) fn failed(
    conn: &mut PgConnection,
    id: Uuid,
    status: Option<i16>,
    trouble: &str,
    ended: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    use delivery as d;
    let here = d::table.find(id).filter(d::state.eq("WAITING"));
    let noted = (d::attempts.eq(d::attempts + 1), d::status.eq(status), d::trouble.eq(Some(trouble)));
    match ended {
        None => diesel::update(here).set(noted).execute(conn)?,
        Some(at) => diesel::update(here)
            .set((noted, d::state.eq("FAILED"), d::body.eq(None::<String>), d::ended_at.eq(Some(at))))
            .execute(conn)?,
    };
    Ok(())
}

/// Forgets deliveries that ended long ago, and secrets whose time is over; returns how many.
pub(super) fn forget(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let over = subscriber::table.filter(subscriber::former_until.lt(now));
    diesel::update(over)
        .set((subscriber::former_secret.eq(None::<Vec<u8>>), subscriber::former_until.eq(None::<DateTime<Utc>>)))
        .execute(conn)?;
    Ok(diesel::delete(delivery::table.filter(delivery::ended_at.lt(now - KEPT))).execute(conn)?)
}

/// The chapter of a subscriber.
pub(super) fn chapter(row: &Row) -> ChapterId {
    ChapterId(row.chapter_id)
}
