//! What this room answers for the people in its tables. No case is linked to a party: that somebody looks for a relative is not to be read
//! out of what a chapter holds of them. So an erasure finds cases by the name and number of the enquirer, as it finds texts, and what they
//! hold is told, corrected and forgotten by the officer in charge.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::forget;
use super::papers::OF_FAMILY_LINKS;
use super::sealed::enquirer_hash;
use super::store::{self, Row};
use crate::db::DbError;
use crate::documents::{closures, of_people};
use crate::house::errand::Errand;
use crate::house::persons::{Both, HoldsPersons, HowMany, Kept, Mentioned, OfParty, PersonsError, Processing};
use crate::parties::{self, restriction};

/// See the module.
pub struct Cases;

/// The cases that a party asked for at these chapters.
fn cases(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Row>, PersonsError> {
    let Some(party) = parties::load(errand.conn, &[of.party])?.remove(&of.party) else { return Ok(Vec::new()) };
    let called = party.open(errand.vault)?;
    match enquirer_hash(errand.vault, &called.name, called.phone.as_deref()) {
        Some(hash) => {
            let ids = store::of_enquirer(errand.conn, &hash, of.chapters)?;
            Ok(store::some(errand.conn, &ids)?)
        }
        None => Ok(Vec::new()),
    }
}

impl HoldsPersons for Cases {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Người hỏi, người được tìm, hoàn cảnh thất lạc, các bước tìm, người được tìm thấy và ý muốn của họ",
                "Who asks, who is sought, how they were parted, what was asked where, who was found and what they want",
            ),
            purpose: (
                "Tìm kiếm tin tức thân nhân thất lạc do chiến tranh, thiên tai, thảm họa",
                "To restore links of families parted by war, disaster or calamity",
            ),
            grounds: (
                "Sự đồng ý của người hỏi, của người được tìm thấy trước khi báo tin (Luật 91/2025/QH15, điều 9); trẻ em: người đại diện, từ 7 tuổi cả trẻ em (điều 24)",
                "Consent of the enquirer, and of who is found before they are told (Law 91/2025/QH15, art. 9); of children the representative, from 7 years the child too (art. 24)",
            ),
            readers: (
                "Cán bộ tìm thân nhân của đơn vị đang giữ hồ sơ; hồ sơ trẻ em chỉ người phụ trách; Trung ương khi so sánh hai hồ sơ",
                "Tracing officers of the chapter that holds the case; of a child's the one in charge alone; the centre where two are compared",
            ),
            period: (
                "Đến khi hết số ngày của quy định sau khi hồ sơ kết thúc, hoặc xóa theo yêu cầu; người từ chối được xóa ngay",
                "Until so many days after the end as the rule says, or erased on request; of who declines nothing is kept",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "family_link.enquirer",
            "family_link.sought",
            "family_link.enquirer_hash",
            "family_link.consent_paper",
            "family_link.request_hash",
            "family_step.note",
            "family_step.request_hash",
            "family_finding.particulars",
            "family_finding.guardian",
            "family_finding.paper",
            "family_finding.request_hash",
            "family_finding.answer_hash",
            "family_hand_over.note",
            "family_hand_over.request_hash",
        ]
    }

    /// What people tell of a war tells of much else.
    fn sensitive(&self) -> Option<Both> {
        Some((
            "Hoàn cảnh thất lạc có thể nói về sức khỏe, dân tộc, quan điểm chính trị",
            "How they were parted may tell of health, origin and political views",
        ))
    }

    /// Who asks and who is sought.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let persons = 2 * store::count(conn)?;
        Ok(HowMany { persons, sensitive: persons })
    }

    /// Cases that who goes asked for. Who is sought in one, or speaks for a child in it, is not somebody who takes it away from its enquirer.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let Some(hash) = enquirer_hash(errand.vault, &of.called.name, of.called.phone.as_deref()) else { return Ok(Vec::new()) };
        for case in store::of_enquirer(errand.conn, &hash, &of.chapters)? {
            forget::empty(errand, case)?;
        }
        Ok(Vec::new())
    }

    /// That nobody uses what a case says is asked at each reading, by the enquirer's name and number; its papers are closed.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        for row in cases(errand, of)? {
            // Who objects to being shown is shown nowhere from here.
            if restriction::holds(errand.conn, of.party, row.chapter_id)? {
                of_people::restrict(errand.conn, errand.now, &OF_FAMILY_LINKS, row.id)?;
            }
        }
        Ok(())
    }

    fn lift_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let cases: Vec<Uuid> = cases(errand, of)?.into_iter().map(|row| row.id).collect();
        Ok(closures::reopen(errand.conn, &cases)?)
    }
}
