//! Links for people without an account: opening one changes nothing, using one does what it is for, once, and only until its end.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::test as calling;
use actix_web::{App, web};
use chrono::Duration;
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Granted, Record, Visit};
use so_nhan_ai::http::finish::finish;
use so_nhan_ai::http::{Metrics, Problem, Say};
use so_nhan_ai::links::{self, Acted, LinkError, LinkPage, NewLink, Shown, Standing, Token};
use uuid::Uuid;

use crate::harness::TestApp;

/// What links were used for: subjects, in order.
type Done = Arc<Mutex<Vec<Uuid>>>;

fn page(done: &Done) -> LinkPage {
    let done = Arc::clone(done);
    let shown = Shown {
        title: Say::fixed("Xác nhận", "Confirm"),
        text: Say::fixed("Anh chị <có> đến không?", "Will you come?"),
        button: Say::fixed("Tôi sẽ đến", "I will come"),
        fields: Vec::new(),
    };
    LinkPage::new(
        "CONFIRM",
        move |_, _| Ok(Some(shown.clone())),
        move |_, link, _, _| {
            done.lock().unwrap().push(link.subject);
            Ok(Acted::Done(Say::fixed("Cảm ơn anh chị", "Thank you")))
        },
    )
}

/// Does something with the right of an officer of Hàm Liêm.
fn granted<T>(app: &TestApp, work: impl FnOnce(&mut diesel::PgConnection, &Granted<Record>) -> Result<T, Problem>) -> T {
    let officer = app.officer_of("23095");
    let claims = app.shared.tokens.verify(officer.token(), Purpose::Access, app.now()).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    let done = app.shared.db.tx_blocking(|conn| -> Result<T, Problem> {
        let mut v = Visit::enter(conn, &app.shared.vault, app.now(), actor)?;
        let (granted, _) = v.at_code::<Record>("23095")?;
        work(v.conn, &granted)
    });
    done.unwrap()
}

fn new(app: &TestApp, once: bool) -> NewLink {
    NewLink { id: Uuid::now_v7(), purpose: "CONFIRM", subject: Uuid::now_v7(), ends_at: app.now() + Duration::days(3), once }
}

fn make(app: &TestApp, new: &NewLink) -> Token {
    granted(app, |conn, by| links::make(conn, &app.shared.vault, by, app.now(), new).map_err(Problem::internal))
}

/// Calls the pages of links, as a server would serve them; returns status, head and text of each answer.
fn calls(app: &TestApp, done: &Done, requests: &[(Method, impl AsRef<str>)]) -> Vec<(StatusCode, String, String)> {
    let shared = app.shared.clone();
    let pages = vec![page(done)];
    actix_web::rt::System::new().block_on(async move {
        let service = calling::init_service(
            App::new()
                .app_data(web::Data::new(shared.db.clone()))
                .app_data(web::Data::new(shared.clock.clone()))
                .app_data(shared.vault.clone())
                .app_data(web::Data::new(Metrics::default()))
                .wrap(from_fn(finish))
                .configure(links::routes::configure(pages)),
        )
        .await;
        let mut answers = Vec::new();
        for (method, path) in requests {
            let request = calling::TestRequest::default().method(method.clone()).uri(path.as_ref()).to_request();
            let answer: ServiceResponse<_> = calling::call_service(&service, request).await;
            let (status, head) = (answer.status(), format!("{:?}", answer.headers()));
            answers.push((status, head, String::from_utf8(calling::read_body(answer).await.to_vec()).unwrap()));
        }
        answers
    })
}

/// What a link has been used for, and how often it says so.
fn uses(app: &TestApp, link: &NewLink) -> i64 {
    app.database.number(&format!("SELECT uses FROM link WHERE id = '{}'", link.id))
}

