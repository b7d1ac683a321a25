//! Every operation of the API, called by everybody who must not get through: nobody, strangers, and holders of tokens
//! that are expired, forged, made for another purpose, or of an account or session that has ended. The table lists
//! exactly the operations of the OpenAPI document, so a new endpoint cannot be forgotten.

mod asked;
mod behind;
mod documents;
mod lists;
mod open;
mod parameters;
mod people;
mod persons;
mod rooms;
mod tokens;
pub mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::harness::{Account, PASSWORD, TestApp};
use crate::papers;
use documents::Documents;
use open::PUBLIC;

/// One operation on real objects of Hàm Liêm, and what three people with good tokens get.
pub struct Call {
    operation: &'static str,
    path: String,
    body: Option<Value>,
    /// Somebody with every role, in another province.
    stranger: u16,
    /// An inspector of the province above: reads, and changes nothing.
    reader: u16,
    /// Somebody with every role at Hàm Liêm: proves that path and body are good, so that only the caller was wrong.
    insider: u16,
}

impl Call {
    fn method(&self) -> &str {
        self.operation.split(' ').next().unwrap()
    }

    fn by(&self, app: &TestApp, token: Option<&str>) -> (u16, String, Vec<(String, String)>) {
        let caller = token.map_or(app.anonymous(), |token| app.bearer(token));
        // A chunk is bytes, not JSON.
        let (caller, body) = match (self.operation, &self.body) {
            ("PATCH /api/v1/uploads/{id}", _) => {
                let caller = caller.with("content-type", "application/octet-stream").with("upload-offset", "0");
                (caller, Some(papers::jpeg()))
            }
            // A list is a file, whatever it is called.
            (
                "POST /api/v1/chapters/{code}/gift-imports"
                | "POST /api/v1/drives/{code}/reconciliation"
                | "POST /api/v1/member-imports"
                | "POST /api/v1/volunteer-imports",
                Some(Value::String(list)),
            ) => (caller.with("content-type", "text/csv"), Some(list.clone().into_bytes())),
            (_, body) => (caller, body.as_ref().map(|body| body.to_string().into_bytes())),
        };
        let answer = caller.send(self.method(), &self.path, body);
        (answer.status, answer.text, answer.headers)
    }
}

/// What exists at Hàm Liêm when everybody tries.
struct World {
    app: TestApp,
    insider: Account,
    calls: Vec<Call>,
    public: BTreeMap<&'static str, (String, Option<Value>)>,
    /// What each is, and the token.
    bad_tokens: Vec<(&'static str, String)>,
}

/// A world of which nothing is changed: tests share it, and each of them looks that it is as it was.
fn untouched() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(world)
}

pub fn call(operation: &'static str, path: String, body: Option<Value>, stranger: u16, reader: u16, insider: u16) -> Call {
    Call { operation, path, body, stranger, reader, insider }
}

