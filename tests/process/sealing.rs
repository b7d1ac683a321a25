//! The process dies at every step of sealing and publishing: what was acknowledged is in the log once, and the log that the
//! world saw goes on.

use std::time::Duration;

use so_nhan_ai::basics::failpoint;
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::folder::LogFolder;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::tiles::{Of, Piece, read_bundle};
use so_nhan_ai::log::tree::{Head, leaf_hash, root_over};

use crate::harness::*;

/// In the order in which a gift meets them.
const PLACES: [&str; 7] = ["sequenced", "grown", "signed", "guarded", "piece", "tiles", "published"];

fn key(server: &Server) -> Verifier {
    Verifier::parse(server.get("/api/v1/public/log")["keys"][0].as_str().unwrap()).unwrap()
}

/// Reads the published folder as a static server would serve it, and recomputes its root from the entries.
fn published(folder: &Folder, key: &Verifier) -> Head {
    let log = LogFolder::new(&folder.data.join("log"));
    let head = checkpoint::open(log.checkpoint().unwrap().unwrap().as_bytes(), std::slice::from_ref(key)).unwrap();
    let mut leaves = Vec::new();
    for n in 0..head.size.div_ceil(256) {
        let piece = Piece::at(Of::Entries, n, head.size).unwrap();
        let bundle = log.read(piece).unwrap().unwrap_or_else(|| panic!("{} is missing", piece.path()));
        leaves.extend(read_bundle(&bundle).unwrap().into_iter().map(leaf_hash));
    }
    assert_eq!(root_over(&leaves), head.root);
    head
}

#[test]
fn killed_at_any_step_the_log_goes_on() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    eventually("the first checkpoint", || server.send("GET", "/log/checkpoint", None, None).status == 200);
    let key = key(&server);
    server.stop();
    let mut newest = published(&folder, &key);
    let mut booked = 0;
    for place in PLACES {
        let mut command = folder.program(&["serve"]);
        command.env(failpoint::VARIABLE, place);
        let mut server = Server::of(&folder, command);
        let answer = server.post_gift(&staff.officer, &gift(100_000 + booked));
        assert!(answer.is_ok_and(|answer| answer.status == 201), "{place}");
        booked += 1;
        assert!(!server.process.wait(Duration::from_secs(30)).success(), "{place} was never reached");
        // Whatever is published after the kill is whole, and nothing went back.
        let after = published(&folder, &key);
        assert!(after.size >= newest.size, "{place}");
        // Started again, it goes on where it was.
        let server = Server::start(&folder);
        let size = u64::try_from(booked).unwrap();
        eventually("everything is published", || published(&folder, &key).size == size);
        newest = published(&folder, &key);
        assert_eq!(server.get("/readyz")["log"], "ok");
        assert_eq!(folder.number("SELECT count(*) FROM log_leaf"), booked);
        server.stop();
    }
    let audit = folder.run(&["audit", "--database"]);
    assert!(audit.ok(), "{}", audit.complaint());
}
