//! A page of a list names the schema of its rows, so that generators make one type of them and not one a list. And nothing is
//! described as an object of which nothing is known.

use serde_json::{Value, json};

use super::walk::{Object, fields, object_at, operations, reference, schemas};

const PAGE: &str = "Page_";

pub fn by_reference(document: &mut Value) {
    let names: Vec<String> =
        object_at(document, "/components/schemas").into_iter().flatten().map(|(name, _)| name.clone()).collect();
    schemas(document, &mut |name, schema| {
        let rows = name.strip_prefix(PAGE).filter(|rows| names.iter().any(|known| known == rows));
        if let Some(rows) = rows
            && let Some(items) = schema.pointer_mut("/properties/items")
        {
            *items = json!({"type": "array", "items": reference("schemas", rows), "description": "The rows of this page, in the order of the list."});
        }
        fields(schema, &mut |_, field| say_what_is_open(field));
    });
    operations(document, &mut |_, _, operation| {
        for (_, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            for (_, content) in answer.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
                if content.get("schema").is_some_and(|schema| *schema == json!({})) {
                    content["schema"] = json!({"type": "object", "additionalProperties": true,
                        "description": "A description of the table in the words of its own standard."});
                }
            }
        }
    });
}

/// An object whose names are not fixed says that it holds anything.
fn say_what_is_open(field: &mut Object) {
    let is_object = match field.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => false,
    };
    if is_object && !field.contains_key("properties") && !field.contains_key("additionalProperties") {
        field.insert("additionalProperties".to_owned(), Value::Bool(true));
    }
}
