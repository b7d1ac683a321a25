//! The audit of what is counted of officers: who asked for a reversal stands in other rooms' requests, so these rooms say
//! it here, one reversal after the other, and the sums are compared at the end.

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::audit::Fact;
use super::reversals::Original;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::reversal_by_officer;
use crate::tree;

const CHECK: &str = "reversal_by_officer";

/// Chapter, year, code, original, reason.
type Key = (Uuid, i32, String, String, String);
/// How many a person asked for and of how much, how many they approved and of how much.
type Sums = [i64; 4];

/// What is to be found of the two persons of every reversal.
pub struct Persons {
    codes: HashMap<Uuid, String>,
    want: BTreeMap<Key, Sums>,
    /// Reversals of somebody who has no public code.
    without: Vec<String>,
}

impl Persons {
    /// `codes`: of officers, by their accounts.
    pub fn new(codes: HashMap<Uuid, String>) -> Self {
        Self { codes, want: BTreeMap::new(), without: Vec::new() }
    }

    /// One reversing entry, and the account that asked for it; who approved is who booked.
    pub fn add(&mut self, original: Original, reversal: &Fact, asked_by: Uuid) {
        let Some(shown) = &reversal.public else { return };
        for (account, at) in [(asked_by, 0), (reversal.recorded_by, 2)] {
            let Some(code) = self.codes.get(&account) else {
                self.without.push(reversal.code.clone());
                continue;
            };
            let reason = shown.reason.clone().unwrap_or_default();
            let key = (reversal.chapter, shown.booked.year(), code.clone(), original.name().to_owned(), reason);
            let sums = self.want.entry(key).or_default();
            sums[at] += 1;
            sums[at + 1] -= shown.amount_vnd;
        }
    }

    /// Compares with what is stored.
    pub fn compare(mut self, conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
        use reversal_by_officer as t;
        for code in &self.without {
            findings.found(CHECK, code, "one of its two persons has no public code");
        }
        let rows: Vec<(Key, (i64, i64, i64, i64))> = t::table
            .select((
                (t::chapter_id, t::year, t::officer_code, t::original, t::reason),
                (t::asked_count, t::asked_vnd, t::approved_count, t::approved_vnd),
            ))
            .load(conn)?;
        findings.looked(CHECK, rows.len());
        let mut differs: Vec<(Key, Option<Sums>, Option<Sums>)> = Vec::new();
        for (key, (asked, asked_vnd, approved, approved_vnd)) in rows {
            let (is, want) = (Some([asked, asked_vnd, approved, approved_vnd]), self.want.remove(&key));
            if is != want {
                differs.push((key, is, want));
            }
        }
        differs.extend(self.want.into_iter().map(|(key, want)| (key, None, Some(want))));
        let places: Vec<Uuid> = differs.iter().map(|(key, ..)| key.0).collect();
        let places = tree::labels(conn, &places)?;
        for ((chapter, year, code, original, reason), is, want) in differs {
            let place = places.get(&chapter).map_or_else(|| chapter.to_string(), |label| label.code.clone());
            let subject = format!("{place} {year} {code} {original} {reason}");
            findings.found(CHECK, subject, format!("{}; the requests say {}", said(is), said(want)));
        }
        Ok(())
    }
}

fn said(sums: Option<Sums>) -> String {
    match sums {
        Some([asked, asked_vnd, approved, approved_vnd]) => {
            format!("asked {asked} of {asked_vnd} đồng, approved {approved} of {approved_vnd}")
        }
        None => "nothing".to_owned(),
    }
}
