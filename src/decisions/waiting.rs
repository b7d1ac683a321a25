//! What waits for a chapter to decide: SQL whose cost is a page and a look at the chapters below, however much waits.
//!
//! What waits below comes up where nobody is left who may decide it: everybody who may APPROVE between there and here is one of those who
//! may not decide this one. So a request is found in one of three places: among those of the chapter itself; at a chapter with
//! nobody between; or, by its index, among those that nobody may decide who stands highest between.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::store::Row;
use crate::authz::{self, Read, Seen};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree;

/// The place of a row in the list of what waits: when it was asked, its matter, its id.
pub type Position = (DateTime<Utc>, String, Uuid);

/// The columns of a [`Row`], in its order.
type Columns = (
    Text,
    SqlUuid,
    SqlUuid,
    SqlUuid,
    SqlUuid,
    Text,
    Nullable<BigInt>,
    Nullable<Text>,
    Array<SqlUuid>,
    SqlUuid,
    Timestamptz,
    Nullable<Binary>,
);

// The oldest of many chapters stand at those whose own oldest are the oldest: of more than a page of chapters only that many are
// looked into (`empty`).
statement! {
    struct Waiting {
        here: Uuid => SqlUuid,
        own: Vec<Uuid> => Array<SqlUuid>,
        roles: Vec<&'static str> => Array<Text>,
        today: NaiveDate => Date,
        after_at: DateTime<Utc> => Timestamptz,
        after_matter: String => Text,
        after_id: Uuid => SqlUuid,
        most: i64 => BigInt,
    } -> Columns,
    "WITH given AS MATERIALIZED (
         SELECT g.*, role_holders(g.here, g.roles, g.today) AS persons
         FROM (SELECT ?::uuid AS here, ?::uuid[] AS own, ?::text[] AS roles, ?::date AS today, ?::timestamptz AS at, ?::text AS matter, ?::uuid AS id, ?::int8 AS most) g
     ), below AS MATERIALIZED (
         SELECT b.chapter_id, b.depth, d.asked_at, d.matter, d.id
         FROM given g CROSS JOIN LATERAL chapter_those_below(g.here) b CROSS JOIN LATERAL (
             SELECT d.asked_at, d.matter, d.id FROM decision d
             WHERE d.approver_chapter_id = b.chapter_id AND d.state = 'ASKED'
                   AND (d.asked_at, d.matter, d.id) > (g.at, g.matter, g.id) AND NOT d.not_by @> g.persons
             ORDER BY d.asked_at, d.matter, d.id LIMIT 1
         ) d
         WHERE g.persons <> '{}'
     ), who AS MATERIALIZED (
         SELECT b.chapter_id, b.persons, b.highest
         FROM given g CROSS JOIN (SELECT array_agg(chapter_id) AS chapters, array_agg(depth) AS steps FROM below) f
         CROSS JOIN LATERAL role_holders_between(f.chapters, f.steps, g.roles, g.today) b
     ), empty AS (
         SELECT b.chapter_id FROM below b WHERE NOT EXISTS (SELECT FROM who x WHERE x.chapter_id = b.chapter_id)
         ORDER BY b.asked_at, b.matter, b.id LIMIT (SELECT most FROM given)
     ), found AS (
         SELECT d.asked_at, d.matter, d.id
         FROM given g CROSS JOIN LATERAL unnest(g.own) o(id) CROSS JOIN LATERAL (
             SELECT d.asked_at, d.matter, d.id FROM decision d
             WHERE d.approver_chapter_id = o.id AND d.state = 'ASKED' AND (d.asked_at, d.matter, d.id) > (g.at, g.matter, g.id)
             ORDER BY d.asked_at, d.matter, d.id LIMIT (g.most)
         ) d
         UNION ALL
         SELECT d.asked_at, d.matter, d.id
         FROM given g CROSS JOIN empty e CROSS JOIN LATERAL (
             SELECT d.asked_at, d.matter, d.id FROM decision d
             WHERE d.approver_chapter_id = e.chapter_id AND d.state = 'ASKED'
                   AND (d.asked_at, d.matter, d.id) > (g.at, g.matter, g.id) AND NOT d.not_by @> g.persons
             ORDER BY d.asked_at, d.matter, d.id LIMIT (g.most)
         ) d
         UNION ALL
         SELECT d.asked_at, d.matter, d.id
         FROM given g CROSS JOIN (SELECT DISTINCT highest FROM who) h
         CROSS JOIN LATERAL (SELECT * FROM decision d WHERE d.not_by @> h.highest AND d.state = 'ASKED' OFFSET 0) d
         JOIN who b ON b.chapter_id = d.approver_chapter_id AND b.highest = h.highest
         WHERE d.not_by @> b.persons AND (d.asked_at, d.matter, d.id) > (g.at, g.matter, g.id) AND NOT d.not_by @> g.persons
         ORDER BY 1, 2, 3 LIMIT (SELECT most FROM given)
     )
     SELECT d.matter, d.id, d.subject_id, d.chapter_id, d.approver_chapter_id, d.state, d.amount_vnd, d.about, d.not_by, d.asked_by, d.asked_at, d.request_hash
     FROM found f JOIN decision d ON d.matter = f.matter AND d.id = f.id ORDER BY d.asked_at, d.matter, d.id"
}

/// What waits for a chapter to decide, and for those it has succeeded, oldest first. What waits below, where nobody is left who may
/// decide it, waits here too if this is the nearest chapter with somebody.
pub fn waiting(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    here: &Seen<Read>,
    span: Span<Position>,
) -> Result<Vec<Row>, DbError> {
    let own = tree::with_succeeded(conn, here.chapter())?;
    // Nothing was asked before there were computers.
    let (after_at, after_matter, after_id) = span.after.unwrap_or((DateTime::UNIX_EPOCH, String::new(), Uuid::nil()));
    let query = Waiting {
        here: &here.chapter().0,
        own: &own,
        roles: &authz::approving_roles(),
        today: &vietnam_date(now),
        after_at: &after_at,
        after_matter: &after_matter,
        after_id: &after_id,
        most: &span.rows,
    };
    let mut rows: Vec<Row> = query.load(conn)?;
    for row in rows.iter_mut().filter(|row| !own.contains(&row.approver_chapter_id)) {
        row.approver_chapter_id = here.chapter().0;
    }
    Ok(rows)
}
