//! What a room works with that does its part of something others have decided.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use crate::vault::Vault;

/// A connection in a transaction, the moment of the work, and the keys. Of rights it knows nothing: whoever sends somebody on an
/// errand has asked for them. A visit of somebody who is logged in makes one of itself; so does a thread that goes on with
/// what was decided before.
pub struct Errand<'a> {
    pub conn: &'a mut PgConnection,
    pub now: DateTime<Utc>,
    pub vault: &'a Vault,
}
