//! What is put back when an entry of a transfer is reversed: a transfer that nothing stands on is taken back whole, a part goes back
//! on the way.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{TransferPartKind, TransferPartState, TransferState};
use super::store::{self, PartRow, TransferRow};
use super::{booking, fault::Fault};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::undo::{CannotUndo, Undoes};
use crate::http::Say;
use crate::ledger::store as ledger;
use crate::stock::lots;

/// See the module.
pub struct Transfers;

impl Undoes for Transfers {
    /// The other half of a loss on the way is of a kind that others put back: by its reversal what was lost is the sender's again, as
    /// if it had come back.
    fn kinds(&self) -> &'static [&'static str] {
        &["TRANSFER_OUT", "TRANSFER_IN", "TRANSFER_RETURN"]
    }

    fn undo(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo> {
        let conn = &mut *errand.conn;
        // What went is in its lots again, what came leaves them: of money there are none.
        lots::undo(conn, errand.now, entry)?;
        if let Some(id) = store::sent_by(conn, entry)? {
            return take_back(conn, id);
        }
        match store::part_booked_by(conn, entry)? {
            Some(part) => put_back(conn, &part),
            None => Err(went_over()),
        }
    }
}

fn held(conn: &mut PgConnection, id: Uuid) -> Result<TransferRow, CannotUndo> {
    store::hold(conn, id)?.ok_or(CannotUndo::Db(DbError::Query(diesel::result::Error::NotFound)))
}

fn take_back(conn: &mut PgConnection, id: Uuid) -> Result<(), CannotUndo> {
    let row = held(conn, id)?;
    if row.confirmed_vnd + row.returned_vnd > 0 || row.state == TransferState::Reversed.name() {
        return Err(confirmed());
    }
    if store::newest_loss(conn, id)?.is_some_and(|part| part.state == TransferPartState::Waiting.name()) {
        return Err(CannotUndo::StandsOnIt(Say::fixed(
            "Đề nghị ghi mất của khoản chuyển này đang chờ duyệt: hãy từ chối hoặc rút trước.",
            "A loss of this transfer waits for its approval: refuse or withdraw it first.",
        )));
    }
    store::reversed(conn, &row)?;
    left(conn, &row, 0)
}

fn confirmed() -> CannotUndo {
    CannotUndo::StandsOnIt(Say::fixed(
        "Một phần khoản chuyển đã được xác nhận, trả lại hoặc ghi mất: hãy hủy các bút toán đó trước.",
        "Some of the transfer was confirmed, came back or was lost: reverse those entries first.",
    ))
}

fn put_back(conn: &mut PgConnection, part: &PartRow) -> Result<(), CannotUndo> {
    let row = held(conn, part.transfer_id)?;
    if let Some(loss) = part.loss_entry_id
        && ledger::booked(conn, &[loss])?.get(&loss).is_some_and(|entry| entry.reversed_by.is_none())
    {
        return Err(CannotUndo::StandsOnIt(Say::fixed(
            "Khoản này đã được ghi mất ngay khi trả lại: hãy hủy bút toán ghi mất trước.",
            "It was written off as soon as it came back: reverse the entry of the loss first.",
        )));
    }
    let kind = TransferPartKind::parse(&part.kind).ok_or(CannotUndo::Db(DbError::Query(diesel::result::Error::NotFound)))?;
    store::settle_part(conn, &row, part.id, TransferPartState::Reversed)?;
    let goods = store::part_goods(conn, part.id)?;
    store::count_goods(conn, &goods, -1)?;
    let outstanding = store::count(conn, &row, kind, -part.amount_vnd)?;
    left(conn, &row, outstanding)
}

fn left(conn: &mut PgConnection, row: &TransferRow, outstanding: i64) -> Result<(), CannotUndo> {
    booking::now_left(conn, row, outstanding).map_err(|fault| match fault {
        Fault::Db(error) => CannotUndo::Db(error),
        _ => CannotUndo::Db(DbError::Query(diesel::result::Error::NotFound)),
    })
}

/// No transfer booked it: it is half of a pair by which books went over to a successor.
fn went_over() -> CannotUndo {
    CannotUndo::StandsOnIt(Say::fixed(
        "Bằng bút toán này sổ sách đã chuyển sang đơn vị kế tục: không hủy được. Khoản sai hãy hủy ở bút toán gốc của nó.",
        "By this entry books went over to a successor: it stays. What was wrong before is reversed where it was booked.",
    ))
}
