//! The small program as a process, on logs made by the core: what it says, and its exit codes. The server's commands run the same
//! code and are tested at length in `tests/outside` of the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;

use sample::{Folder, Sample, VKEY, damage};

#[allow(dead_code, reason = "shared with the tests of the server's commands, which use all of it")]
#[path = "../../../tests/outside/sample.rs"]
mod sample;

fn run(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_so-nhan-ai-verify")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_folder_is_audited() {
    let folder = Folder::new();
    Sample::of(300).write(folder.path(), 300);
    let args = ["audit", "--dir", text(folder.path()), "--vkey", VKEY];
    let (code, out, err) = run(&args);
    assert!(code == 0 && out.contains("300 entries") && out.contains("clean ("), "{code} {out}{err}");
    damage(&folder.path().join("tile/entries/000"), 5_000);
    let (code, out, _) = run(&[&args[..], &["--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["findings"][0]["check"]), (1, &"entry_hash".into()));
}

#[test]
fn a_receipt_is_checked() {
    let folder = Folder::new();
    let (right, wrong) = (folder.path().join("right"), folder.path().join("wrong"));
    let receipt = Sample::of(40).receipt(3, 40, true);
    fs::write(&right, &receipt).unwrap();
    fs::write(&wrong, receipt.replacen("index 3\n", "index 4\n", 1)).unwrap();
    let (code, out, err) = run(&["receipt", "check", text(&right), "--vkey", VKEY]);
    assert!(code == 0 && out.contains("The receipt is right: entry 3") && out.contains("opened name"), "{code} {out}{err}");
    let (code, out, err) = run(&["receipt", "check", text(&wrong), "--vkey", VKEY]);
    assert!(code == 1 && out.starts_with("WRONG: "), "{code} {out}{err}");
}

#[test]
fn what_can_not_be_checked_ends_with_two() {
    let folder = Folder::new();
    let here = text(folder.path());
    for args in [
        &["audit", "--vkey", VKEY, "--dir", here][..],
        &["audit", "--dir", here],
        &["audit", "--vkey", VKEY],
        &["audit", "--vkey", VKEY, "--dir", here, "--url", "http://127.0.0.1:1/log"],
        &["audit", "--vkey", VKEY, "--url", "http://127.0.0.1:1/log"],
        &["audit", "--database"],
        &["receipt", "check", "/nowhere/at/all", "--vkey", VKEY],
        &["watch", "--once", "--vkey", VKEY, "--url", "http://127.0.0.1:1/log", "--state", here],
    ] {
        let (code, out, err) = run(args);
        assert!(code == 2 && out.is_empty() && !err.is_empty(), "{args:?}: {code} {out}{err}");
    }
}
