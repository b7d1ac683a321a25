//! `kill -9` of the server and of its PostgreSQL under a flood of gifts, batches and reversals.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::flood::Flood;
use crate::harness::*;

#[test]
fn a_killed_server_has_lost_and_doubled_nothing() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let flood = Flood::of(&server, &staff, |flood| {
        flood.wait_for_more(300);
        server.signal(Signal::KILL);
        eventually("nobody answers", || flood.broken.load(Ordering::Relaxed) >= 8);
    });
    let postmaster = folder.postmaster().unwrap();
    assert!(is_alive(postmaster), "PostgreSQL outlives the server");
    drop(server);
    let server = Server::start(&folder);
    assert_eq!(folder.postmaster(), Some(postmaster), "and is taken over");
    flood.check(&folder, &server, &staff);
    server.stop();
    assert!(!is_alive(postmaster));
}

#[test]
fn a_server_and_its_database_killed_together_lose_nothing() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let flood = Flood::of(&server, &staff, |flood| {
        flood.wait_for_more(300);
        let postmaster = folder.postmaster().unwrap();
        server.signal(Signal::KILL);
        kill_process(Pid::from_raw(postmaster).unwrap(), Signal::KILL).unwrap();
        eventually("nobody answers", || flood.broken.load(Ordering::Relaxed) >= 8);
    });
    drop(server);
    let server = Server::start(&folder);
    flood.check(&folder, &server, &staff);
}

#[test]
fn a_killed_postgresql_comes_back_under_the_living_server() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let mut away = Vec::new();
    let flood = Flood::of(&server, &staff, |flood| {
        for _ in 0..2 {
            flood.wait_for_more(200);
            let postmaster = folder.postmaster().unwrap();
            let killed = Instant::now();
            kill_process(Pid::from_raw(postmaster).unwrap(), Signal::KILL).unwrap();
            eventually("another postmaster is there", || folder.postmaster().is_some_and(|pid| pid != postmaster));
            // Reads are told to come back, too, or wait and succeed.
            let read = server.send("GET", "/api/v1/public/totals", None, None);
            assert!(read.status == 200 || (read.status == 503 && read.retry_after.is_some()), "{read:?}");
            flood.wait_for_more(100);
            away.push(killed.elapsed());
        }
    });
    assert!(away.iter().all(|time| *time < Duration::from_secs(30)), "{away:?}");
    assert_eq!(flood.broken.load(Ordering::Relaxed), 0, "the server itself answered every request");
    assert_eq!(server.send("GET", "/readyz", None, None).status, 200);
    flood.check(&folder, &server, &staff);
    server.stop();
}

/// All codes of a list, page by page.
fn codes(server: &Server, query: &str) -> Vec<String> {
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/api/v1/public/entries?{query}&limit=200{cursor}"));
        codes.extend(page["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return codes,
        }
    }
}

/// The search index is killed while it is written, again and again; it goes on from its last commit.
#[test]
fn a_killed_search_index_goes_on_where_it_was() {
    let folder = Folder::ready();
    let mut server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let log = || std::fs::read_to_string(folder.top.join("server.log")).unwrap();
    // It is made with the first entry; a kill in the middle of that would rightly begin anew.
    assert!(server.post_gift(&staff.officer, &gift(1_000)).is_ok_and(|answer| answer.status == 201));
    eventually("the index is made", || log().contains("search index built"));
    for _ in 0..4 {
        Flood::of(&server, &staff, |flood| {
            flood.wait_for_more(150);
            server.signal(Signal::KILL);
            eventually("nobody answers", || flood.broken.load(Ordering::Relaxed) >= 8);
        });
        drop(server);
        server = Server::start(&folder);
        for _ in 0..20 {
            assert_eq!(codes(&server, "q=ham+liem"), codes(&server, ""));
        }
    }
    eventually("the last one is open", || log().matches("search index opened").count() >= 4);
    assert_eq!(log().matches("search index built").count(), 1, "built once, then only opened");
    assert!(!log().contains("building it anew"));
    server.stop();
}

/// With PostgreSQL gone for good, the answers stay clear and the server can still be stopped.
#[test]
fn while_the_database_is_away_the_server_says_so() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let conf = folder.data.join("postgres/postgresql.conf");
    let text = std::fs::read_to_string(&conf).unwrap();
    std::fs::write(&conf, format!("{text}\nthis is = = nothing\n")).unwrap();
    kill_process(Pid::from_raw(folder.postmaster().unwrap()).unwrap(), Signal::KILL).unwrap();
    let lost = gift(5_000);
    // Backends outlive their postmaster by a moment, and may answer one more question.
    eventually("it is noticed", || server.send("GET", "/readyz", None, None).status == 503);
    for (method, path, body) in [
        ("GET", "/readyz", None),
        ("GET", "/api/v1/public/entries", None),
        ("GET", "/api/v1/session", None),
        ("POST", "/api/v1/gifts", Some(&lost)),
    ] {
        let answer = server.send(method, path, Some(&token), body);
        assert_eq!(answer.status, 503, "{path}: {}", answer.text);
        assert!(answer.retry_after.is_some() && answer.json()["type"] == "/problems/unavailable", "{path}: {answer:?}");
    }
    assert_eq!(server.send("GET", "/healthz", None, None).status, 200);
    std::fs::write(&conf, text).unwrap();
    eventually("it is well again", || server.send("GET", "/readyz", None, None).status == 200);
    assert_eq!(server.post_gift(&token, &lost).unwrap().status, 201);
}
