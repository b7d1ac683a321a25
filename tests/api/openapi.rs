//! The OpenAPI document is the committed one, is made with care, and is what the server shows.

use std::collections::BTreeSet;

use serde_json::Value;
use so_nhan_ai::app;
use so_nhan_ai::http::codes::{FIELD_CODES, LIST_CODES};

use crate::harness::TestApp;

const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

fn document() -> Value {
    app::document().unwrap()
}

/// (method, path, operation) of all operations.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
        .filter(|(method, _, _)| METHODS.contains(method))
        .collect()
}

#[test]
fn the_committed_document_is_the_one_served() {
    let text = app::document_text().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/v1.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi")).unwrap();
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let only = |a: &str, b: &str| -> Vec<String> {
        let known: BTreeSet<&str> = b.lines().collect();
        a.lines().filter(|line| !known.contains(line)).take(40).map(str::to_owned).collect()
    };
    assert!(
        committed == text,
        "the API changed: look at the change, then UPDATE_OPENAPI=1 rewrites {path}\nnew: {:#?}\ngone: {:#?}",
        only(&text, &committed),
        only(&committed, &text)
    );
    assert!(text.ends_with("}\n") && !text.contains('\t'));
}

#[test]
fn operations_have_names_tags_and_words() {
    let document = document();
    let tags: Vec<&str> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let (mut seen, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (method, path, operation) in operations(&document) {
        let at = format!("{} {path}", method.to_uppercase());
        let id = operation["operationId"].as_str().unwrap_or_default();
        let snake = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && !id.contains("__");
        assert!(snake, "{at}: operationId {id:?} is no snake_case name");
        assert!(seen.insert(id.to_owned()), "{at}: operationId {id} is used twice");
        let own: Vec<&str> =
            operation["tags"].as_array().map(|tags| tags.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
        assert!(own.len() == 1 && tags.contains(&own[0]), "{at}: needs exactly one of the tags {tags:?}, has {own:?}");
        used.insert(own[0].to_owned());
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.len() > 5 && summary.ends_with('.') && !summary.contains('\n'), "{at}: summary {summary:?}");
    }
    assert_eq!(used.len(), tags.len(), "tags nobody uses: {tags:?} / {used:?}");
    assert!(seen.len() >= 29);
}

/// The operationId is the handler's name, or (where two rooms have a handler of one name) says which room it is. Papers have one
/// set of routes for all records they hang on.
#[test]
fn operation_ids_are_handlers() {
    let document = document();
    let mut source = String::new();
    read_all(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut source);
    for (_, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let of_papers = [("link_", "_document"), ("list_", "_documents"), ("publish_", "_document"), ("withdraw_", "_document")]
            .iter()
            .any(|(does, what)| {
                let one = id.strip_prefix(does).and_then(|rest| rest.strip_suffix(what));
                // `/activities` are of an activity.
                one.is_some_and(|one| path.contains(one.replace('_', "-").trim_end_matches('y')))
            });
        let named = source.contains(&format!("pub async fn {id}("))
            || source.contains(&format!("operation_id = \"{id}\""))
            || of_papers && source.contains("format!(\"link_{one}_document\")");
        assert!(named, "{path}: no handler is called {id}");
    }
}

fn read_all(dir: &std::path::Path, into: &mut String) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_operation_says_whether_it_needs_a_log_in() {
    let document = document();
    assert_eq!(document["security"], serde_json::json!([{"bearer": []}]), "a log-in is the rule");
    assert!(document["components"]["securitySchemes"]["bearer"].is_object());
    for (method, path, operation) in operations(&document) {
        let at = format!("{} {path}", method.to_uppercase());
        let open_to_all = path.starts_with("/api/v1/public/")
            || path.starts_with("/log/")
            || ["/healthz", "/readyz", "/metrics"].contains(&path)
            || (method == "post"
                && ["/api/v1/session", "/api/v1/session/second-step", "/api/v1/session/refresh"].contains(&path));
        let says_open = operation["security"] == serde_json::json!([{}]);
        let says_nothing = operation.get("security").is_none();
        assert!(says_open || says_nothing, "{at}: odd security {}", operation["security"]);
        assert_eq!(says_open, open_to_all, "{at}");
        let has_401 = operation["responses"].get("401").is_some();
        assert!(open_to_all || has_401, "{at}: needs a log-in but does not document 401");
    }
}

#[test]
fn every_operation_documents_its_problems() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        let at = format!("{} {path}", method.to_uppercase());
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("default"), "{at}: no default response");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}: no success");
        for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2') && *status != "304") {
            let response = match response["$ref"].as_str() {
                Some(pointer) => document.pointer(pointer.trim_start_matches('#')).unwrap(),
                None => response,
            };
            let content = response["content"].as_object().unwrap_or_else(|| panic!("{at} {status}: no content"));
            assert_eq!(content.keys().collect::<Vec<_>>(), ["application/problem+json"], "{at} {status}");
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{at} {status}");
        }
        if operation.get("requestBody").is_some() && !path.starts_with("/api/v1/session") {
            assert!(responses.contains_key("422"), "{at}: takes a body and does not document 422");
        }
        let on_one_thing = path.contains('{');
        assert!(!on_one_thing || responses.contains_key("404"), "{at}: names a thing and does not document 404");
    }
}

