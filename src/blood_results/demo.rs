//! Results in the demo: every drive of Hàm Liêm that is reconciled is published.

use std::error::Error;
use std::sync::Arc;

use super::fault::Fault;
use super::publish;
use crate::authz::{Cast, Read, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::drives::{self, DriveState};
use crate::house::thread::Means;
use crate::http::Span;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

const CHAPTER: &str = "23095";
/// More than a demo has.
const MOST: i64 = 100;

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    db.tx_blocking(|conn| -> Result<(), Fault> {
        let mut v = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let (here, _) = v.see_code::<Read>(CHAPTER)?;
        let span = Span { after: None, rows: MOST };
        for drive in drives::store::list(v.conn, &here, Some(DriveState::Reconciled), &span)? {
            publish::publish(&mut v, &drive.code)?;
        }
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
