//! What every answer says of itself: what its status means, its headers, that a copy may still hold, and in which language.

use serde_json::{Value, json};

use super::choices;
use super::walk::{Object, object_at, operations, reference};

/// Headers of answers: (name, what it says, its schema as JSON Schema names it).
const HEADERS: &[(&str, &str, &str)] = &[
    ("Allow", "The methods that this address knows (with 405).", "string"),
    ("Content-Disposition", "The name to keep the file under.", "string"),
    ("Content-Language", "`vi` or `en`: the language of `title` and `detail`.", "string"),
    ("Content-Range", "Which bytes these are, and of how many: `bytes 0-99/1234`.", "string"),
    (
        "ETag",
        "Stands for these bytes (send it as `If-None-Match`) or, on records that are changed, for this version (send it as `If-Match`).",
        "string",
    ),
    (
        "Idempotency-Replayed",
        "`true` when a request with this `Idempotency-Key` had been carried out before: nothing was done again.",
        "string",
    ),
    ("Retry-After", "Wait so many seconds, then send the same again.", "integer"),
    ("Upload-Offset", "How many bytes of the file the server has: go on from here.", "integer"),
    ("WWW-Authenticate", "`Bearer`.", "string"),
    ("X-Log-Size", "Up to how many leaves of the public log the file reaches.", "integer"),
    ("X-Request-Id", "Name this when asking for help.", "string"),
    ("X-Reversed-By", "Public code of the entry that reversed this one: it no longer stands.", "string"),
];

/// A spreadsheet.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What each kind of problem may bring along.
const OF_PROBLEMS: &[(&str, &[&str])] = &[
    ("AnyProblem", &["Retry-After", "Allow", "Content-Range", "Upload-Offset"]),
    ("Conflict", &["Upload-Offset"]),
    ("Invalid", &["Upload-Offset"]),
    ("NotFound", &["Retry-After"]),
    ("StorageFull", &["Retry-After", "Upload-Offset"]),
    ("TooMany", &["Retry-After"]),
    ("Unauthorized", &["WWW-Authenticate", "Retry-After"]),
];

/// Records that are changed with `If-Match`: answers with one say which version it is.
const VERSIONED: &[&str] = &[
    "#/components/schemas/ActivityDetailOut",
    "#/components/schemas/AppealOut",
    "#/components/schemas/CallOutOut",
    "#/components/schemas/CampaignOut",
    "#/components/schemas/ChapterState",
    "#/components/schemas/CourseOut",
    "#/components/schemas/DonorOut",
    "#/components/schemas/DriveOut",
    "#/components/schemas/DriveShiftOut",
    "#/components/schemas/FamilyLinkOut",
    "#/components/schemas/OrganRegistrationOut",
    "#/components/schemas/PersonOut",
    "#/components/schemas/ProgrammeOut",
    "#/components/schemas/TeamDetailOut",
    "#/components/schemas/UrgentCallOut",
    "#/components/schemas/VolunteerOut",
];

pub fn complete(document: &mut Value) {
    components(document);
    operations(document, &mut |path, method, operation| {
        let replayable = has_parameter(operation, "Idempotency-Key");
        let kept_by_clients = method == "get" && may_be_kept(path, operation);
        let statuses: Vec<String> =
            operation.get("responses").and_then(Value::as_object).into_iter().flatten().map(|(s, _)| s.clone()).collect();
        for (status, answer) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(answer) = answer.as_object_mut().filter(|_| status.starts_with('2')) else { continue };
            if is_document(path) {
                let bytes = json!({"schema": {"type": "string", "format": "binary", "description": "The bytes of the file."}});
                let kinds = choices::MEDIA_TYPES.iter().map(|kind| ((*kind).to_owned(), bytes.clone()));
                answer.insert("content".to_owned(), Value::Object(kinds.collect()));
            }
            let unsaid = answer.get("description").and_then(Value::as_str).is_none_or(str::is_empty);
            if unsaid {
                answer.insert("description".to_owned(), meaning(method, status, &statuses).into());
            }
            let mut names = Vec::new();
            names.extend(replayable.then_some("Idempotency-Replayed"));
            names.extend((kept_by_clients || is_versioned(answer)).then_some("ETag"));
            names.extend(path.starts_with("/api/v1/uploads").then_some("Upload-Offset"));
            names.extend(is_file(answer).then_some("Content-Disposition"));
            names.extend(path.ends_with("/receipt").then_some("X-Reversed-By"));
            let is_ledger = path.ends_with("/ledger.csv") || path.ends_with("/ledger.xlsx");
            names.extend(is_ledger.then_some("X-Log-Size"));
            names.extend((status == "206").then_some("Content-Range"));
            head(answer, &names);
        }
        if kept_by_clients {
            parameter(operation, "IfNoneMatch");
            not_modified(operation, if is_document(path) { &["ETag", "Content-Disposition"] } else { &["ETag"] });
        }
        if path.starts_with("/api/v1/public/") || path.starts_with("/log/tile/") {
            too_many(operation);
        }
        parameter(operation, "AcceptLanguage");
    });
}

