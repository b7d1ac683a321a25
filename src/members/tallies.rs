//! Members by chapter and kind at the end of days that are over, kept so that a question about any day begins near it instead of at the
//! first member ever. What such a day says never changes (see the room), so a tally is made once; the audit counts it again.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::MemberKind;
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::member_tally_day;
use crate::db::statement::statement;
use crate::house::audit::{Audit, Audits};
use crate::http::{FieldError, Say};
use crate::tree;

/// Spans that begin or end between two tallies before there is another one. A question begins at the nearer of the two, so it reads half as
/// many at most, and those of one day.
const MOST_CHANGES: i64 = 20_000;
/// Hours after which a day that is over is settled: what began before midnight has ended by then.
const SETTLED_AFTER: i64 = 3;
/// Before the first member.
const BEGINNING: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Members of a chapter and of all below it on a day, chapter by chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersByChapter {
    /// Code of the chapter; with all that stands below it.
    #[schema(example = "TW")]
    pub chapter: String,
    /// The day that is counted.
    pub on: NaiveDate,
    /// All members on that day.
    pub members: i64,
    /// Chapters that had members of their own on that day, in the order of their codes.
    pub chapters: Vec<MembersOfChapter>,
}

/// The members that a chapter itself has.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersOfChapter {
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// How many.
    pub members: i64,
    /// How many of each kind; a kind without members is left out.
    pub kinds: Vec<MembersOfKind>,
}

/// How many members of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersOfKind {
    /// What kind of member.
    pub kind: MemberKind,
    /// How many.
    pub members: i64,
}

/// The members of a chapter and of all below it on a day that is not to come.
pub fn of(v: &mut Visit<'_>, chapter: &str, on: Option<NaiveDate>) -> Result<MembersByChapter, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let today = vietnam_date(v.now);
    let on = on.unwrap_or(today);
    if on > today {
        let said = Say::fixed("Ngày này chưa tới.", "This day lies in the future.");
        return Err(Fault::Fields(vec![FieldError::new("on", "IN_THE_FUTURE", said)]));
    }
    let rows = counted(v.conn, here.chapter().0, on)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.0))?;
    let mut chapters: BTreeMap<&str, Vec<MembersOfKind>> = BTreeMap::new();
    for (chapter, kind, members) in &rows {
        let (Some(code), Some(kind)) = (codes.get(chapter), MemberKind::parse(kind)) else { continue };
        chapters.entry(code.as_str()).or_default().push(MembersOfKind { kind, members: *members });
    }
    let of_chapter = |(code, mut kinds): (&str, Vec<MembersOfKind>)| {
        kinds.sort_unstable_by_key(|of| of.kind.name());
        MembersOfChapter { chapter: code.to_owned(), members: kinds.iter().map(|of| of.members).sum(), kinds }
    };
    let members = rows.iter().map(|row| row.2).sum();
    Ok(MembersByChapter { chapter: place.code, on, members, chapters: chapters.into_iter().map(of_chapter).collect() })
}

statement! {
    planned struct Counted {
        base: NaiveDate => Date,
        begun: i64 => BigInt,
        begun_after: NaiveDate => Date,
        begun_until: NaiveDate => Date,
        ended: i64 => BigInt,
        ended_after: NaiveDate => Date,
        ended_until: NaiveDate => Date,
    } -> (SqlUuid, Text, BigInt),
    "SELECT c.chapter_id, c.kind, sum(c.n)::bigint FROM (
         SELECT t.chapter_id, t.kind, t.members::bigint AS n FROM member_tally t WHERE t.day = ?
         UNION ALL SELECT s.chapter_id, s.kind, ? * count(*) FROM member_span s WHERE s.from_day > ? AND s.from_day <= ? GROUP BY 1, 2
         UNION ALL SELECT s.chapter_id, s.kind, ? * count(*) FROM member_span s WHERE s.to_day > ? AND s.to_day <= ? GROUP BY 1, 2) c
     GROUP BY 1, 2 HAVING sum(c.n) > 0"
}

