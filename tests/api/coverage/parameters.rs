//! What stands behind the `?` of an address and is not read: no operation takes it for what it knows, none passes over it.

use super::{World, documented, untouched};

/// Whether an operation says that it reads something behind the `?`.
fn is_asked(document: &serde_json::Value, operation: &str) -> bool {
    let (method, path) = operation.split_once(' ').unwrap();
    let parameters = document["paths"][path][method.to_lowercase()]["parameters"].as_array().into_iter().flatten();
    parameters
        .map(|parameter| parameter["$ref"].as_str().map_or(parameter, |target| document.pointer(&target[1..]).unwrap()))
        .any(|parameter| parameter["in"] == "query")
}

fn with_unknown(path: &str) -> String {
    format!("{path}{}no_such_parameter=1", if path.contains('?') { '&' } else { '?' })
}

#[test]
fn no_operation_passes_over_a_parameter_that_it_does_not_know() {
    let World { app, insider, calls, public, .. } = untouched();
    let (document, before) = (so_nhan_ai::app::document().unwrap(), super::books(app));
    let caller = app.log_in(*insider);
    let officers = calls.iter().map(|call| (call.operation, call.path.as_str(), call.body.as_ref(), caller.token()));
    let everybody = public.iter().map(|(operation, (path, body))| (*operation, path.as_str(), body.as_ref(), ""));
    let mut seen = 0;
    // Probes, and the files of the log, are no operations of the API.
    for (operation, path, body, token) in officers.chain(everybody).filter(|(operation, ..)| operation.contains(" /api/")) {
        seen += 1;
        let by = if token.is_empty() { app.anonymous() } else { app.bearer(token) };
        let method = operation.split(' ').next().unwrap();
        let answer = by.send(method, &with_unknown(path), body.map(|body| body.to_string().into_bytes()));
        // What reads its parameters may have read something else before them; what reads none does so first.
        let named = answer.status == 422 && answer.json()["errors"].to_string().contains(r#""pointer":"no_such_parameter""#);
        let is_fine = if is_asked(&document, operation) && method != "GET" { answer.status >= 400 } else { named };
        assert!(is_fine, "{operation}: {} {}", answer.status, answer.text);
        if !token.is_empty() {
            let stranger = app.anonymous().send(method, &with_unknown(path), body.map(|body| body.to_string().into_bytes()));
            assert_eq!(stranger.status, 401, "{operation}: {}", stranger.text);
        }
    }
    assert_eq!(seen, documented().iter().filter(|operation| operation.contains(" /api/")).count());
    assert_eq!(super::books(app), before);
}

/// What others hang on to addresses of pages and files is nobody's business.
#[test]
fn pages_and_files_pass_over_what_others_hang_on_to_their_addresses() {
    let World { app, public, .. } = untouched();
    for page in [
        "/",
        "/keu-goi",
        "/so",
        "/tim",
        "/kiem-tra",
        "/du-lieu-mo",
        "/log/checkpoint",
        "/healthz",
        "/readyz",
        "/api/openapi.json",
    ] {
        let plain = app.anonymous().send("GET", page, None).status;
        let followed = app.anonymous().send("GET", &format!("{page}?fbclid=x&utm_source=zalo"), None);
        assert_eq!(followed.status, plain, "{page}: {}", followed.text);
    }
    let (tile, _) = &public["GET /log/tile/{level}/{index}"];
    assert_eq!(app.anonymous().send("GET", &format!("{tile}?x=1"), None).status, 200);
}
