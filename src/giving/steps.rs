//! Data step: what is shown of a masked name has no digits.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::display::Display;
use super::personal;
use crate::db::DbError;
use crate::db::schema::gift;
use crate::ledger::{public, rewording, store as ledger};
use crate::parties::{self, naming};
use crate::stock;
use crate::vault::steps::{Note, StepError, Stepped, Work};

type Row = (Uuid, Uuid, Option<Uuid>, String, Option<Vec<u8>>);

/// One batch of gifts that show something of their giver, in order of id. A masked name that showed digits is shown
/// without; a number in a name that is shown in full is told of, for its giver chose that the name be shown.
pub fn masked_digits(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    use gift as g;
    let after: Uuid = progress.and_then(|text| text.parse().ok()).unwrap_or_default();
    let query = g::table.filter(g::id.gt(after)).filter(g::display.ne(Display::Anonymous.name())).order(g::id).limit(work.most);
    let rows: Vec<Row> = query.select((g::id, g::entry_id, g::party_id, g::display, g::giver_name)).load(conn)?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == work.most;
    let mut did = Stepped {
        next: rows.last().filter(|_| full).map(|row| row.0.to_string()),
        looked_at: rows.len() as u64,
        ..Stepped::default()
    };
    let codes = ledger::codes(conn, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let shown = public::givers(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?;
    let odd: Vec<(&Row, &String, &String)> = rows
        .iter()
        .filter_map(|row| {
            let code = codes.get(&row.1)?;
            let shown = shown.get(code)?;
            shown.chars().any(char::is_numeric).then_some((row, code, shown))
        })
        .collect();
    let parties = parties::load(conn, &odd.iter().filter_map(|(row, ..)| row.2).collect::<Vec<_>>())?;
    let mut mended = HashMap::new();
    for ((id, _, party, display, name), code, shown) in odd {
        if display != Display::Masked.name() {
            if naming::check(shown).is_err() {
                let did_what = "shows a long number in the giver's name: ask the giver, and correct the name";
                did.notes.push(Note { subject: code.clone(), did: did_what.to_owned() });
            }
            continue;
        }
        let Some(party) = party.and_then(|id| parties.get(&id)) else { continue };
        let given = personal::as_given(work.vault, *id, name.as_deref(), party.open(work.vault)?)?;
        mended.insert(code.clone(), Display::Masked.shown(&given.name));
        did.notes.push(Note { subject: code.clone(), did: "showed digits of a masked name, and shows them no more".to_owned() });
    }
    did.changed = mended.len() as u64;
    if !mended.is_empty() {
        public::show_givers(conn, &mended, item_names)?;
    }
    Ok(did)
}

/// One batch of entries whose words are read otherwise than before, in order of their number.
pub fn words(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let items = stock::catalogue(conn)?.into_iter().map(|item| (item.code, item.name)).collect();
    rewording::batch(conn, work, progress, &items)
}

fn item_names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(stock::items(conn, codes)?.into_iter().map(|(code, item)| (code, item.name)).collect())
}
