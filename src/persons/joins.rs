//! Two persons of a chapter who turned out to be one: asked for by one officer, decided by another, and parted again when it was a
//! mistake.
//!
//! A join says who goes on; neither row changes, and what hangs on either stays with it, for whom it was made. So parting needs no
//! memory: each has what it had, and what came meanwhile is the one's that went on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::found::{PersonFound, found};
use super::model::{JoinState, PersonId};
use super::store;
use crate::authz::{Granted, KeepPeople, Right, SeePeople, Seen, Visit};
use crate::basics::Line;
use crate::db::DbError;
use crate::db::schema::person_join;
use crate::decisions::{self, Actions, Approval, Asked, Content, Matter, State, Verdict};
use crate::house::Rooms;
use crate::http::{FieldError, Say, Span};
use crate::tree::{self, ChapterId};

/// The joining of two persons, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "PERSON_JOIN",
    vi: "Nhập hai người làm một",
    en: "Join two persons",
    shown_at: "/api/v1/person-joins/{id}",
    decided_at: "",
    actions: Actions {
        asked: "PERSON_JOIN_REQUESTED",
        approved: "PERSONS_JOINED",
        refused: "PERSON_JOIN_REFUSED",
        withdrawn: "PERSON_JOIN_WITHDRAWN",
    },
};

/// A join as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_join, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub kept_id: Uuid,
    pub joined_id: Uuid,
    pub state: String,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub parted_by: Option<Uuid>,
    pub parted_at: Option<DateTime<Utc>>,
}

/// Two persons to be joined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonJoinIn {
    /// Made by the client, once; sending the request again with it asks only once.
    pub id: Uuid,
    /// The person who goes on.
    #[schema(example = "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a9e21")]
    pub kept: Uuid,
    /// The person who turned out to be the same.
    #[schema(example = "1f6b1c58-40f1-4f0e-9b7f-0a4f6a0d3c55")]
    pub joined: Uuid,
    /// For the second person.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// The joining of two persons.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonJoinOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(value_type = JoinState)]
    pub state: String,
    /// The person who goes on.
    #[schema(value_type = Uuid)]
    pub kept: PersonId,
    /// The person who turned out to be the same.
    #[schema(value_type = Uuid)]
    pub joined: PersonId,
    /// The two, for whoever sees the chapter's persons or decides this. Who was erased, or may not be used, is left out.
    pub persons: Vec<PersonFound>,
    pub asked_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// When the two were parted again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parted_at: Option<DateTime<Utc>>,
    /// For whoever decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(person_join::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

fn held(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(person_join::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of those it goes on for, oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<SeePeople>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, DbError> {
    use person_join as j;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = j::table.filter(j::chapter_id.eq(chapter)).order((j::asked_at, j::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(j::asked_at.ge(at)).filter(j::asked_at.gt(at).or(j::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.asked_at, row.id))
}

/// Asks a second person to join two.
pub fn request(v: &mut Visit<'_>, ask: &PersonJoinIn, note: Option<&Line>) -> Result<(PersonJoinOut, bool), Fault> {
    let (kept, joined) = (PersonId(ask.kept), PersonId(ask.joined));
    let grant = both_here(v, kept, joined)?;
    let new =
        decisions::New { kind: MATTER, id: ask.id, subject: ask.id, about: None, amount_vnd: None, not_by: &[], with: None };
    let text = format!("{}\0{}", ask.kept, ask.joined);
    let asked = decisions::ask(v, &grant, &new, Content { text: &text, note })?;
    if asked == Asked::Now {
        if is_taken(v.conn, kept, joined)? {
            return Err(Fault::JoinedAlready);
        }
        let row = Row {
            id: ask.id,
            chapter_id: grant.chapter().0,
            kept_id: ask.kept,
            joined_id: ask.joined,
            state: JoinState::Asked.name().to_owned(),
            asked_by: grant.account(),
            asked_at: v.now,
            decided_by: None,
            decided_at: None,
            parted_by: None,
            parted_at: None,
        };
        diesel::insert_into(person_join::table).values(&row).execute(v.conn).map_err(|error| taken(error.into()))?;
    }
    let row = find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((one(v, row)?, asked == Asked::Now))
}

/// Holds two persons, in order of id, and finds the right to keep both.
fn both_here(v: &mut Visit<'_>, kept: PersonId, joined: PersonId) -> Result<Granted<KeepPeople>, Fault> {
    if kept == joined {
        return Err(Fault::JoinedAlready);
    }
    let (mut rows, mut kinds) = (HashMap::new(), Vec::new());
    for id in [kept.min(joined), kept.max(joined)] {
        let row = store::held(v.conn, id)?.filter(|row| row.erased_on.is_none()).ok_or(Fault::Unknown)?;
        let grant = v.at::<KeepPeople>(ChapterId(row.chapter_id))?;
        store::usable(v.conn, v.vault, &row)?.ok_or(Fault::Restricted)?;
        kinds.push(row.kind());
        rows.insert(id, grant);
    }
    if kinds.windows(2).any(|two| two[0] != two[1]) {
        return Err(Fault::Fields(vec![FieldError::new(
            "/joined",
            "NOT_A_PERSON",
            Say::fixed("Một người và một tổ chức không phải là một.", "A person and an organisation are not one."),
        )]));
    }
    let grants = rows.remove(&kept).zip(rows.remove(&joined));
    let (grant, other) = grants.ok_or(Fault::Unknown)?;
    // One chapter's two persons, or those of a chapter and of one it goes on for.
    let one = tree::with_succeeded(v.conn, grant.chapter())?.contains(&other.chapter().0)
        || tree::with_succeeded(v.conn, other.chapter())?.contains(&grant.chapter().0);
    if one { Ok(grant) } else { Err(Fault::Unknown) }
}

/// Whether a join of the two would make a chain of joins.
fn is_taken(conn: &mut PgConnection, kept: PersonId, joined: PersonId) -> Result<bool, DbError> {
    use person_join as j;
    let standing = j::table.filter(j::state.eq_any([JoinState::Asked.name(), JoinState::Joined.name()]));
    let chain = standing.filter(j::joined_id.eq(kept.0).or(j::kept_id.eq(joined.0)).or(j::joined_id.eq(joined.0)));
    Ok(diesel::select(diesel::dsl::exists(chain)).get_result(conn)?)
}

fn taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("person_join_standing_key" | "person_join_star") => Fault::JoinedAlready,
        _ => error.into(),
    }
}

struct Joining(Row, Rooms);

impl Matter for Joining {
    type Asks = KeepPeople;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let Joining(row, rooms) = self;
        for id in [row.kept_id.min(row.joined_id), row.kept_id.max(row.joined_id)] {
            // Erased or restricted since it was asked for: there is nobody to join.
            let person = store::held(v.conn, PersonId(id))?.ok_or(Fault::Unknown)?;
            store::usable(v.conn, v.vault, &person)?.ok_or(Fault::Restricted)?;
        }
        settle(v, row, JoinState::Joined, &by.grant)?;
        regroup(v, *rooms, &[row.kept_id])
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { JoinState::Withdrawn } else { JoinState::Refused };
        settle(v, &self.0, to, by)
    }
}

fn settle<R: Right>(v: &mut Visit<'_>, row: &Row, to: JoinState, by: &Granted<R>) -> Result<(), Fault> {
    use person_join as j;
    let set = (j::state.eq(to.name()), j::decided_by.eq(by.account()), j::decided_at.eq(v.now));
    diesel::update(j::table.find(row.id)).set(set).execute(v.conn).map_err(|error| taken(error.into()))?;
    Ok(())
}

/// Whoever counts persons counts these otherwise from now on.
fn regroup(v: &mut Visit<'_>, rooms: Rooms, persons: &[Uuid]) -> Result<(), Fault> {
    for holder in rooms.persons() {
        for person in persons {
            holder.regrouped(&mut v.errand(), *person)?;
        }
    }
    Ok(())
}

/// Decides a join. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, verdict: Verdict) -> Result<PersonJoinOut, Fault> {
    let row = held(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &Joining(row, rooms), id, verdict)?;
    let row = find(v.conn, id)?.ok_or(Fault::Unknown)?;
    one(v, row)
}

