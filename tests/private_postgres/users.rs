//! Which programs run, as whom, and what is said when that is not allowed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use so_nhan_ai::db::private::{PrivateOptions, PrivatePostgres, lock_data_dir};

use crate::harness::*;

const ORDINARY_VARIABLE: &str = "SNA_TEST_AS_ORDINARY_USER";

#[test]
fn a_cluster_of_another_version_names_the_version_it_needs() {
    let folder = Folder::new();
    drop(folder.start());
    fs::write(folder.cluster().join("PG_VERSION"), "99\n").unwrap();
    let error = folder.complaint();
    assert!(error.contains("made by PostgreSQL 99") && error.contains("postgresql-99"), "{error}");
}

#[test]
fn programs_given_explicitly_are_used_or_complained_about() {
    let folder = Folder::new();
    let found = folder.start().bin_dir().to_path_buf();
    let with = |pg_bin: &Path| {
        PrivatePostgres::start(PrivateOptions { pg_bin: Some(pg_bin.to_path_buf()), ..folder.options() }, folder.lock())
    };
    assert_eq!(with(&found).unwrap().bin_dir(), found);
    let error = with(&folder.data).err().unwrap().to_string();
    assert!(error.contains("PG_BIN=") && error.contains("initdb"), "{error}");
}

#[test]
fn a_data_folder_that_cannot_be_made_says_why() {
    let folder = Folder::new();
    fs::create_dir(&folder.top).unwrap();
    fs::write(folder.top.join("file"), "").unwrap();
    let error = lock_data_dir(&folder.top.join("file/data")).unwrap_err().to_string();
    assert!(error.contains("can't create the folder") && error.contains("/file"), "{error}");
}

#[test]
fn root_hands_the_cluster_to_another_user() {
    if !am_root() {
        println!("SKIPPED: needs root");
        return;
    }
    let folder = Folder::new();
    drop(folder.start());
    let status = Command::new("chown").args(["-R", "root:root"]).arg(folder.cluster()).status().unwrap();
    assert!(status.success());
    let pg = folder.start();
    assert_eq!(sql(&pg, "SELECT 1"), "1");
    assert_ne!(fs::metadata(format!("/proc/{}", folder.postmaster())).unwrap().uid(), 0);
}

#[test]
fn a_folder_the_other_user_cannot_enter_is_named() {
    if !am_root() {
        println!("SKIPPED: needs root");
        return;
    }
    let folder = Folder::deep("like-root's-home");
    let closed = folder.data.parent().unwrap();
    fs::create_dir_all(closed).unwrap();
    fs::set_permissions(closed, Permissions::from_mode(0o700)).unwrap();
    let error = folder.complaint();
    assert!(error.contains(&format!("may not enter {}", closed.display())), "{error}");
    assert!(error.contains("--data-dir") && error.contains("SNA_DATA_DIR"), "{error}");
}

/// When root runs the tests: the most important ones again as an ordinary user.
#[test]
fn an_ordinary_user_needs_no_root() {
    if !am_root() {
        println!("SKIPPED: already running as an ordinary user");
        return;
    }
    let folder = Folder::new();
    fs::create_dir(&folder.top).unwrap();
    fs::set_permissions(&folder.top, Permissions::from_mode(0o755)).unwrap();
    let copy = folder.top.join("tests");
    for test in [
        "starts_works_stops_and_keeps_the_data",
        "the_socket_is_private",
        "a_deep_data_folder_works",
        "a_postmaster_whose_server_was_killed_is_adopted",
        "kills::lock_files_that_name_a_stranger_are_no_obstacle",
        "users::ordinary_user_is_told_about_permissions",
    ] {
        let template = this_binary_again(&copy, test);
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(template.get_program())
            .args(template.get_args())
            .env(ORDINARY_VARIABLE, "1")
            .current_dir("/")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{test}: {said}");
    }
}

/// Only as an ordinary user: root is refused nothing.
#[test]
fn ordinary_user_is_told_about_permissions() {
    if am_root() {
        assert!(std::env::var_os(ORDINARY_VARIABLE).is_none());
        return; // run by an_ordinary_user_needs_no_root
    }
    let folder = Folder::deep("closed");
    let closed = folder.data.parent().unwrap();
    fs::create_dir_all(closed).unwrap();
    fs::set_permissions(closed, Permissions::from_mode(0o500)).unwrap();
    let error = lock_data_dir(&folder.data).unwrap_err().to_string();
    assert!(error.contains("closed/data") && error.contains("--data-dir"), "{error}");
    fs::set_permissions(closed, Permissions::from_mode(0o700)).unwrap();
    drop(folder.lock());
    assert_eq!(mode(&folder.data), 0o700, "an ordinary user's data folder is closed");

    // A cluster that belongs to someone else: root's folder stands for it.
    symlink("/root", folder.cluster()).unwrap();
    let error = folder.complaint();
    assert!(error.contains("belongs to user root"), "{error}");
}
