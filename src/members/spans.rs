//! From when to when somebody is counted where, as what. What is written here stays: a span ends once, and says no more who it was when
//! the person is erased.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Uuid as SqlUuid};
use uuid::Uuid;

use super::cards;
use super::model::MemberKind;
use super::store::Row;
use crate::basics::Birth;
use crate::basics::clock::vietnam_date;
use crate::chapters;
use crate::db::DbError;
use crate::db::schema::member_span;
use crate::db::statement::statement;
use crate::house::errand::Errand;
use crate::persons::{Known, Sex};

/// As what somebody is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub chapter: Uuid,
    pub branch: Option<Uuid>,
    pub party: Uuid,
    pub kind: MemberKind,
    sex: Option<&'static str>,
    birth_year: Option<i16>,
    /// What the branch, or the chapter, gathers around: agencies, schools, enterprises, communities.
    sector: String,
}

impl Facts {
    /// Of a member of a chapter today.
    pub fn of(conn: &mut PgConnection, row: &Row, chapter: Uuid, person: &Known) -> Result<Self, DbError> {
        let around = row.branch_id.unwrap_or(chapter);
        let kinds = chapters::store::by_ids(conn, &[around])?;
        Ok(Self {
            chapter,
            branch: row.branch_id,
            party: person.party,
            kind: row.kind().unwrap_or(MemberKind::Member),
            sex: person.sex.map(|sex| sex.name()),
            birth_year: person.birth.map(Birth::year).and_then(|year| i16::try_from(year).ok()),
            sector: kinds.get(&around).map(|chapter| chapter.kind.clone()).unwrap_or_default(),
        })
    }
}

/// What is known of somebody that counts.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    pub party: Uuid,
    pub sex: Option<Sex>,
    pub birth: Option<Birth>,
}

impl Facts {
    /// Of a member of a chapter whose branch, or else chapter, gathers around `sector`.
    pub fn around(row: &Row, chapter: Uuid, of: Counts, sector: String) -> Self {
        Self {
            chapter,
            branch: row.branch_id,
            party: of.party,
            kind: row.kind().unwrap_or(MemberKind::Member),
            sex: of.sex.map(|sex| sex.name()),
            birth_year: of.birth.map(Birth::year).and_then(|year| i16::try_from(year).ok()),
            sector,
        }
    }
}

/// [`begin`] for memberships that were never counted.
pub fn begin_all(conn: &mut PgConnection, all: &[(Uuid, Facts)], day: NaiveDate) -> Result<(), DbError> {
    use member_span as s;
    let row = |(member, facts): &(Uuid, Facts)| {
        (
            (s::member_id.eq(*member), s::n.eq(1), s::chapter_id.eq(facts.chapter), s::branch_id.eq(facts.branch)),
            (
                s::party_id.eq(facts.party),
                s::kind.eq(facts.kind.name()),
                s::sex.eq(facts.sex),
                s::birth_year.eq(facts.birth_year),
            ),
            (s::sector.eq(facts.sector.clone()), s::from_day.eq(day)),
        )
    };
    diesel::insert_into(s::table).values(all.iter().map(row).collect::<Vec<_>>()).execute(conn)?;
    Ok(())
}

/// Where these parties are counted today, by party.
pub fn standing_of(conn: &mut PgConnection, parties: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use member_span as s;
    let open = s::table.filter(s::party_id.eq_any(parties)).filter(s::to_day.is_null());
    let rows: Vec<(Option<Uuid>, Uuid)> = open.select((s::party_id, s::chapter_id)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(party, chapter)| Some((party?, chapter))).collect())
}

