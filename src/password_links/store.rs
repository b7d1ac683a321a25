//! Which link is for which account, as the account was then.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::password_link;

/// The link of an account. It has the id of its link, and of its mail.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = password_link, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub id: Uuid,
    pub account_id: Uuid,
    /// The account's epoch when the link was made.
    pub epoch: i64,
    pub ends_at: DateTime<Utc>,
    pub mailed: bool,
}

pub(super) fn insert(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(password_link::table).values(row).execute(conn)?;
    Ok(())
}

/// The account a link is for; `None` once it was taken back or replaced.
pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(password_link::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// The link of an account.
pub(super) fn of_account(conn: &mut PgConnection, account: Uuid) -> Result<Option<Row>, DbError> {
    let of = password_link::table.filter(password_link::account_id.eq(account));
    Ok(of.select(Row::as_select()).first(conn).optional()?)
}

/// Takes the links of an account away; returns their ids.
pub(super) fn remove(conn: &mut PgConnection, account: Uuid) -> Result<Vec<Uuid>, DbError> {
    let of = password_link::table.filter(password_link::account_id.eq(account));
    Ok(diesel::delete(of).returning(password_link::id).get_results(conn)?)
}
