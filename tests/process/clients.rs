//! The OpenAPI document in the hands of others: two validators judge it, two generators make clients of it, and each client goes through a day at the
//! desk against a running server. None of these programs was written here; `make setup-outside` installs them, pinned by hash.
//!
//! Where they are missing the tests say so in red and pass; with `CI=true` they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::harness::*;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// A paper of one page.
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj <<>> stream\nbi\xc3\xaan nh\xe1\xba\xadn\nendstream endobj\ntrailer <<>>\n%%EOF\n";

/// Where programs from PyPI or npm are, if they are.
fn installed(place: &str, program: &str) -> Option<PathBuf> {
    let path = Path::new(ROOT).join(place).join(program);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing: make setup-outside", path.display());
    eprintln!("\x1b[31mSKIPPED: {} is missing: make setup-outside\x1b[0m", path.display());
    None
}

fn python(program: &str) -> Option<PathBuf> {
    installed("target/outside/bin", program)
}

fn node(program: &str) -> Option<PathBuf> {
    installed("target/outside-npm/node_modules/.bin", program)
}

/// Runs a program of others to its end, which must be a good one.
fn run(command: &mut Command) -> String {
    let said = command.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{command:?} ended with {}\n{out}\n{err}", said.status);
    out.into_owned()
}

/// The document as the program prints it.
fn document(folder: &Folder) -> PathBuf {
    let said = folder.run(&["openapi"]);
    assert!(said.ok(), "{said:?}");
    let path = folder.top.join("openapi.json");
    fs::write(&path, said.out).unwrap();
    path
}

#[test]
fn two_validators_find_nothing() {
    let folder = Folder::new();
    let document = document(&folder);
    if let Some(validator) = python("openapi-spec-validator") {
        let said = run(Command::new(validator).args(["--errors", "all"]).arg(&document));
        assert!(said.contains("OK"), "{said}");
    }
    if let Some(validator) = node("redocly") {
        let rules = Path::new(ROOT).join("tests/outside/clients/redocly.yaml");
        let said = run(Command::new(validator).args(["lint", "--format", "json"]).arg(&document).arg("--config").arg(rules));
        let report: serde_json::Value = serde_json::from_str(&said).unwrap();
        let totals = &report["totals"];
        assert_eq!((totals["errors"].as_u64(), totals["warnings"].as_u64()), (Some(0), Some(0)), "{said}");
    }
}

/// What a flow is told: where the server is, who logs in, who approves, and a paper.
fn told(command: &mut Command, server: &Server, staff: &Staff) -> String {
    let paper = STANDARD.encode(PAPER);
    let secrets =
        [("USER_NAME", "hanh.hamliem"), ("PASSWORD", PASSWORD), ("APPROVER", staff.approver.as_str()), ("PAPER", paper.as_str())];
    run(command.envs(secrets).env("BASE", &server.base))
}

#[test]
fn generated_clients_go_through_a_day_at_the_desk() {
    let folder = Folder::ready();
    let document = document(&folder);
    let (typescript, python) = (typescript(&folder, &document), python_client(&folder, &document));
    if typescript.is_none() && python.is_none() {
        return;
    }
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    for mut flow in [typescript, python].into_iter().flatten() {
        let said = told(&mut flow, &server, &staff);
        assert!(said.contains("1 reversal, 1 paper, 1 receipt"), "{said}");
    }
}

/// openapi-typescript makes the types, the compiler holds the flow to them, openapi-fetch sends.
fn typescript(folder: &Folder, document: &Path) -> Option<Command> {
    let (generator, compiler) = (node("openapi-typescript")?, node("tsc")?);
    let place = folder.top.join("typescript");
    fs::create_dir_all(&place).unwrap();
    for file in ["flow.ts", "node.d.ts", "tsconfig.json", "package.json"] {
        fs::copy(Path::new(ROOT).join("tests/outside/clients").join(file), place.join(file)).unwrap();
    }
    std::os::unix::fs::symlink(Path::new(ROOT).join("target/outside-npm/node_modules"), place.join("node_modules")).unwrap();
    run(Command::new(generator).arg(document).args(["--output", "schema.d.ts", "--root-types"]).current_dir(&place));
    run(Command::new(compiler).args(["--project", "."]).current_dir(&place));
    let mut flow = Command::new("node");
    flow.arg("made/flow.js").current_dir(&place);
    Some(flow)
}

/// openapi-python-client makes a package, and says nothing of what it had to leave out.
fn python_client(folder: &Folder, document: &Path) -> Option<Command> {
    let (generator, interpreter) = (python("openapi-python-client")?, python("python")?);
    let (place, config) =
        (folder.top.join("python/so_nhan_ai_client"), Path::new(ROOT).join("tests/outside/clients/python.yaml"));
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let said = run(Command::new(generator)
        .args(["generate", "--fail-on-warning", "--meta", "none", "--overwrite", "--path"])
        .arg(document)
        .arg("--output-path")
        .arg(&place)
        .arg("--config")
        .arg(&config));
    assert!(!said.contains("WARNING") && !said.contains("Warning") && !said.contains("Error"), "{said}");
    let mut flow = Command::new(interpreter);
    flow.arg(Path::new(ROOT).join("tests/outside/clients/flow.py")).env("CLIENT", place.parent().unwrap());
    Some(flow)
}
