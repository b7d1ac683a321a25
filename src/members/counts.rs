//! Members on any day, by what they are: one question to the spans. Levels above get counts and no persons, so READ suffices.

use chrono::{Datelike, NaiveDate};
use diesel::sql_types::{BigInt, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel::{RunQueryDsl, pg::PgConnection};
use uuid::Uuid;

use super::fault::Fault;
use super::model::AgeBand;
use super::wire::{MemberCount, MemberCounts};
use crate::authz::{Read, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::{FieldError, Say};

statement! {
    struct Counted {
        year: i32 => Integer,
        chapter: Uuid => SqlUuid,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
    } -> (Text, Nullable<Text>, Nullable<SmallInt>, Text, BigInt),
    "SELECT s.kind, s.sex, b.band::int2, s.sector, count(*)
     FROM member_span s JOIN chapter_ancestor a ON a.chapter_id = s.chapter_id
     CROSS JOIN LATERAL (SELECT CASE WHEN y.age < 16 THEN 0 WHEN y.age <= 30 THEN 16 WHEN y.age <= 60 THEN 31 WHEN y.age > 60 THEN 61 END
                         FROM (SELECT ? - s.birth_year) y(age)) b(band)
     WHERE a.ancestor_id = ? AND s.from_day <= ? AND (s.to_day IS NULL OR s.to_day > ?)
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
}

/// The members of a chapter and of all below it on a day that is not to come.
pub fn of(v: &mut Visit<'_>, chapter: &str, on: Option<NaiveDate>) -> Result<MemberCounts, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let today = vietnam_date(v.now);
    let on = on.unwrap_or(today);
    if on > today {
        return Err(Fault::Fields(vec![FieldError::new(
            "on",
            "IN_THE_FUTURE",
            Say::fixed("Ngày này chưa tới.", "This day lies in the future."),
        )]));
    }
    let rows = counted(v.conn, &here, on)?;
    Ok(MemberCounts { chapter: place.code, on, members: rows.iter().map(|row| row.members).sum(), rows })
}

fn counted(conn: &mut PgConnection, here: &Seen<Read>, on: NaiveDate) -> Result<Vec<MemberCount>, DbError> {
    type Row = (String, Option<String>, Option<i16>, String, i64);
    let rows: Vec<Row> = Counted { year: &on.year(), chapter: &here.chapter().0, from: &on, to: &on }.load(conn)?;
    let row = |(kind, sex, least, sector, members): Row| MemberCount {
        kind,
        sex,
        // The least age of a band stands for it.
        age: AgeBand::of(least.map(|age| on.year() - i32::from(age)), on.year()),
        sector,
        members,
    };
    Ok(rows.into_iter().map(row).collect())
}
