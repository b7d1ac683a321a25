//! Arrows between files, read from their `use` lines and paths: none runs in a circle inside a room, and none ends at the
//! routes or wire types of another room.

use std::collections::{BTreeMap, BTreeSet};

use crate::rooms::{beside, is_root, room, sources};

/// The path of a module below the crate: `["giving", "model"]`.
type Module = Vec<String>;

/// A file as a module.
struct Source {
    file: String,
    /// Names its `use` lines bring in, with the path behind each. `*` stands for everything.
    imports: Vec<(String, Module)>,
    /// Paths in its code.
    paths: Vec<Module>,
}

struct House(BTreeMap<Module, Source>);

/// Code without the insides of strings and without quoted characters, which may hold braces and semicolons.
fn without_strings(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let hashes = before.len() - before.trim_end_matches('#').len();
        let is_raw = before.trim_end_matches('#').ends_with('r');
        rest = if from.starts_with('"') && is_raw {
            let end = format!("\"{}", "#".repeat(hashes));
            from[1..].split_once(&end).map_or("", |(_, after)| after)
        } else if let Some(text) = from.strip_prefix('"') {
            let mut escaped = false;
            let end = text.find(|c| {
                let is_end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                is_end
            });
            end.map_or("", |end| &text[end + 1..])
        } else {
            // A quoted character, or else the start of a lifetime.
            let chars: Vec<char> = from.chars().take(4).collect();
            let quoted = match chars[..] {
                [_, '\\', _, ..] => from[3..].find('\'').map(|end| end + 4),
                [_, c, '\'', ..] => Some(2 + c.len_utf8()),
                _ => None,
            };
            &from[quoted.unwrap_or(1)..]
        };
    }
    out + rest
}

/// The paths of one tree of `use`, each with the name it gets.
fn unfold(tree: &str, before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let tree = tree.trim();
    if let Some((head, inner)) = tree.split_once('{') {
        let mut path = before.to_vec();
        path.extend(head.split("::").map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned));
        let inner = inner.trim_end().strip_suffix('}').unwrap();
        let (mut depth, mut start) = (0, 0);
        for (at, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    unfold(&inner[start..at], &path, found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        unfold(&inner[start..], &path, found);
    } else if !tree.is_empty() {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name.trim())));
        let mut whole = before.to_vec();
        whole.extend(path.split("::").map(|s| s.trim().to_owned()));
        if whole.last().is_some_and(|last| last == "self") {
            whole.pop();
        }
        found.push((name.unwrap_or(whole.last().unwrap()).to_owned(), whole));
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The code without its `use` lines, and what those bring in.
fn uses(code: &str) -> (String, Vec<String>) {
    let (mut rest, mut lines) = (String::new(), Vec::new());
    let mut open: Option<String> = None;
    for line in code.lines() {
        let bare = line.trim_start();
        let is_use = |before: &str| before.is_empty() || (before.starts_with("pub") && !before.contains("fn"));
        let tree = bare.split_once("use ").filter(|(before, _)| is_use(before)).map(|(_, tree)| tree);
        match (&mut open, tree) {
            (None, Some(tree)) => open = Some(tree.to_owned()),
            (Some(text), _) => text.push_str(bare),
            (None, None) => rest.extend([line, "\n"]),
        }
        if let Some(text) = open.take_if(|text| text.contains(';')) {
            lines.push(text.split(';').next().unwrap().to_owned());
        }
    }
    (rest, lines)
}

/// Every `a::b::c` in code.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        let end = rest[at..].find(|c| !is_name(c) && c != ':').map_or(rest.len(), |end| at + end);
        let path: Vec<String> =
            rest[start..end].split("::").map(str::to_owned).take_while(|s| !s.is_empty() && s.chars().all(is_name)).collect();
        if path.len() > 1 {
            found.push(path);
        }
        rest = &rest[end.max(at + 2)..];
    }
    found
}

impl House {
    /// The program and the crates beside it.
    fn read() -> House {
        House::of(sources().into_iter().chain(beside()).collect())
    }

    fn of(sources: Vec<(String, String)>) -> House {
        let mut house = BTreeMap::new();
        for (file, code) in sources.into_iter().filter(|(file, _)| !is_root(file)) {
            // A crate beside the house is like a room of it; its lib.rs is the module around its files.
            let inside = file.trim_start_matches("crates/").replacen("src/", "", 1);
            let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib");
            let module: Module = inside.split('/').map(str::to_owned).collect();
            let (rest, lines) = uses(&without_strings(&code));
            let mut source = Source { file, imports: Vec::new(), paths: paths(&rest) };
            lines.iter().for_each(|tree| unfold(tree, &[], &mut source.imports));
            house.insert(module, source);
        }
        House(house)
    }

