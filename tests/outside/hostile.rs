//! Servers that answer as they please: forks between two answers, sums that are wrong for ever, silence at the right moment.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use chrono::DateTime;
use so_nhan_ai::basics::hex;
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::receipt::Receipt;
use so_nhan_ai::log::tree::{Hashes, Head, leaf_hash, prove_inclusion};
use so_nhan_ai_proof::verify::VerifyError;
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::place::Place;
use so_nhan_ai_proof::verify::published::{self, Patience};
use so_nhan_ai_proof::verify::report::Report;
use so_nhan_ai_proof::verify::site::Site;
use so_nhan_ai_proof::verify::watch::{Seen, Watch};

use super::commands::{run, text};
use super::online::{own, totals};
use super::sample::{Folder, Make, ORIGIN, Sample, VKEY, signer};
use super::server::{Answer, Server};

fn keys() -> Vec<Verifier> {
    vec![Verifier::parse(VKEY).unwrap()]
}

const PATIENCE: Patience = Patience { pause: Duration::ZERO, still: 2, lasting: 4, rounds: 8 };

/// The whole audit of a site, as the command does it.
fn audit(site: &Site) -> Report {
    let mut walk = Walk::new(site, 1);
    let note = site.checkpoint().unwrap();
    let head = checkpoint::open(&note, &keys()).unwrap();
    walk.follow(&note, head, &mut |_, _| ()).unwrap();
    published::compare(&mut walk, site, site, &keys(), PATIENCE, &mut |_, _| ()).unwrap();
    walk.report(ORIGIN)
}

