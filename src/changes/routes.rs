//! `/api/v1/changes`.

use actix_web::get;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, Place};
use crate::authz::{Desk, Read, Seen};
use crate::http::sets::Lists;
use crate::http::{Answer, Cursor, Kind, Page, Problem, Query, Reply, rows_a_page};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_changes);
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// Code of the chapter whose records are kept elsewhere; what belongs to chapters below it is asked for there.
    #[param(example = "23095")]
    chapter: String,
    /// `next` of the answer before; without it, everything from the beginning.
    since: Option<String>,
    /// Rows an answer, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

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
    /// What it is: `GIFT` (read `/api/v1/gifts/{id}`) or `APPEAL` (`/api/v1/appeals/{code}`). More kinds will come; those one does not know are passed over.
    #[schema(example = "GIFT")]
    kind: String,
    /// Its id or code, as its own path takes it.
    #[schema(example = "0192f0c1-2f9c-7c3a-9d61-0c4f6f1f1b11")]
    subject: String,
    state: ChangeState,
}

/// Changes of a chapter, in an order in which none is missed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesOut {
    /// A new one means that the server's data were restored: what was kept is of another history, and is read anew from the beginning.
    epoch: Uuid,
    /// Each record at most once an answer.
    items: Vec<ChangeOut>,
    /// For `since` of the next request, whether there is more now or not.
    next: String,
    /// Whether there is more already.
    more: bool,
}

enum Looked {
    Here(ChangesOut),
    /// The database is another one than when the epoch began.
    Unsettled,
}

/// What has changed at a chapter since a place that was given out before: ids to be read again.
///
/// Nothing is missed, whatever is being written meanwhile. A record may be named although nothing of it that one sees has changed.
#[utoipa::path(tag = "changes", params(ChangesQuery), responses((status = 200, body = ChangesOut), Lists))]
#[get("/changes")]
pub async fn list_changes(desk: Desk, Query(query): Query<ChangesQuery>) -> Answer<ChangesOut> {
    let ChangesQuery { chapter, since, limit } = query;
    let limit = rows_a_page(limit)?;
    for _ in 0..2 {
        let (chapter, since) = (chapter.clone(), since.clone());
        let looked = desk
            .read(move |v| {
                let (here, _) = v.see_code::<Read>(&chapter)?;
                look(v.conn, &here, &chapter, since.as_deref(), limit)
            })
            .await?;
        match looked {
            Looked::Here(out) => return Ok(Reply::ok(out)),
            Looked::Unsettled => desk.tx(|v| Ok(store::settle(v.conn, v.now)?)).await?,
        }
    }
    Err(Problem::unavailable(1))
}

fn look(conn: &mut PgConnection, here: &Seen<Read>, chapter: &str, since: Option<&str>, limit: i64) -> Result<Looked, Problem> {
    let at = store::epoch(conn)?;
    let Some(epoch) = at.epoch else { return Ok(Looked::Unsettled) };
    let filter = ("changes", chapter, epoch);
    let place = Cursor::<Place>::decode(since, &filter)?.map_or((0, 0, 0), |cursor| cursor.last);
    if place.0 >= at.next_xid {
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
        let row = |n: i64, subject: &str, gone: bool| ((n, n, 1), "GIFT".to_owned(), subject.to_owned(), gone);
        let items = newest(vec![row(1, "a", false), row(2, "b", false), row(3, "a", true), row(4, "c", false)]);
        let said: Vec<(&str, ChangeState)> = items.iter().map(|item| (item.subject.as_str(), item.state)).collect();
        assert_eq!(said, [("b", ChangeState::Changed), ("a", ChangeState::Gone), ("c", ChangeState::Changed)]);
    }
}
