//! The units of today and their territorial chapters, read from the units files of `data/`.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::{CENTRAL, REFORM, ReferenceError, day};
use crate::basics::fold;
use crate::db::schema::{administrative_unit, chapter};
use crate::db::shown;

const REFORM_RESOLUTION: &str = "202/2025/QH15";

pub(in crate::chapters) const UNITS: &str = include_str!("../../../data/administrative-units.csv");
const CHANGES: &str = include_str!("../../../data/administrative-unit-changes.csv");

#[derive(Debug, Deserialize)]
struct UnitRow {
    code: String,
    kind: String,
    name: String,
    full_name: String,
    parent_code: String,
}

#[derive(Debug, Deserialize)]
struct ChangeRow {
    code: String,
    effective_date: NaiveDate,
    resolution: String,
    old_full_name: String,
    new_full_name: String,
}

#[derive(Debug, Clone, Insertable, PartialEq, Eq)]
#[diesel(table_name = administrative_unit)]
struct UnitVersion {
    code: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    kind: String,
    name: String,
    full_name: String,
    parent_code: Option<String>,
    resolution: String,
    folded: String,
}

/// Whether every unit of today has its chapter.
pub(super) fn is_loaded(conn: &mut PgConnection) -> Result<bool, ReferenceError> {
    let units = UNITS.lines().count() as i64 - 1;
    // A plan may have made the chapter of a unit that no file knows yet.
    let known: Vec<String> = administrative_unit::table
        .filter(administrative_unit::valid_to.is_null())
        .select(administrative_unit::code)
        .load(conn)?;
    let chapters: i64 = chapter::table.filter(chapter::unit_code.eq_any(known)).count().get_result(conn)?;
    Ok(chapters >= units)
}

/// Adds units and territorial chapters that are missing. Returns how many chapters are new.
pub(super) fn load(conn: &mut PgConnection) -> Result<usize, ReferenceError> {
    shown::alters(conn);
    let versions = unit_versions()?;
    for some in versions.chunks(1_000) {
        diesel::insert_into(administrative_unit::table).values(some).on_conflict_do_nothing().execute(conn)?;
    }
    let current: Vec<&UnitVersion> = versions.iter().filter(|unit| unit.valid_to.is_none()).collect();
    let (provinces, communes): (Vec<_>, Vec<_>) = current.into_iter().partition(|unit| unit.parent_code.is_none());
    let mut added = insert_chapters(conn, &[central()?])?;
    let ids = ids_by_code(conn)?;
    let parent = |code: &str| ids.get(code).copied().ok_or_else(|| ReferenceError::Content(format!("no chapter {code}")));
    let central_id = parent(CENTRAL)?;
    let rows = provinces.iter().map(|unit| territorial(unit, "PROVINCE", central_id)).collect::<Result<Vec<_>, _>>()?;
    added += insert_chapters(conn, &rows)?;
    let ids = ids_by_code(conn)?;
    let rows = communes
        .iter()
        .map(|unit| {
            let code = unit.parent_code.as_deref().unwrap_or_default();
            let parent = ids.get(code).copied().ok_or_else(|| ReferenceError::Content(format!("no chapter {code}")))?;
            territorial(unit, "COMMUNE", parent)
        })
        .collect::<Result<Vec<_>, _>>()?;
    added += insert_chapters(conn, &rows)?;
    Ok(added)
}

/// Every version of every unit: the file holds today's, the changes say what 25 of them were before.
fn unit_versions() -> Result<Vec<UnitVersion>, ReferenceError> {
    let reform = day(REFORM)?;
    let mut changes: HashMap<String, ChangeRow> = HashMap::new();
    for row in csv::Reader::from_reader(CHANGES.as_bytes()).deserialize() {
        let row: ChangeRow = row?;
        changes.insert(row.code.clone(), row);
    }
    let mut versions = Vec::new();
    for row in csv::Reader::from_reader(UNITS.as_bytes()).deserialize() {
        let unit: UnitRow = row?;
        let now = UnitVersion {
            valid_from: reform,
            valid_to: None,
            kind: unit.kind.to_ascii_uppercase(),
            folded: fold(&unit.full_name),
            parent_code: Some(unit.parent_code).filter(|code| !code.is_empty()),
            resolution: REFORM_RESOLUTION.to_owned(),
            code: unit.code,
            name: unit.name,
            full_name: unit.full_name,
        };
        match changes.remove(&now.code) {
            None => versions.push(now),
            Some(change) => {
                if change.new_full_name != now.full_name {
                    return Err(ReferenceError::Content(format!("change of {} does not lead to today's name", now.code)));
                }
                versions.push(UnitVersion {
                    valid_to: Some(change.effective_date),
                    kind: kind_of(&change.old_full_name)?.to_owned(),
                    folded: fold(&change.old_full_name),
                    full_name: change.old_full_name,
                    ..now.clone()
                });
                versions.push(UnitVersion { valid_from: change.effective_date, resolution: change.resolution, ..now });
            }
        }
    }
    match changes.into_keys().next() {
        Some(code) => Err(ReferenceError::Content(format!("change of unknown unit {code}"))),
        None => Ok(versions),
    }
}

