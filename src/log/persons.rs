//! The persons behind commitments: their fields stand, sealed, in the openings.

use diesel::pg::PgConnection;

use super::{opening, store};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::errand::Errand;
use crate::house::persons::{Corrected, Holding, HoldsPersons, Kept, PersonsError, Processing, Record};

/// See the module.
pub struct Openings;

/// Every code under which an opening of a record may stand.
fn codes(record: &Record) -> impl Iterator<Item = &str> {
    std::iter::once(record.code.as_str()).chain(record.said.iter().map(String::as_str))
}

impl HoldsPersons for Openings {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Khóa mở cam kết của mỗi khoản trong sổ công khai, trong đó có tên và số điện thoại người ủng hộ",
                "What opens the commitment of each entry of the public log, a giver's name and number in it",
            ),
            purpose: ("Chứng minh cho người ủng hộ rằng khoản của họ đã vào sổ", "To prove to givers that theirs is in the log"),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9); khóa riêng, sổ công khai không có dữ liệu cá nhân",
                "Consent (Law 91/2025/QH15, art. 9); the log itself says nothing personal",
            ),
            readers: ("Chỉ người giữ biên nhận", "Whoever holds the receipt alone"),
            period: ("Đến khi xóa dữ liệu theo yêu cầu", "Until erased on request"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["pd_opening.sealed"]
    }

    /// What the log committed to, in the words it was committed in.
    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let kept = store::openings(errand.conn, &of.iter().flat_map(codes).collect::<Vec<_>>())?;
        let mut found = Vec::with_capacity(kept.len());
        for record in of {
            for code in codes(record) {
                let Some(sealed) = kept.get(code) else { continue };
                let fields = opening::open(errand.vault, code, sealed)?.fields;
                let said = fields.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}"));
                found.push(Holding {
                    what: "COMMITTED".to_owned(),
                    gift: Some(record.gift),
                    text: said.collect::<Vec<_>>().join("; "),
                    since: None,
                    kept_until: None,
                });
            }
        }
        Ok(found)
    }

    /// The new opening came with its leaf; the old values have no purpose any more.
    fn correct(&self, errand: &mut Errand<'_>, of: &[Corrected]) -> Result<(), PersonsError> {
        Ok(store::forget_openings(errand.conn, &of.iter().map(|one| one.opened_by.as_str()).collect::<Vec<_>>())?)
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        store::forget_openings(errand.conn, &of.iter().flat_map(codes).collect::<Vec<_>>())?;
        Ok(Vec::new())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let left = store::openings(conn, &erased.iter().flat_map(codes).collect::<Vec<_>>())?;
        for record in erased.iter().filter(|record| codes(record).any(|code| left.contains_key(code))) {
            findings.found("erased", &record.code, "its giver was erased and an opening of its commitment is kept");
        }
        Ok(())
    }
}
