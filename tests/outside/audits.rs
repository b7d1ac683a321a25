//! The audit of a log as files: right logs of every size, and one finding, with its place, for whatever is changed.

use std::fs;

use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::tree::{Head, MemoryTiles, leaf_hash};
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::place::{self, Place};
use so_nhan_ai_proof::verify::report::Report;

use super::sample::{Folder, Make, ORIGIN, Sample, VKEY, damage, signer};

fn keys() -> Vec<Verifier> {
    vec![Verifier::parse(VKEY).unwrap()]
}

fn audit(folder: &Folder) -> Report {
    let place = place::Folder(folder.path().to_owned());
    let mut walk = Walk::new(&place, 2);
    match checkpoint::open(&place.checkpoint().unwrap(), &keys()) {
        Ok(head) => walk.grow(head, &mut |_, _| ()).unwrap(),
        Err(error) => walk.findings.add("checkpoint", "checkpoint", error.to_string()),
    }
    walk.report(ORIGIN)
}

fn findings(folder: &Folder) -> Vec<String> {
    audit(folder).findings.into_iter().map(|f| format!("{}: {}: {}", f.check, f.subject, f.differs)).collect()
}

#[test]
fn right_logs_of_every_shape_are_clean() {
    for size in [0, 1, 2, 255, 256, 257, 512, 700] {
        let folder = Folder::new();
        Sample::of(size as usize).write(folder.path(), size);
        let report = audit(&folder);
        assert!(report.clean, "{size}: {}", report.text(5));
        assert_eq!((report.size, report.entries.values().sum::<u64>()), (size, size));
    }
}

#[test]
fn what_was_received_is_added_up() {
    let folder = Folder::new();
    let mut sample = Sample::default();
    for what in [Make::Cash(500_000), Make::Cash(70_000), Make::Goods(9_000), Make::Reversal(1), Make::Erasure(0)] {
        sample.push(what);
    }
    sample.write(folder.path(), 5);
    let report = audit(&folder);
    assert!(report.clean, "{}", report.text(5));
    assert_eq!((report.totals.received.received_vnd, report.totals.received.gift_count), (509_000, 2));
    assert_eq!(report.totals.by_chapter["23095"].received_vnd, 500_000);
    assert_eq!(report.totals.by_chapter["68"].gift_count, 0);
    assert_eq!(report.totals.by_province["01"].received_vnd, 9_000);
    assert_eq!(report.entries["REVERSAL"], 1);
}

#[test]
fn one_changed_byte_is_one_named_place() {
    let folder = Folder::new();
    let mut sample = Sample::of(700);
    sample.write(folder.path(), 700);
    let at = |path: &str| folder.path().join(path);
    // In the text of entry 300's leaf: its own code is changed, so it is named by its place alone.
    let start: usize = sample.leaves[256..300].iter().map(|leaf| leaf.len() + 2).sum::<usize>() + 2;
    let code_at = sample.leaves[300].windows(9).position(|w| w == b"\"entry\":\"").unwrap();
    damage(&at("tile/entries/001"), start + code_at + 12);
    let found = findings(&folder);
    assert!(
        found[0].starts_with("entry_hash: entry 300") && found[0].contains("tile/entries/001 has not the bytes"),
        "{found:?}"
    );
    sample.write(folder.path(), 700);

    damage(&at("tile/0/001"), 44 * 32 + 5);
    let found = findings(&folder);
    let code = sample.code(300);
    assert_eq!(
        found,
        [format!("entry_hash: entry 300 ({code}): the entry is as it was signed, but tile/0/001 has another hash")]
    );
    sample.write(folder.path(), 700);

    damage(&at("tile/1/000.p/2"), 40);
    assert_eq!(findings(&folder), ["tile: tile/1/000.p/2: hash 1 is not that of entries 256 to 511"]);
    sample.write(folder.path(), 700);

    let length = fs::read(at("checkpoint")).unwrap().len();
    for byte in [3, 24, 40, length - 100, length - 10, length - 1] {
        damage(&at("checkpoint"), byte);
        assert!(findings(&folder)[0].starts_with("checkpoint: "), "byte {byte}");
        sample.write(folder.path(), 700);
    }
    assert!(audit(&folder).clean);
}

#[test]
fn missing_and_cut_files_are_findings() {
    let folder = Folder::new();
    let mut sample = Sample::of(600);
    for (path, says) in [
        ("tile/entries/001", "is missing"),
        ("tile/0/000", "is missing"),
        ("tile/0/002.p/88", "is missing"),
        ("tile/entries/002.p/88", "is missing"),
        ("tile/1/000.p/2", "is missing"),
    ] {
        sample.write(folder.path(), 600);
        fs::remove_file(folder.path().join(path)).unwrap();
        assert_eq!(findings(&folder), [format!("file: {path}: {says}")]);
        sample.write(folder.path(), 600);
        let bytes = fs::read(folder.path().join(path)).unwrap();
        fs::write(folder.path().join(path), &bytes[..bytes.len() - 1]).unwrap();
        assert!(findings(&folder)[0].starts_with(&format!("file: {path}: ")));
        fs::write(folder.path().join(path), vec![b'x'; 20 << 20]).unwrap();
        assert!(findings(&folder)[0].contains("is longer than"));
    }
}

