//! The item catalogue: what goods are called, and in which units they are counted.
//!
//! Items are data (`data/items.csv`); a gift in kind names one by code, so that totals of rice add up over the whole
//! country. Units are data too (`data/units_of_goods.csv`): what is counted (heads, pieces, sets) comes in whole numbers, what
//! is measured (kilograms, litres) may have decimals.

use std::collections::HashMap;
use std::sync::OnceLock;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::basics::fold;
use crate::chapters::reference::ReferenceError;
use crate::db::DbError;
use crate::db::schema::item;
use crate::db::shown;

const ITEMS: &str = include_str!("../../data/items.csv");
const UNITS: &str = include_str!("../../data/units_of_goods.csv");

/// An item of the catalogue.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = item, check_for_backend(diesel::pg::Pg))]
pub struct Item {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub folded: String,
    pub units: Vec<String>,
    /// Those of its units that come in whole numbers.
    pub counted_units: Vec<String>,
}

impl Item {
    /// Whether a quantity in this unit is a number of things.
    pub fn counts_in(&self, unit: &str) -> bool {
        self.counted_units.iter().any(|counted| counted == unit)
    }

    /// Whether a text, folded, is part of its name or its code.
    pub fn is_called(&self, folded: &str) -> bool {
        self.folded.contains(folded) || fold(&self.name_en).contains(folded) || fold(&self.code).contains(folded)
    }
}

#[derive(serde::Deserialize)]
struct ItemRow {
    code: String,
    name: String,
    name_en: String,
    units: String,
}

#[derive(serde::Deserialize)]
struct UnitRow {
    unit: String,
    name: String,
    name_en: String,
    counted: bool,
}

/// Every unit, and whether it is counted.
fn units() -> Result<HashMap<String, bool>, ReferenceError> {
    let rows = csv::Reader::from_reader(UNITS.as_bytes()).into_deserialize().map(|row: Result<UnitRow, _>| row);
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().map(|row| (row.unit, row.counted)).collect())
}

/// Codes by what people call them: the code itself, the Vietnamese and the English name, however they are written.
struct Called {
    items: HashMap<String, String>,
    units: HashMap<String, String>,
}

/// Made once a process: the data are part of the program.
fn called() -> &'static Called {
    static CALLED: OnceLock<Called> = OnceLock::new();
    fn codes<R: serde::de::DeserializeOwned>(data: &str, of: fn(R) -> [String; 3]) -> HashMap<String, String> {
        let rows = csv::Reader::from_reader(data.as_bytes()).into_deserialize::<R>().flatten().collect::<Vec<_>>();
        let names = rows.into_iter().map(of).flat_map(|names| names.clone().map(|name| (fold(name.trim()), names[0].clone())));
        names.collect()
    }
    CALLED.get_or_init(|| Called {
        items: codes(ITEMS, |row: ItemRow| [row.code, row.name, row.name_en]),
        units: codes(UNITS, |row: UnitRow| [row.unit, row.name, row.name_en]),
    })
}

/// The code of the item that is called so, by its code or its name in either language.
pub fn item_called(name: &str) -> Option<&'static str> {
    called().items.get(&fold(name.trim())).map(String::as_str)
}

/// The unit that is called so, by its code or its name in either language.
pub fn unit_called(name: &str) -> Option<&'static str> {
    called().units.get(&fold(name.trim())).map(String::as_str)
}

/// Brings the catalogue up to date; items are added and renamed, never removed.
pub fn load_catalogue(conn: &mut PgConnection) -> Result<(), ReferenceError> {
    let (known, mut items) = (units()?, Vec::new());
    for row in csv::Reader::from_reader(ITEMS.as_bytes()).deserialize() {
        let row: ItemRow = row?;
        let units: Vec<String> = row.units.split_whitespace().map(str::to_owned).collect();
        if let Some(unknown) = units.iter().find(|unit| !known.contains_key(*unit)) {
            return Err(ReferenceError::Content(format!("{} is counted in {unknown}, which is no unit", row.code)));
        }
        items.push(Item {
            folded: fold(&row.name),
            counted_units: units.iter().filter(|unit| known.get(*unit) == Some(&true)).cloned().collect(),
            units,
            code: row.code,
            name: row.name,
            name_en: row.name_en,
        });
    }
    shown::alters(conn);
    diesel::insert_into(item::table)
        .values(&items)
        .on_conflict(item::code)
        .do_update()
        .set((
            item::name.eq(excluded(item::name)),
            item::name_en.eq(excluded(item::name_en)),
            item::folded.eq(excluded(item::folded)),
            item::units.eq(excluded(item::units)),
            item::counted_units.eq(excluded(item::counted_units)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Items by code; unknown codes are absent.
pub fn items(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Item>, DbError> {
    let rows: Vec<Item> = item::table.filter(item::code.eq_any(codes)).select(Item::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|item| (item.code.clone(), item)).collect())
}

/// What items are called, by code.
pub fn item_names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(items(conn, codes)?.into_iter().map(|(code, item)| (code, item.name)).collect())
}

/// The whole catalogue, by code.
pub fn catalogue(conn: &mut PgConnection) -> Result<Vec<Item>, DbError> {
    Ok(item::table.order(item::code).select(Item::as_select()).load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_known_by_code_and_by_name_however_they_are_typed() {
        for name in ["RICE", "rice", "Gạo", " GẠO ", "gao"] {
            assert_eq!(item_called(name), Some("RICE"), "{name}");
        }
        for (name, unit) in [("kg", "KG"), ("Ki-lô-gam", "KG"), ("thùng", "BOX"), ("tấn", "TONNE"), ("Lít", "LITRE")] {
            assert_eq!(unit_called(name), Some(unit), "{name}");
        }
        assert_eq!((item_called("vàng"), unit_called("xe"), item_called("")), (None, None, None));
        // No name stands for two.
        let rows = |data: &str| data.lines().count() - 1;
        let distinct = |codes: &HashMap<String, String>| codes.values().collect::<std::collections::HashSet<_>>().len();
        assert_eq!((distinct(&called().items), distinct(&called().units)), (rows(ITEMS), rows(UNITS)));
    }
}
