//! The country as it was until 30/6/2025, and what became of each unit: read from the mergers files of `data/`.
//!
//! A commune's row says which unit of today it went to, wholly or in part, with the words of the statistics office. A
//! district went to every unit one of its communes went to; its note names those communes. A province went whole.
//!
//! Of what ended before that, only the units of a short file are on record, and of the others nothing is known before the first day of
//! 2025: the lists of the statistics office before it are not in `data/`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{REFORM, ReferenceError, day};
use crate::basics::{fold, hex};
use crate::db::schema::{former_unit, reference_load, unit_merger};
use crate::db::shown;

pub(in crate::chapters) const MERGERS: &str = include_str!("../../../data/administrative-unit-mergers.csv");
pub(in crate::chapters) const PROVINCES: &str = include_str!("../../../data/administrative-province-mergers.csv");
pub(in crate::chapters) const EARLIER: &str = include_str!("../../../data/administrative-units-earlier.csv");
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

/// A unit that ended before the reform. It went to `new_codes`, or to where the communes of `of_district` went that have codes between
/// the two of `communes`.
#[derive(Debug, Deserialize)]
struct EarlierRow {
    code: String,
    full_name: String,
    district: Option<String>,
    province: Option<String>,
    known_from: NaiveDate,
    valid_to: NaiveDate,
    resolution: String,
    new_codes: String,
    communes: String,
    of_district: String,
}

/// Since when all districts and communes of 30/6/2025 are on record, and since when all provinces.
const ALL_KNOWN_FROM: (i32, u32, u32) = (2025, 1, 1);
const PROVINCES_KNOWN_FROM: (i32, u32, u32) = (2004, 1, 1);
/// Units of 30/6/2025 that began on a day that is known: a city that was a province, cities and districts that others became.
const BEGAN: &[(&str, (i32, u32, u32))] =
    &[("P46", (2025, 1, 1)), ("H769", (2021, 1, 1)), ("H019", (2014, 4, 1)), ("H021", (2014, 4, 1))];

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
    known_from: NaiveDate,
    resolution: Option<String>,
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
    [b"2\0".as_slice(), MERGERS.as_bytes(), PROVINCES.as_bytes(), EARLIER.as_bytes()]
        .into_iter()
        .for_each(|part| hash.update(part));
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
    let (mut former, mut mergers) = read()?;
    add_earlier(&mut former, &mut mergers)?;
    shown::alters(conn);
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
            known_from: known_from(&format!("P{}", row.old_code), PROVINCES_KNOWN_FROM)?,
            resolution: None,
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
        known_from: day(ALL_KNOWN_FROM)?,
        resolution: None,
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
        known_from: known_from(&format!("H{}", row.old_district_code), ALL_KNOWN_FROM)?,
        resolution: None,
    })
}

/// Since when a unit is on record, unless it is known to have begun on another day.
fn known_from(id: &str, otherwise: (i32, u32, u32)) -> Result<NaiveDate, ReferenceError> {
    day(BEGAN.iter().find(|(unit, _)| *unit == id).map_or(otherwise, |(_, began)| *began))
}

/// The first day of which every unit is known: all of them, or the provinces alone.
pub(in crate::chapters) fn complete_from(provinces: bool) -> Option<NaiveDate> {
    day(if provinces { PROVINCES_KNOWN_FROM } else { ALL_KNOWN_FROM }).ok()
}

/// Adds the units that ended before the reform, and what of today they became.
fn add_earlier(former: &mut Vec<Former>, mergers: &mut Vec<Merger>) -> Result<(), ReferenceError> {
    for row in csv::Reader::from_reader(EARLIER.as_bytes()).deserialize() {
        let row: EarlierRow = row?;
        let (letter, level) = if row.code.len() == 2 { ("P", "PROVINCE") } else { ("H", "DISTRICT") };
        let id = format!("{letter}{}-{}", row.code, row.valid_to.year());
        let new = went_to(&row, former, mergers)?;
        let relation = if new.len() == 1 { "WHOLE" } else { "PARTIAL" };
        let note = |communes: BTreeSet<String>| {
            let communes: Vec<String> = communes.into_iter().collect();
            if communes.is_empty() {
                "Nhập toàn bộ".to_owned()
            } else {
                format!("Nhận địa bàn: {}", communes.join(", "))
            }
        };
        let heirs = new.into_iter().map(|(new_code, communes)| {
            let former_id = id.clone();
            Merger { former_id, new_code, relation, note: note(communes) }
        });
        mergers.extend(heirs);
        let province = row.province.unwrap_or_default();
        let above = former.iter().find(|unit| unit.level == "PROVINCE" && unit.full_name == province);
        let parent_code = above.and_then(|unit| unit.code.clone());
        former.push(Former {
            id,
            level,
            parent_code,
            kind: kind_of(&row.full_name, level)?,
            folded: fold(&row.full_name),
            place: fold(&province),
            province: if province.is_empty() { row.full_name.clone() } else { province },
            district: row.district,
            code: Some(row.code),
            full_name: row.full_name,
            valid_to: row.valid_to,
            known_from: row.known_from,
            resolution: Some(row.resolution),
        });
    }
    Ok(())
}

/// The units of today that an earlier one became, each with the communes of 30/6/2025 that went there, if that is how it is told.
fn went_to(
    row: &EarlierRow,
    former: &[Former],
    mergers: &[Merger],
) -> Result<BTreeMap<String, BTreeSet<String>>, ReferenceError> {
    let Some((first, last)) = row.communes.split_once('-') else {
        return Ok(row.new_codes.split(' ').map(|code| (code.to_owned(), BTreeSet::new())).collect());
    };
    let districts: Vec<&str> = row.of_district.split(' ').collect();
    let communes: BTreeMap<&str, &Former> = former
        .iter()
        .filter(|unit| unit.level == "COMMUNE" && unit.code.as_deref().is_some_and(|code| (first..=last).contains(&code)))
        .filter(|unit| unit.parent_code.as_deref().is_some_and(|above| districts.contains(&above)))
        .map(|unit| (unit.id.as_str(), unit))
        .collect();
    let mut to: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for merger in mergers {
        if let Some(unit) = communes.get(merger.former_id.as_str()) {
            to.entry(merger.new_code.clone()).or_default().insert(unit.full_name.clone());
        }
    }
    if to.is_empty() { Err(ReferenceError::Content(format!("{} went nowhere", row.full_name))) } else { Ok(to) }
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
        let (mut all, mut went) = read().unwrap();
        add_earlier(&mut all, &mut went).unwrap();
        let heirs = |id: &str| went.iter().filter(|m| m.former_id == id).map(|m| m.new_code.as_str()).collect::<Vec<_>>();
        assert_eq!((heirs("P46-2025"), heirs("P28-2008")), (vec!["46"], vec!["01"]));
        assert_eq!(heirs("H769-2021"), ["27094", "27097", "27112"], "Quận 2");
        assert_eq!(heirs("H763-2021"), ["26833", "26842", "26848", "26857", "26860"], "Quận 9");
        assert_eq!(all.len(), former.len() + 6);
        assert!(to("H597").len() > 3 && to("H597").contains(&("23095", "PARTIAL")));
    }
}
