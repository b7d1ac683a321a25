//! Whom bookings are of.

use std::collections::HashMap;

use uuid::Uuid;

use crate::authz::Visit;
use crate::donors::Fault;
use crate::drives::bookings::{self, Booking};
use crate::drives::model::Content;

/// Bookings by id, with whom they are of; nobody where the data were erased.
pub type Booked = HashMap<Uuid, (Booking, Option<Content>)>;

/// Bookings by id, with whom they are of.
pub fn booked(v: &mut Visit<'_>, ids: &[Uuid]) -> Result<Booked, Fault> {
    let mut all = HashMap::with_capacity(ids.len());
    for row in bookings::by_ids(v.conn, ids)? {
        let who = row.open(v.vault)?;
        all.insert(row.id, (row, who));
    }
    Ok(all)
}
