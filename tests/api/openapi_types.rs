//! The types behind the OpenAPI document.

use std::collections::BTreeMap;

/// Two types of one name would be one schema, and which of them is left to chance.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // (The macro's own tests define enums that are in no document.)
    for (file, text) in crate::rooms::sources().into_iter().filter(|(file, _)| !file.ends_with("basics/codes.rs")) {
        schema_names(&text).for_each(|name| places.entry(name).or_default().push(file.clone()));
    }
    assert!(places.len() > 200, "types are not found any more: {}", places.len());
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

/// What the types of a file are called in the document.
fn schema_names(text: &str) -> impl Iterator<Item = String> + '_ {
    let (mut is_schema, mut called) = (false, None);
    text.lines().map(str::trim).filter_map(move |line| {
        if let Some(derived) = line.strip_prefix("#[derive(") {
            (is_schema, called) = (derived.contains("ToSchema"), None);
        }
        if let Some((_, name)) = line.strip_prefix("#[schema(").and_then(|line| line.split_once("as = ")) {
            called = Some(name.split([',', ')']).next().unwrap_or_default().to_owned());
        }
        let mut words = line.split([' ', '<', '(', ';', '{']).filter(|word| !word.starts_with("pub") && *word != "super)");
        let is_wire = line.contains("wire enum ");
        let kind = words.find(|word| *word != "wire")?;
        if !matches!(kind, "struct" | "enum") || !(is_schema || is_wire) {
            return None;
        }
        is_schema = false;
        let name = words.next()?.to_owned();
        Some(called.take().unwrap_or(name))
    })
}
