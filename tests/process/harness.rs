//! A folder, a server in it, and somebody who calls it; all of it ends with the test, however the test ends.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use so_nhan_ai::db::private::{NAME, url_of_running};
use so_nhan_ai::identity::second_factor::Authenticator;
use uuid::Uuid;

use self::scratch::scratch;

#[path = "../api/harness/scratch.rs"]
mod scratch;

pub const PASSWORD: &str = "một mật khẩu dài";

/// A folder for a test's data; its PostgreSQL is ended and all is removed when the test ends.
pub struct Folder {
    pub top: PathBuf,
    pub data: PathBuf,
}

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let top = scratch().join(format!("sna-process-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(&top).unwrap();
        // PostgreSQL runs as another user when the tests run as root.
        fs::set_permissions(&top, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        Folder { data: top.join("data"), top }
    }

    /// With an installation in it that was started once and stopped: its database, its tables and the units of the country
    /// take seconds to make, and most tests are about what comes afterwards.
    pub fn ready() -> Folder {
        let folder = Folder::new();
        let copied = Command::new("cp").arg("-a").arg(installation()).arg(&folder.data).status().unwrap();
        assert!(copied.success());
        folder
    }

    /// The program with this data folder and nothing of the tests' own environment.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_so-nhan-ai"));
        command.args(args).env_clear().env("SNA_DATA_DIR", &self.data).current_dir("/");
        for name in ["PATH", "HOME", "TMPDIR", "PG_BIN"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// A command that must end by itself, with what it says.
    pub fn run(&self, args: &[&str]) -> Said {
        said(&mut self.program(args), "")
    }

    /// An officer made beside the running server (or without one).
    pub fn officer(&self, user: &str, role: &str, chapter: &str) {
        let made = self.create(user, &["--role", role, "--chapter", chapter], PASSWORD);
        assert!(made.ok(), "{made:?}");
        assert!(made.out.contains(user) && !made.out.contains(PASSWORD), "{made:?}");
    }

    pub fn create(&self, user: &str, more: &[&str], password: &str) -> Said {
        let mut args =
            vec!["officer", "create", "--user", user, "--name", "Trần Thị Hạnh", "--decision", "QĐ 1/TEST", "--password-stdin"];
        args.extend(more);
        said(&mut self.program(&args), password)
    }

    pub fn postmaster(&self) -> Option<i32> {
        fs::read_to_string(self.data.join("postgres/postmaster.pid")).ok()?.lines().next()?.parse().ok()
    }

    /// A second connection to the private database.
    pub fn connect(&self) -> PgConnection {
        let url = url_of_running(&self.data, NAME).expect("PostgreSQL runs");
        PgConnection::establish(&url).unwrap()
    }

    /// The one number a query answers.
    pub fn number(&self, sql: &str) -> i64 {
        diesel::select(diesel::dsl::sql::<BigInt>(&format!("({sql})::bigint"))).get_result(&mut self.connect()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster().filter(|&pid| works_in(pid, &self.data.join("postgres"))) {
            let _ = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
            eventually("the postmaster is gone", || !is_alive(pid));
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.top.join("server.log")).unwrap_or_default();
            eprintln!("the end of the server's log:\n{}", log.lines().rev().take(25).collect::<Vec<_>>().join("\n"));
        }
        let _ = fs::remove_dir_all(&self.top);
    }
}

/// The installation that [`Folder::ready`] copies, made anew for every build of the program.
fn installation() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installation");
        let lock = File::create(place.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let (data, made_by) = (place.join("data"), place.join("made-by"));
        let program = fs::metadata(env!("CARGO_BIN_EXE_so-nhan-ai")).unwrap();
        let build = format!("{:?} {}", program.modified().unwrap(), program.len());
        if fs::read_to_string(&made_by).ok().as_ref() != Some(&build) {
            let _ = fs::remove_dir_all(&place);
            fs::create_dir(&place).unwrap();
            let folder = Folder::new();
            Server::start(&folder).stop();
            assert_eq!(folder.postmaster(), None, "PostgreSQL was stopped with the server");
            let copied = Command::new("cp").arg("-a").arg(&folder.data).arg(&data).status().unwrap();
            assert!(copied.success());
            fs::write(&made_by, build).unwrap();
        }
        data
    })
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn ok(&self) -> bool {
        self.status.success()
    }

    /// It failed with exit code 1, and one line of its own says why.
    pub fn complaint(&self) -> &str {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|line| line.starts_with("so-nhan-ai: ")).collect();
        assert_eq!(lines.len(), 1, "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        lines[0]
    }
}

