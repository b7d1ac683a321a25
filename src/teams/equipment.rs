//! What a team has: written down anew as a whole, by who has read it.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::keep::going_on;
use super::store;
use super::wire::TeamItem;
use crate::authz::Visit;
use crate::http::etag::Expected;

/// Puts a list in the place of the one there is.
pub fn put(v: &mut Visit<'_>, team: Uuid, expected: &Expected, items: &[TeamItem]) -> Result<(), Fault> {
    let (row, grant) = going_on(v, team)?;
    if store::items(v.conn, team)? == items {
        return Ok(());
    }
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    store::put_items(v.conn, &grant, team, items)?;
    v.note_with(&grant, "TEAM_EQUIPMENT_WRITTEN", team, &json!({"lines": items.len()}))?;
    Ok(())
}
