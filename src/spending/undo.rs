//! What becomes of a money order when an entry of it is reversed.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::debts;
use super::kind::stands_on_it;
use super::model::OrderState;
use super::registry;
use super::store;
use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::undo::{CannotUndo, Undoes};

/// See the module.
pub struct MoneyOrders;

impl Undoes for MoneyOrders {
    fn kinds(&self) -> &'static [&'static str] {
        registry::BOOKS
    }

    fn together(&self, conn: &mut PgConnection, entry: Uuid) -> Result<Vec<Uuid>, DbError> {
        store::together(conn, entry)
    }

    fn undo(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo> {
        let Some(row) = store::hold_of_entry(errand.conn, entry)? else { return Ok(()) };
        let Some(of) = registry::of(&row.kind) else { return Ok(()) };
        // The other entries of an order go with the first.
        if row.state == OrderState::Reversed.name() {
            return Ok(());
        }
        if store::stands_on(errand.conn, entry)? {
            return Err(stands_on_it());
        }
        of.undo(errand, &row)?;
        store::reverse(errand.conn, row.id)?;
        Ok(changes::note(errand.conn, &[Change::of(of.feed(), row.chapter(), row.id)])?)
    }

    fn undone(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo> {
        match store::hold_of_entry(errand.conn, entry)? {
            Some(row) => debts::require_none_overpaid(errand.conn, &row),
            None => Ok(()),
        }
    }
}
