//! Every refusal is a problem document (RFC 9457), in the caller's language, with an id, safe headers and no crash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Caller, TestApp};
use crate::look::{escaped, raw};

/// One request that must be refused.
struct Case {
    what: &'static str,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: Option<String>,
    status: u16,
    kind: &'static str,
    /// Occurs in the document.
    says: &'static str,
}

fn case(
    what: &'static str,
    request: (&'static str, impl Into<String>, Option<String>),
    answer: (u16, &'static str, &'static str),
) -> Case {
    let (method, path, body) = request;
    Case { what, method, path: path.into(), headers: Vec::new(), body, status: answer.0, kind: answer.1, says: answer.2 }
}

fn posts(app: &TestApp) -> Vec<Case> {
    let gift = |change: Value| Some(app.gift(change).to_string());
    let post = |body| ("POST", "/api/v1/gifts", body);
    let typed = |what, content_type, body: Option<String>| Case {
        headers: vec![("content-type", content_type)],
        ..case(what, post(body), (415, "unsupported-media-type", "application/json"))
    };
    let invalid = |says| (422, "invalid", says);
    let chapter = |change: Value| {
        let mut new = json!({"id": Uuid::now_v7(), "parent": "23095", "level": "GRASSROOTS", "kind": "SCHOOL", "name": "Trường", "decision_no": "1"});
        new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ("POST", "/api/v1/chapters", Some(new.to_string()))
    };
    vec![
        case("broken JSON", post(Some("{\"id\":\n\n  oops".into())), (400, "malformed-request", "dòng 3")),
        case("cut-off JSON", post(Some("{\"id\": \"".into())), (400, "malformed-request", "dòng 1")),
        case("empty body", post(Some(String::new())), (400, "malformed-request", "dòng 1")),
        case("two documents", post(gift(json!({})).map(|g| g + "{}")), (400, "malformed-request", "dòng 1")),
        case(
            "half a character",
            post(gift(json!({})).map(|g| g.replace("23095", "\\ud800"))),
            (400, "malformed-request", "dòng 1"),
        ),
        case("not UTF-8", post(Some("{\"chapter\":\"\u{0}".into())), (400, "malformed-request", "dòng 1")),
        case("deep nesting", post(Some("[".repeat(60_000))), (422, "invalid", "")),
        case(
            "deep nesting in a batch",
            ("POST", "/api/v1/gifts/batch", Some(format!("{{\"gifts\":{}", "[".repeat(60_000)))),
            (400, "malformed-request", ""),
        ),
        case("wrong type", post(gift(json!({"amount_vnd": "much"}))), invalid("/amount_vnd")),
        case("a fraction", post(gift(json!({"amount_vnd": 1.5}))), invalid("/amount_vnd")),
        case(
            "more than 64 bits",
            post(Some(gift(json!({})).unwrap().replace("500000", "99999999999999999999"))),
            invalid("/amount_vnd"),
        ),
        case("missing field", post(gift(json!({"chapter": null}))), invalid("chapter")),
        case("unknown field", post(gift(json!({"amuont": 1}))), invalid("amuont")),
        case("a field twice", post(gift(json!({})).map(|g| g.replacen('{', "{\"channel\":\"CASH\",", 1))), invalid("channel")),
        case("unknown channel", post(gift(json!({"channel": "GOLD"}))), invalid("/channel")),
        case("no day", post(gift(json!({"received_on": "2026-02-30"}))), invalid("/received_on")),
        case("no UUID", post(gift(json!({"id": "5"}))), invalid("/id")),
        case("NUL in a text", post(gift(json!({"chapter": "23\u{0}95"}))), invalid("/chapter")),
        case("NUL in a code", post(gift(json!({"code": "\u{0}"}))), invalid("/code")),
        case(
            "NUL in an item",
            post(gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [
            {"item": "RI\u{0}CE", "quantity": 1, "unit": "KG", "value_vnd": 1, "valuation": "INVOICE"}]}))),
            invalid("/lines/0/item"),
        ),
        case("an array", post(Some("[]".into())), invalid("")),
        case("an array for the giver", post(gift(json!({"giver": ["PERSON", "Lê An", null]}))), invalid("/giver")),
        case(
            "an array for a line",
            post(gift(json!({"channel": "IN_KIND", "lines": [["RICE", "1", "KG", 1, "INVOICE"]]}))),
            invalid("/lines/0"),
        ),
        case("an array for a contact", chapter(json!({"contact": ["Thôn 2", null, null]})), invalid("/contact")),
        case(
            "an array for a branch",
            chapter(json!({"branches": [[Uuid::nil(), null, "Lớp 1B", null]]})),
            invalid("/branches/0"),
        ),
        typed("text", "text/plain", gift(json!({}))),
        typed("a form", "application/x-www-form-urlencoded", Some("id=5".into())),
        typed("no JSON", "application/jsonx", gift(json!({}))),
        typed("an empty type", "", gift(json!({}))),
        case("too large", post(gift(json!({"wish": "x".repeat(70_000)}))), (413, "too-large", "65536")),
        case(
            "a batch too large",
            ("POST", "/api/v1/gifts/batch", Some(" ".repeat(4 * 1024 * 1024 + 1))),
            (413, "too-large", "4194304"),
        ),
        case(
            "a batch too long",
            ("POST", "/api/v1/gifts/batch", Some(json!({"gifts": vec![json!(1); 501]}).to_string())),
            invalid("/gifts"),
        ),
        case("an empty batch", ("POST", "/api/v1/gifts/batch", Some(json!({"gifts": []}).to_string())), invalid("/gifts")),
        case("an unknown chapter", post(gift(json!({"chapter": "99999"}))), (404, "not-found", "NO_SUCH_CHAPTER")),
        case("If-Match nonsense", ("PATCH", "/api/v1/appeals/NONE", Some(json!({}).to_string())), (404, "not-found", "")),
    ]
}

