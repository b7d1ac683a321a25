//! Which entries came when the month of their day was closed: they keep their day and count in a later month, and everybody is told.

use std::collections::HashMap;

use diesel::pg::PgConnection;

use crate::db::DbError;
use crate::ledger::public::PublicRow;
use crate::periods::{self, model};

/// Of entries, each with its place in the log: the months in which those count that came late, by code, as they are written
/// (`2026-12`). A page of entries that were booked in the month of their day asks nothing.
pub(super) fn counts_in<'r>(
    conn: &mut PgConnection,
    rows: impl Iterator<Item = (&'r PublicRow, Option<i64>)>,
) -> Result<HashMap<String, String>, DbError> {
    let asked: Vec<(&PublicRow, Option<i64>)> = rows.filter(|(row, _)| may_be_late(row)).collect();
    let days: Vec<_> = asked.iter().map(|(row, index)| (row.chapter.as_str(), row.day, *index)).collect();
    let months = periods::late(conn, &days)?;
    Ok(asked.iter().zip(months).filter_map(|((row, _), month)| Some((row.code.clone(), model::written(month?)))).collect())
}

/// A month is closed when it is over and the log has all that was booked in it. What began on its last day may be committed on
/// the next.
fn may_be_late(row: &PublicRow) -> bool {
    model::month_of(row.day) < model::month_of(row.booked.succ_opt().unwrap_or(row.booked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn what_is_booked_in_the_month_of_its_day_is_not_asked_for() {
        let row = |day: &str, booked: &str| PublicRow {
            seq: 1,
            code: String::new(),
            kind: String::new(),
            channel: None,
            chapter: String::new(),
            province: None,
            appeal: None,
            fund: String::new(),
            day: day.parse::<NaiveDate>().unwrap(),
            booked: booked.parse::<NaiveDate>().unwrap(),
            amount_vnd: 0,
            giver: None,
            goods: None,
            message_count: None,
            reverses: None,
            reason: None,
            leaf_hash: Vec::new(),
        };
        for (day, booked, may) in [
            ("2026-11-01", "2026-11-29", false),
            ("2026-11-30", "2026-11-30", true),
            ("2026-11-30", "2026-12-02", true),
            ("2025-12-31", "2026-01-01", true),
            ("2026-12-02", "2026-12-02", false),
        ] {
            assert_eq!(may_be_late(&row(day, booked)), may, "{day} {booked}");
        }
    }
}