#[test]
fn lists_are_paged_and_paths_name_their_parameters() {
    let document = document();
    let mut lists = 0;
    for (method, path, operation) in operations(&document) {
        let at = format!("{} {path}", method.to_uppercase());
        let parameters: Vec<&Value> =
            operation["parameters"].as_array().into_iter().flatten().filter(|p| p["$ref"].is_null()).collect();
        let names = |place: &str| -> BTreeSet<&str> {
            parameters.iter().filter(|p| p["in"] == place).map(|p| p["name"].as_str().unwrap()).collect()
        };
        let in_path: BTreeSet<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(names("path"), in_path, "{at}");
        assert!(parameters.iter().all(|p| p["in"] != "path" || p["required"] == true), "{at}");
        // A chunk of a file says where it belongs, which is as good as the version of what it changes.
        let versions = ["If-Match", "Upload-Offset"];
        assert!(
            method != "patch" || versions.iter().any(|name| names("header").contains(name)),
            "{at}: changes a record and takes no If-Match"
        );
        let body = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
        // A page that says something besides its rows has a name of its own.
        if body.contains("/Page_") || body.ends_with("Page") {
            lists += 1;
            for name in ["limit", "cursor"] {
                let parameter = parameters
                    .iter()
                    .find(|p| p["name"] == name && p["in"] == "query")
                    .unwrap_or_else(|| panic!("{at}: no {name}"));
                assert_eq!(parameter["required"], false, "{at}: {name}");
            }
            let limit = parameters.iter().find(|p| p["name"] == "limit").unwrap();
            assert_eq!((&limit["schema"]["minimum"], &limit["schema"]["maximum"]), (&Value::from(1), &Value::from(200)), "{at}");
        } else {
            assert!(!names("query").contains("cursor"), "{at}: takes a cursor and answers no page");
        }
    }
    assert!(lists >= 5, "{lists} lists");
}

/// Visits every object in the document with its JSON pointer.
fn walk<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, &'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(at, map);
            map.iter()
                .for_each(|(key, value)| walk(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), visit));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), visit)),
        _ => {}
    }
}

#[test]
fn references_resolve_and_nothing_is_left_over() {
    let document = document();
    let mut used = BTreeSet::new();
    walk(&document, "", &mut |at, map| {
        if let Some(Value::String(target)) = map.get("$ref") {
            let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{at}: {target} is outside of the document"));
            assert!(document.pointer(pointer).is_some(), "{at}: {target} leads nowhere");
            used.insert(target.clone());
        }
    });
    for kind in ["schemas", "responses", "headers", "parameters"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name} is used nowhere");
        }
    }
}

#[test]
fn enums_and_fields_are_spelled_alike_everywhere() {
    let document = document();
    let mut enums = 0;
    walk(&document["components"]["schemas"], "", &mut |at, map| {
        for value in map.get("enum").and_then(Value::as_array).into_iter().flatten() {
            enums += 1;
            let text = value.as_str().unwrap_or_default();
            let upper = text.starts_with(|c: char| c.is_ascii_uppercase())
                && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            // Names that others gave.
            let given = ["/MediaType/", "/HealthStatus/", "/LogState/", "/ProblemType/"]
                .iter()
                .any(|of| format!("{at}/").starts_with(of));
            assert!(upper || given, "{at}: {text} is not SCREAMING_SNAKE_CASE");
        }
        for name in map.get("properties").and_then(Value::as_object).into_iter().flat_map(|properties| properties.keys()) {
            let snake = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(snake, "{at}: {name} is not snake_case");
            assert!(!name.contains("amount") || name == "amount_vnd", "{at}: {name}: amounts are called amount_vnd");
        }
    });
    assert!(enums > 20);
    for (_, path, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{path}: {name}");
        }
    }
}