/// Members by chapter and kind on a day, at a chapter and below it: those of the nearer tally, and what began and ended between, which is
/// taken back where the tally is the later one.
fn counted(conn: &mut PgConnection, here: Uuid, on: NaiveDate) -> Result<Vec<(Uuid, String, i64)>, DbError> {
    let below: HashSet<Uuid> = tree::at_and_below(here).load(conn)?.into_iter().collect();
    let tallies = member_tally_day::table.select(member_tally_day::day);
    let before: Option<NaiveDate> =
        tallies.filter(member_tally_day::day.le(on)).order(member_tally_day::day.desc()).first(conn).optional()?;
    let after: Option<NaiveDate> =
        tallies.filter(member_tally_day::day.gt(on)).order(member_tally_day::day).first(conn).optional()?;
    let before = before.unwrap_or(BEGINNING);
    let (base, from, to, begun) = match after.filter(|after| *after - on < on - before) {
        Some(after) => (after, on, after, -1),
        None => (before, before, on, 1),
    };
    let counted = Counted {
        base: &base,
        begun: &begun,
        begun_after: &from,
        begun_until: &to,
        ended: &-begun,
        ended_after: &from,
        ended_until: &to,
    };
    let rows: Vec<(Uuid, String, i64)> = counted.load(conn)?;
    Ok(rows.into_iter().filter(|row| below.contains(&row.0)).collect())
}

statement! {
    struct Due {
        begun_after: NaiveDate => Date,
        begun_until: NaiveDate => Date,
        ended_after: NaiveDate => Date,
        ended_until: NaiveDate => Date,
        most: i64 => BigInt,
    } -> (Date,),
    "SELECT day FROM (SELECT day, sum(sum(n)) OVER (ORDER BY day) AS changes FROM (
         SELECT s.from_day AS day, count(*) AS n FROM member_span s WHERE s.from_day > ? AND s.from_day <= ? GROUP BY 1
         UNION ALL SELECT s.to_day, count(*) FROM member_span s WHERE s.to_day > ? AND s.to_day <= ? GROUP BY 1) c GROUP BY day) d
     WHERE changes >= ? ORDER BY day LIMIT 1"
}

statement! {
    struct Keep {
        day: NaiveDate => Date,
        base: NaiveDate => Date,
        begun_after: NaiveDate => Date,
        begun_until: NaiveDate => Date,
        ended_after: NaiveDate => Date,
        ended_until: NaiveDate => Date,
    } -> (),
    "INSERT INTO member_tally (day, chapter_id, kind, members)
     SELECT d.day, c.chapter_id, c.kind, sum(c.n) FROM (SELECT ?::date AS day) d, (
         SELECT t.chapter_id, t.kind, t.members::bigint AS n FROM member_tally t WHERE t.day = ?
         UNION ALL SELECT s.chapter_id, s.kind, count(*) FROM member_span s WHERE s.from_day > ? AND s.from_day <= ? GROUP BY 1, 2
         UNION ALL SELECT s.chapter_id, s.kind, -count(*) FROM member_span s WHERE s.to_day > ? AND s.to_day <= ? GROUP BY 1, 2) c
     GROUP BY 1, 2, 3 HAVING sum(c.n) > 0"
}

statement! {
    struct Begin { day: NaiveDate => Date, at: DateTime<Utc> => Timestamptz } -> (),
    "INSERT INTO member_tally_day (day, counted_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
}

/// Makes the tallies that are due of days that are over. Nothing of that has hurry, and nothing goes: how much went is told as none.
pub fn keep(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    keep_after(conn, now, MOST_CHANGES)
}

/// [`keep`] with another number of changes between two tallies.
pub fn keep_after(conn: &mut PgConnection, now: DateTime<Utc>, most: i64) -> Result<usize, DbError> {
    let over = vietnam_date(now - Duration::hours(SETTLED_AFTER)) - Days::new(1);
    loop {
        let last: Option<NaiveDate> = member_tally_day::table.select(diesel::dsl::max(member_tally_day::day)).first(conn)?;
        let base = last.unwrap_or(BEGINNING);
        let due = Due { begun_after: &base, begun_until: &over, ended_after: &base, ended_until: &over, most: &most };
        let Some((day,)) = due.load::<(NaiveDate,)>(conn)?.pop() else { return Ok(0) };
        // Another server may be at it: it has the row, and this one finds it there.
        if (Begin { day: &day, at: &now }).execute(conn)? == 0 {
            return Ok(0);
        }
        let keep = Keep { day: &day, base: &base, begun_after: &base, begun_until: &day, ended_after: &base, ended_until: &day };
        keep.execute(conn)?;
    }
}

/// What a tally says is what the spans say.
pub struct Tallies;

impl Audits for Tallies {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "member_tally", SAYS)
    }
}

const SAYS: &str = "SELECT format('%s/%s', day, chapter_id), format('says %s of %s and the spans say %s', coalesce(t.members, 0), kind, coalesce(c.n, 0))
FROM member_tally t FULL JOIN (SELECT d.day, s.chapter_id, s.kind, count(*) AS n FROM member_tally_day d
    JOIN member_span s ON s.from_day <= d.day AND (s.to_day IS NULL OR s.to_day > d.day) GROUP BY 1, 2, 3) c USING (day, chapter_id, kind)
WHERE t.members IS DISTINCT FROM c.n";
