//! Goods of a chapter that goes up in another one: they go over lot by lot, and what was asked about them is settled before.

use diesel::pg::PgConnection;

use super::adjust_store as store;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct Adjustments;

impl Succeeds for Adjustments {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let count = store::waiting(conn, going.old)?;
        let said = (count > 0).then(|| {
            Say::new(
                format!("Có {count} đề nghị điều chỉnh kho đang chờ duyệt: hãy duyệt, từ chối hoặc rút trước."),
                format!("{count} adjustments of stock wait: decide or withdraw them first."),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, _: &mut Errand<'_>, _: &Going) -> Result<(), DbError> {
        Ok(())
    }
}
