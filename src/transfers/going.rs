//! Transfers of a chapter that goes up in another one: money on its way arrives and comes back by way of the successor; goods lie in
//! lots of one chapter, so they are waited for.

use diesel::pg::PgConnection;

use super::store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct OnTheWay;

impl Succeeds for OnTheWay {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let count = store::goods_on_the_way(conn, going.old)?;
        let said = (count > 0).then(|| {
            Say::new(
                format!("Có {count} chuyến hàng đi hoặc đến đơn vị này chưa xác nhận: hãy xác nhận, trả lại hoặc ghi mất trước."),
                format!(
                    "{count} transfers of goods from or to this chapter are on the way: confirm, return or write them off first."
                ),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
