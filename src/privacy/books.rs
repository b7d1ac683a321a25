//! What the carrying out of a request needs of gifts beside themselves, read once a step.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use crate::calendar::retention::Vouchers;
use crate::db::DbError;
use crate::giving::personal::Touched;
use crate::house::persons::Record;
use crate::ledger::annotations::{self, AnnotationRow};
use crate::ledger::kinds::Kind;
use crate::ledger::store::{self as ledger, Booked};
use crate::tree::{self, Place};

/// See the module.
pub struct Books {
    booked: HashMap<Uuid, Booked>,
    /// What was said of entries since, by public code.
    said: HashMap<String, Vec<AnnotationRow>>,
    places: HashMap<Uuid, Arc<Place>>,
    vouchers: Vouchers,
}

impl Books {
    pub fn read(conn: &mut PgConnection, gifts: &[Touched]) -> Result<Self, DbError> {
        let booked = ledger::booked(conn, &gifts.iter().map(|g| g.entry_id).collect::<Vec<_>>())?;
        let said = annotations::of_entries(conn, &booked.values().map(|entry| entry.code.as_str()).collect::<Vec<_>>())?;
        let places = tree::places_of(conn, &gifts.iter().map(|g| g.chapter_id).collect::<Vec<_>>())?;
        let places = places.into_iter().map(|(id, place)| (id, Arc::new(place))).collect();
        Ok(Self { booked, said, places, vouchers: Vouchers::read(conn)? })
    }

    /// A gift by all the names under which stores know it.
    pub fn record(&self, gift: &Touched) -> Result<Record, Fault> {
        let booked = self.booked.get(&gift.entry_id).ok_or_else(|| Fault::broken("a gift without entry"))?;
        Ok(Record {
            gift: gift.id,
            chapter: gift.chapter_id,
            said: self.annotations(&booked.code).iter().map(|said| said.code.clone()).collect(),
            kept_until: self.vouchers.until(booked.booked),
            code: booked.code.clone(),
        })
    }

    pub fn records(&self, gifts: &[Touched]) -> Result<Vec<Record>, Fault> {
        gifts.iter().map(|gift| self.record(gift)).collect()
    }

    pub fn place(&self, gift: &Touched) -> Result<Arc<Place>, Fault> {
        self.places.get(&gift.chapter_id).cloned().ok_or_else(|| Fault::broken("a gift without chapter"))
    }

    fn annotations(&self, code: &str) -> &[AnnotationRow] {
        self.said.get(code).map(Vec::as_slice).unwrap_or_default()
    }

    /// The code under which the opening of an entry stands now: its own or its newest amendment's.
    pub fn opened_by<'a>(&'a self, code: &'a str) -> &'a str {
        self.annotations(code).last().map_or(code, |newest| newest.code.as_str())
    }

    pub fn is_erased(&self, code: &str) -> bool {
        self.annotations(code).last().is_some_and(|newest| newest.kind == Kind::Erasure.name())
    }
}
