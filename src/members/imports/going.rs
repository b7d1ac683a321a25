//! Lists of a chapter that goes up in another one: one that waits for a second person is decided first, one that is being admitted is
//! waited for.

use diesel::pg::PgConnection;

use super::store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct Lists;

impl Succeeds for Lists {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let open = store::open(conn, going.old)?;
        let said = (open > 0).then(|| {
            Say::new(
                format!("Còn {open} danh sách kết nạp hội viên đang chờ quyết định hoặc đang làm: hãy quyết định và chờ xong."),
                format!("{open} lists of members wait for a decision or are being admitted: decide on them and wait until they are done."),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
