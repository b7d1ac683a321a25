//! Ways through the document.

use serde_json::{Map, Value};

pub type Object = Map<String, Value>;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The object at a JSON pointer.
pub fn object_at<'a>(document: &'a mut Value, pointer: &str) -> Option<&'a mut Object> {
    document.pointer_mut(pointer).and_then(Value::as_object_mut)
}

/// Every operation with its path and method.
pub fn operations(document: &mut Value, visit: &mut dyn FnMut(&str, &str, &mut Object)) {
    for (path, item) in object_at(document, "/paths").into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut().filter(|_| METHODS.contains(&method.as_str())) {
                visit(path, method, operation);
            }
        }
    }
}

/// Every schema that has a name.
pub fn schemas(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    for (name, schema) in object_at(document, "/components/schemas").into_iter().flatten() {
        visit(name, schema);
    }
}

/// Every field of a schema, also of its parts and choices, with its name.
pub fn fields(schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Object)) {
    let Some(schema) = schema.as_object_mut() else { return };
    for (name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(field) = field.as_object_mut() {
            visit(name, field);
        }
        fields(field, visit);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            fields(part, visit);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        fields(items, visit);
    }
}

/// A reference to a component.
pub fn reference(kind: &str, name: &str) -> Value {
    serde_json::json!({"$ref": format!("#/components/{kind}/{name}")})
}
