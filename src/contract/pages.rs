//! A page of a list names the schema of its rows, so that generators make one type of them and not one a list. And nothing is
//! described as an object of which nothing is known, if anything is.

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
        fields(schema, &mut |field_name, field| match field_name {
            "particulars" => refer(field, "Particulars"),
            "changes" if name == "RequestDetail" => refer(field, "WantedChanges"),
            _ => say_what_is_open(field),
        });
    });
    if let Some(known) = object_at(document, "/components/schemas") {
        known.insert("Particulars".to_owned(), particulars());
        known.insert("WantedChanges".to_owned(), wanted_changes());
    }
    operations(document, &mut |_, _, operation| {
        for (_, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            for (_, content) in answer.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(schema) = content.get_mut("schema").filter(|schema| **schema == json!({})) {
                    *schema = json!({"type": "object", "additionalProperties": true,
                        "description": "A description of the table in the words of its own standard."});
                }
            }
        }
    });
}

/// What is sealed with a gift, as it is opened for those who may read it.
fn particulars() -> Value {
    let text = |says: &str| json!({"type": "string", "description": says});
    json!({"type": "object", "description": "What was recorded with a gift and is never public; only what there is.", "properties": {
        "wish": text("The giver's stated wish for the use of the gift."),
        "memo": text("Text of the transfer, as it came."),
        "bank_reference": text("The bank's reference."),
        "payer_address": text("Where the giver lives or has its seat."),
        "enclosed": {"type": "integer", "format": "int32", "description": "How many original vouchers came with it."},
    }})
}

/// What a person wants to have corrected, as it was written down.
fn wanted_changes() -> Value {
    let text = |says: &str| json!({"type": ["string", "null"], "description": says});
    json!({"type": "object", "description": "What is to be different; only what was asked for.", "properties": {
        "name": text("The name as it is to be."),
        "phone": text("The telephone number as it is to be."),
        "display": {"oneOf": [reference("schemas", "Display"), {"type": "null"}], "description": "What the public may see of the name."},
    }})
}

/// A field that may be absent and else has a schema with a name.
fn refer(field: &mut Object, name: &str) {
    field.remove("type");
    field.insert("oneOf".to_owned(), json!([reference("schemas", name), {"type": "null"}]));
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
