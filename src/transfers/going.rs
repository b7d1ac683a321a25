//! Transfers of a chapter that goes up in another one: money on its way arrives and comes back by way of the successor; goods lie in
//! lots of one chapter, so they are waited for, and so is what was asked about them.

use diesel::pg::PgConnection;

use super::model::TransferState::{PartlyConfirmed, Requested, Sent};
use super::store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct OnTheWay;

impl Succeeds for OnTheWay {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let asked = store::goods_that(conn, &[Requested], going.old)?;
        let asked = (asked > 0).then(|| {
            Say::new(
                format!(
                    "Có {asked} đề nghị chuyển hàng đi hoặc đến đơn vị này đang chờ duyệt: hãy duyệt, từ chối hoặc rút trước."
                ),
                format!("{asked} transfers of goods from or to this chapter wait: decide or withdraw them first."),
            )
        });
        let count = store::goods_that(conn, &[Sent, PartlyConfirmed], going.old)?;
        let said = (count > 0).then(|| {
            Say::new(
                format!("Có {count} chuyến hàng đi hoặc đến đơn vị này chưa xác nhận: hãy xác nhận, trả lại hoặc ghi mất trước."),
                format!(
                    "{count} transfers of goods from or to this chapter are on the way: confirm, return or write them off first."
                ),
            )
        });
        Ok(said.into_iter().chain(asked).collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
