//! Members of a chapter as everybody may know them: by kind, at the end of each year, folded where they are few.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::DbError;
use crate::members::MemberKind;
use crate::members::told;
use crate::tree::folding::YearTold;

/// Years that are shown, the newest.
const YEARS: usize = 10;

/// Members of a chapter with everything below it. A chapter that has fewer than five, or whose count would give away that of such a one,
/// says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MembersOfYear {
    /// The last day of the year.
    pub on: NaiveDate,
    /// All of them.
    pub members: i32,
    /// By kind; kinds of which some chapter has fewer than five are counted together.
    pub by_kind: Vec<MembersOfKinds>,
}

/// Members of some kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MembersOfKinds {
    /// The kinds that are counted together.
    pub kinds: Vec<MemberKind>,
    /// How many there are.
    pub members: i32,
}

/// The newest years of a chapter, newest first.
pub fn of(conn: &mut PgConnection, chapter: Uuid) -> Result<Vec<MembersOfYear>, DbError> {
    Ok(told::years(conn, chapter, YEARS)?.into_iter().filter_map(shown).collect())
}

fn shown(year: YearTold) -> Option<MembersOfYear> {
    let of_kinds = |(kinds, members): (Vec<String>, i32)| MembersOfKinds {
        kinds: kinds.iter().filter_map(|kind| MemberKind::parse(kind)).collect(),
        members,
    };
    Some(MembersOfYear {
        on: NaiveDate::from_ymd_opt(year.year, 12, 31)?,
        members: year.groups.iter().map(|(_, members)| members).sum(),
        by_kind: year.groups.into_iter().map(of_kinds).collect(),
    })
}

/// The words of a kind.
pub fn said(kind: MemberKind) -> (&'static str, &'static str) {
    match kind {
        MemberKind::Member => ("Hội viên", "Members"),
        MemberKind::Youth => ("Thanh niên Chữ thập đỏ", "Red Cross youth"),
        MemberKind::Junior => ("Thiếu niên Chữ thập đỏ", "Junior Red Cross"),
        MemberKind::Honorary => ("Hội viên danh dự", "Honorary members"),
        MemberKind::Collective => ("Hội viên tập thể", "Collective members"),
    }
}
