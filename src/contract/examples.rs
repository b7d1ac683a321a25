//! An example for every body and every use of it. A test sends each of them to a server.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::walk::operations;

/// Bodies by operation and by use, as they are sent.
const EXAMPLES: &str = include_str!("examples.json");

/// One use of an operation's body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Short name of the use.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// What is sent.
    pub body: Value,
}

/// The examples of every operation, by its id, in the order of the file.
pub fn all() -> Vec<(String, Vec<Example>)> {
    let of_operations: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    of_operations.into_iter().map(|(id, uses)| (id, serde_json::from_value(uses).unwrap_or_default())).collect()
}

pub fn add(document: &mut Value) {
    let all = all();
    operations(document, &mut |_, _, operation| {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let Some((_, uses)) = all.iter().find(|(of, _)| of == id) else { return };
        let body = operation.get_mut("requestBody").and_then(|body| body.pointer_mut("/content/application~1json"));
        if let Some(body) = body.and_then(Value::as_object_mut) {
            let uses = uses.iter().map(|one| (one.name.clone(), json!({"summary": one.summary, "value": one.body})));
            body.insert("examples".to_owned(), Value::Object(uses.collect()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_examples_can_be_read() {
        let raw: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap();
        let all = all();
        assert_eq!(raw.len(), all.len());
        for (id, uses) in all {
            assert!(!uses.is_empty(), "{id}");
            assert_eq!(raw[&id].as_array().unwrap().len(), uses.len(), "{id}");
        }
    }
}