fn gets(cursor: &str) -> Vec<Case> {
    let get = |path: String| ("GET", path, None);
    let mut cases = vec![
        case("unknown route", get("/api/v1/nothing".into()), (404, "not-found", "kiểm tra lại địa chỉ")),
        case("unknown root", get("/nothing/here".into()), (404, "not-found", "kiểm tra lại địa chỉ")),
        case("the root of the API", get("/api/v1".into()), (404, "not-found", "")),
        case("wrong method", ("DELETE", "/api/v1/gifts", None), (405, "method-not-allowed", "")),
        case("wrong method, public", ("POST", "/api/v1/public/entries", Some("{}".into())), (405, "method-not-allowed", "")),
        case("wrong method, with a parameter", ("PUT", "/api/v1/appeals/X", Some("{}".into())), (405, "method-not-allowed", "")),
        case("unknown method", ("TRACE", "/api/v1/gifts", None), (405, "method-not-allowed", "")),
        case("bad UUID", get("/api/v1/gifts/not-a-uuid".into()), (404, "not-found", "")),
        case("bad UUID of a reversal", get("/api/v1/reversals/42".into()), (404, "not-found", "")),
        case("unknown gift", get(format!("/api/v1/gifts/{}", Uuid::now_v7())), (404, "not-found", "")),
        case("unknown appeal", get("/api/v1/public/appeals/NONE".into()), (404, "not-found", "")),
        case("unknown chapter", get("/api/v1/public/chapters/99999".into()), (404, "not-found", "")),
        case("totals of an unknown chapter", get("/api/v1/public/totals?chapter=99999".into()), (404, "not-found", "")),
        case("CSV of an unknown appeal", get("/api/v1/public/appeals/NONE/ledger.csv".into()), (404, "not-found", "")),
        case("wrong check character", get("/api/v1/public/entries/0000000000000000A".into()), (404, "not-found", "kiểm tra")),
        case("garbage in the path", get(format!("/api/v1/public/entries/{}", "%FF".repeat(20))), (404, "not-found", "")),
        case(
            "a cursor of another filter",
            get(format!("/api/v1/public/entries?channel=IN_KIND&cursor={cursor}")),
            (400, "invalid-cursor", ""),
        ),
        case("a cursor of another list", get(format!("/api/v1/public/appeals?cursor={cursor}")), (400, "invalid-cursor", "")),
        case("a cursor of another list", get(format!("/api/v1/public/chapters?cursor={cursor}")), (400, "invalid-cursor", "")),
        case("a cut cursor", get(format!("/api/v1/public/entries?cursor={}", &cursor[1..])), (400, "invalid-cursor", "")),
        case("a long cursor", get(format!("/api/v1/public/entries?cursor={}", "A".repeat(600))), (400, "invalid-cursor", "")),
        case("an empty cursor", get("/api/v1/public/entries?cursor=".into()), (400, "invalid-cursor", "")),
        case("totals without an end", get("/api/v1/public/totals?from=2026-01-01".into()), (422, "invalid", "")),
        case("totals backwards", get("/api/v1/public/totals?from=2026-02-01&to=2026-01-01".into()), (422, "invalid", "")),
        case("totals of years", get("/api/v1/public/totals?from=2020-01-01&to=2026-01-01".into()), (422, "invalid", "")),
        case(
            "totals at the end of time",
            get("/api/v1/public/totals?from=+262142-12-30&to=+262142-12-31".into()),
            (422, "invalid", ""),
        ),
        case("a name and a parent", get("/api/v1/public/chapters?q=a&parent=68".into()), (422, "invalid", "")),
        case("a list without its chapter", get("/api/v1/gifts".into()), (422, "invalid", "chapter")),
        case("an unreadable chapter", get("/api/v1/gifts?chapter=01".into()), (404, "not-found", "")),
    ];
    for bad in ["from=yesterday", "channel=GOLD", "amount_vnd=1.5", "amount_vnd=", "surprise=1", "q=a&q=b", "to=2026-13-01"] {
        cases.push(case("bad query", get(format!("/api/v1/public/entries?{bad}")), (422, "invalid", "")));
    }
    for list in [
        "public/entries?",
        "public/chapters?",
        "public/chapters?q=a&",
        "public/appeals?",
        "gifts?chapter=23095&",
        "reversals?chapter=23095&",
    ] {
        for limit in ["0", "201", "-1", "abc", "", "4294967296"] {
            let says = if ["0", "201"].contains(&limit) { "limit" } else { "WRONG_SHAPE" };
            cases.push(case("bad limit", get(format!("/api/v1/{list}limit={limit}")), (422, "invalid", says)));
        }
        cases.push(case("unknown parameter", get(format!("/api/v1/{list}sort=code")), (422, "invalid", "sort")));
        cases.push(case("bad cursor", get(format!("/api/v1/{list}cursor=%00x")), (400, "invalid-cursor", "")));
    }
    // A text with NUL is no text of PostgreSQL: still a clear answer.
    for path in [
        "appeals/%00",
        "appeals/A%00B/ledger.csv",
        "chapters/%00",
        "entries/%00",
        "totals?chapter=%00",
        "totals?appeal=%00",
        "chapters?parent=%00",
    ] {
        cases.push(case("NUL", get(format!("/api/v1/public/{path}")), (404, "not-found", "")));
    }
    cases.push(case("NUL in a search", get("/api/v1/public/entries?q=a%00b".into()), (422, "invalid", "")));
    cases.push(case("NUL in a search for chapters", get("/api/v1/public/chapters?q=%00".into()), (422, "invalid", "")));
    cases.push(case("NUL as an officer", get("/api/v1/appeals/%00".into()), (404, "not-found", "")));
    cases.push(case("NUL as an officer", get("/api/v1/gifts?chapter=%00".into()), (404, "not-found", "")));
    cases
}

