//! Data step: officers' phone numbers are kept as they are read today, so that they are found and log in.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::phone_hash;
use crate::basics::Phone;
use crate::db::schema::account;
use crate::vault::place;
use crate::vault::steps::{Note, StepError, Stepped, Work};

/// One batch of accounts, in order of id. What nobody can tell, or what is another account's number today, stays as it is
/// and is told.
pub fn phones(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let after: Uuid = progress.and_then(|text| text.parse().ok()).unwrap_or_default();
    let rows: Vec<(Uuid, String, Option<Vec<u8>>)> = account::table
        .filter(account::id.gt(after))
        .order(account::id)
        .limit(work.most)
        .select((account::id, account::user_name, account::phone))
        .load(conn)?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == work.most;
    let next = rows.last().filter(|_| full).map(|row| row.0.to_string());
    let mut did = Stepped { next, looked_at: rows.len() as u64, ..Stepped::default() };
    for (id, user_name, sealed) in rows {
        let Some(sealed) = sealed else { continue };
        let kept = work.vault.open_text(place("account", "phone", &id), &sealed)?;
        match Phone::today(&kept) {
            Some(today) if today.as_str() == kept => {}
            Some(today) => match of_number(conn, work, &today)? {
                None => {
                    move_to(conn, work, id, &today)?;
                    did.changed += 1;
                }
                Some(other) => did.notes.push(Note {
                    subject: user_name,
                    did: format!("kept its old phone number: the number it is today is that of the account {other}"),
                }),
            },
            None => did.notes.push(Note {
                subject: user_name,
                did: "kept its phone number, which cannot be called any more or is of another country".to_owned(),
            }),
        }
    }
    Ok(did)
}

fn of_number(conn: &mut PgConnection, work: &Work<'_>, phone: &Phone) -> Result<Option<String>, StepError> {
    let hash = phone_hash(work.vault, phone.as_str());
    Ok(account::table.filter(account::phone_hash.eq(hash)).select(account::user_name).first(conn).optional()?)
}

fn move_to(conn: &mut PgConnection, work: &Work<'_>, id: Uuid, phone: &Phone) -> Result<(), StepError> {
    let sealed = work.vault.seal(place("account", "phone", &id), phone.as_str().as_bytes())?;
    diesel::update(account::table.find(id))
        .set((account::phone.eq(sealed), account::phone_hash.eq(phone_hash(work.vault, phone.as_str()))))
        .execute(conn)?;
    Ok(())
}
