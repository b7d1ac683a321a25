//! Over HTTP: mirrors that go on where they stopped, servers that are busy, slow or hostile, published sums, watching.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::receipt::Receipt;
use so_nhan_ai::log::tiles::right_edge;
use so_nhan_ai_proof::verify::VerifyError;
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::mirror::Mirror;
use so_nhan_ai_proof::verify::place::{Place, PlaceError};
use so_nhan_ai_proof::verify::published::{self, Patience};
use so_nhan_ai_proof::verify::receipt;
use so_nhan_ai_proof::verify::report::Report;
use so_nhan_ai_proof::verify::site::Site;
use so_nhan_ai_proof::verify::watch::{Seen, Watch};

use super::sample::{Folder, Make, ORIGIN, Sample, VKEY, damage};
use super::server::{Answer, Server};

fn keys() -> Vec<Verifier> {
    vec![Verifier::parse(VKEY).unwrap()]
}

fn audit(place: &dyn Place) -> Result<Report, VerifyError> {
    let mut walk = Walk::new(place, 4);
    let head = checkpoint::open(&place.checkpoint()?, &keys()).unwrap();
    walk.grow(head, &mut |_, _| ())?;
    Ok(walk.report(ORIGIN))
}

#[test]
fn a_mirror_downloads_only_what_is_new_and_heals_its_own_damage() {
    let (folder, copy) = (Folder::new(), Folder::new());
    let mut sample = Sample::of(1000);
    sample.write(folder.path(), 600);
    let server = Server::of(folder.path());
    let mirror = || Mirror::new(copy.path().to_owned(), Site::new(&server.log(), None).unwrap()).unwrap();
    let asked = || server.asked.swap(0, Ordering::SeqCst);
    assert!(audit(&mirror()).unwrap().clean);
    assert_eq!(asked(), 1 + 3 + 3 + 1, "checkpoint, bundles, tiles");
    assert!(audit(&mirror()).unwrap().clean);
    assert_eq!(asked(), 1, "the checkpoint alone");
    let note = fs::read(folder.path().join("checkpoint")).unwrap();
    mirror().keep(&note, 600, None).unwrap();
    damage(&copy.path().join("tile/entries/001"), 1000);
    damage(&copy.path().join("tile/1/000.p/2"), 10);
    assert!(audit(&mirror()).unwrap().clean);
    assert_eq!(asked(), 1 + 2 + 1, "what was damaged, with its tile");

    sample.write(folder.path(), 1000);
    assert!(audit(&mirror()).unwrap().clean);
    assert_eq!(mirror().kept().unwrap(), Some(note));
    mirror().keep(sample.checkpoint(1000).as_bytes(), 1000, Some(600)).unwrap();
    for piece in right_edge(600) {
        assert!(!copy.path().join(piece.path()).exists(), "{}", piece.path());
    }
    fs::remove_dir_all(folder.path().join("tile")).unwrap();
    assert!(audit(&mirror()).unwrap().clean, "all of it is here");
}

#[test]
fn busy_servers_are_asked_again_and_sick_ones_are_no_findings() {
    let folder = Folder::new();
    Sample::of(300).write(folder.path(), 300);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    server.answer("/log/tile/0/000", Answer::First(1, 503));
    server.answer("/log/tile/entries/000", Answer::First(1, 429));
    assert!(audit(&site).unwrap().clean);
    server.answer("/log/tile/0/000", Answer::Status(403));
    assert!(matches!(audit(&site), Err(VerifyError::Place(PlaceError::Unreachable { .. }))));
    server.take_back("/log/tile/0/000");
    server.answer("/log/tile/entries/000", Answer::Zeros(40 << 20));
    let report = audit(&site).unwrap();
    assert!(report.findings[0].differs.contains("is longer than"), "{}", report.text(5));
    server.answer("/log/checkpoint", Answer::Zeros(1 << 20));
    assert!(matches!(site.checkpoint(), Err(PlaceError::Damaged { .. })));
}