    /// The file that a path means, as seen from `here`: the module itself, or the one that defines the item. Names that
    /// a module only brings in are followed to their source.
    fn meant(&self, here: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut at = match path[0].as_str() {
            "crate" if self.0[here].file.starts_with("crates/") => here[..1].to_vec(),
            "crate" => Vec::new(),
            "self" => here.clone(),
            "super" => here[..here.len() - 1].to_vec(),
            _ => {
                return self.named(here, &path[0], &path[1..], depth);
            }
        };
        for (n, step) in path.iter().enumerate().skip(1) {
            if step == "super" {
                at.pop();
                continue;
            }
            let mut below = at.clone();
            below.push(step.clone());
            if self.0.contains_key(&below) {
                at = below;
                continue;
            }
            return self.named(&at, step, &path[n + 1..], depth).or(Some(at)).filter(|m| !m.is_empty());
        }
        Some(at).filter(|m| !m.is_empty())
    }

    /// A name in a module that is a child of it or brought in by it.
    fn named(&self, here: &Module, name: &str, rest: &[String], depth: usize) -> Option<Module> {
        let mut child = here.clone();
        child.push(name.to_owned());
        let mut path = if self.0.contains_key(&child) {
            std::iter::once("crate".to_owned()).chain(child).collect()
        } else {
            self.0.get(here)?.imports.iter().find(|(known, path)| known == name && path[0] != name)?.1.clone()
        };
        path.extend_from_slice(rest);
        if depth == 0 { None } else { self.meant(here, &path, depth - 1) }
    }

    /// From file to file, with one path that is the reason.
    fn arrows(&self) -> BTreeMap<(&Module, Module), String> {
        let mut arrows = BTreeMap::new();
        for (module, source) in &self.0 {
            for path in source.imports.iter().map(|(_, path)| path).chain(&source.paths) {
                if let Some(to) = self.meant(module, path, 6).filter(|to| to != module && self.0.contains_key(to)) {
                    arrows.entry((module, to)).or_insert_with(|| path.join("::"));
                }
            }
        }
        arrows
    }
}

#[test]
fn paths_are_read_out_of_code() {
    let code = "use super::{a::{B, c as d}, e::{self}};\npub(super) use f::G;\nfn x() { h::i(\"j::k\", '\"', '\\'', r#\"l::m\"#); n::<o::P>() }";
    let (rest, lines) = uses(&without_strings(code));
    let mut found = Vec::new();
    lines.iter().for_each(|tree| unfold(tree, &[], &mut found));
    let found: Vec<String> = found.iter().map(|(name, path)| format!("{name}={}", path.join("::"))).collect();
    assert_eq!(found, ["B=super::a::B", "d=super::a::c", "e=super::e", "G=f::G"]);
    assert_eq!(paths(&rest), [vec!["h", "i"], vec!["o", "P"]]);
}

/// What runs in a circle inside a room.
fn circles(house: &House) -> Vec<String> {
    let arrows = house.arrows();
    // What stands in the module around a file is there for its files: to use it is no way back.
    let counts = |from: &Module, to: &Module| from[0] == to[0] && !from.starts_with(to);
    let mut next: BTreeMap<&Module, Vec<&Module>> = BTreeMap::new();
    for (from, to) in arrows.keys().filter(|(from, to)| counts(from, to)) {
        next.entry(from).or_default().push(to);
    }
    let reached = |from: &Module| {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from]);
        while let Some(at) = todo.pop() {
            todo.extend(next.get(at).into_iter().flatten().copied().filter(|to| seen.insert((*to).clone())));
        }
        seen
    };
    let beyond: BTreeMap<&Module, BTreeSet<Module>> = house.0.keys().map(|module| (module, reached(module))).collect();
    let circular = arrows.iter().filter(|((from, to), _)| counts(from, to) && beyond[to].contains(*from));
    circular.map(|((from, to), path)| format!("{} → {} by {path}", house.0[*from].file, house.0[to].file)).collect()
}

/// What ends at routes or wire types of another room.
fn strangers(house: &House) -> Vec<String> {
    /// Rooms that mount the routes.
    const MOUNT: &[&str] = &["app"];
    let speaks = |part: &String| ["routes", "wire"].iter().any(|end| part.split('_').next_back() == Some(end));
    let arrows = house.arrows();
    let strange =
        arrows.iter().filter(|((from, to), _)| from[0] != to[0] && !MOUNT.contains(&from[0].as_str()) && to.iter().any(speaks));
    strange.map(|((from, to), path)| format!("{} → {} by {path}", house.0[*from].file, house.0[to].file)).collect()
}

