//! Forms that one field tells apart get names and a discriminator. Without them some generators make one class of all forms, in
//! which every field of every form has to be given.

use serde_json::{Map, Value, json};

use super::walk::{object_at, reference, schemas};

/// A schema's forms, each with the word that stands for it, and the field that holds the word.
struct Forms {
    field: String,
    of: Vec<(String, Value)>,
}

/// Names the forms of every schema that has some.
pub fn name_all(document: &mut Value) {
    let mut named = Map::new();
    schemas(document, &mut |name, schema| {
        let Some(forms) = forms_of(schema) else { return };
        let called = |word: &str| format!("{name}{}", in_camel_case(word));
        let mapping: Map<String, Value> =
            forms.of.iter().map(|(word, _)| (word.clone(), json!(format!("#/components/schemas/{}", called(word))))).collect();
        schema["oneOf"] = forms.of.iter().map(|(word, _)| reference("schemas", &called(word))).collect();
        schema["discriminator"] = json!({"propertyName": forms.field, "mapping": mapping});
        // A form has no fields but its own; the macro says that of whole types only.
        named.extend(forms.of.into_iter().map(|(word, mut form)| {
            form["additionalProperties"] = json!(false);
            (called(&word), form)
        }));
    });
    if let Some(all) = object_at(document, "/components/schemas") {
        all.extend(named);
    }
}

fn forms_of(schema: &Value) -> Option<Forms> {
    let forms = schema.get("oneOf")?.as_array()?;
    let fields = forms.first()?.get("properties")?.as_object()?;
    fields.keys().find_map(|field| {
        let of = forms.iter().map(|form| Some((only_word(form, field)?, form.clone()))).collect::<Option<Vec<_>>>()?;
        Some(Forms { field: field.clone(), of })
    })
}

/// The one word that a field of a form can hold.
fn only_word(form: &Value, field: &str) -> Option<String> {
    match form.get("properties")?.get(field)?.get("enum")?.as_array()?.as_slice() {
        [Value::String(word)] => Some(word.clone()),
        _ => None,
    }
}

fn in_camel_case(word: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().into_iter().chain(letters.as_str().to_lowercase().chars()).collect::<String>()
    };
    word.split('_').map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_named_by_the_word_that_tells_them_apart() {
        let form = |word: &str, own: &str| json!({"type": "object", "properties": {"ground": {"enum": [word]}, own: {"type": "string"}}});
        let plain = json!({"oneOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]});
        let mut document = json!({"components": {"schemas": {
            "Extension": {"oneOf": [form("DECISION", "no"), form("COMMITMENT_TO_GIVERS", "text")]}, "Other": plain.clone(),
        }}});
        name_all(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["ExtensionCommitmentToGivers"]["properties"]["text"]["type"], "string");
        let extension = &schemas["Extension"];
        assert_eq!(extension["oneOf"][0]["$ref"], "#/components/schemas/ExtensionDecision");
        assert_eq!(extension["discriminator"]["propertyName"], "ground");
        assert_eq!(extension["discriminator"]["mapping"]["DECISION"], "#/components/schemas/ExtensionDecision");
        assert_eq!(schemas["Other"], plain);
    }
}
