//! What funds received and gave, over all chapters and by chapter, up to a day: out of the totals, so that it costs the same
//! however many entries there are.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::FundId;
use crate::db::DbError;
use crate::db::schema::{balance, entry, posting};
use crate::db::statement::statement;

/// What a chapter's own entries up to a day add to a measure of a fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSum {
    pub chapter: Uuid,
    pub fund: FundId,
    pub measure: String,
    /// Divides it further, as in [`super::totals`].
    pub part: String,
    pub vnd: i64,
}

statement! {
    struct OwnSums {
        after: NaiveDate => Date,
        funds: Vec<i32> => Array<Integer>,
    } -> (SqlUuid, Integer, Text, Text, BigInt),
    "SELECT t.scope_id, t.fund_id, t.measure, t.part, (t.own_vnd - coalesce(l.vnd, 0))::bigint
     FROM total_overall t
     CROSS JOIN LATERAL (SELECT sum(d.own_vnd) AS vnd FROM total_by_day d
        WHERE (d.scope_id, d.fund_id, d.measure, d.part) = (t.scope_id, t.fund_id, t.measure, t.part) AND d.day > ?) l
     WHERE t.fund_id = ANY(?::int4[])
     ORDER BY t.fund_id, t.scope_id, t.measure, t.part"
}

/// What chapters' own entries up to a day add to the measures of funds; in the order of funds. What adds nothing is left out.
pub fn sums(conn: &mut PgConnection, funds: &[FundId], until: NaiveDate) -> Result<Vec<OwnSum>, DbError> {
    let rows: Vec<(Uuid, i32, String, String, i64)> =
        OwnSums { after: &until, funds: &funds.iter().map(|fund| fund.0).collect() }.load(conn)?;
    let sum = |(chapter, fund, measure, part, vnd)| OwnSum { chapter, fund: FundId(fund), measure, part, vnd };
    Ok(rows.into_iter().map(sum).filter(|sum: &OwnSum| sum.vnd != 0).collect())
}

/// What accounts of funds stand at now, over all chapters: (fund, account, amount), without those that stand at nothing.
pub fn standing(conn: &mut PgConnection, funds: &[FundId]) -> Result<Vec<(FundId, String, i64)>, DbError> {
    use balance as b;
    use diesel::dsl::sql;
    let rows: Vec<(i32, String, i64)> = b::table
        .filter(b::fund_id.eq_any(funds.iter().map(|fund| fund.0)))
        .group_by((b::fund_id, b::account))
        .order((b::fund_id, b::account))
        .select((b::fund_id, b::account, sql::<BigInt>("sum(amount_vnd)::bigint")))
        .load(conn)?;
    Ok(rows.into_iter().filter(|row| row.2 != 0).map(|(fund, account, vnd)| (FundId(fund), account, vnd)).collect())
}

/// How many of these codes are entries of funds of a day or before it.
pub fn among(conn: &mut PgConnection, codes: &[String], funds: &[FundId], until: NaiveDate) -> Result<i64, DbError> {
    let of_funds =
        posting::table.filter(posting::entry_id.eq(entry::id)).filter(posting::fund_id.eq_any(funds.iter().map(|f| f.0)));
    Ok(entry::table
        .filter(entry::code.eq_any(codes))
        .filter(entry::day.le(until))
        .filter(diesel::dsl::exists(of_funds.select(posting::n)))
        .count()
        .get_result(conn)?)
}
