//! What is in stock, as everybody may know it: by item and unit, added up over chapters and funds.

use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::quantity::Quantity;
use crate::db::DbError;
use crate::db::schema::stock_on_hand;
use crate::ledger::model::FundId;
use crate::tree;

/// How much there is of an item, in one of its units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub item: String,
    pub unit: String,
    pub quantity: Quantity,
    pub value_vnd: i64,
}

/// What a chapter has with everything below it, of some funds alone if they are named; without a chapter, what the whole country
/// has. Allowed to the public role.
pub fn held(conn: &mut PgConnection, below: Option<Uuid>, funds: Option<&[FundId]>) -> Result<Vec<Held>, DbError> {
    use stock_on_hand as h;
    let mut query = h::table
        .filter(h::quantity_milli.gt(0))
        .group_by((h::item, h::unit))
        .order((h::item, h::unit))
        .select((h::item, h::unit, sql::<BigInt>("sum(quantity_milli)::bigint"), sql::<BigInt>("sum(value_vnd)::bigint")))
        .into_boxed();
    if let Some(chapter) = below {
        query = query.filter(h::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some(funds) = funds {
        query = query.filter(h::fund_id.eq_any(funds.iter().map(|fund| fund.0).collect::<Vec<_>>()));
    }
    let rows: Vec<(String, String, i64, i64)> = query.load(conn)?;
    let held = |(item, unit, milli, value_vnd)| Held { item, unit, quantity: Quantity::from_milli(milli), value_vnd };
    Ok(rows.into_iter().map(held).collect())
}
