//! What everybody may know of a chapter's committees: posts always, names where their holders agree. Read by the public role.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Acting, CommitteeKind, MadeBy, Tenure};
use super::naming;
use super::store;
use crate::db::DbError;
use crate::db::schema::{committee, committee_post, post_holder};

/// A committee in office.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCommittee {
    pub kind: CommitteeKind,
    /// Its name in Vietnamese.
    #[schema(example = "Ban Chấp hành")]
    pub kind_vi: &'static str,
    /// Its name in English.
    #[schema(example = "Executive committee")]
    pub kind_en: &'static str,
    /// A congress, or a decision.
    pub made_by: MadeBy,
    /// Lâm thời: until the first congress.
    pub provisional: bool,
    /// What the congress is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Đại hội đại biểu lần thứ I, nhiệm kỳ 2026–2031")]
    pub congress: Option<String>,
    #[schema(example = "12/QĐ-HCTĐ")]
    pub decision_no: String,
    pub decision_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// When its term is to be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_until: Option<NaiveDate>,
    /// In their order.
    pub posts: Vec<PublicPost>,
}

/// A post of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicPost {
    #[schema(example = "CHAIR")]
    pub title: String,
    /// The title in Vietnamese.
    #[schema(example = "Chủ tịch")]
    pub title_vi: String,
    /// The title in English.
    #[schema(example = "Chair")]
    pub title_en: String,
    /// How many hold it when none is vacant.
    pub seats: i16,
    /// Seats that nobody holds today.
    pub vacant: i64,
    /// Those who hold it today.
    pub holders: Vec<PublicHolder>,
}

/// Somebody who holds it today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicHolder {
    pub since: NaiveDate,
    /// Where it is held for the time being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
    /// Where they agree to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
}

#[derive(Queryable)]
struct Row {
    id: Uuid,
    kind: String,
    made_by: String,
    provisional: bool,
    congress: Option<String>,
    decision_no: String,
    decision_on: NaiveDate,
    valid_from: NaiveDate,
    term_until: Option<NaiveDate>,
}

#[derive(Queryable)]
struct Held {
    id: Uuid,
    post_id: Uuid,
    held_from: NaiveDate,
    held_until: Option<NaiveDate>,
    acting: Option<String>,
}

/// The committees of a chapter that are in office on a day.
pub fn of_chapter(conn: &mut PgConnection, chapter: Uuid, day: NaiveDate) -> Result<Vec<PublicCommittee>, DbError> {
    use committee as c;
    let mut rows: Vec<Row> = c::table
        .filter(c::chapter_id.eq(chapter))
        .filter(c::valid_from.le(day))
        .filter(c::valid_until.is_null().or(c::valid_until.gt(day)))
        .select((
            c::id,
            c::kind,
            c::made_by,
            c::provisional,
            c::congress,
            c::decision_no,
            c::decision_on,
            c::valid_from,
            c::term_until,
        ))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let place = |row: &Row| CommitteeKind::ALL.iter().position(|kind| kind.name() == row.kind);
    rows.sort_by_key(place);
    let mut posts = posts(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>(), day)?;
    let shown = |row: Row| {
        let kind = CommitteeKind::parse(&row.kind)?;
        Some(PublicCommittee {
            kind,
            kind_vi: kind.vietnamese(),
            kind_en: kind.english(),
            made_by: MadeBy::parse(&row.made_by)?,
            provisional: row.provisional,
            congress: row.congress,
            decision_no: row.decision_no,
            decision_on: row.decision_on,
            valid_from: row.valid_from,
            term_until: row.term_until,
            posts: posts.remove(&row.id).unwrap_or_default(),
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}

/// Which of these persons hold a post on a day, of whatever committee. It shows nobody: for counting officers among others.
pub fn who_hold_posts(conn: &mut PgConnection, persons: &[Uuid], day: NaiveDate) -> Result<Vec<Uuid>, DbError> {
    use post_holder as h;
    Ok(h::table
        .filter(h::person_id.eq_any(persons))
        .filter(h::held_from.le(day))
        .filter(h::held_until.is_null().or(h::held_until.gt(day)))
        .select(h::person_id)
        .distinct()
        .load(conn)?)
}

/// The posts of committees, with who holds them that day.
fn posts(conn: &mut PgConnection, of: &[Uuid], day: NaiveDate) -> Result<HashMap<Uuid, Vec<PublicPost>>, DbError> {
    use committee_post as p;
    use post_holder as h;
    let rows: Vec<(Uuid, Uuid, String, i16)> = p::table
        .filter(p::committee_id.eq_any(of))
        .order((p::committee_id, p::n))
        .select((p::id, p::committee_id, p::title, p::seats))
        .load(conn)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let mut held: Vec<Held> = h::table
        .filter(h::post_id.eq_any(&ids))
        .order((h::post_id, h::seat, h::held_from))
        .select((h::id, h::post_id, h::held_from, h::held_until, h::acting))
        .load(conn)?;
    held.retain(|row| Tenure { from: row.held_from, until: row.held_until }.holds_on(day));
    let names: HashMap<Uuid, String> =
        naming::names(conn, &held.iter().map(|row| row.id).collect::<Vec<_>>())?.into_iter().collect();
    let titles = store::titles(conn)?;
    let mut shown: HashMap<Uuid, Vec<PublicPost>> = HashMap::new();
    for (id, committee, title, seats) in rows {
        let holders: Vec<PublicHolder> = held
            .iter()
            .filter(|row| row.post_id == id)
            .map(|row| PublicHolder {
                since: row.held_from,
                acting: row.acting.as_deref().and_then(Acting::parse),
                name: names.get(&row.id).cloned(),
            })
            .collect();
        let (title_vi, title_en) =
            titles.get(&title).map_or_else(|| (title.clone(), title.clone()), |row| (row.vi.clone(), row.en.clone()));
        let vacant = i64::from(seats) - i64::try_from(holders.len()).unwrap_or_default();
        shown.entry(committee).or_default().push(PublicPost { title, title_vi, title_en, seats, vacant, holders });
    }
    Ok(shown)
}
