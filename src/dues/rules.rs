//! The dated rules of dues, as they hold for a chapter.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Rule, in_force};
use crate::authz::{Read, Visit};
use crate::db::DbError;
use crate::db::schema::dues_rule;
use crate::members::MemberKind;
use crate::tree::{self, ChapterId, Level};

/// Itself and those above it, the nearest first.
pub type Above = Vec<(ChapterId, Level)>;

type Row = (i32, Option<Uuid>, Vec<String>, i64, i32, i32, i32, NaiveDate, Option<NaiveDate>, String, String);

/// All rules that hold, held or will hold somewhere on a line.
pub fn on(conn: &mut PgConnection, line: &[(ChapterId, Level)]) -> Result<Vec<Rule>, DbError> {
    use dues_rule as r;
    let near = r::chapter_id.is_null().or(r::chapter_id.eq_any(line.iter().map(|(chapter, _)| chapter.0)));
    let rows: Vec<Row> = r::table
        .filter(near)
        .order(r::id)
        .select((
            r::id,
            r::chapter_id,
            r::payers,
            r::vnd_a_month,
            r::exempt_bp,
            r::branch_bp,
            r::grassroots_bp,
            r::valid_from,
            r::valid_to,
            r::mark,
            r::source,
        ))
        .load(conn)?;
    let read =
        |(id, chapter, payers, vnd_a_month, exempt_bp, branch_bp, grassroots_bp, valid_from, valid_to, mark, source): Row| Rule {
            id,
            chapter,
            payers,
            vnd_a_month,
            exempt_bp,
            branch_bp,
            grassroots_bp,
            valid_from,
            valid_to,
            mark,
            source,
        };
    Ok(rows.into_iter().map(read).collect())
}

/// The rule of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesRuleOut {
    /// The day it holds on.
    pub day: NaiveDate,
    /// Code of the chapter at and below which it holds; absent where it holds everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    pub chapter: Option<String>,
    /// Which kinds of members pay.
    pub payers: Vec<MemberKind>,
    /// What a member pays a month, in đồng.
    #[schema(example = 1_000)]
    pub vnd_a_month: i64,
    /// How many of a grassroots chapter's members may be free in a month, in ten-thousandths.
    #[schema(example = 1_000)]
    pub exempt_bp: i32,
    /// What the branch keeps, in ten-thousandths.
    #[schema(example = 5_000)]
    pub branch_bp: i32,
    /// What the grassroots chapter keeps, in ten-thousandths. The rest goes up, and nothing to the central chapter.
    #[schema(example = 3_000)]
    pub grassroots_bp: i32,
    pub valid_from: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// How sure it is: `S` read in its source, `GK` from general knowledge and to be confirmed, `REC` recommended.
    #[schema(example = "GK")]
    pub mark: String,
    /// What it rests on.
    #[schema(example = "Notice 06/TB-TƯHCTĐ of 7/1/2009")]
    pub source: String,
}

/// The kinds of members that pay at a chapter on a day; nobody where there is no rule.
pub fn payers(conn: &mut PgConnection, chapter: ChapterId, day: NaiveDate) -> Result<Vec<String>, DbError> {
    let line = tree::line(conn, chapter)?;
    let rules = on(conn, &line)?;
    Ok(in_force(&rules, &line, day).map(|rule| rule.payers.clone()).unwrap_or_default())
}

/// The rule that holds for a chapter on a day, for those who may read its books.
pub fn show(v: &mut Visit<'_>, chapter: &str, day: NaiveDate) -> Result<DuesRuleOut, Fault> {
    let (here, _) = v.see_code::<Read>(chapter)?;
    let line = tree::line(v.conn, here.chapter())?;
    let rules = on(v.conn, &line)?;
    let rule = in_force(&rules, &line, day).ok_or(Fault::Unknown)?;
    let chapter = rule.chapter.map(|id| tree::code_of(v.conn, ChapterId(id))).transpose()?;
    Ok(DuesRuleOut {
        day,
        chapter,
        payers: rule.payers.iter().filter_map(|kind| MemberKind::parse(kind)).collect(),
        vnd_a_month: rule.vnd_a_month,
        exempt_bp: rule.exempt_bp,
        branch_bp: rule.branch_bp,
        grassroots_bp: rule.grassroots_bp,
        valid_from: rule.valid_from,
        valid_to: rule.valid_to,
        mark: rule.mark.clone(),
        source: rule.source.clone(),
    })
}
