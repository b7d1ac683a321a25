//! A description for every field and every parameter.
//!
//! What a handler or a type says is left as it is. The rest is called the same wherever it stands, and so it is described once.

use serde_json::Value;

use super::walk::{Object, fields, operations, schemas};
use super::words_of::{GENERAL, IN_PATHS, PARTICULAR};

pub fn describe(document: &mut Value) {
    schemas(document, &mut |of, schema| {
        fields(schema, &mut |name, field| {
            lift(field);
            if !is_described(field)
                && let Some(text) = words_for(of, name)
            {
                field.insert("description".to_owned(), text.into());
            }
        });
        plain_links(schema);
    });
    operations(document, &mut |path, _, operation| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(parameter) = parameter.as_object_mut().filter(|parameter| !parameter.contains_key("$ref")) {
                describe_parameter(path, parameter);
            }
        }
    });
}

fn is_described(thing: &Object) -> bool {
    thing.get("description").and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

fn words_for(of: &str, name: &str) -> Option<&'static str> {
    let particular = PARTICULAR.iter().find(|(schema, field, _)| *schema == of && *field == name).map(|(.., text)| *text);
    particular.or_else(|| GENERAL.iter().find(|(field, _)| *field == name).map(|(_, text)| *text))
}

/// Of a field that may be absent, the words stand at the choice within: generators look at the field.
fn lift(field: &mut Object) {
    if is_described(field) {
        return;
    }
    let within = field.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten().find_map(|choice| {
        let choice = choice.as_object_mut().filter(|choice| choice.contains_key("$ref"))?;
        choice.remove("description")
    });
    if let Some(text) = within {
        field.insert("description".to_owned(), text);
    }
}

/// Words written for readers of the source may name what only the source has.
fn plain_links(schema: &mut Value) {
    if let Some(Value::String(text)) = schema.get_mut("description")
        && let Some(name) = text.strip_prefix("See [`").and_then(|rest| rest.strip_suffix("`]."))
    {
        *text = format!("Changes of {}: what is left out stays, `null` clears.", name.to_lowercase());
    }
}

fn describe_parameter(path: &str, parameter: &mut Object) {
    if is_described(parameter) {
        return;
    }
    let Some(name) = parameter.get("name").and_then(Value::as_str).map(str::to_owned) else { return };
    // What stands before `{id}` says whose id it is.
    let before = path.split(&format!("/{{{name}}}")).next().and_then(|start| start.rsplit('/').next()).unwrap_or_default();
    let in_path = parameter.get("in").is_some_and(|place| place == "path");
    let text = if in_path {
        IN_PATHS.iter().find(|(segment, _)| *segment == before).map(|(_, text)| *text)
    } else {
        words_for("", &name)
    };
    if let Some(text) = text {
        parameter.insert("description".to_owned(), text.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_words_keeps_them_and_the_rest_gets_some() {
        let mut document = json!({
            "components": {"schemas": {"GiftOut": {"properties": {
                "id": {"type": "string"},
                "chapter": {"type": "string", "description": "Its chapter."},
                "giver": {"oneOf": [{"$ref": "#/x", "description": "Who gave."}, {"type": "null"}]},
            }}}},
            "paths": {"/api/v1/gifts/{id}": {"get": {"parameters": [{"name": "id", "in": "path"}, {"$ref": "#/y"}]}}}
        });
        describe(&mut document);
        let fields = &document["components"]["schemas"]["GiftOut"]["properties"];
        assert_eq!(fields["chapter"]["description"], "Its chapter.");
        assert_eq!(fields["giver"], json!({"description": "Who gave.", "oneOf": [{"$ref": "#/x"}, {"type": "null"}]}));
        assert!(fields["id"]["description"].is_string());
        let parameters = &document["paths"]["/api/v1/gifts/{id}"]["get"]["parameters"];
        assert_eq!((&parameters[0]["description"], &parameters[1]), (&json!("Id of the gift."), &json!({"$ref": "#/y"})));
    }

    #[test]
    fn nothing_is_described_twice() {
        for (n, (name, _)) in GENERAL.iter().enumerate() {
            assert!(GENERAL.iter().skip(n + 1).all(|(other, _)| other != name), "{name}");
        }
        assert!(PARTICULAR.iter().all(|(_, name, text)| words_for("", name) != Some(text)));
    }
}
