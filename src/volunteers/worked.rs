//! Hours over the API: an evening of several volunteers entered at once, listed, corrected.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use super::enter::today_of;
use super::fault::Fault;
use super::hours::{self, Entered, Hours, HoursRow};
use super::hours_wire::{CorrectionIn, HoursEntered, HoursIn, HoursOut, NewHours};
use super::model::VolunteerId;
use super::store;
use crate::authz::{KeepPeople, SeePeople, Visit};
use crate::basics::Line;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::db::schema::{volunteer_hours, volunteer_hours_void};
use crate::db::statement::statement;
use crate::http::{Check, Span};
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::place;

/// How long after they were worked hours are entered or corrected, where no rule says.
const BACK_DAYS: i32 = 60;

/// The first day of which hours are entered or corrected today.
fn first_day(v: &mut Visit<'_>) -> Result<NaiveDate, Fault> {
    let today = vietnam_date(v.now);
    let days = store::rule(v.conn, "HOURS_BACK_DAYS", today)?.map_or(BACK_DAYS, |rule| rule.value);
    Ok(today - Days::new(u64::try_from(days).unwrap_or(0)))
}

/// Whether hours lie where they may be entered: over, and not long ago.
fn check_when(v: &mut Visit<'_>, check: &mut Check, at: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), Fault> {
    let first = first_day(v)?;
    if to <= from || to - from > Duration::hours(24) {
        check.wrong(
            format!("{at}/to"),
            "OUT_OF_RANGE",
            "Sau lúc bắt đầu, và không quá 24 giờ.",
            "After the beginning, and within 24 hours.",
        );
    } else if to > v.now {
        check.wrong(format!("{at}/to"), "IN_THE_FUTURE", "Chưa tới giờ này.", "This has not come yet.");
    } else if vietnam_date(from) < first {
        check.wrong(
            format!("{at}/from"),
            "TOO_OLD",
            format!("Giờ tình nguyện được ghi từ ngày {} trở lại đây.", first.format("%d/%m/%Y")),
            format!("Hours are entered from {first} on."),
        );
    }
    Ok(())
}

/// Enters an evening. Of each volunteer what became of it, in their order.
pub fn enter(v: &mut Visit<'_>, body: &HoursIn, new: &NewHours) -> Result<Vec<HoursEntered>, Fault> {
    let (grant, place) = v.at_code::<KeepPeople>(&body.chapter)?;
    let mut check = Check::default();
    if !place.accepts_entries {
        check.wrong(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: write at its successor.",
        );
    }
    check_when(v, &mut check, "", body.from, body.to)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let hours = |of: &super::hours_wire::HoursOf| Hours {
        id: of.id,
        volunteer: VolunteerId(of.volunteer),
        occasion: None,
        what: new.what.clone(),
        place: new.place.clone(),
        from: body.from,
        to: body.to,
    };
    let all: Vec<Hours> = body.volunteers.iter().map(hours).collect();
    let entered = hours::record(&mut v.errand(), &grant, &all)?;
    let count = entered.iter().filter(|one| **one == Entered::Now).count();
    v.note_at(Some(grant.chapter()), "VOLUNTEER_HOURS_ENTERED", None, Some(&json!({"rows": count})))?;
    let ids: Vec<Uuid> = all.iter().zip(&entered).filter(|(_, one)| is_there(**one)).map(|(hours, _)| hours.id).collect();
    let elsewhere = also_elsewhere(v.conn, &ids)?;
    let out = |(hours, outcome): (&Hours, Entered)| HoursEntered {
        id: hours.id,
        volunteer: hours.volunteer,
        outcome,
        also_elsewhere: is_there(outcome) && elsewhere.contains(&hours.id),
    };
    Ok(all.iter().zip(entered).map(out).collect())
}

fn is_there(outcome: Entered) -> bool {
    matches!(outcome, Entered::Now | Entered::Known)
}

statement! {
    struct Elsewhere { ids: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid,),
    "SELECT h.id FROM volunteer_hours h WHERE h.id = ANY(?) AND h.stands AND EXISTS (
         SELECT FROM volunteer_hours o WHERE o.party_id = h.party_id AND o.stands AND o.volunteer_id <> h.volunteer_id
           AND o.starts_at < h.ends_at AND o.ends_at > h.starts_at AND o.starts_at > h.starts_at - interval '24 hours')"
}

