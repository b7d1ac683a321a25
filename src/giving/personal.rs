//! The giver's data in gifts: which gifts a person's request touches, and how the data change or go.
//!
//! Amount, day, chapter and fund of a gift never change here: accounting law keeps them, and the database refuses.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Text};
use uuid::Uuid;

use super::bare::{self, Bare};
use crate::db::DbError;
use crate::db::schema::{appeal, gift, gift_line, reversal_request};
use crate::db::statement::statement;
use crate::parties::Clear;
use crate::tree;
use crate::vault::{Vault, VaultError, place};

/// Whose gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of a party's.
    Party(Uuid),
    /// This one.
    Gift(Uuid),
}

/// A gift whose giver's data are about to change.
#[derive(Debug, Clone, Queryable)]
pub struct Touched {
    pub id: Uuid,
    pub entry_id: Uuid,
    pub chapter_id: Uuid,
    pub party_id: Option<Uuid>,
    pub display: String,
    pub particulars: Option<Vec<u8>>,
    pub captured_at: Option<DateTime<Utc>>,
    appeal_id: Option<Uuid>,
    channel: String,
    amount_vnd: i64,
    received_on: NaiveDate,
    message_count: Option<i32>,
    paper_book: Option<String>,
    paper_no: Option<String>,
    pub recorded_at: DateTime<Utc>,
    /// The giver's name as given, sealed, where it is not the party's alone.
    pub giver_name: Option<Vec<u8>>,
}

/// Seals the name a gift was given in.
pub fn seal_name(vault: &Vault, gift: Uuid, name: &str) -> Result<Vec<u8>, VaultError> {
    vault.seal(place("gift", "giver_name", &gift), name.as_bytes())
}

/// The giver of a gift, in the name it was given in.
pub fn as_given(vault: &Vault, gift: Uuid, name: Option<&[u8]>, party: Clear) -> Result<Clear, VaultError> {
    match name {
        Some(sealed) => Ok(Clear { name: vault.open_text(place("gift", "giver_name", &gift), sealed)?, ..party }),
        None => Ok(party),
    }
}

/// A gift and whose it is.
#[derive(Debug, Clone, Queryable)]
pub struct Held {
    pub id: Uuid,
    pub entry_id: Uuid,
    pub chapter_id: Uuid,
    pub party_id: Uuid,
}

