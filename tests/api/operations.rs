//! What operators rely on: metrics, limits for each client, browsers of other origins, keys for attempts.

use diesel::connection::SimpleConnection;
use serde_json::json;
use so_nhan_ai::config::Web;

use crate::harness::{Caller, Database, TestApp};
use crate::kit::appeal;

/// A server behind a trusted proxy on this machine, with little to give to each client.
fn behind_proxy(public_rate: u32) -> TestApp {
    let database = Database::fresh();
    TestApp::start_with_web(
        database,
        Web {
            trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
            public_rate,
            cors_origins: vec!["https://so.example.org.vn".to_owned()],
            metrics_from: vec!["198.51.100.0/24".parse().unwrap()],
        },
    )
}

fn from<'a>(app: &'a TestApp, address: &str) -> Caller<'a> {
    app.anonymous().with("x-forwarded-for", address)
}

/// Asks until it is refused; how often it was answered.
fn until_refused(caller: &Caller<'_>, path: &str) -> usize {
    (0..500).take_while(|_| caller.send("GET", path, None).status != 429).count()
}

#[test]
fn a_greedy_client_is_slowed_and_nobody_else() {
    // One a second: a machine that is busy with other tests answers faster than that.
    let app = behind_proxy(1);
    let greedy = from(&app, "203.0.113.7");
    let mut answers = (0..200).map(|_| greedy.send("GET", "/api/v1/public/totals", None));
    let answered = answers.by_ref().take_while(|answer| answer.status == 200).count();
    assert!(answered >= 5, "{answered} for a burst of 5");
    let refused = answers.find(|answer| answer.status == 429).expect("refused in the end");
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(refused.json()["type"], "/problems/rate-limited");
    from(&app, "203.0.113.8").get("/api/v1/public/totals", 200);
    // What it says of itself further left is not believed: same client.
    let dressed_up = from(&app, "198.51.100.99, 203.0.113.7");
    assert!(until_refused(&dressed_up, "/api/v1/public/totals") < 10);
}

#[test]
fn an_ipv6_household_is_one_client_and_files_are_counted_apart() {
    let app = behind_proxy(4);
    app.open_appeal("68", "LULUT-2026");
    let path = "/api/v1/public/appeals/LULUT-2026/ledger.csv";
    assert_eq!(until_refused(&from(&app, "2001:db8:1:1::5"), path), 1, "a quarter of four a minute");
    from(&app, "2001:db8:1:1:ffff::6").get(path, 429);
    from(&app, "2001:db8:1:1::5").get("/api/v1/public/totals", 200);
    from(&app, "2001:db8:1:2::5").get_text(path, 200);
}

#[test]
fn cached_entries_are_free() {
    let app = behind_proxy(1);
    let gift = app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_log();
    let path = format!("/api/v1/public/entries/{}", gift["code"].as_str().unwrap());
    let giver = from(&app, "203.0.113.7");
    giver.get(&path, 200);
    assert_eq!(until_refused(&giver, &path), 500);
    assert!(until_refused(&giver, "/api/v1/public/totals") < 50, "what is not cached is charged");
    assert!(metric(&app, "sna_public_cache_total{what=\"hit\"}") >= 500.0);
}

#[test]
fn without_a_trusted_proxy_this_machine_is_free() {
    let app = TestApp::start_with_web(Database::fresh(), Web { public_rate: 1, ..Web::default() });
    assert_eq!(until_refused(&from(&app, "203.0.113.7"), "/api/v1/public/totals"), 500);
}

#[test]
fn log_ins_from_one_network_are_limited_whatever_names_they_try() {
    let app = behind_proxy(1);
    let try_name = |n: usize| {
        let body = json!({"user": format!("nobody{n}"), "password": "sai mật khẩu"});
        from(&app, "203.0.113.7").send("POST", "/api/v1/session", Some(body.to_string().into_bytes())).status
    };
    let statuses: Vec<u16> = (0..6).map(try_name).collect();
    assert_eq!(statuses[0], 401);
    assert_eq!(*statuses.last().unwrap(), 429, "{statuses:?}");
    let other = json!({"user": "nobody", "password": "x"});
    from(&app, "203.0.113.8").post("/api/v1/session", other, 401);
}

