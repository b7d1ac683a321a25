//! Where givers are held, as the words they are found by know it (`parties::words`): kept right whenever a gift changes hands, filled
//! once for those from before, and audited.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::personal;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::house::persons::PersonsError;
use crate::parties::words::{self, Indexed};
use crate::parties::{self, NewParty, Upserted};
use crate::tree;
use crate::vault::Vault;
use crate::vault::steps::{StepError, Stepped, Work};

const BATCH: i64 = 2_000;

/// After gifts claimed their ids: parties that only lost gifts needed go again, and known ones are found where they were met
/// anew. Of nearly all gifts neither is true, and nothing is asked.
pub fn settle(conn: &mut PgConnection, upserted: &Upserted, won: &[&NewParty], lost: &[&NewParty]) -> Result<(), DbError> {
    let id = |party: &NewParty| upserted.ids.get(&party.id).copied().unwrap_or(party.id);
    let needed: HashSet<Uuid> = won.iter().map(|party| id(party)).collect();
    let (left, gone): (Vec<Uuid>, Vec<Uuid>) = lost.iter().map(|party| party.id).partition(|id| needed.contains(id));
    if !gone.is_empty() {
        parties::take_back(conn, &gone)?;
    }
    // Written for a gift that was lost, and needed by one that was not, perhaps at another chapter.
    if !left.is_empty() {
        words::forget(conn, &left)?;
    }
    let met = won.iter().filter(|party| upserted.met_anew.contains(&party.id) || left.contains(&id(party)));
    words::add(conn, &met.map(|party| (id(party), &party.words)).collect::<Vec<_>>())
}

/// Codes of the chapters that hold gifts of each of these parties.
fn held(conn: &mut PgConnection, parties: &[Uuid]) -> Result<HashMap<Uuid, BTreeSet<String>>, DbError> {
    let held = personal::held_at(conn, parties)?;
    let codes = tree::codes(conn, held.iter().map(|(_, chapter)| *chapter).collect::<HashSet<_>>())?;
    let mut at: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    for (party, chapter) in held {
        at.entry(party).or_default().extend(codes.get(&chapter).cloned());
    }
    Ok(at)
}

/// These parties are found under what they are called now, at the chapters that hold gifts of them now. They are held until the end of the
/// transaction, before it is looked where their gifts are. Returns how many were found otherwise.
pub fn anew(conn: &mut PgConnection, vault: &Vault, parties: &[Uuid]) -> Result<usize, PersonsError> {
    let sealed = words::hold(conn, parties)?;
    let at = held(conn, parties)?;
    let codes = |id: &Uuid| at.get(id).into_iter().flatten().map(String::as_str).collect();
    let rows: Vec<_> = sealed.iter().map(|(id, party)| (party, codes(id))).collect();
    words::set(conn, vault, &rows)
}

/// Data step: one batch of parties, in order of id.
pub fn step(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let after: Uuid = progress.and_then(|text| text.parse().ok()).unwrap_or_default();
    let ids: Vec<Uuid> = words::after(conn, after, work.most)?.into_iter().map(|row| row.id).collect();
    let changed = anew(conn, work.vault, &ids)?;
    let full = i64::try_from(ids.len()).unwrap_or(0) == work.most;
    Ok(Stepped {
        next: ids.last().filter(|_| full).map(Uuid::to_string),
        looked_at: ids.len() as u64,
        changed: changed as u64,
        notes: Vec::new(),
    })
}

/// Every giver is found by all of their words at every chapter that holds a gift of theirs, and by nothing else. Without a vault nobody
/// can tell.
pub struct Index;

impl Audits for Index {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let Some(vault) = audit.vault else { return Ok(()) };
        let mut after = Uuid::nil();
        loop {
            let rows = words::after(audit.conn, after, BATCH)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            audit.findings.looked("party_words", rows.len());
            let at = held(audit.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
            for row in rows {
                for differs in differences(vault, &row, at.get(&row.id)) {
                    audit.findings.found("party_words", row.id.to_string(), differs);
                }
            }
        }
    }
}

fn differences(vault: &Vault, row: &Indexed, at: Option<&BTreeSet<String>>) -> Vec<String> {
    let Some(party) = &row.party else { return Vec::new() };
    // What does not open is told where parties are looked at.
    let Ok(clear) = party.open(vault) else { return Vec::new() };
    let (mut all, mut told) = (BTreeSet::new(), Vec::new());
    for code in at.into_iter().flatten() {
        let own = words::expected(vault, &clear, [code.as_str()]);
        if !own.is_subset(&row.words) {
            told.push(format!("is not found by all of its words at {code}, which holds gifts of it"));
        }
        all.extend(own);
    }
    if !row.words.is_subset(&all) {
        told.push("is found by words that are not its own, or where no gift of it is held".to_owned());
    }
    told
}
