//! The audit of what is counted of officers: who asked for a reversal stands in other rooms' requests, so these rooms say
//! it with their claims, one reversal after the other, and the sums are compared at the end.

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use diesel::prelude::*;
use uuid::Uuid;

use super::audit::Fact;
use super::kinds::Kind;
use super::reversals;
use crate::db::DbError;
use crate::db::schema::reversal_by_officer;
use crate::house::audit::{Audit, Claims, Reversals, Reverser};
use crate::tree;

const CHECK: &str = "reversal_by_officer";

/// Chapter, year, code of an officer, original, reason.
type Key = (Uuid, i32, String, String, String);

/// Claims a reversing entry, of an original of this kind, for the two persons behind it: the account that asked; who approved is who booked.
pub fn claim(claims: &mut Claims, original: Kind, reversal: &Fact, asked_by: Uuid) {
    claims.entries(&reversal.kind, 1);
    let Some(shown) = &reversal.public else { return };
    let vnd = -shown.amount_vnd;
    let asked = Reversals { asked: 1, asked_vnd: vnd, ..Reversals::default() };
    let approved = Reversals { approved: 1, approved_vnd: vnd, ..Reversals::default() };
    for (account, part) in [(asked_by, asked), (reversal.recorded_by, approved)] {
        let by = Reverser {
            chapter: reversal.chapter,
            year: shown.booked.year(),
            account,
            original: reversals::original(original),
            reason: shown.reason.clone().unwrap_or_default(),
        };
        claims.reversal(&reversal.code, by, part);
    }
}

/// Compares what all rooms claim with what is stored. `codes`: of officers, by their accounts.
pub fn compare(audit: &mut Audit<'_>, codes: &HashMap<Uuid, String>) -> Result<(), DbError> {
    use reversal_by_officer as t;
    let mut want = wanted(audit, codes);
    let rows: Vec<(Key, (i64, i64, i64, i64))> = t::table
        .select((
            (t::chapter_id, t::year, t::officer_code, t::original, t::reason),
            (t::asked_count, t::asked_vnd, t::approved_count, t::approved_vnd),
        ))
        .load(audit.conn)?;
    audit.findings.looked(CHECK, rows.len());
    let mut differs: Vec<(Key, Option<Reversals>, Option<Reversals>)> = Vec::new();
    for (key, (asked, asked_vnd, approved, approved_vnd)) in rows {
        let (is, want) = (Some(Reversals { asked, asked_vnd, approved, approved_vnd }), want.remove(&key));
        if is != want {
            differs.push((key, is, want));
        }
    }
    differs.extend(want.into_iter().map(|(key, want)| (key, None, Some(want))));
    let places: Vec<Uuid> = differs.iter().map(|(key, ..)| key.0).collect();
    let places = tree::labels(audit.conn, &places)?;
    for ((chapter, year, code, original, reason), is, want) in differs {
        let place = places.get(&chapter).map_or_else(|| chapter.to_string(), |label| label.code.clone());
        let subject = format!("{place} {year} {code} {original} {reason}");
        audit.findings.found(CHECK, subject, format!("{}; the requests say {}", said(is), said(want)));
    }
    Ok(())
}

/// What should be stored: the claims by codes of officers. Accounts of one officer are one person.
fn wanted(audit: &mut Audit<'_>, codes: &HashMap<Uuid, String>) -> BTreeMap<Key, Reversals> {
    let mut want: BTreeMap<Key, Reversals> = BTreeMap::new();
    for (by, (entry, part)) in audit.claims.reversals() {
        let Some(code) = codes.get(&by.account) else {
            audit.findings.found(CHECK, entry, "one of its two persons has no public code");
            continue;
        };
        let key = (by.chapter, by.year, code.clone(), by.original.to_owned(), by.reason.clone());
        *want.entry(key).or_default() += *part;
    }
    want
}

fn said(sums: Option<Reversals>) -> String {
    match sums {
        Some(Reversals { asked, asked_vnd, approved, approved_vnd }) => {
            format!("asked {asked} of {asked_vnd} đồng, approved {approved} of {approved_vnd}")
        }
        None => "nothing".to_owned(),
    }
}