/// Counts a member from a day on.
pub fn begin(conn: &mut PgConnection, member: Uuid, facts: &Facts, day: NaiveDate) -> Result<(), DbError> {
    use member_span as s;
    let last: Option<i32> = s::table.filter(s::member_id.eq(member)).select(diesel::dsl::max(s::n)).first(conn)?;
    diesel::insert_into(s::table)
        .values((
            (
                s::member_id.eq(member),
                s::n.eq(last.unwrap_or(0) + 1),
                s::chapter_id.eq(facts.chapter),
                s::branch_id.eq(facts.branch),
            ),
            (
                s::party_id.eq(facts.party),
                s::kind.eq(facts.kind.name()),
                s::sex.eq(facts.sex),
                s::birth_year.eq(facts.birth_year),
            ),
            (s::sector.eq(&facts.sector), s::from_day.eq(day)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Counts a member no more from a day on.
pub fn end(conn: &mut PgConnection, member: Uuid, day: NaiveDate) -> Result<(), DbError> {
    use member_span as s;
    let open = s::table.filter(s::member_id.eq(member)).filter(s::to_day.is_null());
    // One that was to begin later never did.
    let at = diesel::dsl::sql::<Nullable<Date>>("greatest(from_day, ").bind::<Date, _>(day).sql(")");
    diesel::update(open).set(s::to_day.eq(at)).execute(conn)?;
    Ok(())
}

statement! {
    struct Again { day: NaiveDate => Date, member: Uuid => SqlUuid } -> (),
    "INSERT INTO member_span (member_id, n, chapter_id, branch_id, party_id, kind, sex, birth_year, sector, from_day)
     SELECT s.member_id, s.n + 1, s.chapter_id, s.branch_id, s.party_id, s.kind, s.sex, s.birth_year, s.sector, d.day
     FROM (SELECT ?::date AS day) d, member_span s WHERE s.member_id = ? ORDER BY s.n DESC LIMIT 1"
}

/// Counts a member again from a day on, as what they were counted last.
pub fn again(conn: &mut PgConnection, member: Uuid, day: NaiveDate) -> Result<(), DbError> {
    Again { day: &day, member: &member }.execute(conn)?;
    Ok(())
}

/// Those of these memberships that are counted today.
pub fn counted_among(conn: &mut PgConnection, members: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    use member_span as s;
    if members.is_empty() {
        return Ok(HashSet::new());
    }
    let open = s::table.filter(s::member_id.eq_any(members)).filter(s::to_day.is_null());
    Ok(open.select(s::member_id).load(conn)?.into_iter().collect())
}

/// Counts a member from today on as what they are by now; where that is what they were counted as, or where another membership of
/// theirs is counted, nothing changes.
pub fn count_anew(errand: &mut Errand<'_>, row: &Row, chapter: Uuid, person: &Known) -> Result<(), DbError> {
    let day = vietnam_date(errand.now);
    let facts = Facts::of(errand.conn, row, chapter, person)?;
    if counted_among(errand.conn, &[row.id])?.is_empty() || open(errand.conn, row.id)?.is_some_and(|open| open == facts) {
        return Ok(());
    }
    end(errand.conn, row.id, day)?;
    begin(errand.conn, row.id, &facts, day)?;
    cards::stand(errand.conn, (row.id, facts.kind, chapter))
}

/// As what a member is counted today.
fn open(conn: &mut PgConnection, member: Uuid) -> Result<Option<Facts>, DbError> {
    use member_span as s;
    type Found = (Uuid, Option<Uuid>, Option<Uuid>, String, Option<String>, Option<i16>, String);
    let open = s::table.filter(s::member_id.eq(member)).filter(s::to_day.is_null());
    let columns = (s::chapter_id, s::branch_id, s::party_id, s::kind, s::sex, s::birth_year, s::sector);
    let found: Option<Found> = open.select(columns).first(conn).optional()?;
    Ok(found.and_then(|(chapter, branch, party, kind, sex, birth_year, sector)| {
        let sex = sex.as_deref().and_then(Sex::parse).map(Sex::name);
        Some(Facts { chapter, branch, party: party?, kind: MemberKind::parse(&kind)?, sex, birth_year, sector })
    }))
}

/// The membership by which a party is counted today, if it is.
pub fn standing(conn: &mut PgConnection, party: Uuid) -> Result<Option<(Uuid, Uuid)>, DbError> {
    use member_span as s;
    let open = s::table.filter(s::party_id.eq(party)).filter(s::to_day.is_null());
    Ok(open.select((s::member_id, s::chapter_id)).first(conn).optional()?)
}

/// What a member was counted as says no more who it was.
pub fn forget(conn: &mut PgConnection, member: Uuid) -> Result<(), DbError> {
    use member_span as s;
    diesel::update(s::table.filter(s::member_id.eq(member))).set(s::party_id.eq(None::<Uuid>)).execute(conn)?;
    Ok(())
}
