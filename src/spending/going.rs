//! Money orders of a chapter that goes up in another one. What waits is decided by the successor and passes on to its books, advances
//! are cleared there; a purchase that waits would bring goods into lots of a chapter that is closed, so it is settled first.

use diesel::pg::PgConnection;

use super::model::OrderKind;
use super::store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct Purchases;

impl Succeeds for Purchases {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let count = store::waiting(conn, going.old, OrderKind::Purchase)?;
        let said = (count > 0).then(|| {
            Say::new(
                format!("Có {count} đề nghị mua hàng nhập kho đang chờ duyệt: hãy duyệt, từ chối hoặc rút trước."),
                format!("{count} purchases of goods wait: decide or withdraw them first."),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
