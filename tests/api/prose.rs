//! The documents say what the code does: settings, problems, numbers of decisions, paths. Read from both, so that neither
//! can go on alone. (Dependencies: `rooms::every_dependency_is_justified_once`.)

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use so_nhan_ai::config::known_variables;
use so_nhan_ai::http::Kind;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents people read, as (path, text).
fn pages() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = ["docs", "docs/vi"]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(Path::new(ROOT).join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    for name in ["README.md", "CONTRIBUTING.md", "SECURITY.md"] {
        paths.push(Path::new(ROOT).join(name));
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.strip_prefix(ROOT).unwrap().display().to_string(), text)
        })
        .collect()
}

/// What stands between back quotes, outside blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// The table of settings has one row a variable, with the flag and the key of the file that belong to it.
#[test]
fn every_setting_is_in_the_readme_under_its_three_names() {
    let readme = read("README.md");
    let told: BTreeSet<&str> = readme
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").map(|cell| cell.trim_matches('`')).collect();
            let (flag, variable, key) = (*cells.first()?, *cells.get(1)?, *cells.get(2)?);
            let own = variable.strip_prefix("SNA_")?.to_lowercase();
            assert_eq!(flag.strip_prefix("--").map(|name| name.replace('-', "_")), Some(own.clone()), "{line}");
            assert!(key == own || key == "–" || key.starts_with('–'), "{line}");
            Some(variable)
        })
        .collect();
    let known: BTreeSet<&str> = known_variables().collect();
    let silent: Vec<_> = known.difference(&told).collect();
    let invented: Vec<_> = told.difference(&known).collect();
    assert!(silent.is_empty() && invented.is_empty(), "not in the README: {silent:?}; not in the program: {invented:?}");
}

/// Client authors find each type of problem, once, with the status it is answered with.
#[test]
fn every_problem_is_explained_once_with_its_status() {
    let page = read("docs/status-codes.md");
    let rows: Vec<(&str, &str)> = page
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `/problems/")?.split_once("` | ")?;
            Some((name, rest.split(' ').next()?))
        })
        .collect();
    let mut told: Vec<(String, String)> = rows.iter().map(|(name, status)| ((*name).to_owned(), (*status).to_owned())).collect();
    let mut known: Vec<(String, String)> =
        Kind::ALL.iter().map(|kind| (kind.slug().to_owned(), kind.status().as_u16().to_string())).collect();
    told.sort();
    known.sort();
    assert_eq!(told, known);
}

/// A decision is named by its number, here and in comments, so numbers are neither left out nor given twice.
#[test]
fn decisions_are_numbered_without_a_gap() {
    let page = read("docs/decisions.md");
    let numbers: Vec<usize> =
        page.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(". ")?.0.parse().ok()).collect();
    assert!(numbers.len() > 100, "{} decisions", numbers.len());
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
}

/// Files and folders that a document names are there.
#[test]
fn paths_in_documents_exist() {
    /// Tops of the tree: what begins with one of them and a slash is a path of this repository.
    const TOPS: &[&str] =
        &["src", "tests", "docs", "migrations", "assets", "templates", "bench", "data", "openapi", "crates", "findings", ".ci"];
    let mut looked = 0;
    for (page, text) in pages() {
        for word in quoted(&text).into_iter().flat_map(str::split_whitespace) {
            let path = word.trim_end_matches(['.', ',', ';', ')']).split("::").next().unwrap_or_default();
            let path = path.split_once(':').map_or(path, |(path, _)| path);
            let is_path = path.split_once('/').is_some_and(|(top, rest)| TOPS.contains(&top) && !rest.is_empty());
            // The room that `make room` is shown with is not there.
            if !is_path || path.contains("/example") || path.contains(['*', '{', '<', '…', '$', '?', '=']) {
                continue;
            }
            looked += 1;
            assert!(Path::new(ROOT).join(path).exists(), "{page} names {path}, which is not there");
        }
    }
    assert!(looked > 20, "{looked} paths");
}

/// Links from one document to another, and to its headings, lead somewhere.
#[test]
fn links_between_documents_lead_somewhere() {
    let mut looked = 0;
    for (page, text) in pages() {
        let folder = Path::new(ROOT).join(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with("mailto:") || target.starts_with('/') {
                continue;
            }
            looked += 1;
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { folder.clone() } else { folder.parent().unwrap().join(path) };
            assert!(file.exists(), "{page} leads to {target}, which is not there");
            if !heading.is_empty() && file.extension().is_some_and(|end| end == "md") {
                let there = std::fs::read_to_string(&file).unwrap();
                assert!(
                    there.lines().any(|line| anchor(line).as_deref() == Some(heading)),
                    "{page} leads to {target}: no such heading"
                );
            }
        }
    }
    assert!(looked > 5, "{looked} links");
}

/// The name a heading has in links.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect::<String>();
    Some(kept.replace(' ', "-"))
}
