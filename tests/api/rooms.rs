//! The rooms of the house: who may know whom, who owns which table, what may stand where. Read from the source itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use so_nhan_ai::rooms::ROOMS;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The crates of rooms from the ground upwards, as `src/lib.rs` draws them; itself at the end.
fn floors() -> Vec<String> {
    map("src/lib.rs", "\n//! Floors: `", '`').into_iter().chain(["lib".to_owned()]).collect()
}

/// Whether a file is the root of a crate or the program, and of no room.
pub fn is_root(file: &str) -> bool {
    file == "src/main.rs" || floors().iter().any(|floor| file == format!("src/{floor}.rs"))
}

/// From the ground upwards: a room knows those before it, never those after it. As the roots of the crates draw it.
fn order() -> Vec<String> {
    floors().iter().flat_map(|floor| map(&format!("src/{floor}.rs"), "\n//! `", '`')).collect()
}

/// A drawn order: what stands in a file between two signs, room by room.
fn map(file: &str, from: &str, to: char) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("{file} has no map"));
    let drawn = rest.split(to).next().unwrap().replace("//!", " ");
    drawn.split([',', '→']).map(|room| room.trim().to_owned()).collect()
}

/// Tables of rooms that stand below what a room says of itself (`house`), or above the list of rooms.
const ELSEWHERE: &[(&str, &str)] = &[
    ("data_step", "upkeep"),
    ("data_step_note", "upkeep"),
    ("key_in_use", "vault"),
    ("public_holiday", "calendar"),
    ("retention_rule", "calendar"),
];

/// (table, rooms besides its owner that may read it, and why).
type Readers = (&'static str, &'static [(&'static str, &'static str)]);

/// May only shrink.
const READERS: &[Readers] = &[
    ("account", &[("authz", "decides in one query whether the account is enabled and whose it is")]),
    (
        "chapter",
        &[
            ("tree", "places by code, with the closure"),
            ("committees", "counts which chapters have no committee, in one query"),
            ("activities", "counts by the level of who leads, in one query"),
            ("blood_results", "units of every commune of the country, in one query"),
        ],
    ),
    (
        "chapter_ancestor",
        &[
            ("authz", "rights travel down the tree, in the one query that decides"),
            ("chapters", "lists what is below a chapter"),
            ("activities", "counts what is led and delivered at and below a chapter"),
            ("blood_results", "adds up what was given at and below chapters, all in one statement"),
            ("blood_targets", "finds what every chapter below one is to reach, in one statement"),
            ("committees", "lists and counts posts below a chapter"),
            ("ledger", "an audit adds up again what was received below each chapter"),
            ("privacy", "lists requests that concern chapters below one"),
        ],
    ),
    ("chapter_stand_in", &[("authz", "rights are held on the line of today, in the one query that decides")]),
    ("log_leaf", &[("ledger", "public entries in the order of the log")]),
    ("role_assignment", &[("authz", "decides by them")]),
    ("role_assignment_acts_for", &[("authz", "decides by them")]),
    ("session", &[("authz", "decides in one query whether the session lives")]),
];

/// Every table with the room that owns and writes it, as the rooms themselves say.
fn owners() -> BTreeMap<&'static str, &'static str> {
    let told = ROOMS.0.iter().flat_map(|room| room.tables.iter().map(|table| (*table, room.name)));
    let mut owners = BTreeMap::new();
    for (table, room) in told.chain(ELSEWHERE.iter().copied()) {
        assert_eq!(owners.insert(table, room), None, "{table} has two owners");
    }
    owners
}

/// Those who may read a table without owning it.
fn readers(table: &str) -> &'static [(&'static str, &'static str)] {
    READERS.iter().find(|(known, _)| *known == table).map_or(&[], |(_, readers)| readers)
}