/// What a stranger needs to make a client of it and to know what a field is.
#[test]
fn nothing_is_left_to_be_guessed() {
    let document = document();
    let mut undescribed = Vec::new();
    let mut bare = Vec::new();
    let said = |thing: &Value| thing["description"].as_str().is_some_and(|text| text.len() > 3);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !said(schema) {
            undescribed.push(name.clone());
        }
        walk(schema, name, &mut |at, map| {
            for (field, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if !said(schema) {
                    undescribed.push(format!("{at}.{field}"));
                }
            }
            let is_object = map
                .get("type")
                .is_some_and(|kind| kind == "object" || kind.as_array().is_some_and(|k| k.contains(&"object".into())));
            if is_object && !["properties", "additionalProperties"].iter().any(|key| map.contains_key(*key)) {
                bare.push(at.to_owned());
            }
        });
    }
    for (method, path, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|p| p["$ref"].is_null()) {
            if !said(parameter) {
                undescribed.push(format!("{method} {path} {}", parameter["name"]));
            }
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            if response["$ref"].is_null() && !said(response) {
                undescribed.push(format!("{method} {path} {status}"));
            }
        }
    }
    assert!(undescribed.is_empty(), "{} without words: {undescribed:#?}", undescribed.len());
    assert!(bare.is_empty(), "objects of which nothing is known: {bare:#?}");
    assert!(document["info"]["title"].as_str().unwrap().is_ascii(), "packages are named after the title");
    assert!(document["servers"][0]["url"].is_string());
}

/// Rows of a page are a type of their own, and what is one of a few words says which.
#[test]
fn pages_refer_to_their_rows() {
    let document = document();
    let mut pages = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if let Some(rows) = name.strip_prefix("Page_") {
            pages += 1;
            assert_eq!(schema["properties"]["items"]["items"]["$ref"], format!("#/components/schemas/{rows}"), "{name}");
        }
    }
    assert!(pages >= 15, "{pages} pages");
    let plain = ["kind", "state", "status", "reason", "channel", "role", "regime", "level", "original", "relation", "outcome"];
    // Lists that grow with every room: who does not know a word passes it over.
    // And what papers say, or people write, is text.
    let open = ["/JobOut.kind", "/ChangeOut.kind", "/VoucherOut.reason", "/UrgentCallIn.reason", "/UrgentCallOut.reason"];
    walk(&document["components"]["schemas"], "", &mut |at, map| {
        let names = map.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (field, schema) in names.filter(|(field, _)| !open.contains(&format!("{at}.{field}").as_str())) {
            let is_text = schema["type"] == "string" || schema["type"] == serde_json::json!(["string", "null"]);
            let has_words = schema.get("enum").is_some();
            assert!(!plain.contains(&field.as_str()) || !is_text || has_words, "{at}.{field} is one of which words?");
        }
    });
}

/// The page that explains them, the list in the source and the document say the same codes and kinds.
#[test]
fn codes_and_kinds_are_explained() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/status-codes.md")).unwrap();
    let (kinds, codes) = page.split_once("## Field error codes").unwrap();
    let (of_fields, of_lists) = codes.split_once("## Fault codes of lists").unwrap();
    for (part, known) in [(of_fields, FIELD_CODES), (of_lists, LIST_CODES)] {
        let explained: BTreeSet<&str> = part
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            .flat_map(|line| line.split('|').next().unwrap().split('`'))
            .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
            .collect();
        assert_eq!(explained, known.iter().copied().collect::<BTreeSet<_>>());
    }
    for kind in so_nhan_ai::http::Kind::ALL {
        assert!(kinds.contains(&format!("| `{}` |", kind.reference())), "{}", kind.reference());
    }
}

/// Whatever is found wrong in a list has its code in one of the two lists, and the document knows it.
#[test]
fn codes_of_lists_are_all_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("src/giving/imports/check.rs"), root.join("src/giving/imports/drafts.rs")];
    files.extend(["check.rs", "rules.rs"].map(|name| root.join("src/members/imports").join(name)));
    files.extend(["src/persons/sheet.rs", "src/volunteers/lists/check.rs"].map(|name| root.join(name)));
    let own = std::fs::read_dir(root.join("crates/sheets/src")).unwrap().map(|entry| entry.unwrap().path());
    files.extend(own.filter(|path| !path.to_string_lossy().ends_with("_tests.rs") && !path.ends_with("made.rs")));
    let mut written = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        written.extend(code.split('"').skip(1).step_by(2).filter(|word| is_code(word)).map(str::to_owned));
    }
    let is_known = |code: &str| LIST_CODES.contains(&code) || FIELD_CODES.contains(&code);
    let unknown: Vec<_> = written.iter().filter(|code| !is_known(code)).collect();
    assert!(unknown.is_empty(), "not in src/http/codes.rs: {unknown:?}");
    let unused: Vec<_> = LIST_CODES.iter().filter(|code| !written.contains(**code)).collect();
    assert!(unused.is_empty(), "nobody writes {unused:?}");
    let document = document();
    assert_eq!(
        document["components"]["schemas"]["ImportFault"]["properties"]["code"]["$ref"],
        "#/components/schemas/ListFaultCode"
    );
    let said = document["components"]["schemas"]["ListFaultCode"]["enum"].as_array().unwrap();
    assert_eq!(said.len(), LIST_CODES.len() + FIELD_CODES.len());
}

