//! PostgreSQL killed under its server, and what killed processes leave behind.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use so_nhan_ai::db::private::url_of_running;

use crate::harness::*;

#[test]
fn a_killed_postmaster_comes_back_at_the_same_address() {
    let folder = Folder::durable();
    let pg = folder.start();
    let url = pg.url("so_nhan_ai");
    sql(&pg, "CREATE TABLE gift(n int)");
    for n in 1..=3 {
        sql(&pg, &format!("INSERT INTO gift VALUES ({n})"));
        let postmaster = folder.postmaster();
        kill(postmaster, Signal::KILL);
        let expected = n.to_string();
        eventually("it works again", || ask(&pg, &url, "SELECT count(*) FROM gift").is_ok_and(|c| c == expected));
        assert_ne!(folder.postmaster(), postmaster);
    }
    assert_eq!(pg.url("so_nhan_ai"), url);
}

#[test]
fn a_busy_backend_of_a_killed_postmaster_does_not_block_the_restart() {
    let folder = Folder::new();
    let pg = folder.start();
    let url = pg.url("so_nhan_ai");
    // Counts for hours, and never looks whether the postmaster is alive.
    let client = Command::new(pg.bin_dir().join("psql"))
        .args(["-X", "-q", &url, "-c", "SELECT count(*) FROM generate_series(1, 100000000000)"])
        .current_dir("/")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _client = Mortal(client.unwrap());
    let mut backend = 0;
    eventually("the query runs", || {
        let query = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT count%series%' AND state = 'active'";
        backend = sql(&pg, query).parse().unwrap_or(0);
        backend != 0
    });
    kill(folder.postmaster(), Signal::KILL);
    let killed = Instant::now();
    eventually("it works again", || ask(&pg, &url, "SELECT 1").is_ok());
    assert!(!is_alive(backend) && killed.elapsed() < Duration::from_secs(30));
}

#[test]
fn stop_ends_the_attempts_to_restart() {
    let folder = Folder::new();
    let pg = folder.start();
    spoil_configuration(&folder);
    kill(folder.postmaster(), Signal::KILL);
    eventually("a restart was tried in vain", || folder.log().contains("contains errors"));
    let asked = Instant::now();
    pg.stop().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(15), "took {:?}", asked.elapsed());
    let tried = folder.log().matches("contains errors").count();
    drop(pg);
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(folder.log().matches("contains errors").count(), tried, "nobody tries any more");
}

/// Nothing starts on this configuration.
fn spoil_configuration(folder: &Folder) {
    let path = folder.cluster().join("postgresql.conf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\nthis is = = nothing\n")).unwrap();
}

#[test]
fn lock_files_that_name_a_stranger_are_no_obstacle() {
    let folder = Folder::new();
    let pg = folder.start();
    let socket_lock = pg.socket_dir().join(".s.PGSQL.5432.lock");
    drop(pg);
    let owner = fs::metadata(folder.cluster()).unwrap();
    // A process of the same user: that is the one PostgreSQL itself takes for a postmaster.
    let mut stranger = Command::new("sleep");
    stranger.arg("1000").current_dir("/");
    if am_root() {
        stranger.uid(owner.uid());
    }
    let mut stranger = Mortal(stranger.spawn().unwrap());
    let starts_beside = |pid: u32| {
        for path in [&folder.pid_file(), &socket_lock] {
            let cluster = folder.cluster();
            fs::write(path, format!("{pid}\n{}\n1700000000\n5432\n/x\n\n1 1\nready   \n", cluster.display())).unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
            if am_root() {
                chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
            }
        }
        assert_eq!(url_of_running(&folder.data, "x"), None);
        assert_eq!(sql(&folder.start(), "SELECT 1"), "1");
    };
    starts_beside(stranger.0.id());
    assert!(stranger.0.try_wait().unwrap().is_none(), "the stranger was left alone");
    stranger.0.kill().unwrap();
    starts_beside(stranger.0.id()); // a zombie, as in containers where nobody fetches them
    stranger.0.wait().unwrap();
    starts_beside(stranger.0.id()); // nobody
}

#[test]
fn what_an_interrupted_initdb_left_is_removed_and_never_used() {
    let folder = Folder::new();
    let unfinished = folder.data.join("postgres.new-1-2");
    fs::create_dir_all(unfinished.join("base")).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    fs::create_dir(folder.cluster()).unwrap(); // empty: as good as none
    fs::set_permissions(&folder.top, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(sql(&folder.start(), "SELECT 1"), "1");
    let left = fs::read_dir(&folder.data)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("postgres.new"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_folder_with_something_else_in_it_is_not_touched() {
    let folder = Folder::new();
    fs::create_dir_all(folder.cluster()).unwrap();
    let letter = folder.cluster().join("letter.txt");
    fs::write(&letter, "dear").unwrap();
    assert!(folder.complaint().contains("not a PostgreSQL cluster"));
    assert_eq!(fs::read_to_string(&letter).unwrap(), "dear");
}

#[test]
fn the_error_of_a_failed_start_quotes_the_log() {
    let folder = Folder::new();
    drop(folder.start());
    spoil_configuration(&folder);
    let error = folder.complaint();
    assert!(error.contains("postgres.log") && error.contains("syntax error"), "{error}");
    assert!(!error.contains("shut down"), "only what this start said: {error}");
}

#[test]
fn a_long_log_is_put_aside_at_the_start() {
    let folder = Folder::new();
    drop(folder.start());
    let log = folder.data.join("postgres.log");
    let short = fs::metadata(&log).unwrap().len();
    drop(folder.start());
    assert!(fs::metadata(&log).unwrap().len() > short, "a short one is appended to");
    fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(21 * 1024 * 1024).unwrap();
    let _pg = folder.start();
    assert_eq!(fs::metadata(folder.data.join("postgres.log.1")).unwrap().len(), 21 * 1024 * 1024);
    assert!(fs::metadata(&log).unwrap().len() < 1024 * 1024);
}
