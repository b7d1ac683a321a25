//! Lists of a chapter that goes up in another one: one that is being booked is waited for. One that nobody accepted is forgotten in its
//! time, as every such list is; it can be brought to the successor anew.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::gift_import;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct Lists;

impl Succeeds for Lists {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        use gift_import as i;
        let booked: i64 =
            i::table.filter(i::chapter_id.eq(going.old)).filter(i::state.eq("ACCEPTED")).count().get_result(conn)?;
        let said = (booked > 0).then(|| {
            Say::new(
                format!("Đang ghi sổ {booked} danh sách ủng hộ đã nhận: hãy chờ xong."),
                format!("{booked} accepted lists of gifts are being booked: wait until they are."),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