/// Which of these hours somebody worked at another chapter as well. Not where.
fn also_elsewhere(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = Elsewhere { ids: &ids.to_vec() }.load(conn)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Which hours a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub volunteer: Option<Uuid>,
    pub year: Option<i32>,
}

/// Where hours stand in a list: by when they began.
pub type At = (DateTime<Utc>, Uuid);

/// Hours that a chapter entered, those of chapters it goes on for too, the oldest first; noted.
pub fn list(v: &mut Visit<'_>, chapter: &str, wanted: &Wanted, span: &Span<At>) -> Result<Vec<(At, HoursOut)>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let rows = tree::merged(v.conn, here.chapter(), span.rows, |conn, chapter| page(conn, chapter, wanted, span), key)?;
    v.note_at(Some(here.chapter()), "VOLUNTEER_HOURS_LISTED", None, None)?;
    let keys: Vec<At> = rows.iter().map(key).collect();
    Ok(keys.into_iter().zip(shown(v, rows)?).collect())
}

fn key(row: &HoursRow) -> At {
    (row.starts_at, row.id)
}

fn page(conn: &mut PgConnection, chapter: Uuid, wanted: &Wanted, span: &Span<At>) -> Result<Vec<HoursRow>, DbError> {
    use volunteer_hours as h;
    let query = h::table.filter(h::chapter_id.eq(chapter)).order((h::starts_at, h::id)).limit(span.rows);
    let mut query = query.select(HoursRow::as_select()).into_boxed();
    if let Some(volunteer) = wanted.volunteer {
        query = query.filter(h::volunteer_id.eq(volunteer));
    }
    if let Some(year) = wanted.year {
        let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(vietnam_midnight).unwrap_or(DateTime::<Utc>::MIN_UTC);
        query = query.filter(h::starts_at.ge(first(year))).filter(h::starts_at.lt(first(year + 1)));
    }
    if let Some((at, id)) = span.after {
        query = query.filter(h::starts_at.ge(at)).filter(h::starts_at.gt(at).or(h::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// Hours as they are shown, in their order; a fixed number of statements.
fn shown(v: &mut Visit<'_>, rows: Vec<HoursRow>) -> Result<Vec<HoursOut>, Fault> {
    let volunteers: Vec<VolunteerId> = rows.iter().map(|row| VolunteerId(row.volunteer_id)).collect();
    let of = store::find_all(v.conn, &volunteers)?;
    let people: Vec<PersonId> = of.values().map(store::Row::person).collect();
    let known = persons::names(v.conn, v.vault, &people)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let elsewhere = also_elsewhere(v.conn, &ids)?;
    let mut reasons = reasons(v, &ids)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let volunteer = VolunteerId(row.volunteer_id);
        let person = of.get(&volunteer).and_then(|one| known.get(&one.person()));
        let content = match person {
            Some(_) => hours::open(v.vault, &row)?,
            None => None,
        };
        let (what, place) = content.map_or((None, None), |content| (Some(content.what), content.place));
        let reason = reasons.remove(&row.id).filter(|_| person.is_some());
        all.push(HoursOut {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            volunteer,
            name: person.map(|person| person.name.clone()),
            what,
            place,
            from: row.starts_at,
            to: row.ends_at,
            minutes: (row.ends_at - row.starts_at).num_minutes(),
            occasion: row.occasion,
            also_elsewhere: elsewhere.contains(&row.id),
            stands: row.stands,
            corrects: row.corrects,
            why: reason,
            entered_at: row.entered_at,
        });
    }
    Ok(all)
}

fn reasons(v: &mut Visit<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, Fault> {
    use volunteer_hours_void as o;
    let query = o::table.filter(o::hours_id.eq_any(ids)).filter(o::reason.is_not_null());
    let rows: Vec<(Uuid, Vec<u8>)> = query.select((o::hours_id, o::reason.assume_not_null())).load(v.conn)?;
    let mut reasons = HashMap::with_capacity(rows.len());
    for (id, sealed) in rows {
        reasons.insert(id, v.vault.open_text(place("volunteer_hours_void", "reason", &id), &sealed)?);
    }
    Ok(reasons)
}

/// Lays hours aside with a reason, and enters others in their place, if any. Sent again it is done once. Returns what stands now, or what was
/// laid aside.
pub fn correct(
    v: &mut Visit<'_>,
    id: Uuid,
    body: &CorrectionIn,
    reason: &Line,
    new: Option<&NewHours>,
) -> Result<HoursOut, Fault> {
    let row = hours::held(v.conn, id)?.ok_or(Fault::Unknown)?;
    let here = today_of(v, row.chapter_id)?;
    let grant = v.at::<KeepPeople>(here)?;
    let hash = v.vault.hash("volunteer_hours_void.request", body.content(id, reason).as_bytes()).to_vec();
    if let Some(known) = voided(v.conn, id)? {
        return if known == hash { one(v, body.instead.as_ref().map_or(id, |instead| instead.id)) } else { Err(laid_aside()) };
    }
    if vietnam_date(row.starts_at) < first_day(v)? {
        return Err(Fault::conflict(
            "Đã quá thời hạn sửa: giờ đã ghi không thay đổi nữa.",
            "It is too late to correct these: what was entered stays.",
        ));
    }
    let volunteer = store::find(v.conn, VolunteerId(row.volunteer_id))?.filter(store::Row::is_one).ok_or(Fault::PersonGone)?;
    let person = persons::names(v.conn, v.vault, &[volunteer.person()])?.remove(&volunteer.person()).ok_or(Fault::PersonGone)?;
    void(v, id, reason, &hash, grant.account())?;
    hours::lay_aside(v.conn, id)?;
    if let (Some(instead), Some(new)) = (&body.instead, new) {
        let mut check = Check::default();
        check_when(v, &mut check, "/instead", instead.from, instead.to)?;
        check.done(Some(())).map_err(Fault::Fields)?;
        let hours = Hours {
            id: instead.id,
            volunteer: volunteer.volunteer(),
            occasion: row.occasion.clone(),
            what: new.what.clone(),
            place: new.place.clone(),
            from: instead.from,
            to: instead.to,
        };
        let new = hours::row(&v.errand(), &grant, &hours, person.party, Some(id))?;
        if hours::insert(v.conn, &[new])?.is_empty() {
            return Err(match hours::held(v.conn, instead.id)? {
                Some(_) => Fault::IdTaken,
                None => Fault::conflict(
                    "Người này đã có giờ tình nguyện khác ghi trong khoảng thời gian ấy.",
                    "Other hours of this volunteer are entered for that time already.",
                ),
            });
        }
    }
    v.note(&grant, "VOLUNTEER_HOURS_CORRECTED", id)?;
    one(v, body.instead.as_ref().map_or(id, |instead| instead.id))
}

fn laid_aside() -> Fault {
    Fault::conflict("Giờ này đã được sửa: hãy đọc lại.", "These hours were corrected already: read them again.")
}

fn voided(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    use volunteer_hours_void as o;
    Ok(o::table.find(id).select(o::request_hash).first(conn).optional()?)
}

fn void(v: &mut Visit<'_>, id: Uuid, reason: &Line, hash: &[u8], account: Uuid) -> Result<(), Fault> {
    use volunteer_hours_void as o;
    let row = (
        o::hours_id.eq(id),
        o::reason.eq(Some(v.vault.seal(place("volunteer_hours_void", "reason", &id), reason.as_str().as_bytes())?)),
        o::request_hash.eq(hash),
        o::entered_by.eq(account),
        o::entered_at.eq(v.now),
    );
    diesel::insert_into(o::table).values(row).execute(v.conn)?;
    Ok(())
}

fn one(v: &mut Visit<'_>, id: Uuid) -> Result<HoursOut, Fault> {
    let row = hours::held(v.conn, id)?.ok_or(Fault::Unknown)?;
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// Of hours that were erased nobody says any more why they were corrected.
pub(super) fn forget_reasons(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use volunteer_hours_void as o;
    diesel::update(o::table.filter(o::hours_id.eq_any(ids)))
        .set((o::reason.eq(None::<Vec<u8>>), o::request_hash.eq(Vec::<u8>::new())))
        .execute(conn)?;
    Ok(())
}
