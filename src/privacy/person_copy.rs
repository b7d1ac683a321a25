//! `/api/v1/persons/{id}/personal-data`: a copy of what a chapter keeps of a person that is no gift, for the person who asks for it.
//!
//! Gifts stand in the copy of the party, which who reads the books may read; what somebody is at the chapter only those see who see its
//! persons.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::persons;
use crate::authz::{Desk, SeePeople, Visit};
use crate::house::Rooms;
use crate::house::persons::{Holding, OfParty};
use crate::http::sets::Acts;
use crate::http::{Answer, Reply};
use crate::parties::alias;
use crate::persons::PersonId;

/// What a chapter keeps of a person besides gifts.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonCopyOut {
    /// The person, by the chapter's own name.
    pub person: Uuid,
    /// The same person in gifts: `/parties/{id}/personal-data` has the copy of those, if there are any.
    pub party: Uuid,
    /// Everything that is held: what was written down of them, what they are, papers.
    pub held: Vec<Holding>,
}

/// A copy of all that the chapter keeps of a person besides gifts. Noted in the audit trail.
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = PersonCopyOut), Acts)
)]
#[get("/persons/{id}/personal-data")]
pub async fn show_personal_data_of_person(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<PersonCopyOut> {
    desk.tx(move |v| Ok(copy(v, **rooms, PersonId(*id))?)).await.map(Reply::ok)
}

/// Of who was joined to somebody, the copy of each is asked for by its own name. It is also for those whose data may not be used.
fn copy(v: &mut Visit<'_>, rooms: Rooms, id: PersonId) -> Result<PersonCopyOut, Fault> {
    let (party, chapter) = crate::persons::stands_for(v.conn, id)?.ok_or(Fault::Unknown)?;
    let here = v.see::<SeePeople>(chapter)?;
    v.note_seen(&here, "PERSONAL_DATA_READ", id.0)?;
    let held = persons::found_of(&mut v.errand(), rooms, &OfParty { party, chapters: &[chapter.0] })?;
    Ok(PersonCopyOut { person: id.0, party: alias::of(v.conn, party, chapter.0)?, held })
}
