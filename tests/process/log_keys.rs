//! The key of the public log is exchanged from the command line, and those who verify keep up.

use std::process::Command;

use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;

use diesel::RunQueryDsl;
use rustix::process::Signal;

use crate::harness::*;

fn vkeys(server: &Server) -> Vec<String> {
    let keys = server.get("/api/v1/public/log")["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn is_signed_by(server: &Server, vkey: &str) -> bool {
    let note = server.send("GET", "/log/checkpoint", None, None);
    checkpoint::open(note.text.as_bytes(), &[Verifier::parse(vkey).unwrap()]).is_ok()
}

/// Names of the keys of the log, the current one first.
fn listed(folder: &Folder) -> Vec<String> {
    let said = folder.run(&["keys", "list"]);
    let lines = said.out.lines().filter(|line| line.starts_with("log "));
    lines.map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
}

fn hang_up(server: &Server, folder: &Folder) {
    let count = || {
        let log = std::fs::read_to_string(folder.top.join("server.log")).unwrap();
        log.matches("the key files are taken up").count()
    };
    let before = count();
    server.signal(Signal::HUP);
    eventually("the keys are taken up", || count() > before);
}

/// An auditor, who has neither our settings nor our keys.
fn audit(server: &Server, folder: &Folder, mirror: &str, vkeys: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_so-nhan-ai"));
    command.args(["audit", "--url", &server.base, "--mirror"]).arg(folder.top.join(mirror));
    for vkey in vkeys {
        command.args(["--vkey", vkey]);
    }
    said(&mut command, "")
}

#[test]
fn the_logs_key_is_exchanged() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let code = server.post_gift(&staff.officer, &gift(100_000)).unwrap().json()["code"].as_str().unwrap().to_owned();
    eventually("a receipt", || server.send("GET", &format!("/api/v1/public/entries/{code}/receipt"), None, None).status == 200);
    let [first] = <[String; 1]>::try_from(vkeys(&server)).unwrap();
    assert!(audit(&server, &folder, "early", &[&first]).ok());

    let said = folder.run(&["keys", "rotate", "--which", "log"]);
    assert!(said.ok() && said.out.contains("SIGHUP") && said.out.contains("90 days"), "{said:?}");
    let [new, old] = <[String; 2]>::try_from(listed(&folder)).unwrap();
    assert_eq!(vkeys(&server).len(), 1, "nothing changes before the server is told");
    let drop_old = || folder.run(&["keys", "drop", "--which", "log", "--kid", &old]);
    assert!(drop_old().complaint().contains("signed by no other key yet"), "{:?}", drop_old());

    hang_up(&server, &folder);
    eventually("both keys are announced", || vkeys(&server).len() == 2);
    let second = vkeys(&server).pop().unwrap();
    eventually("both sign", || is_signed_by(&server, &first) && is_signed_by(&server, &second));
    // Who knows the old key learns of the new one from the log itself.
    let said = audit(&server, &folder, "early", &[&first]);
    assert!(said.ok() && said.out.contains(&format!("the key {second} signs from there on")), "{said:?}");

    for (kid, says) in [(new.as_str(), "current"), ("zzzz", "no such key"), (&old, "drop it after that")] {
        let said = folder.run(&["keys", "drop", "--which", "log", "--kid", kid]);
        assert!(said.complaint().contains(says), "{kid}: {said:?}");
    }
    // Ninety days later.
    diesel::sql_query("ALTER TABLE log_key DISABLE TRIGGER ALL").execute(&mut folder.connect()).unwrap();
    let aged = diesel::sql_query("UPDATE log_key SET added_at = added_at - interval '91 days'").execute(&mut folder.connect());
    assert_eq!(aged.unwrap(), 2);
    assert!(drop_old().ok());
    assert!(drop_old().complaint().contains("no such key"));
    assert_eq!(listed(&folder), [new]);
    eventually("the old key is history", || vkeys(&server) == [second.clone()]);
    server.post_gift(&staff.officer, &gift(100_001)).unwrap();
    eventually("only the new key signs", || is_signed_by(&server, &second) && !is_signed_by(&server, &first));

    // With the old key alone nothing can be checked any more; whoever followed goes on from their own copy.
    let said = audit(&server, &folder, "early", &[&first]);
    assert!(!said.ok() && said.out.contains("a later key"), "{said:?}");
    let said = audit(&server, &folder, "early", &[&first, &second]);
    assert!(said.ok() && said.out.contains(&format!("the key {first} signs no more")), "{said:?}");
    let said = audit(&server, &folder, "fresh", &[&second]);
    assert!(said.ok(), "{said:?}");
    server.stop();
    let server = Server::start(&folder);
    assert_eq!(server.get("/readyz")["log"], "ok");
    server.post_gift(&server.log_in("hanh.hamliem", PASSWORD), &gift(100_002)).unwrap();
    eventually("the new key signs on", || server.get("/api/v1/public/log")["size"] == 5);

    // A key that no server was ever told of goes without a leaf.
    assert!(folder.run(&["keys", "rotate", "--which", "log"]).ok() && folder.run(&["keys", "rotate", "--which", "log"]).ok());
    let [_, unused, _] = <[String; 3]>::try_from(listed(&folder)).unwrap();
    let said = folder.run(&["keys", "drop", "--which", "log", "--kid", &unused]);
    assert!(said.ok() && said.out.contains("it never signed"), "{said:?}");
}
