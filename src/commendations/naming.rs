//! The name of somebody commended, as the public may read it: by consent, of an adult, once it is awarded.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::model::CommendationState;
use super::papers;
use super::request;
use super::store::{self, Row};
use super::wire::CommendationNameIn;
use crate::authz::{Attempt, Granted, KeepPeople, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::commendation_shown;
use crate::db::shown;
use crate::documents::store as documents;
use crate::http::Check;
use crate::persons::PersonId;
use crate::persons::naming::{adult, text_in_force};

/// What somebody commended agrees to.
const PURPOSE: &str = "SHOW_NAME_OF_COMMENDED";

fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(Row, Granted<KeepPeople>), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = v.at::<KeepPeople>(row.chapter())?;
    Ok((row, grant))
}

/// Records that somebody commended agreed. The same sent again answers as the first time: whether it is new.
pub fn show(v: &mut Visit<'_>, id: Uuid, agreed: &CommendationNameIn) -> Result<bool, Fault> {
    let (row, grant) = held(v, id)?;
    if !request::is_new(v, agreed.id, &agreed.content(id))? {
        return Ok(false);
    }
    let today = vietnam_date(v.now);
    let mut check = Check::default();
    text_in_force(v.conn, PURPOSE, agreed.text_version, agreed.given_on, &mut check)?;
    if let Some(hash) = &agreed.document
        && !documents::is_kept(v.conn, row.chapter(), &papers::OF_COMMENDATIONS, hash)?
    {
        papers::no_such_paper(&mut check);
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    if row.state != CommendationState::Awarded.name() {
        return Err(Fault::conflict("Chưa khen thưởng: chưa công khai tên.", "It is not awarded: no name is shown."));
    }
    let Some(person) = row.person_id else {
        return Err(Fault::conflict(
            "Tập thể được công khai theo tên, không cần đồng ý.",
            "A collective is called by its name, without consent.",
        ));
    };
    let name = adult(v, &grant, PersonId(person), today)?.map_err(Fault::Conflict)?;
    if insert(v.conn, &grant, v.now, id, agreed, &name)? {
        v.note(&grant, "COMMENDATION_NAME_SHOWN", id)?;
    }
    Ok(true)
}

/// Writes a consent, unless one stands already.
fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    of: Uuid,
    agreed: &CommendationNameIn,
    name: &str,
) -> Result<bool, DbError> {
    use commendation_shown as s;
    shown::alters(conn);
    let written = diesel::insert_into(s::table)
        .values((
            (s::id.eq(agreed.id), s::commendation_id.eq(of), s::name.eq(Some(name)), s::text_version.eq(agreed.text_version)),
            (s::given_on.eq(agreed.given_on), s::document.eq(agreed.document.as_deref())),
            (s::recorded_account.eq(by.account()), s::recorded_at.eq(at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

/// Takes a name away again. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (_, grant) = held(v, id)?;
    if v.attempt() == Attempt::First && forget_name(v.conn, &[id], Some(grant.account()), v.now)? > 0 {
        v.note(&grant, "COMMENDATION_NAME_WITHDRAWN", id)?;
    }
    Ok(())
}

/// Takes names away that stand beside these commendations; that they agreed stays on record.
pub fn forget_name(conn: &mut PgConnection, of: &[Uuid], by: Option<Uuid>, at: DateTime<Utc>) -> Result<usize, DbError> {
    use commendation_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::commendation_id.eq_any(of)).filter(s::withdrawn_at.is_null());
    Ok(diesel::update(standing)
        .set((s::name.eq(None::<String>), s::withdrawn_at.eq(Some(at)), s::withdrawn_account.eq(by)))
        .execute(conn)?)
}

/// Whose names may stand in public: (commendation, name). Readable by the public role.
pub fn names(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    use commendation_shown as s;
    let named = s::table.filter(s::commendation_id.eq_any(of)).filter(s::name.is_not_null());
    let rows: Vec<(Uuid, Option<String>)> = named.select((s::commendation_id, s::name)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((id, name?))).collect())
}
