//! What goes wrong around the server without anybody being killed: a full disk, busy connections, slow clients.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::Value;

use crate::flood::{Flood, assert_whole};
use crate::harness::*;

/// A file system of its own in memory, small enough to be filled. Unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// `None` where this user may not mount: said in red, and an error on a machine that checks for everybody.
    fn at(folder: &'a Path, megabytes: usize) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={megabytes}m,mode=0755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(SmallDisk(folder));
        }
        assert!(std::env::var_os("CI").is_none(), "mounting a small disk needs root");
        eprintln!("\x1b[31mSKIPPED: a full disk is tried as root only\x1b[0m");
        None
    }

    fn free_bytes(&self) -> u64 {
        let disk = rustix::fs::statvfs(self.0).unwrap();
        disk.f_bavail * disk.f_frsize
    }

    /// Fills it but for so many bytes; removing the file makes room again.
    fn fill_but(&self, left: u64) -> std::path::PathBuf {
        let ballast = self.0.join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        // As small as a page: nothing is left when nothing is to be left.
        let block = [0u8; 4096];
        while self.free_bytes() >= left + block.len() as u64 && file.write_all(&block).is_ok() {}
        ballast
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Lazily: a PostgreSQL that is just ending may still have files open.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_room_heals_it() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::at(&folder.data, 400) else {
        return;
    };
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let flood = Flood::of(&server, &staff, |flood| {
        flood.wait_for_more(300);
        let ballast = disk.fill_but(512 * 1024);
        eventually("gifts are told to come back", || flood.unavailable.load(Ordering::Relaxed) >= 20);
        assert_eq!(server.send("GET", "/healthz", None, None).status, 200, "the process lives");
        std::fs::remove_file(ballast).unwrap();
        eventually("it is ready again", || server.send("GET", "/readyz", None, None).status == 200);
        flood.wait_for_more(100);
    });
    flood.check(&folder, &server, &staff);
    server.stop();
}

/// The folder of the public log is on a disk of its own, which fills up: gifts are taken all the while, `/readyz` says what
/// stands still, the old checkpoint is served, and everything is published once there is room. The same on a disk that can
/// only be read.
#[test]
fn a_full_or_read_only_disk_of_the_public_log_stops_only_publishing() {
    let folder = Folder::new();
    let place = folder.top.join("public-log");
    let Some(disk) = SmallDisk::at(&place, 2) else {
        return;
    };
    let start = || {
        let mut command = folder.program(&["serve"]);
        command.env("SNA_PUBLIC_LOG_DIR", place.join("log"));
        Server::of(&folder, command)
    };
    let covered = |server: &Server| {
        let note = server.send("GET", "/log/checkpoint", None, None).text;
        note.lines().nth(1).map(str::to_owned)
    };
    let server = start();
    let staff = Staff::at(&folder, &server);
    let record = |server: &Server, n: i64| assert_eq!(server.post_gift(&staff.officer, &gift(n)).unwrap().status, 201);
    let stands_still = |server: &Server, published: &str| {
        eventually("the log stands still", || server.get("/readyz")["log"] == "stands_still");
        assert_eq!((covered(server).as_deref(), &server.get("/readyz")["status"]), (Some(published), &Value::from("ok")));
    };
    let goes_on = |server: &Server, published: &str| {
        eventually("it goes on", || covered(server).as_deref() == Some(published));
        eventually("it says so", || server.get("/readyz")["log"] == "ok");
    };
    record(&server, 1_001);
    goes_on(&server, "1");

    let ballast = disk.fill_but(0);
    record(&server, 1_002);
    stands_still(&server, "1");
    std::fs::remove_file(&ballast).unwrap();
    goes_on(&server, "2");
    server.stop();

    let remount = |mode: &str| {
        let status = Command::new("mount").args(["-o", &format!("remount,{mode}")]).arg(&place).status();
        assert!(status.unwrap().success(), "remount {mode}");
    };
    remount("ro");
    let server = start();
    record(&server, 1_003);
    stands_still(&server, "2");
    remount("rw");
    goes_on(&server, "3");
    assert!(folder.run(&["audit", "--database"]).ok());
    server.stop();
}