/// All gifts that have a giver, in order of party and gift, after one of them.
pub fn of_parties(conn: &mut PgConnection, after: Option<(Uuid, Uuid)>, limit: i64) -> Result<Vec<Held>, DbError> {
    let mut query = gift::table
        .filter(gift::party_id.is_not_null())
        .order((gift::party_id, gift::id))
        .limit(limit)
        .select((gift::id, gift::entry_id, gift::chapter_id, gift::party_id.assume_not_null()))
        .into_boxed();
    if let Some((party, id)) = after {
        query = query.filter(gift::party_id.ge(party)).filter(gift::party_id.gt(party).or(gift::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

statement! {
    struct HandOver {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        parties: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        names: Vec<&'a [u8]> => Array<Binary>,
    } -> (),
    "UPDATE gift g SET party_id = a.party, giver_name = a.name
     FROM unnest(?::uuid[], ?::uuid[], ?::bytea[]) AS a(id, party, name) WHERE g.id = a.id"
}

/// Says whose gifts are, and in which (sealed) name each was given: (gift, party, name).
pub fn hand_over(conn: &mut PgConnection, gifts: &[(Uuid, Uuid, Vec<u8>)]) -> Result<(), DbError> {
    if gifts.is_empty() {
        return Ok(());
    }
    HandOver {
        ids: &gifts.iter().map(|g| g.0).collect(),
        parties: &gifts.iter().map(|g| g.1).collect(),
        names: &gifts.iter().map(|g| g.2.as_slice()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// Which of these parties have gifts, and at which chapters.
pub fn held_at(conn: &mut PgConnection, parties: &[Uuid]) -> Result<HashSet<(Uuid, Uuid)>, DbError> {
    let query = gift::table.filter(gift::party_id.eq_any(parties)).distinct();
    let rows: Vec<(Uuid, Uuid)> = query.select((gift::party_id.assume_not_null(), gift::chapter_id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The chapters that hold gifts of a scope.
pub fn chapters(conn: &mut PgConnection, scope: Scope) -> Result<Vec<Uuid>, DbError> {
    let query = gift::table.select(gift::chapter_id).distinct().into_boxed();
    let query = match scope {
        Scope::Party(id) => query.filter(gift::party_id.eq(id)),
        Scope::Gift(id) => query.filter(gift::id.eq(id)),
    };
    Ok(query.load(conn)?)
}

/// Which part of a scope to read, in order of id.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part<'a> {
    pub after: Option<Uuid>,
    /// Later gifts were given knowing what was asked for before.
    pub recorded_until: Option<DateTime<Utc>>,
    /// Of these chapters only.
    pub chapters: Option<&'a [Uuid]>,
}

fn touched(scope: Scope, part: Part<'_>, limit: i64) -> gift::BoxedQuery<'static, diesel::pg::Pg> {
    let query = gift::table.order(gift::id).limit(limit).into_boxed();
    let mut query = match scope {
        Scope::Party(id) => query.filter(gift::party_id.eq(id)),
        Scope::Gift(id) => query.filter(gift::id.eq(id)),
    };
    if let Some(after) = part.after {
        query = query.filter(gift::id.gt(after));
    }
    if let Some(until) = part.recorded_until {
        query = query.filter(gift::recorded_at.le(until));
    }
    if let Some(chapters) = part.chapters {
        query = query.filter(gift::chapter_id.eq_any(chapters.to_vec()));
    }
    query
}

macro_rules! columns {
    () => {
        (
            gift::id,
            gift::entry_id,
            gift::chapter_id,
            gift::party_id,
            gift::display,
            gift::particulars,
            gift::captured_at,
            gift::appeal_id,
            gift::channel,
            gift::amount_vnd,
            gift::received_on,
            gift::message_count,
            gift::paper_book,
            gift::paper_no,
            gift::recorded_at,
            gift::giver_name,
        )
    };
}

/// When the first gift of a party at these chapters was recorded.
pub fn first_recorded(conn: &mut PgConnection, party: Uuid, chapters: &[Uuid]) -> Result<Option<DateTime<Utc>>, DbError> {
    let gifts = gift::table.filter(gift::party_id.eq(party)).filter(gift::chapter_id.eq_any(chapters));
    Ok(gifts.select(diesel::dsl::min(gift::recorded_at)).first(conn)?)
}

/// Reads gifts, without holding them.
pub fn read(conn: &mut PgConnection, scope: Scope, part: Part<'_>, limit: i64) -> Result<Vec<Touched>, DbError> {
    Ok(touched(scope, part, limit).select(columns!()).load(conn)?)
}

/// Reads gifts and holds them until the end of the transaction.
pub fn hold(conn: &mut PgConnection, scope: Scope, part: Part<'_>, limit: i64) -> Result<Vec<Touched>, DbError> {
    let ids: Vec<Uuid> = touched(scope, part, limit).select(gift::id).load(conn)?;
    let held = gift::table.filter(gift::id.eq_any(&ids)).order(gift::id).select(columns!()).for_no_key_update();
    Ok(held.load(conn)?)
}

/// Reads these gifts, in order of id.
pub fn of_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Touched>, DbError> {
    Ok(gift::table.filter(gift::id.eq_any(ids)).order(gift::id).select(columns!()).load(conn)?)
}

/// The most protective display among the gifts of a scope in these chapters decides whether another one would show more.
pub fn displays(conn: &mut PgConnection, scope: Scope, chapters: &[Uuid]) -> Result<Vec<String>, DbError> {
    let query = gift::table.filter(gift::chapter_id.eq_any(chapters)).select(gift::display).distinct().into_boxed();
    let query = match scope {
        Scope::Party(id) => query.filter(gift::party_id.eq(id)),
        Scope::Gift(id) => query.filter(gift::id.eq(id)),
    };
    Ok(query.load(conn)?)
}

statement! {
    struct EraseGifts {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        hashes: Vec<Vec<u8>> => Array<Binary>,
    } -> (),
    "UPDATE gift g SET party_id = NULL, giver_name = NULL, particulars = NULL, captured_at = NULL, display = 'ANONYMOUS', request_hash = a.hash,
            likeness = NULL, reference_likeness = NULL
     FROM unnest(?::uuid[], ?::bytea[]) AS a(id, hash) WHERE g.id = a.id"
}

statement! {
    struct EraseNotes {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        hashes: Vec<Vec<u8>> => Array<Binary>,
    } -> (),
    "UPDATE reversal_request r SET note = NULL, request_hash = a.hash
     FROM unnest(?::uuid[], ?::bytea[]) AS a(id, hash) WHERE r.id = a.id"
}

/// Takes the giver out of gifts: who, in which words, by which clock, and the hash of what was sent, which is replaced by
/// one of what the books say anyway. The notes of their reversals go as well.
pub fn erase(conn: &mut PgConnection, vault: &Vault, gifts: &[Touched]) -> Result<(), DbError> {
    let ids: Vec<Uuid> = gifts.iter().map(|g| g.id).collect();
    let labels = tree::labels(conn, &gifts.iter().map(|g| g.chapter_id).collect::<Vec<_>>())?;
    let appeals: HashMap<Uuid, String> = appeal::table
        .filter(appeal::id.eq_any(gifts.iter().filter_map(|g| g.appeal_id)))
        .select((appeal::id, appeal::code))
        .load(conn)?
        .into_iter()
        .collect();
    type Line = (Uuid, String, i64, String, i64, String);
    use gift_line as l;
    let lines: Vec<Line> = l::table
        .filter(l::gift_id.eq_any(&ids))
        .order((l::gift_id, l::n))
        .select((l::gift_id, l::item, l::quantity_milli, l::unit, l::value_vnd, l::valuation))
        .load(conn)?;
    let hash = |g: &Touched| {
        let own = lines.iter().filter(|line| line.0 == g.id);
        let bare = Bare {
            id: g.id,
            chapter: labels.get(&g.chapter_id).map_or("", |label| label.code.as_str()),
            appeal: g.appeal_id.and_then(|id| appeals.get(&id)).map(String::as_str),
            channel: &g.channel,
            amount_vnd: g.amount_vnd,
            lines: own
                .map(|(_, item, milli, unit, value, valuation)| {
                    (item.as_str(), *milli, unit.as_str(), *value, valuation.as_str())
                })
                .collect(),
            message_count: g.message_count,
            received_on: g.received_on,
            paper_slip: g.paper_book.as_deref().zip(g.paper_no.as_deref()),
        };
        bare.hash(vault).map_err(|error| diesel::result::Error::SerializationError(error.into()))
    };
    let hashes = gifts.iter().map(hash).collect::<Result<Vec<Vec<u8>>, _>>()?;
    EraseGifts { ids: &ids, hashes: &hashes }.execute(conn)?;
    let notes: Vec<(Uuid, Uuid, String)> = reversal_request::table
        .filter(reversal_request::gift_id.eq_any(&ids))
        .select((reversal_request::id, reversal_request::gift_id, reversal_request::reason))
        .load(conn)?;
    erase_notes(conn, vault, &notes)
}

/// Takes the notes out of reversals: (request, gift, reason).
pub(super) fn erase_notes(conn: &mut PgConnection, vault: &Vault, notes: &[(Uuid, Uuid, String)]) -> Result<(), DbError> {
    if notes.is_empty() {
        return Ok(());
    }
    let hashes = notes.iter().map(|(_, gift, reason)| bare::of_reversal(vault, *gift, reason).to_vec()).collect();
    EraseNotes { ids: &notes.iter().map(|(id, _, _)| *id).collect(), hashes: &hashes }.execute(conn)?;
    Ok(())
}

statement! {
    struct ShowGifts {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        displays: Vec<&'static str> => Array<Text>,
    } -> (),
    "UPDATE gift g SET display = a.display FROM unnest(?::uuid[], ?::text[]) AS a(id, display) WHERE g.id = a.id"
}

/// Shows gifts in another way: (gift, display).
pub fn show(conn: &mut PgConnection, gifts: &[(Uuid, &'static str)]) -> Result<(), DbError> {
    ShowGifts { ids: &gifts.iter().map(|g| g.0).collect(), displays: &gifts.iter().map(|g| g.1).collect() }.execute(conn)?;
    Ok(())
}

/// What these chapters hold of a party is another one's from now on.
pub fn give_over(conn: &mut PgConnection, from: Uuid, to: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    let held = gift::table.filter(gift::party_id.eq(from)).filter(gift::chapter_id.eq_any(chapters));
    diesel::update(held).set(gift::party_id.eq(to)).execute(conn)?;
    Ok(())
}

/// The gifts of entries, with their chapters, by entry.
pub fn of_entries(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashMap<Uuid, (Uuid, Uuid)>, DbError> {
    let rows: Vec<(Uuid, Uuid, Uuid)> =
        gift::table.filter(gift::entry_id.eq_any(entries)).select((gift::entry_id, gift::id, gift::chapter_id)).load(conn)?;
    Ok(rows.into_iter().map(|(entry, gift, chapter)| (entry, (gift, chapter))).collect())
}
