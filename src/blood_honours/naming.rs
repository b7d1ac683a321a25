//! The name of a donor who was honoured, as the public may read it: by consent, of an adult, while the honour stands.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::request;
use super::store::{self, HonourRow};
use super::wire::BloodHonourNameIn;
use crate::authz::{Attempt, Granted, KeepBlood, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::schema::blood_honour_shown;
use crate::db::{DbError, shown};
use crate::donors::{self, DonorId};
use crate::http::Check;
use crate::persons::naming::{adult, text_in_force};
use crate::tree;

/// What a donor agrees to.
const PURPOSE: &str = "SHOW_NAME_OF_DONOR";

/// An honour of a list, held, and the right to keep the donors of the chapter that has it today.
fn held(v: &mut Visit<'_>, list: Uuid, id: Uuid) -> Result<(HonourRow, Granted<KeepBlood>), Fault> {
    let row = store::hold(v.conn, list)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let chapter = tree::successor(v.conn, row.chapter())?.unwrap_or(row.chapter());
    let grant = v.at::<KeepBlood>(chapter)?;
    let honour = store::honour(v.conn, id)?.filter(|honour| honour.list_id == list).ok_or(Fault::Unknown)?;
    Ok((honour, grant))
}

/// Records that somebody honoured agreed. The same sent again answers as the first time: whether it is new.
pub fn show(v: &mut Visit<'_>, list: Uuid, id: Uuid, agreed: &BloodHonourNameIn) -> Result<bool, Fault> {
    let (row, grant) = held(v, list, id)?;
    if !request::is_new(v, agreed.id, &agreed.content(id))? {
        return Ok(false);
    }
    let mut check = Check::default();
    text_in_force(v.conn, PURPOSE, agreed.text_version, agreed.given_on, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    if !row.stands() {
        return Err(Fault::conflict("Chưa được tôn vinh: chưa công khai tên.", "It was not awarded: no name is shown."));
    }
    let Some(donor) = row.donor_id.map(DonorId) else {
        return Err(Fault::conflict("Chỉ công khai tên cá nhân.", "Only persons are named in public."));
    };
    let donor = donors::find(v.conn, donor)?.ok_or(Fault::Broken("an honour of nobody"))?;
    let name = adult(v, &grant, donor.person(), vietnam_date(v.now))?.map_err(Fault::Conflict)?;
    if insert(v.conn, &grant, v.now, id, agreed, &name)? {
        v.note(&grant, "BLOOD_HONOUR_NAME_SHOWN", id)?;
    }
    Ok(true)
}

/// Writes a consent, unless one stands already.
fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepBlood>,
    at: DateTime<Utc>,
    of: Uuid,
    agreed: &BloodHonourNameIn,
    name: &str,
) -> Result<bool, DbError> {
    use blood_honour_shown as s;
    shown::alters(conn);
    let written = diesel::insert_into(s::table)
        .values((
            (s::id.eq(agreed.id), s::honour_id.eq(of), s::name.eq(Some(name)), s::text_version.eq(agreed.text_version)),
            (s::given_on.eq(agreed.given_on), s::recorded_account.eq(by.account()), s::recorded_at.eq(at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

/// Takes a name away again. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, list: Uuid, id: Uuid) -> Result<(), Fault> {
    let (_, grant) = held(v, list, id)?;
    if v.attempt() == Attempt::First && forget_name(v.conn, &[id], Some(grant.account()), v.now)? > 0 {
        v.note(&grant, "BLOOD_HONOUR_NAME_WITHDRAWN", id)?;
    }
    Ok(())
}

/// Takes names away that stand beside these honours; that they agreed stays on record.
pub fn forget_name(conn: &mut PgConnection, of: &[Uuid], by: Option<Uuid>, at: DateTime<Utc>) -> Result<usize, DbError> {
    use blood_honour_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::honour_id.eq_any(of)).filter(s::withdrawn_at.is_null());
    Ok(diesel::update(standing)
        .set((s::name.eq(None::<String>), s::withdrawn_at.eq(Some(at)), s::withdrawn_account.eq(by)))
        .execute(conn)?)
}

/// Whose names may stand in public: (honour, name). Readable by the public role.
pub fn names(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    use blood_honour_shown as s;
    let named = s::table.filter(s::honour_id.eq_any(of)).filter(s::name.is_not_null());
    let rows: Vec<(Uuid, Option<String>)> = named.select((s::honour_id, s::name)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((id, name?))).collect())
}
