//! Starts that must not succeed, each with one clear line.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::harness::*;

#[test]
fn a_second_server_is_told_why_and_the_first_goes_on() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let postmaster = folder.postmaster();
    let second = folder.run(&["serve", "--listen", &free_address()]);
    let line = second.complaint();
    assert!(line.contains(&server.pid().to_string()) && line.contains("--data-dir"), "{line}");
    let address = server.base.strip_prefix("http://").unwrap().to_owned();
    let taken = folder.run(&["serve", "--listen", &address]);
    let line = taken.complaint();
    assert!(line.contains(&address) && line.contains("--listen") && line.contains("SNA_LISTEN"), "{line}");
    // The port is looked at first: nothing else was touched, not even a new folder.
    let other = Folder::new();
    other.run(&["serve", "--listen", &address]).complaint();
    assert!(!other.data.exists());
    let demo = folder.run(&["demo", "--listen", &free_address()]);
    assert!(demo.complaint().contains(&server.pid().to_string()));

    assert_eq!((folder.postmaster(), server.send("GET", "/readyz", None, None).status), (postmaster, 200));
    let token = server.log_in("hanh.hamliem", PASSWORD);
    assert_eq!(server.post_gift(&token, &gift(5_000)).unwrap().status, 201);
}

#[test]
fn without_the_keys_of_what_is_sealed_it_does_not_start() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    assert_eq!(server.post_gift(&token, &gift(5_000)).unwrap().status, 201);
    server.stop();
    let keys = folder.data.join("keys");
    let aside = folder.top.join("aside");
    let refused = |says: &[&str]| {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["officer", "disable", "--user", "hanh.hamliem"]] {
            let said = folder.run(command);
            let line = said.complaint();
            assert!(says.iter().all(|word| line.contains(word)), "{command:?}: {line}");
            assert!(folder.postmaster().is_none(), "{command:?}: PostgreSQL is stopped again");
        }
        assert!(folder.run(&["migrate"]).ok(), "a migration needs no keys");
    };
    for file in ["vault.keys", "token.keys"] {
        fs::rename(keys.join(file), &aside).unwrap();
        refused(&[file, "missing", "backup"]);
        assert!(!keys.join(file).exists(), "no new key in its place");
        fs::rename(&aside, keys.join(file)).unwrap();
    }
    fs::rename(&keys, &aside).unwrap();
    refused(&["vault.keys", "missing"]);
    assert!(!keys.exists() || fs::read_dir(&keys).unwrap().count() == 0);
    // Other keys are no help.
    assert!(folder.run(&["keys", "init"]).ok());
    refused(&["key", "restore"]);
    fs::remove_dir_all(&keys).unwrap();
    fs::rename(&aside, &keys).unwrap();
    let text = fs::read_to_string(keys.join("vault.keys")).unwrap();
    for broken in
        ["", "seal\n", "seal 12345 AAAA\n", "seal abcd not-base64\n", "hash abcd AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"]
    {
        fs::write(keys.join("vault.keys"), broken).unwrap();
        let said = folder.run(&["officer", "disable", "--user", "hanh.hamliem"]);
        assert!(said.complaint().contains("vault.keys"), "{broken}: {said:?}");
    }
    fs::write(keys.join("vault.keys"), text).unwrap();
    // A key that others can read is nobody's key.
    let mode = |file: &str, mode| fs::set_permissions(keys.join(file), fs::Permissions::from_mode(mode)).unwrap();
    for file in ["vault.keys", "token.keys", "log.keys"] {
        for open in [0o644, 0o640, 0o606] {
            mode(file, open);
            let said = folder.run(&["serve", "--listen", "127.0.0.1:0"]);
            let complaint = said.complaint();
            assert!(
                complaint.contains(file) && complaint.contains(&format!("{open:o}")) && complaint.contains("chmod 600"),
                "{said:?}"
            );
        }
        mode(file, 0o600);
    }
    let server = Server::start(&folder);
    assert_eq!(server.send("GET", "/api/v1/session", Some(&token), None).status, 200, "with its keys, all is as before");
}

#[test]
fn settings_nobody_knows_are_refused() {
    let folder = Folder::new();
    let with = |name: &str, value: &str| said(folder.program(&["serve", "--listen", "127.0.0.1:0"]).env(name, value), "");
    let typo = with("SNA_LISEN", "127.0.0.1:9");
    assert!(typo.complaint().contains("SNA_LISEN"));
    for (name, value) in [("SNA_LISTEN", "nowhere"), ("SNA_WORKERS", "many"), ("SNA_LOG_FORMAT", "xml")] {
        let mut command = folder.program(&["serve"]);
        let refused = said(command.env(name, value), "");
        assert!(!refused.ok() && refused.err.contains(value), "{refused:?}");
    }
    for (name, value, says) in
        [("SNA_WORKERS", "0", "workers"), ("SNA_DATABASE_CONNECTIONS", "1000", "database_connections"), ("SNA_LOG", "a=b=c", "")]
    {
        assert!(with(name, value).complaint().contains(says));
    }
    let file = folder.top.join("settings.toml");
    let toml = |text: &str| {
        fs::write(&file, text).unwrap();
        folder.run(&["serve", "--config", file.to_str().unwrap()])
    };
    for (text, says) in [
        ("lisen = \"127.0.0.1:0\"\n", "lisen"),
        ("listen = 5\n", "listen"),
        ("[server]\nlisten = \"127.0.0.1:0\"\n", "server"),
        ("listen = \n", "settings.toml"),
    ] {
        let said = toml(text);
        assert!(
            !said.ok() && said.err.contains(says) && said.err.contains("settings.toml") && !said.err.contains("panicked"),
            "{said:?}"
        );
    }
    assert!(folder.run(&["serve", "--config", "/nowhere/settings.toml"]).complaint().contains("/nowhere/settings.toml"));
    assert!(!folder.data.exists(), "nothing was made");
    let unknown = folder.run(&["serve", "--lisen", "127.0.0.1:0"]);
    assert_eq!(unknown.status.code(), Some(2));

    // What is known works from the file; the environment wins over it.
    fs::write(
        &file,
        format!(
            "listen = \"127.0.0.1:1\"\nworkers = 1\nlog_format = \"text\"\ndata_dir = \"{}\"\n",
            folder.top.join("wrong").display()
        ),
    )
    .unwrap();
    let server = Server::of(&folder, folder.program(&["serve", "--config", file.to_str().unwrap()]));
    assert!(folder.data.exists() && !folder.top.join("wrong").exists());
    server.signal(Signal::TERM);
}

#[test]
fn a_data_folder_that_can_not_be_used_is_named() {
    let folder = Folder::new();
    fs::write(&folder.data, "a file").unwrap();
    let said = folder.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(said.complaint().contains("/data"), "{said:?}");
    let no_home = said_without_home(&folder);
    assert!(!no_home.err.contains("panicked"), "{no_home:?}");
}

/// `openapi` and `--help` need no home; a start without one says so, unless root has its own place.
fn said_without_home(folder: &Folder) -> Said {
    let mut command = folder.program(&["openapi"]);
    command.env_remove("HOME").env_remove("SNA_DATA_DIR");
    said(&mut command, "")
}
