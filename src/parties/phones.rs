//! Data step: givers' phone numbers are kept as they are read today, so that whoever gives again is found.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::phone_hash;
use crate::basics::Phone;
use crate::db::schema::party;
use crate::vault::place;
use crate::vault::steps::{Note, StepError, Stepped, Work};

type Row = (Uuid, String, Option<Vec<u8>>, Option<Vec<u8>>);

/// One batch of parties, in order of id. What nobody can tell stays as it is. Where the number of today is already that of a
/// party of this name, both stay, and it is told: persons are never joined by a program.
pub fn step(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let after: Uuid = progress.and_then(|text| text.parse().ok()).unwrap_or_default();
    let query = party::table.filter(party::id.gt(after)).order(party::id).limit(work.most);
    let rows: Vec<Row> = query.select((party::id, party::kind, party::name_hash, party::phone)).load(conn)?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == work.most;
    let next = rows.last().filter(|_| full).map(|row| row.0.to_string());
    let mut did = Stepped { next, looked_at: rows.len() as u64, ..Stepped::default() };
    for (id, kind, name_hash, sealed) in rows {
        // Most have none, or one that is written as ever.
        let Some(sealed) = sealed else { continue };
        let kept = work.vault.open_text(place("party", "phone", &id), &sealed)?;
        let Some(today) = Phone::today(&kept).filter(|today| today.as_str() != kept) else { continue };
        let hash = phone_hash(work.vault, today.as_str());
        let twin: Option<Uuid> = party::table
            .filter(party::phone_hash.eq(&hash))
            .filter(party::name_hash.eq(&name_hash))
            .filter(party::kind.eq(&kind))
            .select(party::id)
            .first(conn)
            .optional()?;
        if let Some(twin) = twin {
            let did_not =
                format!("kept its old phone number: {twin} has its name and the number it is today (a possible double)");
            did.notes.push(Note { subject: id.to_string(), did: did_not });
            continue;
        }
        let sealed = work.vault.seal(place("party", "phone", &id), today.as_str().as_bytes())?;
        diesel::update(party::table.find(id)).set((party::phone.eq(sealed), party::phone_hash.eq(hash))).execute(conn)?;
        did.changed += 1;
    }
    Ok(did)
}
