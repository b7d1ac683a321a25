//! The document cannot lie: every answer that a test gets is held against what the document says of it.

use std::sync::OnceLock;

use serde_json::Value;
use so_nhan_ai::http::fit::Shape;

use super::caller::Answer;

struct Contract {
    document: Value,
    shape: Shape,
    /// (template, item of the path).
    paths: Vec<(Vec<String>, Value)>,
}

fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let document = so_nhan_ai::app::document().unwrap();
        let paths = document["paths"].as_object().unwrap().iter();
        let paths = paths.map(|(path, item)| (path.split('/').map(str::to_owned).collect(), item.clone())).collect();
        Contract { shape: Shape::of_document(&document), paths, document }
    })
}

impl Contract {
    /// The operation that a request is one of, the most particular first.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let asked: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
        let fits = |template: &[String]| {
            template.len() == asked.len()
                && template.iter().zip(&asked).all(|(t, a)| t.starts_with('{') && !a.is_empty() || t == a)
        };
        let fitting = self.paths.iter().filter(|(template, _)| fits(template));
        let best = fitting.min_by_key(|(template, _)| template.iter().filter(|part| part.starts_with('{')).count())?;
        best.1.get(method.to_lowercase())
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        value["$ref"].as_str().map_or(value, |target| self.document.pointer(&target[1..]).unwrap())
    }
}

/// Headers that a client acts on: none comes that the document does not name.
const HEADERS: [&str; 11] = [
    "allow",
    "content-disposition",
    "content-range",
    "etag",
    "idempotency-replayed",
    "retry-after",
    "upload-offset",
    "www-authenticate",
    "x-hint",
    "x-log-size",
    "x-reversed-by",
];

/// Panics when an answer is not what the document says. Addresses that the document does not know are nobody's promise.
pub fn hold(method: &str, path: &str, answer: &Answer) {
    let contract = contract();
    let Some(operation) = contract.operation(method, path) else { return };
    let at = format!("{method} {path} {}", answer.status);
    let responses = operation["responses"].as_object().unwrap();
    let said = responses.get(&answer.status.to_string());
    assert!(said.is_some() || answer.status >= 400, "{at}: the document knows no such status");
    let said = contract.resolved(said.unwrap_or(&responses["default"]));
    let named = |header: &str| {
        said["headers"].as_object().is_some_and(|known| known.keys().any(|name| name.eq_ignore_ascii_case(header)))
    };
    for header in HEADERS.into_iter().filter(|header| answer.header(header).is_some()) {
        assert!(named(header), "{at}: the document does not name the header {header}: {said}");
    }
    let kind = answer.header("content-type").unwrap_or_default().split(';').next().unwrap().to_owned();
    if answer.bytes.is_empty() {
        return;
    }
    let content = said["content"].get(&kind).unwrap_or_else(|| panic!("{at}: the document knows no {kind}: {said}"));
    if kind == "application/json" || kind == "application/problem+json" {
        let wrong = contract.shape.wrong_by(&content["schema"], &answer.json());
        assert!(wrong.is_empty(), "{at}: not what the document says: {wrong:#?}\n{}", answer.text);
    }
}
