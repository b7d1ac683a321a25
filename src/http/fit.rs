//! Everything that is wrong with the shape of a body, at once.
//!
//! A parser stops at the first mistake, and whoever fills in a form would learn of them one by one. So what a parser has refused
//! is held against the schema of its type, the one that stands in the OpenAPI document, and every field that does not fit is named.
//! Nothing is refused by this that the parser takes: it is asked after a refusal only.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::FieldError;
use super::shape::{self, Wanted};

/// As many mistakes are named as anybody corrects at once.
const MOST: usize = 100;

/// A schema, with those it refers to.
pub struct Shape {
    root: Value,
    named: BTreeMap<String, Value>,
}

impl Shape {
    /// The schema of a type.
    pub fn of<T: ToSchema>() -> Self {
        let mut named = vec![];
        T::schemas(&mut named);
        let value = |schema: &utoipa::openapi::RefOr<utoipa::openapi::Schema>| serde_json::to_value(schema).unwrap_or_default();
        Self { root: value(&T::schema()), named: named.iter().map(|(name, schema)| (name.clone(), value(schema))).collect() }
    }

    /// All schemas of an OpenAPI document, for [`wrong_by`](Self::wrong_by).
    pub fn of_document(document: &Value) -> Self {
        let named = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
        Self { root: Value::Null, named: named.map(|(name, schema)| (name.clone(), schema.clone())).collect() }
    }

    /// What does not fit, in the order of the schema; empty when all does.
    pub fn wrong(&self, value: &Value) -> Vec<FieldError> {
        self.wrong_by(&self.root, value)
    }

