//! The private PostgreSQL against real PostgreSQL programs and real signals: what is killed here is killed with
//! `SIGKILL`. Each test has a data folder of its own under /tmp; nothing waits for luck, every wait polls with a deadline.
//!
//! Some tests start this test binary again: as a server that can be killed (`a_server_for_other_tests`), and as an
//! ordinary user when the tests run as root.
#![cfg(target_os = "linux")]

#[path = "private_postgres/harness.rs"]
mod harness;
#[path = "private_postgres/kills.rs"]
mod kills;
#[path = "private_postgres/users.rs"]
mod users;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use harness::*;
use rustix::process::{Pid, Signal, getpgid};
use so_nhan_ai::db::private::{PrivateError, PrivateOptions, PrivatePostgres, default_data_dir, lock_data_dir, url_of_running};

/// Not a test by itself: the server that others kill. It ends when its standard input does.
#[test]
fn a_server_for_other_tests() {
    let Some(data_dir) = std::env::var_os(SERVER_FOLDER).map(PathBuf::from) else { return };
    let lock = lock_data_dir(&data_dir).unwrap();
    let durable = std::env::var(SERVER_DURABLE).is_ok_and(|durable| durable == "true");
    let pg = PrivatePostgres::start(PrivateOptions { data_dir, pg_bin: None, durable }, lock).unwrap();
    println!("\nthe server is ready");
    let _ = std::io::stdin().read_line(&mut String::new());
    pg.stop().unwrap();
}

// ---------------------------------------------------------------- start and stop

#[test]
fn starts_works_stops_and_keeps_the_data() {
    let folder = Folder::new();
    let pg = folder.start();
    assert_eq!(sql(&pg, "SELECT current_user, current_database()"), "so_nhan_ai|so_nhan_ai");
    assert_eq!(sql(&pg, "SHOW server_encoding"), "UTF8");
    assert_eq!(sql(&pg, "SHOW data_checksums"), "on");
    assert_eq!(sql(&pg, "SELECT upper('đồng')"), "ĐỒNG", "letters beyond ASCII have case");
    sql(&pg, "CREATE TABLE gift(amount bigint); INSERT INTO gift VALUES (500000)");
    sql(&pg, "CREATE DATABASE \"a strange?name\"");
    assert_eq!(ask(&pg, &pg.url("a strange?name"), "SELECT 1").unwrap(), "1");

    let pid = folder.postmaster();
    pg.stop().unwrap();
    assert!(!is_alive(pid) && !folder.pid_file().exists(), "stop has waited for the end");
    assert!(folder.log().contains("database system is shut down"), "and it was an orderly one");
    assert!(!pg.socket_dir().join(".s.PGSQL.5432").exists());
    pg.stop().unwrap();
    drop(pg);

    let pg = folder.start();
    assert_eq!(sql(&pg, "SELECT amount FROM gift"), "500000");
    assert!(!folder.log().contains("not properly shut down"));
    let pid = folder.postmaster();
    drop(pg);
    assert!(!is_alive(pid), "dropping stops too");
}

#[test]
fn the_database_is_made_again_when_it_is_gone() {
    let folder = Folder::new();
    let pg = folder.start();
    ask(&pg, &pg.url("postgres"), "DROP DATABASE so_nhan_ai").unwrap();
    drop(pg);
    assert_eq!(sql(&folder.start(), "SELECT current_database()"), "so_nhan_ai");
}

