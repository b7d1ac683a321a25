//! Blood drives as what volunteers are called out for: they put up tables, receive people, carry.

use std::collections::HashMap;

use diesel::pg::PgConnection;

use super::model::DriveState;
use super::store::{self, Drive};
use crate::chapters::things::Thing;
use crate::db::DbError;
use crate::house::occasion::{Occasion, OccasionState, Occasions};

/// See the module.
pub struct CalledFor;

impl Occasions for CalledFor {
    fn kind(&self) -> &'static str {
        "DRIVE"
    }

    fn find(&self, conn: &mut PgConnection, named: &[&str]) -> Result<HashMap<String, Occasion>, DbError> {
        let codes: HashMap<&str, String> = named.iter().filter_map(|typed| Some((*typed, Thing::Drive.read(typed)?))).collect();
        let rows = store::by_codes(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?;
        let found = codes.into_iter().filter_map(|(typed, code)| Some((typed.to_owned(), occasion(rows.get(&code)?)?)));
        Ok(found.collect())
    }
}

fn occasion(row: &Drive) -> Option<Occasion> {
    let state = row.state()?;
    let public = state != DriveState::Planned;
    Some(Occasion {
        key: row.code.clone(),
        called: ("Ngày hiến máu", "Blood drive"),
        chapter: row.chapter_id,
        title: row.title.clone(),
        title_en: None,
        state: match state {
            // Who helps is asked before people book.
            DriveState::Planned | DriveState::Open | DriveState::Running => OccasionState::Ahead,
            DriveState::Cancelled => OccasionState::CalledOff,
            DriveState::Reconciled | DriveState::Closed => OccasionState::Over,
        },
        public,
        page: public.then(|| format!("/hien-mau/{}", row.code)),
    })
}