/// Whoever holds the key and changes an entry changes every hash above it: then only those who kept a checkpoint see it.
#[test]
fn a_rewritten_log_is_clean_in_itself_and_forks_from_what_was_kept() {
    let folder = Folder::new();
    let mut sample = Sample::of(300);
    let kept = sample.head(200);
    let mut rewritten = Sample::of(300);
    rewritten.write(folder.path(), 300);
    assert!(audit(&folder).clean);
    let place = place::Folder(folder.path().to_owned());
    let mut walk = Walk::new(&place, 1);
    walk.grow(rewritten.head(300), &mut |_, _| ()).unwrap();
    walk.continues(&kept, "a newspaper").unwrap();
    walk.continues(&Head { size: 301, ..kept }, "another").unwrap();
    let report = walk.report(ORIGIN);
    assert!(report.findings[0].differs.starts_with("FORK: the first 200 entries are not those that a newspaper"));
    assert!(report.findings[1].differs.contains("another signed 301 before"));
}

/// Tiles and bundles changed together, and only the old signature left: the root says so.
#[test]
fn a_rewritten_log_without_the_key_has_a_wrong_root() {
    let folder = Folder::new();
    let (mut sample, mut other) = (Sample::of(300), Sample::of(300));
    other.write(folder.path(), 300);
    fs::write(folder.path().join("checkpoint"), sample.checkpoint(300)).unwrap();
    let found = findings(&folder);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("root: checkpoint: signs the root "));
}

#[test]
fn leaves_against_the_rules_are_named() {
    let folder = Folder::new();
    let mut sample = Sample::of(10);
    let twice = sample.leaves[3].clone();
    sample.push_leaf(twice);
    sample.push_leaf(b"{\"v\":1}".to_vec());
    sample.push_leaf(vec![0xff; 300]);
    sample.push_leaf(br#"{"entry":"x","v":7}"#.to_vec());
    sample.push_leaf(Vec::new());
    sample.write(folder.path(), 15);
    let (report, found) = (audit(&folder), findings(&folder));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().any(|f| f == &format!("code_once: entry 10 ({}): entry 3 has the same code", sample.code(3))));
    assert!(found.iter().any(|f| f == "leaf: entry 11: entry is missing"));
    assert!(found.iter().any(|f| f.starts_with("leaf: entry 12: no canonical JSON")));
    assert!(found.iter().any(|f| f.starts_with("leaf: entry 14: no canonical JSON")));
    assert_eq!(report.not_understood["v 7"].first_index, 13);
}

#[test]
fn a_second_reversal_is_found() {
    let folder = Folder::new();
    let mut sample = Sample::of(5);
    sample.push(Make::Reversal(2));
    sample.push(Make::Reversal(2));
    sample.write(folder.path(), 7);
    let found = findings(&folder);
    assert!(found.len() == 1 && found[0].contains("again: entry 5 did"), "{found:?}");
}

#[test]
fn a_walk_goes_on_where_the_log_grew() {
    let folder = Folder::new();
    let mut sample = Sample::of(1000);
    let place = place::Folder(folder.path().to_owned());
    let mut walk = Walk::new(&place, 2);
    for size in [100, 100, 255, 256, 300, 999, 1000] {
        sample.write(folder.path(), size);
        walk.grow(sample.head(size), &mut |_, _| ()).unwrap();
    }
    let report = walk.report(ORIGIN);
    assert!(report.clean, "{}", report.text(9));
    assert_eq!(report.entries.values().sum::<u64>(), 1000);
    assert_eq!(report.totals, audit(&folder).totals);
}

#[test]
fn partial_pieces_may_be_gone_once_the_full_ones_are_there_and_bundles_may_be_packed() {
    let folder = Folder::new();
    let mut sample = Sample::of(520);
    sample.write(folder.path(), 520);
    fs::write(folder.path().join("checkpoint"), sample.checkpoint(300)).unwrap();
    let report = audit(&folder);
    assert!(report.findings.iter().all(|f| f.subject.starts_with("tile/1/")), "{}", report.text(9));
    let bundle = folder.path().join("tile/entries/000");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &fs::read(&bundle).unwrap()).unwrap();
    fs::write(folder.path().join("tile/entries/000.gz"), packed.finish().unwrap()).unwrap();
    fs::remove_file(bundle).unwrap();
    sample.write(&folder.path().join("x"), 1);
    fs::write(folder.path().join("checkpoint"), sample.checkpoint(520)).unwrap();
    assert!(audit(&folder).clean);
}

/// A checkpoint of a size nobody has is refused before anything is asked for it.
#[test]
fn absurd_sizes_are_refused() {
    let root = MemoryTiles::default().head().root;
    for size in [1 << 40, (1 << 40) + 1, u64::MAX] {
        let note = checkpoint::sign(ORIGIN, &Head { size, root }, &[signer()]);
        assert_eq!(checkpoint::open(note.as_bytes(), &keys()).is_ok(), size == 1 << 40);
    }
    let folder = Folder::new();
    fs::write(
        folder.path().join("checkpoint"),
        checkpoint::sign(ORIGIN, &Head { size: 1000, root: leaf_hash(b"") }, &[signer()]),
    )
    .unwrap();
    let found = findings(&folder);
    assert!(
        found[0].starts_with("file: tile/entries from bundle 0 on: nothing") && found.last().unwrap().starts_with("root: "),
        "{found:?}"
    );
}
