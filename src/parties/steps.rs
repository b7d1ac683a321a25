//! Data step: the keyed hashes by which names are found are made again, of the name with its marks.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary};
use uuid::Uuid;

use crate::db::schema::party;
use crate::db::statement::statement;
use crate::vault::place;
use crate::vault::steps::{StepError, Stepped, Work};

statement! {
    struct UpdateHashes {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        hashes: Vec<Vec<u8>> => Array<Binary>,
    } -> (),
    "UPDATE party p SET name_hash = a.hash FROM unnest(?::uuid[], ?::bytea[]) AS a(id, hash) WHERE p.id = a.id"
}

/// One batch of parties, in order of id. No two become one by it: the new form tells more names apart than the old.
pub fn name_hashes(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let after: Uuid = progress.and_then(|text| text.parse().ok()).unwrap_or_default();
    type Row = (Uuid, Option<Vec<u8>>, Option<Vec<u8>>);
    let query = party::table.filter(party::id.gt(after)).order(party::id).limit(work.most);
    let rows: Vec<Row> = query.select((party::id, party::name, party::name_hash)).load(conn)?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == work.most;
    let next = rows.last().filter(|_| full).map(|row| row.0.to_string());
    let looked_at = rows.len() as u64;
    let (mut ids, mut hashes) = (Vec::new(), Vec::new());
    for (id, name, old) in rows {
        // One on its way out has no name and no hash.
        let Some(sealed) = name else { continue };
        let new = super::name_hash(work.vault, &work.vault.open_text(place("party", "name", &id), &sealed)?);
        if old.as_ref() != Some(&new) {
            ids.push(id);
            hashes.push(new);
        }
    }
    UpdateHashes { ids: &ids, hashes: &hashes }.execute(conn)?;
    Ok(Stepped { next, looked_at, changed: ids.len() as u64, notes: Vec::new() })
}