/// The value of a line of the metrics.
fn metric(app: &TestApp, name: &str) -> f64 {
    let text = app.anonymous().get_text("/metrics", 200);
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[test]
fn metrics_tell_what_happened() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    officer.post("/api/v1/gifts", gift, 200);
    officer.post("/api/v1/gifts/batch", json!({"gifts": [app.gift(json!({})), app.gift(json!({"amount_vnd": 0}))]}), 200);
    app.wait_for_index();
    for (name, value) in [
        ("sna_gifts_total{path=\"single\",outcome=\"BOOKED\"}", 1.0),
        ("sna_gifts_total{path=\"single\",outcome=\"ALREADY_BOOKED\"}", 1.0),
        ("sna_gifts_total{path=\"batch\",outcome=\"BOOKED\"}", 1.0),
        ("sna_gifts_total{path=\"batch\",outcome=\"REFUSED\"}", 1.0),
        ("sna_intake_queue_gifts", 0.0),
        ("sna_intake_batch_gifts_count", 2.0),
        ("sna_http_answers_total{method=\"POST\",route=\"/api/v1/gifts\",status=\"201\"}", 1.0),
        ("sna_http_answer_seconds_count{method=\"POST\",route=\"/api/v1/gifts/batch\"}", 1.0),
        ("sna_database_up", 1.0),
        ("sna_log_size_leaves", 2.0),
        ("sna_log_pending_leaves", 0.0),
        ("sna_search_following", 1.0),
        ("sna_search_lag_leaves", 0.0),
        ("sna_search_documents", 2.0),
        ("sna_log_leaves_sequenced_total", 2.0),
    ] {
        assert_eq!(metric(&app, name), value, "{name}");
    }
    assert!(metric(&app, "sna_process_resident_memory_bytes") > 1e6);
    assert!(metric(&app, "sna_db_connections{pool=\"work\",state=\"open\"}") >= 1.0);
    // Paths that a client makes up share one label.
    for n in 0..3 {
        app.anonymous().get(&format!("/made/up/{n}"), 404);
    }
    assert_eq!(metric(&app, "sna_http_answers_total{method=\"GET\",route=\"none\",status=\"404\"}"), 3.0);
}

#[test]
fn metrics_are_for_this_machine_and_named_networks() {
    let app = behind_proxy(50);
    let answer = app.anonymous().send("GET", "/metrics", None);
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    // Whatever a proxy passes on, it is not who asks: not even where it names somebody who might.
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-for", "198.51.100.20"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-for", ""),
        ("x-forwarded-for", "203.0.113.7,"),
        ("x-forwarded-for", "\u{e9}"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        app.anonymous().with(name, value).get("/metrics", 404);
    }
}

/// Behind a proxy that is believed, whoever it does not name readably shares one bucket: neither free nor this machine.
#[test]
fn who_is_not_named_behind_a_proxy_is_limited_too() {
    let app = behind_proxy(1);
    let odd = ["", ",", "203.0.113.7,", "unknown", "\u{e9}", "203.0.113.7\u{e9}"];
    let log_in = |forwarded: &str| {
        let body = json!({"user": "nobody", "password": "sai mật khẩu"});
        from(&app, forwarded).send("POST", "/api/v1/session", Some(body.to_string().into_bytes())).status
    };
    let statuses: Vec<u16> = odd.iter().chain(&odd).map(|forwarded| log_in(forwarded)).collect();
    assert!(statuses[2..].iter().all(|status| *status == 429), "{statuses:?}");
    let answered: usize = odd.iter().map(|forwarded| until_refused(&from(&app, forwarded), "/api/v1/public/totals")).sum();
    assert!(answered < 50, "{answered} for a burst of 5");
    // Two lines, of which the nearer is odd; and other headers alone.
    let two = from(&app, "203.0.113.9").with("x-forwarded-for", "oops");
    let alone = ["forwarded", "x-real-ip"].map(|header| app.anonymous().with(header, "203.0.113.10"));
    for caller in [two].iter().chain(&alone) {
        assert!(until_refused(caller, "/api/v1/public/totals") < 50);
    }
    // What a client writes further left spoils nothing: it is still who the proxy says.
    from(&app, "\u{e9},, 203.0.113.11").get("/api/v1/public/totals", 200);
    app.anonymous().get("/api/v1/public/totals", 200);
}

