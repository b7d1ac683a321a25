//! What this room answers for the persons in its tables: rows of centres' files until they are carried over, and notes of settlements.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::model::Who;
use super::store;
use crate::db::DbError;
use crate::db::schema::drive_row;
use crate::house::errand::Errand;
use crate::house::persons::{Both, Called, HoldsPersons, HowMany, Kept, Mentioned, PersonsError, Processing};
use crate::vault::place;

/// See the module.
pub struct Days;

fn names(called: &Called, who: &Who) -> bool {
    called.is_in(&who.name) || who.phone.as_deref().is_some_and(|phone| called.is_in(phone))
}

impl HoldsPersons for Days {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Danh sách của cơ sở tiếp nhận máu trong khi đối chiếu: họ tên, ngày sinh, số điện thoại, đã hiến hay được hẹn lại, lý do thuộc danh mục công khai; ghi chú khi xử lý khác biệt; ai đã đến",
                "Lists of blood centres while they are reconciled: name, birth, telephone number, whether they gave or were put off, a reason of the public list; notes of settlements; who came",
            ),
            purpose: (
                "Đối chiếu ngày hiến máu, ghi lần hiến, cấp giấy chứng nhận, thống kê",
                "To reconcile blood drives, to write donations down, to give certificates, to count",
            ),
            grounds: (
                "Sự đồng ý khi đăng ký hiến máu (Luật 91/2025/QH15, điều 9, 26); Thông tư 26/2013/TT-BYT",
                "Consent when booking (Law 91/2025/QH15, art. 9, 26); Circular 26/2013/TT-BYT",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại; người thứ hai quyết định theo số đếm",
                "Officers of that very chapter who are charged with it; each reading is noted; the second person decides by counts",
            ),
            period: (
                "Đến khi đối chiếu xong hoặc gạt tệp đi, rồi xóa; số đếm thì giữ",
                "Until the drive is reconciled or the file laid aside, then forgotten; counts stay",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["drive_difference.note", "drive_row.content"]
    }

    fn sensitive(&self) -> Option<Both> {
        Some((
            "Đã hiến máu hay được hẹn lại, nhóm máu (dữ liệu sức khỏe)",
            "Whether they gave or were put off, blood group (health data)",
        ))
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let open: i64 = drive_row::table.filter(drive_row::content.is_not_null()).count().get_result(conn)?;
        Ok(HowMany { persons: 0, sensitive: open })
    }

    /// Rows that wait at these chapters and name them say no more who it was, and notes that name them go; what was counted stays counted.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut ids = Vec::new();
        let open = store::open_rows(errand.conn, &of.chapters)?;
        for row in store::rows(errand.conn, &open)?.into_values() {
            if row.open(errand.vault)?.is_some_and(|who| names(&of.called, &who)) {
                ids.push(row.id);
            }
        }
        store::forget(errand.conn, &ids)?;
        let drives = store::drives_of(errand.conn, &of.chapters)?;
        let mut notes = Vec::new();
        for (id, sealed) in store::notes(errand.conn, &drives)? {
            if of.called.is_in(&errand.vault.open_text(place("drive_difference", "note", &id), &sealed)?) {
                notes.push(id);
            }
        }
        store::forget_notes(errand.conn, &notes)?;
        Ok(Vec::new())
    }
}
