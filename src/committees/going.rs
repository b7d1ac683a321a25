//! Committees of a chapter that goes up in another one end that day, with everybody's time in them; the successor makes its own. (Roles
//! end by themselves, or go on as the plan says: `identity::handing_over`.)

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{CommitteeKind, EndedHow};
use super::store::{self, Ending};
use crate::authz::{self, AuditEvent};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::tree::ChapterId;

/// See the module.
pub struct Committees;

impl Succeeds for Committees {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        let rows = all(errand.conn, going.old, going.since)?;
        let ending = Ending {
            until: going.since,
            how: EndedHow::ChapterWentUp,
            decision_no: &going.decision_no,
            by: going.by,
            at: errand.now,
        };
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        store::end_holders_of(errand.conn, &ids, &ending)?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| row.ended_how.is_none()) {
            store::end_committee(errand.conn, row, &ending)?;
            events.push(AuditEvent {
                account: Some(going.by),
                action: "COMMITTEE_ENDED",
                subject: Some(row.id),
                chapter: Some(going.old),
            });
        }
        authz::audit(errand.conn, errand.now, &events)
    }
}

fn all(conn: &mut PgConnection, chapter: Uuid, since: NaiveDate) -> Result<Vec<store::CommitteeRow>, DbError> {
    store::going_on(conn, ChapterId(chapter), &CommitteeKind::ALL, since)
}