#[test]
fn a_scanner_that_opens_a_link_changes_nothing() {
    let app = TestApp::start();
    let (done, link) = (Done::default(), new(&app, true));
    let path = make(&app, &link).path();
    let before = app.database.text("SELECT string_agg(l::text, '') FROM link l");
    let answers = calls(&app, &done, &[(Method::GET, &path), (Method::HEAD, &path), (Method::GET, &path)]);
    for (status, head, _) in &answers {
        assert_eq!(*status, StatusCode::OK);
        for sign in ["no-referrer", "no-store", "noindex", "form-action 'self'"] {
            assert!(head.contains(sign), "no {sign} in {head}");
        }
    }
    assert!(
        answers[0].2.contains("Anh chị &#60;có&#62; đến không?") && answers[0].2.contains("<form method=\"post\">"),
        "{}",
        answers[0].2
    );
    assert!(!answers[0].2.contains(&path), "the page does not repeat its address");
    assert_eq!(app.database.text("SELECT string_agg(l::text, '') FROM link l"), before);
    assert_eq!(done.lock().unwrap().len(), 0);
    let answers = calls(&app, &done, &[(Method::POST, &path), (Method::PUT, &path)]);
    assert!(answers[0].2.contains("Cảm ơn anh chị"), "{}", answers[0].2);
    assert_ne!(answers[1].0, StatusCode::OK);
    assert_eq!(*done.lock().unwrap(), [link.subject]);
}

#[test]
fn a_link_for_once_is_used_once_even_by_two_at_once() {
    let app = TestApp::start();
    let (done, once, often) = (Done::default(), new(&app, true), new(&app, false));
    let (path, other) = (make(&app, &once).path(), make(&app, &often).path());
    let statuses: Vec<StatusCode> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..4).map(|_| scope.spawn(|| calls(&app, &done, &[(Method::POST, &path)])[0].0)).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::GONE).count(), 3);
    assert_eq!(uses(&app, &once), 1);
    calls(&app, &done, &[(Method::POST, &other), (Method::POST, &other)]);
    assert_eq!(uses(&app, &often), 2);
    assert_eq!(*done.lock().unwrap(), [once.subject, often.subject, often.subject]);
    let (status, _, text) = calls(&app, &done, &[(Method::GET, &path)]).remove(0);
    assert!(status == StatusCode::GONE && text.contains("đã được dùng"), "{text}");
}

#[test]
fn a_link_is_good_until_its_end_or_until_it_is_taken_back() {
    let app = TestApp::start();
    let (done, link, other) = (Done::default(), new(&app, false), new(&app, false));
    let (path, revoked) = (make(&app, &link).path(), make(&app, &other).path());
    assert!(granted(&app, |conn, by| Ok(links::revoke(conn, by, app.now(), other.id)?)));
    assert!(!granted(&app, |conn, by| Ok(links::revoke(conn, by, app.now(), other.id)?)), "once");
    app.clock.advance(Duration::days(3) - Duration::seconds(1));
    assert_eq!(
        calls(&app, &done, &[(Method::POST, &path), (Method::POST, &revoked)]).iter().map(|a| a.0).collect::<Vec<_>>(),
        [StatusCode::OK, StatusCode::GONE]
    );
    app.clock.advance(Duration::seconds(1));
    let (status, _, text) = calls(&app, &done, &[(Method::POST, &path)]).remove(0);
    assert!(status == StatusCode::GONE && text.contains("hết hạn"), "{text}");
    assert_eq!(*done.lock().unwrap(), [link.subject]);
    let again = NewLink { id: Uuid::now_v7(), ends_at: app.now() + Duration::days(1), ..link };
    let path = make(&app, &again).path();
    assert_eq!(granted(&app, |conn, by| Ok(links::revoke_of(conn, by, app.now(), "CONFIRM", link.subject)?)), 2);
    assert_eq!(calls(&app, &done, &[(Method::POST, &path)])[0].0, StatusCode::GONE);
    for ends_at in [app.now(), app.now() + Duration::days(401)] {
        let refused = granted(&app, |conn, by| {
            Ok(links::make(conn, &app.shared.vault, by, app.now(), &NewLink { id: Uuid::now_v7(), ends_at, ..link }))
        });
        assert!(matches!(refused, Err(LinkError::End)));
    }
}