#[test]
fn circles_and_strangers_are_found() {
    let house =
        |files: &[(&str, &str)]| House::of(files.iter().map(|(file, code)| ((*file).to_owned(), (*code).to_owned())).collect());
    let calm = house(&[
        ("src/a/mod.rs", "mod b;\nmod c;\npub use b::B;\npub struct A;\nfn x() { c::go() }"),
        ("src/a/b.rs", "use super::A;\npub struct B;"),
        ("src/a/c.rs", "use super::{A, B};\nuse crate::d::model::D;"),
        ("src/d/model.rs", "pub struct D;"),
        ("src/d/wire.rs", "use super::model::D;"),
    ]);
    assert_eq!((circles(&calm), strangers(&calm)), (Vec::new(), Vec::new()));
    // Once by a name that the module hands on, once by a path in the code.
    let round = house(&[
        ("src/a/mod.rs", "mod b;\nmod c;\npub use b::B;"),
        ("src/a/b.rs", "pub struct B;\nfn x() { super::c::go() }"),
        ("src/a/c.rs", "use super::B;"),
        ("src/d/f.rs", "use crate::e;\nfn x() { e::gift_routes::y() }"),
        ("src/e/mod.rs", "pub mod gift_routes;"),
        ("src/e/gift_routes.rs", "pub fn y() {}"),
    ]);
    assert_eq!(circles(&round), ["src/a/b.rs → src/a/c.rs by super::c::go", "src/a/c.rs → src/a/b.rs by super::B"]);
    assert_eq!(strangers(&round), ["src/d/f.rs → src/e/gift_routes.rs by e::gift_routes::y"]);
}

#[test]
fn no_files_of_a_room_know_each_other_in_a_circle() {
    let house = House::read();
    let arrows = house.arrows().len();
    assert!(arrows > 1000, "{arrows} arrows: were they read?");
    let circles = circles(&house);
    assert!(circles.is_empty(), "{circles:#?}");
}

/// What is shown on the wire belongs to the routes that show it. A room that shows another's things asks for them in a
/// file that is meant for both.
#[test]
fn routes_and_wire_types_are_of_their_own_room() {
    let strangers = strangers(&House::read());
    assert!(strangers.is_empty(), "{strangers:#?}");
}

/// Files in which rules still say by themselves what their outcome means in HTTP. The list only shrinks.
const STILL_SPEAK: &[&str] = &[
    "src/authz/actor.rs",
    "src/authz/decide.rs",
    "src/authz/desk.rs",
    "src/authz/idempotency.rs",
    "src/authz/parameters.rs",
    "src/authz/table.rs",
    "src/authz/visit.rs",
    "src/changes/shown.rs",
    "src/chapters/life.rs",
    "src/decisions/ask.rs",
    "src/decisions/matter.rs",
    "src/decisions/rules.rs",
    "src/decisions/words.rs",
    "src/documents/assemble.rs",
    "src/documents/closures.rs",
    "src/documents/content.rs",
    "src/documents/files.rs",
    "src/documents/receive.rs",
    "src/documents/shown.rs",
    "src/giving/accept.rs",
    "src/giving/asked.rs",
    "src/giving/asked_decide.rs",
    "src/giving/asked_paper.rs",
    "src/giving/cash_receipts.rs",
    "src/giving/givers.rs",
    "src/giving/imports/accept.rs",
    "src/giving/imports/booking.rs",
    "src/giving/imports/check.rs",
    "src/giving/intake.rs",
    "src/giving/prepare.rs",
    "src/giving/publishing.rs",
    "src/giving/rebooking.rs",
    "src/giving/record.rs",
    "src/giving/refusals.rs",
    "src/giving/reversal.rs",
    "src/giving/sorter.rs",
    "src/giving/unusual.rs",
    "src/identity/account_wire.rs",
    "src/identity/accounts.rs",
    "src/identity/delays.rs",
    "src/identity/entry.rs",
    "src/identity/keyboard.rs",
    "src/identity/log_in.rs",
    "src/identity/manage.rs",
    "src/identity/one_time.rs",
    "src/identity/password.rs",
    "src/identity/password_change.rs",
    "src/identity/proof.rs",
    "src/identity/turns.rs",
    "src/jobs/shown.rs",
    "src/links/pages.rs",
    "src/password_links/make.rs",
    "src/password_links/page.rs",
    "src/publications/publish.rs",
    "src/volunteers/confirm.rs",
    "src/webhooks/deliver.rs",
    "src/webhooks/manage.rs",
    "src/webhooks/model.rs",
    "src/webhooks/wire.rs",
];

/// What a rule decides is an outcome of its own; what that means in HTTP is said where answers are made.
#[test]
fn rules_do_not_speak_http() {
    let answers = ["http", "contract", "portal", "disclosure", "operations", "cli", "app"];
    let made = |file: &str| {
        ["routes.rs", "answers.rs"].iter().any(|end| file.ends_with(end)) || answers.contains(&room(file)) || is_root(file)
    };
    let names = |text: &str| text.split(|c| !is_name(c)).any(|word| word == "Problem");
    let speak: Vec<String> =
        sources().into_iter().filter(|(file, text)| !made(file) && names(text)).map(|(file, _)| file).collect();
    assert_eq!(speak, STILL_SPEAK, "a file that is not in the list returns outcomes; one that does so now leaves it");
}