fn assert_safe_headers(what: &str, header: &dyn Fn(&str) -> Option<String>) {
    for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")]
    {
        assert_eq!(header(name).as_deref(), Some(value), "{what}: {name}");
    }
    assert!(header("content-security-policy").unwrap_or_default().contains("frame-ancestors 'none'"), "{what}");
    assert!(header("x-request-id").is_some_and(|id| id.len() > 8), "{what}");
}

fn refused(caller: &Caller<'_>, case: &Case, language: Option<&str>) -> Value {
    let what = format!("{}: {} {}", case.what, case.method, case.path.chars().take(100).collect::<String>());
    let with = |name: &str, value: &str, caller: Caller<'_>| -> (u16, Vec<(String, String)>, String) {
        let mut caller = if name.is_empty() { caller } else { caller.with(name, value) };
        for (name, value) in &case.headers {
            caller = caller.with(name, value);
        }
        let answer = caller.send(case.method, &case.path, case.body.clone().map(String::into_bytes));
        (answer.status, answer.headers, answer.text)
    };
    let (status, headers, text) = match language {
        Some(language) => with("accept-language", language, caller.with("x-test", "1")),
        None => with("", "", caller.with("x-test", "1")),
    };
    let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
    assert_eq!(status, case.status, "{what}: {text}");
    assert_eq!(header("content-type").as_deref(), Some("application/problem+json"), "{what}: {text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["type"], format!("/problems/{}", case.kind), "{what}: {text}");
    assert_eq!(problem["status"], case.status, "{what}");
    assert!(problem["title"].as_str().is_some_and(|title| title.len() > 5), "{what}");
    assert_eq!(problem["request_id"].as_str(), header("x-request-id").as_deref(), "{what}");
    assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{what}");
    assert_eq!(header("content-language").as_deref(), Some(if language.is_some() { "en" } else { "vi" }), "{what}");
    assert_safe_headers(&what, &header);
    assert_eq!(header("allow").is_some(), status == 405, "{what}");
    if status == 422 {
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{what}: {text}"));
        assert!(errors.iter().all(|e| ["pointer", "code", "detail"].iter().all(|name| e[name].is_string())), "{what}: {text}");
    }
    problem
}

