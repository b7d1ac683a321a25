//! Behind Debian's nginx with the configuration we recommend (`docs/deploy/nginx.conf`): what a client is given it can give
//! back, and who asks stays who they are.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use so_nhan_ai::config::Web;
use uuid::Uuid;

use crate::harness::{Database, TestApp, eventually};

/// nginx in front of a server; it ends with the test.
struct Nginx {
    process: Child,
    folder: PathBuf,
    base: String,
    agent: ureq::Agent,
}

struct Answer {
    status: u16,
    etag: Option<String>,
    packed: bool,
    text: String,
}

impl Nginx {
    /// `None` where there is no nginx: with `CI=true` that is a failure.
    fn before(app: &TestApp) -> Option<Nginx> {
        let Some(program) = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists()) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "nginx is missing: make setup-outside");
            eprintln!("\x1b[31mSKIPPED: nginx is missing: make setup-outside\x1b[0m");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("sna-nginx-{}", Uuid::new_v4().simple()));
        fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(folder.join("nginx.conf"), configuration(&folder, app, port)).unwrap();
        let log = fs::File::create(folder.join("stderr")).unwrap();
        let process = Command::new(program)
            .args(["-e", "stderr", "-p"])
            .arg(&folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let nginx = Nginx { process, folder, base: format!("http://127.0.0.1:{port}"), agent };
        let ready = || nginx.agent.get(format!("{}/healthz", nginx.base)).call().is_ok_and(|answer| answer.status() == 200);
        eventually("nginx answers", ready);
        Some(nginx)
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (etag, packed) = (header("etag"), header("content-encoding").as_deref() == Some("gzip"));
        let bytes = answer.body_mut().read_to_vec().unwrap();
        Answer { status: answer.status().as_u16(), etag, packed, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The recommended file, with this server behind it and a free port in front; without TLS, for want of a certificate.
fn configuration(folder: &Path, app: &TestApp, port: u16) -> String {
    let text = include_str!("../../docs/deploy/nginx.conf");
    let own = |line: &&str| !["ssl_certificate", "listen [::]"].iter().any(|begin| line.trim_start().starts_with(begin));
    let mut site: String = text.lines().filter(own).flat_map(|line| [line, "\n"]).collect();
    let server = app.base.strip_prefix("http://").unwrap();
    let cache = folder.join("cache");
    for (from, to) in [
        ("127.0.0.1:8080", server.to_owned()),
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port};")),
        ("listen 80;", format!("listen unix:{};", folder.join("plain").display())),
        ("/var/cache/nginx/so-nhan-ai", cache.display().to_string()),
    ] {
        assert!(site.contains(from), "{from}");
        site = site.replace(from, &to);
    }
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .into_iter()
        .map(|what| format!("{what}_temp_path {};\n", folder.join(what).display()))
        .collect();
    format!(
        "daemon off;\nmaster_process off;\npid {0}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}\n}}\n",
        folder.display()
    )
}

fn behind_nginx() -> TestApp {
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    TestApp::start_with_web(Database::fresh(), Web { trusted_proxies: trusted, ..Web::default() })
}

#[test]
fn what_is_read_through_the_recommended_nginx_can_be_changed_through_it() {
    let app = behind_nginx();
    app.open_appeal("23095", "AO-AM");
    let Some(nginx) = Nginx::before(&app) else { return };
    let chair = app.chair_of("23095");
    let bearer = format!("Bearer {}", chair.token());
    let headers = [("authorization", bearer.as_str()), ("accept-encoding", "gzip")];
    let long = "Áo ấm cho học sinh vùng cao ".repeat(10);
    for (path, changes) in [
        ("/api/v1/appeals/AO-AM", [json!({"purpose": long}), json!({"purpose": "Áo ấm"})]),
        (
            "/api/v1/chapters/23095",
            [json!({"contact": {"phone": "0252 3123 456"}}), json!({"contact": {"phone": "0252 3123 457"}})],
        ),
    ] {
        let read = nginx.send("GET", path, &headers, None);
        let tag = read.etag.clone().unwrap();
        assert!(read.status == 200 && read.packed && tag.starts_with("W/"), "nginx compresses and weakens: {path} {tag}");
        for (change, expected) in changes.iter().zip([200, 409]) {
            let with = [&headers[..], &[("if-match", tag.as_str())]].concat();
            let changed = nginx.send("PATCH", path, &with, Some(change));
            assert_eq!(changed.status, expected, "{path} {tag}: {}", changed.text);
        }
        let any = nginx.send("PATCH", path, &[&headers[..], &[("if-match", "*")]].concat(), Some(&changes[1]));
        assert_eq!(any.status, 200, "{path}: {}", any.text);
    }
    // The same for what is only read: the weak tag is known again.
    let path = "/api/v1/public/appeals";
    let first = nginx.send("GET", path, &[("accept-encoding", "gzip")], None);
    let tag = first.etag.unwrap();
    assert!(first.packed && tag.starts_with("W/"), "{tag}");
    assert_eq!(nginx.send("GET", path, &[("if-none-match", &tag), ("accept-encoding", "gzip")], None).status, 304);
    pages_are_not_mixed_up(&app, &nginx);
    people_are_not_mixed_up(&nginx);
}

/// An address and a language, and the same letters parted elsewhere.
fn pages_are_not_mixed_up(app: &TestApp, nginx: &Nginx) {
    let officer = app.officer_of("23095");
    for amount in [1, 100] {
        officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": amount})), 201);
    }
    let found = |amount: &str, language: &[(&str, &str)]| -> Value {
        let answer = nginx.send("GET", &format!("/api/v1/public/entries?amount_vnd={amount}"), language, None);
        assert_eq!(answer.status, 200, "{}", answer.text);
        serde_json::from_str::<Value>(&answer.text).unwrap()["items"][0]["amount_vnd"].clone()
    };
    assert_eq!(found("1", &[("accept-language", "00")]), 1);
    assert_eq!(found("100", &[]), 100);
}

/// Nobody passes for this machine by what they write into a header, and nobody reads the metrics.
fn people_are_not_mixed_up(nginx: &Nginx) {
    for (name, claim) in [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", ""), ("forwarded", "for=127.0.0.1")] {
        let body = json!({"user": "nobody", "password": "x"});
        let status = nginx.send("POST", "/api/v1/session", &[(name, claim)], Some(&body)).status;
        assert!([401, 429].contains(&status), "{name}: {status}");
    }
    assert_eq!(nginx.send("GET", "/metrics", &[], None).status, 404);
}
