//! Goods as the public sees them: those of an entry, and those that a reversal gives back.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::public_entry;
use crate::db::statement::statement;

/// Goods as the public sees them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicGoods {
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// Decimal text; with a minus in a reversal.
    #[schema(example = "100.5")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    pub value_vnd: i64,
    pub valuation: String,
}

impl PublicGoods {
    /// The line as a reversal shows it.
    fn mirrored(self) -> Self {
        Self { quantity: format!("-{}", self.quantity), value_vnd: -self.value_vnd, ..self }
    }
}

/// What reversals give back, by their code: the goods of the entry that each one reverses, with the opposite sign; `of` has
/// both codes of each. Its
/// leaf and its stored row have none; who adds up the lines of an entry and of its reversal gets nothing.
pub fn given_back(conn: &mut PgConnection, of: &[(&str, &str)]) -> Result<HashMap<String, Vec<PublicGoods>>, DbError> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let originals: Vec<(String, Option<serde_json::Value>)> = public_entry::table
        .filter(public_entry::code.eq_any(of.iter().map(|(_, original)| *original)))
        .filter(public_entry::goods.is_not_null())
        .select((public_entry::code, public_entry::goods))
        .load(conn)?;
    let goods: HashMap<String, serde_json::Value> =
        originals.into_iter().filter_map(|(code, goods)| Some((code, goods?))).collect();
    let back = |goods: &serde_json::Value| -> Vec<PublicGoods> {
        let lines: Vec<PublicGoods> = serde_json::from_value(goods.clone()).unwrap_or_default();
        lines.into_iter().map(PublicGoods::mirrored).collect()
    };
    Ok(of.iter().filter_map(|(code, original)| Some(((*code).to_owned(), back(goods.get(*original)?)))).collect())
}

statement! {
    struct MovedGoods { after: Uuid => SqlUuid, limit: i64 => BigInt } -> (SqlUuid, Text, Nullable<SqlUuid>, SqlUuid, Integer, BigInt),
    "SELECT e.id, e.code, e.reverses, e.chapter_id, p.fund_id, sum(p.amount)::int8
     FROM (SELECT DISTINCT entry_id FROM posting WHERE account = 'GOODS_IN_STOCK' AND entry_id > ?::uuid ORDER BY entry_id LIMIT ?::int8) n
     JOIN posting p ON p.entry_id = n.entry_id AND p.account = 'GOODS_IN_STOCK'
     JOIN entry e ON e.id = p.entry_id
     GROUP BY e.id, e.code, e.reverses, e.chapter_id, p.fund_id ORDER BY e.id, p.fund_id"
}

/// What an entry posts to GOODS_IN_STOCK, by fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub entry: Uuid,
    pub code: String,
    /// What it reverses.
    pub reverses: Option<Uuid>,
    pub chapter: Uuid,
    pub fund: i32,
    pub amount: i64,
}

/// The next entries that post to GOODS_IN_STOCK, in order of their keys: for an audit, which walks them all.
pub fn moved(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Moved>, DbError> {
    type Row = (Uuid, String, Option<Uuid>, Uuid, i32, i64);
    let rows: Vec<Row> = MovedGoods { after: &after, limit: &limit }.load(conn)?;
    let read = |(entry, code, reverses, chapter, fund, amount): Row| Moved { entry, code, reverses, chapter, fund, amount };
    Ok(rows.into_iter().map(read).collect())
}