#[test]
fn every_refusal_is_a_problem_document_in_two_languages() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for _ in 0..2 {
        officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    }
    let page = app.anonymous().get("/api/v1/public/entries?limit=1&channel=CASH", 200);
    let cursor = page["next"].as_str().unwrap();
    let mut seen = std::collections::HashSet::new();
    let mut failures = Vec::new();
    for case in posts(&app).iter().chain(&gets(cursor)) {
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let vietnamese = refused(&officer, case, None);
            let english = refused(&officer, case, Some("en-GB,en;q=0.9,vi;q=0.1"));
            assert_ne!(vietnamese["title"], english["title"], "{}", case.what);
            assert!(vietnamese.to_string().contains(case.says), "{}: {vietnamese}", case.what);
            assert!(
                seen.insert(vietnamese["request_id"].clone()) && seen.insert(english["request_id"].clone()),
                "request ids are unique"
            );
        }));
        if let Err(panic) = checked {
            failures.push(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| case.what.to_owned()));
        }
    }
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 2);
    let allowed = officer.send("DELETE", "/api/v1/gifts", None);
    assert_eq!(allowed.header("allow"), Some("GET, POST"));
}

/// Nobody is left with a title alone.
#[test]
fn the_usual_refusals_say_what_to_do() {
    let app = TestApp::shared();
    let officer = app.officer_of("23095");
    let login = json!({"user": "khong.co", "password": "không phải"}).to_string().into_bytes();
    for (method, path, body, status, vi, en) in [
        ("GET", "/api/v1/nowhere", None, 404, "kiểm tra lại địa chỉ", "check it"),
        ("GET", "/api/v1/gifts/01932f8e-7c1a-7e60-9d43-5a6f1c2b3d4e", None, 404, "phạm vi của bạn", "within your reach"),
        ("DELETE", "/api/v1/gifts", None, 405, "chỉ nhận: GET, POST.", "takes only: GET, POST."),
        ("POST", "/log/checkpoint", None, 405, "chỉ nhận: GET.", "takes only: GET."),
        ("POST", "/api/v1/session", Some(login), 401, "Caps Lock", "Caps Lock"),
    ] {
        for (language, part) in [("vi", vi), ("en", en)] {
            let answer = officer.with("accept-language", language).send(method, path, body.clone());
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
            let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
            assert!(detail.contains(part), "{method} {path}: {}", answer.text);
        }
    }
}

/// A query names all of its mistakes too.
#[test]
fn every_wrong_parameter_is_named() {
    let app = TestApp::shared();
    let problem = app.anonymous().get("/api/v1/public/entries?limit=x&from=yesterday&channel=GOLD&surprise=1", 422);
    let mut found = crate::books::errors(&problem);
    found.sort();
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        found,
        [at("channel", "NOT_A_CHOICE"), at("from", "NOT_A_DATE"), at("limit", "WRONG_SHAPE"), at("surprise", "UNKNOWN_FIELD")]
    );
    let english = app.anonymous().with("accept-language", "en").get("/api/v1/public/entries?surprise=1", 422);
    let detail = english["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with("limit, cursor.") && detail.contains("amount_vnd"), "every name, none cut: {detail}");
}

