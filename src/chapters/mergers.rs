//! The country as it was until 30/6/2025, and what became of each unit: read from the mergers files of `data/`.
//!
//! A commune's row says which unit of today it went to, wholly or in part, with the words of the statistics office. A
//! district went to every unit one of its communes went to; its note names those communes. A province went whole.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::reference::{REFORM, ReferenceError, day};
use crate::basics::{fold, hex};
use crate::db::schema::{former_unit, reference_load, unit_merger};

const MERGERS: &str = include_str!("../../data/administrative-unit-mergers.csv");
const PROVINCES: &str = include_str!("../../data/administrative-province-mergers.csv");
const NAME: &str = "mergers";

#[derive(Debug, Clone, Deserialize)]
struct CommuneRow {
    old_code: String,
    old_name: String,
    old_district: String,
    old_province: String,
    new_code: String,
    relation: String,
    note: String,
    old_district_code: String,
    old_province_code: String,
}

#[derive(Debug, Deserialize)]
struct ProvinceRow {
    old_code: String,
    old_name: String,
    new_code: String,
    relation: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = former_unit)]
struct Former {
    id: String,
    level: &'static str,
    code: Option<String>,
    parent_code: Option<String>,
    kind: &'static str,
    full_name: String,
    district: Option<String>,
    province: String,
    valid_to: NaiveDate,
    folded: String,
    place: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = unit_merger)]
struct Merger {
    former_id: String,
    new_code: String,
    relation: &'static str,
    note: String,
}

/// The edition this program carries: the hash of the files and of the reading of them.
fn edition() -> String {
    let mut hash = Sha256::new();
    [b"1\0".as_slice(), MERGERS.as_bytes(), PROVINCES.as_bytes()].into_iter().for_each(|part| hash.update(part));
    hex(&hash.finalize())
}

/// Whether the database has this edition.
pub(super) fn is_loaded(conn: &mut PgConnection) -> Result<bool, ReferenceError> {
    let loaded: Option<String> = reference_load::table.find(NAME).select(reference_load::sha256).first(conn).optional()?;
    Ok(loaded == Some(edition()))
}

/// Replaces the former units by those of this edition. The caller sees to it that one does so at a time.
pub(super) fn load(conn: &mut PgConnection) -> Result<(), ReferenceError> {
    if is_loaded(conn)? {
        return Ok(());
    }
    let (former, mergers) = read()?;
    diesel::delete(unit_merger::table).execute(conn)?;
    diesel::delete(former_unit::table).execute(conn)?;
    for some in former.chunks(2_000) {
        diesel::insert_into(former_unit::table).values(some).execute(conn)?;
    }
    for some in mergers.chunks(4_000) {
        diesel::insert_into(unit_merger::table).values(some).execute(conn)?;
    }
    diesel::insert_into(reference_load::table)
        .values((reference_load::name.eq(NAME), reference_load::sha256.eq(edition())))
        .on_conflict(reference_load::name)
        .do_update()
        .set(reference_load::sha256.eq(edition()))
        .execute(conn)?;
    Ok(())
}

/// Every former unit and where it went, each once.
fn read() -> Result<(Vec<Former>, Vec<Merger>), ReferenceError> {
    let valid_to = day(REFORM)?;
    let mut former: BTreeMap<String, Former> = BTreeMap::new();
    let mut mergers: BTreeMap<(String, String), Merger> = BTreeMap::new();
    // district → (its row, new unit → communes that went there)
    let mut districts: BTreeMap<String, (CommuneRow, BTreeMap<String, BTreeSet<String>>)> = BTreeMap::new();
    for row in csv::Reader::from_reader(MERGERS.as_bytes()).deserialize() {
        let row: CommuneRow = row?;
        // Five island districts had no communes and stand in the file themselves.
        let is_district = row.old_code.len() == 3;
        let unit = if is_district { district(&row, valid_to)? } else { commune(&row, valid_to)? };
        add(&mut mergers, &unit.id, &row.new_code, relation(&row.relation)?, row.note.clone())?;
        former.insert(unit.id.clone(), unit);
        if !is_district {
            let (_, to) = districts.entry(row.old_district_code.clone()).or_insert_with(|| (row.clone(), BTreeMap::new()));
            to.entry(row.new_code.clone()).or_default().insert(row.old_name.clone());
        }
    }
    for (row, to) in districts.into_values() {
        let unit = district(&row, valid_to)?;
        let whole = if to.len() == 1 { "WHOLE" } else { "PARTIAL" };
        for (new_code, communes) in to {
            let note = format!("Nhận địa bàn: {}", communes.into_iter().collect::<Vec<_>>().join(", "));
            add(&mut mergers, &unit.id, &new_code, whole, note)?;
        }
        former.insert(unit.id.clone(), unit);
    }
    for row in csv::Reader::from_reader(PROVINCES.as_bytes()).deserialize() {
        let row: ProvinceRow = row?;
        let unit = Former {
            id: format!("P{}", row.old_code),
            level: "PROVINCE",
            parent_code: None,
            kind: kind_of(&row.old_name, "PROVINCE")?,
            district: None,
            province: row.old_name.clone(),
            valid_to,
            folded: fold(&row.old_name),
            place: String::new(),
            code: Some(row.old_code),
            full_name: row.old_name,
        };
        add(&mut mergers, &unit.id, &row.new_code, relation(&row.relation)?, "Nhập toàn bộ".to_owned())?;
        former.insert(unit.id.clone(), unit);
    }
    Ok((former.into_values().collect(), mergers.into_values().collect()))
}