#[test]
fn pages_of_other_origins_read_what_is_public_and_ours_the_rest() {
    let app = behind_proxy(50);
    let preflight = |origin: &str, path: &str| {
        let asked = app.anonymous().with("origin", origin).with("access-control-request-method", "GET");
        let answer = asked.with("access-control-request-headers", "authorization").send("OPTIONS", path, None);
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    let (ours, theirs) = ("https://so.example.org.vn", "https://bao.example");
    assert_eq!(preflight(ours, "/api/v1/gifts").as_deref(), Some(ours));
    assert_eq!(preflight(theirs, "/api/v1/gifts"), None);
    assert_eq!(preflight(theirs, "/api/v1/public/totals").as_deref(), Some(theirs));
    // Errors can be read by the page as well, and no answer allows credentials.
    let refused = app.anonymous().with("origin", ours).send("GET", "/api/v1/gifts", None);
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some(ours)));
    assert!(refused.header("access-control-expose-headers").unwrap().to_ascii_lowercase().contains("retry-after"));
    assert_eq!(refused.header("access-control-allow-credentials"), None);
    let hidden = app.anonymous().with("origin", theirs).send("GET", "/api/v1/gifts", None);
    assert_eq!(hidden.header("access-control-allow-origin"), None);
}

#[test]
fn a_key_is_one_attempt() {
    let app = TestApp::start();
    let chair = app.chair_of("68");
    for code in ["MOT", "HAI"] {
        appeal(&app, "68", code).draft(&chair);
    }
    let keyed = chair.with("idempotency-key", "\"lần-mở\"");
    keyed.post("/api/v1/appeals/MOT/opening", json!(null), 400);
    let keyed = chair.with("idempotency-key", "\"7c9e6679\"");
    let answer = keyed.send("POST", "/api/v1/appeals/MOT/opening", None);
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, None));
    chair.post("/api/v1/appeals/MOT/closing", json!(null), 200);
    // The answer was lost, the request comes again, late: it was done once and is not tried again.
    let again = keyed.send("POST", "/api/v1/appeals/MOT/opening", None);
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.json()["state"], "CLOSED");
    chair.post("/api/v1/appeals/MOT/opening", json!(null), 409);
    let other = keyed.post("/api/v1/appeals/HAI/opening", json!(null), 422);
    assert_eq!(other["type"], "/problems/idempotency-key-reused");
    // Keys are each account's own, and a week old they are forgotten.
    app.chair_of("68").with("idempotency-key", "7c9e6679").post("/api/v1/appeals/HAI/opening", json!(null), 200);
}

#[test]
fn a_key_whose_work_failed_was_never_used_and_an_old_one_is_forgotten() {
    let app = TestApp::start();
    let account = app.account(so_nhan_ai::authz::Role::ChapterChair, "68");
    let keyed = app.log_in(account);
    let keyed = keyed.with("idempotency-key", "k1");
    keyed.post("/api/v1/appeals/KHONGCO/opening", json!(null), 404);
    app.open_appeal("68", "CO");
    let answer = keyed.send("POST", "/api/v1/appeals/CO/closing", None);
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, None));
    app.clock.advance(chrono::Duration::days(8));
    let later = app.log_in(account);
    let later = later.with("idempotency-key", "k1").send("POST", "/api/v1/appeals/CO/closing", None);
    assert_eq!((later.status, later.header("idempotency-replayed")), (200, None));
}

#[test]
fn twins_with_one_key_are_one_attempt() {
    let app = TestApp::start();
    let chair = app.account(so_nhan_ai::authz::Role::ChapterChair, "68");
    app.open_appeal("68", "SONG-SINH");
    let replays: usize = std::thread::scope(|scope| {
        let send = || {
            let caller = app.log_in(chair);
            let answer = caller.with("idempotency-key", "k").send("POST", "/api/v1/appeals/SONG-SINH/closing", None);
            assert_eq!(answer.status, 200, "{}", answer.text);
            usize::from(answer.header("idempotency-replayed").is_some())
        };
        let twins: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        twins.into_iter().map(|twin| twin.join().unwrap()).sum()
    });
    assert_eq!(replays, 7);
}

/// Four requests may hold a connection at a time here; four of the public hold theirs and wait.
#[test]
fn a_rush_of_the_public_keeps_no_officer_waiting() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut held = app.database.connect();
    held.batch_execute("BEGIN; LOCK TABLE total_overall IN ACCESS EXCLUSIVE MODE").unwrap();
    std::thread::scope(|scope| {
        for chapter in ["TW", "68", "01", "23095"] {
            let app = &app;
            scope.spawn(move || app.anonymous().get(&format!("/api/v1/public/totals?chapter={chapter}"), 200));
        }
        app.database.wait_until(
            "SELECT count(*) = 4 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        officer.get("/api/v1/session", 200);
        held.batch_execute("COMMIT").unwrap();
    });
}
