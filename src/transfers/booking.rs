//! What every entry of a transfer needs to know, and what is asked of what comes with it.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::Carried;
use super::open;
use super::papers;
use super::store::{self, GoodsRow, TransferRow};
use crate::basics::{Vnd, hex};
use crate::db::DbError;
use crate::documents::store as documents;
use crate::house::papers::Paper;
use crate::http::{FieldError, Say};
use crate::ledger::model::{Fund, FundId};
use crate::ledger::store::{self as ledger, NewEntry};
use crate::tree::{self, ChapterId};

/// A transfer for whoever books something of it.
pub struct About {
    pub amount: Vnd,
    pub carried: Carried,
    pub fund: FundId,
    pub funds: HashMap<FundId, Fund>,
    pub lines: Vec<GoodsRow>,
}

impl About {
    pub fn read(conn: &mut PgConnection, row: &TransferRow) -> Result<Self, Fault> {
        let fund = FundId(row.fund_id);
        Ok(Self {
            amount: Vnd::parse(row.amount_vnd).map_err(|_| Fault::broken("a transfer of no amount"))?,
            carried: Carried::parse(&row.source).ok_or_else(|| Fault::broken("a transfer of an unknown source"))?,
            fund,
            funds: ledger::funds(conn, &[fund])?,
            lines: store::goods(conn, row.id)?,
        })
    }

    /// The code of its fund.
    pub fn fund_code(&self) -> String {
        self.funds.get(&self.fund).map(|fund| fund.code.clone()).unwrap_or_default()
    }
}

/// An entry that is about to be booked, as rows beside it name it.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: Uuid,
    pub code: String,
    pub day: NaiveDate,
}

impl From<&NewEntry> for Named {
    fn from(entry: &NewEntry) -> Self {
        Self { id: entry.id, code: entry.code.as_str().to_owned(), day: entry.day }
    }
}

/// The code of the entry that sent it.
pub fn out_code(conn: &mut PgConnection, row: &TransferRow) -> Result<String, Fault> {
    let entry = row.entry_id.ok_or(Fault::NothingOnTheWay)?;
    ledger::codes(conn, &[entry])?.remove(&entry).ok_or_else(|| Fault::broken("a transfer was sent by no entry"))
}

/// Says to everybody how much is on the way now.
pub fn now_left(conn: &mut PgConnection, row: &TransferRow, left: i64) -> Result<(), Fault> {
    let code = out_code(conn, row)?;
    Ok(open::left(conn, &code, left)?)
}

/// The hash of a paper as it is stored.
pub fn document(bytes: Option<&[u8]>) -> Result<Option<[u8; 32]>, Fault> {
    bytes.map(|bytes| bytes.try_into().map_err(|_| Fault::broken("a document's hash is not 32 bytes"))).transpose()
}

/// What is wrong with the hash of a paper: the chapter has uploaded none of it for this purpose.
pub fn no_such_paper(
    conn: &mut PgConnection,
    at: ChapterId,
    paper: &Paper,
    document: Option<&[u8; 32]>,
) -> Result<Option<FieldError>, DbError> {
    let Some(document) = document else { return Ok(None) };
    if documents::is_kept(conn, at, paper, &hex(document))? {
        return Ok(None);
    }
    let say = match paper.purpose == papers::OF_TRANSFERS.purpose {
        true => Say::fixed(
            "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho việc chuyển.",
            "The chapter has uploaded no document with this SHA-256 for a transfer.",
        ),
        false => Say::fixed(
            "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho việc giao nhận.",
            "The chapter has uploaded no document with this SHA-256 for a receipt of a transfer.",
        ),
    };
    Ok(Some(FieldError::new("/document", "NO_SUCH_DOCUMENT", say)))
}

/// The chapter has no bank account of its own: where its money lies.
pub fn no_account(conn: &mut PgConnection, pointer: &str, at: Uuid) -> Result<FieldError, DbError> {
    let holder = tree::code_of(conn, ChapterId(at))?;
    let say = Say::new(
        format!("Đơn vị không có tài khoản ngân hàng riêng: chuyển qua {holder} (trên sổ giữa hai đơn vị), hoặc bằng tiền mặt."),
        format!("The chapter has no bank account of its own: by way of {holder} (by book between the two), or in cash."),
    );
    Ok(FieldError::new(pointer, "NOT_FOR_THIS_CHAPTER", say))
}
