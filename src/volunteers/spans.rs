//! From when to when somebody is counted where, as what. What is written here stays: a span ends once, and says no more who it was when
//! the person is erased.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable};
use uuid::Uuid;

use super::model::VolunteerKind;
use crate::db::DbError;
use crate::db::schema::volunteer_span;

/// Counts somebody at a chapter from a day on.
pub fn begin(
    conn: &mut PgConnection,
    volunteer: Uuid,
    (chapter, party, kind): (Uuid, Uuid, VolunteerKind),
    day: NaiveDate,
) -> Result<(), DbError> {
    use volunteer_span as s;
    let last: Option<i32> = s::table.filter(s::volunteer_id.eq(volunteer)).select(diesel::dsl::max(s::n)).first(conn)?;
    diesel::insert_into(s::table)
        .values((
            s::volunteer_id.eq(volunteer),
            s::n.eq(last.unwrap_or(0) + 1),
            s::chapter_id.eq(chapter),
            s::party_id.eq(Some(party)),
            s::kind.eq(kind.name()),
            s::from_day.eq(day),
        ))
        .execute(conn)?;
    Ok(())
}

/// [`begin`] for volunteers of a chapter who were never counted: (volunteer, party, kind).
pub fn begin_all(conn: &mut PgConnection, chapter: Uuid, all: &[(Uuid, Uuid, &str)], day: NaiveDate) -> Result<(), DbError> {
    use volunteer_span as s;
    let row = |(volunteer, party, kind): &(Uuid, Uuid, &str)| {
        (
            (s::volunteer_id.eq(*volunteer), s::n.eq(1), s::chapter_id.eq(chapter)),
            (s::party_id.eq(Some(*party)), s::kind.eq((*kind).to_owned()), s::from_day.eq(day)),
        )
    };
    diesel::insert_into(s::table).values(all.iter().map(row).collect::<Vec<_>>()).execute(conn)?;
    Ok(())
}

/// Counts somebody no more from a day on.
pub fn end(conn: &mut PgConnection, volunteer: Uuid, day: NaiveDate) -> Result<(), DbError> {
    use volunteer_span as s;
    let open = s::table.filter(s::volunteer_id.eq(volunteer)).filter(s::to_day.is_null());
    // One that was to begin later never did.
    let at = diesel::dsl::sql::<Nullable<Date>>("greatest(from_day, ").bind::<Date, _>(day).sql(")");
    diesel::update(open).set(s::to_day.eq(at)).execute(conn)?;
    Ok(())
}

/// What was counted says no more who it was.
pub fn forget(conn: &mut PgConnection, volunteer: Uuid) -> Result<(), DbError> {
    use volunteer_span as s;
    diesel::update(s::table.filter(s::volunteer_id.eq(volunteer))).set(s::party_id.eq(None::<Uuid>)).execute(conn)?;
    Ok(())
}

/// An open span of somebody who is another party by now ends, and one of that party begins.
pub fn follow(conn: &mut PgConnection, volunteer: Uuid, party: Uuid, day: NaiveDate) -> Result<(), DbError> {
    use volunteer_span as s;
    let open = s::table.filter(s::volunteer_id.eq(volunteer)).filter(s::to_day.is_null());
    let other = open.filter(s::party_id.is_distinct_from(Some(party))).select((s::chapter_id, s::kind));
    let Some((chapter, kind)) = other.first::<(Uuid, String)>(conn).optional()? else { return Ok(()) };
    let kind = VolunteerKind::parse(&kind).unwrap_or(VolunteerKind::Volunteer);
    end(conn, volunteer, day)?;
    begin(conn, volunteer, (chapter, party, kind), day)
}
