//! Writing a request down: what it covers, who decides it, when it is due.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{self, NewRequest};
use super::store::{self, RestOf, Written};
use crate::authz::{Granted, Record, Visit};
use crate::calendar;
use crate::giving::personal::Scope;
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// The nearest chapter at or above all of these.
pub(super) fn common(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<ChapterId, Fault> {
    let places = tree::places_of(conn, chapters)?;
    let mut common: Option<Vec<ChapterId>> = None;
    for place in places.values() {
        let path: Vec<ChapterId> = place.path.iter().map(|step| step.id).collect();
        common = Some(match common {
            None => path,
            Some(above) => above.into_iter().zip(path).take_while(|(a, b)| a == b).map(|(a, _)| a).collect(),
        });
    }
    common.and_then(|path| path.last().copied()).ok_or(Fault::Unknown)
}

/// What a request covers and who decides it.
pub(super) struct Reach<'a> {
    pub scope: Scope,
    /// The name by which the party was asked for, or is to be known.
    pub party_alias: Option<Uuid>,
    pub chapters: &'a [Uuid],
    pub approver: Option<Uuid>,
    pub rest: Option<RestOf>,
}

pub(super) fn write(v: &mut Visit<'_>, grant: &Granted<Record>, ask: &NewRequest, reach: Reach<'_>) -> Result<(), Fault> {
    let vault = v.vault;
    let clocks = store::clocks(v.conn, ask.kind, ask.third_parties, ask.received_on)?
        .ok_or_else(|| Fault::broken("no rule gives this request its clocks"))?;
    let calendar = calendar::from(v.conn, ask.received_on)?;
    let seal = |column, text: &[u8]| vault.seal(place("personal_data_request", column, &ask.id), text).map_err(Fault::broken);
    let changes = ask.changes.as_ref().map(serde_json::to_vec).transpose().map_err(Fault::broken)?;
    let (party, gift) = model::ids(reach.scope);
    let written = Written {
        party,
        party_alias: reach.party_alias,
        gift,
        note: ask.note.as_ref().map(|note| seal("note", note.as_str().as_bytes())).transpose()?,
        changes: changes.map(|changes| seal("changes", &changes)).transpose()?,
        hash: &hash(vault, ask),
        answer_due: calendar.due(ask.received_on, clocks.answer),
        due_on: calendar.due(ask.received_on, clocks.execute),
        approver: reach.approver,
        chapters: reach.chapters,
        rest: reach.rest,
    };
    store::insert(v.conn, grant, v.now, ask, &written).map_err(|error| match error.constraint() {
        Some("personal_data_request_pk") => Fault::IdJustTaken,
        _ => error.into(),
    })
}

pub(super) fn hash(vault: &Vault, ask: &NewRequest) -> Vec<u8> {
    vault.hash("personal_data_request", ask.content(false).as_bytes()).to_vec()
}

pub(super) fn bare_hash(vault: &Vault, ask: &NewRequest) -> Vec<u8> {
    vault.hash("personal_data_request.bare", ask.content(true).as_bytes()).to_vec()
}
