//! Grades of members (bạch kim, vàng, bạc): which there are is data with dates, and a member has one of them from one decision to the
//! next. They go along with who is transferred, and end with the membership.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{member_grade, member_grade_title};
use crate::http::Lang;

/// A grade that a member had, or has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MemberGradeOut)]
pub struct GradeOut {
    /// Code of the grade.
    #[schema(example = "GOLD")]
    pub grade: String,
    /// The first day on which it was held.
    pub from: NaiveDate,
    /// The first day on which it is held no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Number of the decision that gave it.
    #[schema(example = "44/QĐ-HCTĐ")]
    pub decision_no: String,
    /// Number of the decision that ended it, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "51/QĐ-HCTĐ")]
    pub end_decision_no: Option<String>,
}

/// A grade that may be given today.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Serialize, ToSchema)]
#[schema(as = MemberGradeTitleOut)]
pub struct TitleOut {
    #[schema(example = "GOLD")]
    pub code: String,
    /// In Vietnamese.
    #[schema(example = "Hội viên hạng Vàng")]
    pub vi: String,
    /// In English.
    #[schema(example = "Gold member")]
    pub en: String,
    pub valid_from: NaiveDate,
    /// How sure it is: `S` read in its source, `GK` from general knowledge and to be confirmed, `REC` recommended.
    #[schema(example = "S")]
    pub mark: String,
    /// What it rests on.
    #[schema(example = "Statutes (Decision 282/QĐ-TTg of 8/3/2018), art. 19.4")]
    pub source: String,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_grade, check_for_backend(diesel::pg::Pg))]
struct Row {
    member_id: Uuid,
    n: i32,
    grade: String,
    from_day: NaiveDate,
    to_day: Option<NaiveDate>,
    decision_no: String,
    end_decision_no: Option<String>,
}

/// Those that may be given on a day, the highest first.
pub(super) fn known(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<TitleOut>, DbError> {
    use member_grade_title as t;
    let in_force = t::table.filter(t::valid_from.le(day)).filter(t::valid_to.is_null().or(t::valid_to.gt(day)));
    let columns = (t::code, t::vi, t::en, t::valid_from, t::mark, t::source);
    Ok(in_force.order((t::rank, t::code)).select(columns).load(conn)?)
}

fn rows(conn: &mut PgConnection, member: Uuid) -> Result<Vec<Row>, DbError> {
    let of = member_grade::table.filter(member_grade::member_id.eq(member)).order(member_grade::n);
    Ok(of.select(Row::as_select()).load(conn)?)
}

/// What a member had and has, oldest first.
pub(super) fn of(conn: &mut PgConnection, member: Uuid) -> Result<Vec<GradeOut>, DbError> {
    let out = |row: Row| GradeOut {
        grade: row.grade,
        from: row.from_day,
        until: row.to_day,
        decision_no: row.decision_no,
        end_decision_no: row.end_decision_no,
    };
    // One that began and ended on a day was never held.
    Ok(rows(conn, member)?.into_iter().filter(|row| row.to_day != Some(row.from_day)).map(out).collect())
}

/// The grades that these members have now.
pub(super) fn standing(conn: &mut PgConnection, members: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    use member_grade as g;
    let open = g::table.filter(g::member_id.eq_any(members)).filter(g::to_day.is_null());
    Ok(open.select((g::member_id, g::grade)).load(conn)?)
}

/// The same in words.
pub(super) fn words(conn: &mut PgConnection, members: &[Uuid], lang: Lang) -> Result<HashMap<Uuid, String>, DbError> {
    use member_grade_title as t;
    let titles: Vec<(String, String, String)> = t::table.select((t::code, t::vi, t::en)).load(conn)?;
    let said = |code: &str| titles.iter().find(|title| title.0 == code);
    let word = |(_, vi, en): &(String, String, String)| (if lang == Lang::En { en } else { vi }).clone();
    Ok(standing(conn, members)?.into_iter().filter_map(|(member, grade)| Some((member, word(said(&grade)?)))).collect())
}

/// Gives a member a grade from a day on; the one they had ends by the same decision.
pub(super) fn give(conn: &mut PgConnection, member: Uuid, grade: &str, no: &str, day: NaiveDate) -> Result<(), DbError> {
    end(conn, member, Some(no), day)?;
    let last: Option<i32> =
        member_grade::table.filter(member_grade::member_id.eq(member)).select(diesel::dsl::max(member_grade::n)).first(conn)?;
    let row = Row {
        member_id: member,
        n: last.unwrap_or(0) + 1,
        grade: grade.to_owned(),
        from_day: day,
        to_day: None,
        decision_no: no.to_owned(),
        end_decision_no: None,
    };
    diesel::insert_into(member_grade::table).values(&row).execute(conn)?;
    Ok(())
}

/// Ends the grade that a member has: by a decision, or with the membership. Whether there was one.
pub(super) fn end(conn: &mut PgConnection, member: Uuid, no: Option<&str>, day: NaiveDate) -> Result<bool, DbError> {
    use member_grade as g;
    let open = g::table.filter(g::member_id.eq(member)).filter(g::to_day.is_null());
    Ok(diesel::update(open).set((g::to_day.eq(day), g::end_decision_no.eq(no))).execute(conn)? > 0)
}

/// Grades go along with who is transferred: what stood goes on there, and no day has it twice.
pub(super) fn follow(conn: &mut PgConnection, from: Uuid, to: Uuid, day: NaiveDate) -> Result<(), DbError> {
    let there: Vec<Row> = rows(conn, from)?.into_iter().map(|row| Row { member_id: to, ..row }).collect();
    end(conn, from, None, day)?;
    diesel::insert_into(member_grade::table).values(&there).execute(conn)?;
    Ok(())
}

/// Forgets which grades a member had.
pub(super) fn forget(conn: &mut PgConnection, member: Uuid) -> Result<(), DbError> {
    diesel::delete(member_grade::table.filter(member_grade::member_id.eq(member))).execute(conn)?;
    Ok(())
}
