//! What sheets hold of the members in them.
//!
//! A line names a member by an id that means nothing outside their chapter, months, and an amount. When somebody is erased the line stays
//! with the id, which is nobody's from then on, so that sheets and sums stay what they were; why they were free is forgotten.

use super::roll;
use super::store;
use crate::house::errand::Errand;
use crate::house::persons::{Holding, HoldsPersons, Kept, OfParty, PersonsError, Processing};

/// See the module. No gift leads here: members are found by their party.
pub struct Members;

impl HoldsPersons for Members {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Tháng nào hội viên đã đóng hội phí; miễn vì lý do gì, theo quyết định nào",
                "Which months a member has paid; exempt why, by which decision",
            ),
            purpose: ("Thu hội phí mỗi tháng một lần, lập phiếu thu", "To collect dues once a month, and to make out receipts"),
            grounds: ("Điều lệ Hội; Luật Kế toán", "The statutes; accounting law"),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; người khác chỉ xem tổng số",
                "Officers of that very chapter who are charged with it; others see sums",
            ),
            period: (
                "Số tiền giữ theo thời hạn chứng từ; lý do miễn đến khi xóa theo yêu cầu",
                "Sums as long as vouchers are kept; the ground of an exemption until erased on request",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["dues_line.member_id", "dues_line.ground", "dues_line.decision_no"]
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let members = roll::of_party(errand.conn, of)?;
        let lines = store::of_members(errand.conn, &members)?;
        let held = |(line, at): (store::LineRow, _)| {
            let months = format!("{} – {}", line.first_month.format("%Y-%m"), line.last_month.format("%Y-%m"));
            let said = match line.is_free() {
                false => Some(format!("{} đ", line.amount_vnd)),
                true => line.ground,
            };
            let text = [Some(months), said, line.decision_no].into_iter().flatten().collect::<Vec<_>>().join("; ");
            Holding { what: "DUES".to_owned(), gift: None, text, since: Some(at), kept_until: None }
        };
        Ok(lines.into_iter().map(held).collect())
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let members = roll::of_party(errand.conn, of)?;
        store::forget_grounds(errand.conn, &members)?;
        Ok(Vec::new())
    }
}
