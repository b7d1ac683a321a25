//! The feed as it is shown: to readers who ask, and to subscribers who are told.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Place};
use crate::http::{Cursor, Kind, Page, Problem};
use crate::tree::ChapterId;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeState {
    /// It is new or not what it was: read it again.
    Changed,
    /// It is no longer there: forget it.
    Gone,
}

/// A record that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeOut {
    /// What it is and where it is read, below `/api/v1`. Money in: `GIFT` (`/gifts/{id}`; its cash receipt belongs to it), `REVERSAL`
    /// (`/reversals/{id}`), `OPENING_BALANCE` (`/opening-balances/{id}`; its reversal belongs to it), `INCOME` (`/incomes/{id}`),
    /// `DUES_SHEET` (`/dues-sheets/{id}`). Money out:
    /// `PAYMENT` (`/payments/{id}`), `REFUND` (`/refunds/{id}`), `PURCHASE` (`/purchases/{id}`), `ADVANCE` (`/advances/{id}`), `ADVANCE_CLEARING`
    /// (`/advance-clearings/{id}`), `CASH_MOVE` (`/cash-moves/{id}`), `FUND_RELEASE` (`/fund-releases/{id}`), `TRANSFER` (`/transfers/{id}`,
    /// told at both of its chapters), `CORRECTION` (`/corrections/{id}`). Goods: `STOCK_ADJUSTMENT` (`/stock/adjustments/{id}`), `STOCK_COUNT`
    /// (`/stock/counts/{id}`). Appeals and reports: `APPEAL` (`/appeals/{code}`), `PUBLICATION` (`/appeals/{code}/publications`), `STATEMENT`
    /// (`/public/statements/{code}`), `PERIOD_CLOSING` (`/period-closings/{id}`), `SETTLEMENT_REPORT` (`/settlement-reports/{id}`). Chapters:
    /// `CHAPTER` (`/chapters/{code}`). More kinds will come; those one does not know are passed over.
    #[schema(example = "GIFT")]
    pub kind: String,
    /// Its id or code, as its own path takes it.
    #[schema(example = "0192f0c1-2f9c-7c3a-9d61-0c4f6f1f1b11")]
    subject: String,
    state: ChangeState,
}

/// Changes of a chapter, in an order in which none is missed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesOut {
    /// A new one means that the server's data were restored: what was kept is of another history, and is read anew from the beginning.
    pub epoch: Uuid,
    /// Each record at most once an answer.
    pub items: Vec<ChangeOut>,
    /// For `since` of the next request, whether there is more now or not.
    pub next: String,
    /// Whether there is more already.
    pub more: bool,
}

/// What was found.
pub(super) enum Looked {
    Here(ChangesOut),
    /// The database is another one than when the epoch began.
    Unsettled,
}

/// Looks at the feed of a chapter that may be seen.
pub(super) fn look(
    conn: &mut PgConnection,
    here: ChapterId,
    chapter: &str,
    since: Option<&str>,
    limit: i64,
) -> Result<Looked, Problem> {
    let at = store::epoch(conn)?;
    let Some(epoch) = at.epoch else { return Ok(Looked::Unsettled) };
    let filter = ("changes", chapter, epoch);
    let place = Cursor::<Place>::decode(since, &filter)?.map_or((0, 0), |cursor| cursor.last);
    if place.0 > at.drawn {
        // Of a future that this database does not have.
        return Err(Problem::say(
            Kind::InvalidCursor,
            "Dữ liệu của máy chủ đã được khôi phục từ bản sao: hãy đọc lại từ đầu (bỏ since).",
            "The server's data were restored from a backup: begin anew, without since.",
        ));
    }
    let mut rows = store::after(conn, here, place, limit + 1)?;
    let most = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().map_or(place, |(place, ..)| *place);
    let page = Page::walked(newest(rows), Some(last), &filter);
    let next = page.next.ok_or_else(|| Problem::internal("a place could not be written"))?;
    Ok(Looked::Here(ChangesOut { epoch, items: page.items, next, more }))
}

/// What a chapter's subscriber is told: whom an administrator of the chapter has registered sees of the feed what she does.
///
/// # Errors
/// `InvalidCursor` when the place is of another history: begin anew.
pub fn for_subscriber(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    here: ChapterId,
    chapter: &str,
    since: Option<&str>,
    limit: i64,
) -> Result<ChangesOut, Problem> {
    for _ in 0..2 {
        match look(conn, here, chapter, since, limit)? {
            Looked::Here(out) => return Ok(out),
            Looked::Unsettled => store::settle(conn, now)?,
        }
    }
    Err(Problem::unavailable(1))
}

/// The place behind everything that the feed of a chapter has now.
pub fn end_of(conn: &mut PgConnection, now: DateTime<Utc>, here: ChapterId, chapter: &str) -> Result<String, Problem> {
    store::settle(conn, now)?;
    let epoch = store::epoch(conn)?.epoch.ok_or_else(|| Problem::unavailable(1))?;
    let last = store::last(conn, here)?;
    let page = Page::<()>::walked(Vec::new(), Some(last), &("changes", chapter, epoch));
    page.next.ok_or_else(|| Problem::internal("a place could not be written"))
}

/// Each record once, as its last row says, at the place of that row.
fn newest(rows: Vec<(Place, String, String, bool)>) -> Vec<ChangeOut> {
    let mut seen = std::collections::HashSet::new();
    let mut items: Vec<ChangeOut> = rows
        .into_iter()
        .rev()
        .filter(|(_, kind, subject, _)| seen.insert((kind.clone(), subject.clone())))
        .map(|(_, kind, subject, gone)| ChangeOut {
            kind,
            subject,
            state: if gone { ChangeState::Gone } else { ChangeState::Changed },
        })
        .collect();
    items.reverse();
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_is_named_once_as_it_is_in_the_end() {
        let row = |n: i64, subject: &str, gone: bool| ((n, n), "GIFT".to_owned(), subject.to_owned(), gone);
        let items = newest(vec![row(1, "a", false), row(2, "b", false), row(3, "a", true), row(4, "c", false)]);
        let said: Vec<(&str, ChangeState)> = items.iter().map(|item| (item.subject.as_str(), item.state)).collect();
        assert_eq!(said, [("b", ChangeState::Changed), ("a", ChangeState::Gone), ("c", ChangeState::Changed)]);
    }
}