/// Runs a command to its end, at most 60 seconds.
pub fn said(command: &mut Command, stdin: &str) -> Said {
    let mut child = Mortal(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let _ = child.0.stdin.take().unwrap().write_all(stdin.as_bytes());
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = pipe.unwrap().read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let out = read(child.0.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = read(child.0.stderr.take().map(|pipe| Box::new(pipe) as _));
    let status = child.wait(Duration::from_secs(60));
    Said { status, out: out.join().unwrap(), err: err.join().unwrap() }
}

/// A process that does not outlive its test.
pub struct Mortal(pub Child);

impl Mortal {
    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the process did not end within {patience:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    pub base: String,
    pub process: Mortal,
    agent: ureq::Agent,
}

impl Server {
    /// `serve` in a folder, on a free port, ready.
    pub fn start(folder: &Folder) -> Server {
        Self::of(folder, folder.program(&["serve"]))
    }

    pub fn of(folder: &Folder, mut command: Command) -> Server {
        let listen = free_address();
        let log = File::options().create(true).append(true).open(folder.top.join("server.log")).unwrap();
        let out = File::create(folder.top.join("server.out")).unwrap();
        command.args(["--listen", &listen]).stdin(Stdio::null()).stdout(out).stderr(log);
        let process = Mortal(command.spawn().unwrap());
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut server = Server { base: format!("http://{listen}"), process, agent };
        let deadline = Instant::now() + Duration::from_secs(120);
        while !server.try_send("GET", "/readyz", None, None).is_ok_and(|answer| answer.status == 200) {
            if let Some(status) = server.process.0.try_wait().unwrap() {
                panic!("the server ended with {status}: {}", fs::read_to_string(folder.top.join("server.log")).unwrap());
            }
            assert!(Instant::now() < deadline, "the server did not become ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub fn pid(&self) -> i32 {
        self.process.0.id() as i32
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// Stops it as an administrator would; it must end well.
    pub fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.process.wait(Duration::from_secs(20));
        assert!(status.success(), "{status}");
    }

    /// A request; an error is a connection that broke.
    pub fn try_send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Result<Answer, String> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = match body {
            Some(body) => self.agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().map_err(|error| error.to_string())?;
        Ok(Answer { status, retry_after, text })
    }

    pub fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        self.try_send(method, path, token, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, None, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// An access token.
    pub fn log_in(&self, user: &str, password: &str) -> String {
        let answer = self.send("POST", "/api/v1/session", None, Some(&json!({"user": user, "password": password})));
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Adds an authenticator to the account of a session, which may approve from then on.
    pub fn add_second_factor(&self, token: &str, password: &str) {
        let offer = json!({"id": Uuid::now_v7(), "password": password});
        let offered = self.send("POST", "/api/v1/second-factor", Some(token), Some(&offer));
        assert_eq!(offered.status, 201, "{}", offered.text);
        let app = Authenticator::from_base32(offered.json()["secret"].as_str().unwrap()).unwrap();
        let code = json!({"code": app.code(so_nhan_ai::basics::Clock::System.now())});
        let confirmed = self.send("POST", "/api/v1/second-factor/confirmation", Some(token), Some(&code));
        assert_eq!(confirmed.status, 200, "{}", confirmed.text);
    }

    pub fn post_gift(&self, token: &str, gift: &Value) -> Result<Answer, String> {
        self.try_send("POST", "/api/v1/gifts", Some(token), Some(gift))
    }
}

/// Who records and who approves at Hàm Liêm, by their access tokens.
pub struct Staff {
    pub officer: String,
    pub approver: String,
}

impl Staff {
    pub fn at(folder: &Folder, server: &Server) -> Staff {
        folder.officer("hanh.hamliem", "OFFICER", "23095");
        folder.officer("lan.hamliem", "ACCOUNTANT", "23095");
        let approver = server.log_in("lan.hamliem", PASSWORD);
        server.add_second_factor(&approver, PASSWORD);
        Staff { officer: server.log_in("hanh.hamliem", PASSWORD), approver }
    }
}

/// An answer in full.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// A cash gift for Hàm Liêm.
pub fn gift(amount: i64) -> Value {
    let today = so_nhan_ai::basics::clock::vietnam_date(so_nhan_ai::basics::Clock::System.now());
    json!({"id": Uuid::now_v7(), "chapter": "23095", "channel": "CASH", "amount_vnd": amount, "received_on": today,
           "giver": {"kind": "PERSON", "name": "Nguyễn Văn Mật", "phone": "0912345678"}, "memo": "riêng tư"})
}

/// An address nobody else gets before the server has it: below the ports the system gives to connections, each once.
pub fn free_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let ports = 20_000..32_000;
    loop {
        let n = NEXT.fetch_add(1, Ordering::Relaxed) + std::process::id();
        let address = format!("127.0.0.1:{}", ports.start + n % ports.len() as u32);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

pub fn works_in(pid: i32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder)
}

pub fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
