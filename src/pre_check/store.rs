//! The questions as they are stored. Allowed to the public role. Answers are not stored.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::model::{PreCheckAsk, Question, Questionnaire};
use crate::db::DbError;
use crate::db::schema::{pre_check, pre_check_question};

impl Questionnaire {
    /// The version that is asked for a drive on a day.
    pub fn on(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Self>, DbError> {
        use pre_check as p;
        let found: Option<(i16, String, String)> = p::table
            .filter(p::valid_from.le(day))
            .filter(p::valid_to.is_null().or(p::valid_to.gt(day)))
            .order(p::valid_from.desc())
            .select((p::version, p::note_vi, p::note_en))
            .first(conn)
            .optional()?;
        let Some((version, note_vi, note_en)) = found else { return Ok(None) };
        Ok(Some(Self { version, note_vi, note_en, questions: questions(conn, version)? }))
    }
}

fn questions(conn: &mut PgConnection, version: i16) -> Result<Vec<Question>, DbError> {
    use pre_check_question as q;
    type Row = (String, String, Vec<String>, String, String, String, String);
    let rows: Vec<Row> = q::table
        .filter(q::version.eq(version))
        .order(q::place)
        .select((q::code, q::ask, q::deferrals, q::vi, q::en, q::about_vi, q::about_en))
        .load(conn)?;
    let read = |(code, ask, deferrals, vi, en, about_vi, about_en): Row| {
        Some(Question { code, ask: PreCheckAsk::parse(&ask)?, deferrals, vi, en, about_vi, about_en })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