/// Parts two who were joined by mistake: each has again what it had, and what came meanwhile stays with the one that went on.
pub fn part(v: &mut Visit<'_>, rooms: Rooms, id: Uuid) -> Result<PersonJoinOut, Fault> {
    use person_join as j;
    let row = held(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepPeople>(ChapterId(row.chapter_id))?;
    match JoinState::parse(&row.state) {
        Some(JoinState::Parted) => {}
        Some(JoinState::Joined) => {
            let set = (j::state.eq(JoinState::Parted.name()), j::parted_by.eq(grant.account()), j::parted_at.eq(v.now));
            diesel::update(j::table.find(id)).set(set).execute(v.conn)?;
            v.note(&grant, "PERSONS_PARTED", id)?;
            regroup(v, rooms, &[row.kept_id, row.joined_id])?;
        }
        _ => return Err(Fault::NotJoined),
    }
    let row = find(v.conn, id)?.ok_or(Fault::Unknown)?;
    one(v, row)
}

/// One join, for those who see the chapter's persons and for those who decide it; noted.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<PersonJoinOut, Fault> {
    let row = find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = ChapterId(row.chapter_id);
    let waits = row.state == JoinState::Asked.name();
    let approver = decisions::approvers(v.conn, MATTER, &[id])?.remove(&id);
    let decides = match approver.filter(|_| waits) {
        Some(approver) => decisions::decides_at(v, ChapterId(approver))?,
        None => false,
    };
    if !decides {
        v.see::<SeePeople>(chapter)?;
    }
    v.note_at(Some(chapter), "PERSON_JOIN_READ", Some(id), None)?;
    let note = decisions::note_of(v, MATTER, id)?;
    Ok(PersonJoinOut { note, ..one(v, row)? })
}

/// Joins as they are shown, in their order; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<PersonJoinOut>, Fault> {
    let ids: Vec<PersonId> = rows.iter().flat_map(|row| [PersonId(row.kept_id), PersonId(row.joined_id)]).collect();
    let known = store::names(v.conn, v.vault, &ids)?;
    let chapters = rows.iter().map(|row| row.chapter_id).chain(known.values().map(|person| person.chapter.0));
    let codes = tree::codes(v.conn, chapters.collect::<Vec<_>>())?;
    let code = |chapter: Uuid| codes.get(&chapter).cloned().unwrap_or_default();
    let out = |row: Row| {
        let (kept, joined) = (PersonId(row.kept_id), PersonId(row.joined_id));
        let persons = [kept, joined].into_iter().filter_map(|id| known.get(&id));
        PersonJoinOut {
            id: row.id,
            chapter: code(row.chapter_id),
            persons: persons.map(|person| found(person, &code(person.chapter.0))).collect(),
            kept,
            joined,
            state: row.state,
            asked_at: row.asked_at,
            decided_at: row.decided_at,
            parted_at: row.parted_at,
            note: None,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

fn one(v: &mut Visit<'_>, row: Row) -> Result<PersonJoinOut, Fault> {
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}
