//! Campaigns as what volunteers are called out for.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::CampaignState;
use super::store::{self, CampaignRow};
use crate::db::DbError;
use crate::house::occasion::{Occasion, OccasionState, Occasions};

/// See the module.
pub struct CalledFor;

impl Occasions for CalledFor {
    fn kind(&self) -> &'static str {
        "CAMPAIGN"
    }

    fn find(&self, conn: &mut PgConnection, named: &[&str]) -> Result<HashMap<String, Occasion>, DbError> {
        let ids: HashMap<&str, Uuid> = named.iter().filter_map(|typed| Some((*typed, typed.parse().ok()?))).collect();
        let rows = store::campaigns(conn, &ids.values().copied().collect::<Vec<_>>())?;
        let found = ids.into_iter().filter_map(|(typed, id)| Some((typed.to_owned(), occasion(rows.get(&id)?)?)));
        Ok(found.collect())
    }
}

fn occasion(row: &CampaignRow) -> Option<Occasion> {
    let state = CampaignState::parse(&row.state)?;
    Some(Occasion {
        key: row.id.to_string(),
        called: ("Chiến dịch", "Campaign"),
        chapter: row.chapter_id,
        title: row.title.clone(),
        title_en: row.title_en.clone(),
        state: match state {
            CampaignState::Draft => OccasionState::Draft,
            CampaignState::Open => OccasionState::Ahead,
            CampaignState::Closed => OccasionState::Over,
        },
        public: state != CampaignState::Draft,
        page: None,
    })
}
