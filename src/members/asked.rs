//! What other rooms ask of members: some of them held at once, the first of the memberships that came from one another, how many there
//! are somewhere. No other room reads a table of this one.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::store::Row;
use crate::db::DbError;
use crate::db::schema::member;
use crate::db::statement::statement;

/// These memberships in the order of their ids, held until the end of the transaction: steps come one after the other.
pub fn hold_all(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Row>, DbError> {
    let of = member::table.filter(member::id.eq_any(ids)).order(member::id).select(Row::as_select());
    Ok(of.for_no_key_update().load(conn)?)
}

statement! {
    struct Firsts { members: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid, SqlUuid),
    "SELECT member_id, first_id FROM member_firsts(?)"
}

/// Of each of these the first of the memberships that it came from by transfer; itself where there was none before.
pub fn firsts(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    let rows: Vec<(Uuid, Uuid)> = Firsts { members: &ids.to_vec() }.load(conn)?;
    Ok(rows.into_iter().collect())
}

statement! {
    struct Counted {
        units: Vec<Uuid> => Array<SqlUuid>,
        day: NaiveDate => Date,
        kinds: Vec<String> => Array<Text>,
    } -> (BigInt,),
    "SELECT count(*) FROM member_counted(?, ?, ?)"
}

/// How many members of these kinds there are at some chapters, or in some branches, on a day.
pub fn count(conn: &mut PgConnection, units: &Vec<Uuid>, day: NaiveDate, kinds: &Vec<String>) -> Result<i64, DbError> {
    Ok(Counted { units, day: &day, kinds }.get_result::<(i64,)>(conn)?.0)
}

/// Every membership that these persons have or had.
pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(member::table.filter(member::person_id.eq_any(persons)).order(member::id).select(member::id).load(conn)?)
}
