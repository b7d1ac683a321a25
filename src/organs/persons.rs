//! What this room answers for the people in its tables. No registration is linked to a party: that somebody would give their organs is not to
//! be read out of what a chapter holds of them. So an erasure finds registrations by name and number, as it finds texts, and what they say is
//! copied and corrected by the officer who keeps them.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::sealed::person_hash;
use super::store;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Both, HoldsPersons, HowMany, Kept, Mentioned, PersonsError, Processing};

/// See the module.
pub struct Registrations;

/// What is kept, why, and how long.
pub const PROCESSING: Processing = Processing {
    data: (
        "Người muốn hiến mô, bộ phận cơ thể, hiến xác: họ tên, số điện thoại, ngày hoặc năm sinh, muốn hiến gì, số thẻ của Trung tâm Điều phối",
        "Who would give organs, tissue or their body: name, number, day or year of birth, what they would give, number of the coordinating centre's card",
    ),
    purpose: (
        "Ghi nhận mong muốn, chuyển cho Trung tâm Điều phối quốc gia về ghép bộ phận cơ thể người, báo khi rút lại",
        "To write the wish down, hand it to the national coordinating centre, and tell it when somebody withdraws",
    ),
    grounds: (
        "Sự đồng ý (Luật 91/2025/QH15, điều 9); rút lại bất cứ lúc nào",
        "Consent (Law 91/2025/QH15, art. 9); withdrawn at any time",
    ),
    readers: (
        "Cán bộ được giao riêng của Hội cấp tỉnh; mỗi lần xem được ghi lại; cấp trên chỉ xem số đếm",
        "Officers of the province who are charged with it by name; each reading is noted; levels above see counts",
    ),
    period: (
        "Đến khi rút lại và Trung tâm đã được báo, hoặc xóa theo yêu cầu",
        "Until they withdraw and the centre is told, or erased on request",
    ),
};

impl HoldsPersons for Registrations {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[PROCESSING];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "organ_registration.person",
            "organ_registration.person_hash",
            "organ_registration.card",
            "organ_registration.request_hash",
        ]
    }

    fn sensitive(&self) -> Option<Both> {
        Some((
            "Mong muốn về thân thể sau khi qua đời có thể nói về sức khỏe và tín ngưỡng",
            "What somebody wishes for their body after death may tell of health and belief",
        ))
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let persons = store::count(conn)?;
        Ok(HowMany { persons, sensitive: persons })
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let Some(phone) = of.called.phone.as_deref() else { return Ok(Vec::new()) };
        let hash = person_hash(errand.vault, &of.called.name, phone);
        for id in store::of_person(errand.conn, &hash, &of.chapters)? {
            empty(errand, id, None)?;
        }
        Ok(Vec::new())
    }
}

/// Empties a registration for good; requests about it that come again are known by nothing any more.
pub fn empty(errand: &mut Errand<'_>, id: Uuid, told_on: Option<NaiveDate>) -> Result<(), PersonsError> {
    let hash = errand.vault.hash("organ_registration.erased", id.as_bytes());
    Ok(store::empty(errand.conn, id, vietnam_date(errand.now), told_on, &hash)?)
}
