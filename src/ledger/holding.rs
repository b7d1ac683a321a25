//! Rows that bookings change, held before the first of several bookings in one transaction by whoever knows that there will be more.
//!
//! Everybody writes balances, then numbers, then counts of reversals, then totals, each in the order of keys. Who books a second
//! time goes back to balances with totals in hand, and somebody who holds the one and waits for the other would wait for ever. What
//! is not there yet cannot be held: that is in the way of nobody but who writes it for the first time at this very moment.

use diesel::RunQueryDsl;
use diesel::pg::PgConnection;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::kinds::Channel;
use super::measures::Measure;
use super::model::FundId;
use super::reversals::GIFT;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::tree::{ChapterId, Place};

statement! {
    struct Balances {
        chapter: Uuid => SqlUuid,
        funds: Vec<i32> => Array<Integer>,
    } -> (Integer,),
    "SELECT b.fund_id FROM balance b WHERE b.chapter_id = ? AND b.fund_id = ANY(?::int4[]) ORDER BY b.fund_id, b.account COLLATE \"C\" FOR UPDATE OF b"
}

statement! {
    struct Counts {
        scopes: Vec<Uuid> => Array<SqlUuid>,
        original: &'static str => Text,
        reason: &'a str => Text,
    } -> (SqlUuid,),
    "SELECT r.scope_id FROM reversal_overall r WHERE r.scope_id = ANY(?::uuid[]) AND r.original = ? AND r.reason = ? ORDER BY r.scope_id FOR UPDATE OF r"
}

statement! {
    struct Totals {
        scopes: Vec<Uuid> => Array<SqlUuid>,
        funds: Vec<i32> => Array<Integer>,
        measure: &'static str => Text,
        part: &'static str => Text,
    } -> (SqlUuid,),
    "SELECT t.scope_id FROM total_overall t WHERE t.scope_id = ANY(?::uuid[]) AND t.fund_id = ANY(?::int4[]) AND t.measure = ? AND t.part = ?
     ORDER BY t.scope_id, t.fund_id FOR UPDATE OF t"
}

fn ids(funds: &[FundId]) -> Vec<i32> {
    funds.iter().map(|fund| fund.0).collect()
}

/// What a chapter has of these funds.
pub fn balances(conn: &mut PgConnection, chapter: ChapterId, funds: &[FundId]) -> Result<(), DbError> {
    Balances { chapter: &chapter.0, funds: &ids(funds) }.load::<(i32,)>(conn)?;
    Ok(())
}

/// The sums that the reversal of a gift, and gifts by its channel to these funds, add to. By the sums over all days those of each day
/// are held as well: nobody writes one without the other.
pub fn sums_of_gifts(
    conn: &mut PgConnection,
    here: &Place,
    (channel, reason): (Channel, &str),
    funds: &[FundId],
) -> Result<(), DbError> {
    let scopes: Vec<Uuid> = here.path.iter().map(|step| step.id.0).collect();
    Counts { scopes: &scopes, original: &GIFT, reason: &reason }.load::<(Uuid,)>(conn)?;
    let (measure, part) = (Measure::Received.name(), channel.name());
    Totals { scopes: &scopes, funds: &ids(funds), measure: &measure, part: &part }.load::<(Uuid,)>(conn)?;
    Ok(())
}