fn add(
    mergers: &mut BTreeMap<(String, String), Merger>,
    former_id: &str,
    new_code: &str,
    relation: &'static str,
    note: String,
) -> Result<(), ReferenceError> {
    let key = (former_id.to_owned(), new_code.to_owned());
    let merger = Merger { former_id: key.0.clone(), new_code: key.1.clone(), relation, note };
    match mergers.insert(key, merger) {
        None => Ok(()),
        Some(twin) => Err(ReferenceError::Content(format!("{} went to {} twice", twin.former_id, twin.new_code))),
    }
}

fn commune(row: &CommuneRow, valid_to: NaiveDate) -> Result<Former, ReferenceError> {
    let code = Some(row.old_code.clone()).filter(|code| !code.is_empty());
    Ok(Former {
        // One area under a district's own care had no code.
        id: format!("X{}", code.clone().unwrap_or_else(|| format!("{}-{}", row.old_district_code, fold(&row.old_name)))),
        level: "COMMUNE",
        code,
        parent_code: Some(row.old_district_code.clone()),
        kind: kind_of(&row.old_name, "COMMUNE")?,
        full_name: row.old_name.clone(),
        district: Some(row.old_district.clone()),
        province: row.old_province.clone(),
        valid_to,
        folded: fold(&row.old_name),
        place: fold(&format!("{} {}", row.old_district, row.old_province)),
    })
}

fn district(row: &CommuneRow, valid_to: NaiveDate) -> Result<Former, ReferenceError> {
    Ok(Former {
        id: format!("H{}", row.old_district_code),
        level: "DISTRICT",
        code: Some(row.old_district_code.clone()),
        parent_code: Some(row.old_province_code.clone()),
        kind: kind_of(&row.old_district, "DISTRICT")?,
        full_name: row.old_district.clone(),
        district: None,
        province: row.old_province.clone(),
        valid_to,
        folded: fold(&row.old_district),
        place: fold(&row.old_province),
    })
}

fn relation(text: &str) -> Result<&'static str, ReferenceError> {
    match text {
        "whole" => Ok("WHOLE"),
        "partial" => Ok("PARTIAL"),
        other => Err(ReferenceError::Content(format!("relation {other}"))),
    }
}

fn kind_of(full_name: &str, level: &str) -> Result<&'static str, ReferenceError> {
    const KINDS: &[(&str, &str, &str)] = &[
        ("PROVINCE", "Tỉnh ", "PROVINCE"),
        ("PROVINCE", "Thành phố ", "MUNICIPALITY"),
        ("DISTRICT", "Huyện ", "DISTRICT"),
        ("DISTRICT", "Quận ", "URBAN_DISTRICT"),
        ("DISTRICT", "Thị xã ", "TOWN"),
        ("DISTRICT", "Thành phố ", "CITY"),
        ("COMMUNE", "Xã ", "COMMUNE"),
        ("COMMUNE", "Phường ", "WARD"),
        ("COMMUNE", "Thị trấn ", "TOWNSHIP"),
        ("COMMUNE", "Khu vực ", "AREA"),
    ];
    KINDS
        .iter()
        .find(|(of, prefix, _)| *of == level && full_name.starts_with(prefix))
        .map(|(_, _, kind)| *kind)
        .ok_or_else(|| ReferenceError::Content(format!("unit without a kind: {full_name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_the_country_of_june_2025() {
        let (former, mergers) = read().unwrap();
        let of = |level: &str| former.iter().filter(|u| u.level == level).count();
        assert_eq!((of("PROVINCE"), of("DISTRICT"), of("COMMUNE")), (63, 696, 10_036));
        let ids: BTreeSet<&str> = former.iter().map(|u| u.id.as_str()).collect();
        assert!(mergers.iter().all(|m| ids.contains(m.former_id.as_str())));
        let rows =
            mergers.iter().filter(|m| m.former_id.starts_with('X') || m.former_id.len() == 4 && m.note.starts_with("Sắp xếp"));
        assert_eq!(rows.count(), 10_571);
        let to = |id: &str| -> Vec<(&str, &str)> {
            mergers.iter().filter(|m| m.former_id == id).map(|m| (m.new_code.as_str(), m.relation)).collect()
        };
        assert_eq!(to("X23098"), [("23095", "WHOLE")]);
        assert_eq!(to("X00007"), [("00008", "PARTIAL"), ("00025", "PARTIAL")]);
        assert_eq!(to("P60"), [("68", "WHOLE")]);
        assert!(to("H597").len() > 3 && to("H597").contains(&("23095", "PARTIAL")));
    }
}
