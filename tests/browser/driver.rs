//! A small W3C WebDriver client: chromedriver, one Chromium without a window, and what the tests ask of it. Every wait
//! polls with a deadline; everything ends with the value that started it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Hosts that lead here: plain http on a name is no secure context, unlike on the loopback address.
pub const INSECURE_HOST: &str = "so.test";

/// Keys as WebDriver names them.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";

pub struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
    profile: PathBuf,
}

/// Where the two programs are, when both are installed.
pub fn programs() -> Option<(PathBuf, PathBuf)> {
    let path = std::env::var_os("PATH")?;
    let find = |name: &str| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file());
    Some((find("chromium")?, find("chromedriver")?))
}

impl Browser {
    pub fn start((chromium, chromedriver): &(PathBuf, PathBuf)) -> Browser {
        let profile = PathBuf::from(format!("/tmp/sna-browser-{}", std::process::id()));
        std::fs::create_dir_all(&profile).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new(chromedriver)
            .arg(format!("--port={port}"))
            .env("HOME", &profile)
            .env("TMPDIR", &profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut browser = Browser { driver, session: format!("http://127.0.0.1:{port}"), agent, profile };
        let deadline = Instant::now() + PATIENCE;
        while !browser.send("GET", "/status", None).is_ok_and(|status| status["ready"] == true) {
            assert!(Instant::now() < deadline, "chromedriver did not become ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            format!("--user-data-dir={}", browser.profile.join("profile").display()),
            format!("--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1"),
        ];
        let options = json!({"binary": chromium, "args": arguments});
        // Elements are waited for: a click may have begun to load the page that has them.
        let timeouts = json!({"implicit": PATIENCE.as_millis() as u64});
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}, "timeouts": timeouts,
        }}});
        let made = browser.send("POST", "/session", Some(&wanted)).unwrap_or_else(|error| panic!("no browser: {error}"));
        browser.session = format!("{}/session/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser
    }

    /// One command; its value, or what the driver complains of.
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.session));
        let answer = match body {
            Some(body) => self.agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.map_err(|error| error.to_string())?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().map_err(|error| error.to_string())?;
        let mut said: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        match said["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", said["value"]["message"].as_str().unwrap_or_default())),
            None => Ok(said["value"].take()),
        }
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.send("POST", path, Some(&body)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn open(&self, url: &str) {
        self.post("/url", json!({"url": url}));
    }

    pub fn reload(&self) {
        self.post("/refresh", json!({}));
    }

    /// The value of a JavaScript expression in the page.
    pub fn eval(&self, expression: &str) -> Value {
        self.post("/execute/sync", json!({"script": format!("return ({expression})"), "args": []}))
    }

    /// Statements in the page.
    pub fn run(&self, statements: &str) {
        self.post("/execute/sync", json!({"script": statements, "args": []}));
    }

    pub fn text_of(&self, selector: &str) -> String {
        self.eval(&format!("document.querySelector({})?.innerText ?? ''", json!(selector)))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Polls until the expression is true.
    pub fn wait_for(&self, what: &str, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.eval(expression) != Value::Bool(true) {
            assert!(Instant::now() < deadline, "never happened: {what}\n{}\n{}", self.text_of("body"), self.console().join("\n"));
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// Loads the page again and again until the expression is true: pages may be kept for a few seconds.
    pub fn wait_for_reload(&self, what: &str, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        self.reload();
        while self.eval(expression) != Value::Bool(true) {
            assert!(Instant::now() < deadline, "never happened: {what}\n{}", self.text_of("body"));
            std::thread::sleep(Duration::from_millis(250));
            self.reload();
        }
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post("/element", json!({"using": "css selector", "value": selector}));
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("no {selector}")).to_owned()
    }

    pub fn click(&self, selector: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.send("POST", &format!("/element/{}/click", self.element(selector)), Some(&json!({}))) {
                // The page it was found on, or the live list, has just been replaced.
                Err(error) if error.starts_with("stale element") && Instant::now() < deadline => continue,
                done => return drop(done.unwrap_or_else(|error| panic!("{selector}: {error}"))),
            }
        }
    }

    /// Types into a field, or gives a file to a file field.
    pub fn type_into(&self, selector: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.element(selector)), json!({"text": text}));
    }

    /// A phone this wide; `None` is a desktop again.
    pub fn narrow(&self, width: Option<u32>) {
        match width {
            Some(width) => self.devtools(
                "Emulation.setDeviceMetricsOverride",
                json!({"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": true}),
            ),
            None => self.devtools("Emulation.clearDeviceMetricsOverride", json!({})),
        };
    }

    /// One key, to whatever has the focus.
    pub fn press(&self, key: &str) {
        let strokes = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Colours for the night, as the reader's system asks for them.
    pub fn night(&self, on: bool) {
        let scheme = json!({"name": "prefers-color-scheme", "value": if on { "dark" } else { "light" }});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [scheme]}));
    }

    /// The page as its style sheet has it on paper.
    pub fn printed(&self, on: bool) {
        self.devtools("Emulation.setEmulatedMedia", json!({"media": if on { "print" } else { "" }}));
    }

    pub fn scripts(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": !on}));
    }

    pub fn offline(&self, offline: bool) {
        self.devtools("Network.enable", json!({}));
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}),
        );
    }

    /// As new for the next scenario.
    pub fn settle(&self) {
        self.scripts(true);
        self.offline(false);
        self.narrow(None);
        self.night(false);
        self.open("about:blank");
        self.console();
    }

    fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters}))
    }

    /// What the page said on the console since the last time: errors of scripts, refusals of the content policy.
    pub fn console(&self) -> Vec<String> {
        let lines = self.post("/se/log", json!({"type": "browser"}));
        lines.as_array().into_iter().flatten().filter_map(|line| line["message"].as_str().map(str::to_owned)).collect()
    }

    /// A picture of the page for people to look at, in the folder BROWSER_PICTURES; nothing without one.
    pub fn picture(&self, name: &str) {
        if std::env::var_os("BROWSER_PICTURES").is_some() {
            keep(&format!("{name}.png"), &decoded(&self.send("GET", "/screenshot", None).unwrap()));
        }
    }

    /// The page as a printer gets it, as a PDF; on A4 unless it says otherwise.
    pub fn print(&self) -> Vec<u8> {
        decoded(&self.devtools("Page.printToPDF", json!({"preferCSSPageSize": true}))["data"])
    }

    /// [`Browser::print`] for people; like `picture` only where they look.
    pub fn paper(&self, name: &str) {
        if std::env::var_os("BROWSER_PICTURES").is_some() {
            keep(&format!("{name}.pdf"), &self.print());
        }
    }

    /// The whole page, wide and as on a phone.
    pub fn pictures(&self, name: &str) {
        if std::env::var_os("BROWSER_PICTURES").is_none() {
            return;
        }
        for (what, width, mobile) in [("wide", 1_280, false), ("phone", 360, true)] {
            let size = |height| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
            self.devtools("Emulation.setDeviceMetricsOverride", size(800));
            let height = self.eval("document.documentElement.scrollHeight").as_u64().unwrap_or(800);
            self.devtools("Emulation.setDeviceMetricsOverride", size(height.min(4_000)));
            self.picture(&format!("{name}-{what}"));
        }
        self.narrow(None);
    }
}

/// What the driver sent in base64.
fn decoded(sent: &Value) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(sent.as_str().unwrap()).unwrap()
}

/// Writes it into the folder BROWSER_PICTURES.
fn keep(name: &str, bytes: &[u8]) {
    let Some(folder) = std::env::var_os("BROWSER_PICTURES") else { return };
    std::fs::write(PathBuf::from(folder).join(name.replace(' ', "-")), bytes).unwrap();
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser with the session; it is itself ours to end.
        let _ = self.send("DELETE", "", None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
