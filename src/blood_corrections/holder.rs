//! What this room answers for the persons in its tables: those whom a correction names until it is decided.

use diesel::pg::PgConnection;

use super::model::Who;
use super::store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Both, Called, HoldsPersons, HowMany, Kept, Mentioned, PersonsError, Processing};

/// See the module.
pub struct Corrections;

fn names(called: &Called, who: &Who) -> bool {
    called.is_in(&who.name) || called.is_in(&who.contact)
}

impl HoldsPersons for Corrections {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Đính chính của cơ sở tiếp nhận máu khi đang chờ quyết định: họ tên, số điện thoại hoặc địa chỉ thư, ngày sinh, giới tính của người đã hiến mà danh sách ghi nhầm hoặc ghi sót",
                "Corrections of blood centres while they wait to be decided: name, telephone number or mail address, birth and sex of those who gave and whom the list had wrong, or not at all",
            ),
            purpose: (
                "Ghi đúng người đã hiến máu, cấp lại giấy chứng nhận, thống kê đúng",
                "To write down who gave, to replace certificates, to count rightly",
            ),
            grounds: (
                "Sự đồng ý khi đăng ký hiến máu; nghĩa vụ chỉnh sửa dữ liệu không chính xác (Luật 91/2025/QH15, điều 9, 26); Thông tư 26/2013/TT-BYT",
                "Consent when booking; the duty to correct what is wrong (Law 91/2025/QH15, art. 9, 26); Circular 26/2013/TT-BYT",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại; người thứ hai quyết định theo số đếm",
                "Officers of that very chapter who are charged with it; each reading is noted; the second person decides by counts",
            ),
            period: (
                "Đến khi đề nghị được quyết định, rồi xóa; số đếm thì giữ",
                "Until it is decided, then forgotten; counts stay",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["drive_correction_item.content"]
    }

    fn sensitive(&self) -> Option<Both> {
        Some(("Đã hiến máu, nhóm máu (dữ liệu sức khỏe)", "That they gave blood, the group (health data)"))
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: 0, sensitive: store::count_naming(conn)? })
    }

    /// Pieces that wait at these chapters and name them say no more who it was; what is counted stays counted.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut ids = Vec::new();
        for piece in store::naming(errand.conn, &of.chapters)? {
            if piece.open(errand.vault)?.is_some_and(|who| names(&of.called, &who)) {
                ids.push((piece.correction_id, piece.n));
            }
        }
        store::forget_pieces(errand.conn, &ids)?;
        Ok(Vec::new())
    }
}
