//! What an activity names and the house knows: area, movement, campaign, programme, chapters that deliver.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::store;
use super::wire::Told;
use crate::authz::Visit;
use crate::campaigns::{movements, store as campaigns};
use crate::chapters::reference::CENTRAL;
use crate::db::DbError;
use crate::http::Check;
use crate::tree::{self, ChapterId, Place};

/// Looks everything up that an activity of a chapter names; the chapters that deliver it come back.
pub fn checked(v: &mut Visit<'_>, lead: &Place, told: &Told, check: &mut Check) -> Result<Vec<Uuid>, Fault> {
    let in_use = |row: &store::AreaRow| {
        row.code == told.area && row.valid_from <= told.starts_on && row.valid_to.is_none_or(|to| told.starts_on < to)
    };
    if !store::areas(v.conn)?.iter().any(in_use) {
        check.wrong(
            "/area",
            "NOT_A_CHOICE",
            "Không có lĩnh vực hoạt động này: hãy chọn trong danh mục.",
            "There is no such area (GET /activity-areas).",
        );
    }
    if !movements::is_known(v.conn, told.movement.as_deref(), told.starts_on)? {
        check.add(movements::no_such_movement());
    }
    let above = above(v.conn, lead.id)?;
    if let Some(id) = told.campaign {
        let row = campaigns::campaign(v.conn, id)?;
        if !row.is_some_and(|row| above.contains(&row.chapter_id)) {
            check.wrong(
                "/campaign",
                "NOT_A_CHOICE",
                "Đơn vị và cấp trên không có chiến dịch này.",
                "Neither the chapter nor one above it has this campaign.",
            );
        }
    }
    if let Some(id) = told.programme {
        let row = campaigns::programme(v.conn, id)?;
        if !row.is_some_and(|row| above.contains(&row.chapter_id)) {
            check.wrong(
                "/programme",
                "NOT_A_CHOICE",
                "Đơn vị và cấp trên không có chương trình phối hợp này.",
                "Neither the chapter nor one above it has this programme.",
            );
        }
    }
    delivering(v.conn, lead, &told.delivered_by, told.ends_on, "/delivered_by", check)
}

/// A chapter and those above it, in the tree and on the line of today.
fn above(conn: &mut PgConnection, lead: ChapterId) -> Result<Vec<Uuid>, DbError> {
    let mut above = tree::lines(conn, &[lead.0])?.remove(&lead.0).unwrap_or_default();
    above.extend(tree::line(conn, lead)?.into_iter().map(|(id, _)| id.0));
    Ok(above)
}

/// The chapters with these codes, each once, as they stand on a day: who has gone up in another one by then is that other one. A
/// chapter delivers what its own province leads, or the centre; the centre delivers anywhere.
pub fn delivering(
    conn: &mut PgConnection,
    lead: &Place,
    codes: &[String],
    day: NaiveDate,
    pointer: &str,
    check: &mut Check,
) -> Result<Vec<Uuid>, Fault> {
    let places = tree::places(conn, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut ids = Vec::with_capacity(codes.len());
    for (n, code) in codes.iter().enumerate() {
        let fits = |place: &&Place| {
            place.leaf_province() == lead.leaf_province() || [place.code.as_str(), lead.code.as_str()].contains(&CENTRAL)
        };
        match places.get(code).filter(fits) {
            Some(place) => ids.push(place.id.0),
            None => check.wrong(
                format!("{pointer}/{n}"),
                "NO_SUCH_CHAPTER",
                "Trong tỉnh không có đơn vị nào mang mã này.",
                "The province has no chapter with this code.",
            ),
        }
    }
    Ok(as_of(conn, ids, day)?)
}

/// These chapters as they stand on a day, each once.
pub fn as_of(conn: &mut PgConnection, ids: Vec<Uuid>, day: NaiveDate) -> Result<Vec<Uuid>, DbError> {
    let mut standing = Vec::with_capacity(ids.len());
    for mut id in ids {
        // A successor may have gone up in another one by then.
        while let Some(next) = successor_by(conn, id, day)? {
            id = next;
        }
        standing.push(id);
    }
    standing.sort_unstable();
    standing.dedup();
    Ok(standing)
}

fn successor_by(conn: &mut PgConnection, id: Uuid, day: NaiveDate) -> Result<Option<Uuid>, DbError> {
    let next = tree::went_up_in(conn, id)?.into_iter().find(|next| next.leads && next.since <= day);
    match next {
        Some(next) => Ok(tree::place(conn, &next.code)?.map(|place| place.id.0)),
        None => Ok(None),
    }
}
