//! Programs that share no code with us read what our core writes: Go's own transparency log packages, and openssl with a shell.
//!
//! They agree with us to the byte, and each of them fails on one changed byte. Where a tool is missing the test says so in red and
//! passes; with `CI=true` it fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::sample::{Folder, Make, Sample, VKEY, damage};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub fn skip<T>(what: &str) -> Option<T> {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{what} is missing: make setup-outside");
    eprintln!("\x1b[31mSKIPPED: {what} is missing: make setup-outside\x1b[0m");
    None
}

/// The Go verifier, built once from Debian's packages alone.
pub fn go() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build_go).as_deref()
}

fn build_go() -> Option<PathBuf> {
    let gocode = Path::new("/usr/share/gocode");
    if !gocode.join("src/golang.org/x/mod/sumdb/tlog").exists() {
        return skip("golang-golang-x-mod-dev");
    }
    let places = ["/usr/lib/go-1.19/bin/go", "/usr/lib/go/bin/go", "/usr/bin/go"];
    let Some(program) = places.iter().find(|path| Path::new(path).exists()) else {
        return skip("golang");
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-log");
    fs::create_dir_all(&folder).unwrap();
    let to = folder.join("verify-log");
    let built = Command::new(program)
        .args(["build", "-o"])
        .arg(&to)
        .arg(Path::new(ROOT).join("assets/outside/verify-log.go"))
        .env("GO111MODULE", "off")
        .env("GOPATH", gocode)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .env("GOCACHE", folder.join("cache"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(to)
}

pub fn has_shell_tools() -> bool {
    let openssl = Command::new("openssl").arg("version").output().is_ok_and(|said| !said.stdout.starts_with(b"OpenSSL 1"));
    let tools = openssl && Command::new("bash").arg("-c").arg("command -v xxd").output().is_ok_and(|said| said.status.success());
    tools || skip::<()>("openssl 3 or xxd").is_some()
}

/// (exit code, standard output, standard error)
fn said(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub fn run_go(go: &Path, args: &[&str]) -> (i32, String, String) {
    said(Command::new(go).args(["-vkey", VKEY]).args(args).output().unwrap())
}

pub fn run_shell(receipt: &Path) -> (i32, String, String) {
    let script = Path::new(ROOT).join("assets/outside/check-receipt.sh");
    said(Command::new("bash").arg(script).arg(receipt).arg(VKEY).output().unwrap())
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn go_agrees_with_logs_of_every_shape() {
    let Some(go) = go() else { return };
    for size in [0, 1, 255, 256, 257, 700] {
        let folder = Folder::new();
        let (log, old) = (folder.path().join("log"), folder.path().join("old"));
        let mut sample = Sample::of(size as usize);
        sample.write(&log, size);
        fs::write(&old, sample.checkpoint(size / 3)).unwrap();
        let (code, out, err) = run_go(go, &["-log", text(&log), "-old", text(&old)]);
        assert_eq!(code, 0, "{size}: {err}");
        let root = STANDARD.encode(sample.head(size).root);
        assert!(out.contains(&format!("size {size}\nroot {root}\n")), "{out}");
        assert!(out.contains(&format!("continues the checkpoint of size {}", size / 3)), "{out}");
        let (_, leaves, _) = run_go(go, &["-log", text(&log), "-leaves"]);
        assert_eq!(leaves.as_bytes(), sample.leaves.iter().flat_map(|leaf| [leaf, &b"\n"[..]].concat()).collect::<Vec<_>>());
    }
}

/// Two levels of full tiles.
#[test]
fn go_agrees_with_seventy_thousand_entries() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let mut sample = Sample::default();
    (0..70_000u64).for_each(|i| sample.push_leaf(i.to_string().into_bytes()));
    sample.write(folder.path(), 70_000);
    let (code, out, err) = run_go(go, &["-log", text(folder.path())]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(&STANDARD.encode(sample.head(70_000).root)) && out.contains("in 274 bundles, 277 tiles"), "{out}");
}

#[test]
fn go_names_what_was_changed() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let mut sample = Sample::of(700);
    let bundle_start = sample.leaves[256..300].iter().map(|leaf| leaf.len() + 2).sum::<usize>() + 2;
    let last = sample.checkpoint(700).len();
    for (path, at, says) in [
        ("tile/entries/001", bundle_start + 30, "tile/entries/001: entry 300 was changed"),
        ("tile/0/001", 44 * 32 + 5, "tile/0/001 was changed: its hash of entry 300"),
        ("tile/1/000.p/2", 40, "tile/1/000.p/2, hash 1"),
        ("tile/0/002.p/188", 3, "tile/0/002.p/188"),
        ("tile/entries/002.p/188", 0, "tile/entries/002.p/188"),
        ("checkpoint", 1, "checkpoint: "),
        ("checkpoint", 25, "checkpoint: "),
        ("checkpoint", 40, "checkpoint: "),
        ("checkpoint", last - 20, "checkpoint: "),
    ] {
        sample.write(folder.path(), 700);
        damage(&folder.path().join(path), at);
        let (code, _, err) = run_go(go, &["-log", text(folder.path())]);
        assert!(code == 1 && err.contains(says), "{path}: {code} {err}");
    }
    sample.write(folder.path(), 700);
    fs::remove_file(folder.path().join("tile/entries/001")).unwrap();
    let (code, _, err) = run_go(go, &["-log", text(folder.path())]);
    assert!(code == 1 && err.contains("tile/entries/001 is missing"), "{code} {err}");
    let (code, _, _) = run_go(go, &["-log", "/nowhere/at/all"]);
    assert_eq!(code, 2, "what cannot be checked is not wrong");
}

#[test]
fn go_sees_a_fork_and_a_log_that_shrank() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let (log, old) = (folder.path().join("log"), folder.path().join("old"));
    let mut sample = Sample::of(600);
    Sample::of(600).write(&log, 600);
    for (size, says) in [(500, "FORK"), (600, "FORK"), (300, "FORK")] {
        fs::write(&old, sample.checkpoint(size)).unwrap();
        let (code, _, err) = run_go(go, &["-log", text(&log), "-old", text(&old)]);
        assert!(code == 1 && err.contains(says), "{size}: {err}");
    }
    let mut larger = Sample::of(700);
    fs::write(&old, larger.checkpoint(700)).unwrap();
    let (code, _, err) = run_go(go, &["-log", text(&log), "-old", text(&old)]);
    assert!(code == 1 && err.contains("signed for 700 leaves, the log shows only 600"), "{err}");
}

/// The lines that both programs print of a receipt: the leaf, and what was opened.
fn leaf_line(out: &str) -> &str {
    out.lines().find(|line| line.starts_with('{')).unwrap_or_default()
}

#[test]
fn receipts_are_right_for_go_and_for_the_shell() {
    let (go, shell) = (go(), has_shell_tools());
    let folder = Folder::new();
    let file = folder.path().join("a.tlog-proof");
    let mut sample = Sample::of(700);
    for (index, size) in [(0, 1), (0, 700), (255, 256), (256, 257), (69, 300), (699, 700)] {
        for private in [false, true] {
            fs::write(&file, sample.receipt(index, size, private)).unwrap();
            let leaf = std::str::from_utf8(&sample.leaves[index]).unwrap();
            let mut ran = Vec::new();
            ran.extend(go.map(|go| run_go(go, &["-receipt", text(&file)])));
            ran.extend(shell.then(|| run_shell(&file)));
            for (code, out, err) in ran {
                assert_eq!(code, 0, "{index} of {size}: {err}");
                assert_eq!(leaf_line(&out), leaf);
                assert_eq!(out.contains("opened name: ") && out.contains("Nguyễn Văn A"), private, "{out}");
                assert!(!out.contains("0912345678"), "a field that is not opened");
                assert!(format!("{out}{err}").contains("later"), "it says what it cannot see: {out}{err}");
            }
        }
    }
}

#[test]
fn one_changed_byte_of_a_receipt_is_noticed_by_go_and_by_the_shell() {
    let (go, shell) = (go(), has_shell_tools());
    let folder = Folder::new();
    let file = folder.path().join("a.tlog-proof");
    let mut sample = Sample::of(300);
    let receipt = sample.receipt(69, 300, true);
    let witness = receipt.find("— witness").unwrap()..receipt.find("— ledger").unwrap();
    // Some of the places, with the first and the last; the witness's line is nobody's who checks here.
    let places = (0..receipt.len()).filter(|at| !witness.contains(at) && (at % 61 == 7 || *at == 0 || at + 1 == receipt.len()));
    for at in places {
        fs::write(&file, &receipt).unwrap();
        damage(&file, at);
        if let Some(go) = go {
            assert_eq!(
                run_go(go, &["-receipt", text(&file)]).0,
                1,
                "Go, byte {at}: {:?}",
                receipt.get(at.saturating_sub(20)..at + 5)
            );
        }
        if shell {
            assert_eq!(run_shell(&file).0, 1, "shell, byte {at}: {:?}", receipt.get(at.saturating_sub(20)..at + 5));
        }
    }
    for (name, text) in [
        ("cut", receipt[..receipt.len() / 2].to_owned()),
        ("empty", String::new()),
        ("another index", receipt.replace("index 69", "index 70")),
        ("a huge index", receipt.replace("index 69", "index 99999999999999999999999")),
        ("another leaf", sample.receipt(70, 300, false).replace("index 70", "index 69")),
    ] {
        fs::write(&file, text).unwrap();
        if let Some(go) = go {
            assert_eq!(run_go(go, &["-receipt", file.to_str().unwrap()]).0, 1, "{name}");
        }
        if shell {
            assert_eq!(run_shell(&file).0, 1, "{name}");
        }
    }
}

#[test]
fn go_finds_the_reversal_that_a_receipt_can_not_see() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let (log, file) = (folder.path().join("log"), folder.path().join("a.tlog-proof"));
    let mut sample = Sample::of(300);
    sample.push(Make::Reversal(11));
    sample.write(&log, 301);
    fs::write(&file, sample.receipt(11, 200, false)).unwrap();
    let (code, out, err) = run_go(go, &["-log", text(&log), "-receipt", text(&file)]);
    assert!(code == 3 && out.contains(&format!("LATER: REVERSAL {}", sample.code(300))), "{code} {out}{err}");
    // What is said of the entry and takes nothing back is told, and is no reason to end otherwise.
    let mut erased = Sample::of(300);
    erased.push(Make::Erasure(11));
    erased.write(&log, 301);
    fs::write(&file, erased.receipt(11, 200, false)).unwrap();
    let (code, out, err) = run_go(go, &["-log", text(&log), "-receipt", text(&file)]);
    assert!(code == 0 && out.contains("LATER: ERASURE"), "{code} {out}{err}");
    fs::write(&file, sample.receipt(11, 200, false)).unwrap();
    Sample::of(400).write(&log, 400);
    let (code, _, err) = run_go(go, &["-log", text(&log), "-receipt", text(&file)]);
    assert!(code == 1 && err.contains("FORK"), "a receipt of another log: {err}");
}

/// A log that writes a reversal so that a careless reader passes over it: nothing of the kind is "nothing later".
#[test]
fn go_does_not_pass_over_leaves_that_it_can_not_read() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let (log, file) = (folder.path().join("log"), folder.path().join("a.tlog-proof"));
    let told = |change: &dyn Fn(String, &str) -> String| {
        let mut sample = Sample::of(300);
        sample.push(Make::Reversal(11));
        let of = sample.code(11).to_owned();
        let honest = String::from_utf8(sample.leaves.pop().unwrap()).unwrap();
        let mut forged = Sample::default();
        sample.leaves.iter().for_each(|leaf| forged.push_leaf(leaf.clone()));
        forged.push_leaf(change(honest, &of).into_bytes());
        forged.write(&log, 301);
        fs::write(&file, sample.receipt(11, 200, false)).unwrap();
        let (code, out, err) = run_go(go, &["-log", text(&log), "-receipt", text(&file)]);
        assert!(!out.contains("nothing later"), "{out}{err}");
        (code, err)
    };
    let escaped = |leaf: String, of: &str| leaf.replace(of, &format!("\\u00{:02x}{}", of.as_bytes()[0], &of[1..]));
    type Change<'a> = &'a dyn Fn(String, &str) -> String;
    let hidden: [(&str, Change); 6] = [
        ("reason", &|leaf, _| leaf.replace("\"DUPLICATE\"", "1")),
        ("RFC 8785", &escaped),
        ("RFC 8785", &|leaf, _| leaf.replace("\"of\":", "\"of\":\"X\",\"of\":")),
        ("RFC 8785", &|leaf, _| leaf.replace("\"of\":", "\"of\": ")),
        ("of is no text", &|leaf, of| leaf.replace(&format!("\"of\":\"{of}\""), &format!("\"of\":[\"{of}\"]"))),
        ("cannot be read", &|leaf, _| leaf[..leaf.len() - 1].to_owned()),
    ];
    for (says, change) in hidden {
        let (code, err) = told(change);
        assert!(code == 1 && err.contains("entry 300") && err.contains(says), "{says}: {code} {err}");
    }
    let (code, err) = told(&|leaf, _| leaf.replace("\"v\":1", "\"v\":2"));
    assert!(code == 2 && err.contains("1 later entries are of a version"), "{code} {err}");
}

#[test]
fn go_looks_for_nothing_behind_a_leaf_that_it_does_not_understand() {
    let Some(go) = go() else { return };
    let folder = Folder::new();
    let (log, file) = (folder.path().join("log"), folder.path().join("a.tlog-proof"));
    let plain = Sample::of(12);
    for (from, to, expected) in [("\"v\":1", "\"v\":2", 2), ("\"entry\":", "\"entrx\":", 1), ("{", "{ ", 1)] {
        let mut sample = Sample::of(12);
        let mut forged = Sample::default();
        sample.leaves[11] = String::from_utf8(plain.leaves[11].clone()).unwrap().replacen(from, to, 1).into_bytes();
        sample.leaves.iter().for_each(|leaf| forged.push_leaf(leaf.clone()));
        forged.push(Make::Cash(5));
        sample.tiles = std::mem::take(&mut forged.tiles);
        sample.leaves = std::mem::take(&mut forged.leaves);
        sample.write(&log, 13);
        fs::write(&file, sample.receipt(11, 12, false)).unwrap();
        let (code, out, err) = run_go(go, &["-log", text(&log), "-receipt", text(&file)]);
        assert!(code == expected && !out.contains("nothing later"), "{to}: {code} {out}{err}");
    }
}
