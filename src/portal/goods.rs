//! Goods in words: `200 kg gạo`, `200 kg of rice`, `40 blankets`.

use std::collections::HashMap;

use diesel::pg::PgConnection;

use super::{format, labels};
use crate::disclosure::entries::EntryOut;
use crate::http::{Lang, Problem};
use crate::ledger::public::PublicGoods;
use crate::stock;

/// What goods are called, by code.
pub type ItemNames = HashMap<String, String>;

/// Names of all items that a page of entries mentions.
pub fn item_names(conn: &mut PgConnection, rows: &[EntryOut], lang: Lang) -> Result<ItemNames, Problem> {
    let codes: Vec<String> = rows.iter().flat_map(goods_of).map(|goods| goods.item).collect();
    if codes.is_empty() {
        return Ok(ItemNames::new());
    }
    let items = stock::items(conn, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
    let name = |item: stock::Item| if lang == Lang::En { item.name_en } else { item.name };
    Ok(items.into_iter().map(|(code, item)| (code, name(item))).collect())
}

/// The goods of an entry.
pub fn goods_of(entry: &EntryOut) -> Vec<PublicGoods> {
    entry.goods.clone().and_then(|goods| serde_json::from_value(goods).ok()).unwrap_or_default()
}

/// What English counts by the thing's own name, one and more of it: "pieces of blanket" is no English. Other goods, and goods
/// that join the catalogue later, keep their unit.
const THINGS: [(&str, &str, &str); 16] = [
    ("BLANKET", "blanket", "blankets"),
    ("MOSQUITO_NET", "mosquito net", "mosquito nets"),
    ("FAMILY_KIT", "family kit", "family kits"),
    ("SHELTER_REPAIR_KIT", "shelter repair kit", "shelter repair kits"),
    ("RELIEF_BAG", "relief bag", "relief bags"),
    ("WATER_CONTAINER", "water container", "water containers"),
    ("LIFE_JACKET", "life jacket", "life jackets"),
    ("TARPAULIN", "tarpaulin", "tarpaulins"),
    ("ROOFING_SHEET", "roofing sheet", "roofing sheets"),
    ("FIRST_AID_KIT", "first-aid kit", "first-aid kits"),
    ("WHEELCHAIR", "wheelchair", "wheelchairs"),
    ("BICYCLE", "bicycle", "bicycles"),
    ("HYGIENE_KIT", "hygiene kit", "hygiene kits"),
    ("BREEDING_COW", "breeding cow", "breeding cows"),
    ("GIFT_PACKAGE", "gift package", "gift packages"),
    ("CANNED_FOOD", "can of food", "cans of food"),
];

/// Units that stand for the things themselves.
const OF_THINGS: [&str; 3] = ["PIECE", "SET", "HEAD"];

fn is_one(goods: &PublicGoods) -> bool {
    matches!(goods.quantity.as_str(), "1" | "-1")
}

/// `1.200,5 kg`, `40 cái`; in English one box is no "1 boxes".
pub fn quantity_text(goods: &PublicGoods, lang: Lang) -> String {
    let unit = match lang {
        Lang::En if is_one(goods) => labels::one_unit(&goods.unit),
        lang => labels::unit(&goods.unit, lang),
    };
    format!("{} {unit}", format::quantity(&goods.quantity, lang))
}

/// `200 kg gạo`, `200 kg of rice`, `40 blankets`.
pub fn goods_text(goods: &PublicGoods, names: &ItemNames, lang: Lang) -> String {
    let name = names.get(&goods.item).unwrap_or(&goods.item).to_lowercase();
    let thing = THINGS.iter().find(|thing| thing.0 == goods.item && OF_THINGS.contains(&goods.unit.as_str()));
    match (lang, thing) {
        (Lang::Vi, _) => format!("{} {name}", quantity_text(goods, lang)),
        (Lang::En, Some((_, one, more))) => {
            format!("{} {}", format::quantity(&goods.quantity, lang), if is_one(goods) { one } else { more })
        }
        (Lang::En, None) => format!("{} of {name}", quantity_text(goods, lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_said_as_people_say_them() {
        let names: ItemNames = [("RICE", "Rice"), ("BLANKET", "Blanket"), ("TARPAULIN", "Tarpaulin"), ("CLOTHES", "New clothes")]
            .map(|(code, name)| (code.to_owned(), name.to_owned()))
            .into();
        for (quantity, unit, item, english) in [
            ("1200.5", "KG", "RICE", "1,200.5 kg of rice"),
            ("1", "BAG", "RICE", "1 bag of rice"),
            ("12", "BAG", "RICE", "12 bags of rice"),
            ("40", "PIECE", "BLANKET", "40 blankets"),
            ("-40", "PIECE", "BLANKET", "\u{2212}40 blankets"),
            ("1", "PIECE", "BLANKET", "1 blanket"),
            ("20", "M2", "TARPAULIN", "20 m² of tarpaulin"),
            ("3", "SET", "CLOTHES", "3 sets of new clothes"),
            ("-1", "PIECE", "NEWER_THAN_THIS", "\u{2212}1 piece of newer_than_this"),
        ] {
            let (quantity, unit, item) = (quantity.to_owned(), unit.to_owned(), item.to_owned());
            let goods = PublicGoods { item, quantity, unit, value_vnd: 0, valuation: String::new() };
            assert_eq!(goods_text(&goods, &names, Lang::En), english);
        }
    }

    #[test]
    fn what_is_counted_by_its_name_is_in_the_catalogue_in_such_a_unit() {
        let catalogue: Vec<csv::StringRecord> =
            csv::Reader::from_reader(include_str!("../../data/items.csv").as_bytes()).records().map(Result::unwrap).collect();
        for (code, one, more) in THINGS {
            let item = catalogue.iter().find(|item| item[0] == *code).unwrap_or_else(|| panic!("{code}"));
            assert!(item[3].split(' ').any(|unit| OF_THINGS.contains(&unit)), "{code}");
            assert!(one != more && (item[2].to_lowercase() == one || code == "CANNED_FOOD"), "{code}");
        }
    }
}