#[test]
fn without_a_log_in_officers_paths_answer_401() {
    let app = TestApp::shared();
    for (token, scheme) in [("", "Bearer "), ("x.y.z", "Bearer "), ("dXNlcjpwdw==", "Basic "), ("\u{7f}", "Bearer")] {
        let caller = app.anonymous();
        let caller = if token.is_empty() {
            caller
        } else {
            caller.with("authorization", &format!("{scheme}{}", token.trim_matches('\u{7f}')))
        };
        for path in ["/api/v1/session", "/api/v1/gifts?chapter=23095", "/api/v1/appeals/X", "/api/v1/reversals?chapter=23095"] {
            let answer = caller.send("GET", path, None);
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{path} {scheme}{token}");
        }
    }
}

#[test]
fn good_answers_have_safe_headers_too() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let gift = officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT"})), 201);
    let id = gift["id"].as_str().unwrap();
    let code = gift["code"].as_str().unwrap();
    for (path, public) in [
        ("/healthz".to_owned(), false),
        ("/readyz".to_owned(), false),
        ("/api/v1/session".to_owned(), false),
        ("/api/v1/gifts?chapter=23095".to_owned(), false),
        (format!("/api/v1/gifts/{id}"), false),
        ("/api/v1/appeals/LULUT".to_owned(), false),
        ("/api/v1/public/entries".to_owned(), true),
        (format!("/api/v1/public/entries/{code}"), true),
        ("/api/v1/public/totals".to_owned(), true),
        ("/api/v1/public/chapters".to_owned(), true),
        ("/api/v1/public/chapters/68".to_owned(), true),
        ("/api/v1/public/appeals".to_owned(), true),
        ("/api/v1/public/appeals/LULUT".to_owned(), true),
        ("/api/v1/public/items".to_owned(), true),
        ("/api/v1/public/appeals/LULUT/ledger.csv".to_owned(), true),
        ("/api/openapi.json".to_owned(), true),
        ("/docs/".to_owned(), true),
    ] {
        let answer = officer.send("GET", &path, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_safe_headers(&path, &|name| answer.header(name).map(str::to_owned));
        let cache = answer.header("cache-control").unwrap_or_default();
        assert!(if public { cache.starts_with("public, max-age=") } else { cache == "no-store" }, "{path}: {cache}");
        // HEAD and OPTIONS are refused or answered, never a crash, and HEAD has no body.
        let head = raw(&app, &format!("HEAD {path} HTTP/1.1"), "", b"");
        let without_token = app.anonymous().send("GET", &path, None).status;
        assert!(head.status == without_token && head.body.is_empty(), "HEAD {path}: {} {}", head.status, head.body);
        let options = raw(
            &app,
            &format!("OPTIONS {path} HTTP/1.1"),
            "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n",
            b"",
        );
        assert!((200..500).contains(&options.status), "OPTIONS {path}: {}", options.status);
        // Any page may read what is public; nobody's page may read the rest unless the configuration names it.
        let may_read = options.head.to_lowercase().contains("access-control-allow-origin");
        let is_open = ["/api/v1/public/", "/api/openapi.json"].iter().any(|open| path.starts_with(open));
        assert_eq!(may_read, is_open, "{path}: {}", options.head);
    }
}

#[test]
fn the_documents_answer_and_the_page_can_run() {
    let app = TestApp::shared();
    let public = app.anonymous();
    assert_eq!(public.get("/healthz", 200), json!({"status": "ok"}));
    assert_eq!(public.get("/readyz", 200), json!({"status": "ok", "log": "ok"}));
    let served = public.get("/api/openapi.json", 200);
    assert_eq!(served, so_nhan_ai::app::document().unwrap());
    let page = public.send("GET", "/docs/", None);
    assert!(page.status == 200 && page.text.contains("swagger-ui"), "{}", page.text);
    // A browser runs the page's own scripts only if the policy lets it.
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") || policy.contains("default-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"), "{policy}");
    assert!(public.get_text("/docs/swagger-initializer.js", 200).contains("/api/openapi.json"));
    let moved = raw(&app, "GET /docs HTTP/1.1", "", b"");
    assert!((300..400).contains(&moved.status), "{}", moved.head);
    let strict = public.send("GET", "/healthz", None);
    assert!(strict.header("content-security-policy").unwrap().contains("default-src 'none'"));
}