fn kind_of(full_name: &str) -> Result<&'static str, ReferenceError> {
    [("Tỉnh ", "PROVINCE"), ("Thành phố ", "MUNICIPALITY"), ("Xã ", "COMMUNE"), ("Phường ", "WARD"), ("Đặc khu ", "SPECIAL_ZONE")]
        .into_iter()
        .find(|(prefix, _)| full_name.starts_with(prefix))
        .map(|(_, kind)| kind)
        .ok_or_else(|| ReferenceError::Content(format!("unit without a kind: {full_name}")))
}

#[derive(Debug, Insertable)]
#[diesel(table_name = chapter)]
struct NewChapter {
    id: Uuid,
    code: String,
    kind: &'static str,
    level: &'static str,
    parent_id: Option<Uuid>,
    unit_code: Option<String>,
    name: String,
    short_name: String,
    folded: String,
    founded_on: NaiveDate,
}

fn central() -> Result<NewChapter, ReferenceError> {
    let name = "Trung ương Hội Chữ thập đỏ Việt Nam".to_owned();
    Ok(NewChapter {
        id: Uuid::now_v7(),
        code: CENTRAL.to_owned(),
        kind: "TERRITORIAL",
        level: "CENTRAL",
        parent_id: None,
        unit_code: None,
        folded: fold(&name),
        short_name: "Trung ương Hội".to_owned(),
        name,
        founded_on: day((1946, 11, 23))?,
    })
}

fn territorial(unit: &UnitVersion, level: &'static str, parent: Uuid) -> Result<NewChapter, ReferenceError> {
    let mut place = unit.full_name.chars();
    let place: String = place.next().into_iter().flat_map(char::to_lowercase).chain(place).collect();
    let name = format!("Hội Chữ thập đỏ {place}");
    Ok(NewChapter {
        id: Uuid::now_v7(),
        code: unit.code.clone(),
        kind: "TERRITORIAL",
        level,
        parent_id: Some(parent),
        unit_code: Some(unit.code.clone()),
        folded: fold(&name),
        name,
        short_name: unit.name.clone(),
        founded_on: day(REFORM)?,
    })
}

fn insert_chapters(conn: &mut PgConnection, rows: &[NewChapter]) -> Result<usize, ReferenceError> {
    shown::alters(conn);
    let mut added = 0;
    for some in rows.chunks(1_000) {
        added += diesel::insert_into(chapter::table).values(some).on_conflict(chapter::code).do_nothing().execute(conn)?;
    }
    Ok(added)
}

fn ids_by_code(conn: &mut PgConnection) -> Result<HashMap<String, Uuid>, ReferenceError> {
    Ok(chapter::table.select((chapter::code, chapter::id)).load::<(String, Uuid)>(conn)?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_the_country_of_september_2026() {
        let versions = unit_versions().unwrap();
        let current: Vec<_> = versions.iter().filter(|u| u.valid_to.is_none()).collect();
        let of = |kind: &str| current.iter().filter(|u| u.kind == kind).count();
        assert_eq!((of("PROVINCE"), of("MUNICIPALITY")), (25, 9));
        assert_eq!((of("COMMUNE"), of("WARD"), of("SPECIAL_ZONE")), (2_599, 709, 13));
        assert_eq!(versions.len(), 34 + 3_321 + 25);
        let dong_nai: Vec<_> =
            versions.iter().filter(|u| u.code == "75").map(|u| (u.kind.as_str(), u.valid_from.to_string())).collect();
        assert_eq!(dong_nai, [("PROVINCE", "2025-07-01".to_owned()), ("MUNICIPALITY", "2026-04-30".to_owned())]);
    }
}
