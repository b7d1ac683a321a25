//! What papers of this room are for: of gifts, of appeals, of reversals.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::appeals;
use super::model::AppealState;
use super::publishing::NOT_OPEN;
use super::store::{self, GiftRow, Gifts};
use crate::calendar::retention::Vouchers;
use crate::db::DbError;
use crate::documents::closures::{self, Closing, Reason};
use crate::house::errand::Errand;
use crate::house::papers::{Brings, Carrier, Carries, Kept, NoPaper, Paper, Peg, Reads};
use crate::http::Say;
use crate::ledger::annotations;
use crate::ledger::store::{self as ledger, Booked};

/// Paper of a gift: names people, never published.
pub static OF_GIFTS: Paper = Paper {
    purpose: "GIFT",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::AsVoucher,
    on: Some(&Peg {
        at: "/gifts/{id}",
        by_uuid: true,
        one: "gift",
        a: "a gift",
        read_noted: Some("GIFT_DOCUMENTS_READ"),
        published_as: None,
        records: &OneGift,
    }),
};

/// Paper of an appeal: its decision, its plan. May be published.
pub static OF_APPEALS: Paper = Paper {
    purpose: "APPEAL",
    brought_by: Brings::RunAppeal,
    read_by: Reads::Read,
    public: true,
    kept: Kept::ForGood,
    on: Some(&Peg {
        at: "/appeals/{code}",
        by_uuid: false,
        one: "appeal",
        a: "an appeal",
        read_noted: None,
        published_as: Some("appeal-document/publication"),
        records: &OneAppeal,
    }),
};

/// Paper of a reversal, kept with the chapter's books.
pub static OF_REVERSALS: Paper = Paper {
    purpose: "REVERSAL",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::AsVoucher,
    on: None,
};

struct OneGift;

impl Carries for OneGift {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        let row = store::gifts(conn, Gifts::One(id), 1)?.pop();
        Ok(row.map(|row| Carrier { id: row.id, chapter: row.chapter_id }))
    }

    /// An erasure or a restriction of the giver comes before or after. Who was erased must not come back with a paper.
    fn take(&self, errand: &mut Errand<'_>, gift: Carrier) -> Result<(), NoPaper> {
        store::hold_gift(errand.conn, gift.id)?;
        let row = row(errand.conn, gift.id)?;
        let code = booked(errand.conn, &row)?.code;
        if !annotations::is_erased(errand.conn, &code)? {
            return Ok(());
        }
        Err(NoPaper::Refused(Say::fixed(
            "Dữ liệu của người ủng hộ khoản này đã được xóa: không gắn thêm giấy tờ. Bản giấy được lưu ở đơn vị theo luật kế toán.",
            "The data of this gift's giver were erased: no more papers are added. The paper itself is filed at the chapter, as accounting law says.",
        )))
    }

    /// The paper of somebody whose data are restricted is closed at once.
    fn taken(&self, errand: &mut Errand<'_>, gift: Carrier, document: Uuid) -> Result<(), NoPaper> {
        let row = row(errand.conn, gift.id)?;
        if !store::is_restricted(errand.conn, &row)? {
            return Ok(());
        }
        let kept_until = Vouchers::read(errand.conn)?.until(booked(errand.conn, &row)?.booked);
        let closing = Closing { document, gift: gift.id, kept_until };
        Ok(closures::close(errand.conn, errand.now, Reason::Restricted, &[closing])?)
    }
}

fn row(conn: &mut PgConnection, gift: Uuid) -> Result<GiftRow, NoPaper> {
    store::gifts(conn, Gifts::One(gift), 1)?.pop().ok_or(NoPaper::Gone)
}

fn booked(conn: &mut PgConnection, row: &GiftRow) -> Result<Booked, NoPaper> {
    let booked = ledger::booked(conn, &[row.entry_id])?.remove(&row.entry_id);
    booked.ok_or(NoPaper::Broken("a gift without entry"))
}

struct OneAppeal;

impl Carries for OneAppeal {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        Ok(appeals::find(conn, key)?.map(|row| Carrier { id: row.id, chapter: row.chapter_id }))
    }

    fn show(&self, errand: &mut Errand<'_>, appeal: Carrier, _: Uuid) -> Result<(), NoPaper> {
        let row = appeals::by_id(errand.conn, appeal.id)?.ok_or(NoPaper::Gone)?;
        match row.state == AppealState::Draft.name() {
            true => Err(NoPaper::Refused(Say::fixed(NOT_OPEN.0, NOT_OPEN.1))),
            false => Ok(()),
        }
    }
}