/// Kinds of files, and choices of a cell, are named in capitals, too.
fn is_code(word: &str) -> bool {
    let letters = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    letters
        && word.len() > 2
        && word.contains(|c: char| c.is_ascii_uppercase())
        && !["PDF", "ZIP", "FEMALE", "MALE"].contains(&word)
}

/// Request bodies refuse unknown fields (a misspelled field must not be lost silently), and the document says so.
#[test]
fn what_is_sent_has_no_unknown_fields() {
    let document = document();
    let mut pending: Vec<String> = Vec::new();
    for (_, path, operation) in operations(&document) {
        if let Some(body) = operation.get("requestBody") {
            assert_eq!(body["required"], true, "{path}");
            if body["content"]["application/octet-stream"].is_object() {
                continue;
            }
            pending.push(
                body["content"]["application/json"]["schema"]["$ref"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{path}: body is no named schema"))
                    .to_owned(),
            );
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(target) = pending.pop() {
        if !seen.insert(target.clone()) {
            continue;
        }
        let schema = document.pointer(&target[1..]).unwrap();
        if schema.get("properties").is_some() {
            assert_eq!(schema["additionalProperties"], false, "{target} takes unknown fields");
        }
        walk(schema, "", &mut |_, map| pending.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned)));
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

#[test]
fn the_server_shows_the_document_and_the_pages_that_read_it() {
    let app = TestApp::shared();
    let anybody = app.anonymous();
    assert_eq!(anybody.get("/api/openapi.json", 200), document());
    let page = anybody.send("GET", "/docs/", None);
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap_or_default().starts_with("text/html"), "{:?}", page.headers);
    // In a tab, and on a phone.
    assert!(page.text.contains("<title>Sổ Nhân Ái – API</title>") && page.text.contains("name=\"viewport\""), "{}", page.text);
    assert!(document()["components"]["securitySchemes"]["bearer"]["description"].as_str().unwrap().contains("access_token"));
    let mut loaded = 0;
    for part in page.text.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(!part.contains("//"), "{part} is loaded from elsewhere");
        let script = anybody.send("GET", &format!("/docs/{}", part.trim_start_matches("./")), None);
        assert_eq!(script.status, 200, "{part}");
        assert!(script.header("content-type").unwrap_or_default().contains("javascript"), "{part}: {:?}", script.headers);
        assert!(script.text.len() > 50, "{part}");
        loaded += 1;
        // The page must be allowed to run what it loads: the strict policy of the API would show an empty page.
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(
            !policy.contains("default-src 'none'") || policy.contains("script-src"),
            "/docs/ forbids its own scripts: {policy}"
        );
    }
    assert!(loaded >= 2, "{}", page.text);
    let start = anybody.get_text("/docs/swagger-initializer.js", 200);
    assert!(start.contains("/api/openapi.json"), "{start}");
    let short = anybody.send("GET", "/docs", None);
    assert!(short.status == 200 || (300..400).contains(&short.status), "/docs leads to /docs/: {}", short.status);
}

/// Browsers and generators ask again and again for what changes with the program only.
#[test]
fn the_document_and_its_page_are_packed_and_kept() {
    let app = TestApp::shared();
    let anybody = app.anonymous();
    for path in ["/api/openapi.json", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"] {
        // The agent of the tests takes nothing packed unless it is told to.
        let plain = anybody.with("accept-encoding", "identity").send("GET", path, None);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        assert_eq!(plain.header("cache-control"), Some("public, max-age=0, must-revalidate"), "{path}");
        let tag = plain.header("etag").unwrap().to_owned();
        let packed = crate::look::raw(&app, &format!("GET {path} HTTP/1.1"), "Accept-Encoding: gzip\r\n", b"");
        let head = packed.head.to_lowercase();
        let length: usize = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap().parse().unwrap();
        if plain.bytes.len() > 1_000 {
            assert!(
                head.contains("content-encoding: gzip") && length * 2 < plain.bytes.len(),
                "{path}: {length} of {}",
                plain.bytes.len()
            );
        }
        let known = anybody.with("accept-encoding", "identity").with("if-none-match", &tag).send("GET", path, None);
        assert_eq!((known.status, known.bytes.len()), (304, 0), "{path}");
    }
    for path in ["/docs/no-such-file.js", "/docs/../Cargo.toml", "/docs/..%2fCargo.toml", "/docs/oauth2-redirect.html"] {
        assert_eq!(anybody.send("GET", path, None).status, 404, "{path}");
    }
}
