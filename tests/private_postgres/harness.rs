//! What the tests of the private PostgreSQL share: data folders that clean up after themselves, looks at processes,
//! queries, and this test binary started again as a server that can be killed.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use so_nhan_ai::db::private::{DataDirLock, PrivateError, PrivateOptions, PrivatePostgres, lock_data_dir};

use self::scratch::scratch;

#[path = "../api/harness/scratch.rs"]
mod scratch;

/// The environment of the server that others kill.
pub const SERVER_FOLDER: &str = "SNA_TEST_SERVER_FOLDER";
pub const SERVER_DURABLE: &str = "SNA_TEST_SERVER_DURABLE";

/// A data folder; when the test ends, however it ends, its PostgreSQL is ended and all is removed.
pub struct Folder {
    pub top: PathBuf,
    pub data: PathBuf,
    pub durable: bool,
}

impl Folder {
    pub fn new() -> Folder {
        Folder::deep("")
    }

    /// For tests that kill PostgreSQL and look for what was committed.
    pub fn durable() -> Folder {
        let mut folder = Folder::new();
        folder.durable = true;
        folder
    }

    pub fn deep(below: &str) -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let top = scratch().join(format!("sna-test-{}-{number}", std::process::id()));
        Folder { data: top.join(below).join("data"), top, durable: false }
    }

    pub fn options(&self) -> PrivateOptions {
        PrivateOptions { data_dir: self.data.clone(), pg_bin: None, durable: self.durable }
    }

    pub fn lock(&self) -> DataDirLock {
        lock_data_dir(&self.data).unwrap()
    }

    pub fn try_start(&self) -> Result<PrivatePostgres, PrivateError> {
        PrivatePostgres::start(self.options(), self.lock())
    }

    pub fn start(&self) -> PrivatePostgres {
        self.try_start().unwrap()
    }

    /// What a start that must fail says.
    pub fn complaint(&self) -> String {
        match self.try_start() {
            Ok(_) => panic!("it started"),
            Err(error) => error.to_string(),
        }
    }

    pub fn cluster(&self) -> PathBuf {
        self.data.join("postgres")
    }

    pub fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    pub fn postmaster(&self) -> i32 {
        let text = fs::read_to_string(self.pid_file()).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.data.join("postgres.log")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.pid_file()).ok().and_then(|text| text.lines().next()?.parse::<i32>().ok());
        if let Some(pid) = pid.filter(|&pid| works_in(pid, &self.cluster())) {
            kill(pid, Signal::KILL);
        }
        let _ = fs::remove_dir_all(&self.top);
    }
}

pub fn works_in(pid: i32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder)
}

pub fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
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

pub fn ask(pg: &PrivatePostgres, url: &str, sql: &str) -> Result<String, String> {
    let psql = Command::new(pg.bin_dir().join("psql"))
        .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", sql])
        .current_dir("/")
        // The URL must be enough: none of this may lead elsewhere.
        .envs([("PGHOST", "nowhere.invalid"), ("PGPORT", "1"), ("PGUSER", "nobody"), ("PGDATABASE", "none")])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if psql.status.success() { Ok(text(&psql.stdout)) } else { Err(text(&psql.stderr)) }
}

pub fn sql(pg: &PrivatePostgres, statement: &str) -> String {
    ask(pg, &pg.url("so_nhan_ai"), statement).unwrap()
}

pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o777
}

pub fn am_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// This test binary again, running the one test. Through a link or a copy: the ordinary user
/// may not be able to reach the original.
pub fn this_binary_again(copy: &Path, test: &str) -> Command {
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    let original = std::env::current_exe().unwrap();
    let _ = fs::remove_file(copy);
    fs::hard_link(&original, copy).or_else(|_| fs::copy(&original, copy).map(|_| ())).unwrap();
    fs::set_permissions(copy, Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(copy);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).current_dir("/");
    command
}

/// A process that does not outlive its test.
pub struct Mortal(pub Child);

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A socket folder outside the data folder, or what a test put in its place; removed when the test ends.
pub struct Outside(pub PathBuf);

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server in a process of its own, to be killed. Killed at the end of the test anyway.
pub struct Server(Mortal);

impl Server {
    pub fn start(folder: &Folder) -> Server {
        let copy = folder.top.join("server-for-tests");
        let mut child = this_binary_again(&copy, "a_server_for_other_tests")
            .env(SERVER_FOLDER, &folder.data)
            .env(SERVER_DURABLE, folder.durable.to_string())
            // What an administrator's shell may have exported must not reach the private PostgreSQL.
            .envs([("PGDATA", "/nowhere"), ("PGOPTIONS", "-c nonsense=1"), ("PGHOST", "nowhere.invalid")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let ready = output.lines().map_while(Result::ok).any(|line| line.ends_with("the server is ready"));
        let server = Server(Mortal(child));
        assert!(ready, "the server did not start");
        server
    }

    pub fn pid(&self) -> i32 {
        self.0.0.id() as i32
    }

    pub fn kill(mut self) {
        self.0.0.kill().unwrap();
        self.0.0.wait().unwrap();
    }
}
