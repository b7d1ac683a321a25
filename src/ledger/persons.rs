//! The persons in public rows: the name that is shown, and the words by which it is found.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::public;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::public_entry;
use crate::house::errand::Errand;
use crate::house::persons::{Corrected, Holding, HoldsPersons, Kept, PersonsError, Processing, Record};

/// What items are called, by code: the words of a row are made of them too, and this room does not know the catalogue.
pub type ItemNames = fn(&mut PgConnection, &[&str]) -> Result<HashMap<String, String>, DbError>;

/// See the module.
pub struct PublicRows {
    pub item_names: ItemNames,
}

/// The names that are shown of these entries' givers, by code; nothing where none is shown.
fn givers(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    use public_entry as p;
    let named = p::table.filter(p::code.eq_any(codes)).filter(p::giver.is_not_null());
    let rows: Vec<(String, Option<String>)> = named.select((p::code, p::giver)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(code, giver)| Some((code, giver?))).collect())
}

fn codes(of: &[Record]) -> Vec<&str> {
    of.iter().map(|record| record.code.as_str()).collect()
}

impl HoldsPersons for PublicRows {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Tên người ủng hộ ở dạng họ đã chọn để công khai", "Names of givers in the form they chose to be shown in"),
            purpose: ("Công khai, minh bạch", "Openness"),
            grounds: ("Sự đồng ý công khai (Luật 91/2025/QH15, điều 16)", "Consent to publication (Law 91/2025/QH15, art. 16)"),
            readers: ("Mọi người", "Everybody"),
            period: ("Đến khi rút lại sự đồng ý", "Until the consent is withdrawn"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["public_entry.giver", "public_entry.words"]
    }

    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let mut shown = givers(errand.conn, &codes(of))?;
        let holding = |record: &Record, text| Holding {
            what: "PUBLIC_NAME".to_owned(),
            gift: Some(record.gift),
            text,
            since: None,
            kept_until: None,
        };
        Ok(of.iter().filter_map(|record| Some(holding(record, shown.remove(&record.code)?))).collect())
    }

    fn correct(&self, errand: &mut Errand<'_>, of: &[Corrected]) -> Result<(), PersonsError> {
        let shown = of.iter().map(|one| (one.record.code.clone(), one.shown.clone())).collect();
        Ok(public::show_givers(errand.conn, &shown, self.item_names)?)
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let shown = of.iter().map(|record| (record.code.clone(), None)).collect();
        public::show_givers(errand.conn, &shown, self.item_names)?;
        Ok(Vec::new())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let shown = givers(conn, &codes(erased))?;
        for record in erased.iter().filter(|record| shown.contains_key(&record.code)) {
            findings.found("erased", &record.code, "its giver was erased and a name is shown");
        }
        Ok(())
    }
}