    /// The same for another schema beside these.
    pub fn wrong_by(&self, schema: &Value, value: &Value) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        self.check(schema, value, "", &mut wrong);
        wrong.truncate(MOST);
        wrong
    }

    /// A value with its mistakes taken out: what is unknown or may be left out is gone, and where something has to stand there is
    /// something that fits. `None` where a mistake cannot be found. Good for looking at the rest of it, and for nothing else.
    pub fn mended(&self, value: &Value, wrong: &[FieldError]) -> Option<Value> {
        let mut value = value.clone();
        for error in wrong {
            let (parent, name) = error.pointer.rsplit_once('/')?;
            let holder = parent.split('/').skip(1).try_fold(&self.root, |schema, name| self.field(schema, &plain(name)))?;
            let (name, holds) = (plain(name), value.pointer_mut(parent)?);
            match holds {
                Value::Object(fields) if self.requires(holder, &name) => {
                    let fitting = self.harmless(self.field(holder, &name)?);
                    fields.insert(name, fitting);
                }
                Value::Object(fields) => {
                    fields.remove(&name);
                }
                Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = self.harmless(self.field(holder, &name)?),
                _ => return None,
            }
        }
        Some(value)
    }

    /// What a schema may mean: itself, what it refers to, its parts and its choices.
    fn forms<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let named = target.rsplit('/').next().and_then(|name| self.named.get(name));
            return named.map(|named| self.forms(named)).unwrap_or_default();
        }
        let inner = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| list(schema, key)).flat_map(|part| self.forms(part));
        std::iter::once(schema).chain(inner).collect()
    }

    /// The schema of a field of an object, or of an item of a list.
    fn field<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.forms(schema).into_iter().find_map(|form| {
            let field = form.get("properties").and_then(|fields| fields.get(name));
            field.or_else(|| form.get("items").filter(|_| name.parse::<usize>().is_ok()))
        })
    }

    fn requires(&self, schema: &Value, name: &str) -> bool {
        self.forms(schema).into_iter().any(|form| list(form, "required").any(|required| required == name))
    }

    fn harmless(&self, schema: &Value) -> Value {
        let forms = self.forms(schema);
        let typed = |form: &&Value| kinds(form).into_iter().find(|kind| *kind != "null").map(str::to_owned);
        let Some((form, kind)) = forms.into_iter().find_map(|form| Some((form, typed(&form)?))) else { return Value::Null };
        if let Some(word) = list(form, "enum").next() {
            return word.clone();
        }
        match (kind.as_str(), form.get("format").and_then(Value::as_str)) {
            ("boolean", _) => false.into(),
            ("integer" | "number", _) => form.get("minimum").cloned().unwrap_or_else(|| 0.into()),
            ("array", _) => Value::Array(Vec::new()),
            ("object", _) => {
                let names = list(form, "required").filter_map(Value::as_str);
                names.filter_map(|name| Some((name.to_owned(), self.harmless(self.field(form, name)?)))).collect()
            }
            (_, Some("date")) => "2000-01-01".into(),
            (_, Some("date-time")) => "2000-01-01T00:00:00Z".into(),
            (_, Some("uuid")) => Uuid::nil().to_string().into(),
            _ => "x".into(),
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<FieldError>) {
        if wrong.len() > MOST {
            return;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            if let Some(named) = target.rsplit('/').next().and_then(|name| self.named.get(name)) {
                self.check(named, value, at, wrong);
            }
            return;
        }
        for part in list(schema, "allOf") {
            self.check(part, value, at, wrong);
        }
        let choices: Vec<&Value> = ["oneOf", "anyOf"].into_iter().flat_map(|key| list(schema, key)).collect();
        if !choices.is_empty() {
            return self.one_of(&choices, value, at, wrong);
        }
        let kinds = kinds(schema);
        if !kinds.is_empty() && !kinds.iter().any(|kind| is(value, kind)) {
            let wanted = wanted(schema, &kinds);
            return wrong.push(shape::wrong_kind(at, wanted, value));
        }
        match value {
            Value::Object(fields) => self.object(schema, fields, at, wrong),
            Value::Array(items) => {
                if let Some(of) = schema.get("items") {
                    items.iter().enumerate().for_each(|(n, item)| self.check(of, item, &format!("{at}/{n}"), wrong));
                }
            }
            Value::String(text) => self.text(schema, text, at, wrong),
            Value::Number(number) => {
                if !fits(schema, number) {
                    wrong.push(shape::wrong_kind(at, Wanted::Integer, value));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// What is said is what is wrong with the choice that was meant: the one whose fixed words fit, or else fits best.
    fn one_of(&self, choices: &[&Value], value: &Value, at: &str, wrong: &mut Vec<FieldError>) {
        let tried = choices.iter().filter(|choice| choice.get("type").is_none_or(|kind| kind != "null") || value.is_null()).map(
            |choice| {
                let mut found = Vec::new();
                self.check(choice, value, at, &mut found);
                found
            },
        );
        // A wrong word that says which choice it is weighs more than any other mistake.
        let weight = |found: &[FieldError]| {
            let words = found.iter().filter(|error| error.code == "NOT_A_CHOICE" || error.code == "WRONG_SHAPE").count();
            words * 1_000 + found.len()
        };
        wrong.extend(tried.min_by_key(|found| weight(found)).unwrap_or_default());
    }

    fn object(&self, schema: &Value, fields: &serde_json::Map<String, Value>, at: &str, wrong: &mut Vec<FieldError>) {
        let known = schema.get("properties").and_then(Value::as_object);
        for name in list(schema, "required").filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            wrong.push(shape::missing(&below(at, name), name));
        }
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in fields {
            match known.and_then(|known| known.get(name)) {
                Some(field) => self.check(field, value, &below(at, name), wrong),
                None if closed => {
                    let names: Vec<&str> = known.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                    wrong.push(shape::unknown(&below(at, name), name, &names));
                }
                None => {
                    if let Some(of) = schema.get("additionalProperties").filter(|of| of.is_object()) {
                        self.check(of, value, &below(at, name), wrong);
                    }
                }
            }
        }
    }

    fn text(&self, schema: &Value, text: &str, at: &str, wrong: &mut Vec<FieldError>) {
        let words: Vec<&str> = list(schema, "enum").filter_map(Value::as_str).collect();
        if !words.is_empty() && !words.contains(&text) {
            return wrong.push(shape::no_choice(at, text, &words));
        }
        match schema.get("format").and_then(Value::as_str) {
            Some("date") if text.parse::<NaiveDate>().is_err() => wrong.push(shape::no_date(at)),
            Some("date-time") if text.parse::<DateTime<Utc>>().is_err() => wrong.push(shape::no_time(at)),
            Some("uuid") if Uuid::parse_str(text).is_err() => wrong.push(shape::no_uuid(at)),
            _ => {}
        }
    }
}

fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A name as a pointer does not write it.
fn plain(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a type that is so wide can hold the number; whether it may be is for the rules of the content.
fn fits(schema: &Value, number: &serde_json::Number) -> bool {
    let unsigned = schema.get("minimum").and_then(Value::as_i64) == Some(0);
    match (schema.get("format").and_then(Value::as_str), number.as_i64()) {
        _ if unsigned && number.as_i64().is_some_and(|number| number < 0) => false,
        (Some("int32"), number) => number.is_some_and(|number| i32::try_from(number).is_ok()),
        (Some("int64"), None) => unsigned,
        _ => true,
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn wanted(schema: &Value, kinds: &[&str]) -> Wanted {
    let format = schema.get("format").and_then(Value::as_str);
    match (kinds.iter().find(|kind| **kind != "null"), format) {
        (Some(&"integer"), _) => Wanted::Integer,
        (Some(&"boolean"), _) => Wanted::Boolean,
        (Some(&"array"), _) => Wanted::List,
        (Some(&"object"), _) => Wanted::Object,
        (_, Some("date")) => Wanted::Date,
        (_, Some("date-time")) => Wanted::Time,
        (_, Some("uuid")) => Wanted::Uuid,
        _ if schema.get("enum").is_some() => Wanted::Choice,
        _ => Wanted::Text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(ToSchema)]
    #[allow(dead_code)]
    enum Colour {
        #[schema(rename = "RED")]
        Red,
        #[schema(rename = "BLUE")]
        Blue,
    }

    #[derive(ToSchema)]
    #[allow(dead_code)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        id: Uuid,
        day: NaiveDate,
        at: Option<DateTime<Utc>>,
        colour: Colour,
        other: Option<Colour>,
        count: i64,
        few: Option<u8>,
        inner: Vec<Inner>,
    }

    #[derive(ToSchema)]
    #[allow(dead_code)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        name: String,
    }

    fn wrong(value: Value) -> Vec<(String, &'static str)> {
        let mut found: Vec<_> = Shape::of::<Thing>().wrong(&value).into_iter().map(|error| (error.pointer, error.code)).collect();
        found.sort();
        found
    }

    #[test]
    fn every_mistake_is_named_where_it_is() {
        let good = json!({"id": Uuid::nil(), "day": "2026-11-22", "at": "2026-11-22T08:00:00+07:00", "colour": "RED", "other": null, "count": 7,
            "few": 3, "inner": [{"name": "An"}]});
        assert_eq!(wrong(good), []);
        let bad = json!({"id": "1", "day": "22/11/2026", "at": "gestern", "colour": "GREEN", "other": "BLACK", "count": "7", "few": -1,
            "inner": [{"name": "An"}, {"nam~e": "An"}], "more": 1});
        let at = |pointer: &str, code: &'static str| (pointer.to_owned(), code);
        assert_eq!(
            wrong(bad),
            [
                at("/at", "NOT_A_TIME"),
                at("/colour", "NOT_A_CHOICE"),
                at("/count", "WRONG_SHAPE"),
                at("/day", "NOT_A_DATE"),
                at("/few", "WRONG_SHAPE"),
                at("/id", "WRONG_SHAPE"),
                at("/inner/1/name", "REQUIRED"),
                at("/inner/1/nam~0e", "UNKNOWN_FIELD"),
                at("/more", "UNKNOWN_FIELD"),
                at("/other", "NOT_A_CHOICE"),
            ]
        );
        let required = ["/colour", "/count", "/day", "/id", "/inner"].map(|pointer| at(pointer, "REQUIRED"));
        assert_eq!(wrong(json!({})), required);
        assert_eq!(wrong(json!([])), [at("", "WRONG_SHAPE")]);
        assert_eq!(wrong(json!({"id": null, "day": 20261122, "colour": 1, "count": 1.5, "inner": {}})).len(), 5);
    }

    #[test]
    fn what_is_mended_fits_and_keeps_the_rest() {
        let bad = json!({"id": "1", "at": "gestern", "colour": "GREEN", "other": "BLACK", "count": 7, "few": -1,
            "inner": [{"name": "An"}, {"nam~e": "An"}, 3], "more": 1});
        let shape = Shape::of::<Thing>();
        let mended = shape.mended(&bad, &shape.wrong(&bad)).unwrap();
        assert_eq!(shape.wrong(&mended).len(), 0, "{mended}");
        let fits = json!({"id": Uuid::nil(), "day": "2000-01-01", "colour": "RED", "count": 7, "inner": [{"name": "An"}, {"name": "x"}, {"name": "x"}]});
        assert_eq!(mended, fits);
        assert_eq!(shape.mended(&json!([]), &shape.wrong(&json!([]))), None);
    }

    #[test]
    fn only_so_many_are_named() {
        let many: Vec<Value> = (0..5_000).map(|_| json!({})).collect();
        assert_eq!(wrong(json!({"inner": many})).len(), MOST);
    }
}
