//! The rest of a request: what other chapters hold of the same person.
//!
//! Whoever writes a request down has a say over what their own chapters hold. The rest waits, as a request of its own, for
//! the nearest chapter above all of them, is seen there and nowhere else, and tells the first request nothing: its answer
//! is the same whether there is a rest or not.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::matter;
use super::model::{NewRequest, RequestKind};
use super::persons;
use super::store::{self, RestOf};
use super::writing::{self, Reach};
use crate::authz::{self, AuditEvent, Granted, Record, Visit};
use crate::decisions::{self, Plan};
use crate::giving::display::Display;
use crate::giving::personal::{self, Scope};
use crate::house::Rooms;
use crate::house::persons::OfParty;
use crate::parties::{alias, restriction};
use crate::tree::ChapterId;

/// Leaves to the chapters above what a request does not cover.
pub fn leave(
    v: &mut Visit<'_>,
    rooms: Rooms,
    grant: &Granted<Record>,
    ask: &NewRequest,
    scope: Scope,
    covered: &[Uuid],
) -> Result<(), Fault> {
    let Scope::Party(party) = scope else { return Ok(()) };
    let all = persons::chapters(v.conn, rooms, scope)?;
    let mut rest: Vec<Uuid> = all.iter().filter(|chapter| !covered.contains(chapter)).copied().collect();
    keep_what_matters(v.conn, rooms, ask.kind, party, &mut rest)?;
    // A correction says what is to be corrected, so two of them are two; otherwise one that waits is enough.
    if rest.is_empty() || ask.kind != RequestKind::Correct && store::rest_waits(v.conn, ask.kind, party, &rest)? {
        return Ok(());
    }
    let common = writing::common(v.conn, &all)?;
    let approver = v.nearest_approver(common, &[grant.officer()])?.unwrap_or(common).0;
    let id = Uuid::new_v4();
    let rest_of = RestOf { request: ask.id, kept_at: approver };
    // There the person has a name of its own, too.
    let name = alias::of(v.conn, party, approver)?;
    let own = NewRequest { id, scope: Scope::Party(name), ..ask.clone() };
    let decides = Some(approver).filter(|_| !ask.kind.is_done_by_hand());
    let reach = Reach { scope, party_alias: Some(name), chapters: &rest, approver: decides, rest: Some(rest_of) };
    writing::write(v, grant, &own, reach)?;
    // Without the account: its own trail would tell whoever asked that there is a rest.
    let Some(kind) = matter::of(ask.kind) else {
        let event = AuditEvent { account: None, action: "PERSONAL_DATA_REQUESTED", subject: Some(id), chapter: Some(approver) };
        return Ok(authz::audit(v.conn, v.now, &[event])?);
    };
    let plan = Plan::waiting_at(grant, ChapterId(approver));
    Ok(decisions::enter_above(v.conn, v.now, grant, &matter::new(kind, id), &plan)?)
}

/// Chapters where nothing would change need no decision.
fn keep_what_matters(
    conn: &mut PgConnection,
    rooms: Rooms,
    kind: RequestKind,
    party: Uuid,
    rest: &mut Vec<Uuid>,
) -> Result<(), Fault> {
    let restricted = restriction::chapters(conn, party)?;
    match kind {
        RequestKind::Restrict => rest.retain(|chapter| !restricted.contains(chapter)),
        RequestKind::LiftRestriction => rest.retain(|chapter| restricted.contains(chapter)),
        RequestKind::WithdrawConsent | RequestKind::Object => {
            let mut shown = Vec::new();
            for chapter in rest.iter() {
                let displays = personal::displays(conn, Scope::Party(party), &[*chapter])?;
                let in_gifts = displays.iter().any(|display| display != Display::Anonymous.name());
                if in_gifts || persons::is_shown_of(conn, rooms, &OfParty { party, chapters: &[*chapter] })? {
                    shown.push(*chapter);
                }
            }
            *rest = shown;
        }
        RequestKind::Erase | RequestKind::Correct | RequestKind::Access | RequestKind::Protect => {}
    }
    Ok(())
}