#[test]
fn an_address_may_be_the_sites_or_the_logs() {
    let folder = Folder::new();
    Sample::of(3).write(folder.path(), 3);
    let server = Server::of(folder.path());
    for url in [server.log(), format!("{}/", server.log()), server.address.clone()] {
        let site = Site::new(&url, None).unwrap();
        assert!(!site.is_told() && site.checkpoint().is_ok(), "{url}");
    }
    for bad in ["", "ftp://x", "so.example.vn", "http://x/log?y"] {
        assert!(Site::new(bad, None).is_err(), "{bad}");
    }
}

const PATIENCE: Patience = Patience { pause: Duration::ZERO, still: 2, lasting: 4, rounds: 6 };

pub fn totals(vnd: i64, count: i64) -> Answer {
    let sum = format!(r#"{{"received_vnd":{vnd},"gift_count":{count}}}"#);
    let sums = format!(
        r#""own":{{"received_vnd":0,"gift_count":0}},"quarantined":{{"received_vnd":0,"gift_count":0}},"by_fund":{{"APPEAL:LULUT-2026":{sum}}},"by_channel":{{"CASH":{sum}}}"#
    );
    Answer::Json(format!(r#"{{"chapter":"TW","received_vnd":{vnd},"gift_count":{count},{sums},"some_later_field":1}}"#))
}

pub fn own(vnd: i64, count: i64) -> Answer {
    Answer::Json(format!(
        r#"{{"chapter":"23095","received_vnd":{vnd},"gift_count":{count},"own":{{"received_vnd":{vnd},"gift_count":{count}}},"quarantined":{{"received_vnd":0,"gift_count":0}},"by_fund":{{}},"by_channel":{{}}}}"#
    ))
}

#[test]
fn published_sums_are_compared_and_the_log_followed_meanwhile() {
    let folder = Folder::new();
    let mut sample = Sample::default();
    sample.push(Make::Cash(5_000));
    sample.push_leaf(br#"{"v":2}"#.to_vec());
    sample.write(folder.path(), 1);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    let compare = || {
        let mut walk = Walk::new(&site, 1);
        walk.grow(checkpoint::open(&site.checkpoint().unwrap(), &keys()).unwrap(), &mut |_, _| ()).unwrap();
        published::compare(&mut walk, &site, &site, &keys(), PATIENCE, &mut |_, _| ()).unwrap();
        walk.report(ORIGIN)
    };
    assert!(compare().notes[0].contains("there is no API"));

    server.answer("/api/v1/public/totals", totals(5_000, 1));
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", totals(5_000, 1));
    server.answer("/api/v1/public/totals?chapter=68", own(5_000, 1));
    server.answer("/api/v1/public/totals?chapter=23095", own(5_000, 1));
    server
        .answer("/api/v1/public/appeals?limit=200", Answer::Json(r#"{"items":[{"code":"LULUT-2026","title":"x"}]}"#.to_owned()));
    let report = compare();
    assert!(report.clean && report.notes == ["4 published sums compared: the same"], "{}", report.text(9));

    server.answer("/api/v1/public/totals?chapter=23095", own(6_000, 1));
    let report = compare();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].subject, "chapter 23095, its own");
    assert_eq!(report.findings[0].differs, "published: 6000 đồng in 1 gifts; added up: 5000 đồng in 1 gifts");
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", Answer::Status(404));
    assert!(compare().findings.iter().any(|f| f.differs.contains("is not published")));
    // A gift of another appeal comes while the sums are compared: it is followed, and its appeal is asked for as well.
    server.answer("/api/v1/public/totals?chapter=23095", own(5_000, 1));
    server.answer("/api/v1/public/totals?appeal=LULUT-2026", totals(5_000, 1));
    let mut grown = Sample::default();
    grown.push(Make::Cash(5_000));
    grown.write(folder.path(), 1);
    let mut walk = Walk::new(&site, 1);
    walk.grow(grown.head(1), &mut |_, _| ()).unwrap();
    grown.push(Make::Cash(700));
    grown.write(folder.path(), 2);
    server.answer("/api/v1/public/totals", Answer::Json(grown_totals()));
    server.answer("/api/v1/public/totals?chapter=68", own(5_700, 2));
    server.answer("/api/v1/public/totals?appeal=BAO13", totals(800, 1));
    published::compare(&mut walk, &site, &site, &keys(), PATIENCE, &mut |_, _| ()).unwrap();
    assert_eq!(walk.head().1, fs::read(folder.path().join("checkpoint")).unwrap());
    let report = walk.report(ORIGIN);
    let subjects: Vec<&str> = report.findings.iter().map(|f| f.subject.as_str()).collect();
    assert_eq!(subjects, ["appeal BAO13", "chapter 68, its own"], "{}", report.text(9));

    server.answer("/api/v1/public/totals", Answer::Json("[]".to_owned()));
    let mut walk = Walk::new(&site, 1);
    published::compare(&mut walk, &site, &site, &keys(), PATIENCE, &mut |_, _| ()).unwrap();
    assert!(walk.unchecked[0].contains("cannot be read"), "{:?}", walk.unchecked);
}

/// 5,000 đồng for one appeal and 700 for another.
fn grown_totals() -> String {
    let sum = |vnd: i64, count: i64| json!({"received_vnd": vnd, "gift_count": count});
    json!({
        "chapter": "TW", "received_vnd": 5_700, "gift_count": 2, "own": sum(0, 0), "quarantined": sum(0, 0),
        "by_fund": {"APPEAL:LULUT-2026": sum(5_000, 1), "APPEAL:BAO13": sum(700, 1)}, "by_channel": {"CASH": sum(5_700, 2)},
    })
    .to_string()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

#[test]
fn a_watched_log_may_only_grow() {
    let (folder, state) = (Folder::new(), Folder::new());
    let mut sample = Sample::of(700);
    sample.write(folder.path(), 300);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    let keys = keys();
    let watch = Watch { place: &site, keys: &keys, folder: state.path() };
    assert_eq!(watch.seen_at().unwrap(), None);
    assert_eq!(watch.look(at(0)).unwrap(), Seen::First { size: 300 });
    assert_eq!(watch.look(at(60)).unwrap(), Seen::Same { size: 300, grew_at: at(0) });
    sample.write(folder.path(), 700);
    assert_eq!(watch.look(at(120)).unwrap(), Seen::Grown { from: 300, size: 700 });
    assert_eq!(watch.seen_at().unwrap(), Some(at(120)));

    // A file of a killed writer changes nothing.
    fs::write(state.path().join(".watch.json.1.part"), "{").unwrap();
    assert_eq!(watch.look(at(130)).unwrap(), Seen::Same { size: 700, grew_at: at(120) });
    let remembered = fs::read(state.path().join("watch.json")).unwrap();

    // An older state restored; another log of more entries, of as many; a checkpoint that is none.
    sample.write(folder.path(), 500);
    let mut other = Sample::of(900);
    let mut wrong = |says: &str| {
        let Seen::Wrong { why, evidence } = watch.look(at(200)).unwrap() else { panic!("{says}") };
        assert!(why.contains(says), "{why}");
        assert_eq!(fs::read(state.path().join("watch.json")).unwrap(), remembered, "what is remembered stays");
        let evidence = evidence.unwrap();
        let kept = |name: &str| fs::read(evidence.join(name)).unwrap();
        assert_eq!(kept("before.checkpoint"), sample.checkpoint(700).into_bytes());
        assert_eq!(kept("after.checkpoint"), fs::read(folder.path().join("checkpoint")).unwrap());
        assert!(!kept("why.txt").is_empty());
    };
    wrong("signed 700 entries before and shows a checkpoint of 500 now");
    other.write(folder.path(), 900);
    wrong("FORK: the log of 900 entries does not begin with the 700");
    other.write(folder.path(), 700);
    wrong("FORK: the log signed two different trees of 700 entries");
    damage(&folder.path().join("checkpoint"), 30);
    wrong("the checkpoint is not one");
    assert_eq!(
        fs::read_dir(state.path())
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("evidence-"))
            .count(),
        4
    );

    drop(server);
    assert!(matches!(watch.look(at(300)), Err(VerifyError::Place(PlaceError::Unreachable { .. }))));
    fs::write(state.path().join("watch.json"), "{}").unwrap();
    assert!(watch.look(at(300)).is_err());
}

fn entry(sample: &Sample, index: usize, more: &str) -> Answer {
    let leaf = so_nhan_ai::basics::hex(&so_nhan_ai::log::tree::leaf_hash(&sample.leaves[index]));
    Answer::Json(format!(r#"{{"code":"{}","leaf_hash":"{leaf}","log_index":{index}{more}}}"#, sample.code(index)))
}

#[test]
fn a_receipt_is_told_what_came_later_and_only_what_is_proven() {
    let folder = Folder::new();
    let mut sample = Sample::of(300);
    sample.push(Make::Reversal(11));
    sample.push(Make::Erasure(12));
    sample.write(folder.path(), 302);
    let server = Server::of(folder.path());
    let site = Site::new(&server.log(), None).unwrap();
    let path = |sample: &Sample, index: usize| format!("/api/v1/public/entries/{}", sample.code(index));
    let ask = |text: &str| {
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        receipt::ask(&receipt, &receipt.verify(&keys()).unwrap(), &keys(), &site).unwrap()
    };
    let (stands, reversed, erased) =
        (sample.receipt(10, 200, true), sample.receipt(11, 200, false), sample.receipt(12, 302, true));
    assert!(ask(&stands).unknown[0].contains("has no page of"));
    server.answer(&path(&sample, 10), entry(&sample, 10, ""));
    let online = ask(&stands);
    assert!(online.later.is_empty() && online.is_answered() && online.findings.total == 0 && online.size == 302);

    server.answer(&path(&sample, 11), entry(&sample, 11, &format!(r#","reversed_by":"{}""#, sample.code(300))));
    server.answer(&path(&sample, 300), entry(&sample, 300, ""));
    let online = ask(&reversed);
    assert!(online.is_reversed() && online.findings.total == 0);
    assert_eq!((online.later[0].index, online.later[0].reason.as_deref()), (300, Some("DUPLICATE")));

    server.answer(
        &path(&sample, 12),
        entry(&sample, 12, &format!(r#","annotations":[{{"code":"{}","kind":"ERASURE","log_index":301}}]"#, sample.code(301))),
    );
    let online = ask(&erased);
    assert!(!online.is_reversed() && online.later[0].kind == "ERASURE");

    // The API names a leaf that says something else, or has not signed it yet, or shows another leaf.
    server.answer(&path(&sample, 10), entry(&sample, 10, &format!(r#","reversed_by":"{}""#, sample.code(300))));
    assert!(ask(&stands).findings.kept[0].differs.contains("is not what the public ledger says"));
    server.answer(&path(&sample, 10), entry(&sample, 10, r#","reversed_by":"../../x""#));
    let online = ask(&stands);
    assert!(online.is_reversed() && online.announced[0].contains("is not signed by the log yet"), "{online:?}");
    server.answer(&path(&sample, 10), entry(&sample, 20, ""));
    assert!(ask(&stands).findings.kept[0].differs.contains("another leaf"));

    // A log that does not continue the receipt's.
    let mut other = Sample::of(400);
    other.write(folder.path(), 400);
    assert!(ask(&stands).findings.kept[0].differs.starts_with("FORK"));
    sample.write(folder.path(), 150);
    assert!(ask(&stands).findings.kept[0].differs.contains("150 now"));
    server.answer("/log/checkpoint", Answer::Cut);
    let receipt = Receipt::parse(stands.as_bytes()).unwrap();
    assert!(receipt::ask(&receipt, &receipt.verify(&keys()).unwrap(), &keys(), &site).is_err());
}
