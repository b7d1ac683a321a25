//! The persons in money orders: who is paid or pays, and what the words name.
//!
//! Of a refund the payee is the giver of its gift: their name and account go with them, as they do from the gift; the signed
//! voucher is paper and stays at the chapter. Of other orders that were booked the payee is part of a voucher that the law on
//! accounting has kept, whoever else bears the name; of those that came to nothing no law has it kept.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::Particulars;
use super::store::{self, Refund};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::money_order;
use crate::house::errand::Errand;
use crate::house::persons::{Both, Holding, HoldsPersons, HowMany, Kept, Mentioned, PersonsError, Processing, Record};
use crate::ledger::store as ledger;
use crate::log::store as log;
use crate::vault::place;

/// See the module.
pub struct Payees;

/// Refunds of these gifts.
fn refunds(conn: &mut PgConnection, of: &[Record]) -> Result<Vec<Refund>, DbError> {
    let codes: Vec<String> = of.iter().map(|record| record.code.clone()).collect();
    let gifts: Vec<Uuid> = ledger::by_codes(conn, &codes)?.into_keys().collect();
    store::refunds_of(conn, &gifts)
}

/// Everything that stands sealed of an order, in one text.
fn text_of(particulars: &Particulars) -> String {
    let payee = particulars.payee.as_ref();
    let parts = [
        payee.map(|payee| payee.name.as_str()),
        payee.and_then(|payee| payee.account.as_deref()),
        payee.and_then(|payee| payee.address.as_deref()),
        Some(particulars.content.as_str()),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn open(errand: &Errand<'_>, id: Uuid, sealed: &[u8]) -> Result<String, PersonsError> {
    let text = errand.vault.open_text(place("money_order", "particulars", &id), sealed)?;
    Ok(serde_json::from_str(&text).map(|particulars| text_of(&particulars)).unwrap_or(text))
}

impl HoldsPersons for Payees {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Người nhận tiền, nội dung chi, người nhận tạm ứng", "Who is paid and for what, who has an advance"),
            purpose: ("Chi tiền có chứng từ, thanh toán tạm ứng", "To pay with vouchers, to clear advances"),
            grounds: ("Luật Kế toán; Nghị định 93/2021/NĐ-CP", "Accounting law; Decree 93/2021/NĐ-CP"),
            readers: (
                "Cán bộ, kế toán, người duyệt của đơn vị và người kiểm tra; mỗi lần xem được ghi lại",
                "Officers, accountants and approvers of the chapter, and inspectors; each reading is noted",
            ),
            period: ("Theo thời hạn lưu chứng từ", "As long as vouchers are kept"),
        }];
        ALL
    }

    fn sensitive(&self) -> Option<Both> {
        Some(("Số tài khoản và giao dịch ngân hàng của người nhận tiền", "Account and bank transactions of who is paid"))
    }

    /// Who is paid is no party, and sealed: each order counts, be it a person or a shop.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        use money_order as m;
        let persons: i64 = m::table.filter(m::particulars.is_not_null()).count().get_result(conn)?;
        let by_bank = m::table.filter(m::particulars.is_not_null()).filter(m::credit.eq_any(["IN_TRANSIT_OUT", "BANK"]));
        Ok(HowMany { persons, sensitive: by_bank.count().get_result(conn)? })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["money_order.particulars", "money_order.particulars_hash"]
    }

    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let codes: HashMap<&str, &Record> = of.iter().map(|record| (record.code.as_str(), record)).collect();
        let rows = refunds(errand.conn, of)?;
        let gifts = ledger::codes(errand.conn, &rows.iter().filter_map(|row| row.3).collect::<Vec<_>>())?;
        let mut found = Vec::new();
        for (id, _, sealed, gift) in rows {
            let Some(sealed) = sealed else { continue };
            let record = gift.and_then(|gift| gifts.get(&gift)).and_then(|code| codes.get(code.as_str()));
            found.push(Holding {
                what: "REFUND".to_owned(),
                gift: record.map(|record| record.gift),
                text: open(errand, id, &sealed)?,
                since: None,
                kept_until: None,
            });
        }
        Ok(found)
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let rows = refunds(errand.conn, of)?;
        store::forget_particulars(errand.conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
        let entries = ledger::codes(errand.conn, &rows.iter().filter_map(|row| row.1).collect::<Vec<_>>())?;
        log::forget_openings(errand.conn, &entries.values().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Vec::new())
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let rows = store::sealed_of_unbooked(errand.conn, &of.chapters)?;
        let mut named = Vec::new();
        for (id, sealed) in rows {
            if of.called.is_in(&open(errand, id, &sealed.unwrap_or_default())?) {
                named.push(id);
            }
        }
        Ok(store::forget_particulars(errand.conn, &named).map(|()| Vec::new())?)
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        for (id, _, sealed, _) in refunds(conn, erased)? {
            if sealed.is_some() {
                findings.found("erased", id.to_string(), "a giver was erased and the refund of their gift still names them");
            }
        }
        Ok(())
    }
}
