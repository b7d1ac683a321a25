//! `audit --dir`, `audit --url`, `receipt check` and `watch` as a process: what they say, and their exit codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use so_nhan_ai::ledger::accounts::Account;
use so_nhan_ai::ledger::kinds as books;
use so_nhan_ai_proof::verify::{kinds as rules, leaf};

use super::sample::{Folder, Make, Sample, VKEY, damage};
use super::server::{Answer, Server};

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_so-nhan-ai"));
    // A setting nobody knows is an error elsewhere; these commands have no settings.
    command.args(args).env("SNA_NONSENSE", "1").env_remove("DATABASE_URL");
    command
}

pub fn run(args: &[&str]) -> (i32, String, String) {
    let output = program(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    (output.status.code().unwrap(), out, err)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_folder_is_audited_with_key_or_policy() {
    let folder = Folder::new();
    let (log, policy) = (folder.path().join("log"), folder.path().join("policy"));
    Sample::of(300).write(&log, 300);
    fs::write(&policy, format!("log {VKEY}\nquorum none\n")).unwrap();
    for trust in [["--vkey", VKEY], ["--policy", text(&policy)]] {
        let (code, out, err) = run(&[&["audit", "--dir", text(&log)], &trust[..]].concat());
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("300 entries") && out.contains("GIFT_CASH") && out.contains("clean ("), "{out}");
    }
    damage(&log.join("tile/entries/000"), 5_000);
    let (code, out, _) = run(&["audit", "--dir", text(&log), "--vkey", VKEY, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, report["clean"].as_bool()), (1, Some(false)));
    assert_eq!(report["findings"][0]["check"], "entry_hash");
    assert!(report["totals"]["by_appeal"]["BAO13"]["received_vnd"].is_number(), "{out}");
}

#[test]
fn what_can_not_be_checked_ends_with_two() {
    let folder = Folder::new();
    for args in [
        &["audit", "--vkey", VKEY, "--dir", text(folder.path())][..],
        &["audit", "--dir", text(folder.path())],
        &["audit", "--vkey", "x", "--dir", text(folder.path())],
        &["audit", "--vkey", VKEY, "--url", "http://127.0.0.1:1/log"],
        &["audit", "--vkey", VKEY, "--dir", "/nowhere/at/all"],
        &["audit", "--vkey", VKEY, "--dir", "/tmp", "--mirror", "/tmp/x"],
        &["audit", "--vkey", VKEY, "--dir", "/tmp", "--url", "http://127.0.0.1:1/log"],
        &["audit", "--vkey", VKEY],
        &["audit", "--database", "--vkey", VKEY],
        &["receipt", "check", "/nowhere/at/all", "--vkey", VKEY],
        &["receipt", "check", "/nowhere/at/all"],
        &["watch", "--once", "--vkey", VKEY, "--url", "http://127.0.0.1:1/log", "--state", text(folder.path())],
    ] {
        let (code, out, err) = run(args);
        assert!(code == 2 && out.is_empty() && !err.is_empty(), "{args:?}: {code} {out}{err}");
    }
}

#[test]
fn a_site_is_audited_into_a_mirror_that_others_can_audit() {
    let folder = Folder::new();
    let (log, mirror) = (folder.path().join("log"), folder.path().join("mirror"));
    let mut sample = Sample::of(600);
    sample.write(&log, 400);
    let server = Server::of(&log);
    let audit = || run(&["audit", "--url", &server.log(), "--vkey", VKEY, "--mirror", text(&mirror)]);
    let (code, out, err) = audit();
    assert!(code == 0 && out.contains("published sums were not compared"), "{out}{err}");
    sample.write(&log, 600);
    assert_eq!(audit().0, 0);
    let (code, out, _) = run(&["audit", "--dir", text(&mirror), "--vkey", VKEY]);
    assert!(code == 0 && out.contains("600 entries"), "{out}");
    // The server now shows another log, rightly signed: the mirror remembers.
    Sample::of(700).write(&log, 700);
    let (code, out, _) = audit();
    assert!(code == 1 && out.contains("FORK") && out.contains("the checkpoint in the mirror"), "{out}");
    let (code, out, _) = run(&["audit", "--dir", text(&mirror), "--vkey", VKEY]);
    assert!(out.contains("600 entries"), "what was right stays: {code} {out}");
}

#[test]
fn a_receipt_is_checked_offline_and_online() {
    let folder = Folder::new();
    let (log, file) = (folder.path().join("log"), folder.path().join("a.tlog-proof"));
    let mut sample = Sample::of(20);
    sample.push(Make::Reversal(3));
    sample.write(&log, 21);
    let server = Server::of(&log);
    fs::write(&file, sample.receipt(3, 10, true)).unwrap();
    let (code, out, err) = run(&["receipt", "check", text(&file), "--vkey", VKEY]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("entry 3 of the log") && out.contains("opened name: Nguyễn Văn A") && out.contains("cannot be"),
        "{out}"
    );
    assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "nothing that drives a terminal: {out:?}");

    let hash = |i: usize| so_nhan_ai::basics::hex(&so_nhan_ai::log::tree::leaf_hash(&sample.leaves[i]));
    let entry = |i: usize, more: String| Answer::Json(format!(r#"{{"leaf_hash":"{}","log_index":{i}{more}}}"#, hash(i)));
    let path = |i: usize| format!("/api/v1/public/entries/{}", sample.code(i));
    server.answer(&path(3), entry(3, String::new()));
    let (code, out, err) = run(&["receipt", "check", text(&file), "--vkey", VKEY, "--url", &server.address]);
    assert!(code == 0 && out.contains("names no later entry"), "{out}{err}");
    server.answer(&path(3), entry(3, format!(r#","reversed_by":"{}""#, sample.code(20))));
    server.answer(&path(20), entry(20, String::new()));
    let (code, out, err) = run(&["receipt", "check", text(&file), "--vkey", VKEY, "--url", &server.address]);
    assert!(code == 3 && out.contains("ĐÃ HỦY") && out.contains("DUPLICATE"), "{out}{err}");
    damage(&file, 200);
    let (code, out, _) = run(&["receipt", "check", text(&file), "--vkey", VKEY]);
    assert!(code == 1 && out.starts_with("WRONG: "), "{out}");
}

#[test]
fn a_watch_tells_growth_from_forks_and_from_standing_still() {
    let folder = Folder::new();
    let (log, state) = (folder.path().join("log"), folder.path().join("state"));
    let mut sample = Sample::of(600);
    sample.write(&log, 300);
    let server = Server::of(&log);
    let url = server.log();
    let once =
        |more: &[&str]| run(&[&["watch", "--once", "--url", &url, "--vkey", VKEY, "--state", text(&state)], more].concat());
    assert_eq!(once(&[]).0, 0);
    sample.write(&log, 600);
    let (code, out, _) = once(&["--stale-after", "3600"]);
    assert!(code == 0 && out.contains("grew from 300 to 600"), "{out}");
    // As if it had last grown long ago.
    let path = state.join("watch.json");
    let mut remembered: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    remembered["grew_at"] = "2026-01-01T00:00:00Z".into();
    fs::write(&path, remembered.to_string()).unwrap();
    let (code, out, _) = once(&["--stale-after", "3600"]);
    assert!(code == 1 && out.contains("WRONG: stale"), "{out}");
    Sample::of(700).write(&log, 700);
    let (code, out, _) = once(&[]);
    assert!(code == 1 && out.contains("FORK") && out.contains("evidence in"), "{out}");
}

struct Mortal(Child);

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Killed again and again while the log grows: what is remembered is always whole, and the watch goes on from it.
#[test]
fn a_watch_survives_kill_9() {
    let folder = Folder::new();
    let (log, state) = (folder.path().join("log"), folder.path().join("state"));
    let mut sample = Sample::of(700);
    sample.write(&log, 1);
    let server = Server::of(&log);
    let url = server.log();
    let args = ["watch", "--every", "1", "--url", &url, "--vkey", VKEY, "--state", text(&state)];
    for round in 1..=6u64 {
        let mut watch = Mortal(program(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let deadline = Instant::now() + Duration::from_secs(60);
        let seen = |size: u64| {
            let remembered: Option<serde_json::Value> =
                fs::read(state.join("watch.json")).ok().map(|b| serde_json::from_slice(&b).unwrap());
            remembered.is_some_and(|state| state["checkpoint"].as_str().unwrap().contains(&format!("\n{size}\n")))
        };
        // Killed as soon as the new size is remembered, somewhere in what follows.
        while !seen(if round == 1 { 1 } else { round * 100 }) {
            assert!(Instant::now() < deadline && watch.0.try_wait().unwrap().is_none(), "round {round}");
            std::thread::yield_now();
        }
        watch.0.kill().unwrap();
        watch.0.wait().unwrap();
        sample.write(&log, (round + 1) * 100);
    }
    let (code, out, err) = run(&["watch", "--once", "--url", &url, "--vkey", VKEY, "--state", text(&state)]);
    assert!(code == 0 && out.contains("to 700 entries and continues"), "{out}{err}");
}

/// The verifier has its own list of words, so that it depends on no room that writes; what we write it must understand.
#[test]
fn the_verifier_understands_what_the_ledger_writes() {
    for row in books::KINDS {
        let kind = row.kind.name();
        let rule = rules::KINDS.iter().find(|rule| rule.name == kind);
        let rule = rule.unwrap_or_else(|| {
            panic!("audit --url does not understand {kind}: see crates/proof/src/verify/kinds.rs and docs/verify.md")
        });
        assert_eq!(rule.money, !row.debits.is_empty() || kind == "REVERSAL", "{kind}");
        let named = |accounts: &[Account]| -> BTreeSet<&str> { accounts.iter().map(|account| account.name()).collect() };
        assert_eq!(named(row.debits), rule.debits.iter().copied().collect(), "{kind}");
        assert_eq!(named(row.credits), rule.credits.iter().copied().collect(), "{kind}");
    }
    assert_eq!(leaf::CHANNELS, books::Channel::ALL.map(books::Channel::name));
}