fn components(document: &mut Value) {
    let Some(components) = object_at(document, "/components") else { return };
    let headers: Object = HEADERS
        .iter()
        .map(|(name, says, kind)| ((*name).to_owned(), json!({"description": says, "schema": {"type": kind}})))
        .collect();
    components.insert("headers".to_owned(), Value::Object(headers));
    components.insert(
        "parameters".to_owned(),
        json!({
            "AcceptLanguage": {"name": "Accept-Language", "in": "header", "required": false, "schema": {"type": "string"}, "example": "en",
                "description": "The language of problems, and of papers that have one: Vietnamese unless English is preferred."},
            "IfNoneMatch": {"name": "If-None-Match", "in": "header", "required": false, "schema": {"type": "string"},
                "description": "The `ETag` of the copy the client has: if it still holds, the answer is 304 without a body."},
        }),
    );
    for (name, answer) in components.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(answer) = answer.as_object_mut() {
            let own = OF_PROBLEMS.iter().filter(|(of, _)| of == name).flat_map(|(_, names)| names.iter().copied());
            head(answer, &["X-Request-Id", "Content-Language"].into_iter().chain(own).collect::<Vec<_>>());
        }
    }
}

/// What a status means, where the handler has nothing more to say.
fn meaning(method: &str, status: &str, all: &[String]) -> &'static str {
    let makes = all.iter().any(|status| status == "201");
    match (method, status) {
        ("get", "206") => "The part that was asked for.",
        ("get", _) => "What was asked for.",
        (_, "201") => "Made; this is it.",
        (_, "202") => "Nothing is booked: it waits for a second person, or they have decided against it.",
        (_, "204") => "Done; there is nothing more to say.",
        ("post", "200") if makes => "It was here already: nothing was made twice, and this is how it stands now.",
        _ => "Done; this is how it stands now.",
    }
}

/// Clients keep what is public, and the bytes of documents, with a tag.
fn may_be_kept(path: &str, operation: &Object) -> bool {
    let is_json = operation
        .get("responses")
        .and_then(|responses| responses.pointer("/200/content"))
        .and_then(Value::as_object)
        .is_some_and(|content| content.contains_key("application/json"));
    (path.starts_with("/api/v1/public/") && is_json) || is_document(path)
}

/// Where the bytes of papers and pictures are.
fn is_document(path: &str) -> bool {
    path.ends_with("/content") || path == "/api/v1/public/documents/{sha256}"
}

fn is_versioned(answer: &Object) -> bool {
    let schema = answer.get("content").and_then(|content| content.pointer("/application~1json/schema/$ref"));
    schema.and_then(Value::as_str).is_some_and(|schema| VERSIONED.contains(&schema))
}

/// Whether an answer is a file to be kept under a name.
fn is_file(answer: &Object) -> bool {
    let kinds = ["text/csv", "application/pdf", "application/octet-stream", "text/plain", "image/png", XLSX];
    answer.get("content").and_then(Value::as_object).is_some_and(|content| kinds.iter().any(|kind| content.contains_key(*kind)))
}

fn head(answer: &mut Object, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    let headers = answer.entry("headers").or_insert_with(|| json!({}));
    for name in names {
        if let Some(headers) = headers.as_object_mut().filter(|headers| !headers.contains_key(*name)) {
            headers.insert((*name).to_owned(), reference("headers", name));
        }
    }
}

fn has_parameter(operation: &Object, name: &str) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters.is_some_and(|parameters| parameters.iter().any(|parameter| parameter.get("name").is_some_and(|n| n == name)))
}

fn parameter(operation: &mut Object, name: &str) {
    if let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
        parameters.push(reference("parameters", name));
    }
}

/// Each network may ask so often.
fn too_many(operation: &mut Object) {
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        responses.entry("429").or_insert(reference("responses", "TooMany"));
    }
}

fn not_modified(operation: &mut Object, headers: &[&str]) {
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        let mut answer = json!({"description": "What the client has still holds."});
        answer.as_object_mut().into_iter().for_each(|answer| head(answer, headers));
        responses.entry("304").or_insert(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_it_means_and_what_a_handler_says_stays() {
        let answers = json!({"200": {"content": {"application/json": {}}}, "201": {"description": "Kept."}});
        let mut document = json!({"components": {"responses": {"TooMany": {"description": "x"}}},
            "paths": {"/api/v1/gifts": {"post": {"responses": answers}}, "/api/v1/public/items": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}}}});
        complete(&mut document);
        let post = &document["paths"]["/api/v1/gifts"]["post"];
        assert_eq!(post["responses"]["201"]["description"], "Kept.");
        assert!(post["responses"]["200"]["description"].as_str().unwrap().starts_with("It was here already"));
        assert_eq!(post["parameters"], json!([{"$ref": "#/components/parameters/AcceptLanguage"}]));
        let get = &document["paths"]["/api/v1/public/items"]["get"];
        assert_eq!(get["responses"]["304"]["headers"]["ETag"], json!({"$ref": "#/components/headers/ETag"}));
        assert!(document["components"]["responses"]["TooMany"]["headers"]["Retry-After"].is_object());
    }
}
