//! The audit of plans: what was carried out is what the books and the tree say, and nothing is left at what was succeeded.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store::{self, Row};
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::facts;
use crate::ledger::kinds::Kind;
use crate::ledger::passing;
use crate::tree;

const CHECK: &str = "succession";
const BATCH: i64 = 500;

/// See the module.
pub struct Successions;

impl Audits for Successions {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = Uuid::nil();
        loop {
            let rows = store::after(audit.conn, after, BATCH)?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            for row in &rows {
                check(audit, row)?;
            }
        }
        for (kind, count) in passing::count(audit.conn)? {
            audit.claims.entries(&kind, usize::try_from(count).unwrap_or_default());
        }
        Ok(())
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        let mut ours = store::among(conn, entries)?;
        ours.extend(passing::among(conn, entries)?);
        Ok(ours)
    }
}

fn check(audit: &mut Audit<'_>, row: &Row) -> Result<(), DbError> {
    let entries = store::entries(audit.conn, row.id)?;
    let facts = facts(audit.conn, &entries)?;
    for fact in facts.values() {
        audit.claims.entries(&fact.kind, 1);
    }
    let mut wrong = |what: String| audit.findings.found(CHECK, row.id.to_string(), what);
    let Some(content) = row.content() else {
        wrong("its plan is none".to_owned());
        return Ok(());
    };
    let of = |kind: Kind| facts.values().filter(|fact| fact.kind == kind.name()).count();
    if of(Kind::TransferOut) != of(Kind::TransferIn) || facts.len() != 2 * of(Kind::TransferOut) {
        wrong("its entries are no pairs".to_owned());
    }
    if row.done_at.is_none() {
        if !entries.is_empty() {
            wrong(format!("is {}, but has entries", row.state));
        }
        return Ok(());
    }
    let places = tree::places(audit.conn, &content.chapters())?;
    for new in content.new_chapters.iter().filter(|new| places.get(&new.code).is_none_or(|place| place.id.0 != new.id)) {
        wrong(format!("{}, which it makes, is not there", new.code));
    }
    for place in content.from.iter().filter_map(|code| places.get(code)) {
        let successors = tree::went_up_in(audit.conn, place.id.0)?;
        let left = passing::left_at(audit.conn, &[place.id.0])?;
        let mut wrong = |what: &str| audit.findings.found(CHECK, row.id.to_string(), format!("{}: {what}", place.code));
        if place.accepts_entries {
            wrong("went up in another one, and its books are open");
        }
        let same = successors.len() == content.to.len() && successors.iter().all(|related| content.to.contains(&related.code));
        if !same {
            wrong("its successors are not those of the plan");
        }
        if !left.is_empty() {
            wrong("something is left in its books");
        }
    }
    Ok(())
}
