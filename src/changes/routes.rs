//! `/api/v1/changes`.

use actix_web::get;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{self, ChangesOut, Looked};
use super::store;
use crate::authz::{Desk, Read};
use crate::http::sets::Lists;
use crate::http::{Answer, Problem, Query, Reply, rows_a_page};

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
            // Each statement sees its own moment: what is settled is asked before what is read.
            .tx(move |v| {
                let (here, _) = v.see_code::<Read>(&chapter)?;
                shown::look(v.conn, here.chapter(), &chapter, since.as_deref(), limit)
            })
            .await?;
        match looked {
            Looked::Here(out) => return Ok(Reply::ok(out)),
            Looked::Unsettled => desk.tx(|v| Ok(store::settle(v.conn, v.now)?)).await?,
        }
    }
    Err(Problem::unavailable(1))
}