/// (path from the project's root, its text).
fn files(dir: &str) -> Vec<(String, String)> {
    let (mut todo, mut found) = (vec![PathBuf::from(ROOT).join(dir)], Vec::new());
    while let Some(next) = todo.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned();
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The room a file of src belongs to, or the crate beside it.
pub fn room(file: &str) -> &str {
    let inside = file.strip_prefix("src/").or_else(|| file.strip_prefix("crates/")).unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The code of a file: no comments, nothing from `#[cfg(test)] mod` on, no file of tests.
fn code(file: &str, text: &str) -> String {
    if file.ends_with("_tests.rs") {
        return String::new();
    }
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Files of the crates beside the house, with their code.
pub fn beside() -> Vec<(String, String)> {
    files("crates")
        .into_iter()
        .map(|(file, text)| (file.clone(), code(&file, &text)))
        .filter(|(file, _)| file.contains("/src/") && !file.ends_with("/made.rs"))
        .collect()
}

/// Files of src with their code.
pub fn sources() -> Vec<(String, String)> {
    let all: Vec<_> = files("src").into_iter().map(|(file, text)| (file.clone(), code(&file, &text))).collect();
    assert!(all.len() > 60, "{} files: is this the source tree?", all.len());
    all
}

/// What follows `prefix`: the one name, or all the names in braces.
fn named_after<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        if text[..at].ends_with(|c: char| is_name(c) || c == '$') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        if let Some(inner) = rest.strip_prefix('{') {
            let (mut depth, mut start, mut taken) = (1, true, None);
            for (n, c) in inner.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => start = true,
                    _ if is_name(c) && start && depth == 1 && taken.is_none() => taken = Some(n),
                    _ => {}
                }
                if let Some(from) = taken.filter(|_| !is_name(c)) {
                    names.push(&inner[from..n]);
                    (taken, start) = (None, c == ',');
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            names.push(rest.split(|c: char| !is_name(c)).next().unwrap());
        }
    }
    names.into_iter().filter(|name| !name.is_empty() && *name != "self").collect()
}

#[test]
fn names_are_read_out_of_use_lines() {
    let text = "use crate::a::{b};\nuse crate::{c, d::{e, f}, g as h};\nfn x() { crate::i::j() }\nmycrate::k";
    assert_eq!(named_after(text, "crate::"), ["a", "c", "d", "g", "i"]);
}

#[test]
fn arrows_between_rooms_go_one_way() {
    let order = order();
    let rank = |room: &str| order.iter().position(|known| known == room);
    let mut wrong = Vec::new();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        let here = room(&file);
        if is_root(&file) {
            continue;
        }
        let own = rank(here).unwrap_or_else(|| panic!("{file}: the room {here} has no place in the order"));
        for other in named_after(&text, "crate::") {
            match rank(other) {
                Some(theirs) if theirs <= own => drop(arrows.entry(here.to_owned()).or_default().insert(other.to_owned())),
                Some(_) => wrong.push(format!("{file}: {here} knows {other}, which stands above it")),
                // Macros and types at the root would be a way around the order.
                None => wrong.push(format!("{file}: crate::{other} is no room")),
            }
        }
        // Out of the room by the back door: no more steps up than the file stands deep in its room.
        let steps = file.matches('/').count() - 1 - usize::from(file.ends_with("/mod.rs"));
        if text.contains(&"super::".repeat(steps + 1)) {
            wrong.push(format!("{file}: super:: leaves the room"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(arrows["giving"].contains("ledger") && arrows["cli"].contains("app"), "no arrow was seen: {arrows:?}");
    let rooms: BTreeSet<String> =
        files("src").iter().filter(|(file, _)| !is_root(file)).map(|(file, _)| room(file).to_owned()).collect();
    let placed: BTreeSet<String> = order.iter().cloned().collect();
    assert_eq!(rooms, placed, "rooms and their order");
}

/// The map in `docs/architecture.md` is the same, and the list of rooms follows it.
#[test]
fn the_maps_draw_one_order() {
    let order = order();
    assert_eq!(map("docs/architecture.md", "\n```\n", '`'), order);
    let listed: Vec<&str> = ROOMS.0.iter().map(|room| room.name).collect();
    let drawn: Vec<&str> = order.iter().map(String::as_str).filter(|room| listed.contains(room)).collect();
    assert_eq!(listed, drawn);
}

/// A floor holds the rooms that its map draws.
#[test]
fn each_floor_draws_its_own_rooms() {
    for floor in floors() {
        let file = format!("src/{floor}.rs");
        let root = std::fs::read_to_string(Path::new(ROOT).join(&file)).unwrap();
        let held: BTreeSet<&str> = root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
        let drawn = map(&file, "\n//! `", '`');
        assert_eq!(held, drawn.iter().map(String::as_str).collect(), "{file}");
    }
}

/// Tables that a file touches, by diesel's names and by SQL words.
fn tables_in(text: &str, owners: &BTreeMap<&str, &str>) -> BTreeSet<String> {
    let mut touched: BTreeSet<String> = named_after(text, "schema::").into_iter().map(str::to_owned).collect();
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    for pair in words.windows(2) {
        if ["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ONLY"].contains(&pair[0]) && owners.contains_key(pair[1]) {
            touched.insert(pair[1].to_owned());
        }
    }
    touched
}

#[test]
fn tables_are_touched_by_their_owners_and_by_listed_readers() {
    let owners = owners();
    let mut used: BTreeMap<(String, String), String> = BTreeMap::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.starts_with("src/db/")) {
        for table in tables_in(&text, &owners) {
            used.insert((table, room(&file).to_owned()), file.clone());
        }
    }
    let mut listed = BTreeSet::new();
    for (table, owner) in &owners {
        let rooms = std::iter::once(owner).chain(readers(table).iter().map(|(room, _)| room));
        listed.extend(rooms.map(|room| ((*table).to_owned(), (*room).to_owned())));
        assert!(readers(table).iter().all(|(_, why)| why.len() > 10), "{table}: every reader has a reason");
    }
    let strangers: Vec<_> = used.iter().filter(|(key, _)| !listed.contains(*key)).collect();
    assert!(strangers.is_empty(), "rooms that touch others' tables: {strangers:#?}");
    // The owner may write through the database alone (a trigger, another room's query); a reader that reads no longer goes.
    let idle: Vec<_> = listed
        .iter()
        .filter(|key| !used.contains_key(*key))
        .filter(|(table, room)| readers(table).iter().any(|(reader, _)| *reader == room.as_str()))
        .collect();
    assert!(idle.is_empty(), "listed, but they read it no more: {idle:?}");
    let schema = std::fs::read_to_string(Path::new(ROOT).join("src/db/schema.rs")).unwrap();
    let all: BTreeSet<&str> =
        schema.split("diesel::table! {").skip(1).map(|part| part.split('(').next().unwrap().trim()).collect();
    assert_eq!(all, owners.keys().copied().collect(), "every table has an owner");
    assert!(READERS.iter().all(|(table, _)| all.contains(table)), "readers of tables that are no more");
}

/// Only an owner writes. What is found by the words of SQL and of diesel.
#[test]
fn tables_are_written_by_their_owners_only() {
    /// (file, table, why somebody else writes it)
    const EXCUSED: &[(&str, &str, &str)] = &[];
    let mut wrong = Vec::new();
    let owners = owners();
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.starts_with("src/db/")) {
        for (table, owner) in owners.iter().filter(|(_, owner)| **owner != room(&file)) {
            let signs = [
                format!("INSERT INTO {table} "),
                format!("UPDATE {table} "),
                format!("DELETE FROM {table} "),
                format!("insert_into({table}::table"),
                format!("update({table}::table"),
                format!("delete({table}::table"),
            ];
            if signs.iter().any(|sign| text.contains(sign)) && !EXCUSED.iter().any(|(f, t, _)| *f == file && t == table) {
                wrong.push(format!("{file} writes {table}, which belongs to {owner}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn http_stays_out_of_models_and_stores() {
    for (file, text) in sources() {
        let name = file.rsplit('/').next().unwrap();
        let quiet = ["ledger", "vouchers", "log", "tree", "parties", "stock", "chapters", "bookkeeping", "basics", "vault"];
        let speaks = ["routes.rs", "answers.rs"].contains(&name);
        if ["model.rs", "store.rs"].contains(&name) || (quiet.contains(&room(&file)) && !speaks) {
            assert!(!text.contains("actix_web") && !text.contains("HttpRe"), "{file} knows the web framework");
        }
        if name == "model.rs" {
            assert!(!text.contains("PgConnection") && !text.contains("schema::"), "{file}: a model has no connection");
            for clock in ["Utc::now(", "Local::now(", "SystemTime::now("] {
                assert!(!text.contains(clock), "{file}: time is given, not taken");
            }
        }
    }
}

/// A proof that somebody else holds a right is made of what they asked or confirmed before, and of nothing else.
#[test]
fn grants_for_somebody_else_are_made_in_listed_places() {
    let recorders: &[&str] = &["src/giving/asked_decide.rs", "src/giving/reversal.rs"];
    for (maker, places) in [(".of_confirmer(", &["src/decisions/decide.rs"][..]), (".for_recorder(", recorders)] {
        let made: Vec<String> = sources().into_iter().filter(|(_, text)| text.contains(maker)).map(|(file, _)| file).collect();
        assert_eq!(made, places, "{maker}");
    }
}

#[test]
fn the_environment_and_the_clock_are_read_in_one_place() {
    for (file, text) in beside().into_iter().filter(|(file, _)| file != "crates/proof/src/clock.rs") {
        let signs = ["std::env", "env::var", "option_env!", "Utc::now(", "Local::now(", "SystemTime::now("];
        assert!(!signs.iter().any(|sign| text.contains(sign)), "{file} reads the environment or the clock");
    }
    for (file, text) in sources() {
        let reads = ["std::env", "env::var", "option_env!"].iter().any(|sign| text.contains(sign));
        assert!(
            !reads || ["config", "main"].contains(&room(&file)) || file.starts_with("src/cli/"),
            "{file} reads the environment"
        );
        let takes = ["Utc::now(", "Local::now(", "SystemTime::now("].iter().any(|sign| text.contains(sign));
        // The room of the own PostgreSQL names a folder after the moment; nothing of it reaches a record.
        assert!(!takes || file == "src/db/private/cluster.rs", "{file} takes the time itself");
    }
}

#[test]
fn nothing_panics_on_purpose_outside_of_tests() {
    for (file, text) in sources().into_iter().chain(beside()) {
        for (n, line) in text.lines().enumerate() {
            for sign in [
                ".unwrap()",
                ".expect(",
                ".unwrap_err()",
                "panic!(",
                "todo!(",
                "unimplemented!(",
                "unreachable!(",
                "dbg!(",
                "eprintln!(\"DEBUG",
            ] {
                assert!(!line.contains(sign), "{file}, code line {}: {sign}\n{line}", n + 1);
            }
        }
    }
}

#[test]
fn files_stay_readable() {
    for (file, text) in files("src").into_iter().chain(files("crates")).chain(files("tests")) {
        let lines = text.lines().count();
        assert!(lines <= 500 || file == "src/db/schema.rs", "{file} has {lines} lines");
        // A part of a test is `name_tests.rs` beside its module, which says what it is.
        let is_part_of_tests = file.ends_with("_tests.rs");
        assert!(text.starts_with("//!") || is_part_of_tests, "{file} does not begin by saying what it is");
    }
}

/// A project that runs anywhere: nothing names the place it was written in.
#[test]
fn nothing_points_at_the_workshop() {
    let workshop = format!("/{}", "work");
    let registry = format!("{}:{}", "localhost", "8");
    let mut looked = 0;
    let mut todo: Vec<PathBuf> = [
        "src",
        "crates",
        "tests",
        "migrations",
        "data",
        "openapi",
        "docs",
        "Cargo.toml",
        "Cargo.lock",
        "Makefile",
        "README.md",
        "docker-compose.yml",
        "bench",
        "assets",
        "templates",
        ".cargo",
    ]
    .iter()
    .map(|name| Path::new(ROOT).join(name))
    .filter(|path| path.exists())
    .collect();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        looked += 1;
        for line in text.lines() {
            let named = line.match_indices(&workshop).any(|(at, _)| {
                !line[at + workshop.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            });
            assert!(!named || line.contains("format!(\"/{}\""), "{}: {line}", path.display());
            assert!(!line.contains(&registry), "{}: {line}", path.display());
        }
    }
    assert!(looked > 80, "{looked} files");
}

/// `docs/dependencies.md` justifies every direct dependency of the program and of the crates beside it, each once.
#[test]
fn every_dependency_is_justified_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let first_cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let justified: Vec<&str> = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let crates = std::fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let manifests = std::iter::once(root.to_owned()).chain(crates).map(|folder| folder.join("Cargo.toml"));
    let manifests: String = manifests.map(|path| std::fs::read_to_string(path).unwrap() + "\n").collect();
    let sections = manifests.split("\n[").filter(|section| {
        ["dependencies]", "dev-dependencies]", "workspace.dependencies]"].iter().any(|name| section.starts_with(name))
    });
    // What is our own needs no justification.
    let own: BTreeSet<&str> = manifests.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let lines = sections
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name.trim_end_matches(".workspace")));
    let direct: BTreeSet<&str> = lines.filter(|name| !own.contains(name)).collect();
    assert!(direct.len() > 40, "{direct:?}");
    for name in direct {
        assert_eq!(justified.iter().filter(|known| **known == name).count(), 1, "{name} in docs/dependencies.md");
    }
}

/// Whoever checks the log from outside builds little, and nothing that could serve or store.
#[test]
fn the_verifier_is_small() {
    let manifest = std::fs::read_to_string(Path::new(ROOT).join("crates/proof/Cargo.toml")).unwrap();
    for heavy in ["actix", "diesel", "tantivy", "tokio", "utoipa", "path = \"../"] {
        assert!(!manifest.contains(heavy), "{heavy}");
    }
}