#[test]
fn strange_requests_do_no_harm() {
    let app = TestApp::shared();
    let long = "a".repeat(20_000);
    for path in [
        "/%00",
        "/%",
        "/%zz",
        "/%ff%fe",
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "//",
        "/api//v1",
        "/api/v1/public/entries/%2e%2e",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/docs/../../etc/passwd",
        "/docs/%00",
        "*",
        "/api/v1/public/entries?%",
        "/api/v1/public/entries?q=%ff%fe",
        "/api/v1/public/entries?q=%00",
        "/api/v1/public/entries?appeal=%00",
        "/api/v1/public/entries?chapter=%00",
        &format!("/{long}"),
        &format!("/api/v1/public/entries?q={long}"),
        &format!("/api/v1/public/appeals/{long}"),
        &format!("/api/v1/public/chapters?q={long}"),
        &format!("/api/v1/public/entries?q={}", escaped(&"\u{0301}".repeat(3_000))),
        &format!("/api/v1/public/entries?appeal={long}"),
        &format!("/api/v1/public/entries?amount_vnd={}", "9".repeat(400)),
        "/api/v1/public/entries?min_vnd=-9223372036854775808",
    ] {
        let shown: String = path.chars().take(80).collect();
        let answer = raw(&app, &format!("GET {path} HTTP/1.1"), "", b"");
        assert!((200..500).contains(&answer.status), "{shown}: {} {}", answer.head, answer.body);
        assert!(!answer.body.contains("root:"), "{shown}");
    }
    let flood: String = (0..2_000).map(|n| format!("X-Flood-{n}: {n}\r\n")).collect();
    let wide = format!("X-Wide: {}\r\n", "w".repeat(200_000));
    let folded: String = (0..90).map(|_| "Accept-Language: en;q=0.1,vi;q=x,;,\r\n".to_owned()).collect();
    for headers in [
        flood,
        wide,
        folded,
        "Content-Length: 5\r\nContent-Length: 6\r\n".into(),
        "Transfer-Encoding: chunked\r\n".into(),
        "\u{0}: x\r\n".into(),
    ] {
        let answer = raw(&app, "GET /healthz HTTP/1.1", &headers, b"zz\r\n");
        assert!(answer.status == 0 || (200..500).contains(&answer.status), "{}", answer.head);
    }
    for bytes in [&b"\0\0\0\0"[..], b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00"] {
        raw(&app, &String::from_utf8_lossy(bytes), "", b"");
    }
    app.anonymous().get("/readyz", 200);
}

#[test]
fn a_cursor_is_of_its_list_and_holds_what_we_wrote() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for _ in 0..3 {
        officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    }
    let page = officer.get("/api/v1/gifts?chapter=23095&limit=1", 200);
    let next = page["next"].as_str().unwrap();
    let refused = |path: &str, cursor: &str| {
        let answer = officer.get(&format!("{path}&cursor={cursor}"), 400);
        assert_eq!(answer["type"], "/problems/invalid-cursor", "{path}");
    };
    for other in ["reversals", "asked-gifts", "messages"] {
        refused(&format!("/api/v1/{other}?chapter=23095"), next);
    }
    let mut written: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(next).unwrap()).unwrap();
    written["last"][0] = json!("-262000-01-01T00:00:00Z");
    refused("/api/v1/gifts?chapter=23095", &URL_SAFE_NO_PAD.encode(written.to_string()));
    officer.get(&format!("/api/v1/gifts?chapter=23095&limit=1&cursor={next}"), 200);
}

#[test]
fn what_is_allowed_is_said_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let answer = officer.send("PUT", "/api/v1/gift-imports/template.xlsx", None);
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}

#[test]
fn what_is_sent_twice_is_named() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = app.gift(json!({})).to_string().replacen('{', "{\"amount_vnd\":1,", 1);
    let head = |more: &str| format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n{more}", officer.token());
    let length = format!("Content-Length: {}\r\n", body.len());
    let answer = raw(&app, "POST /api/v1/gifts HTTP/1.1", &head(&length), body.as_bytes());
    assert_eq!(answer.status, 422);
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/amount_vnd");
    let keys = "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n";
    let answer = raw(&app, "POST /api/v1/appeals/NONE/closing HTTP/1.1", &head(keys), b"");
    assert_eq!(answer.status, 400);
}
