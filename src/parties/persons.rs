//! The persons themselves, and what they agreed to.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::{PartyKind, consent};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::party;
use crate::house::errand::Errand;
use crate::house::persons::{HoldsPersons, HowMany, Kept, PersonsError, Processing, Record};

/// The rows of parties are shown, renamed and removed by whoever knows all of their records; here is what hangs on a record.
pub struct Parties;

impl HoldsPersons for Parties {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Họ tên, số điện thoại; nội dung đồng ý và bằng chứng",
                "Name, telephone number; what was agreed to, and the proof of it",
            ),
            purpose: (
                "Nhận ra một người ở nhiều khoản, thực hiện quyền của người đó",
                "To know a person again, and to carry out that person's rights",
            ),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9); bằng chứng đồng ý (Nghị định 356/2025/NĐ-CP, điều 6)",
                "Consent (Law 91/2025/QH15, art. 9); its proof (Decree 356/2025/NĐ-CP, art. 6)",
            ),
            readers: (
                "Cán bộ của đơn vị nơi người đó có hồ sơ; mỗi lần xem được ghi lại",
                "Officers of the chapters where the person is on record; each reading is noted",
            ),
            period: (
                "Đến khi không còn hồ sơ nào dùng đến, hoặc xóa theo yêu cầu",
                "Until no record needs it, or erased on request",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["party.name", "party.name_hash", "party.phone", "party.phone_hash", "party.words", "consent.evidence_sha256"]
    }

    /// Everybody who gave, is paid, is a member or anything else is one party: a name, or a name with a number.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let people = [PartyKind::Person, PartyKind::HouseholdBusiness].map(PartyKind::name);
        let named = party::table.filter(party::kind.eq_any(people)).filter(party::name.is_not_null());
        Ok(HowMany { persons: named.count().get_result(conn)?, sensitive: 0 })
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        consent::forget(errand.conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?;
        Ok(Vec::new())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let codes: HashMap<Uuid, &str> = erased.iter().map(|record| (record.gift, record.code.as_str())).collect();
        let left = consent::of_gifts(conn, &codes.keys().copied().collect::<Vec<_>>())?;
        let left: HashSet<Uuid> = left.into_iter().map(|consent| consent.gift_id).collect();
        for code in left.iter().filter_map(|gift| codes.get(gift)) {
            findings.found("erased", *code, "its giver was erased and a consent is kept");
        }
        Ok(())
    }
}
