//! Lists of a chapter that goes up in another one: one that waits for a second person is decided first, one that is being admitted is
//! waited for. One that waits for longer than its time (`member_import_rule`) stands in nobody's way: it is withdrawn, and its people
//! are sent anew at the successor.

use diesel::pg::PgConnection;

use super::matter::LIST;
use super::store;
use super::wire::ListState;
use crate::authz::{self, AuditEvent};
use crate::db::DbError;
use crate::decisions;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::http::Say;

/// See the module.
pub struct Lists;

impl Succeeds for Lists {
    fn in_the_way(&self, conn: &mut PgConnection, going: &Going) -> Result<Vec<Say>, DbError> {
        let open = store::open(conn, going.old, going.since)?;
        let said = (open > 0).then(|| {
            Say::new(
                format!("Còn {open} danh sách kết nạp hội viên đang chờ quyết định hoặc đang làm: hãy quyết định và chờ xong."),
                format!("{open} lists of members wait for a decision or are being admitted: decide on them and wait until they are done."),
            )
        });
        Ok(said.into_iter().collect())
    }

    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        let mut events = Vec::new();
        for list in store::lapsed(errand.conn, going.old, going.since)? {
            store::decide(errand.conn, list, ListState::Withdrawn, going.by, errand.now)?;
            decisions::lapse(errand.conn, errand.now, going.by, LIST, list)?;
            events.push(AuditEvent {
                account: Some(going.by),
                action: "MEMBER_LIST_LAPSED",
                subject: Some(list),
                chapter: Some(going.old),
            });
        }
        authz::audit(errand.conn, errand.now, &events)
    }
}