/// One gift of 5,000 đồng, leaves nobody understands after it, and an API that says so.
fn one_gift(folder: &Path, size: u64) -> (Sample, Server) {
    let mut sample = Sample::default();
    sample.push(Make::Cash(5_000));
    for n in 1..size {
        sample.push_leaf(format!(r#"{{"n":{n},"v":2}}"#).into_bytes());
    }
    (1..=size).for_each(|size| sample.write(folder, size));
    let server = Server::of(folder);
    server.answer("/api/v1/public/totals", totals(5_000, 1));
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", totals(5_000, 1));
    server.answer("/api/v1/public/totals?chapter=68", own(5_000, 1));
    server.answer("/api/v1/public/totals?chapter=23095", own(5_000, 1));
    server.answer("/api/v1/public/appeals?limit=200", Answer::Json(r#"{"items":[]}"#.to_owned()));
    (sample, server)
}

fn growing(sample: &mut Sample, server: &Server, size: u64) {
    let notes = (1..=size).map(|size| sample.checkpoint(size).into_bytes()).collect();
    server.answer("/log/checkpoint", Answer::Series(notes));
}

#[test]
fn a_sum_that_stays_wrong_is_found_while_the_log_grows() {
    let folder = Folder::new();
    let (mut sample, server) = one_gift(folder.path(), 12);
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", totals(999_999_999, 1));
    growing(&mut sample, &server, 12);
    let report = audit(&Site::new(&server.log(), None).unwrap());
    let subjects: Vec<&str> = report.findings.iter().map(|f| f.subject.as_str()).collect();
    assert_eq!(subjects, ["appeal LULUT-2026"], "{}", report.text(9));
}

#[test]
fn a_sum_that_never_stands_still_is_not_clean() {
    let folder = Folder::new();
    let (mut sample, server) = one_gift(folder.path(), 12);
    let moving = (0..20).map(|n| totals(6_000 + n, 1).into_bytes()).collect();
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", Answer::Series(moving));
    growing(&mut sample, &server, 12);
    let report = audit(&Site::new(&server.log(), None).unwrap());
    assert!(report.total == 0 && !report.clean, "{}", report.text(9));
    assert!(report.unchecked[0].starts_with("1 of 4 published sums could not be compared"), "{:?}", report.unchecked);
}

#[test]
fn two_trees_of_one_size_within_one_audit_are_a_fork() {
    let folder = Folder::new();
    let (mut sample, server) = one_gift(folder.path(), 1);
    let mut other = Sample::default();
    other.push(Make::Cash(5_000));
    let notes = [sample.checkpoint(1), other.checkpoint(1)];
    server.answer("/log/checkpoint", Answer::Series(notes.iter().map(|note| note.clone().into_bytes()).collect()));
    // Something has to differ, or nobody looks twice.
    server.answer("/api/v1/public/totals?chapter=68", own(6_000, 1));
    let report = audit(&Site::new(&server.log(), None).unwrap());
    assert!(report.findings.iter().any(|f| f.differs.starts_with("FORK: the log signed two different trees")), "{report:?}");
    assert_eq!([&report.evidence[0].before, &report.evidence[0].after], [&notes[0], &notes[1]]);
    assert!(report.text(9).contains(notes[1].lines().nth(2).unwrap()), "the notes are in the report");
}

/// The fork's tile comes first; asked again, so that the old root can be looked for, the server gives the old hashes.
#[test]
fn a_fork_is_found_whatever_tile_comes_the_second_time() {
    let folder = Folder::new();
    let (mut sample, mut new, mut fork) = (Sample::of(300), Sample::default(), Sample::default());
    [Make::Cash(1), Make::Cash(2)].into_iter().for_each(|what| new.push(what));
    sample.leaves[..299].iter().chain(&new.leaves).for_each(|leaf| fork.push_leaf(leaf.clone()));
    sample.write(folder.path(), 300);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    let mut walk = Walk::new(&site, 1);
    walk.grow(sample.head(300), &mut |_, _| ()).unwrap();

    fork.write(folder.path(), 301);
    let mut hashes = fork.tiles.hashes(0, 1, 0..45).unwrap();
    let first = hashes.concat();
    hashes[43] = leaf_hash(&sample.leaves[299]);
    server.answer("/log/tile/0/001.p/45", Answer::Series(vec![first, hashes.concat()]));
    walk.grow(fork.head(301), &mut |_, _| ()).unwrap();
    let report = walk.report(ORIGIN);
    assert!(report.findings.iter().any(|f| f.differs.starts_with("FORK: ")), "{}", report.text(9));
}

#[test]
fn what_is_exempt_is_not_the_servers_to_say() {
    let folder = Folder::new();
    let (_, server) = one_gift(folder.path(), 1);
    let Answer::Json(country) = totals(5_000, 1) else { panic!("totals are JSON") };
    server.answer("/api/v1/public/totals", Answer::Json(country.replace(r#""chapter":"TW""#, r#""chapter":"68""#)));
    server.answer("/api/v1/public/totals?chapter=68", own(6_000, 1));
    let report = audit(&Site::new(&server.log(), None).unwrap());
    assert!(report.findings.iter().any(|f| f.subject == "province 68"), "{}", report.text(9));
}

#[test]
fn a_list_of_appeals_without_end_has_an_end() {
    let folder = Folder::new();
    let (_, server) = one_gift(folder.path(), 1);
    let items: Vec<String> = (0..100_000).map(|n| format!(r#"{{"code":"A{n}"}}"#)).collect();
    server.answer("/api/v1/public/appeals?limit=200", Answer::Json(format!(r#"{{"items":[{}],"next":"x"}}"#, items.join(","))));
    let report = audit(&Site::new(&server.log(), None).unwrap());
    assert!(report.unchecked.iter().any(|what| what.contains("more than 2000 appeals")), "{:?}", report.unchecked);
    assert!(server.asked.load(std::sync::atomic::Ordering::SeqCst) < 10_000);
}

/// Somebody signs for as many entries as there can be, and has none.
#[test]
fn a_log_of_nothing_is_audited_quickly_however_large_it_says_it_is() {
    let folder = Folder::new();
    let note = checkpoint::sign(ORIGIN, &Head { size: 1 << 40, root: [7; 32] }, &[signer()]);
    fs::write(folder.path().join("checkpoint"), note).unwrap();
    let (code, out, _) = run(&["audit", "--dir", text(folder.path()), "--vkey", VKEY]);
    assert!(code == 1 && out.contains("nothing is there") && out.contains("2 findings"), "{out}");
}

#[test]
fn a_named_api_that_is_none_ends_with_two() {
    let folder = Folder::new();
    Sample::of(3).write(folder.path(), 3);
    let server = Server::of(folder.path());
    let url = server.log();
    let (code, out, _) = run(&["audit", "--url", &url, "--vkey", VKEY, "--api", &server.address]);
    assert!(code == 2 && out.contains("NOT CHECKED: published sums were not compared"), "{out}");
    let (code, out, _) = run(&["audit", "--url", &url, "--vkey", VKEY]);
    assert!(code == 0 && out.contains("published sums were not compared: there is no API"), "{out}");
    // One that has appeals and no totals is one.
    server.answer("/api/v1/public/appeals?limit=200", Answer::Json(r#"{"items":[]}"#.to_owned()));
    assert_eq!(run(&["audit", "--url", &url, "--vkey", VKEY]).0, 2);
}

#[test]
fn a_reversal_that_is_only_named_counts_and_silence_is_no_answer() {
    let folder = Folder::new();
    let (log, file) = (folder.path().join("log"), folder.path().join("a.tlog-proof"));
    let mut sample = Sample::of(20);
    sample.write(&log, 20);
    fs::write(&file, sample.receipt(3, 10, false)).unwrap();
    let server = Server::of(&log);
    let check = |url: &str| run(&["receipt", "check", text(&file), "--vkey", VKEY, "--url", url]);
    let entry = |i: usize, index: &str, more: &str| {
        Answer::Json(format!(r#"{{"leaf_hash":"{}","log_index":{index}{more}}}"#, hex(&leaf_hash(&sample.leaves[i]))))
    };
    let path = |i: usize| format!("/api/v1/public/entries/{}", sample.code(i));
    let (code, out, _) = check(&server.address);
    assert!(code == 2 && out.contains("NOT CHECKED: the public ledger has no page of"), "{out}");

    let reversed = format!(r#","reversed_by":"{}""#, sample.code(7));
    server.answer(&path(3), entry(3, "3", &reversed));
    let (code, out, _) = check(&server.address);
    assert!(code == 3 && out.contains("ĐÃ HỦY"), "a reversal without a page: {out}");
    server.answer(&path(7), entry(7, "null", ""));
    assert_eq!(check(&server.address).0, 3, "a reversal without a place");
    server.answer(&path(7), Answer::Status(403));
    assert_eq!(check(&server.address).0, 3, "a reversal nobody may see");
    server.answer(&path(7), entry(7, "7", ""));
    let (code, out, _) = check(&server.address);
    assert!(code == 1 && out.contains("is not what the public ledger says"), "{out}");
    server.answer(&path(3), entry(3, "3", &format!(r#","annotations":[{{"code":"{}","log_index":null}}]"#, sample.code(7))));
    assert_eq!(check(&server.address).0, 2, "a change that cannot be looked at");
    // A checkpoint at the root of the site as well is no reason not to ask.
    server.answer(&path(3), entry(3, "3", &reversed));
    server.answer("/checkpoint", Answer::Json(sample.checkpoint(20)));
    for piece in ["tile/0/000.p/20", "tile/entries/000.p/20"] {
        server.answer(&format!("/{piece}"), Answer::Series(vec![fs::read(log.join(piece)).unwrap()]));
    }
    assert_eq!(check(&server.address).0, 1, "entry 7 is no reversal, and was looked at");
}

#[test]
fn a_receipt_of_bytes_nobody_understands_is_not_called_right() {
    let folder = Folder::new();
    let file = folder.path().join("a.tlog-proof");
    for leaf in [&b"\x1b[2J no JSON"[..], b"{\"v\": 1}"] {
        let mut sample = Sample::of(3);
        sample.push_leaf(leaf.to_vec());
        let proof = prove_inclusion(&mut sample.tiles, 3, 4).unwrap().unwrap();
        let receipt = Receipt { leaf: leaf.to_vec(), opened: None, index: 3, proof, checkpoint: sample.checkpoint(4) };
        fs::write(&file, receipt.text().unwrap()).unwrap();
        let (code, out, _) = run(&["receipt", "check", text(&file), "--vkey", VKEY]);
        assert!(code == 2 && out.contains("included, not understood") && !out.contains('\x1b'), "{code} {out}");
    }
}

fn at(second: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

/// A fork is shown, and then nothing that it could be proven with.
#[test]
fn a_signed_checkpoint_is_not_forgotten_because_nothing_could_be_proven() {
    let (folder, state) = (Folder::new(), Folder::new());
    let (mut sample, mut fork) = (Sample::of(500), Sample::of(400));
    sample.write(folder.path(), 300);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    let keys = keys();
    let watch = Watch { place: &site, keys: &keys, folder: state.path() };
    assert_eq!(watch.look(at(0)).unwrap(), Seen::First { size: 300 });
    server.answer("/log/checkpoint", Answer::Json(fork.checkpoint(400)));
    server.answer("/log/tile/0/001.p/144", Answer::Status(403));
    assert!(matches!(watch.look(at(60)), Err(VerifyError::Place(_))));

    server.take_back("/log/checkpoint");
    sample.write(folder.path(), 500);
    let Seen::Wrong { why, evidence } = watch.look(at(120)).unwrap() else { panic!("the fork is forgotten") };
    assert!(why.starts_with("FORK: the log of 500 entries does not begin with the 400"), "{why}");
    let kept = |name: &str| fs::read_to_string(evidence.as_ref().unwrap().join(name)).unwrap();
    assert_eq!([kept("before.checkpoint"), kept("after.checkpoint")], [fork.checkpoint(400), sample.checkpoint(500)]);
    assert_eq!(watch.look(at(180)).unwrap(), Seen::Grown { from: 300, size: 500 });
    assert_eq!(fs::read_dir(state.path().join("unproven")).unwrap().count(), 0, "what is proven is not kept");
}

#[test]
fn an_audit_into_a_mirror_keeps_what_does_not_fit() {
    let folder = Folder::new();
    let (log, mirror) = (folder.path().join("log"), folder.path().join("mirror"));
    let (mut sample, mut fork) = (Sample::of(500), Sample::of(400));
    sample.write(&log, 300);
    let server = Server::of(&log);
    let audit = || run(&["audit", "--url", &server.log(), "--vkey", VKEY, "--mirror", text(&mirror)]);
    assert_eq!(audit().0, 0);
    server.answer("/log/checkpoint", Answer::Json(fork.checkpoint(400)));
    server.answer("/log/tile/0/001.p/144", Answer::Status(403));
    assert_eq!(audit().0, 2);
    server.take_back("/log/checkpoint");
    sample.write(&log, 500);
    let (code, out, _) = audit();
    assert!(code == 1 && out.contains("FORK") && out.contains("a checkpoint that was seen earlier"), "{out}");
    let evidence = fs::read_dir(&mirror).unwrap().map(|e| e.unwrap().path());
    let evidence = evidence.filter(|path| text(path).contains("evidence-")).collect::<Vec<_>>();
    let kept = |name: &str| fs::read_to_string(evidence[0].join(name)).unwrap();
    assert_eq!([kept("before.checkpoint"), kept("after.checkpoint")], [fork.checkpoint(400), sample.checkpoint(500)]);
    assert_eq!(audit().0, 0, "the log itself is right");
}

/// What a server once gave was wrong and consistent in itself.
#[test]
fn a_poisoned_mirror_heals() {
    let folder = Folder::new();
    let (log, mirror) = (folder.path().join("log"), folder.path().join("mirror"));
    let (mut sample, mut other) = (Sample::of(600), Sample::of(600));
    sample.write(&log, 300);
    let server = Server::of(&log);
    let audit = || run(&["audit", "--url", &server.log(), "--vkey", VKEY, "--mirror", text(&mirror)]);
    assert_eq!(audit().0, 0);
    other.write(&log, 600);
    fs::write(log.join("checkpoint"), sample.checkpoint(600)).unwrap();
    assert_eq!(audit().0, 1);
    sample.write(&log, 600);
    let (code, out, _) = audit();
    assert!(code == 0 && out.contains("was downloaded again"), "{out}");
    assert!(!audit().1.contains("downloaded again"));
}

#[test]
fn a_pipe_is_no_file_and_names_drive_no_terminal() {
    let folder = Folder::new();
    assert!(Command::new("mkfifo").arg(folder.path().join("checkpoint")).status().unwrap().success());
    let (code, out, _) = run(&["audit", "--dir", text(folder.path()), "--vkey", VKEY]);
    assert!(code == 1 && out.contains("is no regular file"), "{code} {out}");

    let folder = Folder::new();
    let (_, server) = one_gift(folder.path(), 1);
    let Answer::Json(country) = totals(5_000, 1) else { panic!("totals are JSON") };
    server.answer("/api/v1/public/totals", Answer::Json(country.replace("APPEAL:LULUT-2026", "\\u001b[2J")));
    let report = audit(&Site::new(&server.log(), None).unwrap());
    assert!(report.findings.iter().any(|f| f.subject.contains('\x1b')) && !report.text(9).contains('\x1b'));
}
