//! How many of a form a chapter awards in a year: set by those who organise the chapter, taken when something is awarded.

use super::fault::Fault;
use super::out::CommendationQuotaOut;
use super::request;
use super::store::{self, QuotaRow};
use super::wire::CommendationQuotaIn;
use crate::authz::{Organise, Read, Visit};
use crate::db::DbError;
use crate::http::Check;

/// Sets a quota, or sets it anew. The same sent again answers as the first time: whether it is new.
pub fn set(v: &mut Visit<'_>, new: &CommendationQuotaIn) -> Result<bool, Fault> {
    let (_, place) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<Organise>(place.id)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    let mut check = Check::default();
    if !store::forms(v.conn)?.iter().any(|form| form.code == new.form) {
        check.wrong(
            "/form",
            "NOT_A_CHOICE",
            "Không có hình thức này: hãy chọn trong danh mục.",
            "There is no such form (GET /commendation-forms).",
        );
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    store::set_quota(v.conn, &grant, v.now, new).map_err(too_few)?;
    v.note(&grant, "COMMENDATION_QUOTA_SET", new.id)?;
    Ok(true)
}

fn too_few(error: DbError) -> Fault {
    match error.constraint() {
        Some("commendation_quota_kept") => {
            Fault::conflict("Số đã khen thưởng nhiều hơn chỉ tiêu này.", "More were awarded already than this quota allows.")
        }
        Some("commendation_quota_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// A quota as it is shown.
pub fn out(row: QuotaRow) -> CommendationQuotaOut {
    CommendationQuotaOut {
        id: row.id,
        form: row.form,
        year: row.year,
        quota: row.quota,
        awarded: row.taken,
        decision_no: row.decision_no,
    }
}

/// The quota of a chapter, form and year.
pub fn one(v: &mut Visit<'_>, new: &CommendationQuotaIn) -> Result<CommendationQuotaOut, Fault> {
    let (here, _) = v.see_code::<Read>(&new.chapter)?;
    let row = store::quota(v.conn, &here, &new.form, new.year)?.ok_or(Fault::Unknown)?;
    Ok(out(row))
}
