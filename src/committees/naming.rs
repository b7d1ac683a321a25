//! The name beside a post, as the public may read it: by consent, of an adult, as long as the post is held.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::hold::committee_of;
use super::request;
use super::store;
use super::who::{no_such_paper, paper_is_kept};
use super::wire_roles::Agreed;
use crate::authz::{Attempt, Granted, KeepPeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::post_holder_shown;
use crate::db::shown;
use crate::http::Check;
use crate::persons::PersonId;
use crate::persons::naming::{adult, text_in_force};

/// What holders of posts agree to.
const PURPOSE: &str = "SHOW_NAME_OF_OFFICER";

/// Records that a holder agreed. The same sent again answers as the first time: whether it is new.
pub fn show(v: &mut Visit<'_>, post: Uuid, holder: Uuid, agreed: &Agreed) -> Result<bool, Fault> {
    let (committee, post) = committee_of(v, post)?;
    let grant = v.at::<KeepPeople>(committee.chapter())?;
    let row = store::holder(v.conn, holder)?.filter(|row| row.post_id == post.id).ok_or(Fault::Unknown)?;
    if !request::is_new(v, agreed.id, &agreed.content(holder))? {
        return Ok(false);
    }
    let today = vietnam_date(v.now);
    let mut check = Check::default();
    text_in_force(v.conn, PURPOSE, agreed.text_version, agreed.given_on, &mut check)?;
    if !paper_is_kept(v.conn, committee.chapter(), agreed.document.as_deref())? {
        no_such_paper(&mut check);
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    if row.tenure().is_over(today) {
        return Err(Fault::conflict("Người này không còn giữ chức danh ấy.", "This post is held no longer."));
    }
    let name = adult(v, &grant, PersonId(row.person_id), today)?.map_err(Fault::Conflict)?;
    if insert(v.conn, &grant, v.now, holder, agreed, &name)? {
        v.note(&grant, "POST_NAME_SHOWN", holder)?;
    }
    Ok(true)
}

/// Writes a consent, unless one stands already.
fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    holder: Uuid,
    agreed: &Agreed,
    name: &str,
) -> Result<bool, DbError> {
    use post_holder_shown as s;
    shown::alters(conn);
    let written = diesel::insert_into(s::table)
        .values((
            (s::id.eq(agreed.id), s::holder_id.eq(holder), s::name.eq(Some(name)), s::text_version.eq(agreed.text_version)),
            (s::given_on.eq(agreed.given_on), s::document.eq(agreed.document.as_deref())),
            (s::recorded_account.eq(by.account()), s::recorded_at.eq(at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

/// Takes a name away again. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, post: Uuid, holder: Uuid) -> Result<(), Fault> {
    let (committee, post) = committee_of(v, post)?;
    let grant = v.at::<KeepPeople>(committee.chapter())?;
    store::holder(v.conn, holder)?.filter(|row| row.post_id == post.id).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::First && forget_name(v.conn, &[holder], Some(grant.account()), v.now)? > 0 {
        v.note(&grant, "POST_NAME_WITHDRAWN", holder)?;
    }
    Ok(())
}

/// Takes names away that stand beside these holders; that they agreed stays on record.
pub fn forget_name(conn: &mut PgConnection, holders: &[Uuid], by: Option<Uuid>, at: DateTime<Utc>) -> Result<usize, DbError> {
    use post_holder_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::holder_id.eq_any(holders)).filter(s::withdrawn_at.is_null());
    Ok(diesel::update(standing)
        .set((s::name.eq(None::<String>), s::withdrawn_at.eq(Some(at)), s::withdrawn_account.eq(by)))
        .execute(conn)?)
}

/// Whose names may stand in public: (holder, name). Readable by the public role.
pub fn names(conn: &mut PgConnection, holders: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    use post_holder_shown as s;
    let rows: Vec<(Uuid, Option<String>)> =
        s::table.filter(s::holder_id.eq_any(holders)).filter(s::name.is_not_null()).select((s::holder_id, s::name)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(holder, name)| Some((holder, name?))).collect())
}
