//! SQL of what makes it right to show photographs of activities.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::PhotoGround;
use super::wire::ActivityPhotoConsentIn;
use crate::authz::{Granted, RunActivities};
use crate::db::DbError;
use crate::db::schema::activity_photo_consent;
use crate::documents::store as documents;

/// A consent as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity_photo_consent, check_for_backend(diesel::pg::Pg))]
pub struct PhotoConsentRow {
    pub id: Uuid,
    pub activity_id: Uuid,
    pub document_id: Uuid,
    pub ground: String,
    pub person_id: Option<Uuid>,
    pub text_version: Option<i16>,
    pub given_on: NaiveDate,
    pub paper: Option<String>,
    pub recorded_at: DateTime<Utc>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Those of an activity, in the order in which they were written.
pub fn of_activity(conn: &mut PgConnection, activity: Uuid) -> Result<Vec<PhotoConsentRow>, DbError> {
    use activity_photo_consent as c;
    let query = c::table.filter(c::activity_id.eq(activity)).order((c::recorded_at, c::id));
    Ok(query.select(PhotoConsentRow::as_select()).load(conn)?)
}

/// Those of a picture of an activity.
pub fn of_picture(conn: &mut PgConnection, activity: Uuid, document: Uuid) -> Result<Vec<PhotoConsentRow>, DbError> {
    let all = of_activity(conn, activity)?;
    Ok(all.into_iter().filter(|row| row.document_id == document).collect())
}

/// Those of persons that stand.
pub fn standing_of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<PhotoConsentRow>, DbError> {
    use activity_photo_consent as c;
    let persons: Vec<Option<Uuid>> = persons.iter().copied().map(Some).collect();
    let query = c::table.filter(c::person_id.eq_any(persons)).filter(c::withdrawn_at.is_null()).order(c::id);
    Ok(query.select(PhotoConsentRow::as_select()).load(conn)?)
}

/// All of persons, in the order in which they were written.
pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<PhotoConsentRow>, DbError> {
    use activity_photo_consent as c;
    let persons: Vec<Option<Uuid>> = persons.iter().copied().map(Some).collect();
    let query = c::table.filter(c::person_id.eq_any(persons)).order((c::recorded_at, c::id));
    Ok(query.select(PhotoConsentRow::as_select()).load(conn)?)
}

/// Writes a consent, unless the same person's stands already: whether it was written.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    activity: Uuid,
    (of, person): (&ActivityPhotoConsentIn, Option<Uuid>),
) -> Result<bool, DbError> {
    use activity_photo_consent as c;
    let written = diesel::insert_into(c::table)
        .values((
            (c::id.eq(of.id), c::activity_id.eq(activity), c::document_id.eq(of.document), c::ground.eq(of.ground.name())),
            (c::person_id.eq(person), c::text_version.eq(of.text_version), c::given_on.eq(of.given_on)),
            (c::paper.eq(of.paper.as_deref()), c::recorded_account.eq(by.account()), c::recorded_at.eq(at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

/// Ends these consents, and takes down what was shown by them.
pub fn withdraw(conn: &mut PgConnection, at: DateTime<Utc>, by: Option<Uuid>, of: &[PhotoConsentRow]) -> Result<(), DbError> {
    use activity_photo_consent as c;
    let ids: Vec<Uuid> = of.iter().map(|row| row.id).collect();
    diesel::update(c::table.filter(c::id.eq_any(&ids)).filter(c::withdrawn_at.is_null()))
        .set((c::withdrawn_at.eq(Some(at)), c::withdrawn_account.eq(by)))
        .execute(conn)?;
    for row in of {
        documents::take_down(conn, at, by, row.document_id, row.activity_id)?;
    }
    Ok(())
}

/// What is left says no more whose consent it was.
pub fn forget(conn: &mut PgConnection, of: &[PhotoConsentRow]) -> Result<(), DbError> {
    use activity_photo_consent as c;
    let ids: Vec<Uuid> = of.iter().map(|row| row.id).collect();
    diesel::update(c::table.filter(c::id.eq_any(ids))).set(c::person_id.eq(None::<Uuid>)).execute(conn)?;
    Ok(())
}

impl PhotoConsentRow {
    pub fn ground(&self) -> Option<PhotoGround> {
        PhotoGround::parse(&self.ground)
    }
}