/// One connection for all requests, and somebody else's lock on the table they need.
#[test]
fn while_all_connections_are_busy_everybody_is_told_and_nothing_is_lost() {
    let folder = Folder::ready();
    let mut command = folder.program(&["serve"]);
    command.env("SNA_DATABASE_CONNECTIONS", "1");
    let server = Server::of(&folder, command);
    let staff = Staff::at(&folder, &server);
    let gifts: Vec<Value> = (0..40).map(|n| gift(1_000 + n)).collect();
    let mut lock = folder.connect();
    lock.batch_execute("BEGIN; LOCK TABLE gift IN ACCESS EXCLUSIVE MODE").unwrap();
    let (told, booked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for gift in &gifts {
            // Half of them read, which needs a connection at once; half record, which waits in the queue.
            let read = gift["amount_vnd"].as_i64().unwrap() % 2 == 0;
            let (server, staff, told, booked) = (&server, &staff, &told, &booked);
            scope.spawn(move || {
                let answer = match read {
                    true => server.send("GET", "/api/v1/gifts?chapter=23095", Some(&staff.officer), None),
                    false => server.post_gift(&staff.officer, gift).unwrap(),
                };
                match answer.status {
                    503 => assert!(answer.retry_after.is_some(), "{answer:?}"),
                    status => assert_eq!(status, if read { 200 } else { 201 }, "{}", answer.text),
                }
                if answer.status == 503 { told } else { booked }.fetch_add(1, Ordering::Relaxed);
            });
        }
        eventually("those who wait too long are told", || told.load(Ordering::Relaxed) >= 15);
        assert_eq!(server.send("GET", "/healthz", None, None).status, 200, "the process itself answers");
        lock.batch_execute("COMMIT").unwrap();
    });
    assert!(booked.load(Ordering::Relaxed) >= 20, "what waited in the queue was recorded");
    for gift in gifts.iter().filter(|gift| gift["amount_vnd"].as_i64().unwrap() % 2 == 1) {
        assert_eq!(server.post_gift(&staff.officer, gift).unwrap().status, 200);
    }
    assert_whole(&folder);
    server.stop();
}

/// Clients that send a byte now and then, or nothing, or do not read: they cost themselves, nobody else.
#[test]
fn slow_clients_hold_nobody_up_and_are_let_go() {
    let folder = Folder::ready();
    let mut command = folder.program(&["serve"]);
    command.env("SNA_WORKERS", "1");
    let server = Server::of(&folder, command);
    let staff = Staff::at(&folder, &server);
    let connect = || TcpStream::connect(server.base.strip_prefix("http://").unwrap()).unwrap();
    let mut half_a_head: Vec<TcpStream> = (0..200).map(|_| connect()).collect();
    half_a_head.iter_mut().for_each(|client| client.write_all(b"POST /api/v1/gifts HT").unwrap());
    let body_to_come = |length: usize| {
        let mut client = connect();
        let head = format!(
            "POST /api/v1/gifts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{\"id\"",
            staff.officer
        );
        client.write_all(head.as_bytes()).unwrap();
        client
    };
    let mut half_a_body: Vec<TcpStream> = (0..50).map(|_| body_to_come(5_000)).collect();
    // Asks for a lot and reads nothing.
    let mut deaf = connect();
    for _ in 0..2_000 {
        deaf.write_all(b"GET /api/v1/public/chapters?parent=68&limit=200 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap_or_default();
        if deaf.set_nonblocking(true).is_err() {
            break;
        }
    }
    let began = Instant::now();
    for n in 0..50 {
        assert_eq!(server.post_gift(&staff.officer, &gift(1_000 + n)).unwrap().status, 201);
    }
    assert!(began.elapsed() < Duration::from_secs(20), "others are served: {:?}", began.elapsed());
    for client in [half_a_head.pop().unwrap(), half_a_body.pop().unwrap()].iter_mut() {
        client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut said = String::new();
        // Told that it took too long, or simply let go.
        let _ = client.read_to_string(&mut said);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    drop((half_a_head, half_a_body, deaf));
    server.stop();
}