#[test]
fn a_durable_cluster_is_durable_and_no_file_can_change_that() {
    let folder = Folder::new();
    let start = |durable| PrivatePostgres::start(PrivateOptions { durable, ..folder.options() }, folder.lock()).unwrap();
    let shows = |pg: &PrivatePostgres, expected: &[(&str, &str)]| {
        for (name, value) in expected {
            assert_eq!(sql(pg, &format!("SHOW {name}")), *value, "{name}");
        }
    };
    let fixed = [("listen_addresses", ""), ("TimeZone", "UTC"), ("log_timezone", "UTC"), ("unix_socket_permissions", "0700")];
    let durable = [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")];
    let tuned = [("max_wal_size", "4GB"), ("jit", "off"), ("random_page_cost", "1.1")];

    let pg = start(true);
    shows(&pg, &fixed);
    shows(&pg, &durable);
    shows(&pg, &tuned);
    // A share of this machine's memory, whatever that is.
    let buffers: i64 = sql(&pg, "SELECT setting FROM pg_settings WHERE name = 'shared_buffers'").parse().unwrap();
    assert!((128 << 7..=2_048 << 7).contains(&buffers), "{buffers} pages of 8 KiB");
    shows(&pg, &[("max_connections", "100"), ("logging_collector", "off")]);
    assert_ne!(sql(&pg, "SHOW wal_compression"), "off");
    sql(&pg, "ALTER SYSTEM SET fsync = off");
    sql(&pg, "ALTER SYSTEM SET listen_addresses = '*'");
    sql(&pg, "ALTER SYSTEM SET jit = on");
    drop(pg);

    let pg = start(true);
    shows(&pg, &fixed);
    shows(&pg, &durable);
    shows(&pg, &[("jit", "on")]);
    drop(pg);
    shows(&start(false), &[("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]);
}

#[test]
fn ctrl_c_in_the_terminal_does_not_reach_it() {
    let folder = Folder::new();
    let _pg = folder.start();
    let group = |pid: i32| getpgid(Pid::from_raw(pid)).unwrap();
    let postmaster = folder.postmaster();
    assert_eq!(group(postmaster).as_raw_nonzero().get(), postmaster, "it leads a group of its own");
    assert_ne!(group(postmaster), group(std::process::id() as i32));
}

#[test]
fn the_socket_is_private() {
    let folder = Folder::new();
    let pg = folder.start();
    assert_eq!(pg.socket_dir(), folder.data.join("s"));
    assert_eq!(mode(pg.socket_dir()), 0o700);
    assert_eq!(mode(&pg.socket_dir().join(".s.PGSQL.5432")), 0o700);
    assert_eq!(mode(&folder.cluster()), 0o700);
    assert_eq!(mode(&folder.data.join("postgres.log")), 0o600);
    let owner = fs::metadata(folder.cluster()).unwrap().uid();
    assert_eq!(fs::metadata(pg.socket_dir()).unwrap().uid(), owner);
    assert_ne!(owner, 0, "never root");
}

#[test]
fn a_deep_data_folder_works() {
    let folder = Folder::deep(&format!("{}/Nhân Ái {}", "d".repeat(80), "e".repeat(60)));
    let pg = folder.start();
    assert!(folder.data.as_os_str().len() > 150);
    let socket_dir = pg.socket_dir().to_path_buf();
    let _outside = Outside(socket_dir.clone());
    assert!(socket_dir.starts_with("/tmp") && mode(&socket_dir) == 0o700, "{}", socket_dir.display());
    assert_eq!(sql(&pg, "SELECT 1"), "1");
    drop(pg);

    // Somebody else made the folder first, each in a way of their own.
    fs::set_permissions(&socket_dir, Permissions::from_mode(0o755)).unwrap();
    assert!(folder.complaint().contains("its mode is 755"));
    fs::remove_dir(&socket_dir).unwrap();
    symlink(&folder.top, &socket_dir).unwrap();
    assert!(folder.complaint().contains("it is a symbolic link"));
    fs::remove_file(&socket_dir).unwrap();
    if am_root() {
        fs::create_dir(&socket_dir).unwrap();
        fs::set_permissions(&socket_dir, Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::chown(&socket_dir, Some(54321), None).unwrap();
        assert!(folder.complaint().contains("it belongs to user 54321"));
        fs::remove_dir(&socket_dir).unwrap();
    }
    let pg = folder.start();
    assert_eq!(pg.socket_dir(), socket_dir, "the address stays");
}

#[test]
fn the_default_folder_is_where_the_user_keeps_data() {
    let dir = default_data_dir(Some(Path::new("/home/lan")), None).unwrap();
    let expected = if am_root() { "/var/lib/so-nhan-ai" } else { "/home/lan/.local/share/so-nhan-ai" };
    assert_eq!(dir, Path::new(expected));
}

// ---------------------------------------------------------------- one server, one postmaster

#[test]
fn a_second_server_is_told_who_is_the_first() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let error = lock_data_dir(&folder.data).unwrap_err().to_string();
    assert!(error.contains(&format!("process {}", server.pid())) && error.contains("--data-dir"), "{error}");
    server.kill();
    drop(folder.lock());
}

#[test]
fn a_lock_is_for_one_folder() {
    let (one, other) = (Folder::new(), Folder::new());
    let _other_lock = other.lock();
    let error = PrivatePostgres::start(other.options(), one.lock()).err().unwrap();
    assert!(matches!(error, PrivateError::WrongLock { .. }), "{error}");
}

#[test]
fn a_postmaster_whose_server_was_killed_is_adopted() {
    let folder = Folder::durable();
    let server = Server::start(&folder);
    let postmaster = folder.postmaster();
    server.kill();
    assert!(is_alive(postmaster));

    let pg = folder.start();
    assert_eq!(folder.postmaster(), postmaster, "the same one");
    assert_eq!(url_of_running(&folder.data, "x"), Some(pg.url("x")));
    sql(&pg, "CREATE TABLE gift(amount bigint); INSERT INTO gift VALUES (1)");

    // An adopted one is watched over like a child.
    kill(postmaster, Signal::KILL);
    eventually("it works again", || ask(&pg, &pg.url("so_nhan_ai"), "SELECT amount FROM gift").is_ok_and(|n| n == "1"));
    let postmaster = folder.postmaster();
    pg.stop().unwrap();
    assert!(!is_alive(postmaster));
    assert_eq!(url_of_running(&folder.data, "x"), None);
}

#[test]
fn an_adopted_postmaster_is_stopped_with_its_new_server() {
    let folder = Folder::new();
    Server::start(&folder).kill();
    let postmaster = folder.postmaster();
    let pg = folder.start();
    pg.stop().unwrap();
    assert!(!is_alive(postmaster));
    assert!(folder.log().contains("received fast shutdown request"));
}

#[test]
fn a_postmaster_with_other_settings_is_not_adopted_but_restarted() {
    let folder = Folder::new();
    Server::start(&folder).kill();
    let careless = folder.postmaster();
    let pg = PrivatePostgres::start(PrivateOptions { durable: true, ..folder.options() }, folder.lock()).unwrap();
    assert!(!is_alive(careless));
    assert_eq!(sql(&pg, "SHOW fsync"), "on");
}