#[test]
fn a_link_is_for_its_own_subject_and_purpose() {
    let app = TestApp::start();
    let (done, link) = (Done::default(), new(&app, false));
    let other = NewLink { purpose: "CANCEL", ..new(&app, false) };
    let (path, foreign) = (make(&app, &link).path(), make(&app, &other).path());
    // Nothing in a request names a subject: whatever is added changes nothing.
    calls(&app, &done, &[(Method::POST, &format!("{path}?subject={}", other.subject))]);
    assert_eq!(*done.lock().unwrap(), [link.subject]);
    // A purpose that has no page here does not exist, and neither does a secret that is nearly right.
    let changed = format!("{}{}", &path[..path.len() - 1], if path.ends_with('A') { 'B' } else { 'A' });
    for wrong in [foreign.as_str(), changed.as_str(), "/l/", "/l/x"] {
        assert_eq!(calls(&app, &done, &[(Method::POST, wrong)])[0].0, StatusCode::NOT_FOUND, "{wrong}");
    }
    assert_eq!(done.lock().unwrap().len(), 1);
    let standing = app.shared.db.read_blocking(|conn| links::look(conn, &app.shared.vault, app.now(), "x")).unwrap();
    assert_eq!(standing, Standing::Unknown);
}

/// A writer of log lines that keeps them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_secret_is_in_no_line_of_ours_and_not_in_the_database() {
    let app = TestApp::start();
    let (done, link) = (Done::default(), new(&app, true));
    let token = make(&app, &link);
    // Somebody listens to everything from now on: else a place in the code that another test reaches first is put down as one nobody
    // listens to.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    let (path, lines) = (token.path(), Lines::default());
    let (secret, nothing) = (path.trim_start_matches("/l/"), "/l/nothing".to_owned());
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        calls(&app, &done, &[(Method::GET, &path), (Method::POST, &path), (Method::POST, &path), (Method::GET, &nothing)]);
        tracing::info!(?token, "as somebody might");
    });
    let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let is_ours = |line: &&str| ["so_nhan_ai", "frame::", "as somebody"].iter().any(|sign| line.contains(sign));
    let ours: Vec<&str> = lines.lines().filter(is_ours).collect();
    assert!(ours.iter().any(|line| line.contains("/l/{token}")) && ours.len() >= 4, "{ours:#?}");
    assert!(ours.iter().all(|line| !line.contains(secret)), "{ours:#?}");
    let dump = app.database.text("SELECT (SELECT string_agg(l::text, '') FROM link l) || (SELECT coalesce(string_agg(a::text, ''), '') FROM audit_event a)");
    assert!(!dump.contains(secret));
}

/// The part of the nginx example that a path goes to.
fn location(nginx: &str, head: &str) -> String {
    nginx
        .split(&format!("location {head} {{"))
        .nth(1)
        .unwrap_or_else(|| panic!("no location {head}"))
        .split('}')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn the_proxy_keeps_no_log_of_links_and_of_whom_officers_look_for() {
    let nginx = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/deploy/nginx.conf")).unwrap();
    let document = so_nhan_ai::app::document().unwrap();
    let looks_for_somebody = |operation: &serde_json::Value| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.filter(|one| one["in"] == "query").any(|one| one["name"] == "q" || one["name"] == "phone")
    };
    let mut found: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, item)| looks_for_somebody(&item["get"]))
        .map(|(path, _)| path.as_str())
        .collect();
    // Goods, and what is public.
    found.retain(|path| !path.starts_with("/api/v1/public/") && *path != "/api/v1/stock/items");
    let names: Vec<&str> = found.iter().map(|path| path.trim_start_matches("/api/v1/")).collect();
    let of_links = ["/l/", "/huy-dong/", "/can-mau/", "/hien-mau/cho/"].map(str::to_owned);
    for head in of_links.into_iter().chain([format!("~ ^/api/v1/({})$", names.join("|"))]) {
        let location = location(&nginx, &head);
        assert!(location.contains("access_log off;") && location.contains("error_log /dev/null crit;"), "{location}");
    }
}
