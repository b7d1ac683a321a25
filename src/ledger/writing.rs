//! The rows of entries: heads, postings and what only some kinds say, in one statement, whatever the number.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Date, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::detail::{has_row, measures_of};
use super::entry::{BookedAt, NewEntry};
use super::kinds::Channel;
use super::model::Posting;
use crate::authz::{Granted, Right};
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::shown;
use crate::db::statement::statement;

// Heads first, whatever the plan: the postings ask how many there are.
statement! {
    struct InsertEntries {
        ids: Vec<Uuid> => Array<SqlUuid>,
        codes: Vec<&'a str> => Array<Text>,
        kinds: Vec<&'static str> => Array<Text>,
        chapters: Vec<Uuid> => Array<SqlUuid>,
        channels: Vec<Option<&'static str>> => Array<Nullable<Text>>,
        days: Vec<NaiveDate> => Array<Date>,
        accounts: Vec<Uuid> => Array<SqlUuid>,
        counts: Vec<i16> => Array<SmallInt>,
        reverses: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        reasons: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        documents: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        booked: NaiveDate => Date,
        recorded_at: DateTime<Utc> => Timestamptz,
        detailed: Vec<&'a str> => Array<Text>,
        ofs: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        tos: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        categories: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        detail_reasons: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        lists: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        counted: Vec<Option<i32>> => Array<Nullable<Integer>>,
        roots: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        measures: Vec<serde_json::Value> => Array<Jsonb>,
        posted: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i16> => Array<SmallInt>,
        posted_to: Vec<&'static str> => Array<Text>,
        funds: Vec<i32> => Array<Integer>,
        amounts: Vec<i64> => Array<BigInt>,
    } -> (),
    "WITH head AS (
         INSERT INTO entry (id, code, kind, chapter_id, channel, day, recorded_by, posting_count, reverses, reason, document, booked, recorded_at)
         SELECT a.*, b.* FROM unnest(?::uuid[], ?::text[], ?::text[], ?::uuid[], ?::text[], ?::date[], ?::uuid[], ?::int2[], ?::uuid[], ?::text[], ?::bytea[]) a,
         (SELECT ?::date, ?::timestamptz) b RETURNING 1),
     detail AS (
         INSERT INTO entry_detail (code, of_code, to_chapter, category, reason, list_code, counted, root, measures)
         SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int4[], ?::bytea[], ?::jsonb[]))
     INSERT INTO posting (entry_id, n, account, fund_id, amount)
     SELECT p.* FROM unnest(?::uuid[], ?::int2[], ?::text[], ?::int4[], ?::int8[]) p WHERE (SELECT count(*) FROM head) > 0"
}

/// Writes them.
pub(super) fn insert<R: Right>(
    conn: &mut PgConnection,
    at: BookedAt,
    entries: &[(&Granted<R>, NewEntry)],
) -> Result<(), DbError> {
    let detailed: Vec<&NewEntry> = entries.iter().map(|(_, entry)| entry).filter(|entry| has_row(entry)).collect();
    // The page of an entry tells what is about it: from now on it says something else.
    if detailed.iter().any(|entry| entry.detail.of.is_some()) {
        shown::alters(conn)
    } else {
        shown::adds(conn)
    }
    let posted: Vec<(Uuid, i16, Posting)> =
        entries.iter().flat_map(|(_, e)| e.postings.postings().iter().zip(1i16..).map(|(p, n)| (e.id, n, *p))).collect();
    InsertEntries {
        ids: &entries.iter().map(|(_, e)| e.id).collect(),
        codes: &entries.iter().map(|(_, e)| e.code.as_str()).collect(),
        kinds: &entries.iter().map(|(_, e)| e.postings.kind().name()).collect(),
        chapters: &entries.iter().map(|(grant, _)| grant.chapter().0).collect(),
        channels: &entries.iter().map(|(_, e)| e.channel.map(Channel::name)).collect(),
        days: &entries.iter().map(|(_, e)| e.day).collect(),
        accounts: &entries.iter().map(|(grant, _)| grant.account()).collect(),
        counts: &entries.iter().map(|(_, e)| e.postings.postings().len() as i16).collect(),
        reverses: &entries.iter().map(|(_, e)| e.reverses.as_ref().map(|r| r.0)).collect(),
        reasons: &entries.iter().map(|(_, e)| e.reverses.as_ref().map(|r| r.2.as_ref())).collect(),
        documents: &entries.iter().map(|(_, e)| e.document.as_ref().map(<[u8; 32]>::as_slice)).collect(),
        booked: &at.day,
        recorded_at: &at.at,
        detailed: &detailed.iter().map(|e| e.code.as_str()).collect(),
        ofs: &detailed.iter().map(|e| e.detail.of.as_ref().map(PublicCode::as_str)).collect(),
        tos: &detailed.iter().map(|e| e.detail.to.as_deref()).collect(),
        categories: &detailed.iter().map(|e| e.detail.category.as_deref()).collect(),
        detail_reasons: &detailed.iter().map(|e| e.detail.reason.as_deref()).collect(),
        lists: &detailed.iter().map(|e| e.detail.list.as_deref()).collect(),
        counted: &detailed.iter().map(|e| e.detail.count.and_then(|count| i32::try_from(count).ok())).collect(),
        roots: &detailed.iter().map(|e| e.detail.root.as_ref().map(<[u8; 32]>::as_slice)).collect(),
        measures: &detailed.iter().map(|e| measures_of(e)).collect(),
        posted: &posted.iter().map(|(id, _, _)| *id).collect(),
        numbers: &posted.iter().map(|(_, n, _)| *n).collect(),
        posted_to: &posted.iter().map(|(_, _, p)| p.account.name()).collect(),
        funds: &posted.iter().map(|(_, _, p)| p.fund.0).collect(),
        amounts: &posted.iter().map(|(_, _, p)| p.amount).collect(),
    }
    .execute(conn)?;
    Ok(())
}