fn world() -> World {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let everything = |chapter: &'static str| app.account_of(None, &Role::ALL.map(|role| (role, chapter)));
    let insider = everything("23095");
    let officer = app.officer_of("23095");
    let mut gifts = Vec::new();
    let mut code = String::new();
    for _ in 0..3 {
        let gift = app.gift(json!({"appeal": "LULUT"}));
        code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
        gifts.push(gift["id"].as_str().unwrap().to_owned());
    }
    let reversed = app.gift(json!({}));
    officer.post("/api/v1/gifts", reversed.clone(), 201);
    crate::look::reverse(&app, reversed["id"].as_str().unwrap(), "nhầm");
    let reverser = app.database.text("SELECT code FROM officer_code LIMIT 1");
    let asks: Vec<Uuid> = gifts[..2]
        .iter()
        .map(|gift| {
            let id = Uuid::now_v7();
            officer.post(&format!("/api/v1/gifts/{gift}/reversal"), json!({"id": id, "reason": "OTHER"}), 201);
            id
        })
        .collect();
    let appeal = json!({"id": Uuid::now_v7(), "code": "NHA-DRAFT", "chapter": "23095", "regime": "DECREE_93_2021", "title": "Đợt",
        "purpose": "Cứu trợ", "receive_from": app.today(), "receive_until": app.today()});
    app.chair_of("23095").post("/api/v1/appeals", appeal.clone(), 201);
    let mut second = appeal;
    (second["id"], second["code"]) = (json!(Uuid::now_v7()), json!("HAI-DRAFT"));
    let token = officer.token().to_owned();
    let login = json!({"user": app.database.text(&format!("SELECT user_name FROM account WHERE id = '{}'", insider.id)), "password": PASSWORD});
    let refresh = app.anonymous().post("/api/v1/session", login.clone(), 201)["refresh_token"].clone();
    let lost = app.database.text(&format!("SELECT id FROM session WHERE account_id = '{}'", insider.id));
    let documents = Documents::of(&app, insider, &gifts[0]);
    let begin = json!({"id": Uuid::now_v7(), "password": PASSWORD});
    let enrolled = app.account(Role::Officer, "23095");
    let second_step = people::second_step(&app, enrolled);
    app.wait_for_checkpoint();
    assert!(!token.is_empty());

    let v1 = |rest: &str| format!("/api/v1{rest}");
    let nothing = || Some(json!(null));
    let mut calls = vec![
        // Everybody has a session of their own.
        call("GET /api/v1/session", v1("/session"), None, 200, 200, 200),
        call("GET /api/v1/gifts", v1("/gifts?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/gifts/{id}", v1(&format!("/gifts/{}", gifts[0])), None, 404, 200, 200),
        call("GET /api/v1/gifts/{id}/receipt", v1(&format!("/gifts/{}/receipt", gifts[0])), None, 404, 200, 200),
        call("POST /api/v1/gifts", v1("/gifts"), Some(app.gift(json!({}))), 404, 403, 201),
        // A batch answers item by item: see `a_batch_of_a_stranger_books_nothing`.
        call("POST /api/v1/gifts/batch", v1("/gifts/batch"), Some(json!({"gifts": [app.gift(json!({}))]})), 200, 200, 200),
        call(
            "POST /api/v1/gifts/{id}/reversal",
            v1(&format!("/gifts/{}/reversal", gifts[2])),
            Some(json!({"id": Uuid::now_v7(), "reason": "OTHER"})),
            404,
            403,
            201,
        ),
        call("POST /api/v1/gifts/{id}/cash-receipt", v1(&format!("/gifts/{}/cash-receipt", gifts[2])), nothing(), 404, 403, 200),
        call("GET /api/v1/gifts/{id}/cash-receipt", v1(&format!("/gifts/{}/cash-receipt", gifts[2])), None, 404, 200, 200),
        call(
            "GET /api/v1/gifts/{id}/cash-receipt.html",
            v1(&format!("/gifts/{}/cash-receipt.html", gifts[2])),
            None,
            404,
            200,
            200,
        ),
        call(
            "GET /api/v1/gifts/{id}/cash-receipt.pdf",
            v1(&format!("/gifts/{}/cash-receipt.pdf", gifts[2])),
            None,
            404,
            200,
            200,
        ),
        call("GET /api/v1/reversals", v1("/reversals?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/reversals/{id}", v1(&format!("/reversals/{}", asks[0])), None, 404, 200, 200),
        call("POST /api/v1/reversals/{id}/approval", v1(&format!("/reversals/{}/approval", asks[0])), nothing(), 404, 403, 200),
        call("POST /api/v1/reversals/{id}/refusal", v1(&format!("/reversals/{}/refusal", asks[1])), nothing(), 404, 403, 200),
        call("POST /api/v1/appeals", v1("/appeals"), Some(second), 404, 403, 201),
        call("GET /api/v1/appeals/{code}", v1("/appeals/NHA-DRAFT"), None, 404, 200, 200),
        call("PATCH /api/v1/appeals/{code}", v1("/appeals/NHA-DRAFT"), Some(json!({"title": "Khác"})), 404, 403, 200),
        call("POST /api/v1/appeals/{code}/opening", v1("/appeals/NHA-DRAFT/opening"), nothing(), 404, 403, 200),
        call("POST /api/v1/appeals/{code}/closing", v1("/appeals/NHA-DRAFT/closing"), nothing(), 404, 403, 200),
        call("GET /api/v1/audit-events", v1("/audit-events?chapter=23095"), None, 404, 200, 200),
        // Everybody's own: whoever asks acts on themselves alone.
        call("GET /api/v1/second-factor", v1("/second-factor"), None, 200, 200, 200),
        call("POST /api/v1/second-factor", v1("/second-factor"), Some(begin), 201, 201, 201),
        call(
            "POST /api/v1/second-factor/confirmation",
            v1("/second-factor/confirmation"),
            Some(json!({"code": "x"})),
            422,
            422,
            422,
        ),
        call(
            "POST /api/v1/second-factor/recovery-codes",
            v1("/second-factor/recovery-codes"),
            Some(json!({"code": "x"})),
            409,
            409,
            409,
        ),
        call(
            "POST /api/v1/second-factor/removal",
            v1("/second-factor/removal"),
            Some(json!({"password": PASSWORD, "code": "x"})),
            409,
            409,
            409,
        ),
        call("GET /api/v1/sessions", v1("/sessions"), None, 200, 200, 200),
        call("DELETE /api/v1/sessions/{id}", v1(&format!("/sessions/{lost}")), None, 404, 404, 204),
        call("DELETE /api/v1/sessions", v1("/sessions"), None, 200, 200, 200),
    ];
    let rooms = [people::calls(&app), tree::calls(&app, &officer), persons::calls(&app), asked::calls(&app, &officer)];
    calls.extend(rooms.into_iter().flatten());
    calls.extend(rooms::ROOMS.iter().flat_map(|room| room(&app)));
    // Last: it ends the session of whoever calls.
    calls.push(call("DELETE /api/v1/session", v1("/session"), None, 204, 204, 204));
    let calls = documents.calls(&gifts[0]).into_iter().chain(calls).collect();
    let mut public = BTreeMap::from([
        ("POST /api/v1/session", (v1("/session"), Some(login))),
        ("POST /api/v1/session/refresh", (v1("/session/refresh"), Some(json!({"refresh_token": refresh})))),
        ("POST /api/v1/session/second-step", (v1("/session/second-step"), Some(second_step))),
    ]);
    public.extend(rooms::open(&app));
    let stated = app.database.text("SELECT code FROM statement LIMIT 1");
    public.extend(open::reads(&code, &documents.published, &reverser, &stated));
    app.wait_for_checkpoint();
    let size = app.anonymous().get("/api/v1/public/log", 200)["size"].as_u64().unwrap();
    public.insert("GET /log/checkpoint", ("/log/checkpoint".to_owned(), None));
    public.insert("GET /log/tile/{level}/{index}", (format!("/log/tile/0/000.p/{size}"), None));
    let bad_tokens = tokens::bad(&app, insider);
    World { app, insider, calls, public, bad_tokens }
}

/// `METHOD /path` of every documented operation.
fn documented() -> BTreeSet<String> {
    let document = so_nhan_ai::app::document().unwrap();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| ["get", "post", "put", "patch", "delete", "head", "options", "trace"].contains(&key.as_str()))
        {
            operations.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    operations
}

#[test]
fn the_tables_list_every_operation_once() {
    let world = untouched();
    let mut listed: Vec<String> =
        world.calls.iter().map(|call| call.operation.to_owned()).chain(PUBLIC.iter().map(|(op, _)| (*op).to_owned())).collect();
    listed.sort();
    let all: Vec<String> = documented().into_iter().collect();
    assert_eq!(listed, all, "left: this test's tables, right: the OpenAPI document");
    let document = so_nhan_ai::app::document().unwrap();
    for call in &world.calls {
        let (method, path) = call.operation.split_once(' ').unwrap();
        let responses = &document["paths"][path][method.to_lowercase()]["responses"];
        for status in [401, call.stranger, call.reader, call.insider] {
            assert!(responses.get(status.to_string()).is_some(), "{} answers {status}, which is not documented", call.operation);
        }
    }
    assert!(world.public.keys().copied().eq(PUBLIC.iter().map(|(op, _)| *op).collect::<BTreeSet<_>>()));
}

/// Numbers of all rows that a call could have made or changed.
fn books(app: &TestApp) -> String {
    app.database.text(
        "SELECT concat_ws(' ', (SELECT count(*) FROM entry), (SELECT count(*) FROM gift), (SELECT count(*) FROM party), (SELECT string_agg(id || state, ',' ORDER BY id) FROM gift_import),
            (SELECT string_agg(id || state, ',' ORDER BY id) FROM reversal_request), (SELECT string_agg(code || state || version, ',' ORDER BY code) FROM appeal),
            (SELECT count(*) FROM audit_event WHERE chapter_id IS NOT NULL AND action <> 'PERSON_READ_REFUSED'), (SELECT count(*) FROM fund),
            (SELECT count(*) FROM account WHERE disabled_at IS NOT NULL OR one_time_until IS NOT NULL),
            (SELECT count(*) FROM role_assignment WHERE given_by IS NOT NULL OR ended_at IS NOT NULL OR valid_to IS NOT NULL),
            (SELECT count(*) FROM role_assignment_acts_for WHERE given_by IS NOT NULL OR ended_at IS NOT NULL),
            (SELECT count(*) FROM document), (SELECT count(*) FROM document_link), (SELECT count(*) FROM document_publication), (SELECT count(*) FROM publication),
            (SELECT string_agg(id::text || offset_bytes || state, ',' ORDER BY id) FROM upload),
            (SELECT count(*) FROM chapter), (SELECT sum(version) FROM chapter), (SELECT string_agg(id || state, ',' ORDER BY id) FROM opening_balance),
            (SELECT string_agg(id || state, ',' ORDER BY id) FROM opening_balance_reversal))",
    )
}

#[test]
fn without_a_good_token_nothing_is_shown_or_done() {
    let World { app, calls, bad_tokens, .. } = untouched();
    let before = books(app);
    for call in calls {
        let callers = std::iter::once(("no", None)).chain(bad_tokens.iter().map(|(name, token)| (*name, Some(token.as_str()))));
        for (name, token) in callers {
            let (status, text, headers) = call.by(app, token);
            assert_eq!(status, 401, "{} with a token {name}: {text}", call.operation);
            assert!(
                headers.iter().any(|(n, value)| n == "www-authenticate" && value == "Bearer"),
                "{} with a token {name}",
                call.operation
            );
            assert!(
                !text.contains("NHA-DRAFT") && !text.contains("LULUT"),
                "{} with a token {name} tells: {text}",
                call.operation
            );
        }
        // Nobody learns from a broken body or an odd query whether the rest would have been right.
        if call.body.is_some() {
            assert_eq!(
                app.anonymous().send(call.method(), &call.path, Some(b"{".to_vec())).status,
                401,
                "{} with broken JSON",
                call.operation
            );
        }
    }
    assert_eq!(books(app), before);
}

#[test]
fn strangers_find_nothing_and_readers_change_nothing() {
    let World { app, insider, calls, .. } = world();
    let commune = app.database.text("SELECT min(c.code) FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '01'");
    let before = books(&app);
    let all = [
        Role::ProvincialAdministrator,
        Role::ChapterChair,
        Role::Officer,
        Role::Accountant,
        Role::Inspector,
        Role::TracingOfficer,
        Role::BloodOfficer,
        Role::OrganOfficer,
    ];
    for place in ["01", &commune, "23059"] {
        let token = app.log_in(app.account_of(None, &all.map(|role| (role, place)))).token().to_owned();
        for call in &calls {
            let (status, text, _) = call.by(&app, Some(&token));
            assert_eq!(status, call.stranger, "{} by a stranger of {place}: {text}", call.operation);
        }
    }
    assert_eq!(books(&app), before, "a stranger changed something");
    let token = app.staff(Role::Inspector, "68").token().to_owned();
    for call in &calls {
        let (status, text, _) = call.by(&app, Some(&token));
        assert_eq!(status, call.reader, "{} by an inspector: {text}", call.operation);
    }
    // What is read is noted, and nothing else happens.
    let noted = app.database.number("SELECT count(*) FROM audit_event WHERE action = 'GIFT_READ'");
    assert_eq!(noted, 2, "reading a gift is noted: once by the officer who asks for a person, once here");
    let receipts = app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CASH_RECEIPT_READ'");
    assert_eq!(receipts, 3, "reading a receipt is noted: as data, as page, as PDF");
    assert_eq!(
        app.database.number("SELECT count(*) FROM entry WHERE kind LIKE 'GIFT%'"),
        14,
        "two for the requests of a person, one reversed, one of a closed month, seven that money and goods were taken from"
    );
    let token = app.log_in(insider).token().to_owned();
    for call in &calls {
        let (status, text, _) = call.by(&app, Some(&token));
        assert_eq!(status, call.insider, "{} by somebody who may: {text}", call.operation);
    }
}

/// The one operation that answers 200 to everybody who is logged in: each item is refused for itself.
#[test]
fn a_batch_of_a_stranger_books_nothing() {
    let World { app, .. } = untouched();
    let before = books(app);
    for (caller, status) in [(app.officer_of("23059"), 404), (app.staff(Role::Inspector, "68"), 403)] {
        let answer = caller.post(
            "/api/v1/gifts/batch",
            json!({"gifts": [app.gift(json!({})), app.gift(json!({"chapter": "no-such"}))]}),
            200,
        );
        assert_eq!((&answer["booked"], &answer["refused"]), (&json!(0), &json!(2)), "{answer}");
        assert_eq!(answer["items"][0]["problem"]["status"], status);
    }
    assert_eq!(books(app), before);
}

#[test]
fn public_operations_answer_without_a_token() {
    let World { app, public, .. } = world();
    for (operation, (path, body)) in &public {
        let method = operation.split(' ').next().unwrap();
        let answer = app.anonymous().send(method, path, body.as_ref().map(|body| body.to_string().into_bytes()));
        let expected = match *operation {
            "POST /api/v1/session" | "POST /api/v1/session/second-step" => 201,
            "POST /api/v1/public/volunteer-applications" | "POST /api/v1/public/drives/{code}/bookings" => 202,
            _ => 200,
        };
        assert_eq!(answer.status, expected, "{operation}: {}", answer.text);
        if *operation == "POST /api/v1/session/second-step" {
            continue; // Good once.
        }
        // A bad token must not shut anybody out of what everybody may see.
        let body = body.as_ref().map(|body| body.to_string().into_bytes());
        assert_eq!(app.bearer("abc").send(method, path, body).status, expected, "{operation} with a broken token");
    }
}

#[test]
fn other_methods_are_refused_by_name() {
    let World { app, calls, public, .. } = untouched();
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let documented = documented();
    let concrete = calls
        .iter()
        .map(|call| (call.operation, &call.path))
        .chain(public.iter().map(|(operation, (path, _))| (*operation, path)));
    for (operation, path) in concrete {
        let template = operation.split(' ').nth(1).unwrap();
        let known = documented
            .iter()
            .filter_map(|op| op.split_once(' ').filter(|(_, path)| *path == template).map(|(method, _)| method.to_owned()));
        let path = path.split('?').next().unwrap();
        // `/gifts/batch` is also a `/gifts/{id}` to GET, which then finds no such gift.
        let fits = |other: &str| {
            other.split('/').count() == path.split('/').count()
                && other.split('/').zip(path.split('/')).all(|(t, p)| t.starts_with('{') || t == p)
        };
        let overlapping = documented
            .iter()
            .filter_map(|op| op.split_once(' ').filter(|(_, other)| fits(other)).map(|(method, _)| method.to_owned()));
        paths.entry(path.to_owned()).or_default().extend(known.chain(overlapping));
    }
    let before = books(app);
    let body = |method: &str| ["POST", "PUT", "PATCH"].contains(&method).then(|| b"null".to_vec());
    let send = |method: &str, path: &str| app.anonymous().send(method, path, body(method));
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    for (path, known) in &paths {
        for method in methods.into_iter().filter(|method| !known.contains(*method)) {
            let answer = send(method, path);
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            let allowed: BTreeSet<String> = answer.header("allow").unwrap_or_default().split(", ").map(str::to_owned).collect();
            assert!(
                known.is_subset(&allowed) && !allowed.contains(method),
                "{method} {path} allows {allowed:?}, known {known:?}"
            );
        }
    }
    for path in [
        "/api/v1/nothing",
        "/api/v1",
        "/api/v2/gifts",
        "/api/v1/gifts/",
        "/api/v1/public",
        "/log",
        "/healthz/x",
        "/api/v1/gifts/batch/x/y",
    ] {
        for method in methods {
            let answer = send(method, path);
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
        }
    }
    assert_eq!(books(app), before);
}
