//! SQL of asked gifts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::NewGift;
use super::prepare::Prepared;
use super::unusual::Concern;
use crate::authz::{Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{appeal, asked_gift};
use crate::db::statement::statement;
use crate::http::Span;
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId};

/// An asked gift.
#[derive(Debug, Clone, Queryable)]
pub struct AskedRow {
    pub id: Uuid,
    pub code: String,
    pub chapter_id: Uuid,
    pub appeal: Option<String>,
    pub channel: String,
    pub amount_vnd: i64,
    pub limit_vnd: i64,
    pub received_on: NaiveDate,
    /// What was sent, sealed, while it waits.
    pub content: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub state: String,
    pub approver_chapter_id: Uuid,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// A gift that takes a second person.
pub(super) struct Ask<'a> {
    /// Its position among those that came together.
    pub at: usize,
    pub grant: &'a Granted<Record>,
    pub gift: &'a Prepared,
    pub appeal: Option<Uuid>,
    pub limit: i64,
    pub concerns: Vec<Concern>,
}

/// One about to be written.
pub(super) struct NewAsked<'a, 'b> {
    pub ask: &'a Ask<'b>,
    pub content: &'a [u8],
    pub approver: ChapterId,
}

/// Writes it unless its id is taken; `false` then.
pub(super) fn insert(conn: &mut PgConnection, at: DateTime<Utc>, new: &NewAsked<'_, '_>) -> Result<bool, DbError> {
    use asked_gift as a;
    let (grant, prepared, gift) = (new.ask.grant, new.ask.gift, &new.ask.gift.gift);
    let written = diesel::insert_into(a::table)
        .values((
            a::id.eq(gift.id),
            a::code.eq(prepared.code.as_str()),
            a::chapter_id.eq(grant.chapter().0),
            a::appeal_id.eq(new.ask.appeal),
            a::channel.eq(gift.channel.name()),
            a::amount_vnd.eq(gift.amount.get()),
            a::limit_vnd.eq(new.ask.limit),
            a::received_on.eq(gift.received_on),
            a::content.eq(new.content),
            a::request_hash.eq(&prepared.request_hash),
            a::bare_hash.eq(&prepared.bare_hash),
            a::likeness.eq(prepared.likeness),
            a::reference_likeness.eq(prepared.reference_likeness),
            a::state.eq("ASKED"),
            a::approver_chapter_id.eq(new.approver.0),
            a::asked_by.eq(grant.account()),
            a::asked_at.eq(at),
        ))
        .on_conflict(a::id)
        .do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

statement! {
    struct SlipTaken { chapter: Uuid => SqlUuid, book: str => Text, no: str => Text } -> (Bool,),
    "SELECT EXISTS (SELECT FROM paper_slip WHERE chapter_id = ? AND slip_form(book) = slip_form(?) AND slip_form(no) = slip_form(?))"
}

/// Whether the gift's paper slip stands for another one.
pub(super) fn slip_is_taken(conn: &mut PgConnection, chapter: ChapterId, gift: &NewGift) -> Result<bool, DbError> {
    let Some((book, no)) = &gift.paper_slip else {
        return Ok(false);
    };
    let (taken,): (bool,) = SlipTaken { chapter: &chapter.0, book: book.as_str(), no: no.as_str() }.get_result(conn)?;
    Ok(taken)
}

/// Whether the code stands for an entry, or for another asked gift.
pub(super) fn code_is_taken(conn: &mut PgConnection, code: &str, id: Uuid) -> Result<bool, DbError> {
    let asked = asked_gift::table.filter(asked_gift::code.eq(code)).filter(asked_gift::id.ne(id));
    Ok(diesel::select(diesel::dsl::exists(asked)).get_result::<bool>(conn)? || ledger::has_code(conn, code)?)
}

/// Asked gifts with the columns of [`AskedRow`].
macro_rules! rows {
    () => {
        asked_gift::table.left_join(appeal::table.on(appeal::id.nullable().eq(asked_gift::appeal_id))).select((
            asked_gift::id,
            asked_gift::code,
            asked_gift::chapter_id,
            appeal::code.nullable(),
            asked_gift::channel,
            asked_gift::amount_vnd,
            asked_gift::limit_vnd,
            asked_gift::received_on,
            asked_gift::content,
            asked_gift::request_hash,
            asked_gift::state,
            asked_gift::approver_chapter_id,
            asked_gift::asked_by,
            asked_gift::asked_at,
            asked_gift::decided_at,
        ))
    };
}

/// One, by id.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<AskedRow>, DbError> {
    Ok(rows!().filter(asked_gift::id.eq(id)).first(conn).optional()?)
}

/// [`find`], held for a decision until the end of the transaction.
pub(super) fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<AskedRow>, DbError> {
    asked_gift::table.find(id).select(asked_gift::id).for_update().first::<Uuid>(conn).optional()?;
    find(conn, id)
}

pub(super) fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<AskedRow>, DbError> {
    Ok(rows!().filter(asked_gift::id.eq_any(ids)).load(conn)?)
}

/// What waits for a chapter to decide or was asked there, oldest first.
pub(super) fn waiting(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<AskedRow>, DbError> {
    use asked_gift as a;
    let here = tree::with_succeeded(conn, here.chapter())?;
    let mut query = rows!()
        .filter(a::state.eq("ASKED"))
        .filter(a::approver_chapter_id.eq_any(here.clone()).or(a::chapter_id.eq_any(here)))
        .order((a::asked_at, a::id))
        .limit(span.rows)
        .into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(a::asked_at.ge(at)).filter(a::asked_at.gt(at).or(a::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// Decides it: nothing personal is left.
pub(super) fn decide<R: Right>(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    by: &Granted<R>,
    id: Uuid,
    state: &'static str,
) -> Result<(), DbError> {
    use asked_gift as a;
    diesel::update(a::table.find(id).filter(a::chapter_id.eq(by.chapter().0)))
        .set((
            a::state.eq(state),
            a::content.eq(None::<Vec<u8>>),
            a::request_hash.eq(a::bare_hash),
            a::likeness.eq(None::<i64>),
            a::reference_likeness.eq(None::<i64>),
            a::decided_by.eq(by.account()),
            a::decided_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct Concerned { ids: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid, Bool, Bool),
    "SELECT a.id,
            EXISTS (SELECT FROM gift o WHERE o.likeness = a.likeness
                      AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = o.id AND r.state = 'APPROVED')),
            EXISTS (SELECT FROM gift o WHERE o.reference_likeness = a.reference_likeness
                      AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = o.id AND r.state = 'APPROVED'))
     FROM asked_gift a WHERE a.id = ANY(?)"
}

/// What stands already and looks like them; every asked gift is unusual.
pub(super) fn concerns(conn: &mut PgConnection, rows: &[AskedRow]) -> Result<HashMap<Uuid, Vec<Concern>>, DbError> {
    let found: Vec<(Uuid, bool, bool)> = Concerned { ids: &rows.iter().map(|row| row.id).collect() }.load(conn)?;
    let row = |(id, alike, reference)| {
        let all = [(reference, Concern::SameBankReference), (alike, Concern::LooksLike), (true, Concern::Unusual)];
        (id, all.into_iter().filter(|(is, _)| *is).map(|(_, concern)| concern).collect())
    };
    Ok(found.into_iter().map(row).collect())
}
